"""Improvements and procedures that hold the words searched for, shown beside the practices that do.

A region has few of them beside its practices: their words are kept in memory, each region's as long as nothing that the
public reads of it changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from sqlalchemy import select

from lanzarote.folding import found_by, highlight, snippet
from lanzarote.records import Record, Version
from lanzarote.released import released_now
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.web.site import View

SHOWN: Final = 10
ROOMS: Final[Mapping[str, str]] = {"improvement": "improvements", "procedure": "procedures"}
"""Kind of the records → where their public pages are."""
LABELS: Final[Mapping[str, str]] = {"improvement": N_("Improvement"), "procedure": N_("Co-operation procedure")}
LEADS: Final = ("summary", "purpose", "proposal", "scope")
"""Texts that tell most of it, the first that there is."""
APART: Final = " "


class Kept(Struct, frozen=True, kw_only=True):
    """One of them, as it is found."""

    kind: str
    slug: str
    original: str
    titles: Mapping[str, str]
    leads: Mapping[str, str]
    in_title: str
    """Its folded words, each after a space."""
    anywhere: str


class Found(Struct, frozen=True, kw_only=True):
    href: str
    label: str
    region: str
    """Where the page is about no region."""
    title: list[tuple[str, bool]]
    title_lang: str
    lead: list[tuple[str, bool]]
    lead_lang: str


class Beside(Struct, frozen=True, kw_only=True):
    rows: tuple[Found, ...]
    total: int


class _Step(Struct):
    title: dict[str, str] = {}
    detail: dict[str, str] = {}


class _Said(Struct):
    original: str = ""
    text: dict[str, dict[str, str | None]] = {}
    steps: tuple[_Step, ...] = ()


class _Document(Struct):
    slug: str = ""
    improvement: _Said | None = None
    procedure: _Said | None = None


_said = msgspec.json.Decoder(_Said)
_document = msgspec.json.Decoder(_Document)


def found_beside(view: View, terms: Sequence[str]) -> Beside | None:
    """For the list of practices: what else holds all *terms*, in the title first, then elsewhere."""
    if not terms:
        return None
    regions = [view.region.id] if view.region else list(view.instance.headers())
    hits = [(region_id, one) for region_id in regions for one in kept(view.instance, region_id) if _holds(one, terms)]
    hits.sort(key=lambda hit: not _all_in(hit[1].in_title, terms))
    if not hits:
        return None
    return Beside(rows=tuple(_found(view, *hit, terms) for hit in hits[:SHOWN]), total=len(hits))


def kept(instance: Instance, region_id: str) -> tuple[Kept, ...]:
    """All of a region that the public reads, the last published first."""
    return instance.kept("beside", region_id, lambda: tuple(_read(instance, region_id)))


def _read(instance: Instance, region_id: str) -> Iterator[Kept]:
    shown = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
    query = (
        select(Record.kind, Record.slug, Version.body)
        .join(Version, shown & (Version.number == Record.published_version))
        .where(Record.kind.in_(ROOMS), Record.published_version.is_not(None))
        .order_by(Record.published_at.desc(), Record.slug)
    )
    with instance.database.read(region_id) as session:
        if instance.origin(region_id):
            yield from _read_received(session, region_id)
        else:
            for kind, slug, body in session.execute(query):
                yield _kept(kind, slug, _said.decode(body))


def _read_received(session: Session, region_id: str) -> Iterator[Kept]:
    """Of a received region there are only the documents that it released."""
    for one in reversed(released_now(session, region_id, kinds=tuple(ROOMS))):
        document = _document.decode(one.body) if one.body else _Document()
        said = document.improvement or document.procedure
        if said is not None:
            yield _kept(one.kind, document.slug, said)


def _kept(kind: str, slug: str, said: _Said) -> Kept:
    titles = {code: title for code, texts in said.text.items() if (title := texts.get("title"))}
    return Kept(
        kind=kind,
        slug=slug,
        original=said.original,
        titles=titles,
        leads={code: lead for code, texts in said.text.items() if (lead := _lead(texts))},
        in_title=_folded(titles.values()),
        anywhere=_folded(_texts(said)),
    )


def _lead(texts: Mapping[str, str | None]) -> str:
    return next((text for name in LEADS if (text := texts.get(name))), "")


def _texts(said: _Said) -> Iterator[str]:
    for texts in said.text.values():
        yield from filter(None, texts.values())
    for step in said.steps:
        yield from (*step.title.values(), *step.detail.values())


def _folded(texts: Iterable[str]) -> str:
    return "".join(f"{APART}{word}" for word in dict.fromkeys(word for text in texts for word in found_by(text)))


def _holds(one: Kept, terms: Sequence[str]) -> bool:
    return _all_in(one.anywhere, terms)


def _all_in(words: str, terms: Sequence[str]) -> bool:
    """Whether for each of *terms* a word begins with it."""
    return all(f"{APART}{term}" in words for term in terms)


def _found(view: View, region_id: str, one: Kept, terms: Sequence[str]) -> Found:
    title, title_lang = view.text(one.titles, one.original)
    lead, lead_lang = view.text(one.leads, one.original) if one.leads else ("", view.lang)
    header = view.instance.header(region_id)
    return Found(
        href=view.region_href(header, ROOMS[one.kind], one.slug),
        label=view._(LABELS[one.kind]),
        region="" if view.region else view.say(header.name),
        title=highlight(title, terms),
        title_lang=title_lang,
        lead=snippet(lead, terms),
        lead_lang=lead_lang,
    )
