"""The bar on every page of a team: where one is, the places in the order of the work, how much waits in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import and_, func, or_, select

from lanzarote.activity.waiting import last_here, regions_of, waiting
from lanzarote.activity.waiting_items import WAITS, Item, meetings_waiting, transfers_waiting
from lanzarote.improvements import service as improvements
from lanzarote.improvements.model import FINDING, IMPROVEMENT, OPEN
from lanzarote.meetings.service import is_to_come, meetings
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.kinds import kinds_of
from lanzarote.records.permissions import EVERYWHERE, Action, allowed, may_somewhere
from lanzarote.records.records import Record, now
from lanzarote.translation import N_
from lanzarote.web.gate import ALSO_RECEIVED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.kinds import Kinds
    from lanzarote.records.permissions import Actor
    from lanzarote.types import RegionHeader
    from lanzarote.web.site import View


# --- How many things each place of a region's team holds for one person, asked in few statements ---

COUNTED_IN_ALL: Final = ("practices", "procedures", "directory")
"""Places whose number is that of all records that the reader may read of their first kind."""


def counts(view: View, region_id: str) -> Mapping[str, int]:
    """Place → its number, as the lists there say it; counted anew once anything was written anywhere."""
    actor, today = view.actor, view.instance.today(region_id)

    def count() -> Mapping[str, int]:
        with view.instance.database.read(region_id) as session:
            return _in_all(session, actor) | {
                "discussion": _open(session, actor),
                "meetings": _to_come(session, actor, today),
            }

    return view.instance.until_written(("places", actor, region_id, today), count)


def _in_all(session: Session, actor: Actor) -> dict[str, int]:
    first = {kind.place: kind for kind in reversed([*kinds_of(session).values()]) if kind.place in COUNTED_IN_ALL}
    seen = or_(*(and_(Record.kind == kind.name, allowed(actor, kind.read)) for kind in first.values()))
    query = select(Record.kind, func.count()).where(Record.state != "erased", seen).group_by(Record.kind)
    found = {kind: number for kind, number in session.execute(query)}  # noqa: C416 - a result is no pairs to dict()
    return {place: found.get(kind.name, 0) for place, kind in first.items()}


def _open(session: Session, actor: Actor) -> int:
    kinds = (FINDING, IMPROVEMENT)
    return sum(state in OPEN[kind] for kind in kinds for _, state in improvements.states_of(session, kind, by=actor))


def _to_come(session: Session, actor: Actor, today: date) -> int:
    return sum(is_to_come(one, today) for one in meetings(session, allowed(actor, "group.read")))


# --- Everything that waits for the reader of a page, changed or is due, in all regions that they work in ---


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


# --- team bar ---
# The bar on every page of a team: where one is, eight places in the order of the work, how much waits in each.


class Room(Struct, frozen=True, kw_only=True):
    """A list or page of a place."""

    label: str
    at: tuple[str, ...]
    """Its address after the region's."""
    may: Action | None = None
    """What one needs to enter it; None: nothing."""
    public: tuple[str, ...] = ()
    """Where the public reads of the same."""


class Place(Struct, frozen=True, kw_only=True):
    """One of the eight: rooms that belong together."""

    name: str
    label: str
    rooms: tuple[Room, ...] = ()
    """Those that are no list of records: a kind says itself in which place its list stands (``RecordKind.place``)."""


