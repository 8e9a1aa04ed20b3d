"""People follow what they may read, and nothing else; they are told at once or in a digest, and lose nothing of it."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from lanzarote import records
from lanzarote.accounts import service as accounts
from lanzarote.accounts.model import Account, Granted
from lanzarote.checking import Faulty
from lanzarote.database import ALL
from lanzarote.errors import NotFound, NotPermitted
from lanzarote.following import delivering, service
from lanzarote.following.model import WHOLE, Follow, Follower
from lanzarote.ids import new_id
from lanzarote.jobs import Job
from lanzarote.mail import NotSent, send
from lanzarote.permissions import VISITOR
from lanzarote.records import Record, now
from sqlalchemy import delete, event, insert, select, update

from tests.core.following.followers import Followers
from tests.core.talk.talking import PARIS, TEXT

# What one may follow


def test_one_follows_what_one_may_read_and_nothing_else(followers: Followers) -> None:
    group, stranger = followers.group, followers.stranger()
    followers.follow(stranger, followers.practice)
    followers.follow(stranger)
    with pytest.raises(NotFound):
        followers.follow(stranger, group.id)
    with pytest.raises(NotFound):
        followers.follow(group.ana, new_id())
    with pytest.raises(NotPermitted):
        followers.follow(VISITOR, followers.practice)
    with pytest.raises(Faulty):
        followers.follow(group.ana, followers.practice, "hourly")
    followers.follow(group.rep, group.id, "weekly")
    assert followers.follows(group.rep) == [(group.id, "weekly")]
    assert followers.follows(stranger) == sorted([(WHOLE, "now"), (followers.practice, "now")])


def test_following_again_changes_how_often_and_nothing_is_told_twice(followers: Followers) -> None:
    ana = followers.group.ana
    followers.follow(ana, followers.practice)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: followers.follow(ana, followers.practice, "daily"), range(100)))
    assert followers.follows(ana) == [(followers.practice, "daily")]


def test_a_hundred_who_begin_at_once_follow_once(followers: Followers) -> None:
    ana = followers.group.ana

    def begin(_: int) -> None:
        followers.follow(ana, followers.practice)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(begin, range(100)))
    assert followers.follows(ana) == [(followers.practice, "now")]


# What one is told


def test_one_is_told_at_once_of_what_everybody_may_read_with_its_title(followers: Followers) -> None:
    rita = followers.group.rita
    followers.follow(rita, followers.practice)
    followers.publish_again()
    [mail] = followers.mails()
    text = mail.get_content()
    assert mail["To"] == followers.address(rita)
    assert mail["Content-Language"] == "fr"
    assert f"/fr/paris/practices/{followers.slug}" in text
    assert "Une pratique, « " in text.replace("\u202f", " ").replace("«\u202f", "« ")
    assert followers.mails() == []


def test_a_mail_never_holds_what_the_group_alone_reads(followers: Followers) -> None:
    group = followers.group
    followers.follow(group.rep, group.id)
    group.say("Un mot entre nous.")
    group.propose(title="Titre entre nous")
    [mail] = followers.told_by_mail(group.rep)
    assert "un nouveau commentaire; un amendement est proposé" in mail
    assert f"/fr/paris/team/improvements/{group.id}" in mail
    for word in (*TEXT.values(), "entre nous", "Ana"):
        assert word not in mail


def test_news_that_the_group_alone_reads_leads_to_its_page_also_where_the_public_reads_something(
    followers: Followers,
) -> None:
    group = followers.group
    with followers.instance.database.write(PARIS) as session:
        records.publish(session, session.get_one(Record, (PARIS, group.id)), by="test")
    followers.follow(group.rep, group.id)
    followers.follow(followers.stranger(), group.id)
    group.say("Un mot entre nous.")
    [mail] = followers.mails()
    assert mail["To"] == followers.address(group.rep)
    assert f"/fr/paris/team/improvements/{group.id}" in mail.get_content()
    with followers.instance.database.write(PARIS) as session:
        records.publish(session, session.get_one(Record, (PARIS, group.id)), by="test")
    [told] = followers.told_by_mail(group.rep)
    assert "/fr/paris/improvements/" in told


def test_nobody_is_told_of_what_they_did_themselves(followers: Followers) -> None:
    group = followers.group
    followers.follow(group.ana, group.id)
    followers.follow(group.bo, group.id)
    group.say("Voilà.", group.ana)
    assert [mail["To"] for mail in followers.mails()] == [followers.address(group.bo)]


def test_what_belongs_to_a_region_is_told_to_who_follows_all_of_it_once(followers: Followers) -> None:
    group = followers.group
    followers.follow(group.bo)
    followers.follow(group.bo, group.id)
    group.say("Voilà.")
    followers.publish_again()
    told = followers.told_by_mail(group.bo)
    assert sum(mail.count("/team/improvements/") for mail in told) == 1
    assert sum(mail.count("/practices/") for mail in told) == 1


@pytest.mark.parametrize("rhythm", ["now", "daily"])
def test_nothing_is_told_that_one_may_not_read_when_it_is_sent(followers: Followers, rhythm: str) -> None:
    group = followers.group
    followers.follow(group.bo, group.id, rhythm)
    followers.follow(group.bo, WHOLE, rhythm)
    group.say("Voilà.")
    with followers.instance.database.write(ALL) as session:
        session.execute(delete(Granted).where(Granted.account_id == group.bo.account_id))
    assert followers.told_by_mail(group.bo, due=True) == []
    followers.publish_again()
    [mail] = followers.told_by_mail(group.bo, due=True)
    assert "/team/" not in mail


def test_a_role_that_needs_a_second_factor_counts_only_for_who_has_one(followers: Followers) -> None:
    group = followers.group
    followers.follow(group.head, group.id)
    with followers.instance.database.write("-") as session:
        accounts.account(session, group.head.account_id).totp = None
    group.say("Voilà.")
    assert followers.told_by_mail(group.head) == []


def test_a_withdrawn_practice_is_told_of_and_what_was_never_public_is_not(followers: Followers) -> None:
    stranger, rita = followers.stranger(), followers.group.rita
    followers.follow(stranger)
    followers.follow(rita)
    followers.withdraw()
    followers.group.erase()
    told = {mail["To"]: mail.get_content() for mail in followers.mails()}
    assert ["retirée" in told[followers.address(one)] for one in (stranger, rita)] == [True, True]
    assert ["piste" in told[followers.address(one)] for one in (stranger, rita)] == [False, True]


def test_who_has_closed_their_account_follows_nothing_and_is_told_nothing(followers: Followers) -> None:
    group = followers.group
    followers.follow(group.bo, group.id)
    group.say("Voilà.")
    with followers.instance.database.write("-") as session:
        accounts.close(session, accounts.account(session, group.bo.account_id), by="test", at=now())
    assert followers.mails() == []
    with followers.instance.database.read(ALL) as session:
        for table in (Follow, Follower):
            assert session.scalars(select(table).where(table.account_id == group.bo.account_id)).all() == []


def test_a_digest_tells_all_at_once_in_the_morning_and_in_the_readers_language(followers: Followers) -> None:
    group = followers.group
    with followers.instance.database.write("-") as session:
        accounts.account(session, group.bo.account_id).language = "en"
    followers.follow(group.bo, group.id, "daily")
    followers.follow(group.bo, followers.practice, "daily")
    for number in range(5):
        group.say(f"Commentaire {number}.")
        followers.publish_again()
    assert len(followers.waiting()) == 1
    assert followers.mails() == []
    [mail] = followers.told_by_mail(group.bo, due=True)
    assert "In what you follow, this has changed:" in mail
    assert ("a new comment" in mail, "published, or a new version of it" in mail) == (True, True)
    assert followers.mails(due=True) == []
    group.say("Encore.")
    [mail] = followers.told_by_mail(group.bo, due=True)
    assert "practices" not in mail


def test_what_is_loaded_or_changed_by_a_package_floods_nobody(followers: Followers) -> None:
    followers.follow(followers.group.bo)
    followers.instance.load("paris")
    assert followers.mails() == []


def test_whoever_follows_nothing_costs_no_job(followers: Followers) -> None:
    followers.group.say("Voilà.")
    assert followers.waiting() == []


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


KILLED = """
    import os, signal, sys
    from lanzarote.following import delivering
    from lanzarote.instance import Instance
    from lanzarote.settings import read_settings

    def die(*_, **__):
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(delivering, sys.argv[3], die)
    settings = read_settings({"LANZAROTE_DATABASE_URL": sys.argv[1], "LANZAROTE_DATA": sys.argv[2]})
    with Instance(settings) as instance:
        instance.worker.run_due()
