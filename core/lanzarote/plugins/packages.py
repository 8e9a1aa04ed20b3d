"""Installed packages: what is there, what each says of itself in a file, what became of it. Nothing is imported."""

from __future__ import annotations

import logging
import re
import tomllib
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import cache, cached_property
from importlib.metadata import distributions, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self
from unicodedata import category

from msgspec import Struct
from msgspec.structs import replace

from lanzarote.configuration.toml_lines import written_keys
from lanzarote.translation.catalogues import N_
from lanzarote.types import API_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.metadata import Distribution, EntryPoint
    from importlib.resources.abc import Traversable

    from packaging.specifiers import SpecifierSet


WAY_OUT: Final = N_("Install a version that fits, or remove the package")
MEND: Final = N_("Mend it, install a version that works, or remove the package")
"""The way out where a package's own code is at fault."""
RENAME: Final = N_("Remove one of the two packages, or ask who makes one of them to give it a name of its own")
ENTERED_TWICE: Final = N_("Remove one of the two packages, or one of the two entries in its pyproject.toml")
MOVE: Final = N_("Remove it, or let the region follow it with that command")
EITHER: Final = N_("Remove %(claimant)s or %(chosen)s")
EITHER_OR_MOVE: Final = N_(
    "Remove %(claimant)s or %(chosen)s; if the region shall follow the former from now on, before that: %(command)s"
)
RETRY: Final = N_("Install a version that works, or try it again: %(command)s")
"""The way out where a package is not started any more until somebody says so."""
NO_LONGER: Final = N_("Ask for a version that no longer uses it")
ASLEEP: Final = "its region is not used here, so that it is not imported"
WITHOUT_SAFE_MODE: Final = N_("Start it without safe mode")
LEFT_OUT: Final = "left out in safe mode"
FROM_FOLDER: Final = "its region is shown from a folder instead"
CONTROLS = ("Cc", "Cf", "Cs")
"""What has no form of its own, and changes how a terminal or a page shows what stands beside it."""


class CallFailed(Exception):
    """A package did not do what was asked of it. The text holds nothing that somebody wrote."""


