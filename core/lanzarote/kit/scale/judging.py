"""Asks every rule about a region folder, and finds out which tier it reaches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

from lanzarote.kit.scale.exemptions import Exemption, read_exemptions, unneeded
from lanzarote.kit.scale.rules import TIERS, Rule, Subject, Tier
from lanzarote.regions.folder import QUALITY_FILE, Problem
from lanzarote.types import FrameworkHeader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date


class Ruling(Struct, frozen=True, kw_only=True):
    """What became of one rule."""

    rule: Rule
    asks: tuple[Problem, ...]
    """What is not as it is asked, exempt or not."""
    exemption: Exemption | None = None
    vacant: bool = False
    """There is nothing yet that it could ask something of: nobody is to take it for met."""

    @property
    def open(self) -> tuple[Problem, ...]:
        return tuple(one for one in self.asks if self.exemption is None or not self.exemption.covers(one))

    @property
    def state(self) -> Literal["holds", "asks", "exempt", "nothing-to-ask"]:
        if self.asks:
            return "asks" if self.open else "exempt"
        return "nothing-to-ask" if self.vacant else "holds"


class Judgement(Struct, frozen=True, kw_only=True):
    """What became of all rules."""

    rulings: tuple[Ruling, ...]
    refused: tuple[Problem, ...]
    """Exemptions that are none."""

    def of(self, tier: Tier) -> tuple[Ruling, ...]:
        return tuple(one for one in self.rulings if one.rule.tier == tier)

    @property
    def reached(self) -> Tier | None:
        """The highest tier of which, as of all below, no rule asks for anything."""
        reached: Tier | None = None
        for tier in TIERS:
            if any(one.open for one in self.of(tier)):
                break
            reached = tier
        return reached

    @property
    def exempt(self) -> tuple[Ruling, ...]:
        """What was not met on the way to the tier that is reached: nobody is to take it for met."""
        return self._passed_as("exempt")

    @property
    def vacant(self) -> tuple[Ruling, ...]:
        """What had nothing to ask yet on the way to the tier that is reached."""
        return self._passed_as("nothing-to-ask")

    @property
    def next(self) -> Tier | None:
        below = TIERS.index(self.reached) + 1 if self.reached else 0
        return TIERS[below] if below < len(TIERS) else None

    def reaches(self, tier: Tier) -> bool:
        return self.reached is not None and TIERS.index(self.reached) >= TIERS.index(tier)

    def _passed_as(self, state: str) -> tuple[Ruling, ...]:
        return tuple(one for one in self.rulings if one.state == state and self.reaches(one.rule.tier))


def judge(
    subject: Subject, laws: Sequence[Subject], rules: Sequence[Rule], say: Callable[[str], object] = str
) -> Judgement:
    """Ask all *rules* of a region folder that can be loaded, and of the *laws* that come in its package.

    *say* is told which rule is being asked; to ask all takes seconds.
    """
    content = subject.content
    known = len(content.problems)
    exemptions = read_exemptions(content, subject.folder, {rule.id: rule for rule in rules})
    refused = content.problems[known:]
    del content.problems[known:]
    rulings = []
    for number, rule in enumerate(rules, 1):
        say(f"{rule.id} ({number} of {len(rules)})")
        asks = tuple(sorted(_found(rule, subject, laws), key=lambda one: (one.file, one.line)))
        vacant = not asks and _is_vacant(rule, subject, laws)
        exemption = exemptions.get(rule.id)
        if exemption and (told := unneeded(exemption, asks, vacant=vacant)):
            refused.append(content.at(QUALITY_FILE, ("exempt", rule.id), told))
            exemption = None
        rulings.append(Ruling(rule=rule, asks=asks, exemption=exemption, vacant=vacant))
    return Judgement(rulings=tuple(rulings), refused=tuple(refused))


def today() -> date:
    """The day it is where a day begins first: nothing of today is in the future anywhere."""
    return (datetime.now(UTC) + timedelta(hours=14)).date()


def _is_vacant(rule: Rule, subject: Subject, laws: Sequence[Subject]) -> bool:
    if rule.about is None:
        return False
    return not any(True for one in (subject, *(laws if rule.of_law else ())) for _ in rule.about(one))


def _found(rule: Rule, subject: Subject, laws: Sequence[Subject]) -> Iterator[Problem]:
    yield from rule.find(subject)
    for law in laws if rule.of_law else ():
        assert isinstance(law.content.header, FrameworkHeader)
        for problem in rule.find(law):
            yield replace(problem, file=f"[law {law.content.header.id}] {problem.file}")
