"""Rules about the territory and the group: sectors, bodies, ages, mandate, how it decides and assesses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.kit.scale.rules import rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lanzarote.kit.scale.rules import Subject
    from lanzarote.regions.content import Problem

ARTICLE_10 = ("education", "health", "social-services", "law-enforcement", "judicial", "civil-society")
"""Common sectors between which Article 10 asks for co-operation."""


def _sectors(subject: Subject) -> Iterable[object]:
    return [one for one in subject.content.sectors.values() if not one.until]


def _mandates(subject: Subject) -> Iterable[object]:
    return subject.header.mandates


def _decision(subject: Subject) -> Iterable[object]:
    return [subject.content.decision] if subject.content.decision else ()


@rule(
    "complete",
    asks="The territory is described, and says since when the Convention binds its State.",
    why="Readers from elsewhere must know what kind of place it is, and which rules hold there.",
    todo="Write description and [convention_status] with in_force into region.toml.",
)
def territory_described(subject: Subject) -> Iterator[Problem]:
    header = subject.header
    if not header.description:
        yield subject.content.at("region.toml", (), "does not describe the territory; add description")
    if header.convention_status is None or header.convention_status.in_force is None:
        path = ("convention_status",)
        told = "does not say since when the Convention is in force; add in_force"
        yield subject.content.at("region.toml", path, told)


@rule(
    "complete",
    asks="Each sector that Article 10 names is there: schools, health, social services, police, courts, civil society.",
    why="What the group looks at happens between them.",
    todo="Add the sector to sectors.toml, or name it under common of the one that it belongs to.",
)
def sectors_of_article_10(subject: Subject) -> Iterator[Problem]:
    there = {common for sector in subject.content.sectors.values() for common in sector.common}
    for common in ARTICLE_10:
        if common not in there:
            yield subject.content.at("sectors.toml", (), f"no sector counts under {common!r}")


@rule(
    "complete",
    asks="Each sector has at least one body in the directory.",
    why="A sector without bodies leaves nobody to ask.",
    todo="Add a body that a public source tells of; if none was found, exempt the sector and say where was looked.",
    about=_sectors,
)
def sectors_have_bodies(subject: Subject) -> Iterator[Problem]:
    used = {sector for one in subject.content.organisations.values() if not one.until for sector in one.sectors}
    for key, sector in subject.content.sectors.items():
        if key not in used and not sector.until:
            yield subject.content.at("sectors.toml", (key,), "no body of organisations.toml belongs to this sector")


@rule(
    "complete",
    asks="The leading sector is named.",
    why="Who leads the response to a suspicion differs from place to place, and decides whom to call first.",
    todo="Name it in region.toml: leading_sectors = […].",
)
def leading_sector_named(subject: Subject) -> Iterator[Problem]:
    if not subject.header.leading_sectors:
        yield subject.content.at("region.toml", (), "names no sector that leads the response; add leading_sectors")


@rule(
    "complete",
    asks="Ages and time limits that matter are there, each with the provisions that set it.",
    why="They differ between neighbouring countries, and mistakes about them harm.",
    todo="Write ages.toml: majority and the age of sexual consent at least; name provisions = […].",
)
def ages_rest_on_law(subject: Subject) -> Iterator[Problem]:
    if not any(age.years is not None for age in subject.content.ages.values()):
        yield subject.content.at("ages.toml", (), "no age is stated in years")
    for key, age in subject.content.ages.items():
        if not age.provisions:
            yield subject.content.at("ages.toml", (key,), "names no provision that sets it; add provisions")


@rule(
    "complete",
    asks="The mandate is there: a title and its objectives.",
    why="It says what the group is for; everything else follows from it.",
    todo="Write [[mandates]] into region.toml, in your own words, with its source.",
)
def mandate_stated(subject: Subject) -> Iterator[Problem]:
    mandates = subject.header.mandates
    if not mandates:
        yield subject.content.at("region.toml", ("mandates",), "there is no mandate; add [[mandates]]")
    for number, mandate in enumerate(mandates):
        if not (mandate.title and mandate.objectives):
            yield subject.content.at("region.toml", ("mandates", number), "has no title, or no objectives")


@rule(
    "exemplary",
    asks="Every version of the mandate says since when it holds and who adopted it.",
    why="Only then can a decision be read against the mandate of its day.",
    todo="Look it up in the text that was adopted: since and adopted_by.",
    about=_mandates,
)
def mandates_dated(subject: Subject) -> Iterator[Problem]:
    for number, mandate in enumerate(subject.header.mandates):
        if not (mandate.since and mandate.adopted_by):
            path = ("mandates", number)
            yield subject.content.at("region.toml", path, "does not say since when it holds, or who adopted it")


@rule(
    "complete",
    asks="There is a rule by which the group decides, with a quorum of both sides.",
    why="Without it the first decision turns into a dispute about how to decide.",
    todo='Write decision.toml; quorum_sides = ["public", "civil-society"]; editorial = true until the group adopts it.',
)
def decision_rule_stated(subject: Subject) -> Iterator[Problem]:
    decision = subject.content.decision
    if decision is None:
        yield subject.content.at("decision.toml", (), "there is no rule of decision")
    elif not {"public", "civil-society"} <= set(decision.quorum_sides):
        told = "does not ask that both sides are there; add both to quorum_sides"
        yield subject.content.at("decision.toml", ("quorum_sides",), told)


@rule(
    "exemplary",
    asks="The group itself has adopted its rule of decision.",
    why="A rule proposed by editors binds nobody.",
    todo="Let the group adopt one; write it down with its source, and take editorial out: editorial = false.",
    about=_decision,
)
def decision_rule_adopted(subject: Subject) -> Iterator[Problem]:
    if subject.content.decision and subject.content.decision.editorial:
        told = "is a proposal of the editors; the group has not adopted it"
        yield subject.content.at("decision.toml", ("editorial",), told)


@rule(
    "complete",
    asks="There is a grid for assessments: how many reviewers, when to look again, what each question means.",
    why="Two reviewers who understand a question differently do not assess the same thing.",
    todo="Write criteria.toml, with help for each question of your own.",
)
def grid_stated(subject: Subject) -> Iterator[Problem]:
    grid = subject.content.criteria
    if grid is None:
        yield subject.content.at("criteria.toml", (), "there is no grid for assessments")
        return
    for number, question in enumerate(grid.questions):
        if not question.help:
            yield subject.content.at("criteria.toml", ("questions", number), "does not say how it is meant; add help")


@rule(
    "exemplary",
    asks="The team can be reached at a public address of its own.",
    why="Bodies that are named must be able to answer, and readers to correct.",
    todo="Write contact into region.toml: the address of a function, such as contact@ or group@, never of a person.",
)
def contact_given(subject: Subject) -> Iterator[Problem]:
    if not subject.header.contact:
        yield subject.content.at("region.toml", (), "gives no public contact of the team; add contact")


RULES = (
    territory_described,
    sectors_of_article_10,
    sectors_have_bodies,
    leading_sector_named,
    ages_rest_on_law,
    mandate_stated,
    decision_rule_stated,
    grid_stated,
    mandates_dated,
    decision_rule_adopted,
    contact_given,
)
