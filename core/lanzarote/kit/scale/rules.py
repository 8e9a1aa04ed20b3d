"""What a rule of the quality scale is, what it looks at: a folder, and the package around it, read and never run."""

from __future__ import annotations

import ast
from contextlib import suppress
from importlib.resources import files
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from msgspec import Struct, toml
from msgspec.structs import asdict

from lanzarote.configuration.toml_lines import line_of
from lanzarote.kit.folders import REGION
from lanzarote.plugins import GROUP
from lanzarote.regions.content import Problem
from lanzarote.regions.toml_files import Unreadable, read_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from lanzarote.regions.content import Content
    from lanzarote.types import Catalogue, RegionHeader


# --- The package around a region folder: its ``pyproject.toml`` and its code, read and never run ---

PROJECT_FILE = "pyproject.toml"
NONE_FOUND = Problem(
    file=PROJECT_FILE,
    key="",
    line=0,
    message=f"no {PROJECT_FILE} above this folder names an entry point in the group {GROUP!r}; a folder alone cannot "
    "be installed",
)
_HIGHEST = 5
"""How many folders above the region's are looked at."""


class Project(Struct, frozen=True, kw_only=True):
    """A package as its ``pyproject.toml`` describes it."""

    root: Path
    """Where that file stands."""
    text: str
    told: dict[str, Any]
    module: Path | None
    """The folder of its code, which the region's is in; none: the region stands beside the code."""

    def __getitem__(self, name: str) -> Any:
        """What ``[project]`` says of *name*."""
        return self.told["project"].get(name)

    def tool(self, *names: str) -> dict[str, Any]:
        found = self.told.get("tool", {})
        for name in names:
            found = found.get(name, {}) if isinstance(found, dict) else {}
        return found if isinstance(found, dict) else {}

    def at(self, path: tuple[str | int, ...], message: str) -> Problem:
        key = ".".join(map(str, path))
        return Problem(file=PROJECT_FILE, key=key, line=line_of(self.text, path), message=message)

    def code(self) -> Iterator[Path]:
        if self.module:
            yield from sorted(self.module.rglob("*.py"))


def project_of(folder: Path) -> Project | None:
    """The package that *folder* is part of: the nearest with an entry point of ours."""
    inside = folder.resolve()
    for root in inside.parents[:_HIGHEST]:
        try:
            found = read_toml(root / PROJECT_FILE)
        except Unreadable:
            continue  # whose it is cannot be told
        if found and _is_ours(found[1]):
            return Project(root=root, text=found[0], told=found[1], module=_module(root, inside))
    return None


def unsaid(project: Project | None, folder: Path, laws: Iterable[Path]) -> Iterator[Problem]:
    """Folders of the package that no hook in its code returns: installed, it would not bring them."""
    if project is None or project.module is None:
        return
    hooks = set(_names(project))
    wanted = [(folder, "regions" if (folder / REGION).is_file() else "legal_frameworks")]
    for place, hook in (*wanted, *((law, "legal_frameworks") for law in laws)):
        if hook not in hooks:
            module, kind = project.module, "Region" if hook == "regions" else "LegalFramework"
            inside = place.resolve().relative_to(module).as_posix()
            returned = f'({kind}.from_folder(files(__name__) / "{inside}"),)'
            told = f"no hook returns the folder {inside}; add @hookimpl def {hook}(), which returns {returned}"
            file = (module / "__init__.py").relative_to(project.root).as_posix()
            yield Problem(file=file, key="", line=0, message=told)


def _names(project: Project) -> Iterator[str]:
    """What its code defines, imports or calls a hook (``specname``), whichever way a hook gets into it."""
    for path in project.code():
        with suppress(SyntaxError, ValueError):
            for node in ast.walk(ast.parse(path.read_bytes())):
                if isinstance(node, ast.FunctionDef | ast.alias):
                    yield getattr(node, "asname", None) or node.name
                elif isinstance(node, ast.Name):
                    yield node.id
                elif isinstance(node, ast.keyword) and isinstance(node.value, ast.Constant):
                    yield str(node.value.value)


def laws_beside(project: Project | None) -> list[Path]:
    """The folders of national law that come in the same package."""
    if project is None or project.module is None:
        return []
    return sorted(file.parent for file in project.module.rglob("framework.toml"))


def _is_ours(told: dict[str, Any]) -> bool:
    project = told.get("project")
    points = project.get("entry-points") if isinstance(project, dict) else None
    return isinstance(points, dict) and bool(points.get(GROUP))


def _module(root: Path, inside: Path) -> Path | None:
    for top in (root / "src", root):
        if inside.is_relative_to(top) and len(inside.relative_to(top).parts) > 1:
            module = top / inside.relative_to(top).parts[0]
            return module if (module / "__init__.py").is_file() else None
    return None


# --- What a rule of the quality scale is, and what it looks at ---

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
