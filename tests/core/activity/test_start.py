"""The start page: what waits for this person, what changed since they were here, what is due; nothing of others."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from lanzarote.accounts.model import Account
from lanzarote.activity import pages
from lanzarote.improvements.model import SOON
from lanzarote.kinds import unsaved
from lanzarote.kinds.entered import Entered, Typed
from lanzarote.practices import writing
from lanzarote.records.records import Record, now
from lanzarote.records.tasks import open_task
from sqlalchemy import update

from tests.core.activity.conftest import Team, counted
from tests.core.evaluation import piloting
from tests.core.improvements import deliberating
from tests.core.improvements import group as asking
from tests.core.meetings import keeping
from tests.core.practices.assessments import PARIS, person, unmet
from tests.core.practices.signed_in import sign_in
from tests.core.procedures import agreeing
from tests.core.talk.talking import Group
from tests.core.web.reading import PageRead


def headings(html: str) -> list[str]:
    return [" ".join(re.sub(r"<[^>]+>", "", found).split()) for found in re.findall(r"<h3>(.*?)</h3>", html, re.DOTALL)]


def came_before(team: Team, name: str) -> None:
    """Let the person have been here before."""
    with team.paris.database.write("-") as session:
        session.execute(update(Account).where(Account.id == team.people[name].account_id).values(before_at=now()))


def age(team: Team, record_id: str, days: int) -> None:
    with team.paris.database.write(PARIS) as session:
        record = session.get_one(Record, (PARIS, record_id))
        record.updated_at = now() - timedelta(days=days)


def test_who_signs_in_lands_on_it_and_the_head_of_every_page_leads_there(team: Team) -> None:
    assert 'href="/fr/start"' in team.ana.get("/fr/paris/law")
    assert "/fr/start" not in team.client.get("/fr/paris/practices").text


def test_a_visitor_has_none(team: Team) -> None:
    answer = team.client.get("/fr/start", follow_redirects=False)
    assert answer.headers["location"].startswith("/fr/account/sign-in")


def test_where_nothing_waits_it_says_so_kindly(team: Team) -> None:
    read = team.ana.get("/en/start")
    assert "You have no tasks." in read
    assert "Welcome. From your next visit on" in read
    assert headings(read) == []


def test_what_was_submitted_waits_for_those_who_may_publish_it(team: Team) -> None:
    one = team.practice()
    one.submit()
    for name, shown in (("head", True), ("bo", True), ("ana", False)):
        assert (one.id in getattr(team, name).get("/en/start")) == shown


def test_what_one_submitted_oneself_does_not_wait_for_oneself(team: Team) -> None:
    one = team.practice("di")
    one.submit()
    assert one.id not in team.di.get("/en/start")
    assert one.id in team.head.get("/en/start")


def test_what_one_is_asked_to_assess_waits_until_it_is_given(team: Team) -> None:
    one = team.practice().submit().ask(team.people["bo"])
    assert headings(team.bo.get("/en/start")) == ["You are asked to assess 1"]
    assert f"/en/paris/team/practices/{one.id}/assess/answers" in team.bo.get("/en/start")
    assert headings(team.cy.get("/en/start")) == []
    one.give(team.people["bo"])
    assert headings(team.bo.get("/en/start")) == []


def test_a_draft_that_was_saved_waits_for_its_writer(team: Team) -> None:
    one = team.practice()
    assert headings(team.ana.get("/en/start")) == ["Your drafts 1"]
    assert f"/en/paris/team/practices/{one.id}/edit" in team.ana.get("/en/start")
    assert headings(team.head.get("/en/start")) == []
    one.submit()
    assert headings(team.ana.get("/en/start")) == []


def test_what_was_adopted_without_actions_waits_for_who_leads_the_group(team: Team) -> None:
    doing = Group(team.paris, state="adopted")
    record_id = doing.id
    assert headings(team.head.get("/en/start")) == ["Adopted, and no action planned yet 1"]
    assert f"/en/paris/team/improvements/{record_id}/actions" in team.head.get("/en/start")
    assert headings(team.ana.get("/en/start")) == []
    doing.plan()
    assert "Adopted, and no action planned yet 1" not in headings(team.head.get("/en/start"))


def test_a_procedure_that_waits_for_endorsements_waits_for_who_leads_the_group(team: Team) -> None:
    name = agreeing.proposed(team.paris)
    assert headings(team.head.get("/en/start")) == ["Procedures that wait for endorsements 1"]
    assert f"/en/paris/team/procedures/{name}" in team.head.get("/en/start")
    assert headings(team.ana.get("/en/start")) == []
    for one in agreeing.BODIES:
        agreeing.say(team.paris, name, one)
    assert headings(team.head.get("/en/start")) == []


def test_a_finding_waits_for_who_wrote_it_and_for_who_leads_until_it_is_shared(team: Team) -> None:
    found = deliberating.finding(team.paris, by=team.people["ana"])
    assert headings(team.ana.get("/en/start")) == ["Your findings that the group does not read yet 1"]
    assert headings(team.head.get("/en/start")) == ["Findings: offer a reply, then share with the group 1"]
    assert f"/en/paris/team/findings/{found}" in team.head.get("/en/start")
    assert headings(team.bo.get("/en/start")) == []
    deliberating.step(team.paris, found, "share", by=team.people["head"])
    assert headings(team.ana.get("/en/start")) == headings(team.head.get("/en/start")) == []


def test_a_decision_waits_as_soon_as_nobody_can_still_answer(team: Team) -> None:
    group = asking.Group(team.paris)
    waits = "All positions are in, or the last day is over: for the group to decide 1"
    first, *others = group.bodies
    group.desk(others[0], "contact@b.example")
    group.call()
    for body in others:
        group.say(body)
    assert waits not in headings(team.head.get("/en/start"))
    group.record(first, by=team.people["head"])
    assert waits in headings(team.di.get("/en/start"))
    assert waits not in headings(team.head.get("/en/start"))  # who wrote that down does not decide on it
    group.record(others[0], "object")
    assert waits not in headings(team.di.get("/en/start"))  # it was written to, and can answer
    group.say(others[0], "object")
    assert waits in headings(team.di.get("/en/start"))


def test_a_decision_on_the_pilot_waits_for_who_did_not_write_it(team: Team) -> None:
    record_id = piloting.judged(team.paris)
    assert headings(team.di.get("/en/start")) == []
    piloting.decide(team.paris, record_id, by=team.people["head"])
    assert headings(team.di.get("/en/start")) == ["Decisions on the pilot to be published 1"]
    assert f"/en/paris/team/evaluations/{record_id}" in team.di.get("/en/start")
    assert headings(team.head.get("/en/start")) == headings(team.ana.get("/en/start")) == []
    piloting.publish(team.paris, record_id, by=team.people["di"])
    assert headings(team.di.get("/en/start")) == []


def test_an_indicator_waits_for_who_may_publish_what_is_new_in_it(team: Team) -> None:
    waits = "Indicators to be published 1"
    record_id = piloting.counted(team.paris, by=team.people["head"])
    assert waits in headings(team.di.get("/en/start"))
    assert f"/en/paris/team/indicators/{record_id}" in team.di.get("/en/start")
    for name in ("head", "ana"):
        assert waits not in headings(getattr(team, name).get("/en/start"))
    piloting.release(team.paris, record_id, by=team.people["di"])
    assert waits not in headings(team.di.get("/en/start"))


def test_a_judge_of_the_pilot_is_asked_until_it_has_answered_on_everything(team: Team) -> None:
    body = team.paris.directory(PARIS)[0].id
    rep = person(team.paris, "representative", "Remy Parle", organisation=body)
    reads = sign_in(team.paris, team.client, rep)
    judges = [{"key": "j1", "standpoint": "self", "organisation": body}]
    record_id = piloting.begun(team.paris, piloting.REPORT | {"judges": judges})
    assert headings(reads.get("/en/start")) == []
    piloting.run(team.paris, record_id)
    for criterion in ("c1", "c2"):
        assert headings(reads.get("/en/start")) == ["Your organisation is asked to evaluate the pilot 1"]
        piloting.answer(team.paris, record_id, criterion, "j1", by=rep)
    assert headings(reads.get("/en/start")) == []


def test_the_team_s_practices_and_who_can_do_what_are_a_link_away_in_each_region(team: Team) -> None:
    assert 'href="/en/paris/team/practices">' in team.head.get("/en/start")
    assert 'href="/en/paris/roles">' in team.head.get("/en/paris/people")
    assert "You have no role here." not in team.head.get("/en/paris/roles")


def test_a_decision_waits_when_all_are_in(team: Team) -> None:
    one = team.practice().submit().ask(team.people["bo"], team.people["cy"])
    one.give(team.people["bo"])
    assert headings(team.head.get("/en/start")) == []
    one.give(team.people["cy"])
    assert headings(team.head.get("/en/start")) == ["All answers are in: for the team to decide 1"]
    assert headings(team.bo.get("/en/start")) == []


def test_a_coordinator_who_is_still_to_answer_is_not_told_that_a_decision_waits(team: Team) -> None:
    one = team.practice().submit().ask(team.people["bo"], team.people["di"])
    one.give(team.people["bo"], unmet(one.grid))
    assert headings(team.head.get("/en/start")) == ["All answers are in: for the team to decide 1"]
    assert headings(team.di.get("/en/start")) == ["You are asked to assess 1"]


def test_what_was_given_back_waits_for_its_writer_with_the_reason(team: Team) -> None:
    one = team.practice().submit()
    with one.held() as (session, record):
        words = team.paris.vocabulary(PARIS)
        writing.hand_back(session, record, words, reason="Qui préside ?", by=team.people["bo"], at=now())
    read = team.ana.get("/en/start")
    assert headings(read) == ["Returned to you 1"]
    assert "Qui préside ?" in read
    assert "Qui préside ?" not in team.cy.get("/en/start")


def test_what_was_typed_and_not_saved_waits_for_its_writer_alone(team: Team) -> None:
    one = team.practice()
    given = Typed(entered=Entered(original="fr", languages=("fr",)))
    with team.paris.database.write(PARIS) as session:
        for record_id, base in ((one.id, 1), ("01a20f20-24b0-7ac3-ad56-d4f96eef5901", 0)):
            unsaved.keep(session, PARIS, record_id, given, base=base, by=team.people["ana"], at=now())
    read = team.ana.get("/en/start")
    assert headings(read) == ["You typed and did not save 2"]
    assert "A practice without a title" in read
    titled = Entered(original="fr", languages=("fr",), values={"text.fr.title": ("Une salle claire",)})
    with team.paris.database.write(PARIS) as session:
        kept = Typed(entered=titled)
        new = "01a20f20-24b0-7ac3-ad56-d4f96eef5901"
        unsaved.keep(session, PARIS, new, kept, base=0, by=team.people["ana"], at=now())
    read = team.ana.get("/en/start")
    assert "Une salle claire" in read
    assert "A practice without a title" not in read
    assert headings(team.head.get("/en/start")) == []


def test_tasks_wait_for_the_team_of_the_region(team: Team) -> None:
    with team.paris.database.write(PARIS) as session:
        open_task(session, PARIS, "reply", by="visitor", wrong="Une erreur.", about="law")
    read = team.ana.get("/en/start")
    assert headings(read) == ["Tasks of the region 1"]
    assert "A reply from outside" in read
    assert "Une erreur." not in read


def test_what_others_published_and_withdrew_since_the_last_visit_is_told(team: Team) -> None:
    for name in ("cy", "bo"):
        came_before(team, name)
    for title in ("Première", "Seconde"):
        one = team.practice(title=title).submit()
        with one.held() as (session, record):
            writing.publish_unassessed(
                session, record, confirmed=True, expected=record.version, by=team.people["bo"], at=now()
            )
    with one.held() as (session, record):
        words = team.paris.vocabulary(PARIS)
        writing.withdraw(session, record, words, reason="Elle est terminée.", by=team.people["head"], at=now())
    read = team.cy.get("/en/start")
    assert headings(read) == ["Published, or a new version 1", "Withdrawn 1"]
    assert "Première" in read
    assert "Seconde" in read
    assert headings(team.bo.get("/en/start")) == ["Withdrawn 1"]  # what one did oneself is no news


def test_what_is_due_for_review_is_due_for_the_team(team: Team) -> None:
    one = team.practice().submit().ask(team.people["bo"], team.people["cy"])
    one.give(team.people["bo"])
    one.give(team.people["cy"])
    one.decide("assessed")
    assert headings(team.head.get("/en/start")) == []
    one.age("2021-02-03")
    read = team.head.get("/en/start")
    assert headings(read) == ["Due to be looked at again 1"]
    assert "since 3 February 2023" in read
    assert headings(team.ana.get("/en/start")) == []


def test_what_is_due_is_due_from_its_day_in_the_region_on(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    doing = Group(team.paris, state="adopted")
    doing.plan(due=(date(2031, 3, 2) + SOON).isoformat())
    monkeypatch.setattr(pages, "now", lambda: datetime(2031, 3, 1, 22, 30, tzinfo=UTC))
    assert "Ouvrir la ligne." not in team.head.get("/fr/start")
    monkeypatch.setattr(pages, "now", lambda: datetime(2031, 3, 1, 23, 30, tzinfo=UTC))
    assert "Ouvrir la ligne." in team.head.get("/fr/start"), "in Paris it is past midnight"


def test_drafts_that_nobody_touches_are_due_for_who_writes_and_who_leads(team: Team) -> None:
    one = team.practice()
    age(team, one.id, 59)
    assert headings(team.ana.get("/en/start")) == ["Your drafts 1"]
    age(team, one.id, 61)
    for name, told in (("ana", 1), ("head", 1), ("bo", 0)):
        assert len(headings(getattr(team, name).get("/en/start"))) == told


def test_a_long_list_shows_its_beginning_and_how_many_more(team: Team) -> None:
    for _ in range(12):
        team.practice().submit()
    read = team.head.get("/en/start")
    assert headings(read) == ["Submitted: to assess, publish or return 12"]
    assert "And 2 more." in read


def test_a_meeting_is_on_the_day_that_it_is_where_the_region_is(team: Team) -> None:
    # Its day begins in Paris while it is still the day before in UTC.
    keeping.announce(team.paris, keeping.planned(team.paris, day="2031-05-12", starts=None, ends=None))
    read = team.head.get("/en/start")
    assert ("12 May 2031" in read, "11 May 2031" in read) == (True, False)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_it_is_whole_in_both_languages(team: Team, lang: str) -> None:
    team.practice().submit()
    page = PageRead(team.head.get(f"/{lang}/start"))
    assert (page.lang, len(page.headings), page.empty) == (lang, 1, [])
    assert len(page.ids) == len(set(page.ids))


def test_it_asks_the_database_as_often_for_twenty_as_for_one(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    talking, doing = Group(team.paris), Group(team.paris, state="adopted")

    def add() -> None:
        talking.improvement()
        talking.propose(proposal=f"La permanence répond, {next(numbers)}.")
        doing.plan()
        keeping.announce(team.paris, keeping.planned(team.paris))
        piloting.counted(team.paris)
        deliberating.finding(team.paris, by=team.people["ana"])
        piloting.decide(team.paris, piloting.judged(team.paris), by=team.people["di"])
        one = team.practice()
        one.submit()
        asked = team.practice().submit().ask(team.people["bo"], team.people["di"])
        asked.give(team.people["bo"])
        asked.give(team.people["di"])
        due = team.practice().submit().ask(team.people["bo"], team.people["cy"])
        due.give(team.people["bo"])
        due.give(team.people["cy"])
        due.decide("assessed")
        due.age("2021-02-03")
        age(team, team.practice().id, 90)
        with team.paris.database.write(PARIS) as session:
            open_task(session, PARIS, "reply", by="visitor", wrong="Une erreur.", about="law")

    numbers = itertools.count(1)
    came_before(team, "head")
    add()
    team.head.get("/fr/start")
    counts = []
    for more in (0, 19):
        for _ in range(more):
            add()
        team.head.get("/fr/start")  # whatever is kept in memory is there again
        team.practice()  # and what this person is told is asked anew
        with counted(team.paris, monkeypatch) as statements:
            team.head.get("/fr/start")
        counts.append(len(statements))
    assert counts == [34, 34]
