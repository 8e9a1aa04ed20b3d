"""Asks every rule about a region folder: which tier it reaches, which rules do not fit it and why; and tells it."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from lanzarote.kit.scale.rules import TIERS, TOLD, Rule, Subject, Tier
from lanzarote.records.validation import is_thin
from lanzarote.regions.content import QUALITY_FILE, Problem, nearest
from lanzarote.regions.converting import convert
from lanzarote.regions.toml_files import Unreadable, read_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from lanzarote.regions.content import Content


# --- ``quality.toml``: which rules of the scale do not fit a region, and why. Seen by everybody who checks it ---

_PRINTED = re.compile(r"(?:warning: )?(.+?)(?::\d+)?: (.+)")
"""An entry as `Problem` prints it: a file, mostly its line, and the key, what is told, or both."""
SHORTEST_REASON = 30
"""Letters of a reason of substance, what is said again apart."""
NO_REASON = (
    "gives no reason of substance; say where you looked, what you did not find there, and why the rule cannot be met "
    'here, such as: "The reports of 2019 to 2024 name no association that takes part."'
)


SOURCED = (
    "no rule of this tier can be exempt as a whole; name under only the entries that are, each with its file and key, "
    'such as "helplines.toml police"'
)


class Exemption(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a rule is not asked here: ``[exempt.some-rule]``."""

    reason: str
    """What was looked for, and why the rule cannot be met here; shown to everybody who checks the folder."""
    awaits: str = ""
    """Who could meet it, such as ``"a lawyer of the country"``: it is to do, and the tier is not reached before that.
    Without it the rule does not fit here."""
    only: tuple[str, ...] = ()
    """Entries that it is about, as the check prints them: ``"helplines.toml:50: police.number"``; without it all. The
    line may be left out and may change; ``"helplines.toml police"`` is all of that entry."""

    def covers(self, problem: Problem) -> bool:
        return not self.only or any(_within(problem, one) for one in self.only)


class QualityFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``quality.toml``: rules of the quality scale that do not fit this region."""

    exempt: dict[str, Exemption] = {}


def read_exemptions(content: Content, folder: Path, rules: Mapping[str, Rule]) -> dict[str, Exemption]:
    """Read the exemptions of a region folder; what is wrong with the file or with one of them is noted in *content*."""
    try:
        found = read_toml(folder / QUALITY_FILE)
    except Unreadable as fault:
        content.problems.append(Problem(file=QUALITY_FILE, key=fault.key, line=fault.line, message=fault.told))
        return {}
    if found is None:
        return {}
    content.text[QUALITY_FILE], data = found
    read, faults = convert(data, QualityFile)
    for wrong in faults:
        content.problem(QUALITY_FILE, wrong.path, wrong.told)
    sound = {}
    for rule_id, exemption in (read.exempt if read else {}).items():
        if told := _refused(rule_id, exemption, rules):
            content.problem(QUALITY_FILE, ("exempt", rule_id), told)
        else:
            sound[rule_id] = exemption
    return sound


def exempt(content: Content, folder: Path, rules: Mapping[str, Rule]) -> tuple[Problem, ...]:
    """The warnings of *content* that ``quality.toml`` gives a reason for; faults of that file are told elsewhere."""
    known = len(content.problems)
    exemptions = read_exemptions(content, folder, rules)
    del content.problems[known:]
    return tuple(one for one in content.problems if one.rule in exemptions and exemptions[one.rule].covers(one))


def unfit(exemption: Exemption, rule: Rule, found: Sequence[Problem], *, vacant: bool) -> str:
    """Why *exemption* exempts nothing of what *rule* has *found*, or too much; empty when it is right."""
    if not found:
        return f"this rule {'has nothing to ask yet' if vacant else 'holds'}; take the exemption out"
    for one in exemption.only:
        if not any(_within(problem, one) for problem in found):
            near = f"{_likely(one, found)!r}"
            return f"nothing is asked of {one!r}; take it out, or write an entry as the check prints it, such as {near}"
    if rule.tier == "sourced" and not (exemption.only and all(map(_names_entry, exemption.only))):
        return SOURCED
    return ""


def _refused(rule_id: str, exemption: Exemption, rules: Mapping[str, Rule]) -> str:
    if rule_id not in rules:
        return f"there is no rule {rule_id!r}; {nearest(rule_id, rules)} `lanzarote region check --rules` lists all"
    if rules[rule_id].tier == "loadable":
        return "what cannot be loaded cannot be exempt; mend it"
    return NO_REASON if is_thin(exemption.reason, letters=SHORTEST_REASON) else ""


def _names_entry(entry: str) -> bool:
    """Whether it is one entry, and not a file that may hold many."""
    file, _, key = entry.partition("] ")[2].partition(" ") if entry.startswith("[law ") else entry.partition(" ")
    alone = not file.endswith(".toml") or file.startswith(("practices/", "procedures/"))
    return bool(key) or (bool(file) and alone)


def _place(problem: Problem) -> str:
    return f"{problem.file} {problem.key}".strip()


def _likely(entry: str, found: Sequence[Problem]) -> str:
    """An entry that can be written where *entry* was: of its file, if something is asked there."""
    return next((_place(one) for one in found if entry.startswith(one.file)), _place(found[0]))


def _within(problem: Problem, entry: str) -> bool:
    place = _place(problem)
    if place == entry or place.startswith((f"{entry} ", f"{entry}.")):
        return True
    printed = _PRINTED.fullmatch(entry)
    if printed is None or printed[1] != problem.file:
        return False
    told = ": ".join(filter(None, (problem.key, problem.message)))
    return told == printed[2] or told.startswith((f"{printed[2]}: ", f"{printed[2]}."))


# --- Asks every rule about a region folder, and finds out which tier it reaches ---


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


# --- Says what became of the rules: to people, and as JSON ---

SHOWN = 5
"""Findings that are told of each rule unless all are asked for."""


def render(judgement: Judgement, *, everything: bool = False) -> Iterator[str]:
    """Lines for a person: per tier what holds, what is exempt, what is asked; then where it stands."""
    for tier in TIERS:
        rulings = judgement.of(tier)
        yield f"{tier}: {_status(judgement, tier)}"
        for state, told in (("holds", "holds"), ("nothing-to-ask", "nothing to ask yet")):
            if ids := [one.rule.id for one in rulings if one.state == state]:
                yield f"  {told}: {', '.join(ids)}"
        for ruling in rulings:
            if ruling.asks:
                yield from (
                    f"  {_kind(one)}: {ruling.rule.id}{_only(one)}: {_reason(one)}" for one in ruling.exemptions
                )
        for ruling in rulings:
            if ruling.state == "asks":
                yield from _asked(ruling, everything=everything)
    yield from _summary(judgement)


def as_json(judgement: Judgement) -> dict[str, Any]:
    """The same for programs."""
    return {
        "reached": judgement.reached,
        "with_exemptions": judgement.with_exemptions,
        "next": judgement.next,
        "exempt": [one.rule.id for one in judgement.exempt],
        "nothing_to_ask": [one.rule.id for one in judgement.vacant],
        "tiers": [
            {
                "name": tier,
                "reached": judgement.reaches(tier),
                "rules": [_ruling(one) for one in judgement.of(tier)],
            }
            for tier in TIERS
        ],
        "refused_exemptions": [problem_as_json(one) for one in judgement.refused],
    }


def render_rules(rules: Sequence[Rule]) -> Iterator[str]:
    """Every rule: what is asked, why, and what to do."""
    for tier in TIERS:
        yield f"{tier}: {TOLD[tier]}"
        for rule in rules:
            if rule.tier == tier:
                yield f"  {rule.id}: {rule.asks}"
                yield f"    Why: {rule.why}"
                yield f"    What to do: {rule.todo}"


def rules_as_json(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    return [_rule(rule) for rule in rules]


def problem_as_json(problem: Problem) -> dict[str, Any]:
    return {"file": problem.file, "line": problem.line, "key": problem.key, "message": problem.message}


def _status(judgement: Judgement, tier: Tier) -> str:
    """How far a tier is, and what of it is not met although nothing is asked."""
    states = Counter(one.state for one in judgement.of(tier))
    of, exempt, vacant = states.total(), states["exempt"], states["nothing-to-ask"]
    told = [
        f"{count} of {of} rules {verb if count == 1 else verbs}"
        for count, verb, verbs in (
            (states["asks"], "asks for something", "ask for something"),
            (states["waits"], "waits for somebody", "wait for somebody"),
        )
        if count
    ]
    if not told:
        told = [
            "reached"
            if judgement.reaches(tier)
            else "no rule asks for anything"
            if vacant or exempt
            else "all rules hold"
        ]
    told += [f"{exempt} of {of} rules exempt"] if exempt else []
    told += [f"{vacant} of {of} rules with nothing to ask yet"] if vacant else []
    return ", ".join(told)


def _asked(ruling: Ruling, *, everything: bool) -> Iterator[str]:
    yield f"  asks: {ruling.rule.id}: {ruling.rule.asks}"
    found = ruling.open
    for problem in found if everything else found[:SHOWN]:
        yield f"    {problem}"
    if not everything and len(found) > SHOWN:
        yield f"    … and {len(found) - SHOWN} more (--all shows them)"
    yield f"    What to do: {ruling.rule.todo}"


def _summary(judgement: Judgement) -> Iterator[str]:
    for problem in judgement.refused:
        yield str(problem)
    yield f"Reached: {judgement.reached or 'no tier'}."
    if judgement.with_exemptions != judgement.reached:
        exempt = ", ".join(one.rule.id for one in judgement.exempt)
        yield f"Reached with exemptions: {judgement.with_exemptions}, exempt from {exempt}."
    if judgement.vacant:
        yield f"Nothing to ask yet, and so not known to hold: {', '.join(one.rule.id for one in judgement.vacant)}."
    if judgement.next:
        rulings = judgement.of(judgement.next)
        if asked := [one.rule.id for one in rulings if one.open]:
            yield f"The next, {judgement.next}, asks for: {', '.join(asked)}."
        if awaited := [f"{one.rule.id} ({'; '.join(one.awaited)})" for one in rulings if one.state == "waits"]:
            yield f"To do before it is {judgement.next}, by others: {', '.join(awaited)}."


def _kind(exemption: Exemption) -> str:
    return "to do" if exemption.awaits else "exempt"


def _reason(exemption: Exemption) -> str:
    return f"{exemption.reason} (Awaits {exemption.awaits}.)" if exemption.awaits else exemption.reason


def _only(exemption: Exemption) -> str:
    return f" ({', '.join(exemption.only)})" if exemption.only else ""


def _ruling(ruling: Ruling) -> dict[str, Any]:
    return {
        "id": ruling.rule.id,
        "state": ruling.state,
        "findings": [problem_as_json(one) for one in ruling.open],
        "exemptions": [
            {"reason": one.reason, "awaits": one.awaits, "only": list(one.only)} for one in ruling.exemptions
        ],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {"id": rule.id, "tier": rule.tier, "asks": rule.asks, "why": rule.why, "todo": rule.todo}
