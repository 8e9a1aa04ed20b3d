"""An improvement as anybody may read it, for programs and for the change log: the text decided on, and the decision.

What the group discusses is not in it: no finding, no comment, no position but the dissent that a decision always tells.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import select

from lanzarote.improvements import deciding, moving, service
from lanzarote.improvements.model import PUBLIC_OUTCOMES, Action, Progress
from lanzarote.improvements.outcome import Choice, Step, Verdict, voices
from lanzarote.improvements.positions_model import ForwardedTo, Result
from lanzarote.records.changelog import Release
from lanzarote.records.records import Record, encode
from lanzarote.runtime.reading import converted
from lanzarote.types import (
    ArticleReference,
    DecisionRule,
    ImprovementText,
    Key,
    Language,
    OwnSource,
    Side,
    Text,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.improvements.outcome import Dissent
    from lanzarote.improvements.positions_model import Decided
    from lanzarote.improvements.service import Published
    from lanzarote.records.changelog import Saved
    from lanzarote.types import Improvement

State = Literal["adopted", "not-adopted", "completed", "discussed-again", "dropped"]


class ImprovementWords(ImprovementText, frozen=True, kw_only=True, omit_defaults=False):
    """The texts of an improvement in one language."""


class ImprovementFacts(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What an improvement says, as it was decided on. The findings that it answers are the group's."""

    original: Language
    text: dict[Language, ImprovementWords]
    stale: tuple[Language, ...]
    """Languages whose texts are older than the original's last change."""
    sectors: tuple[Key, ...]
    """Those that would have to act."""
    practices: tuple[str, ...]
    """Ids of published practices that it rests on."""
    legal_basis: tuple[Key, ...]
    """Keys of provisions."""
    convention: tuple[ArticleReference, ...]
    sources: tuple[Key, ...]
    own_sources: tuple[OwnSource, ...]
    verified: bool
    note: Text


class NamedStakeholder(Struct, frozen=True, kw_only=True):
    """A body that agreed to be named with its position."""

    stakeholder: str
    """Its id."""
    name: Text
    """As it was called when the group decided."""
    choice: Choice


class DissentingVoice(Struct, frozen=True, kw_only=True):
    """A body that objected, or had reservations: always told, by name only where it agreed to that.

    Without a name nothing is told of it but what it said. A name is not told either where one could work out from it
    who did not agree without wanting to be named.
    """

    choice: Literal["object", "reservations"]
    side: Side | None
    """Null unless it agreed to be named."""
    sectors: tuple[Key, ...]
    """Empty unless it agreed to be named."""
    stakeholder: str | None
    """Its id, if it agreed to be named."""
    name: Text
    """Empty unless it agreed to be named."""
    reason: str
    """Empty unless it agreed to be named: a reason could tell who it is."""
    language: str | None
    """Of the reason."""


class OutcomeStep(Struct, frozen=True, kw_only=True):
    """One step from the positions to what was decided, without whose position was which."""

    code: str
    met: bool | None
    """Whether what it asks is so; null: it asks nothing."""
    count: int
    of: int
    needed: float
    about: Side | Literal[""]
    """The side that it is about."""


class ForwardedDocument(Struct, frozen=True, kw_only=True):
    """Where an adopted improvement went, and what became of it there."""

    to: ForwardedTo
    day: date
    result: Result
    votes_for: int | None
    votes_against: int | None
    abstentions: int | None
    code: str


class RuleDocument(DecisionRule, frozen=True, kw_only=True):
    """The rule by which the group decided; that nobody verified it is said too."""

    verified: bool


class DecisionDocument(Struct, frozen=True, kw_only=True):
    """What the group decided, why, and who did not agree."""

    number: int
    verdict: Verdict
    day: date
    version: int
    """The text that was decided on."""
    reasons: Text
    rule: RuleDocument
    taking_part: int
    """How many bodies took part in the group."""
    counts: dict[Choice, int]
    """How many of them said what; the others were asked and did not answer, or were not asked."""
    not_asked: int | UnsetType = UNSET
    """How many of the others were not asked; left out where the region does not know it."""
    unconfirmed: int
    """How many of these were recorded from a letter or a meeting, and not confirmed by the body."""
    dissent: tuple[DissentingVoice, ...]
    named: tuple[NamedStakeholder, ...]
    """The others that agreed to be named and are."""
    names_withheld: bool
    """Bodies agreed to be named and are not: one could work out from their names who did not agree."""
    steps: tuple[OutcomeStep, ...]
    forwarded: tuple[ForwardedDocument, ...]


class ActionDocument(Struct, frozen=True, kw_only=True):
    """Something that follows from an adopted improvement. That it is asked of a body does not say that it agreed."""

    number: int
    what: str
    language: str
    stakeholder: str
    """Id of the body that is to do it."""
    due_on: date
    progress: Progress


class ImprovementDocument(Struct, frozen=True, kw_only=True):
    """An improvement that the group of a region decided on."""

    id: str
    region: str
    slug: str
    version: int
    """The text that was decided on."""
    state: State
    """What became of it."""
    published_at: datetime
    improvement: ImprovementFacts
    decision: DecisionDocument | None
    """The decision in force; null while the group discusses anew what it dropped."""
    actions: tuple[ActionDocument, ...]
    """What follows from it, once it was adopted."""


