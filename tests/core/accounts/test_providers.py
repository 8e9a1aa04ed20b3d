"""An institution's account lets in who was invited, and nobody else; by issuer and subject, never by an address."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from lanzarote import ProviderAddress, ProviderFault
from lanzarote.accounts import factors, secrets, service
from lanzarote.accounts.entrance import PROVIDERS
from lanzarote.accounts.model import Account, Link, ProviderIdentity, ProviderStep, SignedIn
from lanzarote.accounts.provider_pages import BEGINS
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import Grant
from lanzarote.records.records import now
from lanzarote.store.database import ALL
from lanzarote.web.limits import MOST
from msgspec.structs import replace
from sqlalchemy import func, select, update

from tests.core.accounts.team import GOOD, OURS, Browser, Person, Team, field, link_in
from tests.core.accounts.town import ANA, ISSUER, Town

WRITES = Grant(role="contributor", region_id="paris")
LEADS = Grant(role="coordinator", region_id="paris")


@pytest.fixture
def town(team: Team) -> Town:
    town = Town()
    team.instance.host.add("town", town)
    return town


def invite(team: Team, address: str = "ana@school.example", *grants: Grant) -> str:
    """Invite somebody, by a mail that has been sent; the path of its link."""
    with team.instance.database.write(ALL) as session:
        service.invite(
            session, address=address, name="Ana", language="en", grants=grants or (WRITES,), by="test", at=now()
        )
    return link_in(team.mail_to(address))


def accept(browser: Browser, page: Any, **more: str) -> Any:
    data = {"step": field(page.text, "step"), "name": "Ana Plume", "language": "en", "agreed": "yes"} | more
    return browser.post("/en/account/welcome", data)


def linked(team: Team, person: Person, subject: str = "ana") -> None:
    with team.instance.database.write(INSTANCE) as session:
        session.add(
            ProviderIdentity(
                issuer=ISSUER, subject=subject, account_id=person.id, provider="town", made_at=now(), seen_at=None
            )
        )


def is_in(browser: Browser) -> bool:
    return bool(browser.get("/en/account").status_code == 200)


def count(team: Team, table: Any) -> int:
    with team.instance.database.read(ALL) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


# Who gets in


def test_the_sign_in_page_has_a_button_for_each_provider(team: Team, town: Town) -> None:
    page = team.browser().get("/en/account/sign-in")
    places = [page.text.index(told) for told in ("Sign in with Court", "Sign in with Town hall", "Password")]
    assert places == sorted(places)


def test_without_a_provider_nothing_is_said_of_one(team: Team) -> None:
    page = team.browser().get("/en/account/sign-in").text
    assert "Sign in with" not in page
    assert "With a password" not in page


def test_a_browser_is_led_to_the_provider_by_a_page(team: Team, town: Town) -> None:
    """Browsers let no form of ours lead to another site, and pages work without scripts."""
    town.begins = ProviderAddress(address="https://login.example/authorize?a=1&b=2")
    browser = team.browser()
    page = town.there(browser, next="/en/paris/team/practices")
    assert page.status_code == 200
    assert '<meta http-equiv="refresh" content="0; url=https://login.example/authorize?a=1&amp;b=2">' in page.text
    [asked] = town.asked
    assert asked.back == "http://lanzarote.test/account/providers/town/back"
    assert len({asked.state, asked.nonce, asked.challenge, browser.client.cookies["lanzarote-provider"]}) == 4


def test_the_first_sign_in_accepts_the_invitation_to_the_address_that_the_provider_vouches_for(
    team: Team, town: Town
) -> None:
    invite(team)
    browser = team.browser()
    page = town.through(browser)
    assert (page.status_code, "Welcome" in page.text, 'name="password"' in page.text) == (200, True, False)
    assert not is_in(browser)
    assert accept(browser, page, agreed="").status_code == 400
    done = accept(browser, page)
    assert (done.status_code, done.headers["location"]) == (303, "/en/start")
    assert is_in(browser)
    with team.instance.database.read(INSTANCE) as session:
        [account] = session.scalars(select(Account)).all()
        assert (account.state, account.name, account.password) == ("active", "Ana Plume", "")
        [known] = session.scalars(select(ProviderIdentity)).all()
        assert (known.issuer, known.subject, known.account_id) == (ISSUER, "ana", account.id)
        assert session.scalars(select(Link).where(Link.purpose == "invitation")).all() == []
    again = team.browser()
    assert town.through(again, next="/en/paris/team/practices").headers["location"] == "/en/paris/team/practices"
    assert is_in(again)


def test_the_mailed_link_is_enough_where_the_provider_sends_no_address(team: Team, town: Town) -> None:
    path = invite(team)
    town.says = replace(ANA, address="", address_verified=False)
    browser = team.browser()
    page = browser.get(path)
    assert "Sign in with Town hall" in page.text
    assert accept(browser, town.through(browser, invitation=field(page.text, "invitation"))).status_code == 303
    assert is_in(browser)


def test_an_address_that_only_looks_like_the_invited_one_accepts_nothing(team: Team, town: Town) -> None:
    """Addresses are compared without case; another letter may be another mailbox, such as ß and ss."""
    invite(team, "ana@strasse.example")
    for address in ("ana@straße.example", "ana@ſtrasse.example"):
        town.says = replace(ANA, address=address)
        assert "You have no invitation yet" in town.through(team.browser()).text
    town.says = replace(ANA, address="ANA@Strasse.example")
    assert "Welcome" in town.through(team.browser()).text


UNKNOWN = {
    "nobody was invited": ANA,
    "another address was invited": replace(ANA, address="bo@school.example"),
    "the address is not confirmed": replace(ANA, address_verified=False),
    "no address": replace(ANA, address="", address_verified=True),
}


@pytest.mark.parametrize("who", UNKNOWN)
def test_nobody_else_gets_in(team: Team, town: Town, who: str) -> None:
    if who != "nobody was invited":
        invite(team)
    town.says = UNKNOWN[who]
    browser = team.browser()
    page = town.through(browser)
    assert (page.status_code, "You have no invitation yet" in page.text) == (403, True)
    assert "ask the coordinator of your region" in page.text
    assert not is_in(browser)
    assert count(team, ProviderIdentity) == 0


def test_an_invitation_that_is_too_old_lets_nobody_in(team: Team, town: Town) -> None:
    invite(team)
    with team.instance.database.write(INSTANCE) as session:
        session.execute(update(Link).values(ends_at=now() - timedelta(seconds=1)))
    assert "You have no invitation yet" in town.through(team.browser()).text


def test_an_account_is_never_found_by_its_address(team: Team, town: Town) -> None:
    """Whoever controls a provider, or a mailbox given to somebody else, would be in."""
    ana = team.person("ana", WRITES)
    browser = team.browser()
    page = town.through(browser)
    assert (page.status_code, "You have no invitation yet" in page.text) == (403, True)
    assert not is_in(browser)
    linked(team, ana)
    town.says = replace(ANA, address="other@school.example", address_verified=False)
    town.through(browser)
    assert is_in(browser)


def test_a_closed_account_lets_nobody_in(team: Team, town: Town) -> None:
    ana = team.person("ana", WRITES)
    linked(team, ana)
    with team.instance.database.write(ALL) as session:
        service.close(session, service.account(session, ana.id), by="test", at=now())
    assert count(team, ProviderIdentity) == 0
    assert "You have no invitation yet" in town.through(team.browser()).text


# What protects a sign-in


def test_a_state_works_once_in_the_browser_that_began(team: Team, town: Town) -> None:
    linked(team, team.person("ana", WRITES))
    victim, stranger = team.browser(), team.browser()
    town.there(stranger)
    town.there(victim)
    assert "started in another browser" in town.back(team.browser()).text
    bound = victim.client.cookies["lanzarote-provider"]
    assert town.back(victim).status_code == 303
    assert is_in(victim)
    assert "lanzarote-provider" not in victim.client.cookies
    victim.client.cookies.set("lanzarote-provider", bound, domain="lanzarote.test")
    assert "was used before" in town.back(victim).text
    town.there(victim)
    assert "started in another browser" in town.back(stranger).text
    assert not is_in(stranger)
    assert len(town.answered) == 1


def test_a_whole_institution_signs_in_from_one_address_and_a_flood_is_refused(
    team: Team, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = team.browser()
    assert {town.there(browser).status_code for _ in range(MOST + 1)} == {200}
    monkeypatch.setattr(BEGINS, "_most", MOST)
    answer = town.there(browser)
    assert (answer.status_code, "Too much was sent" in answer.text) == (429, True)
    assert int(answer.headers["retry-after"]) > 0


def test_two_windows_of_a_browser_sign_in_without_hindering_each_other(team: Team, town: Town) -> None:
    linked(team, team.person("ana", WRITES))
    browser = team.browser()
    town.there(browser, next="/en/paris")
    first = town.asked[-1].state
    town.there(browser)
    assert town.back(browser, state=first).headers["location"] == "/en/paris"
    page = town.back(browser).text
    assert "You are signed in already." in page
    assert "Sign in with" not in page
    assert is_in(browser)


def test_whoever_goes_back_in_the_browser_is_told_that_they_are_signed_in(team: Team, town: Town) -> None:
    linked(team, team.person("ana", WRITES))
    browser = team.browser()
    town.through(browser)
    page = town.back(browser)
    assert (page.status_code, "You are signed in already." in page.text) == (403, True)
    assert 'href="/en/start"' in page.text


def test_somebody_who_was_about_to_link_is_led_back_to_their_account(team: Team, town: Town) -> None:
    browser = team.browser(team.person("ana", WRITES))
    change(browser, "link")
    town.says = ProviderFault(reason="away", told="")
    page = town.back(browser).text
    assert "Not linked with Town hall" in page
    assert 'class="button" href="/en/start"' in page
    assert 'href="/en/account/identities"' in page
    assert "Sign in with" not in page


def test_a_state_works_for_ten_minutes_and_for_its_provider(team: Team, town: Town) -> None:
    linked(team, team.person("ana", WRITES))
    browser = team.browser()
    town.there(browser)
    with team.instance.database.write(INSTANCE) as session:
        session.execute(update(ProviderStep).values(ends_at=now() - timedelta(seconds=1)))
    assert "took more than ten minutes" in town.back(browser).text
    town.there(browser)
    assert "started in another browser" in town.back(browser, provider="court").text
    assert town.answered == []
    assert town.back(browser, state="").status_code == 403
    assert browser.get("/account/providers/nowhere/back?state=a").status_code == 404


def test_the_package_gets_what_was_kept_for_the_very_sign_in(team: Team, town: Town) -> None:
    browser = team.browser()
    town.there(browser)
    town.back(browser, iss="https://login.example/town", error="access_denied")
    [asked], [answer] = town.asked, town.answered
    assert (answer.nonce, answer.back) == (asked.nonce, asked.back)
    assert (answer.issuer, answer.error) == (ISSUER, "access_denied")
    assert answer.verifier not in (asked.challenge, "")


def test_what_is_half_way_is_kept_so_that_nobody_can_read_it(team: Team, town: Town) -> None:
    town.there(team.browser(), next="/en/paris/team/practices")
    with team.instance.database.read(INSTANCE) as session:
        [row] = session.scalars(select(ProviderStep)).all()
    assert b"practices" not in row.details
    assert town.asked[0].nonce.encode() not in row.details


# What does not work

FAULTS = {
    "away": (503, "Town hall does not answer"),
    "refused": (403, "You cancelled the sign-in"),
    "late": (403, "took too long"),
    "untrusted": (502, "failed a security check"),
    "clock": (502, "The clock of Town hall differs"),
    "settings": (502, "is not set up correctly"),
}


@pytest.mark.parametrize("reason", FAULTS)
def test_each_fault_of_a_provider_has_a_clear_answer(team: Team, town: Town, reason: Any) -> None:
    linked(team, team.person("ana", WRITES))
    town.says = ProviderFault(reason=reason, told="as it was told to")
    browser = team.browser()
    page = town.through(browser)
    status, told = FAULTS[reason]
    assert (page.status_code, told in page.text, "as it was told to" in page.text) == (status, True, False)
    assert "Nothing was changed here" in page.text
    assert "Sign in with a password" in page.text
    assert not is_in(browser)
    town.begins = ProviderFault(reason=reason, told="as it was told to")
    assert town.there(browser).status_code == status


def test_administrators_read_which_provider_failed_until_somebody_signs_in_there(team: Team, town: Town) -> None:
    root = team.browser(team.person("root", Grant(role="administrator")), strong=True)
    assert "No provider of an institution failed" in root.get("/en/system").text
    town.begins = ProviderFault(reason="settings", told="a secret")
    town.there(team.browser())
    page = root.get("/en/system").text
    assert "Town hall could not be used to sign in:" in page
    assert "a secret" not in page
    assert "Everything is in order." not in page
    town.begins = ProviderAddress(address="https://login.example/authorize")
    town.there(team.browser(), "/en/account/providers/court")
    assert "Town hall could not be used to sign in:" in root.get("/en/system").text
    town.there(team.browser())
    assert "No provider of an institution failed" in root.get("/en/system").text


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "/en/account/sign-out"])
def test_an_address_that_is_no_other_site_is_not_led_to(team: Team, town: Town, address: str) -> None:
    town.begins = ProviderAddress(address=address)
    page = town.there(team.browser())
    assert (page.status_code, "http-equiv" in page.text) == (502, False)


def test_a_package_that_fails_is_answered_like_a_provider_that_is_away(
    team: Team, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = team.browser()
    town.there(browser)
    town.says = "nonsense"  # type: ignore[assignment]
    assert town.back(browser).status_code == 503


# The second factor


def test_a_provider_that_vouches_for_a_second_factor_is_believed(team: Team, town: Town) -> None:
    linked(team, team.person("ana", LEADS, factor=True))
    town.says = replace(ANA, strong=True)
    browser = team.browser()
    assert town.through(browser).status_code == 303
    assert browser.get("/en/paris/people").status_code == 200


def test_what_was_begun_with_a_factor_of_the_provider_ends_with_the_link(team: Team, town: Town) -> None:
    ana = team.person("ana", LEADS)
    linked(team, ana)
    town.says = replace(ANA, strong=True)
    browser = team.browser()
    town.through(browser)
    browser.get("/en/account/calendars")
    made = browser.post("/en/account/calendars", {"what": "make", "region": "paris"})
    [calendar] = re.findall(r"/en/paris/meetings/calendar/[\w-]+", made.text)[:1]
    assert team.browser().get(calendar).status_code == 200
    browser.get("/en/account")
    assert change(browser, "unlink").status_code == 303
    assert team.browser().get(calendar).status_code == 404
    assert browser.get("/en/paris/people").status_code == 403


def test_else_our_own_second_factor_is_asked_for(team: Team, town: Town) -> None:
    ana = team.person("ana", LEADS, factor=True)
    linked(team, ana)
    browser = team.browser()
    page = town.through(browser, next="/en/paris/people")
    assert page.status_code == 200
    assert not is_in(browser)
    code = factors.code_at(ana.secret, now())
    done = browser.post(
        "/en/account/second-step", {"step": field(page.text, "step"), "code": code, "next": "/en/paris/people"}
    )
    assert done.headers["location"] == "/en/paris/people"
    assert browser.get("/en/paris/people").status_code == 200
    with team.instance.database.read(INSTANCE) as session:
        [row] = session.scalars(select(SignedIn)).all()
        assert (row.provider, row.subject, row.strong) == ("town", "ana", True)


def test_a_role_that_needs_one_does_not_count_without(team: Team, town: Town) -> None:
    linked(team, team.person("ana", LEADS))
    browser = team.browser()
    town.through(browser)
    assert is_in(browser)
    assert browser.get("/en/paris/people").status_code == 403


def test_an_account_without_a_password_sets_up_a_factor_soon_after_signing_in(team: Team, town: Town) -> None:
    invite(team, "ana@school.example", LEADS)
    browser = team.browser()
    assert accept(browser, town.through(browser)).headers["location"] == "/en/account/second-factor"
    page = browser.get("/en/account/second-factor")
    assert 'type="password"' not in page.text
    secret = field(page.text, "secret")
    with team.instance.database.write(INSTANCE) as session:
        session.execute(update(SignedIn).values(made_at=now() - timedelta(minutes=11)))
    data = {"what": "app", "secret": secret, "code": factors.code_at(secret, now())}
    assert "Sign out and sign in again first" in browser.post("/en/account/second-factor", data).text
    with team.instance.database.write(INSTANCE) as session:
        session.execute(update(SignedIn).values(made_at=now()))
    assert "recovery" in browser.post("/en/account/second-factor", data).text.lower()
    assert browser.get("/en/paris/people").status_code == 200
    with team.instance.database.read(INSTANCE) as session:
        [row] = session.scalars(select(SignedIn)).all()
        assert (row.provider, row.strong) == ("town", True)


def test_nobody_signs_in_to_an_account_without_a_password_by_an_empty_one(team: Team, town: Town) -> None:
    invite(team)
    browser = team.browser()
    accept(browser, town.through(browser))
    other = team.browser()
    assert other.post("/en/account/sign-in", {"address": "ana@school.example", "password": " "}).status_code == 400
    assert other.post("/en/account/sign-in", {"address": "ana@school.example", "password": GOOD}).status_code == 403


# Linking


def change(browser: Browser, what: str) -> Any:
    browser.get("/en/account/identities")
    return browser.post("/en/account/identities", {"what": what, "provider": "town"})


def test_an_account_is_linked_soon_after_signing_in_with_the_second_factor(team: Team, town: Town) -> None:
    ana = team.person("ana", LEADS, factor=True)
    weak, browser = team.browser(ana), team.browser(ana, strong=True)
    assert "within the last ten minutes" in change(weak, "link").text
    assert town.asked == []
    assert change(browser, "link").status_code == 200
    town.says = replace(ANA, address="", address_verified=False)
    assert town.back(browser).headers["location"] == "/en/account/identities?done=linked"
    assert "Linked on" in browser.get("/en/account/identities").text
    assert "linked with an account of your institution" in team.mail_to(ana.address).get_content()
    assert change(browser, "unlink").status_code == 303
    assert count(team, ProviderIdentity) == 0
    with team.instance.database.write(INSTANCE) as session:
        session.execute(update(SignedIn).values(made_at=now() - timedelta(minutes=11)))
    assert "within the last ten minutes" in change(browser, "link").text


def test_whoever_unlinks_their_only_way_in_is_told_of_a_password_first(team: Team, town: Town) -> None:
    told = "Your account has no password."
    invite(team)
    browser = team.browser()
    accept(browser, town.through(browser))
    assert told in browser.get("/en/account/identities").text
    ana = team.person("bo", WRITES)
    linked(team, ana, "bo")
    assert told not in team.browser(ana).get("/en/account/identities").text
    change(browser, "unlink")
    team.browser().post("/en/account/reset", {"address": "ana@school.example"})
    chosen = team.browser()
    chosen.get(link_in(team.mail_to("ana@school.example")))
    chosen.post(link_in(team.mail_to("ana@school.example")), {"password": GOOD})
    assert chosen.sign_in(Person(id="", address="ana@school.example")).status_code == 303


def test_a_link_is_made_for_the_account_that_asked_for_it(team: Team, town: Town) -> None:
    ana, bo = team.person("ana", WRITES), team.person("bo", WRITES)
    browser = team.browser(ana)
    change(browser, "link")
    begun = team.session(bo, strong=False)
    browser.client.cookies.set("lanzarote-session", begun.token, domain="lanzarote.test")
    page = town.back(browser).text
    assert "you were signed in with another account" in page
    assert "Not linked with Town hall" in page
    assert count(team, ProviderIdentity) == 0


def test_an_institutions_account_belongs_to_one_account_here(team: Team, town: Town) -> None:
    ana, bo = team.person("ana", WRITES), team.person("bo", WRITES)
    linked(team, ana)
    browser = team.browser(bo)
    change(browser, "link")
    page = town.back(browser)
    assert (page.status_code, "belongs to another account here" in page.text) == (403, True)
    path = invite(team, "cy@school.example")
    town.there(browser, invitation=path.rsplit("/", 1)[1])
    assert "belongs to another account here" in town.back(browser).text
    with team.instance.database.read(INSTANCE) as session:
        [known] = session.scalars(select(ProviderIdentity)).all()
        assert known.account_id == ana.id


# Signing out


def test_whoever_signs_out_here_signs_out_there(team: Team, town: Town) -> None:
    linked(team, team.person("ana", WRITES))
    town.says = replace(ANA, id_token="header.claims.signature", session="s1")
    browser = team.browser()
    town.through(browser)
    browser.get("/en/account")
    with team.instance.database.read(INSTANCE) as session:
        [row] = session.scalars(select(SignedIn)).all()
        assert b"claims" not in (row.id_token or b"claims")
    page = browser.post("/en/account/sign-out")
    assert 'url=https://login.example/out"' in page.text
    [left] = town.left
    assert (left.id_token, left.back) == ("header.claims.signature", "http://lanzarote.test/account/signed-out")
    assert not is_in(browser)
    assert count(team, SignedIn) == 0
    back = browser.get(f"/account/signed-out?state={left.state}")
    assert back.headers["location"] == "/en/account/sign-in?done=out"
    assert len(left.state) >= 32


def test_a_provider_that_offers_no_sign_out_keeps_nobody_in(team: Team, town: Town) -> None:
    linked(team, team.person("ana", WRITES))
    town.out = ""
    browser = team.browser()
    town.through(browser)
    browser.get("/en/account")
    assert browser.post("/en/account/sign-out").headers["location"] == "/en/account/sign-in?done=out"
    assert not is_in(browser)


def log_out(team: Team, token: str, provider: str = "town") -> int:
    answer = team.browser().client.post(
        f"/account/providers/{provider}/log-out", data={"logout_token": token}, headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.headers["cache-control"] == "no-store"
    return int(answer.status_code)


def test_the_provider_ends_the_sessions_that_ended_there(team: Team, town: Town) -> None:
    ana = team.person("ana", WRITES)
    linked(team, ana)
    phone, desk, password = team.browser(), team.browser(), team.browser(ana)
    for browser, name in ((phone, "phone"), (desk, "desk")):
        town.says = replace(ANA, session=name)
        town.through(browser)
    assert log_out(team, "m1 ana desk") == 200
    assert [is_in(one) for one in (phone, desk, password)] == [True, False, True]
    town.through(desk)
    assert log_out(team, "m1 ana desk") == 400  # the same message once more
    assert is_in(desk)
    assert log_out(team, "m2 ana ", provider="court") == 200
    assert log_out(team, "m2 bo ") == 200
    assert [is_in(one) for one in (phone, desk, password)] == [True, True, True]
    assert log_out(team, "m3 ana ") == 200
    assert [is_in(one) for one in (phone, desk, password)] == [False, False, True]


def test_a_session_that_the_provider_never_named_ends_with_its_person(team: Team, town: Town) -> None:
    """Not every provider names in the ID token the session that it names when it ends."""
    linked(team, team.person("ana", WRITES))
    browser, named = team.browser(), team.browser()
    town.through(browser)
    town.says = replace(ANA, session="phone")
    town.through(named)
    assert log_out(team, "m1 bo desk") == 200
    assert is_in(browser)
    assert log_out(team, "m2 ana desk") == 200
    assert [is_in(browser), is_in(named)] == [False, True]


def test_signing_out_waits_for_no_provider_that_others_wait_for(team: Team, town: Town) -> None:
    ana = team.person("ana", WRITES)
    linked(team, ana)
    through, password = team.browser(), team.browser()
    town.through(through)
    password.sign_in(ana)
    for browser in (through, password):
        browser.get("/en/account")
    held, PROVIDERS.held = PROVIDERS.held, PROVIDERS.room
    try:
        for browser in (through, password):
            assert browser.post("/en/account/sign-out").headers["location"] == "/en/account/sign-in?done=out"
            assert not is_in(browser)
    finally:
        PROVIDERS.held = held


def test_a_log_out_token_that_cannot_be_verified_ends_nothing(team: Team, town: Town) -> None:
    linked(team, team.person("ana", WRITES))
    browser = team.browser()
    town.through(browser)
    statuses = [log_out(team, token) for token in ("untrusted", "clock", "away", "", "x" * 20_000)]
    assert statuses == [400, 400, 503, 400, 400]
    assert log_out(team, "m1 ana ", provider="nowhere") == 404
    assert is_in(browser)


# What was written


def test_what_was_written_when_a_session_ended_is_not_lost(team: Team, town: Town) -> None:
    """Nothing of it is kept by us: it waits in its page, beside which one signs in."""
    linked(team, team.person("ana", WRITES))
    browser = team.browser()
    text = "A text that was long to write, and that nobody wants to write again."
    page = browser.post("/en/paris/people/invite", {"name": text})
    assert (page.status_code, 'target="_blank"' in page.text) == (403, True)
    carried = {"carried_to": "/en/paris/people/invite", "carried": f'[["name", "{text}"]]', "continue": "yes"}
    early = browser.client.post("/en/account/sign-in", data=carried, headers=OURS)
    assert early.status_code == 400
    assert text in early.text
    town.through(browser)
    late = browser.client.post("/en/account/sign-in", data=carried, headers=OURS)
    assert "You are signed in again. Nothing was sent yet." in late.text
    assert text in late.text


def test_a_link_that_was_used_or_is_too_old_is_answered_as_such(team: Team, town: Town) -> None:
    path = invite(team)
    browser = team.browser()
    page = town.through(browser, invitation=path.rsplit("/", 1)[1])
    with team.instance.database.write(INSTANCE) as session:
        secrets.forget(session, session.scalars(select(Account.id)).one(), "invitation")
    assert accept(browser, page).status_code == 410
    assert town.there(browser, invitation=path.rsplit("/", 1)[1]).status_code == 410


def test_an_invitation_that_ends_meanwhile_is_told_in_the_language_in_which_one_began(team: Team, town: Town) -> None:
    path = invite(team)
    browser = team.browser()
    town.there(browser, "/fr/account/providers/town", invitation=path.rsplit("/", 1)[1])
    with team.instance.database.write(INSTANCE) as session:
        session.execute(update(Link).values(ends_at=now() - timedelta(seconds=1)))
    page = town.back(browser)
    assert (page.status_code, '<html lang="fr"' in page.text) == (410, True)
