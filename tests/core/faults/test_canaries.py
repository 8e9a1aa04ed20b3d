"""More than two hundred words that are not everybody's leak nowhere: every GET route, every role and region."""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lanzarote.accounts.model import Account, ApiToken, Link, SignedIn
from lanzarote.app import create_app, routes
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.records.records import Record
from lanzarote.store.database import ALL
from litestar.testing import TestClient
from sqlalchemy import event, select

from tests.conftest import copy_of
from tests.core.faults.addresses import PARAMETER, UNKNOWN, filled
from tests.core.faults.canaries import PEOPLE, REGIONS, Land, Person
from tests.core.faults.free_texts import places, told
from tests.core.quiet import QuietClient
from tests.core.routes.walking import walked
from tests.regions.second import both_regions

AS_OTHERS = {
    "colleague paris",
    "bystander paris",
    *(f"{name} {REGIONS[1]}" for name in PEOPLE if name not in ("contributor", "coordinator")),
}
"""Who is told what another is told too: they are asked with the rest, but need not walk everywhere."""
LIKE_OTHERS = {"representative paris", *(f"{name} {REGIONS[1]}" for name in PEOPLE)}
"""Who is told much that another is told too: by default they are asked for every third address."""
FORGOTTEN = {"work that waits", "where an answer goes"}
"""What nobody ever reads."""
_WORD = re.compile(r"canari[b-m]{3}qua")


@pytest.fixture(scope="module")
def land(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Land]:
    folder = tmp_path_factory.mktemp("canaries")
    url = copy_of(sqlite_template, folder)
    settings = read_settings({"LANZAROTE_DATABASE_URL": url, "LANZAROTE_DATA": str(folder)})
    with new_instance(settings, both_regions()) as instance:
        for region in REGIONS:
            instance.load(region)
        yield Land(instance)


@pytest.fixture(scope="module")
def client(land: Land) -> TestClient[Any]:
    """With answers kept in memory, as everywhere; nothing works in the background, so that queries can be counted."""
    return QuietClient(create_app(land.instance))


@pytest.fixture(scope="module")
def addresses(land: Land) -> dict[str, str]:
    """Every GET route with everything that can stand in it: ids of both regions in either, all slugs, all versions.

    Each with its route.
    """
    paths = [route.path for route in walked(routes()) if route.method == "GET"]
    assert len(paths) > 90
    return dict(sorted((address, path) for path in paths for address in filled(land, path)))


def headers_of(person: Person | None, address: str) -> dict[str, str]:
    if person is None:
        return {}
    if address.startswith("/api/"):
        return {"authorization": f"Bearer {person.token}"}
    return {"cookie": f"lanzarote-session={person.session}"}


