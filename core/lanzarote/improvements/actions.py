"""What follows from an adopted improvement: actions are planned, changed, reported on; when all are over, it is too."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from sqlalchemy import func, select

from lanzarote.errors import Conflict, NotFound, NotPermitted
from lanzarote.improvements import talk
from lanzarote.improvements.actions_model import ENDED, LONGEST_NOTE, LONGEST_WHAT, PROGRESS, Action, ActionStep
from lanzarote.records import changelog, records
from lanzarote.records.lifecycle import next_state
from lanzarote.records.permissions import RULES
from lanzarote.records.records import encode
from lanzarote.records.validation import NO_CHOICE, NO_DATE, NO_REASON, Fault, Faulty
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor
    from lanzarote.records.records import Record
    from lanzarote.regions.vocabulary import Vocabulary

NO_ACTION: Final = N_("There is no such action here.")
NOT_ADOPTED: Final = N_("Actions follow from an improvement that the group has adopted and not completed.")
PAST: Final = N_("This day is over. An action that is planned now is due today or later.")
CHANGED: Final = N_("The action was changed meanwhile; read it again.")
STILL_OPEN: Final = N_("Not every action is done or given up yet.")
NOT_YOURS: Final = N_("You speak for your own organisation alone: tell how far its actions are, and of no other.")


class Planned(Struct, frozen=True, kw_only=True):
    """An action that may be planned."""

    what: str
    stakeholder_id: str
    due_on: str


class Reported(Struct, frozen=True, kw_only=True):
    """How far an action is, as it may be told."""

    progress: str
    note: str = ""


def planned(
    what: str,
    stakeholder_id: str,
    due_on: str,
    vocabulary: Vocabulary,
    organisations: Mapping[str, str],
    *,
    reasons: Mapping[tuple[str, str], str],
    by: Actor,
    today: date | None,
) -> Planned:
    """Let an action pass the guard and the directory; *organisations*: each id and key → id.

    *today* for one that is new: what was planned before may stay due on a day that is over.

    Raises Identifying, Faulty.
    """
    talk.taken_texts([("what", what, LONGEST_WHAT)], vocabulary, reasons, by=by, needed=("what",))
    faults = []
    if stakeholder_id not in organisations:
        faults.append(Fault(field="stakeholder", text=NO_CHOICE))
    if not is_day(due_on):
        faults.append(Fault(field="due_on", text=NO_DATE))
    elif today is not None and due_on < today.isoformat():
        faults.append(Fault(field="due_on", text=PAST))
    if faults:
        raise Faulty(faults)
    return Planned(what=what.strip(), stakeholder_id=organisations[stakeholder_id], due_on=due_on)


def reported(
    progress: str, note: str, vocabulary: Vocabulary, *, reasons: Mapping[tuple[str, str], str], by: Actor
) -> Reported:
    """Let a report pass the guard; why something is given up has to be said. Raises Identifying, Faulty."""
    talk.taken_texts([("note", note, LONGEST_NOTE)], vocabulary, reasons, by=by)
    if progress not in PROGRESS:
        raise Faulty([Fault(field="progress", text=NO_CHOICE)])
    if progress == "given-up" and not note.strip():
        raise Faulty([Fault(field="note", text=NO_REASON)])
    return Reported(progress=progress, note=note.strip())


def is_day(text: str) -> bool:
    """Whether *text* is a day of the calendar such as 2031-03-12.

    >>> is_day("2031-03-12"), is_day("2031-02-30"), is_day("2031-03"), is_day("20310312")
    (True, False, False, False)
    """
    try:
        return len(text) == 10 and text.isascii() and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def find(session: Session, record: Record, number: int) -> Action:
    """Raises NotFound."""
    found = session.get(Action, (record.region_id, record.id, number))
    if found is None:
        raise NotFound(NO_ACTION)
    return found


def plan(session: Session, record: Record, given: Planned, *, by: Actor, at: datetime, language: str) -> Action:
    """Plan an action. Raises Gone, NotPermitted, Conflict."""
    talk.hold(session, record, "group.lead", by)
    _require_adopted(record)
    mine = (Action.region_id == record.region_id) & (Action.record_id == record.id)
    last = session.scalar(select(func.max(Action.number)).where(mine)) or 0
    action = Action(
        region_id=record.region_id,
        record_id=record.id,
        number=last + 1,
        what=given.what,
        language=language,
        stakeholder_id=given.stakeholder_id,
        due_on=given.due_on,
        progress="not-begun",
        steps=0,
    )
    session.add(action)
    session.flush()
    _write_down(session, record, action, "action", "", by=by, at=at, language=language)
    return action


def change(
    session: Session, record: Record, number: int, given: Planned, *, expected: int, by: Actor, at: datetime
) -> Action:
    """Plan it otherwise; *expected*: how many steps it had when it was read. Raises Gone, NotPermitted, Conflict."""
    talk.hold(session, record, "group.lead", by)
    action = _unchanged(session, record, number, expected)
    before = (action.what, action.stakeholder_id, action.due_on)
    if before != (given.what, given.stakeholder_id, given.due_on):
        action.what, action.stakeholder_id, action.due_on = given.what, given.stakeholder_id, given.due_on
        _write_down(session, record, action, "action-change", "", by=by, at=at, language=action.language)
    return action


def report(
    session: Session,
    record: Record,
    number: int,
    given: Reported,
    *,
    expected: int,
    by: Actor,
    at: datetime,
    language: str,
) -> Action:
    """Tell how far it is. Raises Gone, NotPermitted, Conflict."""
    talk.hold(session, record, "group.write", by)
    action = find(session, record, number)
    if not may_report(action, by):
        raise NotPermitted(NOT_YOURS)
    _unchanged(session, record, number, expected)
    if (action.progress, "") != (given.progress, given.note):
        action.progress = given.progress
        _write_down(session, record, action, "action-progress", given.note, by=by, at=at, language=language)
    return action


def may_report(action: Action, by: Actor) -> bool:
    """Whether *by* may tell how far *action* is: whoever only speaks for an organisation, for that one alone."""
    if by.limits and by.limits.region_id not in ("", action.region_id):
        return False
    here = [one for one in by.counting if one.region_id == action.region_id and one.role in RULES["group.write"]]
    return any(one.role != "representative" or one.stakeholder_id == action.stakeholder_id for one in here)


def complete(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Say that nothing is left to be done for it. Raises Gone, NotPermitted, Conflict, IllegalTransition."""
    talk.hold(session, record, "group.lead", by)
    state = next_state("improvement", talk.status_of(record).state, "complete")
    if open_actions(session, record):
        raise Conflict(STILL_OPEN)
    _move(session, record, state, "complete", by, at)


