"""The fields of a kind: how each is worded is declared; what it holds, how long and whether it must be, is in its type.

A place names one leaf of what was written, as forms, errors and differences call it: ``text.fr.title``,
``baseline.value``, ``criteria[0].met.fr``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from inspect import signature
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import unquote

import msgspec
from msgspec import Struct, inspect

from lanzarote.records.validation import MISSING, NO_ADDRESS, TOO_MANY, Fault, is_address, refuse_long, unfit_text
from lanzarote.translation import N_, format_date, format_number, format_partial_date, language_name

if TYPE_CHECKING:
    from lanzarote.records.records import Record
    from lanzarote.web.site import View

What = Literal[
    "texts",
    "line",
    "coded",
    "code",
    "choice",
    "choices",
    "articles",
    "tick",
    "number",
    "whole",
    "day",
    "partial-day",
    "clock",
    "address",
    "key",
]
"""``coded``: a text of a given form, such as a key or a duration, in which nobody writes sentences."""
Nested = Literal["group", "rows"]

LONGEST: Final = 20_000
PARAGRAPHS: Final = N_("Paragraphs of the Convention")
MORE: Final = "_more"
"""Ends the name of the field in which paragraphs of articles are typed."""
TWICE: Final = N_("This is here twice.")
LANGUAGES: Final[Mapping[str, str]] = MappingProxyType(
    {"original": N_("Language it was written in"), "stale": N_("Translations that are out of date")}
)
"""What every content has beside its own fields, to be translated."""
HIDDEN: Final = frozenset({*LANGUAGES, "text"})


class Option(Struct, frozen=True, kw_only=True):
    """Something that can be chosen."""

    value: str
    label: str
    """Empty where this reader may not know what it is: then no page shows it."""
    help: str = ""
    """What stands beside its label, where it is chosen."""
    names: tuple[str, ...] = ()
    """Other values that mean the same: former keys, ids."""


class Field(Struct, frozen=True, kw_only=True):
    """A field as forms and pages word it; its words are to be translated."""

    name: str
    """Of the field in the content's type, or in the type of its texts."""
    label: str
    help: str = ""
    rows: int = 0
    """Height of the box for a text of several lines; 0: one line."""
    heading: str = ""
    """What stands above it, as the title of a part of the form."""
    words: Mapping[Any, str] = {}
    """Code → words."""
    meanings: Mapping[Any, str] = {}
    """Code → what it means, in a sentence."""
    usual: str = ""
    """The code that a row has where nobody chose another."""
    options: Callable[..., Iterable[Option]] | None = None
    """What the region has to choose from; it is told the view, what is chosen now, and the ``record`` if it asks."""
    fields: tuple[Field, ...] = ()
    """Those of each row, or of a group."""
    one: str = ""
    """One of several rows."""
    carried: bool = False
    """The form carries it along, and does not ask for it: programs write it."""


class Shape(Struct, frozen=True, kw_only=True):
    """A field, with what its type says of it."""

    field: Field
    what: What | Nested
    required: bool = False
    """Nothing can be saved without it."""
    longest: int = 0
    """Characters of a text, or rows, that there is room for."""
    codes: tuple[str, ...] = ()
    numbered: bool = False
    """What is chosen is a whole number."""
    of_language: bool = False
    """It stands in ``text``, by language."""
    parts: tuple[Shape, ...] = ()
    fixed: bool = False
    """Rows that come from elsewhere: each stays in its place."""

    @property
    def name(self) -> str:
        return self.field.name

    def at(self, prefix: str) -> str:
        """The place of the field below *prefix*; of texts with a star for the language."""
        if self.what != "texts":
            return prefix + self.name
        return f"text.*.{self.name}" if self.of_language and not prefix else f"{prefix}{self.name}.*"


class Leaf(Struct, frozen=True, kw_only=True):
    """What stands in one place."""

    place: str
    shape: Shape
    value: Any
    language: str = ""


