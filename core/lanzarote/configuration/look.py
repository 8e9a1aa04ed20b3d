"""The look of the organisation that runs an instance: its colours, read easily by everybody, and its mark."""

from __future__ import annotations

import re
import struct
from colorsys import hls_to_rgb, rgb_to_hls
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal
from xml.etree import ElementTree

from msgspec import Struct

from lanzarote.configuration.sources import PREFIX
from lanzarote.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Scheme = Literal["light", "dark"]

TEXT: Final = 4.5
"""Contrast that text needs (WCAG 2.2, 1.4.3); shapes need 3:1, and have the colours of text here."""
LARGEST_MARK: Final = 200_000
"""Bytes: it is on every page."""
LARGEST_SIDE: Final = 2_000
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_SVG: Final = "{http://www.w3.org/2000/svg}"
_ACTIVE: Final = frozenset({"script", "foreignobject", "iframe", "embed", "object", "handler", "listener"})


class Tones(Struct, frozen=True, kw_only=True):
    """What one accent colour amounts to in a scheme; each as ``#rrggbb``."""

    accent: str
    deep: str
    """Of what the pointer is on."""
    soft: str
    """Behind notes and the strip of help lines."""
    ink: str
    """Text on accent and deep."""
    room: str
    """Behind the bar of a team."""
    room_ink: str


class Mark(Struct, frozen=True):
    kind: Literal["svg", "png"]
    body: bytes

    @property
    def name(self) -> str:
        return f"mark.{self.kind}"


def read_colour(name: str, text: str, scheme: Scheme) -> str:
    """The accent colour that the setting *name* gives, as ``#rrggbb``.

    Raises SettingError for what is no colour, or cannot be read on the pages' backgrounds.
    """
    colour = text.lower()
    if re.fullmatch("#[0-9a-f]{3}", colour):
        colour = "#" + "".join(2 * sign for sign in colour[1:])
    if not re.fullmatch("#[0-9a-f]{6}", colour):
        raise SettingError(f"{PREFIX}{name} is {text!r}; write a colour as #rrggbb, such as #0b5766.")
    weakest, behind = min((contrast(one, back), back) for one, back in _pairs(colour, scheme))
    if weakest < TEXT:
        raise SettingError(
            f"{PREFIX}{name} is {colour}; against {behind}, a background of the {scheme} pages, its contrast is "
            f"{weakest:.2f}:1, and text needs {TEXT}:1 (WCAG 2.2). The nearest colour that has it is "
            f"{nearest(colour, scheme)}."
        )
    return colour


def read_mark(path: Path) -> Mark:
    """The picture that the setting MARK names. Raises SettingError for what is no picture, too large, or active."""
    called = f"{PREFIX}MARK names {path}, which"
    try:
        with path.open("rb") as file:
            body = file.read(LARGEST_MARK + 1)
    except OSError as error:
        raise SettingError(f"{called} cannot be read ({error.strerror}).") from None
    if len(body) > LARGEST_MARK:
        raise SettingError(f"{called} is larger than {LARGEST_MARK // 1000} kB; it is on every page: make it smaller.")
    if body.startswith(_PNG) and body[12:16] == b"IHDR" and len(body) > 32:
        if max(struct.unpack(">II", body[16:24])) > LARGEST_SIDE:
            raise SettingError(f"{called} is more than {LARGEST_SIDE} pixels wide or high; make it smaller.")
        return Mark("png", body)
    if why := _not_drawn(body):
        raise SettingError(f"{called} {why}")
    return Mark("svg", body)


def style_sheet(accent: str, accent_dark: str) -> str:
    """The tokens of the instance, which stand after those of the platform; "" where it has no colour of its own."""
    if not accent and not accent_dark:
        return ""
    light = _rule(accent, "light") if accent else ""
    dark = _rule(accent_dark or nearest(accent, "dark"), "dark")
    on_paper = f"@media print{{{light}}}\n" if light else ""
    return f"{light}\n@media (prefers-color-scheme:dark){{{dark}}}\n{on_paper}"