def resume(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Take it up again, with further actions. Raises Gone, NotPermitted, IllegalTransition."""
    talk.hold(session, record, "group.lead", by)
    state = next_state("improvement", talk.status_of(record).state, "resume")
    _move(session, record, state, "resume", by, at)


def open_actions(session: Session, record: Record) -> int:
    """How many are neither done nor given up."""
    mine = (Action.region_id == record.region_id) & (Action.record_id == record.id)
    return session.scalar(select(func.count()).where(mine, Action.progress.not_in(ENDED))) or 0


def is_adopted(record: Record) -> bool:
    return talk.status_of(record).state == "adopted"


def _move(session: Session, record: Record, state: str, verb: str, by: Actor, at: datetime) -> None:
    status = msgspec.structs.replace(talk.status_of(record), state=state)
    records.decide(session, record, encode(status), verb, by=by.account_id, at=at)


def _require_adopted(record: Record) -> None:
    if not is_adopted(record):
        raise Conflict(NOT_ADOPTED)


def _unchanged(session: Session, record: Record, number: int, expected: int) -> Action:
    action = find(session, record, number)
    _require_adopted(record)
    if action.steps != expected:
        raise Conflict(CHANGED)
    return action


def _write_down(
    session: Session, record: Record, action: Action, verb: str, note: str, *, by: Actor, at: datetime, language: str
) -> None:
    """Add a step to the action's history, and tell of it."""
    action.steps += 1
    step = ActionStep(
        region_id=record.region_id,
        record_id=record.id,
        action=action.number,
        number=action.steps,
        at=at,
        by=by.account_id,
        progress=action.progress,
        due_on=action.due_on,
        stakeholder_id=action.stakeholder_id,
        note=note,
        language=language,
    )
    session.add(step)
    session.flush()
    if record.published_version is not None:
        changelog.bump_revision(session, record.region_id)  # the public reads the actions of what is published
    records.tell(session, record, verb, by=by.account_id, at=at)
