"""A kind that the platform does not have: visits, with two states. Everything about it is declared here.

Its words in French are in ``visits.po``, as a package brings them.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Literal

import msgspec
from lanzarote.errors import Conflict
from lanzarote.kinds.actions import ARCHIVE, ERASE, RESTORE
from lanzarote.kinds.fields import Field
from lanzarote.kinds.kind import Action, Api, Filter, Form, Kind, Words, in_state
from lanzarote.records import records
from lanzarote.records.changelog import Release
from lanzarote.records.drafts import hold
from lanzarote.records.kinds import Followed, RecordKind, Released
from lanzarote.records.records import Record
from lanzarote.records.validation import Fault, Faulty, clean_reason, reason_of
from lanzarote.types.values import Key, Language, Text, Value
from lanzarote.web.resources import Listed
from lanzarote.web.working_records import Why
from msgspec import Meta, Struct
from sqlalchemy import select

HELD: Final = "It was held already."
NOT_CONFIRMED: Final = "Confirm both."
TOO_MANY: Final = "No place has room for so many."
Place = Literal["site", "school"]


class VisitText(Value, frozen=True, kw_only=True):
    title: Annotated[str, Meta(extra_json_schema={"maxLength": 60})] | None = None
    purpose: str | None = None


class Guest(Value, frozen=True, kw_only=True):
    key: Key
    sector: Annotated[str, Meta(extra_json_schema={"maxLength": 80})] = ""
    brings: Text = {}


class Visit(Value, frozen=True, kw_only=True):
    original: Language
    text: dict[Language, VisitText] = {}
    stale: tuple[Language, ...] = ()
    place: Place
    day: date | None = None
    people: int = 0
    guests: Annotated[tuple[Guest, ...], Meta(extra_json_schema={"maxItems": 5})] = ()


class VisitStatus(Value, frozen=True, kw_only=True):
    held: bool = False
    learnt: str = ""


class VisitItem(Struct, frozen=True, kw_only=True):
    id: str
    version: int
    held: bool


class VisitList(Listed[VisitItem], frozen=True, kw_only=True):
    pass


class WholeVisit(VisitItem, frozen=True, kw_only=True):
    visit: Visit


class VisitVersion(Struct, frozen=True, kw_only=True):
    number: int
    visit: Visit


class WrittenVisit(Visit, frozen=True, kw_only=True):
    reasons: tuple[Why, ...] = ()


def state_of(_: object, record: Any) -> str:
    return "held" if records.decode(record.status, VisitStatus).held else "planned"


def item(record: Any, said: Visit) -> VisitItem:
    return VisitItem(id=record.id, version=record.version, held=state_of(None, record) == "held")


def whole(_: object, record: Any, said: Visit) -> WholeVisit:
    return WholeVisit(**msgspec.structs.asdict(item(record, said)), visit=said)


def note(session: Any, record: Any, vocabulary: Any, *, expected: int, reason: str, by: Any, at: Any) -> None:
    """Say that it was held, and what was learnt."""
    hold(session, record, "group.lead", by, expected)
    if state_of(None, record) == "held":
        raise Conflict(HELD)
    said = clean_reason(reason, identifiers=vocabulary.header.personal_identifiers)
    record.status, record.updated_at = records.encode(VisitStatus(held=True, learnt=said)), at
    records.tell(session, record, "hold", by=by.account_id, at=at)


class WrittenMove(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    place: Place
    reasons: tuple[Why, ...] = ()


class Agreement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    confirmed: bool
    reason: str
    reasons: tuple[Why, ...] = ()


def _visit(session: Any, record: Any) -> Visit:
    return records.decode(records.body_of(session, record, record.version), Visit)


def move(session: Any, record: Any, *, given: WrittenMove, mark: str, by: Any, at: Any) -> None:
    """Have it elsewhere; *mark*: the version that was read."""
    hold(session, record, "group.lead", by)
    said = _visit(session, record)
    if mark not in ("", str(record.version)):
        raise Conflict("It was moved meanwhile.")
    body = records.encode(msgspec.structs.replace(said, place=given.place))
    records.revise(session, record, body, by=by.account_id, at=at)


def agree(
    session: Any, record: Any, *, confirmed: bool, reason: str, why: Any, vocabulary: Any, by: Any, at: Any
) -> None:
    """Note that everybody agreed."""
    hold(session, record, "group.lead", by)
    if not confirmed:
        raise Faulty([Fault(field="confirmed", text=NOT_CONFIRMED)])
    text, explained = reason_of(reason, vocabulary.header.personal_identifiers, by, why)
    status = VisitStatus(learnt=f"{text} {' '.join(one.text for one in explained)}".strip())
    record.status, record.updated_at = records.encode(status), at


FIELDS: Final = (
    Field(name="title", label="Name"), Field(name="purpose", label="Purpose", rows=3),
    Field(name="place", label="Where", words={"site": "At a service", "school": "At a school"}),
    Field(name="day", label="Day"), Field(name="people", label="How many come"),
    Field(name="guests", label="Guests", heading="Guests", one="Guest", fields=(
        Field(name="sector", label="Field of work"), Field(name="brings", label="What they bring"))),
)  # fmt: skip
EDIT: Final = Form(
    name="edit", label="Edit", may="group.write", when=in_state("planned"), main=True, done="Saved.", heading="Edit it"
)  # fmt: skip
INVITE: Final = Form(
    name="invite", label="Guests", may="group.write", when=in_state("planned"), done="Saved.", heading="Who comes",
    fields=("purpose", "guests"),
)  # fmt: skip
HOLD: Final = Action(
    name="hold", label="Mark as held", may="group.lead", when=in_state("planned"), do=note, main=True,
    text="It is not changed any more.", told="Say that it was held.", done="Held.",
)  # fmt: skip
MOVE: Final = Action(
    name="move", label="Move it", may="group.lead", when=in_state("planned"), do=move, asks=WrittenMove,
    fields=(Field(name="place", label="Where", words={"site": "At a service", "school": "At a school"}),),
    first=lambda _, record: {"place": "school", "mark": str(record.version)},
    text="Who comes is told.", told="Have it elsewhere.", done="Moved.",
)  # fmt: skip
AGREE: Final = Action(
    name="agree", label="Note that all agree", may="group.lead", when=in_state("planned"), do=agree, asks=Agreement,
    confirms={"asked": "Everybody was asked.", "nobody": "Nobody is named."},
    text="They agreed.", told="Say that all agree.", done="Noted.",
)  # fmt: skip


class VisitDocument(Value, frozen=True, kw_only=True):
    """What leaves the region of a visit."""

    slug: str
    original: Language
    text: dict[Language, VisitText]
    place: Place


def document(record: Record, said: Visit) -> bytes:
    return records.encode(VisitDocument(slug=record.slug, original=said.original, text=said.text, place=said.place))


def released(session: Any, some: Any) -> dict[str, Release]:
    shown = session.scalars(select(Record).where(Record.id.in_(some), Record.published_version.is_not(None)))
    return {one.id: Release(version=one.version, body=document(one, _visit(session, one))) for one in shown}


def publish(session: Any, record: Any, *, by: Any, at: Any) -> None:
    """Let everybody know of it."""
    hold(session, record, "group.lead", by)
    records.publish(session, record, by=by.account_id, at=at)


PUBLISH: Final = Action(
    name="publish", label="Publish", may="group.lead", when=in_state("held"), do=publish,
    text="Offices are told.", told="Let everybody know of it.", done="Published.",
)  # fmt: skip
VISIT: Final = RecordKind(
    name="visit", body=Visit, status=VisitStatus, room="visits", written="tests.core.kinds.visits:VISITS",
    place="discussion", label="Visit", one="a visit", plural="Visits",
    verbs={"hold": "noted that the visit took place"},
    followed=Followed(inside=True, news={"revise": "a new version", "hold": "it took place"}),
    released=Released(
        make=released, document=VisitDocument, counts=lambda said, _: [("visit", said.place, "")], measure="visit",
        fields={"slug": "Address of the visit"},
    ),
)  # fmt: skip
VISITS: Final = Kind(
    record=VISIT, fields=FIELDS,
    steps=(EDIT, INVITE, HOLD, PUBLISH, MOVE, AGREE, ARCHIVE, RESTORE, ERASE), state=state_of,
    states={"planned": "Planned", "held": "Held"},
    rules=lambda said, _: [Fault(field="people", text=TOO_MANY)] if said.people > 500 else [],
    filters=(
        Filter(name="planned", label="Only planned", states=("planned",)), Filter(name="all", label="Everything"),
        Filter(name="archived", label="Put away", which=lambda *_: records.Record.state == "archived"),
    ), shown=2,
    notices={"was-held": HELD}, none="There is no such visit.", erased="It was erased.",
    words=Words(
        begin="Plan a visit", lede="Who was where.", form_lede="Say who comes.", caption="All visits",
        columns=("Visit", "State", "Last changed"), empty="No visit yet.", empty_hint="Plan one.",
    ),
    api=Api(
        tag="Visits", item=item, listed=VisitList, whole=WholeVisit, tell=whole, written=WrittenVisit,
        version=VisitVersion,
    ),
)  # fmt: skip
