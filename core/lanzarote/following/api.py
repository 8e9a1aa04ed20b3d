"""API resources of following: what the owner of the token follows, and how often they get an e-mail."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from lanzarote.errors import NotPermitted
from lanzarote.following import service
from lanzarote.following.service import WHOLE, Rhythm
from lanzarote.records.permissions import EVERYWHERE, LIMITED
from lanzarote.web.changing import NO_CONTENT, Sent, change, done
from lanzarote.web.resources import CURSOR, REGION, Answer, Asked, list_of, resource
from lanzarote.web.working_records import id_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.following.service import Follow

TAG: Final = "Following"
RECORD: Final = id_of("record")
ONE: Final = "/regions/{region}/team/follows/{record}"
ALL_OF_IT: Final = "/regions/{region}/team/follow"
ABOUT: Final[dict[str, Any]] = {"tag": TAG, "may": "signed-in", "tagged": False, "may_be_gone": False}


class FollowItem(Struct, frozen=True, kw_only=True):
    """Something that the owner of the token follows."""

    region: str
    record: str | None
    """Id of the record; null: everything of the region."""
    rhythm: Rhythm
    """How often they get an e-mail: ``now``, ``daily``, ``weekly``."""
    since: datetime


class Following(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often to get an e-mail."""

    rhythm: Rhythm


@resource("/me/follows", tag=TAG, may="signed-in", query=(CURSOR,), answers=list_of(FollowItem))
def list_follows(asked: Asked) -> Answer:
    """What the owner of the token follows, the last begun first."""
    with asked.instance.database.read("-") as session:
        found = service.followed(session, asked.actor.account_id)
        limit = asked.actor.limits.region_id if asked.actor.limits else EVERYWHERE
        return asked.part([_item(one) for one in found if limit in (EVERYWHERE, one.region_id)])


@change("PUT", ONE, names=(REGION, RECORD), body=Following, answers=FollowItem, **ABOUT)
def follow_record(sent: Sent, body: Following) -> Answer:
    """Follow a record that you may read, by e-mail, or change how often."""
    return _follow(sent, sent["record"], body.rhythm)


@change("DELETE", ONE, names=(REGION, RECORD), body=None, answers=None, status=204, **ABOUT)
def unfollow_record(sent: Sent) -> Answer:
    """Stop following the record."""
    return _unfollow(sent, sent["record"])


@change("PUT", ALL_OF_IT, names=(REGION,), body=Following, answers=FollowItem, **ABOUT)
def follow_region(sent: Sent, body: Following) -> Answer:
    """Follow everything in a region that you may read, by e-mail, or change how often."""
    return _follow(sent, WHOLE, body.rhythm)


@change("DELETE", ALL_OF_IT, names=(REGION,), body=None, answers=None, status=204, **ABOUT)
def unfollow_region(sent: Sent) -> Answer:
    """Stop following the region; records that you follow by themselves stay followed."""
    return _unfollow(sent, WHOLE)


def _follow(sent: Sent, record_id: str, rhythm: Rhythm) -> Answer:
    _require_here(sent)

    def do(session: Session) -> Answer:
        made = service.follow(session, sent["region"], record_id, rhythm, by=sent.actor, at=sent.at)
        return done(_item(made), about=record_id)

    return sent.once(do)


def _unfollow(sent: Sent, record_id: str) -> Answer:
    _require_here(sent)

    def do(session: Session) -> Answer:
        service.unfollow(session, sent["region"], record_id, by=sent.actor)
        return NO_CONTENT

    return sent.once(do)


def _require_here(sent: Sent) -> None:
    """Raise NotFound where there is no such region, NotPermitted for a token that works in another one."""
    sent.instance.header(sent["region"])
    if sent.actor.limits and sent.actor.limits.region_id not in (EVERYWHERE, sent["region"]):
        raise NotPermitted(LIMITED)


def _item(one: Follow) -> FollowItem:
    return FollowItem(
        region=one.region_id,
        record=one.record_id or None,
        rhythm=one.rhythm,  # type: ignore[arg-type]
        since=one.at,
    )


handlers = (list_follows, follow_record, unfollow_record, follow_region, unfollow_region)
