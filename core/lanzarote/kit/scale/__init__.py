"""The quality scale of region packages: four tiers, and rules that a machine can check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.kit.scale import facts, package, region
from lanzarote.kit.scale.rules import ASKED, Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.kit.scale.rules import Subject
    from lanzarote.regions.content import Problem


@rule()
def loads(subject: Subject) -> Iterator[Problem]:
    yield from subject.content.errors


_OWN = [one for room in (facts, region, package) for one in vars(room).values() if isinstance(one, Rule)]
_FOUND = {one.id: one for one in (loads, *_OWN, *facts.SIMPLE, *region.SIMPLE)}
RULES: tuple[Rule, ...] = tuple(_FOUND[name] for name in ASKED)
"""All rules, by tier; within it facts first and the package last."""
