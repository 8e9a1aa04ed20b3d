"""Rules about help lines: whether somebody in need finds whom to turn to, and when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from lanzarote.kit.scale.rules import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.kit.scale.rules import Subject
    from lanzarote.regions.content import Problem
    from lanzarote.types import Helpline

MONTHS = 12
"""After how many months the number of a help line is to be read again."""
EVERYBODY = ("children", "witnesses", "emergency", "potential-perpetrators")


def _lines(subject: Subject) -> Iterator[tuple[str, Helpline]]:
    for key, line in subject.content.helplines.items():
        if not (line.until and line.until <= subject.today):
            yield key, line


@rule(
    "sourced",
    asks="Every help line has a number or an address, and a prominent one has a number.",
    why="Whoever looks for help may look once only.",
    todo="Give its number or its url.",
    about=_lines,
)
def helplines_reachable(subject: Subject) -> Iterator[Problem]:
    return subject.warned("helplines-reachable")


@rule(
    "complete",
    asks="Every help line says when somebody answers.",
    why="Nobody who took heart to call should meet an answering machine unprepared.",
    todo="Write hours in every language, as the line itself tells them.",
    about=_lines,
)
def hours_told(subject: Subject) -> Iterator[Problem]:
    for key, line in _lines(subject):
        if not line.hours:
            yield subject.content.at("helplines.toml", (key,), "does not say when somebody answers; add hours")


@rule(
    "complete",
    asks="There is a line for children and one for emergencies, and one of them stands on every page.",
    why="A child may read any page.",
    todo='Add lines with audiences = ["children"] and ["emergency"]; one prominent = true with a strip.',
)
def lines_for_children(subject: Subject) -> Iterator[Problem]:
    lines = list(_lines(subject))
    for audience in ("children", "emergency"):
        if not any(audience in line.audiences for _, line in lines):
            yield subject.content.at("helplines.toml", (), f"there is no line for {audience}")
    if not any(line.prominent and line.strip for _, line in lines):
        yield subject.content.at("helplines.toml", (), "no line is prominent, with words for the strip on every page")


@rule(
    "exemplary",
    asks="Witnesses, and those who fear to offend, find a line too.",
    why="Articles 12 and 7 of the Convention: who suspects shall be able to report, who fears to offend find help.",
    todo='Add lines with audiences = ["witnesses"] and ["potential-perpetrators"]; where there is none, exempt it.',
)
def lines_for_everybody(subject: Subject) -> Iterator[Problem]:
    for audience in EVERYBODY:
        if not any(audience in line.audiences for _, line in _lines(subject)):
            yield subject.content.at("helplines.toml", (), f"there is no line for {audience}")


@rule(
    "exemplary",
    asks=f"Numbers and hours of help lines were read in the last {MONTHS} months.",
    why="A wrong number costs more here than anywhere else.",
    todo="Read the line's own page again and write the new day into sources.toml.",
    about=_lines,
)
def helplines_read_lately(subject: Subject) -> Iterator[Problem]:
    oldest = subject.today - timedelta(days=round(365.25 / 12 * MONTHS))
    for key, line in _lines(subject):
        known = [subject.content.sources[one] for one in line.sources if one in subject.content.sources]
        days = [source.read_on for source in known if source.read_on]
        if not days or max(days) < oldest:
            told = f"none of its sources was read in the last {MONTHS} months"
            yield subject.content.at("helplines.toml", (key, "sources"), told)


RULES = (helplines_reachable, hours_told, lines_for_children, lines_for_everybody, helplines_read_lately)
