"""Reads JSON that somebody sent: everything in it is known and said once, or it is refused with the place named."""

from __future__ import annotations

import json
import re
from typing import Any, Final, TypeVar

import msgspec

from lanzarote.errors import LanzaroteError
from lanzarote.records.validation import LONGEST_ANYWHERE

T = TypeVar("T")

DEEPEST: Final = 24
"""How deep objects and lists may stand in each other; no resource takes more than half of it."""
# A string that never ends is one token too: looking for its end again and again would take for ever.
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
_PLACE: Final = re.compile(r"^(?P<text>.*?)(?: - at `(?:key` in `)?\$\.?(?P<place>[^`]*)`)?$", re.DOTALL)


class Unreadable(LanzaroteError):
    """What was sent is no JSON that can be read."""


class Misfit(LanzaroteError):
    """What was sent is JSON, but not what this address takes; *place* and *text* say where and why."""

    def __init__(self, place: str, text: str) -> None:
        super().__init__(f"{place}: {text}" if place else text)
        self.place, self.text = place, text


def read_json(raw: bytes, kind: type[T]) -> T:
    """The value of type *kind* in *raw*. Raises Unreadable, Misfit.

    >>> read_json(b'{"a": 1, "a": 2}', dict)
    Traceback (most recent call last):
    lanzarote.web.json_bodies.Unreadable: A name stands twice in the same object; say it once.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable("This is not UTF-8; send JSON as UTF-8.") from None
    _refuse_deep(text)
    try:
        # Looks for what msgspec lets pass: names said twice, numbers that are none.
        json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        raise _misfit(error) from None
    except (ValueError, RecursionError, msgspec.DecodeError):
        raise Unreadable("This is no JSON that can be read; send one JSON object.") from None


def _refuse_deep(text: str) -> None:
    depth = 0
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if sign in "[{":
            depth += 1
            if depth > DEEPEST:
                raise Unreadable(
                    f"Objects and lists stand deeper in each other than {DEEPEST} times; send less deep ones."
                )
        elif sign in "]}":
            depth -= 1


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    for name, value in pairs:
        for one in value if isinstance(value, list) else (value,):
            if isinstance(one, str) and len(one) > LONGEST_ANYWHERE:
                raise Misfit(name[:200], f"is longer than {LONGEST_ANYWHERE} characters: no field has room for more.")
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("A name stands twice in the same object; say it once.")
    return found


def _no_number(_: str) -> Any:
    raise Unreadable("NaN and Infinity are no JSON; leave the number out.")


def _misfit(error: msgspec.ValidationError) -> Misfit:
    """Where and why, in the words of the schema: what was sent itself is not repeated, but for names of fields."""
    match = _PLACE.match(str(error))
    place, text = (match["place"] or "", match["text"]) if match else ("", str(error))
    return Misfit(place[:200], f"{text[:200]}.")
