"""API resources of an assessment: reviewers are asked, answer without seeing each other; the team decides."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import asdict

from lanzarote.accounts.service import names
from lanzarote.errors import NotFound
from lanzarote.practices import assessing, deciding, sheets
from lanzarote.practices.deciding import Outcome
from lanzarote.practices.model import Witness
from lanzarote.practices.review_model import Answers
from lanzarote.practices.team_api import ONE, PRACTICE, RECORDS, TAG
from lanzarote.records.locking import hold
from lanzarote.records.records import body_of
from lanzarote.regions.group import Grid
from lanzarote.runtime.reading import converted
from lanzarote.types import Key, Language, PracticeSheet, Strength, Vouching
from lanzarote.web.changing import Sent, change, done
from lanzarote.web.resources import CURSOR, REGION, Answer, Asked, list_of, resource
from lanzarote.web.working_records import (
    AS_READ,
    Person,
    State,
    Why,
    etag_of,
    person_of,
    reasons_of,
    state_of,
    step,
    taken,
    working,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.practices.assessing import Progress
    from lanzarote.practices.review_model import Assessment, Round
    from lanzarote.records.records import Record

WHERE: Final[dict[str, Any]] = {"tag": TAG, "names": (REGION, PRACTICE)}
Bar = Literal["author", "submitter", "named", "self"]


class CandidateItem(Struct, frozen=True, kw_only=True):
    """Somebody who assesses in the region."""

    id: str
    name: str
    why_not: tuple[Bar, ...]
    """Why they cannot be asked about this practice: they wrote in it, submitted it, or it names whom they work for."""
    asked: bool


class SeatItem(Struct, frozen=True, kw_only=True):
    """One of those who were asked."""

    reviewer: Person
    given: bool | None
    """Whether they have given their assessment; null: you may not know."""
    answers: Answers | None
    """null: they are not open."""


class AssessmentProgress(Struct, frozen=True, kw_only=True):
    """How far the last assessment is, as far as the token may know."""

    round: int
    version: int
    asked_at: datetime
    grid: Grid
    seats: tuple[SeatItem, ...]
    running: bool
    open: bool
    """The answers may be read."""
    complete: bool
    """As many as it takes have answered, nobody is missing, and every condition is met."""
    unmet: bool
    """A condition is not met."""


class DecisionItem(Struct, frozen=True, kw_only=True):
    """What the team decided once."""

    version: int
    round: int
    outcome: Literal["assessed", "unassessed", "return", "declared"]
    """``declared``: decided before organisations were asked themselves; it is ``unassessed`` now."""
    reason: dict[str, str]
    vouching: str
    strength: str
    witness: Witness | None
    """Who saw it, or which study; null: nobody was named, or nothing like it was said."""
    day: date
    at: datetime
    by: Person


class Assessments(Struct, frozen=True, kw_only=True):
    """What reviewers were asked about a practice, and what the team decided."""

    last: AssessmentProgress | None
    """null: nobody was ever asked."""
    decisions: tuple[DecisionItem, ...]
    """The newest first."""


class OwnAssessment(Struct, frozen=True, kw_only=True):
    """What you are asked, and have answered so far."""

    round: int
    version: int
    asked_at: datetime
    saved_at: datetime | None
    given_at: datetime | None
    """From then on it cannot change."""
    over: bool
    """The assessment is over."""
    grid: Grid
    answers: Answers
    practice: PracticeSheet
    """What the version that is assessed says."""


class Asking(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is asked."""

    reviewers: Annotated[tuple[Annotated[str, Meta(max_length=64)], ...], Meta(min_length=1, max_length=20)]
    """Ids of accounts, from the candidates."""


class Releasing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is asked no longer."""

    reviewer: Annotated[str, Meta(max_length=64)] = ""
    """Id of the account; without it, yourself."""


class OneAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer, with the reason for it."""

    value: Annotated[str, Meta(max_length=64)] = ""
    reason: Annotated[str, Meta(max_length=20_000)] = ""


