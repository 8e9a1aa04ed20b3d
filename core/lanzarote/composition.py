"""Who is told of every write, and what of each kind of record leaves its region: the rooms, wired in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.accounts import mails
from lanzarote.accounts.service import follow as end_speaking
from lanzarote.compendium import making as compendium
from lanzarote.downloads import lists
from lanzarote.downloads import service as downloads
from lanzarote.evaluation import documents as evaluation_documents
from lanzarote.evaluation.model import EVALUATION, INDICATOR
from lanzarote.evaluation.service import follow as forget_figures
from lanzarote.findable import following as findable
from lanzarote.following import service as following
from lanzarote.improvements import calling, positions_model, talk
from lanzarote.improvements import documents as improvement_documents
from lanzarote.improvements import events as decisions
from lanzarote.improvements import naming as findings
from lanzarote.improvements.model import IMPROVEMENT
from lanzarote.meetings import inviting
from lanzarote.meetings.service import follow as forget_beside_meetings
from lanzarote.office import opening
from lanzarote.practices import documents as practice_documents
from lanzarote.practices import events, holder_model, holders, naming, projection, review_model
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.procedures import documents as procedure_documents
from lanzarote.procedures import service as procedures
from lanzarote.procedures.model import KIND as PROCEDURE
from lanzarote.records import outbox
from lanzarote.regions import seeds
from lanzarote.stakeholders import documents as stakeholder_documents
from lanzarote.stakeholders import taking_part
from lanzarote.stakeholders.model import KIND as STAKEHOLDER
from lanzarote.stakeholders.service import follow as forget_beside
from lanzarote.transfers import documents as transfer_documents
from lanzarote.transfers import elsewhere
from lanzarote.transfers import forgetting as forgetting_origins
from lanzarote.transfers import service as transfers
from lanzarote.transfers.model import TRANSFER
from lanzarote.web import idempotency

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.records.changelog import Releasing

LISTENERS: Final = (
    projection.follow,
    findable.follow,
    naming.follow,
    stakeholder_documents.follow,
    practice_documents.follow,  # asks who names whom, and tells it after who answers to which name
    seeds.follow,
    review_model.follow,
    holder_model.follow,
    findings.follow,
    forget_beside,
    end_speaking,
    forget_figures,
    forget_beside_meetings,
    procedures.follow,
    transfers.follow,
    forgetting_origins.follow,
    positions_model.follow,
    talk.follow,
    opening.follow,
    following.listen,
    idempotency.follow,
    downloads.follow,
    outbox.follow,
)
"""What goes with every write, in its own transaction."""
RELEASES: Final[Mapping[str, Releasing]] = {
    PRACTICE: practice_documents.released,
    STAKEHOLDER: stakeholder_documents.released,
    INDICATOR: evaluation_documents.released_indicators,
    IMPROVEMENT: improvement_documents.released,
    PROCEDURE: procedure_documents.released,
    EVALUATION: evaluation_documents.released,
    TRANSFER: transfer_documents.released,
}
"""Kind of record → what of it leaves the region."""
LETTERS: Final = {
    taking_part.TOPIC: taking_part.letter,
    calling.TOPIC: calling.letter,
    elsewhere.TOPIC: elsewhere.letter,
    holders.TOPIC: holders.letter,
}
"""What is written to services of bodies."""
MAILS: Final = (mails.TOPICS, inviting.TOPIC, *LETTERS)
"""How the topics of jobs begin that each send one e-mail."""
MAIL_TOPICS: Final = (*MAILS, following.TOPIC)
"""How the topics of all jobs begin that send e-mails."""
LOG_LISTENERS: Final = (transfers.hear, forgetting_origins.hear, downloads.hear, findable.hear)
"""What goes with every entry of a change log, written or received, in its own transaction."""
TELLERS: Final = {**events.TELLERS, **decisions.TELLERS}
"""Hook → what packages are told through it."""
MAKERS: Final = {compendium.KIND: compendium.make, lists.KIND: lists.make}
"""Kind of file that is made in the background → what makes it."""
