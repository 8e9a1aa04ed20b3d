"""Who leads a region invites for it and for no other; nobody raises themselves."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from lanzarote.accounts import people, service
from lanzarote.accounts.model import Granted
from lanzarote.accounts.people import (
    ACTION_WORDS,
    BAR_TO_YOU,
    BAR_WORDS,
    ROLE_HELP,
    ROLE_WORDS,
    WHERE_TO_YOU,
    WHERE_WORDS,
)
from lanzarote.errors import Conflict, NotPermitted
from lanzarote.records.changelog import INSTANCE, Audit
from lanzarote.records.permissions import ACTIONS, BARRED, EVERYWHERE, OF_INSTANCE, ROLES, RULES, Actor, Grant, Role
from lanzarote.records.records import now
from lanzarote.store.database import ALL
from sqlalchemy import select

from tests.core.accounts.team import GOOD, Browser, Person, Team, field
from tests.core.activity.conftest import asked

LEAD = Grant(role="coordinator", region_id="paris")
ADMIN = Grant(role="administrator")
NEW = {"address": "new@school.example", "name": "New", "language": "fr", "roles": "contributor"}


@pytest.fixture
def lead(team: Team) -> Person:
    return team.person("lead", LEAD, factor=True)


def of(team: Team, person: Person) -> Browser:
    return team.browser(person, strong=True)


def grants_of(team: Team, person: Person | str) -> set[tuple[str, str]]:
    account_id = person if isinstance(person, str) else person.id
    with team.instance.database.read(INSTANCE) as session:
        rows = session.execute(select(Granted.role, Granted.region_id).where(Granted.account_id == account_id))
        return {(role, region_id) for role, region_id in rows}


def organisation(team: Team) -> Any:
    return team.instance.directory("paris")[0]


def test_an_invited_person_is_listed_with_role_and_organisation(team: Team, lead: Person) -> None:
    browser = of(team, lead)
    speaks_for = organisation(team)
    form = NEW | {"roles": ["representative", "contributor"], "stakeholder": speaks_for.id}
    assert browser.post("/en/paris/people/invite", form).status_code == 303
    page = browser.get("/en/paris/people").text
    [row] = [row for row in page.split("<tr>") if "new@school.example" in row]
    assert "Representative · " in row
    assert "invited" in row
    assert speaks_for.organisation.name["en"] in row
    assert team.mails()[-1]["To"] == "new@school.example"


@pytest.mark.parametrize(
    "wrong",
    [
        {"roles": []},
        {"roles": "administrator"},
        {"roles": ["contributor", "office"]},
        {"roles": "king"},
        {"roles": "representative"},
        {"roles": "representative", "stakeholder": "nobody"},
        {"address": "x"},
        {"name": ""},
    ],
)
def test_an_invitation_that_cannot_be_is_refused_and_stays_in_the_form(
    team: Team, lead: Person, wrong: dict[str, Any]
) -> None:
    browser = of(team, lead)
    answer = browser.post("/en/paris/people/invite", NEW | wrong)
    assert answer.status_code == 400
    assert (wrong.get("name", "New") or "value") in answer.text
    assert "new@school.example" not in browser.get("/en/paris/people").text


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("actor", ["coordinator", "administrator"])
def test_each_gives_the_roles_of_their_place(team: Team, actor: str, role: Role) -> None:
    by = Actor(account_id="x", grants=(LEAD if actor == "coordinator" else ADMIN,), strong=True)
    region_id = EVERYWHERE if role in OF_INSTANCE else "paris"
    ana = team.person("ana", Grant(role="contributor", region_id="paris"))
    given = Grant(role=role, region_id=region_id, stakeholder_id="s" if role == "representative" else "")
    may = actor == "administrator" or role not in OF_INSTANCE
    with team.instance.database.write([INSTANCE, "paris"]) as session:
        if may:
            people.give(session, ana.id, given, by=by, at=now())
        else:
            with pytest.raises(NotPermitted):
                people.give(session, ana.id, given, by=by, at=now())
    assert ((role, region_id) in grants_of(team, ana)) is may


@pytest.mark.parametrize("role", [role for role in ROLES if role not in OF_INSTANCE])
def test_a_coordinator_gives_and_takes_nothing_elsewhere(team: Team, role: Role) -> None:
    by = Actor(account_id="x", grants=(LEAD,), strong=True)
    ana = team.person("ana", Grant(role="contributor", region_id="lyon"))
    given = Grant(role=role, region_id="lyon", stakeholder_id="s")
    with team.instance.database.write(ALL) as session:
        acts: tuple[Callable[[], object], ...] = (
            lambda: people.give(session, ana.id, given, by=by, at=now()),
            lambda: people.take(session, ana.id, "contributor", "lyon", by=by, at=now()),
            lambda: people.invite_again(session, ana.id, "lyon", by=by),
            lambda: people.invite(
                session, "lyon", address="b@school.example", name="B", language="fr", roles=[given], by=by, at=now()
            ),
            # Of the region that is checked and not of the one that is meant.
            lambda: people.invite(
                session, "paris", address="b@school.example", name="B", language="fr", roles=[given], by=by, at=now()
            ),
        )
        for act in acts:
            with pytest.raises((NotPermitted, service.Refused)):
                act()
    assert grants_of(team, ana) == {("contributor", "lyon")}


@pytest.mark.parametrize("mine", [LEAD, ADMIN, Grant(role="office")])
@pytest.mark.parametrize("wanted", ROLES)
def test_nobody_raises_themselves(team: Team, mine: Grant, wanted: Role) -> None:
    me = team.person("me", mine)
    by = Actor(account_id=me.id, grants=(mine,), strong=True)
    region_id = EVERYWHERE if wanted in OF_INSTANCE else "paris"
    given = Grant(role=wanted, region_id=region_id, stakeholder_id="s")
    with team.instance.database.write([INSTANCE, "paris"]) as session:
        acts: tuple[Callable[[], object], ...] = (
            lambda: people.give(session, me.id, given, by=by, at=now()),
            lambda: people.invite(
                session, region_id, address=me.address, name="Me", language="fr", roles=[given], by=by, at=now()
            ),
        )
        for act in acts:
            with pytest.raises(NotPermitted):
                act()
    assert grants_of(team, me) == {(mine.role, mine.region_id)}


def test_nobody_raises_themselves_by_the_pages(team: Team, lead: Person) -> None:
    browser = of(team, lead)
    page = browser.get(f"/en/paris/people/{lead.id}").text
    assert BARRED["self"] in page
    assert browser.post(f"/en/paris/people/{lead.id}", {"what": "give", "role": "reviewer"}).status_code == 403
    assert browser.post("/en/paris/people/invite", NEW | {"address": lead.address}).status_code == 403
    assert grants_of(team, lead) == {("coordinator", "paris")}


def test_a_role_is_given_and_taken_on_the_page_of_a_person(team: Team, lead: Person) -> None:
    ana = team.person("ana", Grant(role="contributor", region_id="paris"))
    browser, place = of(team, lead), f"/en/paris/people/{ana.id}"
    before = browser.get(place).text
    assert browser.post(place, {"what": "give", "role": "reviewer"}).status_code == 303
    [offered] = re.findall(r'name="what" value="take"><input type="hidden" name="role" value="(\w+)"', before)
    taking = {"what": "take", "role": offered}
    asked = browser.post(place, taking)
    assert asked.status_code == 200
    assert grants_of(team, ana) == {("contributor", "paris"), ("reviewer", "paris")}
    for words in ("Ana", "Contributor", "What they wrote and did stays"):
        assert words in asked.text
    for words in ("Nobody will lead the group", "last role"):
        assert words not in asked.text
    assert browser.post(place, taking | {"sure": field(asked.text, "sure")}).status_code == 303
    assert grants_of(team, ana) == {("reviewer", "paris")}
    with team.instance.database.read("paris") as session:
        lines = session.execute(select(Audit.verb, Audit.actor).where(Audit.record_id == ana.id).order_by(Audit.seq))
        assert [tuple(line) for line in lines] == [
            ("grant contributor", "test"), ("grant reviewer", lead.id), ("revoke contributor", lead.id)
        ]  # fmt: skip


def test_who_takes_the_last_coordinator_or_the_last_role_away_reads_what_follows(team: Team, lead: Person) -> None:
    admin = team.person("admin", ADMIN, LEAD, factor=True)
    browser, place = of(team, lead), f"/en/paris/people/{admin.id}"
    taking = {"what": "take", "role": "coordinator"}
    asked = browser.post(place, taking).text
    assert "Nobody will lead the group" not in asked  # the reader stays
    assert "This is the last role of Admin here" in asked
    browser = of(team, admin)
    assert browser.post(place, taking).status_code == 403  # not from oneself
    with team.instance.database.write([INSTANCE, "paris"]) as session:
        service.revoke(session, service.account(session, admin.id), "coordinator", "paris", by="test", at=now())
    asked = browser.post(f"/en/paris/people/{lead.id}", taking).text
    assert "Nobody will lead the group" in asked
    assert grants_of(team, lead) == {("coordinator", "paris")}
    assert browser.post(f"/en/paris/people/{lead.id}", taking | {"role": "reviewer"}).status_code == 404


def test_a_person_of_another_region_is_not_found(team: Team, lead: Person) -> None:
    stranger = team.person("stranger", Grant(role="contributor", region_id="lyon"))
    browser = of(team, lead)
    for path in (f"/en/paris/people/{stranger.id}", "/en/paris/people/nobody"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert "stranger" not in answer.text
    assert "stranger" not in browser.get("/en/paris/people").text


def test_an_administrator_keeps_the_roles_of_the_instance(team: Team) -> None:
    admin, ana = team.person("admin", ADMIN, factor=True), team.person("ana")
    browser = of(team, admin)
    assert "ana@school.example" in browser.get("/en/people").text
    assert browser.post(f"/en/people/{ana.id}", {"what": "give", "role": "office"}).status_code == 303
    assert browser.post(f"/en/people/{ana.id}", {"what": "give", "role": "contributor"}).status_code == 400
    assert grants_of(team, ana) == {("office", "")}


def test_a_closed_account_is_gone_for_good(team: Team) -> None:
    admin = team.person("admin", ADMIN, factor=True)
    ana = team.person("ana", Grant(role="contributor", region_id="paris"))
    inside = team.browser(ana)
    browser = of(team, admin)
    page = browser.get(f"/en/people/{ana.id}/close")
    assert "cannot be opened again" in page.text
    assert browser.post(f"/en/people/{ana.id}/close").status_code == 303
    assert "ana@school.example" not in browser.get("/en/people").text
    assert inside.get("/en/account").status_code == 303
    assert team.browser().sign_in(ana).status_code == 403
    assert browser.post(f"/en/people/{admin.id}/close").status_code == 403


def test_a_lost_second_factor_is_reset_by_an_administrator_and_the_person_is_told(team: Team, lead: Person) -> None:
    admin = team.browser(team.person("admin", ADMIN, factor=True), strong=True)
    there = f"/en/people/{lead.id}/factor"
    inside = of(team, lead)
    assert inside.get(there).status_code == 403
    signing_in = team.browser().post("/en/account/sign-in", {"address": lead.address, "password": GOOD})
    assert "Lost your phone?" in signing_in.text
    assert there in admin.get(f"/en/people/{lead.id}").text
    assert "Reset the second factor" in admin.get(there).text
    assert inside.get("/en/account").status_code == 200
    assert admin.post(there).status_code == 303
    assert inside.get("/en/account").status_code == 303
    assert "The second factor of your account was reset." in team.mail_to(lead.address).get_content().replace("\n", " ")
    assert there not in admin.get(f"/en/people/{lead.id}").text
    assert admin.post(there).status_code == 412
    with team.instance.database.read(INSTANCE) as session:
        assert "reset factor" in session.scalars(select(Audit.verb).where(Audit.record_id == lead.id)).all()
    again = team.browser()
    assert again.sign_in(Person(id=lead.id, address=lead.address)).status_code == 303
    assert again.get("/en/account/second-factor").status_code == 200


def test_the_last_administrator_is_not_taken_away(team: Team) -> None:
    admin = team.person("admin", ADMIN, factor=True)
    by = Actor(account_id="other", grants=(ADMIN,), strong=True)
    with team.instance.database.write(INSTANCE) as session, pytest.raises(Conflict):
        people.take(session, admin.id, "administrator", "", by=by, at=now())


def test_an_invitation_can_be_sent_once_more(team: Team, lead: Person) -> None:
    browser = of(team, lead)
    browser.post("/en/paris/people/invite", NEW)
    first = team.mails()
    found = re.search(r'href="/en/paris/people/([0-9a-f-]{36})">New<', browser.get("/en/paris/people").text)
    assert found
    assert browser.post(f"/en/paris/people/{found[1]}", {"what": "again"}).status_code == 303
    assert [mail["To"] for mail in team.mails()[len(first) :]] == ["new@school.example"]


def test_an_administrator_hides_a_region_and_shows_it_again(team: Team) -> None:
    browser = of(team, team.person("admin", ADMIN, factor=True))
    assert "Hide the region from the public" in browser.get("/en/people").text
    asked = browser.post("/en/people/regions", {"region": "paris", "on": "no"})
    assert asked.status_code == 200
    assert "Nothing is deleted" in asked.text
    assert team.browser().get("/en/paris").status_code == 200, "asked first"
    assert browser.post("/en/people/regions", {"region": "lyon", "on": "no"}).status_code == 404
    hidden = browser.post("/en/people/regions", {"region": "paris", "on": "no", "sure": "yes"})
    assert hidden.status_code == 303
    assert team.browser().get("/en/paris").status_code == 404
    page = browser.get(hidden.headers["location"]).text
    assert "The public cannot read it." in page
    assert "Undo: show the region again" in page
    assert browser.post("/en/people/regions", {"region": "paris", "on": "yes"}).status_code == 303
    assert team.browser().get("/en/paris").status_code == 200
    assert browser.post("/en/people/regions", {"region": "lyon", "on": "yes"}).status_code == 404
    with team.instance.database.read("paris") as session:
        lines = session.scalars(select(Audit.verb).where(Audit.kind == "region").order_by(Audit.seq)).all()
    assert lines == ["hide", "show"]


@pytest.mark.parametrize("path", ["/en/paris/people", "/en/people"])
def test_a_page_of_people_costs_the_same_for_one_and_for_a_hundred(
    team: Team, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = team.person("lead", LEAD, ADMIN, factor=True)
    browser = of(team, lead)
    speaks_for = organisation(team).id

    def queries() -> int:
        return asked(team.instance, monkeypatch, lambda: browser.get(path))

    # Whose session it is, their roles; then the people, the roles they have, and which of these are suspended.
    few = queries()
    assert few <= 6
    for number in range(100):
        team.person(f"p{number}", Grant(role="representative", region_id="paris", stakeholder_id=speaks_for))
    assert queries() == few
    assert browser.get(path).text.count("<tr>") == 102


# ---------------------------------------------------------------------------------------------------------------------
# Who can do what


def test_every_role_action_place_and_bar_has_its_words() -> None:
    assert list(ACTION_WORDS) == list(ACTIONS)
    assert {*ROLE_WORDS} == {*ROLE_HELP} == {*ROLES}
    assert {*WHERE_WORDS} == {*WHERE_TO_YOU} >= {where for rules in RULES.values() for where in rules.values()}
    assert {*BAR_WORDS} == {*BAR_TO_YOU} == {*BARRED}


def test_the_table_of_the_page_is_the_table_that_decides(team: Team) -> None:
    page = team.browser().get("/en/paris/roles").text
    rows = re.findall(r'<tr><th scope="row">([^<]+).*?</th>(.*?)</tr>', page)
    shown = {action: re.findall(r"<td>(.*?)</td>", cells) for action, cells in rows}
    assert shown == {
        ACTION_WORDS[action]: [WHERE_WORDS[rules[role]] if role in rules else "–" for role in ROLES]
        for action, rules in RULES.items()
    }


def test_the_page_says_to_each_what_they_may_and_why_not(team: Team, lead: Person) -> None:
    def mine(browser: Browser, path: str = "/en/paris/roles") -> dict[str, str]:
        lines = re.findall(r"<dt>([^<]+)</dt><dd><strong>(yes|no)</strong>(?: · ([^<]+))?", browser.get(path).text)
        return {action: f"{answer}: {told}" for action, answer, told in lines}

    ana = team.person("ana", Grant(role="contributor", region_id="paris"))
    assert mine(team.browser()) == {}
    hers = mine(team.browser(ana))
    assert hers["Write practices"] == "yes: all in the region"
    assert hers["Assess practices"] == "no: None of your roles here allows this."
    weak = mine(team.browser(lead))
    assert weak["Close accounts, reset second factors"] == "no: None of your roles here allows this."
    assert weak["Erase something for good"].startswith("no: Your role allows this, but only after")
    strong = mine(of(team, lead))
    assert strong["Publish practices or return them"] == (
        "yes: all in the region, not what you submitted, not what names your organisation"
    )
    assert strong["Invite people, give and take roles"] == "yes: all in the region, not for yourself"
    assert mine(of(team, lead), "/en/roles")["Write practices"].startswith(
        "no: Your roles allow this in another region"
    )
