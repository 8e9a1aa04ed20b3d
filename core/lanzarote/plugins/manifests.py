"""What a package says of itself in a file, read without importing it."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from lanzarote.configuration.toml_lines import written_keys
from lanzarote.plugins.packages import MEND
from lanzarote.types import API_VERSION

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from lanzarote.plugins.packages import Package

MANIFESTS: Final = ("lanzarote.toml", "region/region.toml")
"""Where a package says ``requires_api``: in the first of them that is there."""
KEYS: Final = ("requires_api", "about")
"""What ``lanzarote.toml`` may say."""
OFFERED: Final = ".".join(map(str, API_VERSION))


class ManifestFault(ValueError):
    """What a package says of itself cannot be used; the message says what to write where."""


def with_manifest(package: Package) -> Package:
    """*package* with what its files say of it; at fault where it may not be imported. Nothing of it is imported."""
    place = ""
    try:
        manifest, data, told = _first(Path(folder_of(package.module)))
        place = _place(package.module, manifest, data, "requires_api")
        requires = _range(manifest, told)
    except ManifestFault as fault:
        return package.blamed(f"{fault}{place}", MEND)
    except (ImportError, ValueError) as error:
        return package.blamed(str(error))
    about = told.get("about")
    texts = about.items() if isinstance(about, dict) else ()
    package = replace(
        package,
        requires_api=requires,
        about={lang: text for lang, text in texts if isinstance(text, str) and text.strip()} or package.about,
        left_aside=tuple(
            f"its {MANIFESTS[0]} says {key!r}, which is no key there; {_meant(key)}"
            f"{_place(package.module, manifest, data, key)}"
            for key in told
            if manifest == MANIFESTS[0] and key not in KEYS
        ),
    )
    if OFFERED in _specifiers(requires):
        return package
    return package.blamed(f"needs the platform's API {requires}; this platform offers {OFFERED}")


def api_range(folder: Traversable) -> str:
    """Which API the package in *folder* asks for. Raises ManifestFault."""
    manifest, _, told = _first(folder)
    return _range(manifest, told)


def folder_of(module: str) -> str:
    """Where the files of *module* are; it is not imported. Raises ValueError that says what to do."""
    spec = find_spec(module.partition(".")[0])
    if spec is None or not spec.submodule_search_locations:
        raise ValueError(f"the package {module!r} that its entry point names is not there; install it again")
    return "/".join((spec.submodule_search_locations[0], *module.split(".")[1:]))


def _first(folder: Traversable) -> tuple[str, bytes, dict[str, Any]]:
    """The first manifest that is there, and what it says."""
    for manifest in MANIFESTS:
        try:
            data = (folder / manifest).read_bytes()
            return manifest, data, tomllib.loads(data.decode())
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError, RecursionError) as error:
            raise ManifestFault(f"its {manifest} cannot be read: {error}") from None
    raise ManifestFault(
        f'says nowhere which API it needs; add {MANIFESTS[0]} with requires_api = ">=1,<2" beside its code'
    )


def _range(manifest: str, told: dict[str, Any]) -> str:
    requires = told.get("requires_api", "")
    try:
        _specifiers(requires if requires and isinstance(requires, str) else "?")
    except InvalidSpecifier:
        wrong = f"its {manifest} says requires_api = {requires!r}"
        raise ManifestFault(f'{wrong}; write a range such as ">=1,<2"') from None
    return str(requires)


def _meant(key: str) -> str:
    near = get_close_matches(key, KEYS, n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(KEYS)}"


def _place(module: str, manifest: str, data: bytes, key: str) -> str:
    """The file, and the line of *key* in it, as faults of code have them."""
    written = {path[0]: line for line, path in reversed(written_keys(data.decode(errors="replace"))) if path}
    line = f", line {written[key]}" if key in written else ""
    return f" ({module.replace('.', '/')}/{manifest}{line})"


_specifiers = cache(SpecifierSet)
