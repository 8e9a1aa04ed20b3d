"""What the pages about the Convention and its context show, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from lanzarote.convention import Reference, convention, existing
from lanzarote.regions.vocabulary import wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from lanzarote.convention import Article, Chapter, ContextPage, ContextSection, Source
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import CoverageStatement, RegionHeader
    from lanzarote.web.site import View

Said = tuple[str, str]
"""A text and the language it is in."""


class Heading(Struct, frozen=True, kw_only=True):
    """An official wording, or one that still has to be seen in the official text."""

    text: Said
    verified: bool


class Glossed(Struct, frozen=True, kw_only=True):
    """A text; where it is official and in another language, our rendering of it beside it."""

    text: Said
    gloss: str = ""
    detail: str = ""


class PurposeLine(Struct, frozen=True, kw_only=True):
    reference: str
    text: Said
    ours: bool
    """Translated by us."""


class ArticleLine(Struct, frozen=True, kw_only=True):
    number: int
    href: str
    heading: Heading


class ChapterLine(Struct, frozen=True, kw_only=True):
    number: int
    roman: str
    title: Heading
    articles: tuple[ArticleLine, ...]


class Evidence(Struct, frozen=True, kw_only=True):
    """What a region has documented about an article."""

    name: Said
    provisions: int
    provisions_href: str
    practices: int
    practices_href: str
    coverage_href: str
    statements: tuple[tuple[str, CoverageStatement, Said, Said], ...]
    """Reference, what was looked for and not found (or does not apply), by whom, and why."""


class SectionShown(Struct, frozen=True, kw_only=True):
    id: str
    heading: Glossed
    paragraphs: tuple[Said, ...]
    items: tuple[Glossed, ...]
    unverified: str
    """What of it is not verified; the page says it once, for all sections."""
    sources: tuple[int, ...]
    """Numbers in the page's list of sources."""


def heading(view: View, texts: Mapping[str, str], verified: Mapping[str, bool]) -> Heading:
    text = view.text(texts, "en")
    return Heading(text=text, verified=verified.get(text[1], False))


def purposes(view: View) -> list[PurposeLine]:
    """What the Convention is for, as its first article says."""
    lines = []
    for purpose in convention().facts.purposes:
        text = view.text(purpose.text, "en")
        lines.append(PurposeLine(reference=purpose.reference, text=text, ours=text[1] in purpose.our_translation))
    return lines


def article_line(view: View, article: Article) -> ArticleLine:
    return ArticleLine(
        number=article.number,
        href=view.instance_href("convention", article.number),
        heading=heading(view, article.heading, article.heading_verified),
    )


def chapter_line(view: View, chapter: Chapter) -> ChapterLine:
    return ChapterLine(
        number=chapter.number,
        roman=chapter.roman,
        title=heading(view, chapter.title, chapter.title_verified),
        articles=tuple(article_line(view, article) for article in convention().articles_of(chapter)),
    )


def chapters(view: View) -> list[ChapterLine]:
    return [chapter_line(view, chapter) for chapter in convention().chapters]


def sources(known: Mapping[str, Source], keys: Iterable[str]) -> list[Source]:
    return [known[key] for key in keys]


# What the regions say about an article


def evidence(view: View, article: int) -> list[Evidence]:
    """What every region has documented about *article*, by name."""
    headers = sorted(view.instance.headers().values(), key=lambda header: view.sort_key(header.name))
    return [_evidence(view, header, article) for header in headers]


def _evidence(view: View, header: RegionHeader, article: int) -> Evidence:
    vocabulary, index = view.instance.vocabulary(header.id), view.instance.facets(header.id)
    query = {"article": article}
    return Evidence(
        name=view.text(header.name, header.languages[0]),
        provisions=_provisions(vocabulary, article, view.today),
        provisions_href=view.region_href(header, "law", query=query),
        practices=index.masks["article"].get(str(article), 0).bit_count(),
        practices_href=view.region_href(header, "practices", query=query),
        coverage_href=view.region_href(header, "coverage"),
        statements=tuple(
            (
                reference,
                statement,
                (statement.reviewer, header.languages[0]),
                view.text(statement.reason, header.languages[0]),
            )
            for reference, statement in vocabulary.coverage.items()
            if any(one.article == article for one in existing((reference,)))
            and not vocabulary.is_retired("coverage", reference, view.today)
        ),
    )


def _provisions(vocabulary: Vocabulary, article: int, today: date) -> int:
    """How many provisions, as they read today, are mapped to *article*."""
    return sum(
        any(Reference.parse(link.ref).article == article for link in wording(provision, today).convention)
        for key, provision in vocabulary.provisions.items()
        if not vocabulary.is_retired("provision", key, today)
    )


# Context


def sections(view: View, shown: ContextPage) -> list[SectionShown]:
    numbers = {key: number for number, key in enumerate(shown.sources, 1)}
    return [_section(view, section, numbers) for section in shown.sections]


def _section(view: View, section: ContextSection, numbers: Mapping[str, int]) -> SectionShown:
    return SectionShown(
        id=section.id,
        heading=_glossed(view, section.heading, section.gloss),
        paragraphs=tuple(view.text(paragraph, "en") for paragraph in section.paragraphs),
        items=tuple(_glossed(view, item.text, item.gloss, item.detail) for item in section.items),
        unverified=view.say(section.unverified),
        sources=_numbers(section.sources, numbers),
    )


def _glossed(
    view: View, text: Mapping[str, str], gloss: Mapping[str, str], detail: Mapping[str, str] | None = None
) -> Glossed:
    said = view.text(text, "en")
    ours = gloss.get(view.lang, "") if said[1] != view.lang else ""
    return Glossed(text=said, gloss=ours, detail=view.say(detail or {}))


def _numbers(keys: Sequence[str], numbers: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(sorted(numbers[key] for key in keys))
