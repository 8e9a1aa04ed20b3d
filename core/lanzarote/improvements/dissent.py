"""Who did not agree with a decision, or not wholly, as the public is told: never so that one can work out who it is.

Everybody knows who takes part and how many said what, and may learn who answered and who was there. So whoever is told
by name narrows down who the others are: names are told only while those without one hide in a crowd. Of one without a
name nothing is told but what it said, and in no order that could tell more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Collection

    from lanzarote.improvements.outcome import Choice, Member
    from lanzarote.improvements.positions_model import CountedPosition, Decided

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
