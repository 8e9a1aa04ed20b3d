"""Is there already one like it? Practices that a new one may repeat, by their words and by what they are about."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from sqlalchemy import select

from lanzarote.practices import service, sheets
from lanzarote.practices.model import KIND
from lanzarote.practices.service import facets_of
from lanzarote.records.permissions import allowed
from lanzarote.records.records import Record, Version
from lanzarote.search import rows_that_hold
from lanzarote.search.asked import forms
from lanzarote.translation import pick
from lanzarote.translation.folding import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lanzarote.types import PracticeSheet
    from lanzarote.web.site import View

MOST = 4
MOST_TERMS = 16
"""Words that are looked for, the longest first: those say most."""
ENOUGH = 0.4
"""Share of what the words say that another practice has to say too."""
NEWEST = 300
"""Unpublished ones that are looked at."""


class Twin(Struct, frozen=True, kw_only=True):
    """A practice that may be the same one."""

    id: str
    title: str
    lang: str
    """Of the title."""
    href: str
    published: bool


def twins(view: View, sheet: PracticeSheet, *, but: str = "") -> tuple[Twin, ...]:
    """Practices much like *sheet*, the likeliest first; *but*: its own id."""
    texts = sheet.text.get(sheet.original)
    said = " ".join(filter(None, (texts.title, texts.summary))) if texts else ""
    terms = _terms(said)
    found = {one.id: one for one in (*_by_words(view, terms), *_unpublished(view, terms), *_by_subject(view, sheet))}
    found.pop(but, None)
    return tuple(found.values())[:MOST]


def _terms(text: str) -> list[str]:
    """Words of *text* that say something, folded."""
    longest = sorted(dict.fromkeys(words(text)), key=len, reverse=True)
    return [word for word in longest[:MOST_TERMS] if len(word) > 3]


def _by_words(view: View, terms: Sequence[str]) -> Iterator[Twin]:
    """Published practices in which the rarer of *terms* stand too."""
    database, index = view.instance.database, facets_of(view.instance, view.region_id)
    scores: dict[int, float] = {}
    shared: dict[int, int] = {}
    whole = 0.0
    for term in terms:
        hits = index.hits(rows_that_hold(database, [((forms(term, view.lang),),)], (view.region_id,)))
        weight = log(1 + index.size / (1 + hits.bit_count()))
        whole += weight
        for position in index.positions(hits):
            scores[position] = scores.get(position, 0) + weight
            shared[position] = shared.get(position, 0) + 1
    near = (position for position, score in scores.items() if score >= ENOUGH * whole and shared[position] > 1)
    ranked = sorted((-scores[position], position) for position in near)
    pks = [index.pks[position] for _, position in ranked[:MOST]]
    for card in service.cards_at(database, pks):
        yield _twin(view, card)


def _by_subject(view: View, sheet: PracticeSheet) -> Iterator[Twin]:
    """Published practices of the same sectors and articles."""
    near = service.alike(view.instance.database, facets_of(view.instance, view.region_id), sheet, limit=MOST)
    yield from (_twin(view, card) for card in near)


def _unpublished(view: View, terms: Sequence[str]) -> Iterator[Twin]:
    """Practices that are being written, if the reader may see them, whose title says the same."""
    wanted = set(terms)
    if not wanted:
        return
    joined = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
    query = (
        select(Record.id, Version.body)
        .join(Version, joined & (Version.number == Record.version))
        .where(Record.kind == KIND, Record.published_version.is_(None), Record.state == "draft")
        .where(allowed(view.actor, "practice.read"))
        .order_by(Record.updated_at.desc())
        .limit(NEWEST)
    )
    with view.instance.database.read(view.region_id) as session:
        rows = session.execute(query).all()
    for record_id, body in rows:
        sheet = sheets.read(body)
        own = set(_terms(sheets.title_of(sheet)))
        if own and len(own & wanted) >= max(2, ENOUGH * len(own)):
            lang = sheet.original
            href = view.href("team", "practices", record_id)
            yield Twin(id=record_id, title=sheets.title_of(sheet), lang=lang, href=href, published=False)


def _twin(view: View, card: Any) -> Twin:
    title, lang = pick(card.title, view.lang, card.original)
    return Twin(id=card.id, title=title, lang=lang, href=view.href("practices", card.slug), published=True)
