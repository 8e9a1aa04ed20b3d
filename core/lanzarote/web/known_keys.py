"""What lists can be narrowed by: sectors and answers that a region has, or had, and those of all regions together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.types import NARROWING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lanzarote.instance import Instance
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import PracticeField


def sectors(instance: Instance, region_id: str | None = None) -> tuple[str, ...]:
    """Keys of sectors, retired and former ones too; of all regions when none is named."""
    return _of(instance, region_id, "known-sectors", lambda vocabulary: _keys(vocabulary, "sector"))


def answers(instance: Instance, region_id: str | None = None) -> tuple[str, ...]:
    """``question:answer`` for the regions' own questions by which their lists can be narrowed."""
    return _of(instance, region_id, "known-answers", _answers)


def _of(
    instance: Instance, region_id: str | None, name: str, read: Callable[[Vocabulary], Iterator[str]]
) -> tuple[str, ...]:
    if region_id is not None:
        return tuple(read(instance.vocabulary(region_id)))

    def whole() -> tuple[str, ...]:
        found = (key for one in instance.headers() for key in read(instance.vocabulary(one)))
        return tuple(dict.fromkeys(found))

    return instance.kept(name, None, whole)


def _keys(vocabulary: Vocabulary, kind: str) -> Iterator[str]:
    yield from vocabulary.entries.get(kind, {})
    yield from (former for of, former in vocabulary.aliases if of == kind)


def _answers(vocabulary: Vocabulary) -> Iterator[str]:
    for key in _keys(vocabulary, "field"):
        field: PracticeField = vocabulary.fields[vocabulary.present_key("field", key)]
        if field.facet and field.type in NARROWING:
            choices = ("yes", "no") if field.type == "yes-no" else tuple(choice.key for choice in field.choices)
            yield from (f"{key}:{choice}" for choice in choices)
