"""A reader chooses practices and procedures, and fetches them as one document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.app import create_app
from lanzarote.compendium import composing, pages
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.plugins import Candidate, Host
from lanzarote.practices import service
from lanzarote.records import records
from lanzarote.records.changelog import bump_revision
from lanzarote.stakeholders.senders import Senders
from litestar.testing import TestClient

from tests.conftest import copy_of

if TYPE_CHECKING:
    from pathlib import Path

PLACE = "/fr/paris/compendium"
FROM_US = {"origin": "http://lanzarote.test"}


@pytest.fixture(autouse=True)
def fresh_senders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "SENDERS", Senders(most=10))


@pytest.fixture
def reader(own_paris: Instance) -> Iterator[TestClient[Any]]:
    """Asks an application whose worker does nothing unless it is told to."""
    with TestClient(create_app(own_paris), base_url="http://lanzarote.test") as client:
        client.headers.update(FROM_US)
        own_paris.worker.stop()
        yield client


def ask(reader: TestClient[Any], path: str = PLACE, **fields: Any) -> Any:
    values = {"title": "Agir ensemble", "language": "fr"} | fields
    return reader.post(path, data=values, follow_redirects=False)


def some_slugs(paris: Instance, count: int) -> list[str]:
    return [card.slug for card in service.all_cards(paris.database, "paris")][:count]


def ticked(page: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]+)" checked', page)


def test_the_lists_and_the_shortlist_lead_there(reader: TestClient[Any]) -> None:
    assert f'href="{PLACE}?sector=courts"' in reader.get("/fr/paris/practices?sector=courts").text
    assert f'href="{PLACE}?of=procedures"' in reader.get("/fr/paris/procedures").text
    assert f'href="{PLACE}?p=uaped"' in reader.get("/fr/paris/shortlist?p=uaped").text.replace("&amp;", "&")


def test_what_the_list_holds_is_ticked_and_nothing_else(reader: TestClient[Any], own_paris: Instance) -> None:
    page = reader.get(PLACE).text
    assert sorted(ticked(page, "practice")) == sorted(some_slugs(own_paris, 99))
    assert ticked(page, "procedure") == []
    assert ticked(reader.get(f"{PLACE}?p=uaped").text, "practice") == ["uaped"]
    turned = reader.get(f"{PLACE}?of=procedures").text
    assert (ticked(turned, "practice"), len(ticked(turned, "procedure"))) == ([], 2)


def test_it_is_asked_for_waited_for_and_fetched(reader: TestClient[Any], own_paris: Instance) -> None:
    answer = ask(reader, practice=some_slugs(own_paris, 2), procedure=["hospital-cells-2014"])
    there = answer.headers["location"]
    assert answer.status_code == 303
    page = reader.get(there)
    assert page.headers["cache-control"] == "no-store"
    assert '<meta http-equiv="refresh"' in page.text
    assert '<meta http-equiv="refresh"' not in reader.get(f"{there}?still").text
    assert reader.get(f"{there}/file").status_code == 404
    own_paris.worker.run_due()
    assert f'href="{there}/file"' in reader.get(there).text
    file = reader.get(f"{there}/file")
    assert (file.headers["content-type"], file.content[:4]) == ("application/pdf", b"%PDF")
    assert re.search(r"lanzarote-paris-compendium-fr-\d{4}-\d\d-\d\d\.pdf", file.headers["content-disposition"])


def test_a_bar_that_stands_still_says_that_the_pages_are_being_set(
    reader: TestClient[Any], own_paris: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = ask(reader, practice=some_slugs(own_paris, 3)).headers["location"]
    seen = [reader.get(there).text]

    def setting(*_: object) -> bytes:
        seen.append(reader.get(there).text)
        return b"%PDF"

    monkeypatch.setattr(composing, "written", setting)
    own_paris.worker.run_due()
    waiting, while_set = seen
    assert "Les pages se mettent en forme" not in waiting
    assert "10 sur 100 · Les pages se mettent en forme. L’avancement ne peut pas être mesuré" in while_set


def test_the_same_choice_is_the_same_document(reader: TestClient[Any], own_paris: Instance) -> None:
    [first, second] = (ask(reader, practice=some_slugs(own_paris, 2)).headers["location"] for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("fields", "said", "place"),
    [
        ({}, "Rien n’est choisi", "practice"),
        ({"practice": "uaped", "title": " "}, "Donnez-lui un titre", "title"),
        ({"practice": "uaped", "title": "x" * 121}, "Donnez-lui un titre", "title"),
        (
            {"practice": "uaped", "title": "L’affaire du petit Kévin Martin, né le 3 mai 2015"},
            "Le titre semble",
            "title",
        ),
    ],
)
def test_what_cannot_be_made_is_told_and_the_choice_is_kept(
    reader: TestClient[Any], fields: dict[str, str], said: str, place: str
) -> None:
    answer = ask(reader, **fields)
    assert answer.status_code == 400
    assert said in answer.text
    assert re.findall(r'class="error" id="(\w+)-error"', answer.text) == [place]
    assert ticked(answer.text, "practice") == ([fields["practice"]] if fields else [])


def test_one_sender_cannot_ask_for_very_many(reader: TestClient[Any], own_paris: Instance) -> None:
    slugs = some_slugs(own_paris, 11)
    codes = [ask(reader, practice=slug).status_code for slug in slugs]
    assert codes == [303] * 10 + [429]


def test_what_is_no_longer_so_is_not_handed_out_and_can_be_made_anew(
    reader: TestClient[Any], own_paris: Instance
) -> None:
    there = ask(reader, practice=["uaped"]).headers["location"]
    own_paris.worker.run_due()
    assert reader.get(f"{there}/file").status_code == 200
    with own_paris.database.write("paris") as session:
        bump_revision(session, "paris")  # something was published, or corrected
    answer = reader.get(f"{there}/file")
    assert answer.status_code == 410
    assert "Refaire le document" in answer.text
    again = reader.post(there, data={"again": "yes"}, follow_redirects=False).headers["location"]
    assert again != there
    own_paris.worker.run_due()
    assert reader.get(f"{again}/file").status_code == 200


@pytest.mark.parametrize("made", [True, False])
def test_a_practice_that_is_withdrawn_takes_its_documents_with_it(
    reader: TestClient[Any], own_paris: Instance, made: bool
) -> None:
    there = ask(reader, practice=["uaped"]).headers["location"]
    if made:
        own_paris.worker.run_due()
    with own_paris.database.write("paris") as session:
        records.withdraw(session, records.find(session, "practice", "uaped"), by="test")
    own_paris.worker.run_due()
    assert (reader.get(there).status_code, reader.get(f"{there}/file").status_code) == (404, 404)
    answer = ask(reader, practice=["uaped"])
    assert answer.status_code == 400  # it is not offered any more, so nothing is chosen


def test_where_no_package_writes_documents_nothing_leads_there(paris_template: Path, tmp_path: Path) -> None:
    place = {"LANZAROTE_DATABASE_URL": copy_of(paris_template, tmp_path), "LANZAROTE_DATA": str(tmp_path)}
    host = Host([Candidate(name="paris", module="lanzarote_region_paris")])
    with new_instance(read_settings(place), host) as bare, TestClient(create_app(bare)) as client:
        assert client.get("/en/paris/compendium").status_code == 404
        assert "/compendium" not in client.get("/en/paris/practices").text
