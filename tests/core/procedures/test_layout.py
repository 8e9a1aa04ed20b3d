"""Lines run at right angles, cross no box and cover no other line; the same flow is always laid out alike."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from lanzarote.procedures.layout import Box, Edge, Layout, Line, Node, Point, lay_out

Flow = tuple[list[Node], list[Edge], list[float]]
NEAR = 1e-6


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    """Boxes of all sizes in six lanes, joined at random: backwards, twice, to themselves, to what is not there."""
    count, lanes = draw(st.integers(1, 24)), draw(st.integers(1, 6))
    nodes = [
        Node(
            id=str(number),
            lane=draw(st.integers(0, lanes - 1)),
            width=draw(st.sampled_from([50.0, 188.0])),
            height=draw(st.integers(30, 200)),
        )
        for number in range(count)
    ]
    pairs = draw(st.lists(st.tuples(st.integers(0, count), st.integers(0, count)), max_size=60))
    edges = [Edge(id=f"e{n}", source=str(one), target=str(other)) for n, (one, other) in enumerate(pairs)]
    return nodes, edges, [float(draw(st.integers(20, 200))) for _ in range(lanes)]


def pieces(line: Line) -> list[tuple[Point, Point]]:
    return list(pairwise(line.points))


def cuts(piece: tuple[Point, Point], box: Box) -> bool:
    """Whether a piece of a line goes through the inside of a box."""
    (x, y), (u, v) = piece
    return (
        min(x, u) < box.x + box.width - NEAR
        and max(x, u) > box.x + NEAR
        and min(y, v) < box.y + box.height - NEAR
        and max(y, v) > box.y + NEAR
    )


def cover(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """Whether two pieces lie on each other."""
    for along, across in ((0, 1), (1, 0)):
        if one[0][across] == one[1][across] == other[0][across] == other[1][across]:
            low, high = (sorted((piece[0][along], piece[1][along])) for piece in (one, other))
            return min(low[1], high[1]) - max(low[0], high[0]) > NEAR
    return False


def apart(one: Box, other: Box) -> bool:
    beside = one.x + one.width < other.x or other.x + other.width < one.x
    return beside or one.y + one.height < other.y or other.y + other.height < one.y


@settings(max_examples=250)
@given(flows())
def test_boxes_stand_apart_each_in_its_lane(flow: Flow) -> None:
    nodes, _, _ = flow
    laid = lay_out(*flow)
    assert all(apart(one, other) for one, other in combinations(laid.boxes, 2))
    for node, box in zip(nodes, laid.boxes, strict=True):
        lane = laid.lanes[node.lane]
        assert lane.y < box.y
        assert box.y + box.height < lane.y + lane.height + NEAR
        assert box.x > 0
        assert box.x + box.width < laid.width


@settings(max_examples=250)
@given(flows())
def test_lines_are_upright_or_level_and_cross_no_box(flow: Flow) -> None:
    laid = lay_out(*flow)
    for line in laid.lines:
        for piece in pieces(line):
            (x, y), (u, v) = piece
            assert x == u or y == v
            assert not any(cuts(piece, box) for box in laid.boxes), (line, laid.boxes)


@settings(max_examples=250)
@given(flows())
def test_no_line_lies_on_another(flow: Flow) -> None:
    laid = lay_out(*flow)
    for one, other in combinations(laid.lines, 2):
        assert not any(cover(a, b) for a in pieces(one) for b in pieces(other)), (one, other)


@settings(max_examples=100)
@given(flows())
def test_the_same_flow_is_laid_out_alike_and_no_cut_goes_through_a_box(flow: Flow) -> None:
    laid = lay_out(*flow)
    assert lay_out(*flow) == laid
    assert not any(box.x - NEAR < cut < box.x + box.width + NEAR for cut in laid.cuts[1:-1] for box in laid.boxes)


def test_every_known_edge_is_drawn_and_others_are_not() -> None:
    nodes = [Node(id=name, lane=0, width=10, height=10) for name in "ab"]
    edges = [Edge(id=f"{one}{other}", source=one, target=other) for one in "ab" for other in "abz"]
    laid: Layout = lay_out(nodes, edges, [50])
    assert sorted(line.id for line in laid.lines) == ["aa", "ab", "ba", "bb"]


def test_steps_in_a_row_are_joined_by_one_straight_line() -> None:
    nodes = [Node(id=name, lane=0, width=10, height=height) for name, height in (("a", 10), ("b", 30))]
    laid = lay_out(nodes, [Edge(id="ab", source="a", target="b")], [0])
    assert len(laid.lines[0].points) == 2
