"""The page of a short list leads to its file; that of a long one has it made in the background."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from lanzarote.app import create_app
from lanzarote.downloads import list_pages
from lanzarote.downloads.lists import Wanted, make
from lanzarote.downloads.model import Download
from lanzarote.instance import Instance
from lanzarote.plugins.remembered import Slot
from lanzarote.records.changelog import bump_revision
from lanzarote.records.outbox import Worker
from lanzarote.stakeholders.senders import Senders
from lanzarote.store.database import ALL
from lanzarote.types import Table
from lanzarote.web import exports
from litestar.testing import TestClient
from msgspec import json
from sqlalchemy import update

PRACTICES = "/fr/paris/practices"
MAKING = "/fr/paris/downloads"


@pytest.fixture(autouse=True)
def five_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 5)
    monkeypatch.setattr(list_pages, "SENDERS", Senders(most=3))


@pytest.fixture
def reader(own_paris: Instance) -> Iterator[TestClient[Any]]:
    """Asks an application whose worker does nothing unless it is told to."""
    with TestClient(create_app(own_paris), base_url="http://lanzarote.test") as client:
        client.follow_redirects = False
        client.headers["origin"] = "http://lanzarote.test"
        own_paris.worker.stop()
        yield client


def ask(reader: TestClient[Any], query: str, **headers: str) -> Any:
    return reader.post(f"{MAKING}?{query}", data={"make": "yes"}, headers=headers)


def made(reader: TestClient[Any], paris: Instance, of: str, query: str = "") -> Any:
    """The file of a long list."""
    asked = ask(reader, f"of={of}&{query}format=csv")
    assert asked.status_code == 303
    assert work(paris) == 1
    return reader.get(asked.headers["location"] + "/file")


def work(paris: Instance) -> int:
    worker: Worker = paris.worker
    return worker.run_due()


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_short_list_is_a_file_at_once(reader: TestClient[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 500)
    page = reader.get(PRACTICES).text
    assert f'href="{PRACTICES}?format=csv" type="text/csv" rel="nofollow" download' in page
    answer = reader.get(f"{PRACTICES}?format=csv")
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/csv")


@pytest.mark.parametrize("of", ["practices", "organisations"])
def test_what_is_made_is_what_its_address_gives_at_once(reader: TestClient[Any], own_paris: Instance, of: str) -> None:
    at_once = reader.get(f"/fr/paris/{of}?format=csv")
    answer = made(reader, own_paris, of)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert f"lanzarote-paris-{of}-fr-" in answer.headers["content-disposition"]
    assert at_once.headers["content-disposition"] == answer.headers["content-disposition"]
    here, there = (rows(one.content) for one in (at_once, answer))
    assert [row[:-1] for row in here] == [row[:-1] for row in there]  # the last names the site as it was asked for


def test_a_long_list_leads_to_a_button_and_no_link_makes_anything(reader: TestClient[Any], own_paris: Instance) -> None:
    page = reader.get(f"{PRACTICES}?sector=courts&sector=schools").text.replace("&amp;", "&")
    there = f"{MAKING}?of=practices&sector=courts&sector=schools&format=csv"
    assert f'href="{there}" rel="nofollow">CSV' in page
    by_program = reader.get(f"{PRACTICES}?sector=courts&sector=schools&format=csv")
    assert (by_program.status_code, len(rows(by_program.content)) > 5) == (200, True)  # who knows its address has it
    shown = reader.get(there)
    assert (shown.status_code, shown.headers["cache-control"]) == (200, "no-store")
    assert f'method="post" action="{there}"' in shown.text.replace("&amp;", "&")
    assert work(own_paris) == 0


def test_it_is_narrowed_as_the_list_was(reader: TestClient[Any], own_paris: Instance) -> None:
    page = reader.get(f"{PRACTICES}?q=hopital").text
    count = int(re.findall(r"(\d+) pratiques", page)[0])
    assert len(rows(made(reader, own_paris, "practices", "q=hopital&").content)) == count + 1


def test_it_is_handed_out_no_more_once_the_public_reads_something_else(
    reader: TestClient[Any], own_paris: Instance
) -> None:
    asked = ask(reader, "of=practices&q=hopital&format=xlsx").headers["location"]
    work(own_paris)
    with own_paris.database.write("paris") as session:
        bump_revision(session, "paris")
    answer = reader.get(f"{asked}/file")
    assert answer.status_code == 410
    assert f'href="{PRACTICES}?q=hopital">Choisir de nouveau' in answer.text


def test_the_rows_are_told_with_their_progress(reader: TestClient[Any], own_paris: Instance) -> None:
    seen: list[int] = []
    make(
        own_paris,
        json.encode(Wanted(region="paris", language="en", of="practices", query=(), format="csv")),
        seen.append,
    )
    assert (seen == sorted(seen), seen[0] < 10, seen[-1]) == (True, True, 60)


def test_a_bar_that_stands_still_says_that_the_file_is_being_written(
    reader: TestClient[Any], own_paris: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, seen = ask(reader, "of=practices&format=csv").headers["location"], list[str]()

    def written(_: object, __: object, table: Table, ___: float) -> bytes:
        assert list(table.rows)
        seen.append(reader.get(there).text)
        return b"file"

    monkeypatch.setattr(exports, "written", written)
    work(own_paris)
    assert "60 sur 100 · Le fichier s’écrit" in seen[0]


def test_a_file_of_many_rows_is_one_call_of_the_package(
    reader: TestClient[Any], own_paris: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[str] = []
    asked = own_paris.host._asked

    def counting(slot: Slot, *given: Any) -> Any:
        called.append(slot.candidate.name)
        return asked(slot, *given)

    monkeypatch.setattr(own_paris.host, "_asked", counting)
    assert len(rows(made(reader, own_paris, "practices").content)) > 10
    assert called == ["spreadsheet"]


@pytest.mark.parametrize("query", ["of=secrets&format=csv", "of=practices&format=pdf", "of=practices", ""])
def test_nothing_else_is_made(reader: TestClient[Any], own_paris: Instance, query: str) -> None:
    assert (reader.get(f"{MAKING}?{query}").status_code, ask(reader, query).status_code) == (404, 404)
    assert work(own_paris) == 0


def test_it_is_asked_for_from_our_pages_only_and_not_without_end(reader: TestClient[Any], own_paris: Instance) -> None:
    query = "of=practices&format=csv"
    assert ask(reader, query, origin="http://elsewhere.test").status_code == 403
    answers = [ask(reader, f"{query}&q={number}").status_code for number in range(4)]
    assert answers == [303, 303, 303, 429]


def test_until_when_it_is_kept_is_told_by_the_clocks_of_the_region(
    reader: TestClient[Any], own_paris: Instance
) -> None:
    place = ask(reader, "of=practices&q=hopital&format=csv").headers["location"]
    work(own_paris)
    with own_paris.database.write(ALL) as session:
        session.execute(update(Download).values(keep_until=datetime(2031, 3, 1, 23, 30, tzinfo=UTC)))
    assert "jusqu’au 2 mars 2031" in reader.get(place).text