TEAM: Final = "team"
START: Final = "work"
PLACES: Final = (
    Place(
        name=START,
        label=N_("My work"),
        rooms=(
            Room(label=N_("My organisation"), at=(TEAM, "organisation"), may="group.speak", public=("group",)),
            Room(label=N_("Tasks"), at=(TEAM, "tasks"), may="task.read"),
        ),
    ),
    Place(
        name="practices",
        label=N_("Practices"),
    ),
    Place(
        name="discussion",
        label=N_("Discussion"),
        rooms=(Room(label=N_("Actions"), at=(TEAM, "actions"), may="group.read", public=("improvements",)),),
    ),
    Place(
        name="meetings",
        label=N_("Meetings"),
    ),
    Place(
        name="procedures",
        label=N_("Procedures"),
    ),
    Place(
        name="directory",
        label=N_("Directory"),
        rooms=(Room(label=N_("Who takes part"), at=(TEAM, "taking-part"), may="group.read", public=("group",)),),
    ),
    Place(
        name="pilot",
        label=N_("Pilot"),
        rooms=(Room(label=N_("Results"), at=(TEAM, "results"), may="group.lead"),),
    ),
    Place(
        name="settings",
        label=N_("Settings"),
        rooms=(
            Room(label=N_("People"), at=("people",), may="person.read"),
            Room(label=N_("Who can do what"), at=("roles",)),
            Room(label=N_("Packages"), at=("plugins",), may="plugin.switch"),
            Room(label=N_("Notes of the team"), at=(TEAM, "notes"), may="note.write"),
            Room(label=N_("Change history"), at=(TEAM, "activity"), may="activity.read"),
        ),
    ),
)
OFFICE: Final = Place(
    name="office",
    label=N_("Central office"),
    rooms=(
        Room(label=N_("Regions reporting to this office"), at=("office", "sources"), may="results.receive"),
        Room(label=N_("Opening the method in a new region"), at=("office", "openings"), may="results.receive"),
        Room(label=N_("Who can do what"), at=("roles",)),
    ),
)
WHOLE_SITE: Final = Place(
    name="site",
    label=N_("The whole site"),
    rooms=(
        Room(label=N_("Change history"), at=("activity",), may="activity.read"),
        Room(label=N_("People"), at=("people",), may="person.read"),
        Room(label=N_("System"), at=("system",), may="plugin.switch"),
        Room(label=N_("Who can do what"), at=("roles",)),
    ),
)
"""Places of the instance, for those who keep it running."""
IN_ALL: Final = N_("in all")
WORDS: Final[Mapping[str, str]] = {
    START: N_("for you"),
    "discussion": N_("open"),
    "meetings": N_("to come"),
}
"""What a number beside a place counts, for those who hear it."""
AT_HAND: Final = 4
"""So many places are in the bar of a phone; the others are behind “More”."""


def places_of(kinds: Kinds) -> tuple[Place, ...]:
    """The places of a region's team, with the lists of the *kinds* in each."""
    return tuple(replace(place, rooms=(*_lists(kinds, place), *place.rooms)) for place in PLACES)


def _lists(kinds: Kinds, place: Place) -> Iterator[Room]:
    public: tuple[str, ...] = ()
    for kind in kinds.values():
        if kind.place == place.name:
            # What the public reads nothing of, such as findings, leads to what it reads of the same place.
            public = kind.page or ((kind.public,) if kind.public else public)
            yield Room(label=kind.plural, at=(TEAM, kind.room), may=kind.read, public=public)


class Link(Struct, frozen=True, kw_only=True):
    label: str
    href: str
    current: bool = False


class ShownPlace(Struct, frozen=True, kw_only=True):
    name: str
    label: str
    href: str
    current: bool
    number: int
    counts: str
    """What the number counts, in a word; "" where there is no number."""
    rooms: tuple[Link, ...]


class Bar(Struct, frozen=True, kw_only=True):
    """What a page says to somebody who has signed in about where they are."""

    region: RegionHeader | None
    inside: bool
    """The page is the team's; otherwise the public reads it, too."""
    team_href: str
    public_href: str
    places: tuple[ShownPlace, ...] = ()
    """None on a public page."""
    regions: tuple[Link, ...] = ()
    """The others that the reader works in."""

    search_href: str = ""

    @property
    def here(self) -> ShownPlace | None:
        """The place that one is in."""
        return next((one for one in self.places if one.current), None)

    @property
    def rooms(self) -> tuple[Link, ...]:
        """Those of the place that one is in, where there is a choice."""
        return self.here.rooms if self.here and len(self.here.rooms) > 1 else ()

    @property
    def at_hand(self) -> tuple[ShownPlace, ...]:
        """What a phone shows at the bottom of its screen."""
        return self.places[:AT_HAND]

    @property
    def behind(self) -> tuple[ShownPlace, ...]:
        """What a phone shows after “More” is pressed."""
        return self.places[AT_HAND:]

    @property
    def is_behind(self) -> bool:
        return self.here is not None and self.here in self.behind


def team_bar(view: View) -> Bar | None:
    """The bar of the page; None for visitors."""
    if not view.actor.signed_in:
        return None
    mine = regions_in(view)
    region = view.region or (view.instance.header(mine[0]) if len(mine) == 1 else None)
    inside = _inside(view)
    if not inside:
        return Bar(region=region, inside=False, team_href=_team_href(view, region), public_href=view.path)
    counted, places = _counted(view, region), places_of(view.instance.kinds)
    shown = [_start(view, region, counted)]
    if region is not None:
        shown += [one for place in places[1:] if (one := _shown(view, region, place, counted))]
    regions = [
        Link(label=view.say(header.name), href=first.href)
        for header in (view.instance.header(name) for name in mine)
        if header != region and (first := _shown(view, header, places[1], {}) or _shown(view, header, places[-1], {}))
    ]
    for place, action in ((OFFICE, "results.receive"), (WHOLE_SITE, "activity.read")):
        if may_somewhere(view.actor, action, EVERYWHERE) and (place is WHOLE_SITE or view.instance.settings.office):  # type: ignore[arg-type]
            shown += filter(None, [_shown(view, None, place, {})])
    return Bar(
        region=region,
        inside=True,
        team_href=view.start_href,
        public_href=_public_href(view, region),
        places=tuple(shown),
        regions=tuple(regions),
        search_href=_search_href(view, region),
    )


