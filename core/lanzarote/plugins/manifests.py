"""What a package says of itself in a file, read without importing it."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet

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


def read_manifest(candidate: Candidate) -> tuple[str, dict[str, str]]:
    """Which API a package asks for, and what it says of itself, language by language; nothing of it is imported.

    Raises ValueError that says what to write where.
    """
    folder = folder_of(candidate.module)

    def read(manifest: str) -> bytes:
        with open(f"{folder}/{manifest}", "rb") as file:
            return file.read()

    told, manifest = _first(read)
    return _range(told, manifest), _about(told, candidate)


def api_range(folder: Traversable) -> str:
    """Which API the package in *folder* asks for. Raises ValueError that says what to write where."""
    return _range(*_first(lambda manifest: (folder / manifest).read_bytes()))


def _first(read: Callable[[str], bytes]) -> tuple[dict[str, Any], str]:
    """What the first manifest that is there says, and which it is."""
    for manifest in MANIFESTS:
        try:
            data = read(manifest)
            told = _head(data) or tomllib.loads(data.decode())
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError) as error:
            raise ValueError(f"its {manifest} cannot be read: {error}") from None
        return told, manifest
    raise ValueError(
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
        raise ValueError(f'its {manifest} says requires_api = {requires!r}; write a range such as ">=1,<2"') from None
    return str(requires)


_specifiers = cache(SpecifierSet)
