"""What stands in a content, place by place: its texts, what cannot be kept, what is out of date.

A place names one leaf of what was written, as forms, errors and differences call it: ``text.fr.title``,
``baseline.value``, ``criteria[0].met.fr``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import unquote

import msgspec
from msgspec import Struct

from lanzarote.kinds.fields import MORE, Field, Shape, What
from lanzarote.records.validation import MISSING, NO_ADDRESS, TOO_MANY, Fault, is_address, refuse_long, unfit_text
from lanzarote.translation import N_

LONGEST: Final = 20_000
TWICE: Final = N_("This is here twice.")


class Leaf(Struct, frozen=True, kw_only=True):
    """What stands in one place."""

    place: str
    shape: Shape
    value: Any
    language: str = ""


def leaves(shapes: Sequence[Shape], content: Any, prefix: str = "") -> Iterator[Leaf]:
    """Everything in *content*, place by place, in the order of the fields."""
    for shape in shapes:
        at = shape.at(prefix)
        value: Any = None if shape.of_language else _under(content, shape.name)
        if isinstance(content, dict) and value is None:
            continue
        if isinstance(content, dict) and shape.what == "texts" and not isinstance(value, dict):
            yield from _answered(value, at.removesuffix(".*"))  # a text that says no language
        elif shape.what == "texts":
            for code, text in texts_in(shape, content).items():
                yield Leaf(place=at.replace("*", code), shape=shape, value=text, language=code)
        elif shape.what == "rows":
            for number, row in enumerate(value):
                yield from leaves(shape.parts, row, f"{at}[{number}].")
        elif shape.what == "group":
            if value is not None:
                yield from leaves(shape.parts, value, f"{at}.")
        elif shape.what == "mapping":
            yield from leaves(shape.parts, value, f"{at}.") if shape.parts else _answered(value, at)
        else:
            yield Leaf(place=at, shape=shape, value=tuple(value) if isinstance(value, list) else value)


def _under(content: Any, name: str) -> Any:
    return content.get(name) if isinstance(content, dict) else getattr(content, name)


def _answered(value: Any, at: str) -> Iterator[Leaf]:
    """What is answered to a region's own questions, whatever a program has sent: which they are is not known here."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _answered(one, f"{at}.{name}")
    elif isinstance(value, list | tuple) and not all(isinstance(one, str) for one in value):
        for number, one in enumerate(value):
            yield from _answered(one, f"{at}[{number}]")
    elif value is not None:
        what: What = "line" if isinstance(value, str) else "yes-no" if isinstance(value, bool) else "number"
        several = isinstance(value, list | tuple)
        shape = Shape(field=Field(name="", label=""), what="choices" if several else what)
        yield Leaf(place=at, shape=shape, value=tuple(value) if several else value)


def texts_in(shape: Shape, content: Any) -> dict[str, str]:
    """Language → text, of one field."""
    if not shape.of_language:
        return dict(_under(content, shape.name))
    return {code: text for code, one in content.text.items() if (text := getattr(one, shape.name))}


def written_in(shapes: Sequence[Shape], content: Any) -> Iterator[tuple[str, str]]:
    """Everything in *content* that a person wrote in words, with its place: what the guard reads."""
    for leaf in leaves(shapes, content):
        if leaf.shape.what in ("texts", "line") and leaf.value:
            yield leaf.place, leaf.value


def named_in(shapes: Sequence[Shape], content: Any) -> Iterator[tuple[str, str]]:
    """Keys of rows and addresses, word by word, with their places: names of things, in which sentences do not stand."""
    for leaf in leaves(shapes, content):
        if leaf.shape.what == "key":
            yield leaf.place, leaf.value.replace("-", " ")
        elif leaf.shape.what == "address" and leaf.value:
            yield leaf.place, words_in(leaf.value)


def words_in(address: str) -> str:
    """What stands in a web address, apart, and without the signs that hide it.

    >>> words_in("https://visio.example/a?q=1%2084&b=lea%40example.org")
    'visio.example a q 1 84 b lea@example.org'
    """
    return " ".join(re.split(r"[/?&=#;]+", unquote(address.partition("://")[2])))


