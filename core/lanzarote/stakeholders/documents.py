"""An entry of the directory as it leaves its region: of bodies that take part and agreed to it, and of no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from lanzarote.directory.model import KIND
from lanzarote.directory.service import absorbing, directory, listed, named
from lanzarote.records import changelog
from lanzarote.records.changelog import Release
from lanzarote.records.received import is_received
from lanzarote.records.records import Record, encode
from lanzarote.types import Key, Organisation, PartialDate, Text, Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.directory.model import Stakeholder
    from lanzarote.records.changelog import Saved

PARTING: Final = ("merge", "split", "erase")
"""After these an entry may answer to fewer names than before, and know nothing of those it lost."""


class StakeholderRelease(Value, frozen=True, kw_only=True):
    """What the change log keeps of a body. Its contacts stay in the region."""

    slug: str
    key: Key | None
    """Its key in the package that shipped it."""
    names: tuple[Key, ...]
    """Every id and key that stands for it."""
    organisation: Organisation
    since: PartialDate | None
    """Since when it takes part."""
    mandate: Text


def released(session: Session, some: Mapping[str, Saved]) -> Mapping[str, Release]:
    """What the change log keeps of these entries."""
    sharing = [one for one in listed(session, list(some)) if one.status.relation == "taking-part" and one.status.shared]
    answering = _answering(session, sharing)
    return {
        one.id: Release(
            version=one.version,
            body=encode(
                StakeholderRelease(
                    slug=one.slug,
                    key=one.key,
                    names=tuple(name for name in one.names if answering.get(name, one.id) == one.id),
                    organisation=one.organisation,
                    since=one.status.since,
                    mandate=one.status.mandate,
                )
            ),
        )
        for one in sharing
    }


def follow(session: Session, saved: Sequence[Saved]) -> None:
    """Tell anew who answers to which names, where another entry answers to one of them by now.

    Listens to ``changes.record``.
    """
    changed: dict[str, list[Saved]] = {}
    for one in saved:
        if one.kind == KIND and one.concerns_public:
            changed.setdefault(one.region_id, []).append(one)
    for region_id, some in changed.items():
        if is_received(session, region_id):
            continue
        session.flush()
        mine = (Record.region_id == region_id) & (Record.kind == KIND) & Record.published_version.is_not(None)
        if not any(one.verb in PARTING for one in some):
            mine &= Record.id.in_(absorbing(session))
        ids = session.scalars(select(Record.id).where(mine).order_by(Record.id)).all()
        changelog.release_changed(session, region_id, KIND, ids, at=some[-1].at)


def _answering(session: Session, some: Sequence[Stakeholder]) -> dict[str, str]:
    """Name → id of the entry that answers to it; empty where *some* are called as nobody else was."""
    if all({*one.names} <= {one.id, one.key} for one in some):
        return {}
    region_id = some[0].region
    return {name: one.id for name, one in named([one for one in directory(session) if one.region == region_id]).items()}
