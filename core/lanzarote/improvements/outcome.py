"""What a group's rule makes of the positions: a pure function, explained step by step, that anyone can do again.

Only bodies that take part count. Quorum is about who was present; the majority is about positions, however they came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from lanzarote.types import DecisionRule, Key, Side, Value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from lanzarote.improvements.positions_model import CountedPosition, Decided

Choice = Literal["support", "reservations", "object", "abstain", "remark", "no-position", "awaiting"]
"""``remark``: technical; ``no-position``: duty of reserve; ``awaiting``: its hierarchy has not answered yet."""
Verdict = Literal["adopted", "not-adopted", "no-quorum"]
FOR: Final = ("support", "reservations")
UNCOUNTED: Final = ("remark", "no-position", "awaiting")
"""Neither for nor against: they are told, and weigh on neither side."""
ROUNDED: Final = 0.0005

StepCode = Literal[
    "nobody",
    "sectors",
    "side",
    "no-quorum-asked",
    "counted",
    "objected",
    "reserved",
    "abstained",
    "uncounted",
    "silent",
    "not-asked",
    "consensus",
    "simple",
    "two-thirds",
]


class Member(Value, frozen=True, kw_only=True):
    """A body that takes part."""

    stakeholder: str
    """Its id."""
    side: Side
    sectors: tuple[Key, ...]


class Step(Value, frozen=True, kw_only=True):
    """One step of the reasoning."""

    code: StepCode
    met: bool | None = None
    """Whether what it asks is so; None: it asks nothing."""
    count: int = 0
    of: int = 0
    needed: float = 0.0
    """The share that the rule asks for."""
    about: Side | Literal[""] = ""
    """The side it is about."""
    stakeholders: tuple[str, ...] = ()
    """Ids of the bodies it is about."""


class GroupOutcome(Value, frozen=True, kw_only=True):
    verdict: Verdict
    steps: tuple[Step, ...]


def outcome(
    rule: DecisionRule,
    taking_part: Sequence[Member],
    positions: Mapping[str, Choice],
    present: Collection[str],
    asked: Collection[str] | None = None,
) -> GroupOutcome:
    """What *rule* makes of *positions*, by id of the body; *present*: ids of those that were there.

    *asked*: ids of those that were asked; None: nobody knows, and those that said nothing count as asked.

    >>> rule = DecisionRule(version=1, text={"en": "By consensus."})
    >>> courts = Member(stakeholder="a", side="public", sectors=("courts",))
    >>> outcome(rule, [courts], {"a": "support"}, ["a"]).verdict
    'adopted'
    >>> outcome(rule, [courts], {"a": "object"}, ["a"]).verdict
    'not-adopted'
    """
    members = sorted(taking_part, key=lambda one: one.stakeholder)
    quorum = tuple(_quorum(rule, members, [one for one in members if one.stakeholder in present]))
    said = {one.stakeholder: positions[one.stakeholder] for one in members if one.stakeholder in positions}
    counting = tuple(_counting(members, said, asked))
    majority = _majority(rule, said)
    verdict: Verdict = "adopted" if majority.met else "not-adopted"
    if any(step.met is False for step in quorum):
        verdict = "no-quorum"
    return GroupOutcome(verdict=verdict, steps=(*quorum, *counting, majority))


def _quorum(rule: DecisionRule, members: Sequence[Member], there: Sequence[Member]) -> Iterator[Step]:
    if not members:
        yield Step(code="nobody", met=False)
        return
    if rule.quorum_share is not None:
        sectors = {sector for one in members for sector in one.sectors}
        reached = {sector for one in there for sector in one.sectors}
        # Two of three are two thirds, however the rule's file rounds them.
        met = bool(sectors) and len(reached) / len(sectors) >= rule.quorum_share - ROUNDED
        yield Step(code="sectors", met=met, count=len(reached), of=len(sectors), needed=rule.quorum_share)
    for side in rule.quorum_sides:
        ids = tuple(one.stakeholder for one in there if one.side == side)
        yield Step(code="side", met=bool(ids), count=len(ids), about=side, stakeholders=ids)
    if rule.quorum_share is None and not rule.quorum_sides:
        yield Step(code="no-quorum-asked", count=len(there), of=len(members))


def _counting(members: Sequence[Member], said: Mapping[str, Choice], asked: Collection[str] | None) -> Iterator[Step]:
    def who(*choices: str) -> tuple[str, ...]:
        return tuple(name for name, choice in said.items() if choice in choices)

    yield Step(code="counted", count=len(who(*FOR)), of=len(members), stakeholders=who(*FOR))
    for code, choices in (
        ("objected", ("object",)),
        ("reserved", ("reservations",)),
        ("abstained", ("abstain",)),
        ("uncounted", UNCOUNTED),
    ):
        if ids := who(*choices):
            yield Step(code=code, count=len(ids), of=len(members), stakeholders=ids)  # type: ignore[arg-type]
    without = [one.stakeholder for one in members if one.stakeholder not in said]
    silent = tuple(one for one in without if asked is None or one in asked)
    not_asked = tuple(one for one in without if one not in silent)
    if silent:
        yield Step(code="silent", count=len(silent), of=len(members), stakeholders=silent)
    if not_asked:
        yield Step(code="not-asked", count=len(not_asked), of=len(members), stakeholders=not_asked)


def _majority(rule: DecisionRule, said: Mapping[str, Choice]) -> Step:
    choices = list(said.values())
    pro = sum(choice in FOR for choice in choices)
    held = choices.count("abstain") if rule.abstentions_count else 0
    cast = pro + choices.count("object") + held
    if rule.majority == "consensus":
        met = pro > 0 and pro == cast
    elif rule.majority == "simple":
        met = 2 * pro > cast
    else:
        met = pro > 0 and 3 * pro >= 2 * cast
    return Step(code=rule.majority, met=met, count=pro, of=cast)


DISSENT: Final[tuple[Choice, ...]] = ("object", "reservations")
FEWEST: Final = 3
"""So many bodies may be the one that is not named, or no other is named either."""


class Dissent(Struct, frozen=True, kw_only=True):
    """One body that did not agree, or not wholly."""

    choice: Choice
    named: CountedPosition | None
    """Its position, if it agreed to be named with it and is."""
    body: Member | None
    """What it is, if it is named."""


class Voices(Struct, frozen=True, kw_only=True):
    """Whom the public is told of, and how."""

    dissent: tuple[Dissent, ...]
    """Those that object, then those with reservations; of each, first those that are named."""
    named: tuple[CountedPosition, ...]
    """The others that agreed to be named and are."""
    withheld: bool
    """Bodies agreed to be named and are not: their names would tell who did not agree without wanting to be named."""


def voices(decided: Decided) -> Voices:
    """What the public is told of who said what."""
    agreed = [one for one in decided.positions if _agreed(decided, one)]
    shown = _shown(decided, agreed)
    members = {one.stakeholder: one for one in decided.taking_part}
    told: list[Dissent] = []
    for choice in DISSENT:
        said = [one for one in decided.positions if one.choice == choice]
        named = [one for one in said if one.stakeholder in shown]
        told += (Dissent(choice=choice, named=one, body=members[one.stakeholder]) for one in named)
        told += [Dissent(choice=choice, named=None, body=None)] * (len(said) - len(named))
    return Voices(
        dissent=tuple(told),
        named=tuple(one for one in agreed if one.stakeholder in shown and one.choice not in DISSENT),
        withheld=len(shown) < len(agreed),
    )


def _agreed(decided: Decided, one: CountedPosition) -> bool:
    """It agreed to be named with this, and its entry was not erased since."""
    return one.named and one.stakeholder in decided.bodies


def _shown(decided: Decided, agreed: Collection[CountedPosition]) -> frozenset[str]:
    """Ids of the bodies that are named: all that agreed to it, those of them that did not agree, or nobody."""
    against = {one.stakeholder for one in decided.positions if one.choice in DISSENT}
    everybody = frozenset(one.stakeholder for one in agreed)
    for shown in (everybody, everybody & against):
        hidden = len(against - shown)
        if not hidden or _hides(_crowd(decided, shown), hidden):
            return shown
    return frozenset()


def _crowd(decided: Decided, shown: Collection[str]) -> int:
    """How many may be the ones without a name, whoever they are.

    They answered, and were there if there was a meeting; they are not *shown*, nor were they named for the same
    improvement before, nor was their entry erased since, which may have been named until then. It counts the same
    whether one of them did not agree or did: nobody is to learn that from names that come or go.
    """
    answered = {one.stakeholder for one in decided.positions}
    there = answered & set(decided.present) if decided.meeting else answered
    known = {*shown, *decided.named_before}
    return sum(one.stakeholder in there - known and one.stakeholder in decided.bodies for one in decided.taking_part)


def _hides(crowd: int, hidden: int) -> bool:
    """Whether *crowd* is large enough, and each of it rather not one of the *hidden* than one of them."""
    return crowd >= max(FEWEST, 2 * hidden)
