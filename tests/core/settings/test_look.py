"""The colours of an organisation are taken if everybody can read them, its mark if it only shows itself."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lanzarote.configuration.look import LARGEST_MARK, contrast, nearest, style_sheet
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import SettingError

DRAWN = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">%b</svg>'
HEAD = bytes.fromhex("89504e470d0a1a0a0000000d49484452")
colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def png(width: int, height: int) -> bytes:
    """As much of a picture as says its size."""
    return HEAD + width.to_bytes(4, "big") + height.to_bytes(4, "big") + zlib.compress(b"x" * 99)


def refused(**settings: str) -> str:
    with pytest.raises(SettingError) as error:
        read_settings({f"LANZAROTE_{name}": value for name, value in settings.items()})
    return str(error.value)


def test_a_colour_that_is_too_weak_is_refused_with_its_contrast_and_the_nearest_that_does() -> None:
    assert refused(ACCENT="#e2001a") == (
        "LANZAROTE_ACCENT is #e2001a; against #fce5e4, a background of the light pages, its contrast is 4.11:1, and "
        "text needs 4.5:1 (WCAG 2.2). The nearest colour that has it is #d60019."
    )
    assert read_settings({"LANZAROTE_ACCENT": "#d60019"}).accent == "#d60019"
    told = refused(ACCENT_DARK="#0b5766")
    assert "a background of the dark pages" in told
    named = told.rpartition(" ")[2].rstrip(".")
    assert read_settings({"LANZAROTE_ACCENT_DARK": named}).accent_dark == named


@pytest.mark.parametrize("text", ["red", "#12345", "#1234567", "rgb(1,2,3)", "#0b5766;color:red", "#äöü"])
def test_a_colour_is_written_in_one_way(text: str) -> None:
    assert refused(ACCENT=text) == f"LANZAROTE_ACCENT is {text!r}; write a colour as #rrggbb, such as #0b5766."


@given(colours)
def test_every_colour_has_one_near_it_that_can_be_read_in_either_scheme(colour: str) -> None:
    light, dark = nearest(colour, "light"), nearest(colour, "dark")
    for name, value in (("ACCENT", light), ("ACCENT_DARK", dark)):
        read_settings({f"LANZAROTE_{name}": value})
    sheet = style_sheet(colour if colour == light else light, "")
    for block in re.findall(r":root{([^}]+)}", sheet):
        made = dict(re.findall(r"--([\w-]+):(#[0-9a-f]{6})", block))
        assert contrast(made["accent"], made["accent-soft"]) >= 4.5
        assert contrast(made["accent-ink"], made["accent"]) >= 4.5
        assert contrast(made["room-ink"], made["room"]) >= 4.5


def test_one_colour_is_enough_for_light_dark_and_paper() -> None:
    schemes = re.findall(r"(@media[^{]*)?{?:root{--accent:(#\w+)", style_sheet("#a3123a", ""))
    dark = nearest("#a3123a", "dark")
    assert schemes == [("", "#a3123a"), ("@media (prefers-color-scheme:dark)", dark), ("@media print", "#a3123a")]
    assert re.findall("--accent:(#.{6})", style_sheet("", "#ee6389")) == ["#ee6389"]
    assert style_sheet("", "") == ""


@pytest.mark.parametrize("body", [DRAWN % b'<path d="M0 0h9v9z"/>', png(64, 64), png(2_000, 40)])
def test_a_mark_is_a_small_drawing_or_picture(tmp_path: Path, body: bytes) -> None:
    (file := tmp_path / "mark").write_bytes(body)
    assert read_settings({"LANZAROTE_MARK": str(file)}).mark == str(file)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "is neither SVG nor PNG."),
        (b"GIF89a", "is neither SVG nor PNG."),
        (b"<html/>", "is neither SVG nor PNG."),
        (HEAD, "is neither SVG nor PNG."),
        (png(2_001, 4), "is more than 2000 pixels wide or high; make it smaller."),
        (DRAWN % b"x" * LARGEST_MARK, "is larger than 200 kB; it is on every page: make it smaller."),
        (DRAWN % b"<script/>", "holds something to run (script); save it as plain SVG."),
        (DRAWN % b'<g onload="x"/>', "holds something to run (g); save it as plain SVG."),
        (DRAWN % b"<foreignObject/>", "holds something to run (foreignobject); save it as plain SVG."),
        (b"<!DOCTYPE svg>" + DRAWN % b"", "has a DOCTYPE; save it as plain SVG."),
    ],
)
def test_another_file_is_no_mark(tmp_path: Path, body: bytes, told: str) -> None:
    (file := tmp_path / "mark").write_bytes(body)
    assert refused(MARK=str(file)) == f"LANZAROTE_MARK names {file}, which {told}"


def test_a_mark_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert refused(MARK=str(tmp_path / "x")).endswith("/x, which cannot be read (No such file or directory).")
