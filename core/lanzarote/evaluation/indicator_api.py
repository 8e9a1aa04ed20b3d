"""API resources for the group: indicators are written, given values, published, withdrawn, put away, erased."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import and_, func, select

from lanzarote.checking import NOTHING_EXPLAINED
from lanzarote.evaluation import counting, entries
from lanzarote.evaluation.counting import Entered
from lanzarote.evaluation.model import INDICATOR as KIND
from lanzarote.evaluation.model import IndicatorValue
from lanzarote.permissions import allowed
from lanzarote.records import Record, Version, decode
from lanzarote.translation import N_
from lanzarote.types import Language, Text
from lanzarote.types.evaluation import Figure, Indicator, Period
from lanzarote.web.changing import NO_CONTENT, Nothing, Sent, change, made
from lanzarote.web.resources import CURSOR, LIMIT, REGION, ROOT, Answer, Asked, Listed, resource
from lanzarote.web.working_records import (
    AS_READ,
    Because,
    Kind,
    State,
    Why,
    etag_of,
    id_of,
    reasons_of,
    refuse_disclosure,
    state_of,
    step,
    steps_of,
    taken,
    working,
)
from lanzarote.working import archive, erase, restore

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.checking import Explained

TAG: Final = "Indicators, for the group"
INDICATORS: Final = Kind(
    name=KIND,
    read="group.read",
    none=N_("There is no such indicator here, or you may not read it."),
    erased=N_("This indicator was erased."),
)
INDICATOR: Final = id_of(KIND)
ONE: Final = "/regions/{region}/team/indicators/{indicator}"


class WrittenIndicator(Indicator, frozen=True, kw_only=True):
    """An indicator as somebody writes it."""

    reasons: tuple[Why, ...] = ()
    """One for each concern that is not hard."""


class EnteredValue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A value for one period; a later one on the same period corrects it."""

    period: Period
    value: Figure | None = None
    """null takes back what is there; what the platform counts itself it counts now, whatever stands here."""
    source: Annotated[str, Meta(max_length=500)] = ""
    """Where it is written: the register, report or minutes."""
    note: Annotated[str, Meta(max_length=2_000)] = ""
    """For the group; needed where a value is corrected or taken back."""
    language: Language
    """Of source and note."""
    seen: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    """``seq`` of the value for this period that you read; 0: there was none."""


class GroupIndicatorItem(Struct, frozen=True, kw_only=True):
    """An indicator in the group's list."""

    id: str
    slug: str
    title: Text
    state: str
    """``draft``, ``published``, ``withdrawn`` or ``archived``."""
    version: int
    published_version: int | None
    updated_at: datetime


class GroupIndicatorList(Listed[GroupIndicatorItem], frozen=True, kw_only=True):
    pass


class GroupIndicator(GroupIndicatorItem, frozen=True, kw_only=True):
    """An indicator as the group keeps it."""

    region: str
    indicator: Indicator
    """What its newest version says; what PUT takes."""
    released: int
    """``seq`` of the last value that the public reads."""
    released_on: date | None
    withdrawn: str


class GroupValue(Struct, frozen=True, kw_only=True):
    """A value as it was entered: exact, and for the group only."""

    seq: int
    period: str
    value: float | None
    source: str
    note: str
    language: str
    computed: bool
    at: datetime
    in_force: bool
    """No later one corrects it."""


class GroupValueList(Listed[GroupValue], frozen=True, kw_only=True):
    pass


@resource(
    "/regions/{region}/team/indicators",
    tag=TAG,
    may="group.read",
    names=(REGION,),
    query=(CURSOR, LIMIT),
    answers=GroupIndicatorList,
)
def list_team_indicators(asked: Asked) -> Answer:
    """All indicators of the region, the last changed first."""
    asked.instance.header(asked["region"])
    start = int(asked.one("cursor") or 0)
    mine = and_(Record.kind == KIND, Record.state != "erased", allowed(asked.actor, "group.read"))
    newest = and_(
        Version.region_id == Record.region_id, Version.record_id == Record.id, Version.number == Record.version
    )
    query = select(Record, Version.body).join(Version, newest).where(mine)
    with asked.instance.database.read(asked["region"]) as session:
        order = query.order_by(Record.updated_at.desc(), Record.id).offset(start).limit(asked.limit)
        items = [
            GroupIndicatorItem(**_item(record, decode(body, Indicator))) for record, body in session.execute(order)
        ]
        total = session.scalar(select(func.count()).select_from(Record).where(mine)) or 0
    end = start + len(items)
    return asked.listed(map(msgspec.json.encode, items), total, str(end) if end < total else None)


@resource(ONE, tag=TAG, may="group.read", names=(REGION, INDICATOR), answers=GroupIndicator)
def get_team_indicator(asked: Asked) -> Answer:
    """One indicator as the group keeps it. Its ETag is what a change of it takes in If-Match."""
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, INDICATORS)
        said, status = counting.indicator_of(session, record), counting.status_of(record)
        told = GroupIndicator(
            **_item(record, said),
            region=record.region_id,
            indicator=said,
            released=status.released,
            released_on=status.released_on,
            withdrawn=status.withdrawn,
        )
        return Answer(msgspec.json.encode(told), {"etag": etag_of(record)})


@resource(
    f"{ONE}/values",
    tag=TAG,
    may="group.read",
    names=(REGION, INDICATOR),
    query=(CURSOR, LIMIT),
    answers=GroupValueList,
)
def list_team_indicator_values(asked: Asked) -> Answer:
    """Everything that was ever entered, in that order: exact numbers, for the group only."""
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, INDICATORS)
        rows = counting.values_of(session, [record.id]).get(record.id, [])
        valid = {row.seq for row in counting.in_force(rows)}
        return asked.part([_value(row, in_force=row.seq in valid) for row in rows])


