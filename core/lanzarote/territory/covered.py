"""The page of documented coverage, and its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from lanzarote.facts.convention import convention
from lanzarote.practices.service import facets_of
from lanzarote.territory.coverage import Cell, Coverage, cover
from lanzarote.translation import date_told
from lanzarote.types import Table
from lanzarote.web.labels import written
from lanzarote.web.region_reading import ToldSource, tell_sources, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markupsafe import Markup

    from lanzarote.territory.coverage import CellKind, Line, Statement
    from lanzarote.web.site import View


class ToldStatement(Struct, frozen=True, kw_only=True):
    """Who looked, when, and what they state."""

    ref: str
    state: CellKind
    reviewer: Markup
    date: str
    reason: Markup
    sources: tuple[ToldSource, ...]


class ToldLine(Struct, frozen=True, kw_only=True):
    number: int
    href: str
    heading: Markup
    provisions: Cell
    provisions_href: str
    practices: Cell
    practices_href: str
    statements: tuple[ToldStatement, ...]


class ToldPart(Struct, frozen=True, kw_only=True):
    roman: str
    title: Markup
    lines: tuple[ToldLine, ...]


class ToldCoverage(Struct, frozen=True, kw_only=True):
    parts: tuple[ToldPart, ...]
    for_provisions: int
    for_practices: int
    """Articles that law, that practices can answer here."""
    never_practised: str
    """Numbers of those that no region can practise."""
    with_provisions: int
    with_practices: int
    unknown: int


def coverage_of(view: View) -> Coverage:
    """The documented coverage of the region, today."""
    counts = facets_of(view.instance, view.region_id).counts({}, facets=("article",))["article"]
    return cover(view.vocabulary, counts, view.today)


def tell(view: View) -> ToldCoverage:
    coverage = coverage_of(view)
    return ToldCoverage(
        parts=tuple(
            ToldPart(
                roman=part.chapter.roman,
                title=told(view, part.chapter.title),
                lines=tuple(_line(view, line) for line in part.lines),
            )
            for part in coverage.parts
        ),
        for_provisions=coverage.for_provisions,
        for_practices=coverage.for_practices,
        never_practised=convention().never_practised,
        with_provisions=coverage.with_provisions,
        with_practices=coverage.with_practices,
        unknown=coverage.unknown,
    )


def coverage_table(view: View) -> Table:
    _ = view._
    note = _("What is documented, not an assessment of compliance. Unknown: nobody has looked. %(address)s, %(day)s")
    return Table(
        title=_("Documented coverage of the Convention"),
        columns=(
            _("Article"),
            _("Heading"),
            _("Chapter"),
            _("Provisions"),
            _("Provisions: state"),
            _("Practices"),
            _("Practices: state"),
            _("Statement about"),
            _("Stated by"),
            _("On"),
            _("Reason"),
        ),
        rows=list(_rows(view)),
        language=view.lang,
        licence=view.vocabulary.header.licence,
        note=note % {"address": view.absolute(view.request.url.path), "day": view.today.isoformat()},
    )


def _rows(view: View) -> Iterator[tuple[str | int | None, ...]]:
    _ = view._
    states = {
        "some": _("documented"),
        "none": _("none"),
        "unknown": _("unknown"),
        "not-applicable": _("not applicable"),
    }
    for part in coverage_of(view).parts:
        for line in part.lines:
            stated = [one.statement for one in line.statements]
            yield (
                line.article.number,
                view.say(line.article.heading),
                part.chapter.roman,
                line.provisions.count,
                states[line.provisions.kind],
                line.practices.count,
                states[line.practices.kind],
                "; ".join(f"{one.ref}: {states[one.statement.state]}" for one in line.statements),
                "; ".join(one.reviewer for one in stated),
                "; ".join(one.date.isoformat() for one in stated),
                "; ".join(view.say(one.reason) for one in stated),
            )


def _line(view: View, line: Line) -> ToldLine:
    number = line.article.number
    return ToldLine(
        number=number,
        href=view.instance_href("convention", number),
        heading=told(view, line.article.heading),
        provisions=line.provisions,
        provisions_href=view.href("law", query={"article": number}) if line.provisions.count else "",
        practices=line.practices,
        practices_href=view.href("practices", query={"article": number}) if line.practices.count else "",
        statements=tuple(_statement(view, one) for one in line.statements),
    )


def _statement(view: View, one: Statement) -> ToldStatement:
    statement = one.statement
    return ToldStatement(
        ref=one.ref,
        state=statement.state,
        reviewer=written(statement.reviewer, view.vocabulary.header.languages[0], view.lang),
        date=date_told(statement.date, view.lang),
        reason=told(view, statement.reason),
        sources=tell_sources(view, statement.sources),
    )
