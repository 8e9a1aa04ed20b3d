"""The picture of a procedure: swim lanes as SVG, the same bytes for the same flow. The table beside it says the same.

Colours stand in attributes, so that the file is whole by itself; the style sheet of a page overrides them by class.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from lanzarote.procedures.layout import Edge, Layout, Node, lay_out
from lanzarote.procedures.measuring import wrap
from lanzarote.translation import Foreign

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lanzarote.procedures.layout import Box, Line
    from lanzarote.types import ProcedureStep, Side

WIDE: Final = 188.0
"""Width of a box."""
PAD: Final = 11.0
HEAD: Final = 142.0
"""Width of what says whose lane it is."""
TITLE: Final = 14.0
SMALL: Final = 12.5
LEADING: Final = 1.32
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
FACES: Final = "Source Sans 3, Noto Sans Georgian, Noto Sans Armenian, Noto Sans, DejaVu Sans, sans-serif"
SIDES: Final = {"public": "#33569f", "civil-society": "#aa6a12", "mixed": "#593b77", "private": "#4a5660"}


# What is drawn


class FlowLane(Struct, frozen=True, kw_only=True):
    """Who is responsible: a stakeholder, a sector, or nobody that is named."""

    name: str
    side: Side | None = None
    side_words: str = ""


class Way(Struct, frozen=True, kw_only=True):
    """Where it goes on."""

    to: int
    """Place of the step that follows."""
    condition: str = ""
    """Under which condition; empty: always, or where none of the others holds."""


class FlowStep(Struct, frozen=True, kw_only=True):
    key: str
    title: str
    lane: int
    notes: tuple[str, ...] = ()
    """What a picture says below the title: deadline, whether it begins or ends here."""
    told: tuple[str, ...] = ()
    """Everything else that is known of it, line by line."""
    trigger: str = ""
    ways: tuple[Way, ...] = ()
    end: bool = False


class Flow(Struct, frozen=True, kw_only=True):
    title: str
    language: str
    description: str
    """What a picture of it shows, in a sentence."""
    words: Mapping[str, str]
    """Words of the reader's that a file needs: ``start``, ``question``, ``otherwise``, ``end``, ``unknown``."""
    lanes: tuple[FlowLane, ...]
    steps: tuple[FlowStep, ...]

    @property
    def entries(self) -> tuple[int, ...]:
        """Places of the steps where it begins: the first, and each that nothing leads to."""
        led = {way.to for place, step in enumerate(self.steps) for way in step.ways if way.to != place}
        return tuple(place for place in range(len(self.steps)) if place == 0 or place not in led)


def ways_of(step: ProcedureStep, places: Mapping[str, int], condition_of: Mapping[int, str]) -> tuple[Way, ...]:
    """The ways on from *step*, each target once; *condition_of*: number of a branch → its condition in words.

    Targets that are not there are left out. What follows anyway follows under no condition.
    """
    found: dict[int, list[str]] = {}
    for number, branch in enumerate(step.branches):
        if branch.to in places and branch.to not in step.next:
            found.setdefault(places[branch.to], []).append(condition_of[number])
    for key in step.next:
        if key in places:
            found.setdefault(places[key], [])
    return tuple(
        Way(to=to, condition=words[0] if len(words) == 1 else " / ".join(filter(None, words)))
        for to, words in found.items()
    )


# How it is drawn


class Text(Struct, frozen=True, kw_only=True):
    """A line of text in a box or at the head of a lane."""

    text: str
    size: float
    bold: bool = False
    lang: str = ""
    """Where it is not that of the picture."""


class Picture(Struct, frozen=True, kw_only=True):
    """A flow, laid out; parts of it can be drawn."""

    flow: Flow
    layout: Layout
    texts: tuple[tuple[Text, ...], ...]
    """Of each step."""
    heads: tuple[tuple[Text, ...], ...]
    """Of each lane."""

    @property
    def width(self) -> float:
        return HEAD + self.layout.width


