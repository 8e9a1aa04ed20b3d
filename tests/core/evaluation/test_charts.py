"""Whatever the numbers are, a chart is drawn, with a scale that a reader takes in."""

from __future__ import annotations

from itertools import product
from math import inf, nan

import pytest
from lanzarote.evaluation.charts import draw_line
from lanzarote.evaluation.disclosure import Shown

NUMBERS = (0.0, 5e-324, 1e-12, 1e-9, 0.3, 7.0, 999.9999999999999, -1e12, 1e15, 1e308, -1e308, inf, -inf, nan)


@pytest.mark.parametrize("first", NUMBERS)
def test_any_numbers_stand_in_the_frame_of_a_chart(first: float) -> None:
    for second, target in product(NUMBERS, NUMBERS):
        points = [(0, Shown(value=first)), (31, Shown(value=second)), (62, Shown(hidden=True))]
        chart = draw_line(points, baseline=Shown(value=second), target=target)
        assert all(0 <= mark.y <= 100 for mark in chart.marks)
        assert chart.ticks[0][0] == 0
        assert chart.ticks[-1][0] == 100
        assert 2 <= len(chart.ticks) <= 7


def test_a_number_on_its_own_is_drawn_too() -> None:
    assert [draw_line([(0, Shown(value=one))]).ticks[0][0] for one in NUMBERS] == [0.0] * len(NUMBERS)
