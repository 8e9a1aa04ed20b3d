"""Telephone numbers: what one is, what a link dials, and those that answer in many countries of Europe."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from lanzarote.runtime.reading import converted
from lanzarote.types import Helpline, Source

# --- What a telephone number is, and what a link dials ---

_SPACE: Final = r"[ \u00a0\u2009\u202f]"
_FORM: Final = re.compile(rf"\+?(?:[0-9*#]|{_SPACE}|[./()\[\]\u2010-\u2013-])+")
_TRUNK: Final = re.compile(rf"^(\s*(?:\+|00)[^()\[\]]*)[(\[]{_SPACE}*0{_SPACE}*[)\]]")
"""The nought that is dialled inside a country only, behind the code of the country: +386 (0)1."""
_FIGURES: Final = range(2, 16)
"""As many as a number may have; E.164 knows no longer ones."""


def dialled(number: str, *, text_messages: bool = False) -> str:
    """The address that calls *number*, or opens a text message to it.

    Empty when it is no telephone number, so that no link is made of it.

    >>> dialled("116 000"), dialled("+386 (0)1 234 56 78"), dialled("*111#")
    ('tel:116000', 'tel:+38612345678', 'tel:*111%23')
    >>> dialled("114", text_messages=True)
    'sms:114'
    >>> dialled("javascript:alert(1)"), dialled("116 111 or 112")
    ('', '')
    """
    scheme = "sms:" if text_messages else "tel:"
    return "" if unfit_number(number) else scheme + _signs(number).replace("#", "%23")


def unfit_number(text: str) -> str:
    """Why *text* is not one telephone number; empty when it is."""
    fits = _FORM.fullmatch(text.strip()) and len(re.sub("[^0-9]", "", _signs(text))) in _FIGURES
    if fits and not _holds_two(text):
        return ""
    wrong = "holds two telephone numbers" if fits else "is no telephone number"
    return (
        f"{text[:80]!r} {wrong}; write one number in figures, such as 116 111, +386 1 234 56 78 or *111#, "
        "a second one as a line of its own, and words under for_whom or hours"
    )


def _signs(number: str) -> str:
    return re.sub("[^+*#0-9]", "", _TRUNK.sub(r"\1", number))


def _holds_two(text: str) -> bool:
    """Whether a stroke stands between two numbers, and not behind the code of an area, as in 0800/111 0 111."""
    first, *others = (_signs(part) for part in text.split("/"))
    behind_code = first.startswith(("0", "+"))
    return bool(others) and not (behind_code and all(map(_continues, others)))


def _continues(part: str) -> bool:
    return not part.startswith("+") and not (part.startswith("0") and len(part) > 2)


# --- Numbers that answer in many countries of Europe, as data of the platform: no database is asked for them ---


class European(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines by their number, and what they were read in."""

    sources: dict[str, Source]
    lines: dict[str, Helpline]


@cache
def european() -> European:
    """The lines in the order in which they are shown."""
    return converted(tomllib.loads((files("lanzarote") / "data" / "helplines.toml").read_text("utf-8")), European)
