"""The button, the page of what one follows, and the way out of a mail, which works without signing in."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
from litestar.testing import TestClient

from tests.core.activity.conftest import asked
from tests.core.following.followers import Followers
from tests.core.practices.forms import Writer

FOLLOWING = "/fr/account/following"


@pytest.fixture
def bo(here: Followers, client: TestClient[Any]) -> Writer:
    return Writer(here.instance, client, here.group.bo)


def test_the_button_stands_on_pages_of_practices_and_organisations_for_who_is_signed_in(
    here: Followers, client: TestClient[Any], bo: Writer
) -> None:
    organisation = here.instance.directory("paris")[0]
    places = {
        f"/fr/paris/practices/{here.slug}": here.practice,
        f"/fr/paris/organisations/{organisation.slug}": organisation.id,
    }
    for path, record_id in places.items():
        assert 'action="/fr/paris/follow"' not in client.get(path).text
        bo.open(path, "/follow")
        assert bo.value("record") == record_id
        bo.fill(rhythm="weekly")
        bo.post("/fr/paris/follow", {name: value[0] for name, value in bo.fields.items() if name != "key"})
        assert "une fois par semaine" in bo.get(path)
        assert "Ne plus suivre" in bo.html
    assert here.follows(here.group.bo) == sorted((one, "weekly") for one in places.values())


def test_whoever_presses_the_button_comes_back_to_the_page(
    here: Followers, client: TestClient[Any], bo: Writer
) -> None:
    page = f"/fr/paris/practices/{here.slug}"
    headers = {**bo._cookie, "referer": f"http://lanzarote.test{page}"}
    data = {"record": here.practice, "rhythm": "daily", "key": bo.key}
    answer = client.post("/fr/paris/follow", data=data, headers=headers, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, page)


def test_what_one_follows_is_changed_and_ended_in_ones_account(here: Followers, bo: Writer) -> None:
    assert "Vous ne suivez encore rien." in bo.get(FOLLOWING)
    bo.post("/fr/paris/follow", {"record": "", "rhythm": "weekly"})
    bo.post("/fr/paris/follow", {"record": here.group.id, "rhythm": "now"})
    html = bo.get(FOLLOWING)
    assert "Tout ce que vous pouvez lire" in html
    assert "Un numéro commun" in html
    bo.post("/fr/paris/follow", {"record": here.group.id, "rhythm": "daily"})
    bo.post("/fr/paris/follow", {"record": "", "end": "yes"})
    assert here.follows(here.group.bo) == [(here.group.id, "daily")]


def test_what_one_can_no_longer_read_is_not_named_and_can_be_ended(here: Followers, bo: Writer) -> None:
    bo.post("/fr/paris/follow", {"record": here.group.id, "rhythm": "now"})
    here.group.erase()
    html = bo.get(FOLLOWING)
    assert "Quelque chose que vous ne pouvez plus lire" in html
    assert "Un numéro commun" not in html
    bo.post("/fr/paris/follow", {"record": here.group.id, "end": "yes"})
    assert here.follows(here.group.bo) == []


def test_what_there_is_not_cannot_be_followed(here: Followers, bo: Writer) -> None:
    bo.get(FOLLOWING)
    bo.post("/fr/paris/follow", {"record": "018f0000-0000-7000-8000-000000000000", "rhythm": "now"}, 404)
    bo.post("/fr/paris/follow", {"record": here.practice, "rhythm": "hourly"}, 400)


def test_what_one_follows_costs_the_same_however_much_it_is(
    here: Followers, bo: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cost() -> int:
        return asked(here.instance, monkeypatch, lambda: bo.get(FOLLOWING))

    here.follow(here.group.bo, here.group.id)
    few = cost()
    for _ in range(29):
        here.follow(here.group.bo, here.group.improvement())
    assert cost() == few


# The way out


@pytest.fixture
def way_out(here: Followers) -> str:
    """Path of the link in a mail about the improvement."""
    here.instance.worker.stop()  # of the service that runs here too: it would send a part before the rest is said
    here.follow(here.group.bo, here.group.id)
    here.follow(here.group.bo, here.practice)
    here.group.say("Voilà.")
    [mail] = here.mails()
    return urlsplit(str(mail["List-Unsubscribe"]).strip("<>")).path


def test_opening_the_link_ends_nothing_and_the_button_does(
    here: Followers, client: TestClient[Any], way_out: str
) -> None:
    answer = client.get(way_out)
    assert answer.status_code == 200
    assert "Une piste d’amélioration" in answer.text
    assert "Un numéro commun" not in answer.text
    assert len(here.follows(here.group.bo)) == 2
    answer = client.post(way_out, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 200
    assert "C’est arrêté" in answer.text
    assert here.follows(here.group.bo) == [(here.practice, "now")]
    assert "C’est arrêté" in client.get(way_out).text


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
        {"content": b""},
    ],
    ids=["form", "parts", "nothing"],
)
def test_a_mail_program_ends_it_with_one_click_from_anywhere(
    here: Followers, client: TestClient[Any], way_out: str, sent: dict[str, Any]
) -> None:
    headers = {"sec-fetch-site": "cross-site", "origin": "https://mail.example"}
    answer = client.post(way_out, headers=headers, follow_redirects=False, **sent)
    assert answer.status_code == 200
    assert here.follows(here.group.bo) == [(here.practice, "now")]


def test_a_wrong_link_says_what_an_old_one_does(here: Followers, client: TestClient[Any], way_out: str) -> None:
    wrong = [way_out[:-1] + ("0" if way_out[-1] != "0" else "1"), "/fr/unsubscribe/x", "/fr/unsubscribe/a.b.c"]
    for path in wrong:
        for answer in (client.get(path), client.post(path)):
            assert answer.status_code == 200
            assert "C’est arrêté" in answer.text
    assert len(here.follows(here.group.bo)) == 2


def test_a_wrong_link_costs_no_write(here: Followers, client: TestClient[Any]) -> None:
    with closing(sqlite3.connect(here.instance.database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert client.post("/fr/unsubscribe/x.y").status_code == 200
