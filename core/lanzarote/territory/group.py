"""The working group, its mandate and what binds the State; ages and time limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from lanzarote.facts.states import reserved_by
from lanzarote.meetings.service import meetings_of
from lanzarote.translation import date_told
from lanzarote.types import Table
from lanzarote.web.labels import written
from lanzarote.web.region_reading import (
    ArticleLink,
    ProvisionLine,
    ToldMandate,
    ToldNote,
    ToldSource,
    article_links,
    entries,
    team_note,
    tell_mandates,
    tell_provision,
    tell_sources,
    told,
)

if TYPE_CHECKING:
    from datetime import date

    from markupsafe import Markup

    from lanzarote.regions.group import Criterion, Grid
    from lanzarote.types import AgeLimit, ConventionStatus, DecisionRule, Episode, Fact
    from lanzarote.web.site import View


class Step(Struct, frozen=True, kw_only=True):
    """A dated step of a history."""

    when: str
    until: str
    text: Markup
    verified: bool
    note: Markup
    sources: tuple[ToldSource, ...]


class Adoption(Struct, frozen=True, kw_only=True):
    """Whether the group adopted what follows, and how that is known."""

    editorial: bool
    """It did not: the editors proposed it."""
    verified: bool
    note: Markup
    sources: tuple[ToldSource, ...]


class Rule(Struct, frozen=True, kw_only=True):
    version: int
    text: Markup
    adoption: Adoption


class Asked(Struct, frozen=True, kw_only=True):
    """A question of the grid."""

    text: Markup
    help: Markup
    gate: bool
    common: bool
    """Asked in every region."""


class ToldGrid(Struct, frozen=True, kw_only=True):
    version: int
    gates: tuple[Asked, ...]
    questions: tuple[Asked, ...]
    scale: tuple[Markup, ...]
    reviewers: int
    review_after: int
    adoption: Adoption


class Bound(Struct, frozen=True, kw_only=True):
    """How the Convention came to bind the State."""

    signed: str
    ratified: str
    in_force: str
    act: Markup
    url: str
    reservations: tuple[ArticleLink, ...]
    """What the State's reservations limit, as far as they are known."""
    verified: bool
    note: Markup
    sources: tuple[ToldSource, ...]


class ToldFigure(Struct, frozen=True, kw_only=True):
    value: float
    unit: Markup
    period: Markup
    text: Markup
    sources: tuple[ToldSource, ...]


class Group(Struct, frozen=True, kw_only=True):
    mandates: tuple[ToldMandate, ...]
    """Newest first."""
    territory: tuple[Step, ...]
    history: tuple[Step, ...]
    rule: Rule | None
    grid: ToldGrid | None
    """None where nobody has proposed how to assess."""
    bound: Bound | None
    figures: tuple[ToldFigure, ...]
    former_name: Markup
    description: Markup
    note: Markup
    sources: tuple[ToldSource, ...]
    meetings: int
    """How many meetings the public reads of."""


def tell(view: View) -> Group:
    """Everything the package says about the group and its territory."""
    header = view.vocabulary.header
    decisions, criteria = view.vocabulary.decisions, view.vocabulary.criteria
    history = sorted(header.history, key=lambda one: str(one.when))
    return Group(
        mandates=tell_mandates(view),
        territory=tuple(_step(view, one) for one in history if one.about == "territory"),
        history=tuple(_step(view, one) for one in history if one.about == "group"),
        rule=_rule(view, decisions[-1]) if decisions else None,
        grid=_grid(view, view.vocabulary.grid) if criteria else None,
        bound=_bound(view, header.convention_status) if header.convention_status else None,
        figures=tuple(
            ToldFigure(
                value=one.value,
                unit=told(view, one.unit),
                period=written(one.period, view.vocabulary.header.languages[0], view.lang),
                text=told(view, one.text),
                sources=_sources(view, one),
            )
            for one in header.figures
        ),
        former_name=told(view, header.former_name),
        description=told(view, header.description),
        note=told(view, header.note),
        sources=_sources(view, header),
        meetings=len(meetings_of(view.instance, view.region_id)),
    )


