"""A kind that the platform does not have: trips, with two states. Everything about it is declared here.

Its words in French are in ``trips.po``, as a package brings them.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Literal

from lanzarote.errors import Conflict
from lanzarote.kinds.actions import ARCHIVE, ERASE, RESTORE
from lanzarote.kinds.fields import Field
from lanzarote.kinds.kind import Action, Api, Filter, Form, Kind, Words, in_state
from lanzarote.kinds.service import content_of
from lanzarote.records import records
from lanzarote.records.changelog import Release
from lanzarote.records.drafts import Told, explain, hold, read_told
from lanzarote.records.kinds import Followed, RecordKind, Released
from lanzarote.records.records import Record
from lanzarote.records.validation import Fault, Faulty, clean_reason, reason_of
from lanzarote.types.values import Key, Language, Text, Value
from lanzarote.web.working_records import Because
from msgspec import Meta, Struct
from msgspec.structs import replace
from sqlalchemy import select

HELD: Final = "It was held already."
Place = Literal["site", "school"]


class TripText(Value, frozen=True, kw_only=True):
    title: Annotated[str, Meta(extra_json_schema={"maxLength": 60})] | None = None
    purpose: str | None = None


class Guest(Value, frozen=True, kw_only=True):
    key: Key
    sector: Annotated[str, Meta(extra_json_schema={"maxLength": 80})] = ""
    brings: Text = {}


class Trip(Value, frozen=True, kw_only=True):
    original: Language
    text: dict[Language, TripText] = {}
    stale: tuple[Language, ...] = ()
    place: Place
    day: date | None = None
    people: int = 0
    guests: Annotated[tuple[Guest, ...], Meta(extra_json_schema={"maxItems": 5})] = ()


class TripStatus(Value, frozen=True, kw_only=True):
    state: Literal["planned", "held"] = "planned"
    learnt: str = ""


class TripItem(Struct, frozen=True, kw_only=True):
    id: str
    state: str


class WholeTrip(TripItem, frozen=True, kw_only=True):
    trip: Trip


class TripDocument(Value, frozen=True, kw_only=True):
    """What leaves the region of a trip."""

    slug: str
    original: Language
    text: dict[Language, TripText]
    place: Place


class Move(Value, frozen=True, kw_only=True):
    place: Place


class Agreement(Because, frozen=True, kw_only=True):
    confirmed: bool


def item(record: Record, said: Trip) -> TripItem:
    return TripItem(id=record.id, state=TRIPS.status_of(record).state)


def whole(_: object, record: Record, said: Trip) -> WholeTrip:
    return WholeTrip(id=record.id, state=TRIPS.status_of(record).state, trip=said)


def note(session: Any, record: Record, vocabulary: Any, *, expected: int, reason: str, by: Any, at: Any) -> None:
    """Say that it was held, and what was learnt."""
    hold(session, record, "group.lead", by, expected)
    if TRIPS.status_of(record).state == "held":
        raise Conflict(HELD)
    said = clean_reason(reason, identifiers=vocabulary.header.personal_identifiers)
    record.updated_at = at
    status = records.encode(TripStatus(state="held", learnt=said))
    records.decide(session, record, status, "hold", by=by.account_id, at=at)


def publish(session: Any, record: Record, *, by: Any, at: Any) -> None:
    """Let everybody know of it."""
    hold(session, record, "group.lead", by)
    records.publish(session, record, by=by.account_id, at=at)


def move(session: Any, record: Record, *, given: Move, mark: str, by: Any, at: Any) -> None:
    """Have it elsewhere; *mark*: the version that was read."""
    hold(session, record, "group.lead", by)
    if mark not in ("", str(record.version)):
        raise Conflict("It was moved meanwhile.")
    body = records.encode(replace(content_of(TRIPS, session, record), place=given.place))
    records.revise(session, record, body, by=by.account_id, at=at)


def agree(
    session: Any, record: Record, *, confirmed: bool, reason: str, why: Any, vocabulary: Any, by: Any, at: Any
) -> None:
    """Note that everybody agreed."""
    hold(session, record, "group.lead", by)
    if not confirmed:
        raise Faulty([Fault(field="confirmed", text="Confirm both.")])
    text, explained = reason_of(reason, vocabulary.header.personal_identifiers, by, why)
    explain(session, record, read_told(session, record, Told), "agreed", explained)
    records.decide(session, record, records.encode(TripStatus(learnt=text)), "agree", by=by.account_id, at=at)


def released(session: Any, some: Any) -> dict[str, Release]:
    found = {}
    for one in session.scalars(select(Record).where(Record.id.in_(some), Record.published_version.is_not(None))):
        said = content_of(TRIPS, session, one)
        document = TripDocument(slug=one.slug, original=said.original, text=said.text, place=said.place)
        found[one.id] = Release(version=one.version, body=records.encode(document))
    return found


WHERE: Final = Field(name="place", label="Where", words={"site": "At a service", "school": "At a school"})
FIELDS: Final = (
    Field(name="title", label="Name"), Field(name="purpose", label="Purpose", rows=3), WHERE,
    Field(name="day", label="Day"), Field(name="people", label="How many come"),
    Field(name="guests", label="Guests", heading="Guests", one="Guest", fields=(
        Field(name="sector", label="Field of work"), Field(name="brings", label="What they bring"))),
)  # fmt: skip
HOLD: Final = Action(
    name="hold", label="Mark as held", may="group.lead", when=in_state("planned"), do=note, main=True,
    text="It is not changed any more.", told="Say that it was held.", done="Held.",
)  # fmt: skip
TRIP: Final = RecordKind(
    name="trip", body=Trip, status=TripStatus, room="trips", written="tests.core.kinds.trips:TRIPS",
    place="discussion", label="Trip", one="a trip", plural="Trips",
    verbs={"hold": "noted that the trip took place", "agree": "noted that all agree"},
    followed=Followed(inside=True, news={"revise": "a new version", "hold": "it took place"}),
    released=Released(
        make=released, document=TripDocument, counts=lambda said, _: [("trip", said.place, "")], measure="trip",
        fields={"slug": "Address of the trip"},
    ),
)  # fmt: skip
TRIPS: Final = Kind(
    record=TRIP, fields=FIELDS,
    steps=(
        Form(name="edit", label="Edit", may="group.write", when=in_state("planned"), main=True, heading="Edit it"),
        Form(name="invite", label="Guests", may="group.write", when=in_state("planned"), fields=("purpose", "guests")),
        HOLD,
        Action(
            name="publish", label="Publish", may="group.lead", when=in_state("held"), do=publish,
            text="Offices are told.", told="Let everybody know of it.", done="Published.",
        ),
        Action(
            name="move", label="Move it", may="group.lead", when=in_state("planned"), do=move, asks=Move,
            fields=(WHERE,), first=lambda _, record: {"place": "school", "mark": str(record.version)},
            text="Who comes is told.", told="Have it elsewhere.", done="Moved.",
        ),
        Action(
            name="agree", label="Note that all agree", may="group.lead", when=in_state("planned"), do=agree,
            asks=Agreement, confirms={"asked": "Everybody was asked.", "nobody": "Nobody is named."},
            text="They agreed.", told="Say that all agree.", done="Noted.",
        ),
        ARCHIVE, RESTORE, ERASE,
    ),
    states={"planned": "Planned", "held": "Held"},
    rules=lambda said, _: [Fault(field="people", text="No place has room for so many.")] if said.people > 500 else [],
    filters=(
        Filter(name="planned", label="Only planned", states=("planned",)), Filter(name="all", label="Everything"),
        Filter(name="archived", label="Archived", which=lambda *_: Record.state == "archived"),
    ), shown=2,
    notices={"was-held": HELD}, none="There is no such trip.", erased="It was erased.",
    words=Words(
        begin="Plan a trip", lede="Who was where.", form_lede="Say who comes.", caption="All trips",
        columns=("Trip", "State", "Last changed"), empty="No trip yet.", empty_hint="Plan one.",
    ),
    api=Api(tag="Trips", item=item, tell=whole, versions=True),
)  # fmt: skip
