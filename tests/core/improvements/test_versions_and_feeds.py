"""What the public read stays at its address with what was decided on it; feeds tell of what is published."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest
from lanzarote.instance import Instance
from lanzarote.records import drafts
from lanzarote.records.records import Record
from litestar.testing import TestClient

from tests.core.activity.conftest import counted
from tests.core.improvements.deliberating import LEADER, THEN, decided, finding, improvement, save, step
from tests.core.improvements.test_pages import client, paris

__all__ = ["client", "paris"]

ATOM = "{http://www.w3.org/2005/Atom}"
PUBLIC = "/fr/paris/improvements"
HOSTILE = "<script>alert(1)</script>"


def texts(proposal: str, title: str = "Un registre commun") -> dict[str, Any]:
    return {"fr": {"title": title, "proposal": proposal}}


@pytest.fixture
def twice(paris: Instance) -> tuple[str, str]:
    """An improvement that was decided on twice, with a draft between; its id and address."""
    one = improvement(paris, text=texts("Tenir une liste rouge."), findings=[finding(paris)])
    step(paris, one, "discuss")
    slug = decided(paris, one, "not-adopted")
    step(paris, one, "reconsider")
    save(paris, one, text=texts("Un essai que personne ne lit."))
    save(paris, one, text=texts(f"Tenir une liste bleue. {HOSTILE}"))
    decided(paris, one)
    return one, slug


def test_each_version_that_the_public_read_has_an_address(client: TestClient[Any], twice: tuple[str, str]) -> None:
    _, slug = twice
    listed = client.get(f"{PUBLIC}/{slug}/versions").text
    assert [number for number in (1, 2, 3, 4) if f"/{slug}/versions/{number}" in listed] == [1, 3]
    first, last = (client.get(f"{PUBLIC}/{slug}/versions/{number}").text for number in (1, 3))
    assert "Tenir une liste rouge." in first
    assert "bleue" not in first
    assert "pas adopt" in first
    assert "rouge" in last.partition("<del>")[2].partition("</del>")[0]
    assert "bleue" in last.partition("<ins>")[2].partition("</ins>")[0]
    assert HOSTILE not in last
    assert client.get(f"{PUBLIC}/{slug}/versions/2").status_code == 404, "nobody outside the group has read it"
    assert client.get(f"{PUBLIC}/{slug}/versions/01", follow_redirects=False).status_code == 301


def test_findings_stand_in_no_version_and_in_no_difference(
    paris: Instance, client: TestClient[Any], twice: tuple[str, str]
) -> None:
    one, slug = twice
    step(paris, one, "reconsider")
    save(paris, one, findings=[])
    decided(paris, one)
    page = client.get(f"{PUBLIC}/{slug}/versions/4").text
    assert "Les signalements se croisent" not in page
    assert "Constats" not in page.partition("<main")[2].partition("</main>")[0]


def test_what_was_erased_answers_at_no_address(
    paris: Instance, client: TestClient[Any], twice: tuple[str, str]
) -> None:
    one, slug = twice
    with paris.database.write("paris") as session:
        drafts.erase(session, session.get_one(Record, ("paris", one)), by=LEADER, at=THEN)
    for path in ("", "/versions", "/versions/1"):
        assert client.get(f"{PUBLIC}/{slug}{path}").status_code in (404, 410)


def entries(client: TestClient[Any], path: str) -> list[ET.Element]:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/atom+xml; charset=utf-8")
    return ET.fromstring(answer.content).findall(f"{ATOM}entry")  # noqa: S314 - written by ourselves


def test_the_feed_tells_of_what_was_decided_and_of_nothing_else(
    paris: Instance, client: TestClient[Any], twice: tuple[str, str]
) -> None:
    improvement(paris, text=texts("Rien n’est décidé.", "Piste non décidée"))
    found = entries(client, "/fr/paris/improvements.atom")
    _, slug = twice
    links = [one.find(f"{ATOM}link").get("href", "") for one in found]  # type: ignore[union-attr]
    assert f"http://lanzarote.test{PUBLIC}/{slug}" in links
    told = " ".join("".join(one.itertext()) for one in found)
    assert "Piste non décidée" not in told
    assert "que personne ne lit" not in told
    english = {one.findtext(f"{ATOM}id") for one in entries(client, "/en/paris/improvements.atom")}
    assert not english & {one.findtext(f"{ATOM}id") for one in found}


def test_the_feed_of_procedures_says_that_nobody_endorsed_what_is_shipped(client: TestClient[Any]) -> None:
    found = entries(client, "/fr/paris/procedures.atom")
    assert len(found) == 2  # the invented example is none of them
    marks = [[one.get("term") for one in entry.findall(f"{ATOM}category")] for entry in found]
    assert all(len(some) == 2 for some in marks), marks
    page = client.get("/fr/paris/feeds").text
    for room in ("improvements", "procedures"):
        assert f"/fr/paris/{room}.atom" in page


def test_a_hundred_decisions_take_as_many_questions_as_one(
    paris: Instance, client: TestClient[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from contextlib import contextmanager

    paths = ("/fr/paris/improvements.atom", PUBLIC, "/api/v1/regions/paris/improvements?limit=100")
    counts: dict[str, list[int]] = {path: [] for path in paths}
    for many in (1, 100):
        for number in range(many):
            decided(paris, improvement(paris, text=texts("Une liste.", f"Piste {many} {number}")))
        for path in paths:
            client.get(path)
            decided(paris, improvement(paris, text=texts("Une liste.", f"Une de plus {many} {path}")))
            with contextmanager(counted.__wrapped__)(paris, monkeypatch) as statements:  # type: ignore[attr-defined]
                assert client.get(path).status_code == 200
            counts[path].append(len(statements))
    assert {path: some[0] for path, some in counts.items()} == {path: some[1] for path, some in counts.items()}