def tones(accent: str, scheme: Scheme) -> Tones:
    """What goes with *accent*."""
    known = _tokens(scheme)
    surface = known["surface"]
    if scheme == "light":
        deep = mixed(accent, "#000000", 0.73)
        ink = "#ffffff"
        return Tones(accent=accent, deep=deep, soft=mixed(accent, surface, 0.1), ink=ink, room=deep, room_ink=ink)
    return Tones(
        accent=accent,
        deep=mixed(accent, "#ffffff", 0.6),
        soft=mixed(accent, surface, 0.12),
        ink=known["sunk"],
        room=mixed(accent, surface, 0.18),
        room_ink=known["ink"],
    )


def nearest(colour: str, scheme: Scheme) -> str:
    """The colour of the same hue, darker or lighter, that can be read on every background of *scheme*."""
    hue, lightness, saturation = rgb_to_hls(*_parts(colour))
    step = -1 if scheme == "light" else 1
    tried = [colour, *(_hex(hls_to_rgb(hue, lightness + step * number / 255, saturation)) for number in range(256))]
    return next(one for one in tried if all(contrast(*pair) >= TEXT for pair in _pairs(one, scheme)))


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2.

    >>> contrast("#000000", "#ffffff"), round(contrast("#777777", "#ffffff"), 2)
    (21.0, 4.48)
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(colour: str, other: str, share: float) -> str:
    """*share* of *colour* in *other*.

    >>> mixed("#ffffff", "#000000", 0.5)
    '#808080'
    """
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return _hex(tuple(share * one + (1 - share) * rest for one, rest in pairs))


def _pairs(accent: str, scheme: Scheme) -> Iterator[tuple[str, str]]:
    """Every text in the accent colour, or on it, with what is behind it."""
    known, made = _tokens(scheme), tones(accent, scheme)
    for behind in (known["paper"], known["surface"], known["sunk"], made.soft):
        yield made.accent, behind
        yield made.deep, behind
    yield made.ink, made.accent
    yield made.ink, made.deep
    yield made.room_ink, made.room
    yield known["ink"], made.soft
    yield known["muted"], made.soft


def _rule(accent: str, scheme: Scheme) -> str:
    made = tones(accent, scheme)
    names = {"accent-deep": made.deep, "accent-soft": made.soft, "accent-ink": made.ink}
    names |= {"room": made.room, "room-ink": made.room_ink}
    return f":root{{{';'.join(f'--{name}:{colour}' for name, colour in ({'accent': made.accent} | names).items())}}}"


@cache
def _tokens(scheme: Scheme) -> dict[str, str]:
    """The platform's own colours, by name."""
    sheet = (files("lanzarote") / "web" / "static" / "tokens.css").read_text("utf-8")
    light, _, dark = sheet.partition("prefers-color-scheme: dark")
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light if scheme == "light" else dark))


def _parts(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _hex(parts: tuple[float, ...]) -> str:
    return "#" + "".join(f"{min(255, max(0, round(255 * part))):02x}" for part in parts)


def _luminance(colour: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _not_drawn(body: bytes) -> str:
    """Why *body* is no picture in SVG that only shows itself; "" where it is."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:  # they can make a small file large
        return "has a DOCTYPE; save it as plain SVG."
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - the operator's own file, and nothing in it is expanded
    except (ElementTree.ParseError, ValueError, LookupError):
        return "is neither SVG nor PNG."
    if root.tag != f"{_SVG}svg":
        return "is neither SVG nor PNG."
    for element in root.iter():
        local = str(element.tag).rpartition("}")[2].lower()
        names = [name.rpartition("}")[2].lower() for name in element.attrib]
        if local in _ACTIVE or any(name.startswith("on") for name in names):
            return f"holds something to run ({local}); save it as plain SVG."
    return ""