@change(
    "POST",
    "/regions/{region}/team/indicators",
    tag=TAG,
    may="group.write",
    names=(REGION,),
    body=WrittenIndicator,
    status=201,
    answers=State,
)
def create_indicator(sent: Sent, body: WrittenIndicator) -> Answer:
    """Begin an indicator, which only the group reads. Location says where it stands."""
    given = _checked(sent, body)

    def do(session: Session) -> Answer:
        record = counting.begin(session, sent["region"], given, by=sent.actor, at=sent.at)
        at = ROOT + ONE.format(region=record.region_id, indicator=record.id)
        return made(state_of(record), at=at, etag=etag_of(record), about=record.id)

    return sent.once(do)


@change(
    "PUT", ONE, tag=TAG, may="group.write", names=(REGION, INDICATOR), body=WrittenIndicator, match=True, answers=State
)
def save_indicator(sent: Sent, body: WrittenIndicator) -> Answer:
    """Save another version of what is counted, and how; all of it is sent. The public does not read it yet."""
    with sent.instance.database.read(sent["region"]) as session:
        record = taken(sent, session, INDICATORS, "group.write", lock=False)
        given = _checked(sent, body, counting.explained_in(session, record))
    return step(sent, INDICATORS, "group.write", counting.save, given=given, expected=AS_READ, **sent.signed)


@change(
    "POST",
    f"{ONE}/values",
    tag=TAG,
    may="group.write",
    names=(REGION, INDICATOR),
    body=EnteredValue,
    match=True,
    status=201,
    answers=GroupValue,
)
def enter_indicator_value(sent: Sent, body: EnteredValue) -> Answer:
    """Enter a value, correct one, or take one back; what was there stays in the history."""
    entered = Entered(
        period=body.period, value=body.value, source=body.source, note=body.note, lang=body.language, seen=body.seen
    )
    refuse_disclosure(sent.vocabulary, body.source, body.note)
    given = counting.checked_value(entered, sent.vocabulary)
    today = sent.instance.today(sent["region"])

    def do(session: Session) -> Answer:
        record = taken(sent, session, INDICATORS, "group.write")
        seq = counting.enter(session, record, given, today=today, by=sent.actor, at=sent.at)
        row = session.get_one(IndicatorValue, (record.region_id, record.id, seq))
        at = f"{ROOT}{ONE.format(region=record.region_id, indicator=record.id)}/values"
        return made(_value(row, in_force=row.value is not None), at=at, etag=etag_of(record), about=record.id)

    return sent.once(do)


_step = steps_of(ONE, TAG, (REGION, INDICATOR))


@_step("publish", "group.lead")
def publish_indicator(sent: Sent, _: Nothing) -> Answer:
    """Let the public read the newest version and all values so far. Who wrote or entered them cannot."""
    today = sent.instance.today(sent["region"])
    return step(sent, INDICATORS, "group.lead", counting.publish, today=today, expected=AS_READ, **sent.signed)


@_step("withdraw", "group.lead", Because)
def withdraw_indicator(sent: Sent, body: Because) -> Answer:
    """Take it from the public with its values; the reason is for the group."""
    return step(
        sent, INDICATORS, "group.lead", counting.withdraw, vocabulary=sent.vocabulary, reason=body.reason, **sent.signed
    )


@_step("archive", "group.lead")
def archive_indicator(sent: Sent, _: Nothing) -> Answer:
    """Put away what was never published or was withdrawn."""
    return step(sent, INDICATORS, "group.lead", archive, **sent.signed)


@_step("restore", "group.lead")
def restore_indicator(sent: Sent, _: Nothing) -> Answer:
    """Take it out of the archive: a draft again, or withdrawn if the public has read it once."""
    return step(sent, INDICATORS, "group.lead", restore, **sent.signed)


@_step("erase", "record.erase", answers=None, status=204, tagged=False)
def erase_indicator(sent: Sent, _: Nothing) -> Answer:
    """Remove every word and value of it for good. This cannot be undone."""

    def do(session: Session) -> Answer:
        erase(session, taken(sent, session, INDICATORS, "record.erase"), by=sent.actor, at=sent.at)
        return NO_CONTENT

    return sent.once(do)


def _checked(sent: Sent, body: WrittenIndicator, earlier: Explained = NOTHING_EXPLAINED) -> counting.Checked:
    """Raises Disclosed, Identifying, Faulty."""
    said = Indicator(**{name: getattr(body, name) for name in Indicator.__struct_fields__})
    reasons = reasons_of(body.reasons)
    refuse_disclosure(sent.vocabulary, *(text for _, text in entries.texts_of(said)), *reasons.values())
    by = sent.actor.account_id
    return counting.checked(said, sent.vocabulary, reasons=reasons, by=by, earlier=earlier)


def _item(record: Record, said: Indicator) -> dict[str, Any]:
    title = {code: texts.title for code, texts in said.text.items() if texts.title}
    fields = ("id", "slug", "state", "version", "published_version", "updated_at")
    return {name: getattr(record, name) for name in fields} | {"title": title}


def _value(row: IndicatorValue, *, in_force: bool) -> GroupValue:
    names = ("seq", "period", "value", "source", "note", "computed", "at")
    return GroupValue(**{name: getattr(row, name) for name in names}, language=row.lang, in_force=in_force)


handlers = (
    list_team_indicators,
    get_team_indicator,
    list_team_indicator_values,
    create_indicator,
    save_indicator,
    enter_indicator_value,
    publish_indicator,
    withdraw_indicator,
    archive_indicator,
    restore_indicator,
    erase_indicator,
)
