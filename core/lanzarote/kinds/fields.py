"""Fields of a kind: the declaration words each one; its type says what it holds, its length and its obligation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct, inspect
from msgspec.structs import replace

from lanzarote.translation import N_

if TYPE_CHECKING:
    from lanzarote.web.labels import Voice

What = Literal[
    "texts",
    "line",
    "coded",
    "code",
    "choice",
    "choices",
    "articles",
    "tick",
    "yes-no",
    "number",
    "whole",
    "day",
    "partial-day",
    "clock",
    "address",
    "key",
]
"""``coded``: a text of a given form, such as a key or a duration, in which nobody writes sentences."""
Nested = Literal["group", "rows", "mapping"]
"""``mapping``: what stands under names, which the type gives, or which the region asks for itself."""

MORE: Final = "_more"
"""Ends the name of the field in which paragraphs of articles are typed."""
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
    """What the region has to choose from.

    It is told the view, what is chosen now, and the ``record`` or all ``places`` of the content if it asks.
    """
    fields: tuple[Field, ...] = ()
    """Those of each row, of a group, or of a mapping."""
    asked: Callable[[Voice], Sequence[Shape]] | None = None
    """What the region asks for itself, in a mapping of its answers; told who reads."""
    one: str = ""
    """One of several rows."""
    ordered: bool = False
    """Its rows stand in an order that people give them: buttons move them."""
    sometimes: bool = False
    """It is needed in some cases, which its help or its page names: it is not called optional."""
    carried: bool = False
    """The form carries it along, and does not ask for it: programs write it."""


def fields_within(fields: Iterable[Field]) -> Iterator[Field]:
    """All of them, and the fields in their rows and groups."""
    for field in fields:
        yield field
        yield from fields_within(field.fields)


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
    """What is chosen is a whole number; one that is typed has to be there."""
    of_language: bool = False
    """It stands in ``text``, by language."""
    parts: tuple[Shape, ...] = ()
    """Of each row, a group or a mapping; of what a region asks for itself ``asked_in`` has them."""
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


@cache  # several forms ask for parts of the same, and each look costs as much as a form
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
    if isinstance(bare, inspect.DictType):
        return Shape(**about | {"what": "mapping", "required": False}, parts=_named(kind, field, bare))
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
    numbered = isinstance(bare, inspect.IntType) and (bool(field.options) or not optional)
    return Shape(**about, what=_leaf(field, bare, _format(info.type)), numbered=numbered)


def _named(kind: type[Struct], field: Field, info: inspect.DictType) -> tuple[Shape, ...]:
    """What stands under each name of a mapping, as far as its type says the names."""
    if field.asked:
        return ()
    names = info.key_type.values if isinstance(info.key_type, inspect.LiteralType) else ()
    if {*names} != {one.name for one in field.fields}:
        raise TypeError(f"{kind.__name__}.{field.name}: declare a field for each of {', '.join(map(str, names))}.")
    under = (inspect.Field(one.name, one.name, info.value_type, required=False) for one in field.fields)
    return tuple(_shape(kind, one, each, of_language=False) for one, each in zip(field.fields, under, strict=True))


def asked_in(view: Voice, shapes: Sequence[Shape]) -> tuple[Shape, ...]:
    """*shapes* with what the region asks for itself."""
    return tuple(replace(one, parts=tuple(one.field.asked(view))) if one.field.asked else one for one in shapes)


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
