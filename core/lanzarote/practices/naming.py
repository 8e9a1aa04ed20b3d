"""Whom practices name: kept beside them, so that nobody assesses what names the organisation they work for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import delete, insert, select

from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.directory.service import ids_by_name
from lanzarote.practices.model import KIND
from lanzarote.records.records import Named, Record, Version
from lanzarote.runtime.reading import LateDecoder
from lanzarote.store.bulk import pieces

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.changelog import Saved


WRITING: Final = ("create", "revise", "publish", "load")
"""What tells the newest version of a practice."""


class _Partner(Struct):
    organisation: str | None = None


class _Naming(Struct):
    partners: tuple[_Partner, ...] = ()


_naming = LateDecoder(_Naming)


def follow(session: Session, saved: Sequence[Saved]) -> None:
    """Write down whom practices name, and anew when entries of the directory become one or two.

    Listens to ``changes.record``.
    """
    written: dict[str, dict[str, bytes]] = {}
    fresh = {one.record_id for one in saved if one.fresh}
    for one in saved:
        if one.kind == KIND and one.verb in WRITING and one.body and not _names_the_same(one):
            written.setdefault(one.region_id, {})[one.record_id] = one.body
    for region_id in {one.region_id for one in saved if one.kind == STAKEHOLDER and one.verb in ("merge", "split")}:
        session.flush()
        written[region_id] = _newest(session, region_id)
    for region_id, bodies in written.items():
        _name(session, region_id, bodies, fresh)


def _name(session: Session, region_id: str, bodies: Mapping[str, bytes], fresh: Collection[str]) -> None:
    """Let each practice name whom its partners stand for, and nobody else; the *fresh* ones name nobody yet."""
    partners = {record_id: _partners(body) for record_id, body in bodies.items()}
    for some in pieces([record_id for record_id in bodies if record_id not in fresh]):
        session.execute(delete(Named).where(Named.region_id == region_id, Named.record_id.in_(some)))
    known = ids_by_name(session, {name for names in partners.values() for name in names})
    rows = [
        {"region_id": region_id, "record_id": record_id, "stakeholder_id": one}
        for record_id, names in partners.items()
        for one in sorted({known[name] for name in names if name in known})
    ]
    if rows:
        session.execute(insert(Named.__table__), rows)  # type: ignore[arg-type]


def _names_the_same(saved: Saved) -> bool:
    """Whether the version before named the same partners: then all is written down already."""
    return bool(saved.before) and _partners(saved.before) == _partners(saved.body)


def _partners(body: bytes) -> frozenset[str]:
    return frozenset(one.organisation for one in _naming.decode(body).partners if one.organisation)


def _newest(session: Session, region_id: str) -> dict[str, bytes]:
    """Id of each practice → what its newest version says.

    Of all: one that names nobody by now may have named an entry that was merged into another and is parted again.
    """
    joined = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
    query = (
        select(Record.id, Version.body)
        .join(Version, joined & (Version.number == Record.version))
        .where(Record.region_id == region_id, Record.kind == KIND)
    )
    return {record_id: body for record_id, body in session.execute(query) if body}
