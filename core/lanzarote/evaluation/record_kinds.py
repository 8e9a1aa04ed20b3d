"""Indicators and evaluations, as everything knows them that is made of all kinds of records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lanzarote.evaluation import documents
from lanzarote.evaluation.answering import judge_of
from lanzarote.evaluation.disclosure import SMALL, STEP
from lanzarote.evaluation.documents import EvaluationDocument, IndicatorDocument, IndicatorRelease
from lanzarote.evaluation.model import (
    ABSENT,
    EVALUATION_LIFECYCLE,
    EvaluationStatus,
    IndicatorStatus,
    IndicatorValue,
    Judgement,
    JudgementRow,
    ValueRow,
)
from lanzarote.evaluation.model import EVALUATION as EVALUATION_NAME
from lanzarote.evaluation.model import INDICATOR as INDICATOR_NAME
from lanzarote.records.kinds import Beside, RecordKind, Released
from lanzarote.runtime.reading import decoded
from lanzarote.translation import N_
from lanzarote.types import Evaluation, Indicator, Text

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from datetime import datetime

    from lanzarote.records.kinds import Counted, Faults, Sectors


def _unfit(said: IndicatorDocument | EvaluationDocument, _: datetime) -> Iterator[str]:
    for place in documents.exact_numbers(said):
        yield (
            f"{place}: a count of people that is told too exactly: 1 to {SMALL} are hidden, everything else is "
            f"rounded to the nearest {STEP}"
        )
    yield from (f"{place}: {told}" for place, told in documents.unfit_times(said))


def _indicator_counts(said: IndicatorRelease, _: Sectors) -> Counted:
    yield "indicator", said.counts, ""


def _evaluation_counts(said: EvaluationDocument, _: Sectors) -> Counted:
    if said.state == "decided":  # one that was superseded is told of by the one that took its place
        yield "pilot", said.decision.outcome if said.decision else "", ""


def _judged(line: Any, _: Container[str]) -> Faults:
    """Whether each answer has its judge, and its reason."""
    texts = {one.number: decoded(one.said, Evaluation) for one in line.versions if one.said}
    for place, raw in enumerate(line.beside.get("judgement", ())):
        row = decoded(raw, JudgementRow)
        field = f"beside.judgement[{place}]"
        if row.version not in texts:
            yield f"{field}.version", f"is {row.version}; the evaluation has no such version"
            return
        if bool(row.judge) == (row.answer == ABSENT):
            yield f"{field}.answer", "is absent exactly when no judge gives it"
        judge = judge_of(texts[row.version], row.judge)
        if row.judge and (judge is None or judge.standpoint != row.standpoint):
            yield f"{field}.judge", f"{row.judge!r} is no judge of this view"
        reason = decoded(row.reason, Text)
        forgotten = row.judge and not reason and not row.source  # the words of a body that was erased
        if not forgotten and not any(text.strip() for text in reason.values()):
            yield f"{field}.reason", "is missing"


INDICATOR: Final = RecordKind(
    name=INDICATOR_NAME,
    body=Indicator,
    status=IndicatorStatus,
    room="indicators",
    place="pilot",
    public="indicators",
    label=N_("Indicator"),
    one=N_("an indicator"),
    plural=N_("Indicators"),
    verbs={
        "enter": N_("entered a value"),
        "correct": N_("corrected a value"),
        "take-back-value": N_("removed a value"),
    },
    beside=(Beside(table=IndicatorValue, row=ValueRow, texts=("source", "note")),),
    released=Released(
        make=documents.released_indicators,
        document=IndicatorRelease,
        unfit=_unfit,
        counts=_indicator_counts,
        measure="indicator",
        fields={
            "points": N_("Values"),
        },
    ),
    written="lanzarote.evaluation.indicator_kind:INDICATORS",
)
EVALUATION: Final = RecordKind(
    name=EVALUATION_NAME,
    body=Evaluation,
    status=EvaluationStatus,
    lifecycle=EVALUATION_LIFECYCLE,
    room="evaluations",
    place="pilot",
    public="evaluation",
    label=N_("Pilot evaluation"),
    one=N_("an evaluation"),
    plural=N_("Evaluations"),
    verbs={
        "run": N_("fixed criteria and assessors"),
        "amend": N_("changed what was fixed"),
        "judge": N_("recorded answers of assessors"),
        "close-judging": N_("said that all answers are in"),
        "decide-pilot": N_("recorded the decision on the pilot"),
        "reopen": N_("opened the decision again"),
    },
    beside=(Beside(table=Judgement, row=JudgementRow, texts=("reason", "source")),),
    fits=_judged,
    released=Released(
        make=documents.released,
        document=EvaluationDocument,
        unfit=_unfit,
        counts=_evaluation_counts,
        measure="pilot",
        plural=N_("Pilots evaluated"),
        fields={
            "abstained": N_("Abstained"),
            "adds_up": N_("Values add up"),
            "against": N_("Against"),
            "amended": N_("Changed afterwards"),
            "answer": N_("Answer"),
            "by": N_("By"),
            "conditions": N_("Conditions"),
            "counted": N_("What is counted"),
            "criterion": N_("Criterion"),
            "decided_by": N_("Decided by"),
            "direction": N_("Direction"),
            "ended_on": N_("Ended on"),
            "fixed_on": N_("Fixed on"),
            "judge": N_("Assessor"),
            "measure": N_("Measure"),
            "meeting": N_("Meeting"),
            "outcome": N_("Outcome"),
            "rhythm": N_("Rhythm"),
            "support": N_("Support"),
            "votes": N_("Votes"),
        },
    ),
    written="lanzarote.evaluation.evaluation_kind:EVALUATIONS",
)
