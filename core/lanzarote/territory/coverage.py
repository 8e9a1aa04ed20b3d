"""Documented coverage: each article of the Convention, with the provisions and practices that are evidence for it.

It says what is documented. What nobody looked for is unknown; only a dated statement of a body makes it none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from lanzarote.facts.convention import Reference, convention, existing
from lanzarote.practices.service import facets_of
from lanzarote.regions.vocabulary import wording
from lanzarote.translation import date_told
from lanzarote.types import Table
from lanzarote.web.labels import written
from lanzarote.web.region_reading import ToldSource, entries, tell_sources, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from markupsafe import Markup

    from lanzarote.facts.convention import Article, Chapter
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import CoverageStatement
    from lanzarote.web.site import View


CellKind = Literal["some", "none", "unknown", "not-applicable"]


class Cell(Struct, frozen=True, kw_only=True):
    """What is known of one kind of evidence for one article."""

    kind: CellKind
    count: int = 0


class Statement(Struct, frozen=True, kw_only=True):
    """What a body stated about an article or a part of it."""

    ref: str
    statement: CoverageStatement


class Line(Struct, frozen=True, kw_only=True):
    """One article."""

    article: Article
    provisions: Cell
    practices: Cell
    statements: tuple[Statement, ...] = ()


class Part(Struct, frozen=True, kw_only=True):
    """One chapter."""

    chapter: Chapter
    lines: tuple[Line, ...]


class Coverage(Struct, frozen=True, kw_only=True):
    parts: tuple[Part, ...]
    for_provisions: int
    """Articles that law can answer, as far as is known: for which nobody says that none applies."""
    for_practices: int
    """Articles that practices can answer, in the same way."""
    with_provisions: int
    """Articles that at least one provision is evidence for."""
    with_practices: int
    unknown: int
    """Articles for which neither is known and nobody stated anything."""

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for part in self.parts for line in part.lines)


def cover(vocabulary: Vocabulary, practices: Mapping[str, int], today: date) -> Coverage:
    """Compute the coverage of a region.

    *practices*: article number → how many published practices answer it.
    """
    provisions = provisions_by_article(vocabulary, today)
    statements = _statements(vocabulary)
    parts = tuple(
        Part(
            chapter=chapter,
            lines=tuple(
                _line(
                    article,
                    len(provisions.get(article.number, ())),
                    practices.get(str(article.number), 0),
                    statements.get(article.number, ()),
                )
                for article in convention().articles_of(chapter)
            ),
        )
        for chapter in convention().chapters
    )
    lines = [line for part in parts for line in part.lines]
    return Coverage(
        parts=parts,
        for_provisions=sum(line.provisions.kind != "not-applicable" for line in lines),
        for_practices=sum(line.practices.kind != "not-applicable" for line in lines),
        with_provisions=sum(line.provisions.kind == "some" for line in lines),
        with_practices=sum(line.practices.kind == "some" for line in lines),
        unknown=sum(line.provisions.kind == line.practices.kind == "unknown" for line in lines),
    )


def provisions_by_article(vocabulary: Vocabulary, today: date) -> dict[int, tuple[str, ...]]:
    """Article number → keys of the provisions whose wording of *today* is mapped to it; repealed ones do not count."""
    found: dict[int, list[str]] = {}
    for key, provision in entries(vocabulary, "provision").items():
        version = wording(provision, today)
        if version.until is not None and version.until < today:
            continue
        for number in dict.fromkeys(Reference.parse(link.ref).article for link in version.convention):
            found.setdefault(number, []).append(key)
    return {number: tuple(keys) for number, keys in found.items()}


def _statements(vocabulary: Vocabulary) -> dict[int, tuple[Statement, ...]]:
    found: dict[int, list[Statement]] = {}
    for reference in sorted(existing(vocabulary.coverage)):
        ref = str(reference)
        if ("coverage", ref) not in vocabulary.retired:
            statement = Statement(ref=ref, statement=vocabulary.coverage[ref])
            found.setdefault(reference.article, []).append(statement)
    return {number: tuple(statements) for number, statements in found.items()}


def _line(article: Article, provisions: int, practices: int, statements: tuple[Statement, ...]) -> Line:
    # A statement about a paragraph says nothing about the rest of the article: it is told beside, and colours no cell.
    whole = next((one.statement.state for one in statements if one.ref == str(article.number)), None)
    return Line(
        article=article,
        provisions=_cell(article, provisions, whole),
        practices=_cell(article, practices, whole),
        statements=statements,
    )


def _cell(article: Article, count: int, stated: Literal["none", "not-applicable"] | None) -> Cell:
    # Evidence outweighs a statement that there is none: the statement stays visible with its date.
    if count:
        return Cell(kind="some", count=count)
    return Cell(kind=stated or ("unknown" if article.practised else "not-applicable"))


# --- The page of documented coverage, and its file ---


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
                lines=tuple(_told_line(view, line) for line in part.lines),
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


def _told_line(view: View, line: Line) -> ToldLine:
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
