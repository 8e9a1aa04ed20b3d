"""Lets folders speak as a package that is not installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.hookspecs import hookimpl
from lanzarote.plugins import Host
from lanzarote.types import LegalFramework, Region

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from importlib.resources.abc import Traversable

    from lanzarote.plugins import Candidate

NAME = "folder"
"""Of the package that the folders make."""


def host_with(
    regions: Sequence[Traversable], laws: Sequence[Traversable], candidates: Iterable[Candidate] | None = None
) -> Host:
    """The *candidates* (default: all that is installed), and folders that win over a package of the same region."""
    host = Host(candidates)
    host.add(NAME, _Folders(regions, laws) if regions else _Laws(laws))
    return host


class _Laws:
    """A package made of folders of law, for as long as the program runs; it counts as one that describes no region."""

    def __init__(self, laws: Sequence[Traversable]) -> None:
        self._laws = laws

    @hookimpl
    def legal_frameworks(self) -> Iterable[LegalFramework]:
        return tuple(LegalFramework.from_folder(folder) for folder in self._laws)


class _Folders(_Laws):
    """The same with regions."""

    def __init__(self, regions: Sequence[Traversable], laws: Sequence[Traversable]) -> None:
        super().__init__(laws)
        self._regions = regions

    @hookimpl
    def regions(self) -> Iterable[Region]:
        return tuple(Region.from_folder(folder) for folder in self._regions)
