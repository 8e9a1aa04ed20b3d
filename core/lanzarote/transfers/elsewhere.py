"""Somebody without a platform says that they took a practice up; shown once a coordinator of its region confirmed it.

The address is for the answer alone: it is emptied when the answer is given. Nothing that is refused is kept.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import func, select

from lanzarote import guard
from lanzarote.accounts import letters, mails
from lanzarote.errors import NotFound
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.records import changelog, locking, outbox, records
from lanzarote.records.permissions import Subject, require
from lanzarote.records.records import Record
from lanzarote.records.validation import MISSING, UNSHOWABLE, Fault, is_unshowable
from lanzarote.stakeholders.replies import (
    BY,
    MOST_AN_HOUR,
    NOT_SAID,
    TOO_LONG,
    Judgement,
    TooMany,
    each_once,
    unfit_contact,
    visible,
)
from lanzarote.transfers.model import Elsewhere
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.mail.sending import Mail
    from lanzarote.records.permissions import Actor
    from lanzarote.store.database import Database

TOPIC: Final = "transfers.elsewhere"
NO_SUCH: Final = N_("This was answered already, or there is nothing of the kind.")
LENGTHS: Final[Mapping[str, int]] = {
    "place": 200,
    "organisation": 200,
    "what": 4_000,
    "source": 1_000,
    "contact": 200,
}
"""Most characters of each field."""
READ: Final = ("place", "organisation", "what", "source")
"""Fields that everybody reads once it is confirmed."""


class Report(Struct, frozen=True, kw_only=True):
    """What was written into the form."""

    place: str = ""
    organisation: str = ""
    what: str = ""
    """What is done there, and what had to change."""
    source: str = ""
    contact: str = ""
    """Address of a service, never of a person."""


def judge(report: Report, *, identifiers: Sequence[str]) -> Judgement:
    """Whether *report* can be kept. It is to be public: whatever the guard finds has to be taken out."""
    long = [name for name, most in LENGTHS.items() if len(getattr(report, name)) > most]
    if long:  # nobody reads it, neither people nor what judges it
        return Judgement(outcome="refused", faults=tuple(Fault(field=name, text=TOO_LONG) for name in long))
    texts = [(name, visible(getattr(report, name))) for name in READ]
    if guard.reads_like_disclosure(*(text for _, text in texts)):
        return Judgement(outcome="disclosure")
    faults = [Fault(field=name, text=UNSHOWABLE) for name in LENGTHS if is_unshowable(getattr(report, name))]
    needed = {"place": MISSING, "what": NOT_SAID}
    faults += [Fault(field=name, text=text) for name, text in needed.items() if not visible(getattr(report, name))]
    if why := unfit_contact(report.contact):
        faults.append(Fault(field="contact", text=why))
    concerns = guard.check_texts(texts, identifiers=identifiers, guesses=False)
    faults += [Fault(field=one.field, text=guard.REASONS[one.code]) for one in concerns]
    return Judgement(outcome="refused" if faults else "kept", faults=each_once(faults))


def keep(database: Database, region_id: str, record_id: str, report: Report, *, lang: str, at: datetime) -> int:
    """Let it wait for the team; return its number. The same sent twice is one. Raises TooMany, NotFound."""
    with database.write(region_id) as session:
        locking.lock(session, region_id)
        record = session.get(Record, (region_id, record_id))
        if record is None or record.kind != PRACTICE or record.published_version is None:
            raise NotFound(NO_SUCH)
        said = {name: getattr(report, name) for name in READ}
        waiting = session.scalars(select(Elsewhere).where(Elsewhere.record_id == record_id)).all()
        for row in waiting:
            if {name: getattr(row, name) for name in READ} == said:
                return row.number
        if _within(session, at - timedelta(hours=1)) >= MOST_AN_HOUR:
            raise TooMany("The region takes no more messages for the moment; nothing was kept. Send it in an hour.")
        number = max((row.number for row in waiting), default=0) + 1
        row = Elsewhere(
            region_id=region_id, record_id=record_id, number=number, **said, lang=lang, at=at, state="asked"
        )
        row.contact, row.settled_at = report.contact, None
        session.add(row)
        session.flush()
        records.tell(session, record, "elsewhere", by=BY, at=at)
        mails.notify_coordinators(session, region_id, "elsewhere", record_id)
        return number


def settle(
    session: Session,
    region_id: str,
    record_id: str,
    number: int,
    *,
    confirm: bool,
    by: Actor,
    at: datetime,
) -> None:
    """Show it from now on, or delete it; whoever wrote is answered, and their address forgotten.

    Raises NotFound, NotPermitted.
    """
    require(by, "group.lead", Subject(region_id=region_id))
    row = session.get(Elsewhere, (region_id, record_id, number), with_for_update=True)
    record = session.get(Record, (region_id, record_id))
    if row is None or record is None or row.state != "asked":
        raise NotFound(NO_SUCH)
    if row.contact:
        answer = {"region": region_id, "practice": record_id, "to": row.contact, "confirmed": confirm}
        outbox.enqueue(session, TOPIC, **answer)
    session.info["erased"] = True  # the bytes of the address go too, as soon as this is committed
    if confirm:
        row.state, row.contact, row.settled_at = "confirmed", "", at
    else:
        session.delete(row)
    session.flush()
    changelog.bump_revision(session, region_id)
    records.tell(session, record, "confirm-elsewhere" if confirm else "refuse-elsewhere", by=by.account_id, at=at)


def remove(session: Session, region_id: str, record_id: str, number: int, *, by: Actor, at: datetime) -> None:
    """Take away what was confirmed. Raises NotFound, NotPermitted."""
    require(by, "group.lead", Subject(region_id=region_id))
    row = session.get(Elsewhere, (region_id, record_id, number), with_for_update=True)
    record = session.get(Record, (region_id, record_id))
    if row is None or record is None or row.state != "confirmed":
        raise NotFound(NO_SUCH)
    session.delete(row)
    session.info["erased"] = True
    session.flush()
    changelog.bump_revision(session, region_id)
    records.tell(session, record, "remove-elsewhere", by=by.account_id, at=at)


def letter(instance: Instance, session: Session, payload: Mapping[str, Any]) -> Mail | None:
    """Answer whoever wrote."""
    record = session.get(Record, (payload["region"], payload["practice"]))
    if record is None or record.state == "erased":
        return None
    written = letters.Letter(instance, instance.header(payload["region"]), payload, to=payload["to"])
    written.say(N_("Hello,"))
    written.say(N_("you wrote that a practice of %(region)s was taken up elsewhere. Thank you."), region=written.region)
    if payload["confirmed"]:
        written.say(N_("The regional team has confirmed it: everybody can read it now on the page of the practice."))
        path = f"{written.lang}/{payload['region']}/practices/{record.slug}/travels"
        written.say("%(address)s", address=f"{instance.public_address}/{path}")
    else:
        written.say(N_("The regional team could not confirm it. What you wrote is deleted; nobody else has read it."))
    written.say(N_("Your address was kept for this answer only, and is deleted now."))
    return written.mail(N_("Taken up elsewhere: the answer of %(region)s"), region=written.region)


def waiting(session: Session) -> Sequence[Elsewhere]:
    """What nobody has answered yet in the session's regions, the oldest first."""
    query = select(Elsewhere).where(Elsewhere.state == "asked").order_by(Elsewhere.at, Elsewhere.record_id)
    return session.scalars(query).all()


def confirmed(session: Session) -> Sequence[Elsewhere]:
    """What everybody may read of the practices of the session's regions, the first first."""
    query = select(Elsewhere).where(Elsewhere.state == "confirmed").order_by(Elsewhere.at, Elsewhere.number)
    return session.scalars(query).all()


def _within(session: Session, since: datetime) -> int:
    query = select(func.count()).select_from(Elsewhere)
    return session.scalar(query.where(Elsewhere.state == "asked", Elsewhere.at >= since)) or 0
