"""The Convention, article by article, and the frameworks around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Response
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from lanzarote.errors import NotFound
from lanzarote.facts import convention as data
from lanzarote.facts.convention import Reference, convention, existing, frameworks, is_under, official_first, runs
from lanzarote.facts.states import compiled_on, others, parties, reservations, reservations_about, reserved_by, states
from lanzarote.facts.states import sources as state_sources
from lanzarote.practices.service import facets_of
from lanzarote.regions.vocabulary import wording
from lanzarote.translation import N_, date_told
from lanzarote.web import labels
from lanzarote.web.asking import Asked, Lang, OurSite
from lanzarote.web.region_reading import ArticleLink, article_links
from lanzarote.web.routes import page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from markupsafe import Markup

    from lanzarote.facts.convention import Article, Chapter, ContextItem, ContextPage, ContextSection, Source
    from lanzarote.facts.states import Reservation, State
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import CoverageStatement, RegionHeader
    from lanzarote.web.site import View


# --- What the pages about the Convention and its context show, in the reader's language ---

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
    articles: tuple[ArticleLink, ...] = ()
    ours: bool = False
    """The mapping to the articles is ours."""


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

    header: RegionHeader
    provisions: int
    practices: int
    statements: tuple[tuple[str, CoverageStatement], ...]
    """Reference, and what was looked for and not found (or does not apply)."""


class SectionShown(Struct, frozen=True, kw_only=True):
    id: str
    heading: Glossed
    paragraphs: tuple[Said, ...]
    items: tuple[Glossed, ...]
    parties: tuple[Said, ...]
    url: str
    unverified: str
    """What of it is not verified; the page says it once, for all sections."""
    sources: tuple[int, ...]
    """Numbers in the page's list of sources."""


class SourceShown(Struct, frozen=True, kw_only=True):
    """A text that was read, and what kind of document it is."""

    source: Source
    kind: Markup


class PartyLine(Struct, frozen=True, kw_only=True):
    """A State bound by the Convention."""

    code: str
    name: Said
    member: bool
    """Of the Council of Europe."""
    ratified: str
    ratified_verified: bool
    in_force: str
    in_force_verified: bool
    sources: tuple[int, ...]
    """Numbers in the page's list of sources."""
    reservations: tuple[ArticleLink, ...]
    """What they limit."""


class ReservationLine(Struct, frozen=True, kw_only=True):
    state: Said
    summary: Said
    under: ArticleLink
    limits: tuple[ArticleLink, ...]


class AskedLine(Struct, frozen=True, kw_only=True):
    """What the Lanzarote Committee asks or recommends."""

    href: str
    page: Said
    section: Said
    item: Glossed


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


def unseen(view: View) -> tuple[str, str]:
    """Chapters and articles whose wording in this language was not read in a copy of the official text."""
    roman = {chapter.number: chapter.roman for chapter in convention().chapters}
    lines = chapters(view)
    return (
        runs((chapter.number for chapter in lines if not chapter.title.verified), roman.__getitem__),
        runs(article.number for chapter in lines for article in chapter.articles if not article.heading.verified),
    )


def sources(view: View, known: Mapping[str, Source], keys: Iterable[str]) -> list[SourceShown]:
    """Those of *keys*, each once, official documents first."""
    listed = official_first(known[key] for key in dict.fromkeys(keys))
    return [SourceShown(source=one, kind=labels.say("source", one.kind, view.translator)) for one in listed]


# Which States it binds, since when, and with what reserve


def bound(view: View) -> tuple[list[PartyLine], list[SourceShown]]:
    """The Parties by name, and where that was read."""
    told = sources(view, state_sources(), (key for one in parties() for key in _sources_of(one)))
    place = {shown.source.key: number for number, shown in enumerate(told, 1)}
    lines = [_party(view, one, place) for one in parties()]
    return sorted(lines, key=lambda line: view.sort_key(line.name[0])), told


def _party(view: View, state: State, place: Mapping[str, int]) -> PartyLine:
    deposit = (
        state.cets201_ratified_on
        or state.cets201_acceded_on
        or state.cets201_deposit_month_derived
        or str(state.cets201_ratified_year or "")
    )
    return PartyLine(
        code=state.code,
        name=view.text(state.name, "en"),
        member=state.code in states(),
        ratified=date_told(deposit, view.lang) if deposit else "",
        ratified_verified=state.cets201_ratified_verified,
        in_force=date_told(state.cets201_in_force_on, view.lang) if state.cets201_in_force_on else "",
        in_force_verified=state.cets201_in_force_verified,
        sources=_numbers(_sources_of(state), place),
        reservations=article_links(view, reserved_by(state.code)),
    )


def _sources_of(state: State) -> list[str]:
    """Where the deposit and the entry into force were read."""
    named = (state.cets201_ratified_source, state.cets201_acceded_source, state.cets201_in_force_source)
    return [key for key in dict.fromkeys(named) if key in state_sources()]


def reserved(view: View, article: int) -> list[ReservationLine]:
    """Reservations that limit *article*, by the name of the State."""
    lines = [_reservation(view, one) for one in reservations_about(article)]
    return sorted(lines, key=lambda line: view.sort_key(line.state[0]))


def _reservation(view: View, one: Reservation) -> ReservationLine:
    state = states().get(one.state) or others()[one.state]
    [under] = article_links(view, [str(one.allowed_by)])
    return ReservationLine(
        state=view.text(state.name, "en"),
        summary=view.text(one.summary, "en"),
        under=under,
        limits=article_links(view, map(str, one.limits)),
    )


