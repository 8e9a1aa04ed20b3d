"""The team's decision on an assessed practice: recorded beside what the grid gave, not calculated from it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, Literal, get_args
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from sqlalchemy import func, select

from lanzarote.accounts import mails
from lanzarote.errors import Conflict
from lanzarote.practices import assessing, holders, writing
from lanzarote.practices.assessing import LONGEST_REASON, NOT_IN_SCALE, STRENGTH, VOUCHING
from lanzarote.practices.model import Label, PracticeStatus, Witness
from lanzarote.practices.review_model import Decision
from lanzarote.records import records
from lanzarote.records.days import why_no_date
from lanzarote.records.drafts import explain, hold, told_of
from lanzarote.records.records import decode, encode
from lanzarote.records.validation import (
    MISSING,
    NO_DAY,
    NOTHING_SAID,
    Fault,
    Faulty,
    unfit_reason,
    unfit_text,
    why_it_stays,
)
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.practices.assessing import Progress
    from lanzarote.records.drafts import Reason
    from lanzarote.records.permissions import Actor
    from lanzarote.records.records import Record
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import Text

Outcome = Literal["assessed", "unassessed", "return"]
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)

DECIDED: Final = N_("Somebody else has decided this meanwhile; nothing of yours was kept. See what was decided.")
NOT_ALL_IN: Final = N_("It is published as assessed only when as many as it takes have answered and nobody is missing.")
NOT_MET: Final = N_("A reviewer found that a condition is not met: it cannot be published as assessed.")
TOO_EARLY: Final = N_("The reviewers were asked on %(value)s: the team cannot have met on it before.")
DECIDED_YOURSELF: Final = N_(
    "You have decided this in another window already; nothing of this form was saved. See what was decided."
)
NOT_CONFIRMED_BY_HOLDER: Final = N_(
    "No organisation that runs the practice has confirmed this text. Ask it first, or choose another answer."
)
NO_EVIDENCE: Final = N_(
    "The text of the practice gives no evidence: this says more than it shows. Return it for evidence, or choose less."
)
HIGHER: Final = N_("No reviewer proposed as much. If the team decided so, say that it did; the reason says why.")
FROM_STUDIES: Final = ("promising", "effective")
"""What is said of the evidence only where the text has some."""
WITNESSES: Final[Mapping[str, tuple[str, ...]]] = {"observed": ("name", "on"), "evaluated": ("name", "where")}
"""Who vouches → what is said of the witness."""
LONGEST_WITNESS: Final = 500
IN_FUTURE: Final = N_("This day has not come yet.")


class Decided(Struct, frozen=True, kw_only=True):
    """What the team decided, past the guard."""

    outcome: Outcome
    reason: Text
    day: date | None
    """When it met."""
    day_text: str = ""
    """The day as it was typed, if that is none."""
    vouching: str = ""
    strength: str = ""
    witness: Witness | None = None
    """The peer who saw it, or the study, for those who are said to vouch so; ``checked`` leaves out the rest."""
    witness_day_text: str = ""
    """The day on which the peer saw it as it was typed, if that is none."""
    confirmed: bool = False
    """For what is published without an assessment: nobody is recognisable, no case is pending."""
    explained: tuple[Reason, ...] = ()
    """Why things stay in the reason that the guard asks about; ``checked`` fills it in."""


def checked(
    decided: Decided,
    vocabulary: Vocabulary,
    *,
    today: date,
    by: str,
    why: Mapping[tuple[str, str], str] = NOTHING_SAID,
) -> Decided:
    """Let it pass the guard, and look for what is missing. Raises Identifying, Faulty.

    *why*, by (field, code), is what *by* says of what the guard asks about.
    """
    reason = {lang: text.strip() for lang, text in decided.reason.items() if text.strip()}
    texts = {f"reason.{lang}": text for lang, text in reason.items()}
    witness = _witness(decided)
    if witness:
        texts |= {"witness.name": witness.name, "witness.where": witness.where}
    explained = why_it_stays(texts, identifiers=vocabulary.header.personal_identifiers, by=by, why=why)
    decided = msgspec.structs.replace(decided, reason=reason, witness=witness, explained=explained)
    if faults := list(_faults(decided, vocabulary, today)):
        raise Faulty(faults)
    return decided


def decide(
    session: Session,
    record: Record,
    decided: Decided,
    *,
    round: int,
    expected: int,
    zone: ZoneInfo,
    by: Actor,
    at: datetime,
) -> None:
    """Record what the team decided on the assessment *round*, and carry it out; *zone* is the region's.

    Raises Faulty, NotPermitted, Conflict when somebody else was faster.
    """
    hold(session, record, "practice.decide", by, expected)
    assessing.require_own(session, record, by)
    progress = assessing.progress(session, record, by=by)
    if progress is None or not progress.running or progress.round != round:
        last = next(iter(decisions(session, record)), None)
        raise Conflict(DECIDED_YOURSELF if last and last.by == by.account_id else DECIDED)
    assert decided.day is not None, "``checked`` asks for it"
    earliest = progress.asked_at.astimezone(zone).date()
    if decided.day < earliest:
        raise Faulty([Fault(field="day", text=TOO_EARLY, value=earliest)])
    assessed = decided.outcome == "assessed"
    before = decode(record.status, PracticeStatus)
    if assessed and decided.vouching == "declared" and holders.status_for(session, record, before).agreement != "given":
        raise Faulty([Fault(field="vouching", text=NOT_CONFIRMED_BY_HOLDER)])
    if assessed and decided.strength in FROM_STUDIES and not writing.sheet_of(session, record).evidence:
        raise Faulty([Fault(field="strength", text=NO_EVIDENCE)])
    if assessed and not progress.complete:
        raise Faulty([Fault(field="outcome", text=NOT_MET if progress.unmet else NOT_ALL_IN)])
    reviewers = sum(bool(seat.given) for seat in progress.seats)
    label = Label(
        grid=progress.grid.version,
        common=progress.grid.common,
        reviewers=reviewers,
        reason=decided.reason,
        witness=decided.witness,
    )
    decision = Decision(
        region_id=record.region_id,
        record_id=record.id,
        number=_next(session, record),
        version=record.version,
        round=round,
        outcome=decided.outcome,
        reason=encode(decided.reason),
        vouching=decided.vouching if assessed else "",
        strength=decided.strength if assessed else "",
        day=decided.day.isoformat(),
        by=by.account_id,
        at=at,
        label=encode(label),
    )
    session.add(decision)
    assessing.forget_drafts(session, record)
    session.flush()
    submitter = told_of(session, record).submitted_by
    mails.notify(session, [submitter], "decided", record.region_id, record.id, by=by.account_id)
    records.tell(session, record, "decide", by=by.account_id, at=at)
    explain(session, record, told_of(session, record), "decided", decided.explained)
    if decided.outcome == "return":
        writing.give_back(session, record, next(iter(decided.reason.values())), by=by, at=at)
    elif decided.outcome == "unassessed":
        writing.let_read(session, record, confirmed=decided.confirmed, by=by, at=at)
    else:
        writing.publish_as(session, record, decision.status(before), by=by, at=at)


def decisions(session: Session, record: Record) -> Sequence[Decision]:
    """Everything that was decided on *record*, the newest first."""
    own = (Decision.region_id == record.region_id) & (Decision.record_id == record.id)
    return session.scalars(select(Decision).where(own).order_by(Decision.number.desc())).all()


def is_higher(decided: Decided, progress: Progress | None) -> bool:
    """Whether it says more than every reviewer proposed, of who vouches or of the evidence."""
    answers = [seat.answers for seat in progress.seats if seat.answers] if progress else []
    if decided.outcome != "assessed" or not answers:
        return False
    return any(
        getattr(decided, axis) in scale and scale.index(getattr(decided, axis)) > max(map(scale.index, proposed))
        for axis, scale in (("vouching", VOUCHING), ("strength", STRENGTH))
        if (proposed := [one for said in answers if (one := getattr(said, axis).value) in scale])
    )


def _witness(decided: Decided) -> Witness | None:
    """What *decided* says of the witness, as far as it belongs to who is said to vouch."""
    said, asked = decided.witness, WITNESSES.get(decided.vouching, ())
    if decided.outcome != "assessed" or not asked:
        return None
    if said is None:
        return Witness(name="")
    return Witness(
        name=said.name.strip(),
        on=said.on if "on" in asked else None,
        where=said.where.strip() if "where" in asked else "",
    )


def _unwitnessed(decided: Decided, witness: Witness, today: date) -> Iterator[Fault]:
    """What is missing or wrong in what is said of the witness."""
    for name in WITNESSES[decided.vouching]:
        value, field = getattr(witness, name), f"witness.{name}"
        if name == "on" and decided.witness_day_text:
            yield Fault(field=field, text=why_no_date(decided.witness_day_text, NO_DAY))
        elif not value:
            yield Fault(field=field, text=MISSING)
        elif isinstance(value, str):
            if fault := unfit_text(field, value, LONGEST_WITNESS):
                yield fault
        elif value > today:
            yield Fault(field=field, text=IN_FUTURE)


def _faults(decided: Decided, vocabulary: Vocabulary, today: date) -> Iterator[Fault]:
    if decided.outcome not in OUTCOMES:
        yield Fault(field="outcome", text=NOT_IN_SCALE)
    if not decided.reason:
        yield Fault(field="reason", text=MISSING)
    for lang, text in decided.reason.items():
        if fault := unfit_reason(f"reason.{lang}", text, LONGEST_REASON):
            yield fault
    if decided.day is None:
        yield Fault(field="day", text=why_no_date(decided.day_text, NO_DAY) if decided.day_text else MISSING)
    elif decided.day > today:
        yield Fault(field="day", text=IN_FUTURE)
    if decided.outcome == "assessed":
        for name, value, scale in (
            ("vouching", decided.vouching, VOUCHING),
            ("strength", decided.strength, STRENGTH),
        ):
            if value not in scale:
                yield Fault(field=name, text=NOT_IN_SCALE if value else MISSING)
    if decided.witness:
        yield from _unwitnessed(decided, decided.witness, today)


def _next(session: Session, record: Record) -> int:
    own = (Decision.region_id == record.region_id) & (Decision.record_id == record.id)
    return (session.scalar(select(func.max(Decision.number)).where(own)) or 0) + 1
