"""Evaluations in the reader's words: the report for the plenary, the group's list, what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape
from msgspec import Struct

from lanzarote.directory.service import named
from lanzarote.evaluation import charts, indicator_reading
from lanzarote.evaluation.model import ABSENT
from lanzarote.evaluation.words import ANSWERS, OUTCOMES, OUTCOMES_TOLD, STANDPOINTS, STANDPOINTS_TOLD, STATES
from lanzarote.runtime.reading import decoded
from lanzarote.translation import date_told, format_date, format_partial_date, texts_named
from lanzarote.web.region_reading import tell_mandates, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lanzarote.evaluation.charts import Segment
    from lanzarote.evaluation.indicator_reading import ToldIndicator
    from lanzarote.evaluation.model import Answer, Judgement, Votes
    from lanzarote.evaluation.service import Answered, Report
    from lanzarote.types import Text
    from lanzarote.types.evaluation import Evaluation, PilotCriterion, PilotJudge, Standpoint
    from lanzarote.web.region_reading import ToldMandate
    from lanzarote.web.site import View


class ToldAnswer(Struct, frozen=True, kw_only=True):
    """What one judge answered on a criterion, or why the view is missing."""

    judge: Markup
    """Empty where the view is missing."""
    answer: str
    code: str
    reason: Markup
    source: str


class ToldView(Struct, frozen=True, kw_only=True):
    """What one of the two views says about a criterion."""

    standpoint: Standpoint
    name: str
    answers: tuple[ToldAnswer, ...]
    missing: bool
    """Nobody of it has answered or said why not, as yet."""


class ToldCriterion(Struct, frozen=True, kw_only=True):
    key: str
    number: int
    question: Markup
    plain: str
    met: Markup
    views: tuple[ToldView, ...]
    figures: tuple[ToldIndicator, ...]


class Bars(Struct, frozen=True, kw_only=True):
    """How one view answered on all criteria."""

    standpoint: Standpoint
    name: str
    told: str
    answered: tuple[Markup, ...]
    """Judges who answered on a criterion at least."""
    silent: tuple[Markup, ...]
    """Judges who are named, and answered on none."""
    rows: tuple[tuple[int, str, tuple[Segment, ...], tuple[tuple[str, int], ...]], ...]
    """Number and words of the criterion, bar, and how many gave each answer."""


class ToldDecision(Struct, frozen=True, kw_only=True):
    outcome: str
    word: str
    meaning: str
    reason: Markup
    conditions: Markup
    on: str
    decided_by: Markup
    votes: Votes | None


class ToldAmendment(Struct, frozen=True, kw_only=True):
    on: str
    version: int
    reason: Markup


class ToldReport(Struct, frozen=True, kw_only=True):
    """The report, as a plenary reads it."""

    id: str
    slug: str
    title: Markup
    plain: str
    state: str
    public: bool
    superseded: bool
    open: bool
    """Judges can still answer."""
    period: str
    mandate: ToldMandate | None
    done: Markup
    method: Markup
    limits: Markup
    fixed_on: str
    published_on: str
    criteria: tuple[ToldCriterion, ...]
    bars: tuple[Bars, ...]
    figures: tuple[ToldIndicator, ...]
    redefined: tuple[Markup, ...]
    """Names of indicators that are defined otherwise than when the criteria were fixed."""
    amended: tuple[ToldAmendment, ...]
    decision: ToldDecision | None
    hidden: bool
    """Numbers of people are rounded or hidden in it."""
    only_within: bool
    """No view from outside was asked."""
    sources: tuple[str, ...]


def tell(view: View, report: Report) -> ToldReport:
    """*report* in the reader's words."""
    said, status = report.evaluation, report.status
    figures = {one.id: indicator_reading.tell(view, one) for one in report.indicators}
    criteria = tuple(
        _criterion(view, number, one, said, report.judgements, figures) for number, one in enumerate(said.criteria, 1)
    )
    decision = status.decision
    mandates = {one.version: one for one in tell_mandates(view)}
    return ToldReport(
        id=report.id,
        slug=report.slug,
        title=_words(view, said, "title"),
        plain=title_of(view, said),
        state=view._(STATES[status.state]),
        public=report.state == "published",
        superseded=status.state == "superseded",
        open=status.state in ("draft", "running"),
        period=" – ".join(format_partial_date(one, view.lang) for one in (said.since, said.until) if one),
        mandate=mandates.get(said.mandate),
        done=_words(view, said, "done"),
        method=_words(view, said, "method"),
        limits=_words(view, said, "limits"),
        fixed_on=date_told(status.fixed_on, view.lang) if status.fixed_on else "",
        published_on=date_told(view.day_of(report.published_at), view.lang) if report.published_at else "",
        criteria=criteria,
        bars=tuple(_bars(view, said, criteria, report.judgements)),
        figures=tuple(figures.values()),
        redefined=tuple(figures[key].title for key in sorted(report.redefined)),
        amended=tuple(
            ToldAmendment(on=format_date(one.on, view.lang), version=one.version, reason=told(view, one.reason))
            for one in status.amended
        ),
        decision=ToldDecision(
            outcome=decision.outcome,
            word=view._(OUTCOMES[decision.outcome]),
            meaning=view._(OUTCOMES_TOLD[decision.outcome]),
            reason=told(view, decision.reason),
            conditions=told(view, decision.conditions),
            on=date_told(decision.on, view.lang),
            decided_by=told(view, decision.decided_by),
            votes=decision.votes,
        )
        if decision
        else None,
        hidden=any(one.people for one in figures.values()),
        only_within=bool(said.judges) and all(one.standpoint == "self" for one in said.judges),
        sources=tuple(dict.fromkeys(_sources(report))),
    )


