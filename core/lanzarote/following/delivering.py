"""Job: e-mail followers what is new. What was sent is recorded afterwards, so that nothing is ever lost."""

from __future__ import annotations

import logging
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import and_, case, exists, func, or_, select, update

from lanzarote.accounts.mails import Letter
from lanzarote.accounts.model import Account, Granted, Passkey
from lanzarote.following.service import PUBLIC, WHOLE, Follow, Follower, digest_link, link, may_know
from lanzarote.mail.sending import NotSent, Unreachable, send
from lanzarote.records import outbox
from lanzarote.records.changelog import Audit
from lanzarote.records.kinds import kinds_of, titles_of
from lanzarote.records.permissions import Actor, Grant, is_outside
from lanzarote.records.records import Record, Version
from lanzarote.store.database import ALL
from lanzarote.translation import N_, pick

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.mail.sending import Mail
    from lanzarote.records.kinds import Kinds, RecordKind
    from lanzarote.store.database import Database


# --- letters ---
# The mails that tell followers what changed: what kind of thing it is, and its title where everybody may read it.

MOST: Final = 50
"""Records that one mail tells of; of the others it tells how many they are."""
WHEN: Final[Mapping[str, str]] = {
    "now": N_("You chose to be informed at once."),
    "daily": N_("You chose to be informed once a day."),
    "weekly": N_("You chose to be informed once a week."),
}


def letter(
    instance: Instance,
    account: Account,
    follower: Follower,
    rhythm: str,
    told: Sequence[tuple[Follow, Item]],
    heads: Mapping[str, int],
) -> Mail:
    """The mail that tells *account* what is new; the same id for the same news."""
    regions = sorted({follow.region_id for follow, _ in told})
    said = "/".join((account.id, rhythm, *(f"{region}:{heads[region]}" for region in regions)))
    written = Letter(instance, account, {"event_id": sha256(said.encode()).hexdigest()[:32]})
    written.say(N_("In what you follow, this has changed:"))
    for follow, item in told[:MOST]:
        written.line(_entry(instance, written, account.language, follow, item))
    if len(told) > MOST:
        written.say(N_("And more: %(count)s."), count=str(len(told) - MOST))
    written.say(N_("This e-mail says no more, to protect what is written there."))
    written.say(WHEN[rhythm])
    written.say(N_("See and change what you follow:"))
    written.line(written.href("account", "following"))
    alone = {follow.id: follow for follow, _ in told}
    if rhythm == "now" and len(alone) == 1:
        [one] = alone.values()
        end = written.href("unsubscribe", link(follower, one))
        written.say(N_("End this, without signing in:"))
    else:
        end = written.href("unsubscribe", digest_link(follower, rhythm))
        written.say(N_("Stop all e-mails of this kind, without signing in:"))
    written.line(end)
    mail = written.mail(N_("Something has changed on the Lanzarote platform"))
    return msgspec.structs.replace(mail, unsubscribe=end)


def called(kind: RecordKind[Any, Any], gettext: Callable[[str], str]) -> str:
    """A record of *kind* without its title: "A practice"."""
    words = str(gettext(kind.one))
    return words[:1].upper() + words[1:]


def _entry(instance: Instance, written: Letter, lang: str, follow: Follow, item: Item) -> str:
    """One record: what it is, what became of it, where it is read."""
    _ = instance.translations.translator(lang, follow.region_id).gettext
    record, kind = item.concerned.record, instance.kinds[item.concerned.record.kind]
    header = instance.headers()[follow.region_id]
    name = called(kind, _)
    if item.concerned.titles:
        title, _lang = pick(item.concerned.titles, lang, item.concerned.original, header.languages)
        name = _("%(kind)s, “%(title)s”") % {"kind": name, "title": title}
    region = pick(header.name, lang, header.languages[0])[0]
    news = kind.followed.news if kind.followed else {}
    verbs = "; ".join(dict.fromkeys(str(_(news[verb])) for verb in item.verbs))
    line = _("- %(name)s (%(region)s): %(news)s") % {"name": name, "region": region, "news": verbs}
    if kind.public and record.published_version is not None and not item.inside:
        return f"{line}\n  {written.region_href(header, kind.public, record.slug)}"
    if kind.followed and kind.followed.inside and record.state != "erased":
        return f"{line}\n  {written.region_href(header, 'team', kind.room, record.id)}"
    return str(line)


# --- What changed since followers were told last: read once for all of them, however many they are ---


class Line(Struct, frozen=True):
    """Something that was done."""

    seq: int
    actor: str
    verb: str


class Concerned(Struct, frozen=True, kw_only=True):
    """A record as it is now, and what the public calls it."""

    record: Record
    titles: Mapping[str, str]
    """Empty unless the public reads it: a mail travels less protected than a page."""
    original: str


class News(Struct, frozen=True, kw_only=True):
    """What is new in one region."""

    floor: int
    """Everybody was informed up to this line of the audit."""
    head: int
    lines: Mapping[str, Sequence[Line]]
    """Record → what was done to it, the first first."""


