"""Who speaks for an invited organisation gets a mail with the meeting in it, and answers; others need a letter."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from lanzarote.accounts.model import Account
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import Settings, read_settings
from lanzarote.errors import NotPermitted
from lanzarote.instance import Instance
from lanzarote.meetings import inviting, mails, writing
from lanzarote.meetings.documents import AnsweringInvitation
from lanzarote.meetings.model import MeetingInvitation
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.outbox import Job
from lanzarote.records.permissions import Actor
from lanzarote.records.records import now
from lanzarote.records.validation import Faulty
from lanzarote.store.database import ALL
from sqlalchemy import select, update

from tests.conftest import copy_of
from tests.core.days import today
from tests.core.meetings import keeping
from tests.core.meetings.keeping import (
    HEAD,
    WRITER,
    announce,
    cancel,
    enrolled,
    note_held,
    planned,
    representative,
    save,
)
from tests.core.stakeholders.keeping import merge, published

SOON = (now() + timedelta(days=30)).date()
ORGANISATIONS = ["aphp", "point-de-contact"]


def settings_of(url: str, folder: Path) -> Settings:
    given = {"DATABASE_URL": url, "DATA": str(folder), "BASE_URL": "https://lanzarote.test"}
    return read_settings({f"LANZAROTE_{name}": value for name, value in given.items()})


@pytest.fixture
def group(paris_template: Path, tmp_path: Path) -> Iterator[Instance]:
    with new_instance(settings_of(copy_of(paris_template, tmp_path), tmp_path)) as instance:
        yield instance


@pytest.fixture
def everywhere(paris_url: str, tmp_path: Path) -> Iterator[Instance]:
    """On either database."""
    with new_instance(settings_of(paris_url, tmp_path)) as instance:
        yield instance


def key(group: Instance, name: str) -> str:
    return next(one.id for one in group.directory("paris") if one.key == name)


def speaker(group: Instance, name: str = "aphp", language: str = "fr") -> Actor:
    return enrolled(group, f"rep-{name}", "representative", key(group, name), language)


def coming(group: Instance, **more: Any) -> str:
    body: dict[str, Any] = {"day": SOON.isoformat(), "organisations": ORGANISATIONS}
    return planned(group, **(body | more))


def announced(group: Instance, **more: Any) -> str:
    one = coming(group, **more)
    announce(group, one, today=today(), at=now())
    return one


def sent(group: Instance) -> list[EmailMessage]:
    """Send what waits; tells the mails that are new, the oldest first."""
    folder = group.settings.data / "mail"
    before = set(folder.glob("*.eml"))
    group.worker.run_due()
    files = sorted(set(folder.glob("*.eml")) - before, key=lambda file: file.stat().st_mtime_ns)
    return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


def subject(mail: EmailMessage) -> str:
    return str(mail["Subject"]).replace("\u202f", " ")


def rows(group: Instance, record_id: str) -> dict[str, MeetingInvitation]:
    with keeping.held(group, record_id) as (session, record):
        found = inviting.standing(session, inviting.invitations(session, record))
        session.expunge_all()
    return found


def answer(group: Instance, record_id: str, by: Actor, stakeholder: str, said: str = "comes", who: str = "") -> None:
    with keeping.held(group, record_id) as (session, record):
        words = group.vocabulary("paris")
        given: Any = {"stakeholder": stakeholder, "answer": said, "who": who}
        inviting.answer(session, record, words, given=AnsweringInvitation(**given), by=by, at=now())


def event_in(mail: EmailMessage) -> tuple[EmailMessage, Calendar]:
    [attached] = (part for part in mail.walk() if part.get_filename())
    assert isinstance(attached, EmailMessage)
    read = Calendar.from_ical(attached.get_content())
    assert isinstance(read, Calendar)
    return attached, read


def test_a_mail_in_the_receivers_language_with_the_meeting_for_the_calendar(group: Instance) -> None:
    speaker(group)
    one = announced(group)
    [mail] = sent(group)
    assert mail["To"] == "rep-aphp@school.example"
    assert subject(mail).startswith("Invitation : réunion du ")
    body = mail.get_body()
    assert body is not None
    text = body.get_content()
    assert "École et justice" in text
    assert f"https://lanzarote.test/fr/paris/team/meetings/{one}" in text
    assert "14:00" in text
    attached, calendar = event_in(mail)
    assert (attached.get_filename(), attached.get_content_type()) == ("meeting.ics", "text/calendar")
    [event] = calendar.events
    assert (str(event["UID"]), str(calendar["METHOD"])) == (one, "REQUEST")
    assert str(event["ORGANIZER"]).startswith("mailto:")
    assert str(event["ATTENDEE"]) == "mailto:rep-aphp@school.example"
    assert {key: event["ATTENDEE"].params[key] for key in ("PARTSTAT", "ROLE", "RSVP")} == {
        "PARTSTAT": "NEEDS-ACTION", "ROLE": "REQ-PARTICIPANT", "RSVP": "TRUE"
    }  # fmt: skip
    # Outlook and Gmail offer to accept what stands beside the text, and says that it asks for an answer.
    offered = [part for part in mail.walk() if part.get_param("method")]
    assert [(part.get_content_type(), part.get_param("method")) for part in offered] == [("text/calendar", "REQUEST")]
    assert offered[0].get_content().splitlines() == attached.get_content().splitlines()


def test_a_meeting_that_is_called_off_leaves_the_calendar(group: Instance) -> None:
    speaker(group)
    one = announced(group)
    [_] = sent(group)
    cancel(group, one)
    [mail] = sent(group)
    _, calendar = event_in(mail)
    [event] = calendar.events
    assert (str(calendar["METHOD"]), str(event["STATUS"]), str(event["UID"])) == ("CANCEL", "CANCELLED", one)
    assert int(str(event["SEQUENCE"])) > 0
    assert {"ORGANIZER", "ATTENDEE", "DTSTAMP"} <= event.keys()


def test_who_reads_another_language_than_the_region_is_led_to_a_page_that_is_there(group: Instance) -> None:
    speaker(group, language="is")
    one = announced(group)
    [mail] = sent(group)
    body = mail.get_body()
    assert body is not None
    assert f"https://lanzarote.test/fr/paris/team/meetings/{one}/invitation" in body.get_content()


def test_who_has_nobody_here_needs_a_letter(group: Instance) -> None:
    speaker(group)
    one = announced(group)
    assert {name: row.how for name, row in rows(group, one).items()} == {
        key(group, "aphp"): "mail",
        key(group, "point-de-contact"): "letter",
    }


def test_who_is_added_later_is_invited_once_and_nobody_twice(group: Instance) -> None:
    speaker(group), speaker(group, "point-de-contact")
    one = announced(group, organisations=["aphp"])
    assert len(sent(group)) == 1
    save(group, one, organisations=ORGANISATIONS)
    for expected in (1, 0):
        with keeping.held(group, one) as (session, record):
            assert writing.invite(session, record, group.vocabulary("paris"), by=HEAD, at=now()) == expected
    assert [mail["To"] for mail in sent(group)] == ["rep-point-de-contact@school.example"]


def test_each_answers_for_their_own_and_a_coordinator_for_whoever_told_them(everywhere: Instance) -> None:
    group = everywhere
    rep = speaker(group)
    one = announced(group)
    mine, other = key(group, "aphp"), key(group, "point-de-contact")
    answer(group, one, rep, mine, who="cheffe de service")
    with pytest.raises(NotPermitted):
        answer(group, one, rep, other)
    with pytest.raises(NotPermitted):
        answer(group, one, WRITER, mine)
    answer(group, one, HEAD, other, "cannot")
    told = {name: (row.answer, row.who) for name, row in rows(group, one).items()}
    assert told == {mine: ("comes", "cheffe de service"), other: ("cannot", "")}


@pytest.mark.parametrize("who", ["Jean Dupont", "Mme Le Goff", "06 12 34 56 78", "jean.dupont@gmail.com"])
def test_who_comes_is_a_role_and_no_person(group: Instance, who: str) -> None:
    one = announced(group)
    with pytest.raises(Faulty, match="person’s name"):
        answer(group, one, HEAD, key(group, "aphp"), who=who)


def test_only_who_is_invited_to_an_announced_meeting_answers(group: Instance) -> None:
    one = announced(group, organisations=["aphp"])
    with pytest.raises(Faulty, match="not invited"):
        answer(group, one, HEAD, key(group, "point-de-contact"))
    cancel(group, one)
    with pytest.raises(IllegalTransition):
        answer(group, one, HEAD, key(group, "aphp"))


def test_who_has_not_answered_is_reminded(group: Instance) -> None:
    rep = speaker(group)
    speaker(group, "point-de-contact")
    one = announced(group)
    sent(group)
    answer(group, one, rep, key(group, "aphp"))
    with keeping.held(group, one) as (session, record):
        assert inviting.remind(session, record, by=HEAD, at=now()) == 1
    [mail] = sent(group)
    assert (mail["To"], subject(mail).split(" :")[0]) == ("rep-point-de-contact@school.example", "Rappel")


def later(group: Instance, topic: str) -> None:
    """As if the time for jobs of this topic had come."""
    with group.database.write(ALL) as session:
        session.execute(update(Job).where(Job.topic == topic).values(due_at=now()))


def test_three_days_before_who_may_come_is_reminded_by_itself(everywhere: Instance) -> None:
    group = everywhere
    rep = speaker(group)
    speaker(group, "point-de-contact")
    one = announced(group)
    sent(group)
    answer(group, one, rep, key(group, "aphp"), "cannot")
    with group.database.read(ALL) as session:
        [due] = session.scalars(select(Job.due_at).where(Job.topic == inviting.REMIND))
    start = datetime(SOON.year, SOON.month, SOON.day, 12, tzinfo=UTC)
    assert timedelta(days=2, hours=12) < start - due < timedelta(days=3, hours=12)
    later(group, inviting.REMIND)
    assert [mail["To"] for mail in sent(group)] == ["rep-point-de-contact@school.example"]


def test_nobody_is_reminded_of_the_day_that_it_was_before_it_was_moved(group: Instance) -> None:
    speaker(group)
    one = announced(group)
    sent(group)
    save(group, one, at=now(), day=(SOON + timedelta(days=7)).isoformat())
    [moved] = sent(group)
    assert subject(moved).startswith("Modifiée : réunion du ")
    with group.database.write(ALL) as session:
        jobs = session.scalars(select(Job).where(Job.topic == inviting.REMIND).order_by(Job.due_at)).all()
        assert len(jobs) == 2
        jobs[0].due_at = now()
    assert sent(group) == []


def test_a_change_of_the_agenda_is_no_reason_to_write_to_everybody(group: Instance) -> None:
    speaker(group)
    one = announced(group)
    sent(group)
    save(group, one, agenda=[{"title": {"fr": "Divers"}}])
    assert sent(group) == []


def test_what_is_cancelled_is_told_and_marked_in_the_calendar(group: Instance) -> None:
    speaker(group)
    one = announced(group)
    sent(group)
    cancel(group, one)
    [mail] = sent(group)
    assert subject(mail).startswith("Annulée : réunion du ")
    _, calendar = event_in(mail)
    assert [str(event["STATUS"]) for event in calendar.events] == ["CANCELLED"]


def test_a_mail_that_was_overtaken_is_not_sent(group: Instance) -> None:
    speaker(group)
    one = announced(group)
    cancel(group, one)
    assert [subject(mail).split(" :")[0] for mail in sent(group)] == ["Annulée"]
    with group.database.read("paris") as session:
        payload = {"region": "paris", "meeting": one, "account": "nobody", "kind": "cancelled", "event_id": "x"}
        assert mails.write(group, session, payload) is None


def test_who_switched_mails_off_is_invited_and_not_reminded(group: Instance) -> None:
    rep = speaker(group)
    with group.database.write(ALL) as session:
        session.get_one(Account, rep.account_id).notices = False
    one = announced(group)
    assert len(sent(group)) == 1
    with keeping.held(group, one) as (session, record):
        inviting.remind(session, record, by=HEAD, at=now())
    assert sent(group) == []


def test_an_organisation_that_was_merged_answers_as_the_other(group: Instance) -> None:
    into = published(group)
    one = announced(group, organisations=["point-de-contact"])
    merge(group, "point-de-contact", into)
    answer(group, one, representative(into), into, who="directrice")
    assert {name: row.answer for name, row in rows(group, one).items()} == {into: "comes"}


def test_a_meeting_that_is_held_asks_nobody_any_more(group: Instance) -> None:
    one = announced(group)
    note_held(group, one, today=SOON)
    with keeping.held(group, one) as (session, record), pytest.raises(IllegalTransition):
        inviting.remind(session, record, by=HEAD, at=now())


@pytest.mark.both_databases
def test_of_many_answers_at_once_each_is_whole(everywhere: Instance) -> None:
    group = everywhere
    rep = speaker(group)
    one, mine = announced(group), key(group, "aphp")
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda number: answer(group, one, rep, mine, "comes" if number % 2 else "cannot", "juge"), range(100)
            )
        )
    row = rows(group, one)[mine]
    assert (row.answer, row.who) in {("comes", "juge"), ("cannot", "")}
