"""Improvements, procedures, indicators and evaluations of a received region are read as where they are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.accounts import service, sessions
from lanzarote.accounts.tokens import COOKIE
from lanzarote.app import create_app
from lanzarote.evaluation.public import verdict_of
from lanzarote.exchange.erasure_list import Erased, erase_again
from lanzarote.improvements import moving
from lanzarote.improvements.team_documents import BecauseInPublic
from lanzarote.records import drafts
from lanzarote.records.changelog import bump_revision
from lanzarote.records.changelog_state import released_now
from lanzarote.records.permissions import Grant
from lanzarote.records.records import Record, now, publish, rename
from lanzarote.store.database import ALL
from litestar.testing import TestClient

from tests.core.activity.conftest import counted
from tests.core.evaluation import piloting
from tests.core.improvements import deliberating
from tests.core.procedures import agreeing
from tests.core.quiet import QuietClient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.instance import Instance

    from tests.core.results.two_places import TwoPlaces

REGION = "paris"
API = f"/api/v1/regions/{REGION}"
KINDS = ("improvement", "procedure", "indicator", "evaluation")
ROOMS = {
    "improvement": "improvements",
    "procedure": "procedures",
    "indicator": "indicators",
    "evaluation": "evaluation",
}


@pytest.fixture
def received(places: TwoPlaces) -> TwoPlaces:
    fill(places.region)
    places.sync()
    return places


def fill(region: Instance) -> None:
    """A result of each kind."""
    deliberating.decided(region, deliberating.improvement(region))
    agreeing.endorsed(region)
    piloting.released(region, piloting.TRAINED, {"2031-03": 3, "2031-04": 12})
    piloting.decided(region)


@pytest.fixture
def there(received: TwoPlaces) -> Iterator[TestClient[Any]]:
    """Reads the region's own pages."""
    app: Any = create_app(received.region)
    with TestClient(app, base_url="http://lanzarote.test") as client:
        yield client


@pytest.fixture
def here(received: TwoPlaces) -> Iterator[TestClient[Any]]:
    """Reads the office's pages of the region."""
    app: Any = create_app(received.office)
    with TestClient(app, base_url="http://lanzarote.test") as client:
        yield client


def addresses(region: Instance) -> list[str]:
    """Pages of the results that leave the region: of procedures those that every party endorsed."""
    with region.database.read(REGION) as session:
        told = released_now(session, REGION, kinds=KINDS)
    return [f"{ROOMS[one.kind]}/{one.slug}" for one in told]


def words(html: str) -> str:
    """What the main part of a page says."""
    main = re.search(r"<main.*?</main>", html, re.DOTALL)
    assert main, html[:200]
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<footer.*?</footer>", "", main[0], flags=re.DOTALL)).split())


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_their_pages_say_what_the_region_says(
    received: TwoPlaces, there: TestClient[Any], here: TestClient[Any], lang: str
) -> None:
    pages = ["improvements", "indicators", "evaluation", *addresses(received.region)]
    assert len(pages) >= 7
    for page in pages:
        ours, theirs = here.get(f"/{lang}/{REGION}/{page}"), there.get(f"/{lang}/{REGION}/{page}")
        assert (page, ours.status_code) == (page, 200)
        assert words(ours.text) == words(theirs.text), page
        assert "Received from Paris" in ours.text or "Reçu de Paris" in ours.text
        assert "/team/" not in ours.text
        assert "<form" not in ours.text.partition("<main")[2].partition("</main>")[0]


def test_who_is_signed_in_is_offered_nothing_that_only_the_region_can_do(
    received: TwoPlaces, there: TestClient[Any], here: TestClient[Any]
) -> None:
    [page] = [one for one in addresses(received.region) if one.startswith("improvements/")]
    found = []
    for instance, client in ((received.region, there), (received.office, here)):
        with instance.database.write(ALL) as session:
            about: Any = {"address": "ed@school.example", "name": "Ed", "language": "en", "by": "test"}
            account = service.enrol(session, grants=[Grant(role="administrator")], at=now(), **about)
            account.state = "active"
            cookie = sessions.begin(session, account, strong=True, device="", at=now()).token
        html = client.get(f"/en/{REGION}/{page}", headers={"cookie": f"{COOKIE}={cookie}"}).text
        found.append("<form" in html.partition("<main")[2].partition("</main>")[0])
    assert found == [True, False]


