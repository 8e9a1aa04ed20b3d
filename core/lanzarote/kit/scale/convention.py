"""Rules about the Convention: how much of it the folder documents, and how it says what is not there."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lanzarote.facts.convention import Reference, convention
from lanzarote.kit.scale.rules import rule
from lanzarote.regions.vocabulary import of_content
from lanzarote.territory.coverage import cover

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.kit.scale.rules import Subject
    from lanzarote.regions.content import Problem
    from lanzarote.territory.coverage import Line

CHAPTERS = range(2, 9)
"""Those that ask something that can be documented in a region: prevention to the recording of data."""
HALF = 0.5


@rule(
    "complete",
    asks="At least half of the articles of chapters II to VIII have a provision, a practice or a statement.",
    why="Readers come with an article in mind; a table of “unknown” tells them nothing.",
    todo="Map provisions and practices to the articles named; where there is none, state it in coverage.toml.",
)
def convention_half_documented(subject: Subject) -> Iterator[Problem]:
    lines = list(_asked(subject))
    unknown = [line for line in lines if _unknown(line)]
    if len(unknown) > HALF * len(lines):
        yield subject.content.at("coverage.toml", (), _named(unknown, len(lines)))


@rule(
    "exemplary",
    asks="Every article of chapters II to VIII has a provision, a practice or a statement.",
    why="Then “none” means that somebody looked, with a date and a reason, and nothing is merely unknown.",
    todo="Look for each article named; if there is none, state it in coverage.toml: reviewer, date, reason, sources.",
)
def convention_documented(subject: Subject) -> Iterator[Problem]:
    lines = list(_asked(subject))
    if unknown := [line for line in lines if _unknown(line)]:
        yield subject.content.at("coverage.toml", (), _named(unknown, len(lines)))


def _asked(subject: Subject) -> Iterator[Line]:
    shown = [practice for practice in subject.content.practices.values() if practice.publish]
    answered = [{str(Reference.parse(one).article) for one in practice.convention} for practice in shown]
    counted = Counter(article for articles in answered for article in articles)
    for part in cover(of_content(subject.content), counted, subject.today).parts:
        if part.chapter.number in CHAPTERS:
            yield from part.lines


def _unknown(line: Line) -> bool:
    return line.provisions.kind == line.practices.kind == "unknown" and not line.statements


def _named(unknown: list[Line], asked: int) -> str:
    numbers = ", ".join(str(line.article.number) for line in unknown)
    last = convention().chapters[CHAPTERS[-1] - 1].last_article
    first = convention().chapters[CHAPTERS[0] - 1].first_article
    return f"{len(unknown)} of {asked} articles ({first} to {last}) are unknown: {numbers}"


RULES = (convention_half_documented, convention_documented)