def told(session: Session, found: Sequence[Published]) -> tuple[ImprovementDocument, ...]:
    """Each of *found*; as many queries for many as for one."""
    ids = [one.id for one in found]
    public = _public_practices(session, {each for one in found for each in one.improvement.practices})
    decided = deciding.all_in_force(session, found)
    went = moving.all_of(session, ids)
    actions = _actions(session, [one.id for one in found if one.status.state in PUBLIC_OUTCOMES])
    standing = {id_: decision_of(*said, went.get(id_, ())) for id_, said in decided.items()}
    return tuple(_document(one, public, standing.get(one.id), actions.get(one.id, ())) for one in found)


def released(session: Session, some: Mapping[str, Saved]) -> Mapping[str, Release]:
    """What the change log keeps of these improvements: what the public reads of them now."""
    return {
        one.id: Release(version=one.version, body=encode(one), begins=one.decision is not None)
        for one in told(session, service.published(session, ids=list(some)))
    }


def state_of(one: Published) -> State:
    """What became of it, as the public is told."""
    state: Any = one.status.state
    return state if state in ("adopted", "not-adopted", "completed", "dropped") else "discussed-again"


def _public_practices(session: Session, ids: Collection[str]) -> frozenset[str]:
    """Those of *ids* that the public reads."""
    if not ids:
        return frozenset()
    query = select(Record.id).where(Record.id.in_(sorted(ids)), Record.kind == service.PRACTICE)
    return frozenset(session.scalars(query.where(Record.published_version.is_not(None))))


def _actions(session: Session, ids: Sequence[str]) -> dict[str, tuple[ActionDocument, ...]]:
    found: dict[str, tuple[ActionDocument, ...]] = {}
    if not ids:
        return found
    for row in session.scalars(select(Action).where(Action.record_id.in_(ids)).order_by(Action.number)):
        one = ActionDocument(
            number=row.number,
            what=row.what,
            language=row.language,
            stakeholder=row.stakeholder_id,
            due_on=row.day,
            progress=row.progress,  # type: ignore[arg-type]  # as it was checked when it was written
        )
        found[row.record_id] = (*found.get(row.record_id, ()), one)
    return found


def decision_of(number: int, decided: Decided, went: Sequence[Any]) -> DecisionDocument:
    """What the public is told of a decision; *went*: where improvements like it were forwarded."""
    said, heard = [one.choice for one in decided.positions], voices(decided)
    return DecisionDocument(
        number=number,
        verdict=decided.outcome.verdict,
        day=decided.day,
        version=decided.version,
        reasons=decided.reasons,
        rule=converted(decided.rule, RuleDocument, from_attributes=True),
        taking_part=len(decided.taking_part),
        # In an order that tells nothing of who said what.
        counts={choice: said.count(choice) for choice in get_args(Choice) if choice in said},
        not_asked=UNSET if decided.not_asked is None else decided.not_asked,
        unconfirmed=decided.unconfirmed,
        dissent=tuple(_dissent(decided, heard.dissent)),
        named=tuple(
            NamedStakeholder(stakeholder=one.stakeholder, name=decided.bodies[one.stakeholder], choice=one.choice)
            for one in heard.named
        ),
        names_withheld=heard.withheld,
        steps=tuple(_step(one) for one in decided.outcome.steps),
        forwarded=tuple(_forwarded(one) for one in went if one.decision == number),
    )


def _dissent(decided: Decided, dissent: Sequence[Dissent]) -> Iterator[DissentingVoice]:
    for one in dissent:
        named = one.named
        yield DissentingVoice(
            choice=one.choice,  # type: ignore[arg-type]
            side=one.body.side if one.body else None,
            sectors=one.body.sectors if one.body else (),
            stakeholder=named.stakeholder if named else None,
            name=decided.bodies[named.stakeholder] if named else {},
            reason=named.reason if named else "",
            language=(named.lang or None) if named else None,
        )


def _step(one: Step) -> OutcomeStep:
    return OutcomeStep(code=one.code, met=one.met, count=one.count, of=one.of, needed=one.needed, about=one.about)


def _forwarded(one: Any) -> ForwardedDocument:
    return ForwardedDocument(**{name: getattr(one, name) for name in ForwardedDocument.__struct_fields__})


def _document(
    one: Published,
    practices: Collection[str],
    decision: DecisionDocument | None,
    actions: tuple[ActionDocument, ...],
) -> ImprovementDocument:
    return ImprovementDocument(
        id=one.id,
        region=one.region,
        slug=one.slug,
        version=one.version,
        state=state_of(one),
        published_at=one.published_at,
        improvement=facts_of(one.improvement, practices),
        decision=decision,
        actions=actions,
    )


def facts_of(said: Improvement, practices: Collection[str]) -> ImprovementFacts:
    """What *said* tells the public, which reads these *practices*."""
    same = ("original", "stale", "sectors", "legal_basis", "convention", "sources", "own_sources", "verified", "note")
    return ImprovementFacts(
        text={
            language: ImprovementWords(**{name: getattr(texts, name) for name in texts.__struct_fields__})
            for language, texts in said.text.items()
        },
        practices=tuple(each for each in said.practices if each in practices),
        **{name: getattr(said, name) for name in same},
    )
