"""Signing in and out: sessions that nobody plants, replays or outlives; who asks learns nothing of others."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lanzarote.accounts import attempts, factors, service, sessions
from lanzarote.accounts.answers import PASSWORDS
from lanzarote.accounts.model import SignedIn
from lanzarote.accounts.tokens import COOKIE, cookie
from lanzarote.app import create_app
from lanzarote.instance import Instance
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import Grant
from lanzarote.records.records import now
from sqlalchemy import select, update

from tests.core.accounts.team import GOOD, Team, field, instance_like

SIGN_IN = "/en/account/sign-in"


def test_who_signs_in_comes_to_the_page_they_asked_for(team: Team) -> None:
    ana = team.person("ana")
    browser = team.browser()
    asked = browser.get("/en/account/sessions?x=1")
    assert (asked.status_code, asked.headers["location"]) == (
        303,
        "/en/account/sign-in?next=%2Fen%2Faccount%2Fsessions%3Fx%3D1",
    )
    page = browser.get(asked.headers["location"])
    answer = browser.sign_in(ana, next=field(page.text, "next"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/en/account/sessions?x=1")
    assert browser.get("/en/account/sessions?x=1").status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\tb", "x"]
)
def test_sign_in_leads_to_no_other_site(team: Team, elsewhere: str) -> None:
    answer = team.browser().sign_in(team.person("ana"), next=elsewhere)
    assert re.fullmatch(r"/en/[a-z]+", answer.headers["location"])


def test_the_session_cookie_is_for_this_site_and_no_script(team: Team) -> None:
    answer = team.browser().sign_in(team.person("ana"))
    given = [line for line in answer.headers.get_list("set-cookie") if line.startswith(COOKIE)]
    assert len(given) == 1
    assert {part.strip().lower() for part in given[0].split(";")[1:]} == {
        "httponly", "max-age=43200", "path=/", "samesite=lax"
    }  # fmt: skip


def test_a_session_that_somebody_planted_is_not_taken_over(team: Team) -> None:
    ana, mallory = team.person("ana"), team.person("mallory")
    planted = team.browser(mallory).client.cookies[COOKIE]
    browser = team.browser()
    for token in ("a" * 43, planted):
        browser.client.cookies.set(COOKIE, token, domain="lanzarote.test")
        browser.sign_in(ana)
        fresh = {cookie.value for cookie in browser.client.cookies.jar if cookie.name == COOKIE} - {token}
        assert len(fresh) == 1
        thief = team.browser()
        thief.client.cookies.set(COOKIE, token, domain="lanzarote.test")
        assert thief.get("/en/account").status_code == 303
        browser.client.cookies.clear()


def test_a_session_replayed_after_signing_out_is_nobodys(team: Team) -> None:
    browser = team.browser(team.person("ana"))
    stolen = browser.client.cookies[COOKIE]
    assert browser.post("/en/account/sign-out").status_code == 303
    thief = team.browser()
    thief.client.cookies.set(COOKIE, stolen, domain="lanzarote.test")
    assert thief.get("/en/account").status_code == 303


@pytest.mark.parametrize("late", [sessions.IDLE, sessions.ABSOLUTE])
def test_an_expired_session_is_nobodys(team: Team, late: timedelta) -> None:
    browser = team.browser(team.person("ana"))
    assert browser.get("/en/account").status_code == 200
    then = now() - late - timedelta(seconds=1)
    with team.instance.database.write(INSTANCE) as session:
        old = {"seen_at": then} if late == sessions.IDLE else {"made_at": then}
        session.execute(update(SignedIn).values(**old))
    assert browser.get("/en/account").status_code == 303


def test_signing_in_ends_the_session_that_the_browser_was_in(team: Team) -> None:
    ana = team.person("ana")
    browser = team.browser(ana)
    browser.sign_in(ana)
    with team.instance.database.read(INSTANCE) as session:
        assert len(session.scalars(select(SignedIn)).all()) == 1


def test_what_a_person_is_answered_no_cache_keeps(team: Team) -> None:
    browser = team.browser(team.person("ana"))
    for path in ("/en/account", "/en/paris/practices", "/en/paris/roles", "/sitemap.xml"):
        assert browser.get(path).headers["cache-control"] == "no-store", path


# ---------------------------------------------------------------------------------------------------------------------
# Who asks learns nothing


def told(answer: Any) -> tuple[int, dict[str, str], str]:
    """Everything an answer tells, but for what is random or repeats what was asked."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("date", "content-length")}
    return answer.status_code, headers, re.sub(r'value="[^"]*"|\w+@school\.example', "", answer.text)


