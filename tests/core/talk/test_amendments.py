"""Amendments: proposed on the text that was read, decided once, by one, each with a reason."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest
from lanzarote.errors import Conflict, NotPermitted
from lanzarote.improvements import calling
from lanzarote.improvements.amendments import put_together
from lanzarote.improvements.model import Amendment, open_amendments
from lanzarote.improvements.team_documents import Calling
from lanzarote.records.changelog import Audit
from lanzarote.records.records import Involved, encode, publish, revise, withdraw
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.types.improvements import Improvement, ImprovementText
from sqlalchemy import select

from tests.core.taking_part import let_take_part
from tests.core.talk.talking import PARIS, TEXT, Group


def test_what_is_accepted_is_the_next_version_and_its_author_one_of_the_authors(group: Group) -> None:
    number = group.propose(group.rep, title="Un seul numéro")
    group.accept(number)
    said = group.says()
    assert (said.text["fr"].title, said.text["fr"].summary) == ("Un seul numéro", TEXT["summary"])
    told = group.amendment(number)
    assert (told.state, told.settled_version, told.settled_by) == ("accepted", 2, group.head.account_id)
    assert told.settled_reason == "Le groupe est d’accord."
    with group.read() as (session, record):
        authors = set(session.scalars(select(Involved.account_id).where(Involved.record_id == record.id)))
        verbs = list(session.scalars(select(Audit.verb).where(Audit.record_id == record.id).order_by(Audit.seq)))
    assert group.rep.account_id in authors
    assert verbs == ["create", "amend", "revise", "amend-accept"]


def test_what_is_refused_or_withdrawn_leaves_the_text(group: Group) -> None:
    refused, withdrawn = group.propose(title="A"), group.propose(title="B")
    with pytest.raises(NotPermitted):
        group.withdraw(withdrawn, by=group.bo)
    group.refuse(refused)
    group.withdraw(withdrawn)
    assert [group.amendment(one).state for one in (refused, withdrawn)] == ["refused", "withdrawn"]
    assert group.says().text["fr"].title == TEXT["title"]
    with pytest.raises(Conflict):
        group.accept(refused)
    with pytest.raises(Conflict):
        group.refuse(withdrawn)
    with pytest.raises(Conflict):
        group.withdraw(refused)


@pytest.mark.parametrize("who", ["ana", "rita", "rep"])
def test_only_a_coordinator_decides(group: Group, who: str) -> None:
    number, by = group.propose(title="A"), getattr(group, who)
    with pytest.raises(NotPermitted):
        group.accept(number, by=by)
    with pytest.raises(NotPermitted):
        group.refuse(number, by=by)


@pytest.mark.parametrize("state", ["draft", "called", "adopted", "not-adopted", "completed", "dropped"])
def test_amendments_are_proposed_and_decided_only_under_discussion(group: Group, state: Any) -> None:
    number = group.propose(title="A")
    group.move(state)
    for late in (lambda: group.propose(title="B"), lambda: group.accept(number), lambda: group.refuse(number)):
        with pytest.raises(Conflict):
            late()
    group.withdraw(number)
    assert group.amendment(number).state == "withdrawn"


def test_positions_are_asked_for_once_every_amendment_is_decided_or_withdrawn(group: Group) -> None:
    let_take_part(group.instance, PARIS, group.organisation)
    refused, withdrawn = group.propose(title="A"), group.propose(title="B")
    given = Calling(until=date(2031, 2, 1))
    day: dict[str, Any] = {"at": datetime(2031, 1, 1, tzinfo=UTC), "today": date(2031, 1, 1)}

    def call() -> None:
        with group.held() as (session, record):
            calling.call(session, record, given=given, expected=None, by=group.head, **day)

    for settle in (partial(group.refuse, refused), partial(group.withdraw, withdrawn)):
        with pytest.raises(Conflict, match="Amendments are open"):
            call()
        settle()
    call()


@pytest.mark.parametrize("way", ["accept", "refuse"])
def test_an_amendment_is_decided_while_the_public_does_not_read_the_improvement(here: Group, way: str) -> None:
    """Unpublished while the group discusses it again: without a decision it could never be published again."""
    with here.held() as (session, record):
        publish(session, record, by=here.head.account_id)
    number = here.propose(title="A")
    with here.held() as (session, record):
        withdraw(session, record, by=here.head.account_id)
    getattr(here, way)(number)
    with here.read() as (session, record):
        assert (record.state, list(open_amendments(session, record))) == ("withdrawn", [])


def changed(group: Group, **text: str) -> None:
    """Somebody saves another version meanwhile."""
    said = Improvement(original="fr", text={"fr": ImprovementText(**(TEXT | text))}, sectors=("courts",))
    with group.held() as (session, record):
        revise(session, record, encode(said), by=group.bo.account_id)


def test_a_newer_text_has_to_be_put_together_with_it_by_hand(group: Group) -> None:
    number = group.propose(title="Un seul numéro")
    changed(group, reasons="Quatre services se renvoient les appels.")
    with pytest.raises(Conflict):
        group.accept(number, expected=2)
    with pytest.raises(Conflict):
        group.accept(number, expected=1)
    together = put_together(
        ImprovementText(**TEXT), group.says().text["fr"], ImprovementText(**(TEXT | {"title": "Un seul numéro"}))
    )
    assert (together.title, together.reasons) == ("Un seul numéro", "Quatre services se renvoient les appels.")
    with pytest.raises(Conflict):
        group.accept(number, expected=1, merged=together)
    group.accept(number, expected=2, merged=together)
    assert (group.says().text["fr"].title, group.says().text["fr"].reasons) == (together.title, together.reasons)
    assert group.amendment(number).settled_version == 3


def test_translations_of_what_changed_are_out_of_date(group: Group) -> None:
    texts = {"fr": ImprovementText(**TEXT), "en": ImprovementText(title="One number")}
    said = Improvement(original="fr", text=texts, sectors=("courts",))
    with group.held() as (session, record):
        revise(session, record, encode(said), by=group.ana.account_id)
    group.accept(group.propose(base=2, title="Un seul numéro"), expected=2)
    assert group.says().stale == ("en",)


def test_a_reason_is_asked_on_both_sides_and_something_has_to_change(group: Group) -> None:
    wrongs: tuple[dict[str, Any], ...] = (
        {"why": " "},
        {"why": "Jean.dupont@justice.example"},
        {"title": ""},
        {"title": TEXT["title"]},
    )
    for wrong in wrongs:
        with pytest.raises((Faulty, Identifying)):
            group.propose(**wrong)
    number = group.propose(title="A")
    with pytest.raises(Faulty):
        group.refuse(number, reason="")


@pytest.mark.both_databases
def test_of_many_who_decide_at_once_one_does(group: Group) -> None:
    number = group.propose(title="Un seul numéro")

    def decide(turn: int) -> str:
        try:
            group.accept(number) if turn % 2 else group.refuse(number)
        except Conflict:
            return "told"
        return "done"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(decide, range(40))) == ["done"] + ["told"] * 39
    assert len({group.amendment(number).state} & {"accepted", "refused"}) == 1


@pytest.mark.both_databases
def test_a_hundred_proposed_at_once_have_a_hundred_numbers(group: Group) -> None:
    with ThreadPoolExecutor(16) as pool:
        numbers = list(pool.map(lambda turn: group.propose(title=f"Numéro {turn}"), range(100)))
    assert sorted(numbers) == list(range(1, 101))
    assert len(group.rows(Amendment)) == 100
    with group.read() as (session, record):
        assert len(open_amendments(session, record)) == 100


@pytest.mark.both_databases
def test_a_hundred_that_say_the_same_at_once_are_one(group: Group) -> None:
    with ThreadPoolExecutor(16) as pool:
        numbers = list(pool.map(lambda _: group.propose(title="Le même titre"), range(100)))
    assert set(numbers) == {1}
    assert len(group.rows(Amendment)) == 1
    assert group.propose(title="Un autre titre") == 2
    group.refuse(1)
    assert group.propose(title="Le même titre") == 3, "what was decided can be proposed again"


def test_amendments_go_with_what_is_erased(group: Group) -> None:
    group.propose(title="A")
    group.erase()
    assert group.rows(Amendment) == []


def test_who_leads_is_told_of_a_proposal_and_who_proposed_it_of_the_decision(group: Group) -> None:
    from lanzarote.records.outbox import Job
    from lanzarote.store.database import ALL

    def waiting() -> set[str]:
        with group.instance.database.read(ALL) as session:
            return {job.once for job in session.scalars(select(Job)) if job.once and group_id(job.once)}

    def group_id(once: str) -> bool:
        return once.startswith("amendment") and any(
            who.account_id in once for who in (group.head, group.second, group.ana)
        )

    number = group.propose(title="A")
    assert waiting() == {f"amendment:{who.account_id}:{group.id}:{number}" for who in (group.head, group.second)}
    group.refuse(number)
    assert f"amendment-settled:{group.ana.account_id}:{group.id}:{number}" in waiting()
