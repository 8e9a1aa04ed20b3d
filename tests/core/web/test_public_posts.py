"""What anybody may send: what is too long is read by nobody, what is refused counts, and a crowd is told so at once."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.app import create_app
from lanzarote.kinds.contents import refuse_too_long
from lanzarote.practices.kind import PRACTICES
from lanzarote.records.validation import Faulty
from lanzarote.stakeholders import pages
from lanzarote.stakeholders.senders import Senders
from lanzarote.types import PracticeSheet, SheetText
from lanzarote.web import limits
from lanzarote.web.forms import Misfit, read_json
from lanzarote.web.limits import MOST, Pool, RateLimit
from lanzarote.web.routes import PUBLIC_POSTS
from litestar.testing import TestClient

from tests.core.accounts.team import instance_like
from tests.core.quiet import QuietClient
from tests.core.web.reading import PageRead, client_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lanzarote.instance import Instance

CORRECT = "/en/paris/correct"
NUMBER = "2 95 10 99 126 111 93"
"""That of a person, as the guard would tell."""


@pytest.fixture
def visitor(paris: Instance, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient[Any]]:
    monkeypatch.setattr(pages, "SENDERS", Senders())
    with client_of(paris) as client:
        client.headers.update({"Sec-Fetch-Site": "same-origin"})
        yield client


def send(visitor: TestClient[Any], text: str) -> Any:
    return visitor.post(CORRECT, data={"wrong": text}, follow_redirects=False)


def test_what_is_too_long_is_refused_unread_and_stands_in_the_form(visitor: TestClient[Any]) -> None:
    text = f"{NUMBER} " * 200
    answer = send(visitor, text)
    assert answer.status_code == 400
    assert "This is longer than we can take" in answer.text
    assert "personal identity number" not in answer.text, "the guard read it"
    assert text.strip() in answer.text


def test_a_program_is_told_which_field_is_too_long() -> None:
    long = "a" * 20_001
    for body in (f'{{"text": {{"title": "{long}"}}}}', f'{{"title": ["{long}"]}}'):
        with pytest.raises(Misfit, match="title: is longer than 20000 characters"):
            read_json(body.encode(), dict)


def test_what_the_team_writes_too_long_is_refused_unread() -> None:
    sheet = PracticeSheet(original="fr", text={"fr": SheetText(title=f"{NUMBER} " * 50)})
    with pytest.raises(Faulty) as refused:
        refuse_too_long(PRACTICES.shapes, sheet)
    assert [one.field for one in refused.value.faults] == ["text.fr.title"]


def test_what_is_refused_counts_until_its_sender_has_to_wait(visitor: TestClient[Any]) -> None:
    statuses = [send(visitor, NUMBER).status_code for _ in range(MOST)]
    answer = send(visitor, "The address of the court is wrong.")
    page = PageRead(answer.text)
    assert set(statuses) == {400}
    assert (answer.status_code, page.headings[0]) == (429, "Too many requests")
    assert 0 < int(answer.headers["retry-after"]) <= 600
    assert "The address of the court is wrong." in page.words


def test_who_goes_on_nevertheless_is_answered_in_a_line(visitor: TestClient[Any]) -> None:
    for _ in range(2 * MOST):
        visitor.post(CORRECT, data={"wrong": NUMBER}, headers={"Sec-Fetch-Site": "cross-site"})
    answer = send(visitor, "The address of the court is wrong.")
    assert (answer.status_code, answer.headers["content-type"]) == (429, "text/plain; charset=utf-8")
    assert int(answer.headers["retry-after"]) > 0
    assert len(answer.text.splitlines()) == 1


def test_after_a_while_a_sender_may_write_again_and_others_never_waited() -> None:
    limit = RateLimit(most=2, within=60)
    assert [limit.wait("one", at=moment) for moment in (0, 10, 20, 59.5, 60)] == [0, 0, 40, 1, 0]
    assert limit.wait("another", at=20) == 0


def test_very_many_senders_keep_no_newcomer_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_SENDERS", 3)
    limit = RateLimit(most=1, within=60)
    assert limit.wait("who goes on", at=0) == 0
    for number in range(10):
        assert limit.wait(f"newcomer {number}", at=number) == 0
        assert limit.wait("who goes on", at=number) > 0
    assert len(limit._counted) == 3
    assert not any(b"newcomer" in one for one in limit._counted)


def test_all_addresses_of_one_network_are_one_sender(
    paris: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "SENDERS", Senders())
    monkeypatch.setattr("lanzarote.web.site.RateLimit", partial(RateLimit, most=3))
    client = ("", 0)

    with instance_like(paris, tmp_path) as own:
        app: Any = create_app(own)

        async def from_there(scope: Any, receive: Any, send: Any) -> None:
            await app({**scope, "client": client}, receive, send)

        browser = QuietClient(from_there)
        same, wrong = {"Sec-Fetch-Site": "same-origin"}, {"authorization": "Bearer lz_wrong"}
        asked: dict[int, Callable[[int], Any]] = {
            400: lambda _: browser.post(CORRECT, data={"wrong": NUMBER}, headers=same),
            403: lambda number: browser.post(
                "/en/account/sign-in", data={"address": f"n{number}@school.example", "password": "x"}, headers=same
            ),
            401: lambda _: browser.get("/api/v1/me", headers=wrong),
        }
        for refused, ask in asked.items():
            statuses = []
            for number in range(22):
                client = (f"2001:db8:77::{number:x}", 443)
                statuses.append(ask(number).status_code)
            assert (statuses[0], statuses[-1]) == (refused, 429)
            client = ("2001:db8:78::1", 443)
            assert ask(0).status_code == refused


def test_a_crowd_is_told_at_once_to_come_again_and_keeps_its_text(visitor: TestClient[Any]) -> None:
    with full(PUBLIC_POSTS):
        answer = send(visitor, "The address of the court is wrong.")
        other = visitor.get("/en/paris")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "The address of the court is wrong." in PageRead(answer.text).words
    assert other.status_code == 200, "a page waits for no one who sends"


class full:  # noqa: N801
    """Holds every place in a pool."""

    def __init__(self, pool: Pool) -> None:
        self._pool, self._over, self._held = pool, Event(), Event()
        self._thread = Thread(target=lambda: asyncio.run(self._hold()))

    async def _hold(self) -> None:
        calls = [asyncio.create_task(self._pool.run(self._over.wait)) for _ in range(21)]
        await asyncio.sleep(0)
        self._held.set()
        await asyncio.gather(*calls)

    def __enter__(self) -> None:
        self._thread.start()
        self._held.wait()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
