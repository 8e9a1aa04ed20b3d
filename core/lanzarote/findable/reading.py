"""One search over everything: practices, and all that is found beside them."""

from __future__ import annotations

import re
from functools import cache, partial
from typing import TYPE_CHECKING, Final, get_args

from msgspec import Struct

from lanzarote.findable.entries import FIRST, PRACTICE, ROOMS, Card, Kind, of_all_regions
from lanzarote.practices import service
from lanzarote.practices.facets import FacetIndex
from lanzarote.practices.service import facets_of
from lanzarote.runtime.reading import LateDecoder
from lanzarote.search import paging
from lanzarote.search.help import asks_for_help
from lanzarote.search.index import Entry, TextIndex, near, rows_that_hold
from lanzarote.search.paging import Sought
from lanzarote.search.ranking import Found as Ranked
from lanzarote.search.ranking import find
from lanzarote.search.shelf import Corrected, Shelf
from lanzarote.store.bulk import marks
from lanzarote.translation import N_
from lanzarote.translation.folding import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from lanzarote.findable.entries import Told
    from lanzarote.instance import Instance
    from lanzarote.practices.model import Card as PracticeCard
    from lanzarote.search.asked import Alternatives, Said
    from lanzarote.search.shelf import Layer
    from lanzarote.search.thesaurus import Thesaurus
    from lanzarote.store.database import Database
    from lanzarote.web.site import View


# --- Words of a search as the reader typed them, where they are looked for folded ---

_WORD: Final = re.compile(r"[^\W_]+")


def typed(found: Ranked, q: str) -> list[str]:
    """What each group of the question was in *q*."""
    words = _words(q)
    return [" ".join(words.get(word, word) for word in group.written) for group in found.question.groups]


def corrected(found: Ranked, q: str) -> list[Corrected]:
    """What was looked for instead of words of *q*."""
    words = _words(q)
    return [Corrected(words.get(one.written, one.written), one.used) for one in found.corrected]


def _words(q: str) -> dict[str, str]:
    return {fold(word): word for word in _WORD.findall(q)}


# --- The search ---

_card = LateDecoder(Card)
HELP: Final = ("helpline",)
"""Concepts of the thesaurus that help whoever needs it."""
PRACTICES: Final = 0
ITEMS: Final = 1
SHARED: Final = 2
"""Numbers of the shelves."""


class Result(Struct, frozen=True, kw_only=True):
    """One thing that was found."""

    kind: str
    region: str
    """Empty: it belongs to no region."""
    id: str
    path: str
    """Of its page, below its region or, without one, below the language."""
    title: Mapping[str, str]
    summary: Mapping[str, str]
    original: str
    whole: bool
    """It holds all words."""
    held: tuple[int, ...]
    """Numbers of the groups of the question that it holds."""
    titles: int
    """How many of these stand in the title."""
    leads: int
    """How many stand in title or summary."""
    practice: bytes = b""
    """Its card as JSON."""


class Results(Struct, frozen=True, kw_only=True):
    """A piece of what was found."""

    results: tuple[Result, ...]
    found: Ranked | None
    piece: paging.Piece
    kinds: Mapping[str, int]
    """Kind → how many hold all words; where nothing does, some."""
    practices: FacetIndex


class _Shared(Struct, frozen=True):
    told: Sequence[Told]
    index: TextIndex
    list: FacetIndex


@cache
def shared() -> _Shared:
    """What belongs to no region: it comes with the platform, and is few."""
    told = of_all_regions()
    texts = (
        Entry(
            pk=pk,
            region_id="",
            title=tuple(one.card.title.items()),
            summary=tuple(one.card.summary.items()),
            text=one.text,
        )
        for pk, one in enumerate(told)
    )
    listed = FacetIndex(
        ((one.ordered, pk) for pk, one in enumerate(told)), ((pk, f"kind:{one.kind}") for pk, one in enumerate(told))
    )
    return _Shared(told, TextIndex(texts), listed)


def items_of(instance: Instance, region_id: str | None = None) -> FacetIndex:
    """Where everything stands that is found beside practices, in a region or in all that the public may read.

    Raises NotFound.
    """
    return instance.kept("items", region_id, lambda: build_items(instance.database, instance.regions_of(region_id)))


def holding(instance: Instance, region_id: str, kind: str, words: str, lang: str) -> frozenset[str]:
    """As ``Instance.holding``."""
    return frozenset(keys_of(instance.database, look(instance, words, lang, region_id=region_id, kinds=(kind,))))


def build_items(database: Database, regions: Sequence[str]) -> FacetIndex:
    """Read into memory where everything beside the practices of *regions* stands."""
    if not regions:
        return FacetIndex((), ())
    these = f"FROM search_item WHERE region_id IN {marks(regions)}"
    facets = database.all_rows(f"SELECT pk, kind, region_id {these}", *regions)
    return FacetIndex(
        database.each_row(f"SELECT ordered, pk {these} ORDER BY ordered, pk", *regions),
        ((pk, f"kind:{kind} region:{region_id}") for pk, kind, region_id in facets),
    )


