"""What is installed, before anything of it is read or imported; who is first where two want one name."""

from __future__ import annotations

import logging
import re
from functools import cached_property
from importlib.metadata import distributions, entry_points
from typing import TYPE_CHECKING, Final

from lanzarote.plugins.packages import Package, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.metadata import Distribution, EntryPoint

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