def said(answer: Any) -> str:
    """Everything an answer says: status line, headers, body, and what is packed in the body."""
    body = answer.content
    texts = [str(answer.headers), body.decode("utf-8", "replace")]
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            texts += [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
    return "\n".join(texts)


def secrets_of(instance: Instance) -> set[str]:
    """What is kept to know a secret again, and is nobody's to read."""
    with instance.database.read(ALL) as session:
        columns = (ApiToken.token_hash, Link.token_hash, Account.password)
        return {one for column in columns for one in session.scalars(select(column)) if one}


NOT_JSON = 501
"""So oEmbed answers a request for another format than JSON."""


def test_there_are_more_than_two_hundred(land: Land) -> None:
    assert len(land.canary.all) >= 200
    assert len({one.what for one in land.canary.all.values()}) >= 20


def test_every_place_where_a_group_writes_has_such_a_word(land: Land) -> None:
    assert places() - told(land.instance, _WORD.search) == set()


@pytest.mark.parametrize(("refusals", "share"), [(2, 3), pytest.param(10_000, 1, marks=pytest.mark.long)])
def test_no_word_is_told_to_anybody_who_may_not_read_it(
    land: Land,
    client: TestClient[Any],
    addresses: dict[str, str],
    caplog: pytest.LogCaptureFixture,
    refusals: int,
    share: int,
) -> None:
    """Who may read most comes first: what was kept in memory for them must not be given to the next.

    Who was refused *refusals* records by a route is not sent to its others; ``LIKE_OTHERS`` ask for a *share*.
    """
    caplog.set_level(logging.DEBUG)
    secrets = secrets_of(land.instance)
    keys = form_keys(land)
    order = sorted(land.people, key=lambda name: ("coordinator" not in name, "contributor" not in name, name))
    seen: dict[str, set[str]] = {}
    leaked: list[str] = []
    broken: list[str] = []
    walkers = [name for name in order if name not in AS_OTHERS]
    for name in (*walkers, "visitor"):
        person = land.people.get(name)
        others = secrets | {one for who in land.people.values() if who.name != name for one in who.secrets}
        others |= {key for owner, key in keys.items() if owner != name}
        refused: Counter[str] = Counter()
        for number, (address, route) in enumerate(addresses.items()):
            if name in LIKE_OTHERS and number % share:
                continue
            if (is_abroad(address, person) or UNKNOWN in address) and not name.startswith("coordinator"):
                continue  # to another region, and to what is nowhere, those come who may most
            if refused[route] == refusals:
                continue
            answer = client.get(address, headers=headers_of(person, address), follow_redirects=False)
            text = said(answer)
            refused[route] = refused[route] + 1 if answer.status_code in (302, 303, 403) else 0
            if answer.status_code >= 500 and answer.status_code != NOT_JSON:
                broken.append(f"{name}: {address}: {answer.status_code}")
            for word in {*_WORD.findall(text)} - {*_WORD.findall(address)}:
                seen.setdefault(word, set()).add(name)
                canary = land.canary.all[word]
                if not {name, "visitor"} & canary.readers:
                    leaked.append(f"{canary.what} to {name} at {address}")
            leaked += [f"a secret to {name} at {address}" for secret in others if secret in text]
    assert broken == []
    assert leaked == []
    known = {canary.what for word, canary in land.canary.all.items() if seen.get(word)}
    assert {one.what for one in land.canary.all.values()} - known - FORGOTTEN == set(), "nobody who may sees this"
    # What the test's own client logs are the addresses it asks for.
    logged = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("httpx"))
    assert _WORD.findall(logged) == []
    assert [secret for secret in secrets if secret in logged] == []


def is_abroad(address: str, person: Person | None) -> bool:
    """It is about a region that is not *person*'s, who has one."""
    return person is not None and person.region != "" and f"/{REGIONS[1 - REGIONS.index(person.region)]}" in address


def form_keys(land: Land) -> dict[str, str]:
    names = {person.actor.account_id: name for name, person in land.people.items()}
    with land.instance.database.read(ALL) as session:
        rows = session.execute(select(SignedIn.account_id, SignedIn.form_key)).all()
    return {names[account_id]: key for account_id, key in rows}


def test_whoever_works_in_a_region_does_read_what_the_team_works_on(land: Land, client: TestClient[Any]) -> None:
    """Said once more from the other side: the words are there to be found."""
    for region in REGIONS:
        lang = land.instance.header(region).languages[0]
        draft = f"/{lang}/{region}/team/practices/{land.practices[region]['draft']}"
        words = [one.word for one in land.canary.all.values() if one.what == "problem of a draft"]
        for name, expected in {"coordinator": 1, "colleague": 1, "bystander": 1, "representative": 0}.items():
            person = land.people[f"{name} {region}"]
            page = client.get(draft, headers=headers_of(person, draft)).text
            assert sum(word in page for word in words) == expected, name


