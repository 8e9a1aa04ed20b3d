"""What judges answer on the criteria of an evaluation, of both views, and why a view is missing; what of it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import select

from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.directory.service import ids_by_name
from lanzarote.errors import Conflict, NotPermitted
from lanzarote.evaluation import entries
from lanzarote.evaluation.model import ABSENT, EVALUATION_LIFECYCLE, EvaluationStatus, Judgement
from lanzarote.records import records
from lanzarote.records.drafts import hold
from lanzarote.records.lifecycle import next_state
from lanzarote.records.permissions import NOT_YOURS
from lanzarote.records.records import Record, Version, decode, encode
from lanzarote.records.tables import NEWEST_VERSION
from lanzarote.records.validation import NO_REASON, Fault, Faulty
from lanzarote.runtime.reading import decoded
from lanzarote.stakeholders.entries import name_of
from lanzarote.translation import N_
from lanzarote.types import Organisation
from lanzarote.types.evaluation import Evaluation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor
    from lanzarote.types import Text
    from lanzarote.types.evaluation import PilotCriterion, PilotJudge, Standpoint

STANDPOINTS: Final[tuple[Standpoint, ...]] = ("self", "external")
LONGEST_SOURCE: Final = 500
NO_CRITERION: Final = N_("The evaluation has no such criterion.")
NO_JUDGE: Final = N_("The evaluation has no such assessor.")
NOBODY_ANSWERS: Final = N_(
    "Choose the assessor who answers so. Without one, only the reason for the missing view is recorded."
)
SOMEBODY_ABSENT: Final = N_("Answers need an assessor. To record a missing viewpoint, leave the assessor empty.")
NO_SIDE: Final = N_("The evaluation names no assessor of this view.")
NO_SOURCE: Final = N_("Name the source: the name and date of a document, or a page.")
NOT_FOR_THEM: Final = N_("You speak for another organisation; this assessor answers for itself.")
MEANWHILE: Final = N_("Somebody else has written an answer here meanwhile; see which, then write yours.")


class Given(Struct, frozen=True, kw_only=True):
    """An answer of a judge, or why a view is missing, that passed the guard."""

    criterion: str
    standpoint: Standpoint
    judge: str = ""
    answer: str
    reason: Text
    source: str = ""
    seen: int = 0
    """Number of the answer that the writer saw here; 0: there was none."""
    place: str = ""
    """The field that holds it where it was sent on its own, as ``answers[0]``; empty on a page, which asks for the
    answers of one judge, each beside its criterion, and for their source once.
    """


def judge(session: Session, record: Record, given: Sequence[Given], *, by: Actor, at: datetime) -> None:
    """Write down what judges answer, or why a view is missing; an answer like the one before changes nothing.

    Raises Faulty, NotPermitted, Conflict when somebody else was faster, IllegalTransition.
    """
    hold(session, record, "group.write", by)
    status = decode(record.status, EvaluationStatus)
    evaluation = decode(records.body_of(session, record, record.version), Evaluation)
    next_state(EVALUATION_LIFECYCLE, status.state, "judge")
    rows = judgements_of(session, [record.id]).get(record.id, [])
    seq = rows[-1].seq if rows else 0
    relations = relations_of(session, [one.organisation for one in evaluation.judges], by, record.region_id)
    counted = {row.seq for row in counting(session, record)} if rows else set()
    wrote = False
    for one in given:
        _refuse_unfit(session, evaluation, one, relations, by, record.region_id)
        last = next((row for row in reversed(rows) if _same_place(row, one)), None)
        told = (one.answer, encode(dict(one.reason)), one.source.strip())
        if last is not None and told == (last.answer, last.reason, last.source) and last.seq in counted:
            continue
        if one.seen != (last.seq if last else 0):
            raise Conflict(MEANWHILE)
        seq += 1
        answer, reason, source = told
        row = Judgement(
            region_id=record.region_id, record_id=record.id, seq=seq, criterion=one.criterion,
            standpoint=one.standpoint, judge=one.judge, answer=answer, reason=reason, source=source,
            version=record.version, by=by.account_id, at=at,
        )  # fmt: skip
        session.add(row)
        rows.append(row)
        counted.add(seq)
        wrote = True
    if wrote:
        record.updated_at = at
        session.flush()
        records.tell(session, record, "judge", by=by.account_id, at=at)


def judgements_of(session: Session, ids: Iterable[str]) -> dict[str, list[Judgement]]:
    """Everything that was ever answered in these evaluations, in that order."""
    found: dict[str, list[Judgement]] = {}
    query = select(Judgement).where(Judgement.record_id.in_(list(ids))).order_by(Judgement.seq)
    for row in session.scalars(query):
        found.setdefault(row.record_id, []).append(row)
    return found


def counting(session: Session, record: Record) -> list[Judgement]:
    """The answers that count: the last in each place, of a judge and on a criterion that are as they were then."""
    rows = judgements_of(session, [record.id]).get(record.id, [])
    return still_counting(rows, record.version, dict(_earlier(session, record, {row.version for row in rows})))


def still_counting(rows: Iterable[Judgement], version: int, texts: Mapping[int, Evaluation]) -> list[Judgement]:
    """As ``counting``; *texts*: what every version said in which something was answered, and the present *version*."""
    last = {(row.criterion, row.standpoint, row.judge): row for row in rows}

    def reads(row: Judgement, number: int) -> tuple[PilotCriterion | None, PilotJudge | None]:
        judge = judge_of(texts[number], row.judge)
        criterion = next((one for one in texts[number].criteria if one.key == row.criterion), None)
        return criterion, judge if judge and judge.standpoint == row.standpoint else None

    found = []
    for row in last.values():
        now, then = reads(row, version), reads(row, row.version)
        announced = row.standpoint in {one.standpoint for one in texts[version].judges}
        if now == then and now[0] is not None and (now[1] is not None or (not row.judge and announced)):
            found.append(row)
    return found


def missing_standpoints(
    evaluation: Evaluation, criterion: PilotCriterion, counted: Sequence[Judgement]
) -> list[Standpoint]:
    """The announced views that neither answered on *criterion* nor say why."""
    announced = {one.standpoint for one in evaluation.judges}
    there = {row.standpoint for row in counted if row.criterion == criterion.key}
    return [standpoint for standpoint in STANDPOINTS if standpoint in announced and standpoint not in there]


def relations_of(session: Session, names: Iterable[str], by: Actor, region_id: str) -> dict[str, tuple[str, str]]:
    """Each id or key of a stakeholder, and of those that *by* works for → its id and its relation to the group."""
    ids = ids_by_name(session, {name for name in names if name} | _works_for(by, region_id))
    if not ids:
        return {}
    rows = session.execute(select(Record.id, Record.status).where(Record.id.in_(set(ids.values()))))
    relation = {record_id: decoded(status, _Relation).relation for record_id, status in rows}
    return {name: (record_id, relation.get(record_id, "")) for name, record_id in ids.items()}


class _Relation(Struct):
    relation: str = "cited"


def _refuse_unfit(
    session: Session,
    evaluation: Evaluation,
    one: Given,
    relations: Mapping[str, tuple[str, str]],
    by: Actor,
    region_id: str,
) -> None:
    """Raise Faulty or NotPermitted for an answer that cannot be kept."""
    number = next((n for n, criterion in enumerate(evaluation.criteria) if criterion.key == one.criterion), None)
    if number is None:
        raise Faulty([Fault(field=f"{one.place}.criterion".lstrip("."), text=NO_CRITERION)])
    place = one.place or f"answers[{number}]"
    if bool(one.judge) == (one.answer == ABSENT):
        field = f"{place}.answer" if one.judge else f"{place}.judge"
        raise Faulty([Fault(field=field, text=SOMEBODY_ABSENT if one.judge else NOBODY_ANSWERS)])
    if not any(text.strip() for text in one.reason.values()):
        raise Faulty([Fault(field=f"{place}.reason", text=NO_REASON)])
    if not one.judge:
        if one.standpoint not in {judge.standpoint for judge in evaluation.judges}:
            raise Faulty([Fault(field=f"{place}.standpoint", text=NO_SIDE)])
        if not writes_for_all(by, region_id):
            raise NotPermitted(NOT_YOURS)
        return
    named = next(
        (judge for judge in evaluation.judges if judge.key == one.judge and judge.standpoint == one.standpoint), None
    )
    if named is None:
        raise Faulty([Fault(field=f"{place}.judge", text=NO_JUDGE)])
    theirs = relations.get(named.organisation, ("", ""))
    speaks = speaks_for(named, relations, by, region_id)
    if named.standpoint == "external" and theirs[1] == "taking-part":
        raise Faulty(
            [Fault(field=f"{place}.judge", text=entries.TAKES_PART, value=_name_of(session, theirs[0], by.language))]
        )
    if not speaks and not writes_for_all(by, region_id):
        raise NotPermitted(NOT_FOR_THEM)
    if not speaks and not one.source.strip():
        raise Faulty([Fault(field=f"{one.place}.source".lstrip("."), text=NO_SOURCE)])


def _name_of(session: Session, stakeholder_id: str, language: str) -> str:
    query = select(Version.body).join(Record, NEWEST_VERSION)
    body = session.scalar(query.where(Record.id == stakeholder_id, Record.kind == STAKEHOLDER))
    return name_of(decode(body, Organisation), language) if body else ""


def speaks_for(judge: PilotJudge, relations: Mapping[str, tuple[str, str]], by: Actor, region_id: str) -> bool:
    """Whether *by* works or speaks for the organisation of *judge*; *relations*: as ``relations_of`` tells them."""
    theirs = relations.get(judge.organisation, ("", ""))[0]
    return bool(theirs) and theirs in {relations.get(own, ("", ""))[0] for own in _works_for(by, region_id)}


def _works_for(by: Actor, region_id: str) -> set[str]:
    return {one.stakeholder_id for one in by.grants if one.region_id == region_id and one.stakeholder_id}


def writes_for_all(by: Actor, region_id: str) -> bool:
    """Whoever is more than a representative may write down what judges said elsewhere."""
    return any(one.region_id == region_id and one.role in ("contributor", "coordinator") for one in by.counting)


def _same_place(row: Judgement, one: Given) -> bool:
    return (row.criterion, row.standpoint, row.judge) == (one.criterion, one.standpoint, one.judge)


def _earlier(session: Session, record: Record, versions: set[int]) -> Iterator[tuple[int, Evaluation]]:
    wanted = versions | {record.version}
    query = select(Version.number, Version.body).where(Version.record_id == record.id, Version.number.in_(wanted))
    for number, body in session.execute(query):
        yield number, decode(body, Evaluation)


def judge_of(evaluation: Evaluation, key: str) -> PilotJudge | None:
    return next((one for one in evaluation.judges if one.key == key), None)
