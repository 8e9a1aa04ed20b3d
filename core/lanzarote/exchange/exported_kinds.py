"""What travels in a region's file: the kinds of records, and the rows beside each that go with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.directory.model import Invitation, StakeholderStatus
from lanzarote.evaluation.model import (
    EVALUATION,
    INDICATOR,
    EvaluationStatus,
    IndicatorStatus,
    IndicatorValue,
    Judgement,
    JudgementRow,
    ValueRow,
)
from lanzarote.improvements import positions_model as positions
from lanzarote.improvements.model import FINDING, IMPROVEMENT, FindingStatus, ImprovementStatus
from lanzarote.improvements.talk_model import (
    Action,
    ActionRow,
    ActionStep,
    ActionStepRow,
    Amendment,
    AmendmentRow,
    Comment,
    CommentRow,
)
from lanzarote.meetings.model import KIND as MEETING
from lanzarote.meetings.model import MeetingInvitation, MeetingInvitationRow, MeetingStatus
from lanzarote.practices.holder_model import HolderWord, HolderWordRow
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.practices.model import PracticeStatus
from lanzarote.procedures.model import KIND as PROCEDURE
from lanzarote.procedures.model import Endorsement, EndorsementRow, ProcedureStatus
from lanzarote.regions.group import KIND as MANDATE
from lanzarote.regions.group import MandateStatus
from lanzarote.transfers.model import TRANSFER, Elsewhere, ElsewhereRow, TransferStatus
from lanzarote.types import (
    Evaluation,
    Finding,
    Improvement,
    Indicator,
    Mandate,
    Meeting,
    Organisation,
    Practice,
    Procedure,
    Transfer,
)

if TYPE_CHECKING:
    from lanzarote.store.database import Regional

BODIES: dict[str, tuple[type[Any], type[Any]]] = {
    PRACTICE: (Practice, PracticeStatus),
    STAKEHOLDER: (Organisation, StakeholderStatus),
    INDICATOR: (Indicator, IndicatorStatus),
    EVALUATION: (Evaluation, EvaluationStatus),
    MEETING: (Meeting, MeetingStatus),
    MANDATE: (Mandate, MandateStatus),
    PROCEDURE: (Procedure, ProcedureStatus),
    FINDING: (Finding, FindingStatus),
    IMPROVEMENT: (Improvement, ImprovementStatus),
    TRANSFER: (Transfer, TransferStatus),
}
"""Kinds of records, with what their bodies and their status are read as."""


class Beside(Struct, frozen=True, kw_only=True):
    """Rows that belong to a record and go with it in its line, under the name of their table."""

    table: type[Regional]
    """Keyed by region, ``record_id`` and more."""
    row: type[Struct]
    """Its other columns, in the order by which rows are told apart; a column of JSON is ``Raw``."""
    texts: tuple[str, ...] = ()
    """Columns that hold what a person wrote: the guard looks at them."""
    markdown: tuple[str, ...] = ()
    """Those that are shown as Markdown: it looks at what readers see of them, too."""
    reads: dict[str, Any] = {}
    """Columns of JSON → what they are read as, where not anything will do."""

    @property
    def name(self) -> str:
        return str(self.table.__tablename__)  # type: ignore[attr-defined]


BESIDE: dict[str, tuple[Beside, ...]] = {
    PRACTICE: (
        Beside(table=Elsewhere, row=ElsewhereRow, texts=("place", "organisation", "what", "source")),
        Beside(table=HolderWord, row=HolderWordRow, texts=("remark", "document")),
    ),
    INDICATOR: (Beside(table=IndicatorValue, row=ValueRow, texts=("source", "note")),),
    EVALUATION: (Beside(table=Judgement, row=JudgementRow, texts=("reason", "source")),),
    MEETING: (Beside(table=MeetingInvitation, row=MeetingInvitationRow, texts=("who",)),),
    PROCEDURE: (Beside(table=Endorsement, row=EndorsementRow, texts=("source",)),),
    STAKEHOLDER: (Beside(table=Invitation, row=positions.InvitationRow),),
    IMPROVEMENT: (
        Beside(
            table=positions.Call,
            row=positions.CallRow,
            reads={"asked": tuple[str, ...], "reminders": tuple[positions.Reminder, ...]},
        ),
        Beside(table=positions.Position, row=positions.PositionRow, texts=("reason", "source")),
        Beside(
            table=positions.ImprovementDecision,
            row=positions.BodyRow,
            texts=("body",),
            reads={"body": positions.Decided},
        ),
        Beside(table=positions.Forwarding, row=positions.BodyRow, texts=("body",), reads={"body": positions.Forwarded}),
        Beside(table=Comment, row=CommentRow, texts=("text", "hidden_reason", "reasons"), markdown=("text",)),
        Beside(table=Amendment, row=AmendmentRow, texts=("text", "why", "settled_reason", "reasons")),
        Beside(table=Action, row=ActionRow, texts=("what",)),
        Beside(table=ActionStep, row=ActionStepRow, texts=("note",)),
    ),
}
"""Kinds of records with rows beside them."""
