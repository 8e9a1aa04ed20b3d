"""The list of practices as its page shows it: cards with what was found in them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import quote

from markupsafe import Markup
from msgspec import Struct

from lanzarote.practices import service
from lanzarote.practices.facet_choices import EXACT, MOST_PICKED, PICK, address, seen_filters
from lanzarote.practices.reading import due_since
from lanzarote.practices.service import facets_of
from lanzarote.search.paging import Pieces, Sought
from lanzarote.translation import N_, language_name
from lanzarote.types import PracticeText
from lanzarote.web import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lanzarote.practices.facet_choices import Question
    from lanzarote.practices.facets import FacetIndex
    from lanzarote.practices.model import Card, Document
    from lanzarote.practices.service import Page
    from lanzarote.search.ranking import Found as Looked
    from lanzarote.search.shelf import Corrected
    from lanzarote.types import Side
    from lanzarote.web.labels import Voice
    from lanzarote.web.site import View

PER_PAGE = 20

MISSING_PUBLIC = N_("No public partner named")
MISSING_CIVIL = N_("No civil-society partner named")
PARTNER = N_("Partner")
EVIDENCE = N_("Evidence")
MISSING_ALL = N_("No partner named in the sources")


class Tag(Struct, frozen=True, kw_only=True):
    label: Markup
    side: Side | None = None
    missing: bool = False


class Found(Struct, frozen=True, kw_only=True):
    """Where else than in title and summary the words were found."""

    field: Markup
    pieces: Pieces
    lang: str
    language: str
    """The name of that language, where it is not the page's."""


class Row(Struct, frozen=True, kw_only=True):
    """A practice in the list."""

    slug: str
    href: str
    title: Pieces
    title_lang: str
    summary: Pieces
    summary_lang: str
    public: bool
    civil: bool
    marked: bool
    """The mark of the bridge tells the truth about it."""
    tags: tuple[Tag, ...]
    vouching: str
    strength: str
    due_since: date | None = None
    """Since when what was assessed ought to be looked at again."""
    region: str = ""
    found: Found | None = None
    picked: bool = False
    pick_href: str = ""


class Listing(Struct, frozen=True, kw_only=True):
    """A piece of the list."""

    rows: tuple[Row, ...]
    total: int
    some: int
    """How many practices hold some of the words only."""
    whole: int
    """How many of the rows hold all words: these come first."""
    corrected: tuple[Corrected, ...]
    """Words that no text holds, and those searched for in their place."""
    as_written_href: str
    first: int
    last: int
    next_href: str
    previous_href: str
    assessed: int
    """How many of all practices the group has assessed."""


def ask(view: View, question: Question, facets: Sequence[str]) -> tuple[Page, FacetIndex]:
    """The piece of the list that is asked for. Raises BadCursor."""
    region_id = view.region.id if view.region else None
    index = facets_of(view.instance, region_id)
    page = service.page(
        view.instance.database,
        index,
        filters=seen_filters(view, question),
        found=looked_for(view, question),
        cursor=question.cursor or None,
        limit=PER_PAGE,
        facets=facets,
    )
    return page, index


def looked_for(view: Voice, question: Question) -> Looked | None:
    """Which practices hold the words that are asked for."""
    region_id = view.region.id if view.region else None
    instance = view.instance
    index, meaning = facets_of(instance, region_id), instance.meaning(region_id)
    return service.look(instance.database, index, question.q, view.lang, region_id, meaning, exact=question.exact)


def present(view: View, question: Question, page: Page, index: FacetIndex) -> Listing:
    cards = page.decoded()
    path = view.path
    base = question.pairs()
    return Listing(
        rows=tuple(Rows(view, question, page.found).of(cards, page.pks)),
        total=page.total,
        some=page.some or 0,
        whole=page.whole,
        corrected=page.found.corrected if page.found else (),
        as_written_href=address(path, [*base, (EXACT, "yes")]),
        first=page.before + 1,
        last=page.before + len(cards),
        next_href=address(path, [*base, ("cursor", page.next)]) if page.next else "",
        previous_href=_previous(path, base, page.previous),
        assessed=index.masks["standing"].get("assessed", 0).bit_count(),
    )


def _previous(path: str, base: Sequence[tuple[str, str]], cursor: str | None) -> str:
    if cursor is None:
        return ""
    return address(path, [*base, ("cursor", cursor)] if cursor else base)


