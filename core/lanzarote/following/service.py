"""Who follows what, and what can be followed: beginning and ending it, and the signed links of the e-mails."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from sqlalchemy import Index, delete, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.accounts.secrets import new_secret
from lanzarote.errors import NotFound, NotPermitted
from lanzarote.records import outbox
from lanzarote.records.changelog import Audit
from lanzarote.records.kinds import kinds_of
from lanzarote.records.permissions import NOT_SIGNED_IN, Subject, may
from lanzarote.records.records import Record, now
from lanzarote.records.validation import NO_CHOICE, Fault, Faulty
from lanzarote.store.bulk import insert_into
from lanzarote.store.database import Base, Shared
from lanzarote.store.ids import new_id
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.changelog import Saved
    from lanzarote.records.kinds import Kinds, RecordKind
    from lanzarote.records.permissions import Actor


# --- Who follows what. It belongs to the person, not to the region: it is in no region's file ---

Rhythm = Literal["now", "daily", "weekly"]
RHYTHMS: Final[tuple[Rhythm, ...]] = get_args(Rhythm)
WHOLE: Final = ""
"""In place of a record's id: everything of a region."""


class Follow(Shared, Base):
    """One person follows one record, or everything of a region."""

    __tablename__ = "follow"
    __table_args__ = (
        Index("follow_by_record", "region_id", "record_id"),
        Index("follow_by_rhythm", "rhythm", "account_id"),
        Index("follow_by_id", "id", unique=True),
    )

    account_id: Mapped[str] = mapped_column(primary_key=True)
    region_id: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[str] = mapped_column(primary_key=True)
    """``WHOLE`` for everything."""
    rhythm: Mapped[str]
    told: Mapped[int]
    """The line of the audit up to which the person is informed."""
    id: Mapped[str]
    """As links name it that end it."""
    at: Mapped[datetime]


class Follower(Shared, Base):
    """A person who follows, or did: what their links are signed with."""

    __tablename__ = "follower"
    __table_args__ = (Index("follower_by_id", "id", unique=True),)

    account_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str]
    """As links name them that end a whole digest."""
    secret: Mapped[str]


# --- When digests are sent: in the morning, weekly ones on Mondays ---

MORNING: Final = 5
"""Hour in UTC: between six and nine wherever the Council of Europe's States keep time on the continent."""
MARGIN: Final = timedelta(hours=1)
"""What changes so shortly before is in the next digest: by then everything of it can be read."""


def next_digest(rhythm: str, at: datetime) -> datetime:
    """When what changed *at* is told in a digest.

    >>> at = datetime(2031, 1, 1, 9, tzinfo=UTC)  # a Wednesday
    >>> next_digest("daily", at).isoformat(), next_digest("weekly", at).isoformat()
    ('2031-01-02T05:00:00+00:00', '2031-01-06T05:00:00+00:00')
    >>> next_digest("daily", datetime(2031, 1, 1, 4, 30, tzinfo=UTC)).isoformat()
    '2031-01-02T05:00:00+00:00'
    """
    first = at.astimezone(UTC) + MARGIN
    due = first.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    if due < first:
        due += timedelta(days=1)
    if rhythm == "weekly":
        due += timedelta(days=-due.weekday() % 7)
    return due


# --- What can be followed, and who may know what became of it ---

PUBLIC: Final = ("publish", "withdraw", "erase", "merge", "relation")
"""What the public may know of what it once read."""


def may_follow(kinds: Kinds, record: Record, by: Actor) -> bool:
    """Whether *by* may read *record* as it stands now, in one way or another."""
    kind = kinds.get(record.kind)
    if kind is None or kind.followed is None or record.state == "erased":
        return False
    return record.published_version is not None or _reads_inside(kind, record, by)


def may_know(kinds: Kinds, record: Record, verb: str, by: Actor) -> bool:
    """Whether *by* may know now that *verb* was done to *record*."""
    kind = kinds.get(record.kind)
    if kind is None or kind.followed is None or verb not in kind.followed.news:
        return False
    if verb in PUBLIC and record.published_at is not None:
        return True
    return _reads_inside(kind, record, by)


