"""Rules about practices: who takes part, on which basis, with which limits and results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.kit.scale.rules import rule
from lanzarote.regions.content import SOURCED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.kit.scale.rules import Subject
    from lanzarote.regions.content import Content, Problem
    from lanzarote.types import PracticeSeed

SIDES = {"public": ("public", "mixed"), "civil-society": ("civil-society", "mixed")}
"""What co-operates, and the sides that count as it."""


def _shown(subject: Subject) -> Iterator[tuple[str, PracticeSeed]]:
    for key, practice in subject.content.practices.items():
        if practice.publish:
            yield f"practices/{key}.toml", practice


@rule(
    "sourced",
    asks="Every practice says what its sources do not show.",
    why="A reader elsewhere must see at once where the knowledge ends.",
    todo="Write limits in its texts: what was not evaluated, not told, not found.",
    about=_shown,
)
def limits_told(subject: Subject) -> Iterator[Problem]:
    for file, practice in _shown(subject):
        text = practice.text.get(practice.original)
        if text and not text.limits:
            path = ("text", practice.original)
            yield subject.content.at(file, path, "does not say what the sources do not show; add limits")


@rule(
    "complete",
    asks="At least one practice is shown.",
    why="Practices are what the group works on, and what others come for.",
    todo="Describe one in practices/<key>.toml from its public sources.",
)
def a_practice_shown(subject: Subject) -> Iterator[Problem]:
    if not list(_shown(subject)):
        yield subject.content.at("practices", (), "no practice is shown")


@rule(
    "complete",
    asks="Every practice says which paragraphs of the Convention it answers.",
    why="Coverage is read article by article, and other regions look for practices that way.",
    todo='Write convention = ["10.3"]; it reads as editorial.',
    about=_shown,
)
def practices_mapped(subject: Subject) -> Iterator[Problem]:
    for file, practice in _shown(subject):
        if not practice.convention:
            yield subject.content.at(file, ("convention",), "does not say what of the Convention it answers")


@rule(
    "complete",
    asks="Every practice shows partners of both sides: public institutions and organised civil society.",
    why="The mandate is about their co-operation; a practice of one side alone is not what it asks for.",
    todo="Name the other side's partner, or a sector with its side where no body is named; is there none, exempt it.",
    about=_shown,
)
def partners_of_both_sides(subject: Subject) -> Iterator[Problem]:
    for file, practice in _shown(subject):
        there = set(_sides(subject.content, practice))
        if missing := [side for side, counting in SIDES.items() if not there & {*counting}]:
            told = f"shows no partner of the side {' and none of '.join(missing)}"
            yield subject.content.at(file, ("partners",), told)


@rule(
    "exemplary",
    asks="Every practice with several sources says which of them say which field.",
    why="Readers who take it up look up the steps, the means and the difficulties where they are told.",
    todo='Write under [field_sources]: problem = ["a-source"]; editorial = ["transfer"] marks a conclusion of yours.',
    about=_shown,
)
def fields_have_sources(subject: Subject) -> Iterator[Problem]:
    return subject.warned(SOURCED)


@rule(
    "exemplary",
    asks="Every practice names the provisions that it rests on.",
    why="Another place must know which law it would need.",
    todo="Name keys of provisions: legal_basis = […].",
    about=_shown,
)
def practices_rest_on_law(subject: Subject) -> Iterator[Problem]:
    for file, practice in _shown(subject):
        if not practice.legal_basis:
            yield subject.content.at(file, ("legal_basis",), "names no provision that it rests on")


@rule(
    "exemplary",
    asks="Every practice tells what came of it, in words or in figures.",
    why="Only results show others whether it is worth the effort.",
    todo="Write results in its texts, or add [[evidence]] with its sources.",
    about=_shown,
)
def results_told(subject: Subject) -> Iterator[Problem]:
    for file, practice in _shown(subject):
        text = practice.text.get(practice.original)
        if not (practice.evidence or (text and text.results)):
            yield subject.content.at(file, ("text", practice.original), "does not tell what came of it")


def _sides(content: Content, practice: PracticeSeed) -> Iterator[str]:
    for partner in practice.partners:
        if partner.organisation in content.organisations:
            yield content.organisations[partner.organisation].side
        elif partner.side:
            yield partner.side
        elif partner.sector in content.sectors:
            yield content.sectors[partner.sector].side


RULES = (
    limits_told,
    a_practice_shown,
    practices_mapped,
    partners_of_both_sides,
    fields_have_sources,
    practices_rest_on_law,
    results_told,
)
