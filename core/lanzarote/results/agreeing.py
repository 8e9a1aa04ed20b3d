"""Whether what a document says of itself is what its entry says, and its entry what the log says of its record.

Two are held against each other. Whether what one says can be shown at all: ``fitting``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.practices.documents import PracticeRelease, named_by
from lanzarote.records.changelog import RELEASED
from lanzarote.records.erasing import erased_here
from lanzarote.records.tables import forgotten
from lanzarote.regions.vocabulary import VocabularyRelease
from lanzarote.results import citing
from lanzarote.results.batches import Malformed
from lanzarote.store.bulk import marks, pieces, rows_of
from lanzarote.types import RegionHeader, TransferRelease

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.results.applying import Taken
    from lanzarote.results.batches import Entry

OF_ITSELF: Final = ("id", "region", "version")
"""What a document of any kind may say of itself."""


def require_own(region_id: str, entry: Entry, said: Any) -> None:
    """Raises Malformed when *said* tells of another record, region or version than *entry*, or lacks what its pages
    rest on.
    """
    for name, wanted in zip(OF_ITSELF, (entry.record, region_id, entry.version), strict=True):
        if (told := getattr(said, name, wanted)) != wanted:
            raise _malformed(entry, f"says that its {name} is {told}, and the log {wanted}")
    if isinstance(said, RegionHeader) and said.id != region_id:
        raise _malformed(entry, f"says that the region is {said.id}")
    if isinstance(said, VocabularyRelease) and said.vocabulary != entry.record:
        raise _malformed(entry, f"says that it lists {said.vocabulary}, and the log {entry.record}")
    if isinstance(said, TransferRelease) and not said.steps:
        raise _malformed(entry, "does not say when it was taken up")
    if isinstance(said, PracticeRelease) and (others := said.organisations.keys() - named_by(said.practice)):
        raise _malformed(entry, f"tells of {min(others)}, which it does not name as a partner")


def require_one_story(session: Session, region_id: str, entries: Sequence[Entry]) -> None:
    """Raises Malformed when a record comes as another kind than before, or again after it was erased.

    A region erases for good: an erased record has no next state there, and comes back with no older backup and in no
    later epoch.
    """
    records = [one.record for one in entries]
    kinds, erased = _kinds(session, region_id, records), erased_here(session, region_id, records)
    for one in entries:
        before = kinds.setdefault(one.record, one.kind)
        if before != one.kind and not {before, one.kind} <= RELEASED:  # a region may be called like a vocabulary
            raise _malformed(one, f"is about {one.record}, which was a {before} before")
        if one.verb == "erase":
            erased.add(one.record)
        elif one.said and one.record in erased:
            raise _malformed(one, f"tells of {one.record} again, which was erased")


def require_organisations(session: Session, region_id: str, taken: Sequence[Taken]) -> None:
    """Raises Malformed when a practice names as an organisation what is a record of another kind, or what was erased
    after that.

    Later it may name by the same key what answers in its place.
    """
    naming = [(each, one.entry) for one in taken for each in citing.ids_in(region_id, one.said)]
    if not naming:
        return
    named = dict(naming)
    told_until = {row.record_id: row.seq for row in forgotten(session, region_id, named) if row.erased}
    for each, entry in naming:
        if each in told_until and (entry.seq <= told_until[each] or not told_until[each]):  # 0: nobody knows until when
            raise _malformed(entry, f"tells of {each} again, which was erased")
    kinds = _kinds(session, region_id, named)
    kinds |= {one.entry.record: one.entry.kind for one in taken}
    for each, entry in named.items():
        if (kind := kinds.get(each, STAKEHOLDER)) != STAKEHOLDER:
            raise _malformed(entry, f"names {each} as an organisation, which is a {kind}")


def _kinds(session: Session, region_id: str, ids: Collection[str]) -> dict[str, str]:
    """The kind of each record that is known here: by whichever epoch of the log."""
    kinds: dict[str, str] = {}
    for some in pieces(sorted(set(ids))):
        known = f"SELECT id, kind FROM record WHERE region_id = ? AND id IN {marks(some)}"  # noqa: S608
        kinds |= dict(map(tuple, rows_of(session, known, region_id, *some)))
        mine = f"WHERE region_id = ? AND record_id IN {marks(some)}"
        in_log = f"SELECT DISTINCT record_id, kind FROM change {mine}"  # noqa: S608
        kinds |= dict(map(tuple, rows_of(session, in_log, region_id, *some)))
    return kinds


def _malformed(entry: Entry, why: str) -> Malformed:
    return Malformed(f"entry {entry.seq} ({entry.kind}): {why}")
