"""Rules about a region: its territory and group, the Convention, practices, help lines."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from lanzarote.facts.convention import Reference, convention
from lanzarote.kit.scale.rules import rule
from lanzarote.regions.content import SOURCED
from lanzarote.regions.vocabulary import of_content
from lanzarote.territory.coverage import cover

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lanzarote.kit.scale.rules import Subject
    from lanzarote.regions.content import Content, Problem
    from lanzarote.territory.coverage import Line
    from lanzarote.types import Helpline, PracticeSeed


# --- Rules about the Convention: how much of it the folder documents, and how it says what is not there ---

CHAPTERS = range(2, 9)
"""Those that ask something that can be documented in a region: prevention to the recording of data."""
HALF = 0.5


@rule()
def convention_half_documented(subject: Subject) -> Iterator[Problem]:
    lines = list(_asked(subject))
    unknown = [line for line in lines if _unknown(line)]
    if len(unknown) > HALF * len(lines):
        yield subject.content.at("coverage.toml", (), _named(unknown, len(lines)))


@rule()
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


# --- Rules about practices: who takes part, on which basis, with which limits and results ---

SIDES = {"public": ("public", "mixed"), "civil-society": ("civil-society", "mixed")}
"""What co-operates, and the sides that count as it."""


def _shown(subject: Subject) -> Iterator[tuple[str, PracticeSeed]]:
    for key, practice in subject.content.practices.items():
        if practice.publish:
            yield f"practices/{key}.toml", practice


@rule(about=_shown)
def limits_told(subject: Subject) -> Iterator[Problem]:
    for file, practice in _shown(subject):
        text = practice.text.get(practice.original)
        if text and not text.limits:
            path = ("text", practice.original)
            yield subject.content.at(file, path, "does not say what the sources do not show; add limits")


@rule()
def a_practice_shown(subject: Subject) -> Iterator[Problem]:
    if not list(_shown(subject)):
        yield subject.content.at("practices", (), "no practice is shown")


@rule(about=_shown)
def practices_mapped(subject: Subject) -> Iterator[Problem]:
    for file, practice in _shown(subject):
        if not practice.convention:
            yield subject.content.at(file, ("convention",), "does not say what of the Convention it answers")


@rule(about=_shown)
def partners_of_both_sides(subject: Subject) -> Iterator[Problem]:
    for file, practice in _shown(subject):
        there = set(_sides(subject.content, practice))
        if missing := [side for side, counting in SIDES.items() if not there & {*counting}]:
            told = f"shows no partner of the side {' and none of '.join(missing)}"
            yield subject.content.at(file, ("partners",), told)


@rule(about=_shown)
def fields_have_sources(subject: Subject) -> Iterator[Problem]:
    return subject.warned(SOURCED)


@rule(about=_shown)
def practices_rest_on_law(subject: Subject) -> Iterator[Problem]:
    for file, practice in _shown(subject):
        if not practice.legal_basis:
            yield subject.content.at(file, ("legal_basis",), "names no provision that it rests on")


@rule(about=_shown)
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


# --- Rules about help lines: whether somebody in need finds whom to turn to, and when ---

MONTHS = 12
"""After how many months the number of a help line is to be read again."""
EVERYBODY = ("children", "witnesses", "emergency", "potential-perpetrators")


def _lines(subject: Subject) -> Iterator[tuple[str, Helpline]]:
    for key, line in subject.content.helplines.items():
        if not (line.until and line.until <= subject.today):
            yield key, line


@rule(about=_lines)
def helplines_reachable(subject: Subject) -> Iterator[Problem]:
    return subject.warned("helplines-reachable")


@rule(about=_lines)
def hours_told(subject: Subject) -> Iterator[Problem]:
    for key, line in _lines(subject):
        if not line.hours:
            yield subject.content.at("helplines.toml", (key,), "does not say when somebody answers; add hours")


@rule()
def lines_for_children(subject: Subject) -> Iterator[Problem]:
    lines = list(_lines(subject))
    for audience in ("children", "emergency"):
        if not any(audience in line.audiences for _, line in lines):
            yield subject.content.at("helplines.toml", (), f"there is no line for {audience}")
    if not any(line.prominent and line.strip for _, line in lines):
        yield subject.content.at("helplines.toml", (), "no line is prominent, with words for the strip on every page")


@rule()
def lines_for_everybody(subject: Subject) -> Iterator[Problem]:
    for audience in EVERYBODY:
        if not any(audience in line.audiences for _, line in _lines(subject)):
            yield subject.content.at("helplines.toml", (), f"there is no line for {audience}")


@rule(about=_lines)
def helplines_read_lately(subject: Subject) -> Iterator[Problem]:
    oldest = subject.today - timedelta(days=round(365.25 / 12 * MONTHS))
    for key, line in _lines(subject):
        known = [subject.content.sources[one] for one in line.sources if one in subject.content.sources]
        days = [source.read_on for source in known if source.read_on]
        if not days or max(days) < oldest:
            told = f"none of its sources was read in the last {MONTHS} months"
            yield subject.content.at("helplines.toml", (key, "sources"), told)


# --- Rules about the territory and the group: sectors, bodies, ages, mandate, how it decides and assesses ---

ARTICLE_10 = ("education", "health", "social-services", "law-enforcement", "judicial", "civil-society")
"""Common sectors between which Article 10 asks for co-operation."""


def _sectors(subject: Subject) -> Iterable[object]:
    return [one for one in subject.content.sectors.values() if not one.until]


def _mandates(subject: Subject) -> Iterable[object]:
    return subject.header.mandates


def _decision(subject: Subject) -> Iterable[object]:
    return [subject.content.decision] if subject.content.decision else ()


@rule()
def territory_described(subject: Subject) -> Iterator[Problem]:
    header = subject.header
    if not header.description:
        yield subject.content.at("region.toml", (), "does not describe the territory; add description")
    if header.convention_status is None or header.convention_status.in_force is None:
        path = ("convention_status",)
        told = "does not say since when the Convention is in force; add in_force"
        yield subject.content.at("region.toml", path, told)


@rule()
def sectors_of_article_10(subject: Subject) -> Iterator[Problem]:
    there = {common for sector in subject.content.sectors.values() for common in sector.common}
    for common in ARTICLE_10:
        if common not in there:
            yield subject.content.at("sectors.toml", (), f"no sector counts under {common!r}")


@rule(about=_sectors)
def sectors_have_bodies(subject: Subject) -> Iterator[Problem]:
    used = {sector for one in subject.content.organisations.values() if not one.until for sector in one.sectors}
    for key, sector in subject.content.sectors.items():
        if key not in used and not sector.until:
            yield subject.content.at("sectors.toml", (key,), "no body of organisations.toml belongs to this sector")


@rule()
def leading_sector_named(subject: Subject) -> Iterator[Problem]:
    if not subject.header.leading_sectors:
        yield subject.content.at("region.toml", (), "names no sector that leads the response; add leading_sectors")


@rule()
def ages_rest_on_law(subject: Subject) -> Iterator[Problem]:
    if not any(age.years is not None for age in subject.content.ages.values()):
        yield subject.content.at("ages.toml", (), "no age is stated in years")
    for key, age in subject.content.ages.items():
        if not age.provisions:
            yield subject.content.at("ages.toml", (key,), "names no provision that sets it; add provisions")


@rule()
def mandate_stated(subject: Subject) -> Iterator[Problem]:
    mandates = subject.header.mandates
    if not mandates:
        yield subject.content.at("region.toml", ("mandates",), "there is no mandate; add [[mandates]]")
    for number, mandate in enumerate(mandates):
        if not (mandate.title and mandate.objectives):
            yield subject.content.at("region.toml", ("mandates", number), "has no title, or no objectives")


@rule(about=_mandates)
def mandates_dated(subject: Subject) -> Iterator[Problem]:
    for number, mandate in enumerate(subject.header.mandates):
        if not (mandate.since and mandate.adopted_by):
            path = ("mandates", number)
            yield subject.content.at("region.toml", path, "does not say since when it holds, or who adopted it")


@rule()
def decision_rule_stated(subject: Subject) -> Iterator[Problem]:
    decision = subject.content.decision
    if decision is None:
        yield subject.content.at("decision.toml", (), "there is no rule of decision")
    elif not {"public", "civil-society"} <= set(decision.quorum_sides):
        told = "does not ask that both sides are there; add both to quorum_sides"
        yield subject.content.at("decision.toml", ("quorum_sides",), told)


@rule(about=_decision)
def decision_rule_adopted(subject: Subject) -> Iterator[Problem]:
    if subject.content.decision and subject.content.decision.editorial:
        told = "is a proposal of the editors; the group has not adopted it"
        yield subject.content.at("decision.toml", ("editorial",), told)


@rule()
def grid_stated(subject: Subject) -> Iterator[Problem]:
    grid = subject.content.criteria
    if grid is None:
        yield subject.content.at("criteria.toml", (), "there is no grid for assessments")
        return
    for number, question in enumerate(grid.questions):
        if not question.help:
            yield subject.content.at("criteria.toml", ("questions", number), "does not say how it is meant; add help")


@rule()
def contact_given(subject: Subject) -> Iterator[Problem]:
    if not subject.header.contact:
        yield subject.content.at("region.toml", (), "gives no public contact of the team; add contact")
