"""What packages contribute, if it is what they may contribute."""

from __future__ import annotations

import re
from importlib.resources.abc import Traversable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from lanzarote.translation.catalogues import is_language
from lanzarote.types import Catalogue, Exporter, Folder, LegalFramework, Region

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
}
"""Hook → what it returns."""
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(; ?[\w-]+=[\w.-]+)*", re.ASCII)


def fit(answer: Any, kind: type[T]) -> tuple[T, ...]:
    """The values of *kind* that a hook returned. Raises TypeError or ValueError that says what they should be."""
    if answer is None:
        raise TypeError("returned None; to contribute nothing, return ()")
    returned = tuple(islice(iter(answer), MOST + 1))
    if len(returned) > MOST:
        raise ValueError(f"returned more than {MOST:,} values")
    for value in returned:
        if not isinstance(value, kind):
            raise TypeError(f"returned {type(value).__name__} where {kind.__name__} is expected")
        _look_at(value)
    return returned


def _look_at(value: Any) -> None:
    """A value is made by the package: its fields may hold anything."""
    if isinstance(value, Folder | Catalogue) and not isinstance(value.path, Path | Traversable):
        raise TypeError(f'path is {type(value.path).__name__}; give a place in the package: files(__name__) / "…"')
    if isinstance(value, Catalogue) and not is_language(value.language):
        raise ValueError(f"language of Catalogue is {str(value.language)[:40]!r}; give one such as fr or pt-BR")
    if isinstance(value, Exporter):
        _expect(value, "format", _KEY, "a word of small letters, digits and single hyphens")
        _expect(value, "extension", _KEY, "the ending of a file's name, without its dot")
        _expect(value, "media_type", _MEDIA_TYPE, "a media type such as text/csv")
        if not (isinstance(value.label, str) and value.label.strip()):
            raise ValueError("label of an Exporter is empty; give what a reader calls the format")
        if not callable(value.write):
            raise TypeError("write of an Exporter cannot be called")


def _expect(value: Any, name: str, pattern: re.Pattern[str], meant: str) -> None:
    given = getattr(value, name)
    if not (isinstance(given, str) and len(given) <= 100 and pattern.fullmatch(given)):
        raise ValueError(f"{name} of {type(value).__name__} is {str(given)[:40]!r}; give {meant}")
