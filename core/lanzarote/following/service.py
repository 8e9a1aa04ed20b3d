"""Beginning and ending to follow, and the signed links by which a mail lets one end it."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from lanzarote.accounts.secrets import new_secret
from lanzarote.errors import NotFound, NotPermitted
from lanzarote.following.kinds import KINDS, may_follow
from lanzarote.following.model import RHYTHMS, WHOLE, Follow, Follower
from lanzarote.following.times import next_digest
from lanzarote.records import outbox
from lanzarote.records.changelog import Audit
from lanzarote.records.permissions import NOT_SIGNED_IN
from lanzarote.records.records import Record, now
from lanzarote.records.validation import NO_CHOICE, Fault, Faulty
from lanzarote.store.ids import new_id
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.changelog import Saved
    from lanzarote.records.permissions import Actor

TOPIC: Final = "following"
"""Of the jobs that tell followers."""
NO_SUCH: Final = N_("There is nothing here that you can follow.")
MOST: Final = 500
"""So much one person follows."""
TOO_MUCH: Final = N_("You follow so much already that nobody could read it. Follow a whole region, or end some first.")


def follow(session: Session, region_id: str, record_id: str, rhythm: str, *, by: Actor, at: datetime) -> Follow:
    """Let *by* be told of what changes, from now on. Raises Faulty, NotFound, NotPermitted."""
    if not by.signed_in:
        raise NotPermitted(NOT_SIGNED_IN)
    if rhythm not in RHYTHMS:
        raise Faulty([Fault(field="rhythm", text=NO_CHOICE)])
    if record_id != WHOLE:
        record = session.get(Record, (region_id, record_id))
        if record is None or not may_follow(record, by):
            raise NotFound(NO_SUCH)
    known = session.get(Follow, (by.account_id, region_id, record_id), with_for_update=True)
    if known is None:
        _begin(session, region_id, record_id, rhythm, by=by, at=at)
        known = session.get_one(Follow, (by.account_id, region_id, record_id), with_for_update=True)
    changed, known.rhythm = known.rhythm != rhythm, rhythm
    session.flush()
    if changed and _is_behind(session, known):
        # The job of the rhythm before finds nobody any more.
        _have_told(session, region_id, rhythm)
    return known


def _is_behind(session: Session, one: Follow) -> bool:
    """Whether there may be something that the person was not told yet."""
    news = or_(*((Audit.kind == name) & Audit.verb.in_(list(kind.news)) for name, kind in KINDS.items()))
    lines = select(Audit.seq).where(Audit.region_id == one.region_id, Audit.seq > one.told, news)
    if one.record_id != WHOLE:
        lines = lines.where(Audit.record_id == one.record_id)
    return session.scalar(lines.limit(1)) is not None


def _begin(session: Session, region_id: str, record_id: str, rhythm: str, *, by: Actor, at: datetime) -> None:
    """Follow it from now on, unless the same person has begun at this very moment. Raises Faulty."""
    if (session.scalar(select(func.count()).where(Follow.account_id == by.account_id)) or 0) >= MOST:
        raise Faulty([Fault(field="rhythm", text=TOO_MUCH)])
    _insert_once(session, Follower, account_id=by.account_id, id=new_id(), secret=new_secret())
    _insert_once(
        session,
        Follow,
        account_id=by.account_id,
        region_id=region_id,
        record_id=record_id,
        rhythm=rhythm,
        told=session.scalar(select(func.max(Audit.seq)).where(Audit.region_id == region_id)) or 0,
        id=new_id(),
        at=at,
    )


def _insert_once(session: Session, table: type[Follow | Follower], **values: Any) -> None:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(table).values(**values).on_conflict_do_nothing())


def unfollow(session: Session, region_id: str, record_id: str, *, by: Actor) -> None:
    """Tell *by* no more. Whoever does not follow it is none the worse."""
    mine = (Follow.account_id == by.account_id) & (Follow.region_id == region_id)
    session.execute(delete(Follow).where(mine, Follow.record_id == record_id))


def followed(session: Session, account_id: str) -> Sequence[Follow]:
    """What the person follows, the last begun first."""
    return session.scalars(select(Follow).where(Follow.account_id == account_id).order_by(Follow.id.desc())).all()


def is_followed(session: Session, region_id: str, record_id: str, account_id: str) -> str:
    """How often the person is told of it; empty: they do not follow it."""
    found = session.get(Follow, (account_id, region_id, record_id))
    return found.rhythm if found else ""


# Links that end it


def link(follower: Follower, one: Follow) -> str:
    """What stands in an address that ends *one*, and nothing else."""
    return f"{one.id}.{_sign(follower, one.id)}"


def digest_link(follower: Follower, rhythm: str) -> str:
    """What stands in an address that ends whatever the person is told of in this *rhythm*, and nothing else."""
    return f"{follower.id}.{rhythm}.{_sign(follower, rhythm)}"


def named_by(session: Session, text: str) -> tuple[Follow, ...]:
    """What *text*, from an address, ends; nothing when it is wrong, or was ended already."""
    match text.split("."):
        case follow_id, signature:
            found = session.scalars(select(Follow).where(Follow.id == follow_id)).first()
            follower = session.get(Follower, found.account_id) if found else None
            return (found,) if found and follower and _is_signed(signature, follower, found.id) else ()
        case follower_id, rhythm, signature:
            follower = session.scalars(select(Follower).where(Follower.id == follower_id)).first()
            if follower is None or not _is_signed(signature, follower, rhythm):
                return ()
            mine = (Follow.account_id == follower.account_id) & (Follow.rhythm == rhythm)
            return tuple(session.scalars(select(Follow).where(mine).order_by(Follow.id)))
        case _:
            return ()


def end_by(session: Session, text: str) -> None:
    """End what *text* names; it is no fault when that was done before."""
    for one in named_by(session, text):
        session.delete(one)
    session.flush()


def _sign(follower: Follower, what: str) -> str:
    return hmac.new(follower.secret.encode(), f"end {what}".encode(), sha256).hexdigest()[:32]


def _is_signed(signature: str, follower: Follower, what: str) -> bool:
    return hmac.compare_digest(signature.encode(), _sign(follower, what).encode())


# What has changed


def listen(session: Session, saved: Sequence[Saved]) -> None:
    """Have followers told, in the transaction of what they are told of. Listens to ``changes.record``."""
    for one in saved:
        if one.kind == "account" and one.verb == "close":
            for table in (Follow, Follower):
                session.execute(delete(table).where(table.account_id == one.record_id))
    by_region: dict[str, set[str]] = {}
    for one in saved:
        if one.kind in KINDS and one.verb in KINDS[one.kind].news:
            concerned = by_region.setdefault(one.region_id, {WHOLE})
            if not one.fresh:  # nobody can follow yet what is made just now
                concerned.add(one.record_id)
    for region_id, ids in by_region.items():
        wanted = select(Follow.rhythm).where(Follow.region_id == region_id, Follow.record_id.in_(ids)).distinct()
        for rhythm in session.scalars(wanted).all():
            _have_told(session, region_id, rhythm)


def _have_told(session: Session, region_id: str, rhythm: str) -> None:
    if rhythm == "now":
        # Not once for several: one that is being done has read already what there was to tell.
        outbox.enqueue(session, TOPIC, rhythm=rhythm, region=region_id)
    else:
        due = next_digest(rhythm, now())
        outbox.enqueue_for(session, due, TOPIC, f"{TOPIC}:{rhythm}:{due:%Y-%m-%d}", rhythm=rhythm, region="")
