"""A token lets a program do some of what its owner may, at the API alone, and never more."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from lanzarote.accounts import factors, service, tokens
from lanzarote.accounts.model import ApiToken
from lanzarote.accounts.tokens import bearer
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import Grant, Limits
from lanzarote.records.records import now
from lanzarote.store.database import ALL
from sqlalchemy import select, update

from tests.core.accounts.team import GOOD, Browser, Team

PAGE = "/en/account/tokens"
ASKED = "/api/v1/regions/paris/practices?limit=1"
LATER = (now() + timedelta(days=30)).date().isoformat()


def made(browser: Browser, **more: Any) -> str:
    form = {"name": "Table", "actions": "practice.read", "region": "paris", "ends": LATER, "password": GOOD} | more
    answer = browser.post(PAGE, form)
    found = re.search(r'id="token">(lz_[\w-]{43})<', answer.text)
    assert found, answer.text
    return found[1]


def ask(team: Team, token: str, path: str = ASKED) -> Any:
    return team.browser().get(path, headers={"authorization": f"Bearer {token}"})


def test_a_token_is_shown_once_and_kept_as_a_digest(team: Team) -> None:
    browser = team.browser(team.person("ana", Grant(role="contributor", region_id="paris")))
    browser.get(PAGE)
    token = made(browser)
    assert token not in browser.get(PAGE).text
    for file in team.instance.settings.data.glob("lanzarote.sqlite*"):
        assert token.encode() not in file.read_bytes()


def test_a_browser_lets_a_token_be_made_for_all_regions(team: Team) -> None:
    browser = team.browser(team.person("ana", Grant(role="contributor", region_id="paris")))
    [where] = re.findall(r'<select id="region"[^>]*>', browser.get(PAGE).text)
    assert "required" not in where
    made(browser, region="")


def test_the_name_of_a_token_tells_of_nobody(team: Team) -> None:
    browser = team.browser(team.person("ana", Grant(role="contributor", region_id="paris")))
    browser.get(PAGE)
    form = {"actions": "practice.read", "region": "paris", "ends": LATER, "password": GOOD}
    answer = browser.post(PAGE, form | {"name": "La petite Léa Dupont, 9 ans, 06 12 34 56 78"})
    assert answer.status_code == 400
    assert "Give a name only" in answer.text


def test_a_program_with_a_token_is_its_owner_within_limits(team: Team) -> None:
    ana = team.person("ana", Grant(role="contributor", region_id="paris"))
    browser = team.browser(ana)
    browser.get(PAGE)
    actor = bearer(team.instance.database, made(browser, actions=["practice.read", "person.close"])).actor
    # What Ana may not do herself was not even offered.
    assert (actor.account_id, actor.limits) == (ana.id, Limits(actions=frozenset({"practice.read"}), region_id="paris"))
    assert not actor.strong


def test_a_role_that_needs_a_second_factor_counts_only_in_a_token_made_with_one(team: Team) -> None:
    lead = team.person("lead", Grant(role="coordinator", region_id="paris"))
    weak, strong = team.browser(lead), team.browser(lead, strong=True)
    assert "You have no role yet that a program could use" in weak.get(PAGE).text
    strong.get(PAGE)
    assert bearer(team.instance.database, made(strong)).actor.strong


def test_an_answer_to_a_token_is_kept_by_no_cache(team: Team) -> None:
    browser = team.browser(team.person("ana", Grant(role="contributor", region_id="paris")))
    browser.get(PAGE)
    answer = ask(team, made(browser))
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert "no-cache" in team.browser().get(ASKED).headers["cache-control"]


@pytest.mark.parametrize("token", ["lz_nonsense", "nonsense", "lz_" + "A" * 43])
def test_a_wrong_token_is_told_so(team: Team, token: str) -> None:
    answer = ask(team, token)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == 'Bearer realm="lanzarote", error="invalid_token"'
    assert answer.headers["cache-control"] == "no-store"


def test_a_token_works_until_it_ends_or_is_taken_back(team: Team) -> None:
    ana = team.person("ana", Grant(role="contributor", region_id="paris"))
    browser = team.browser(ana)
    browser.get(PAGE)
    first, second = made(browser), made(browser)
    assert ask(team, first).status_code == 200
    with team.instance.database.write(INSTANCE) as session:
        ids = session.scalars(select(ApiToken.id).order_by(ApiToken.made_at)).all()
        ended = {"ends_at": now() - timedelta(seconds=1)}
        session.execute(update(ApiToken).where(ApiToken.id == ids[0]).values(**ended))
    assert ask(team, first).status_code == 401
    assert browser.post(PAGE, {"revoke": ids[1]}).status_code == 303
    assert ask(team, second).status_code == 401


def test_nobody_takes_back_the_token_of_somebody_else(team: Team) -> None:
    ana, bob = (team.person(name, Grant(role="contributor", region_id="paris")) for name in ("ana", "bob"))
    browser = team.browser(ana)
    browser.get(PAGE)
    token = made(browser)
    with team.instance.database.read(INSTANCE) as session:
        [token_id] = session.scalars(select(ApiToken.id))
    assert team.browser(bob).post(PAGE, {"revoke": token_id}).status_code == 404
    assert ask(team, token).status_code == 200


def test_a_token_ends_with_the_account_and_with_a_password_that_was_lost(team: Team) -> None:
    ana, bob = (team.person(name, Grant(role="contributor", region_id="paris")) for name in ("ana", "bob"))
    found = []
    for one in (ana, bob):
        browser = team.browser(one)
        browser.get(PAGE)
        found.append(made(browser))
    with team.instance.database.write(ALL) as session:
        service.close(session, service.account(session, ana.id), by="test", at=now())
    team.browser().post(f"/en/account/reset/{team.link(bob, 'reset')}", {"password": "quite other words"})
    assert [ask(team, token).status_code for token in found] == [401, 401]


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (lambda session, lead: factors.reset(session, lead, by="test", at=now()), 401),
        (lambda session, lead: service.change_password(session, lead, password="quite other words", at=now()), 401),
        (lambda session, lead: factors.remove_app(session, lead, now()), 403),
    ],
    ids=["factor reset", "password changed", "app removed"],
)
def test_a_token_does_not_outlive_the_password_and_the_factor_it_was_made_with(
    team: Team, change: Any, left: int
) -> None:
    lead = team.person("lead", Grant(role="coordinator", region_id="paris"), factor=True)
    browser = team.browser(lead, strong=True)
    browser.get(PAGE)
    token, there = made(browser, actions="person.read"), "/api/v1/regions/paris/team/people"
    assert ask(team, token, there).status_code == 200
    with team.instance.database.write(INSTANCE) as session:
        change(session, service.account(session, lead.id))
    assert ask(team, token, there).status_code == left


def test_the_owner_is_told_of_a_new_token(team: Team) -> None:
    ana = team.person("ana", Grant(role="contributor", region_id="paris"))
    browser = team.browser(ana)
    browser.get(PAGE)
    made(browser)
    assert "A token was made for your account." in team.mail_to(ana.address).get_content()


def test_a_token_opens_no_page_and_a_cookie_no_way_into_the_api(team: Team) -> None:
    ana = team.person("ana", Grant(role="contributor", region_id="paris"))
    browser = team.browser(ana)
    browser.get(PAGE)
    assert ask(team, made(browser), "/en/account").status_code == 303
    assert browser.get(ASKED).headers["cache-control"] != "no-store"


def test_the_use_of_a_token_is_noted_but_not_each_time(team: Team) -> None:
    ana = team.person("ana", Grant(role="contributor", region_id="paris"))
    browser = team.browser(ana)
    browser.get(PAGE)
    token = made(browser)

    def used() -> Any:
        with team.instance.database.read(INSTANCE) as session:
            return session.scalars(select(ApiToken.used_at)).one()

    assert used() is None
    ask(team, token)
    first = used()
    ask(team, token)
    assert used() == first is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends": "2020-01-01"},
        {"ends": "2090-01-01"},
        {"ends": "soon"},
        {"actions": "x"},
        {"password": "not mine"},
        {"name": ""},
    ],
)
def test_a_token_without_end_purpose_or_proof_is_refused(team: Team, wrong: dict[str, str]) -> None:
    browser = team.browser(team.person("ana", Grant(role="contributor", region_id="paris")))
    browser.get(PAGE)
    form = {"name": "Table", "actions": "practice.read", "region": "", "ends": LATER, "password": GOOD} | wrong
    answer = browser.post(PAGE, form)
    assert answer.status_code == 400
    assert tokens.PREFIX not in answer.text