def test_a_wrong_password_and_an_unknown_address_are_told_alike(team: Team) -> None:
    ana = team.person("ana")
    team.person("closed")
    wrong = {"password": "wrong words indeed"}
    known = team.browser().post(SIGN_IN, {"address": ana.address, **wrong})
    unknown = team.browser().post(SIGN_IN, {"address": "bob@school.example", **wrong})
    assert known.status_code == 403
    assert told(known) == told(unknown)


def test_a_second_factor_shows_only_after_the_right_password(team: Team) -> None:
    plain, strong = team.person("ana"), team.person("bob", factor=True)
    wrong = {"password": "wrong words indeed"}
    answers = [team.browser().post(SIGN_IN, {"address": one.address, **wrong}) for one in (plain, strong)]
    assert told(answers[0]) == told(answers[1])


def test_asking_for_a_new_password_tells_nothing(team: Team) -> None:
    ana = team.person("ana")
    known = team.browser().post("/en/account/reset", {"address": ana.address})
    unknown = team.browser().post("/en/account/reset", {"address": "bob@school.example"})
    assert known.status_code == 303
    assert told(known) == told(unknown)


def test_an_invitation_tells_nothing_of_who_has_an_account(team: Team) -> None:
    lead = team.person("lead", Grant(role="coordinator", region_id="paris"), factor=True)
    known = team.person("ana")
    form = {"name": "Somebody", "language": "fr", "roles": "contributor"}
    answers = [
        team.browser(lead, strong=True).post("/en/paris/people/invite", form | {"address": address})
        for address in (known.address, "new@school.example")
    ]
    assert answers[0].status_code == 303
    assert told(answers[0]) == told(answers[1])


def test_an_account_that_nobody_has_is_slowed_as_one_that_somebody_has(team: Team) -> None:
    ana = team.person("ana")
    for address in (ana.address, "bob@school.example"):
        form = {"address": address, "password": "wrong words indeed"}
        answers = [team.browser().post(SIGN_IN, form) for _ in range(attempts.FREE["account"] + 1)]
        assert [answer.status_code for answer in answers] == [403] * attempts.FREE["account"] + [429]


# ---------------------------------------------------------------------------------------------------------------------
# The second step


@pytest.mark.parametrize(
    ("factor", "known", "way"),
    [(True, True, "link"), (True, False, "link"), (False, False, "link"), (False, True, "page")],
)
def test_guesses_of_strangers_stop_nobody_who_has_just_changed_the_password(
    team: Team, factor: bool, known: bool, way: str
) -> None:
    ana, browser, new = team.person("ana", factor=factor), team.browser(), "quite other words"
    if known:
        assert browser.sign_in(ana).status_code == 303
        with team.instance.database.write(INSTANCE) as session:
            service.account(session, ana.id).totp_step = 0  # the present code can be used again

    def guess() -> list[int]:
        return [team.browser().sign_in(ana, "wrong wrong wrong").status_code for _ in range(7)]

    assert guess()[-1] == 429
    if way == "link":
        browser.client.cookies.delete("lanzarote-session")
        answer = browser.post(f"/en/account/reset/{team.link(ana, 'reset')}", {"password": new})
    else:
        browser.get("/en/account")
        answer = browser.post("/en/account", {"what": "password", "password-present": GOOD, "password": new})
    assert answer.status_code == 303
    if known or not factor:
        assert guess()[-1] == 429
        browser.client.cookies.delete("lanzarote-session")
    assert browser.sign_in(ana, new).status_code == 303


