"""All tables in one place, for migrations and backups: importing this module registers every one of them."""

from importlib import import_module

from lanzarote.accounts.answer_links import AnswerLink
from lanzarote.accounts.model import Attempts, Link, ProviderStep, SignedIn
from lanzarote.downloads.model import Download
from lanzarote.findable.entries import Item
from lanzarote.office.model import Summary, TallyMask, TallyNumber, Total
from lanzarote.practices.model import Published
from lanzarote.records.idempotency import Answered
from lanzarote.store.database import Base

__all__ = ["DERIVED", "FLEETING", "Base"]

DERIVED = (Item, Published, Summary, TallyMask, TallyNumber, Total)
"""Tables that are made anew from the others."""
FLEETING = (SignedIn, Link, ProviderStep, AnswerLink, Attempts, Answered, Download)
"""Tables that no backup holds: who is signed in or about to be, links that were mailed, guesses, answers to be
repeated for a day, files that are kept for a day.

None of them should come back.
"""
for _module in (
    *("directory.model", "evaluation.model", "following.service", "improvements.model", "improvements.positions_model"),
    *("meetings.model", "practices.review_model", "procedures.model", "records.changelog", "records.drafts"),
    *("records.outbox", "records.records", "records.save_checks", "records.tables", "records.tasks"),
    *("regions.seeds", "regions.vocabulary", "results.model"),
):
    import_module(f"lanzarote.{_module}")
