"""Tells packages what the public reads from now on, and what no more: after it is kept, and at least once each.

The outbox holds who is to be told of which practice, and no word of it: what is told is read when it is told, so that
nothing reaches anybody that was withdrawn or erased meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec
from sqlalchemy import select

from lanzarote import jobs
from lanzarote.ids import moment_of
from lanzarote.practices.model import KIND, Document, Published
from lanzarote.records import Record
from lanzarote.switches import event_topic
from lanzarote.types import PracticePublished, PracticeWithdrawn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.changes import Saved
    from lanzarote.database import Database
    from lanzarote.instance import Instance

TOPIC = "event"
HIDDEN = "the public does not read this region at present; its events wait"


def follow(instance: Instance, session: Session, saved: Sequence[Saved]) -> None:
    """Note down whom to tell, in the transaction of what is to be told. Listens to ``changes.record``."""
    by_region: dict[str, list[Saved]] = {}
    for one in saved:
        if one.kind == KIND and one.concerns_public:
            by_region.setdefault(one.region_id, []).append(one)
    for region_id, group in by_region.items():
        names = sorted(instance.switched_on(session, region_id))
        known = _once_public(session, [one.record_id for one in group if one.verb == "erase"]) if names else ()
        for one in group:
            if one.verb == "erase" and one.record_id not in known:
                continue
            hook = "practice_published" if one.public else "practice_withdrawn"
            for name in names:
                if _listens(instance, name, hook):
                    jobs.enqueue(
                        session,
                        event_topic(name, region_id),
                        package=name,
                        hook=hook,
                        region=region_id,
                        record=one.record_id,
                    )


def deliver(instance: Instance, database: Database, payload: Mapping[str, Any]) -> None:
    """Job: tell one package of one event."""
    name, hook, region_id = str(payload["package"]), str(payload["hook"]), str(payload["region"])
    with database.read(region_id) as session:
        if name not in instance.switched_on(session, region_id):
            return
        told = _published if hook == "practice_published" else _withdrawn
        event = told(instance, session, region_id, str(payload["record"]), str(payload["event_id"]))
    if event is not None:
        for _, call in instance.host.callers(hook, [name]):
            call(event=event)


def lanes(instance: Instance) -> Iterator[str]:
    """How the topics of each package begin that listens: one that is slow keeps no other waiting."""
    for package in instance.host.packages:
        if any(hook.startswith("practice_") for hook in package.hooks):
            yield event_topic(package.name)


def _listens(instance: Instance, name: str, hook: str) -> bool:
    """Whether the package is to be told; of one that is away or out of order we do not know, and keep it."""
    package = instance.host.package(name)
    return package is None or hook in package.hooks or (bool(package.fault) and not package.hooks)


def _once_public(session: Session, ids: Sequence[str]) -> frozenset[str]:
    """Those of the records that the public has ever read: that there were others is nobody's business."""
    if not ids:
        return frozenset()
    query = select(Record.id).where(Record.id.in_(ids), Record.published_at.is_not(None))
    return frozenset(session.scalars(query))


def _published(
    instance: Instance, session: Session, region_id: str, record_id: str, event_id: str
) -> PracticePublished | None:
    row = session.get(Published, (region_id, record_id))
    if row is None:
        return None
    if region_id not in instance.headers():
        raise jobs.NotYet(HIDDEN)
    read = msgspec.json.decode(row.document, type=Document)
    return PracticePublished(
        event_id=event_id,
        at=moment_of(event_id),
        region=region_id,
        id=record_id,
        slug=read.slug,
        address=_address(instance, read.original, region_id, read.slug),
        version=read.version,
        titles=read.title,
        standing=read.standing,
        vouching=read.vouching,
        strength=read.strength,
    )


def _withdrawn(
    instance: Instance, session: Session, region_id: str, record_id: str, event_id: str
) -> PracticeWithdrawn | None:
    record = session.get(Record, (region_id, record_id))
    if record is None or record.published_version is not None:
        return None
    installed = instance.installed.get(region_id)
    header = instance.headers().get(region_id) or (installed.header if installed else None)
    return PracticeWithdrawn(
        event_id=event_id,
        at=moment_of(event_id),
        region=region_id,
        id=record_id,
        slug=record.slug,
        address=_address(instance, header.languages[0] if header else "en", region_id, record.slug),
        erased=record.state == "erased",
    )


def _address(instance: Instance, lang: str, region_id: str, slug: str) -> str:
    path = "/".join(quote(part, safe="") for part in (lang, region_id, "practices", slug))
    return f"{instance.public_address}/{path}"
