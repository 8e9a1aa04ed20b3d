"""What the published practices of a region refer to: sources, who is named, which sectors work together."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from msgspec import Struct

from lanzarote.practices.service import decode
from lanzarote.translation import as_text
from lanzarote.types import Evidence, Fact, Table
from lanzarote.web import labels
from lanzarote.web.pictures import Link
from lanzarote.web.region_reading import ToldSource, tell_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lanzarote.instance import Instance
    from lanzarote.practices.model import Document
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.web.site import View


class Mention(Struct, frozen=True, kw_only=True):
    """A published practice, where something else is named in it."""

    slug: str
    original: str
    title: Mapping[str, str]
    sectors: tuple[str, ...]


class References(Struct, frozen=True, kw_only=True):
    """Newest practice first in each."""

    practices: int
    organisations: Mapping[str, tuple[Mention, ...]]
    """Key → practices it is a partner in."""
    provisions: Mapping[str, tuple[Mention, ...]]
    """Key → practices that name it as their legal basis."""
    sources: frozenset[str]
    """Sources that published practices rest on; what only a draft uses is not among them."""


def references(instance: Instance, region_id: str) -> References:
    """What the published practices of the region refer to. Raises NotFound."""
    vocabulary = instance.vocabulary(region_id)

    def read() -> References:
        sql = "SELECT document FROM published_practice WHERE region_id = ? ORDER BY ordered, pk"
        return gather((decode(body) for (body,) in instance.database.rows(sql, region_id)), vocabulary)

    return instance.kept("references", region_id, read)


def gather(documents: Iterable[Document], vocabulary: Vocabulary) -> References:
    """Turn practices that name things into things and the practices they are named in."""
    organisations: dict[str, list[Mention]] = {}
    provisions: dict[str, list[Mention]] = {}
    sources: set[str] = set()
    count = 0
    for document in documents:
        count += 1
        mention = Mention(
            slug=document.slug,
            original=document.original,
            title=document.title,
            sectors=tuple(vocabulary.present_key("sector", key) for key in document.sectors),
        )
        named = [partner.organisation for partner in document.partners if partner.organisation]
        _add(organisations, named, mention)
        _add(provisions, [vocabulary.present_key("provision", key) for key in document.legal_basis], mention)
        evidence = (one.sources for one in document.evidence)
        sources.update(document.sources, *evidence, *document.field_sources.values())
    return References(
        practices=count,
        organisations={key: tuple(mentions) for key, mentions in organisations.items()},
        provisions={key: tuple(mentions) for key, mentions in provisions.items()},
        sources=frozenset(sources),
    )


def _add(found: dict[str, list[Mention]], keys: Sequence[str], mention: Mention) -> None:
    for key in dict.fromkeys(keys):
        found.setdefault(key, []).append(mention)


# --- Which sources public facts cite: what only a draft or nothing at all rests on is left out ---


def cited_sources(instance: Instance, region_id: str) -> frozenset[str]:
    """Keys of the sources that something public of the region cites. Raises NotFound."""

    def read() -> frozenset[str]:
        facts = (instance.header(region_id), instance.vocabulary(region_id).entries, instance.directory(region_id))
        return references(instance, region_id).sources | frozenset(_cited(facts))

    return instance.kept("cited-sources", region_id, read)


def _cited(value: Any) -> Iterator[str]:
    if isinstance(value, Fact | Evidence):
        yield from value.sources
    if isinstance(value, Struct):
        value = [getattr(value, name) for name in value.__struct_fields__]
    elif isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from _cited(part)


# --- The sources that what is public rests on, by kind ---


class Kind(Struct, frozen=True, kw_only=True):
    key: str
    label: Markup
    sources: tuple[ToldSource, ...]


def tell(view: View) -> tuple[Kind, ...]:
    """Kinds in their fixed order, sources of each by title."""
    vocabulary = view.vocabulary
    cited = {vocabulary.present_key("source", key) for key in cited_sources(view.instance, view.region_id)}
    listed = [tell_source(view, key, source) for key, source in vocabulary.sources.items() if key in cited]
    listed.sort(key=lambda source: view.sort_key(as_text(source.title)))
    kinds = {source.kind for source in listed}
    return tuple(
        Kind(
            key=kind,
            label=labels.say("source", kind, view.translator),
            sources=tuple(source for source in listed if source.kind == kind),
        )
        for kind in labels.LABELS["source"]
        if kind in kinds
    )


def source_table(view: View) -> Table:
    _ = view._
    return Table(
        title=_("Sources"),
        columns=(_("Key"), _("Title"), _("Publisher"), _("Kind"), _("Address"), _("Copy that was read"), _("Read on")),
        rows=[
            (
                source.id,
                as_text(source.title),
                as_text(source.publisher),
                labels.label("source", source.kind, view.translator),
                source.url,
                source.copy or None,
                read_on.isoformat() if (read_on := view.vocabulary.sources[source.id].read_on) else None,
            )
            for kind in tell(view)
            for source in kind.sources
        ],
        language=view.lang,
        licence=view.vocabulary.header.licence,
        note=f"{view.absolute(view.request.url.path)}, {view.today.isoformat()}",
    )


# --- Which sectors work together according to the published practices; a count of documents, not of co-operation ---
# A sector takes part in a practice when a partner that the practice names works in it, or when a partner is described
# by it. The sectors that a practice merely concerns are no partners.


def pairs(masks: Mapping[str, int]) -> tuple[Link, ...]:
    """All pairs of sectors that take part in some practice together, most frequent first.

    *masks*: sector → the practices it takes part in, as a bit mask; pairs keep the order of *masks*.

    >>> [pair.count for pair in pairs({"courts": 0b0111, "police": 0b0110, "health": 0b1000})]
    [2]
    """
    found = [
        Link(a=a, b=b, count=both)
        for (a, here), (b, there) in combinations(masks.items(), 2)
        if (both := (here & there).bit_count())
    ]
    return tuple(sorted(found, key=lambda pair: -pair.count))


def table(masks: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
    """Sector → how many practices it shares with each, in the order of *masks*; in its own place, how many it has.

    The same number is on both sides of the diagonal.
    """
    return {sector: tuple((here & other).bit_count() for other in masks.values()) for sector, here in masks.items()}
