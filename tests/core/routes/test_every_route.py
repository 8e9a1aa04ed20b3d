"""Every route says who may ask, answers each role as it says, and lets nothing be changed without proof."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from lanzarote.accounts import service, sessions, tokens
from lanzarote.accounts.model import Attempts
from lanzarote.instance import Instance
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import ACTIONS, OF_INSTANCE, ROLES, RULES, STRONG, Grant, Role
from lanzarote.records.records import now
from lanzarote.regions.check import PAGE_NAMES
from lanzarote.store.database import ALL
from lanzarote.web.limits import RateLimit
from litestar.testing import TestClient
from msgspec import Struct
from sqlalchemy import delete

from tests.core.quiet import QuietClient
from tests.core.routes.walking import CHANGING, REACHED, Route, stopped_behind_the_guards, walked
from tests.core.taking_part import let_take_part

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"
SHARE = 3
"""By default so many routes share everybody who asks from elsewhere; who has a role here asks all of them."""
OURS = {"sec-fetch-site": "same-origin", "content-type": FORM}


class Somebody(Struct, frozen=True, kw_only=True):
    """In a role in Paris or in the instance, in a browser and with a token."""

    role: Role | None
    strong: bool = False
    session: str = ""
    key: str = ""
    token: str = ""

    def __str__(self) -> str:
        return f"{self.role or 'visitor'}{' (weak)' if self.role in STRONG and not self.strong else ''}"

    def expected(self, route: Route, region_id: str) -> int:
        """What the declaration of the route says."""
        if route.may == "public":
            return REACHED
        if self.role is None:
            return 401 if route.api else 303 if route.method == "GET" else 403
        if route.may == "signed-in":
            return REACHED
        where = RULES[route.may].get(self.role)  # type: ignore[index]
        counts = self.strong or self.role not in STRONG
        here = where == "instance" or (where is not None and route.regional and region_id == "paris")
        return REACHED if counts and here else 403


@pytest.fixture(scope="module")
def door(guarded: Instance) -> tuple[TestClient[Any], list[Route]]:
    # One sender asks for everything here, which the site would have wait.
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("lanzarote.web.site.RateLimit", partial(RateLimit, most=1_000_000))
        asgi, app = stopped_behind_the_guards(guarded)
    return QuietClient(asgi), list(walked(app))


@pytest.fixture(scope="module")
def everybody(guarded: Instance) -> list[Somebody]:
    parts: list[tuple[Role, bool]] = [(role, role in STRONG) for role in ROLES] + [("coordinator", False)]
    return [Somebody(role=None), *(enter(guarded, strong, role) for role, strong in parts)]


def enter(instance: Instance, strong: bool, *roles: Role) -> Somebody:
    at = now()
    body = instance.directory("paris")[0].id
    let_take_part(instance, "paris", body)
    grants = [Grant(role=role, region_id="" if role in OF_INSTANCE else "paris", stakeholder_id=body) for role in roles]
    with instance.database.write(ALL) as session:
        address = f"{'-'.join(roles)}-{strong}@school.example"[-60:]
        account = service.enrol(
            session, address=address, name="Somebody", language="en", grants=grants, by="test", at=at
        )
        account.state = "active"
        begun = sessions.begin(session, account, strong=strong, device="", at=at)
        token = tokens.make(
            session, account.id, name="All", actions=ACTIONS, region_id="", strong=strong,
            ends_at=at + timedelta(days=30), at=at,
        )  # fmt: skip
    return Somebody(role=roles[0], strong=strong, session=begun.token, key=begun.form_key, token=token)


def ask(client: TestClient[Any], route: Route, who: Somebody, region_id: str = "paris", **more: Any) -> tuple[int, Any]:
    """Ask as that person's browser or program would."""
    headers: dict[str, str] = {}
    if who.token and route.api:
        headers["authorization"] = f"Bearer {who.token}"
    elif who.session:
        headers["cookie"] = f"lanzarote-session={who.session}"
    body = b""
    if route.method in CHANGING:
        headers |= {"content-type": route.takes} if route.api else OURS
        body = b"{}" if route.api else f"key={who.key}".encode()
        if route.upload:
            headers["content-type"], body = PARTS, in_parts(who.key)
    headers |= more.pop("headers", {})
    body = more.pop("content", body)
    headers = {name: value for name, value in headers.items() if value}
    answer = client.request(
        route.method, route.address(region_id), headers=headers, content=body, follow_redirects=False
    )
    return answer.status_code, answer


