"""The platform's words, which part of the interface shows each, and how far a language is translated."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

import lanzarote
from lanzarote.errors import LanzaroteError
from lanzarote.translation.catalogues import load, stamp
from lanzarote.translation.extraction import Message, extract_messages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lanzarote.types import Catalogue

PUBLIC: Final = "public pages"
TEAM: Final = "team"
OFFICE: Final = "office"
PARTS = (PUBLIC, TEAM, OFFICE)
"""In the order in which they are worth translating; a word that several show belongs to the first."""

HELP: Final = "help page"
FRAME: Final = "frame and menu"
HOME: Final = "home pages"
OTHER: Final = "other pages"
STEPS = (HELP, FRAME, HOME, OTHER)
"""The public pages in the order in which they are worth translating: what a child sees first comes first."""

_STEP_OF = {
    HELP: re.compile(r"/templates/(help\w*|leave|layout_child|where_help_is)\.html"),
    FRAME: re.compile(r"web/site\.py|web/failures\.py|web/templates/(layout|caveats|error|forms)\.html"),
    HOME: re.compile(r"/templates/(home|front)\.html"),
}
_OFFICE_ROOMS = ("office", "results")
_TEAM_ROOMS = ("accounts", "activity", "importing", "kinds", "transfers")
_TEAM = re.compile(
    r"/(team|talk|taking_part)/|(^|[/_])(team|form(?!_fields)|forms|assess|assessing|editing|answering|drafting|letters|mails|saving|steps?"
    r"|merging|waiting|deciding|judging|calling|moving|forwarding|inviting|choosing|mandating|endorsing|roles|task|tasks|own|amendments?|calls?|record|judges?|indicator|entries|invited|enabled)([_./]|$)"
)
"""Names of files that only those see who have signed in."""
_PUBLIC_IN_TEAM_ROOMS = re.compile(
    r"(?<!importing)/templates/(elsewhere|travels|pieces|line|procedure_line|thanks|where_help_is)\.html"
)


@cache
def platform_messages() -> dict[Message, tuple[str, ...]]:
    """Every word of the platform, with the files that show it."""
    found = extract_messages([Path(lanzarote.__file__).parent])
    return {
        message: tuple(dict.fromkeys(place.rpartition(":")[0] for place in places)) for message, places in found.items()
    }


@cache
def part_of(files: tuple[str, ...]) -> str:
    """The part of the interface that shows a word which stands in *files*."""
    return min((_part(file) for file in files), key=PARTS.index)


@cache
def step_of(files: tuple[str, ...]) -> str:
    """Which of the public pages shows a word first that stands in *files*."""
    found = [step for step, pattern in _STEP_OF.items() if any(map(pattern.search, files))]
    return found[0] if found else OTHER


def place_of(files: tuple[str, ...]) -> str:
    """What a translator is told of a word; sorted, these lines are the order in which to translate."""
    part = part_of(files)
    step = step_of(files)
    return f"{PARTS.index(part) + 1} {part}" + (f", {STEPS.index(step) + 1} {step}" if part == PUBLIC else "")


def _part(file: str) -> str:
    room = file.partition("/")[0]
    if room == "web":
        return PUBLIC  # what frames every page
    if room in _OFFICE_ROOMS:
        return OFFICE
    if room in _TEAM_ROOMS:
        return PUBLIC if _PUBLIC_IN_TEAM_ROOMS.search(file) else TEAM
    return TEAM if _TEAM.search(file) else PUBLIC


# --- How far a language is translated, part by part of the interface ---


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