def _reads_inside(kind: RecordKind[Any, Any], record: Record, by: Actor) -> bool:
    """Whether *by* reads it as one of those who work on it.

    What is not shared is its authors' alone; where there is nothing left of it, nothing is told.
    """
    if kind.followed is None or not kind.followed.inside or (kind.unshared and kind.unshared(record)):
        return False
    return bool(may(by, kind.read, Subject(region_id=record.region_id, id=record.id)))


# --- Beginning and ending to follow, and the signed links by which a mail lets one end it ---

TOPIC: Final = "following"
"""Of the jobs that tell followers."""
NO_SUCH: Final = N_("There is nothing here that you can follow.")
MOST: Final = 500
"""So much one person follows."""
TOO_MUCH: Final = N_("You follow so much already that nobody could read it. Follow a whole region, or end some first.")


def follow(session: Session, region_id: str, record_id: str, rhythm: str, *, by: Actor, at: datetime) -> Follow:
    """Let *by* follow it from now on. Raises Faulty, NotFound, NotPermitted."""
    if not by.signed_in:
        raise NotPermitted(NOT_SIGNED_IN)
    if rhythm not in RHYTHMS:
        raise Faulty([Fault(field="rhythm", text=NO_CHOICE)])
    if record_id != WHOLE:
        record = session.get(Record, (region_id, record_id))
        if record is None or not may_follow(kinds_of(session), record, by):
            raise NotFound(NO_SUCH)
    known = session.get(Follow, (by.account_id, region_id, record_id), with_for_update=True)
    if known is None:
        _begin(session, region_id, record_id, rhythm, by=by, at=at)
        known = session.get_one(Follow, (by.account_id, region_id, record_id), with_for_update=True)
    changed, known.rhythm = known.rhythm != rhythm, rhythm
    session.flush()
    if changed and _is_behind(session, known):
        # The job of the rhythm before no longer finds them.
        _have_told(session, region_id, rhythm)
    return known


def _is_behind(session: Session, one: Follow) -> bool:
    """Whether there may be something that the person does not know yet."""
    followed = {kind.name: list(kind.followed.news) for kind in kinds_of(session).values() if kind.followed}
    news = or_(*((Audit.kind == name) & Audit.verb.in_(verbs) for name, verbs in followed.items()))
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
    session.execute(insert_into(session, table).values(**values).on_conflict_do_nothing())


def unfollow(session: Session, region_id: str, record_id: str, *, by: Actor) -> None:
    """Stop following; nothing happens to who does not follow it."""
    mine = (Follow.account_id == by.account_id) & (Follow.region_id == region_id)
    session.execute(delete(Follow).where(mine, Follow.record_id == record_id))


def followed(session: Session, account_id: str) -> Sequence[Follow]:
    """What the person follows, the last begun first."""
    return session.scalars(select(Follow).where(Follow.account_id == account_id).order_by(Follow.id.desc())).all()


def is_followed(session: Session, region_id: str, record_id: str, account_id: str) -> str:
    """How often the person gets an e-mail about it; empty: they do not follow it."""
    found = session.get(Follow, (account_id, region_id, record_id))
    return found.rhythm if found else ""


# Links that end it


def link(follower: Follower, one: Follow) -> str:
    """The end of an address that ends *one*, and nothing else."""
    return f"{one.id}.{_sign(follower, one.id)}"


def digest_link(follower: Follower, rhythm: str) -> str:
    """The end of an address that stops all e-mails in this *rhythm*, and nothing else."""
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
    """Enqueue the e-mails, in the transaction of the change. Listens to ``changes.record``."""
    for one in saved:
        if one.kind == "account" and one.verb == "close":
            for table in (Follow, Follower):
                session.execute(delete(table).where(table.account_id == one.record_id))
    by_region: dict[str, set[str]] = {}
    kinds = kinds_of(session)
    for one in saved:
        followed = kinds[one.kind].followed if one.kind in kinds else None
        if followed and one.verb in followed.news:
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
