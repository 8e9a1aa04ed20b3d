"""Read indicators and evaluations as the public does; forget what stood beside those that are erased."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import func, select, update

from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.errors import Gone, NotFound
from lanzarote.evaluation import answering, counting, judging
from lanzarote.evaluation.disclosure import Shown, shown
from lanzarote.evaluation.model import (
    EVALUATION,
    INDICATOR,
    EvaluationStatus,
    IndicatorValue,
    Judgement,
)
from lanzarote.records import changelog
from lanzarote.records.changelog import Audit
from lanzarote.records.erasing import erased, forget_beside
from lanzarote.records.records import Record, Version, decode, find
from lanzarote.records.tables import OF_RECORD, PUBLISHED_VERSION
from lanzarote.translation import N_
from lanzarote.types import PartialDate
from lanzarote.types.evaluation import Evaluation, Indicator, Standpoint

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence, Set
    from datetime import date

    from sqlalchemy.orm import Session

    from lanzarote.records.changelog import Saved
    from lanzarote.records.erasing import Erased

__all__ = ["PublicIndicator", "Report", "evaluations", "follow", "indicators", "report"]

TABLES: Final = (IndicatorValue, Judgement)
WITHDRAWN: Final = N_("This was withdrawn by the regional team.")


class Point(Struct, frozen=True, kw_only=True):
    """A value as it may be shown."""

    period: str
    shown: Shown
    source: str
    lang: str
    """Of the source."""
    computed: bool
    corrected: bool
    at: datetime


class Start(Struct, frozen=True, kw_only=True):
    """Where an indicator began, as it may be shown."""

    shown: Shown
    on: PartialDate
    source: str


class Answered(Struct, frozen=True, kw_only=True):
    """What a judge answered, of an evaluation that is received."""

    criterion: str
    standpoint: Standpoint
    judge: str
    answer: str
    reason: bytes
    source: str


class PublicIndicator(Struct, frozen=True, kw_only=True):
    """An indicator with its values as the public may read them."""

    id: str
    slug: str
    version: int
    updated_at: datetime
    released_on: date | None
    indicator: Indicator
    start: Start | None
    points: tuple[Point, ...]
    exact: tuple[float | None, ...] = ()
    """The values themselves, for sums; they are never shown. None: of a received region only what is shown is known."""


class Report(Struct, frozen=True, kw_only=True):
    """An evaluation with what it rests on."""

    id: str
    slug: str
    version: int
    state: str
    """Of the record: whether the public reads it."""
    published_at: datetime | None
    status: EvaluationStatus
    evaluation: Evaluation
    judgements: tuple[Judgement | Answered, ...]
    """Those that count."""
    indicators: tuple[PublicIndicator, ...]
    """Those that it rests on, as they were when it was decided."""
    redefined: frozenset[str] = frozenset()
    """Ids of indicators that are defined otherwise than when the criteria were fixed."""


def indicators(session: Session, *, ids: Collection[str] | None = None) -> tuple[PublicIndicator, ...]:
    """The published indicators of the session's regions, in the order of their addresses."""
    query = (
        select(Record, Version.body)
        .join(Version, PUBLISHED_VERSION)
        .where(Record.kind == INDICATOR, Record.state == "published")
        .order_by(Record.slug)
    )
    if ids is not None:
        query = query.where(Record.id.in_(ids))
    found = session.execute(query).all()
    rows = counting.values_of(session, [record.id for record, _ in found])
    return tuple(
        as_shown(record, decode(body, Indicator), rows.get(record.id, ()), counting.status_of(record).released)
        for record, body in found
    )


def indicator(session: Session, slug: str) -> PublicIndicator:
    """The published indicator at *slug*, present or former. Raises NotFound, Gone."""
    record = _public(session, INDICATOR, slug)
    return indicators(session, ids=[record.id])[0]


def as_shown(
    record: Record, indicator: Indicator, rows: Sequence[IndicatorValue], until: int | None
) -> PublicIndicator:
    """An indicator with its values as the public may read them; *until*: the last one that is looked at."""
    seen = [row for row in rows if until is None or row.seq <= until]
    valid = counting.in_force(seen)
    base = indicator.baseline
    again = {row.period for row in seen if any(one.period == row.period and one.seq < row.seq for one in seen)}
    return PublicIndicator(
        id=record.id,
        slug=record.slug,
        version=record.published_version or record.version,
        updated_at=record.published_at or record.updated_at,
        released_on=counting.status_of(record).released_on,
        indicator=indicator,
        start=Start(shown=shown(base.value, indicator.counts), on=base.on, source=base.source) if base else None,
        points=tuple(
            Point(
                period=row.period,
                shown=shown(row.value, indicator.counts),
                source=row.source,
                lang=row.lang,
                computed=row.computed,
                corrected=row.period in again,
                at=row.at,
            )
            for row in valid
        ),
        exact=tuple(row.value for row in valid if row.value is not None),
    )


def evaluations(session: Session) -> tuple[Report, ...]:
    """The published evaluations of the session's regions, the one in force first, then the newest first."""
    query = select(Record).where(Record.kind == EVALUATION, Record.state == "published")
    found = list(session.scalars(query.order_by(Record.published_at.desc(), Record.id)))
    told = _reports(session, found, public=True)
    return tuple(sorted(told, key=lambda one: one.status.state != "decided"))


def published_evaluations(session: Session, ids: Collection[str]) -> Iterable[tuple[str, Report]]:
    """Those of the evaluations *ids* that the public reads, each with its region."""
    query = select(Record).where(Record.kind == EVALUATION, Record.state == "published", Record.id.in_(ids))
    found = list(session.scalars(query.order_by(Record.id)))
    return zip([record.region_id for record in found], _reports(session, found, public=True), strict=True)


