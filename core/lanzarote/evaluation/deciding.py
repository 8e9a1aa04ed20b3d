"""The decision on a pilot: extend, not yet, stop. Written down by one person, published by another."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import func, select

from lanzarote.errors import NotPermitted
from lanzarote.evaluation import judging
from lanzarote.evaluation.counting import status_of as indicator_status
from lanzarote.evaluation.model import (
    EVALUATION,
    EVALUATION_LIFECYCLE,
    EvaluationStatus,
    IndicatorValue,
    Outcome,
    PilotDecision,
    Reasons,
    Votes,
)
from lanzarote.kinds import actions
from lanzarote.records import drafts, locking, records
from lanzarote.records.drafts import hold
from lanzarote.records.lifecycle import RECORD, next_state
from lanzarote.records.records import Record, decode, encode
from lanzarote.records.validation import NO_REASON, Fault, Faulty, clean_text
from lanzarote.stakeholders import attendance
from lanzarote.store.ids import FORM
from lanzarote.translation import N_

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary

ID: Final = f"^{FORM}$"
WRONG_DAY: Final = N_("The decision was taken after the criteria were fixed, and not in the future.")
NOT_HELD: Final = N_("This meeting has not been held, or is not known here.")
OTHER_DAY: Final = N_("The meeting was on another day. Write the day on which it was decided there.")
WHO_DECIDED: Final = N_("Say which body decided, and in which meeting.")
NOT_SHOWN: Final = N_("The public does not read these figures yet; publish the indicators first: %(value)s")
OWN_DECISION: Final = N_("You recorded this decision; somebody else has to publish it.")


class WrittenDecision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was decided about the pilot."""

    outcome: Outcome
    reason: Reasons
    conditions: Reasons = {}
    on: date
    decided_by: Reasons
    """Which body, in which meeting; never a person."""
    meeting: Annotated[str, Meta(pattern=f"{ID}|^$")] = ""
    """Id of the meeting, if it is recorded here."""
    votes: Votes | None = None


def decide(
    session: Session,
    record: Record,
    given: WrittenDecision,
    vocabulary: Vocabulary,
    *,
    expected: int,
    today: date,
    by: Actor,
    at: datetime,
) -> None:
    """Write down what was decided, and on which figures. Raises Faulty, Identifying, NotPermitted, Conflict."""
    hold(session, record, "group.lead", by, expected)
    status = judging.status_of(record)
    next_state(EVALUATION_LIFECYCLE, status.state, "decide")
    if given.on > today or (status.fixed_on and given.on < status.fixed_on):
        raise Faulty([Fault(field="on", text=WRONG_DAY)])
    _require_meeting(session, record, given.meeting, given.on, today)
    identifiers = vocabulary.header.personal_identifiers
    decision = PilotDecision(
        outcome=given.outcome,
        reason=clean_text(given.reason, "reason", identifiers=identifiers, missing=NO_REASON),
        conditions=clean_text(given.conditions, "conditions", identifiers=identifiers),
        on=given.on,
        decided_by=clean_text(given.decided_by, "decided_by", identifiers=identifiers, missing=WHO_DECIDED),
        meeting=given.meeting,
        votes=given.votes,
        by=by.account_id,
        at=at,
        figures=_figures(session, status),
    )
    judging.decide(session, record, decision, expected=expected, by=by, at=at)


def publish(session: Session, record: Record, *, expected: int, by: Actor, at: datetime) -> None:
    """Let the public read report and decision; an earlier decision is in force no more.

    One that a later decision took the place of is shown again as such, and in force only where no other is.
    Raises Faulty, NotPermitted, Conflict, IllegalTransition.
    """
    locking.lock(session, record.region_id)  # of two decisions that are published at once one is in force after all
    hold(session, record, "group.lead", by, expected)
    status = judging.status_of(record)
    next_state(EVALUATION_LIFECYCLE, status.state, "publish")
    next_state(RECORD, record.state, "publish")
    assert status.decision is not None
    if wrote(status, by):
        raise NotPermitted(OWN_DECISION)
    if missing := _not_shown(session, status.decision):
        raise Faulty([Fault(field="figures", text=NOT_SHOWN, value=", ".join(missing))])
    record.status = encode(msgspec.structs.replace(status, withdrawn=""))
    session.flush()
    records.publish(session, record, by=by.account_id, at=at)
    drafts.rest(session, record, still_there=True)
    if status.state == "superseded":
        revive_last(session, record.region_id, by=by, at=at)
        return
    for other in _in_force(session, record.region_id):
        if other.id != record.id:
            before = judging.status_of(other)
            state = next_state(EVALUATION_LIFECYCLE, before.state, "supersede")
            after = msgspec.structs.replace(before, state=state, superseded_by=record.id)
            records.decide(session, other, encode(after), "supersede", by=by.account_id, at=at)


