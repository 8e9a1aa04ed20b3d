"""Who is invited to a meeting, by which way, and what they answered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from lanzarote.accounts.model import Account, Granted
from lanzarote.directory.service import ids_by_name
from lanzarote.errors import NotPermitted
from lanzarote.meetings.model import MeetingInvitation
from lanzarote.meetings.rules import unfit_role
from lanzarote.meetings.service import begins, meeting_of, status_of
from lanzarote.records import outbox, records
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import Subject, may, require
from lanzarote.records.tables import beside
from lanzarote.records.validation import NO_CHOICE, Fault, Faulty
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.meetings.documents import AnsweringInvitation
    from lanzarote.records.permissions import Actor
    from lanzarote.records.records import Record
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import Meeting

TOPIC: Final = "meeting.mail"
REMIND: Final = "meeting.remind"
BEFORE: Final = timedelta(days=3)
"""How long before a meeting invited organisations are reminded."""
NOT_INVITED: Final = N_("This organisation is not invited to this meeting.")


def invite(
    session: Session, record: Record, meeting: Meeting, vocabulary: Vocabulary, *, by: Actor, at: datetime
) -> int:
    """Invite those that *meeting* names and that are not invited yet; return how many. Representatives get e-mails."""
    known = ids_by_name(session, set(meeting.organisations))
    there = set(standing(session, invitations(session, record)))
    wanted = dict.fromkeys(known[name] for name in meeting.organisations if name in known)
    new = [one for one in wanted if one not in there]
    speakers = representatives(session, record.region_id, new)
    for stakeholder_id in new:
        accounts = speakers.get(stakeholder_id, ())
        session.add(
            MeetingInvitation(
                region_id=record.region_id,
                record_id=record.id,
                stakeholder_id=stakeholder_id,
                how="mail" if accounts else "letter",
                invited_at=at,
                reminded_at=None,
                answer="",
                who="",
                answered_at=None,
                answered_by="",
            )
        )
        send(session, record, "invited", stakeholder_id, accounts)
    session.flush()
    if new:
        records.tell(session, record, "invite to", by=by.account_id, at=at)
    remind_later(session, record, meeting, vocabulary.header.time_zone, at=at)
    return len(new)


def answer(
    session: Session,
    record: Record,
    vocabulary: Vocabulary,
    *,
    given: AnsweringInvitation,
    by: Actor,
    at: datetime,
) -> None:
    """Record whether an organisation comes, and who by role: for its representative, or a coordinator that it told.

    Raises Faulty, NotPermitted, IllegalTransition.
    """
    session.refresh(record, with_for_update=True)
    stakeholder, who = given.stakeholder, given.who
    speaks = may(by, "group.speak", Subject(region_id=record.region_id, id=stakeholder))
    if not speaks and not may(by, "group.lead", Subject(region_id=record.region_id)):
        raise NotPermitted(speaks.reason)
    if status_of(record).state != "announced":
        raise IllegalTransition("Only an announced meeting is answered.")
    if given.answer not in ("comes", "cannot"):
        raise Faulty([Fault(field="answer", text=NO_CHOICE)])
    identifiers = vocabulary.header.personal_identifiers
    if faults := [*unfit_role("who", who, identifiers)]:
        raise Faulty(faults)
    row = standing(session, invitations(session, record)).get(stakeholder)
    if row is None:
        raise Faulty([Fault(field="stakeholder", text=NOT_INVITED)])
    row.answer, row.who = given.answer, who.strip() if given.answer == "comes" else ""
    row.answered_at, row.answered_by = at, by.account_id
    record.updated_at = at
    session.flush()
    records.tell(session, record, "answer", by=by.account_id, at=at)


def remind(session: Session, record: Record, *, by: Actor, at: datetime) -> int:
    """Remind those who have not answered; return how many. Raises NotPermitted, IllegalTransition."""
    session.refresh(record, with_for_update=True)
    require(by, "group.lead", Subject(region_id=record.region_id))
    if status_of(record).state != "announced":
        raise IllegalTransition("Only of an announced meeting anybody is reminded.")
    rows = [row for row in invitations(session, record) if not row.answer]
    reminded = _remind(session, record, rows, at)
    records.tell(session, record, "remind", by=by.account_id, at=at)
    return reminded


def remind_in_time(session: Session, record: Record, *, day: str, at: datetime) -> None:
    """What is due some days before: nothing, if the meeting was moved or called off since. Called from the outbox."""
    if status_of(record).state == "announced" and meeting_of(session, record).day.isoformat() == day:
        _remind(session, record, [row for row in invitations(session, record) if row.answer != "cannot"], at)


def remind_later(session: Session, record: Record, meeting: Meeting, zone: str, *, at: datetime) -> None:
    """Have invited organisations reminded, if there is time for it."""
    due, day = begins(meeting, ZoneInfo(zone)) - BEFORE, meeting.day.isoformat()
    if due > at:
        said = {"region": record.region_id, "meeting": record.id, "day": day}
        outbox.enqueue_for(session, due, REMIND, f"{REMIND}:{record.id}:{day}", **said)


def tell_moved(session: Session, record: Record, meeting: Meeting, zone: str, *, at: datetime) -> None:
    """Tell everybody who is invited that it takes place elsewhere or at another time."""
    _tell_all(session, record, "moved")
    remind_later(session, record, meeting, zone, at=at)


def tell_cancelled(session: Session, record: Record) -> None:
    _tell_all(session, record, "cancelled")


def send(session: Session, record: Record, kind: str, stakeholder_id: str, accounts: Collection[str]) -> None:
    """Have a mail of this *kind* go to *accounts*, which speak for a body that is invited.

    While one waits to be sent, no other of its kind does.
    """
    for account_id in sorted(accounts):
        once = f"{TOPIC}:{kind}:{record.id}:{account_id}"
        said = {"region": record.region_id, "meeting": record.id, "account": account_id, "kind": kind}
        outbox.enqueue_once(session, TOPIC, once, **said, stakeholder=stakeholder_id)


def invitations(session: Session, record: Record) -> Sequence[MeetingInvitation]:
    """Everybody who was invited, in the order in which they were."""
    query = select(MeetingInvitation).where(beside(MeetingInvitation, record))
    return session.scalars(query.order_by(MeetingInvitation.invited_at, MeetingInvitation.stakeholder_id)).all()


def standing(session: Session, rows: Sequence[MeetingInvitation]) -> dict[str, MeetingInvitation]:
    """Each invitation by the id of the stakeholder it is today: one that was merged since answers as the other.

    Those of bodies that were erased are left out.
    """
    present = ids_by_name(session, {row.stakeholder_id for row in rows})
    found: dict[str, MeetingInvitation] = {}
    for row in rows:
        stakeholder_id = present.get(row.stakeholder_id)
        if stakeholder_id is None:
            continue
        if stakeholder_id not in found or (row.answer and not found[stakeholder_id].answer):
            found[stakeholder_id] = row
    return found


def representatives(session: Session, region_id: str, stakeholders: Collection[str]) -> Mapping[str, list[str]]:
    """Stakeholder → accounts that speak for it and can be written to."""
    query = (
        select(Granted.stakeholder_id, Granted.account_id)
        .join(Account, Account.id == Granted.account_id)
        .where(Granted.region_id == region_id, Granted.role == "representative", Account.state == "active")
        .where(Granted.stakeholder_id.in_(list(stakeholders)))
    )
    found: dict[str, list[str]] = {}
    for stakeholder_id, account_id in session.execute(query.order_by(Granted.account_id)):
        found.setdefault(stakeholder_id, []).append(account_id)
    return found


def _remind(session: Session, record: Record, rows: Sequence[MeetingInvitation], at: datetime) -> int:
    by_id = {key: row for key, row in standing(session, invitations(session, record)).items() if row in rows}
    speakers = representatives(session, record.region_id, by_id)
    for stakeholder_id, accounts in speakers.items():
        by_id[stakeholder_id].reminded_at = at
        send(session, record, "reminded", stakeholder_id, accounts)
    session.flush()
    return len(speakers)


def _tell_all(session: Session, record: Record, kind: str) -> None:
    by_id = standing(session, invitations(session, record))
    for stakeholder_id, accounts in representatives(session, record.region_id, by_id).items():
        send(session, record, kind, stakeholder_id, accounts)
