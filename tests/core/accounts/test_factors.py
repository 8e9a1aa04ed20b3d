"""Codes of the second factor: each works once, in its time, for its account, even when it is sent twice at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from lanzarote.accounts import attempts, factors, service
from lanzarote.accounts.factors import WrongCode
from lanzarote.accounts.model import Account, Attempts
from lanzarote.records.changelog import INSTANCE
from lanzarote.store.database import Database
from sqlalchemy import select
from sqlalchemy.orm import Session

THEN = datetime(2031, 1, 1, 9, 0, 10, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = timedelta(seconds=factors.SECONDS)


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def ana(store: Database) -> str:
    """Id of an account with an app, whose first code is used up."""
    with store.write(INSTANCE) as session:
        account = service.enrol(
            session, address="ana@school.example", name="Ana", language="en", grants=(), by="", at=THEN
        )
        account.state = "active"
        factors.set_up_app(session, account, SECRET, factors.code_at(SECRET, THEN), THEN)
        return account.id


def taken(store: Database, account_id: str, code: str, at: datetime) -> bool:
    def check(session: Session, account: Account, at: datetime) -> None:
        factors.prove_code(session, account, code, at)

    try:
        factors.prove(store, account_id, check, sender="s", at=at)
    except WrongCode:
        return False
    return True


def test_the_code_of_the_app_is_that_of_the_standard() -> None:
    """RFC 6238, appendix B, shortened to six figures."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    known = {59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"}
    found = {second: factors.code_at(secret, datetime.fromtimestamp(second, UTC)) for second in known}
    assert found == known


@pytest.mark.parametrize(("away", "expected"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_works_in_its_time_and_the_one_beside_it(store: Database, ana: str, away: int, expected: bool) -> None:
    at = THEN + 10 * STEP
    assert taken(store, ana, factors.code_at(SECRET, at + away * STEP), at) is expected


def test_no_code_works_again_nor_one_before_it(store: Database, ana: str) -> None:
    at = THEN + 10 * STEP
    now, before = factors.code_at(SECRET, at), factors.code_at(SECRET, at - STEP)
    assert taken(store, ana, now, at)
    assert not taken(store, ana, now, at)
    assert not taken(store, ana, now, at + STEP)
    assert not taken(store, ana, before, at)


def test_the_code_that_set_it_up_works_no_more(store: Database, ana: str) -> None:
    assert not taken(store, ana, factors.code_at(SECRET, THEN), THEN)


@pytest.mark.both_databases
def test_a_code_sent_many_times_at_once_is_taken_once(store: Database, ana: str) -> None:
    at = datetime.now(UTC)
    with store.write(INSTANCE) as session:
        service.account(session, ana).totp_step = 0
        recovery = factors.renew_recovery_codes(session, service.account(session, ana))[0]
    for code in (factors.code_at(SECRET, at), recovery):

        def once(_: int, code: str = code) -> bool:
            try:
                return taken(store, ana, code, at)
            except attempts.Wait:
                return False

        with ThreadPoolExecutor(4) as threads:
            assert sum(threads.map(once, range(4))) == 1


def test_a_code_of_somebody_else_is_worth_nothing(store: Database, ana: str) -> None:
    with store.write(INSTANCE) as session:
        bob = service.enrol(session, address="bob@school.example", name="Bob", language="en", grants=(), by="", at=THEN)
        theirs = factors.renew_recovery_codes(session, bob)[0]
    assert not taken(store, ana, theirs, THEN)


def test_guesses_are_counted_and_a_success_clears_them(store: Database, ana: str) -> None:
    at = THEN + 10 * STEP
    for _ in range(attempts.FREE["account"] - 1):
        assert not taken(store, ana, "000000", at)
    assert taken(store, ana, factors.code_at(SECRET, at), at)
    with store.read(INSTANCE) as session:
        left = {row.key.partition(":")[0]: row.failures for row in session.scalars(select(Attempts)) if row.failures}
    assert left == {"all": attempts.FREE["account"] - 1}


@pytest.mark.both_databases
def test_guesses_sent_all_at_once_are_counted_all(store: Database, ana: str) -> None:
    at = datetime.now(UTC)

    def guess(number: int) -> bool:
        try:
            return taken(store, ana, f"{number:06}", at)
        except attempts.Wait:
            return False

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(guess, range(20)))
    with store.read(INSTANCE) as session:
        failures = session.scalars(select(Attempts.failures).where(Attempts.key.startswith("account"))).one()
    assert failures == attempts.FREE["account"]  # attempts that had to wait were not even looked at