def picture_of(flow: Flow) -> Picture:
    texts = tuple(tuple(_step_texts(number, step)) for number, step in enumerate(flow.steps, 1))
    heads = tuple(tuple(_lane_texts(lane)) for lane in flow.lanes)
    nodes = [
        Node(id=str(place), lane=step.lane, width=WIDE, height=_height(texts[place]) + 2 * PAD)
        for place, step in enumerate(flow.steps)
    ]
    edges = [
        Edge(id=f"{place}-{number}", source=str(place), target=str(way.to))
        for place, step in enumerate(flow.steps)
        for number, way in enumerate(step.ways)
    ]
    layout = lay_out(nodes, edges, [_height(texts) + 2 * PAD for texts in heads])
    return Picture(flow=flow, layout=layout, texts=texts, heads=heads)


def windows(picture: Picture, room: float) -> tuple[tuple[float, float], ...]:
    """Parts of the picture from left to right, each no wider than *room* where a box lets it; none cuts a box."""
    found, start = [], 0.0
    cuts = picture.layout.cuts
    for before, cut in pairwise(cuts):
        if cut - start > room - HEAD and before > start:
            found.append((start, before))
            start = before
    return (*found, (start, cuts[-1]))


def draw(picture: Picture, name: str, window: tuple[float, float] | None = None) -> str:
    """SVG of *picture*, or of the part within *window*; *name* makes the ids in it, and differs on one page."""
    flow, layout = picture.flow, picture.layout
    left, right = window or (0.0, layout.width)
    width, height = HEAD + right - left, layout.height
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="lanes" viewBox="0 0 {_n(width)} {_n(height)}" '
        f'width="{_n(width)}" height="{_n(height)}" role="img" aria-labelledby="{name}-title {name}-desc" '
        f'lang="{escape(flow.language)}" font-family="{FACES}">',
        f'<title id="{name}-title"{_marked(lang_of(flow.title))}>{escape(flow.title)}</title>',
        f'<desc id="{name}-desc"{_marked(lang_of(flow.description))}>{escape(flow.description)}</desc>',
        f'<rect class="ground" width="{_n(width)}" height="{_n(height)}" fill="#fffefb"/>',
    ]
    for lane, texts, place in zip(flow.lanes, picture.heads, layout.lanes, strict=True):
        parts += _lane(lane, texts, place.y, place.height, width)
    parts.append(
        f'<svg x="{_n(HEAD)}" y="0" width="{_n(right - left)}" height="{_n(height)}" '
        f'viewBox="{_n(left)} 0 {_n(right - left)} {_n(height)}">'
    )
    parts += [_line(flow, line) for line in layout.lines]
    for box, texts, step in zip(layout.boxes, picture.texts, flow.steps, strict=True):
        parts += _box(box, texts, step, flow.lanes[step.lane])
    return "".join((*parts, "</svg></svg>"))


def _step_texts(number: int, step: FlowStep) -> Iterator[Text]:
    room = WIDE - 2 * PAD
    yield from _lines(f"{number}. {step.title}", room, TITLE, lang_of(step.title))
    for note in step.notes:
        yield from _lines(note, room, SMALL, lang_of(note))
    for letter, condition in _lettered(step):
        yield from _lines(f"{letter} – {condition}", room, SMALL, lang_of(condition))


def _lines(text: str, room: float, size: float, lang: str) -> Iterator[Text]:
    bold = size == TITLE
    return (Text(text=line, size=size, bold=bold, lang=lang) for line in wrap(text, room, size, bold=bold))


def lang_of(text: str) -> str:
    """The language of a text that knows it is in another one than its page."""
    return text.lang if isinstance(text, Foreign) else ""


def _lettered(step: FlowStep) -> Iterator[tuple[str, str]]:
    """The conditions, each with the letter that stands at its line."""
    conditions = [way.condition for way in step.ways if way.condition]
    for number, condition in enumerate(conditions):
        yield _letter(number), condition


def _letter(number: int) -> str:
    return LETTERS[number] if number < len(LETTERS) else str(number + 1)