class Package(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An installed package: what its distribution, its manifest and its code say, and what became of it."""

    name: str
    module: str = ""
    attribute: str = ""
    """Of the module, where the entry point names one."""
    distribution: str = ""
    version: str = ""
    requires_api: str = ""
    about: Mapping[str, str] = {}
    """Language → what it does, in a sentence."""
    hooks: tuple[str, ...] = ()
    fault: str = ""
    """Why nothing that it contributes is used, or which of its hooks failed; empty when all is well."""
    left_aside: tuple[str, ...] = ()
    """What of it cannot be used, although the rest is."""
    remarks: tuple[str, ...] = ()
    """What whoever runs the site should know of it, although nothing is wrong."""
    way: str = WAY_OUT
    """The way out of the first fault."""
    way_names: Mapping[str, str] = {}
    """What stands in it for each placeholder."""
    idle: str = ""
    """Why nothing that it contributes is used, although nothing is known to be wrong with it."""
    deprecated: tuple[str, ...] = ()
    """What it uses that will go, and when."""

    @property
    def known(self) -> str:
        """As messages call it."""
        return " ".join(filter(None, (self.distribution or self.name, self.version)))

    @property
    def away(self) -> str:
        """Why nothing that it contributes is used, as a sentence without its end; empty when it is used."""
        if self.fault:
            return f"{self.known} is not used: {self.fault}"
        return f"{self.known} is {LEFT_OUT}" if self.idle == LEFT_OUT else ""

    @property
    def way_out(self) -> str:
        """What whoever runs the site can do about that."""
        return self.way_out_in(str)

    def way_out_in(self, translate: Callable[[str], str]) -> str:
        """The same in another language."""
        if self.idle == LEFT_OUT:
            return translate(WITHOUT_SAFE_MODE)
        return translate(self.way) % {"command": f"lanzarote plugins --retry {self.name}", **self.way_names}

    def blamed(self, fault: str, way: str = WAY_OUT, **names: str) -> Self:
        """The same with one *fault* more; *way*: out of it, with *names* in it."""
        if self.fault:
            way, names = self.way, {**self.way_names}
        return replace(self, fault="; ".join(filter(None, (self.fault, plain(fault)))), way=way, way_names=names)


def plain(text: str) -> str:
    """*text* of a package as it may stand in a terminal or on a page.

    >>> plain("b\\x1b[31mad")
    'b\\ufffd[31mad'
    """
    if text.isprintable():
        return text
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if category(sign) in CONTROLS and sign != "\n" else sign for sign in text
    )


# --- What a package says of itself in a file, read without importing it ---

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
    except ValueError:
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


@cache
def _specifiers(requires: str) -> SpecifierSet:
    """Raises ValueError."""
    from packaging.specifiers import SpecifierSet  # a start that knows its packages reads no range

    return SpecifierSet(requires)


# --- What is installed, before anything of it is read or imported; who is first where two want one name ---

log = logging.getLogger("lanzarote.plugins")
GROUP = "lanzarote"
SHIPPED: Final = frozenset(
    {
        "lanzarote-i18n",
        "lanzarote-region-iceland",
        "lanzarote-region-paris",
        "lanzarote-abbreviations",
        "lanzarote-compendium",
        "lanzarote-oidc",
        "lanzarote-spreadsheet",
        "lanzarote-webhook",
    }
)
"""Distributions that come with the platform; everything else is a third party's, and left out in safe mode."""
_TOLD: Final = re.compile("^(name|version|summary):(.*)", re.IGNORECASE | re.MULTILINE)
"""What is read of a distribution's metadata: to parse all of it takes a tenth of the time that a package needs."""
REGIONS: Final = "lanzarote_region_"
"""How the module of a region package begins: it is imported only where its region is used."""
LONGEST: Final = 200
"""Characters of a name, and of what a distribution says of itself."""


class Candidate:
    """An entry point: its name is at hand; what its distribution says of itself is read when somebody asks."""

    def __init__(
        self, *, name: str, module: str, attribute: str = "", of: Distribution | None = None, **told: str
    ) -> None:
        """*attribute* of the module, where the entry point names one; *told*: distribution, version and summary."""
        self.name, self.module, self.attribute = name, module, attribute
        self.describes_region = module.startswith(REGIONS)
        self._of, self._given = of, told

    @cached_property
    def package(self) -> Package:
        """The package, as far as its entry point and its distribution tell."""
        told = self._given if self._of is None else _told_by(self._of)
        return Package(
            name=self.name,
            module=self.module,
            attribute=self.attribute,
            distribution=told.get("distribution", ""),
            version=told.get("version", ""),
            about={"en": told["summary"]} if told.get("summary") else {},
        )

    @property
    def distribution(self) -> str:
        return self.package.distribution

    @property
    def version(self) -> str:
        return self.package.version


def installed() -> tuple[Candidate, ...]:
    """List the packages in the entry point group ``lanzarote`` without importing or reading any of them."""
    return tuple(map(_candidate, _entry_points()))


def precedence(candidate: Candidate) -> tuple[bool, int, str, str, str]:
    """Of several that want one name, the first has it: otherwise whoever takes that of a region silences the region.

    It is the one that comes with the platform, then the one whose distribution is called after it as ours are, then
    any called after it.
    """
    name, distribution = candidate.name, candidate.distribution
    ours = distribution in (f"lanzarote-region-{name}", f"lanzarote-{name}")
    rank = 0 if ours else 1 if distribution.endswith(f"-{name}") else 2
    return distribution not in SHIPPED, rank, distribution, candidate.module, candidate.version


def _entry_points() -> Iterable[EntryPoint]:
    try:
        return entry_points(group=GROUP)
    except Exception:  # those of one distribution cannot be read, and which one it is nobody is told
        return list(_readable_points())


def _readable_points() -> Iterator[EntryPoint]:
    seen: set[str] = set()
    for distribution in distributions():
        try:
            name = re.sub(r"[-_.]+", "-", str(distribution.metadata["Name"])).lower()
            points = () if name in seen else distribution.entry_points.select(group=GROUP)
        except Exception as error:  # it may hold anything
            log.error("The distribution in %s is left out, it cannot be read: %s", distribution.locate_file(""), error)
            continue
        seen.add(name)
        yield from points


def _candidate(point: EntryPoint) -> Candidate:
    module, _, attribute = point.value.partition("[")[0].partition(":")
    name = plain(point.name[:LONGEST])
    return Candidate(name=name, module=module.strip(), attribute=attribute.strip(), of=point.dist)


def _told_by(distribution: Distribution) -> dict[str, str]:
    try:
        # Not its ``metadata``: that reads the whole description too.
        text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    except (OSError, ValueError):
        return {}
    told = {
        key.lower(): plain(value.strip()[:LONGEST]) for key, value in reversed(_TOLD.findall(text.partition("\n\n")[0]))
    }
    return told | {"distribution": told.get("name", "")}
