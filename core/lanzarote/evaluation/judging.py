"""Evaluating a pilot: written, fixed, judged by both views, decided, published, superseded.

Every function checks for itself that the person may do it and that ``lifecycle.EVALUATION`` allows it. Criteria and
judges are fixed before anybody judges; what is changed later is another version with its reason, and what was judged
on a criterion that reads otherwise now no longer counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from sqlalchemy import select

from lanzarote import checking, guard, records, working
from lanzarote.checking import NOTHING_EXPLAINED, Fault, Faulty, let_pass
from lanzarote.errors import Conflict
from lanzarote.evaluation import answering, entries
from lanzarote.evaluation.model import EVALUATION, INDICATOR, Amended, EvaluationStatus
from lanzarote.ids import new_id, slugify
from lanzarote.lifecycle import next_state
from lanzarote.permissions import Subject, require
from lanzarote.records import Draft, Record, decode, encode
from lanzarote.translation import N_
from lanzarote.types.evaluation import Evaluation
from lanzarote.working import Reason, Told, hold, remember, take_part

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from lanzarote.checking import Explained
    from lanzarote.evaluation.model import PilotDecision
    from lanzarote.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import Text
    from lanzarote.types.evaluation import Standpoint

FIXED: Final = N_("Criteria and judges are fixed. Say why they are changed all the same; the report will say so.")
STILL_READ: Final = N_("The public reads this decision. Withdraw it first.")
INCOMPLETE: Final[Mapping[Standpoint, str]] = {
    "self": N_("The view from within has not answered on this criterion, and it is not said why."),
    "external": N_("The view from outside has not answered on this criterion, and it is not said why."),
}


class Checked(Struct, frozen=True, kw_only=True):
    """An evaluation that may be saved."""

    evaluation: Evaluation
    reasons: tuple[Reason, ...] = ()
    slug: str


def checked(
    evaluation: Evaluation,
    vocabulary: Vocabulary,
    known: entries.Known,
    *,
    reasons: Mapping[tuple[str, str], str],
    by: str,
    earlier: Explained = NOTHING_EXPLAINED,
) -> Checked:
    """Let an evaluation pass the guard and the rules; what was explained *earlier* is not asked again.

    Raises Identifying, Faulty.
    """
    identifiers = vocabulary.header.personal_identifiers
    concerns, texts = entries.concerns_about(evaluation, vocabulary), dict(entries.texts_of(evaluation))
    kept = let_pass(concerns, reasons, identifiers=identifiers, by=by, texts=texts, earlier=earlier)
    if faults := list(entries.faults_in(evaluation, known)):
        raise Faulty(faults)
    return Checked(
        evaluation=evaluation, reasons=kept, slug=slugify(evaluation.text[evaluation.original].title or EVALUATION)
    )


def begin(session: Session, region_id: str, given: Checked, *, by: Actor, at: datetime) -> Record:
    """Save a new evaluation for the first time. Raises NotPermitted."""
    require(by, "group.write", Subject(region_id=region_id))
    body, status = encode(given.evaluation), encode(EvaluationStatus())
    draft = Draft(kind=EVALUATION, id=new_id(), slug=given.slug, body=body, status=status)
    [made] = records.create(session, region_id, [draft], by=by.account_id, at=at)
    session.flush()
    record = session.get_one(Record, (region_id, made))
    _after_saving(session, record, given, by)
    return record


def save(
    session: Session,
    record: Record,
    given: Checked,
    vocabulary: Vocabulary,
    *,
    expected: int,
    reason: Text | None = None,
    today: date,
    by: Actor,
    at: datetime,
) -> int:
    """Save another version; return its number. *reason*: why it is changed although it is running.

    Raises Conflict when there is another version by now, Faulty, Identifying, NotPermitted, IllegalTransition.
    """
    subject = hold(session, record, "group.write", by, expected)
    status, before = status_of(record), evaluation_of(session, record)
    running = status.state == "running"
    next_state("evaluation", status.state, "amend" if running else "write")
    body = encode(entries.staled(before, given.evaluation))
    if body == encode(before):
        return record.version
    if running:
        require(by, "group.lead", subject)
        said = checked_text(reason or {}, vocabulary, "change", FIXED)
        if faults := list(entries.missing_in(given.evaluation)):
            raise Faulty(faults)
        amended = Amended(version=record.version + 1, on=today, reason=said)
        definitions = _definitions(session, given.evaluation, status.definitions)
        _become(record, msgspec.structs.replace(status, amended=(*status.amended, amended), definitions=definitions))
        session.flush()  # what follows reads the record anew
    number = records.revise(session, record, body, by=by.account_id, at=at, expected=expected)
    if running:
        records.tell(session, record, "amend", by=by.account_id, at=at)
    _after_saving(session, record, given, by)
    return number


def run(
    session: Session, record: Record, known: entries.Known, *, expected: int, today: date, by: Actor, at: datetime
) -> None:
    """Fix criteria and judges, before any result. Raises Faulty, NotPermitted, Conflict, IllegalTransition."""
    hold(session, record, "group.lead", by, expected)
    status, evaluation = status_of(record), evaluation_of(session, record)
    state = next_state("evaluation", status.state, "run")
    # The directory may say something else than when it was written.
    if faults := [*entries.missing_in(evaluation), *entries.faults_in(evaluation, known)]:
        raise Faulty(faults)
    status = msgspec.structs.replace(
        status,
        state=state,
        fixed_on=today,
        fixed_version=record.version,
        definitions=_definitions(session, evaluation, {}),
    )
    _take(session, record, status, "run", by, at)


def close(session: Session, record: Record, *, expected: int, by: Actor, at: datetime) -> None:
    """Nothing is missing any more: the group can decide. Raises Faulty, NotPermitted, IllegalTransition."""
    hold(session, record, "group.lead", by, expected)
    status, evaluation = status_of(record), evaluation_of(session, record)
    state = next_state("evaluation", status.state, "close")
    counted = answering.counting(session, record)
    faults = [
        Fault(field=f"criteria[{number}]", text=INCOMPLETE[standpoint])
        for number, one in enumerate(evaluation.criteria)
        for standpoint in answering.missing_standpoints(evaluation, one, counted)
    ]
    if faults:
        raise Faulty(faults)
    _take(session, record, msgspec.structs.replace(status, state=state), "close-judging", by, at)


def go_back(
    session: Session, record: Record, vocabulary: Vocabulary, way: str, *, reason: str, by: Actor, at: datetime
) -> None:
    """``resume`` judging, or ``reopen`` what was decided and is not public; ``drop`` it.

    Raises Faulty, Identifying, Conflict, NotPermitted, IllegalTransition.
    """
    hold(session, record, "group.lead", by)
    status = status_of(record)
    state = next_state("evaluation", status.state, way)
    if record.published_version is not None:
        raise Conflict(STILL_READ)
    said = checking.clean_reason(reason, identifiers=vocabulary.header.personal_identifiers)
    status = msgspec.structs.replace(status, state=state, decision=None, reopened=(*status.reopened, said))
    _take(session, record, status, way, by, at)


def decide(
    session: Session, record: Record, decision: PilotDecision, *, expected: int, by: Actor, at: datetime
) -> None:
    """Write down what was decided. Raises Faulty, NotPermitted, Conflict, IllegalTransition."""
    hold(session, record, "group.lead", by, expected)
    status = status_of(record)
    state = next_state("evaluation", status.state, "decide")
    _take(session, record, msgspec.structs.replace(status, state=state, decision=decision), "decide-pilot", by, at)


# What is there


def evaluation_of(session: Session, record: Record, number: int | None = None) -> Evaluation:
    """What the newest version says, or version *number*."""
    return decode(records.body_of(session, record, number or record.version), Evaluation)


def status_of(record: Record) -> EvaluationStatus:
    return decode(record.status, EvaluationStatus)


def explained_in(session: Session, record: Record) -> Explained:
    """What was explained when it was saved last."""
    return checking.explained_in(session, record, entries.texts_of(evaluation_of(session, record)))


def told_of(session: Session, record: Record) -> Told:
    return working.read_told(session, record, Told)


def checked_text(text: Text, vocabulary: Vocabulary, field: str, missing: str = checking.NO_REASON) -> Text:
    """A text in one language at least, that names nobody. Raises Faulty, Identifying."""
    said = {lang: words.strip() for lang, words in text.items() if words.strip()}
    if not said:
        raise Faulty([Fault(field=field, text=missing)])
    return fitting(said, vocabulary, field)


def fitting(text: Text, vocabulary: Vocabulary, field: str) -> Text:
    """*text*, which may be missing, if it names nobody and has room. Raises Faulty, Identifying."""
    said = {lang: words.strip() for lang, words in text.items() if words.strip()}
    identifiers = vocabulary.header.personal_identifiers
    places = [(f"{field}.{lang}", words) for lang, words in said.items()]
    longest = checking.LONGEST_REASON
    checking.refuse_long(places, longest)
    if concerns := guard.check_texts(places, identifiers=identifiers, guesses=False):
        raise checking.Identifying(concerns)
    if faults := [fault for place, words in places if (fault := checking.unfit_text(place, words, longest))]:
        raise Faulty(faults)
    return said


def _definitions(session: Session, evaluation: Evaluation, before: Mapping[str, int]) -> dict[str, int]:
    """The indicators that it rests on, each with the version of its definition now, or when it was first fixed."""
    wanted = {key for one in evaluation.criteria for key in one.indicators}
    query = select(Record.id, Record.version).where(Record.kind == INDICATOR, Record.id.in_(wanted))
    return {record_id: before.get(record_id, version) for record_id, version in session.execute(query)}


def _become(record: Record, status: EvaluationStatus) -> None:
    record.status = encode(status)


def _take(session: Session, record: Record, status: EvaluationStatus, verb: str, by: Actor, at: datetime) -> None:
    _become(record, status)
    record.updated_at = at
    session.flush()
    records.tell(session, record, verb, by=by.account_id, at=at)


def _after_saving(session: Session, record: Record, given: Checked, by: Actor) -> None:
    if record.published_at is None:
        record.slug = records.free_slug(session, record, given.slug)
    take_part(session, record, "author", by.account_id)
    remember(session, record, told_of(session, record), reasons=given.reasons, noted=None, overrides=(), by=by)