def look(
    instance: Instance,
    words: str,
    lang: str,
    *,
    region_id: str | None = None,
    kinds: Collection[str] = (),
    correct: bool = True,
) -> Ranked:
    """What holds *words* in a region, or in all of them; *kinds*: only of these. Raises NotFound.

    *correct*: what nothing holds is looked for as it may be meant.
    """
    database = instance.database
    rows = partial(_rows, database, () if region_id is None else (region_id,))
    practices, items, own = facets_of(instance, region_id), items_of(instance, region_id), shared()
    shelves = (
        Shelf(practices, rows, practices.all if not kinds or PRACTICE in kinds else 0, last=FIRST - 1),
        Shelf(items, rows, items.select({"kind": sorted(kinds)}), first=FIRST),
        Shelf(own.list, own.index.rows_that_hold, own.list.select({"kind": sorted(kinds)})),
    )
    for_help = asks_for_help(words)  # what somebody in need writes is taken as it is written
    meaning = partial(_meaning, instance.thesaurus(region_id), for_help=for_help)
    return find(words, lang, shelves, partial(near, database) if correct and not for_help else None, meaning)


def _meaning(thesaurus: Thesaurus, words: Sequence[str], *, for_help: bool) -> tuple[Said, ...]:
    """What *words* name; who needs help asks for help lines, whatever the words."""
    said = thesaurus.alternatives(words)
    return (*said, *thesaurus.meant(words, HELP)) if for_help and words else said


def _rows(database: Database, regions: Sequence[str], groups: Sequence[Alternatives], least: int) -> Sequence[int]:
    return rows_that_hold(database, groups, regions, least=least)


def search(
    instance: Instance,
    words: str,
    lang: str,
    *,
    region_id: str | None = None,
    regions: Sequence[str] = (),
    kinds: Collection[str] = (),
    filters: Mapping[str, Sequence[str]] | None = None,
    cursor: str | None = None,
    limit: int = 20,
    correct: bool = True,
) -> Results:
    """The next *limit* things that hold *words*, the best first.

    *filters*: facets of practices; what else there is does not pass them. *regions*: only of these. Raises NotFound,
    BadCursor.
    """
    found = look(instance, words, lang, region_id=region_id, kinds=kinds, correct=correct)
    lists = found.shelves[PRACTICES].list, found.shelves[ITEMS].list, found.shelves[SHARED].list
    narrowed = any((filters or {}).values())
    within = {"region": regions} if regions else {}
    chosen = (
        lists[PRACTICES].select({**(filters or {}), **within}) & found.shelves[PRACTICES].within,
        0 if narrowed else lists[ITEMS].select(within) & found.shelves[ITEMS].within,
        0 if narrowed or regions else found.shelves[SHARED].within,
    )
    asked = found if found.question else None
    if asked is None:  # there is no word to look for
        chosen = (0, 0, 0)
    piece = paging.piece(asked, lists, chosen, cursor, limit)
    return Results(
        results=_results(instance, piece, lists),
        found=asked,
        piece=piece,
        kinds=_kinds(found, lists, chosen, piece) if asked else {},
        practices=lists[PRACTICES],
    )


def counts(
    results: Results, filters: Mapping[str, Sequence[str]], regions: Sequence[str], facets: Sequence[str]
) -> dict[str, dict[str, int]]:
    """For each of *facets*, how many practices of those found each value would show beside the other filters."""
    if not facets:
        return {}
    found, within = results.found, 0
    if found is not None:
        within = (found.whole if results.piece.total else found.partial())[PRACTICES]
    return results.practices.counts({**filters, "region": regions}, within, facets)


def _kinds(found: Ranked, lists: Sequence[FacetIndex], chosen: Sequence[int], piece: paging.Piece) -> dict[str, int]:
    masks = found.whole if piece.total else found.partial()
    practices, *others = (mask & here for mask, here in zip(masks, chosen, strict=True))
    counted = {PRACTICE: practices.bit_count()}
    for listed, mask in zip(lists[ITEMS:], others, strict=True):
        counted |= {kind: (mask & here).bit_count() for kind, here in listed.masks.get("kind", {}).items()}
    return {kind: number for kind, number in counted.items() if number}


