"""Rules about a region: its territory and group, the Convention, practices, help lines."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from lanzarote.facts.convention import Reference, convention
from lanzarote.kit.scale.rules import every, noted, rule
from lanzarote.regions.content import SOURCED
from lanzarote.regions.vocabulary import of_content
from lanzarote.territory.coverage import cover

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lanzarote.kit.scale.rules import Found, Subject
    from lanzarote.regions.content import Content, Problem
    from lanzarote.territory.coverage import Line
    from lanzarote.types import PracticeSeed


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


def _shown(subject: Subject) -> Iterator[Found]:
    for key, practice in subject.content.practices.items():
        if practice.publish:
            yield f"practices/{key}.toml", (), practice


def _originals(subject: Subject) -> Iterator[Found]:
    """Practices that are shown, each with its text in the language in which it was written."""
    for file, _, practice in _shown(subject):
        yield file, ("text", practice.original), (practice, practice.text.get(practice.original))


@rule()
def a_practice_shown(subject: Subject) -> Iterator[Problem]:
    if not list(_shown(subject)):
        yield subject.content.at("practices", (), "no practice is shown")


@rule(about=_shown)
def partners_of_both_sides(subject: Subject) -> Iterator[Problem]:
    for file, _, practice in _shown(subject):
        there = set(_sides(subject.content, practice))
        if missing := [side for side, counting in SIDES.items() if not there & {*counting}]:
            told = f"shows no partner of the side {' and none of '.join(missing)}"
            yield subject.content.at(file, ("partners",), told)


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


def _lines(subject: Subject) -> Iterator[Found]:
    for key, line in subject.content.helplines.items():
        if not (line.until and line.until <= subject.today):
            yield "helplines.toml", (key,), line


@rule()
def lines_for_children(subject: Subject) -> Iterator[Problem]:
    yield from _without_a_line(subject, ("children", "emergency"))
    if not any(line.prominent and line.strip for _, _, line in _lines(subject)):
        yield subject.content.at("helplines.toml", (), "no line is prominent, with words for the strip on every page")


@rule()
def lines_for_everybody(subject: Subject) -> Iterator[Problem]:
    yield from _without_a_line(subject, EVERYBODY)


def _without_a_line(subject: Subject, audiences: Iterable[str]) -> Iterator[Problem]:
    there = {audience for _, _, line in _lines(subject) for audience in line.audiences}
    for audience in audiences:
        if audience not in there:
            yield subject.content.at("helplines.toml", (), f"there is no line for {audience}")


@rule(about=_lines)
def helplines_read_lately(subject: Subject) -> Iterator[Problem]:
    oldest = subject.today - timedelta(days=round(365.25 / 12 * MONTHS))
    for file, path, line in _lines(subject):
        known = [subject.content.sources[one] for one in line.sources if one in subject.content.sources]
        days = [source.read_on for source in known if source.read_on]
        if not days or max(days) < oldest:
            told = f"none of its sources was read in the last {MONTHS} months"
            yield subject.content.at(file, (*path, "sources"), told)


# --- Rules about the territory and the group: sectors, bodies, ages, mandate, how it decides and assesses ---

ARTICLE_10 = ("education", "health", "social-services", "law-enforcement", "judicial", "civil-society")
"""Common sectors between which Article 10 asks for co-operation."""


def _sectors(subject: Subject) -> Iterable[object]:
    return [one for one in subject.content.sectors.values() if not one.until]


def _header(subject: Subject) -> Iterator[Found]:
    yield "region.toml", (), subject.header


def _mandates(subject: Subject) -> Iterator[Found]:
    for number, mandate in enumerate(subject.header.mandates):
        yield "region.toml", ("mandates", number), mandate


def _decision(subject: Subject) -> Iterator[Found]:
    if subject.content.decision:
        yield "decision.toml", (), subject.content.decision


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
            yield subject.content.at(
                "sectors.toml", (key,), "no organisation of organisations.toml belongs to this sector"
            )


@rule()
def ages_rest_on_law(subject: Subject) -> Iterator[Problem]:
    if not any(age.years is not None for age in subject.content.ages.values()):
        yield subject.content.at("ages.toml", (), "no age is stated in years")
    for key, age in subject.content.ages.items():
        if not age.provisions:
            yield subject.content.at("ages.toml", (key,), "names no provision that sets it; add provisions")


@rule()
def mandate_stated(subject: Subject) -> Iterator[Problem]:
    if not subject.header.mandates:
        yield subject.content.at("region.toml", ("mandates",), "there is no mandate; add [[mandates]]")
    for file, path, mandate in _mandates(subject):
        if not (mandate.title and mandate.objectives):
            yield subject.content.at(file, path, "has no title, or no objectives")


@rule()
def decision_rule_stated(subject: Subject) -> Iterator[Problem]:
    decision = subject.content.decision
    if decision is None:
        yield subject.content.at("decision.toml", (), "there is no rule of decision")
    elif not {"public", "civil-society"} <= set(decision.quorum_sides):
        told = "does not ask that both sides are there; add both to quorum_sides"
        yield subject.content.at("decision.toml", ("quorum_sides",), told)


@rule()
def grid_stated(subject: Subject) -> Iterator[Problem]:
    grid = subject.content.criteria
    if grid is None:
        yield subject.content.at("criteria.toml", (), "there is no grid for assessments")
        return
    for number, question in enumerate(grid.questions):
        if not question.help:
            yield subject.content.at("criteria.toml", ("questions", number), "does not say how it is meant; add help")


# --- Rules that one look at each thing answers, and those that reading the folder has answered ---

SIMPLE = (
    every("limits-told", _originals, lambda one: one[1] is None or one[1].limits),
    every("practices-mapped", _shown, lambda practice: practice.convention),
    noted(SOURCED, _shown),
    every("practices-rest-on-law", _shown, lambda practice: practice.legal_basis),
    every("results-told", _originals, lambda one: one[0].evidence or (one[1] and one[1].results)),
    noted("helplines-reachable", _lines),
    every("hours-told", _lines, lambda line: line.hours),
    every("leading-sector-named", _header, lambda header: header.leading_sectors),
    every("mandates-dated", _mandates, lambda mandate: mandate.since and mandate.adopted_by),
    every("decision-rule-adopted", _decision, lambda decision: not decision.editorial),
    every("contact-given", _header, lambda header: header.contact),
)
