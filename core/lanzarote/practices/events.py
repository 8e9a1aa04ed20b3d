"""What packages are told of practices: what the public reads from now on, and what no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from lanzarote.kinds.plugin_events import HIDDEN, address_of, note_down
from lanzarote.practices.model import KIND, Document, Published
from lanzarote.records import outbox
from lanzarote.records.records import Record
from lanzarote.runtime.reading import decoded
from lanzarote.store.ids import moment_of
from lanzarote.types import PracticePublished, PracticeWithdrawn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.kinds.plugin_events import Tell
    from lanzarote.records.changelog import Saved


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
            if one.verb != "erase" or one.record_id in known:
                hook = "practice_published" if one.public else "practice_withdrawn"
                note_down(instance, session, region_id, names, hook, one.record_id)


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
        raise outbox.NotYet(HIDDEN)
    read = decoded(row.document, Document)
    return PracticePublished(
        event_id=event_id,
        at=moment_of(event_id),
        region=region_id,
        id=record_id,
        slug=read.slug,
        address=address_of(instance, read.original, region_id, "practices", read.slug),
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
    installed = instance.installed.known(region_id)
    header = instance.headers().get(region_id) or (installed.header if installed else None)
    return PracticeWithdrawn(
        event_id=event_id,
        at=moment_of(event_id),
        region=region_id,
        id=record_id,
        slug=record.slug,
        address=address_of(instance, header.languages[0] if header else "en", region_id, "practices", record.slug),
        erased=record.state == "erased",
    )


TELLERS: Final[Mapping[str, Tell]] = {"practice_published": _published, "practice_withdrawn": _withdrawn}
