"""Asks every rule about a region folder, and finds out which tier it reaches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

from lanzarote.kit.scale.exemptions import Exemption, read_exemptions, unfit
from lanzarote.kit.scale.rules import TIERS, Rule, Subject, Tier
from lanzarote.regions.content import QUALITY_FILE, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date


class Ruling(Struct, frozen=True, kw_only=True):
    """What became of one rule."""

    rule: Rule
    asks: tuple[Problem, ...]
    """What is not as it is asked, exempt or not."""
    exemptions: tuple[Exemption, ...] = ()
    """Those of the folder, and of the law that comes with it."""
    vacant: bool = False
    """There is nothing yet that it could ask something of: nobody is to take it for met."""

    @property
    def open(self) -> tuple[Problem, ...]:
        return tuple(one for one in self.asks if not any(exemption.covers(one) for exemption in self.exemptions))

    @property
    def awaited(self) -> tuple[str, ...]:
        """Who could meet what is not asked of the author: it is still to do."""
        return tuple(dict.fromkeys(one.awaits for one in self.exemptions if one.awaits))

    @property
    def state(self) -> Literal["holds", "asks", "waits", "exempt", "nothing-to-ask"]:
        if self.open:
            return "asks"
        if self.asks:
            return "waits" if self.awaited else "exempt"
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
        """The highest tier of which, as of all below, every rule is met; no exemption counts."""
        return self._highest("asks", "waits", "exempt")

    @property
    def with_exemptions(self) -> Tier | None:
        """The same where rules that do not fit count for nothing; what awaits somebody is still to do."""
        return self._highest("asks", "waits")

    @property
    def exempt(self) -> tuple[Ruling, ...]:
        """What does not fit, on the way to the tier that is reached with exemptions."""
        return self._passed_as("exempt")

    @property
    def vacant(self) -> tuple[Ruling, ...]:
        """What had nothing to ask yet on that way."""
        return self._passed_as("nothing-to-ask")

    @property
    def next(self) -> Tier | None:
        """The first tier that is not reached, even with exemptions."""
        passed = self.with_exemptions
        below = TIERS.index(passed) + 1 if passed else 0
        return TIERS[below] if below < len(TIERS) else None

    def reaches(self, tier: Tier) -> bool:
        return _is_up_to(tier, self.reached)

    def _highest(self, *held_back_by: str) -> Tier | None:
        reached: Tier | None = None
        for tier in TIERS:
            if any(one.state in held_back_by for one in self.of(tier)):
                break
            reached = tier
        return reached

    def _passed_as(self, state: str) -> tuple[Ruling, ...]:
        passed = self.with_exemptions
        return tuple(one for one in self.rulings if one.state == state and _is_up_to(one.rule.tier, passed))


def _is_up_to(tier: Tier, reached: Tier | None) -> bool:
    return reached is not None and TIERS.index(tier) <= TIERS.index(reached)


def judge(
    subject: Subject, laws: Sequence[Subject], rules: Sequence[Rule], say: Callable[[str], object] = str
) -> Judgement:
    """Ask all *rules* of a region folder that can be loaded, and of the *laws* that come in its package.

    *say* is told which rule is being asked; to ask all takes seconds.
    """
    refused: list[Problem] = []
    of_law = [rule for rule in rules if rule.of_law]
    given = [_Given.by(subject, "", rules, refused)]
    given += [_Given.by(one, f"[law {one.content.header.id}]", of_law, refused) for one in laws if one.content.header]
    rulings = []
    for number, rule in enumerate(rules, 1):
        say(f"{rule.id} ({number} of {len(rules)})")
        asked = given if rule.of_law else given[:1]
        found = [(one, one.found(rule)) for one in asked]
        asks = tuple(problem for _, problems in found for problem in problems)
        vacant = not asks and rule.about is not None and not any(one.is_asked(rule) for one in asked)
        exemptions = []
        for one, problems in found:
            # A region may give the reason for what its law lacks, too.
            if exemption := one.exemption(rule, problems if one.mark else asks, refused):
                exemptions.append(exemption)
        rulings.append(Ruling(rule=rule, asks=asks, exemptions=tuple(exemptions), vacant=vacant))
    return Judgement(rulings=tuple(rulings), refused=tuple(refused))


def today() -> date:
    """The day it is where a day begins first: nothing of today is in the future anywhere."""
    return (datetime.now(UTC) + timedelta(hours=14)).date()


class _Given(Struct, frozen=True):
    """A folder that is asked, and what it gives reasons for."""

    subject: Subject
    mark: str
    """Stands before the files of a law, which comes with the region that is judged."""
    reasons: Mapping[str, Exemption]

    @classmethod
    def by(cls, subject: Subject, mark: str, rules: Sequence[Rule], refused: list[Problem]) -> _Given:
        content = subject.content
        known = len(content.problems)
        given = cls(subject, mark, read_exemptions(content, subject.folder, {rule.id: rule for rule in rules}))
        refused += map(given.marked, content.problems[known:])
        del content.problems[known:]
        return given

    def marked(self, problem: Problem) -> Problem:
        return replace(problem, file=f"{self.mark} {problem.file}") if self.mark else problem

    def found(self, rule: Rule) -> tuple[Problem, ...]:
        return tuple(sorted(map(self.marked, rule.find(self.subject)), key=lambda one: (one.file, one.line)))

    def is_asked(self, rule: Rule) -> bool:
        """Whether there is anything in it that *rule* asks something of."""
        return rule.about is None or any(True for _ in rule.about(self.subject))

    def exemption(self, rule: Rule, found: Sequence[Problem], refused: list[Problem]) -> Exemption | None:
        """What it gives a reason for of what *rule* has *found*; one that has nothing to exempt is *refused*."""
        reason = self.reasons.get(rule.id)
        if reason is None:
            return None
        if self.mark:
            reason = replace(reason, only=tuple(f"{self.mark} {one}" for one in reason.only) or (self.mark,))
        if told := unfit(reason, rule, found, vacant=not self.is_asked(rule)):
            refused.append(self.marked(self.subject.content.at(QUALITY_FILE, ("exempt", rule.id), told)))
            return None
        return reason