def _results(instance: Instance, piece: paging.Piece, lists: Sequence[FacetIndex]) -> tuple[Result, ...]:
    pks: tuple[list[int], ...] = ([], [], [])
    for one in piece.shown:
        pks[one.segment.shelf].append(lists[one.segment.shelf].pks[one.position])
    cards = service.raw_cards(instance.database, pks[PRACTICES])
    items = _items(instance.database, pks[ITEMS])
    results = []
    for one in piece.shown:
        layer, shelf = one.segment.layer, one.segment.shelf
        pk = lists[shelf].pks[one.position]
        assert layer is not None
        if shelf == PRACTICES and pk in cards:
            results.append(_practice(cards[pk], layer))
        elif shelf == ITEMS and pk in items:
            region, kind, item, card = items[pk]
            results.append(_result(kind, region, item, card, layer))
        elif shelf == SHARED:
            told = shared().told[pk]
            results.append(_result(told.kind, "", told.item, told.card, layer))
    return tuple(results)


def _items(database: Database, pks: Sequence[int]) -> dict[int, tuple[str, str, str, Card]]:
    if not pks:
        return {}
    sql = f"SELECT pk, region_id, kind, item, card FROM search_item WHERE pk IN {marks(pks)}"  # noqa: S608
    return {
        pk: (region, kind, item, _card.decode(card)) for pk, region, kind, item, card in database.all_rows(sql, *pks)
    }


def _result(kind: str, region: str, item: str, card: Card, layer: Layer, practice: bytes = b"") -> Result:
    return Result(
        kind=kind,
        region=region,
        id=item,
        path=card.path,
        title=card.title,
        summary=card.summary,
        original=card.original,
        whole=layer.whole,
        held=layer.held,
        titles=layer.place[2],
        leads=layer.place[3],
        practice=practice,
    )


def _practice(card: bytes, layer: Layer) -> Result:
    told: PracticeCard = service.decode_card(card)
    shown = Card(path=f"practices/{told.slug}", title=told.title, summary=told.summary, original=told.original)
    return _result(PRACTICE, told.region, told.id, shown, layer, card)


def keys_of(database: Database, found: Ranked) -> list[str]:
    """Ids and keys of everything of a region but practices that holds all words.

    As they are written, where anything does; only otherwise what means the same: for lists in an order of their own.
    """
    if not any(found.whole):
        return []
    items: FacetIndex = found.shelves[ITEMS].list
    best = next(iter(found.whole_layers())).place[1]
    mask = 0
    for layer in found.whole_layers():
        if layer.place[1] == best:
            mask |= layer.masks[ITEMS]
    pks = [items.pks[position] for position in items.positions(mask)]
    return [item for _, _, item, _ in _items(database, pks).values()]


# --- What was found, as pages show it ---

KINDS: Final[Mapping[str, str]] = {
    "practice": N_("Practice"),
    "procedure": N_("Co-operation procedure"),
    "improvement": N_("Improvement"),
    "organisation": N_("Organisation"),
    "provision": N_("Provision of the law"),
    "article": N_("Article of the Convention"),
    "age": N_("Age or time limit"),
    "helpline": N_("Helpline"),
    "sector": N_("Sector"),
    "context": N_("Around the Convention"),
}
"""Kind → what one of it is called, in the order in which they are offered."""
assert KINDS.keys() == set(get_args(Kind))


class Row(Struct, frozen=True, kw_only=True):
    """One thing that was found."""

    href: str
    kind: str
    region: str
    """Where the page is about no region."""
    title: list[tuple[str, bool]]
    title_lang: str
    lead: list[tuple[str, bool]]
    lead_lang: str
    words: tuple[str, ...]
    """Which of the words it holds, if not all."""


def row_of(view: View, one: Result, sought: Sought, words: Sequence[str]) -> Row:
    title, title_lang = view.text(one.title, one.original)
    lead, lead_lang = view.text(one.summary, one.original) if one.summary else ("", view.lang)
    path, _, part = one.path.partition("#")
    header = view.instance.header(one.region) if one.region else None
    href = view.region_href(header, *path.split("/")) if header else view.instance_href(*path.split("/"))
    return Row(
        href=f"{href}#{part}" if part else href,
        kind=view._(KINDS[one.kind]),
        region=view.say(header.name) if header and not view.region else "",
        title=sought.mark(title, title_lang),
        title_lang=title_lang,
        lead=sought.excerpt(lead, lead_lang),
        lead_lang=lead_lang,
        words=() if one.whole else tuple(words[number] for number in sorted(one.held)),
    )


# --- Improvements and procedures that hold the words searched for, shown beside the practices that do ---

SHOWN: Final = 10


class Beside(Struct, frozen=True, kw_only=True):
    rows: tuple[Row, ...]
    total: int


def found_beside(view: View, words: str) -> Beside | None:
    """For the list of practices: what else holds all *words*, in the title first, then elsewhere."""
    region_id = view.region.id if view.region else None
    found = search(view.instance, words, view.lang, region_id=region_id, kinds=tuple(ROOMS), limit=SHOWN, correct=False)
    whole = [one for one in found.results if one.whole]
    if found.found is None or not whole:
        return None
    sought = Sought(found.found.used)
    return Beside(rows=tuple(row_of(view, one, sought, ()) for one in whole), total=found.piece.total)