def wrote(status: EvaluationStatus, by: Actor) -> bool:
    """Whether *by* wrote the decision down, and so does not publish it."""
    return status.decision is not None and status.decision.by == by.account_id


def withdraw(session: Session, record: Record, vocabulary: Vocabulary, *, reason: str, by: Actor, at: datetime) -> None:
    """Take it from the public, which is told so and why; the decision before is in force again.

    Raises Faulty, Identifying, NotPermitted, IllegalTransition.
    """
    locking.lock(session, record.region_id)  # of two that are withdrawn at once, none revives the other
    actions.withdraw(session, record, vocabulary, reason=reason, by=by, at=at)
    revive_last(session, record.region_id, by=by, at=at)


def erase(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Remove every word of it for good; the decision before is in force again. Raises as ``working.erase``."""
    locking.lock(session, record.region_id)
    drafts.erase(session, record, by=by, at=at)
    revive_last(session, record.region_id, by=by, at=at)


def revive_last(session: Session, region_id: str, *, by: Actor, at: datetime) -> None:
    """Where the public reads of no decision that is in force, let the last that it reads be in force again.

    The last is the one that was decided last: an older one that was shown again later is none the newer for it.
    """
    found = sorted(public_records(session, region_id), key=_decided_at, reverse=True)
    states = [judging.status_of(record) for record in found]
    if any(one.state == "decided" for one in states):
        return
    for record, before in zip(found, states, strict=True):
        if before.state == "superseded":
            state = next_state(EVALUATION_LIFECYCLE, before.state, "revive")
            after = msgspec.structs.replace(before, state=state, superseded_by="")
            records.decide(session, record, encode(after), "revive", by=by.account_id, at=at)
            return


def public_records(session: Session, region_id: str) -> list[Record]:
    """Evaluations that the public reads, the last published first."""
    here = (Record.region_id == region_id) & (Record.kind == EVALUATION) & (Record.state == "published")
    return [*session.scalars(select(Record).where(here).order_by(Record.published_at.desc()))]


def _decided_at(record: Record) -> tuple[date, datetime]:
    decision = judging.status_of(record).decision
    return (decision.on, decision.at) if decision else (record.created_at.date(), record.created_at)


def _in_force(session: Session, region_id: str) -> list[Record]:
    found = public_records(session, region_id)
    return [record for record in found if decode(record.status, EvaluationStatus).state == "decided"]


def _require_meeting(session: Session, record: Record, meeting_id: str, on: date, today: date) -> None:
    """Raise Faulty unless no meeting is named, or one that was held and was on that day."""
    if not meeting_id:
        return
    meeting = attendance.held_one(session, record.region_id, meeting_id, today)
    if meeting is None:
        raise Faulty([Fault(field="meeting", text=NOT_HELD)])
    if not meeting.day <= on <= meeting.last_day:
        raise Faulty([Fault(field="on", text=OTHER_DAY)])


def _figures(session: Session, status: EvaluationStatus) -> dict[str, int]:
    last = select(IndicatorValue.record_id, func.max(IndicatorValue.seq)).group_by(IndicatorValue.record_id)
    found = dict(session.execute(last.where(IndicatorValue.record_id.in_(status.definitions))).all())
    return {record_id: found.get(record_id, 0) for record_id in sorted(status.definitions)}


def _not_shown(session: Session, decision: PilotDecision) -> list[str]:
    """Addresses of the indicators whose figures the public does not read as the group did."""
    found = {one.id: one for one in session.scalars(select(Record).where(Record.id.in_(decision.figures)))}
    return [
        found[record_id].slug
        for record_id, seq in decision.figures.items()
        if record_id in found
        and (found[record_id].state != "published" or indicator_status(found[record_id]).released < seq)
        and found[record_id].state not in ("erased", "withdrawn")
    ]
