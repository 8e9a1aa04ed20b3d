"""Accounts and roles from the command line: for the first administrator, and for whoever has no mail."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from lanzarote.accounts import commands, service
from lanzarote.accounts.commands import BY
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.records.changelog import INSTANCE, Audit
from sqlalchemy import select

from tests.core.cli.conftest import Run

ANA = "ana@school.example"


def test_the_first_administrator_comes_in_by_a_printed_link(run: Run, paris_here: None) -> None:
    assert run("user", "list").out == (
        "Nobody has an account; invite the first administrator: lanzarote user add ADDRESS\n"
    )
    added = run("user", "add", ANA, "--name", "Ana", "--language", "fr")
    assert added.code == 0
    assert re.search(r"^http://127\.0\.0\.1:8400/fr/account/invitation/[\w-]{43}$", added.out, re.MULTILINE)
    granted = run("grant", ANA, "administrator")
    assert (granted.code, granted.out) == (0, f"{ANA} is now administrator.\n")
    assert run("user", "list").out == f"{ANA}  invited  never here  administrator\n"
    again = run("user", "link", ANA)
    assert "/account/invitation/" in again.out
    assert again.out != added.out


def test_with_a_mail_server_the_invitation_is_mailed(
    run: Run, paris_here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANZAROTE_SMTP", "smtps://mail.example.org")
    monkeypatch.setenv("LANZAROTE_MAIL_FROM", "lanzarote@example.org")
    added = run("user", "add", ANA)
    assert "/account/invitation/" not in added.out
    assert "The running site sends the invitation." in added.out


def test_roles_are_given_and_taken_with_the_organisation(run: Run, paris_here: None, data: Path) -> None:
    run("user", "add", ANA)
    with new_instance(read_settings({"LANZAROTE_DATA": str(data)})) as instance:
        organisation = instance.directory("paris")[0]
    assert run("grant", ANA, "representative", "paris", "--organisation", organisation.slug).code == 0
    assert run("grant", ANA, "reviewer", "paris").out == f"{ANA} is now reviewer in paris.\n"
    assert run("grant", ANA, "reviewer", "paris", "--revoke").out == f"{ANA} is no longer reviewer in paris.\n"
    assert run("user", "list").out == f"{ANA}  invited  never here  representative paris\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("grant", "bob@school.example", "reviewer", "paris"), "Nobody has the address bob@school.example"),
        (("grant", ANA, "king", "paris"), "'king' is no role; the roles are: representative, contributor"),
        (("grant", ANA, "reviewer"), "The role reviewer belongs to a region; name one of: paris."),
        (("grant", ANA, "reviewer", "lyon"), "name one of: paris."),
        (("grant", ANA, "office", "paris"), "The role office belongs to the whole instance; leave the region out."),
        (("grant", ANA, "representative", "paris"), "Name the organisation that a representative speaks for."),
        (("grant", ANA, "reviewer", "paris", "--organisation", "x"), "has no organisation 'x'"),
        (("grant", ANA, "reviewer", "paris", "--revoke"), "The person does not have this role."),
        (("user", "add", "nonsense"), "This is no e-mail address."),
        (("user", "code", ANA), "Codes are told for demo accounts only"),
        (("user", "link", "bob@school.example"), "Nobody has the address"),
    ],
)
def test_what_cannot_be_is_refused_with_a_way_out(
    run: Run, paris_here: None, words: tuple[str, ...], told: str
) -> None:
    run("user", "add", ANA)
    said = run(*words)
    assert (said.code, said.out) == (1, "")
    assert told in said.err


def test_a_lost_second_factor_is_reset(run: Run, paris_here: None, data: Path) -> None:
    run("user", "add", ANA)
    with closing(sqlite3.connect(data / "lanzarote.sqlite")) as connection, connection:
        connection.execute("UPDATE account SET totp = ?", (b"x" * 20,))
    assert run("user", "factor", "--reset", ANA).out == (
        f"The second factor of {ANA} is reset. They sign in with their password and set up a new one.\n"
    )
    with closing(sqlite3.connect(data / "lanzarote.sqlite")) as connection:
        assert connection.execute("SELECT totp FROM account").fetchall() == [(None,)]
    assert "This account has no second factor." in run("user", "factor", "--reset", ANA).err


def test_a_closed_account_leaves_no_address(run: Run, paris_here: None, data: Path) -> None:
    run("user", "add", ANA)
    assert run("user", "close", ANA).out == f"The account of {ANA} is closed; name and address are erased.\n"
    assert run("user", "link", ANA).code == 1
    with closing(sqlite3.connect(data / "lanzarote.sqlite")) as connection:
        assert connection.execute("SELECT address, name, state FROM account").fetchall() == [("", "", "closed")]


def test_what_commands_did_stands_in_the_audit(run: Run, paris_here: None, data: Path) -> None:
    run("user", "add", ANA)
    run("grant", ANA, "reviewer", "paris")
    run("grant", ANA, "office")
    with (
        new_instance(read_settings({"LANZAROTE_DATA": str(data)})) as instance,
        instance.database.read([INSTANCE, "paris"]) as session,
    ):
        lines = session.execute(select(Audit.region_id, Audit.verb, Audit.actor).where(Audit.kind == "account")).all()
    assert {tuple(line) for line in lines} == {
        (INSTANCE, "invite", BY), ("paris", "grant reviewer", BY), (INSTANCE, "grant office", BY)
    }  # fmt: skip


# ---------------------------------------------------------------------------------------------------------------------
# The audit


def test_a_sound_audit_is_told_for_each_region_and_the_instance(run: Run, paris_here: None) -> None:
    run("user", "add", ANA)
    said = run("audit", "verify")
    assert said.code == 0
    assert re.fullmatch(
        r"paris: \d+ lines, complete and unchanged\nthe instance: 1 lines, complete and unchanged\n", said.out
    )


@pytest.mark.parametrize(("region_id", "name"), [("paris", "paris"), (INSTANCE, "the instance")])
def test_the_first_line_that_was_changed_is_told(
    run: Run, paris_here: None, data: Path, region_id: str, name: str
) -> None:
    for address in (ANA, "bob@school.example", "eve@school.example"):
        run("user", "add", address)
    with closing(sqlite3.connect(data / "lanzarote.sqlite")) as connection, connection:
        connection.execute("UPDATE audit SET actor = 'nobody' WHERE region_id = ? AND seq >= 2", (region_id,))
    said = run("audit", "verify")
    assert said.code == 1
    told = f"{name}: line 2 does not follow from the one before; it was changed outside the platform\n"
    assert told in said.out


# ---------------------------------------------------------------------------------------------------------------------
# Demo accounts


@pytest.fixture
def cast(run: Run, paris_here: None, data: Path) -> list[str]:
    with new_instance(read_settings({"LANZAROTE_DATA": str(data), "LANZAROTE_DEMO": "on"})) as instance:
        return list(commands.accounts(instance))


def test_demo_accounts_play_every_part(cast: list[str], run: Run, data: Path) -> None:
    listed = [line.split("  ") for line in run("user", "list").out.splitlines()]
    assert {(address, roles) for address, _, _, roles in listed} == {
        ("administrator@demo.example", "administrator"),
        ("coordinator@demo.example", "coordinator paris"),
        ("coordinator-2@demo.example", "coordinator paris"),
        ("reviewer-1@demo.example", "reviewer paris"),
        ("reviewer-2@demo.example", "reviewer paris"),
        ("contributor@demo.example", "contributor paris"),
        ("representative@demo.example", "representative paris"),
    }
    with closing(sqlite3.connect(data / "lanzarote.sqlite")) as connection:
        of_reviewers = connection.execute("SELECT stakeholder_id FROM account_grant WHERE role = 'reviewer'").fetchall()
    assert len({*of_reviewers} - {("",)}) == 2


def test_each_region_that_is_written_here_has_demo_accounts(run: Run, paris_here: None, data: Path) -> None:
    assert run("load", "iceland").code == 0
    with new_instance(read_settings({"LANZAROTE_DATA": str(data), "LANZAROTE_DEMO": "on"})) as instance:
        commands.accounts(instance)
    listed = run("user", "list").out
    assert "coordinator.paris@demo.example  active  never here  coordinator paris" in listed
    assert "coordinator.iceland@demo.example  active  never here  coordinator iceland" in listed
    assert listed.count("administrator") == 2  # one line: address and role


def test_a_code_is_asked_for_as_the_checkout_types_it(
    paris_here: None, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(commands.COMMAND, "python3 dev.py")
    with new_instance(read_settings({"LANZAROTE_DATA": str(data), "LANZAROTE_DEMO": "on"})) as instance:
        told = commands.accounts(instance)
    assert any("code: python3 dev.py user code administrator@demo.example" in line for line in told)


def test_demo_passwords_are_told_once_and_kept_for_their_owner_alone(cast: list[str], data: Path) -> None:
    file = data / "demo-accounts.txt"
    assert file.stat().st_mode & 0o777 == 0o600
    [password] = [line.split()[1] for line in cast if line.split()[:1] == ["contributor@demo.example"]]
    assert password in file.read_text()
    with new_instance(read_settings({"LANZAROTE_DATA": str(data), "LANZAROTE_DEMO": "on"})) as instance:
        assert commands.accounts(instance) == (f"Demo accounts: see {file}",)
        assert service.prove(instance.database, "contributor@demo.example", password, sender="s")


def test_a_demo_account_can_do_without_a_telephone(cast: list[str], run: Run) -> None:
    said = run("user", "code", "coordinator@demo.example")
    assert said.code == 0
    assert re.match(r"[0-9]{6}\n", said.out)
    assert run("user", "code", "contributor@demo.example").code == 1


def test_no_demo_account_is_made_where_somebody_has_one(run: Run, paris_here: None, data: Path) -> None:
    run("user", "add", ANA)
    with new_instance(read_settings({"LANZAROTE_DATA": str(data), "LANZAROTE_DEMO": "on"})) as instance:
        assert commands.accounts(instance) == ()
    assert run("user", "list").out.count("\n") == 1