def in_parts(*keys: str) -> bytes:
    part = '--x\r\ncontent-disposition: form-data; name="key"\r\n\r\n%s\r\n'
    return ("".join(part % key for key in keys) + "--x--\r\n").encode()


def test_no_region_can_be_called_like_a_page(door: tuple[TestClient[Any], list[Route]]) -> None:
    _, routes = door
    pages = {name for one in routes if one.path.startswith("/{lang:str}/") and (name := one.path.split("/")[2])}
    pages = {name for name in pages if "{" not in name and "." not in name}  # no id of a region has either
    assert {"search", "office", "unsubscribe"} <= pages
    assert pages <= PAGE_NAMES


def test_every_route_says_who_may_ask(door: tuple[TestClient[Any], list[Route]]) -> None:
    _, routes = door
    assert len(routes) > 60
    assert [str(route) for route in routes if route.may not in {"public", "signed-in", *ACTIONS}] == []


def test_what_anybody_may_change_is_little_and_known(door: tuple[TestClient[Any], list[Route]]) -> None:
    _, routes = door
    assert sorted(str(route) for route in routes if route.may == "public" and route.method in CHANGING) == [
        "POST /account/providers/{provider}/log-out",
        "POST /api/v1/results/{region}",
        "POST /{lang}/account/address/{secret}",
        "POST /{lang}/account/invitation/{secret}",
        "POST /{lang}/account/providers/{provider}",
        "POST /{lang}/account/reset",
        "POST /{lang}/account/reset/{secret}",
        "POST /{lang}/account/second-step",
        "POST /{lang}/account/sign-in",
        "POST /{lang}/account/welcome",
        "POST /{lang}/unsubscribe/{secret}",
        "POST /{lang}/{region}/compendium",
        "POST /{lang}/{region}/confirm/{secret}",
        "POST /{lang}/{region}/correct",
        "POST /{lang}/{region}/downloads",
        "POST /{lang}/{region}/downloads/{download}",
        "POST /{lang}/{region}/position/{secret}",
        "POST /{lang}/{region}/practices/{slug}/elsewhere",
        "POST /{lang}/{region}/take-part/{secret}",
    ]


def test_what_is_taken_from_anywhere_are_two_ways_out(door: tuple[TestClient[Any], list[Route]]) -> None:
    """Sent without session, key or page of ours: by a mail program, to an address that holds a secret (RFC 8058); by a
    provider, with a signed token (OpenID Connect Back-Channel Logout).
    """
    client, routes = door
    taken = [route for route in routes if route.from_anywhere]
    ways = ["POST /account/providers/{provider}/log-out", "POST /{lang}/unsubscribe/{secret}"]
    assert sorted(map(str, taken)) == ways
    for origin in CROSS_SITE.values():
        for kind, body in OTHER_TYPES.values():
            headers = origin | {"content-type": kind}
            for route in taken:
                assert ask(client, route, Somebody(role=None), headers=headers, content=body % b"x")[0] == REACHED


class Answered(Struct, frozen=True):
    route: Route
    who: Somebody
    status: int
    to_sign_in: bool


def everybody_asks(
    client: TestClient[Any], routes: list[Route], everybody: list[Somebody], region_id: str
) -> list[Answered]:
    asked = [(route, who, *ask(client, route, who, region_id)) for route in routes for who in everybody]
    return [
        Answered(route, who, status, "/account/sign-in" in answer.headers.get("location", ""))
        for route, who, status, answer in asked
    ]


