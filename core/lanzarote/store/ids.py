"""Ids: UUIDv7 made where a record is born; UUIDv5 for shipped content, so that it is one thing everywhere."""

from __future__ import annotations

import os
import re
import time
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Final
from uuid import UUID, uuid5

from lanzarote.translation.folding import fold

SHIPPED = UUID("6f1c2a54-2b0d-5c57-9d8f-2f5c8f1d7a10")
"""Namespace of the ids of shipped content; never changes."""
FORM: Final = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""Of the ids of records."""
_FORM = re.compile(FORM)


def is_id(text: str) -> bool:
    """Whether *text* may be the id of a record, by its form."""
    return _FORM.fullmatch(text) is not None


def new_id() -> str:
    """Make a UUIDv7 (RFC 9562): its first 48 bits are the time in milliseconds, so that new rows sort last."""
    return _uuid7(time.time_ns() // 1_000_000, os.urandom(10))


def derived_id(base: str, what: str) -> str:
    """A UUIDv7 of the time of *base*, and always the same for the same *what*: made twice, it is one thing."""
    return _uuid7(UUID(base).int >> 80, blake2b(f"{base}/{what}".encode(), digest_size=10).digest())


def _uuid7(milliseconds: int, rest: bytes) -> str:
    value = milliseconds << 80 | int.from_bytes(rest, "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=value))


def shipped_id(region_id: str, kind: str, key: str) -> str:
    return str(uuid5(SHIPPED, f"{region_id}/{kind}/{key}"))


def slugify(text: str, *, limit: int = 72) -> str:
    """Make a readable piece of an address from *text* in any script.

    >>> slugify("L’hôpital Saint-Louis"), slugify("Їжачок і п’ять шкіл")
    ('l-hopital-saint-louis', 'їжачок-і-пять-шкіл')
    """
    words = "".join(_spelled(text)).split()
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word
        if len(longer) > limit:
            break
        slug = longer
    return slug or (words[0][:limit] if words else "record")


def _spelled(text: str) -> Iterator[str]:
    """The letters of *text* as an address has them: small, Latin ones without marks, a blank where there is none."""
    whole = False
    """Whether the letter before is of another script: its marks make it another letter, an apostrophe parts no word."""
    for char in unicodedata.normalize("NFC", text.lower()):
        plain = fold(char)
        if unicodedata.category(char).startswith("M"):
            yield char if whole else ""
        elif plain == "'":
            yield "" if whole else " "
        elif whole := _is_of_another_script(char, plain):
            yield char
        else:
            yield "".join(one if one.isalnum() else " " for one in plain)


def _is_of_another_script(char: str, plain: str) -> bool:
    return char.isalpha() and not plain.isascii() and not unicodedata.name(char, "").startswith("LATIN")


def moment_of(made_id: str) -> datetime:
    """When ``new_id`` made this id.

    >>> moment_of("0190a6a2-8c00-7000-8000-000000000000").year
    2024
    """
    return datetime.fromtimestamp((UUID(made_id).int >> 80) / 1000, UTC)
