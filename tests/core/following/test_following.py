"""People follow what they may read, and nothing else; they are told at once or in a digest, and lose nothing of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from lanzarote.accounts import service as accounts
from lanzarote.accounts.model import Granted
from lanzarote.errors import NotFound, NotPermitted
from lanzarote.following.service import WHOLE, Follow, Follower
from lanzarote.records import records
from lanzarote.records.permissions import VISITOR
from lanzarote.records.records import Record, now
from lanzarote.records.validation import Faulty
from lanzarote.store.database import ALL
from lanzarote.store.ids import new_id
from sqlalchemy import delete, select

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


@pytest.mark.both_databases
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