"""


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


# The way out


def link_in(mail: Any) -> str:
    return str(mail["List-Unsubscribe"]).strip("<>").rpartition("/")[2]


def test_a_link_ends_the_follow_it_was_made_for_and_nothing_else(followers: Followers) -> None:
    group = followers.group
    followers.follow(group.bo, group.id)
    followers.follow(group.bo, followers.practice)
    followers.follow(group.rita, group.id)
    group.say("Voilà.")
    mail = next(one for one in followers.mails() if one["To"] == followers.address(group.bo))
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    secret = link_in(mail)

    def end(text: str) -> None:
        with followers.instance.database.write(ALL) as session:
            service.end_by(session, text)

    name, _, signature = secret.partition(".")
    with followers.instance.database.read(ALL) as session:
        others = [one.id for one in session.scalars(select(Follow)) if one.id != name]
    for wrong in ("", ".", "..", "x.y", "x.y.z", name, f"{name}.", f"{name}.{'0' * 32}", f"{name}.now.{signature}"):
        end(wrong)
    for other in others:
        end(f"{other}.{signature}")
    assert len(followers.follows(group.bo)) == 2
    end(secret)
    end(secret)
    assert followers.follows(group.bo) == [(followers.practice, "now")]
    assert followers.follows(group.rita) == [(group.id, "now")]


def test_the_link_of_a_digest_ends_what_came_in_it_whichever_of_it_was_ended_before(followers: Followers) -> None:
    group = followers.group
    followers.follow(group.bo, group.id, "daily")
    followers.follow(group.bo, followers.practice, "daily")
    followers.follow(group.bo, WHOLE, "weekly")
    group.say("Voilà.")
    mail = next(one for one in followers.mails(due=True) if "une fois par jour" in one.get_content())
    with followers.instance.database.write(PARIS) as session:
        service.unfollow(session, PARIS, group.id, by=group.bo)
    with followers.instance.database.write(ALL) as session:
        service.end_by(session, link_in(mail))
    assert followers.follows(group.bo) == [(WHOLE, "weekly")]


@pytest.mark.parametrize("rhythm", ["now", "weekly"])
@pytest.mark.parametrize("whole", [True, False])
def test_what_was_not_told_yet_is_told_in_the_new_rhythm(followers: Followers, rhythm: str, whole: bool) -> None:
    rita, what = followers.group.rita, WHOLE if whole else followers.practice
    followers.follow(rita, what, "daily")
    followers.publish_again()
    followers.follow(rita, what, rhythm)
    assert {msgspec.json.decode(one.payload)["rhythm"] for one in followers.waiting()} == {"daily", rhythm}
    [told] = followers.told_by_mail(rita, due=True)
    assert f"/practices/{followers.slug}" in told
    assert followers.told_by_mail(rita, due=True) == []


def test_a_new_rhythm_asks_for_no_mail_where_nothing_is_new(followers: Followers) -> None:
    followers.publish_again()
    followers.follow(followers.group.rita, followers.practice, "daily")
    followers.follow(followers.group.rita, followers.practice, "now")
    assert followers.waiting() == []
