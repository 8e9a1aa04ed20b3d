"""Evaluating a pilot: written, fixed, judged by both views, decided, published, superseded.

Every function checks for itself that the person may do it and that ``EVALUATION_LIFECYCLE`` allows it. Criteria and
judges are fixed before anybody judges; what is changed later is another version with its reason, and what was judged
on a criterion that reads otherwise now no longer counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import select

from lanzarote.errors import Conflict
from lanzarote.evaluation import answering, entries
from lanzarote.evaluation.model import EVALUATION_LIFECYCLE, INDICATOR, Amended, EvaluationStatus
from lanzarote.records import records
from lanzarote.records.drafts import hold, settle
from lanzarote.records.lifecycle import RECORD, next_state
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.records import Record, decode, encode
from lanzarote.records.validation import Fault, Faulty, clean_reason, clean_text
from lanzarote.translation import N_
from lanzarote.types.evaluation import Evaluation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from lanzarote.evaluation.model import PilotDecision
    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import Text
    from lanzarote.types.evaluation import Standpoint

FIXED: Final = N_("Criteria and assessors are fixed. Say why you change them; the report shows your reason.")
STILL_READ: Final = N_("The public reads this decision. Withdraw it first.")
INCOMPLETE: Final[Mapping[Standpoint, str]] = {
    "self": N_("The view from within has not answered on this criterion, and it is not said why."),
    "external": N_("The view from outside has not answered on this criterion, and it is not said why."),
}


def amend(
    session: Session,
    record: Record,
    before: Evaluation,
    after: Evaluation,
    *,
    vocabulary: Vocabulary,
    today: date,
    by: Actor,
    change: Text | None = None,
) -> str | None:
    """Let what is fixed be changed while judges answer, with the reason; *change* is asked for by then only.

    Raises Faulty, Identifying, NotPermitted.
    """
    status = status_of(record)
    if status.state != "running":
        return None
    require(by, "group.lead", subject_of(session, record))
    identifiers = vocabulary.header.personal_identifiers
    said = clean_text(change or {}, "change", identifiers=identifiers, missing=FIXED)
    if faults := list(entries.missing_in(after)):
        raise Faulty(faults)
    amended = Amended(version=record.version + 1, on=today, reason=said)
    definitions = _definitions(session, after, status.definitions)
    record.status = encode(msgspec.structs.replace(status, amended=(*status.amended, amended), definitions=definitions))
    session.flush()  # what follows reads the record anew
    return "amend"


def run(
    session: Session, record: Record, known: entries.Known, *, expected: int, today: date, by: Actor, at: datetime
) -> None:
    """Fix criteria and judges, before any result. Raises Faulty, NotPermitted, Conflict, IllegalTransition."""
    hold(session, record, "group.lead", by, expected)
    status, evaluation = status_of(record), evaluation_of(session, record)
    state = next_state(EVALUATION_LIFECYCLE, status.state, "run")
    # The directory may say something else than when it was written.
    if faults := [*entries.missing_in(evaluation), *entries.evaluation_faults(evaluation, known)]:
        raise Faulty(faults)
    status = msgspec.structs.replace(
        status,
        state=state,
        fixed_on=today,
        fixed_version=record.version,
        definitions=_definitions(session, evaluation, {}),
    )
    settle(session, record, status, "run", by=by, at=at)


def close(session: Session, record: Record, *, expected: int, by: Actor, at: datetime) -> None:
    """Nothing is missing any more: the group can decide. Raises Faulty, NotPermitted, IllegalTransition."""
    hold(session, record, "group.lead", by, expected)
    status, evaluation = status_of(record), evaluation_of(session, record)
    state = next_state(EVALUATION_LIFECYCLE, status.state, "close")
    counted = answering.counting(session, record)
    faults = [
        Fault(field=f"criteria[{number}]", text=INCOMPLETE[standpoint])
        for number, one in enumerate(evaluation.criteria)
        for standpoint in answering.missing_standpoints(evaluation, one, counted)
    ]
    if faults:
        raise Faulty(faults)
    settle(session, record, msgspec.structs.replace(status, state=state), "close-judging", by=by, at=at)


def go_back(
    session: Session, record: Record, vocabulary: Vocabulary, way: str, *, reason: str, by: Actor, at: datetime
) -> None:
    """``resume`` judging, or ``reopen`` what was decided and is not public; ``drop`` it.

    Raises Faulty, Identifying, Conflict, NotPermitted, IllegalTransition.
    """
    hold(session, record, "group.lead", by)
    next_state(RECORD, record.state, "write")  # nothing becomes of what is archived
    status = status_of(record)
    state = next_state(EVALUATION_LIFECYCLE, status.state, way)
    if record.published_version is not None:
        raise Conflict(STILL_READ)
    said = clean_reason(reason, identifiers=vocabulary.header.personal_identifiers)
    status = msgspec.structs.replace(status, state=state, decision=None, reopened=(*status.reopened, said))
    settle(session, record, status, way, by=by, at=at)


def decide(
    session: Session, record: Record, decision: PilotDecision, *, expected: int, by: Actor, at: datetime
) -> None:
    """Write down what was decided. Raises Faulty, NotPermitted, Conflict, IllegalTransition."""
    hold(session, record, "group.lead", by, expected)
    status = status_of(record)
    state = next_state(EVALUATION_LIFECYCLE, status.state, "decide")
    status = msgspec.structs.replace(status, state=state, decision=decision)
    settle(session, record, status, "decide-pilot", by=by, at=at)


# What is there


def evaluation_of(session: Session, record: Record, number: int | None = None) -> Evaluation:
    """What the newest version says, or version *number*."""
    return decode(records.body_of(session, record, number or record.version), Evaluation)


def status_of(record: Record) -> EvaluationStatus:
    return decode(record.status, EvaluationStatus)


def _definitions(session: Session, evaluation: Evaluation, before: Mapping[str, int]) -> dict[str, int]:
    """The indicators that it rests on, each with the version of its definition now, or when it was first fixed."""
    wanted = {key for one in evaluation.criteria for key in one.indicators}
    query = select(Record.id, Record.version).where(Record.kind == INDICATOR, Record.id.in_(wanted))
    return {record_id: before.get(record_id, version) for record_id, version in session.execute(query)}
