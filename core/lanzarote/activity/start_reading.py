"""The start page in the reader's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape
from msgspec import Struct

from lanzarote.activity.team_bar import OFFICE
from lanzarote.activity.waiting_items import CHANGED, DUE, MOST, WAITS, Item, Waiting
from lanzarote.office.desk import PAGES
from lanzarote.practices import service
from lanzarote.practices.service import facets_of
from lanzarote.records.permissions import EVERYWHERE, may_somewhere
from lanzarote.transfers.reading import NAMELESS
from lanzarote.translation import N_, date_told, pick
from lanzarote.web.labels import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.web.site import View

SHOWN: Final = 10
MOST_ASSESSED: Final = 5_000
"""Assessed practices that are looked through for those that are due."""
TASKS: Final[Mapping[str, str]] = {
    "reply": N_("A reply from outside"),
    "unconfirmed": N_("An organisation never confirmed this practice"),
    "group-role": N_("A group proposes a role"),
    "group-lost": N_("Somebody left the group on which their role rests"),
    "upgrade-conflict": N_("The package and you changed the same text"),
    "upgrade-withdrawal": N_("The package no longer contains this: does it stay public?"),
}
ALL: Final = {**WAITS, **CHANGED, **DUE}
UNTITLED: Final[Mapping[str, str]] = {
    "practices": N_("A practice without a title"),
    "transfers": NAMELESS,
}
WITHOUT_TITLE: Final = N_("Without a title")


class Shown(Struct, frozen=True, kw_only=True):
    href: str
    title: Markup
    region: str
    """Named where the reader works in several."""
    note: str
    day: date
    """Where the region is."""
    due_on: date | None


class Group(Struct, frozen=True, kw_only=True):
    heading: str
    items: tuple[Shown, ...]
    more: int
    """How many are not shown."""
    more_href: str


class Groups(Struct, frozen=True, kw_only=True):
    waits: tuple[Group, ...]
    changed: tuple[Group, ...]
    due: tuple[Group, ...]


def groups(view: View, items: Sequence[Item]) -> Groups:
    several = len({item.region_id for item in items}) > 1
    by_kind: dict[str, list[Item]] = {}
    for item in items:
        by_kind.setdefault(item.what, []).append(item)

    def of(told: Mapping[str, Waiting]) -> tuple[Group, ...]:
        return tuple(_group(view, told[what], by_kind[what], several) for what in told if what in by_kind)

    return Groups(waits=of(WAITS), changed=of(CHANGED), due=of(DUE))


def overtaken_notes(view: View, vocabularies: Mapping[str, Vocabulary]) -> Iterator[Item]:
    """Notes of the team that the package may have caught up with."""
    for region_id, vocabulary in vocabularies.items():
        if may_somewhere(view.actor, "note.write", region_id):
            for (kind, key), note in vocabulary.notes.items():
                if note.overtaken:
                    yield Item(what="note", region_id=region_id, id=f"{kind}/{key}", at=note.at, note=f"{kind}/{key}")


def reviews_due(view: View, vocabularies: Mapping[str, Vocabulary]) -> list[Item]:
    """What was assessed so long ago that the team ought to look at it again, the oldest first."""
    rows: list[int] = []
    for region_id in vocabularies:
        if may_somewhere(view.actor, "practice.publish", region_id):
            index = facets_of(view.instance, region_id)
            rows += [index.pks[place] for place in index.positions(index.masks["standing"].get("assessed", 0))]
    cards = tuple(service.cards_at(view.instance.database, rows[:MOST_ASSESSED]))
    days = [(vocabularies[card.region].grid.due_on(card.assessed_on), card) for card in cards if card.assessed_on]
    due = sorted((one for one in days if one[0] <= view.today), key=lambda one: (one[0], one[1].id))
    return [
        Item(
            what="due",
            region_id=card.region,
            id=card.id,
            at=card.updated_at,
            titles=card.title,
            original=card.original,
            slug=card.slug,
            due_on=day,
        )
        for day, card in due[:MOST]
    ]


def write_href(view: View, regions: Sequence[str]) -> str:
    """Where the reader begins a practice; empty where they write none, or would have to say in which region."""
    if len(regions) != 1 or not may_somewhere(view.actor, "practice.write", regions[0]):
        return ""
    return _href(view, regions[0], "team", "practices", "new")


def office_places(view: View) -> Sequence[tuple[str, str]]:
    """Where the central office works, for who works there."""
    if not (view.instance.settings.office and may_somewhere(view.actor, "results.receive", EVERYWHERE)):
        return ()
    public = [(view._(label), view.instance_href("office", *filter(None, (page,)))) for page, label in PAGES]
    return [*((view._(room.label), view.instance_href(*room.at)) for room in OFFICE.rooms if room.may), *public]


def _group(view: View, told: Waiting, items: Sequence[Item], several: bool) -> Group:
    regions = {item.region_id for item in items}
    whole = items[0].what == "task" and len(regions) == 1
    return Group(
        heading=view._(told.heading),
        items=tuple(_shown(view, item, several) for item in items[:SHOWN]),
        more=max(0, len(items) - SHOWN),
        more_href=_href(view, next(iter(regions)), "team", "tasks") if whole else "",
    )


def _shown(view: View, item: Item, several: bool) -> Shown:
    header = view.instance.header(item.region_id)
    if item.titles:
        text, lang = pick(item.titles, view.lang, item.original, header.languages)
        title = written(text, lang, view.lang)
    else:
        title = escape(view._(UNTITLED.get(item.room, WITHOUT_TITLE)))
    note = item.note
    if item.what == "task":
        words = view._(TASKS[item.note]) if item.note in TASKS else item.note
        title, note = (title, words) if item.titles else (escape(words), item.slug)
    elif item.what in ("transfer", "origin-news") and not item.titles:
        title = escape(view._(NAMELESS))
    elif item.what == "note":
        title, note = escape(item.note), ""
    elif item.what == "unsaved" and note:
        note = view._(note)
    elif item.what == "position" and item.due_on is not None:
        note = view._("until %(day)s") % {"day": date_told(item.due_on, view.lang)}
    return Shown(
        href=_href_of(view, item),
        title=title,
        region=view.text(header.name, header.languages[0])[0] if several else "",
        note=note,
        day=item.at.astimezone(ZoneInfo(header.time_zone)).date(),
        due_on=item.due_on if item.what != "position" else None,
    )


def _href_of(view: View, item: Item) -> str:
    """Where the thing is done."""
    if item.place:
        header, query = view.instance.header(item.region_id), {"unsaved": item.form}
        return view.region_href(header, "team", item.room, item.id, item.place, query=query)
    return _href(view, item.region_id, *_place(item))


def _place(item: Item) -> tuple[str, ...]:
    record_id, _, number = item.id.partition("/")
    named = {"id": record_id, "number": number, "slug": item.slug, "room": item.room, "form": item.form}
    return tuple(ALL[item.what].at.format(**named).partition("#")[0].split("/"))


def _href(view: View, region_id: str, *parts: str) -> str:
    return view.region_href(view.instance.header(region_id), *parts)
