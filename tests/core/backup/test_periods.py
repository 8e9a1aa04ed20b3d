"""What is kept no longer than a period says: shown first, then removed, and never more than that."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lanzarote.accounts import service
from lanzarote.accounts.model import Account, ApiToken
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import SettingError
from lanzarote.exchange import erasure_list
from lanzarote.instance import Instance
from lanzarote.operations.retention_periods import PERIODS, Due, apply, due
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.drafts import Unsaved
from lanzarote.records.permissions import Grant
from lanzarote.records.records import now
from lanzarote.records.tasks import Task, open_task
from lanzarote.store.database import ALL
from sqlalchemy import func, select

pytestmark = pytest.mark.both_databases

LONG_AGO = now() - timedelta(days=800)
USED, UNUSED, BY_PROGRAM, INVITED, FIRST = (
    f"{name}@school.example" for name in ("ana", "bob", "chloe", "dan", "first")
)


def write_old_and_new(instance: Instance) -> None:
    """Of each thing that has a period, something old and something new."""
    with instance.database.write(ALL) as session:
        for address in (USED, UNUSED, BY_PROGRAM, INVITED, FIRST):
            roles = [Grant(role="administrator")] if address == FIRST else []
            one = service.enrol(
                session, address=address, name="Somebody", language="en", grants=roles, by="lanzarote", at=LONG_AGO
            )
            one.state = "invited" if address == INVITED else "active"
            one.seen_at = now() if address == USED else None
            if address == BY_PROGRAM:
                session.add(
                    ApiToken(
                        token_hash="t",
                        id="t",
                        account_id=one.id,
                        name="nightly",
                        actions="",
                        region_id="",
                        strong=False,
                        made_at=LONG_AGO,
                        ends_at=now(),
                        used_at=now(),
                    )
                )
        for form, at in (("old", LONG_AGO), ("new", now())):
            session.add(
                Unsaved(region_id="paris", record_id="r", account_id="a", form=form, base=0, body=b"{}", saved_at=at)
            )
        old = open_task(session, "paris", "reply", by="visitor", wrong="The address is another one.")
        session.get_one(Task, ("paris", old)).opened_at = LONG_AGO
        open_task(session, "paris", "reply", by="visitor", wrong="The name is another one.")
    folder = instance.settings.data / "backups"
    folder.mkdir()
    for day in (LONG_AGO, now()):
        (folder / f"before-upgrade-{day:%Y-%m-%d}-030000-000000.zip").write_bytes(b"")
    (folder / f"lanzarote-{LONG_AGO:%Y-%m-%d}-030000-000000.zip").write_bytes(b"")


def counted(found: list[Due]) -> list[int]:
    return [len(one.names) for one in found]


def test_what_is_due_is_shown_then_removed_and_nothing_else(anywhere: Instance) -> None:
    write_old_and_new(anywhere)
    assert counted(due(anywhere, now())) == [2, 1, 1, 1, 1]
    assert counted(due(anywhere, now())) == [2, 1, 1, 1, 1]  # to look has changed nothing
    done = apply(anywhere, now())
    assert counted(done) == [1, 1, 1, 1, 1]
    assert done[0].stays == "1 stays: the last administrator; make somebody else one first"
    with anywhere.database.read(ALL) as session:
        addresses = session.scalars(select(Account.address).where(Account.state != "closed")).all()
        assert sorted(addresses) == [USED, BY_PROGRAM, FIRST]
        assert session.scalars(select(Unsaved.form)).all() == ["new"]
        messages = {task.done_at is None: task.told() for task in session.scalars(select(Task))}
        assert messages == {False: {}, True: {"wrong": "The name is another one."}}
    assert len([*(anywhere.settings.data / "backups").iterdir()]) == 2
    assert counted(due(anywhere, now())) == [1, 0, 0, 0, 0]  # the last administrator is still due
    # A backup that is older brings none of the accounts back.
    assert len(erasure_list.read(erasure_list.place(anywhere.settings))) == 2


def test_a_period_of_zero_has_no_end(anywhere: Instance) -> None:
    write_old_and_new(anywhere)
    forever = {f"LANZAROTE_{period.setting.upper()}": "0" for period in PERIODS}
    place = {"LANZAROTE_DATABASE_URL": anywhere.settings.database_url, "LANZAROTE_DATA": str(anywhere.settings.data)}
    anywhere.settings = read_settings({**place, **forever})
    assert counted(due(anywhere, now())) == [0] * len(PERIODS)
    assert counted(apply(anywhere, now())) == [0] * len(PERIODS)
    with anywhere.database.read(INSTANCE) as session:
        assert session.scalar(select(func.count()).select_from(Account).where(Account.state == "closed")) == 0


def test_a_period_is_a_number_of_days() -> None:
    with pytest.raises(SettingError, match=r"LANZAROTE_KEEP_MESSAGES is 'a year'; give a number of days"):
        read_settings({"LANZAROTE_KEEP_MESSAGES": "a year"})
