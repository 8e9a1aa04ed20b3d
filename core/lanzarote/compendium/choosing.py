"""What a reader may choose for a compendium: the practices that a list holds now, and the procedures of the region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from lanzarote.practices import facet_choices, listing, service
from lanzarote.practices.facet_choices import IN_REGION, Question, read_question
from lanzarote.practices.service import facets_of
from lanzarote.procedures import public
from lanzarote.web.forms import many_of
from lanzarote.web.region_reading import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from markupsafe import Markup

    from lanzarote.practices.model import Card
    from lanzarote.procedures.service import Published
    from lanzarote.web.site import View

LISTED: Final = 60
"""Up to so many practices are listed one by one; more are chosen all together."""
PRACTICE, PROCEDURE, WHOLE = "practice", "procedure", "whole"
"""Fields of the form; the last says that every practice of the list is meant."""


class Choice(Struct, frozen=True):
    """Something that can be chosen; as ``ui.choices`` lists it."""

    value: str
    label: Markup
    chosen: bool


class Offer(Struct, frozen=True, kw_only=True):
    """What the form offers."""

    practices: tuple[Choice, ...]
    """Empty when there are too many to be listed."""
    count: int
    """Practices of the list."""
    whole: bool
    """All of them are chosen."""
    procedures: tuple[Choice, ...]
    query: tuple[tuple[str, str], ...]
    """What narrows the list, for the form's address."""


class Chosen(Struct, frozen=True):
    """Ids in the order of the document."""

    practices: tuple[str, ...]
    procedures: tuple[str, ...]


def offer(view: View, *, practices: bool, data: Mapping[str, Any] | None = None) -> Offer:
    """What this address offers. *practices*: it is a list of them; *data*: what the form said before."""
    question = read_question(view.request.query_params, IN_REGION)
    cards = _cards(view, question)

    def is_chosen(field: str, slug: str, otherwise: bool) -> bool:
        return otherwise if data is None else slug in many_of(data, field)

    return Offer(
        practices=tuple(
            Choice(card.slug, told(view, card.title, card.original), is_chosen(PRACTICE, card.slug, practices))
            for card in (cards if len(cards) <= LISTED else ())
        ),
        count=len(cards),
        whole=is_chosen(WHOLE, "yes", practices),
        procedures=tuple(
            Choice(one.slug, _title(view, one), is_chosen(PROCEDURE, one.slug, not practices))
            for one in public.every(view.instance, view.region_id)
        ),
        query=tuple(question.pairs()),
    )


def chosen(view: View, data: Mapping[str, Any]) -> Chosen:
    """What the form chose; what is not offered is left out."""
    cards = _cards(view, read_question(view.request.query_params, IN_REGION))
    if not many_of(data, WHOLE):
        wanted = set(many_of(data, PRACTICE))
        cards = [card for card in cards if card.slug in wanted]
    some = set(many_of(data, PROCEDURE))
    found = [one for one in public.every(view.instance, view.region_id) if one.slug in some]
    return Chosen(tuple(card.id for card in cards), tuple(one.id for one in found))


def _cards(view: View, question: Question) -> list[Card]:
    """Those on the shortlist, if the address holds one; otherwise the whole list that it asks for."""
    database = view.instance.database
    if question.picked:
        return list(service.cards(database, view.region_id, question.picked))
    found: Iterable[Card] = service.listed(
        database,
        facets_of(view.instance, view.region_id),
        filters=facet_choices.seen_filters(view, question),
        found=listing.looked_for(view, question),
    )
    return list(found)


def _title(view: View, one: Published) -> Markup:
    titles = {code: said.title for code, said in one.procedure.text.items() if said.title}
    return told(view, titles, one.procedure.original)
