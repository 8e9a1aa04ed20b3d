"""What code a wheel brings, beside what is installed: read and compared, never imported."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def hooks_in(module: ast.Module) -> Iterator[str]:
    """Names of the hooks that a module implements."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and any("hookimpl" in ast.unparse(one) for one in node.decorator_list):
            yield node.name


def told_of_code(code: Mapping[str, bytes]) -> Iterator[str]:
    """A line for each way in which the modules *code* of a wheel differ from what is installed here."""
    here = installed_beside(code)
    hooks, before = _hooks(code), _hooks(here)
    for told, names in (
        ("hooks that come in", hooks - before),
        ("hooks that are gone", before - hooks),
        ("modules that come in", code.keys() - here.keys()),
        ("modules that are gone", here.keys() - code.keys()),
        ("modules that changed", {name for name in code.keys() & here.keys() if code[name] != here[name]}),
    ):
        if names:
            yield f"{told}: {', '.join(sorted(names))}"


def installed_beside(code: Mapping[str, bytes]) -> dict[str, bytes]:
    """The installed modules under the top-level packages that *code* has, by their names in a wheel."""
    found: dict[str, bytes] = {}
    for top in {name.partition("/")[0] for name in code}:
        spec = find_spec(top.removesuffix(".py"))
        for place in spec.submodule_search_locations or () if spec else ():
            for file in sorted(Path(place).rglob("*.py")):
                found[f"{top}/{file.relative_to(place).as_posix()}"] = file.read_bytes()
        if spec and spec.origin and not spec.submodule_search_locations:
            found[top] = Path(spec.origin).read_bytes()
    return found


def _hooks(code: Mapping[str, bytes]) -> set[str]:
    found: set[str] = set()
    for source in code.values():
        try:
            found.update(hooks_in(ast.parse(source)))
        except (SyntaxError, ValueError):
            continue  # nothing of it could be run either
    return found
