"""All tables in one place, for migrations and backups: importing this module registers every one of them."""

from lanzarote.accounts.model import (
    Account,
    ApiToken,
    Attempts,
    Granted,
    Link,
    Passkey,
    RecoveryCode,
    SignedIn,
)
from lanzarote.answered import Answered
from lanzarote.changes import Audit, Change, ChangeBody, Served
from lanzarote.database import Base
from lanzarote.jobs import Job
from lanzarote.practices.model import Published
from lanzarote.practices.review_model import Assessment, Decision, Round
from lanzarote.practices.work import Unsaved, Work
from lanzarote.records import FormerSlug, Involved, Named, Record, Version
from lanzarote.regions.seeds import Seed
from lanzarote.regions.vocabulary import TeamNote, Term
from lanzarote.switches import SwitchedOn
from lanzarote.tasks import Task

DERIVED = (Published,)
"""Tables that are made anew from the others."""
FLEETING = (SignedIn, Link, Attempts, Answered)
"""Tables that no backup holds: who is signed in, links that were mailed, guesses, answers to be repeated for a day.

None of them should come back.
"""

__all__ = [
    "DERIVED",
    "FLEETING",
    "Account",
    "Answered",
    "ApiToken",
    "Assessment",
    "Attempts",
    "Audit",
    "Base",
    "Change",
    "ChangeBody",
    "Decision",
    "FormerSlug",
    "Granted",
    "Involved",
    "Job",
    "Link",
    "Named",
    "Passkey",
    "Published",
    "Record",
    "RecoveryCode",
    "Round",
    "Seed",
    "Served",
    "SignedIn",
    "SwitchedOn",
    "Task",
    "TeamNote",
    "Term",
    "Unsaved",
    "Version",
    "Work",
]
