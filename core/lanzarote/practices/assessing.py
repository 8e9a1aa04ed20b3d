"""An assessment: reviewers are asked about one version and answer the grid, none seeing what the others answer.

What a reviewer answers is shown to nobody else until all who were asked have given theirs, and to none of them before
they have given their own. A condition that is not met ends it: the team is told, the others who were asked are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from sqlalchemy import delete, func, select

from lanzarote import guard
from lanzarote.accounts import mails
from lanzarote.accounts.model import Account, Granted
from lanzarote.errors import Conflict, NotFound, NotPermitted
from lanzarote.practices.review_model import Answer, Answers, Assessment, Round
from lanzarote.records import locking, records
from lanzarote.records.drafts import hold, move, take_part
from lanzarote.records.permissions import RULES, Actor, Grant, bars, may_somewhere, require, subject_of
from lanzarote.records.records import Involved, Record, encode
from lanzarote.records.validation import (
    LONGEST_ANYWHERE,
    MISSING,
    UNSHOWABLE,
    Fault,
    Faulty,
    Identifying,
    is_unshowable,
    refuse_long,
)
from lanzarote.regions.group import MET, Grid
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Bar
    from lanzarote.regions.vocabulary import Vocabulary

LONGEST_REASON: Final = 4_000
VOUCHING: Final = ("public-sources", "declared", "observed", "evaluated")
STRENGTH: Final = ("pioneering", "prudent", "promising", "effective")
CONFIRMED: Final = ("nobody", "no_case")

NOBODY_CHOSEN: Final = N_("Choose who is asked.")
CANNOT_BE_ASKED: Final = N_("Somebody you chose cannot be asked; the list says why.")
OPEN_ALREADY: Final = N_("The answers are open to the team already: nobody could still answer without knowing them.")
YOURS_FIRST: Final = N_("Submit your own assessment first: the others’ answers are hidden until then.")
NOT_ASKED: Final = N_("Nothing is asked of you here, or no longer.")
GIVEN: Final = N_("Your assessment is submitted; it can no longer change.")
TOO_LONG: Final = N_("This is longer than we can take; shorten it.")
NOT_IN_SCALE: Final = N_("This is none of the answers.")
WHY_NOT: Final[Mapping[Bar, str]] = {
    "author": N_("wrote in it"),
    "submitter": N_("submitted it"),
    "named": N_("works for an organisation that it names"),
}


class Candidate(Struct, frozen=True, kw_only=True):
    """Somebody who assesses in the region."""

    account_id: str
    name: str
    why_not: tuple[Bar, ...] = ()
    """Why this person cannot be asked; empty: they can."""
    asked: bool = False


class Seat(Struct, frozen=True, kw_only=True):
    """One of those who were asked, as far as the one who looks may know."""

    account_id: str
    given: bool | None
    """None: the reader may not know."""
    answers: Answers | None = None


class Progress(Struct, frozen=True, kw_only=True):
    """How far an assessment is, as far as the one who looks may know."""

    round: int
    version: int
    grid: Grid
    asked_at: datetime
    seats: tuple[Seat, ...]
    running: bool
    open: bool
    """The answers may be read."""
    complete: bool
    """As many as it takes have answered, none is missing, every condition is met."""
    unmet: bool
    """A condition is not met."""


# Asking


def candidates(session: Session, record: Record) -> list[Candidate]:
    """Everyone who assesses in the region of *record*, with why somebody cannot be asked about it."""
    subject = subject_of(session, record)
    roles = tuple(RULES["practice.assess"])
    granted = Granted.region_id == record.region_id
    query = select(Account.id, Account.name, Granted.role, Granted.stakeholder_id)
    query = query.join(Granted, Granted.account_id == Account.id).where(granted, Account.state == "active")
    people: dict[str, tuple[str, list[Grant]]] = {}
    for account_id, name, role, stakeholder_id in session.execute(query):
        grant = Grant(role=role, region_id=record.region_id, stakeholder_id=stakeholder_id)  # type: ignore[arg-type]
        people.setdefault(account_id, (name, []))[1].append(grant)
    asked = _asked_now(session, record)
    return [
        Candidate(
            account_id=account_id,
            name=name,
            why_not=bars(Actor(account_id=account_id, grants=tuple(grants)), "practice.assess", subject),
            asked=account_id in asked,
        )
        for account_id, (name, grants) in people.items()
        if any(grant.role in roles for grant in grants)
    ]


def ask(
    session: Session,
    record: Record,
    grid: Grid,
    chosen: Collection[str],
    *,
    expected: int,
    by: Actor,
    at: datetime,
) -> None:
    """Ask the accounts *chosen* for an assessment of the submitted version, or some more of them while it goes on.

    Raises Faulty, NotPermitted, Conflict, IllegalTransition.
    """
    hold(session, record, "practice.decide", by, expected)
    if not chosen:
        raise _faulty("reviewers", NOBODY_CHOSEN)
    able = {one.account_id for one in candidates(session, record) if not one.why_not and not one.asked}
    if not able.issuperset(chosen):
        raise _faulty("reviewers", CANNOT_BE_ASKED)
    going_on = record.stage == "assessing"
    current = newest(session, record)
    if going_on and current:
        require_own(session, record, by)
        if is_open(current.asks(), _rows(session, current)):
            raise _faulty("reviewers", OPEN_ALREADY)
        records.tell(session, record, "ask", by=by.account_id, at=at)
    else:
        forget_drafts(session, record)
        move(session, record, "assess", by, at)
        current = Round(
            region_id=record.region_id,
            record_id=record.id,
            number=current.number + 1 if current else 1,
            version=record.version,
            grid=encode(grid),
            asked_by=by.account_id,
            asked_at=at,
        )
        session.add(current)
    for account_id in sorted(chosen):
        take_part(session, record, "asked", account_id)
        session.add(
            Assessment(
                region_id=record.region_id,
                record_id=record.id,
                round=current.number,
                account_id=account_id,
                answers=encode(Answers()),
                asked_at=at,
            )
        )
    session.flush()
    mails.notify(session, chosen, "assess", record.region_id, record.id, by=by.account_id)


def release(session: Session, record: Record, account_id: str, *, by: Actor, at: datetime) -> None:
    """Ask the account no longer: the coordinator takes it back, or the reviewer gives it back. What they wrote is gone.

    Raises NotFound, NotPermitted, Conflict.
    """
    locking.hold(session, record)
    session.delete(releasable(session, record, account_id, by=by))
    part = (Involved.region_id == record.region_id) & (Involved.record_id == record.id)
    session.execute(delete(Involved).where(part, Involved.account_id == account_id, Involved.part == "asked"))
    session.flush()
    records.tell(session, record, "release", by=by.account_id, at=at)


def releasable(session: Session, record: Record, account_id: str, *, by: Actor) -> Assessment:
    """What is lost when the account is asked no longer. Raises NotFound, NotPermitted, Conflict."""
    if account_id != by.account_id:
        require(by, "practice.decide", subject_of(session, record))
        require_own(session, record, by)
    row = _row(session, record, account_id)
    if row.given_at:
        raise Conflict(GIVEN)
    return row


# Answering


def checked(answers: Answers, grid: Grid, vocabulary: Vocabulary, *, looked_again: bool) -> Answers:
    """Let *answers* pass the guard; *looked_again*: the reviewer says that what it asked about points to nobody.

    Raises Identifying, Faulty.
    """
    known = {one.key: one for one in grid.criteria}
    answers = msgspec.structs.replace(
        answers,
        criteria={
            key: _stripped(answer) for key in known if (answer := answers.of(key)) and (answer.value or answer.reason)
        },
        vouching=_stripped(answers.vouching),
        strength=_stripped(answers.strength),
    )
    texts = {f"{place}.reason": one.reason for place, one, _ in _all(answers, grid)}
    refuse_identifying(texts, vocabulary, looked_again=looked_again)
    faults = [
        Fault(field=f"{place}.value", text=NOT_IN_SCALE)
        for place, one, scale in _all(answers, grid)
        if one.value and one.value not in scale
    ]
    faults += [Fault(field=place, text=TOO_LONG) for place, text in texts.items() if len(text) > LONGEST_REASON]
    faults += [Fault(field=place, text=UNSHOWABLE) for place, text in texts.items() if is_unshowable(text)]
    if faults:
        raise Faulty(faults)
    return answers


def refuse_identifying(texts: Mapping[str, str], vocabulary: Vocabulary, *, looked_again: bool) -> None:
    """Raise Identifying when *texts*, by field, may tell who somebody is; nothing of them has been kept."""
    refuse_long(texts.items(), LONGEST_ANYWHERE)
    found = guard.check_texts(texts.items(), identifiers=vocabulary.header.personal_identifiers)
    if open_ones := tuple(one for one in found if one.hard or not looked_again):
        raise Identifying(open_ones)


def mine(session: Session, record: Record, *, by: Actor) -> tuple[Round, Assessment]:
    """What *by* is asked and has answered, given or not. Raises NotFound."""
    row = _row(session, record, by.account_id)
    return session.get_one(Round, (record.region_id, record.id, row.round)), row


def save(session: Session, record: Record, answers: Answers, *, by: Actor, at: datetime) -> None:
    """Keep what a reviewer has answered so far, for them alone. Raises NotFound, NotPermitted, Conflict."""
    row = _to_be_answered(session, record, by)
    row.answers, row.saved_at = encode(answers), at
    session.flush()


def go_on(session: Session, record: Record, answers: Answers, *, by: Actor, at: datetime) -> None:
    """Turn from the conditions to the questions.

    Raises Faulty for what is missing, NotFound, NotPermitted, Conflict.
    """
    row = _to_be_answered(session, record, by)
    grid = session.get_one(Round, (record.region_id, record.id, row.round)).asks()
    gates = tuple(f"criteria.{one.key}." for one in grid.gates)
    if faults := [Fault(field=place, text=MISSING) for place in missing_in(answers, grid) if place.startswith(gates)]:
        raise Faulty(faults)


def give(session: Session, record: Record, answers: Answers, *, by: Actor, at: datetime) -> None:
    """Give the assessment for good. Raises Faulty for what is missing, NotFound, NotPermitted, Conflict."""
    row = _to_be_answered(session, record, by)
    grid = session.get_one(Round, (record.region_id, record.id, row.round)).asks()
    if faults := [Fault(field=place, text=MISSING) for place in missing_in(answers, grid)]:
        raise Faulty(faults)
    if answers.unmet(grid):
        # The rest counts for nothing, so that it is not kept either.
        gates = {one.key: answers.of(one.key) for one in grid.gates if answers.of(one.key).value}
        answers = Answers(criteria=gates)
    row.answers, row.saved_at, row.given_at = encode(answers), at, at
    session.flush()
    records.tell(session, record, "give", by=by.account_id, at=at)


def forget_drafts(session: Session, record: Record) -> None:
    """Delete what reviewers wrote and did not submit; nobody is asked now."""
    own = (Assessment.region_id == record.region_id) & (Assessment.record_id == record.id)
    session.execute(delete(Assessment).where(own, Assessment.given_at.is_(None)))


def missing_in(answers: Answers, grid: Grid) -> Iterator[str]:
    """What has to be answered before it is given: a condition that is not met, with its reason, is enough."""
    unmet = answers.unmet(grid)
    for place, answer, _ in _all(answers, grid):
        key = place.removeprefix("criteria.")
        if unmet and key not in {one.key for one in unmet}:
            continue
        for name in ("value", "reason"):
            if not getattr(answer, name):
                yield f"{place}.{name}"
    if not unmet:
        yield from (name for name in CONFIRMED if not getattr(answers, name))


def gates_met(answers: Answers, grid: Grid) -> bool:
    """Every condition is said to be met, with a reason: now the questions are asked."""
    return all(answers.of(one.key).value == MET and answers.of(one.key).reason for one in grid.gates)


# Looking


def newest(session: Session, record: Record) -> Round | None:
    own = (Round.region_id == record.region_id) & (Round.record_id == record.id)
    return session.scalars(select(Round).where(own).order_by(Round.number.desc()).limit(1)).first()


def progress(session: Session, record: Record, *, by: Actor) -> Progress | None:
    """How far the last assessment of *record* is, as far as *by* may know; None when nobody was ever asked.

    To who neither publishes nor decides here, nothing is told of the answers.
    """
    current = newest(session, record)
    if current is None:
        return None
    rows, grid = _rows(session, current), current.asks()
    running = record.stage == "assessing" and record.version == current.version
    blind = running and any(row.account_id == by.account_id and not row.given_at for row in rows)
    in_team = may_somewhere(by, "practice.publish", record.region_id)
    readable = in_team and not blind and (not running or is_open(grid, rows))
    told = in_team and not blind
    return Progress(
        round=current.number,
        version=current.version,
        grid=grid,
        asked_at=current.asked_at,
        seats=tuple(
            Seat(
                account_id=row.account_id,
                given=bool(row.given_at) if told else None,
                answers=row.said() if readable and row.given_at else None,
            )
            for row in rows
        ),
        running=running,
        open=readable,
        complete=told and is_complete(grid, rows),
        unmet=told and _is_unmet(grid, rows),
    )


def is_left(session: Session, record: Record) -> bool:
    """Whether nobody assesses what is to be assessed: everybody who was asked is asked no longer."""
    return record.stage == "assessing" and not _asked_now(session, record)


def require_own(session: Session, record: Record, by: Actor) -> None:
    """Raise NotPermitted when *by* is asked and has not given: what is refused or allowed could tell of the others."""
    current = newest(session, record)
    if record.stage == "assessing" and current:
        own = session.get(Assessment, (record.region_id, record.id, current.number, by.account_id))
        if own is not None and not own.given_at:
            raise NotPermitted(YOURS_FIRST)


def is_complete(grid: Grid, rows: Sequence[Assessment]) -> bool:
    """As many as it takes have answered, nobody's answer is missing, and every condition is met."""
    given = [row for row in rows if row.given_at]
    return len(given) >= grid.reviewers and len(given) == len(rows) and not _is_unmet(grid, rows)


