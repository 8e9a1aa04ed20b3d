"""Accounts come by invitation, links work once, guesses are slowed, and whoever asks learns nothing of others."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from lanzarote.accounts import attempts, secrets, service, sessions
from lanzarote.accounts.model import Account, Attempts, Granted, SignedIn
from lanzarote.errors import Conflict
from lanzarote.records import changelog_state
from lanzarote.records.changelog import INSTANCE, Audit
from lanzarote.records.outbox import Job
from lanzarote.records.permissions import Grant
from lanzarote.store.database import ALL, Database
from sqlalchemy import select

THEN = datetime(2031, 1, 1, 9, tzinfo=UTC)
GOOD = "violet harbour seven"
ADDRESS = "ana@school.example"


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


def invited(store: Database, address: str = ADDRESS, *grants: Grant) -> str:
    with store.write([INSTANCE, "paris"]) as session:
        account = service.invite(
            session, address=address, name="Ana", language="fr", grants=grants, by="admin", at=THEN
        )
        return account.id


def active(store: Database, address: str = ADDRESS, *grants: Grant) -> str:
    account_id = invited(store, address, *grants)
    with store.write(INSTANCE) as session:
        secret = secrets.make(session, service.account(session, account_id), "invitation", at=THEN)
        service.accept(session, secret, name="Ana B.", language="fr", password=GOOD, at=THEN)
    return account_id


def state_of(store: Database, account_id: str) -> str:
    with store.read(INSTANCE) as session:
        return service.account(session, account_id).state


def test_an_invitation_makes_an_account_that_cannot_sign_in_yet(store: Database) -> None:
    account_id = invited(store, ADDRESS, Grant(role="contributor", region_id="paris"))
    assert state_of(store, account_id) == "invited"
    with pytest.raises(service.NotProved):
        service.prove(store, ADDRESS, "", sender="s")
    with store.read(ALL) as session:
        assert [job.topic for job in session.scalars(select(Job))] == ["mail.invitation"]
        assert session.scalars(select(Granted.role)).all() == ["contributor"]


def test_no_secret_waits_in_the_outbox(store: Database) -> None:
    account_id = invited(store)
    with store.read(ALL) as session:
        [job] = session.scalars(select(Job))
    assert job.payload == b'{"account":"%s","by":"admin"}' % account_id.encode()


def test_whoever_is_invited_twice_has_one_account_with_both_roles(store: Database) -> None:
    first = invited(store, ADDRESS, Grant(role="contributor", region_id="paris"))
    again = invited(store, "ANA@School.Example", Grant(role="reviewer", region_id="paris"))
    assert first == again
    with store.read(ALL) as session:
        assert sorted(session.scalars(select(Granted.role))) == ["contributor", "reviewer"]


def test_an_accepted_invitation_opens_the_account_once(store: Database) -> None:
    account_id = invited(store)
    with store.write(INSTANCE) as session:
        secret = secrets.make(session, service.account(session, account_id), "invitation", at=THEN)
    with store.write(INSTANCE) as session:
        service.accept(session, secret, name=" Ana  B. ", language="en", password=GOOD, at=THEN)
    with store.write(INSTANCE) as session, pytest.raises(secrets.SpentLink):
        service.accept(session, secret, name="Mallory", language="en", password="other words here", at=THEN)
    assert service.prove(store, ADDRESS, GOOD, sender="s") == account_id
    with store.read(INSTANCE) as session:
        account = service.account(session, account_id)
        assert (account.name, account.language, account.state) == ("Ana B.", "en", "active")
        assert GOOD not in account.password


def test_a_refused_password_leaves_the_link_as_it_was(store: Database) -> None:
    account_id = invited(store)
    with store.write(INSTANCE) as session:
        secret = secrets.make(session, service.account(session, account_id), "invitation", at=THEN)
    with pytest.raises(service.Refused), store.write(INSTANCE) as session:
        service.accept(session, secret, name="Ana", language="en", password="short", at=THEN)
    with store.write(INSTANCE) as session:
        assert secrets.look(session, secret, "invitation", THEN).id == account_id


@pytest.mark.parametrize(
    ("later", "purpose"),
    [(timedelta(days=8), "invitation"), (timedelta(0), "reset")],
    ids=["too late", "for another use"],
)
def test_a_link_works_only_in_time_and_for_what_it_was_made(store: Database, later: timedelta, purpose: str) -> None:
    account_id = invited(store)
    with store.write(INSTANCE) as session:
        secret = secrets.make(session, service.account(session, account_id), "invitation", at=THEN)
    with store.write(INSTANCE) as session, pytest.raises(secrets.SpentLink):
        secrets.spend(session, secret, purpose, THEN + later)  # type: ignore[arg-type]


def test_a_newer_link_for_an_address_replaces_the_older(store: Database) -> None:
    account_id = active(store)
    with store.write(INSTANCE) as session:
        account = service.account(session, account_id)
        old = secrets.make(session, account, "address", at=THEN)
        new = secrets.make(session, account, "address", at=THEN)
    with store.write(INSTANCE) as session:
        with pytest.raises(secrets.SpentLink):
            secrets.look(session, old, "address", THEN)
        assert secrets.look(session, new, "address", THEN).id == account_id


def test_a_new_password_ends_all_sessions(store: Database) -> None:
    account_id = active(store)
    with store.write(INSTANCE) as session:
        account = service.account(session, account_id)
        begun = sessions.begin(session, account, strong=False, device="Firefox", at=THEN)
        secret = secrets.make(session, account, "reset", at=THEN)
    with store.write(INSTANCE) as session:
        service.reset(session, secret, password="quite other words", at=THEN)
    with store.read(INSTANCE) as session:
        assert sessions.find(session, begun.token, THEN) is None
    assert service.prove(store, ADDRESS, "quite other words", sender="s") == account_id


def test_asking_for_a_new_password_is_the_same_write_for_everybody(store: Database) -> None:
    active(store)
    with store.write(INSTANCE) as session:
        service.ask_reset(session, ADDRESS)
        service.ask_reset(session, "nobody@school.example")
    with store.read(ALL) as session:
        assert [job.topic for job in session.scalars(select(Job).order_by(Job.id))][-2:] == ["mail.reset", "mail.reset"]


# ---------------------------------------------------------------------------------------------------------------------
# Sessions


def test_a_session_is_found_by_its_token_until_it_rests_or_is_old(store: Database) -> None:
    account_id = active(store, ADDRESS, Grant(role="contributor", region_id="paris"))
    with store.write(INSTANCE) as session:
        begun = sessions.begin(session, service.account(session, account_id), strong=True, device="", at=THEN)
    with store.read(INSTANCE) as session:
        known = sessions.find(session, begun.token, THEN + timedelta(minutes=4))
        assert known is not None
        assert (known.actor.account_id, known.actor.strong, known.stale) == (account_id, True, False)
        assert [grant.role for grant in known.actor.grants] == ["contributor"]
        assert sessions.find(session, begun.token, THEN + sessions.IDLE + timedelta(seconds=1)) is None
        assert sessions.find(session, begun.token[:-1], THEN) is None
        assert session.scalars(select(SignedIn.token_hash)).all() != [begun.token]


def test_use_keeps_a_session_alive_but_not_for_ever(store: Database) -> None:
    account_id = active(store)
    with store.write(INSTANCE) as session:
        begun = sessions.begin(session, service.account(session, account_id), strong=False, device="", at=THEN)
    at = THEN
    while at - THEN <= sessions.ABSOLUTE:
        with store.write(INSTANCE) as session:
            known = sessions.find(session, begun.token, at)
            assert known is not None
            sessions.note(session, known.token_hash, at)
        at += timedelta(hours=1)
    with store.read(INSTANCE) as session:
        assert sessions.find(session, begun.token, at) is None


def test_a_role_taken_away_is_gone_at_the_next_request(store: Database) -> None:
    account_id = active(store, ADDRESS, Grant(role="contributor", region_id="paris"))
    with store.write(INSTANCE) as session:
        begun = sessions.begin(session, service.account(session, account_id), strong=False, device="", at=THEN)
    with store.write([INSTANCE, "paris"]) as session:
        service.revoke(session, service.account(session, account_id), "contributor", "paris", by="admin", at=THEN)
    with store.read(INSTANCE) as session:
        known = sessions.find(session, begun.token, THEN)
        assert known is not None
        assert known.actor.grants == ()


# ---------------------------------------------------------------------------------------------------------------------
# Guessing


def guess(store: Database, address: str, times: int, sender: str = "s", device: str = "") -> None:
    for _ in range(times):
        with pytest.raises(service.NotProved):
            service.prove(store, address, "wrong words indeed", sender=sender, device=device)


def test_guessing_a_password_is_slowed(store: Database) -> None:
    active(store)
    guess(store, ADDRESS, attempts.FREE["account"])
    with pytest.raises(attempts.Wait) as wait:
        service.prove(store, ADDRESS, GOOD, sender="another sender")
    assert 0 < wait.value.seconds <= 6
    assert wait.value.headers == {"Retry-After": str(wait.value.seconds)}


def test_an_address_that_nobody_has_is_slowed_alike(store: Database) -> None:
    guess(store, "nobody@school.example", attempts.FREE["account"])
    with pytest.raises(attempts.Wait):
        service.prove(store, "nobody@school.example", GOOD, sender="s")


def test_strangers_guesses_do_not_lock_out_a_person_in_their_own_browser(store: Database) -> None:
    account_id = active(store)
    with store.write(INSTANCE) as session:
        device = secrets.make(session, service.account(session, account_id), "device", at=datetime.now(UTC))
    guess(store, ADDRESS, attempts.FREE["account"])
    with pytest.raises(attempts.Wait):
        service.prove(store, ADDRESS, GOOD, sender="s")
    assert service.prove(store, ADDRESS, GOOD, sender="s", device=device) == account_id


def test_one_sender_that_tries_many_accounts_is_slowed(store: Database) -> None:
    for number in range(attempts.FREE["sender"]):
        guess(store, f"p{number}@school.example", 1)
    with pytest.raises(attempts.Wait):
        service.prove(store, "fresh@school.example", GOOD, sender="s")


def test_a_flood_from_many_senders_stops_those_who_failed_and_nobody_else(store: Database) -> None:
    account_id = active(store)
    at = datetime.now(UTC)
    [everyone] = [key for key in attempts.keys("", "") if key.startswith("all")]
    with store.write(INSTANCE) as session:
        session.add(Attempts(key=everyone, failures=attempts.FREE["all"], last_at=at))
    guess(store, "other@school.example", 1, sender="one of the flood")
    with pytest.raises(attempts.Wait):
        service.prove(store, "other@school.example", GOOD, sender="one of the flood")
    assert service.prove(store, ADDRESS, GOOD, sender="somebody new") == account_id


def test_a_success_is_not_counted_as_a_failure(store: Database) -> None:
    active(store)
    guess(store, ADDRESS, attempts.FREE["account"] - 1)
    service.prove(store, ADDRESS, GOOD, sender="s")
    with store.read(INSTANCE) as session:
        left = {row.key.partition(":")[0]: row.failures for row in session.scalars(select(Attempts)) if row.failures}
    assert left == {"all": attempts.FREE["account"] - 1}


# ---------------------------------------------------------------------------------------------------------------------
# Roles


def test_roles_are_written_in_the_audit_of_their_region(store: Database) -> None:
    account_id = active(store, ADDRESS, Grant(role="reviewer", region_id="paris"))
    with store.read(ALL) as session:
        told = session.execute(select(Audit.region_id, Audit.verb, Audit.record_id).order_by(Audit.region_id)).all()
        assert [tuple(line) for line in told] == [
            (INSTANCE, "invite", account_id), (INSTANCE, "accept", account_id), ("paris", "grant reviewer", account_id)
        ]  # fmt: skip
        assert changelog_state.broken_audit(session, INSTANCE) is None


def test_the_last_administrator_stays(store: Database) -> None:
    account_id = active(store, ADDRESS, Grant(role="administrator"))
    with store.write(INSTANCE) as session:
        account = service.account(session, account_id)
        with pytest.raises(Conflict):
            service.revoke(session, account, "administrator", "", by="x", at=THEN)
        with pytest.raises(Conflict):
            service.close(session, account, by="x", at=THEN)


@pytest.mark.parametrize(
    "wrong",
    [
        Grant(role="administrator", region_id="paris"),
        Grant(role="contributor"),
        Grant(role="representative", region_id="paris"),
    ],
)
def test_a_role_in_the_wrong_place_is_refused(store: Database, wrong: Grant) -> None:
    account_id = active(store)
    with store.write([INSTANCE, "paris"]) as session, pytest.raises(service.Refused):
        service.grant(session, service.account(session, account_id), wrong, by="x", at=THEN)


def test_a_closed_account_leaves_neither_name_nor_address(store: Database) -> None:
    account_id = active(store, ADDRESS, Grant(role="contributor", region_id="paris"))
    with store.write(INSTANCE) as session:
        begun = sessions.begin(session, service.account(session, account_id), strong=False, device="", at=THEN)
        service.close(session, service.account(session, account_id), by="admin", at=THEN)
    with store.read(INSTANCE) as session:
        account = service.account(session, account_id)
        assert (account.state, account.name, account.address, account.password) == ("closed", "", "", "")
        assert sessions.find(session, begun.token, THEN) is None
        assert session.scalars(select(Granted)).all() == []
        assert session.scalars(select(Account.id).where(Account.address_key == ADDRESS)).all() == []
    assert invited(store) != account_id


# ---------------------------------------------------------------------------------------------------------------------
# Passwords and names


@pytest.mark.parametrize(
    "password",
    [
        "short", "x" * 201, "aaaaaaaaaaaaaaaa", "motdepasse1234", "Azerty123456789", "ana.bernard@2031",
        "lanzarote 2031!",
    ],
)  # fmt: skip
def test_a_password_that_would_be_tried_first_is_refused(password: str) -> None:
    assert secrets.fault_of(password, address="ana.bernard@school.example", name="Ana Bernard")


@pytest.mark.parametrize("password", [GOOD, "ключ від старого саду", "4f9Q-Lm2x-88vT", "jardin bleu 1983 rue"])
def test_a_long_password_of_any_kind_is_taken(password: str) -> None:
    assert secrets.fault_of(password, address=ADDRESS, name="Ana Bernard") is None


@pytest.mark.parametrize(
    "address", ["", "ana", "ana@school", "a b@school.example", "ana@-x.example", "x" * 250 + "@a.example"]
)
def test_what_is_no_address_is_refused(store: Database, address: str) -> None:
    with store.write(INSTANCE) as session, pytest.raises(service.Refused):
        service.invite(session, address=address, name="Ana", language="fr", grants=(), by="x", at=THEN)


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "Ana\u202eBernard", "Ana\x00"])
def test_what_is_no_name_is_refused(store: Database, name: str) -> None:
    with store.write(INSTANCE) as session, pytest.raises(service.Refused):
        service.invite(session, address=ADDRESS, name=name, language="fr", grants=(), by="x", at=THEN)


def test_a_name_is_taken_and_nothing_that_tells_more_of_a_person(store: Database) -> None:
    for name in ("La petite Léa Dupont, 9 ans, 06 12 34 56 78", "Léa Dupont, 9 ans", "06 12 34 56 78", "l.d@gmail.com"):
        with pytest.raises(service.Refused):
            service.checked_name(name)
    for name in ("Léa Dupont", "Dr Élise Le Goff-Martin", "Export 2031-05-12", "Tableau de bord 3"):
        assert service.checked_name(name) == name


@pytest.mark.both_databases
def test_passwords_guessed_all_at_once_are_counted_all(store: Database) -> None:
    active(store)

    def one(_: int) -> str:
        try:
            service.prove(store, ADDRESS, "wrong words indeed", sender="s")
        except (service.NotProved, attempts.Wait) as error:
            return type(error).__name__
        return ""

    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(one, range(20)))
    assert told.count("NotProved") == attempts.FREE["account"]
    assert told.count("Wait") == 20 - attempts.FREE["account"]


def test_a_clock_that_was_set_back_stops_nobody_who_need_not_wait(store: Database) -> None:
    counted = attempts.keys("ana", "s")
    with store.write(INSTANCE) as session:
        attempts.count_failure(session, counted, THEN + timedelta(minutes=5))
        attempts.require_patience(session, counted, THEN)


def test_failures_that_a_wrong_clock_put_far_ahead_are_forgotten(store: Database) -> None:
    counted = attempts.keys("ana", "s")
    with store.write(INSTANCE) as session:
        for _ in range(attempts.FREE["account"]):
            attempts.count_failure(session, counted, THEN + timedelta(days=300))
        assert attempts.wait_of(session, counted, THEN) == 0
        attempts.require_patience(session, counted, THEN)
        attempts.count_failure(session, counted, THEN)
        assert attempts.wait_of(session, counted, THEN + timedelta(days=300)) == 0
