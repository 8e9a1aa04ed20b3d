"""Mails say that something waits and where, in the receiver's language, and never what it says."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.accounts import mails, service
from lanzarote.accounts.model import Account
from lanzarote.app import create_routes
from lanzarote.configuration.settings import read_settings
from lanzarote.mail import sending
from lanzarote.mail.sending import Mail
from lanzarote.practices import writing
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.outbox import Job, enqueue_once
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import Record
from lanzarote.records.save_checks import NO_CHECKS
from lanzarote.stakeholders import entries, replies, saving
from lanzarote.stakeholders import writing as directory
from lanzarote.store.database import ALL, Database
from lanzarote.store.ids import new_id
from sqlalchemy import select, update

from tests.core.accounts.team import Team
from tests.core.practices.assessments import PARIS, TEXT, THEN, Assessed
from tests.core.routes.walking import walked
from tests.core.stakeholders.keeping import BODY

if TYPE_CHECKING:
    from lanzarote.records.permissions import Role

    from tests.core.accounts.team import Person


def somebody(team: Team, name: str, role: Role, language: str = "en") -> Actor:
    grant = Grant(role=role, region_id=PARIS)
    person = team.person(name, grant)
    with team.instance.database.write(INSTANCE) as session:
        service.account(session, person.id).language = language
    return Actor(account_id=person.id, name=name, language=language, grants=(grant,), strong=True)


class People:
    def __init__(self, team: Team) -> None:
        self.team = team
        self.ana = somebody(team, "ana", "contributor", "fr")
        self.bo, self.cy = somebody(team, "bo", "reviewer"), somebody(team, "cy", "reviewer", "fr")
        self.head, self.other = somebody(team, "head", "coordinator"), somebody(team, "other", "coordinator", "fr")
        team.mails()
        self.seen = len(team.mails())
        self.practice = Assessed(team.instance, self.ana, self.head)

    def news(self) -> list[tuple[str, str]]:
        """To whom mails went since we last looked, and what the first words say."""
        found = self.team.mails()
        fresh, self.seen = found[self.seen :], len(found)
        told = [(str(mail["To"]).partition("@")[0], mail.get_content().split("\n\n")[1]) for mail in fresh]
        return sorted((who, " ".join(text.split())) for who, text in told)


@pytest.fixture
def people(team: Team) -> People:
    return People(team)


SUBMITTED = "A practice was submitted, and waits for somebody to read it."


def test_coordinators_hear_of_what_is_submitted_each_in_their_language(people: People) -> None:
    people.practice.submit()
    assert people.news() == [
        ("head", SUBMITTED),
        ("other", "Une pratique a été soumise et attend que quelqu’un la lise."),
    ]


def test_the_submitter_hears_that_it_was_given_back(people: People) -> None:
    people.practice.submit()
    people.news()
    with people.practice.held() as (session, record):
        terms = people.team.instance.vocabulary(PARIS)
        writing.hand_back(session, record, terms, reason="Le titre est trop long.", by=people.head, at=THEN)
    [(who, words)] = people.news()
    assert (who, words) == ("ana", "Une pratique que vous avez soumise vous a été renvoyée pour correction.")


def test_the_submitter_hears_that_it_is_published(people: People) -> None:
    people.practice.submit()
    people.news()
    with people.practice.held() as (session, record):
        writing.publish_unassessed(session, record, confirmed=True, expected=record.version, by=people.bo, at=THEN)
    assert people.news() == [("ana", "Une pratique que vous avez soumise est publiée.")]


def test_those_asked_to_assess_hear_of_it_and_the_submitter_of_the_decision(people: People) -> None:
    people.practice.submit()
    people.news()
    people.practice.ask(people.bo, people.cy)
    assert people.news() == [
        ("bo", "You are asked to assess a practice."),
        ("cy", "On vous demande d’apprécier une pratique."),
    ]
    people.practice.give(people.bo)
    people.practice.give(people.cy)
    people.practice.decide("assessed")
    assert people.news() == [("ana", "L’équipe a décidé au sujet d’une pratique que vous avez soumise.")]


@pytest.mark.parametrize("outcome", ["unassessed", "return"])
def test_a_decision_is_one_mail_whatever_follows_from_it(people: People, outcome: str) -> None:
    people.practice.submit().ask(people.bo, people.cy)
    people.practice.give(people.bo)
    people.practice.give(people.cy)
    people.news()
    people.practice.decide(outcome)
    assert [who for who, _ in people.news()] == ["ana"]


def test_coordinators_hear_of_a_reply(people: People) -> None:
    reply = replies.Reply(wrong="Le nom est faux.")
    replies.keep(people.team.instance.database, PARIS, reply, lang="fr")
    assert people.news() == [
        ("head", "Somebody has written to the team: a correction or a reply."),
        ("other", "Quelqu’un a écrit à l’équipe : une correction ou une réponse."),
    ]


def test_an_entry_of_the_directory_is_told_of_as_a_practice_is(people: People) -> None:
    database, terms = people.team.instance.database, people.team.instance.vocabulary(PARIS)
    entry = entries.read(BODY)
    given = saving.checked(entry, terms, (), reasons={}, by=people.ana.account_id, checks=NO_CHECKS)
    with database.write(PARIS) as session:
        record_id = saving.begin(session, PARIS, given, by=people.ana, at=THEN).id

    def step(take: Any, **more: Any) -> list[str]:
        with database.write(PARIS) as session:
            take(session, session.get_one(Record, (PARIS, record_id)), at=THEN, **more)
        return [f"{who}: {words}" for who, words in people.news()]

    assert step(directory.submit, expected=1, by=people.ana) == [
        "head: An entry of the directory was submitted, and waits for somebody to read it.",
        "other: Une fiche de l’annuaire a été soumise et attend que quelqu’un la lise.",
    ]
    assert step(directory.hand_back, vocabulary=terms, reason="Encore une fois.", by=people.bo) == [
        "ana: Une fiche de l’annuaire que vous avez soumise vous a été renvoyée pour correction."
    ]
    step(directory.submit, expected=1, by=people.ana)
    assert step(directory.publish, confirmed=True, expected=1, by=people.bo) == [
        "ana: Une fiche de l’annuaire que vous avez soumise est publiée."
    ]


def test_nobody_hears_of_what_they_did_themselves(people: People) -> None:
    Assessed(people.team.instance, people.head, people.other).submit()
    assert [who for who, _ in people.news()] == ["other"]
    own = Assessed(people.team.instance, people.ana, people.head).submit()
    people.news()
    own.ask(people.bo, people.cy, by=people.other)
    assert [who for who, _ in people.news()] == ["bo", "cy"]


def test_a_mail_says_where_and_nothing_of_what_is_written(people: People) -> None:
    people.practice.submit()
    people.team.mails()
    whole = [mail.as_string() + mail.get_content() for mail in people.team.mails()[people.seen :]]
    assert len(whole) == 2
    base, place = people.team.instance.public_address, f"paris/team/practices/{people.practice.id}"
    assert sorted(lang for lang in ("en", "fr") for text in whole if f"{base}/{lang}/{place}" in text) == ["en", "fr"]
    for text in whole:
        assert not [part for part in TEXT.values() if part in text]
        assert "ana" not in text.casefold().replace("lanzarote", "")


def test_a_subject_says_the_territory_and_what_is_to_be_done(people: People) -> None:
    people.practice.submit()
    subjects = {str(mail["Subject"]) for mail in people.team.mails()[people.seen :]}
    assert subjects == {
        "Paris: read a practice that was submitted",
        "Paris\N{NARROW NO-BREAK SPACE}: lire une pratique qui a été soumise",
    }


def test_a_subject_says_until_when(people: People) -> None:
    with people.team.instance.database.write(ALL) as session:
        mails.notify(session, [people.ana.account_id], "position", PARIS, "x", until=date(2027, 1, 2))
    [mail] = people.team.mails()[people.seen :]
    assert str(mail["Subject"]).endswith("d’ici au 2 janvier 2027")


def test_a_mail_of_each_kind_leads_to_a_page_that_there_is() -> None:
    served = [route for route in walked(create_routes()) if route.kind == "page"]
    patterns = [re.compile(re.sub(r"\{[^}]+\}", "[^/]+", route.path)) for route in served]
    for kind, words in mails.WORDS.items():
        place = f"/fr/paris/{words.at.format(id='x', number=1)}"
        assert any(pattern.fullmatch(place) for pattern in patterns), kind


# At most one


def test_while_one_waits_no_other_about_the_same_does(people: People) -> None:
    for _ in range(3):
        with people.team.instance.database.write(ALL) as session:
            mails.notify_coordinators(session, PARIS, "submitted", people.practice.id)
    assert [who for who, _ in people.news()] == ["head", "other"]
    people.practice.submit()
    assert [who for who, _ in people.news()] == ["head", "other"]


def test_one_of_another_kind_is_another_mail(people: People) -> None:
    people.practice.submit()
    replies.keep(people.team.instance.database, PARIS, replies.Reply(wrong="Le nom est faux."), lang="fr")
    assert [who for who, _ in people.news()] == ["head", "head", "other", "other"]


@pytest.mark.both_databases
def test_of_many_that_ask_at_once_one_waits(database_url: str) -> None:
    """On PostgreSQL none of them is refused either."""
    database = Database(database_url)

    def ask(_: int) -> None:
        with database.write(ALL) as session:
            enqueue_once(session, "mail.waiting", "reply:ana", account="ana", kind="reply")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(40)))
    with database.read(ALL) as session:
        assert [job.once for job in session.scalars(select(Job))] == ["reply:ana"]
    database.close()


def test_a_mail_that_could_not_be_sent_is_sent_later_but_not_after_a_week(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.practice.submit()
    database = people.team.instance.database
    with database.write(ALL) as session:
        session.execute(update(Job).values(due_at=datetime.now(UTC) + timedelta(days=3)))
    assert people.news() == []
    with database.write(ALL) as session:
        session.execute(update(Job).values(due_at=datetime.now(UTC)))
    after = datetime.now(UTC) + mails.WAITS_FOR + timedelta(hours=1)
    monkeypatch.setattr(mails, "now", lambda: after)
    assert people.news() == []
    with database.read(ALL) as session:
        assert session.scalars(select(Job).where(Job.topic == mails.TOPIC)).all() == []


# Who wants none


def profile(team: Team, who: str) -> Any:
    with team.instance.database.read(INSTANCE) as session:
        account = session.scalars(select(Account).where(Account.address == f"{who}@school.example")).one()
    person: Person = team.person.__globals__["Person"](id=account.id, address=account.address)
    return team.browser(person)


def test_a_person_switches_such_mails_off_and_on_again(people: People) -> None:
    browser = profile(people.team, "head")
    page = browser.get("/en/account").text
    assert 'name="notices" value="yes" checked' in page
    assert browser.post("/en/account", {"what": "notices"}).status_code == 303
    page = browser.get("/en/account?done=notices").text
    assert 'name="notices" value="yes" aria' in page
    people.practice.submit()
    assert [who for who, _ in people.news()] == ["other"]
    assert browser.post("/en/account", {"what": "notices", "notices": "yes"}).status_code == 303
    Assessed(people.team.instance, people.ana, people.head).submit()
    assert [who for who, _ in people.news()] == ["head", "other"]


def test_saving_name_and_language_leaves_the_mails_as_they_are(people: People) -> None:
    browser = profile(people.team, "head")
    browser.get("/en/account")
    assert browser.post("/en/account", {"what": "profile", "name": "Head", "language": "en"}).status_code == 303
    people.practice.submit()
    assert [who for who, _ in people.news()] == ["head", "other"]


def test_mails_about_the_account_itself_come_all_the_same(people: People) -> None:
    with people.team.instance.database.write(INSTANCE) as session:
        account = service.account(session, people.ana.account_id)
        service.switch_notices(session, account, on=False, at=THEN)
        service.notify(session, account, "password")
    assert [who for who, _ in people.news()] == ["ana"]


@pytest.mark.parametrize("state", ["invited", "closed"])
def test_who_is_not_here_is_told_nothing(people: People, state: str) -> None:
    with people.team.instance.database.write(INSTANCE) as session:
        service.account(session, people.head.account_id).state = state
    mails.tidy(people.team.instance)  # letters to who is gone do not stay
    people.seen = len(people.team.mails())
    people.practice.submit()
    assert [who for who, _ in people.news()] == ["other"]


def test_a_kind_or_an_account_that_nobody_knows_any_more_is_no_mail(people: People) -> None:
    with people.team.instance.database.write(ALL) as session:
        enqueue_once(session, mails.TOPIC, "a", account=people.ana.account_id, kind="unheard of")
        enqueue_once(session, mails.TOPIC, "b", account=new_id(), kind="reply")
    assert people.news() == []


@pytest.mark.parametrize(
    "subject",
    [
        "Cette description de votre pratique est-elle juste\u202f? – Paris",
        "Votre réunion – été – à Paris " * 8,
        "Ваша відповідь — " * 8,
        "Paris",
    ],
)
def test_a_subject_arrives_with_every_blank(tmp_path: Path, subject: str) -> None:
    settings, subject = read_settings({"LANZAROTE_DATA": str(tmp_path)}), subject.strip()
    sending.send(settings, Mail(to="ana@example.org", subject=subject, text="", language="fr", id="1"))
    [letter] = sending.letters(settings)
    raw = letter.path.read_bytes()
    assert message_from_bytes(raw, policy=default)["Subject"] == subject
    assert max(map(len, raw.splitlines())) < 80
