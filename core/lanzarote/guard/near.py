"""What stands near a number, an account or a profile and tells whose it is: a person's, or a body's that has it."""

from __future__ import annotations

import re

from lanzarote.guard.lexicon import (
    CHILD,
    KIN,
    ORGANISATION,
    PARTY,
    PRIVATE,
    SCHOOL,
    SERVICE,
    TITLE,
    left_of,
    right_of,
)

PERSON = CHILD | PARTY | KIN | TITLE | PRIVATE
OFFICE = SERVICE | SCHOOL | ORGANISATION
_SENTENCE_END = re.compile(r"(?<=\w\w\w)[.!?](?= [^\W\d_a-z])|\n(?=[-–•*])|\"[,:\[\]{}]+\"")
"""Of a text, and of one text among others in JSON."""


def sentence_before(text: str, start: int, width: int) -> str:
    """The beginning of the sentence that goes on at *start*, whole words of at most *width* signs."""
    return _SENTENCE_END.split(left_of(text, start, width))[-1]


def sentence_after(text: str, end: int, width: int) -> str:
    return _SENTENCE_END.split(right_of(text, end, width))[0]
