"""A meeting goes from being planned to approved minutes, by who may, in no other order; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from lanzarote.errors import Conflict, NotPermitted
from lanzarote.improvements.model import Action
from lanzarote.instance import Instance
from lanzarote.meetings import agenda, writing
from lanzarote.meetings.rules import names_person
from lanzarote.records.changelog import Audit
from lanzarote.records.changelog_state import broken_audit
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.validation import Faulty
from sqlalchemy import func, select

from tests.core.meetings import keeping
from tests.core.meetings.keeping import (
    HEAD,
    TODAY,
    WRITER,
    announce,
    approve,
    body,
    checked,
    draft,
    finding,
    improvement,
    note_held,
    planned,
    said,
    save,
    status,
    was_held,
)

# ---------------------------------------------------------------------------------------------------------------------
# The lifecycle


def test_it_goes_from_plan_to_approved_minutes(group: Instance) -> None:
    one = planned(group)
    later = was_held(group, day="2031-05-13")
    assert status(group, one).state == "planned"
    announce(group, one)
    assert status(group, one).state == "announced"
    note_held(group, one)
    assert status(group, one).state == "held"
    draft(group, one)
    assert status(group, one).state == "minutes-drafted"
    approve(group, one, later)
    told = status(group, one)
    assert told.state == "approved"
    assert told.approval is not None
    assert (told.approval.meeting, told.approval.on) == (later, date(2031, 5, 13))


def test_what_was_announced_is_changed_by_who_leads(group: Instance) -> None:
    one = planned(group)
    announce(group, one)
    with pytest.raises(NotPermitted):
        save(group, one, by=WRITER, day="2031-05-20")
    assert save(group, one, by=WRITER, agenda=[{"title": {"fr": "Divers"}}]) == 2
    assert save(group, one, by=HEAD, day="2031-05-20") == 3
    assert said(group, one).day == date(2031, 5, 20)


def test_nothing_is_announced_that_is_over_or_nowhere(group: Instance) -> None:
    with pytest.raises(Faulty, match="over"):
        announce(group, planned(group), today=date(2031, 5, 13))
    with pytest.raises(Faulty, match="where"):
        announce(group, planned(group, place=""))


def test_nothing_is_noted_as_held_before_its_day(group: Instance) -> None:
    with pytest.raises(Faulty, match="begun"):
        note_held(group, planned(group), today=TODAY)


def test_a_meeting_of_long_ago_is_noted_without_anybody_being_invited(group: Instance) -> None:
    one = planned(group, kind="formation", day="2013-01-31", organisations=["aphp"])
    note_held(group, one)
    with group.database.read("paris") as session:
        from lanzarote.meetings.inviting import invitations
        from lanzarote.records.records import Record

        assert list(invitations(session, session.get_one(Record, ("paris", one)))) == []


# ---------------------------------------------------------------------------------------------------------------------
# What may be written


@pytest.mark.parametrize("role", ["substitute prosecutor, two clerks", "Juge des enfants", "Head of the juvenile unit"])
def test_roles_pass(group: Instance, role: str) -> None:
    given = checked(group, body(present=[{"organisation": "aphp", "roles": role}]))
    assert given.content.present[0].roles == role


@pytest.mark.parametrize("name", ["Jean Dupont", "Mme Le Goff, juge", "DUPONT Jean", "J. Dupont", "juge : Marie"])
def test_the_name_of_a_person_is_no_role(group: Instance, name: str) -> None:
    assert names_person(name)
    with pytest.raises(Faulty, match="person’s name"):
        checked(group, body(present=[{"organisation": "aphp", "roles": name}]))


FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("text.fr.title", {"text": {"fr": {"purpose": "x"}}}),
    ("last_day", {"last_day": "2031-05-11"}),
    ("day", {"day": "0001-01-01"}),
    ("day", {"day": "2007-10-24"}),
    ("day", {"day": "9999-12-31"}),
    ("day", {"day": "2037-01-01"}),
    ("last_day", {"last_day": "2037-01-01"}),
    ("ends", {"ends": "13:00"}),
    ("starts", {"starts": None}),
    ("sectors", {"sectors": ["nowhere"]}),
    ("organisations", {"organisations": ["nobody"]}),
    ("link", {"link": "javascript:alert(1)"}),
    ("agenda[0].title.fr", {"agenda": [{"minutes": 10}]}),
    ("agenda[0].record", {"agenda": [{"about": "finding", "record": "018f0000-0000-7000-8000-000000000000"}]}),
    ("present[0].organisation", {"present": [{"roles": "juge"}]}),
    ("present[0].organisation", {"present": [{"organisation": "nobody"}]}),
    ("outcomes[0].text.fr", {"outcomes": [{"kind": "decided"}]}),
    ("text.fr.title", {"text": {"fr": {"title": "x" * 301}}}),
    ("agenda", {"agenda": [{"title": {"fr": "x"}}] * 61}),
]


@pytest.mark.parametrize(("place", "more"), FAULTS, ids=[f"{n} {place}" for n, (place, _) in enumerate(FAULTS)])
def test_what_cannot_be_kept_is_refused_with_its_place(group: Instance, place: str, more: dict[str, Any]) -> None:
    with pytest.raises(Faulty) as refused:
        checked(group, body(**more))
    assert place in [one.field for one in refused.value.faults]


# ---------------------------------------------------------------------------------------------------------------------
# The agenda from what is open


def test_what_is_open_is_proposed_in_order_and_once(own_paris: Instance) -> None:
    shared, called = finding(own_paris, "Constat"), improvement(own_paris, "Avec appel", "called", date(2031, 6, 1))
    discussed = improvement(own_paris, "En discussion")
    for state in ("draft", "closed"):
        finding(own_paris, f"Constat {state}", state)
    for state in ("draft", "adopted", "dropped", "not-adopted", "completed"):
        improvement(own_paris, f"Piste {state}", state)
    before = was_held(own_paris, day="2031-04-01")
    draft(own_paris, before)
    one = planned(own_paris, agenda=[{"title": {"fr": "Accueil"}, "minutes": 5}])
    for _ in range(2):
        with keeping.held(own_paris, one) as (session, record):
            writing.propose(session, record, by=WRITER, at=keeping.THEN)
    points = said(own_paris, one).agenda
    assert [point.record for point in points] == [None, before, called, discussed, shared]
    assert [point.about for point in points] == ["own", "minutes", "improvement", "improvement", "finding"]
    assert [point.minutes for point in points] == [5, 10, 20, 20, 15]


def test_what_is_still_to_be_done_is_proposed_what_is_late_on_the_day_first(group: Instance) -> None:
    called = improvement(group, "Avec appel", "called", date(2031, 6, 1))
    late, later, over = (improvement(group, f"Piste {name}", "adopted") for name in ("late", "later", "over"))
    again = improvement(group, "Rediscutée", "discussed")
    for record_id, days in {late: "11 20", later: "12", over: "01", again: "01"}.items():
        for number, day in enumerate(days.split(), 1):
            act(group, record_id, number, f"2031-05-{day}", "done" if record_id == over else "under-way")
    with group.database.read("paris") as session:
        found = {one.id: one for one in agenda.open_now(session, "paris", day=date(2031, 5, 12))}
    assert [one for one in found if one in (called, late, later, over, again)] == [late, called, again, later]
    assert [(found[one].about, found[one].to_do, found[one].overdue) for one in (late, later, again)] == [
        ("action", 2, 1),
        ("action", 1, 0),
        ("improvement", 0, 0),
    ]
    one = planned(group)
    with keeping.held(group, one) as (session, record):
        writing.propose(session, record, by=WRITER, at=keeping.THEN)
    assert [point.about for point in said(group, one).agenda if point.record in (late, later)] == ["action", "action"]


def act(paris: Instance, record_id: str, number: int, day: str, progress: str) -> None:
    """Let there be an action that follows from an improvement."""
    row = Action(
        region_id="paris", record_id=record_id, number=number, what="Tenir un registre.", language="fr",
        stakeholder_id="x", due_on=day, progress=progress, steps=1,
    )  # fmt: skip
    with paris.database.write("paris") as session:
        session.add(row)


def test_the_title_of_what_the_group_may_not_read_stands_nowhere(own_paris: Instance) -> None:
    hidden = finding(own_paris, "Secret", "draft")
    with pytest.raises(Faulty):
        checked(own_paris, body(agenda=[{"about": "finding", "record": hidden}]))
    with own_paris.database.read("paris") as session:
        assert agenda.named_by_id(session, "paris", [hidden])[hidden].title == {}


# ---------------------------------------------------------------------------------------------------------------------
# At the same moment


def at_once(call: Callable[[int], Any], times: int = 100) -> list[str]:
    def told(number: int) -> str:
        try:
            call(number)
        except (Conflict, IllegalTransition) as error:
            return type(error).__name__
        return "done"

    with ThreadPoolExecutor(8) as pool:
        return sorted(pool.map(told, range(times)))


@pytest.mark.both_databases
def test_of_a_hundred_who_announce_it_one_does(group: Instance) -> None:
    one = planned(group, organisations=["aphp"])
    found = at_once(lambda _: announce(group, one))
    assert found.count("done") == 1
    with group.database.read("paris") as session:
        query = select(func.count()).where(Audit.record_id == one, Audit.verb == "announce")
        assert session.scalar(query) == 1
        assert broken_audit(session, "paris") is None


def test_of_two_who_write_what_they_read_one_is_told_of_the_other(group: Instance) -> None:
    one = planned(group)
    found = at_once(lambda number: save(group, one, expected=1, place=f"Salle {number}"), times=12)
    assert found == ["Conflict"] * 11 + ["done"]
