"""Positions are given on the frozen text, one a body, until the decision; who may not give one is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from lanzarote.errors import Conflict, NotPermitted
from lanzarote.improvements import calling, positions, positions_model
from lanzarote.improvements.positions import Given
from lanzarote.improvements.positions_model import Call, Position
from lanzarote.improvements.team_documents import Extending, Reminding
from lanzarote.records.changelog import Audit
from lanzarote.records.changelog_state import broken_audit
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.stakeholders import members
from sqlalchemy import func, select

from tests.core.improvements.group import (
    AFTER,
    HEAD,
    LATER,
    THEN,
    TODAY,
    UNTIL,
    WRITER,
    Group,
    speaker,
)
from tests.core.stakeholders.keeping import get, relate


def rows(group: Group) -> list[Position]:
    with group.held() as (session, record):
        found = positions.history(session, record)
        session.expunge_all()
        return found


def counting(group: Group) -> dict[str, str]:
    with group.held() as (session, record):
        running = calling.current(session, record)
        found = positions_model.heard(session, record, running.number, members.bodies(session))
        return {one: said.counts.choice for one, said in found.items()}


def verbs(group: Group) -> list[str]:
    with group.instance.database.read("paris") as session:
        assert broken_audit(session, "paris") is None
        mine = Audit.record_id == group.improvement
        return list(session.scalars(select(Audit.verb).where(mine).order_by(Audit.seq)))


def test_calling_freezes_the_text_and_recalling_opens_it(on_both: Group) -> None:
    on_both.call()
    assert (on_both.status.state, on_both.status.called_version, on_both.status.called_until) == ("called", 1, UNTIL)
    on_both.say(on_both.bodies[0])
    with on_both.held() as (session, record):
        calling.recall(session, record, by=HEAD, at=LATER)
    assert (on_both.status.state, on_both.status.called_version, on_both.status.called_until) == ("discussed", 0, None)
    with pytest.raises(Conflict):
        on_both.say(on_both.bodies[0])
    on_both.call()
    assert counting(on_both) == {}
    assert len(rows(on_both)) == 1
    assert verbs(on_both) == ["create", "call", "position", "recall", "call"]


def test_only_bodies_that_take_part_are_asked_and_heard(group: Group) -> None:
    with group.instance.database.read("paris") as session:
        stranger = next(one.id for one in group.instance.directory("paris") if one.id not in group.bodies)
        assert get(session, stranger).id == stranger
    with pytest.raises(Faulty):
        group.call(stranger)
    group.call(group.bodies[0])
    with pytest.raises(Faulty):
        group.say(stranger)
    group.say(group.bodies[1])  # who was not asked may speak all the same
    relate(group.instance, group.bodies[0], "left", since="2031", source="Lettre du 1er mars 2031")
    with pytest.raises(Faulty):
        group.say(group.bodies[0])


def test_a_call_says_until_when(group: Group) -> None:
    for until in (TODAY - timedelta(days=1), TODAY + timedelta(days=400)):
        with pytest.raises(Faulty):
            group.call(until=until)
    group.call()
    with pytest.raises(IllegalTransition):
        group.call()
    with group.held() as (session, record), pytest.raises(Faulty):
        calling.extend(session, record, given=Extending(until=UNTIL), by=HEAD, at=THEN, today=TODAY)
    with group.held() as (session, record):
        calling.extend(session, record, given=Extending(until=AFTER), by=HEAD, at=THEN, today=TODAY)
    assert group.status.called_until == AFTER


def test_nobody_speaks_for_another_body(group: Group) -> None:
    group.call()
    one, other, *_ = group.bodies
    for by in (speaker(other), HEAD, WRITER):
        with pytest.raises(NotPermitted):
            group.say(one, by=by)
    with pytest.raises(NotPermitted):
        group.call(by=WRITER)
    with pytest.raises(NotPermitted):
        group.record(one, by=speaker(one))
    assert rows(group) == []


def test_a_body_changes_its_mind_until_the_decision_and_each_word_stays(on_both: Group) -> None:
    on_both.call()
    one = on_both.bodies[0]
    on_both.say(one, "object", "Trop lourd.")
    on_both.say(one, "object", "Trop lourd.")
    on_both.say(one, "reservations", "Moins lourd.", named=True)
    assert counting(on_both) == {one: "reservations"}
    assert [(row.number, row.choice, row.named) for row in rows(on_both)] == [
        (2, "reservations", True),
        (1, "object", False),
    ]
    for body in on_both.bodies[1:]:
        on_both.say(body)
    on_both.decide(today=TODAY)
    with pytest.raises(Conflict):
        on_both.say(one, "support")


def test_what_counts_was_given_on_the_text_that_was_read(group: Group) -> None:
    group.call()
    given = group.checked(Given(choice="support"))
    with group.held() as (session, record), pytest.raises(Conflict):
        positions.give(session, record, group.bodies[0], given, version=2, by=speaker(group.bodies[0]), at=THEN)


@pytest.mark.parametrize(
    ("choice", "reason", "named"),
    [("maybe", "x", "choice"), ("object", "", "reason"), ("remark", " ", "reason"), ("support", "\u202eno", "reason")],
)
def test_what_cannot_be_kept_is_refused_by_its_field(group: Group, choice: str, reason: str, named: str) -> None:
    with pytest.raises(Faulty) as told:
        group.checked(Given(choice=choice, reason=reason))
    assert [one.field for one in told.value.faults] == [named]


@pytest.mark.parametrize("choice", ["support", "no-position", "awaiting"])
def test_what_says_enough_needs_no_reason(group: Group, choice: str) -> None:
    assert group.checked(Given(choice=choice)).lang == ""


def test_the_guard_reads_reasons(group: Group) -> None:
    with pytest.raises(Identifying):
        group.checked(Given(choice="object", reason="Écrire à jean.dupont@justice.example"))
    asks = Given(choice="object", reason="Léa, 9 ans, l’a dit.", lang="fr")
    with pytest.raises(Identifying):
        group.checked(asks)
    vocabulary = group.instance.vocabulary("paris")
    assert positions.checked(asks, vocabulary, confirmed=True) == asks


def test_what_a_coordinator_wrote_down_is_confirmed_or_corrected_by_the_body(group: Group) -> None:
    group.call()
    one, other, *_ = group.bodies
    group.record(one, "reservations")
    group.record(one, "reservations")
    group.record(other, "object")
    assert [row.recorded for row in rows(group)] == [True, True]
    assert [row.named for row in rows(group)] == [False, False]
    group.say(one, "reservations", "Dit en réunion.")
    group.say(other, "support")
    assert counting(group) == {one: "reservations", other: "support"}
    newest = {row.stakeholder: row for row in reversed(rows(group))}
    assert not any(row.recorded for row in newest.values())


def test_what_is_written_down_needs_its_source_and_day(group: Group) -> None:
    group.call()
    for source, on, field in (("", "2031-02-01", "source"), ("x", "2032-01-01", "on")):
        with pytest.raises(Faulty) as told:
            group.record(group.bodies[0], source=source, on=on)
        assert [one.field for one in told.value.faults] == [field]


@pytest.mark.both_databases
def test_a_hundred_at_once_that_say_the_same_are_one(on_both: Group) -> None:
    on_both.call()
    one = on_both.bodies[0]

    def say(_: int) -> Any:
        return on_both.say(one, "object", "Trop lourd.").number

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(say, range(100))) == {1}
    with on_both.instance.database.read("paris") as session:
        assert session.scalar(select(func.count()).select_from(Position)) == 1
    assert verbs(on_both).count("position") == 1


@pytest.mark.both_databases
def test_many_at_once_that_say_different_things_lose_nothing(on_both: Group) -> None:
    on_both.call()

    def say(number: int) -> Any:
        return on_both.say(on_both.bodies[number % 4], "object", f"Raison {number}.").number

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(say, range(24)))
    found = rows(on_both)
    assert sorted((row.stakeholder, row.number) for row in found) == sorted(
        (body, number) for body in on_both.bodies for number in range(1, 7)
    )


def test_mails_go_to_representatives_or_else_to_a_service(group: Group) -> None:
    one, other, *_ = group.bodies
    group.desk(other, "contact@b.example")
    group.call()
    with group.held() as (session, record):
        sending = calling.sending_to(session, "paris", group.bodies)
        assert (sending.accounts, sending.addresses) == ({}, {other: "contact@b.example"})
        running = calling.current(session, record)
        assert running.asks() == tuple(sorted(group.bodies))
    group.say(other)
    with group.held() as (session, record):
        assert (
            calling.remind(session, record, given=Reminding(), by=HEAD, at=LATER) == 0
        )  # nobody who is silent is reached
        assert calling.remind(session, record, given=Reminding(bodies=(other,)), by=HEAD, at=LATER) == 1
        assert [one.present for one in calling.current(session, record).reminded()] == [(other,)]
    with group.held() as (session, record), pytest.raises(Faulty):
        calling.remind(session, record, given=Reminding(bodies=(one,)), by=HEAD, at=LATER)


def test_what_was_said_for_an_entry_counts_for_what_it_was_merged_into(group: Group) -> None:
    from tests.core.stakeholders.keeping import merge

    one, other, *_ = group.bodies
    group.call()
    group.say(one, "object", "Trop lourd.")
    merge(group.instance, one, other)
    assert counting(group) == {other: "object"}


def test_a_body_that_is_erased_takes_its_words_along(on_both: Group) -> None:
    from lanzarote.stakeholders import writing

    on_both.call()
    for body in on_both.bodies[1:]:
        on_both.say(body)
    one = on_both.bodies[0]
    on_both.say(one, "reservations", "Des mots à oublier.", named=True)
    on_both.decide(today=TODAY)
    with on_both.instance.database.write("paris") as session:
        writing.erase(session, get(session, one), by=HEAD, at=LATER)
    with on_both.held() as (session, record):
        from lanzarote.improvements import deciding

        told = deciding.decisions(session, record)[0].told()
        assert one not in told.bodies
        [left] = [row for row in told.positions if row.stakeholder == one]
        assert (left.choice, left.reason, left.named) == ("reservations", "", False)
        assert session.scalar(select(func.count()).select_from(Position).where(Position.stakeholder == one)) == 0


def test_an_entry_that_was_merged_and_is_erased_takes_its_words_along(on_both: Group) -> None:
    from lanzarote.improvements import deciding
    from lanzarote.stakeholders import writing

    from tests.core.stakeholders.keeping import merge

    on_both.call()
    one, other, *more = on_both.bodies
    on_both.say(one, "reservations", "Des mots à oublier.", named=True)
    for body in more:
        on_both.say(body, "support", "Des mots à garder.")
    merge(on_both.instance, one, other)
    on_both.decide(today=AFTER, present=on_both.bodies[1:])
    with on_both.instance.database.write("paris") as session:
        writing.erase(session, get(session, one), by=HEAD, at=LATER)
    with on_both.held() as (session, record):
        told = deciding.decisions(session, record)[0].told()
        [left] = [row for row in told.positions if row.given_as == one]
        assert (left.stakeholder, left.choice, left.reason, left.named) == (other, "reservations", "", False)
        assert {row.reason for row in told.positions if row.given_as != one} == {"Des mots à garder."}


def test_an_improvement_that_is_erased_takes_everything_along(on_both: Group) -> None:
    from lanzarote.practices.writing import erase_wholly

    on_both.call()
    on_both.say(on_both.bodies[0], "object", "Des mots à oublier.")
    with on_both.held() as (session, record):
        erase_wholly(session, record, by="cy", at=LATER)
    with on_both.instance.database.read("paris") as session:
        for table in (Position, Call):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_what_is_written_down_never_takes_the_place_of_the_bodys_own_word(on_both: Group) -> None:
    on_both.call()
    one = on_both.bodies[0]
    on_both.say(one, "object", "Trop lourd.")
    on_both.record(one, "support")
    assert counting(on_both) == {one: "object"}
    with on_both.held() as (session, record):
        heard = positions_model.heard(session, record, 1, members.bodies(session))[one]
        assert heard.unconfirmed is not None
        assert (heard.counts.choice, heard.unconfirmed.choice) == ("object", "support")
    on_both.say(one, "support")
    assert counting(on_both) == {one: "support"}


def test_what_is_dated_before_the_call_or_before_the_bodys_own_word_is_refused(group: Group) -> None:
    group.call()
    one = group.bodies[0]
    with pytest.raises(Faulty) as told:
        group.record(one, "support", on="1990-01-01")
    assert [fault.text for fault in told.value.faults] == [positions.BEFORE_CALL]
    group.say(one, "object", "Trop lourd.")
    with pytest.raises(Faulty) as told:
        group.record(one, "support", on="1990-01-01")
    assert [fault.text for fault in told.value.faults] == [positions.BEFORE_OWN]
    assert counting(group) == {one: "object"}
