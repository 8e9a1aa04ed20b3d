"""A form that no page of ours would send is refused as a whole; what was written comes back to its writer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.records.tasks import open_tasks
from lanzarote.stakeholders import pages
from lanzarote.stakeholders.senders import Senders

from tests.core.practices.forms import TEAM, WHOLE, writer
from tests.core.practices.signed_in import site_of
from tests.core.web.reading import PageRead, client_of

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from litestar.testing import TestClient

CORRECT = "/en/paris/correct"
FORM = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
NOT_TEXT = "it was not sent as UTF-8"
TWICE = "A field was sent twice"


@pytest.fixture
def visitor(own_paris: Instance, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient[Any]]:
    monkeypatch.setattr(pages, "SENDERS", Senders())
    with client_of(own_paris) as client:
        client.headers.update(FORM)
        yield client


def kept(instance: Instance) -> list[dict[str, Any]]:
    with instance.database.read("paris") as session:
        return [task.told() for task in open_tasks(session)]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"wrong=The+year+is+wrong+%ff", NOT_TEXT),
        (b"wrong=The+year+is+wrong+%c3", NOT_TEXT),
        (b"wrong=The+year+is+wrong&%ff=1", NOT_TEXT),
        ("wrong=The+year+is+wrong+é".encode(), NOT_TEXT),
        (b"wrong=The+year+is+wrong&wrong=The+place+is+wrong", TWICE),
        (b"wrong=The+year+is+wrong&about=law&about=ages", TWICE),
    ],
)
def test_a_malformed_reply_is_refused_in_words_and_shown_to_its_writer(
    own_paris: Instance, visitor: TestClient[Any], body: bytes, why: str
) -> None:
    answer = visitor.post(CORRECT, content=body)
    page = PageRead(answer.text)
    assert answer.status_code == 400
    assert (why in page.words, "The year is wrong" in page.words) == (True, True)
    assert kept(own_paris) == []
    assert visitor.post(CORRECT, content=b"wrong=The+%C3%A9cole+is+wrong", follow_redirects=False).status_code == 303
    assert [one["wrong"] for one in kept(own_paris)] == ["The école is wrong"]


def test_a_malformed_form_is_refused_in_the_language_of_its_page(visitor: TestClient[Any]) -> None:
    assert "l’envoi n’était pas en UTF-8" in visitor.post("/fr/paris/correct", content=b"wrong=%ff").text


def test_what_is_secret_is_not_shown_again(visitor: TestClient[Any]) -> None:
    body = b"address=a%40b.example&password=" + b"a+secret+phrase+" * 4 + b"%ff"
    answer = visitor.post("/en/account/sign-in", content=body)
    assert (answer.status_code, "a secret phrase" in answer.text) == (400, False)


def test_a_practice_takes_several_sectors_and_one_title(own_paris: Instance) -> None:
    with site_of(own_paris) as client:
        ana = writer(own_paris, client, name="Ana Plume")
        ana.open(f"{TEAM}/new").fill(WHOLE | {"sectors": ["courts", "police"]})
        record_id = ana.id
        ana.press()
        assert "Enregistré." in ana.html
        ana.open(f"{TEAM}/{record_id}/edit").fill({"text.fr.title": ["Un titre", "Un autre titre"]})
        ana.press(status=400)
        assert "Un autre titre" in ana.html
