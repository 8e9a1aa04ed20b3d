"""What a mailed link leads to: a body answers without an account, once; whatever else happens is said kindly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from lanzarote.accounts.answer_links import AnswerLink
from lanzarote.accounts.secrets import kept
from lanzarote.app import create_app
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.directory.model import Invitation
from lanzarote.improvements import calling, positions
from lanzarote.improvements.positions_model import Position
from lanzarote.improvements.team_documents import Calling, Recording, Reminding
from lanzarote.records.records import now
from lanzarote.stakeholders import deciding, taking_part
from litestar.testing import TestClient
from sqlalchemy import select

from tests.conftest import copy_of
from tests.core.improvements.group import HEAD, Group
from tests.core.quiet import QuietClient
from tests.core.stakeholders.keeping import get

OURS = {"sec-fetch-site": "same-origin"}
DESK = "contact@association.example"
BY_DESK = taking_part.Inviting(way=DESK)
REASON = "Nos équipes n’ont pas les moyens de suivre chaque signalement."
OBJECTS = {"choice": "object", "reason": REASON}


class Post:
    """A group that writes mails, and whoever opens them."""

    def __init__(self, group: Group, client: TestClient[Any]) -> None:
        self.group, self.client = group, client
        self.instance = group.instance
        self.today = group.instance.today("paris")

    def call(self, *chosen: str, days: int = 10) -> None:
        from datetime import timedelta

        with self.group.held() as (session, record):
            until = self.today + timedelta(days=days)
            calling.call(
                session,
                record,
                given=Calling(until=until, bodies=chosen or None),
                expected=None,
                by=HEAD,
                at=now(),
                today=self.today,
            )

    def mails(self) -> list[Any]:
        self.instance.worker.run_due()
        files = sorted((self.instance.settings.data / "mail").glob("*.eml"), key=lambda one: one.stat().st_mtime_ns)
        return [message_from_bytes(one.read_bytes(), policy=policy.default) for one in files]

    def link(self) -> str:
        """Path of the page that the last mail leads to."""
        found = re.search(r"https?://\S+/(?:position|take-part)/\S+", self.mails()[-1].get_content())
        assert found
        return urlsplit(found[0]).path

    def open(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text[-1500:]
        assert answer.headers["cache-control"] == "no-store"
        return str(answer.text)

    def send(self, path: str, fields: dict[str, Any], status: int = 200) -> str:
        answer = self.client.post(path, data=fields, headers=OURS, follow_redirects=False)
        assert answer.status_code == status, answer.text[-1500:]
        return str(answer.text)

    def rows(self) -> list[Position]:
        with self.group.held() as (session, record):
            found = positions.history(session, record)
            session.expunge_all()
            return found


@pytest.fixture
def post(paris_template: Path, tmp_path: Path) -> Iterator[Post]:
    given = {"LANZAROTE_DATABASE_URL": copy_of(paris_template, tmp_path), "LANZAROTE_DATA": str(tmp_path)}
    with new_instance(read_settings(given)) as instance:
        group = Group(instance)
        group.desk(group.bodies[1], DESK)
        yield Post(group, QuietClient(create_app(instance)))


@pytest.fixture
def post_on_both(paris_url: str, tmp_path: Path) -> Iterator[Post]:
    given = {"LANZAROTE_DATABASE_URL": paris_url, "LANZAROTE_DATA": str(tmp_path)}
    with new_instance(read_settings(given)) as instance:
        group = Group(instance)
        group.desk(group.bodies[1], DESK)
        yield Post(group, QuietClient(create_app(instance)))


def test_the_mail_names_no_proposal_and_goes_to_the_service(post: Post) -> None:
    post.call()
    [mail] = post.mails()
    assert mail["To"] == DESK
    text = mail.get_content()
    assert mail["Content-Language"] == "fr"
    assert "référent unique" not in text
    assert "/fr/paris/position/" in text


def test_a_body_answers_and_can_print_what_it_said(post: Post) -> None:
    post.call()
    link = post.link()
    page = post.open(link)
    assert "Un référent unique par signalement" in page
    assert "Chaque signalement a un référent" in page
    done = post.send(link, OBJECTS | {"named": "yes"})
    assert REASON in done
    [row] = post.rows()
    assert (row.stakeholder, row.choice, row.reason, row.lang, row.named, row.how, row.version) == (
        post.group.bodies[1],
        "object",
        REASON,
        "fr",
        True,
        "link",
        1,
    )


def test_looking_at_the_page_spends_nothing(post: Post) -> None:
    post.call()
    link = post.link()
    for _ in range(3):
        post.open(link)
        assert post.client.head(link).status_code == 200
    post.send(link, {"choice": "object"}, 400)  # nor does what is refused
    post.send(link, OBJECTS)


def test_the_secret_is_not_kept(post: Post) -> None:
    post.call()
    secret = post.link().rpartition("/")[2]
    with post.group.held() as (session, _):
        [link] = session.scalars(select(AnswerLink)).all()
        assert link.token_hash == kept(secret)
    raw = (post.instance.settings.data / "lanzarote.sqlite").read_bytes()
    assert secret.encode() not in raw


# Refused, and told what to do


def test_used_twice(post: Post) -> None:
    post.call()
    link = post.link()
    post.send(link, OBJECTS)
    assert "a déjà servi" in post.open(link, 410)
    assert REASON not in post.open(link, 410)
    post.send(link, {"choice": "support"}, 410)
    assert [row.choice for row in post.rows()] == ["object"]


def test_another_mail_for_the_same_is_used_up_with_it(post: Post) -> None:
    post.call()
    first = post.link()
    with post.group.held() as (session, record):
        calling.remind(session, record, given=Reminding(), by=HEAD, at=now())
    second = post.link()
    assert first != second
    post.open(first)
    post.send(second, OBJECTS)
    post.send(first, {"choice": "support"}, 410)
    # whoever wants to change it is sent a new one
    with post.group.held() as (session, record):
        calling.remind(session, record, given=Reminding(bodies=(post.group.bodies[1],)), by=HEAD, at=now())
    post.send(post.link(), {"choice": "support"})
    assert [row.choice for row in post.rows()] == ["support", "object"]


def test_carried_over_to_another_text(post: Post) -> None:
    post.call()
    link = post.link()
    with post.group.held() as (session, record):
        calling.recall(session, record, by=HEAD, at=now())
    assert "ne demande plus cette réponse" in post.open(link, 410)
    post.call()
    post.send(link, OBJECTS, 410)
    assert post.rows() == []
    other = post.group.discussed("Une autre piste")
    post.group.improvement = other
    post.call()
    post.send(post.link(), OBJECTS)
    assert [row.record_id for row in post.rows()] == [other]


def test_after_the_decision(post: Post) -> None:
    post.call()
    link = post.link()
    for body in post.group.bodies:
        post.group.say(body)
    post.group.decide(today=post.today)
    assert "C’est réglé" in post.open(link, 410)
    post.send(link, OBJECTS, 410)


def test_expired(post: Post) -> None:
    post.call()
    link = post.link()
    with post.group.held() as (session, record):
        calling.current(session, record).until = "2020-01-01"
    assert "Le délai" in post.open(link, 410)
    post.send(link, OBJECTS, 410)


def test_unknown_of_another_kind_and_of_another_region_are_told_alike(post: Post) -> None:
    post.call()
    secret = post.link().rpartition("/")[2]
    unknown = post.open("/fr/paris/position/" + "x" * 43, 410)
    assert unknown == post.open("/fr/paris/position/" + secret[:-1] + ("A" if secret[-1] != "A" else "B"), 410).replace(
        secret[:-1] + ("A" if secret[-1] != "A" else "B"), "x" * 43
    )
    assert "inconnue ici" in unknown
    assert "inconnue ici" in post.open(f"/fr/paris/take-part/{secret}", 410)
    post.send("/fr/paris/position/" + "x" * 43, OBJECTS, 410)


def test_a_body_that_has_left_answers_no_more(post: Post) -> None:
    from tests.core.stakeholders.keeping import relate

    post.call()
    link = post.link()
    relate(post.instance, post.group.bodies[1], "left", since="2031", source="Lettre du 1er janvier")
    assert "ne participe plus" in post.open(link, 410)
    post.send(link, OBJECTS, 410)


@pytest.mark.both_databases
def test_used_by_many_at_once_it_counts_once(post_on_both: Post) -> None:
    post = post_on_both
    post.call()
    link = post.link()

    def send(number: int) -> int:
        fields = {"choice": "object", "reason": f"Raison {number}."}
        return int(post.client.post(link, data=fields, headers=OURS, follow_redirects=False).status_code)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(send, range(16))) == [200] + [410] * 15
    assert len(post.rows()) == 1


def test_nothing_that_is_refused_is_lost_or_kept(post: Post) -> None:
    post.call()
    link = post.link()
    page = post.send(link, {"choice": "", "reason": REASON}, 400)
    assert REASON in page
    assert 'href="#choice"' in page
    page = post.send(link, {"choice": "object", "reason": "Léa, 9 ans, n’a rien dit."}, 400)
    assert 'name="confirmed"' in page
    page = post.send(link, {"choice": "object", "reason": "Écrire à jean.dupont@justice.example"}, 400)
    assert 'name="confirmed"' not in page
    told = "Mon beau-père me touche la nuit et j’ai peur, aidez-moi."
    helped = post.send(link, {"choice": "object", "reason": told})
    assert "119" in helped
    assert post.rows() == []
    post.send(link, {"choice": "object", "reason": "Léa, 9 ans, n’a rien dit.", "confirmed": "yes"})


def test_no_form_is_taken_from_another_site(post: Post) -> None:
    post.call()
    answer = post.client.post(post.link(), data=OBJECTS, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert post.rows() == []


def test_no_mail_goes_out_for_what_is_asked_no_more(post: Post) -> None:
    post.call()
    with post.group.held() as (session, record):
        calling.recall(session, record, by=HEAD, at=now())
    assert post.mails() == []


# Taking part


def invited(post: Post, way: str = DESK) -> str:
    from tests.core.stakeholders.keeping import relate

    body = post.group.bodies[1]
    relate(post.instance, body, "cited")
    with post.instance.database.write("paris") as session:
        vocabulary = post.instance.vocabulary("paris")
        taking_part.invite(
            session, get(session, body), vocabulary, given=taking_part.Inviting(way=way), by=HEAD, at=now()
        )
    return body


def status(post: Post, body: str) -> Any:
    with post.instance.database.read("paris") as session:
        return deciding.status_of(get(session, body))


YES = {
    "answer": "accept",
    "since": "2026-01",
    "source": "Délibération du 3 janvier",
    "mandate.fr": "Pour les familles.",
}


def test_a_body_accepts_by_a_mailed_link(post: Post) -> None:
    body = invited(post)
    assert status(post, body).relation == "invited"
    link = post.link()
    assert "/fr/paris/take-part/" in link
    post.open(link)
    post.send(link, {"answer": ""}, 400)
    assert 'href="#source"' in post.send(link, YES | {"source": ""}, 400)
    post.send(link, YES)
    told = status(post, body)
    assert (told.relation, told.since, told.mandate, told.source) == (
        "taking-part",
        "2026-01",
        {"fr": "Pour les familles."},
        "Délibération du 3 janvier",
    )
    with post.instance.database.read("paris") as session:
        [row] = session.scalars(select(Invitation)).all()
        assert (row.way, row.answer, row.answered_by) == ("contact", "accept", "link")
    post.open(link, 410)
    post.send(link, {"answer": "decline"}, 410)
    assert status(post, body).relation == "taking-part"


def test_its_entry_leaves_the_region_only_with_its_own_yes(post: Post) -> None:
    body = invited(post)
    link = post.link()
    assert re.search(r'name="shared" value="yes">', post.open(link)), "the box is there, and nobody ticked it"
    assert re.search(r'name="shared" value="yes" checked', post.send(link, YES | {"source": "", "shared": "yes"}, 400))
    post.send(link, YES)
    assert not status(post, body).shared
    body = invited(post)
    post.send(post.link(), {"answer": "decline", "shared": "yes"})
    assert not status(post, body).shared, "it counts only while the body takes part"
    with post.instance.database.write("paris") as session:
        vocabulary = post.instance.vocabulary("paris")
        taking_part.invite(
            session, get(session, body), vocabulary, given=taking_part.Inviting(way=DESK), by=HEAD, at=now()
        )
    post.send(post.link(), YES | {"shared": "yes"})
    assert status(post, body).shared


def test_a_body_declines_and_is_invited_again(post: Post) -> None:
    body = invited(post)
    post.send(post.link(), {"answer": "decline"})
    assert status(post, body).relation == "declined"
    with post.instance.database.write("paris") as session:
        vocabulary = post.instance.vocabulary("paris")
        taking_part.invite(
            session, get(session, body), vocabulary, given=taking_part.Inviting(way=DESK), by=HEAD, at=now()
        )
    post.send(post.link(), YES)
    assert status(post, body).relation == "taking-part"
    with post.instance.database.read("paris") as session:
        rows = taking_part.invitations(session)[body]
        assert [(row.number, row.answer) for row in rows] == [(2, "accept"), (1, "decline")]


def test_an_invitation_is_answered_with_any_mail_but_once(post: Post) -> None:
    body = invited(post)
    first = post.link()
    with post.instance.database.write("paris") as session:
        vocabulary = post.instance.vocabulary("paris")
        taking_part.invite(
            session, get(session, body), vocabulary, given=taking_part.Inviting(way=DESK), by=HEAD, at=now()
        )
    second = post.link()
    post.send(first, YES)
    post.send(second, {"answer": "decline"}, 410)
    assert status(post, body).relation == "taking-part"


def test_who_waits_for_a_hierarchy_comes_back_with_the_same_link(post: Post) -> None:
    post.call()
    link = post.link()
    post.send(link, {"choice": "awaiting"})
    post.open(link)
    post.send(link, OBJECTS)
    post.open(link, 410)
    assert [row.choice for row in post.rows()] == ["object", "awaiting"]


def test_what_was_typed_stands_on_the_page_that_refuses_it(post: Post) -> None:
    post.call()
    link = post.link()
    post.send(link, {"choice": "support"})
    assert REASON in post.send(link, OBJECTS, 410)
    assert REASON not in post.open(link, 410)


def test_a_body_is_mailed_to_confirm_what_was_written_down_for_it(post: Post) -> None:
    post.call()
    body = post.group.bodies[1]
    post.send(post.link(), OBJECTS)
    given = Recording(stakeholder=body, choice="support", how="letter", source="Lettre", on=post.today)
    with post.group.held() as (session, record):
        vocabulary = post.instance.vocabulary("paris")
        positions.record_said(session, record, vocabulary, given=given, by=HEAD, at=now(), today=post.today)
    link = post.link()
    assert len(post.mails()) == 2
    assert REASON in post.open(link), "its own word counts until then"
    post.send(link, {"choice": "support"})
    assert [row.how for row in post.rows()] == ["link", "letter", "link"]
