"""Everything that waits for the reader of a page, changed or is due, in all regions that they work in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from lanzarote.activity.meetings_waiting import meetings_waiting
from lanzarote.activity.transfers_waiting import transfers_waiting
from lanzarote.activity.waiting import last_here, regions_of, waiting
from lanzarote.activity.waiting_items import Item
from lanzarote.records.changelog import INSTANCE

if TYPE_CHECKING:
    from datetime import datetime

    from lanzarote.web.site import View


class Found(Struct, frozen=True, kw_only=True):
    since: datetime | None
    """When the reader signed in the time before this one."""
    items: tuple[Item, ...]


def regions_in(view: View) -> list[str]:
    """The regions that the reader works in, and that are written here."""
    instance = view.instance
    return regions_of(view.actor, tuple(name for name in instance.headers() if instance.origin(name) is None))


def found(view: View, at: datetime) -> Found:
    """What the database says at *at*; once a page, and anew only after anything was written or a day has passed."""
    if "found" not in view.known:
        view.known["found"] = _kept(view, at)
    known: Found = view.known["found"]
    return known


def _kept(view: View, at: datetime) -> Found:
    instance, actor = view.instance, view.actor
    regions = regions_in(view)
    vocabularies = {region_id: instance.vocabulary(region_id) for region_id in regions}
    today = {region_id: one.day_of(at) for region_id, one in vocabularies.items()}

    def ask() -> Found:
        with instance.database.read([*regions, INSTANCE]) as session:
            since = last_here(session, actor)
            items = waiting(session, actor, today, since=since, at=at) if regions else []
            items += meetings_waiting(session, actor, vocabularies, at)
            items += transfers_waiting(instance, session, actor, regions)
        return Found(since=since, items=tuple(items))

    return instance.until_written(("found", actor, *today.items()), ask)