@pytest.fixture(scope="module", params=[SHARE, pytest.param(1, marks=pytest.mark.long)], ids=["some", "all"])
def elsewhere(
    request: pytest.FixtureRequest, door: tuple[TestClient[Any], list[Route]], everybody: list[Somebody]
) -> list[Answered]:
    """What everybody is answered whose region it is not; addresses without a region are the same everywhere."""
    client, routes = door
    regional = [route for route in routes if route.regional]
    return [
        answer
        for number, route in enumerate(regional)
        for answer in everybody_asks(client, [route], everybody[number % request.param :: request.param], "elsewhere")
    ]


def otherwise(answers: list[Answered], region_id: str) -> list[str]:
    """What is answered in another way than its route says."""
    found = [(one, one.who.expected(one.route, region_id)) for one in answers]
    return [
        f"{one.route} as {one.who}: {one.status} instead of {expected}"
        for one, expected in found
        if one.status != expected or (expected == 303 and not one.to_sign_in)
    ]


def test_every_route_answers_every_role_as_it_says(
    door: tuple[TestClient[Any], list[Route]], everybody: list[Somebody]
) -> None:
    assert otherwise(everybody_asks(*door, everybody, "paris"), "paris") == []


def test_every_route_of_another_region_answers_every_role_as_it_says(elsewhere: list[Answered]) -> None:
    assert len(elsewhere) > 60
    assert otherwise(elsewhere, "elsewhere") == []


def test_a_role_in_one_region_opens_nothing_more_in_another(elsewhere: list[Answered]) -> None:
    """Said once more without the table of rules."""
    taken = [one for one in elsewhere if one.route.may not in ("public", "signed-in")]
    regional = [one for one in taken if one.who.role not in {None, *OF_INSTANCE}]
    assert regional
    assert [(str(one.route), str(one.who)) for one in regional if one.status == REACHED] == []


CROSS_SITE = {
    "another site": {"sec-fetch-site": "cross-site"},
    "a site beside": {"sec-fetch-site": "same-site"},
    "a foreign origin": {"sec-fetch-site": "", "origin": "https://evil.example"},
    "a hidden origin": {"sec-fetch-site": "", "origin": "null"},
    "a like origin": {"sec-fetch-site": "", "origin": "http://lanzarote.test.evil.example"},
}
OTHER_TYPES = {
    "plain text": ("text/plain", b"key=%s"),
    "JSON": ("application/json", b'{"key": "%s"}'),
    "parts": (
        "multipart/form-data; boundary=x",
        b'--x\r\ncontent-disposition: form-data; name="key"\r\n\r\n%s\r\n--x--\r\n',
    ),
    "nothing said": ("", b"key=%s"),
}


@pytest.fixture(scope="module")
def mighty(guarded: Instance) -> Somebody:
    """Somebody who may everything there is."""
    return enter(guarded, True, *ROLES)


@pytest.fixture(scope="module")
def changing(door: tuple[TestClient[Any], list[Route]], mighty: Somebody) -> list[Route]:
    """Routes that change something; with everything as it should be, all of them are reached."""
    client, routes = door
    found = [route for route in routes if route.method in CHANGING]
    assert [str(route) for route in found if ask(client, route, mighty)[0] != REACHED] == []
    return found


@pytest.mark.parametrize("origin", CROSS_SITE)
def test_no_form_is_taken_from_elsewhere(
    door: tuple[TestClient[Any], list[Route]], changing: list[Route], mighty: Somebody, origin: str
) -> None:
    client, _ = door
    forms = [route for route in changing if not route.api and not route.from_anywhere]
    answers = {str(route): ask(client, route, mighty, headers=CROSS_SITE[origin])[0] for route in forms}
    assert {path: status for path, status in answers.items() if status != 403} == {}


