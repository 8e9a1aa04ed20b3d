"""Indicators are begun, given values, corrected, published by somebody else, withdrawn, put away, erased."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.errors import Conflict, NotPermitted
from lanzarote.evaluation import counting, service
from lanzarote.evaluation.measures import MEASURES
from lanzarote.evaluation.model import IndicatorValue
from lanzarote.improvements.model import Action
from lanzarote.kinds import actions
from lanzarote.practices.service import facets_of
from lanzarote.records import drafts
from lanzarote.records.changelog import Audit
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.types import Indicator
from sqlalchemy import func, select

from tests.core.evaluation.piloting import (
    HEAD,
    PARIS,
    REVIEWER,
    SECOND,
    STRANGER,
    THEN,
    TODAY,
    TRAINED,
    WRITER,
    counted,
    enter,
    get,
    release,
    released,
    save,
)
from tests.core.improvements.group import Group
from tests.core.procedures import agreeing

if TYPE_CHECKING:
    from lanzarote.instance import Instance


def fields(error: pytest.ExceptionInfo[Faulty]) -> list[str]:
    return [fault.field for fault in error.value.faults]


def values(paris: Instance, record_id: str) -> list[tuple[str, float | None]]:
    with paris.database.read(PARIS) as session:
        rows = counting.values_of(session, [record_id]).get(record_id, [])
        return [(row.period, row.value) for row in counting.in_force(rows)]


def test_a_correction_keeps_what_was_there(anywhere: Instance) -> None:
    one = counted(anywhere)
    enter(anywhere, one, "2031-04", 12)
    with pytest.raises(Conflict):
        enter(anywhere, one, "2031-04", 13)
    with pytest.raises(Faulty) as unexplained:
        enter(anywhere, one, "2031-04", 13, seen=1)
    assert fields(unexplained) == ["note"]
    enter(anywhere, one, "2031-04", 13, seen=1, note="Une feuille était restée au tribunal.")
    assert values(anywhere, one) == [("2031-04", 13)]
    enter(anywhere, one, "2031-04", None, seen=2, note="Compté deux fois ailleurs.")
    assert values(anywhere, one) == []
    with anywhere.database.read(PARIS) as session:
        assert [row.value for row in counting.values_of(session, [one])[one]] == [12, 13, None]
        verbs = session.scalars(select(Audit.verb).where(Audit.record_id == one).order_by(Audit.seq)).all()
    assert verbs == ["create", "enter", "correct", "take-back-value"]


@pytest.mark.both_databases
def test_of_many_who_enter_the_same_month_at_once_one_does(anywhere: Instance) -> None:
    one = counted(anywhere)

    def try_it(number: int) -> str:
        try:
            enter(anywhere, one, "2031-04", number)
        except Conflict:
            return "conflict"
        return "kept"

    with ThreadPoolExecutor(20) as pool:
        done = sorted(pool.map(try_it, range(100)))
    assert done == ["conflict"] * 99 + ["kept"]
    with anywhere.database.read(PARIS) as session:
        assert session.scalar(select(func.count()).select_from(IndicatorValue)) == 1


@pytest.mark.parametrize(
    ("period", "value", "field"),
    [
        ("2031-Q1", 12, "period"),
        ("2031-06", 12, "period"),  # not over
        ("2031-13", 12, "period"),
        ("2031-05", -1, "value"),
        ("2031-05", 1.5, "value"),
    ],
)
def test_a_value_that_cannot_be_is_refused(own_paris: Instance, period: str, value: float, field: str) -> None:
    one = counted(own_paris)
    with pytest.raises(Faulty) as refused:
        enter(own_paris, one, period, value)
    assert fields(refused) == [field]
    assert values(own_paris, one) == []


def test_a_value_says_where_it_is_written_and_names_nobody(own_paris: Instance) -> None:
    one = counted(own_paris)
    with pytest.raises(Faulty) as unsourced:
        enter(own_paris, one, "2031-05", 12, source=" ")
    assert fields(unsourced) == ["source"]
    with pytest.raises(Identifying):
        enter(own_paris, one, "2031-05", 12, source="Dossier de lea.martin@gmail.com")


def test_who_wrote_or_entered_does_not_publish(anywhere: Instance) -> None:
    one = counted(anywhere, by=HEAD)
    with pytest.raises(NotPermitted):
        release(anywhere, one, by=HEAD)
    release(anywhere, one, by=SECOND)
    enter(anywhere, one, "2031-05", 12, by=SECOND)
    with pytest.raises(NotPermitted):
        release(anywhere, one, by=SECOND)
    release(anywhere, one, by=HEAD)
    with pytest.raises(Conflict):
        release(anywhere, one, by=SECOND)  # nothing is new


@pytest.mark.parametrize("by", [REVIEWER, STRANGER, WRITER], ids=["reviewer", "stranger", "contributor"])
def test_only_who_leads_publishes_and_only_who_writes_counts(own_paris: Instance, by: Any) -> None:
    one = counted(own_paris, by=HEAD)
    with pytest.raises(NotPermitted):
        release(own_paris, one, by=by)
    if by is not WRITER:
        with pytest.raises(NotPermitted):
            enter(own_paris, one, "2031-05", 12, by=by)
        with pytest.raises(NotPermitted):
            save(own_paris, one, TRAINED | {"direction": "less"}, by=by)


def test_what_is_counted_stays_what_it_is_once_there_are_values(own_paris: Instance) -> None:
    one = released(own_paris, TRAINED, {"2031-05": 12})
    for change in ({"counts": "other"}, {"rhythm": "quarter"}):
        with pytest.raises(Faulty) as refused:
            save(own_paris, one, TRAINED | change)
        assert fields(refused) == list(change)
    text = {**TRAINED["text"], "fr": TRAINED["text"]["fr"] | {"counted": "Autrement dit."}}
    save(own_paris, one, TRAINED | {"text": text})
    with own_paris.database.read(PARIS) as session:
        [public] = service.indicators(session, ids=[one])
        now = counting.indicator_of(session, get(session, one))
    assert public.indicator.text["fr"].counted == TRAINED["text"]["fr"]["counted"]
    assert now.stale == ("en",)


@pytest.mark.both_databases
@pytest.mark.parametrize("key", MEASURES)
def test_the_platform_counts_itself_and_takes_no_number_from_anybody(anywhere: Instance, key: str) -> None:
    measure = MEASURES[key]
    body = {"original": "fr", "text": {"fr": {"title": "Compté"}}, "counts": measure.counts, "measure": key}
    one = counted(anywhere, body)
    act(anywhere, 1, "2031-06-09", "under-way")
    with pytest.raises(Faulty) as refused:
        enter(anywhere, one, "2031-05", 999)
    assert fields(refused) == ["period"]
    enter(anywhere, one, "2031-06", 999)
    with anywhere.database.read(PARIS) as session:
        [row] = counting.values_of(session, [one])[one]
        assert (row.value, row.computed, row.source) == (measure.count(session, TODAY), True, "")
        assert row.value != 999


def test_what_the_platform_counts_is_true(own_paris: Instance) -> None:
    with own_paris.database.read(PARIS) as session:
        counts = {key: measure.count(session, TODAY) for key, measure in MEASURES.items()}
    index = facets_of(own_paris, PARIS)
    assert counts["published-practices"] == index.size
    assert counts["practices-of-both-sides"] == index.masks["side"]["both"].bit_count()
    assert 0 < counts["practices-of-both-sides"] < counts["published-practices"]
    assert (counts["organisations-taking-part"], counts["sectors-taking-part"]) == (0, 0)
    assert counts["decided-improvements"] == 0
    assert (counts["endorsed-procedures"], counts["applied-procedures"]) == (0, 0), "what is shipped nobody endorsed"
    assert (counts["share-of-actions-done"], counts["overdue-actions"]) == (None, 0)


def test_a_sector_that_was_renamed_is_counted_once(own_paris: Instance) -> None:
    Group(own_paris).rename_their_sector()
    assert measured(own_paris, "sectors-taking-part") == [1]


def act(paris: Instance, number: int, due_on: str, progress: str) -> None:
    """Let there be an action; another number makes another one."""
    row = Action(
        region_id=PARIS, record_id="one", number=number, what="x", language="fr", stakeholder_id="x", due_on=due_on,
        progress=progress, steps=1,
    )  # fmt: skip
    with paris.database.write(PARIS) as session:
        session.merge(row)


def measured(paris: Instance, *keys: str) -> list[float | None]:
    with paris.database.read(PARIS) as session:
        return [MEASURES[key].count(session, TODAY) for key in keys]


def test_actions_are_counted_by_how_far_they_are_and_by_their_day(own_paris: Instance) -> None:
    one = counted(
        own_paris,
        {"original": "fr", "text": {"fr": {"title": "Faites"}}, "counts": "other", "measure": "share-of-actions-done"},
    )
    with pytest.raises(Faulty) as refused:
        enter(own_paris, one, "2031-06", 0)
    assert fields(refused) == ["value"], "no share of nothing"
    yesterday, today = (TODAY - timedelta(days=1)).isoformat(), TODAY.isoformat()
    act(own_paris, 1, yesterday, "given-up")
    assert measured(own_paris, "share-of-actions-done", "overdue-actions") == [None, 0]
    for number, (day, progress) in enumerate([(yesterday, "done"), (yesterday, "under-way"), (today, "not-begun")], 2):
        act(own_paris, number, day, progress)
    assert measured(own_paris, "share-of-actions-done", "overdue-actions") == [33.3, 1]
    enter(own_paris, one, "2031-06", 0)
    with own_paris.database.read(PARIS) as session:
        assert counting.values_of(session, [one])[one][0].value == 33.3


def test_procedures_are_counted_once_all_have_endorsed_and_once_all_apply_them(own_paris: Instance) -> None:
    name = agreeing.proposed(own_paris)
    first, second = agreeing.BODIES
    agreeing.say(own_paris, name, first)
    assert measured(own_paris, "endorsed-procedures", "applied-procedures") == [0, 0]
    agreeing.say(own_paris, name, second)
    assert measured(own_paris, "endorsed-procedures", "applied-procedures") == [1, 0]
    for body in agreeing.BODIES:
        agreeing.say(own_paris, name, body, "apply", source="Convention du 2 mai 2030")
    assert measured(own_paris, "endorsed-procedures", "applied-procedures") == [1, 1]
    agreeing.say(own_paris, name, second, "retract")
    assert measured(own_paris, "endorsed-procedures", "applied-procedures") == [0, 0]


@pytest.mark.parametrize(
    ("rhythm", "today", "due"),
    [
        ("month", date(2031, 6, 1), "2031-05"),
        ("quarter", date(2031, 6, 1), "2031-Q1"),
        ("half-year", date(2031, 6, 30), "2030-H2"),
        ("year", date(2031, 6, 1), "2030"),
        ("day", date(2031, 6, 1), ""),
    ],
)
def test_what_is_due_is_the_last_period_that_is_over(rhythm: Any, today: date, due: str) -> None:
    one = Indicator(original="fr", rhythm=rhythm)
    assert counting.due(one, [], today) == due


def test_nothing_is_due_once_it_is_counted_or_no_longer_counted(own_paris: Instance) -> None:
    one = counted(own_paris)
    with own_paris.database.read(PARIS) as session:
        said = counting.indicator_of(session, get(session, one))
        assert counting.due(said, [], TODAY) == "2031-05"
    enter(own_paris, one, "2031-05", 12)
    with own_paris.database.read(PARIS) as session:
        assert counting.due(said, counting.values_of(session, [one])[one], TODAY) == ""
    ended = Indicator(original="fr", rhythm="month", ended_on=date(2031, 5, 1))
    assert counting.due(ended, [], TODAY) == ""


def test_withdrawn_put_away_and_erased(anywhere: Instance) -> None:
    one = released(anywhere, TRAINED, {"2031-05": 12})
    words = anywhere.vocabulary(PARIS)
    with anywhere.database.write(PARIS) as session:
        actions.withdraw(session, get(session, one), words, reason="Mal défini.", by=HEAD, at=THEN)
    with anywhere.database.read(PARIS) as session:
        assert service.indicators(session) == ()
    with anywhere.database.write(PARIS) as session:
        drafts.archive(session, get(session, one), by=HEAD, at=THEN)
    with pytest.raises(IllegalTransition):
        enter(anywhere, one, "2031-04", 12)
    with anywhere.database.write(PARIS) as session:
        drafts.erase(session, get(session, one), by=HEAD, at=THEN)
    with anywhere.database.read(PARIS) as session:
        assert counting.values_of(session, [one]) == {}
        assert b"feuilles de pr" not in get(session, one).status
