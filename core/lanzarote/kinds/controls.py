"""The fields of a form as its page shows them: how each is asked for, and what stands in it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from lanzarote.facts.convention import convention
from lanzarote.kinds.contents import Leaf, is_asked
from lanzarote.kinds.entered import belongs
from lanzarote.kinds.fields import MORE, Shape, asked_in
from lanzarote.kinds.form import NOT_SAID
from lanzarote.kinds.sent import SentForm
from lanzarote.kinds.wording import options_for

if TYPE_CHECKING:
    from lanzarote.kinds.fields import Option
    from lanzarote.kinds.wording import Offered
    from lanzarote.records.records import Record
    from lanzarote.web.site import View

SEEN_AT_ONCE: Final = 24
"""So many choices are not folded away."""
LONGEST_NUMBER: Final = 30
LONGEST_DATE: Final = 10


class Control(Struct, frozen=True, kw_only=True):
    """A field on the page of a form."""

    name: str
    what: str
    """What it holds, which says how it is asked for."""
    label: str
    help: str
    heading: str
    rows: int
    longest: int
    required: bool
    in_all: bool
    """It is left empty together with the others of its row or group, or not at all."""
    inputmode: str = ""
    value: str = ""
    choices: tuple[Mapping[str, Any], ...] = ()
    several: tuple[tuple[str, tuple[Control, ...]], ...] = ()
    """What each row is called, and its fields; of a group one row without a name."""
    places: tuple[str, ...] = ()
    """Of its rows: ``criteria[0]``."""
    blank: tuple[Control, ...] = ()
    """The fields of a row that is added, with ``#`` for its number."""
    word: str = ""
    """What one row is called."""
    ordered: bool = False
    """Buttons move its rows."""
    of_language: bool = False
    filled: bool = False
    """Somebody wrote or chose something in it."""

    def holds(self, places: Collection[str]) -> bool:
        """Whether one of *places* is in it."""
        pattern = re.compile(re.escape(self.name).replace(r"\*", "[A-Za-z-]+"))
        return any((found := pattern.match(one)) and belongs(one, found[0]) for one in places)

    @property
    def open(self) -> bool:
        """What there is to choose from is short enough to be seen at once."""
        return len(self.choices) <= SEEN_AT_ONCE and "[" not in self.name


SHOWN_AS: Final[Mapping[str, str]] = {"mapping": "group", "yes-no": "code"}
INPUT_MODES: Final[Mapping[str, str]] = {"number": "decimal", "whole": "numeric"}


def controls(
    view: View, shapes: Sequence[Shape], typed: SentForm, *, asked: bool = False, record: Record | None = None
) -> tuple[Control, ...]:
    """The fields of a form with what stands in them; *asked*: none of them is left open."""
    shapes = asked_in(view, shapes)
    offered = options_for(view, [*_chosen_in(shapes, typed, "")], record)
    return tuple(_control(view, shape, typed, offered, "", asked=asked) for shape in shapes)


class Part(Struct, frozen=True, kw_only=True):
    """Fields of a form under one heading."""

    heading: str
    name: str
    """Of its first field."""
    controls: tuple[Control, ...]
    folded: bool = False
    """Nothing in it is required, filled in or refused."""


def parts_of(controls: Sequence[Control], refused: Collection[str] = ()) -> tuple[Part, ...]:
    """*controls* by their headings; *refused*: places of errors. One field alone is never folded."""
    found: list[list[Control]] = []
    for one in controls:
        if one.heading or not found:
            found.append([])
        found[-1].append(one)
    return tuple(
        Part(
            heading=some[0].heading,
            name=some[0].name,
            controls=tuple(some),
            folded=bool(some[0].heading)
            and len(some) > 1
            and not any(one.required or one.filled or one.holds(refused) for one in some),
        )
        for some in found
    )


def _chosen_in(shapes: Sequence[Shape], typed: SentForm, prefix: str) -> Iterator[Leaf]:
    for shape in shapes:
        at = shape.at(prefix)
        if shape.what == "rows":
            for number in (*typed.rows(at), -1):
                yield from _chosen_in(shape.parts, typed, f"{at}[{number}].")
        elif shape.what in ("group", "mapping"):
            yield from _chosen_in(shape.parts, typed, f"{at}.")
        elif shape.field.options:
            yield Leaf(place=at, shape=shape, value=typed.many(at))


