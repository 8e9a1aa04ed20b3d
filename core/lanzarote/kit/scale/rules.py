"""What a rule of the quality scale is, and what it looks at: a folder, and the package around it."""

from __future__ import annotations

from importlib.resources import files
from math import ceil
from typing import TYPE_CHECKING, Any, Literal, get_args

from msgspec import Struct, toml
from msgspec.structs import asdict

from lanzarote.kit.project import NONE_FOUND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from lanzarote.kit.project import Project
    from lanzarote.regions.content import Content, Problem
    from lanzarote.types import Catalogue, RegionHeader


Tier = Literal["loadable", "sourced", "complete", "exemplary"]
TIERS: tuple[Tier, ...] = get_args(Tier)
"""Lowest first; a tier is reached when all rules up to it hold or are exempt."""

TOLD: dict[Tier, str] = {
    "loadable": "the platform can load the folder",
    "sourced": "a reader can find out where each fact was read, and when",
    "complete": "a group can work with it, and nobody who opens a page meets a gap that could be filled at a desk",
    "exemplary": "people of the region have confirmed what only they can, and it is kept up",
}


def needed(share: float, whole: int) -> int:
    """How many of *whole* are at least *share* of it.

    >>> needed(0.8, 5), needed(0.8, 56)
    (4, 45)
    """
    return ceil(round(share * whole, 6))


def how_far(done: int, whole: int, least: int) -> str:
    """``45 of 56 (80 %), 51 needed``"""
    return f"{done} of {whole} ({100 * done // whole} %), {least} needed"


class Subject(Struct, frozen=True, kw_only=True):
    """A folder to be judged: of a region, or of national law that comes with it."""

    content: Content
    folder: Path
    project: Project | None
    catalogues: tuple[Catalogue, ...]
    """The platform's words: what installed packages bring, then what the folder does."""
    today: date

    @property
    def header(self) -> RegionHeader:
        from lanzarote.types import RegionHeader

        assert isinstance(self.content.header, RegionHeader)
        return self.content.header

    @property
    def languages(self) -> tuple[str, ...]:
        return self.content.header.languages if self.content.header else ()

    def warned(self, rule_id: str) -> Iterator[Problem]:
        """What reading the folder has noted already; what stands in the law is told of the law."""
        for problem in self.content.problems:
            if problem.rule == rule_id and not problem.file.startswith("[law "):
                yield problem


class Asked(Struct, frozen=True, kw_only=True):
    """What ``rules.toml`` says of a rule."""

    tier: Tier
    asks: str
    why: str
    todo: str
    of_law: bool = False
    """Asked of the folders of national law too that come in the same package."""
    told: str = ""
    """What is told of each thing that is not as it is asked, where one look at it shows that."""
    inside: str = ""
    """At which key in it."""
    always: bool = False
    """It has something to ask of a folder that has none of these things, too."""


class Rule(Asked, frozen=True, kw_only=True):
    """Something that is asked of a region package, and how a machine sees whether it is so."""

    id: str
    """Permanent."""
    find: Callable[[Subject], Iterator[Problem]]
    """What is not as it is asked; nothing: the rule holds, or has nothing to ask yet."""
    about: Callable[[Subject], Iterable[object]] | None = None
    """What there is that it asks something of; absent: it asks that something be there."""


ASKED: dict[str, Asked] = toml.decode((files("lanzarote.kit.scale") / "rules.toml").read_bytes(), type=dict[str, Asked])
"""The table of all rules, in the order in which they are told."""


Found = tuple[str, tuple[str | int, ...], Any]
"""File, key and value of something in the folder."""


def rule(
    *, about: Callable[[Subject], Iterable[object]] | None = None, of_package: bool = False
) -> Callable[[Callable[[Subject], Iterator[Problem]]], Rule]:
    """Make the rule of the table that a function is called after; the function finds what is not as it is asked.

    *of_package*: it looks at the package around the folder, and does not hold where there is none.
    """

    def make(find: Callable[[Subject], Iterator[Problem]]) -> Rule:
        def find_in_package(subject: Subject) -> Iterator[Problem]:
            if subject.project is None:
                yield NONE_FOUND
            else:
                yield from find(subject)

        return _ruled(find.__name__.replace("_", "-"), find_in_package if of_package else find, about)

    return make


def every(name: str, about: Callable[[Subject], Iterable[Found]], holds: Callable[[Any], object]) -> Rule:
    """Make the rule *name* of the table: everything that it is *about* *holds*."""
    asked = ASKED[name]

    def find(subject: Subject) -> Iterator[Problem]:
        for file, path, one in about(subject):
            if not holds(one):
                yield subject.content.at(file, (*path, asked.inside) if asked.inside else path, asked.told)

    return _ruled(name, find, None if asked.always else about)


def noted(name: str, about: Callable[[Subject], Iterable[object]] | None = None) -> Rule:
    """Make the rule *name* of the table, which tells what reading the folder has noted."""
    return _ruled(name, lambda subject: subject.warned(name), about)


def _ruled(
    name: str, find: Callable[[Subject], Iterator[Problem]], about: Callable[[Subject], Iterable[object]] | None
) -> Rule:
    return Rule(**asdict(ASKED[name]), id=name, find=find, about=about)
