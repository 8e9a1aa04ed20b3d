"""How far a language is translated, part by part of the interface."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from lanzarote.errors import LanzaroteError
from lanzarote.kit.messages.parts import OFFICE, PARTS, PUBLIC, STEPS, TEAM, part_of, platform_messages, step_of
from lanzarote.translation.catalogues import load, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lanzarote.types import Catalogue

__all__ = ["OFFICE", "PARTS", "PUBLIC", "TEAM", "Progress", "progress", "translated"]


class Progress(Struct, frozen=True, kw_only=True):
    """Counts of the platform's words in one language."""

    language: str
    asked: Mapping[str, int]
    """Part → how many words it has."""
    done: Mapping[str, int]
    """Part → how many of them are translated, sound and not fuzzy."""
    steps: Mapping[str, tuple[int, int]]
    """Step of the public pages → how many of its words are translated, and how many it has."""

    def missing(self, part: str = "") -> int:
        """How many words of *part*, or of all, are not translated."""
        parts = (part,) if part else PARTS
        return sum(self.asked.get(one, 0) - self.done.get(one, 0) for one in parts)

    def told(self) -> list[str]:
        """Part by part, the public pages step by step."""
        steps = ", ".join(f"{step} {done} of {asked}" for step, (done, asked) in self.steps.items())
        counted = [f"{part} {self.done.get(part, 0)} of {self.asked[part]}" for part in PARTS]
        return [f"{one} ({steps})" if one.startswith(PUBLIC) else one for one in counted]


def progress(language: str, catalogues: Sequence[Catalogue]) -> Progress:
    """Count what *catalogues* translate into *language*; one that cannot be used counts for nothing."""
    known = translated(language, catalogues)
    asked: Counter[str] = Counter()
    done: Counter[str] = Counter()
    steps = dict.fromkeys(STEPS, (0, 0))
    for message, files in platform_messages().items():
        part = part_of(files)
        there = (message.context, message.id) in known
        asked[part] += 1
        done[part] += there
        if part == PUBLIC:
            before, of = steps[step_of(files)]
            steps[step_of(files)] = before + there, of + 1
    return Progress(language=language, asked=asked, done=done, steps=steps)


def translated(language: str, catalogues: Iterable[Catalogue]) -> set[tuple[str, str]]:
    """Context and text of what *catalogues* translate into *language*."""
    found: set[tuple[str, str]] = set()
    for catalogue in catalogues:
        if catalogue.language == language:
            found |= _keys(catalogue, stamp(str(catalogue.path)))
    return found


@lru_cache(maxsize=16)
def _keys(catalogue: Catalogue, stamp: tuple[int, ...]) -> frozenset[tuple[str, str]]:
    """*stamp*: of the file as it is now; what was read of another is not taken for it."""
    try:
        return frozenset(entry.key for entry in load(catalogue))
    except LanzaroteError:
        return frozenset()  # told where the file itself is looked at