@pytest.mark.parametrize("kind", OTHER_TYPES)
def test_no_form_is_taken_as_another_kind_of_content(
    door: tuple[TestClient[Any], list[Route]], changing: list[Route], mighty: Somebody, kind: str
) -> None:
    client, _ = door
    content_type, body = OTHER_TYPES[kind]
    headers, content = {"content-type": content_type}, body % mighty.key.encode()
    forms = [route for route in changing if not route.api and not route.from_anywhere]
    forms = [route for route in forms if not (route.upload and kind == "parts")]
    answers = {str(route): ask(client, route, mighty, headers=headers, content=content)[0] for route in forms}
    assert {path: status for path, status in answers.items() if status != 415} == {}


@pytest.mark.parametrize("key", ["", "x", "of somebody else"])
def test_no_form_is_taken_without_the_key_of_its_session(
    guarded: Instance, door: tuple[TestClient[Any], list[Route]], changing: list[Route], mighty: Somebody, key: str
) -> None:
    client, _ = door
    if key == "of somebody else":
        with guarded.database.write(INSTANCE) as session:
            account = service.by_address(session, "contributor-False@school.example") or service.enrol(
                session,
                address="contributor-False@school.example",
                name="B",
                language="en",
                grants=(),
                by="t",
                at=now(),
            )
            key = sessions.begin(session, account, strong=True, device="", at=now()).form_key
    forms = [route for route in changing if not route.api and route.may != "public"]
    for body in (f"key={key}", f"key={key}&key={mighty.key}", ""):
        answers = {
            str(route): ask(client, route, mighty, content=body.encode())[0] for route in forms if not route.upload
        }
        assert {path: status for path, status in answers.items() if status != 403} == {}, body
    for keys in ([key], [key, mighty.key], []):
        answers = {str(r): ask(client, r, mighty, content=in_parts(*keys))[0] for r in forms if r.upload}
        assert answers
        assert {path: status for path, status in answers.items() if status != 403} == {}, keys


def test_the_api_takes_no_cookie_as_proof_and_nothing_but_json(
    door: tuple[TestClient[Any], list[Route]], changing: list[Route], mighty: Somebody
) -> None:
    client, _ = door
    resources = [route for route in changing if route.api and route.may != "public"]
    by_cookie = {"authorization": "", "cookie": f"lanzarote-session={mighty.session}"}
    answers = {str(route): ask(client, route, mighty, headers=by_cookie)[0] for route in resources}
    assert {path: status for path, status in answers.items() if status != 401} == {}
    for kind in ("text/plain", FORM, "multipart/form-data; boundary=x", ""):
        answers = {str(route): ask(client, route, mighty, headers={"content-type": kind})[0] for route in resources}
        assert {path: status for path, status in answers.items() if status != 415} == {}, kind


@pytest.mark.parametrize("origin", CROSS_SITE)
def test_no_change_is_taken_from_pages_of_other_sites(
    door: tuple[TestClient[Any], list[Route]], changing: list[Route], mighty: Somebody, origin: str
) -> None:
    """Not even with a token."""
    client, _ = door
    resources = [route for route in changing if route.api and not route.from_anywhere]
    assert len(resources) > 40
    answers = {str(route): ask(client, route, mighty, headers=CROSS_SITE[origin])[0] for route in resources}
    assert {path: status for path, status in answers.items() if status != 403} == {}


def test_no_change_is_taken_without_a_token_or_with_a_wrong_one(
    guarded: Instance, door: tuple[TestClient[Any], list[Route]], changing: list[Route], mighty: Somebody
) -> None:
    client, _ = door
    resources = [route for route in changing if route.api and route.may != "public"]
    for given in ("", "Bearer", "Bearer lz_nonsense", f"Basic {mighty.token}", mighty.token):
        with guarded.database.write(INSTANCE) as session:
            session.execute(delete(Attempts))
        answers = {str(route): ask(client, route, mighty, headers={"authorization": given})[0] for route in resources}
        assert {path: status for path, status in answers.items() if status not in (401, 429)} == {}, given
        assert given == "Bearer lz_nonsense" or 429 not in answers.values()
