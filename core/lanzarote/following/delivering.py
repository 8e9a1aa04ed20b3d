"""Job: tell followers what is new. What was told is written down after it was sent, so that nothing is ever lost."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from sqlalchemy import and_, case, exists, or_, select, update

from lanzarote.accounts.model import Account, Granted, Passkey
from lanzarote.following import letters, news
from lanzarote.following.model import WHOLE, Follow, Follower
from lanzarote.mail.sending import NotSent, Unreachable, send
from lanzarote.records import outbox
from lanzarote.records.permissions import Actor, Grant, is_outside
from lanzarote.records.records import Record
from lanzarote.store.database import ALL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lanzarote.following.news import Concerned, News
    from lanzarote.instance import Instance
    from lanzarote.store.database import Database

log = logging.getLogger("lanzarote.following")
BATCH: Final = 100


class Reader(Struct, kw_only=True):
    """Somebody to be told, with what they may do now."""

    account: Account
    follower: Follower
    strong: bool
    follows: dict[str, Follow] = {}
    grants: dict[tuple[str, str], Grant] = {}

    @property
    def actor(self) -> Actor:
        return Actor(
            account_id=self.account.id,
            name=self.account.name,
            language=self.account.language,
            grants=tuple(self.grants.values()),
            strong=self.strong,
        )


def deliver(instance: Instance, database: Database, payload: Mapping[str, Any]) -> None:
    """Tell everybody who follows in this rhythm what they may know of it now.

    Raises NotSent when the mail server did not take all of it: whoever was told is not told again.
    """
    # Two at once would both find the same people not told yet.
    with database.alone("following"):
        _deliver(instance, database, payload)


def _deliver(instance: Instance, database: Database, payload: Mapping[str, Any]) -> None:
    rhythm, region = str(payload["rhythm"]), str(payload["region"])
    served = instance.headers()
    regions = [one for one in served if region in ("", one)]
    with database.read(ALL) as session:
        found = news.read(session, rhythm, regions)
        records = news.concerned(session, found)
    failed: list[str] = []
    after = ""
    while readers := _readers(database, rhythm, found, after):
        sent: list[str] = []
        try:
            for reader in readers:
                told = _tell(instance, rhythm, reader, found, records)
                (sent if told else failed).append(reader.account.id)
        finally:
            with database.write(ALL) as session:
                _catch_up(session, rhythm, found, sent)
                outbox.hold_on(session, str(payload["event_id"]))
        after = max(reader.account.id for reader in readers)
    if any(one.floor < one.head for one in found.values()):
        with database.write(ALL) as session:
            for region_id, one in found.items():
                _pass_by(session, rhythm, region_id, one)
    if failed:
        raise NotSent(f"{len(failed)} mails to followers were not taken; they are tried again")


def _readers(database: Database, rhythm: str, found: Mapping[str, News], after: str) -> list[Reader]:
    """The next hundred people, with all that has to be known of them: one question."""
    wanted = _concerned(found)
    if wanted is None:
        return []
    some = select(Follow.account_id).where(wanted, Follow.rhythm == rhythm, Follow.account_id > after).distinct()
    factor = or_(Account.totp.is_not(None), exists().where(Passkey.account_id == Account.id))
    query = (
        select(Follow, Account, Follower, Granted, Record.status, factor)
        .join(Account, Account.id == Follow.account_id)
        .join(Follower, Follower.account_id == Follow.account_id)
        .outerjoin(Granted, Granted.account_id == Follow.account_id)
        .outerjoin(Record, (Record.region_id == Granted.region_id) & (Record.id == Granted.stakeholder_id))
        .where(wanted, Follow.rhythm == rhythm)
        .where(Follow.account_id.in_(some.order_by(Follow.account_id).limit(BATCH)))
    )
    readers: dict[str, Reader] = {}
    with database.read(ALL) as session:
        for follow, account, follower, granted, status, strong in session.execute(query):
            one = readers.get(account.id)
            if one is None:
                one = readers[account.id] = Reader(account=account, follower=follower, strong=bool(strong))
            one.follows[follow.id] = follow
            if granted is not None:
                one.grants[granted.region_id, granted.role] = Grant(
                    role=granted.role,  # type: ignore[arg-type]
                    region_id=granted.region_id,
                    stakeholder_id=granted.stakeholder_id,
                    outside=is_outside(granted.role, status),
                )
        session.expunge_all()
    return [readers[account_id] for account_id in sorted(readers)]


def _concerned(found: Mapping[str, News]) -> ColumnElement[bool] | None:
    """The follows that there may be something to tell of; None: there is nothing."""
    some = [
        and_(Follow.region_id == region_id, Follow.told < one.head, Follow.record_id.in_([WHOLE, *one.lines]))
        for region_id, one in found.items()
        if one.lines
    ]
    return or_(*some) if some else None


def _tell(
    instance: Instance,
    rhythm: str,
    one: Reader,
    found: Mapping[str, News],
    records: Mapping[tuple[str, str], Concerned],
) -> bool:
    """Whether *one* was told, or there was nothing to tell them. Raises Unreachable."""
    told = news.items(tuple(one.follows.values()), found, records, one.actor)
    if not told or one.account.state != "active":
        return True
    heads = {region_id: each.head for region_id, each in found.items()}
    mail = letters.letter(instance, one.account, one.follower, rhythm, told, heads)
    try:
        send(instance.settings, mail)
    except Unreachable:
        raise
    except NotSent as error:
        log.warning("A mail to a follower was not taken: %s", error)
        return False
    return True


def _catch_up(session: Session, rhythm: str, found: Mapping[str, News], account_ids: Sequence[str]) -> None:
    """These people were told whatever there was to tell them."""
    wanted = _concerned(found)
    if wanted is None or not account_ids:
        return
    head = case({region_id: one.head for region_id, one in found.items()}, value=Follow.region_id, else_=Follow.told)
    mine = Follow.account_id.in_(account_ids) & (Follow.rhythm == rhythm)
    session.execute(update(Follow).where(wanted, mine).values(told=head))


def _pass_by(session: Session, rhythm: str, region_id: str, one: News) -> None:
    """Nothing happened to what else is followed: it need not be looked through again."""
    mine = (Follow.region_id == region_id) & (Follow.rhythm == rhythm)
    between = (Follow.told >= one.floor) & (Follow.told < one.head)
    other = Follow.record_id.not_in([WHOLE, *one.lines]) if one.lines else Follow.told >= 0
    session.execute(update(Follow).where(mine, between, other).values(told=one.head))