def test_programs_are_answered_as_by_the_region(
    received: TwoPlaces, there: TestClient[Any], here: TestClient[Any]
) -> None:
    leaves = addresses(received.region)
    for kind, room in ROOMS.items():
        room = "evaluations" if kind == "evaluation" else room
        listed = here.get(f"{API}/{room}").json()["items"]
        own = [one for one in there.get(f"{API}/{room}").json()["items"] if f"{ROOMS[kind]}/{one['slug']}" in leaves]
        assert listed == own != []
        for one in listed:
            assert here.get(f"{API}/{room}/{one['slug']}").json() == there.get(f"{API}/{room}/{one['slug']}").json()
        assert here.get(f"{API}/{room}/nowhere").status_code == 404
    [told] = here.get(f"{API}/indicators").json()["items"]
    values = f"{API}/indicators/{told['slug']}/values"
    assert here.get(values).json() == there.get(values).json()
    assert here.get(f"{API}/improvements?state=dropped").json()["items"] == []


def test_procedures_are_drawn_and_written_as_by_the_region(
    received: TwoPlaces, there: TestClient[Any], here: TestClient[Any]
) -> None:
    [one] = [page for page in addresses(received.region) if page.startswith("procedures/")]
    for part in ("lanes.svg", "procedure.bpmn"):
        address = f"/fr/{REGION}/{one}/{part}"
        assert here.get(address).content == there.get(address).content != b""
    assert words(here.get(f"/fr/{REGION}/{one}/print").text) == words(there.get(f"/fr/{REGION}/{one}/print").text)
    assert here.get(f"/fr/{REGION}/{one}/versions").status_code == 404
    listed = here.get(f"/fr/{REGION}/procedures").text
    assert f'href="/fr/{REGION}/{one}"' in listed
    assert listed.count('class="card procedure-card"') == 1


def test_everything_that_lists_them_leads_to_them(received: TwoPlaces, here: TestClient[Any]) -> None:
    pages = addresses(received.region)
    [improvement] = [page for page in pages if page.startswith("improvements/")]
    [procedure] = [page for page in pages if page.startswith("procedures/")]
    for page in (improvement, procedure):
        assert f"/fr/{REGION}/{page}</loc>" in here.get(f"/sitemap/{REGION}-1.xml").text
        assert f"/fr/{REGION}/{page}" in here.get(f"/fr/{REGION}/{page.partition('/')[0]}.atom").text
    assert f'href="/fr/{REGION}/{improvement}"' in here.get(f"/fr/{REGION}/practices?q=registre+commun").text
    assert "1 improvement decided" in here.get(f"/en/{REGION}").text
    for measure, page in (("improvement", improvement), ("procedure", procedure), ("indicator", "indicators/")):
        told = here.get(f"/fr/office/records?of={measure}&region={REGION}").text
        assert f'href="/fr/{REGION}/{page}' in told, measure
    assert f'href="/fr/{REGION}/evaluation/' in here.get("/fr/office/records?of=pilot").text


def test_the_groups_page_tells_the_verdict_on_the_pilot(
    received: TwoPlaces, there: TestClient[Any], here: TestClient[Any]
) -> None:
    pilot = re.compile(r'<h2 id="pilot">.*?</section>', re.DOTALL)
    own, ours = (pilot.findall(client.get(f"/fr/{REGION}/group").text) for client in (there, here))
    assert own == ours != []
    assert verdict_of(received.office, REGION) == verdict_of(received.region, REGION)


def test_what_is_taken_back_or_erased_is_gone_here_too(places: TwoPlaces) -> None:
    region = places.region
    first, second = (deliberating.improvement(region) for _ in range(2))
    slugs = [deliberating.decided(region, one) for one in (first, second)]
    places.sync()
    app: Any = create_app(places.office)
    with TestClient(app, base_url="http://lanzarote.test") as client:
        for slug in slugs:
            assert client.get(f"/en/{REGION}/improvements/{slug}").status_code == 200
        with region.database.write(REGION) as session:
            why = {"fr": "La loi a changé."}
            moving.withdraw(
                session, session.get_one(Record, (REGION, first)), region.vocabulary(REGION),
                given=BecauseInPublic(reason=why), by=deliberating.LEADER, at=now(),
            )  # fmt: skip
            drafts.erase(session, session.get_one(Record, (REGION, second)), by=deliberating.LEADER, at=now())
        places.sync()
        withdrawn = client.get(f"/en/{REGION}/improvements/{slugs[0]}")
        assert (withdrawn.status_code, "This improvement was withdrawn" in withdrawn.text) == (410, True)
        assert client.get(f"{API}/improvements/{slugs[0]}").status_code == 410
        for address in (f"/en/{REGION}/improvements/{slugs[1]}", f"{API}/improvements/{slugs[1]}"):
            answer = client.get(address)
            assert (answer.status_code, "withdrawn" in answer.text) == (410, False)
        assert client.get(f"{API}/improvements").json()["items"] == []
        assert slugs[0] not in client.get(f"/sitemap/{REGION}-1.xml").text
        assert client.get(f"/en/{REGION}/procedures/nowhere").status_code == 404