def _control(
    view: View,
    shape: Shape,
    typed: SentForm,
    offered: Offered,
    prefix: str,
    *,
    asked: bool = False,
    in_all: bool = False,
    there: bool = False,
) -> Control:
    at, field, within = shape.at(prefix), shape.field, bool(prefix)
    rows: dict[str, Any] = {}
    several: tuple[tuple[str, tuple[Control, ...]], ...] = ()
    if shape.what == "rows":
        rows = _rows(view, shape, typed, offered, at)
    elif shape.what in ("group", "mapping"):
        # A group without a name is but a part of the form: each of its fields says for itself that it is optional.
        about = {"in_all": shape.what == "group" and bool(field.label), "there": shape.required}
        several = (("", tuple(_control(view, part, typed, offered, f"{at}.", **about) for part in shape.parts)),)
    return Control(
        name=at,
        what="carried" if field.carried else _shown_as(shape, within=within),
        label=view._(field.label) if field.label else "",
        help=view._(field.help) if field.help else "",
        heading=view._(field.heading) if field.heading else "",
        rows=field.rows,
        longest=_longest(shape),
        # Of a group that has to be there, what has to stand in it is asked for.
        required=asked or ((there or not within) and is_asked(shape)),
        in_all=in_all or field.sometimes or (within and is_asked(shape)),
        inputmode=INPUT_MODES.get(shape.what, ""),
        value=_value(shape, typed, at),
        choices=tuple(_choices(view, shape, typed, offered, at, within=within)),
        **({"several": several} | rows),
        of_language=shape.of_language and not within,
        filled=_is_filled(shape, typed, at),
    )


def _is_filled(shape: Shape, typed: SentForm, at: str) -> bool:
    """Whether anything stands there that somebody wrote or chose."""
    if shape.parts:
        silent = tuple(f".{one.name}" for one in shape.parts if one.what in NOT_SAID)
        return any(any(typed.many(name)) and not name.endswith(silent) for name in typed if belongs(name, at))
    place = re.compile(re.escape(at).replace(r"\*", "[A-Za-z-]+"))
    written = any(any(typed.many(name)) for name in typed if place.fullmatch(name.removesuffix(MORE)))
    return written and shape.what != "code"


def _shown_as(shape: Shape, *, within: bool) -> str:
    # In a row there is no place for buttons side by side.
    return "choice" if shape.what == "code" and within else SHOWN_AS.get(shape.what, shape.what)


def _rows(view: View, shape: Shape, typed: SentForm, offered: Offered, name: str) -> dict[str, Any]:
    """The rows that were filled in or asked for, one at least where one is required, and an empty one to be copied."""

    def fields(number: int | str) -> tuple[Control, ...]:
        return tuple(_control(view, part, typed, offered, f"{name}[{number}].") for part in shape.parts)

    word, numbers = view._(shape.field.one), typed.rows(name) or ([0] if shape.required else [])
    return {
        "several": tuple((f"{word} {count}", fields(one)) for count, one in enumerate(numbers, 1)),
        "places": tuple(f"{name}[{one}]" for one in numbers),
        "blank": () if shape.fixed else fields("#"),
        "word": word,
        "ordered": shape.field.ordered,
    }


def _value(shape: Shape, typed: SentForm, at: str) -> str:
    if shape.what in ("texts", "rows", "group", "mapping", "choices"):
        return ""
    return typed.one(at + MORE if shape.what == "articles" else at)


def _carried(shape: Shape, typed: SentForm, at: str) -> Iterator[dict[str, Any]]:
    """Name and value of what the form carries along."""
    names = [at]
    if shape.what == "texts":
        names = [name for name in typed if name.startswith(at.removesuffix("*"))]
    elif shape.what == "articles":
        names = [at, at + MORE]
    yield from ({"name": name, "value": value} for name in names for value in typed.many(name) if value)


def _longest(shape: Shape) -> int:
    if shape.what in ("number", "whole"):
        return LONGEST_NUMBER
    return LONGEST_DATE if shape.what in ("day", "partial-day") else shape.longest


def _is_shown(one: Option) -> bool:
    return bool(one.label)


def _choices(
    view: View, shape: Shape, typed: SentForm, offered: Offered, at: str, *, within: bool
) -> Iterator[dict[str, Any]]:
    field = shape.field
    if field.carried:
        yield from _carried(shape, typed, at)
    elif shape.what == "articles":
        for article in convention().articles:
            number = str(article.number)
            heading = view.text(article.heading)[0]
            yield {"value": number, "label": number, "help": heading, "chosen": number in typed.many(at)}
    elif shape.what in ("code", "yes-no"):
        chosen = typed.one(at) or field.usual
        if within and not field.usual and shape.what == "code":
            yield {"value": "", "label": view._("Choose…"), "chosen": not chosen}
        elif shape.what == "code" and not (within or shape.required or field.usual):
            # Of buttons side by side none can be taken back: what nobody has to say is a choice, too.
            yield {"value": "", "label": view._("Not stated"), "chosen": not chosen}
        for code in shape.codes:
            meaning = {"help": view._(field.meanings[code])} if code in field.meanings else {}
            yield {"value": code, "label": view._(field.words[code]), "chosen": code == chosen} | meaning
    elif field.options:
        now, listed = typed.many(at), [*filter(_is_shown, offered[field.options])]
        if shape.what == "choice" and not any("" in (one.value, *one.names) for one in listed):
            # A list shows its first entry as chosen: nobody's organisation is saved unasked.
            yield {"value": "", "label": view._("Choose…"), "chosen": not any(now)}
        for one in listed:
            there = any(name in now for name in (one.value, *one.names))
            about = {"help": one.help} if one.help else {}
            yield {"value": one.value, "label": one.label, "chosen": there or (not one.value and not any(now))} | about
