"""What the start page tells of transfers: proposed ones, origins that have changed, what was taken up elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from lanzarote.activity.waiting_items import MOST, Item, newest_version, titles_of
from lanzarote.kinds.service import newest_of
from lanzarote.records.permissions import may_somewhere
from lanzarote.records.records import Record, Version, decode
from lanzarote.transfers import elsewhere, origin
from lanzarote.transfers.kind import TRANSFERS
from lanzarote.transfers.reading import news_of
from lanzarote.types import Transfer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.activity.waiting_items import What
    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Actor


def transfers_waiting(instance: Instance, session: Session, actor: Actor, regions: Sequence[str]) -> Iterator[Item]:
    """*session*: about the regions that *actor* works in."""
    led = {region_id for region_id in regions if may_somewhere(actor, "group.lead", region_id)}
    written = {region_id for region_id in regions if may_somewhere(actor, "group.write", region_id)}
    rows = session.execute(newest_of(TRANSFERS, session, actor)) if written else ()
    found = [(record, decode(body, Transfer), TRANSFERS.status_of(record)) for record, body in rows]
    now = origin.now_of(instance, {(said.origin.region, said.origin.record) for _, said, _ in found})
    for record, said, status in found[:MOST]:
        if status.state == "offered" and record.region_id in led:
            yield _item("transfer", record, said)
        news = news_of(said, status, now.get((said.origin.region, said.origin.record)))
        if news and record.region_id in written and record.state != "archived":
            yield _item("origin-news", record, said)
    yield from _elsewhere(session, led)


def _elsewhere(session: Session, led: set[str]) -> Iterator[Item]:
    rows = [row for row in elsewhere.waiting(session) if row.region_id in led][:MOST] if led else []
    if not rows:
        return
    query = select(Record, Version.body).join(Version, newest_version())
    bodies = {
        (record.region_id, record.id): body
        for record, body in session.execute(query.where(Record.id.in_([row.record_id for row in rows])))
    }
    for row in rows:
        titles, original = titles_of(bodies.get((row.region_id, row.record_id), b""))
        yield Item(
            what="elsewhere",
            region_id=row.region_id,
            id=f"{row.record_id}/{row.number}",
            at=row.at,
            titles=titles,
            original=original,
        )


def _item(what: What, record: Record, said: Transfer) -> Item:
    return Item(
        what=what,
        region_id=record.region_id,
        id=record.id,
        at=record.updated_at,
        titles=said.origin.title,
        original=said.origin.original,
        slug=record.slug,
    )
