"""What judging a text costs: no kind of text much more than prose, and twice the text twice as much."""

from __future__ import annotations

import pytest
from lanzarote.guard import check_texts

from benchmarks.bench_guard import cost
from benchmarks.costly_texts import COSTLY, prose


@pytest.fixture(scope="module")
def of_prose() -> float:
    """What a character of prose costs, once everything is compiled."""
    return min(sum(cost(make(2_000)) for make in prose.values()) / len(prose) for _ in range(3))


@pytest.mark.parametrize("kind", COSTLY)
def test_no_text_costs_much_more_than_prose_nor_more_than_its_length(kind: str, of_prose: float) -> None:
    short, long = (min(cost(COSTLY[kind](length)) for _ in range(3)) for length in (2_000, 8_000))
    assert short < 12 * of_prose
    assert long < 1.5 * short + of_prose


def test_so_many_findings_of_a_kind_are_enough() -> None:
    told = [one.code for one in check_texts([("text", "Tom (12), né le 03/03/2012. " * 100)])]
    assert (told.count("birth-date"), told.count("name-with-age")) == (16, 16)


def test_what_must_go_is_found_behind_much_that_is_only_asked_about() -> None:
    text = "Lucas Martin 12/03/2015\nTom (12)\n" * 50 + "Né le 03/03/2012."
    assert [one.code for one in check_texts([("text", text)]) if one.hard] == ["birth-date"]
