"""What types declare of dates and addresses is checked wherever a value comes from."""

from __future__ import annotations

from datetime import date

import pytest
from lanzarote.regions.unfit import unfit_dates, unfit_values
from lanzarote.types import Aim, Evidence, Finding, Indicator, ListedSource, Practice, StartingPoint, Value


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (Finding(original="en", observed_on="2014-13"), ("observed_on",)),
        (Indicator(original="en", baseline=StartingPoint(value=1, on="2014-02-30")), ("baseline", "on")),
        (Indicator(original="en", target=Aim(value=1, by="2014-13")), ("target", "by")),
    ],
)
def test_every_partial_date_has_to_be_in_the_calendar(value: Value, place: tuple[str, ...]) -> None:
    assert [path for path, _ in unfit_dates(value)] == [place]


def practice(**more: object) -> Practice:
    return Practice(original="fr", text={}, scope="local", running="ended", sectors=("courts",), **more)  # type: ignore[arg-type]


def test_nothing_is_done_further_ahead_than_anybody_plans() -> None:
    assert [path for path, _ in unfit_dates(practice(started="2014", ended="2500"))] == [("ended",)]


def test_a_day_in_an_answer_has_to_be_one_that_a_page_can_show() -> None:
    answers = {"since-when": date(1, 1, 1), "asked": {"days": [date(2014, 6, 2), date(9999, 1, 1)]}, "why": "2014-13"}
    assert [path for path, _ in unfit_dates(practice(answers=answers))] == [
        ("answers", "since-when"),
        ("answers", "asked", "days", 1),
    ]


def test_an_address_leads_to_a_page() -> None:
    source = ListedSource(title="t", publisher="p", kind="press", url="ftp://x", official_url="https://a:b@example.org")
    assert [path for path, _ in unfit_values(source)] == [("url",), ("official_url",)]


def test_figures_and_words_are_no_dates() -> None:
    assert [*unfit_dates(practice(evidence=(Evidence(value=2014, period={"en": "2014-13"}),)))] == []
