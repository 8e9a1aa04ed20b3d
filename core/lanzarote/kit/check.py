"""Tells every fault of a region folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lanzarote.errors import RegionError
from lanzarote.plugins import Host
from lanzarote.regions.folder import Content, Problem, read_region
from lanzarote.regions.laws import read_laws, unreadable, with_law
from lanzarote.types import LegalFramework, RegionHeader

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def check(folder: Path, laws: Sequence[Path]) -> int:
    """Tell every fault of a region folder; 1 if any must be mended. Raises RegionError when there is no such folder."""
    content = read_folder(folder, laws)
    for problem in sorted(content.problems, key=lambda one: (one.warning, one.file, one.line)):
        print(f"{'warning: ' if problem.warning else ''}{problem}")
    faults, warnings = len(content.errors), len(content.problems) - len(content.errors)
    if faults:
        print(f"{_count(faults, 'fault')} to mend, {_count(warnings, 'warning')}.")
        return 1
    print(f"{folder} can be loaded: {_summary(content)}; {_count(warnings, 'warning')}.")
    return 0


def read_folder(folder: Path, laws: Sequence[Path]) -> Content:
    """Read a region folder with its law as the platform would. Raises RegionError when there is no such folder."""
    for one, file in ((folder, "region.toml"), *((law, "framework.toml") for law in laws)):
        if not one.is_dir():
            raise RegionError(f"{one} is not a folder; give the folder that holds {file}.")
    if links := [problem for place in (folder, *laws) for problem in _links_out(place)]:
        return Content(problems=links)  # what they lead to stands in no message either
    content = read_region(folder)
    own = [LegalFramework.from_folder(law) for law in laws]
    host = Host()
    frameworks = (*host.legal_frameworks, *own)
    laws = read_laws(frameworks)
    content = with_law(content, laws)
    if isinstance(content.header, RegionHeader) and not laws.keys() >= {*content.header.law}:
        content.problems += unreadable(frameworks)
    for package in host.packages:
        if package.fault:
            print(f"The installed package {package.name} is left aside: {package.fault}", file=sys.stderr)
    return content


def _links_out(folder: Path) -> Iterator[Problem]:
    """A folder that came from elsewhere shows what is in it, and nothing else of this machine."""
    inside = os.path.realpath(folder)
    for file in sorted(folder.rglob("*")):
        if file.is_symlink() and not Path(os.path.realpath(file)).is_relative_to(inside):
            told = "is a link that leads out of the folder; put here what it leads to"
            yield Problem(file=file.relative_to(folder).as_posix(), key="", line=0, message=told)


def _summary(content: Content) -> str:
    counted = (
        (len(content.sectors), "sector"),
        (len(content.organisations), "organisation"),
        (len(content.provisions), "provision"),
        (len(content.practices), "practice"),
        *([(len(content.procedures), "procedure")] if content.procedures else []),
        (len(content.sources), "source"),
    )
    return ", ".join(_count(number, noun) for number, noun in counted)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
