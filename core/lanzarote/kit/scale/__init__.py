"""The quality scale of region packages: four tiers, and rules that a machine can check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.kit.scale import convention, facts, group, helplines, languages, law, package, practices
from lanzarote.kit.scale.rules import TIERS, Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.kit.scale.rules import Subject
    from lanzarote.regions.content import Problem


@rule(
    "loadable",
    asks="The platform can load the folder: it is well formed, and what it names is there.",
    why="Nobody can read what cannot be loaded.",
    todo="Mend what is named, file by file.",
)
def loads(subject: Subject) -> Iterator[Problem]:
    yield from subject.content.errors


_ROOMS = (facts, law, languages, convention, practices, helplines, group, package)
RULES: tuple[Rule, ...] = tuple(
    sorted((loads, *(one for room in _ROOMS for one in room.RULES)), key=lambda one: TIERS.index(one.tier))
)
"""All rules, by tier; within it facts first and the package last."""