def test_a_code_is_asked_for_and_begins_a_strong_session(team: Team) -> None:
    lead = team.person("lead", Grant(role="coordinator", region_id="paris"), factor=True)
    browser = team.browser()
    first = browser.post(SIGN_IN, {"address": lead.address, "password": GOOD})
    assert first.status_code == 200
    assert COOKIE not in browser.client.cookies
    assert browser.sign_in(lead).status_code == 303
    assert browser.get("/en/paris/people").status_code == 200


def test_a_code_works_once(team: Team) -> None:
    lead = team.person("lead", factor=True)
    first, second = team.browser(), team.browser()
    assert first.sign_in(lead).status_code == 303
    assert second.sign_in(lead).status_code == 403
    assert COOKIE not in second.client.cookies


def test_wrong_codes_are_slowed(team: Team) -> None:
    lead = team.person("lead", factor=True)
    browser = team.browser()
    page = browser.post(SIGN_IN, {"address": lead.address, "password": GOOD}).text
    form = {"step": field(page, "step"), "code": "000000"}
    answers = [browser.post("/en/account/second-step", form).status_code for _ in range(6)]
    assert answers == [403] * attempts.FREE["account"] + [429]


def test_the_second_step_is_no_way_around_the_first(team: Team) -> None:
    lead = team.person("lead", factor=True)
    code = factors.code_at(lead.secret, now())
    answer = team.browser().post("/en/account/second-step", {"step": "x" * 43, "code": code})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_first_step_is_good_for_one_session(team: Team) -> None:
    lead = team.person("lead", factor=True)
    browser = team.browser()
    page = browser.post(SIGN_IN, {"address": lead.address, "password": GOOD}).text
    with team.instance.database.write(INSTANCE) as session:
        codes = factors.renew_recovery_codes(session, team.account(lead))
    form = {"step": field(page, "step")}
    assert browser.post("/en/account/second-step", form | {"code": codes[0]}).status_code == 303
    assert team.browser().post("/en/account/second-step", form | {"code": codes[1]}).status_code == 403


def test_a_recovery_code_stands_in_once_and_its_owner_is_told(team: Team) -> None:
    lead = team.person("lead", factor=True)
    with team.instance.database.write(INSTANCE) as session:
        code = factors.renew_recovery_codes(session, team.account(lead))[0]
    for expected in (303, 403):
        browser = team.browser()
        page = browser.post(SIGN_IN, {"address": lead.address, "password": GOOD}).text
        form = {"step": field(page, "step"), "code": code.upper().replace("-", " ")}
        assert browser.post("/en/account/second-step", form).status_code == expected
    assert "Recovery codes left: 9." in team.mails()[-1].get_content()


# ---------------------------------------------------------------------------------------------------------------------
# What was written


def test_what_was_written_before_a_time_out_is_sent_on_after_signing_in(team: Team) -> None:
    lead = team.person("lead", Grant(role="coordinator", region_id="paris"), factor=True)
    text = 'Élodie "&<b>" O’Neill'
    form = {"name": text, "address": "new@school.example", "language": "fr", "roles": ["contributor", "reviewer"]}
    browser = team.browser()
    answer = browser.post("/en/paris/people/invite", form | {"key": "of a session that has ended"})
    assert answer.status_code == 403
    assert "What you wrote is still here" in answer.text
    page = browser.client.get(SIGN_IN)  # something else in between changes nothing
    assert page.status_code == 200
    kept = {name: unescaped(field(answer.text, name)) for name in ("carried", "carried_to")}
    assert kept["carried_to"] == "/en/paris/people/invite"
    step = browser.post(SIGN_IN, {"address": lead.address, "password": GOOD} | kept)
    kept = {name: unescaped(field(step.text, name)) for name in ("carried", "carried_to", "step")}
    shown = browser.post("/en/account/second-step", kept | {"code": factors.code_at(lead.secret, now())})
    assert shown.status_code == 200
    assert '<p class="kept-text">Élodie' in shown.text  # however short it is
    sent_on = browser.post("/en/paris/people/invite", hidden_fields(shown.text))
    assert sent_on.status_code == 303
    assert "new@school.example" in browser.get("/en/paris/people").text


