"""Kinds of records are named in their rooms and in ``composition``: whatever is made of all kinds goes through them."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Final

import lanzarote
from lanzarote.composition import KINDS, entries

if TYPE_CHECKING:
    from collections.abc import Iterator

CORE: Final = Path(lanzarote.__file__).parent
ROOMS: Final = {kind.written.split(".")[1] for kind in KINDS.values() if kind.written} | {"practices", "directory"}
MANY: Final = 3
"""So many kinds beside one another are a list of kinds."""
WORDS: Final = {word: kind.name for kind in KINDS.values() for word in (kind.name, kind.room, kind.public) if word} | {
    word: one.name for one in entries() for word in (one.name, f"{one.name}s")
}
"""How code names a kind → which it is."""
REASONED: Final = {
    "activity/team_bar.py": "the places of the bar; a kind names one of them",
    "activity/waiting_items.py": "what waits for a person is in the order of their work, not by kind",
    "findable/entries.py": "kinds of what the public finds, as programs know them",
    "findable/reading.py": "the same, in words",
    "kit/check.py": "files of a region's folder",
    "kit/published.py": "files of a region's folder",
    "office/api.py": "fields of what programs are answered",
    "regions/seeds.py": "what a region's folder ships as records, by its files",
    "office/by_region.py": "columns of one table",
    "types/meetings.py": "what an item of an agenda can be about, as files have it",
    "web/site.py": "the menu that everybody sees",
}
"""Module → why it names kinds beside one another all the same."""


def lists() -> Iterator[str]:
    for file in sorted(CORE.rglob("*.py")):
        name = file.relative_to(CORE).as_posix()
        if name.partition("/")[0] in {*ROOMS, "migrations"} or name == "composition.py":
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if len(_named(node)) >= MANY:
                yield f"{name}:{node.lineno} names {', '.join(sorted(_named(node)))}"  # type: ignore[attr-defined]


def _named(node: ast.AST) -> set[str]:
    """The kinds that a literal collection, or the cases of a match, name."""
    match node:
        case ast.Dict(keys=keys):
            parts: list[ast.AST] = [key for key in keys if key]
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            parts = [*elements]
        case ast.Match(cases=cases):
            parts = [case.pattern for case in cases]
        case _:
            return set()
    return {kind for part in parts for each in ast.walk(part) if (kind := WORDS.get(_word(each)))}


def _word(node: ast.AST) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.lower()
    return ""


def test_nobody_else_lists_kinds() -> None:
    found = [*lists()]
    assert [one for one in found if one.partition(":")[0] not in REASONED] == []
    assert {one.partition(":")[0] for one in found} == REASONED.keys()  # a reason that is no longer needed goes


def test_a_new_list_is_noticed() -> None:
    for code, many in (
        ('{"practice": 1, "meeting": 2, "finding": 3}', True),
        ("(PRACTICE, model.MEETING, FINDING)", True),
        ("[one, 'transfers', 'finding']", False),
    ):
        [expression] = ast.parse(code).body
        assert isinstance(expression, ast.Expr)
        assert (len(_named(expression.value)) >= MANY) == many
