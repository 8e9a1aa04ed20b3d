"""Practices as rows of a file, and those that a reader has put side by side: the address keeps the list."""

from __future__ import annotations

from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup
from msgspec import Struct

from lanzarote.errors import LanzaroteError
from lanzarote.practices import service
from lanzarote.practices.facet_choices import PICK, address, seen_filters
from lanzarote.practices.listing import looked_for
from lanzarote.practices.reading import Told, due_since, read_practice
from lanzarote.practices.service import facets_of
from lanzarote.translation import N_, as_text
from lanzarote.types import PracticeText, Table
from lanzarote.web import labels
from lanzarote.web.labels import label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from markupsafe import Markup

    from lanzarote.practices.facet_choices import Question
    from lanzarote.practices.facets import FacetIndex
    from lanzarote.practices.model import Card
    from lanzarote.practices.reading import Reading
    from lanzarote.store.database import Database
    from lanzarote.web.labels import Voice
    from lanzarote.web.site import View


# Practices as rows of a file


PRACTICES: Final = "practices"
"""What the list is called where it is made in the background."""
MOST_ROWS = 10_000
"""Longer lists are cut, and say so; the open data has everything."""


def listing_heading(voice: Voice) -> str:
    """What the list of practices is called."""
    if voice.region is None:
        return voice._("Practices everywhere")
    return voice._("Practices in %(region)s") % {"region": voice.say(voice.vocabulary.name())}


def listing_table(voice: Voice, question: Question) -> Table:
    """The whole list that is asked for, not only the piece on the page."""
    database, index, narrowed = _asked(voice, question)
    return cards_table(voice, service.listed(database, index, **narrowed), listing_heading(voice))


def listing_count(voice: Voice, question: Question) -> int:
    """Practices of the whole list."""
    _, index, narrowed = _asked(voice, question)
    return service.counted(index, **narrowed)


def _asked(voice: Voice, question: Question) -> tuple[Database, FacetIndex, dict[str, Any]]:
    region_id = voice.region.id if voice.region else None
    narrowed = {"filters": seen_filters(voice, question), "found": looked_for(voice, question)}
    return voice.instance.database, facets_of(voice.instance, region_id), narrowed


def cards_table(view: Voice, cards: Iterable[Card], title: str) -> Table:
    _ = view._
    columns = (
        _("Title"),
        _("Summary"),
        _("Region"),
        _("Sectors"),
        _("Who works together"),
        _("For whom"),
        _("Domain"),
        _("Articles of the Convention (editorial mapping)"),
        _("Scale"),
        _("Running or ended"),
        _("Since"),
        _("Ended"),
        _("Cost"),
        _("Status"),
        _("Vouched for by"),
        _("Evidence"),
        _("Published on"),
        _("Address"),
    )
    note = _("Documented from public sources unless the column “Status” says otherwise. %(address)s, %(day)s") % {
        "address": view.absolute(view.href("practices")),
        "day": view.today.isoformat(),
    }
    return Table(
        title=title,
        columns=columns,
        rows=_rows(view, islice(cards, MOST_ROWS)),
        language=view.lang,
        licence=view.region.licence if view.region else "CC-BY-4.0",
        note=note,
    )


def _rows(view: Voice, cards: Iterable[Card]) -> Iterator[tuple[str | int | float | date | None, ...]]:
    def said(kind: str, *codes: str) -> str:
        return "; ".join(label(kind, code, view.translator) for code in codes)

    for card in cards:
        yield (
            view.text(card.title, card.original)[0],
            view.text(card.summary, card.original)[0],
            view.say(view.instance.header(card.region).name),
            "; ".join(_sector_name(view, card.region, key) for key in card.sectors),
            said("side", *card.sides),
            said("target", *card.target_groups),
            said("domain", *card.domains),
            "; ".join(card.convention),
            said("scope", card.scope),
            said("running", card.running),
            card.started,
            card.ended,
            said("cost", card.cost) if card.cost else None,
            said("standing", card.standing),
            said("vouching", card.vouching),
            said("strength", card.strength),
            view.instance.vocabulary(card.region).day_of(card.updated_at),
            view.absolute(view.region_href(view.instance.header(card.region), "practices", card.slug)),
        )


def _sector_name(view: Voice, region_id: str, key: str) -> str:
    terms = view.instance.vocabulary(region_id)
    sector = terms.sectors.get(terms.present_key("sector", key))
    return view.say(sector.name) if sector else key


# Practices that a reader has put side by side


class Column(Struct, frozen=True, kw_only=True):
    """One practice of the comparison."""

    reading: Reading
    href: str
    remove_href: str
    due_since: date | None
    """Since when what was assessed ought to be looked at again."""


class Line(Struct, frozen=True, kw_only=True):
    """One question, and what each practice answers; an empty answer is not stated in the sources."""

    label: Markup
    cells: tuple[Told | Markup, ...]