class Answering(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a reviewer says; until it is given, anything may be missing."""

    criteria: dict[Key, OneAnswer] = {}
    vouching: OneAnswer = OneAnswer()
    strength: OneAnswer = OneAnswer()
    nobody: bool = False
    """Nobody is recognisable in the practice."""
    no_case: bool = False
    """No case that it describes is pending."""
    looked_again: bool = False
    """What the guard asked about points to nobody: you have looked at it again."""


class Sighting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """On what it rests that a peer or a third party vouches."""

    name: Annotated[str, Meta(max_length=500)]
    """The organisation of the peer, or the study."""
    on: date | None = None
    """When the peer saw it."""
    where: Annotated[str, Meta(max_length=500)] = ""
    """Where the study can be read: its address on the web, or who published it and when."""


class Deciding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the team decided."""

    round: Annotated[int, Meta(ge=1, le=1_000_000)]
    """The assessment that it was decided on."""
    outcome: Outcome
    reason: dict[Language, Annotated[str, Meta(max_length=20_000)]]
    day: date
    """When the team met."""
    vouching: Vouching | None = None
    strength: Strength | None = None
    """The two axes, for what is published as assessed."""
    witness: Sighting | None = None
    """For ``observed``: which organisation saw it, and when; for ``evaluated``: which study, and where it is read."""
    confirmed: bool = False
    """For what is published without an assessment: nobody is recognisable, no case is pending."""
    reasons: tuple[Why, ...] = ()
    """Why things stay in ``reason.fr`` that the guard asked about."""


@resource(f"{ONE}/candidates", may="practice.decide", query=(CURSOR,), answers=list_of(CandidateItem), **WHERE)
def list_candidates(asked: Asked) -> Answer:
    """Who can be asked to assess a practice, and why somebody cannot."""
    with asked.instance.database.read(asked["region"]) as session:
        found = assessing.candidates(session, working(asked, session, RECORDS))
    items = [
        CandidateItem(id=one.account_id, name=one.name, why_not=one.why_not, asked=one.asked)
        for one in sorted(found, key=lambda one: (one.name, one.account_id))
    ]
    return asked.part(items)


@resource(f"{ONE}/assessments", may="practice.publish", answers=Assessments, **WHERE)
def get_assessments(asked: Asked) -> Answer:
    """How far the assessment of a practice is. While it runs, nobody reads what others answer before all are in."""
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, RECORDS)
        told = assessing.progress(session, record, by=asked.actor)
        decided = deciding.decisions(session, record)
        seats = told.seats if told else ()
        people = names(session, [*(one.account_id for one in seats), *(one.by for one in decided)])
    last = _told(told, people) if told else None
    decisions = tuple(
        DecisionItem(
            reason=dict(one.reasons()),
            day=one.met_on,
            witness=one.basis().witness,
            by=person_of(people, one.by),
            **{name: getattr(one, name) for name in ("version", "round", "outcome", "vouching", "strength", "at")},
        )
        for one in decided
    )
    return Answer(msgspec.json.encode(Assessments(last=last, decisions=decisions)))


@resource(f"{ONE}/assessment", may="practice.assess", answers=OwnAssessment, **WHERE)
def get_own_assessment(asked: Asked) -> Answer:
    """What you are asked about a practice, and have answered so far; nobody else sees it before it is given."""
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, RECORDS)
        round, row = assessing.mine(session, record, by=asked.actor)
        sheet = sheets.read(body_of(session, record, round.version))
    own = OwnAssessment(
        round=round.number,
        version=round.version,
        asked_at=row.asked_at,
        saved_at=row.saved_at,
        given_at=row.given_at,
        over=record.stage != "assessing",
        grid=round.asks(),
        answers=row.said(),
        practice=sheet,
    )
    return Answer(msgspec.json.encode(own), {"etag": own_etag(round, row, record)})


@change(
    "PUT",
    f"{ONE}/assessment",
    may="practice.assess",
    body=Answering,
    match=True,
    answers=State,
    largest=256 * 1024,
    **WHERE,
)
def save_own_assessment(sent: Sent, body: Answering) -> Answer:
    """Keep what you answer so far, for yourself alone."""
    return _answer(sent, body, give=False)


