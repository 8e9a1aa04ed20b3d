"""Keeps what is found in step with what the public reads, in the transaction that changes it."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import delete, func, select, text

from lanzarote import search
from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.findable import entries
from lanzarote.findable.model import FIRST, Item
from lanzarote.records.changelog import is_received

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.findable.entries import Told
    from lanzarote.records.changelog import Saved

RECORDS: Final[Mapping[str, str]] = {STAKEHOLDER: "organisation", **{kind: kind for kind in entries.ROOMS}}
"""Kind of record → kind of what is found."""
VOCABULARY: Final = "vocabulary"
EVERY: Final = (*RECORDS, VOCABULARY)


def follow(session: Session, saved: Sequence[Saved]) -> None:
    """Take up what was written. Listens to ``changes.record``."""
    for region_id, kind in dict.fromkeys((one.region_id, one.kind) for one in saved):
        if kind not in EVERY:
            continue
        some = [one for one in saved if (one.region_id, one.kind) == (region_id, kind)]
        ids = None if kind == VOCABULARY else {one.record_id for one in some}
        session.flush()
        bring_up(session, region_id, kind, ids)
        if any(one.verb == "erase" for one in some):
            search.scrub(session)


def hear(session: Session, region_id: str, released: Sequence[Saved]) -> None:
    """Take up what a received region tells in its change log; what is written here was told before."""
    kinds = dict.fromkeys(one.kind for one in released if one.kind in entries.ROOMS)
    if not kinds or not is_received(session, region_id):
        return
    session.flush()
    for kind in kinds:
        bring_up(session, region_id, kind)


def rebuild(session: Session, region_id: str) -> None:
    """Make all of a region anew."""
    forget_region(session, region_id)
    for kind in EVERY:
        bring_up(session, region_id, kind)


def forget_region(session: Session, region_id: str) -> None:
    _forget(session, region_id, session.scalars(select(Item.pk).where(Item.region_id == region_id)).all())


def bring_up(session: Session, region_id: str, kind: str, ids: Collection[str] | None = None) -> None:
    """Let what is found of *kind*, a kind of record or the vocabulary, be what the public reads now."""
    told = {(one.kind, one.item): one for one in entries.of_kind(session, region_id, kind, ids)}
    kinds = (RECORDS[kind],) if kind in RECORDS else entries.VOCABULARY
    mine = select(Item).where(Item.region_id == region_id, Item.kind.in_(kinds))
    known = {
        (one.kind, one.item): one for one in session.scalars(mine if ids is None else mine.where(Item.item.in_(ids)))
    }
    _forget(session, region_id, [one.pk for name, one in known.items() if name not in told])
    fresh = _free(session) if told.keys() - known.keys() else 0
    added = []
    for name, one in told.items():
        row, mark = known.get(name), _digest(one)
        if row is not None:
            row.ordered = one.ordered
            if row.digest == mark:
                continue
            row.card, row.digest = msgspec.json.encode(one.card), mark
            added.append(_entry(row.pk, region_id, one, fresh=False))
            continue
        card = msgspec.json.encode(one.card)
        session.add(
            Item(
                region_id=region_id, kind=one.kind, item=one.item, pk=fresh, ordered=one.ordered, card=card, digest=mark
            )
        )
        added.append(_entry(fresh, region_id, one, fresh=True))
        fresh += 1
    session.flush()
    search.index(session, added)


def _forget(session: Session, region_id: str, pks: Collection[int]) -> None:
    if not pks:
        return
    search.remove(session, pks)
    session.execute(delete(Item).where(Item.region_id == region_id, Item.pk.in_(pks)))


def _free(session: Session) -> int:
    """The first number that is free."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext('lanzarote-search-items'))"))
    highest = session.connection().execute(select(func.max(Item.pk))).scalar()
    return (highest or FIRST) + 1


def _entry(pk: int, region_id: str, one: Told, *, fresh: bool) -> search.Entry:
    card = one.card
    return search.Entry(
        pk=pk,
        region_id=region_id,
        title=tuple(card.title.items()),
        summary=tuple(card.summary.items()),
        text=one.text,
        fresh=fresh,
    )


def _digest(one: Told) -> str:
    return blake2b(msgspec.json.encode((one.card, one.text)), digest_size=16).hexdigest()
