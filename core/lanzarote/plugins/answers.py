"""What packages contribute, if it is what they may contribute."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.resources.abc import Traversable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from msgspec.structs import force_setattr

from lanzarote.translation.catalogues import is_language
from lanzarote.types import Catalogue, DocumentExporter, Exporter, Folder, Importer, LegalFramework, Region

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")
MOST: Final = 1_000
"""Things that one package may contribute through one hook."""
KINDS: Final[Mapping[str, type[Any]]] = {
    "regions": Region,
    "legal_frameworks": LegalFramework,
    "catalogues": Catalogue,
    "exporters": Exporter,
    "importers": Importer,
    "document_exporters": DocumentExporter,
}
"""Hook → what it returns."""
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(; ?[\w-]+=[\w.-]+)*", re.ASCII)


def fit(answer: Any, kind: type[T]) -> tuple[T, ...]:
    """The values of *kind* that a hook returned. Raises TypeError or ValueError that says what they should be."""
    if answer is None:
        raise TypeError("returned None; to contribute nothing, return ()")
    if not isinstance(answer, Iterable):
        raise TypeError(f"returned {type(answer).__name__} where a list of {kind.__name__} is expected")
    returned = tuple(islice(answer, MOST + 1))
    if len(returned) > MOST:
        raise ValueError(f"returned more than {MOST:,} values")
    for value in returned:
        if not isinstance(value, kind):
            raise TypeError(f"returned {type(value).__name__} where {kind.__name__} is expected")
        _look_at(value)
    return returned


def _look_at(value: Any) -> None:
    """A value is made by the package: its fields may hold anything."""
    for name in value.__struct_fields__:
        given = getattr(value, name)
        if (plain := _plain(given)) is not given:
            force_setattr(value, name, plain)
    if isinstance(value, Folder | Catalogue) and not isinstance(value.path, Path | Traversable):
        raise TypeError(f'path is {type(value.path).__name__}; give a place in the package: files(__name__) / "…"')
    if isinstance(value, Catalogue) and not is_language(value.language):
        raise ValueError(f"language of Catalogue is {str(value.language)[:40]!r}; give one such as fr or pt-BR")
    if isinstance(value, Exporter | DocumentExporter | Importer):
        _look_at_format(value)


def _look_at_format(value: Exporter | DocumentExporter | Importer) -> None:
    kind = type(value).__name__
    _expect(kind, "format", value.format, _KEY, "a word of small letters, digits and single hyphens")
    endings = value.extensions if isinstance(value, Importer) else (value.extension,)
    if not (isinstance(endings, tuple) and endings):
        raise TypeError(f"extensions of {kind} is {str(endings)[:40]!r}; give a tuple of endings of files' names")
    for ending in endings:
        _expect(kind, "extension", ending, _KEY, "the ending of a file's name, without its dot")
    _expect(kind, "media_type", value.media_type, _MEDIA_TYPE, "a media type such as text/csv")
    if not isinstance(value.label, str):
        raise TypeError(f"label of {kind} is {type(value.label).__name__}; give a text: what a reader calls the format")
    if not value.label.strip():
        raise ValueError(f"label of {kind} is empty; give what a reader calls the format")
    for name in ("write", "read") if isinstance(value, Importer) else ("write",):
        if not callable(getattr(value, name)):
            raise TypeError(f"{name} of {kind} cannot be called")


def _plain(given: Any) -> Any:
    """A text of a class of its own, such as a member of a StrEnum, as that text: it could be another at each look."""
    if isinstance(given, tuple) and any(isinstance(one, str) for one in given):
        return tuple(_plain(one) for one in given)
    return str.__str__(given) if isinstance(given, str) and type(given) is not str else given


def _expect(kind: str, name: str, given: Any, pattern: re.Pattern[str], meant: str) -> None:
    if not (isinstance(given, str) and len(given) <= 100 and pattern.fullmatch(given)):
        raise ValueError(f"{name} of {kind} is {str(given)[:40]!r}; give {meant}")