def _lane_texts(lane: FlowLane) -> Iterator[Text]:
    room = HEAD - 2 * PAD - 6
    yield from _lines(lane.name, room, TITLE, lang_of(lane.name))
    yield from _lines(lane.side_words, room, SMALL, lang_of(lane.side_words))


def _height(texts: Sequence[Text]) -> float:
    return sum(text.size * LEADING for text in texts)


def _lane(lane: FlowLane, texts: Sequence[Text], y: float, height: float, width: float) -> Iterator[str]:
    colour = SIDES.get(lane.side or "", "#79838a")
    side = lane.side or "none"
    yield (
        f'<rect class="lane" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" fill="none" stroke="#b9b3a4"/>'
        f'<rect class="head" y="{_n(y)}" width="{_n(HEAD)}" height="{_n(height)}" fill="#f2eee4" stroke="#b9b3a4"/>'
        f'<rect class="side side-{side}" y="{_n(y)}" width="6" height="{_n(height)}" fill="{colour}"/>'
    )
    yield _text(texts, PAD + 6, y + height / 2 - _height(texts) / 2, "lane-name")


def _box(box: Box, texts: Sequence[Text], step: FlowStep, lane: FlowLane) -> Iterator[str]:
    colour = SIDES.get(lane.side or "", "#79838a")
    last = ' stroke-width="3"' if step.end else ' stroke-width="1.5"'
    yield (
        f'<rect class="step side-{lane.side or "none"}{" end" if step.end else ""}" x="{_n(box.x)}" y="{_n(box.y)}" '
        f'width="{_n(box.width)}" height="{_n(box.height)}" rx="5" fill="#ffffff" stroke="{colour}"{last}/>'
    )
    yield _text(texts, box.x + PAD, box.y + PAD, "step-text")


def _text(texts: Sequence[Text], x: float, y: float, kind: str) -> str:
    lines = []
    for text in texts:
        y += text.size * LEADING
        bold = ' font-weight="600"' if text.bold else ""
        below = text.size * 0.36  # from the baseline to the lower edge of the line
        place = f'x="{_n(x)}" y="{_n(y - below)}" font-size="{_n(text.size)}"{bold}{_marked(text.lang)}'
        lines.append(f"<tspan {place}>{escape(text.text)}</tspan>")
    return f'<text class="{kind}" fill="#17252d">{"".join(lines)}</text>'


def _marked(lang: str) -> str:
    return f' lang="{escape(lang)}"' if lang else ""


def _line(flow: Flow, line: Line) -> str:
    place, _, number = line.id.partition("-")
    step = flow.steps[int(place)]
    way = step.ways[int(number)]
    (x, y), (end, level) = line.points[0], line.points[-1]
    path = f"M{_n(x)} {_n(y)}" + "".join(f"L{_n(one)} {_n(other)}" for one, other in line.points[1:])
    head = f"M{_n(end - 8)} {_n(level - 4.5)}L{_n(end)} {_n(level)}L{_n(end - 8)} {_n(level + 4.5)}z"
    drawn = (
        f'<path class="way" d="{path}" fill="none" stroke="#4d5c66" stroke-width="1.5"/>'
        f'<path class="arrow" d="{head}" fill="#4d5c66"/>'
    )
    if way.condition:
        before = sum(1 for one in step.ways[: int(number)] if one.condition)
        drawn += (
            f'<text class="letter" x="{_n(x + 4)}" y="{_n(y - 3)}" font-size="11" font-weight="600" '
            f'fill="#17252d">{_letter(before)}</text>'
        )
    return drawn


_UNFIT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def escape(text: str) -> str:
    """*text* for XML, in an element or an attribute; what XML cannot hold is left out."""
    text = _UNFIT.sub("", text)
    for sign, name in (("&", "amp"), ("<", "lt"), (">", "gt"), ('"', "quot"), ("'", "apos")):
        text = text.replace(sign, f"&{name};")
    return text


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
