"""Which sources public facts cite: what only a draft or nothing at all rests on is not told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from lanzarote.territory.references import references
from lanzarote.types import Evidence, Fact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.instance import Instance


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
