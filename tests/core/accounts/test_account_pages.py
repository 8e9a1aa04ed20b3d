"""One's own account: what is changed takes the password again, and what is secret is shown once."""

from __future__ import annotations

import re

import pytest
from lanzarote.accounts import factors
from lanzarote.accounts.model import RecoveryCode, SignedIn
from lanzarote.records.changelog import INSTANCE, Audit
from lanzarote.records.permissions import Grant
from lanzarote.records.records import now
from sqlalchemy import select

from tests.core.accounts.team import GOOD, Browser, Person, Team, field

FACTOR = "/en/account/second-factor"


def set_up(browser: Browser, password: str = GOOD, secret: str = "") -> tuple[int, str, str]:
    """Set up an app: the status, the page, and the secret that was shown."""
    secret = secret or field(browser.get(FACTOR).text, "secret")
    form = {"what": "app", "secret": secret, "code": factors.code_at(secret, now()), "app-password": password}
    answer = browser.post(FACTOR, form)
    return answer.status_code, answer.text, secret


def test_the_app_may_be_set_up_after_the_page_was_loaded_again(team: Team) -> None:
    """As on a phone, where one goes to the app and comes back."""
    ana = team.person("ana")
    here, elsewhere = team.browser(ana), team.browser(ana)
    first = field(here.get(FACTOR).text, "secret")
    assert field(elsewhere.get(FACTOR).text, "secret") != first
    again = field(here.get(FACTOR).text, "secret")

    assert again == first
    status, page, _ = set_up(here, secret=first)
    assert (status, len(codes_in(page))) == (200, 10)
    assert field(here.get(FACTOR).text, "secret") != first


def test_a_code_of_another_entry_in_the_app_is_told_what_helps(team: Team) -> None:
    browser = team.browser(team.person("ana"))
    shown = field(browser.get(FACTOR).text, "secret")
    form = {"what": "app", "secret": shown, "code": factors.code_at("A" * 32, now()), "app-password": GOOD}
    answer = browser.post(FACTOR, form)

    assert "remove the entry in the app and let it read the picture again" in answer.text
    assert field(answer.text, "secret") == shown


def codes_in(page: str) -> list[str]:
    return re.findall(r"<li>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</li>", page)


def test_name_and_language_are_changed_and_the_page_follows(team: Team) -> None:
    browser = team.browser(team.person("ana"))
    answer = browser.post("/en/account", {"what": "profile", "name": " Ana  Maria ", "language": "fr"})
    assert answer.headers["location"] == "/fr/account?done=profile"
    assert "Ana Maria" in browser.get("/fr/account").text


@pytest.mark.parametrize("name", ["", "x" * 101, "Ana\u202e", "Léa Dupont, 9 ans"])
def test_a_name_that_is_none_is_refused_and_stays_in_the_form(team: Team, name: str) -> None:
    browser = team.browser(team.person("ana"))
    answer = browser.post("/en/account", {"what": "profile", "name": name, "language": "fr"})
    assert answer.status_code == 400
    assert f'value="{name}"' in answer.text


def test_a_new_password_takes_the_old_one_and_ends_all_other_sessions(team: Team) -> None:
    ana = team.person("ana")
    here, elsewhere = team.browser(ana), team.browser(ana)
    form = {"what": "password", "password": "quite other words"}
    assert here.post("/en/account", form | {"password-present": "not mine at all"}).status_code == 400
    assert elsewhere.get("/en/account").status_code == 200
    assert here.post("/en/account", form | {"password-present": GOOD}).status_code == 303
    assert here.get("/en/account").status_code == 200
    assert elsewhere.get("/en/account").status_code == 303


def test_other_sessions_can_be_ended_one_by_one_and_all_at_once(team: Team) -> None:
    ana, bob = team.person("ana"), team.person("bob")
    here, second, third, foreign = team.browser(ana), team.browser(ana), team.browser(ana), team.browser(bob)
    page = here.get("/en/account/sessions").text
    shown = re.findall(r'name="session" value="([^"]+)"', page)
    assert len(shown) == 2
    here.post("/en/account/sessions", {"session": shown[0]})
    assert sorted(one.get("/en/account").status_code for one in (second, third)) == [200, 303]
    here.post("/en/account/sessions")
    assert [one.get("/en/account").status_code for one in (here, second, third, foreign)] == [200, 303, 303, 200]


def test_nobody_ends_the_session_of_somebody_else(team: Team) -> None:
    ana, bob = team.person("ana"), team.person("bob")
    foreign = team.browser(bob)
    with team.instance.database.read(INSTANCE) as session:
        [theirs] = session.scalars(select(SignedIn.token_hash).where(SignedIn.account_id == bob.id))
    team.browser(ana).post("/en/account/sessions", {"session": theirs})
    assert foreign.get("/en/account").status_code == 200


# ---------------------------------------------------------------------------------------------------------------------
# The second factor


