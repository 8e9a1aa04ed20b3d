"""What is decided of somebody whom a provider knows, on either database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from lanzarote import Identity, ProposedRole
from lanzarote.accounts import entrance, identities, secrets, service, sessions
from lanzarote.accounts.entrance import Browser, Entered
from lanzarote.accounts.identities import Arrived, SignInBegun, Welcome
from lanzarote.accounts.model import ProviderIdentity
from lanzarote.records.changelog import INSTANCE, Served
from lanzarote.records.permissions import EVERYWHERE, Actor, Grant
from lanzarote.records.records import now
from lanzarote.records.tasks import Task
from lanzarote.store.database import ALL, Database
from msgspec.structs import replace
from sqlalchemy import select

from tests.core.accounts.town import ANA

pytestmark = pytest.mark.both_databases
HERE = Browser(sender="s", device="d", mark="", session="")
ASKED = SignInBegun(provider="town", lang="en", next="", nonce="n", verifier="v")
IN_GROUP = replace(
    ANA, strong=True, groups=("lead",), roles=(ProposedRole(group="lead", role="reviewer", region="paris"),)
)


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    with database.write(ALL) as session:
        session.add(
            Served(
                id="paris", enabled=True, package="paris", package_version="1", facts=b"{}", facts_digest="",
                home=True, revision=0, epoch=0, added_at=now(),
            )
        )  # fmt: skip
    yield database
    database.close()


def welcomed(store: Database) -> str:
    """The step at which somebody who was invited may accept."""
    with store.write(ALL) as session:
        account = service.enrol(
            session, address="Ana@School.example", name="Ana", language="en", grants=(), by="t", at=now()
        )
        secrets.make(session, account, "invitation", at=now())
        found = identities.arrive(session, ASKED, IN_GROUP, HERE, "bound", now())
        assert isinstance(found, Welcome)
        return found.step


def accept(store: Database, step: str) -> Entered | None:
    """None where it was accepted before."""
    try:
        with store.write(ALL) as session:
            arrived = entrance.take(session, Arrived, now(), step, "bound")
            if arrived is None:
                return None
            found = identities.accept(session, arrived, HERE, name="Ana", language="en", at=now())
            assert isinstance(found, Entered)
            return found
    except secrets.SpentLink:
        return None


def test_an_invitation_is_accepted_once_however_many_try_at_once(store: Database) -> None:
    step = welcomed(store)
    together, found = threading.Barrier(4, timeout=20), []

    def race() -> None:
        together.wait()
        found.append(accept(store, step))

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in found if one is not None]) == 1
    with store.read(INSTANCE) as session:
        assert len(session.scalars(select(ProviderIdentity)).all()) == 1


def test_a_role_is_proposed_accepted_lost_and_regained(store: Database) -> None:
    entered = accept(store, welcomed(store))
    assert entered is not None
    account_id = entered.actor.account_id
    with store.write(ALL) as session:
        [task] = session.scalars(select(Task)).all()
        head = Actor(account_id="head", grants=(Grant(role="coordinator", region_id="paris"),), strong=True)
        identities.decide(session, task, accept=True, by=head, at=now())

    def counting(identity: Identity) -> list[str]:
        with store.write(ALL) as session:
            found = identities.arrive(session, ASKED, identity, HERE, "bound", now())
        assert isinstance(found, Entered)
        return [one.role for one in found.actor.counting]

    assert counting(IN_GROUP) == ["reviewer"]
    assert counting(replace(IN_GROUP, groups=(), roles=())) == []
    with store.read(ALL) as session:
        assert service.holders(session, "reviewer", "paris") == []
        assert len(identities.suspended(session, EVERYWHERE, now(), of=account_id)) == 1
        assert len(sessions.of_account(session, account_id, now())) == 1  # those before have ended
    assert counting(IN_GROUP) == ["reviewer"]


def test_a_message_that_comes_several_times_at_once_is_taken_once(store: Database) -> None:
    at, together = now(), threading.Barrier(4, timeout=20)
    found: list[bool] = []

    def race() -> None:
        together.wait()
        with store.write(INSTANCE) as session:
            first = entrance.once(session, "m", at + timedelta(minutes=2), at)
        found.append(first)

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False, False, False, True]


def test_a_message_of_a_provider_is_taken_once(store: Database) -> None:
    at = now()
    with store.write(INSTANCE) as session:
        assert entrance.once(session, "m", at + timedelta(minutes=2), at)
    with store.write(INSTANCE) as session:
        assert not entrance.once(session, "m", at + timedelta(minutes=2), at)
        assert entrance.once(session, "m", at + timedelta(minutes=5), at + timedelta(minutes=3))
