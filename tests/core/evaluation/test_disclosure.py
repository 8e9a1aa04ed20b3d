"""No hidden number of people can be found out from what is public: values, sums, corrections, earlier releases."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lanzarote.evaluation import service
from lanzarote.evaluation.disclosure import SMALL, Shown, shown, total
from lanzarote.evaluation.documents import indicator_document

from tests.core.evaluation.piloting import PARIS, SECOND, TRAINED, counted, enter, release, released

if TYPE_CHECKING:
    from lanzarote.instance import Instance

NUMBERS = st.integers(0, 60)


def candidates(one: Shown) -> range:
    """Every number that is shown so: what a reader knows who knows the rule."""
    if one.hidden:
        return range(1, SMALL + 1)
    assert one.value is not None
    low = max(int(one.value) - 2, SMALL + 1)
    return range(low, int(one.value) + 3) if one.value else range(1)


def left(values: list[int], told: Shown | None) -> list[set[int]]:
    """What each value can still be, for a reader who also knows the sum as it is told, or that it is not told."""
    options = [candidates(shown(value, "people")) for value in values]
    sums = None if told is None else set(candidates(told))
    found: list[set[int]] = [set() for _ in values]
    low, high = sum(one[0] for one in options), sum(one[-1] for one in options)
    for number, own in enumerate(options):
        for value in own:
            # All sums between the extremes of the others are possible.
            rest = range(low - own[0] + value, high - own[-1] + value + 1)
            if sums is None or any(one in rest for one in sums):
                found[number].add(value)
    return found


@given(st.lists(NUMBERS, min_size=1, max_size=12))
def test_every_hidden_value_may_still_be_each_of_seven(values: list[int]) -> None:
    told = total([float(one) for one in values], "people")
    for value, possible in zip(values, left(values, told), strict=True):
        assert value in possible
        if shown(value, "people").hidden:
            assert possible == set(range(1, SMALL + 1))


def test_a_rounded_sum_of_hidden_values_would_give_them_away() -> None:
    """The test can fail: were the sum told, as it is rounded, twelve ones and four sevens would be known."""
    for values in ([1] * 12, [7] * 4):
        naive = shown(float(sum(values)), "people")
        assert all(len(one) == 1 for one in left(values, naive))
        assert total([float(one) for one in values], "people") is None


@pytest.mark.parametrize("size", [2, 3])
def test_that_a_sum_is_not_told_follows_from_what_is_shown(size: int) -> None:
    """Nobody learns from its absence: two series that look alike have a sum, or neither has."""
    seen: dict[tuple[str, ...], bool] = {}
    for values in product(range(13), repeat=size):
        look = tuple(shown(one, "people").words for one in values)
        withheld = total([float(one) for one in values], "people") is None
        assert seen.setdefault(look, withheld) == withheld


@given(NUMBERS)
def test_what_is_told_of_people_is_a_multiple_of_five_or_nothing(value: int) -> None:
    one = shown(value, "people")
    assert one.hidden == (1 <= value <= SMALL)
    assert one.hidden or (one.value is not None and one.value % 5 == 0 and abs(one.value - value) <= 2)


def test_organisations_and_practices_are_told_as_they_are() -> None:
    assert shown(3, "organisations") == Shown(value=3)
    assert shown(1, "practices") == Shown(value=1)
    assert total([1, 2], "practices") == Shown(value=3)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.lists(NUMBERS, min_size=5, max_size=5), second=st.lists(NUMBERS, min_size=5, max_size=5))
def test_two_releases_together_tell_no_hidden_value(own_paris: Instance, first: list[int], second: list[int]) -> None:
    """Corrected between two releases: whoever kept the first knows no more of what either hides."""
    months = [f"2031-{month:02}" for month in range(1, 6)]
    one = released(own_paris, TRAINED, dict(zip(months, map(float, first), strict=True)))
    seen = [public(own_paris, one)]
    for seq, (month, old, new) in enumerate(zip(months, first, second, strict=True), 1):
        if old != new:
            enter(own_paris, one, month, new, note="Corrigé", seen=seq)
    if first != second:
        release(own_paris, one, by=SECOND)
    seen.append(public(own_paris, one))
    for values, (points, sum_) in zip((first, second), seen, strict=True):
        assert points == [shown(value, "people") for value in values]
        for value, possible in zip(values, left(values, sum_), strict=True):
            if shown(value, "people").hidden:
                assert possible == set(range(1, SMALL + 1))


def public(paris: Instance, record_id: str) -> tuple[list[Shown], Shown | None]:
    with paris.database.read(PARIS) as session:
        [found] = service.indicators(session, ids=[record_id])
    return [point.shown for point in found.points], total([one for one in found.exact if one is not None], "people")


def test_the_public_document_holds_no_exact_number_of_people(own_paris: Instance) -> None:
    body = TRAINED | {"baseline": {"value": 6, "on": "2030-12", "source": "Rapport"}}
    one = released(own_paris, body, {"2031-03": 3, "2031-04": 5, "2031-05": 13})
    with own_paris.database.read(PARIS) as session:
        [found] = service.indicators(session, ids=[one])
    told = msgspec.json.encode(indicator_document(PARIS, found))
    assert msgspec.json.decode(told)["baseline"]["value"] is None
    assert {3, 5, 6, 13} & numbers_in(msgspec.json.decode(told)) == set()
    assert 15 in numbers_in(msgspec.json.decode(told))


def numbers_in(told: Any) -> set[float]:
    if isinstance(told, dict | list):
        return {number for each in (told.values() if isinstance(told, dict) else told) for number in numbers_in(each)}
    return {told} if isinstance(told, int | float) and not isinstance(told, bool) else set()


def test_what_waits_to_be_published_is_not_public(own_paris: Instance) -> None:
    one = released(own_paris, TRAINED, {"2031-04": 12})
    enter(own_paris, one, "2031-05", 44)
    assert [point.value for point in public(own_paris, one)[0]] == [10]
    unreleased = counted(own_paris)
    with own_paris.database.read(PARIS) as session:
        assert service.indicators(session, ids=[unreleased]) == ()
