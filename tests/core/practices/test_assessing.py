"""Reviewers are asked and answer alone; until all have, none is told what another answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import Conflict, NotFound, NotPermitted
from lanzarote.instance import Instance
from lanzarote.practices import assessing, writing
from lanzarote.practices.review_model import Answer, Answers
from lanzarote.records import drafts, validation
from lanzarote.records.changelog import Audit
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import Actor
from lanzarote.records.validation import Identifying
from lanzarote.regions.group import grid_of
from sqlalchemy import select

from tests.core.practices.assessments import PARIS, THEN, Assessed, full, person, told, unmet


@pytest.fixture(scope="module")
def paris(module_paris_url: str) -> Iterator[Instance]:
    """Paris, on SQLite and on PostgreSQL; every test brings its own practice and people."""
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": module_paris_url})) as instance:
        yield instance


# ---------------------------------------------------------------------------------------------------------------------
# Asking


def test_who_can_be_asked_is_told_with_why_somebody_cannot(paris: Instance, head: Actor, bo: Actor) -> None:
    court = paris.directory(PARIS)[0]
    author = person(paris, "coordinator", "Author")
    named = person(paris, "reviewer", "Named", organisation=court.id)
    person(paris, "reviewer", "Invited", state="invited")
    person(paris, "contributor", "Contributor")
    partners = [{"organisation": court.key}]
    one = Assessed(paris, author, head, partners=partners).submit()
    with paris.database.read(PARIS) as session:
        found = {each.name: each.why_not for each in assessing.candidates(session, one.record(session))}
    assert found["Author"] == ("author", "submitter")
    assert found["Named"] == ("named",)
    assert found[bo.name] == found[head.name] == ()
    assert not {"Invited", "Contributor"} & {*found}
    for wrong in (author, named):
        with pytest.raises(validation.Faulty):
            one.ask(bo, wrong)
    assert one.state == ("draft", "submitted")


def test_who_submitted_it_does_not_choose_the_reviewers(paris: Instance, head: Actor, bo: Actor) -> None:
    one = Assessed(paris, head, head).submit()
    with pytest.raises(NotPermitted, match="nobody publishes alone"):
        one.ask(bo)


@pytest.mark.parametrize("role", ["reviewer", "contributor", "representative"])
def test_only_a_coordinator_asks(paris: Instance, one: Assessed, bo: Actor, role: Any) -> None:
    with pytest.raises(NotPermitted):
        one.ask(bo, by=person(paris, role, organisation="x"))


def test_reviewers_are_asked_about_what_was_submitted_and_nothing_is_written_meanwhile(
    one: Assessed, bo: Actor
) -> None:
    one.ask(bo)
    assert one.state == ("draft", "assessing")
    with pytest.raises(IllegalTransition):
        one.rewrite("Trop tard")
    with pytest.raises(IllegalTransition), one.held() as (session, record):
        drafts.take_back(session, record, action="practice.write", by=one.writer, at=THEN)


def test_while_it_is_assessed_nobody_publishes_or_returns_it_beside_the_decision(one: Assessed, bo: Actor) -> None:
    one.ask(bo)
    with pytest.raises(IllegalTransition, match="being assessed"), one.held() as (session, record):
        writing.publish_unassessed(session, record, confirmed=True, expected=1, by=bo, at=THEN)
    words = one.instance.vocabulary(PARIS)
    with pytest.raises(IllegalTransition, match="being assessed"), one.held() as (session, record):
        writing.hand_back(session, record, words, reason="Pas encore.", by=one.head, at=THEN)


def test_the_questions_stay_as_they_were_when_they_were_asked(one: Assessed, bo: Actor) -> None:
    grid = msgspec.structs.replace(grid_of(None), version=7)
    with one.held() as (session, record):
        assessing.ask(session, record, grid, [bo.account_id], expected=1, by=one.head, at=THEN)
    with one.held() as (session, record):
        assert assessing.mine(session, record, by=bo)[0].asks() == grid
    assert grid != one.grid


def test_more_can_be_asked_while_it_goes_on_and_nobody_twice(one: Assessed, bo: Actor, cy: Actor) -> None:
    one.ask(bo).ask(cy)
    assert [seat.account_id for seat in one.progress(one.head).seats] == sorted([bo.account_id, cy.account_id])
    with pytest.raises(validation.Faulty):
        one.ask(bo)


def test_who_is_released_is_asked_no_longer_and_what_they_wrote_is_gone(
    paris: Instance, one: Assessed, bo: Actor, cy: Actor
) -> None:
    one.ask(bo, cy)
    one.save(bo, full(one.grid, "canary-draft"))
    with one.held() as (session, record):
        assessing.release(session, record, bo.account_id, by=bo, at=THEN)
    with one.held() as (session, record):
        assessing.release(session, record, cy.account_id, by=one.head, at=THEN)
    assert one.progress(one.head).seats == ()
    with pytest.raises(NotFound):
        one.give(bo)
    one.ask(bo)
    with one.held() as (session, record):
        assert assessing.mine(session, record, by=bo)[1].said() == Answers()


def test_nobody_releases_another_but_a_coordinator(one: Assessed, bo: Actor, cy: Actor) -> None:
    one.ask(bo, cy)
    with pytest.raises(NotPermitted), one.held() as (session, record):
        assessing.release(session, record, cy.account_id, by=bo, at=THEN)


# ---------------------------------------------------------------------------------------------------------------------
# Answering


def test_a_draft_waits_for_its_reviewer(one: Assessed, bo: Actor) -> None:
    one.ask(bo)
    draft = Answers(criteria={"article-10": Answer(value="yes", reason="Oui.")})
    one.save(bo, draft)
    with one.held() as (session, record):
        assert assessing.mine(session, record, by=bo)[1].said() == draft


def test_what_is_missing_is_told_all_at_once(one: Assessed, bo: Actor) -> None:
    one.ask(bo)
    answers = msgspec.structs.replace(full(one.grid, equity=Answer(value="yes")), strength=Answer(), no_case=False)
    with pytest.raises(validation.Faulty) as faulty:
        one.give(bo, answers)
    assert [fault.field for fault in faulty.value.faults] == [
        "criteria.equity.reason", "strength.value", "strength.reason", "no_case",
    ]  # fmt: skip


def test_a_condition_that_is_not_met_is_enough(one: Assessed, bo: Actor) -> None:
    one.ask(bo)
    with pytest.raises(validation.Faulty) as faulty:
        one.give(bo, Answers(criteria={"article-10": Answer(value="no")}))
    assert [fault.field for fault in faulty.value.faults] == ["criteria.article-10.reason"]
    one.give(bo, unmet(one.grid))


def test_what_is_none_of_the_answers_is_refused(one: Assessed) -> None:
    words = one.instance.vocabulary(PARIS)
    for wrong in (
        Answers(criteria={"article-10": Answer(value="partly")}),
        Answers(criteria={"equity": Answer(value="no")}),
        Answers(strength=Answer(value="not-assessed")),
    ):
        with pytest.raises(validation.Faulty):
            assessing.checked(wrong, one.grid, words, looked_again=False)
    strange = Answers(criteria={"colour": Answer(value="blue")})
    assert assessing.checked(strange, one.grid, words, looked_again=False) == Answers()


def test_a_reason_that_may_tell_who_somebody_is_is_kept_nowhere(one: Assessed, bo: Actor) -> None:
    words = one.instance.vocabulary(PARIS)
    number = "1 89 05 75 116 001 " + f"{97 - int('1890575116001') % 97:02d}"
    for looked_again, text, refused in (
        (True, f"Voir le dossier {number}.", True),
        (False, "Léa, 9 ans, y est citée.", True),
        (True, "Léa, 9 ans, est un personnage.", False),
    ):
        answers = full(one.grid, equity=Answer(value="yes", reason=text))
        if refused:
            with pytest.raises(Identifying) as found:
                assessing.checked(answers, one.grid, words, looked_again=looked_again)
            assert {concern.field for concern in found.value.concerns} == {"criteria.equity.reason"}
        else:
            assessing.checked(answers, one.grid, words, looked_again=looked_again)


def test_what_is_given_is_given(one: Assessed, bo: Actor) -> None:
    one.ask(bo)
    one.give(bo)
    with pytest.raises(Conflict):
        one.save(bo, Answers())
    with pytest.raises(Conflict):
        one.give(bo)
    with pytest.raises(Conflict), one.held() as (session, record):
        assessing.release(session, record, bo.account_id, by=one.head, at=THEN)


def test_who_was_not_asked_answers_nothing(one: Assessed, bo: Actor, cy: Actor) -> None:
    one.ask(bo)
    for other in (cy, one.head, one.writer):
        with pytest.raises(NotFound):
            one.give(other)


def test_who_no_longer_may_gives_nothing_although_they_were_asked(paris: Instance, head: Actor, bo: Actor) -> None:
    court = paris.directory(PARIS)[0]
    one = Assessed(paris, person(paris, "contributor"), head, partners=[{"organisation": court.key}]).submit().ask(bo)
    [grant] = bo.grants
    moved = msgspec.structs.replace(bo, grants=(msgspec.structs.replace(grant, stakeholder_id=court.id),))
    for now in (msgspec.structs.replace(bo, grants=()), moved):
        with pytest.raises(NotPermitted):
            one.give(now)
    one.give(bo)


# ---------------------------------------------------------------------------------------------------------------------
# Blind


def test_nobody_reads_an_answer_before_all_are_in(paris: Instance, one: Assessed, bo: Actor, cy: Actor) -> None:
    team = [one.head, bo, cy, person(paris, "coordinator"), person(paris, "reviewer"), one.writer]
    one.ask(bo, cy)
    one.give(bo, full(one.grid, "canary-bo"))
    one.save(cy, full(one.grid, "canary-cy"))
    for who in team:
        assert "canary" not in told(one, who)
    one.give(cy, full(one.grid, "canary-cy"))
    for who in (one.head, bo, cy):
        assert "canary-bo" in told(one, who)
        assert "canary-cy" in told(one, who)
    assert "canary" not in told(one, one.writer)


def test_a_coordinator_is_told_who_has_given_and_a_reviewer_is_not(one: Assessed, bo: Actor, cy: Actor) -> None:
    one.ask(bo, cy)
    one.give(bo)

    def given(by: Actor) -> dict[str, bool | None]:
        return {seat.account_id: seat.given for seat in one.progress(by).seats}

    assert given(one.head) == {bo.account_id: True, cy.account_id: False}
    assert given(cy) == {bo.account_id: None, cy.account_id: None}


def test_a_coordinator_who_is_asked_is_as_blind_as_any_reviewer(paris: Instance, one: Assessed, bo: Actor) -> None:
    other = person(paris, "coordinator")
    one.ask(bo, other)
    before = told(one, other)
    one.give(bo, unmet(one.grid, "canary-bo"))
    assert told(one, other) == before
    attempts = (
        lambda: one.ask(person(paris, "reviewer"), by=other),
        lambda: one.decide("assessed", by=other),
        lambda: one.decide("return", by=other),
    )
    for attempt in attempts:
        with pytest.raises(NotPermitted, match="Submit your own"):
            attempt()
    with pytest.raises(NotPermitted, match="Submit your own"), one.held() as (session, record):
        assessing.release(session, record, bo.account_id, by=other, at=THEN)


def test_a_condition_that_is_not_met_is_told_to_the_team_and_not_to_who_is_still_asked(
    one: Assessed, bo: Actor, cy: Actor
) -> None:
    one.ask(bo, cy)
    before = told(one, cy)
    one.give(bo, unmet(one.grid, "canary-bo"))
    assert one.progress(one.head).unmet
    assert "canary-bo" in told(one, one.head)
    assert told(one, cy) == before
    one.give(cy)
    assert "canary-bo" in told(one, cy)


def test_whoever_could_read_the_answers_is_not_asked_any_more(paris: Instance, one: Assessed, bo: Actor) -> None:
    other, third = person(paris, "reviewer"), person(paris, "coordinator")
    one.ask(bo, other, third)
    one.give(bo)
    one.give(other)
    with one.held() as (session, record):
        assessing.release(session, record, third.account_id, by=third, at=THEN)
    assert one.progress(third).open
    with pytest.raises(validation.Faulty):
        one.ask(third)


def test_the_audit_tells_the_same_of_every_answer(paris: Instance, one: Assessed, bo: Actor, cy: Actor) -> None:
    one.ask(bo, cy)
    one.give(bo, full(one.grid))
    one.give(cy, unmet(one.grid))
    with paris.database.read(PARIS) as session:
        query = select(Audit.verb, Audit.version, Audit.digest).where(Audit.record_id == one.id, Audit.verb == "give")
        assert session.execute(query).all() == [("give", 1, ""), ("give", 1, "")]
