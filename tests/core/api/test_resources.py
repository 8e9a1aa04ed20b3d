"""The read API: what it lists, how one goes on, what it refuses and how it says so."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.app import create_app
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.facts.convention import convention
from lanzarote.instance import Instance
from lanzarote.practices import service
from lanzarote.records import records
from lanzarote.types import PracticeSeed
from lanzarote.web.openapi import ARTICLES

if TYPE_CHECKING:
    from litestar.testing import TestClient

API = "/api/v1"
PARIS = f"{API}/regions/paris"
LISTS = (
    "regions",
    "regions/paris/practices",
    "regions/paris/practices/uaped/versions",
    "regions/paris/stakeholders",
    "regions/paris/sectors",
    "regions/paris/provisions",
    "regions/paris/ages",
    "regions/paris/helplines",
    "regions/paris/sources",
    "regions/paris/coverage",
    "regions/paris/mandates",
    "convention/articles",
    "convention/common-sectors",
    "search",
)


def read(client: TestClient[Any], address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200, response.text
    return response.json()


def refusal(client: TestClient[Any], address: str) -> tuple[int, str]:
    response = client.get(address)
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == response.status_code
    return response.status_code, problem.get("detail", "")


# Lists


@pytest.mark.parametrize("name", LISTS)
def test_every_list_tells_its_total_and_is_read_whole_by_following_next(client: TestClient[Any], name: str) -> None:
    whole = read(client, f"{API}/{name}?limit=100")
    seen: list[Any] = []
    address: str | None = f"{API}/{name}?limit=7"
    while address:
        response = client.get(address)
        part = response.json()
        seen += part["items"]
        address = part["next"]
        assert response.headers.get("link") == (f'<{address}>; rel="next"' if address else None)
    assert len(seen) == part["total"] == whole["total"]
    assert seen[:100] == whole["items"]


def test_a_list_sends_fifty_unless_told_otherwise(client: TestClient[Any]) -> None:
    assert len(read(client, f"{PARIS}/provisions")["items"]) == 50


def test_filters_of_one_kind_add_up_and_of_two_kinds_narrow_down(client: TestClient[Any]) -> None:
    def slugs(query: str) -> set[str]:
        return {one["slug"] for one in read(client, f"{PARIS}/practices?limit=100&{query}")["items"]}

    courts, police = slugs("sector=courts"), slugs("sector=police")
    assert slugs("sector=courts&sector=police") == courts | police
    assert slugs("sector=courts&article=10") == courts & slugs("article=10")


def test_a_sector_or_region_that_nobody_has_is_refused_and_the_known_ones_are_named(client: TestClient[Any]) -> None:
    for address in (f"{PARIS}/practices?sector=zzz", f"{PARIS}/stakeholders?sector=zzz", f"{API}/search?sector=zzz"):
        status, told = refusal(client, address)
        assert (status, told.startswith("sector: 'zzz' cannot be used; it is one of: courts, ")) == (400, True), told
    assert refusal(client, f"{API}/search?region=lyon") == (
        400,
        "region: 'lyon' cannot be used; it is one of: paris.",
    )
    assert refusal(client, f"{PARIS}/practices?field=nope:x")[0] == 400
    assert refusal(client, f"{API}/regions/lyon/practices?sector=zzz")[0] == 404


def test_each_wording_of_the_law_says_whether_it_was_verified_and_is_in_force(client: TestClient[Any]) -> None:
    provisions = {one["key"]: one for one in _all(client, f"{PARIS}/provisions?limit=100")}
    for key, provision in provisions.items():
        assert "in_force" not in provision
        for wording in provision["versions"]:
            assert isinstance(wording["verified"], bool), key
            assert wording["in_force"] is None or wording["verified"], key
            assert all(isinstance(link["confirmed"], bool) for link in wording["convention"]), key
    unverified = [key for key, one in provisions.items() if not all(each["verified"] for each in one["versions"])]
    assert unverified == ["fr-ce-542-3", "fr-cpp-2-3"]
    told = [wording["in_force"] for wording in provisions["fr-cp-434-3"]["versions"]]
    assert told[-1] is True


def _named(*parts: Any) -> set[str]:
    """Schemas that *parts* of the description refer to."""
    return set(re.findall(r"#/components/schemas/(\w+)", json.dumps([part.get("content", part) for part in parts])))


def test_whatever_can_be_unverified_always_says_so(client: TestClient[Any]) -> None:
    document = client.get(f"{API}/openapi.json").json()
    schemas = document["components"]["schemas"]
    public = [one["get"] for one in document["paths"].values() if "get" in one and {} in one["get"]["security"]]
    waiting = _named(*(one["responses"]["200"] for one in public))
    told: set[str] = set()
    while waiting:
        told |= waiting
        waiting = _named(*(schemas[name] for name in waiting)) - told
    assert {"WordingItem", "LinkItem", "EpisodeItem", "OrganisationFacts"} <= told
    silent = {
        (name, field)
        for name in told
        for field in ("verified", "confirmed")
        if field in schemas[name].get("properties", {}) and field not in schemas[name].get("required", ())
    }
    assert silent == set()
    assert "nobody verified it" in schemas["WordingItem"]["properties"]["in_force"]["description"]


def test_a_stakeholder_is_found_by_what_practices_name_it_by(client: TestClient[Any]) -> None:
    one = read(client, f"{PARIS}/stakeholders?limit=1")["items"][0]
    for name in (one["key"], one["id"]):
        answer = client.get(f"{PARIS}/stakeholders/{name}", follow_redirects=False)
        if name == one["slug"]:
            continue
        assert (answer.status_code, answer.headers["location"]) == (301, f"{PARIS}/stakeholders/{one['slug']}")
    assert refusal(client, f"{PARIS}/stakeholders/nobody-at-all")[0] == 404


def test_counts_of_a_facet_tell_what_each_value_would_show(client: TestClient[Any]) -> None:
    counts = read(client, f"{PARIS}/practices?limit=1&article=10&facets=sector,side")["counts"]
    assert set(counts) == {"sector", "side"}
    for sector, count in counts["sector"].items():
        assert read(client, f"{PARIS}/practices?limit=1&article=10&sector={sector}")["total"] == count


def test_a_word_is_found_without_its_accents_and_marked_where_it_stands(client: TestClient[Any]) -> None:
    found = read(client, f"{API}/search?q=HOPITAL+enfant&limit=1")
    plain = read(client, f"{API}/search?q=hôpital+enfant&limit=1")
    assert found["total"] == plain["total"] > 0
    [hit] = read(client, f"{API}/search?q=maltraitance+pediatrique&kind=practice&limit=1")["items"]
    pieces = hit["title"][hit["practice"]["original"]]
    assert {piece["text"] for piece in pieces if piece["match"]} == {"maltraitance", "pédiatriques"}
    for texts in ("title", "summary"):
        told = {lang: "".join(piece["text"] for piece in marked) for lang, marked in hit[texts].items()}
        assert told == hit["practice"][texts]


def test_sources_are_those_that_something_public_cites(client: TestClient[Any], paris: Instance) -> None:
    keys = {one["key"] for one in _all(client, f"{PARIS}/sources?limit=100")}
    cited = {key for one in _all(client, f"{PARIS}/stakeholders?limit=100") for key in one["organisation"]["sources"]}
    assert cited <= keys < set(paris.vocabulary("paris").sources)


def test_a_draft_is_neither_listed_nor_found_nor_read(client: TestClient[Any], paris: Instance) -> None:
    drafts = [seed for seed in _seeds(paris) if not seed[1].publish]
    assert drafts
    listed = {one["slug"] for one in _all(client, f"{PARIS}/practices?limit=100")}
    for slug, seed in drafts:
        assert slug not in listed
        assert refusal(client, f"{PARIS}/practices/{slug}")[0] == 404
        assert refusal(client, f"{PARIS}/practices/{slug}/versions")[0] == 404
        title = seed.text["fr"].title
        found = client.get(f"{API}/search", params={"q": title}).json()
        assert title not in {one["practice"]["title"]["fr"] for one in found["items"] if one["practice"]}


def _all(client: TestClient[Any], address: str) -> list[Any]:
    items: list[Any] = []
    following: str | None = address
    while following:
        part = read(client, following)
        items += part["items"]
        following = part["next"]
    return items


def _seeds(paris: Instance) -> list[tuple[str, PracticeSeed]]:
    return list(paris.content("paris").practices.items())


# One thing


def test_a_practice_is_read_by_slug_and_by_id(client: TestClient[Any]) -> None:
    by_slug = read(client, f"{PARIS}/practices/uaped")
    assert read(client, f"{PARIS}/practices/{by_slug['id']}") == by_slug
    assert by_slug["standing"] == "documented"
    assert read(client, f"{PARIS}/practices/uaped/versions/1") == by_slug


def test_a_cited_organisation_says_that_it_is_only_cited(client: TestClient[Any]) -> None:
    for one in read(client, f"{PARIS}/stakeholders?limit=100")["items"]:
        assert one["status"] == {"relation": "cited", "since": None, "mandate": {}, "source": ""}


def test_the_articles_are_those_of_the_convention(client: TestClient[Any]) -> None:
    assert [article.number for article in convention().articles] == list(range(1, ARTICLES + 1))
    assert read(client, f"{API}/convention/articles/10")["paragraphs"] == 3
    assert read(client, f"{API}/convention/articles/10")["reservations"] == []
    limited = read(client, f"{API}/convention/articles/25")["reservations"]
    assert [(one["state"], one["under"], one["limits"]) for one in limited][:2] == [
        ("ME", "25.3", ["25.1.e"]),
        ("LV", "25.3", ["25.1.e"]),
    ]
    assert (limited[0]["as_of"], limited[0]["source"]["kind"]) == ("2015-03-25", "official")


def test_head_tells_what_get_would_send(client: TestClient[Any]) -> None:
    for address in (f"{PARIS}/practices?limit=3", f"{PARIS}/ages", f"{PARIS}/practices/uaped", f"{API}/openapi.json"):
        plain = {"Accept-Encoding": "identity"}
        head, get = client.head(address, headers=plain), client.get(address, headers=plain)
        assert head.content == b""
        assert head.headers == get.headers
        assert int(head.headers["content-length"]) > 0
        assert "etag" in head.headers


def test_what_the_reader_has_is_not_sent_again(client: TestClient[Any]) -> None:
    first = client.get(f"{PARIS}/practices?limit=3")
    again = client.get(f"{PARIS}/practices?limit=3", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    packed = client.get(f"{PARIS}/practices?limit=3")
    assert packed.headers["content-encoding"] == "gzip"
    again = client.get(f"{PARIS}/practices?limit=3", headers={"If-None-Match": f'"else", W/{packed.headers["etag"]}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", packed.headers["etag"])
    other = client.get(f"{PARIS}/practices?limit=4", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


# Refusals


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("colour=red", "'colour' is no parameter of this address; the parameters here are: sector, common, side"),
        ("article=10.3", "article: '10.3' cannot be used; it is a whole number from 1 to 50."),
        ("article=51", "article: '51' cannot be used; it is a whole number from 1 to 50."),
        ("limit=101", "limit: '101' cannot be used; it is a whole number from 1 to 100."),
        ("limit=", "limit: '' cannot be used; it is a whole number from 1 to 100."),
        ("limit=5&limit=6", "limit: it is given more than once; give it once."),
        ("side=left", "side: 'left' cannot be used; it is one of: public, civil-society, mixed, private, both."),
        ("cursor=abc", "cursor: 'abc' cannot be used; take the whole address that `next` gave."),
        ("q=a%00b", "q: 'a\\x00b' cannot be used; it matches"),
        ("q=%ED%A0%80", "The query is not UTF-8; encode it as UTF-8 and then percent-encode it."),
        ("q=" + "a" * 201, "q: it has 0 to 200 characters."),
        ("q=" + "a" * 5000, "The query is longer than 4096 bytes; ask for less at once."),
        ("article=" + "&article=".join(["1"] * 21), "article: it has more than 20 values"),
    ],
)
def test_what_cannot_be_used_is_named_with_what_can(client: TestClient[Any], query: str, detail: str) -> None:
    status, told = refusal(client, f"{PARIS}/practices?{query}")
    assert status == 400
    assert told.startswith(detail)


@pytest.mark.parametrize(
    "address",
    [
        f"{API}/nothing",
        f"{API}/regions/atlantis",
        f"{API}/regions/atlantis/practices",
        f"{API}/regions/atlantis/sources",
        f"{API}/regions/par%00is",
        f"{API}/regions/%F0%9F%90%9F/stakeholders",
        f"{PARIS}/practices/no-such",
        f"{PARIS}/practices/no-such/versions",
        f"{PARIS}/practices/00000000-0000-0000-0000-000000000000",
        f"{PARIS}/practices/{'a' * 101}",
        f"{PARIS}/practices/a%0Ab",
        f"{PARIS}/practices/uaped/versions/2",
        f"{PARIS}/practices/uaped/versions/0",
        f"{PARIS}/practices/uaped/versions/99999999999999999999",
        f"{PARIS}/stakeholders/no-such",
        f"{API}/convention/articles/51",
    ],
)
def test_what_is_not_there_is_a_problem_and_not_a_page(client: TestClient[Any], address: str) -> None:
    assert refusal(client, address)[0] == 404


def test_a_host_that_is_none_is_refused_as_a_problem(client: TestClient[Any]) -> None:
    response = client.get(f"{API}/regions", headers={"Host": "no host!"})
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "title": "Bad Request",
        "status": 400,
        "detail": "The Host header is missing or is no host name.",
    }


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_is_written_through_it(client: TestClient[Any], method: str) -> None:
    response = client.request(method, f"{PARIS}/practices")
    assert response.status_code == 405
    assert set(re.split(r", *", response.headers["allow"])) == {"GET", "HEAD", "OPTIONS"}


def test_a_fault_of_ours_tells_nothing_internal(own_paris: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    from litestar.testing import TestClient

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret-detail")

    monkeypatch.setattr(service, "document", fail)
    app: Any = create_app(own_paris)
    with TestClient(app, raise_server_exceptions=False) as client:
        response = client.get(f"{PARIS}/practices/uaped")
    assert (response.status_code, response.json()) == (500, {"title": "Internal Server Error", "status": 500})


# Changes, on both databases


def test_a_change_shows_in_the_next_answer_and_old_addresses_lead_on(database_url: str) -> None:
    from litestar.testing import TestClient

    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": database_url})) as instance:
        app: Any = create_app(instance)
        with TestClient(app) as client:
            _see_changes(instance, client)


def _see_changes(instance: Instance, client: TestClient[Any]) -> None:
    assert read(client, f"{API}/regions")["total"] == 0
    instance.load("paris")
    before = _settled(client, f"{PARIS}/practices?limit=1", lambda part: part["total"] > 0)
    _rename(instance, "uaped", "uaped-paris")
    moved = client.get(f"{PARIS}/practices/uaped", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (301, f"{PARIS}/practices/uaped-paris")
    moved = client.get(f"{PARIS}/practices/uaped/versions/1", follow_redirects=False)
    assert moved.headers["location"] == f"{PARIS}/practices/uaped-paris/versions/1"
    _withdraw(instance, "pare")
    _settled(client, f"{PARIS}/practices?limit=1", lambda part: part["total"] == before["total"] - 1)
    status, detail = refusal(client, f"{PARIS}/practices/pare")
    assert status == 410
    assert detail.startswith("This practice was withdrawn on 2")


def test_a_region_that_is_disabled_is_neither_listed_nor_found(own_paris: Instance) -> None:
    from litestar.testing import TestClient

    app: Any = create_app(own_paris)
    with TestClient(app) as client:
        assert read(client, f"{API}/search?q=enfant&facets=region")["total"] > 0
        own_paris.enable("paris", on=False)
        found = read(client, f"{API}/search?q=enfant&facets=region")
        assert {one["region"] for one in found["items"]} == {None}, "the articles of the Convention are of no region"
        assert (found["kinds"].keys() & {"practice", "organisation", "provision"}, found["counts"]) == (
            set(),
            {"region": {}},
        )
        assert read(client, f"{API}/regions")["total"] == 0
        for name in ("practices", "practices/uaped", "practices/uaped/versions", "stakeholders", "sources"):
            assert refusal(client, f"{PARIS}/{name}")[0] == 404


def test_a_write_of_another_process_shows_in_the_very_next_answer(own_paris: Instance) -> None:
    from litestar.testing import TestClient

    app: Any = create_app(own_paris)
    with TestClient(app) as client:
        before = read(client, f"{PARIS}/practices?limit=1")
        assert read(client, f"{PARIS}/practices?limit=1") == before
        subprocess.run([sys.executable, "-c", ELSEWHERE, own_paris.settings.database_url], check=True)
        after = client.get(f"{PARIS}/practices?limit=1")
        assert after.json()["total"] == before["total"] - 1


ELSEWHERE = """
import sys
from lanzarote.records import records
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings

with new_instance(read_settings({"LANZAROTE_DATABASE_URL": sys.argv[1]})) as instance:
    with instance.database.write("paris") as session:
        records.withdraw(session, records.find(session, "practice", "pare"), by="test")
"""


def _settled(client: TestClient[Any], address: str, arrived: Any) -> Any:
    """What stands at *address*: on PostgreSQL the notice of a change takes a moment to arrive."""
    import time

    for _ in range(50):
        response = client.get(address)
        if response.status_code == 200 and arrived(response.json()):
            break
        time.sleep(0.1)
    return read(client, address)


def _rename(instance: Instance, slug: str, new: str) -> None:
    with instance.database.write("paris") as session:
        record = records.find(session, "practice", slug)
        records.rename(session, record, new, by="test")
        session.flush()
        records.publish(session, record, by="test")


def _withdraw(instance: Instance, slug: str) -> None:
    with instance.database.write("paris") as session:
        records.withdraw(session, records.find(session, "practice", slug), by="test")
