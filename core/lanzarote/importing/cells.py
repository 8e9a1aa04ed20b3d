"""What stands in a cell, as the form has it: words that were chosen become keys, and keys the words that are shown."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from lanzarote.practices.form_sheet import read_partial_date
from lanzarote.practices.sheets import NO_NUMBER
from lanzarote.records.validation import NO_DATE, unread_number
from lanzarote.translation import N_
from lanzarote.translation.folding import fold
from lanzarote.translation.typed_numbers import NotRead, number_for, read_number

if TYPE_CHECKING:
    from lanzarote.importing.columns import Column, Option

UNKNOWN: Final = N_("“%(value)s” is not among what can be chosen here. Choose from: %(choices)s.")
UNKNOWN_OF_MANY: Final = N_(
    "“%(value)s” is not among what can be chosen here. Of %(count)s choices, these are the first: %(choices)s."
)
NOTHING_THERE: Final = N_("“%(value)s” cannot be chosen here: there is nothing to choose from yet.")
NEARLY: Final = N_("“%(value)s” is not among what can be chosen here. Did you mean “%(near)s”?")
SEPARATOR: Final = "; "
_SEPARATORS: Final = re.compile(r"\s*[;\n]\s*")
_REFERENCES: Final = re.compile(r"[\s,;]+")
_LONGEST_TOLD: Final = 80
_LIKE_ENOUGH: Final = 0.7
_MOST_TOLD: Final = 10
"""Choices that are told; a file such as CSV has no list of them."""


class Unreadable(Exception):
    """What stands in a cell fits none of what can be chosen; *text* is to be translated, with ``values`` put in."""

    def __init__(self, text: str, value: str = "", **values: str) -> None:
        super().__init__(text)
        self.text, self.values = text, {"value": value[:_LONGEST_TOLD], **values}


class Cell:
    """How one column is written and read."""

    def __init__(self, column: Column, lang: str) -> None:
        self.column = column
        self._lang = lang
        self._values: dict[str, str] = {}
        """What is written, folded → value. Keys count before labels, those before other words; never what means two."""
        for words in (_keys, _labels, _other_words):
            found: dict[str, set[str]] = {}
            for option in column.options:
                for word in words(option):
                    found.setdefault(_folded(word), set()).add(option.value)
            for word, values in found.items():
                if len(values) == 1:
                    self._values.setdefault(word, *values)
        self._labels = {
            option.value: option.label
            for option in column.options
            if self._values.get(_folded(option.label)) == option.value and not _SEPARATORS.search(option.label)
        }

    def written(self, values: tuple[str, ...]) -> str:
        """*values* as a file has them."""
        if self.column.told.kind == "number":
            return SEPARATOR.join(self._number_written(value) for value in values)
        return SEPARATOR.join(self._labels.get(value, value) for value in values)

    def read(self, text: str) -> tuple[str, ...]:
        """The values that *text* stands for. Raises Unreadable."""
        text = tidy(text)
        if not text:
            return ()
        kind = self.column.told.kind
        if kind == "choice":
            return (self._one(text),)
        if kind == "choices":
            if _folded(text) in self._values:
                return (self._one(text),)
            parts = (_REFERENCES if self.column.field == "convention" else _SEPARATORS).split(text)
            return tuple(dict.fromkeys(self._one(part) for part in parts if part))
        if kind == "date" and read_partial_date(text, self._lang) is None:
            raise Unreadable(NO_DATE)
        if kind == "number":
            self._number(text)
        return (text,)

    def same(self, text: str, values: tuple[str, ...]) -> bool:
        """Whether *text* says nothing else than *values*."""
        if tidy(text) == tidy(self.written(values)):
            return True
        try:
            read, before = self.read(text), self.read(self.written(values))
        except Unreadable:
            return False
        kind = self.column.told.kind
        if kind == "number" and read and before:
            return self._number(read[0]) == self._number(before[0])
        if kind == "date" and read and before:
            return read_partial_date(read[0], self._lang) == read_partial_date(before[0], self._lang)
        return set(read) == set(before) if kind == "choices" else read == before

    def _number(self, text: str) -> float:
        try:
            return read_number(text, self._lang)
        except NotRead as error:
            fault = unread_number(self.column.field, error, NO_NUMBER)
            raise Unreadable(fault.text, str(fault.value)) from None

    def _number_written(self, value: str) -> str:
        try:
            return number_for(float(value), self._lang)
        except ValueError:  # answered when the question did not ask for a number
            return value

    def _one(self, text: str) -> str:
        known = self._values.get(_folded(text))
        if known is not None:
            return known
        if self.column.free:
            return text
        near = get_close_matches(_folded(text), self._values, n=1, cutoff=_LIKE_ENOUGH)
        if not near:
            raise self._unknown(text)
        value = self._values[near[0]]
        label = next(one.label for one in self.column.options if one.value == value)
        raise Unreadable(NEARLY, text, near=label)

    def _unknown(self, text: str) -> Unreadable:
        labels = [choice.label for choice in self.column.told.choices]
        if not labels:
            return Unreadable(NOTHING_THERE, text)
        told = SEPARATOR.join(labels[:_MOST_TOLD])
        words = UNKNOWN if len(labels) <= _MOST_TOLD else UNKNOWN_OF_MANY
        return Unreadable(words, text, choices=told, count=str(len(labels)))


def _keys(option: Option) -> tuple[str, ...]:
    return (option.value,)


def _labels(option: Option) -> tuple[str, ...]:
    return (option.label,)


def _other_words(option: Option) -> tuple[str, ...]:
    return option.also


def tidy(text: str) -> str:
    """*text* with line breaks and ends as forms keep them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _folded(text: str) -> str:
    return " ".join(fold(text).split())
