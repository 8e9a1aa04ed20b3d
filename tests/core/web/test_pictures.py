"""The geometry of the pictures."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lanzarote.types import Side
from lanzarote.web.pictures import SIDES, Link, Node, draw_arcs

BANKS: dict[Side, str] = {side: side.title() for side in SIDES}

COURTS = Node(key="courts", label="Courts", side="public", count=5)
POLICE = Node(key="police", label="Police", side="public", count=3)
HEALTH = Node(key="health", label="Health", side="mixed", count=4)
ASSOCIATIONS = Node(key="associations", label="Associations", side="civil-society", count=2)
ALL = (ASSOCIATIONS, COURTS, HEALTH, POLICE)


def test_the_banks_come_in_order_and_the_busiest_stand_nearest_to_the_water() -> None:
    picture = draw_arcs(ALL, (), BANKS)

    assert [row.key or f"[{row.label}]" for row in picture.rows] == [
        "[Public]", "police", "courts", "[Mixed]", "health", "[Civil-Society]", "associations",
    ]  # fmt: skip
    assert picture.height == 70


def test_a_bank_without_sectors_is_not_drawn() -> None:
    assert [row.label for row in draw_arcs([COURTS], (), BANKS).rows] == ["Public", "Courts"]


def test_an_arch_stands_between_the_middles_of_its_rows() -> None:
    [arc] = draw_arcs(ALL, [Link(a="associations", b="courts", count=1)], BANKS).arcs

    assert (arc.source, arc.target) == ("Courts", "Associations")
    assert arc.path == "M0 25A96 20 0 0 1 0 65"


def test_only_arches_that_leave_their_bank_are_bridges() -> None:
    links = [Link(a="courts", b="police", count=1), Link(a="courts", b="health", count=1)]

    assert [(arc.target, arc.kind) for arc in draw_arcs(ALL, links, BANKS).arcs] == [
        ("Courts", "public"),
        ("Health", "across"),
    ]


def test_more_practices_make_a_thicker_arch() -> None:
    links = [Link(a="courts", b=other, count=count) for other, count in (("associations", 9), ("health", 1))]

    assert [(arc.count, arc.width) for arc in draw_arcs(ALL, links, BANKS).arcs] == [(1, 1.5), (9, 11)]


def test_links_to_nowhere_to_oneself_and_of_nothing_are_left_out() -> None:
    links = [
        Link(a="courts", b="x", count=1),
        Link(a="courts", b="courts", count=1),
        Link(a="courts", b="health", count=0),
    ]

    assert draw_arcs(ALL, links, BANKS).arcs == ()


def test_no_sectors_make_an_empty_picture() -> None:
    picture = draw_arcs((), (), BANKS)

    assert (picture.rows, picture.arcs, picture.height) == ((), (), 10)


@given(counts=st.lists(st.integers(1, 50), min_size=1, max_size=6))
def test_the_order_in_which_links_come_does_not_change_the_picture(counts: list[int]) -> None:
    pairs = [(a.key, b.key) for index, a in enumerate(ALL) for b in ALL[index + 1 :]]
    links = [Link(a=a, b=b, count=count) for (a, b), count in zip(pairs, counts, strict=False)]

    assert draw_arcs(ALL, links, BANKS) == draw_arcs(reversed(ALL), reversed(links), BANKS)
