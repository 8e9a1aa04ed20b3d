"""What follows from an adopted improvement: planned, reported on by whom it concerns, completed when all is over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from lanzarote.errors import Conflict, NotPermitted
from lanzarote.improvements import actions
from lanzarote.improvements.model import SOON, Action, ActionStep, status_of
from lanzarote.instance import Instance
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.validation import Faulty, Identifying

from tests.core.talk.talking import Group


@pytest.fixture
def group(everywhere: Instance) -> Group:
    return Group(everywhere, state="adopted")


def test_an_action_is_planned_and_its_progress_told_with_a_history(group: Group) -> None:
    number = group.plan()
    group.report(number, "under-way", "La ligne est commandée.", by=group.rep)
    group.report(number, "done", by=group.ana)
    told = group.action(number)
    assert (told.progress, told.due_on, told.stakeholder_id) == ("done", "2031-03-12", group.organisation)
    steps = sorted(group.rows(ActionStep), key=lambda one: one.number)
    assert [(one.progress, one.note, one.by) for one in steps] == [
        ("not-begun", "", group.head.account_id),
        ("under-way", "La ligne est commandée.", group.rep.account_id),
        ("done", "", group.ana.account_id),
    ]


def test_whoever_speaks_for_an_organisation_tells_of_its_actions_alone(group: Group) -> None:
    number = group.plan(stakeholder=group.other)
    with pytest.raises(NotPermitted):
        group.report(number, "done", by=group.rep)
    with pytest.raises(NotPermitted):
        group.report(number, "done", by=group.rita)


@pytest.mark.parametrize("who", ["ana", "rita", "rep"])
def test_only_a_coordinator_plans_and_completes(group: Group, who: str) -> None:
    by = getattr(group, who)
    with pytest.raises(NotPermitted):
        group.plan(by=by)
    with pytest.raises(NotPermitted):
        group.complete(by=by)


@pytest.mark.parametrize("state", ["draft", "discussed", "called", "not-adopted", "dropped", "completed"])
def test_actions_follow_from_what_is_adopted_alone(group: Group, state: Any) -> None:
    number = group.plan()
    group.move(state)
    with pytest.raises(Conflict):
        group.plan()
    with pytest.raises(Conflict):
        group.report(number, "done")
    with pytest.raises(IllegalTransition):
        group.complete()


def test_it_is_completed_when_every_action_is_over_and_taken_up_again(group: Group) -> None:
    done, given_up = group.plan(), group.plan("Imprimer l’affiche.")
    with pytest.raises(Conflict):
        group.complete()
    group.report(done, "done")
    with pytest.raises(Faulty):
        group.report(given_up, "given-up")
    group.report(given_up, "given-up", "L’affiche existe déjà.")
    group.complete()
    with group.read() as (_, record):
        assert status_of(record).state == "completed"
    with group.held() as (session, record):
        from lanzarote.records.records import now

        actions.resume(session, record, by=group.head, at=now())
    assert group.plan("Une autre.") == 3


def test_what_is_planned_names_a_day_and_an_organisation_of_the_directory(group: Group) -> None:
    with pytest.raises(Faulty):
        group.plan(stakeholder="nobody")
    with pytest.raises(Faulty):
        group.plan("")
    with pytest.raises(Identifying):
        group.plan("Appeler jean.dupont@justice.example")


def test_due_and_overdue_are_told_from_the_day(group: Group) -> None:
    action = group.action(group.plan(due="2031-03-12"))
    day = date(2031, 3, 12)
    told = [
        (action.is_due(today), action.is_overdue(today))
        for today in (day - SOON - timedelta(days=1), day - SOON, day, day + timedelta(days=1))
    ]
    assert told == [(False, False), (True, False), (True, False), (True, True)]
    group.report(action.number, "done")
    over = group.action(action.number)
    assert (over.is_due(day), over.is_overdue(day + timedelta(days=1))) == (False, False)


@pytest.mark.both_databases
def test_of_many_reports_on_what_was_read_one_counts(group: Group) -> None:
    number = group.plan()

    def report(turn: int) -> bool:
        try:
            group.report(number, "under-way", f"Note {turn}", expected=f"{number}-1")
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(report, range(40))) == [False] * 39 + [True]
    assert len(group.rows(ActionStep)) == 2


@pytest.mark.both_databases
def test_a_hundred_planned_at_once_have_a_hundred_numbers(group: Group) -> None:
    with ThreadPoolExecutor(16) as pool:
        numbers = list(pool.map(lambda turn: group.plan(f"Numéro {turn}."), range(100)))
    assert sorted(numbers) == list(range(1, 101))


def test_actions_go_with_what_is_erased(group: Group) -> None:
    group.plan()
    group.erase()
    assert (group.rows(Action), group.rows(ActionStep)) == ([], [])
