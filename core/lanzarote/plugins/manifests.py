"""What a package says of itself in a file, read without importing it."""

from __future__ import annotations

import re
import tomllib
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from lanzarote.toml_lines import written_keys
from lanzarote.types import API_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.resources.abc import Traversable

    from lanzarote.plugins.candidates import Candidate

MANIFESTS = ("lanzarote.toml", "region/region.toml")
"""Where a package says ``requires_api``."""
_PLAIN = re.compile(
    rb"""(?:[ \t]*(?:\#[^\n]*)?\r?\n | [a-z_]+[ ]*=[ ]*(?:\d+|"[^"\\\n]*")[ ]*\r?\n)*?
    requires_api[ ]*=[ ]*"([ -!\#-\[\]-~]*)"[ ]*(?:\#[^\n]*)?\r?\n""",
    re.VERBOSE,
)
"""Comments, blank lines and plain values, then the range."""
OFFERED = ".".join(map(str, API_VERSION))


KEYS = ("requires_api", "about")
"""What ``lanzarote.toml`` may say."""


class ManifestFault(ValueError):
    """What a package says of itself cannot be used; the message says what to write where."""


class Manifest(Struct, frozen=True, kw_only=True):
    requires_api: str
    about: dict[str, str]
    """Language → what the package does, in a sentence."""
    left_aside: tuple[str, ...] = ()
    """What of it cannot be used, although the package is."""


def read_manifest(candidate: Candidate) -> Manifest:
    """Which API a package asks for, and what it says of itself; nothing of it is imported.

    Raises ValueError: ManifestFault where the package itself can be mended.
    """
    folder = folder_of(candidate.module)

    def read(manifest: str) -> bytes:
        with open(f"{folder}/{manifest}", "rb") as file:
            return file.read()

    told, manifest = _first(read)
    try:
        requires = _range(told, manifest)
    except ManifestFault as fault:
        raise ManifestFault(f"{fault}{_place(candidate, manifest, read(manifest), 'requires_api')}") from None
    own = read(manifest) if manifest == MANIFESTS[0] else b""
    return Manifest(requires_api=requires, about=_about(told, candidate), left_aside=_left_aside(own, candidate))


def api_range(folder: Traversable) -> str:
    """Which API the package in *folder* asks for. Raises ManifestFault."""
    return _range(*_first(lambda manifest: (folder / manifest).read_bytes()))


def _first(read: Callable[[str], bytes]) -> tuple[dict[str, Any], str]:
    """What the first manifest that is there says, and which it is."""
    for manifest in MANIFESTS:
        try:
            data = read(manifest)
            told = _head(data) or tomllib.loads(data.decode())
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError, RecursionError) as error:
            raise ManifestFault(f"its {manifest} cannot be read: {error}") from None
        return told, manifest
    raise ManifestFault(
        f'says nowhere which API it needs; add {MANIFESTS[0]} with requires_api = ">=1,<2" beside its code'
    )


def _head(data: bytes) -> dict[str, Any] | None:
    r"""The range, where it stands among the first plain lines as in every region: the rest may be long.

    >>> _head(b'format = 1\nrequires_api = ">=1,<2"\n[name]\n')
    {'requires_api': '>=1,<2'}
    >>> _head(b'[about]\nrequires_api = ">=1"\n')
    """
    found = _PLAIN.match(data)
    return {"requires_api": found[1].decode()} if found and b"[about]" not in data and b"about." not in data else None


def misfit(requires: str) -> str:
    """Why a package that asks for this API cannot be used here; empty when it can."""
    if OFFERED in _specifiers(requires):
        return ""
    return f"needs the platform's API {requires}; this platform offers {OFFERED}"


def _about(told: dict[str, Any], candidate: Candidate) -> dict[str, str]:
    """``about.en = "…"``, else the summary of its distribution."""
    found = told.get("about")
    texts = found.items() if isinstance(found, dict) else ()
    said = {lang: text for lang, text in texts if isinstance(text, str) and text.strip()}
    return said or ({"en": candidate.summary} if candidate.summary else {})


def _left_aside(data: bytes, candidate: Candidate) -> tuple[str, ...]:
    """What ``lanzarote.toml`` says and nobody reads."""
    try:
        strange = [key for key in tomllib.loads(data.decode()) if key not in KEYS]
    except (ValueError, RecursionError) as error:
        return (f"its {MANIFESTS[0]} cannot be read to its end: {error}",)
    return tuple(
        f"its {MANIFESTS[0]} says {key!r}, which is no key there; {_meant(key)}"
        f"{_place(candidate, MANIFESTS[0], data, key)}"
        for key in strange
    )


def _meant(key: str) -> str:
    near = get_close_matches(key, KEYS, n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(KEYS)}"


def _place(candidate: Candidate, manifest: str, data: bytes, key: str) -> str:
    """The file, and the line of *key* in it, as faults of code have them."""
    written = {path[0]: line for line, path in reversed(written_keys(data.decode(errors="replace"))) if path}
    line = f", line {written[key]}" if key in written else ""
    return f" ({candidate.module.replace('.', '/')}/{manifest}{line})"


def folder_of(module: str) -> str:
    """Where the files of *module* are; it is not imported. Raises ValueError that says what to do."""
    spec = find_spec(module.partition(".")[0])
    if spec is None or not spec.submodule_search_locations:
        raise ValueError(f"the package {module!r} that its entry point names is not there; install it again")
    return "/".join((spec.submodule_search_locations[0], *module.split(".")[1:]))


def _range(told: dict[str, Any], manifest: str) -> str:
    requires = told.get("requires_api", "")
    try:
        _specifiers(requires if requires and isinstance(requires, str) else "?")
    except InvalidSpecifier:
        wrong = f"its {manifest} says requires_api = {requires!r}"
        raise ManifestFault(f'{wrong}; write a range such as ">=1,<2"') from None
    return str(requires)


_specifiers = cache(SpecifierSet)
