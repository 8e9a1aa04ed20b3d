"""What is installed, before anything of it is read or imported; who is first where two take one name."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from functools import cached_property
from importlib.metadata import distributions, entry_points
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from lanzarote.plugins.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.metadata import EntryPoint

log = logging.getLogger("lanzarote.plugins")
GROUP = "lanzarote"
SHIPPED: Final = frozenset(
    {
        "lanzarote-i18n",
        "lanzarote-region-iceland",
        "lanzarote-region-paris",
        "lanzarote-abbreviations",
        "lanzarote-compendium",
        "lanzarote-spreadsheet",
        "lanzarote-webhook",
    }
)
"""Distributions that come with the platform; everything else is a third party's, and left out in safe mode."""
_TOLD: Final = re.compile("^(name|version|summary):(.*)", re.IGNORECASE | re.MULTILINE)
"""What is read of a distribution's metadata: to parse all of it takes a tenth of the time that a package needs."""
REGIONS: Final = "lanzarote_region_"
"""How the module of a region package begins: it is imported only where its region is used."""


class Candidate(Struct, frozen=True, kw_only=True):
    """An installed package before it is looked at."""

    name: str
    module: str
    attribute: str = ""
    """Of the module, where the entry point names one: ``module:attribute``."""
    distribution: str = ""
    version: str = ""
    summary: str = ""


class Point:
    """An entry point: its name is at hand; what its distribution says of itself is read when somebody asks."""

    def __init__(self, name: str, module: str, read: Callable[[], Candidate]) -> None:
        self.name, self.module = name, module
        self.describes_region = module.startswith(REGIONS)
        self._read = read

    @cached_property
    def candidate(self) -> Candidate:
        return self._read()


def installed() -> tuple[Candidate, ...]:
    """List the packages in the entry point group ``lanzarote`` without importing any of them."""
    return tuple(map(_candidate, _entry_points()))


def installed_points() -> Iterator[Point]:
    """As ``installed``, and without reading what their distributions say: a thousand of those take their time."""
    for point in _entry_points():
        yield Point(plain(point.name), _module(point), lambda point=point: _candidate(point))  # type: ignore[misc]


def given_points(candidates: Iterable[Candidate]) -> Iterator[Point]:
    for candidate in candidates:
        yield Point(candidate.name, candidate.module, lambda candidate=candidate: candidate)  # type: ignore[misc]


def in_order(points: Iterable[Point]) -> list[tuple[Point, ...]]:
    """Those of one name together, by name; the first of each has it.

    Of several that take one name, that is the distribution that comes with the platform, then the one called after it
    as ours are, then any called after it. Otherwise a package that took the name of a region would silence that region.
    """
    by_name: dict[str, list[Point]] = {}
    for point in points:
        by_name.setdefault(point.name, []).append(point)
    return [_by_precedence(by_name[name]) for name in sorted(by_name)]


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


def _by_precedence(points: Sequence[Point]) -> tuple[Point, ...]:
    return tuple(points) if len(points) == 1 else tuple(sorted(points, key=lambda point: _precedence(point.candidate)))


def _precedence(candidate: Candidate) -> tuple[bool, int, str, str, str]:
    name, distribution = candidate.name, candidate.distribution
    ours = distribution in (f"lanzarote-region-{name}", f"lanzarote-{name}")
    rank = 0 if ours else 1 if distribution.endswith(f"-{name}") else 2
    return distribution not in SHIPPED, rank, distribution, candidate.module, candidate.version


def _module(point: EntryPoint) -> str:
    return point.value.partition(":")[0].strip()


def _candidate(point: EntryPoint) -> Candidate:
    attribute = point.value.partition(":")[2].partition("[")[0].strip()
    candidate = Candidate(name=plain(point.name), module=_module(point), attribute=attribute)
    if point.dist is None:
        return candidate
    try:
        # Not its ``metadata``: that reads the whole description too.
        text = point.dist.read_text("METADATA") or point.dist.read_text("PKG-INFO") or ""
    except (OSError, ValueError):
        return candidate
    told = {name.lower(): value for name, value in reversed(_TOLD.findall(text.partition("\n\n")[0]))}
    distribution, version, summary = (plain(told.get(name, "").strip()) for name in ("name", "version", "summary"))
    return replace(candidate, distribution=distribution, version=version, summary=summary)