@pytest.mark.parametrize("when", ["after a time-out", "in another window"])
def test_what_somebody_wrote_is_neither_shown_to_nor_sent_by_who_signs_in_after_them(team: Team, when: str) -> None:
    lead, other = (team.person(name, Grant(role="coordinator", region_id="paris")) for name in ("lead", "other"))
    key = field(team.browser(lead, strong=True).get("/en/paris/people/invite").text.partition("<main")[2], "key")
    form = {
        "name": "Ana Secrète",
        "address": "new@school.example",
        "language": "fr",
        "roles": "contributor",
        "key": key,
    }
    if when == "after a time-out":
        browser = team.browser()
        ended = browser.post("/en/paris/people/invite", form).text
        kept = {name: unescaped(field(ended, name)) for name in ("carried", "carried_to", "carried_by")}
        shown = browser.post(SIGN_IN, {"address": other.address, "password": GOOD} | kept)
        assert shown.status_code == 200
    else:
        browser = team.browser(other, strong=True)
        shown = browser.post("/en/paris/people/invite", form)
        assert shown.status_code == 403
    assert "Somebody else wrote this" in shown.text
    assert "Secrète" not in shown.text
    own = team.browser(lead, strong=True).post("/en/paris/people/invite", form)
    assert "Ana Secrète" in own.text, "who wrote it, in another session, has it back"


def test_short_words_are_shown_again_and_choices_are_not(team: Team) -> None:
    lead = team.person("lead", Grant(role="coordinator", region_id="paris"))
    form = {"name": "Ana Example", "roles": "contributor", "key": "of another session"}
    answer = team.browser(lead, strong=True).post("/en/paris/people/invite", form)
    assert '<p class="kept-text">Ana Example</p>' in answer.text
    assert ">contributor<" not in answer.text


def test_what_comes_from_another_session_is_shown_and_not_done(team: Team) -> None:
    lead = team.person("lead", Grant(role="coordinator", region_id="paris"))
    browser = team.browser(lead, strong=True)
    form = {"name": "New", "address": "new@school.example", "language": "fr", "roles": "contributor"}
    answer = browser.post("/en/paris/people/invite", form | {"key": "of another session"})
    assert answer.status_code == 403
    assert "new@school.example" not in browser.get("/en/paris/people").text
    again = browser.post("/en/paris/people/invite", hidden_fields(answer.text))
    assert again.status_code == 303
    assert "new@school.example" in browser.get("/en/paris/people").text


def test_secrets_are_never_carried(team: Team) -> None:
    form = {"what": "password", "password": "other words here", "password-present": GOOD}
    answer = team.browser().post("/en/account", form)
    assert answer.status_code == 403
    assert "other words here" not in answer.text
    assert 'name="carried"' not in answer.text


def test_nothing_of_what_is_carried_is_kept(team: Team) -> None:
    team.browser().post("/en/paris/people/invite", {"name": "CANARY-8431"})
    for file in team.instance.settings.data.rglob("*"):
        assert not file.is_file() or b"CANARY-8431" not in file.read_bytes()


def test_the_longest_form_there_is_is_carried_whole(team: Team) -> None:
    text = '"é\\\n' * 14_000
    browser = team.browser()
    answer = browser.post("/en/paris/people/invite", {"name": text, "roles": ["a", "b"]})
    assert answer.status_code == 403
    kept = {name: unescaped(field(answer.text, name)) for name in ("carried", "carried_to")}
    shown = browser.sign_in(team.person("ana"), **kept)
    assert shown.status_code == 200
    assert hidden_fields(shown.text)["name"] == [text]
    assert hidden_fields(shown.text)["roles"] == ["a", "b"]


@pytest.mark.parametrize("body", [b"a=" + b"b" * 300_000, b"a=&" * 5_001, b"&" * 200_000])
def test_who_is_not_known_sends_no_more_than_a_form_may_hold(team: Team, body: bytes) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
    for path in ("/en/paris/people/invite", "/en/paris/correct"):
        answer = team.browser().client.post(path, content=body, headers=headers)
        assert answer.status_code == 413
        assert "tel:119" in answer.text
        assert len(answer.text) < 100_000


