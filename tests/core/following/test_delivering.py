"""Whoever follows is told once, whatever fails, and a thousand cost little more than one."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from lanzarote.accounts.model import Account, Granted
from lanzarote.following import delivering
from lanzarote.following.service import Follow, Follower
from lanzarote.mail.sending import NotSent, Unreachable, send
from lanzarote.records.outbox import Job
from lanzarote.records.records import now
from lanzarote.store.database import ALL
from lanzarote.store.ids import new_id
from sqlalchemy import delete, event, insert, update

from tests.core.following.followers import Followers
from tests.core.talk.talking import PARIS

# Never lost


def test_a_mail_that_is_not_taken_is_sent_later_and_to_nobody_twice(
    followers: Followers, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = followers.group
    for who in (group.bo, group.rita):
        followers.follow(who, group.id)
    group.say("Voilà.")
    refused = followers.address(group.bo)

    def broken(settings: Any, mail: Any) -> None:
        if mail.to == refused:
            raise NotSent("no")
        send(settings, mail)

    with monkeypatch.context() as patch:
        patch.setattr(delivering, "send", broken)
        assert [mail["To"] for mail in followers.mails()] == [followers.address(group.rita)]
    assert [mail["To"] for mail in followers.mails(due=True)] == [refused]
    assert followers.mails(due=True) == []


@pytest.mark.parametrize("before", [0, 1])
def test_a_mail_server_that_is_away_is_asked_once_and_nobody_is_told_twice(
    followers: Followers, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    group = followers.group
    for who in (group.bo, group.rita):
        followers.follow(who, group.id)
    group.say("Voilà.")
    tried: list[str] = []

    def away(settings: Any, mail: Any) -> None:
        tried.append(mail.to)
        if len(tried) > before:
            raise Unreachable("no")
        send(settings, mail)

    with monkeypatch.context() as patch:
        patch.setattr(delivering, "send", away)
        told = [mail["To"] for mail in followers.mails()]
    assert (told, len(tried)) == (tried[:before], before + 1)
    told += [mail["To"] for mail in followers.mails(due=True)]
    assert sorted(told) == sorted(followers.address(one) for one in (group.bo, group.rita))
    assert followers.mails(due=True) == []


KILLED = """
    import os, signal, sys
    from lanzarote.following import delivering
    from lanzarote.composition import new_instance
    from lanzarote.configuration.settings import read_settings

    def die(*_, **__):
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(delivering, sys.argv[3], die)
    settings = read_settings({"LANZAROTE_DATABASE_URL": sys.argv[1], "LANZAROTE_DATA": sys.argv[2]})
    with new_instance(settings) as instance:
        instance.worker.run_due()