def lead_of(team: Team) -> Person:
    return team.person("lead", Grant(role="coordinator", region_id="paris"))


def test_a_role_that_needs_a_second_factor_counts_once_it_is_set_up(team: Team) -> None:
    browser = team.browser(lead_of(team))
    refused = browser.get("/en/paris/people")
    assert refused.status_code == 403
    assert "only after you have signed in with a second factor" in refused.text
    assert f'href="{FACTOR}"' in refused.text
    before = browser.client.cookies["lanzarote-session"]
    status, page, _ = set_up(browser)
    assert status == 200
    assert len(codes_in(page)) == factors.RECOVERY_CODES
    assert browser.client.cookies["lanzarote-session"] != before
    assert browser.get("/en/paris/people").status_code == 200
    assert f'href="{FACTOR}"' not in browser.get("/en/paris").text


def test_setting_it_up_takes_a_code_that_is_right_and_the_password(team: Team) -> None:
    browser = team.browser(lead_of(team))
    secret = field(browser.get(FACTOR).text, "secret")
    wrong = browser.post(FACTOR, {"what": "app", "secret": secret, "code": "000000", "app-password": GOOD})
    assert wrong.status_code == 400
    assert field(wrong.text, "secret") == secret
    assert set_up(browser, "not mine at all")[0] == 400
    assert browser.get("/en/paris/people").status_code == 403


@pytest.mark.parametrize("secret", ["", "A", "a" * 32, "A" * 33, "0" * 32])
def test_a_secret_that_is_not_ours_is_refused(team: Team, secret: str) -> None:
    browser = team.browser(lead_of(team))
    browser.get(FACTOR)
    answer = browser.post(FACTOR, {"what": "app", "secret": secret, "code": "000000", "app-password": GOOD})
    assert answer.status_code == 400


def test_the_code_that_set_it_up_signs_nobody_in(team: Team) -> None:
    lead = lead_of(team)
    browser = team.browser(lead)
    lead.secret = field(browser.get(FACTOR).text, "secret")
    code = factors.code_at(lead.secret, now())  # the next may have begun by when it is used again
    form = {"what": "app", "secret": lead.secret, "code": code, "app-password": GOOD}
    assert browser.post(FACTOR, form).status_code == 200
    assert team.browser().sign_in(lead, code=code).status_code == 403


def test_a_session_begun_with_the_password_alone_changes_no_second_factor(team: Team) -> None:
    """Whoever stole one, and knows the password, would otherwise add a factor of their own."""
    lead = lead_of(team)
    mine, stolen = team.browser(lead), team.browser(lead)
    set_up(mine)
    assert stolen.get(FACTOR).status_code == 303
    weak = team.browser(lead)
    assert set_up(weak)[0] == 400
    for what in ("codes", "remove-app"):
        assert weak.post(FACTOR, {"what": what, f"{what}-password": GOOD}).status_code == 400
    assert weak.get("/en/paris/people").status_code == 403


def test_without_its_last_factor_a_role_counts_no_more(team: Team) -> None:
    browser = team.browser(lead_of(team))
    set_up(browser)
    assert browser.post(FACTOR, {"what": "remove-app", "remove-app-password": GOOD}).status_code == 303
    assert browser.get("/en/paris/people").status_code == 403
    with team.instance.database.read(INSTANCE) as session:
        assert session.scalars(select(RecoveryCode)).all() == []
        told = session.scalars(select(Audit.verb).where(Audit.region_id == INSTANCE)).all()
    assert [verb for verb in told if "app" in verb] == ["set up app", "remove app"]


def test_new_recovery_codes_replace_the_old_ones(team: Team) -> None:
    lead = lead_of(team)
    browser = team.browser(lead)
    old = codes_in(set_up(browser)[1])
    new = codes_in(browser.post(FACTOR, {"what": "codes", "codes-password": GOOD}).text)
    assert not {*old} & {*new}
    for code, expected in ((old[0], 403), (new[0], 303)):
        fresh = team.browser()
        page = fresh.post("/en/account/sign-in", {"address": lead.address, "password": GOOD}).text
        answer = fresh.post("/en/account/second-step", {"step": field(page, "step"), "code": code})
        assert answer.status_code == expected


def test_a_change_of_the_second_factor_is_told_by_mail(team: Team) -> None:
    set_up(team.browser(lead_of(team)))
    assert "An authenticator app was set up for your account." in team.mails()[-1].get_content()


@pytest.mark.parametrize(
    "answer",
    ["", "{", "{}", "[]", '{"id": "x"}', "x" * 30_000, '{"id":"AA","rawId":"AA","type":"public-key","response":{}}'],
)
def test_what_is_no_passkey_is_refused(team: Team, answer: str) -> None:
    browser = team.browser(lead_of(team))
    browser.get(FACTOR)
    form = {"what": "passkey", "answer": answer, "name": "Key", "passkey-password": GOOD}
    assert browser.post(FACTOR, form).status_code == 400