class Item(Struct, frozen=True, kw_only=True):
    """What one person reads of one record."""

    concerned: Concerned
    verbs: tuple[str, ...]
    inside: bool
    """There is something among it that the group's page shows, and the public's does not."""


def read(session: Session, rhythm: str, regions: Sequence[str]) -> dict[str, News]:
    """What followers in this *rhythm* do not know yet, by region."""
    floors = select(Follow.region_id, func.min(Follow.told)).where(Follow.rhythm == rhythm)
    found = {}
    followed = {kind.name: kind.followed for kind in kinds_of(session).values() if kind.followed}
    verbs = {verb for one in followed.values() for verb in one.news}
    for region_id, floor in session.execute(floors.where(Follow.region_id.in_(regions)).group_by(Follow.region_id)):
        head = session.scalar(select(func.max(Audit.seq)).where(Audit.region_id == region_id)) or 0
        since = and_(Audit.region_id == region_id, Audit.seq > floor, Audit.seq <= head, Audit.verb.in_(verbs))
        query = select(Audit.record_id, Audit.seq, Audit.actor, Audit.verb).where(since, Audit.kind.in_(followed))
        lines: dict[str, list[Line]] = {}
        for record_id, seq, actor, verb in session.execute(query.order_by(Audit.seq)):
            lines.setdefault(record_id, []).append(Line(seq, actor, verb))
        found[region_id] = News(floor=floor, head=head, lines=lines)
    return found


def concerned(session: Session, news: Mapping[str, News]) -> dict[tuple[str, str], Concerned]:
    """The records that there is news of, as they are now."""
    found = {}
    shown = and_(
        Version.region_id == Record.region_id,
        Version.record_id == Record.id,
        Version.number == Record.published_version,
    )
    query = select(Record, Version.body).outerjoin(Version, shown)
    for region_id, one in news.items():
        ids = list(one.lines)
        for start in range(0, len(ids), 500):
            mine = and_(Record.region_id == region_id, Record.id.in_(ids[start : start + 500]))
            for record, body in session.execute(query.where(mine)):
                found[record.region_id, record.id] = _told(record, body or b"")
    session.expunge_all()
    return found


def items(
    kinds: Kinds,
    follows: Sequence[Follow],
    news: Mapping[str, News],
    records: Mapping[tuple[str, str], Concerned],
    by: Actor,
) -> list[tuple[Follow, Item]]:
    """What *by*, whose *follows* these are, reads: nothing they did themselves, nothing they may not know now."""
    told: list[tuple[Follow, Item]] = []
    seen: set[tuple[str, str]] = set()
    # What is followed by itself comes before what is part of a whole region.
    for follow in sorted(follows, key=lambda one: (one.record_id == WHOLE, one.id)):
        region = news.get(follow.region_id)
        if region is None:
            continue
        ids = list(region.lines) if follow.record_id == WHOLE else [follow.record_id]
        for record_id in ids:
            place = (follow.region_id, record_id)
            if place in seen or place not in records:
                continue
            one = records[place]
            verbs = [
                line.verb
                for line in region.lines.get(record_id, ())
                if line.seq > follow.told and line.actor != by.account_id and may_know(kinds, one.record, line.verb, by)
            ]
            if verbs:
                seen.add(place)
                inside = not set(verbs).issubset(PUBLIC)
                told.append((follow, Item(concerned=one, verbs=tuple(dict.fromkeys(verbs)), inside=inside)))
    return told


def _told(record: Record, body: bytes) -> Concerned:
    original, titles = titles_of(msgspec.json.decode(body)) if body else ("", {})
    return Concerned(record=record, titles=titles, original=original)


# --- delivering ---

log = logging.getLogger("lanzarote.following")
BATCH: Final = 100


class Reader(Struct, kw_only=True):
    """A follower, with what they may do now."""

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

    Raises NotSent when the mail server did not take all of it: who got theirs gets it once.
    """
    # Two at once would both find the same people not told yet.
    with database.alone("following"):
        _deliver(instance, database, payload)


def _deliver(instance: Instance, database: Database, payload: Mapping[str, Any]) -> None:
    rhythm, region = str(payload["rhythm"]), str(payload["region"])
    served = instance.headers()
    regions = [one for one in served if region in ("", one)]
    with database.read(ALL) as session:
        found = read(session, rhythm, regions)
        records = concerned(session, found)
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
    told = items(instance.kinds, tuple(one.follows.values()), found, records, one.actor)
    if not told or one.account.state != "active":
        return True
    heads = {region_id: each.head for region_id, each in found.items()}
    mail = letter(instance, one.account, one.follower, rhythm, told, heads)
    try:
        send(instance.settings, mail)
    except Unreachable:
        raise
    except NotSent as error:
        log.warning("A mail to a follower was not taken: %s", error)
        return False
    return True


def _catch_up(session: Session, rhythm: str, found: Mapping[str, News], account_ids: Sequence[str]) -> None:
    """Record that these people were informed."""
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
