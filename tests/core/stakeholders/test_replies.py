"""Correct or reply: what is kept, what is refused without a trace, and that nothing written is lost."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.records.changelog import Audit
from lanzarote.records.tasks import Task, finish_task, open_tasks
from lanzarote.records.validation import UNSHOWABLE
from lanzarote.stakeholders import pages, replies
from lanzarote.stakeholders.replies import Reply, judge
from lanzarote.stakeholders.senders import Senders
from litestar.testing import TestClient
from sqlalchemy import select

from tests.conftest import copy_of
from tests.core.web.reading import PageRead, client_of

CORRECT = "/en/paris/correct"
FROM_US = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def own(paris_template: Path, tmp_path: Path) -> Iterator[Instance]:
    """An instance with Paris that a test may write into."""
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": copy_of(paris_template, tmp_path)})) as instance:
        yield instance


@pytest.fixture
def on_both(paris_url: str) -> Iterator[Instance]:
    """As ``own``, on SQLite and on PostgreSQL."""
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": paris_url})) as instance:
        yield instance


@pytest.fixture
def visitor(own: Instance, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient[Any]]:
    monkeypatch.setattr(pages, "SENDERS", Senders())
    with client_of(own) as client:
        client.headers.update(FROM_US)
        yield client


def send(visitor: TestClient[Any], **fields: str) -> Any:
    return visitor.post(CORRECT, data=fields, follow_redirects=False)


def told(instance: Instance) -> list[dict[str, Any]]:
    with instance.database.read("paris") as session:
        return [task.told() for task in open_tasks(session) if task.kind == "reply"]


# What is kept


def test_a_reply_waits_for_the_team_with_what_it_is_about(own: Instance, visitor: TestClient[Any]) -> None:
    [court] = [one for one in own.directory("paris") if one.key == "tj-paris"]
    answer = send(
        visitor,
        about=f"organisations/{court.slug}",
        wrong="The chamber\r\nhas another name.",
        right="It is the 15th.",
        source="https://example.org",
        organisation="Registry",
        contact="contact@example.org",
        invented="ignored",
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"{CORRECT}/thanks")
    with own.database.read("paris") as session:
        [task] = [one for one in open_tasks(session) if one.kind == "reply"]
        line = session.scalars(select(Audit).where(Audit.record_id == task.id)).one()
    assert task.record_id == court.id
    assert (line.actor, line.verb) == ("visitor", "open")
    assert task.told() == {
        "about": f"organisations/{court.slug}",
        "wrong": "The chamber\nhas another name.",
        "right": "It is the 15th.",
        "source": "https://example.org",
        "organisation": "Registry",
        "contact": "contact@example.org",
        "lang": "en",
    }


def test_who_wrote_is_thanked_and_told_what_happens_next(visitor: TestClient[Any]) -> None:
    page = PageRead(visitor.get(f"{CORRECT}/thanks").text)
    assert page.headings == ["Thank you. The team has your message."]
    assert "compares it with the sources" in page.words


def test_the_same_reply_sent_twice_is_one(own: Instance, visitor: TestClient[Any]) -> None:
    assert [send(visitor, wrong="Twice.").status_code for _ in range(2)] == [303, 303]
    assert len(told(own)) == 1


@pytest.mark.both_databases
def test_the_same_reply_is_kept_once_on_either_database(on_both: Instance) -> None:
    first = replies.keep(on_both.database, "paris", Reply(wrong="Twice."), lang="en")
    assert replies.keep(on_both.database, "paris", Reply(wrong="Twice."), lang="en") == first
    assert replies.keep(on_both.database, "paris", Reply(wrong="Twice."), lang="fr") != first


def test_a_reply_changes_nothing_that_the_public_reads(own: Instance, visitor: TestClient[Any]) -> None:
    before = own.revisions.of("paris")
    send(visitor, wrong="The chamber has another name.")
    assert own.revisions.of("paris") == before


# What is refused leaves no trace


@pytest.mark.parametrize(
    "text",
    [
        "Her number is 2 94 03 75 120 005 91.",
        "mon numero 1 85 05 78 006 084 91",
        "mon numero 1 85  05 78\u200b 006 084 91",
        "Le garçon, né le 3 mars 2012, y était.",
        "Write to lea.martin@gmail.com instead.",
    ],
)
def test_what_identifies_a_person_is_refused_and_given_back(
    own: Instance, visitor: TestClient[Any], caplog: pytest.LogCaptureFixture, text: str
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = send(visitor, about="coverage", wrong=text, organisation="Registry", contact="contact@example.org")
    assert answer.status_code == 400
    assert answer.headers["cache-control"] == "no-store"
    for given in (text, "Registry", "contact@example.org", 'value="coverage"'):
        assert given.replace("’", "&#39;") in answer.text
    assert told(own) == []
    assert text not in caplog.text
    with own.database.read("paris") as session:
        assert session.scalars(select(Audit).where(Audit.kind == "task")).all() == []


def test_what_may_identify_a_person_is_asked_about_once(own: Instance, visitor: TestClient[Any]) -> None:
    text = "Léa, 9 ans, is an invented example on the page."
    first = send(visitor, wrong=text)
    assert first.status_code == 400
    assert 'name="confirmed"' in first.text
    assert told(own) == []
    assert send(visitor, wrong=text, confirmed="yes").status_code == 303
    assert [one["wrong"] for one in told(own)] == [text]


def test_nobody_can_confirm_away_what_identifies_a_person(own: Instance, visitor: TestClient[Any]) -> None:
    assert send(visitor, wrong="Write to lea.martin@gmail.com.", confirmed="yes").status_code == 400
    assert told(own) == []


@pytest.mark.parametrize("field", ["wrong", "right", "source", "organisation"])
def test_a_disclosure_is_shown_where_help_is_and_not_kept(own: Instance, visitor: TestClient[Any], field: str) -> None:
    fields = {"wrong": "The name.", "confirmed": "yes"} | {field: "Je veux signaler un enfant battu."}
    answer = send(visitor, **fields)
    page = PageRead(answer.text)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert page.headings == ["Please turn to those who can help"]
    assert "tel:119" in {link["href"] for link in page.links}
    assert told(own) == []


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, replies.NOT_SAID),
        ({"wrong": "  \n "}, replies.NOT_SAID),
        ({"wrong": "\u200b \u2060\u00a0\ufeff\u3164"}, replies.NOT_SAID),
        ({"wrong": "x" * 4_001}, replies.TOO_LONG),
        ({"wrong": "x", "source": "x" * 1_001}, replies.TOO_LONG),
        ({"wrong": "x", "contact": "no address"}, replies.NO_ADDRESS),
        ({"wrong": "x", "contact": "contact@example.org, other@example.org"}, replies.NO_ADDRESS),
        ({"wrong": "x", "contact": "jean.dupont@example.org"}, replies.NO_PERSON),
        ({"wrong": "read \u202esdrawkcab"}, UNSHOWABLE),
        ({"wrong": "nul \x00 byte"}, UNSHOWABLE),
    ],
)
def test_what_cannot_be_taken_is_explained(fields: dict[str, str], reason: str) -> None:
    judgement = judge(Reply(**fields), identifiers=(), confirmed=False)
    assert (judgement.outcome, [fault.text for fault in judgement.faults]) == ("refused", [reason])


def test_the_longest_reply_is_taken() -> None:
    longest = {name: "é" * most for name, most in replies.LENGTHS.items()} | {"contact": "contact@example.org"}
    assert judge(Reply(**longest), identifiers=(), confirmed=False).outcome == "kept"


# Who may send


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://lanzarote.test"}, 303),
        ({"Origin": "http://evil.test"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({}, 303),
    ],
)
def test_forms_are_taken_from_our_own_pages_only(
    own: Instance, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], status: int
) -> None:
    monkeypatch.setattr(pages, "SENDERS", Senders())
    with client_of(own) as client:
        answer = client.post(CORRECT, data={"wrong": "x"}, headers=headers, follow_redirects=False)
    assert answer.status_code == status
    assert len(told(own)) == (status == 303)


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_only_forms_are_taken(own: Instance, visitor: TestClient[Any], kind: str) -> None:
    answer = visitor.post(CORRECT, content=b'{"wrong": "x"}', headers={"Content-Type": kind})
    assert answer.status_code == 415
    assert told(own) == []


@pytest.mark.parametrize(
    "body",
    [b"wrong=%ff%fe%zz", b"=&&=", b"wrong=1&wrong=2", b"wrong[]=1", b"%00=%00", b"wrong=" + b"%F0%9F%98%80" * 50, b""],
)
def test_hostile_forms_are_answered(visitor: TestClient[Any], body: bytes) -> None:
    answer = visitor.post(
        CORRECT, content=body, headers={"Content-Type": "application/x-www-form-urlencoded"}, follow_redirects=False
    )
    assert answer.status_code in (303, 400)


def test_a_form_larger_than_any_reply_is_refused(visitor: TestClient[Any]) -> None:
    assert send(visitor, wrong="x" * 300_000).status_code == 413


def test_after_many_replies_in_an_hour_the_next_one_is_given_back(
    own: Instance, visitor: TestClient[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replies, "MOST_AN_HOUR", 3)
    for number in range(3):
        assert send(visitor, wrong=f"Number {number}.").status_code == 303
    answer = send(visitor, wrong="One too many.")
    assert answer.status_code == 429
    assert "One too many." in answer.text
    words = PageRead(answer.text).words
    assert "Many messages came in within the hour" in words
    assert "They were not all yours" in words
    assert "your connection" not in words
    assert len(told(own)) == 3

    with own.database.write("paris") as session:
        finish_task(session, "paris", open_tasks(session)[0].id, by="team")
    assert send(visitor, wrong="One too many.").status_code == 303


def test_what_came_in_before_this_hour_does_not_count(on_both: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replies, "MOST_AN_HOUR", 1)
    replies.keep(on_both.database, "paris", Reply(wrong="Early."), lang="en")
    with pytest.raises(replies.TooMany):
        replies.keep(on_both.database, "paris", Reply(wrong="Late."), lang="en")
    with on_both.database.write("paris") as session:
        for task in session.scalars(select(Task).where(Task.kind == "reply")):
            task.opened_at -= timedelta(hours=1, seconds=1)
    replies.keep(on_both.database, "paris", Reply(wrong="Late."), lang="en")
    assert [one["wrong"] for one in told(on_both)] == ["Early.", "Late."]


def test_a_flood_from_one_sender_is_given_back(own: Instance, visitor: TestClient[Any]) -> None:
    answers = [send(visitor, wrong=f"Number {number}.") for number in range(6)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    assert "Number 5." in answers[-1].text
    assert len(told(own)) == 5
    words = PageRead(answers[-1].text).words
    assert "Several messages came from your connection within the hour" in words
    assert "At most 5 an hour are taken from one connection" in words
    assert "Many messages came in" not in words
    assert answers[-1].headers["retry-after"] == "3600"
    assert "<title>Not sent: Correct or reply" in answers[-1].text
    assert 'role="alert"' in answers[-1].text


def test_who_cannot_wait_is_told_whom_to_write_to(
    paris_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"LANZAROTE_DATABASE_URL": copy_of(paris_template, tmp_path), "LANZAROTE_CONTACT": "contact@example.org"}
    monkeypatch.setattr(pages, "SENDERS", Senders())
    with new_instance(read_settings(settings)) as instance, client_of(instance) as visitor:
        visitor.headers.update(FROM_US)
        answers = [send(visitor, wrong=f"Number {number}.") for number in range(6)]
        links = {link["href"] for link in PageRead(answers[-1].text).links}
    assert "mailto:contact@example.org" in links


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_form_and_the_privacy_page_tell_the_same_about_what_is_kept(client: TestClient[Any], lang: str) -> None:
    form, privacy = (
        re.search(r'<dl class="facts">.*?</dl>', client.get(path).text, re.DOTALL)
        for path in (f"/{lang}/paris/correct", f"/{lang}/privacy")
    )
    assert form is not None
    assert privacy is not None
    assert form[0] == privacy[0]
    assert form[0].count("<dt>") == 5


# The form


def test_the_form_is_kept_nowhere_and_is_told_where_it_comes_from(client: TestClient[Any]) -> None:
    answer = client.get(CORRECT)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "same-origin"