def evaluation(session: Session, slug: str) -> Report:
    """The published evaluation at *slug*, present or former. Raises NotFound, Gone."""
    return next(iter(_reports(session, [_public(session, EVALUATION, slug)], public=True)))


class Withdrawn(Struct, frozen=True, kw_only=True):
    """An evaluation that the public read, and reads no more."""

    on: datetime
    reason: str


def withdrawn_at(session: Session, slug: str) -> Withdrawn | None:
    """What the public is told of the evaluation at *slug*, if it was withdrawn. Raises NotFound, Gone."""
    record = find(session, EVALUATION, slug)
    if record.published_at is None or record.state not in ("withdrawn", "archived"):
        return None
    query = select(func.max(Audit.at)).where(Audit.record_id == record.id, Audit.verb == "withdraw")
    return Withdrawn(on=session.scalar(query) or record.updated_at, reason=judging.status_of(record).withdrawn)


def report(session: Session, record: Record) -> Report:
    """*record* as the public would read it. Raises Gone."""
    if record.state == "erased":
        raise Gone("This evaluation was erased.")
    return next(iter(_reports(session, [record], public=False)))


def follow(session: Session, saved: Sequence[Saved]) -> None:
    """Erase what stood beside a record that is erased. Listens to ``changes.record``."""
    forget_beside(session, saved, TABLES, INDICATOR, EVALUATION)
    for gone in erased(saved, STAKEHOLDER):
        keys = {one.key for one in saved if one.key and one.record_id in gone.ids}
        _forget_judges(session, gone, keys)


def _forget_judges(session: Session, gone: Erased, keys: Set[str]) -> None:
    """What bodies that are erased answered stays, or no decision could be understood; their words go."""
    region_id = gone.region_id
    names = {*gone.ids, *keys}
    query = select(Version.record_id, Version.number, Version.body).join(Record, OF_RECORD)
    # Another version may give the same key to another body: what it answered stays whole.
    judges: dict[tuple[str, int], set[str]] = {}
    here = (Record.region_id == region_id) & (Record.kind == EVALUATION)
    for record_id, number, body in session.execute(query.where(here)):
        for judge in decode(body, Evaluation).judges if body else ():
            if judge.organisation in names:
                judges.setdefault((record_id, number), set()).add(judge.key)
    for (record_id, number), judging_keys in judges.items():
        text = (Judgement.region_id == region_id) & (Judgement.record_id == record_id) & (Judgement.version == number)
        mine = text & Judgement.judge.in_(judging_keys)
        session.execute(update(Judgement).where(mine).values(reason=b"{}", source=""))
    changelog.release_anew(session, region_id, EVALUATION, sorted({record_id for record_id, _ in judges}), at=gone.at)


def _public(session: Session, kind: str, slug: str) -> Record:
    """What is published at *slug*. Raises NotFound, Gone; a draft answers as what is nowhere."""
    record = find(session, kind, slug)
    if record.state == "withdrawn":
        raise Gone(WITHDRAWN)
    if record.state != "published":
        raise NotFound(f"There is no {kind} at this address.")
    return record


def _reports(session: Session, found: Sequence[Record], *, public: bool) -> Iterable[Report]:
    """Each of *found* with what it rests on; as many queries for many as for one."""
    ids = [record.id for record in found]
    texts: dict[str, dict[int, Evaluation]] = {}
    query = select(Version.record_id, Version.number, Version.body).where(Version.record_id.in_(ids))
    for record_id, number, body in session.execute(query):
        if body:
            texts.setdefault(record_id, {})[number] = decode(body, Evaluation)
    answers = answering.judgements_of(session, ids)
    statuses = {record.id: judging.status_of(record) for record in found}
    wanted = {key for record in found for key in _rests_on(statuses[record.id], texts[record.id][record.version])}
    known = {one.id: (one, said) for one, said in _definitions(session, wanted)}
    rows = counting.values_of(session, known)
    for record in found:
        status, said = statuses[record.id], texts[record.id][record.version]
        shown_ones = []
        for key in _rests_on(status, said):
            if key not in known or (public and known[key][0].state != "published"):
                continue
            until = status.decision.figures.get(key, 0) if status.decision else None
            shown_ones.append(as_shown(known[key][0], known[key][1], rows.get(key, ()), until))
        yield Report(
            id=record.id,
            slug=record.slug,
            version=record.version,
            state=record.state,
            published_at=record.published_at,
            status=status,
            evaluation=said,
            judgements=tuple(answering.still_counting(answers.get(record.id, ()), record.version, texts[record.id])),
            indicators=tuple(shown_ones),
            redefined=frozenset(
                one.id for one in shown_ones if one.version != status.definitions.get(one.id, one.version)
            ),
        )


def _rests_on(status: EvaluationStatus, evaluation: Evaluation) -> list[str]:
    own = (key for one in evaluation.criteria for key in one.indicators)
    return list(dict.fromkeys((*own, *sorted(status.definitions))))


def _definitions(session: Session, ids: Collection[str]) -> Iterable[tuple[Record, Indicator]]:
    """Indicators as they are written: what is published, or else the newest."""
    shown_version = func.coalesce(Record.published_version, Record.version)
    query = select(Record, Version.body).join(Version, OF_RECORD & (Version.number == shown_version))
    here = (Record.kind == INDICATOR) & (Record.state != "erased")
    for record, body in session.execute(query.where(here, Record.id.in_(list(ids)))):
        yield record, decode(body, Indicator)