def judge_name(view: View, judge: PilotJudge) -> Markup:
    """Organisation and role of a judge; never a person."""
    entry = named(view.directory).get(judge.organisation) if judge.organisation else None
    parts = [told(view, entry.organisation.name)] if entry else []
    if any(judge.role.values()):
        parts.append(told(view, judge.role))
    return Markup(" – ").join(parts or [escape(view._("an organisation that the directory no longer shows"))])


def title_of(view: View, said: Evaluation) -> str:
    return view.text(texts_named(said.text, "title"), said.original)[0]


def _criterion(
    view: View,
    number: int,
    criterion: PilotCriterion,
    said: Evaluation,
    judgements: Sequence[Judgement | Answered],
    figures: dict[str, ToldIndicator],
) -> ToldCriterion:
    questions = texts_named(criterion.text, "question")
    announced = {one.standpoint for one in said.judges}
    views = []
    for standpoint in STANDPOINTS:
        rows = [row for row in judgements if (row.criterion, row.standpoint) == (criterion.key, standpoint)]
        if standpoint in announced:
            answers = tuple(_answer(view, said, row) for row in sorted(rows, key=lambda row: row.judge))
            views.append(
                ToldView(standpoint=standpoint, name=view._(STANDPOINTS[standpoint]), answers=answers, missing=not rows)
            )
    return ToldCriterion(
        key=criterion.key,
        number=number,
        question=told(view, questions, said.original),
        plain=view.text(questions, said.original)[0],
        met=told(view, texts_named(criterion.text, "met"), said.original),
        views=tuple(views),
        figures=tuple(figures[key] for key in criterion.indicators if key in figures),
    )


def _answer(view: View, said: Evaluation, row: Judgement | Answered) -> ToldAnswer:
    judge = next((one for one in said.judges if one.key == row.judge), None)
    reason: Text = decoded(row.reason, dict[str, str])
    return ToldAnswer(
        judge=judge_name(view, judge) if judge else Markup(""),
        answer=view._("No answer") if row.answer == ABSENT else view._(ANSWERS[row.answer]),  # type: ignore[index]
        code=row.answer,
        reason=told(view, reason),
        source=row.source,
    )


def _bars(
    view: View, said: Evaluation, criteria: Sequence[ToldCriterion], judgements: Sequence[Judgement | Answered]
) -> Iterator[Bars]:
    for standpoint in STANDPOINTS:
        judges = [one for one in said.judges if one.standpoint == standpoint]
        if not judges:
            continue
        rows = []
        for criterion in criteria:
            mine = [row.answer for row in judgements if (row.criterion, row.standpoint) == (criterion.key, standpoint)]
            counts: dict[Answer, int] = {answer: mine.count(answer) for answer in ANSWERS}
            words = tuple((view._(ANSWERS[answer]), count) for answer, count in counts.items())
            rows.append((criterion.number, criterion.plain, charts.draw_answers(counts, len(judges)), words))
        answering = {row.judge for row in judgements if row.standpoint == standpoint}
        yield Bars(
            standpoint=standpoint,
            name=view._(STANDPOINTS[standpoint]),
            told=view._(STANDPOINTS_TOLD[standpoint]),
            answered=tuple(judge_name(view, one) for one in judges if one.key in answering),
            silent=tuple(judge_name(view, one) for one in judges if one.key not in answering),
            rows=tuple(rows),
        )


def _sources(report: Report) -> Iterator[str]:
    for one in report.indicators:
        if one.start and one.start.source:
            yield one.start.source
        yield from (point.source for point in one.points if point.source)
    yield from (row.source for row in report.judgements if row.source)


def _words(view: View, said: Evaluation, name: str) -> Markup:
    return told(view, texts_named(said.text, name), said.original)
