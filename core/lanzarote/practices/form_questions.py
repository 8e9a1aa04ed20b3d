"""What the page of the form shows: parts, questions, boxes to write in, rows; what is wrong and what is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markupsafe import Markup
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lanzarote.practices.form_choices import Choice

FEW: Final = 20
"""Choices that are shown openly; more fold away."""


class Wrong(Struct, frozen=True, kw_only=True):
    """Why a field cannot be taken as it is."""

    field: str
    text: str
    found: str = ""
    """The very words it is about."""
    lang: str = ""
    """Of the text, where a package wrote it."""
    by: str = ""
    """The package that says so."""


class Reason(Struct, frozen=True, kw_only=True):
    """Where the writer says why something stays that the guard asks about."""

    name: str
    about: str
    value: str


class Box(Struct, frozen=True, kw_only=True):
    """Where something is written."""

    place: str
    value: str
    lang: str = ""
    dir: str = ""
    language: str = ""
    """Name of its language, where several are shown."""
    original: bool = False


class Cell(Struct, frozen=True, kw_only=True):
    """One thing that is said in a row."""

    name: str
    label: str
    boxes: tuple[Box, ...] = ()
    chosen: str = ""
    choices: Sequence[Choice] = ()
    sides: Sequence[tuple[str, list[Choice]]] = ()


class Row(Struct, frozen=True, kw_only=True):
    place: str
    number: int | str
    cells: Mapping[str, Cell]


class Cited(Struct, frozen=True, kw_only=True):
    """Which of the practice's sources say which field."""

    place: str
    choices: Sequence[Choice] = ()
    chosen: tuple[str, ...] = ()
    editorial: bool = False


class Question(Struct, frozen=True, kw_only=True):
    """One question with all that belongs to it."""

    name: str
    place: str
    kind: str
    label: Markup
    number: int = 0
    help: Markup = Markup()
    example: Markup = Markup()
    advised: int = 0
    required: bool = False
    boxes: tuple[Box, ...] = ()
    choices: Sequence[Choice] = ()
    chosen: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    blank: tuple[Row, ...] = ()
    """One, from which the script makes more."""
    under: tuple[Question, ...] = ()
    cited: Cited | None = None

    @property
    def folds(self) -> bool:
        return len(self.choices) > FEW


class Part(Struct, frozen=True, kw_only=True):
    """A group of questions."""

    name: str
    title: Markup
    intro: Markup
    questions: tuple[Question, ...]
    open: bool
    answered: int
