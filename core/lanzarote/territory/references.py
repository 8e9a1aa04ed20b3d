"""What the published practices of a region refer to: who is named in them, on which law they rest, what was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from lanzarote.practices.service import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lanzarote.instance import Instance
    from lanzarote.practices.model import Document
    from lanzarote.regions.vocabulary import Vocabulary


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
