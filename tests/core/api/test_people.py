"""Who am I, which rights has my token, who else is here; what a token leaves out and when it ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lanzarote.accounts import sessions
from lanzarote.accounts.model import Account, ApiToken, Attempts, Granted
from lanzarote.records.changelog import INSTANCE, Audit
from lanzarote.records.permissions import ACTIONS, ROLES, RULES
from lanzarote.records.records import now
from lanzarote.store.database import ALL
from sqlalchemy import delete, select, update

from tests.core.api.programs import API, BEARER, PARIS, TEAM, WHOLE, Program, Programs, problem

PEOPLE = f"{PARIS}/team/people"
GUEST: dict[str, Any] = {
    "address": "guest@school.example", "name": "Gil Guest", "language": "fr", "roles": [{"role": "contributor"}],
}  # fmt: skip


def test_a_program_asks_whose_it_is_and_what_it_may(programs: Programs) -> None:
    one = programs.of("reviewer", name="Rim", actions=["practice.read", "practice.publish"], region="paris")
    assert one.get(f"{API}/me") == {
        "id": one.id,
        "name": "Rim",
        "language": "en",
        "roles": [{"role": "reviewer", "region": "paris", "stakeholder": ""}],
        "token": {"actions": ["practice.read", "practice.publish"], "region": "", "strong": True},
        "rights": [{"action": "practice.read", "region": "paris"}, {"action": "practice.publish", "region": "paris"}],
    }
    refused = programs.nobody.ask("GET", f"{API}/me")
    assert (refused.status_code, "Authorization: Bearer lz_" in problem(refused)["detail"]) == (401, True)


# What a token leaves


@pytest.mark.parametrize("action", ["practice.write", "practice.publish", "practice.withdraw", "record.erase"])
def test_what_a_token_was_not_given_it_may_not_do(
    programs: Programs, writer: Program, head: Program, action: str
) -> None:
    rest = programs.again(head, actions=[one for one in ACTIONS if one != action])
    path = writer.begin()
    name, body = {
        "practice.write": ("submit", BEARER),
        "practice.publish": ("give-back", {"reason": "Pas encore."}),
        "practice.withdraw": ("archive", {}),
        "record.erase": ("erase", {}),
    }[action]
    if name == "give-back":
        writer.step(path, "submit", BEARER)
    refused = rest.step(path, name, body)
    assert (refused.status_code, problem(refused)["detail"]) == (403, "The token you use does not allow this.")
    assert head.step(path, name, body).status_code in (200, 204)


def test_a_token_for_one_region_opens_no_other(programs: Programs, head: Program) -> None:
    elsewhere = programs.again(head, region="elsewhere")
    assert elsewhere.ask("GET", TEAM).status_code == 403
    assert elsewhere.ask("POST", TEAM, WHOLE).status_code == 403
    assert elsewhere.get(f"{API}/me")["rights"] == []


def test_a_role_that_needs_a_second_factor_does_not_count_in_a_token_without(programs: Programs, head: Program) -> None:
    weak = programs.again(head, strong=False)
    refused = weak.ask("GET", PEOPLE)
    assert (refused.status_code, "second factor" in problem(refused)["detail"]) == (403, True)


def test_a_token_that_ended_or_was_taken_back_changes_nothing(programs: Programs, writer: Program) -> None:
    database = programs.instance.database
    ended, revoked = programs.again(writer), programs.again(writer)
    with database.write(INSTANCE) as session:
        rows = session.scalars(
            select(ApiToken).where(ApiToken.account_id == writer.id).order_by(ApiToken.made_at.desc())
        ).all()
        rows[1].ends_at = now() - timedelta(seconds=1)
        session.delete(rows[0])
    for one in (ended, revoked):
        answer = one.ask("POST", TEAM, WHOLE)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (
            401, 'Bearer realm="lanzarote", error="invalid_token"',
        )  # fmt: skip


def test_a_right_that_was_taken_counts_no_more_at_once(programs: Programs) -> None:
    one = programs.of("contributor")
    one.begin()
    with programs.instance.database.write(ALL) as session:
        session.execute(delete(Granted).where(Granted.account_id == one.id))
    assert one.ask("POST", TEAM, WHOLE).status_code == 403


def test_a_session_cookie_alone_reads_and_changes_nothing(programs: Programs, writer: Program) -> None:
    with programs.instance.database.write(INSTANCE) as session:
        begun = sessions.begin(session, session.get_one(Account, writer.id), strong=True, device="", at=now())
    nobody = programs.nobody
    for headers in ({"cookie": f"lanzarote-session={begun.token}"}, {"authorization": "Basic YTpi"}):
        assert nobody.ask("POST", TEAM, WHOLE, **headers).status_code == 401
        assert nobody.ask("GET", TEAM, **headers).status_code == 401


def test_who_guesses_tokens_is_slowed_down_and_nobody_else(programs: Programs, writer: Program) -> None:
    with programs.instance.database.write(INSTANCE) as session:
        session.execute(delete(Attempts))
    guesser = Program(programs.client, "lz_wrong")
    answers = [guesser.ask("GET", f"{API}/me") for _ in range(22)]
    assert [answer.status_code for answer in answers[:20]] == [401] * 20
    refused = answers[-1]
    assert (refused.status_code, problem(refused)["title"]) == (429, "Too Many Requests")
    assert int(refused.headers["retry-after"]) > 0
    assert writer.ask("GET", f"{API}/me").status_code == 200
    assert programs.nobody.ask("GET", f"{PARIS}/practices?limit=1").status_code == 200
    with programs.instance.database.write(INSTANCE) as session:
        session.execute(update(Attempts).values(last_at=now() - timedelta(hours=2)))
    assert guesser.ask("GET", f"{API}/me").status_code == 401


# The people of a region


def test_people_are_invited_given_roles_and_deprived_of_them(programs: Programs, head: Program) -> None:
    made = head.ask("POST", PEOPLE, GUEST)
    assert made.status_code == 201
    path = made.headers["location"]
    assert path == f"{PEOPLE}/{made.json()['id']}"
    guest = head.get(path)
    assert (guest["name"], guest["address"], guest["state"]) == ("Gil Guest", "guest@school.example", "invited")
    assert path.rpartition("/")[2] in [one["id"] for one in head.get(PEOPLE)["items"]]
    assert head.ask("POST", f"{path}/roles", {"role": "reviewer", "stakeholder": "tj-paris"}).status_code == 200
    assert [one["role"] for one in head.get(path)["roles"]] == ["contributor", "reviewer"]
    assert head.ask("POST", f"{path}/invite-again", {}).status_code == 200
    for role in ("contributor", "reviewer"):
        assert head.ask("DELETE", f"{path}/roles/{role}", content_type=None, idempotency_key=None).status_code == 204
    assert head.ask("GET", path).status_code == 404
    with programs.instance.database.read([INSTANCE, "paris"]) as session:
        query = select(Audit.verb, Audit.actor).where(Audit.record_id == made.json()["id"]).order_by(Audit.at)
        assert [tuple(row) for row in session.execute(query)] == [
            ("invite", head.id), ("grant contributor", head.id), ("grant reviewer", head.id),
            ("revoke contributor", head.id), ("revoke reviewer", head.id),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"address": "nonsense"}, "address"),
        ({"name": " "}, "name"),
        ({"roles": [{"role": "administrator"}]}, "roles"),
        ({"roles": [{"role": "contributor", "stakeholder": "nowhere"}]}, "stakeholder"),
        ({"roles": [{"role": "representative"}]}, "stakeholder"),
    ],
)
def test_an_invitation_that_cannot_be_is_refused(head: Program, wrong: dict[str, Any], field: str) -> None:
    refused = head.ask("POST", PEOPLE, GUEST | {"address": "other@school.example"} | wrong)
    assert (refused.status_code, [one["field"] for one in problem(refused)["errors"]]) == (422, [field])


def test_nobody_changes_their_own_roles(head: Program) -> None:
    refused = head.ask("POST", f"{PEOPLE}/{head.id}/roles", {"role": "reviewer"})
    assert (refused.status_code, "their own roles" in problem(refused)["detail"]) == (403, True)


def test_an_administrator_keeps_the_accounts_of_the_instance(programs: Programs) -> None:
    chief, other = programs.of("administrator"), programs.of("administrator")
    made = chief.ask("POST", f"{API}/people", GUEST | {"address": "o@school.example", "roles": [{"role": "office"}]})
    assert made.status_code == 201
    path = made.headers["location"]
    assert path.startswith(f"{API}/people/")
    closed = chief.ask("POST", f"{path}/close", {})
    assert (closed.status_code, chief.ask("GET", path).status_code) == (204, 404)
    assert chief.ask("DELETE", f"{API}/people/{other.id}/roles/administrator", content_type=None).status_code == 204
    assert chief.ask("POST", f"{API}/people/{chief.id}/close", {}).status_code == 403


def test_nobody_finds_out_who_has_an_account_elsewhere(programs: Programs, head: Program) -> None:
    stranger = programs.of("contributor", region="elsewhere")
    unknown = "01890000-0000-7000-8000-000000000000"
    real, none = (head.ask("GET", f"{PEOPLE}/{one}") for one in (stranger.id, unknown))
    assert (real.status_code, real.content) == (none.status_code, none.content) == (404, none.content)


# Everybody and everything


def test_every_right_in_the_table_is_told_by_me(programs: Programs) -> None:
    body = programs.instance.directory("paris")[0].id
    for role in ROLES:
        one = programs.of(role, organisation=body)
        told = {right["action"] for right in one.get(f"{API}/me")["rights"]}
        assert told == {action for action, rules in RULES.items() if role in rules}, role


def test_when_somebody_was_last_here_is_told_by_the_day_of_the_region(programs: Programs, head: Program) -> None:
    with programs.instance.database.write(INSTANCE) as session:
        late = datetime(2031, 3, 1, 23, 30, tzinfo=UTC)
        session.execute(update(Account).where(Account.id == head.id).values(seen_at=late))
    assert head.get(f"{PEOPLE}/{head.id}")["seen_on"] == "2031-03-02"
    listed = {one["id"]: one["seen_on"] for one in head.get(PEOPLE)["items"]}
    assert listed[head.id] == "2031-03-02"
