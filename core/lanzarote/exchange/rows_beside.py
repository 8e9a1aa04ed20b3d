"""Whether the rows beside a record fit it: a decision follows from its positions, an answer has its judge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.evaluation.answering import judge_of
from lanzarote.evaluation.model import ABSENT, EVALUATION, JudgementRow
from lanzarote.exchange.region_file_lines import BadLine, RecordLine
from lanzarote.improvements.forwarding import LONGEST_CODE
from lanzarote.improvements.model import IMPROVEMENT, ImprovementStatus
from lanzarote.improvements.positions_model import BodyRow, Forwarded
from lanzarote.improvements.recomputing import recompute_rows
from lanzarote.runtime.reading import decoded
from lanzarote.types import Evaluation, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from lanzarote.improvements.outcome import Verdict

DECISIONS: Final = "improvement_decision"
VERDICTS: Final[Mapping[str, Verdict]] = {"adopted": "adopted", "completed": "adopted", "not-adopted": "not-adopted"}
"""State of an improvement → what was decided, if a decision is in force."""


def check_rows(line: RecordLine, erased: Container[str]) -> None:
    """Look at a line whose rows were read one by one already; *erased*: ids of stakeholders. Raises BadLine."""
    if line.kind in CHECKS and line.state != "erased":
        CHECKS[line.kind](line, erased)


def _improvement(line: RecordLine, erased: Container[str]) -> None:
    places = {}
    for place, raw in enumerate(line.beside.get(DECISIONS, ())):
        row = decoded(raw, BodyRow)
        field = f"beside.{DECISIONS}[{place}].body"
        if row.number in places:
            raise BadLine(field, f"is another decision number {row.number}")
        places[row.number] = field
    verdicts = {}
    for one in recompute_rows(line.beside, erased):
        if one.told != one.found:
            raise BadLine(f"{places[one.number]}.outcome", "does not follow from its rule and its positions")
        if one.strangers:
            told = f"hold what was not said in answer to its call, or by whom does not take part: {one.strangers[0]}"
            raise BadLine(f"{places[one.number]}.positions", told)
        verdicts[one.number] = one.told.verdict
    status = decoded(line.status, ImprovementStatus)
    if not status.decision and (status.state in VERDICTS or line.state == "published"):
        raise BadLine("status.decision", "is missing; nothing is public or decided without one")
    if status.decision:
        needed = VERDICTS.get(status.state)
        if verdicts.get(status.decision) not in ((needed,) if needed else ("adopted", "not-adopted")):
            raise BadLine("status.decision", f"is {status.decision}; no such decision makes it {status.state}")
    for place, raw in enumerate(line.beside.get("forwarding", ())):
        code = decoded(decoded(raw, BodyRow).body, Forwarded).code
        if len(code) > LONGEST_CODE:  # older documents have codes of many a form; the guard has looked at them
            raise BadLine(f"beside.forwarding[{place}].body.code", f"is longer than {LONGEST_CODE} characters")


def _evaluation(line: RecordLine, _: Container[str]) -> None:
    texts = {one.number: decoded(one.said, Evaluation) for one in line.versions if one.said}
    for place, raw in enumerate(line.beside.get("judgement", ())):
        row = decoded(raw, JudgementRow)
        field = f"beside.judgement[{place}]"
        if row.version not in texts:
            raise BadLine(f"{field}.version", f"is {row.version}; the evaluation has no such version")
        if bool(row.judge) == (row.answer == ABSENT):
            raise BadLine(f"{field}.answer", "is absent exactly when no judge gives it")
        judge = judge_of(texts[row.version], row.judge)
        if row.judge and (judge is None or judge.standpoint != row.standpoint):
            raise BadLine(f"{field}.judge", f"{row.judge!r} is no judge of this view")
        reason = decoded(row.reason, Text)
        forgotten = row.judge and not reason and not row.source  # the words of a body that was erased
        if not forgotten and not any(text.strip() for text in reason.values()):
            raise BadLine(f"{field}.reason", "is missing")


CHECKS: Final[Mapping[str, Callable[[RecordLine, Container[str]], None]]] = {
    IMPROVEMENT: _improvement,
    EVALUATION: _evaluation,
}
"""Kind of records → what is asked of its rows together."""
