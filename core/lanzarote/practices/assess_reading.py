"""An assessment as its pages show it: what is asked, who was asked, what was answered, what was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from markupsafe import Markup
from msgspec import Struct

from lanzarote.accounts.people import called
from lanzarote.practices import assessing, deciding, projection, writing
from lanzarote.practices.assessing import STRENGTH, VOUCHING, WHY_NOT
from lanzarote.practices.model import read_status
from lanzarote.practices.reading import Reading, agreement_words, read_practice, witness_words
from lanzarote.practices.review_model import heard
from lanzarote.records.records import body_of, decode
from lanzarote.regions.group import MET, NOT_MET
from lanzarote.translation import N_
from lanzarote.types import Practice
from lanzarote.web import labels
from lanzarote.web.region_reading import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from lanzarote.practices.assessing import Progress
    from lanzarote.practices.review_model import Answer, Answers, Decision
    from lanzarote.records.records import Record
    from lanzarote.regions.group import Criterion, Grid
    from lanzarote.web.refusals import Refusal
    from lanzarote.web.site import View

FORMER = N_("a former member")
GATE_WORDS = {MET: N_("Yes, it is met"), NOT_MET: N_("No, it is not met")}
AXES = (
    ("vouching", N_("Who should be said to vouch for it?"), VOUCHING),
    ("strength", N_("How strong is the evidence?"), STRENGTH),
)
STRENGTH_HELP = {
    "pioneering": N_("New, or hard to evaluate; the evidence is only emerging."),
    "prudent": N_("Called for by treaties, or supported by observations or accounts."),
    "promising": N_("One good study with a comparison shows an effect."),
    "effective": N_("Two such studies, or a review of studies, and it can be repeated elsewhere."),
}


class Asked(Struct, frozen=True, kw_only=True):
    """One question in a reviewer's form."""

    place: str
    text: Markup
    help: Markup
    common: bool
    choices: list[dict[str, Any]]
    reason: str
    value_error: str
    reason_error: str
    required: bool = True


class Said(Struct, frozen=True, kw_only=True):
    """What one reviewer answered to one question."""

    who: str
    value: Markup
    reason: str


class Compared(Struct, frozen=True, kw_only=True):
    """A question with all answers to it."""

    text: Markup
    gate: bool
    common: bool
    said: tuple[Said, ...]
    differ: bool


class Person(Struct, frozen=True, kw_only=True):
    account_id: str
    name: str
    why_not: str = ""
    asked: bool = False
    given: bool | None = None


class ToldDecision(Struct, frozen=True, kw_only=True):
    outcome: str
    day: date
    by: str
    at: datetime
    version: int
    reason: Markup
    vouching: Markup
    strength: Markup
    witness: Markup
    grid: str


class TeamPage(Struct, frozen=True, kw_only=True):
    """Everything that the page of an assessment needs."""

    record_id: str
    version: int
    stage: str
    published: bool
    reading: Reading | None
    agreement: Markup
    """What organisations that run it said of this text."""
    sourceless: bool
    """It names no source and nobody confirmed it: it cannot be published."""
    progress: Progress | None
    own: bool
    """The reader is asked, and has not given."""
    people: tuple[Person, ...]
    """Who could be asked."""
    seats: tuple[Person, ...]
    """Who was asked."""
    compared: tuple[Compared, ...]
    proposed: Mapping[str, tuple[Said, ...]]
    """Axis → what each proposes."""
    needed: int
    """How many more have to be asked."""
    decisions: tuple[ToldDecision, ...]


def team_page(view: View, session: Session, record: Record) -> TeamPage:
    progress = assessing.progress(session, record, by=view.actor)
    candidates = assessing.candidates(session, record)
    decided = deciding.decisions(session, record)
    seats = progress.seats if progress else ()
    asked_of = [*(one.account_id for one in seats), *(one.account_id for one in candidates)]
    known = called(view, session, [*asked_of, *(one.by for one in decided)])
    grid = progress.grid if progress and progress.running else view.vocabulary.grid
    status = heard(session, record, body_of(session, record, record.version), read_status(record.status))
    asked = len(seats) if progress and progress.running else 0
    answers = [(known.get(seat.account_id, view._(FORMER)), seat.answers) for seat in seats if seat.answers is not None]
    return TeamPage(
        record_id=record.id,
        version=record.version,
        stage=record.stage,
        published=record.published_version is not None,
        reading=read_working(view, session, record, record.version),
        agreement=agreement_words(view, status.agreement, status.agreement_on),
        sourceless=writing.is_sourceless(writing.sheet_of(session, record), status),
        progress=progress,
        own=any(seat.account_id == view.actor.account_id and seat.given is None for seat in seats),
        people=_sorted(view, (_person(view, one, known) for one in candidates)),
        seats=tuple(
            Person(account_id=seat.account_id, name=known.get(seat.account_id, view._(FORMER)), given=seat.given)
            for seat in seats
        ),
        compared=tuple(_compared(view, one, answers) for one in progress.grid.criteria) if progress and answers else (),
        proposed={axis: tuple(_proposed(view, axis, answers)) for axis, _, _ in AXES},
        needed=max(0, grid.reviewers - asked),
        decisions=tuple(_decision(view, one, known) for one in decided),
    )


