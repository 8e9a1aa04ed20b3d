"""Whether what a region signed can be shown here: by the checks of packages and files, and by its own log."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.facts.convention import Reference, UnknownReference, common_sectors
from lanzarote.records.changelog import RELEASED, Beginning
from lanzarote.records.erasing import erased_here
from lanzarote.records.records import now
from lanzarote.records.tables import forgotten
from lanzarote.regions.check import header_faults
from lanzarote.regions.declared import references_in
from lanzarote.regions.unfit import unfit_contents, unfit_values
from lanzarote.regions.vocabulary import KINDS as TERMS
from lanzarote.regions.vocabulary import VocabularyRelease
from lanzarote.results import citing
from lanzarote.results.batches import Malformed
from lanzarote.runtime.reading import decoded
from lanzarote.store.bulk import marks, pieces, rows_of
from lanzarote.store.ids import is_id
from lanzarote.types import RegionHeader, Sector

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.kinds import Kinds, RecordKind
    from lanzarote.results.applying import Taken
    from lanzarote.results.batches import Entry


# --- Each entry for itself, by the checks that the package and the files of its region had to pass there ---

SLUG: Final = re.compile(r"(?!\.{1,2}$)[^/\x00-\x1f]{1,200}")
"""The form of the last parts of their addresses: whatever else one holds, it leads to the record."""
GREATEST: Final = 2**31 - 1
"""What a column of PostgreSQL holds; no region writes as many entries."""
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Where clocks begin that were never set: a region is not kept out for ever because its battery was empty once."""
CLOCKS: Final = timedelta(days=1)
"""So far the clocks of two places may differ."""
TELLING: Final = ("epoch", "region")
"""Kinds of which no entry goes without what it tells."""


def require_fit(kinds: Kinds, entry: Entry, said: Any, region_id: str) -> None:
    """Raise Malformed unless the entry names what it tells of as the platform does, and tells nothing that cannot be.

    *said*: None when it tells nothing, or no longer does.
    """
    for told in _faults(kinds.get(entry.kind), entry, said, region_id):
        raise Malformed(f"entry {entry.seq} ({entry.kind}): {told}")


def _faults(kind: RecordKind[Any, Any] | None, entry: Entry, said: Any, region_id: str) -> Iterator[str]:
    if not _is_name(entry, region_id):
        yield "its record has no name that the platform gives"
    if not EARLIEST <= entry.at <= now() + CLOCKS:  # it may lie before the one before it: clocks are set back
        yield f"at: {entry.at.isoformat()} is before the year 1970 or still to come; look at the clocks of both places"
    if max(entry.seq, entry.epoch, entry.version, said.entries if isinstance(said, Beginning) else 0) > GREATEST:
        yield f"has a number greater than {GREATEST:,}, which this platform does not count up to"
    if said is None:
        if entry.kind in TELLING:
            yield "tells nothing"
        return
    if isinstance(said, RegionHeader):
        yield from _in_header(said)
    released = kind.released if kind else None
    if released:
        yield from released.unfit(said, now() + CLOCKS)
    if SLUG.fullmatch(getattr(said, "slug", "none")) is None:
        yield "slug: no page can have it in its address"
    for field, value in _values(said):
        for path, told in (*unfit_values(value), *unfit_contents(value)):
            yield f"{field}{'.'.join(map(str, path))}: {told}"
        if isinstance(value, Sector):
            yield from _in_sector(field, value)
    for field, reference in _references(said):
        try:
            Reference.parse(reference)
        except UnknownReference as error:
            yield f"{field}: {error}"


def _is_name(entry: Entry, region_id: str) -> bool:
    if entry.kind == "epoch":
        return True  # it names the entry before it, and is held against that
    if entry.kind == "region":
        return entry.record == region_id
    return entry.record in TERMS if entry.kind == "vocabulary" else is_id(entry.record)


def _in_header(header: RegionHeader) -> Iterator[str]:
    if not header.name:
        yield "name: is missing"
    yield from (f"{field}: {told}" for field, told in header_faults(header))


def _in_sector(field: str, sector: Sector) -> Iterator[str]:
    known = [one.key for one in common_sectors()]
    for key in sector.common:
        if key not in known:
            yield f"{field}common: {key!r} is no common sector: write one of {', '.join(known)}"


def _references(said: Any) -> Iterator[tuple[str, str]]:
    """What it refers to in the Convention, each with where it stands."""
    if isinstance(said, VocabularyRelease) and said.vocabulary == "coverage":
        yield from (("coverage", term.key) for term in said.entries)
    for field, value in _values(said):
        for path, name, key in references_in(value):
            if name == "convention":
                yield f"{field}{'.'.join(map(str, path[: path.index(name) + 1]))}", key


def _values(said: Any) -> Iterator[tuple[str, Any]]:
    """What was said, each with where it stands."""
    if isinstance(said, VocabularyRelease):
        for term in said.entries:
            yield f"{term.key}.", decoded(term.body, TERMS[said.vocabulary])
    else:
        yield "", said


# --- A document against its entry, and an entry against what the log says of its record ---

OF_ITSELF: Final = ("id", "region", "version")
"""What a document of any kind may say of itself."""


def require_own(region_id: str, entry: Entry, said: Any) -> None:
    """Raises Malformed when *said* tells of another record, region or version than *entry*."""
    for name, wanted in zip(OF_ITSELF, (entry.record, region_id, entry.version), strict=True):
        if (told := getattr(said, name, wanted)) != wanted:
            raise _malformed(entry, f"says that its {name} is {told}, and the log {wanted}")
    if isinstance(said, RegionHeader) and said.id != region_id:
        raise _malformed(entry, f"says that the region is {said.id}")
    if isinstance(said, VocabularyRelease) and said.vocabulary != entry.record:
        raise _malformed(entry, f"says that it lists {said.vocabulary}, and the log {entry.record}")


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
