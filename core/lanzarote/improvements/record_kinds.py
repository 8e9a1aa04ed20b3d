"""Findings and improvements, as everything knows them that is made of all kinds of records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lanzarote.improvements import documents, model, positions_model
from lanzarote.improvements.model import FINDING as FINDING_NAME
from lanzarote.improvements.model import (
    FINDING_LIFECYCLE,
    IMPROVEMENT_LIFECYCLE,
    VERDICT_OF,
    FindingStatus,
    ImprovementStatus,
)
from lanzarote.improvements.model import IMPROVEMENT as IMPROVEMENT_NAME
from lanzarote.improvements.moving import LONGEST_CODE
from lanzarote.improvements.positions_model import BodyRow, Forwarded
from lanzarote.improvements.recomputing import recompute_rows
from lanzarote.records.kinds import Beside, Followed, RecordKind, Released
from lanzarote.runtime.reading import LateDecoder, decoded
from lanzarote.translation import N_
from lanzarote.types import Finding, Improvement

if TYPE_CHECKING:
    from collections.abc import Container

    from lanzarote.records.kinds import Counted, Faults, Sectors
    from lanzarote.records.records import Record

DECISIONS: Final = "improvement_decision"
_status = LateDecoder(FindingStatus)


def _unshared(record: Record) -> bool:
    return not _status.decode(record.status).shared


def _decided(line: Any, erased: Container[str]) -> Faults:
    """Whether each decision follows from its rule and its positions, and the state from the decision."""
    places: dict[int, str] = {}
    for place, raw in enumerate(line.beside.get(DECISIONS, ())):
        row = decoded(raw, BodyRow)
        field = f"beside.{DECISIONS}[{place}].body"
        if row.number in places:
            yield field, f"is another decision number {row.number}"
        places[row.number] = field
    verdicts = {}
    for one in recompute_rows(line.beside, erased):
        if one.told != one.found:
            yield f"{places[one.number]}.outcome", "does not follow from its rule and its positions"
        if one.strangers:
            told = f"hold what was not said in answer to its call, or by whom does not take part: {one.strangers[0]}"
            yield f"{places[one.number]}.positions", told
        verdicts[one.number] = one.told.verdict
    status = decoded(line.status, ImprovementStatus)
    if not status.decision and (status.state in VERDICT_OF or line.state == "published"):
        yield "status.decision", "is missing; nothing is public or decided without one"
    if status.decision:
        needed = VERDICT_OF.get(status.state)
        if verdicts.get(status.decision) not in ((needed,) if needed else ("adopted", "not-adopted")):
            yield "status.decision", f"is {status.decision}; no such decision makes it {status.state}"
    for place, raw in enumerate(line.beside.get("forwarding", ())):
        code = decoded(decoded(raw, BodyRow).body, Forwarded).code
        if len(code) > LONGEST_CODE:  # older documents have codes of many a form; the guard has looked at them
            yield f"beside.forwarding[{place}].body.code", f"is longer than {LONGEST_CODE} characters"


def _counts(said: documents.ImprovementDocument, sectors: Sectors) -> Counted:
    yield "improvement", said.state, ""
    for common in sectors.commons(said.improvement.sectors):
        yield "improvement-common", common, ""
    for action in said.actions:
        yield "action", action.progress, ""


FINDING: Final = RecordKind(
    name=FINDING_NAME,
    body=Finding,
    status=FindingStatus,
    lifecycle=FINDING_LIFECYCLE,
    room="findings",
    place="discussion",
    label=N_("Finding"),
    one=N_("a finding"),
    plural=N_("Findings"),
    verbs={
        "share": N_("shared it with the group"),
        "unshare": N_("made it a draft again"),
        "offer": N_("recorded that an organisation was offered to reply"),
        "reply": N_("recorded what an organisation replied"),
        "close": N_("closed it"),
        "reopen": N_("opened it again"),
    },
    read_all="group.lead",
    unshared=_unshared,
    followed=Followed(
        inside=True,
        news={
            "share": N_("shared with the group"),
            "revise": N_("a new version of the text"),
            "close": N_("closed"),
            "reopen": N_("open again"),
        },
    ),
    written="lanzarote.improvements.finding_kind:FINDINGS",
)
IMPROVEMENT: Final = RecordKind(
    name=IMPROVEMENT_NAME,
    body=Improvement,
    status=ImprovementStatus,
    lifecycle=IMPROVEMENT_LIFECYCLE,
    room="improvements",
    place="discussion",
    public="improvements",
    label=N_("Improvement"),
    one=N_("an improvement"),
    plural=N_("Improvements"),
    verbs={
        "discuss": N_("put it up for discussion"),
        "comment": N_("said something about it"),
        "comment-edit": N_("changed what they had said about it"),
        "comment-delete": N_("deleted what they had said about it"),
        "comment-hide": N_("hid a comment on it"),
        "comment-show": N_("showed a comment on it again"),
        "amend": N_("proposed an amendment of it"),
        "amend-accept": N_("accepted an amendment of it"),
        "amend-refuse": N_("refused an amendment of it"),
        "amend-withdraw": N_("withdrew an amendment of it"),
        "call": N_("asked for positions on it"),
        "recall": N_("stopped asking for positions on it"),
        "extend": N_("left more time for positions on it"),
        "remind": N_("reminded organisations of their position on it"),
        "position": N_("gave a position on it"),
        "record-position": N_("recorded what an organisation said about it"),
        "adopt": N_("recorded that the group adopted it"),
        "reject": N_("recorded that the group did not adopt it"),
        "postpone": N_("recorded that the decision on it was postponed"),
        "reconsider": N_("had it discussed again"),
        "drop": N_("abandoned it"),
        "forward": N_("noted where it was forwarded, and what became of it there"),
        "action": N_("planned an action that follows from it"),
        "action-change": N_("planned one of its actions otherwise"),
        "action-progress": N_("said how far one of its actions is"),
        "complete": N_("said that it is completed"),
        "resume": N_("reopened it"),
    },
    beside=(
        Beside(
            table=positions_model.Call,
            row=positions_model.CallRow,
            reads={"asked": tuple[str, ...], "reminders": tuple[positions_model.Reminder, ...]},
        ),
        Beside(table=positions_model.Position, row=positions_model.PositionRow, texts=("reason", "source")),
        Beside(
            table=positions_model.ImprovementDecision,
            row=BodyRow,
            texts=("body",),
            reads={"body": positions_model.Decided},
        ),
        Beside(table=positions_model.Forwarding, row=BodyRow, texts=("body",), reads={"body": Forwarded}),
        Beside(
            table=model.Comment,
            row=model.CommentRow,
            texts=("text", "hidden_reason", "reasons"),
            markdown=("text",),
        ),
        Beside(
            table=model.Amendment,
            row=model.AmendmentRow,
            texts=("text", "why", "settled_reason", "reasons"),
        ),
        Beside(table=model.Action, row=model.ActionRow, texts=("what",)),
        Beside(table=model.ActionStep, row=model.ActionStepRow, texts=("note",)),
    ),
    fits=_decided,
    checked="check_improvement",
    followed=Followed(
        inside=True,
        news={
            "revise": N_("a new version of the text"),
            "discuss": N_("under discussion"),
            "comment": N_("a new comment"),
            "amend": N_("an amendment is proposed"),
            "amend-accept": N_("an amendment is accepted"),
            "amend-refuse": N_("an amendment is refused"),
            "call": N_("positions are asked for"),
            "recall": N_("open for changes again"),
            "adopt": N_("adopted"),
            "reject": N_("not adopted"),
            "postpone": N_("postponed"),
            "reconsider": N_("reopened"),
            "drop": N_("no longer pursued"),
            "action": N_("an action is planned"),
            "action-change": N_("an action is planned otherwise"),
            "action-progress": N_("news of an action"),
            "complete": N_("completed"),
            "resume": N_("reopened"),
            "publish": N_("published, or a new version of it"),
            "withdraw": N_("withdrawn"),
            "erase": N_("erased"),
        },
    ),
    released=Released(
        make=documents.released,
        document=documents.ImprovementDocument,
        content="improvement",
        counts=_counts,
        measure="improvement",
        plural=N_("Improvements that the group decided on"),
        by_sector=True,
        fields={
            "abstentions": N_("Abstentions"),
            "actions": N_("Actions"),
            "choice": N_("Position"),
            "code": N_("Reference"),
            "count": N_("Number"),
            "dissent": N_("Who did not agree"),
            "forwarded": N_("Forwarded to"),
            "improvement": N_("Improvement"),
            "met": N_("Met"),
            "named": N_("Named"),
            "names_withheld": N_("Names that are held back"),
            "needed": N_("Needed"),
            "not_asked": N_("Not asked"),
            "of": N_("Out of"),
            "progress": N_("Progress"),
            "result": N_("Result"),
            "rule": N_("Rule"),
            "stakeholder": N_("Organisation"),
            "taking_part": N_("Organisations that took part"),
            "to": N_("To"),
            "unconfirmed": N_("Not confirmed"),
            "verdict": N_("Verdict"),
            "votes_against": N_("Votes against"),
            "votes_for": N_("Votes for"),
            "what": N_("What"),
        },
    ),
    written="lanzarote.improvements.improvement_kind:IMPROVEMENTS",
)
