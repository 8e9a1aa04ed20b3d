"""``quality.toml``: which rules of the scale do not fit a region, and why. Seen by everybody who checks it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from lanzarote.records.validation import is_thin
from lanzarote.regions.content import QUALITY_FILE, Problem, nearest
from lanzarote.regions.converting import convert
from lanzarote.regions.toml_files import Unreadable, read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lanzarote.kit.scale.rules import Rule
    from lanzarote.regions.content import Content

_PRINTED = re.compile(r"(?:warning: )?(.+?)(?::\d+)?: (.+)")
"""An entry as `Problem` prints it: a file, mostly its line, and the key, what is told, or both."""
SHORTEST_REASON = 30
"""Letters of a reason of substance, what is said again apart."""
NO_REASON = (
    "gives no reason of substance; tell where was looked, what was not found there, and why the rule cannot be met "
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
