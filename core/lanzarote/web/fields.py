"""What a form holds, field by field: only what can be read without doubt is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_to_bytes

from lanzarote.errors import LanzaroteError
from lanzarote.translation.catalogues import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

NOT_TEXT = N_(
    "Some of its letters cannot be read: it was not sent as UTF-8. Nothing was kept. Send it again from our own page."
)
TWICE = N_(
    "A field was sent more than once, and nobody can tell which text counts. Nothing was kept. Send it again from our "
    "own page."
)
TOO_LARGE = N_(
    "There is more in this form than there is room for. Nothing was saved. Your text is below: copy it, then shorten "
    "it or send it in several parts."
)
SHORT: Final = 40
"""Shorter fields without a blank are choices and numbers rather than something written."""

Written = tuple[tuple[str, str], ...]


class Malformed(LanzaroteError):
    """A form that none of our pages would send; nothing of it is done."""

    def __init__(self, text: str, written: Written) -> None:
        super().__init__(text)
        self.texts = texts_in(written)
        """What somebody wrote, as far as it can be read."""


class TooLarge(Malformed):
    """A form that holds more than there is room for; nothing of it is done, and all of it is shown again."""


def texts_in(fields: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """What somebody wrote into *fields*, without what was but chosen."""
    return tuple(value for _, value in fields if len(value) >= SHORT or " " in value.strip())


def require_text(body: bytes, written: Written) -> None:
    """Raise Malformed unless the form in *body* is written as browsers write it: ASCII that stands for UTF-8."""
    try:
        unquote_to_bytes(body).decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed(NOT_TEXT, written) from None
    if not body.isascii():
        raise Malformed(NOT_TEXT, written)


def one_of(data: Mapping[str, Any], name: str) -> str:
    """The field *name*, exactly as it was written; empty without it. Raises Malformed."""
    value = data.get(name)
    if isinstance(value, list):
        raise Malformed(TWICE, tuple(pairs_of(data)))
    return value if isinstance(value, str) else ""


def many_of(data: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """All values of a field that may be sent several times."""
    value = data.get(name)
    values = value if isinstance(value, list) else [value]
    return tuple(one for one in values if isinstance(one, str))


def pairs_of(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every field with each of its values."""
    for name in data:
        for value in many_of(data, name):
            yield name, value


def refuse_repeated(data: Mapping[str, Any], may_repeat: Callable[[str], bool]) -> None:
    """Raise Malformed if a field was sent more than once that holds one thing."""
    for name in data:
        if not may_repeat(name):
            one_of(data, name)
