"""The package around a region folder: its ``pyproject.toml`` and its code, read and never run."""

from __future__ import annotations

import ast
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from lanzarote.configuration.toml_lines import line_of
from lanzarote.kit.folders import REGION
from lanzarote.plugins import GROUP
from lanzarote.regions.content import Problem
from lanzarote.regions.toml_files import Unreadable, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
    """The folder of that file."""
    text: str
    told: dict[str, Any]
    module: Path | None
    """The folder of its code, which contains the region's; none: the two are side by side."""

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
