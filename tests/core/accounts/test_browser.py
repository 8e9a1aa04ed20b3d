"""Accounts in a real browser: signing in, the second factor, a session that ends while somebody writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.accounts import factors, service
from lanzarote.accounts.model import SignedIn
from lanzarote.instance import Instance
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import Grant
from lanzarote.records.records import now
from lanzarote.store.database import ALL
from playwright.sync_api import expect
from sqlalchemy import delete

from tests.core.accounts.team import GOOD, Person, Team, instance_like, link_in
from tests.core.conftest import serving
from tests.core.web.seen import BOTH_LANGUAGES, NARROW, SIDEWAYS, WIDE, all_open, barriers, unfold, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

LEAD = Grant(role="coordinator", region_id="paris")
PRESSED = "main button, main .button, main summary, main input:not([type=hidden]), main select, .account :is(a, button)"
TOO_SMALL = f"""
    [...document.querySelectorAll("{PRESSED}")]
        .filter(target => target.checkVisibility() && !["checkbox", "radio"].includes(target.type))
        .filter(target => target.getBoundingClientRect().height < 40).map(target => target.outerHTML)
"""


@pytest.fixture(scope="module")
def team(paris: Instance, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    with instance_like(paris, tmp_path_factory.mktemp("browser")) as instance:
        yield Team(instance, None)


@pytest.fixture(scope="module")
def site(team: Team) -> Iterator[str]:
    with serving(team.instance) as address:
        # Passkeys are made for names, not for numbers.
        address = address.replace("127.0.0.1", "localhost")
        team.instance.address = address
        yield address


def sign_out(page: Page) -> None:
    page.locator(".account > summary").click()
    page.get_by_role("button", name="Sign out").click()


def sign_in(page: Page, site: str, person: Person, path: str = "/en/account") -> None:
    page.goto(site + path)
    page.get_by_label("E-mail address").fill(person.address)
    page.get_by_label("Password", exact=True).fill(GOOD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    if person.secret:
        page.get_by_label("Code of your authenticator app").fill(factors.code_at(person.secret, now()))
        page.get_by_role("button", name="Go on").click()


def forget_steps(team: Team, person: Person) -> None:
    """Let the present code be used again: tests come quicker than codes."""
    with team.instance.database.write(INSTANCE) as session:
        service.account(session, person.id).totp_step = 0


# ---------------------------------------------------------------------------------------------------------------------
# Ways through


def test_an_invited_coordinator_comes_in_sets_up_an_app_and_invites(page: Page, team: Team, site: str) -> None:
    with team.instance.database.write(ALL) as session:
        service.invite(
            session, address="cleo@school.example", name="Cleo", language="en", grants=[LEAD], by="", at=now()
        )
    page.goto(site + link_in(team.mail_to("cleo@school.example")))
    page.get_by_label("Password").fill(GOOD)
    page.get_by_label("I have read this, and I agree.").check()
    page.get_by_role("button", name="Open my account").click()
    page.wait_for_url("**/en/account/second-factor")
    expect(page.locator(".qr svg")).to_be_visible()
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("2. The code it shows now").fill(factors.code_at(secret, now()))
    page.locator("#app-password").fill(GOOD)
    page.get_by_role("button", name="Use this app").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    expect(page.locator(".codes li")).to_have_count(10)
    page.goto(f"{site}/en/paris/people/invite")
    page.get_by_label("E-mail address at work").fill("dan@school.example")
    page.get_by_label("Name", exact=True).fill("Dan")
    page.get_by_label("Contributor").check()
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("The invitation is on its way.")).to_be_visible()
    expect(page.get_by_role("link", name="Dan")).to_be_visible()
    sign_out(page)
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def test_a_passkey_is_made_and_stands_in_for_a_code(page: Page, team: Team, site: str) -> None:
    kim = team.person("kim", LEAD)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options: dict[str, Any] = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True}
    options |= {"hasResidentKey": True, "isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    sign_in(page, site, kim, "/en/account/second-factor")
    page.get_by_label("How you call it").fill("My telephone")
    page.locator("#passkey-password").fill(GOOD)
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.goto(f"{site}/en/paris/people")
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    sign_out(page)

    sign_in(page, site, kim, "/en/paris/people")
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    page.goto(f"{site}/en/account/second-factor")
    expect(page.get_by_text("Passkey: My telephone")).to_be_visible()


def test_a_browser_without_the_passkey_says_so_and_offers_the_code(page: Page, team: Team, site: str) -> None:
    kim = team.person("kay", LEAD)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options: dict[str, Any] = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    sign_in(page, site, kim, "/en/account/second-factor")
    page.get_by_label("How you call it").fill("Key")
    page.locator("#passkey-password").fill(GOOD)
    page.get_by_role("button", name="Make a passkey").click()
    code = page.locator(".codes li").first.inner_text()
    sign_out(page)
    devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": made["authenticatorId"]})
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    sign_in(page, site, kim, "/en/paris/people")
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_role("alert").get_by_text("No passkey was used")).to_be_visible()
    page.get_by_label("Recovery code").fill(code)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="People")).to_be_visible()


def test_what_is_written_when_a_session_ends_is_still_here_after_signing_in(page: Page, team: Team, site: str) -> None:
    lead = team.person("lea", LEAD, factor=True)
    sign_in(page, site, lead, "/en/paris/people/invite")
    page.get_by_label("E-mail address at work").fill("eva@school.example")
    name = 'Éva « d’Ici » "&amp;" <b>'
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Contributor").check()
    page.get_by_label("Reviewer").check()
    with team.instance.database.write(INSTANCE) as session:
        session.execute(delete(SignedIn).where(SignedIn.account_id == lead.id))
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("What you wrote is still here")).to_be_visible()
    forget_steps(team, lead)
    page.get_by_label("E-mail address").fill(lead.address)
    page.get_by_label("Password", exact=True).fill(GOOD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.get_by_label("Code of your authenticator app").fill(factors.code_at(lead.secret, now()))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="What you wrote is still here")).to_be_visible()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("link", name=name)).to_be_visible()
    with team.instance.database.read(INSTANCE) as session:
        account = service.by_address(session, "eva@school.example")
        assert account is not None
        assert account.name == name


def test_everything_works_without_scripts(browser: Any, team: Team, site: str) -> None:
    lead = team.person("lou", LEAD, factor=True)
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, site, lead, "/en/account/second-factor")
        expect(page.get_by_role("button", name="Make a passkey")).to_be_hidden()
        expect(page.get_by_text("Your browser makes no passkeys here")).to_be_visible()
        page.goto(f"{site}/en/paris")
        sign_out(page)
        expect(page.get_by_text("You are signed out.")).to_be_visible()


# ---------------------------------------------------------------------------------------------------------------------
# For everyone, on every screen

PUBLIC = (
    "account/sign-in",
    "account/reset",
    "account/reset?asked=yes",
    "account/reset/no-such-link",
    "roles",
    "privacy",
)
OWN = ("account", "account/second-factor", "account/sessions", "account/tokens", "paris/roles", "people")
OF_REGION = ("paris/people", "paris/people/invite", "paris/people/{person}", "people/{person}/close", "people/{person}")


@pytest.fixture(scope="module")
def chief(team: Team) -> Person:
    return team.person("chief", LEAD, Grant(role="administrator"), factor=True)


@pytest.fixture
def inside(page: Page, team: Team, site: str, chief: Person) -> Page:
    begun = team.session(chief, strong=True)
    page.context.add_cookies([{"name": "lanzarote-session", "value": begun.token, "url": site}])
    return page


def check(page: Page) -> None:
    """axe finds nothing, in light or in dark; nothing runs off a narrow screen, and targets are large enough."""
    unfold(page)
    assert violations(page) == ""
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    assert page.evaluate(SIDEWAYS) <= 0
    assert page.evaluate(TOO_SMALL) == []
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", BOTH_LANGUAGES)
def test_pages_for_all_are_for_everyone(page: Page, site: str, lang: str) -> None:
    found = {path: barriers(page, f"{site}/{lang}/{path}", TOO_SMALL) for path in PUBLIC}
    all_open(found)


@pytest.mark.parametrize("lang", BOTH_LANGUAGES)
def test_pages_of_people_are_for_everyone(inside: Page, site: str, lang: str, worker: Person) -> None:
    found = {}
    for path in (*OWN, *OF_REGION):
        found[path] = barriers(inside, f"{site}/{lang}/{path.format(person=worker.id)}", TOO_SMALL)
        assert inside.locator("h1").count() == 1, path
    all_open(found)


@pytest.fixture(scope="module")
def worker(team: Team) -> Person:
    return team.person("worker", Grant(role="contributor", region_id="paris"))


@pytest.mark.parametrize("lang", BOTH_LANGUAGES)
def test_pages_that_only_a_form_leads_to_are_for_everyone(
    page: Page, team: Team, site: str, lang: str, worker: Person
) -> None:
    path = team.link(worker, "reset")
    page.goto(f"{site}/{lang}/account/reset/{path}")
    page.locator("#password").fill("short")
    page.get_by_role("main").get_by_role("button").click()
    expect(page.locator(".error-summary")).to_be_visible()
    check(page)
    with team.instance.database.write(ALL) as session:
        account = service.enrol(
            session, address=f"new-{lang}@school.example", name="New", language=lang, grants=(), by="", at=now()
        )
        new = Person(id=account.id, address=account.address)
    page.goto(f"{site}/{lang}/account/invitation/{team.link(new, 'invitation')}")
    check(page)
    page.goto(f"{site}/{lang}/account/address/{team.link(worker, 'address')}")
    check(page)


@pytest.mark.parametrize("lang", BOTH_LANGUAGES)
def test_the_second_step_and_what_comes_after_are_for_everyone(page: Page, team: Team, site: str, lang: str) -> None:
    nina = team.person(f"nina-{lang}", factor=True)
    page.goto(f"{site}/{lang}/account/sign-in")
    page.locator("#address").fill(nina.address)
    page.locator("#password").fill(GOOD)
    page.get_by_role("main").get_by_role("button").click()
    check(page)
    page.locator("#code").fill("000000")
    page.get_by_role("main").get_by_role("button").click()
    expect(page.locator(".error-summary")).to_be_visible()
    check(page)
    page.locator("#code").fill(factors.code_at(nina.secret, now()))
    page.get_by_role("main").get_by_role("button").click()
    page.goto(f"{site}/{lang}/account/second-factor")
    page.locator("summary").nth(-2).click()
    page.locator("#codes-password").fill(GOOD)
    page.locator("form:has(#codes-password) button").click()
    expect(page.locator(".codes li")).to_have_count(10)
    check(page)
