"""What packages contribute and answer, if it is what they may; and how that crosses to the site."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable
from importlib.resources.abc import Traversable
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

import msgspec

from lanzarote.plugins.packages import CallFailed
from lanzarote.runtime.reading import work_out
from lanzarote.translation.catalogues import is_language
from lanzarote.types import (
    Catalogue,
    Concern,
    DocumentExporter,
    EndedSession,
    Exporter,
    Identity,
    IdentityProvider,
    Importer,
    ImportReading,
    LegalFramework,
    ProviderAddress,
    ProviderFault,
    Region,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lanzarote.types import Deprecated

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
    "identity_providers": IdentityProvider,
}
"""Hook → what it returns."""
RETURNED: Final[Mapping[str, Any]] = {
    "write": bytes,
    "read": ImportReading,
    "begin": ProviderAddress | ProviderFault,
    "finish": Identity | ProviderFault,
    "leave": ProviderAddress | ProviderFault,
    "ended": EndedSession | ProviderFault,
    "examine": ProviderAddress | ProviderFault,
}
"""Function of a contribution → what it returns."""
FUNCTIONS: Final = tuple(RETURNED)
"""Fields of a contribution that stay where the package is."""
AT_THE_MERCY: Final = frozenset(RETURNED) - {"write"}
"""Those whose failures may be the fault of a file or of a provider."""
Described = dict[str, str | tuple[str, ...]]
"""The other fields of a contribution."""


class Unfit(TypeError):
    """What a package returned is not what it may return. The text holds nothing that somebody wrote."""


def _matches(pattern: str) -> Callable[[Any], bool]:
    compiled = re.compile(pattern, re.ASCII)
    return lambda given: isinstance(given, str) and len(given) <= 100 and bool(compiled.fullmatch(given))


_is_key = _matches("[a-z0-9]+(-[a-z0-9]+)*")
FIELDS: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = {
    "path": (lambda given: isinstance(given, Path | Traversable), 'a place in the package: files(__name__) / "…"'),
    "language": (is_language, "one such as fr or pt-BR"),
    "format": (_is_key, "a word of small letters, digits and single hyphens"),
    "key": (_is_key, "a word of small letters, digits and single hyphens"),
    "label": (lambda given: isinstance(given, str) and given.strip() != "", "a text: what a reader calls it"),
    "media_type": (_matches(r"[\w.+-]+/[\w.+-]+(; ?[\w-]+=[\w.-]+)*"), "a media type such as text/csv"),
    "extension": (_is_key, "the ending of a file's name, without its dot"),
    "extensions": (
        lambda given: isinstance(given, tuple) and given != () and all(map(_is_key, given)),
        "a tuple of endings of files' names, without their dots",
    ),
    **dict.fromkeys(FUNCTIONS, (callable, "a function")),
}
"""Field of a contribution → whether a value will do, and what else to give."""


def fit(answer: Any, kind: type[Any], most: int = MOST) -> list[Any]:
    """The values of *kind* that a hook returned. Raises Unfit."""
    if answer is None:
        raise Unfit("returned None; to say nothing, return ()")
    if not isinstance(answer, Iterable):
        raise Unfit(f"returned {type(answer).__name__} where a list of {kind.__name__} is expected")
    returned = list(islice(answer, most + 1))
    if len(returned) > most:
        raise Unfit(f"returned more than {most:,} values")
    for value in returned:
        expect(value, kind)
    return returned


def expect(value: Any, kind: Any) -> None:
    """Raise Unfit unless a package returned a *kind*, which may be a union."""
    if not isinstance(value, kind):
        wanted = " or ".join(one.__name__ for one in get_args(kind) or (kind,))
        raise Unfit(f"returned {type(value).__name__} where {wanted} is expected")


def contributed(answer: Any, kind: type[Any]) -> list[Any]:
    """As ``fit``, for what is contributed: a package made the values, their fields may hold anything."""
    returned = fit(answer, kind)
    for value in returned:
        for name in kind.__struct_fields__:
            does, wanted = FIELDS.get(name, (lambda given: isinstance(given, str), "a text"))
            if not does(given := getattr(value, name)):
                raise Unfit(
                    f"returned what does not fit: {name} of {kind.__name__} is {str(given)[:40]!r}; give {wanted}"
                )
    return returned


def described(value: Any, kind: type[Any]) -> Described:
    """A contribution, which fits, without its functions."""
    return {name: _plain(getattr(value, name)) for name in kind.__struct_fields__ if name not in FUNCTIONS}


def rebuilt(kind: type[Any], told: Described, call: Callable[[str], Callable[..., Any]]) -> Any:
    """The contribution that *told* describes; *call*: name of a function of it → what calls it where the package is."""
    given: dict[str, Any] = {
        name: Path(one) if name == "path" and isinstance(one, str) else one for name, one in told.items()
    }
    return kind(**given, **{name: call(name) for name in FUNCTIONS if name in kind.__struct_fields__})


def _plain(given: Any) -> Any:
    """A text of a class of its own, such as a member of a StrEnum, as that text: it could be another at each look."""
    if isinstance(given, tuple):
        return tuple(map(_plain, given))
    return str.__str__(given) if isinstance(given, str) else given


def answer_of(asked: str, answer: Any) -> bytes:
    """What was *asked* of a package, a hook or a function of a contribution, encoded. Raises Unfit."""
    kind = _kind_of(asked)
    if kind == list[Concern]:
        answer = fit(answer, Concern, MOST_CONCERNS)
    elif kind:
        expect(answer, kind)
    return msgspec.msgpack.encode(answer if kind else None)


def decoded(asked: str, data: bytes) -> Any:
    """What ``answer_of`` encoded. Raises CallFailed."""
    kind = _kind_of(asked)
    work_out(kind)
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except msgspec.DecodeError as error:
        # Of a file that was read, the error may quote it.
        # So it may of what a provider says of a person.
        if asked.startswith("check_"):
            raise CallFailed(f"it returned a Concern that is none: {error}") from None
        told = "an ImportReading that is none" if asked == "read" else "a value that does not fit"
        raise CallFailed(f"it returned {told}") from None


def _kind_of(asked: str) -> Any:
    return RETURNED.get(asked, list[Concern] if asked.startswith("check_") else None)


def deprecated_in(values: Iterable[Any]) -> Iterator[Deprecated]:
    """What will go of the values that a package made: of each, the value itself or the fields that it filled in."""
    for value in values:
        going: Mapping[str, Deprecated] = getattr(type(value), "deprecated", {})
        yield from (told for name, told in going.items() if name == "*" or getattr(value, name))


def look_into(value: Any) -> str:
    """Why the files of a contribution cannot be read; empty when they can, or when there are none yet."""
    path, count = getattr(value, "path", None), 0
    if not isinstance(path, Path):
        return ""
    for folder, _, names in chain([(str(path.parent), [], [path.name])], os.walk(path)):
        for name in names:
            if not os.path.exists(file := os.path.join(folder, name)):
                continue
            told, count = os.stat(file), count + 1
            if count > MOST_FILES:
                return f"its folder {path.name} holds more than {MOST_FILES:,} files"
            if not (stat.S_ISREG(told.st_mode) or stat.S_ISDIR(told.st_mode)):
                return f"its {name} is no file that can be read to its end"
            if told.st_size > LARGEST_FILE:
                return f"its {name} is larger than {LARGEST_FILE >> 20} MB"
    return ""
