"""Who did not agree with a decision, or not wholly, as the public is told: never so that one can work out who it is.

Everybody knows who takes part and how many said what. So whoever is told by name narrows down who the others are, and
telling of one what fits few tells who it is. What is told therefore rests on crowds, see ``_hide``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterator, Sequence

    from lanzarote.improvements.outcome import Choice, Member
    from lanzarote.improvements.positions_model import CountedPosition, Decided
    from lanzarote.types import Side

DISSENT: Final[tuple[Choice, ...]] = ("object", "reservations")
FEWEST: Final = 3
"""So many bodies fit what is told of one that is not named, or less is told of it."""


class Dissent(Struct, frozen=True, kw_only=True):
    """One body that did not agree, or not wholly."""

    choice: Choice
    side: Side | None
    """None where it would tell who it is."""
    sectors: tuple[str, ...]
    """Empty where they would tell who it is."""
    named: CountedPosition | None
    """Its position, if it agreed to be named with it and is."""


class Voices(Struct, frozen=True, kw_only=True):
    """Whom the public is told of, and how."""

    dissent: tuple[Dissent, ...]
    """Those that object, then those with reservations."""
    named: tuple[CountedPosition, ...]
    """The others that agreed to be named and are."""
    withheld: bool
    """Bodies agreed to be named and are not: their names would tell who did not agree without wanting to be named."""


def voices(decided: Decided) -> Voices:
    """What the public is told of who said what."""
    agreed = [one for one in decided.positions if _agreed(decided, one)]
    shown, crowd, hidden = _shown(decided, agreed)
    places = _places(crowd, hidden)
    members = {one.stakeholder: one for one in decided.taking_part}
    told = []
    for choice in DISSENT:
        for one in decided.positions:
            if one.choice != choice:
                continue
            if one.stakeholder in shown:
                body = members[one.stakeholder]
                told.append(Dissent(choice=choice, side=body.side, sectors=body.sectors, named=one))
            else:
                side, sectors = places.get(one.stakeholder, (None, ()))
                told.append(Dissent(choice=choice, side=side, sectors=sectors, named=None))
    return Voices(
        dissent=tuple(told),
        named=tuple(one for one in agreed if one.stakeholder in shown and one.choice not in DISSENT),
        withheld=len(shown) < len(agreed),
    )


def _agreed(decided: Decided, one: CountedPosition) -> bool:
    """It agreed to be named with this, and its entry was not erased since."""
    return one.named and one.stakeholder in decided.bodies


def _shown(
    decided: Decided, agreed: Sequence[CountedPosition]
) -> tuple[frozenset[str], tuple[Member, ...], frozenset[str]]:
    """Ids of the bodies that are named, the bodies that may be the ones without a name, and those that are.

    All that agreed are named, or only those of them that did not agree with the decision, or nobody.
    """
    against = {one.stakeholder for one in decided.positions if one.choice in DISSENT}
    everybody = frozenset(one.stakeholder for one in agreed)
    for shown in (everybody, everybody & against):
        hidden = frozenset(against - shown)
        crowd = tuple(_crowd(decided, shown, hidden))
        if not hidden or _hide(crowd, hidden):
            return shown, crowd, hidden
    hidden = frozenset(against)
    return frozenset(), tuple(_crowd(decided, frozenset(), hidden)), hidden


def _crowd(decided: Decided, shown: Collection[str], hidden: Collection[str]) -> Iterator[Member]:
    """Who may be *hidden*: not who is *shown*, nor who was by name for the same improvement before.

    Neither is a body whose entry was erased: it may have been named until then.
    """
    for one in decided.taking_part:
        known = one.stakeholder in decided.named_before or one.stakeholder not in decided.bodies
        if one.stakeholder in hidden or (one.stakeholder not in shown and not known):
            yield one


def _hide(crowd: Sequence[Member], hidden: Collection[str]) -> bool:
    """Whether *crowd* is large enough, and each of it rather not one of the *hidden* than one of them."""
    inside = sum(one.stakeholder in hidden for one in crowd)
    return len(crowd) >= FEWEST and 2 * inside <= len(crowd)


def _places(crowd: Sequence[Member], hidden: Collection[str]) -> dict[str, tuple[Side | None, tuple[str, ...]]]:
    """What may be told of each of *crowd* if it is one of the *hidden*: its side and sectors, its side, or nothing."""
    found: dict[str, tuple[Side | None, tuple[str, ...]]] = {}
    for of_side in _split(crowd, hidden, lambda one: one.side):
        for group in _split(of_side, hidden, lambda one: frozenset(one.sectors)):
            found |= {one.stakeholder: (one.side, one.sectors) for one in group}
        found |= {one.stakeholder: (one.side, ()) for one in of_side if one.stakeholder not in found}
    return found


def _split(crowd: Sequence[Member], hidden: Collection[str], by: Callable[[Member], Hashable]) -> list[list[Member]]:
    """The parts of *crowd* that are told apart; none unless every part hides, and so does what is left of it.

    How it is split must not depend on where a hidden one is: of three public bodies and one private one, the private
    one would be known by not being told as public.
    """
    groups: dict[Hashable, list[Member]] = {}
    for one in crowd:
        groups.setdefault(by(one), []).append(one)
    large = [group for group in groups.values() if len(group) >= FEWEST]
    rest = [one for group in groups.values() if len(group) < FEWEST for one in group]
    parts = [*large, rest] if rest else large
    return large if all(_hide(part, hidden) for part in parts) else []
