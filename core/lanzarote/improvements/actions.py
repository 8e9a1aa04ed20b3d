"""What follows from an adopted improvement: actions are planned, changed, reported on; when all are over, it is too."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta, Struct
from sqlalchemy import func, select

from lanzarote.errors import Conflict
from lanzarote.improvements import moving
from lanzarote.improvements.model import ENDED, LONGEST_NOTE, LONGEST_WHAT, Action, ActionStep, Progress, status_of
from lanzarote.records import changelog, records
from lanzarote.records.drafts import hold
from lanzarote.records.permissions import RULES
from lanzarote.records.tables import beside, last_number
from lanzarote.records.validation import NO_CHOICE, NO_REASON, Fault, Faulty
from lanzarote.translation import N_
from lanzarote.types import Language
from lanzarote.web.working_records import ID, Reasons

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor
    from lanzarote.records.records import Record

NO_ACTION: Final = N_("There is no such action here.")
NOT_ADOPTED: Final = N_("Actions follow from an improvement that the group has adopted and not completed.")
PAST: Final = N_("This day is over. An action that is planned now is due today or later.")
CHANGED: Final = N_("The action was changed meanwhile; read it again.")
STILL_OPEN: Final = N_("Not every action is done or given up yet.")
NOT_YOURS: Final = N_("You speak for your own organisation alone: set the status of its own actions only.")


class Planning(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be done, by whom, by when."""

    what: Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": LONGEST_WHAT})]
    stakeholder: Annotated[str, Meta(pattern=ID)]
    """Id of an organisation of the directory."""
    due_on: date
    language: Language | None = None
    """What it is written in; the region's first language without it."""
    reasons: Reasons = ()


class Reporting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far it is."""

    progress: Progress
    note: Annotated[str, Meta(extra_json_schema={"maxLength": LONGEST_NOTE})] = ""
    """Has to say why, when it is given up."""
    language: Language | None = None
    """What the note is written in; the region's first language without it."""
    reasons: Reasons = ()


def plan(
    session: Session,
    record: Record,
    *,
    given: Planning,
    known: Mapping[str, str],
    today: date,
    by: Actor,
    at: datetime,
    language: str,
) -> Action:
    """Plan an action; *known*: each id and key of the directory → the id. Raises Faulty."""
    faults = [] if given.stakeholder in known else [Fault(field="stakeholder", text=NO_CHOICE)]
    if given.due_on < today:
        faults.append(Fault(field="due_on", text=PAST))
    if faults:
        raise Faulty(faults)
    action = Action(
        region_id=record.region_id,
        record_id=record.id,
        number=last_number(session, Action, record) + 1,
        what=given.what.strip(),
        language=given.language or language,
        stakeholder_id=known[given.stakeholder],
        due_on=given.due_on.isoformat(),
        progress="not-begun",
        steps=0,
    )
    session.add(action)
    session.flush()
    _add_step(session, record, action, "action", by=by, at=at, language=action.language)
    return action


def change(
    session: Session,
    record: Record,
    *,
    row: Action,
    given: Planning,
    known: Mapping[str, str],
    by: Actor,
    at: datetime,
) -> Action:
    """Plan it otherwise; who was to do it stays, listed or not, and its day may be over. Raises Faulty."""
    who = {row.stakeholder_id: row.stakeholder_id, **known}.get(given.stakeholder)
    if who is None:
        raise Faulty([Fault(field="stakeholder", text=NO_CHOICE)])
    before = (row.what, row.stakeholder_id, row.due_on)
    row.what, row.stakeholder_id, row.due_on = given.what.strip(), who, given.due_on.isoformat()
    if before != (row.what, row.stakeholder_id, row.due_on):
        _add_step(session, record, row, "action-change", by=by, at=at, language=row.language)
    return row


def report(
    session: Session, record: Record, *, row: Action, given: Reporting, by: Actor, at: datetime, language: str
) -> Action:
    """Tell how far it is; why it is given up has to be said. Raises Faulty."""
    note = given.note.strip()
    if given.progress == "given-up" and not note:
        raise Faulty([Fault(field="note", text=NO_REASON)])
    if (row.progress, "") != (given.progress, note):
        row.progress = given.progress
        about: dict[str, Any] = {"by": by, "at": at, "language": given.language or language}
        _add_step(session, record, row, "action-progress", note, **about)
    return row


def not_theirs(action: Action, by: Actor) -> str:
    """Why *by* may not set the status of *action*: a representative sets it for their own organisation alone."""
    here = [one for one in by.counting if one.region_id == action.region_id and one.role in RULES["group.write"]]
    theirs = any(one.role != "representative" or one.stakeholder_id == action.stakeholder_id for one in here)
    return "" if theirs else NOT_YOURS


def complete(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Mark the improvement as completed. Raises NotPermitted, Conflict, IllegalTransition."""
    hold(session, record, "group.lead", by)
    moving.move(session, record, "complete", by, at)
    if open_actions(session, record):
        raise Conflict(STILL_OPEN)


def resume(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Reopen a completed improvement: further actions can follow. Raises NotPermitted, IllegalTransition."""
    hold(session, record, "group.lead", by)
    moving.move(session, record, "resume", by, at)


def open_actions(session: Session, record: Record) -> int:
    """How many are neither done nor given up."""
    return session.scalar(select(func.count()).where(beside(Action, record), Action.progress.not_in(ENDED))) or 0


def not_adopted(record: Record, _: object = None) -> str:
    """Why nothing is planned or reported now."""
    return "" if status_of(record).state == "adopted" else NOT_ADOPTED


def mark_of(action: Action) -> str:
    return f"{action.number}-{action.steps}"


def _add_step(
    session: Session,
    record: Record,
    action: Action,
    verb: str,
    note: str = "",
    *,
    by: Actor,
    at: datetime,
    language: str,
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
