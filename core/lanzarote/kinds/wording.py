"""What places are called, and what stands in them, in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from inspect import signature
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from lanzarote.kinds.contents import Leaf, leaves
from lanzarote.kinds.fields import LANGUAGES, MORE, Option, Shape, asked_in
from lanzarote.translation import N_, format_date, format_number, format_partial_date, language_name

if TYPE_CHECKING:
    from lanzarote.records.records import Record
    from lanzarote.web.site import View

PARAGRAPHS: Final = N_("Paragraphs of the Convention")


def label_of(
    view: View,
    shapes: Sequence[Shape],
    place: str,
    called: Callable[[str, int], str] = lambda _, number: str(number + 1),
) -> str:
    """What a place is called: ``criteria[0].met.fr`` → "Criterion 1 – What would count as met (French)".

    *called*: what a row is called, by its field and number.
    """
    if place in LANGUAGES:
        return view._(LANGUAGES[place])
    shapes = asked_in(view, shapes)
    parts = place.split(".")
    if parts[0] == "text" and len(parts) == 3:
        parts = [parts[2], parts[1]]
    said: list[str] = []
    for part in parts:
        name, bracket, number = part.rstrip("]").partition("[")
        found = next((one for one in shapes if one.name == name), None)
        if any(one.what == "articles" and name == one.name + MORE for one in shapes):
            return view._(PARAGRAPHS)
        if found is None:
            if said and part in view.vocabulary.header.languages:
                said[-1] = f"{said[-1]} ({language_name(part, view.lang)})"
                continue
            return " – ".join(said)
        if bracket and number.isdecimal():
            said.append(f"{view._(found.field.one)} {called(name, int(number))}")
        elif found.field.label:
            said.append(view._(found.field.label))
        shapes = found.parts or shapes
    return " – ".join(said)


class Said(Struct, frozen=True, kw_only=True):
    """What stands in a place, as people read it."""

    words: str
    language: str
    """Of the words; empty: that of the page."""
    stale: bool = False
    """The original has changed since."""


def in_words(view: View, shapes: Sequence[Shape], content: Any, *, lines: bool = False) -> dict[str, Said]:
    """Place → what stands there; *lines*: rows without keys are lines of one text, in the place of all of them."""
    found = list(leaves(asked_in(view, shapes), content))
    offered = options_for(view, found)
    several = [one for one in shapes if one.what == "rows" and not one.fixed]
    listed = {one.name for one in several if lines and one.parts[0].what != "key"}
    stale, keyed = getattr(content, "stale", ()), _keyed(view, found)
    said: dict[str, Said] = {}
    rows: dict[str, dict[str, list[str]]] = {}
    for leaf in found:
        row = leaf.place.partition("]")[0]
        name = row.partition("[")[0]
        if not (words := _said(view, leaf, offered, keyed)):
            continue
        if name in listed:
            rows.setdefault(name, {}).setdefault(row, []).append(words)
            said[name] = Said(words="\n".join(map(" – ".join, rows[name].values())), language="")
        else:
            old = leaf.shape.of_language and leaf.language in stale
            said[leaf.place] = Said(words=words, language=leaf.language, stale=old)
    return said


Offered = Mapping[Any, Sequence[Option]]
"""What a field's ``options`` say, by that function."""


def options_for(view: View, found: Sequence[Leaf], record: Record | None = None) -> Offered:
    """What there is to choose from in the places *found*; each is asked once, however many rows there are."""
    chosen: dict[Any, list[str]] = {}
    for leaf in found:
        if leaf.shape.field.options:
            some = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
            chosen.setdefault(leaf.shape.field.options, []).extend(str(one) for one in some if one)
    known = {"record": record, "places": found}
    asked = {options: signature(options).parameters for options in chosen}
    about = {options: {name: known[name] for name in names if name in known} for options, names in asked.items()}
    return {options: tuple(options(view, some, **about[options])) for options, some in chosen.items()}


def _keyed(view: View, found: Sequence[Leaf]) -> dict[str, str]:
    """Key of a row → its first text: other rows refer to it by its key."""
    keys: dict[str, str] = {}
    texts: dict[str, tuple[str, dict[str, str]]] = {}
    for leaf in found:
        row = leaf.place.partition(".")[0]
        if leaf.shape.what == "key":
            keys[row] = str(leaf.value)
        elif leaf.language and row in keys:
            name, some = texts.setdefault(keys[row], (leaf.shape.name, {}))
            if name == leaf.shape.name:
                some[leaf.language] = leaf.value
    return {key: view.text(some)[0] for key, (_, some) in texts.items()}


def _said(view: View, leaf: Leaf, offered: Offered, keyed: Mapping[str, str]) -> str:
    value, field = leaf.value, leaf.shape.field
    if leaf.shape.what == "key":
        return ""
    if isinstance(value, bool):
        return view._("yes") if value else view._("no")
    if value is None or value == () or (value in ("", 0) and leaf.shape.what == "choice"):
        return ""
    if field.options:
        some = value if isinstance(value, tuple) else (value,)
        return ", ".join(filter(None, (_called(offered[field.options], str(one)) for one in some)))
    if leaf.shape.what == "code":
        return view._(field.words[value])
    if leaf.shape.what in ("choices", "coded") and not field.words:
        some = value if isinstance(value, tuple) else (value,)
        return ", ".join(keyed.get(str(one), str(one)) for one in some)
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, date):
        return format_date(value, view.lang)
    if leaf.shape.what == "partial-day" and value:
        return format_partial_date(value, view.lang)
    is_number = isinstance(value, float) or leaf.shape.what == "number"
    return format_number(value, view.lang) if is_number else str(value)


def _called(offered: Sequence[Option], value: str) -> str:
    return next((one.label for one in offered if value == one.value or value in one.names), value)