def shapes_of(kind: type[Struct], fields: Sequence[Field], *, whole: bool = True) -> tuple[Shape, ...]:
    """Each of *fields* with what the type *kind* says of it. Raises TypeError where the two do not fit.

    *whole*: they are all that the type has; what no field words would be scanned, shown and compared by nobody.
    """
    known = _fields_of(kind)
    texts: dict[str, inspect.Field] = {}
    text = known["text"].type if "text" in known else None
    if isinstance(text, inspect.DictType) and isinstance(text.value_type, inspect.StructType):
        texts = {one.encode_name: one for one in text.value_type.fields}
    worded = {*HIDDEN, "key", *(one.name for one in fields)}
    missing = [name for name, info in (texts | known).items() if name not in worded and not _is_read_only(info)]
    if missing and whole:
        raise TypeError(f"{kind.__name__}: no field is declared for {', '.join(missing)}; declare how it is worded.")
    keyed = whole and "key" in known and not _is_read_only(known["key"])
    keys = [Field(name="key", label="")] if keyed else []
    return tuple(
        _shape(kind, one, known.get(one.name) or texts.get(one.name), of_language=one.name not in known)
        for one in (*keys, *fields)
    )


def within(shapes: Sequence[Shape], names: Sequence[str]) -> tuple[Shape, ...]:
    """Those of *shapes* that are called so; all, if no names are given. Raises TypeError for a name that none has."""
    if unknown := {*names} - {one.name for one in shapes}:
        raise TypeError(f"No field is called {', '.join(sorted(unknown))}; there is {[one.name for one in shapes]}.")
    return tuple(one for one in shapes if not names or one.name in names)


def _fields_of(kind: type[Struct]) -> dict[str, inspect.Field]:
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return {one.encode_name: one for one in info.fields}


def _shape(kind: type[Struct], field: Field, info: inspect.Field | None, *, of_language: bool) -> Shape:
    if info is None:
        raise TypeError(f"{kind.__name__} has no field {field.name!r}; it is declared: {field.label}.")
    bare, longest, optional = _bare(info.type)
    about: dict[str, Any] = {"field": field, "longest": longest, "required": info.required and not optional}
    if of_language or _is_text(bare):
        inner = bare.value_type if isinstance(bare, inspect.DictType) else bare
        if of_language:
            about["required"] = _is_needed(info.type)
        return Shape(**about | {"what": "texts", "of_language": of_language, "longest": longest or _room(inner)})
    if isinstance(bare, inspect.VarTupleType):
        item, _, _ = _bare(bare.item_type)
        if isinstance(item, inspect.StructType):
            fixed = any(map(_is_read_only, _fields_of(item.cls).values()))
            return Shape(**about, what="rows", parts=shapes_of(item.cls, field.fields), fixed=fixed)
        if isinstance(item, inspect.StrType) and item.pattern == ARTICLE:
            return Shape(**about, what="articles")
        return Shape(**about | {"what": "choices", "required": _least(info.type) > 0})
    if isinstance(bare, inspect.StructType):
        return Shape(**about, what="group", parts=shapes_of(bare.cls, field.fields))
    if isinstance(bare, inspect.LiteralType):
        # A code has to be chosen by people, even where programs may leave it out.
        return Shape(
            **about
            | {"what": "code", "codes": tuple(field.words) or tuple(map(str, bare.values)), "required": not optional}
        )
    return Shape(**about, what=_leaf(field, bare, _format(info.type)), numbered=isinstance(bare, inspect.IntType))


def _leaf(field: Field, info: inspect.Type, form: str) -> What:
    if form == "uri":
        return "address"
    if isinstance(info, inspect.BoolType):
        return "tick"
    if isinstance(info, inspect.FloatType):
        return "number"
    if isinstance(info, inspect.DateType):
        return "day"
    if field.options:
        return "choice"
    if isinstance(info, inspect.IntType):
        return "whole"
    if field.name == "key":
        return "key"
    if isinstance(info, inspect.StrType) and info.pattern:
        return OF_A_FORM.get(info.pattern, "coded")
    return "line"


PARTIAL: Final = r"^\d{4}(-\d{2}(-\d{2})?)?$"
CLOCK: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
OF_A_FORM: Final[Mapping[str, What]] = {PARTIAL: "partial-day", CLOCK: "clock"}
"""Pattern → what a text of this form is; ``coded``, where forms ask for it as it is written."""
ARTICLE: Final = r"^[1-9]\d?(\.[1-9]\d?)?(\.[a-z])?$"