@pytest.mark.parametrize("restored", [False, True])
def test_every_address_of_what_was_erased_says_gone(places: TwoPlaces, restored: bool) -> None:
    """Also where only an older backup is left, and the list of what was erased."""
    region = places.region
    one, two = deliberating.improvement(region), agreeing.endorsed(region)
    deliberating.decided(region, one)
    places.sync()
    pages = [page for page in addresses(region) if page.startswith(("improvements/", "procedures/"))]
    pages += [f"{page}/travels" for page in pages if page.startswith("procedures/")]
    pages += [f"improvements/{one}", f"procedures/{two}", f"procedures/{two}/travels"]
    client = QuietClient(create_app(places.office))
    assert {client.get(f"/en/{REGION}/{page}").status_code for page in pages} == {200}
    if restored:
        listed = {"improvement": one, "procedure": two}
        gone = [Erased(region=REGION, kind=kind, id=record_id, at=now()) for kind, record_id in listed.items()]
        with places.office.database.write(REGION) as session:
            assert erase_again(session, gone, by="test") == 2
            bump_revision(session, REGION)  # a site that starts keeps nothing in memory
    else:
        for record_id in (one, two):
            places.erase(record_id)
        places.sync()
    for page in pages:
        for lang in ("en", "fr"):
            answer = client.get(f"/{lang}/{REGION}/{page}")
            assert (page, answer.status_code) == (page, 410)
    told = places.office.database.all_rows("SELECT slug FROM former_slug WHERE kind IN ('improvement', 'procedure')")
    assert {len(told), *(slug.startswith("erased-") for (slug,) in told)} == {2, True}


def test_a_former_address_leads_to_the_present_one(places: TwoPlaces) -> None:
    one = deliberating.improvement(places.region)
    before = deliberating.decided(places.region, one)
    with places.region.database.write(REGION) as session:
        record = session.get_one(Record, (REGION, one))
        rename(session, record, "another-address", by="test")
        publish(session, record, by="test")
    places.sync()
    app: Any = create_app(places.office)
    with TestClient(app, base_url="http://lanzarote.test") as client:
        moved = client.get(f"/en/{REGION}/improvements/{before}", follow_redirects=False)
        assert (moved.status_code, moved.headers["location"]) == (301, f"/en/{REGION}/improvements/another-address")
        assert client.get(f"{API}/improvements/{before}").json()["slug"] == "another-address"


def test_many_take_as_many_questions_as_one(places: TwoPlaces, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(places.region)
    pages = [f"/fr/{REGION}/{room}" for room in (*ROOMS.values(), "improvements.atom")]
    pages += [f"{API}/{room}" for room in ("improvements", "procedures", "indicators", "evaluations")]

    def asked() -> dict[str, int]:
        places.sync()
        found = {}
        app: Any = create_app(places.office)
        with TestClient(app, base_url="http://lanzarote.test") as client:
            client.get(f"/fr/{REGION}")  # what is kept of a region is read by whoever comes first
            for page in [*pages, *(f"/fr/{REGION}/{one}" for one in own)]:
                with counted(places.office, monkeypatch) as statements:
                    assert client.get(page).status_code == 200
                found[page] = len(statements)
        return found

    own = addresses(places.region)
    few = asked()
    for number in range(20):
        deliberating.decided(places.region, deliberating.improvement(places.region))
        title = piloting.TRAINED["text"] | {"en": {"title": f"Number {number}"}}
        piloting.released(places.region, piloting.TRAINED | {"text": title}, {"2031-03": 3})
    assert asked() == few
