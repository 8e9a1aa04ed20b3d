"""All tables in one place, for migrations and backups: importing this module registers every one of them."""

from lanzarote.accounts.answer_links import AnswerLink
from lanzarote.accounts.model import (
    Account,
    ApiToken,
    Attempts,
    Granted,
    GroupRole,
    Link,
    Passkey,
    ProviderIdentity,
    ProviderStep,
    RecoveryCode,
    SignedIn,
)
from lanzarote.directory.model import Invitation
from lanzarote.downloads.model import Download
from lanzarote.evaluation.model import IndicatorValue, Judgement
from lanzarote.findable.entries import Item
from lanzarote.following.service import Follow, Follower
from lanzarote.improvements.model import Action, ActionStep, Amendment, Comment
from lanzarote.improvements.positions_model import Call, Forwarding, ImprovementDecision, Position
from lanzarote.meetings.model import CalendarAddress, MeetingInvitation
from lanzarote.office.model import OfficeRelease, Opening, Summary, TallyMask, TallyNumber, Total
from lanzarote.practices.model import Published
from lanzarote.practices.review_model import Assessment, Decision, HolderWord, Round
from lanzarote.procedures.model import Endorsement
from lanzarote.records.changelog import Audit, Change, ChangeBody, Served
from lanzarote.records.drafts import Unsaved, Work
from lanzarote.records.idempotency import Answered
from lanzarote.records.outbox import Job
from lanzarote.records.records import FormerSlug, Involved, Named, Record, Version
from lanzarote.records.save_checks import SwitchedOn
from lanzarote.records.tables import Forgotten, Unsent
from lanzarote.records.tasks import Task
from lanzarote.regions.seeds import Seed
from lanzarote.regions.vocabulary import TeamNote, Term
from lanzarote.results.model import Destination, HeldBatch, SigningKey, Source, SourceKey
from lanzarote.store.database import Base

DERIVED = (Item, Published, Summary, TallyMask, TallyNumber, Total)
"""Tables that are made anew from the others."""
FLEETING = (SignedIn, Link, ProviderStep, AnswerLink, Attempts, Answered, Download)
"""Tables that no backup holds: who is signed in or about to be, links that were mailed, guesses, answers to be
repeated for a day, files that are kept for a day.

None of them should come back.
"""

__all__ = [
    "DERIVED",
    "FLEETING",
    "Account",
    "Action",
    "ActionStep",
    "Amendment",
    "AnswerLink",
    "Answered",
    "ApiToken",
    "Assessment",
    "Attempts",
    "Audit",
    "Base",
    "CalendarAddress",
    "Call",
    "Change",
    "ChangeBody",
    "Comment",
    "Decision",
    "Destination",
    "Download",
    "Endorsement",
    "Follow",
    "Follower",
    "Forgotten",
    "FormerSlug",
    "Forwarding",
    "Granted",
    "GroupRole",
    "HeldBatch",
    "HolderWord",
    "ImprovementDecision",
    "IndicatorValue",
    "Invitation",
    "Involved",
    "Item",
    "Job",
    "Judgement",
    "Link",
    "MeetingInvitation",
    "Named",
    "OfficeRelease",
    "Opening",
    "Passkey",
    "Position",
    "ProviderIdentity",
    "ProviderStep",
    "Published",
    "Record",
    "RecoveryCode",
    "Round",
    "Seed",
    "Served",
    "SignedIn",
    "SigningKey",
    "Source",
    "SourceKey",
    "Summary",
    "SwitchedOn",
    "TallyMask",
    "TallyNumber",
    "Task",
    "TeamNote",
    "Term",
    "Total",
    "Unsaved",
    "Unsent",
    "Version",
    "Work",
]
