"""A link in a mail ends what it was made for; another rhythm loses nothing."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from lanzarote.following import service
from lanzarote.following.service import WHOLE, Follow
from lanzarote.store.database import ALL
from sqlalchemy import select

from tests.core.following.followers import Followers
from tests.core.talk.talking import PARIS

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
