"""API resource of the search over everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast, get_args

import msgspec
from msgspec import Raw, Struct

from lanzarote.findable import reading
from lanzarote.findable.entries import Kind
from lanzarote.practices.api import COUNTED_OF_ALL, FEWER, FILTERS, NAMES, REGIONS, Q
from lanzarote.practices.facet_choices import index_filters
from lanzarote.practices.model import Card
from lanzarote.search.paging import CURSOR, Sought
from lanzarote.web.resources import Answer, Asked, Listed, Parameter, cursor, resource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.findable.reading import Result
    from lanzarote.search.ranking import Found
    from lanzarote.types import RegionHeader

_encode = msgspec.json.Encoder().encode
KINDS = Parameter(
    name="kind", told="Only things of this kind. Repeated: of any of these.", choices=get_args(Kind), many="repeated"
)
READER = Parameter(
    name="lang",
    told="The reader's language: its words lead where one is misspelt.",
    pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
    longest=12,
)
AS_WRITTEN = Parameter(
    name="as_written", told="`yes`: what no text holds is not looked for in another spelling.", choices=("yes",)
)
PLACE = cursor(CURSOR, 60)
FIELDS = ("title", "summary", "text")


class Piece(Struct, frozen=True):
    """A piece of a text."""

    text: str
    match: bool
    """It is a word that was searched for."""


class Hit(Struct, frozen=True, kw_only=True):
    """Something that was found, with the words that were searched for marked in its title and summary."""

    kind: Kind
    region: str | None
    """Null: it belongs to no region."""
    id: str
    """Of a practice, procedure, improvement or organisation its id; of anything else its key."""
    url: str
    """Path of its page in its own first language."""
    title: dict[str, tuple[Piece, ...]]
    summary: dict[str, tuple[Piece, ...]]
    whole: bool
    """It holds all words; otherwise some."""
    words: tuple[str, ...]
    """Which of the words it holds, as they were written."""
    fields: tuple[str, ...]
    """Where these stand: `title`, `summary`, `text`."""
    practice: Card | None
    """Of a practice, what lists show of it."""


class Correction(Struct, frozen=True):
    """A word that no text holds, and the one that was searched for instead."""

    written: str
    used: str


class HitList(Listed[Hit], frozen=True, kw_only=True):
    """Those that hold all words, which `total` counts, then those that hold some."""

    partial: int | None
    """How many hold some of the words only; null: others fill this part, and it was not looked."""
    corrected: tuple[Correction, ...]
    kinds: dict[str, int]
    """Kind → how many of it hold all words; where nothing does, some."""
    counts: dict[str, dict[str, int]]
    """For each facet in `facets`: value → how many practices it would show beside the other filters."""


@resource(
    "/search",
    tag="Search",
    query=(Q, READER, AS_WRITTEN, KINDS, REGIONS, *FILTERS, COUNTED_OF_ALL, PLACE, FEWER),
    answers=HitList,
    bounded=False,
)
def search_everything(asked: Asked) -> Answer:
    """Practices and all else that holds the words searched for, in all regions.

    What holds all words comes first, then what holds some: the more, the earlier; then what holds words that few others
    hold; then by where they stand, title, summary or elsewhere; then the newest. Of filters other than kind and region
    only practices pass.
    """
    instance = asked.instance
    filters = index_filters({name: asked.many(name) for name in NAMES if name in asked.given}, None)
    regions = asked.many("region")
    found = reading.search(
        instance,
        asked.one("q") or "",
        asked.one("lang") or "",
        regions=regions,
        kinds=asked.many("kind"),
        filters=filters,
        cursor=asked.one("cursor"),
        limit=int(asked.one("limit") or FEWER.default or 0),
        correct="as_written" not in asked.given,
    )
    sought = Sought(found.found.used) if found.found else Sought()
    headers = instance.headers()
    base = asked.instance.settings.base_path
    hits = (_hit(one, headers.get(one.region), found.found, sought, base) for one in found.results)
    return asked.listed(
        hits,
        found.piece.total,
        found.piece.next,
        partial=found.piece.some,
        corrected=found.found.corrected if found.found else (),
        kinds=found.kinds,
        counts=reading.counts(found, filters, regions, asked.many("facets")),
    )


def _hit(one: Result, header: RegionHeader | None, found: Found | None, sought: Sought, base: str) -> bytes:
    groups = found.question.groups if found else ()
    lang = header.languages[0] if header else "en"
    place = f"/{lang}/{one.region}/{one.path}" if one.region else f"/{lang}/{one.path}"
    numbers = (one.titles, one.leads - one.titles, len(one.held) - one.leads)
    return _encode(
        Hit(
            kind=cast("Kind", one.kind),
            region=one.region or None,
            id=one.id,
            url=base + place,
            title=_marked(one.title, sought),
            summary=_marked(one.summary, sought),
            whole=one.whole,
            words=tuple(" ".join(groups[number].written) for number in sorted(one.held)),
            fields=tuple(name for name, number in zip(FIELDS, numbers, strict=True) if number > 0),
            practice=cast("Card | None", Raw(one.practice or b"null")),  # JSON already
        )
    )


def _marked(texts: Mapping[str, str], sought: Sought) -> dict[str, tuple[Piece, ...]]:
    return {lang: tuple(Piece(*piece) for piece in sought.mark(text, lang)) for lang, text in texts.items()}