def _bare(info: inspect.Type) -> tuple[inspect.Type, int, bool]:
    """*info* without what stands around it: how much there is room for, and whether it may be null."""
    optional = False
    if isinstance(info, inspect.UnionType):
        optional = any(isinstance(one, inspect.NoneType) for one in info.types)
        [info] = [one for one in info.types if not isinstance(one, inspect.NoneType)]
    return (info.type if isinstance(info, inspect.Metadata) else info), _room(info), optional


def _room(info: inspect.Type) -> int:
    if isinstance(info, inspect.Metadata):
        said = info.extra_json_schema or {}
        return said.get("maxLength") or said.get("maxItems") or _room(info.type)
    return getattr(info, "max_length", None) or 0


def _format(info: inspect.Type) -> str:
    """Of a text, as the description of the API says it: ``uri`` for an address on the web."""
    if isinstance(info, inspect.UnionType):
        return next(filter(None, map(_format, info.types)), "")
    if not isinstance(info, inspect.Metadata):
        return ""
    return str((info.extra_json_schema or {}).get("format") or _format(info.type))


def _is_read_only(info: inspect.Field) -> bool:
    """Whether it comes from elsewhere, and nobody writes it here."""
    said = info.type.extra_json_schema if isinstance(info.type, inspect.Metadata) else None
    return bool((said or {}).get("readOnly"))


def _least(info: inspect.Type) -> int:
    """How many have to be chosen."""
    return (info.extra_json_schema or {}).get("minItems", 0) if isinstance(info, inspect.Metadata) else 0


def _is_needed(info: inspect.Type) -> bool:
    """Whether a text has to be there in the original language: ``Meta(extra={"needed": True})``."""
    some = info.types if isinstance(info, inspect.UnionType) else (info,)
    return any((one.extra or {}).get("needed", False) for one in some if isinstance(one, inspect.Metadata))


def _is_text(info: inspect.Type) -> bool:
    """Language → text."""
    if not isinstance(info, inspect.DictType):
        return False
    value, _, _ = _bare(info.value_type)
    return isinstance(value, inspect.StrType)


# What stands in a content


def leaves(shapes: Sequence[Shape], content: Any, prefix: str = "") -> Iterator[Leaf]:
    """Everything in *content*, place by place, in the order of the fields."""
    for shape in shapes:
        at = shape.at(prefix)
        if shape.what == "texts":
            for code, text in texts_in(shape, content).items():
                yield Leaf(place=at.replace("*", code), shape=shape, value=text, language=code)
            continue
        value = getattr(content, shape.name)
        if shape.what == "rows":
            for number, row in enumerate(value):
                yield from leaves(shape.parts, row, f"{at}[{number}].")
        elif shape.what == "group":
            if value is not None:
                yield from leaves(shape.parts, value, f"{at}.")
        else:
            yield Leaf(place=at, shape=shape, value=value)


def texts_in(shape: Shape, content: Any) -> dict[str, str]:
    """Language → text, of one field."""
    if not shape.of_language:
        return dict(getattr(content, shape.name))
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
        at = prefix + re.escape(shape.at("")).replace(r"\*", "[A-Za-z-]+")
        if shape.what == "rows":
            yield from _places(shape.parts, rf"{at}\[\d+\]\.")
        elif shape.what == "group":
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
        several, at = getattr(content, shape.name), shape.at(prefix)
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


# In words


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
    found = list(leaves(shapes, content))
    offered = options_for(view, found)
    several = [one for one in shapes if one.what == "rows" and not one.fixed]
    listed = {one.name for one in several if lines and one.parts[0].what != "key"}
    stale = getattr(content, "stale", ())
    said: dict[str, Said] = {}
    rows: dict[str, dict[str, list[str]]] = {}
    for leaf in found:
        row = leaf.place.partition("]")[0]
        name = row.partition("[")[0]
        if not (words := _said(view, leaf, offered)):
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
    about = {options: {"record": record} if "record" in signature(options).parameters else {} for options in chosen}
    return {options: tuple(options(view, some, **about[options])) for options, some in chosen.items()}


def _said(view: View, leaf: Leaf, offered: Offered) -> str:
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
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, date):
        return format_date(value, view.lang)
    if leaf.shape.what == "partial-day" and value:
        return format_partial_date(value, view.lang)
    return format_number(value, view.lang) if isinstance(value, float) else str(value)


def _called(offered: Sequence[Option], value: str) -> str:
    return next((one.label for one in offered if value == one.value or value in one.names), value)
