"""The platform's words, and which part of the interface shows each: translators begin with the public pages."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

import lanzarote
from lanzarote.translation.extraction import Message, extract_messages

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
    HELP: re.compile(r"/templates/(help|help_lines|help_worried|help_others|layout_child|where_help_is)\.html"),
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
