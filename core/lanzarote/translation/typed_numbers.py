"""Numbers as people type them, and as a field holds them for people of any language."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final

from lanzarote.translation.formats import locale_of

_BLANKS: Final = re.compile(r"[\s\u00a0\u202f’']")
_BY_COMMA: Final = re.compile(r"-?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?")
_BY_POINT: Final = re.compile(r"-?[1-9][0-9]{0,2}((\.[0-9]{3}){2,}|(\.[0-9]{3})+,[0-9]+)")
_EITHER: Final = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")
"""Thousands with a point, or three decimals."""
_NUMBER: Final = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,20})?")


class NotRead(ValueError):
    """What was typed is no number, or can be two: *ways* are these, each as nobody can mistake it."""

    def __init__(self, *ways: str) -> None:
        super().__init__("it can be read as two numbers" if ways else "it is no number")
        self.ways = ways


def read_number(text: str, lang: str) -> float:
    """The number that a reader of *lang* typed. Raises NotRead.

    >>> read_number("1 200,5", "fr"), read_number("1,200.5", "en"), read_number("1.234", "fr")
    (1200.5, 1200.5, 1.234)
    >>> read_number("0,234", "en"), read_number("1.234,5", "is"), read_number("1.234.567", "de")
    (0.234, 1234.5, 1234567.0)
    >>> try:
    ...     read_number("1.234", "is")
    ... except NotRead as error:
    ...     error.ways
    ('1234', '1,234')
    """
    plain = _BLANKS.sub("", text).replace("\u2212", "-")
    group, decimal = _signs(lang)
    if group == "." and _EITHER.fullmatch(plain):
        raise NotRead(plain.replace(".", ""), plain.replace(".", decimal))
    if (group == "," and _BY_COMMA.fullmatch(plain)) or (group == "." and _BY_POINT.fullmatch(plain)):
        plain = plain.replace(group, "")
    plain = plain.replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        raise NotRead
    return float(plain)


def number_text(value: float) -> str:
    """*value* for a field, whatever the language it is read in.

    >>> [number_text(one) for one in (12.0, 7.5, 1.234, 1e15)]
    ['12', '7.5', '1.2340', '1000000000000000']
    """
    text = _plain(value)
    return f"{text}0" if _EITHER.fullmatch(text) else text


def number_for(value: float, lang: str) -> str:
    """*value* for a field that is read in *lang* alone.

    >>> number_for(1.234, "is"), number_for(1234.5, "en")
    ('1,234', '1234.5')
    """
    return _plain(value).replace(".", _signs(lang)[1])


def _plain(value: float) -> str:
    return f"{Decimal(repr(value)).normalize():f}"


@lru_cache(maxsize=256)
def _signs(lang: str) -> tuple[str, str]:
    """What stands between thousands, and before decimals."""
    from babel import numbers

    locale = locale_of(lang)
    return numbers.get_group_symbol(locale), numbers.get_decimal_symbol(locale)