def _step(view: View, episode: Episode) -> Step:
    return Step(
        when=date_told(episode.when, view.lang),
        until=date_told(episode.until, view.lang) if episode.until else "",
        text=told(view, episode.text),
        verified=episode.verified,
        note=told(view, episode.note),
        sources=_sources(view, episode),
    )


def _rule(view: View, rule: DecisionRule) -> Rule:
    return Rule(
        version=rule.version,
        text=told(view, rule.text),
        adoption=_adoption(view, rule),
    )


def _adoption(view: View, fact: DecisionRule | Grid) -> Adoption:
    return Adoption(
        editorial=fact.editorial,
        verified=fact.verified,
        note=told(view, fact.note),
        sources=tell_sources(view, fact.sources),
    )


def _grid(view: View, grid: Grid) -> ToldGrid:
    def asked(criteria: tuple[Criterion, ...]) -> tuple[Asked, ...]:
        return tuple(
            Asked(text=told(view, one.text), help=told(view, one.help), gate=one.gate, common=one.common)
            for one in criteria
        )

    scale = {choice.key: told(view, choice.name) for one in grid.questions for choice in one.scale}
    return ToldGrid(
        version=grid.version,
        gates=asked(grid.gates),
        questions=asked(grid.questions),
        scale=tuple(scale.values()),
        reviewers=grid.reviewers,
        review_after=grid.review_after,
        adoption=_adoption(view, grid),
    )


def _bound(view: View, status: ConventionStatus) -> Bound:
    def day(value: str | date | None) -> str:
        return date_told(value, view.lang) if value else ""

    return Bound(
        signed=day(status.signed),
        ratified=day(status.ratified),
        in_force=day(status.in_force),
        act=told(view, status.act),
        url=status.url or "",
        reservations=article_links(view, reserved_by(view.vocabulary.header.territory.partition("-")[0])),
        verified=status.verified,
        note=told(view, status.note),
        sources=_sources(view, status),
    )


def _sources(view: View, fact: Fact) -> tuple[ToldSource, ...]:
    return tell_sources(view, fact.sources)


# --- Ages and time limits, as the page and the file tell them ---


class AgeLine(Struct, frozen=True, kw_only=True):
    key: str
    name: Markup
    years: int | None
    text: Markup
    since: date | None
    verified: bool
    note: Markup
    retired: bool
    until: date | None
    provisions: tuple[ProvisionLine, ...]
    sources: tuple[ToldSource, ...]
    team_note: ToldNote | None


def age_lines(view: View) -> tuple[AgeLine, ...]:
    """In the order of the package, retired ones last."""
    lines = [_line(view, key, age) for key, age in entries(view.vocabulary, "age").items()]
    return tuple(sorted(lines, key=lambda line: line.retired))


def _line(view: View, key: str, age: AgeLimit) -> AgeLine:
    vocabulary = view.vocabulary
    provisions = [vocabulary.present_key("provision", one) for one in age.provisions]
    return AgeLine(
        key=key,
        name=told(view, age.name),
        years=age.years,
        text=told(view, age.text),
        since=age.since,
        verified=age.verified,
        note=told(view, age.note),
        retired=vocabulary.is_retired("age", key, view.today),
        until=age.until,
        provisions=tuple(tell_provision(view, one) for one in provisions if one in vocabulary.provisions),
        sources=tell_sources(view, age.sources),
        team_note=team_note(view, "age", key),
    )


def age_table(view: View) -> Table:
    _ = view._
    lines = entries(view.vocabulary, "age").items()
    return Table(
        title=_("Ages and time limits"),
        columns=(_("Key"), _("Name"), _("Years"), _("What the law says"), _("Provisions"), _("Verified")),
        rows=[
            (
                key,
                view.say(age.name),
                age.years,
                view.say(age.text),
                ", ".join(one.plain for one in _line(view, key, age).provisions),
                _("yes") if age.verified else _("no"),
            )
            for key, age in lines
        ],
        language=view.lang,
    )
