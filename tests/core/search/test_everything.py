"""One search over everything that the public reads of a region, and another over what its team may read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from lanzarote.app import create_app
from lanzarote.findable import reading
from lanzarote.findable.entries import Item, rebuild
from lanzarote.findable.team import search_team
from lanzarote.improvements import moving
from lanzarote.improvements.team_documents import BecauseInPublic
from lanzarote.instance import Instance
from lanzarote.records.permissions import VISITOR
from lanzarote.records.records import Record
from lanzarote.stakeholders import writing as stakeholders
from litestar.testing import TestClient
from sqlalchemy import select

from tests.core.improvements.deliberating import LEADER, THEN, decided, improvement

pytestmark = pytest.mark.both_databases

SEARCH = "/api/v1/search"
PRIVATE = "Zinzolin au tribunal"


@pytest.fixture(scope="module")
def paris(everywhere: Instance) -> Instance:
    return everywhere


@pytest.fixture(scope="module")
def client(paris: Instance) -> Iterator[TestClient[Any]]:
    with TestClient(create_app(paris), base_url="http://lanzarote.test") as client:
        yield client


def read(client: TestClient[Any], address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.json()


def found(client: TestClient[Any], words: str, **more: Any) -> list[tuple[str, str]]:
    """Kind and path of what is found, the best first."""
    items = client.get(SEARCH, params={"q": words, "lang": "fr", "limit": 5, **more}).json()["items"]
    return [(one["kind"], one["url"].partition("/paris/")[2] or one["url"]) for one in items]


@pytest.mark.parametrize(
    ("words", "kind", "path"),
    [
        ("L 226 2 1", "provision", "law/fr-casf-226-2-1"),
        ("art. 706-52 du code de procédure pénale", "provision", "law/fr-cpp-706-52"),
        ("article 35 convention", "article", "/en/convention/35"),
        ("hopital necker", "organisation", "organisations/hopital-necker-enfants-malades"),
        ("court dogs", "practice", "practices/court-dogs"),
        ("116000", "helpline", "help"),
        ("age of sexual consent", "age", "ages#age-of-sexual-consent"),
        ("ONE in FIVE", "context", "/en/context/one-in-five"),
        ("cellule hôpitaux protocole signataires", "procedure", "procedures/hospital-cells-2014"),
        ("Parisian child welfare, public", "sector", "sectors/public-child-welfare"),
    ],
)
def test_everything_is_found_in_one_list(client: TestClient[Any], words: str, kind: str, path: str) -> None:
    assert (kind, path) in found(client, words, limit=10)


@pytest.mark.parametrize("words", ["article 35", "706-52", "audition enfant", "La Voix De l'Enfant"])
def test_a_practice_is_found_by_what_it_is_tagged_with(client: TestClient[Any], words: str) -> None:
    assert ("practice", "practices/salles-melanie") in found(client, words, kind="practice", limit=10)


def test_an_item_says_which_words_it_holds_and_where(client: TestClient[Any]) -> None:
    answer = read(client, f"{SEARCH}?q=chiens+assistance+trapèze&lang=fr&kind=practice")
    [dogs, *_] = answer["items"]
    assert (dogs["id"], dogs["region"], dogs["url"]) == (
        dogs["practice"]["id"], "paris", "/fr/paris/practices/court-dogs"
    )  # fmt: skip
    assert (dogs["whole"], dogs["words"], dogs["fields"]) == (False, ["chiens", "assistance"], ["title"])
    assert [piece["text"] for piece in dogs["title"]["fr"] if piece["match"]][:2] == ["Chiens", "assistance"]
    assert (answer["total"], answer["partial"] > 0, answer["corrected"]) == (0, True, [])


def test_a_word_that_is_misspelt_is_told(client: TestClient[Any]) -> None:
    answer = read(client, f"{SEARCH}?q=nenufar&lang=fr")
    assert answer["corrected"] == [{"written": "nenufar", "used": "nenuphar"}]
    assert ("practice", "practices/nenuphar") in found(client, "nenufar")
    assert read(client, f"{SEARCH}?q=nenufar&lang=fr&as_written=yes")["items"] == []


def test_kinds_and_regions_narrow_and_a_facet_is_one_of_practices(client: TestClient[Any]) -> None:
    every = read(client, f"{SEARCH}?q=enfant&limit=100")
    assert sum(every["kinds"].values()) == every["total"]
    for kind, number in every["kinds"].items():
        assert read(client, f"{SEARCH}?q=enfant&kind={kind}")["total"] == number
    assert {one["kind"] for one in read(client, f"{SEARCH}?q=enfant&article=35")["items"]} == {"practice"}
    assert {one["region"] for one in read(client, f"{SEARCH}?q=enfant&region=paris&limit=100")["items"]} == {"paris"}
    assert client.get(f"{SEARCH}?q=enfant&kind=person").status_code == 400


@pytest.mark.parametrize("limit", [1, 7])
def test_pieces_join_to_the_whole_list(client: TestClient[Any], limit: int) -> None:
    words = "mineurs prostitution signalement"
    whole = read(client, f"{SEARCH}?q={words}&limit=100")
    assert whole["next"] is None
    seen, following = [], f"{SEARCH}?q={words}&limit={limit}"
    while following:
        part = read(client, following)
        seen += [(one["kind"], one["id"]) for one in part["items"]]
        assert part["total"] == whole["total"]
        following = part["next"]
    assert seen == [(one["kind"], one["id"]) for one in whole["items"]]
    assert len(set(seen)) == len(seen)


def test_an_organisation_is_found_until_it_is_taken_from_the_public(paris: Instance, client: TestClient[Any]) -> None:
    assert ("organisation", "organisations/handi-chiens") in found(client, "handichiens")
    with paris.database.write("paris") as session:
        record = session.scalars(select(Record).where(Record.slug == "handi-chiens")).one()
        stakeholders.withdraw(session, record, paris.vocabulary("paris"), reason="Une erreur.", by=LEADER, at=THEN)
    assert "organisation" not in {kind for kind, _ in found(client, "handichiens")}


def test_nothing_is_found_of_what_the_group_has_not_decided(paris: Instance, client: TestClient[Any]) -> None:
    record_id = improvement(paris, text={"fr": {"title": PRIVATE, "proposal": "Ouvrir une salle zinzoline."}})
    assert found(client, "zinzolin") == []
    decided(paris, record_id)
    assert [kind for kind, _ in found(client, "zinzolin")] == ["improvement"]
    with paris.database.write("paris") as session:
        record = session.get_one(Record, ("paris", record_id))
        given, words = BecauseInPublic(reason={"fr": "Non."}), paris.vocabulary("paris")
        moving.withdraw(session, record, words, given=given, by=LEADER, at=THEN)
    assert found(client, "zinzolin") == []


def test_a_team_finds_what_it_may_read_and_nobody_else_does(paris: Instance) -> None:
    improvement(paris, text={"fr": {"title": "Une permanence nacarat", "proposal": "Chaque mardi."}})

    def titles(actor: Any, words: str) -> list[str]:
        told = search_team(paris, "paris", actor, words, "fr")
        return [one.titles["fr"] for one in told.results if one.whole]

    assert titles(LEADER, "permanences nacarat") == ["Une permanence nacarat"]
    assert titles(LEADER, "nacarat mardi") == ["Une permanence nacarat"], "by all of its text"
    assert titles(VISITOR, "nacarat") == []


def test_made_anew_it_is_the_same(paris: Instance) -> None:
    query = select(Item.kind, Item.item, Item.digest)

    def rows() -> list[tuple[str, str, str]]:
        with paris.database.read("paris") as session:
            return sorted((kind, item, digest) for kind, item, digest in session.execute(query))

    before = rows()
    assert {kind for kind, *_ in before} >= {"organisation", "provision", "age", "helpline", "sector", "procedure"}
    with paris.database.write("paris") as session:
        rebuild(session, "paris")
    assert rows() == before
    assert reading.search(paris, "706-52", "fr", region_id="paris").results[0].id == "fr-cpp-706-52"
