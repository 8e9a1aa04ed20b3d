"""The values of indicators: entered, corrected, published with the indicator, withdrawn with it.

Every function checks for itself that the person may do it. Values are only ever added: a later one on the same period
corrects the one before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from sqlalchemy import select

from lanzarote.errors import Conflict, NotPermitted
from lanzarote.evaluation import entries, periods
from lanzarote.evaluation.measures import MEASURES
from lanzarote.evaluation.model import IndicatorStatus, IndicatorValue
from lanzarote.records import drafts, records
from lanzarote.records.drafts import hold
from lanzarote.records.lifecycle import RECORD, next_state
from lanzarote.records.records import Record, Version, decode, encode
from lanzarote.records.validation import MISSING, NO_REASON, Fault, Faulty, refuse_unclean
from lanzarote.translation import N_
from lanzarote.types.evaluation import Indicator

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary

LONGEST: Final = {"source": 500, "note": 2_000}
MOST_VALUES: Final = 2_000
NOT_YET: Final = N_("This period is not over yet, or that day has not come.")
NO_PERIOD: Final = N_("Choose a period that this indicator is about, such as %(value)s.")
ENTERED: Final = N_("Somebody else has entered a value for this meanwhile; see which, then enter yours.")
OWN_WORK: Final = N_("You wrote or entered what is new in it; somebody else has to publish it.")
NOTHING_YET: Final = N_("There is nothing yet that could be counted for this.")
NOTHING_NEW: Final = N_("Everything in it is published already.")
OTHER_RHYTHM: Final = N_("There are values for other periods already; begin another indicator for another rhythm.")
OTHER_COUNTS: Final = N_("There are values already; begin another indicator for what is counted otherwise.")
FOR_ALL_VALUES: Final = {"rhythm": OTHER_RHYTHM, "counts": OTHER_COUNTS, "measure": OTHER_COUNTS}
"""What cannot change any more once there are values."""
NOTHING_THERE: Final = N_("There is no value here that could be withdrawn.")
TOO_OFTEN: Final = N_("It has as many values as there is room for; begin another indicator.")
NOT_THEN: Final = N_("The platform counts the present state, and cannot say what it was then.")


class Entered(Struct, frozen=True, kw_only=True):
    """A value that may be kept."""

    period: str
    value: float | None
    """None: takes back what is there."""
    source: str = ""
    note: str = ""
    lang: str
    seen: int = 0
    """Number of the value for this period that the writer saw; 0: there was none."""


def checked_value(given: Entered, vocabulary: Vocabulary, field: str = "") -> Entered:
    """Let source and note of a value pass the guard; nothing in them can be explained away.

    Raises Identifying, Faulty, with places that begin with *field*.
    """
    texts = [(f"{field}{name}", getattr(given, name)) for name in LONGEST]
    identifiers = vocabulary.header.personal_identifiers
    refuse_unclean(texts, lambda place: LONGEST[place.removeprefix(field)], identifiers=identifiers)
    return given


def keep_values(session: Session, record: Record, before: Indicator, after: Indicator) -> None:
    """Refuse what would let old values be read as if they had been counted otherwise. Raises Faulty."""
    changed = {name: text for name, text in FOR_ALL_VALUES.items() if getattr(before, name) != getattr(after, name)}
    if changed and values_of(session, [record.id]):
        raise Faulty([Fault(field=name, text=text) for name, text in changed.items()])


def enter(session: Session, record: Record, given: Entered, *, today: date, by: Actor, at: datetime) -> int:
    """Keep a value, a correction, or that there is none after all; return its number.

    What the platform counts itself it counts now, whatever number was given. Raises Faulty, Conflict when somebody
    else was faster, NotPermitted, IllegalTransition.
    """
    hold(session, record, "group.write", by)
    next_state(RECORD, record.state, "write")
    indicator = indicator_of(session, record)
    if not periods.fits(given.period, indicator.rhythm):
        raise Faulty([Fault(field="period", text=NO_PERIOD, value=periods.period_of(today, indicator.rhythm))])
    if indicator.measure and given.value is not None:
        if given.period != periods.period_of(today, indicator.rhythm):
            raise Faulty([Fault(field="period", text=NOT_THEN)])
    elif periods.ends(given.period) > today and not indicator.measure:
        raise Faulty([Fault(field="period", text=NOT_YET)])
    before = values_of(session, [record.id]).get(record.id, ())
    if len(before) >= MOST_VALUES:
        raise Faulty([Fault(field="value", text=TOO_OFTEN)])
    last = next((row for row in reversed(before) if row.period == given.period), None)
    if given.seen != (last.seq if last else 0):
        raise Conflict(ENTERED)
    value, source, computed = _told(session, indicator, given, last, today)
    seq = (before[-1].seq if before else 0) + 1
    row = IndicatorValue(
        region_id=record.region_id, record_id=record.id, seq=seq, period=given.period, value=value,
        source=source, note=given.note.strip(), lang=given.lang, computed=computed, by=by.account_id, at=at,
    )  # fmt: skip
    session.add(row)
    record.updated_at = at
    session.flush()
    verb = "enter" if last is None else "take-back-value" if value is None else "correct"
    records.tell(session, record, verb, by=by.account_id, at=at)
    return seq


def publish(session: Session, record: Record, *, expected: int, today: date, by: Actor, at: datetime) -> None:
    """Let the public read the newest version and every value so far. Raises Faulty, NotPermitted, Conflict."""
    hold(session, record, "group.lead", by, expected)
    next_state(RECORD, record.state, "publish")
    status, rows = status_of(record), values_of(session, [record.id]).get(record.id, [])
    if not unpublished_by(record, rows, _writer(session, record)):
        raise Conflict(NOTHING_NEW)
    if own := own_work(session, record, rows, by):
        raise NotPermitted(own)
    released = max((row.seq for row in rows), default=status.released)
    record.status = encode(msgspec.structs.replace(status, released=released, released_on=today, withdrawn=""))
    session.flush()
    records.publish(session, record, by=by.account_id, at=at)
    drafts.rest(session, record, still_there=True)


def own_work(session: Session, record: Record, rows: Iterable[IndicatorValue], by: Actor) -> str:
    """Why *by* does not publish it, who wrote or entered what is new; *rows*: all its values."""
    return OWN_WORK if by.account_id in unpublished_by(record, rows, _writer(session, record)) else ""


def unpublished_by(record: Record, rows: Iterable[IndicatorValue], writer: str) -> set[str]:
    """Accounts that wrote what the public does not read yet; none: there is nothing new.

    *rows*: all its values; *writer*: who wrote its newest version.
    """
    released = status_of(record).released
    fresh = {writer} if record.published_version != record.version else set()
    return fresh | {row.by for row in rows if row.seq > released}


def indicator_of(session: Session, record: Record, number: int | None = None) -> Indicator:
    """What the newest version says, or version *number*."""
    return decode(records.body_of(session, record, number or record.version), Indicator)


def status_of(record: Record) -> IndicatorStatus:
    return decode(record.status, IndicatorStatus)


def values_of(session: Session, ids: Iterable[str]) -> dict[str, list[IndicatorValue]]:
    """Everything that was ever entered for these indicators, in that order."""
    found: dict[str, list[IndicatorValue]] = {}
    query = select(IndicatorValue).where(IndicatorValue.record_id.in_(list(ids))).order_by(IndicatorValue.seq)
    for row in session.scalars(query):
        found.setdefault(row.record_id, []).append(row)
    return found


def in_force(rows: Iterable[IndicatorValue], until: int | None = None) -> list[IndicatorValue]:
    """The last value for each period, in the order of time; *until*: as it was when value *until* was the last."""
    last = {row.period: row for row in rows if until is None or row.seq <= until}
    return sorted((row for row in last.values() if row.value is not None), key=lambda row: periods.ends(row.period))


def due(indicator: Indicator, rows: Sequence[IndicatorValue], today: date) -> str:
    """The period that is over and has no value yet; empty when nothing is due."""
    if indicator.rhythm == "day":
        return ""
    period = (periods.period_of if indicator.measure else periods.last_over)(today, indicator.rhythm)
    if indicator.ended_on and periods.begins(period) >= indicator.ended_on:
        return ""
    return "" if any(row.period == period for row in rows) else period


def _told(
    session: Session, indicator: Indicator, given: Entered, last: IndicatorValue | None, today: date
) -> tuple[float | None, str, bool]:
    """Value, source, and whether the platform counted it. Raises Faulty."""
    if given.value is None:
        if last is None or last.value is None:
            raise Faulty([Fault(field="value", text=NOTHING_THERE if last else MISSING)])
        if not given.note.strip():
            raise Faulty([Fault(field="note", text=NO_REASON)])
        return None, given.source.strip(), False
    if measure := MEASURES.get(indicator.measure or ""):
        found = measure.count(session, today)
        if found is None:
            raise Faulty([Fault(field="value", text=NOTHING_YET)])
        return float(found), "", True
    if fault := entries.unfit_value("value", given.value, indicator.counts):
        raise Faulty([fault])
    faults = [] if given.source.strip() else [Fault(field="source", text=MISSING)]
    if last is not None and not given.note.strip():
        faults.append(Fault(field="note", text=NO_REASON))
    if faults:
        raise Faulty(faults)
    return float(given.value), given.source.strip(), False


def _writer(session: Session, record: Record) -> str:
    own = (Version.record_id == record.id) & (Version.number == record.version)
    return session.scalar(select(Version.actor).where(own)) or ""