@pytest.mark.parametrize("carried", ["[", "[[1]]", '{"a": 1}', "[" * 5000, '[["a"]]', "null", '[["a", {}]]'])
def test_what_is_no_form_of_ours_is_not_carried(team: Team, carried: str) -> None:
    form = {"carried": carried, "carried_to": "/en/account"}
    assert team.browser().sign_in(team.person("ana"), **form).status_code == 303


def unescaped(text: str) -> str:
    import html

    return html.unescape(text)


def hidden_fields(page: str) -> dict[str, list[str]]:
    """The form that is sent on, as a browser reads it."""
    form = page.partition("<main")[2]
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        fields.setdefault(unescaped(name), []).append(unescaped(value))
    return fields


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("a=b; lanzarote-session=Ab-_9", "Ab-_9"),
        ("lanzarote-session=Ab-_9 ;a=b", "Ab-_9"),
        ('lanzarote-session="Ab"', ""),
        ('lanzarote-session="' + "\\\\" * 15_000 + '"', ""),
        ("lanzarote-session=" + "a" * 101, ""),
        ("other-lanzarote-session=Ab", ""),
        ("", ""),
    ],
)
def test_a_cookie_is_what_we_gave_or_nothing(header: str, found: str) -> None:
    """What is quoted is not unquoted: that alone can take seconds."""
    scope = {"scheme": "http", "headers": [(b"cookie", header.encode())]}
    assert cookie(scope, COOKIE) == found


def test_behind_https_the_session_cookie_is_taken_from_this_very_host_alone(paris: Instance, tmp_path: Path) -> None:
    """Even when the proxy that ends TLS does not say so."""
    with instance_like(paris, tmp_path, BASE_URL="https://lanzarote.test") as instance:
        app: Any = create_app(instance)
        team = Team(instance, app)
        answer = team.browser().sign_in(team.person("ana"))
        cookies = [line.split("; ") for line in answer.headers.get_list("set-cookie")]
        assert sorted(cookie[0].partition("=")[0] for cookie in cookies) == [
            "__Host-lanzarote-device", "__Host-lanzarote-session"
        ]  # fmt: skip
        for name, *attributes in cookies:
            assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= {*attributes}, name
            assert not any(one.lower().startswith("domain") for one in attributes)
        browser = team.browser()
        browser.client.cookies.set("lanzarote-session", cookies[0][0].partition("=")[2], domain="lanzarote.test")
        assert browser.get("/en/account").status_code == 303


@pytest.mark.parametrize("path", ["sign-in", "invitation/none", "reset/none", "", "second-factor", "tokens"])
def test_forms_with_a_password_wait_in_a_line_of_their_own(
    team: Team, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    browser = team.browser(team.person("ana"))
    monkeypatch.setattr(PASSWORDS, "room", 0)  # as many wait as may
    refused = browser.post(f"/en/account/{path}".rstrip("/"), {})
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    assert "Too many people are using the site just now" in refused.text
    assert browser.get("/en/account").status_code == 200


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_after_signing_in_one_stays_in_the_language_of_the_page(team: Team, lang: str) -> None:
    ana = team.person("ana")
    sent = {"address": ana.address, "password": GOOD}
    answer = team.browser().post(f"/{lang}/account/sign-in", sent)
    assert answer.headers["location"] == f"/{lang}/start"


def test_whose_role_needs_a_second_factor_is_told_what_opens_with_it(team: Team) -> None:
    """Nobody else is: neither who has one, nor whose role needs none."""
    root, ana = (
        team.person("root", Grant(role="administrator"), factor=True),
        team.person("ana", Grant(role="contributor", region_id="paris")),
    )
    weak = team.browser(root)
    page = weak.get("/en/start").text
    assert "Without one, this role does not count: Administrator. With it you also find: Change history, People" in page
    assert "You have no role" not in page
    refused = weak.get("/en/system")
    assert (refused.status_code, "Go back to the page" in refused.text) == (403, False)
    button = '<a class="button" href="/en/account/second-factor">Set up a second factor</a>'
    assert [button in page, button in refused.text] == [True, True]
    for browser in (team.browser(root, strong=True), team.browser(ana)):
        assert "Set up a second factor" not in browser.get("/en/start").text
    assert "Set up a second factor" not in team.browser(ana).get("/en/system").text