def words_typed(shapes: Sequence[Shape], data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What was typed in words into a form of these fields, with its place."""
    known = re.compile("|".join(_places(shapes, "")) or "(?!)", re.ASCII)
    for place, text in data.items():
        if isinstance(text, str) and known.fullmatch(place):
            yield place, text.replace("\r\n", "\n").strip()


def _places(shapes: Sequence[Shape], prefix: str) -> Iterator[str]:
    """The places of what is written in words, each as a pattern."""
    for shape in shapes:
        # In a row a text stands beside what it is about, and not under its language first.
        at = prefix + re.escape(shape.at(prefix and "/").removeprefix("/")).replace(r"\*", "[A-Za-z-]+")
        if shape.what == "rows":
            yield from _places(shape.parts, rf"{at}\[\d+\]\.")
        elif shape.field.asked:
            yield rf"{at}\.[a-z0-9-]+(\.[A-Za-z-]+)?"
        elif shape.what in ("group", "mapping"):
            yield from _places(shape.parts, rf"{at}\.")
        elif shape.what in ("texts", "line"):
            yield at


def refuse_too_long(shapes: Sequence[Shape], content: Any) -> None:
    """Raise Faulty for what is longer than there is room for, before anything reads it."""
    room = {leaf.place: leaf.shape.longest or LONGEST for leaf in leaves(shapes, content)}
    refuse_long((*written_in(shapes, content), *named_in(shapes, content)), lambda place: room[place])


def faults_in(shapes: Sequence[Shape], content: Any) -> Iterator[Fault]:
    """What in *content* cannot be kept, as far as its type says so."""
    for leaf in leaves(shapes, content):
        written = leaf.shape.what in ("texts", "line", "address") and leaf.value
        if written and (fault := unfit_text(leaf.place, leaf.value, leaf.shape.longest or LONGEST)):
            yield fault
        elif written and leaf.shape.what == "address" and not is_address(leaf.value):
            yield Fault(field=leaf.place, text=NO_ADDRESS)
    yield from _faults_in_rows(shapes, content, "")


def _faults_in_rows(shapes: Sequence[Shape], content: Any, prefix: str) -> Iterator[Fault]:
    for shape in shapes:
        if shape.what not in ("rows", "choices", "articles"):
            continue
        several, at = getattr(content, shape.name) or (), shape.at(prefix)
        if shape.longest and len(several) > shape.longest:
            yield Fault(field=at, text=TOO_MANY, value=str(shape.longest))
        keys = [one.key for one in several] if any(part.what == "key" for part in shape.parts) else []
        for number, key in enumerate(keys):
            if key in keys[:number]:
                yield Fault(field=f"{at}[{number}].key", text=TWICE)
        for number, row in enumerate(several if shape.what == "rows" else ()):
            yield from _faults_in_rows(shape.parts, row, f"{at}[{number}].")


def unwritten(shapes: Sequence[Shape], content: Any) -> Iterator[Fault]:
    """Texts that *content* lacks in the language in which it is written first: its title, and others without which
    nothing is kept.
    """
    if not hasattr(content, "text"):
        return
    said = content.text.get(content.original)
    for shape in shapes:
        if shape.of_language and is_asked(shape) and not (getattr(said, shape.name, None) or "").strip():
            yield Fault(field=f"text.{content.original}.{shape.name}", text=MISSING)


def in_order(shapes: Sequence[Shape], faults: Sequence[Fault]) -> list[Fault]:
    """*faults* in the order of the fields, as a reader meets them; where something is missing, that alone."""
    order = {shape.name: number for number, shape in enumerate(shapes)}
    missing = {one.field for one in faults if one.text == MISSING}

    def place(fault: Fault) -> int:
        name = fault.field.rpartition(".")[2] if fault.field.startswith("text.") else fault.field
        return order.get(name.partition(".")[0].partition("[")[0].removesuffix(MORE), -1)

    return sorted((one for one in faults if one.text == MISSING or one.field not in missing), key=place)


def is_asked(shape: Shape) -> bool:
    """Whether something has to stand there."""
    return shape.required or shape.numbered or (shape.of_language and shape.name == "title")


def staled(before: Any, after: Any, fresh: Collection[str] = ()) -> Any:
    """*after*, with those translations marked that did not follow a change of the original.

    *fresh*: languages whose texts fit the original though they did not change, as somebody says who looked at them.
    """
    if not hasattr(after, "stale"):
        return after
    same = {code for code, one in after.text.items() if before.text.get(code) == one}
    if before.original != after.original or after.original in same:
        behind = same.intersection(before.stale)
    else:
        behind = same - {after.original}
    return msgspec.structs.replace(after, stale=tuple(sorted(behind.difference(fresh))))


def unstaled(content: Any) -> Any:
    """*content* as it is written for the first time, when no translation can be older than the original."""
    return msgspec.structs.replace(content, stale=()) if getattr(content, "stale", ()) else content
