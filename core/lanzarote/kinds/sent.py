"""A form as it was sent: read once where it comes in, and handed down as one value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lanzarote.web.forms import TWICE, Malformed
from lanzarote.web.refusals import let_pass_in, reasons_in

if TYPE_CHECKING:
    from lanzarote.records.save_checks import Place


class SentForm(Mapping[str, "str | list[str]"]):
    """Name of a field → what was typed or chosen in it, without the space around it.

    >>> sent = SentForm({"place": " Paris ", "rows[1].title.fr": "Un", "do": "more:rows"})
    >>> sent.one("place"), sent.rows("rows"), sent.do
    ('Paris', [1], 'more:rows')
    """

    def __init__(self, data: Mapping[str, Any] = {}) -> None:
        self._values = {name: _plain(value) for name, value in data.items() if isinstance(value, str | list | tuple)}

    def __getitem__(self, name: str) -> str | list[str]:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def one(self, name: str) -> str:
        """What stands in a field. Raises Malformed if it was sent twice."""
        value = self._values.get(name, "")
        if isinstance(value, list):
            raise Malformed(TWICE, tuple(self.pairs()))
        return value

    def many(self, name: str) -> tuple[str, ...]:
        """All values of a field that may be sent several times."""
        value = self._values.get(name, [])
        return (value,) if isinstance(value, str) else tuple(value)

    def number(self, name: str) -> int:
        """A whole number; 0 for anything else."""
        text = self.one(name)
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every field with each of its values."""
        return ((name, value) for name in self._values for value in self.many(name))

    # Rows

    def rows(self, name: str) -> list[int]:
        """Numbers of the rows of *name*."""
        found = re.compile(rf"{re.escape(name)}\[(\d{{1,3}})\]\.", re.ASCII)
        return sorted({int(match[1]) for one in self._values if (match := found.match(one))})

    def below(self, place: str) -> SentForm:
        """The fields whose names begin with *place*, without it: those of one row."""
        return SentForm({name[len(place) :]: value for name, value in self._values.items() if name.startswith(place)})

    def having(self, values: Mapping[str, Any]) -> SentForm:
        """The same form with other *values*."""
        return SentForm({**self._values, **values})

    def without(self, start: str) -> SentForm:
        """The same form without the fields whose names begin with *start*."""
        return SentForm({name: value for name, value in self._values.items() if not name.startswith(start)})

    # What its buttons and hidden fields say

    @property
    def do(self) -> str:
        """The button."""
        return self.one("do")

    @property
    def version(self) -> int:
        """The version of the record that was read; 0: a record that is not saved yet."""
        return self.number("version")

    @cached_property
    def reasons(self) -> dict[tuple[str, str], str]:
        """(place, code) → why something stays that the guard asked about."""
        return reasons_in(self._values)

    @cached_property
    def let_pass(self) -> dict[Place, str]:
        """(package, code, place) → why it is saved although a package objects."""
        return let_pass_in(self._values)


def _plain(value: Any) -> str | list[str]:
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    return [one.replace("\r\n", "\n").strip() for one in value if isinstance(one, str)]