def behind_a_factor(view: View) -> tuple[str, ...]:
    """Rooms of the whole site that open to the reader only after signing in with a second factor."""
    strong = replace(view.actor, strong=True)
    places = (WHOLE_SITE, OFFICE) if view.instance.settings.office else (WHOLE_SITE,)
    wanted = [(view._(room.label), room.may) for place in places for room in place.rooms if room.may]
    return tuple(
        label
        for label, action in wanted
        if may_somewhere(strong, action, EVERYWHERE) and not may_somewhere(view.actor, action, EVERYWHERE)
    )


def _inside(view: View) -> bool:
    """Whether nobody reads the page but those who have signed in; who may what, their team finds among its places."""
    handler = view.request.scope.get("route_handler")
    may = handler.opt.get("may", "public") if handler is not None else "public"
    return may != "public" or view.path.endswith("/roles")


def _start(view: View, region: RegionHeader | None, counted: Mapping[str, int]) -> ShownPlace:
    """The place of one's own work, which belongs to no region."""
    own = Link(label=view._(PLACES[0].label), href=view.start_href, current=_is_at(view, view.start_href))
    rooms = (own, *_rooms(view, region, PLACES[0])) if region else (own,)
    return _with_number(view, PLACES[0], rooms, counted)


def _shown(view: View, region: RegionHeader | None, place: Place, counted: Mapping[str, int]) -> ShownPlace | None:
    """*place* as the reader may enter it; None: there is nothing in it for them."""
    rooms = tuple(_rooms(view, region, place))
    return _with_number(view, place, rooms, counted) if rooms else None


def _with_number(view: View, place: Place, rooms: tuple[Link, ...], counted: Mapping[str, int]) -> ShownPlace:
    number = counted.get(place.name, 0)
    return ShownPlace(
        name=place.name,
        label=view._(place.label),
        href=rooms[0].href,
        current=any(room.current for room in rooms),
        number=number,
        counts=view._(WORDS.get(place.name, IN_ALL)) if number else "",
        rooms=rooms,
    )


def _rooms(view: View, region: RegionHeader | None, place: Place) -> Iterator[Link]:
    received = region is not None and view.instance.origin(region.id) is not None
    for room in place.rooms:
        if received and room.may not in (None, *ALSO_RECEIVED):
            continue
        if room.may is None or may_somewhere(view.actor, room.may, region.id if region else EVERYWHERE):
            href = view.region_href(region, *room.at) if region else view.instance_href(*room.at)
            yield Link(label=view._(room.label), href=href, current=_is_at(view, href))


def _is_at(view: View, href: str) -> bool:
    return view.path == href or view.path.startswith(f"{href}/")


def _search_href(view: View, region: RegionHeader | None) -> str:
    if region is None or view.instance.origin(region.id) or not may_somewhere(view.actor, "practice.read", region.id):
        return ""
    return view.region_href(region, TEAM, "search")


def _public_href(view: View, region: RegionHeader | None) -> str:
    """Where the public reads of what this page is about."""
    if region is None:
        return view.instance_href()
    for place in places_of(view.instance.kinds):
        for room in place.rooms:
            if _is_at(view, view.region_href(region, *room.at)):
                return view.region_href(region, *room.public)
    return view.region_href(region)


def _team_href(view: View, region: RegionHeader | None) -> str:
    """Where the team works on what this public page is about; one's own work where there is no such place."""
    if region is not None:
        for place in places_of(view.instance.kinds):
            for room in place.rooms:
                if room.public and room.at[0] == TEAM and _is_at(view, view.region_href(region, *room.public)):
                    links = list(_rooms(view, region, Place(name="", label="", rooms=(room,))))
                    return links[0].href if links else view.start_href
    return view.start_href


def _counted(view: View, region: RegionHeader | None) -> Mapping[str, int]:
    """Place → its number."""
    mine = sum(item.what in WAITS for item in found(view, now()).items)
    of_region = counts(view, region.id) if region and view.instance.origin(region.id) is None else {}
    return {START: mine, **of_region}
