"""In any script text stays in its box; the picture runs nothing, and its bytes never differ."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lanzarote.procedures.lanes import draw, escape, picture_of, windows
from lanzarote.procedures.measuring import width, wrap

from tests.core.practices.hostile_texts import PAYLOADS
from tests.core.procedures.drawing import SAMPLES, large, small

if TYPE_CHECKING:
    from playwright.sync_api import Page

SVG = "{http://www.w3.org/2000/svg}"
OVERRUN = """() => {
  const boxes = [...document.querySelectorAll('rect.step, rect.head')].map(box => box.getBoundingClientRect());
  return [...document.querySelectorAll('text.step-text tspan, text.lane-name tspan')].filter(line => {
    const own = line.getBoundingClientRect();
    return !boxes.some(box => own.left >= box.left && own.right <= box.right
      && own.top >= box.top - 1 && own.bottom <= box.bottom + 1);
  }).map(line => line.textContent);
}"""


@pytest.mark.parametrize("lang", SAMPLES)
def test_no_text_leaves_its_box(page: Page, tmp_path: Path, paris_site: str, lang: str) -> None:
    """Drawn by the face that a machine has, and by the site's own."""
    svg = draw(picture_of(large(lang)), "lanes")
    file = tmp_path / "lanes.svg"
    file.write_text(svg, encoding="utf-8")
    page.goto(file.as_uri())
    assert page.evaluate(OVERRUN) == []
    assert page.locator("text.step-text").count() == 60
    page.goto(f"{paris_site}/en/paris/procedures/example-first-words")
    page.evaluate("svg => { document.querySelector('.lanes-figure .table-scroll').innerHTML = svg }", svg)
    page.evaluate("document.fonts.ready")
    assert page.evaluate(OVERRUN) == []


def test_the_same_procedure_gives_the_same_bytes() -> None:
    assert draw(picture_of(large()), "x") == draw(picture_of(large()), "x")


def test_it_is_named_and_told_to_a_screen_reader_and_holds_no_script() -> None:
    flow = large()
    root = ElementTree.fromstring(draw(picture_of(flow), "lanes"))  # noqa: S314  # our own
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "lanes-title lanes-desc")
    assert root.findtext(f"{SVG}title") == flow.title
    assert root.findtext(f"{SVG}desc") == flow.description
    names = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert names == {"svg", "title", "desc", "rect", "text", "tspan", "path"}
    assert not any(name.startswith("on") or name in ("style", "href") for one in root.iter() for name in one.attrib)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_would_run_stands_in_it_as_text(payload: str) -> None:
    flow = small((), ends=(0,))
    step = type(flow.steps[0])(key="s", title=payload, lane=0, notes=(payload,), end=True)
    hostile = type(flow)(
        title=payload, language="en", description=payload, words=flow.words, lanes=flow.lanes, steps=(step,)
    )
    root = ElementTree.fromstring(draw(picture_of(hostile), "lanes"))  # noqa: S314  # our own
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg", "title", "desc", "rect", "text", "tspan", "path",
    }  # fmt: skip


@given(st.text())
def test_anything_can_be_written_as_xml(text: str) -> None:
    ElementTree.fromstring(f'<a b="{escape(text)}">{escape(text)}</a>')  # noqa: S314


@given(st.text(max_size=80), st.floats(30, 300))
def test_no_line_is_wider_than_its_room_and_no_letter_is_lost(text: str, room: float) -> None:
    lines = wrap(text, room, 12.0)
    assert all(width(line, 12.0) <= room for line in lines if len(line) > 2)
    assert "".join(lines).replace("-", "") == "".join(text.split()).replace("-", "") or " " in "".join(lines)


def test_parts_of_a_long_picture_hold_every_box_once() -> None:
    picture = picture_of(large())
    parts = windows(picture, 1_560)
    assert len(parts) > 3
    assert [start for start, _ in parts[1:]] == [end for _, end in parts[:-1]]
    for box in picture.layout.boxes:
        assert sum(start <= box.x and box.x + box.width <= end for start, end in parts) == 1


def test_a_picture_without_steps_or_with_one_can_be_drawn() -> None:
    empty: Any = type(large())(title="x", language="en", description="", words={}, lanes=(), steps=())
    for flow in (empty, small((), ends=(0,))):
        ElementTree.fromstring(draw(picture_of(flow), "lanes"))  # noqa: S314
