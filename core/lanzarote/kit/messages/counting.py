"""How far a language is translated, part by part of the interface."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from lanzarote.errors import LanzaroteError
from lanzarote.kit.messages.parts import OFFICE, PARTS, PUBLIC, TEAM, part_of, platform_messages
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

    def missing(self, part: str = "") -> int:
        """How many words of *part*, or of all, are not translated."""
        parts = (part,) if part else PARTS
        return sum(self.asked.get(one, 0) - self.done.get(one, 0) for one in parts)


def progress(language: str, catalogues: Sequence[Catalogue]) -> Progress:
    """Count what *catalogues* translate into *language*; one that cannot be used counts for nothing."""
    known = translated(language, catalogues)
    asked: Counter[str] = Counter()
    done: Counter[str] = Counter()
    for message, files in platform_messages().items():
        part = part_of(files)
        asked[part] += 1
        done[part] += (message.context, message.id) in known
    return Progress(language=language, asked=asked, done=done)


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