@change(
    "POST",
    f"{ONE}/assessment/give",
    may="practice.assess",
    body=Answering,
    match=True,
    answers=State,
    largest=256 * 1024,
    **WHERE,
)
def give_own_assessment(sent: Sent, body: Answering) -> Answer:
    """Give your assessment for good: all of it is sent. A condition that is not met, with its reason, is enough."""
    return _answer(sent, body, give=True)


@change("POST", f"{ONE}/ask", may="practice.decide", body=Asking, match=True, answers=State, **WHERE)
def ask_reviewers(sent: Sent, body: Asking) -> Answer:
    """Ask reviewers to assess what was submitted, or some more of them while it goes on."""
    return step(
        sent,
        RECORDS,
        "practice.decide",
        assessing.ask,
        grid=sent.vocabulary.grid,
        chosen=frozenset(body.reviewers),
        expected=AS_READ,
        **sent.signed,
    )


@change("POST", f"{ONE}/release", may="practice.assess", body=Releasing, answers=State, **WHERE)
def release_reviewer(sent: Sent, body: Releasing) -> Answer:
    """Ask somebody no longer, or be asked no longer yourself; what they wrote so far is gone."""

    def do(session: Session) -> Answer:
        record = working(sent, session, RECORDS)
        assessing.release(session, record, body.reviewer or sent.actor.account_id, by=sent.actor, at=sent.at)
        return done(state_of(record), etag=etag_of(record), about=record.id)

    return sent.once(do)


@change("POST", f"{ONE}/decide", may="practice.decide", body=Deciding, match=True, answers=State, **WHERE)
def decide_practice(sent: Sent, body: Deciding) -> Answer:
    """Record what the team decided on an assessment, and carry it out."""
    decided = deciding.Decided(
        outcome=body.outcome,
        reason=body.reason,
        day=body.day,
        vouching=body.vouching or "",
        strength=body.strength or "",
        witness=Witness(**asdict(body.witness)) if body.witness else None,
        confirmed=body.confirmed,
    )
    with sent.instance.database.read(sent["region"]) as session:
        taken(sent, session, RECORDS, "practice.decide", lock=False)
    today = sent.instance.today(sent["region"])
    why, by = reasons_of(body.reasons), sent.actor.account_id
    passed = deciding.checked(decided, sent.vocabulary, today=today, by=by, why=why)
    return step(
        sent,
        RECORDS,
        "practice.decide",
        deciding.decide,
        decided=passed,
        round=body.round,
        zone=sent.vocabulary.zone,
        expected=AS_READ,
        **sent.signed,
    )


def _told(progress: Progress, people: dict[str, str]) -> AssessmentProgress:
    seats = (
        SeatItem(reviewer=person_of(people, one.account_id), given=one.given, answers=one.answers)
        for one in progress.seats
    )
    return AssessmentProgress(**asdict(progress) | {"seats": tuple(seats)})


def own_etag(round: Round, row: Assessment, record: Record) -> str:
    """The ETag of one's own assessment."""
    where = (round.number, row.answers, row.saved_at, row.given_at, record.stage)
    return f'"{round.number}-{blake2b(repr(where).encode(), digest_size=6).hexdigest()}"'


def _answer(sent: Sent, body: Answering, *, give: bool) -> Answer:
    with sent.instance.database.read(sent["region"]) as session:
        round, _ = assessing.mine(session, working(sent, session, RECORDS), by=sent.actor)
    answers = assessing.checked(
        converted(msgspec.to_builtins(body), Answers), round.asks(), sent.vocabulary, looked_again=body.looked_again
    )

    def do(session: Session) -> Answer:
        record = working(sent, session, RECORDS)
        hold(session, record)
        current, row = assessing.mine(session, record, by=sent.actor)
        sent.require_match(own_etag(current, row, record))
        if current.number != round.number:
            raise NotFound(assessing.NOT_ASKED)
        (assessing.give if give else assessing.save)(session, record, answers, by=sent.actor, at=sent.at)
        return done(state_of(record), etag=own_etag(current, row, record), about=record.id)

    return sent.once(do)


handlers = (
    list_candidates,
    get_assessments,
    get_own_assessment,
    save_own_assessment,
    give_own_assessment,
    ask_reviewers,
    release_reviewer,
    decide_practice,
)
