"""What a package says of itself in a file, read without importing it."""

from __future__ import annotations

import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from lanzarote.types import API_VERSION

if TYPE_CHECKING:
    from lanzarote.plugins.candidates import Candidate

MANIFESTS = ("lanzarote.toml", "region/region.toml")
"""Where a package says ``requires_api``."""
OFFERED = ".".join(map(str, API_VERSION))


def required_api(module: str) -> str:
    """Read the API range that *module* asks for from its manifest, without importing it.

    Raises ValueError that says what to write where.
    """
    folder = _folder(module)
    for manifest in MANIFESTS:
        if (path := folder / manifest).is_file():
            return _read_range(path, manifest)
    raise ValueError(
        f'says nowhere which API it needs; add {MANIFESTS[0]} with requires_api = ">=1,<2" beside its code'
    )


def misfit(requires: str) -> str:
    """Why a package that asks for this API cannot be used here; empty when it can."""
    if OFFERED in SpecifierSet(requires):
        return ""
    return f"needs the platform's API {requires}; this platform offers {OFFERED}"


def about(candidate: Candidate) -> dict[str, str]:
    """What a package says of itself: ``about.en = "…"`` in its manifest, else the summary of its distribution."""
    manifest = _folder(candidate.module) / MANIFESTS[0]
    told = tomllib.loads(manifest.read_text("utf-8")).get("about") if manifest.is_file() else None
    found = told if isinstance(told, dict) else {}
    said = {lang: text for lang, text in found.items() if isinstance(text, str) and text.strip()}
    return said or ({"en": candidate.summary} if candidate.summary else {})


def _folder(module: str) -> Path:
    spec = find_spec(module.partition(".")[0])
    if spec is None or not spec.submodule_search_locations:
        raise ValueError(f"the package {module!r} that its entry point names is not there; install it again")
    return Path(spec.submodule_search_locations[0], *module.split(".")[1:])


def _read_range(path: Path, manifest: str) -> str:
    try:
        requires = tomllib.loads(path.read_text("utf-8")).get("requires_api", "")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"its {manifest} cannot be read: {error}") from None
    try:
        SpecifierSet(requires if requires and isinstance(requires, str) else "?")
    except InvalidSpecifier:
        raise ValueError(f'its {manifest} says requires_api = {requires!r}; write a range such as ">=1,<2"') from None
    return str(requires)