@pytest.mark.parametrize("share", [4, pytest.param(1, marks=pytest.mark.long)], ids=["some", "all"])
@pytest.mark.parametrize(
    "search",
    [
        "/fr/paris/practices?q={word}", "/fr/search?q={word}&as_written=yes", "/fr/practices?q={word}&as_written=yes",
        "/fr/paris/search?q={word}&as_written=yes", "/api/v1/search?q={word}&as_written=yes",
        "/api/v1/regions/paris/practices?q={word}", "/uk/second-region/practices?q={word}",
        "/fr/paris/organisations?q={word}", "/fr/paris/practices?q={word}&format=csv",
    ],
)  # fmt: skip
def test_no_search_finds_what_is_not_public(land: Land, client: TestClient[Any], search: str, share: int) -> None:
    """The answer is that for a word that stands nowhere, letter for letter. A slip leads to what is public alone.

    By default each search is asked for every fourth word.
    """
    nowhere = "canarizzzqua"

    def found(word: str) -> str:
        answer = client.get(search.format(word=word))
        assert answer.status_code == 200
        answer.headers.pop("etag", None)
        return said(answer).replace(word, nowhere)

    expected = found(nowhere)
    words = [one for one in land.canary.all.values() if "visitor" not in one.readers]
    assert [one.what for one in words[len(search) % share :: share] if found(one.word) != expected] == []


# What one may not read, what is elsewhere and what is nowhere answer alike


@pytest.mark.parametrize("name", ["coordinator", "colleague", "bystander", "representative", "visitor"])
def test_unknown_foreign_and_unreadable_answer_alike(land: Land, client: TestClient[Any], name: str) -> None:
    region, other = REGIONS
    person = land.people.get(f"{name} {region}")
    lang = land.instance.header(region).languages[0]
    differing = []
    for route in walked(routes()):
        names = set(PARAMETER.findall(route.path))
        asked = names & {"record_id", "task_id", "account"}
        if route.method != "GET" or "region" not in names or not asked:
            continue
        [place] = asked
        [room] = [part for part in route.path.split("/") if part in land.rooms(other)][:1] or ["practices"]
        foreign = land.rooms(other)
        ids = {
            "record_id": [*foreign[room][:2], foreign["findings" if room == "practices" else "practices"][0]],
            "task_id": [land.tasks[other][0]],
            "account": [land.people[f"contributor {other}"].actor.account_id],
        }[place]
        if room == "findings" and name != "coordinator":
            ids = [*ids, land.findings[region]["draft"]]  # of one's own region, and not shared yet
        elif name == "representative" and place == "record_id" and room == "practices":
            ids = [*ids, land.practices[region]["draft"]]  # of one's own region, and not one's own
        given = {"lang": lang, "region": region}
        told = []
        for _ in range(2):  # once more where they differ: something remembered may have been looked at anew
            told = [
                alike(land, client, person, PARAMETER.sub(lambda one: given.get(one[1], each), route.path), each)  # noqa: B023
                for each in (UNKNOWN, *ids)
            ]
            if all(one == told[0] for one in told):
                break
        else:
            differing.append((str(route), told))
    assert differing == []


@pytest.mark.parametrize("address", ["/fr/paris/practices/{}", "/api/v1/regions/paris/practices/{}"])
def test_the_address_of_a_draft_answers_as_one_that_is_nowhere(
    land: Land, client: TestClient[Any], address: str
) -> None:
    with land.instance.database.read(ALL) as session:
        states = ("draft", "running", "archived")
        drafts = [session.get_one(Record, ("paris", land.practices["paris"][one])).slug for one in states]
        [foreign] = [session.get_one(Record, (REGIONS[1], land.practices[REGIONS[1]]["published"])).slug]
    for path in (address, f"{address}/versions", f"{address}/versions/1"):
        alike(land, client, None, path.format("x" * 20), "x" * 20)  # what is remembered is looked at first
        expected = alike(land, client, None, path.format("x" * 20), "x" * 20)
        for slug in (*drafts, foreign):
            assert alike(land, client, None, path.format(slug), slug) == expected, path


def alike(
    land: Land, client: TestClient[Any], person: Person | None, path: str, id_: str
) -> tuple[int, dict[str, str], int, int]:
    """Status, headers, length of the body and number of queries, whatever the id."""
    queries: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        queries.append(statement)

    engine = land.instance.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        answer = client.get(path, headers=headers_of(person, path), follow_redirects=False)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    headers = {
        key: value.replace(id_, "ID") for key, value in answer.headers.items() if key not in ("content-length", "date")
    }
    return answer.status_code, headers, len(answer.text.replace(id_, "ID")), len(queries)
