"""Groups of an institution propose roles and give none; who leaves the group loses the role that rests on it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from lanzarote import Identity, ProposedRole
from lanzarote.accounts import people, service, tokens
from lanzarote.accounts.model import ApiToken, Granted, GroupRole, ProviderIdentity, SignedIn
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import ACTIONS, Grant
from lanzarote.records.records import now
from lanzarote.records.tasks import Task
from lanzarote.store.database import ALL
from msgspec.structs import replace
from sqlalchemy import func, select, update

from tests.core.accounts.team import Browser, Person, Team
from tests.core.accounts.town import ANA, ISSUER, Town

LEADS = Grant(role="coordinator", region_id="paris")
READS = Grant(role="reviewer", region_id="paris")
PROPOSED = ProposedRole(group="lead", role="reviewer", region="paris")
IN_GROUP = replace(ANA, groups=("all", "lead"), roles=(PROPOSED,))
IN_NONE = replace(ANA, groups=("all",))


@pytest.fixture
def town(team: Team) -> Town:
    town = Town(IN_GROUP)
    team.instance.host.add("town", town)
    return town


@pytest.fixture
def head(team: Team) -> Browser:
    """Of a coordinator."""
    return team.browser(team.person("head", LEADS, factor=True), strong=True)


@pytest.fixture
def ana(team: Team) -> Person:
    """Somebody whose account is linked, with no role here."""
    ana = team.person("ana")
    with team.instance.database.write(INSTANCE) as session:
        known = {"issuer": ISSUER, "subject": "ana", "provider": "town"}
        session.add(ProviderIdentity(**known, account_id=ana.id, made_at=now(), seen_at=None))
    return ana


def sign_in(team: Team, town: Town, says: Identity) -> Browser:
    town.says = says
    browser = team.browser()
    assert town.through(browser).status_code == 303
    return browser


def open_tasks(team: Team) -> list[tuple[str, dict[str, Any]]]:
    with team.instance.database.read("paris") as session:
        rows = session.scalars(select(Task).where(Task.done_at.is_(None), Task.kind.startswith("group-"))).all()
        return [(row.kind, row.told()) for row in rows]


def answer(team: Team, head: Browser, do: str) -> Any:
    with team.instance.database.read("paris") as session:
        task = session.scalars(select(Task.id).where(Task.done_at.is_(None), Task.kind.startswith("group-"))).one()
    head.get(f"/en/paris/team/tasks/{task}")
    return head.post(f"/en/paris/team/tasks/{task}", {"do": do})


def roles(team: Team, person: Person) -> list[str]:
    with team.instance.database.read(INSTANCE) as session:
        return list(session.scalars(select(Granted.role).where(Granted.account_id == person.id)))


def may_read(browser: Browser) -> bool:
    """Whether the role of a reviewer counts."""
    return bool(browser.get("/en/paris/team/practices").status_code == 200)


def token_of(team: Team, person: Person) -> str:
    with team.instance.database.write(INSTANCE) as session:
        return tokens.make(
            session, person.id, name="All", actions=ACTIONS, region_id="", strong=False,
            ends_at=now() + timedelta(days=300), at=now(),
        )  # fmt: skip


def works(team: Team, token: str) -> int:
    answer = team.browser().client.get(
        "/api/v1/regions/paris/team/practices", headers={"authorization": f"Bearer {token}"}
    )
    return int(answer.status_code)


def test_a_group_proposes_a_role_and_gives_none(team: Team, town: Town, ana: Person, head: Browser) -> None:
    browser = sign_in(team, town, IN_GROUP)
    assert roles(team, ana) == []
    assert not may_read(browser)
    told = {"account": ana.id, "role": "reviewer", "provider": "town", "group": "lead"}
    assert open_tasks(team) == [("group-role", told)]
    sign_in(team, town, IN_GROUP)
    assert len(open_tasks(team)) == 1  # and not once more at each sign-in

    page = head.get("/en/paris/team/tasks")
    [link] = re.findall(r'href="(/en/paris/team/tasks/[0-9a-f-]{36})"', page.text)
    page = head.get(link)
    for word in ("Ana", "Reviewer", "lead (Town hall)", "Give the role", "Refuse the role"):
        assert word in page.text
    assert answer(team, head, "accept").headers["location"] == "/en/paris/team/tasks?done=settled"
    assert roles(team, ana) == ["reviewer"]
    assert may_read(browser)
    assert open_tasks(team) == []
    assert head.post(link, {"do": "accept"}).status_code == 412


def test_a_role_that_was_refused_is_not_proposed_again_until_the_group_was_left(
    team: Team, town: Town, ana: Person, head: Browser
) -> None:
    sign_in(team, town, IN_GROUP)
    answer(team, head, "refuse")
    sign_in(team, town, IN_GROUP)
    assert (roles(team, ana), open_tasks(team)) == ([], [])
    sign_in(team, town, IN_NONE)
    sign_in(team, town, IN_GROUP)
    assert [kind for kind, _ in open_tasks(team)] == ["group-role"]
    sign_in(team, town, IN_NONE)
    assert open_tasks(team) == []  # nothing is left to decide


def test_nobody_accepts_a_role_for_themselves(team: Team, town: Town) -> None:
    head = team.person("ana", LEADS, factor=True)
    with team.instance.database.write(INSTANCE) as session:
        known = {"issuer": ISSUER, "subject": "ana", "provider": "town"}
        session.add(ProviderIdentity(**known, account_id=head.id, made_at=now(), seen_at=None))
    browser = sign_in(team, town, replace(IN_GROUP, strong=True))
    assert [kind for kind, _ in open_tasks(team)] == ["group-role"]
    assert answer(team, browser, "accept").status_code == 403
    assert roles(team, head) == ["coordinator"]


def test_whoever_leaves_the_group_loses_role_sessions_and_tokens_at_once(
    team: Team, town: Town, ana: Person, head: Browser
) -> None:
    first = sign_in(team, town, IN_GROUP)
    answer(team, head, "accept")
    token = token_of(team, ana)
    assert (may_read(first), works(team, token)) == (True, 200)

    second = sign_in(team, town, IN_NONE)
    assert first.get("/en/account").status_code == 303
    assert second.get("/en/account").status_code == 200
    assert not may_read(second)
    assert works(team, token) == 401
    assert not may_read(team.browser(ana))  # with the password neither
    assert [kind for kind, _ in open_tasks(team)] == ["group-lost"]
    assert "Suspended: no longer in the group lead of Town hall." in head.get("/en/paris/people").text

    third = sign_in(team, town, IN_GROUP)
    assert may_read(third)
    assert open_tasks(team) == []
    assert "Suspended" not in head.get("/en/paris/people").text


@pytest.mark.parametrize(("do", "left"), [("accept", ["reviewer"]), ("refuse", [])])
def test_coordinators_decide_what_becomes_of_a_role_whose_group_was_left(
    team: Team, town: Town, ana: Person, head: Browser, do: str, left: list[str]
) -> None:
    sign_in(team, town, IN_GROUP)
    answer(team, head, "accept")
    sign_in(team, town, IN_NONE)
    answer(team, head, do)
    assert roles(team, ana) == left
    assert may_read(team.browser(ana)) == bool(left)
    browser = sign_in(team, town, IN_NONE)
    assert may_read(browser) == bool(left)
    assert open_tasks(team) == []


def test_a_group_that_nobody_confirmed_for_a_month_bears_no_role(
    team: Team, town: Town, ana: Person, head: Browser
) -> None:
    sign_in(team, town, IN_GROUP)
    answer(team, head, "accept")
    token = token_of(team, ana)
    with team.instance.database.write(INSTANCE) as session:
        session.execute(update(GroupRole).values(confirmed_at=now() - timedelta(days=31)))
    assert not may_read(team.browser(ana))
    assert works(team, token) == 403
    assert "Suspended: Town hall has not confirmed the group lead since" in head.get("/en/paris/people").text
    assert may_read(sign_in(team, town, IN_GROUP))
    assert works(team, token) == 200  # nothing was lost


def test_what_the_provider_does_not_say_changes_nothing(team: Team, town: Town, ana: Person, head: Browser) -> None:
    sign_in(team, town, IN_GROUP)
    answer(team, head, "accept")
    assert may_read(sign_in(team, town, replace(ANA, groups=None)))
    renamed = replace(ANA, groups=("lead", "leaders"), roles=(replace(PROPOSED, group="leaders"),))
    assert may_read(sign_in(team, town, renamed))
    assert may_read(sign_in(team, town, replace(ANA, groups=("leaders",))))  # the settings name it no longer


def test_roles_that_were_given_by_hand_rest_on_no_group(team: Team, town: Town, ana: Person, head: Browser) -> None:
    sign_in(team, town, IN_GROUP)
    with team.instance.database.write(ALL) as session:
        service.grant(session, service.account(session, ana.id), READS, by="test", at=now())
    assert open_tasks(team) == []
    assert may_read(sign_in(team, town, IN_NONE))


def test_a_role_that_was_taken_away_is_not_proposed_again(team: Team, town: Town, ana: Person, head: Browser) -> None:
    sign_in(team, town, IN_GROUP)
    answer(team, head, "accept")
    with team.instance.database.write(ALL) as session:
        service.revoke(session, service.account(session, ana.id), "reviewer", "paris", by="test", at=now())
    sign_in(team, town, IN_GROUP)
    assert (roles(team, ana), open_tasks(team)) == ([], [])
    sign_in(team, town, IN_NONE)
    assert open_tasks(team) == []  # it rests on the group no longer


def test_a_region_that_is_not_written_here_gets_no_role(team: Team, town: Town, ana: Person) -> None:
    sign_in(team, town, replace(IN_GROUP, roles=(replace(PROPOSED, region="atlantis"),)))
    with team.instance.database.read(INSTANCE) as session:
        assert session.scalar(select(func.count()).select_from(GroupRole)) == 0


def test_a_closed_account_leaves_no_task(team: Team, town: Town, ana: Person) -> None:
    sign_in(team, town, IN_GROUP)
    with team.instance.database.write(ALL) as session:
        service.close(session, service.account(session, ana.id), by="test", at=now())
        for table in (GroupRole, SignedIn, ApiToken):
            assert session.scalar(select(func.count()).select_from(table)) == 0
    assert open_tasks(team) == []


def test_only_who_may_know_the_people_reads_whom_it_is_about(team: Team, town: Town, ana: Person) -> None:
    sign_in(team, town, IN_GROUP)
    other = team.person("bo", Grant(role="contributor", region_id="paris"))
    page = team.browser(other).get("/en/paris/team/tasks").text
    [link] = re.findall(r'href="(/en/paris/team/tasks/[0-9a-f-]{36})"', page)
    page = team.browser(other).get(link).text
    assert "lead (Town hall)" not in page
    told = team.browser().client.get(
        f"/api/v1{link.removeprefix('/en').replace('/paris', '/regions/paris')}",
        headers={"authorization": f"Bearer {token_of(team, other)}"},
    )
    assert (told.status_code, json.loads(told.text)["about"]) == (200, {})


def test_who_works_here_is_still_listed(team: Team, town: Town, ana: Person, head: Browser) -> None:
    sign_in(team, town, IN_GROUP)
    answer(team, head, "accept")
    sign_in(team, town, IN_NONE)
    with team.instance.database.read(INSTANCE) as session:
        assert "Ana" in [one.name for one in people.list_people(session, "paris")]
        assert service.holders(session, "reviewer", "paris") == []
