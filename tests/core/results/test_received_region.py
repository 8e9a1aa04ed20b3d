"""A region that is received: its pages are public like any other's, say where it is written, and nobody writes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.accounts import service, sessions, tokens
from lanzarote.accounts.model import Granted
from lanzarote.app import create_app, routes
from lanzarote.records.permissions import ACTIONS, OF_INSTANCE, ROLES
from lanzarote.records.records import now
from lanzarote.results.model import Source
from lanzarote.store.database import ALL
from litestar.testing import TestClient

from tests.core.routes.walking import CHANGING, walked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.core.results.two_places import TwoPlaces

REGION = "paris"
AWAY = "https://paris.example.org"


@pytest.fixture
def received(places: TwoPlaces) -> TwoPlaces:
    places.publish("own-a", "Told by us")
    places.sync()
    with places.office.database.write(REGION) as session:
        session.get_one(Source, REGION).address = AWAY
    return places


@pytest.fixture
def reader(received: TwoPlaces) -> Iterator[TestClient[Any]]:
    app: Any = create_app(received.office)
    with TestClient(app, base_url="http://lanzarote.test") as client:
        yield client


@pytest.mark.parametrize(
    "page", ["", "/practices", "/practices/own-a", "/organisations", "/sectors", "/law", "/coverage", "/group"]
)
def test_every_page_says_where_it_was_written(reader: TestClient[Any], page: str) -> None:
    for lang, words in (("en", "Received from Paris"), ("fr", "Reçu de Paris")):
        answer = reader.get(f"/{lang}/{REGION}{page}")
        assert answer.status_code == 200
        assert words in answer.text
        assert f'href="{AWAY}"' in answer.text
        assert f'"/{lang}/{REGION}/correct' not in answer.text
        assert "/team/" not in answer.text


def test_data_portals_are_told_of_it_where_it_is_written(reader: TestClient[Any]) -> None:
    assert f"#{REGION}-practices" not in reader.get("/catalog.jsonld").text


def test_so_does_a_piece_of_it_on_another_site(reader: TestClient[Any]) -> None:
    piece = reader.get(f"/embed/en/{REGION}/practices").text
    assert "Received from Paris" in piece
    assert f'href="{AWAY}"' in piece


def test_who_wants_to_correct_it_is_led_to_where_it_is_written(reader: TestClient[Any]) -> None:
    assert f"{AWAY}/en/paris/correct?about=" in reader.get(f"/en/{REGION}/practices/own-a").text
    for status, answer in (
        (200, reader.get(f"/en/{REGION}/correct")),
        (
            404,
            reader.post(
                f"/en/{REGION}/correct",
                data={"text": "A sentence."},
                headers={"sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded"},
            ),
        ),
    ):
        assert answer.status_code == status
        assert "The team of this region is elsewhere" in answer.text
        assert f"{AWAY}/en/paris/correct" in answer.text


def test_who_does_it_too_is_led_to_where_it_is_written(reader: TestClient[Any]) -> None:
    form = f"{AWAY}/en/paris/practices/own-a/elsewhere"
    for page in ("", "/travels"):
        assert f'href="{form}" rel="external' in reader.get(f"/en/{REGION}/practices/own-a{page}").text
    answer = reader.get(f"/en/{REGION}/practices/own-a/elsewhere")
    assert answer.status_code == 404
    assert f'href="{form}"' in answer.text
    assert 'name="place"' not in answer.text


def test_where_nobody_can_be_told_nobody_is_asked_to_tell(received: TwoPlaces) -> None:
    with received.office.database.write(REGION) as session:
        session.get_one(Source, REGION).address = ""
    app: Any = create_app(received.office)
    with TestClient(app, base_url="http://lanzarote.test") as client:
        for page in ("", "/travels"):
            assert "/elsewhere" not in client.get(f"/en/{REGION}/practices/own-a{page}").text
        assert 'name="place"' not in client.get(f"/en/{REGION}/practices/own-a/elsewhere").text


def test_an_address_that_is_none_is_no_link(received: TwoPlaces) -> None:
    with received.office.database.write(REGION) as session:
        session.get_one(Source, REGION).address = "javascript:alert(1)"
    app: Any = create_app(received.office)
    with TestClient(app, base_url="http://lanzarote.test") as client:
        assert "javascript:" not in client.get(f"/en/{REGION}").text
        assert "javascript:" not in client.get(f"/en/{REGION}/correct").text


def test_no_route_writes_it_and_none_fails(received: TwoPlaces) -> None:
    """With every role and right that there is, in it too."""
    office = received.office
    body = office.directory(REGION)[0].id
    with office.database.write(ALL) as session:
        at = now()
        account = service.enrol(
            session, address="all@school.example", name="All", language="en", grants=(), by="test", at=at
        )
        # As if they had been given before the region was received: nobody can give them now.
        for role in ROLES:
            where = "" if role in OF_INSTANCE else REGION
            one = {"account_id": account.id, "region_id": where, "role": role, "stakeholder_id": body}
            session.add(Granted(**one, by="test", at=at))
        account.state = "active"
        begun = sessions.begin(session, account, strong=True, device="", at=at)
        ends = at.replace(year=at.year + 1, month=1, day=1)
        given: dict[str, Any] = {"name": "All", "actions": ACTIONS, "region_id": "", "strong": True, "ends_at": ends}
        token = tokens.make(session, account.id, at=at, **given)
    before = received.state()
    regional = [route for route in walked(routes()) if route.regional]
    wrong = []
    app: Any = create_app(office)
    with TestClient(app, base_url="http://lanzarote.test") as client:
        for route in regional:
            path = re.sub(r"\{(\w*id|stakeholder|practice):str\}", body, route.path)
            address = type(route)(method=route.method, path=path, may=route.may).address(REGION)
            headers = {"sec-fetch-site": "same-origin", "cookie": f"lanzarote-session={begun.token}"}
            content = b""
            if route.api:
                headers = {"authorization": f"Bearer {token}", "idempotency-key": "k", "if-match": '"1"'}
            if route.method in CHANGING:
                headers["content-type"] = "application/json" if route.api else "application/x-www-form-urlencoded"
                content = b"{}" if route.api else f"key={begun.form_key}".encode()
            sent: dict[str, Any] = {"content": content}
            if address.endswith("/import") and route.method in CHANGING:
                del headers["content-type"]
                sent = {"data": {"key": begun.form_key}, "files": {"file": ("a.csv", b"x", "text/csv")}}
            answer = client.request(route.method, address, headers=headers, follow_redirects=False, **sent)
            status = answer.status_code
            guarded = route.may not in ("public", "signed-in", "activity.read")
            if status >= 500 or (guarded and status not in (403, 404)):
                wrong.append(f"{route}: {status}")
        start = client.get("/en/start", headers={"cookie": f"lanzarote-session={begun.token}"}).text
    assert wrong == []
    assert f"/{REGION}/team/" not in start
    assert received.state() == before