def asked(view: View, article: int) -> list[AskedLine]:
    """What the Committee asks and recommends about *article*, as far as it was read."""
    return [
        AskedLine(
            href=f"{view.instance_href('context', page.key)}#{section.id}",
            page=view.text(page.title, "en"),
            section=view.text(section.heading, "en"),
            item=_item(view, item),
        )
        for page in frameworks().pages
        for section in page.sections
        for item in section.items
        if any(is_under(reference, article) for reference in existing(item.articles))
    ]


# What the regions say about an article


def evidence(view: View, article: int) -> list[Evidence]:
    """What every region has documented about *article*, by name."""
    headers = sorted(view.instance.headers().values(), key=lambda header: view.sort_key(header.name))
    return [_evidence(view, header, article) for header in headers]


def _evidence(view: View, header: RegionHeader, article: int) -> Evidence:
    vocabulary, index = view.instance.vocabulary(header.id), facets_of(view.instance, header.id)
    return Evidence(
        header=header,
        provisions=_provisions(vocabulary, article, view.today),
        practices=index.masks["article"].get(str(article), 0).bit_count(),
        statements=tuple(
            (reference, statement)
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
    listed = sources(view, frameworks().sources, shown.sources)
    numbers = {one.source.key: number for number, one in enumerate(listed, 1)}
    return [_section(view, section, numbers) for section in shown.sections]


def _section(view: View, section: ContextSection, numbers: Mapping[str, int]) -> SectionShown:
    return SectionShown(
        id=section.id,
        heading=_glossed(view, section.heading, section.gloss),
        paragraphs=tuple(view.text(paragraph, "en") for paragraph in section.paragraphs),
        items=tuple(_item(view, item) for item in section.items),
        parties=_named(view, section.parties),
        url=section.url,
        unverified=view.say(section.unverified),
        sources=_numbers(section.sources, numbers),
    )


def _named(view: View, codes: Iterable[str]) -> tuple[Said, ...]:
    known = {**states(), **others()}
    names = (view.text(known[code].name, "en") for code in codes)
    return tuple(sorted(names, key=lambda name: view.sort_key(name[0])))


def _item(view: View, item: ContextItem) -> Glossed:
    told = _glossed(view, item.text, item.gloss)
    return Glossed(
        text=told.text,
        gloss=told.gloss,
        detail=view.say(item.detail),
        articles=article_links(view, item.articles),
        ours=item.articles_ours,
    )


def _glossed(view: View, text: Mapping[str, str], gloss: Mapping[str, str]) -> Glossed:
    said = view.text(text, "en")
    return Glossed(text=said, gloss=gloss.get(view.lang, "") if said[1] != view.lang else "")


def _numbers(keys: Sequence[str], numbers: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(sorted(numbers[key] for key in keys))


# --- The pages ---


@page("/{lang:str}/convention")
def show_convention(request: Asked, lang: Lang, site: OurSite) -> Response[str]:
    view = site.view(request, lang)
    convention = data.convention()
    parties, parties_read_in = bound(view)
    return view.render(
        "territory/convention.html",
        convention=convention,
        facts=convention.facts,
        purposes=purposes(view),
        chapters=chapters(view),
        unseen=unseen(view),
        sources=sources(view, convention.sources, convention.facts.sources),
        parties=parties,
        parties_read_in=parties_read_in,
        compiled_on=compiled_on(),
        reserved_as_of=max(one.as_of for one in reservations()),
    )


@page("/{lang:str}/convention/{reference:str}")
def show_article(request: Asked, lang: Lang, reference: FromPath[str], site: OurSite) -> Response[str] | Redirect:
    view = site.view(request, lang)
    convention = data.convention()
    try:
        wanted = data.Reference.parse(reference)
    except data.UnknownReference:
        raise NotFound(N_("The Convention has articles 1 to 50; there is no other.")) from None
    if str(wanted) != str(wanted.article):
        return Redirect(view.instance_href("convention", wanted.article), status_code=302)
    article = convention.article(wanted.article)
    chapter = convention.chapter(article.chapter)
    neighbours = {near.number: article_line(view, near) for near in convention.articles}
    return view.render(
        "territory/article.html",
        article=article,
        heading=heading(view, article.heading, article.heading_verified),
        chapter=chapter_line(view, chapter),
        convention=convention,
        mentions=[view.say(convention.mentions[key]) for key in article.mentions],
        evidence=evidence(view, article.number),
        previous=neighbours.get(article.number - 1),
        following=neighbours.get(article.number + 1),
        sources=sources(view, convention.sources, article.sources),
        reserved=reserved(view, article.number),
        reserved_as_of=max(one.as_of for one in reservations()),
        reserved_in=state_sources()[reservations()[0].source],
        asked=asked(view, article.number),
    )


@page("/{lang:str}/context")
def show_context(request: Asked, lang: Lang, site: OurSite) -> Response[str]:
    view = site.view(request, lang)
    return view.render("territory/context.html", frameworks=data.frameworks())


@page("/{lang:str}/context/{key:str}")
def show_framework(request: Asked, lang: Lang, key: FromPath[str], site: OurSite) -> Response[str]:
    view = site.view(request, lang)
    frameworks = data.frameworks()
    try:
        shown = frameworks.page(key)
    except data.UnknownPage:
        raise NotFound(N_("There is no such page about the context.")) from None
    return view.render(
        "territory/framework.html",
        frameworks=frameworks,
        shown=shown,
        sections=sections(view, shown),
        sources=sources(view, frameworks.sources, shown.sources),
    )
