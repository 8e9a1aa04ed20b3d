"""Numbers that answer in many countries of Europe, as data of the platform: no database is asked for them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from lanzarote.types import Helpline, Source


class European(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines by their number, and what they were read in."""

    sources: dict[str, Source]
    lines: dict[str, Helpline]


@cache
def european() -> European:
    """The lines in the order in which they are shown."""
    return msgspec.convert(tomllib.loads((files("lanzarote") / "data" / "helplines.toml").read_text("utf-8")), European)
