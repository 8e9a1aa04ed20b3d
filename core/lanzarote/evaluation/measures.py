"""What the platform counts in its own records: a small registry of measures, each with how it is counted.

A measure is added here when what it counts is recorded: give it a key that is never reused.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import func, literal, select

from lanzarote.directory.service import directory
from lanzarote.improvements.model import ENDED, IMPROVEMENT, Action
from lanzarote.practices.model import Published
from lanzarote.procedures import service as procedures
from lanzarote.procedures.model import IN_FORCE
from lanzarote.records.records import Record
from lanzarote.regions import vocabulary
from lanzarote.runtime.reading import LateDecoder
from lanzarote.translation import N_
from lanzarote.types.evaluation import Counts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

Counted = Callable[["Session", date], "float | None"]
"""What there is on a day; None: nothing that could be counted."""


class Measure(Struct, frozen=True, kw_only=True):
    """One thing that is counted, now; the session is of one region."""

    title: str
    unit: str
    how: str
    """How it is counted, for everybody."""
    counts: Counts
    count: Counted


class _State(Struct):
    state: str = ""


_state = LateDecoder(_State)


def _published_practices(session: Session, today: date) -> int:
    return session.scalar(select(func.count()).select_from(Published)) or 0


def _practices_of_both_sides(session: Session, today: date) -> int:
    facets = literal(" ").concat(Published.facets).concat(" ")  # words between blanks
    return session.scalar(select(func.count()).select_from(Published).where(facets.contains(" side:both "))) or 0


def _organisations_taking_part(session: Session, today: date) -> int:
    return sum(one.status.relation == "taking-part" for one in directory(session))


def _sectors_taking_part(session: Session, today: date) -> int:
    renamed = vocabulary.renamed(session, "sector")
    taking = [one.organisation.sectors for one in directory(session) if one.status.relation == "taking-part"]
    return len({renamed.get(sector, sector) for sectors in taking for sector in sectors})


def _decided_improvements(session: Session, today: date) -> int:
    statuses = session.scalars(select(Record.status).where(Record.kind == IMPROVEMENT, Record.state != "erased"))
    return sum(_state.decode(status).state in ("adopted", "completed") for status in statuses)


def _share_done(session: Session, today: date) -> float | None:
    some = select(Action.progress, func.count()).where(Action.progress != "given-up").group_by(Action.progress)
    counts = dict(session.execute(some).all())
    planned = sum(counts.values())
    return round(100 * counts.get("done", 0) / planned, 1) if planned else None


def _overdue(session: Session, today: date) -> int:
    late = select(func.count()).select_from(Action)
    return session.scalar(late.where(Action.progress.not_in(ENDED), Action.due_on < today.isoformat())) or 0


def _endorsed_procedures(session: Session, today: date) -> int:
    return sum(one.status.state in IN_FORCE for one in procedures.published(session))


def _applied_procedures(session: Session, today: date) -> int:
    return sum(one.status.state == "applied" for one in procedures.published(session))


MEASURES: Final[Mapping[str, Measure]] = {
    "published-practices": Measure(
        title=N_("Published practices"),
        unit=N_("practices"),
        how=N_("Practices that the public reads on the day of counting."),
        counts="practices",
        count=_published_practices,
    ),
    "practices-of-both-sides": Measure(
        title=N_("Published practices of both sides"),
        unit=N_("practices"),
        how=N_(
            "Practices that the public reads on the day of counting, and that have at least one public partner and one "
            "of civil society."
        ),
        counts="practices",
        count=_practices_of_both_sides,
    ),
    "organisations-taking-part": Measure(
        title=N_("Organisations taking part"),
        unit=N_("organisations"),
        how=N_(
            "Entries of the public directory that take part in the group on the day of counting, each with the letter "
            "or decision that says so."
        ),
        counts="organisations",
        count=_organisations_taking_part,
    ),
    "sectors-taking-part": Measure(
        title=N_("Sectors taking part"),
        unit=N_("sectors"),
        how=N_("Sectors of the region in which at least one organisation takes part on the day of counting."),
        counts="other",
        count=_sectors_taking_part,
    ),
    "decided-improvements": Measure(
        title=N_("Improvements that the group adopted"),
        unit=N_("improvements"),
        how=N_("Improvements that are adopted on the day of counting, carried out or not yet."),
        counts="other",
        count=_decided_improvements,
    ),
    "share-of-actions-done": Measure(
        title=N_("Share of actions that are done"),
        unit=N_("per cent"),
        how=N_(
            "Of all actions that follow from improvements and were not given up, how many in a hundred are done on the "
            "day of counting."
        ),
        counts="other",
        count=_share_done,
    ),
    "overdue-actions": Measure(
        title=N_("Actions that are overdue"),
        unit=N_("actions"),
        how=N_(
            "Actions that follow from improvements, are neither done nor given up, and whose day has passed on the day "
            "of counting."
        ),
        counts="other",
        count=_overdue,
    ),
    "endorsed-procedures": Measure(
        title=N_("Endorsed procedures"),
        unit=N_("procedures"),
        how=N_(
            "Co-operation procedures whose text every party body has endorsed, in its form on the day of counting; "
            "those reconstructed from sources do not count."
        ),
        counts="other",
        count=_endorsed_procedures,
    ),
    "applied-procedures": Measure(
        title=N_("Procedures that are applied"),
        unit=N_("procedures"),
        how=N_("Co-operation procedures that every party body declares, on the day of counting, that it applies."),
        counts="other",
        count=_applied_procedures,
    ),
}