class Rows:
    """Makes rows; keeps what the cards of one page share."""

    def __init__(self, view: View, question: Question, found: Looked | None = None) -> None:
        self.view = view
        self.question = question
        self.sought = Sought(found.used) if found else Sought()
        self.picked = frozenset(question.picked)
        self._sectors: dict[tuple[str, str], Tag | None] = {}
        self._prefixes: dict[str, str] = {}
        self._kept = address("", question.picks())
        here = address(view.path, question.pairs())
        self._pick = f"{here}{'&' if '?' in here else '?'}{PICK}="
        self._may_pick = view.region is not None and len(question.picked) < MOST_PICKED

    def of(self, cards: Iterable[Card], pks: Sequence[int] = ()) -> Iterator[Row]:
        cards = tuple(cards)
        shown = [self._texts(card) for card in cards]
        elsewhere = self._elsewhere(cards, shown, pks) if self.sought else {}
        for number, (card, (title, title_lang, summary, summary_lang)) in enumerate(zip(cards, shown, strict=True)):
            slug = quote(card.slug, safe="")
            yield Row(
                slug=card.slug,
                href=f"{self._prefix(card.region)}{slug}{self._kept}",
                title=title,
                title_lang=title_lang,
                summary=summary,
                summary_lang=summary_lang,
                public="public" in card.sides,
                civil="civil-society" in card.sides,
                marked=not card.sides or "public" in card.sides or "civil-society" in card.sides,
                tags=tuple(self._tags(card)),
                vouching=card.vouching,
                strength=card.strength,
                due_since=due_since(self.view, card),
                region="" if self.view.region else self._region(card.region),
                found=elsewhere.get(number),
                picked=card.slug in self.picked,
                pick_href=f"{self._pick}{slug}#practice-{slug}" if self._may_pick else "",
            )

    def _texts(self, card: Card) -> tuple[Pieces, str, Pieces, str]:
        title, title_lang = self.view.text(card.title, card.original)
        summary, summary_lang = self.view.text(card.summary, card.original)
        sought = self.sought
        if not sought:
            return [(title, False)], title_lang, [(summary, False)], summary_lang
        return sought.mark(title, title_lang), title_lang, sought.mark(summary, summary_lang), summary_lang

    def _prefix(self, region_id: str) -> str:
        known = self._prefixes.get(region_id)
        if known is None:
            header = self.view.instance.header(region_id)
            known = self._prefixes[region_id] = self.view.region_href(header, "practices") + "/"
        return known

    def _region(self, region_id: str) -> str:
        return self.view.say(self.view.instance.header(region_id).name)

    def _tags(self, card: Card) -> Iterator[Tag]:
        for key in card.sectors:
            if (tag := self._sector(card.region, key)) is not None:
                yield tag
        translator = self.view.translator
        sides = set(card.sides)
        if card.running == "ended":
            yield Tag(label=labels.say("running", "ended", translator))
        if not sides:
            yield self._missing(MISSING_ALL)
        elif "mixed" in sides and not {"public", "civil-society"} <= sides:
            yield Tag(label=labels.say("side", "mixed", translator), side="mixed")
        elif "civil-society" not in sides:
            yield self._missing(MISSING_CIVIL)
        elif "public" not in sides:
            yield self._missing(MISSING_PUBLIC)

    def _missing(self, words: str) -> Tag:
        return Tag(label=labels.phrase(words, self.view.translator), missing=True)

    def _sector(self, region_id: str, key: str) -> Tag | None:
        place = (region_id, key)
        if place not in self._sectors:
            view = self.view
            terms = view.vocabulary if view.region else view.instance.vocabulary(region_id)
            sector = terms.sectors.get(terms.present_key("sector", key))
            name = self.view.text(sector.name) if sector else None
            self._sectors[place] = (
                Tag(label=labels.written(*name, self.view.lang), side=sector.side) if sector and name else None
            )
        return self._sectors[place]

    def _elsewhere(
        self, cards: Sequence[Card], shown: Sequence[tuple[Pieces, str, Pieces, str]], pks: Sequence[int]
    ) -> dict[int, Found]:
        """Snippets for the cards whose title and summary, as shown, lack a word that was asked for."""
        every = set(range(len(self.sought.groups)))
        lacking = {
            number: missing
            for number, (title, title_lang, summary, summary_lang) in enumerate(shown)
            if (missing := every - self._held(title, title_lang) - self._held(summary, summary_lang))
        }
        whole = service.documents(self.view.instance.database, [pks[number] for number in lacking])
        found = {}
        for number, missing in lacking.items():
            document = whole.get(pks[number])
            if document is not None and (hit := self._best(document, cards[number].region, missing)):
                found[number] = hit
        return found

    def _held(self, pieces: Pieces, lang: str) -> set[int]:
        return self.sought.held("".join(text for text, _ in pieces), lang)

    def _best(self, document: Document, region_id: str, missing: set[int]) -> Found | None:
        """The text that holds most of the missing words, rather as they were written than in others that mean the same.

        Of equals the one in the reader's language, then the first.
        """
        best: tuple[tuple[int, int], Markup, str, str] | None = None
        for field, text, lang in self._candidates(document, region_id):
            if held := missing & self.sought.held(text, lang):
                worth = len(held), len(held & self.sought.as_written.held(text, lang))
                if best is None or worth > best[0]:
                    best = worth, field, text, lang
        if best is None:
            return None
        _, field, text, lang = best
        language = "" if lang == self.view.lang else language_name(lang, self.view.lang)
        return Found(field=field, pieces=self.sought.excerpt(text, lang), lang=lang, language=language)

    def _candidates(self, document: Document, region_id: str) -> Iterator[tuple[Markup, str, str]]:
        """(field, text, language) of everything that is searched, the reader's language first."""
        translator, here = self.view.translator, self.view.lang
        order = sorted(document.text, key=lambda lang: (lang != here, lang != document.original))
        partners = labels.phrase(PARTNER, translator)
        evidence = labels.phrase(EVIDENCE, translator)
        named = {partner.organisation for partner in document.partners}
        names = [
            one.organisation.name for one in self.view.instance.directory(region_id) if not named.isdisjoint(one.names)
        ]
        for lang in order:
            texts = document.text[lang]
            for name in PracticeText.__struct_fields__:
                if name in texts:
                    yield labels.say("text", name, translator), texts[name], lang
            for told in names:
                if lang in told:
                    yield partners, told[lang], lang
            for figure in document.evidence:
                if lang in figure.text:
                    yield evidence, figure.text[lang], lang
