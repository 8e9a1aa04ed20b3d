"""The lists of a region that may grow long: what narrows each, how many records it has, and its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from litestar.datastructures import MultiDict
from msgspec import Struct

from lanzarote.errors import NotFound
from lanzarote.practices import facet_choices, shortlist
from lanzarote.stakeholders import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from lanzarote.types import Table
    from lanzarote.web.labels import Voice

    Pairs = Iterable[tuple[str, str]]


class Subject(Struct, frozen=True):
    """One list."""

    narrowed: Callable[[Pairs], Pairs]
    """What of an address narrows it; anything else is left out."""
    count: Callable[[Voice, Pairs], int]
    table: Callable[[Voice, Pairs], Table]


def subject_of(name: str) -> Subject:
    """Raises NotFound."""
    if name not in SUBJECTS:
        raise NotFound("There is no such list.")
    return SUBJECTS[name]


def _practices(query: Pairs) -> facet_choices.Question:
    return facet_choices.read_question(MultiDict(query), facet_choices.IN_REGION)


def _organisations(query: Pairs) -> reading.Question:
    return reading.read_question(MultiDict(query))


def _narrowed_practices(query: Pairs) -> facet_choices.Pairs:
    question = _practices(query)
    return question.words() + question.choices()


SUBJECTS: Final[Mapping[str, Subject]] = {
    shortlist.PRACTICES: Subject(
        narrowed=_narrowed_practices,
        count=lambda voice, query: shortlist.listing_count(voice, _practices(query)),
        table=lambda voice, query: shortlist.listing_table(voice, _practices(query)),
    ),
    reading.ORGANISATIONS: Subject(
        narrowed=lambda query: _organisations(query).pairs(),
        count=lambda voice, query: reading.directory_count(voice, _organisations(query)),
        table=lambda voice, query: reading.directory_table(voice, _organisations(query)),
    ),
}
"""By the last word of the list's own address."""
