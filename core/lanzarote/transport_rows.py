"""Whether the rows beside a record fit it: a decision follows from its positions, an answer has its judge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from lanzarote.evaluation.answering import judge_of
from lanzarote.evaluation.model import ABSENT, EVALUATION, JudgementRow
from lanzarote.improvements.forwarding import is_code
from lanzarote.improvements.model import IMPROVEMENT, ImprovementStatus
from lanzarote.improvements.positions_model import BodyRow, Forwarded
from lanzarote.improvements.recomputing import recompute_rows
from lanzarote.transport_lines import BadLine, RecordLine
from lanzarote.types import Evaluation, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lanzarote.improvements.outcome import Verdict

DECISIONS: Final = "improvement_decision"
VERDICTS: Final[Mapping[str, Verdict]] = {"adopted": "adopted", "completed": "adopted", "not-adopted": "not-adopted"}
"""State of an improvement → what was decided, if a decision is in force."""


def check_rows(line: RecordLine) -> None:
    """Look at a line whose rows were read one by one already. Raises BadLine."""
    if line.kind in CHECKS and line.state != "erased":
        CHECKS[line.kind](line)


def _improvement(line: RecordLine) -> None:
    places = {}
    for place, raw in enumerate(line.beside.get(DECISIONS, ())):
        row = msgspec.json.decode(raw, type=BodyRow)
        field = f"beside.{DECISIONS}[{place}].body"
        if row.number in places:
            raise BadLine(field, f"is another decision number {row.number}")
        places[row.number] = field
    verdicts = {}
    for one in recompute_rows(line.beside):
        if one.told != one.found:
            raise BadLine(f"{places[one.number]}.outcome", "does not follow from its rule and its positions")
        if one.strangers:
            told = f"hold what was not said in answer to its call, or by whom does not take part: {one.strangers[0]}"
            raise BadLine(f"{places[one.number]}.positions", told)
        verdicts[one.number] = one.told.verdict
    status = msgspec.json.decode(line.status, type=ImprovementStatus)
    if status.decision:
        needed = VERDICTS.get(status.state)
        if verdicts.get(status.decision) not in ((needed,) if needed else ("adopted", "not-adopted")):
            raise BadLine("status.decision", f"is {status.decision}; no such decision makes it {status.state}")
    for place, raw in enumerate(line.beside.get("forwarding", ())):
        code = msgspec.json.decode(msgspec.json.decode(raw, type=BodyRow).body, type=Forwarded).code
        if code and not is_code(code):
            raise BadLine(f"beside.forwarding[{place}].body.code", "does not look like the code of a document")


def _evaluation(line: RecordLine) -> None:
    texts = {one.number: msgspec.json.decode(one.said, type=Evaluation) for one in line.versions if one.said}
    for place, raw in enumerate(line.beside.get("judgement", ())):
        row = msgspec.json.decode(raw, type=JudgementRow)
        field = f"beside.judgement[{place}]"
        if row.version not in texts:
            raise BadLine(f"{field}.version", f"is {row.version}; the evaluation has no such version")
        if bool(row.judge) == (row.answer == ABSENT):
            raise BadLine(f"{field}.answer", "is absent exactly when no judge gives it")
        judge = judge_of(texts[row.version], row.judge)
        if row.judge and (judge is None or judge.standpoint != row.standpoint):
            raise BadLine(f"{field}.judge", f"{row.judge!r} is no judge of this view")
        if not any(text.strip() for text in msgspec.json.decode(row.reason, type=Text).values()):
            raise BadLine(f"{field}.reason", "is missing")


CHECKS: Final[Mapping[str, Callable[[RecordLine], None]]] = {IMPROVEMENT: _improvement, EVALUATION: _evaluation}
"""Kind of records → what is asked of its rows together."""
