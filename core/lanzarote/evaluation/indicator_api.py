"""API resources for the group: indicators are read, written, given values, published, withdrawn, erased."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct

from lanzarote.evaluation import counting
from lanzarote.evaluation.counting import Entered
from lanzarote.evaluation.indicator_kind import INDICATORS
from lanzarote.evaluation.model import IndicatorValue
from lanzarote.kinds.api import address_of, records_of
from lanzarote.types import Language
from lanzarote.types.evaluation import Figure, Period
from lanzarote.web.changing import Sent, change, made
from lanzarote.web.resources import CURSOR, LIMIT, REGION, ROOT, Answer, Asked, Listed, resource
from lanzarote.web.working_records import etag_of, id_of, refuse_disclosure, taken, working

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

TAG: Final = INDICATORS.api.tag
INDICATOR: Final = id_of(INDICATORS.name)
ONE: Final = address_of(INDICATORS)
RECORDS: Final = records_of(INDICATORS)


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
        record = working(asked, session, RECORDS)
        rows = counting.values_of(session, [record.id]).get(record.id, [])
        valid = {row.seq for row in counting.in_force(rows)}
        return asked.part([_value(row, in_force=row.seq in valid) for row in rows])


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
        record = taken(sent, session, RECORDS, "group.write")
        seq = counting.enter(session, record, given, today=today, by=sent.actor, at=sent.at)
        row = session.get_one(IndicatorValue, (record.region_id, record.id, seq))
        at = f"{ROOT}{ONE.format(region=record.region_id, indicator=record.id)}/values"
        return made(_value(row, in_force=row.value is not None), at=at, etag=etag_of(record), about=record.id)

    return sent.once(do)


def _value(row: IndicatorValue, *, in_force: bool) -> GroupValue:
    names = ("seq", "period", "value", "source", "note", "computed", "at")
    return GroupValue(**{name: getattr(row, name) for name in names}, language=row.lang, in_force=in_force)


handlers = (list_team_indicator_values, enter_indicator_value)