def _rows(session: Session, current: Round) -> Sequence[Assessment]:
    own = (Assessment.region_id == current.region_id) & (Assessment.record_id == current.record_id)
    query = select(Assessment).where(own, Assessment.round == current.number)
    return session.scalars(query.order_by(Assessment.asked_at, Assessment.account_id)).all()


def _row(session: Session, record: Record, account_id: str) -> Assessment:
    own = (Assessment.region_id == record.region_id) & (Assessment.record_id == record.id)
    last = select(func.max(Round.number)).where(Round.region_id == record.region_id, Round.record_id == record.id)
    query = select(Assessment).where(
        own, Assessment.account_id == account_id, Assessment.round == last.scalar_subquery()
    )
    row = session.scalars(query).first()
    if row is None:
        raise NotFound(NOT_ASKED)
    return row


def _to_be_answered(session: Session, record: Record, by: Actor) -> Assessment:
    locking.hold(session, record)
    row = _row(session, record, by.account_id)
    if row.given_at:
        raise Conflict(GIVEN)
    if record.stage != "assessing":
        raise Conflict(NOT_ASKED)
    require(by, "practice.assess", subject_of(session, record))
    return row


def _asked_now(session: Session, record: Record) -> frozenset[str]:
    current = newest(session, record) if record.stage == "assessing" else None
    return frozenset(row.account_id for row in _rows(session, current)) if current else frozenset()


def _is_unmet(grid: Grid, rows: Sequence[Assessment]) -> bool:
    return any(row.given_at and row.said().unmet(grid) for row in rows)


def is_open(grid: Grid, rows: Sequence[Assessment]) -> bool:
    """Whether the team may read the answers: nobody is still to answer, or a condition is not met."""
    return is_complete(grid, rows) or _is_unmet(grid, rows)


def _all(answers: Answers, grid: Grid) -> Iterator[tuple[str, Answer, Sequence[str]]]:
    """Place, answer and possible values of everything that is asked, in order."""
    for one in grid.criteria:
        yield f"criteria.{one.key}", answers.of(one.key), one.answers
    yield "vouching", answers.vouching, VOUCHING
    yield "strength", answers.strength, STRENGTH


def _stripped(answer: Answer) -> Answer:
    return Answer(value=answer.value, reason=answer.reason.strip())


def _faulty(field: str, text: str) -> Faulty:
    return Faulty([Fault(field=field, text=text)])