def read_working(view: View, session: Session, record: Record, number: int) -> Reading | None:
    """A version that the public need not have read yet; None while something is missing in it."""
    sheet = writing.sheet_of(session, record)
    if not sheet.text or not sheet.sectors or not sheet.scope or not sheet.running:
        return None
    body = body_of(session, record, number)
    practice, status = decode(body, Practice), heard(session, record, body, read_status(record.status))
    around = projection.surroundings(session, record.region_id, [practice])
    document = projection.as_document(record, number, record.updated_at, practice, status, around)
    return read_practice(view, document)


def questions(view: View, grid: Grid, answers: Answers, refused: Refusal) -> tuple[Asked, ...]:
    """The form: conditions first, then the questions, then the two axes."""
    unmet = answers.unmet(grid)  # where one condition is not met, nothing else is asked
    return tuple(
        msgspec.structs.replace(
            _asked(view, f"criteria.{one.key}", one, answers.of(one.key), refused), required=not unmet or one in unmet
        )
        for one in grid.criteria
    )


def axes(view: View, answers: Answers, refused: Refusal) -> tuple[Asked, ...]:
    return tuple(
        Asked(
            place=axis,
            text=labels.phrase(text, view.translator),
            help=Markup(),
            common=True,
            choices=axis_choices(view, axis, getattr(answers, axis).value),
            reason=getattr(answers, axis).reason,
            value_error=refused.error_of.get(f"{axis}.value", ""),
            reason_error=refused.error_of.get(f"{axis}.reason", ""),
        )
        for axis, text, _ in AXES
    )


def axis_choices(view: View, axis: str, chosen: str) -> list[dict[str, Any]]:
    scale = VOUCHING if axis == "vouching" else STRENGTH
    return [
        {
            "value": code,
            "label": labels.say(axis, code, view.translator),
            "chosen": code == chosen,
            "help": view._(STRENGTH_HELP[code]) if axis == "strength" else "",
        }
        for code in scale
    ]


def _asked(view: View, place: str, criterion: Criterion, answer: Answer, refused: Refusal) -> Asked:
    words = {choice.key: told(view, choice.name) for choice in criterion.scale}
    words |= {code: labels.phrase(text, view.translator) for code, text in GATE_WORDS.items() if criterion.gate}
    return Asked(
        place=place,
        text=told(view, criterion.text),
        help=told(view, criterion.help),
        common=criterion.common,
        choices=[{"value": code, "label": words[code], "chosen": code == answer.value} for code in criterion.answers],
        reason=answer.reason,
        value_error=refused.error_of.get(f"{place}.value", ""),
        reason_error=refused.error_of.get(f"{place}.reason", ""),
    )


def _compared(view: View, criterion: Criterion, answers: list[tuple[str, Answers]]) -> Compared:
    words = {choice.key: told(view, choice.name) for choice in criterion.scale}
    words |= {code: labels.phrase(text, view.translator) for code, text in GATE_WORDS.items() if criterion.gate}
    found = [(who, one.of(criterion.key)) for who, one in answers]
    return Compared(
        text=told(view, criterion.text),
        gate=criterion.gate,
        common=criterion.common,
        said=tuple(
            Said(who=who, value=words.get(one.value, Markup()), reason=one.reason) for who, one in found if one.value
        ),
        differ=len({one.value for _, one in found if one.value}) > 1,
    )


def _proposed(view: View, axis: str, answers: list[tuple[str, Answers]]) -> list[Said]:
    found: list[tuple[str, Answer]] = [(who, getattr(one, axis)) for who, one in answers]
    return [
        Said(who=who, value=labels.say(axis, one.value, view.translator), reason=one.reason)
        for who, one in found
        if one.value
    ]


def _sorted(view: View, people: Iterable[Person]) -> tuple[Person, ...]:
    return tuple(sorted(people, key=lambda one: view.sort_key(one.name)))


def _person(view: View, candidate: assessing.Candidate, known: Mapping[str, str]) -> Person:
    return Person(
        account_id=candidate.account_id,
        name=known.get(candidate.account_id, candidate.name),
        why_not=", ".join(view._(WHY_NOT[bar]) for bar in candidate.why_not if bar in WHY_NOT),
        asked=candidate.asked,
    )


def _decision(view: View, decision: Decision, known: Mapping[str, str]) -> ToldDecision:
    label = decision.basis()
    return ToldDecision(
        outcome=decision.outcome,
        day=decision.met_on,
        by=known.get(decision.by, view._(FORMER)),
        at=decision.at,
        version=decision.version,
        reason=told(view, decision.reasons()),
        vouching=labels.say("vouching", decision.vouching, view.translator) if decision.vouching else Markup(),
        strength=labels.say("strength", decision.strength, view.translator) if decision.strength else Markup(),
        witness=witness_words(view, decision.vouching, label),
        grid=f"{label.grid}.{label.common}",
    )
