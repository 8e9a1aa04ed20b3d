"""What the public pages tell of improvements: each in the text that was decided on, in the reader's language."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from markupsafe import Markup
from msgspec import Struct

from lanzarote.improvements.improvement_kind import FIELDS
from lanzarote.improvements.model import IMPROVEMENT, STATES
from lanzarote.kinds.kind import titles_of
from lanzarote.practices.service import by_keys
from lanzarote.translation import N_, language_name
from lanzarote.web.region_reading import article_links, tell_provision, tell_sources, told
from lanzarote.web.region_reading import tell_source as source_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lanzarote.improvements.documents import ImprovementDocument, ImprovementFacts, State
    from lanzarote.web.region_reading import ArticleLink, ProvisionLine, ToldSource
    from lanzarote.web.site import View

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    N_("Adopted by the group"): ("adopted",),
    N_("Adopted and completed"): ("completed",),
    N_("Decided, and discussed again"): ("discussed-again",),
    N_("Not adopted, or pursued no further"): ("not-adopted", "dropped"),
}
"""Headings of the list, and the states that stand under each."""
AGAIN: Final = "discussed-again"
LABELS: Final = {field.name: field.label for field in FIELDS}
SHOWN: Final = ("proposal", "reasons", "expected", "means", "objections")
"""Texts of the page, beside title and summary."""


class Card(Struct, frozen=True, kw_only=True):
    """An improvement in the list."""

    href: str
    title: Markup
    summary: Markup
    sectors: tuple[Markup, ...]
    on: datetime


class Group(Struct, frozen=True, kw_only=True):
    heading: str
    cards: tuple[Card, ...]


class Text(Struct, frozen=True, kw_only=True):
    """One text of the page."""

    label: str
    paragraphs: tuple[str, ...]
    lang: str


class PracticeLink(Struct, frozen=True, kw_only=True):
    href: str
    title: Markup


class Page(Struct, frozen=True, kw_only=True):
    """What the page of an improvement needs."""

    id: str
    slug: str
    title: Markup
    plain: str
    summary: str
    summary_lang: str
    state: str
    outcome: str
    """How far it is, in words."""
    again: bool
    """The group discusses it again."""
    on: datetime
    version: int
    texts: tuple[Text, ...]
    sectors: tuple[tuple[str, Markup], ...]
    """Address and name."""
    practices: tuple[PracticeLink, ...]
    provisions: tuple[ProvisionLine, ...]
    articles: tuple[ArticleLink, ...]
    sources: tuple[ToldSource, ...]
    untranslated: str
    """Name of the language it is written in, where that is not the reader's."""
    stale: bool
    verified: bool


def groups(view: View, found: Sequence[ImprovementDocument]) -> tuple[Group, ...]:
    """All that was decided, by what became of it; headings under which nothing stands are left out."""
    some = (
        Group(heading=view._(heading), cards=tuple(_card(view, one) for one in found if one.state in states))
        for heading, states in GROUPS.items()
    )
    return tuple(group for group in some if group.cards)


def tell(view: View, found: ImprovementDocument) -> Page:
    said = found.improvement
    summary, lang = _text(view, said, "summary")
    keys = [view.vocabulary.present_key("provision", key) for key in said.legal_basis]
    own = tuple(source_of(view, one.key, one) for one in said.own_sources)
    return Page(
        id=found.id,
        slug=found.slug,
        title=told(view, titles_of(said), said.original),
        plain=view.text(titles_of(said), said.original)[0],
        summary=summary,
        summary_lang=lang,
        state=found.state,
        outcome=_outcome(view, found.state),
        again=found.state == AGAIN,
        on=found.published_at.astimezone(view.vocabulary.zone),
        version=found.version,
        texts=tuple(_texts(view, said)),
        sectors=tuple(_sectors(view, said)),
        practices=tuple(
            PracticeLink(href=view.href("practices", card.slug), title=told(view, card.title, card.original))
            for card in by_keys(view.instance.database, view.region_id, said.practices)
        ),
        provisions=tuple(tell_provision(view, key) for key in keys if key in view.vocabulary.provisions),
        articles=article_links(view, said.convention),
        sources=(*tell_sources(view, said.sources), *own),
        untranslated="" if view.lang in said.text else language_name(said.original, view.lang),
        stale=view.lang in said.stale,
        verified=said.verified,
    )


def _outcome(view: View, state: State) -> str:
    """How far it is, as the public reads it."""
    if state == AGAIN:
        return view._(N_("decided, and discussed again since"))
    return view._(STATES[IMPROVEMENT][state])


def team_links(view: View, found: ImprovementDocument) -> tuple[tuple[str, str], ...]:
    """For whoever works on it."""
    if not view.may("group.read"):
        return ()
    return ((view._(N_("For the group")), view.href("team", "improvements", found.id)),)


def _card(view: View, found: ImprovementDocument) -> Card:
    said = found.improvement
    text, lang = _text(view, said, "summary")
    if not text:
        text, lang = _text(view, said, "proposal")
    shown = text if len(text) <= 300 else text[:300].rpartition(" ")[0] + "…"
    return Card(
        href=view.href("improvements", found.slug),
        title=told(view, titles_of(said), said.original),
        summary=told(view, {lang: shown}) if shown else Markup(),
        sectors=tuple(name for _, name in _sectors(view, said)),
        on=found.published_at.astimezone(view.vocabulary.zone),
    )


def _text(view: View, said: ImprovementFacts, name: str) -> tuple[str, str]:
    """A text in the reader's language or the original's, and the language it is in."""
    texts = {language: text for language, one in said.text.items() if (text := getattr(one, name))}
    return view.text(texts, said.original) if texts else ("", view.lang)


def _texts(view: View, said: ImprovementFacts) -> Iterator[Text]:
    for name in SHOWN:
        text, lang = _text(view, said, name)
        if text:
            paragraphs = tuple(one.strip() for one in text.split("\n\n") if one.strip())
            yield Text(label=view._(LABELS[name]), paragraphs=paragraphs, lang=lang)


def _sectors(view: View, said: ImprovementFacts) -> Iterator[tuple[str, Markup]]:
    for key in dict.fromkeys(view.vocabulary.present_key("sector", one) for one in said.sectors):
        if sector := view.vocabulary.sectors.get(key):
            yield view.href("sectors", key), told(view, sector.name)
