"""Documented coverage: each article of the Convention, with the provisions and practices that are evidence for it.

It says what is documented. What nobody looked for is unknown; only a dated statement of a body makes it none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from lanzarote.facts.convention import Reference, convention, existing
from lanzarote.practices.service import facets_of
from lanzarote.regions.vocabulary import wording
from lanzarote.types import Table
from lanzarote.web.region_reading import entries

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from lanzarote.facts.convention import Article, Chapter
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import CoverageStatement
    from lanzarote.web.site import View


CellKind = Literal["some", "none", "unknown", "not-applicable"]


class Cell(Struct, frozen=True, kw_only=True):
    """What is known of one kind of evidence for one article."""

    kind: CellKind
    count: int = 0


class Line(Struct, frozen=True, kw_only=True):
    """One article."""

    article: Article
    provisions: Cell
    practices: Cell
    statements: tuple[tuple[str, CoverageStatement], ...] = ()
    """What bodies stated about the article, or the part of it that comes first."""


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


def _statements(vocabulary: Vocabulary) -> dict[int, tuple[tuple[str, CoverageStatement], ...]]:
    found: dict[int, list[tuple[str, CoverageStatement]]] = {}
    for reference in sorted(existing(vocabulary.coverage)):
        ref = str(reference)
        if ("coverage", ref) not in vocabulary.retired:
            found.setdefault(reference.article, []).append((ref, vocabulary.coverage[ref]))
    return {number: tuple(statements) for number, statements in found.items()}


def _line(
    article: Article, provisions: int, practices: int, statements: tuple[tuple[str, CoverageStatement], ...]
) -> Line:
    # A statement about a paragraph says nothing about the rest of the article: it is told beside, and colours no cell.
    whole = next((one.state for ref, one in statements if ref == str(article.number)), None)
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


def coverage_of(view: View) -> Coverage:
    """The documented coverage of the region, today."""
    counts = facets_of(view.instance, view.region_id).counts({}, facets=("article",))["article"]
    return cover(view.vocabulary, counts, view.today)


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
            stated = [one for _ref, one in line.statements]
            yield (
                line.article.number,
                view.say(line.article.heading),
                part.chapter.roman,
                line.provisions.count,
                states[line.provisions.kind],
                line.practices.count,
                states[line.practices.kind],
                "; ".join(f"{ref}: {states[one.state]}" for ref, one in line.statements),
                "; ".join(one.reviewer for one in stated),
                "; ".join(one.date.isoformat() for one in stated),
                "; ".join(view.say(one.reason) for one in stated),
            )