"""


@pytest.mark.both_databases
@pytest.mark.parametrize("between", ["_readers", "send", "_catch_up", "_pass_by"])
def test_a_worker_that_is_killed_between_has_lost_nothing(followers: Followers, between: str) -> None:
    """Before anything is read, before the first mail, after the mails and before that is written down, at the end."""
    group, settings = followers.group, followers.instance.settings
    for who in (group.bo, group.rita):
        followers.follow(who, group.id)
    followers.follow(group.rep, followers.practice)
    group.say("Voilà.")
    command = [sys.executable, "-c", textwrap.dedent(KILLED), settings.database_url, str(settings.data), between]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert len(followers.waiting()) == 1
    first = followers.mails()
    with followers.instance.database.write(ALL) as session:
        session.execute(update(Job).values(leased_until=now() - timedelta(seconds=1)))
    again = followers.mails()
    told = {mail["To"] for mail in (*first, *again)}
    assert told == {followers.address(one) for one in (group.bo, group.rita)}
    # Whoever gets it twice gets the same mail, and is shown it once.
    assert len({(mail["To"], mail["Message-ID"]) for mail in (*first, *again)}) == 2
    assert followers.waiting() == []
    assert followers.mails(due=True) == []


@pytest.mark.both_databases
def test_several_workers_tell_nobody_twice(followers: Followers) -> None:
    followers.follow(followers.group.rita, followers.practice)
    for _ in range(8):
        followers.publish_again()
    assert len(followers.waiting()) == 8
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: followers.instance.worker.run_due(), range(8)))
    assert len(followers.told_by_mail(followers.group.rita)) == 1
    assert followers.waiting() == []


def test_what_happens_while_mails_are_sent_is_told_too(followers: Followers, monkeypatch: pytest.MonkeyPatch) -> None:
    group = followers.group
    followers.follow(group.bo, group.id)
    group.say("Voilà.")
    said: list[str] = []

    def busy(settings: Any, mail: Any) -> None:
        send(settings, mail)
        if not said:
            said.append(group.say("Et encore."))

    monkeypatch.setattr(delivering, "send", busy)
    assert len(followers.mails()) == 2


# What it costs


def crowd(followers: Followers, count: int, rhythm: str) -> None:
    """So many people who follow the improvement and the practice."""
    people = [new_id() for _ in range(count)]
    at = now()
    with followers.instance.database.write(ALL) as session:
        session.execute(
            insert(Account),
            [
                {
                    "id": one, "address": f"{one}@example.org", "address_key": f"{one}@example.org", "name": "Nom",
                    "language": "fr", "notices": True, "password": "", "state": "active", "totp": None,
                    "totp_step": 0, "made_at": at,
                }
                for one in people
            ],
        )  # fmt: skip
        session.execute(
            insert(Granted),
            [
                {"account_id": one, "region_id": PARIS, "role": role, "stakeholder_id": "", "by": "t", "at": at}
                for one in people
                for role in ("contributor", "reviewer")
            ],
        )
        session.execute(insert(Follower), [{"account_id": one, "id": new_id(), "secret": one} for one in people])
        session.execute(
            insert(Follow),
            [
                {
                    "account_id": one, "region_id": PARIS, "record_id": record, "rhythm": rhythm, "told": 0,
                    "id": new_id(), "at": at,
                }
                for one in people
                for record in (followers.group.id, followers.practice)
            ],
        )  # fmt: skip


@pytest.mark.both_databases
def test_a_digest_for_a_thousand_costs_one_question_for_each_hundred(
    followers: Followers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And one note of what was sent, in the same transaction that keeps the job."""
    sent: list[str] = []
    monkeypatch.setattr(delivering, "send", lambda _, mail: sent.append(mail.to))

    def cost(count: int) -> tuple[int, int]:
        crowd(followers, count, "daily")
        followers.group.say("Voilà.")
        asked: list[str] = []

        def listen(_c: object, _cursor: object, statement: str, *_: object) -> None:
            asked.append(statement)

        event.listen(followers.instance.database.engine, "before_cursor_execute", listen)
        try:
            payload = {"rhythm": "daily", "region": "", "event_id": new_id()}
            delivering.deliver(followers.instance, followers.instance.database, payload)
        finally:
            event.remove(followers.instance.database.engine, "before_cursor_execute", listen)
        reads = [one for one in asked if one.lstrip().startswith("SELECT")]
        writes = [one for one in asked if one.lstrip().startswith("UPDATE")]
        with followers.instance.database.write(ALL) as session:
            for table in (Follow, Follower):
                session.execute(delete(table))
        return len(reads), len(writes)

    hundred = cost(100)
    assert len(sent) == 100
    sent.clear()
    thousand = cost(1_000)
    assert len(set(sent)) == len(sent) == 1_000
    assert thousand[0] - hundred[0] == 9
    assert thousand[1] - hundred[1] == 9 * 2


def test_what_nobody_is_concerned_by_is_not_looked_through_again(followers: Followers) -> None:
    group = followers.group
    followers.follow(group.bo, followers.practice)
    followers.follow(group.rita, group.id)
    group.say("Voilà.")
    followers.mails()
    assert followers.told(group.bo) == followers.told(group.rita)