class Shortlist(Struct, frozen=True, kw_only=True):
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    slugs: tuple[str, ...]
    """Present addresses of the practices that are there."""
    gone: int
    """How many of those asked for are no longer public."""


def read_shortlist(view: View, slugs: Sequence[str]) -> Shortlist:
    present = tuple(dict.fromkeys(_present(view, slugs)))
    readings = [
        read_practice(view, service.decode(service.document(view.instance.database, view.region_id, slug)))
        for slug in present
    ]
    kept = [(PICK, slug) for slug in present]
    columns = tuple(
        Column(
            reading=reading,
            href=address(view.href("practices", slug), kept),
            remove_href=address(view.href("shortlist"), [pair for pair in kept if pair[1] != slug]),
            due_since=due_since(view, reading.document),
        )
        for slug, reading in zip(present, readings, strict=True)
    )
    lines = tuple(line for line in _lines(view, readings) if any(line.cells))
    return Shortlist(columns=columns, lines=lines, slugs=present, gone=len(slugs) - len(present))


def _present(view: View, slugs: Sequence[str]) -> Iterator[str]:
    """Present slugs of what is still public; former ones are followed."""
    known = {card.slug for card in service.cards(view.instance.database, view.region_id, slugs)}
    for slug in slugs:
        if slug in known:
            yield slug
            continue
        with view.instance.database.read(view.region_id) as session:
            try:
                yield service.current_slug(session, slug)
            except LanzaroteError:
                continue


def _lines(view: View, readings: Sequence[Reading]) -> Iterator[Line]:
    def phrase(english: str) -> Markup:
        return labels.phrase(english, view.translator)

    def line(label: Markup, cells: Iterable[Told | Markup]) -> Line:
        return Line(label=label, cells=tuple(cells))

    yield line(labels.say("text", "summary", view.translator), (reading.summary for reading in readings))
    for side in ("public", "civil-society", "mixed", "private"):
        yield line(labels.say("side", side, view.translator), (_names(reading, side) for reading in readings))
    for field in PracticeText.__struct_fields__[2:]:
        found = [{part.field: part.told for part in (*reading.parts, *reading.later)} for reading in readings]
        yield line(labels.say("text", field, view.translator), (parts.get(field, Markup()) for parts in found))
    yield line(phrase(N_("Figures")), (_figures(reading) for reading in readings))
    seen = dict.fromkeys(fact.label for reading in readings for fact in reading.facts)
    for one in seen:
        told = [{fact.label: fact.value for fact in reading.facts} for reading in readings]
        yield line(one, (facts.get(one, Markup()) for facts in told))
    yield line(phrase(N_("Legal basis")), (_linked(reading) for reading in readings))
    yield line(
        phrase(N_("Articles of the Convention (editorial mapping)")), (_articles(reading) for reading in readings)
    )


def _names(reading: Reading, side: str) -> Markup:
    return Markup("<br>").join(line.name for line in reading.partners.get(side, ()))


def _figures(reading: Reading) -> Markup:
    return Markup("<br>").join(
        Markup(" ").join(filter(None, (Markup.escape(figure.value), figure.unit, _in_brackets(figure.period))))
        or figure.text
        for figure in reading.figures
    )


def _in_brackets(words: Markup) -> Markup:
    return Markup("({})").format(words) if words else words


def _linked(reading: Reading) -> Markup:
    links = (Markup('<a href="{}">{}</a>').format(law.href, law.citation) for law in reading.laws)
    return Markup("<br>").join(links)


def _articles(reading: Reading) -> Markup:
    links = [ref for article in reading.articles for ref in article.refs]
    return Markup(", ").join(Markup('<a href="{}">{}</a>').format(link.href, link.ref) for link in links)


def shortlist_table(view: View, shortlist: Shortlist, title: str) -> Table:
    """The comparison as a file: a practice to a column, as on the page."""
    columns = [_plain(column.reading.title.text) for column in shortlist.columns]
    rows = [(_plain(line.label), *(_cell(cell) for cell in line.cells)) for line in shortlist.lines]
    addresses = (view.absolute(view.href("practices", slug)) for slug in shortlist.slugs)
    rows.append((view._("Address"), *addresses))
    return Table(
        title=title,
        columns=(view._("Question"), *columns),
        rows=rows,
        language=view.lang,
        licence=view.region.licence if view.region else "CC-BY-4.0",
        note=view._("An empty field is not stated in the sources."),
    )


def _cell(cell: Told | Markup) -> str:
    return cell.text if isinstance(cell, Told) else _plain(cell)


def _plain(words: Markup | str) -> str:
    return as_text(words.replace(Markup("<br>"), Markup("; ")) if isinstance(words, Markup) else words)
