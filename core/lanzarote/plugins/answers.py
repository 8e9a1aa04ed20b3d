"""What packages contribute and answer, if it is what they may; and how that crosses to the site."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable
from importlib.resources.abc import Traversable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import force_setattr

from lanzarote.translation.catalogues import is_language
from lanzarote.types import (
    Catalogue,
    Concern,
    DocumentExporter,
    Exporter,
    Folder,
    Importer,
    ImportReading,
    LegalFramework,
    Region,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from lanzarote.types import Deprecated

T = TypeVar("T")
MOST: Final = 1_000
"""Things that one package may contribute through one hook."""
MOST_CONCERNS: Final = 200
"""Concerns that a check may raise at once."""
MOST_FILES: Final = 20_000
"""Files that a folder of a package may hold."""
LARGEST_FILE: Final = 50 << 20
"""Bytes of one of them."""
CONTRIBUTED: Final[Mapping[str, type[Any]]] = {
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


class Described(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A contribution without its functions, which stay where the package is."""

    path: str = ""
    language: str = ""
    domain: str = ""
    format: str = ""
    label: str = ""
    media_type: str = ""
    extensions: tuple[str, ...] = ()


class Unfit(TypeError):
    """What a package returned is not what it may return. The text holds nothing that somebody wrote."""


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


def described(values: Sequence[Any]) -> tuple[Described, ...]:
    """*values*, which are fit, without their functions. Raises TypeError for what is no place in the file system."""
    for value in values:
        if isinstance(value, Folder | Catalogue) and not isinstance(value.path, Path):
            raise TypeError(f'path is {type(value.path).__name__}; give a place in the package: files(__name__) / "…"')
    return tuple(
        Described(
            **{name: getattr(value, name) for name in ("language", "domain", "format", "label", "media_type")
               if hasattr(value, name)},
            path=str(value.path) if isinstance(value, Folder | Catalogue) else "",
            extensions=value.extensions if isinstance(value, Importer)
            else (value.extension,) if isinstance(value, Exporter | DocumentExporter) else (),
        )
        for value in values
    )  # fmt: skip


def contribution(hook: str, one: Described, call: Callable[[str], Callable[..., Any]]) -> Any:
    """The value that *one* describes; *call*: name of a function of it → what calls it where the package is."""
    kind = CONTRIBUTED[hook]
    if issubclass(kind, Folder):
        return kind(path=Path(one.path))
    if kind is Catalogue:
        return Catalogue(language=one.language, path=Path(one.path), domain=one.domain)
    told: dict[str, Any] = {
        "format": one.format,
        "label": one.label,
        "media_type": one.media_type,
        "write": call("write"),
    }
    if kind is Importer:
        return Importer(**told, extensions=one.extensions, read=call("read"))
    return kind(**told, extension=one.extensions[0])


def answer_of(asked: str, answer: Any) -> bytes:
    """What was *asked* of a package, a hook or a function of a contribution, encoded. Raises Unfit."""
    if asked == "write":
        if not isinstance(answer, bytes):
            raise Unfit(f"it returned {type(answer).__name__} where bytes are expected")
        return answer
    if asked == "read":
        if not isinstance(answer, ImportReading):
            raise Unfit(f"it returned {type(answer).__name__} where an ImportReading is expected")
        return msgspec.msgpack.encode(answer)
    return msgspec.msgpack.encode(_concerns(answer)) if asked.startswith("check_") else b""


def decoded(asked: str, data: bytes) -> Any:
    """What ``answer_of`` encoded. Raises Unfit."""
    try:
        if asked == "read":
            return msgspec.msgpack.decode(data, type=ImportReading)
        if asked.startswith("check_"):
            return msgspec.msgpack.decode(data, type=list[Concern])
    except msgspec.DecodeError as error:
        if asked == "read":  # the error may quote the file
            raise Unfit("it returned an ImportReading that is none") from None
        raise Unfit(f"it returned a Concern that is none: {error}") from None
    return data if asked == "write" else None


def _concerns(answer: Any) -> list[Any]:
    if answer is None:
        raise Unfit("it returned None; to say nothing, return ()")
    if not isinstance(answer, Iterable):
        raise Unfit(f"it returned {type(answer).__name__} where a list of Concern is expected")
    returned = list(islice(answer, MOST_CONCERNS + 1))
    if len(returned) > MOST_CONCERNS:
        raise Unfit(f"it returned more than {MOST_CONCERNS} concerns")
    if wrong := [one for one in returned if not isinstance(one, Concern)]:
        raise Unfit(f"it returned {type(wrong[0]).__name__} where Concern is expected")
    return returned


def deprecated_in(values: Iterable[Any]) -> Iterator[Deprecated]:
    """What will go of the values that a package made: of each, the value itself or the fields that it filled in."""
    for value in values:
        going: Mapping[str, Deprecated] = getattr(type(value), "deprecated", {})
        if "*" in going:
            yield going["*"]
        if going:
            names, defaults = value.__struct_fields__, value.__struct_defaults__
            usual = dict(zip(reversed(names), reversed(defaults), strict=False))
            yield from (going[name] for name in names if name in going and getattr(value, name) != usual.get(name))


def look_into(value: Any) -> str:
    """Why the files of a contribution cannot be read; empty when they can, or when there are none yet."""
    if not isinstance(value, Folder | Catalogue) or not isinstance(value.path, Path):
        return ""
    for number, place in enumerate(_files(str(value.path))):
        if number == MOST_FILES:
            return f"its folder {value.path.name} holds more than {MOST_FILES:,} files"
        told = os.stat(place)
        if not stat.S_ISREG(told.st_mode):
            return f"its {os.path.basename(place)} is no file that can be read to its end"
        if told.st_size > LARGEST_FILE:
            return f"its {os.path.basename(place)} is larger than {LARGEST_FILE >> 20} MB"
    return ""


def _files(place: str) -> Iterator[str]:
    if not os.path.isdir(place):
        if os.path.exists(place):
            yield place
        return
    for folder, _, names in os.walk(place):
        yield from (os.path.join(folder, name) for name in names if os.path.exists(os.path.join(folder, name)))
