"""The site below a path, https://example.org/lanzarote, behind proxies that leave the path in or take it off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from lanzarote.accounts import identities, service
from lanzarote.app import create_app
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import SettingError
from lanzarote.instance import Instance
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import Grant
from lanzarote.records.records import now
from msgspec.structs import replace

from tests.core.accounts.team import GOOD, OURS, Team, field, instance_like
from tests.core.accounts.town import ANA, Town
from tests.core.quiet import QuietClient

HOST = "http://lanzarote.test"
BELOW = "/lanzarote"
_ADDRESSES = re.compile(r'\s(href|src|action|formaction|content)="((?:/|http://lanzarote\.test)[^"]*)"')
_IN_DATA = re.compile(r'"(?:/(?:fr|en|api|static)[/"]|http://lanzarote\.test(?!/lanzarote))[^"]*')
_FOR_SCRIPT = re.compile(r"&#34;(/(?:en|fr)/[^&]*)")
_ONE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
"""A record of a team: its page is as that of another."""
LEAVES = "sign-out"


class Proxy:
    """ASGI: another site answers whatever is not below the path."""

    def __init__(self, app: Any, *, strips: bool) -> None:
        self.app, self.strips = app, strips

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"]
        if path != BELOW and not path.startswith(f"{BELOW}/"):
            await send({"type": "http.response.start", "status": 404, "headers": [(b"x-another", b"site")]})
            await send({"type": "http.response.body", "body": b"another site"})
            return
        if self.strips:
            raw = scope["raw_path"].removeprefix(BELOW.encode()) or b"/"
            scope = {**scope, "path": path.removeprefix(BELOW) or "/", "raw_path": raw}
        await self.app(scope, receive, send)


@pytest.fixture(scope="module")
def below(paris: Instance, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    with instance_like(paris, tmp_path_factory.mktemp("below"), BASE_URL=HOST + BELOW) as instance:
        yield instance


@pytest.fixture(scope="module")
def app(below: Instance) -> Any:
    return create_app(below)


def crawl(client: QuietClient, *starts: str, within: str = "") -> tuple[int, list[str]]:
    """Ask for everything that pages lead to, forms included; how many addresses there were, and what is wrong."""
    waiting = {(start, frozenset[str]()): (start, "the start") for start in starts}
    wrong, done = [], 0
    while done < len(waiting):
        address, origin = list(waiting.values())[done]
        done += 1
        answer = client.get(address, follow_redirects=True)
        if answer.status_code != 200:
            wrong.append(f"{origin} leads to {address}: {answer.status_code}")
            continue
        if "location" in answer.headers or any(not str(one.url).startswith(HOST + BELOW) for one in answer.history):
            wrong.append(f"{address} redirects out of the site")
        kind = answer.headers["content-type"]
        if not kind.startswith("text/html"):
            if (
                kind.startswith(("application/", "text/plain")) and "openapi" not in address
            ):  # its paths follow "servers"
                wrong += [f"{address}: {found}" for found in _IN_DATA.findall(answer.text)]
            continue
        wrong += [f"{address}: {found} is given to a script" for found in _FOR_SCRIPT.findall(answer.text)]
        for name, value in _ADDRESSES.findall(answer.text):
            parts = urlsplit(urljoin(f"{HOST}{address}", unescape(value)))
            if not f"{parts.path}/".startswith(f"{BELOW}/"):
                wrong.append(f'{address}: {name}="{value}"')
                continue
            there = parts.path + (f"?{parts.query}" if parts.query else "")
            if name == "action":
                if client.options(there).status_code != 204:
                    wrong.append(f"{address}: no form is taken at {there}")
            elif within in parts.path and LEAVES not in parts.path:
                alike = (
                    _ONE.sub("*", parts.path),
                    frozenset(name for name, _ in parse_qsl(parts.query, keep_blank_values=True)),
                )
                waiting.setdefault(alike, (there, address))
    return done, wrong


def test_whatever_a_page_leads_to_is_below_the_path_and_answers(app: Any) -> None:
    client = QuietClient(Proxy(app, strips=False))
    done, wrong = crawl(client, f"{BELOW}/", f"{BELOW}/sitemap.xml", f"{BELOW}/robots.txt", f"{BELOW}/fr/help")
    assert wrong == []
    assert done > 400


def test_so_does_whatever_a_team_is_led_to(below: Instance, app: Any) -> None:
    team = Team(below, Proxy(app, strips=True))
    grants = [Grant(role="coordinator", region_id="paris"), Grant(role="administrator")]
    reader = team.browser(team.person("Somebody", *grants, factor=True), strong=True)
    starts = (f"{BELOW}/en/start", f"{BELOW}/en/account", f"{BELOW}/en/paris/team/practices/new")
    done, wrong = crawl(reader.client, *starts, within="/en/paris/team/")
    assert wrong == []
    assert done > 20


@pytest.mark.parametrize("strips", [False, True])
def test_one_signs_in_and_comes_back_to_where_one_was(below: Instance, app: Any, strips: bool) -> None:
    team = Team(below, Proxy(app, strips=strips))
    person = team.person(f"Somebody-{strips}".lower())
    client = QuietClient(Proxy(app, strips=strips))
    wanted = f"{BELOW}/en/account/tokens"
    page = client.get(wanted)
    assert (page.status_code, page.url.path) == (200, f"{BELOW}/en/account/sign-in")
    (action,) = re.findall(r'<form method="post" action="([^"]*sign-in)"', page.text)
    data = {"address": person.address, "password": GOOD, "next": unescape(field(page.text, "next"))}
    answer = client.post(action, data=data, headers=OURS, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, wanted)
    given = answer.headers.get_list("set-cookie")
    assert len(given) == 2
    assert all(f"Path={BELOW};" in f"{one};" for one in given)
    assert client.get(wanted, follow_redirects=False).status_code == 200


def test_a_provider_leads_back_to_the_site_below_its_path(below: Instance, app: Any) -> None:
    """Signing in, and signing out."""
    town = Town()
    below.host.add("town", town)
    team = Team(below, Proxy(app, strips=False))
    ana = team.person("through-town")
    with below.database.write(INSTANCE) as session:
        identities.link(session, service.account(session, ana.id), "town", ANA, now())
    browser = team.browser()
    town.says = replace(ANA, session="s")
    town.there(browser, f"{BELOW}/en/account/providers/town", next="/en/account/tokens")
    back = f"{HOST}{BELOW}/account/providers/town/back"
    assert town.asked[0].back == back
    answer = browser.get(f"{back}?code=code&state={town.asked[0].state}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{BELOW}/en/account/tokens")
    browser.get(f"{BELOW}/en/account")
    browser.post(f"{BELOW}/en/account/sign-out")
    assert town.left[0].back == f"{HOST}{BELOW}/account/signed-out"


def test_behind_tls_the_cookies_are_bound_to_the_path_too(paris: Instance, tmp_path: Any) -> None:
    with instance_like(paris, tmp_path, BASE_URL="https://lanzarote.test/lanzarote") as instance:
        app = create_app(instance)
        person = Team(instance, app).person("somebody")
        data = {"address": person.address, "password": GOOD}
        answer = QuietClient(app).post("/en/account/sign-in", data=data, headers=OURS, follow_redirects=False)
        for one in answer.headers.get_list("set-cookie"):
            assert one.startswith("__Secure-lanzarote-")  # __Host- is for cookies of the whole host
            assert "Secure" in one.split("; ")
            assert f"Path={BELOW}" in one.split("; ")
        cookie = next(one.partition(";")[0] for one in answer.headers.get_list("set-cookie") if "session" in one)
        assert QuietClient(app).get("/en/account/tokens", headers={"cookie": cookie}).url.path == "/en/account/tokens"


@pytest.mark.parametrize("strips", [False, True])
@pytest.mark.parametrize(
    ("asked", "status", "location"),
    [
        ("/", 302, "/lanzarote/fr/paris"),
        ("", 302, "/lanzarote/fr/paris"),
        ("/fr/paris/", 308, "/lanzarote/fr/paris"),
        ("/fr//paris?q=a", 308, "/lanzarote/fr/paris?q=a"),
        ("/security.txt", 301, "/lanzarote/.well-known/security.txt"),
        ("/fr/paris/nothing", 404, None),
        ("/health/live", 200, None),
    ],
)
def test_what_is_sent_on_stays_below_the_path(
    app: Any, strips: bool, asked: str, status: int, location: str | None
) -> None:
    client = QuietClient(Proxy(app, strips=strips))
    answer = client.get(BELOW + asked, headers={"accept-language": "fr"}, follow_redirects=False)
    assert (answer.status_code, answer.headers.get("location")) == (status, location)


def test_both_kinds_of_proxies_are_answered_the_same_from_memory(app: Any) -> None:
    path = f"{BELOW}/fr/paris/practices?q=%C3%A9cole"
    answers = [QuietClient(Proxy(app, strips=strips)).get(path) for strips in (False, True)]
    assert answers[0].text == answers[1].text
    # Kept once: what is in memory is packed.
    assert answers[1].headers["etag"] == answers[0].headers["etag"][:-1] + '-gz"'


def test_programs_and_mails_are_told_the_whole_address(below: Instance, app: Any) -> None:
    client = QuietClient(Proxy(app, strips=True))
    assert below.public_address == HOST + BELOW  # as mails have it
    description = client.get(f"{BELOW}/api/v1/openapi.json").json()
    assert description["servers"] == [{"url": HOST + BELOW}]
    part = client.get(f"{BELOW}/api/v1/regions/paris/practices?limit=2")
    assert part.json()["next"].startswith(f"{BELOW}/api/v1/regions/paris/practices?")
    assert part.headers["link"].startswith(f"<{BELOW}/api/v1/")
    assert client.get(part.json()["next"]).status_code == 200
    found = client.get(f"{BELOW}/api/v1/search?q=police").json()["items"]
    assert found
    assert [one["url"] for one in found if not one["url"].startswith(f"{BELOW}/")] == []


def test_a_frame_stands_below_the_path_too(app: Any) -> None:
    client = QuietClient(Proxy(app, strips=True))
    page = "/fr/paris/procedures/example-first-words"
    told = client.get(f"{BELOW}/oembed", params={"url": HOST + BELOW + page}).json()
    assert f'src="{HOST}{BELOW}/embed{page}"' in told["html"]
    assert client.get(f"{BELOW}/oembed", params={"url": HOST + page}).status_code == 404
    done, wrong = crawl(client, f"{BELOW}/embed{page}", f"{BELOW}/embed/fr/paris/coverage", within="/embed/")
    assert (done, wrong) == (2, [])


def test_crawlers_are_told_the_whole_address(app: Any) -> None:
    client = QuietClient(Proxy(app, strips=False))
    robots = client.get(f"{BELOW}/robots.txt").text
    assert f"Disallow: {BELOW}/*/account/" in robots
    assert f"Sitemap: {HOST}{BELOW}/sitemap.xml" in robots
    assert client.get("/robots.txt").headers["x-another"] == "site"
    page = client.get(f"{BELOW}/fr/paris").text
    assert f'rel="canonical" href="{HOST}{BELOW}/fr/paris"' in page
    assert f'hreflang="en" href="{HOST}{BELOW}/en/paris"' in page
    feed = client.get(f"{BELOW}/fr/paris/practices.atom").text
    assert set(re.findall(r'href="http://lanzarote\.test(/[^/"]*)', feed)) == {BELOW}


@pytest.mark.parametrize(
    "path", ["fr", "account", "metrics", "pt-BR", "api", "static", "embed", "a b", "../x", "a//b", "%6C"]
)
def test_a_path_that_could_be_mistaken_is_refused(path: str) -> None:
    with pytest.raises(SettingError, match="LANZAROTE_BASE_URL has the path"):
        read_settings({"LANZAROTE_BASE_URL": f"https://example.org/{path}"})
