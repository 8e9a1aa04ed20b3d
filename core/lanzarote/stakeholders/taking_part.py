"""Taking part in the group: a coordinator invites a body; the body itself says yes or no, and may leave later.

What it said becomes its relation, which the public reads; who was invited when stands beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from msgspec import Meta, Struct
from msgspec.structs import asdict
from sqlalchemy import func, select

from lanzarote.accounts import answer_links, letters, mails
from lanzarote.accounts.answer_links import Errand, LinkRefused
from lanzarote.directory.model import KIND, RELATION_LIFECYCLE, Invitation
from lanzarote.errors import NotPermitted
from lanzarote.records import outbox, records
from lanzarote.records.drafts import hold
from lanzarote.records.lifecycle import RECORD, next_state
from lanzarote.records.permissions import may, require, subject_of
from lanzarote.records.records import Record, now
from lanzarote.records.validation import NO_CHOICE, Fault, Faulty
from lanzarote.stakeholders import deciding, members, writing
from lanzarote.stakeholders.contacts import contacts_of
from lanzarote.translation import N_
from lanzarote.types import PartialDate, Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.mail.sending import Mail
    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary

Answer = Literal["accept", "decline", "leave"]
RELATION_OF: Final[Mapping[Answer, str]] = {"accept": "taking-part", "decline": "declined", "leave": "left"}
VERB_OF: Final[Mapping[Answer, str]] = {"accept": "accept-part", "decline": "decline-part", "leave": "leave-part"}
TOPIC: Final = "mail.take-part"
PLACE: Final = "take-part"
"""Of the page that a mailed link leads to."""

NO_REPRESENTATIVE: Final = N_("Nobody has an account to speak for it. Choose another way.")
NO_ORGANISATION: Final = N_("Your account represents no organisation here. Ask a coordinator to correct this.")
NO_DESK: Final = N_("Choose one of its contacts that has an e-mail address.")


Source = Annotated[str, Meta(max_length=500)]


class Inviting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the body is asked."""

    way: Annotated[str, Meta(min_length=1, max_length=300)]
    """``representatives``, ``elsewhere`` (no mail is sent), or the e-mail address of one of its contacts."""


class Accepting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From when, and where that is written."""

    since: PartialDate
    source: Source
    mandate: Text = {}
    """What it is there for, in its words."""
    shared: bool = False
    """The central office may receive its entry in the directory; without this it never leaves the region."""


class Ending(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From when, and where that is written."""

    since: PartialDate | None = None
    source: Source = ""


class Answering(Struct, frozen=True, kw_only=True):
    """What whoever has the link answers."""

    answer: Literal["accept", "decline"]
    mandate: Text = {}
    since: PartialDate | None = None
    source: Source = ""
    shared: bool = False


class Reply(Struct, frozen=True, kw_only=True):
    """What a body says of its part in the group."""

    answer: Answer
    since: Annotated[str, Meta(extra={"is": "partial-date"})] = ""
    """A year, a month or a day."""
    mandate: Text = {}
    """What it is there for, in its words."""
    source: str = ""
    """Where that is written."""
    shared: bool = False
    """The central office may receive its entry."""


def reply_of(answer: Answer, given: Accepting | Ending | Answering) -> Reply:
    return Reply(**asdict(given) | {"answer": answer, "since": given.since or ""})


def invite(
    session: Session, record: Record, vocabulary: Vocabulary, *, given: Inviting, by: Actor, at: datetime
) -> None:
    """Ask the body whether it takes part; or ask once more.

    Raises Faulty, NotPermitted, IllegalTransition.
    """
    hold(session, record, "stakeholder.decide", by)
    next_state(RECORD, record.state, "write")
    relation = next_state(RELATION_LIFECYCLE, deciding.status_of(record).relation, "invite")
    way = given.way
    kind = way if way in ("representatives", "elsewhere") else "contact"
    accounts = members.representatives(session, record.region_id, [record.id]).get(record.id, [])
    if kind == "representatives" and not accounts:
        raise Faulty([Fault(field="way", text=NO_REPRESENTATIVE)])
    addresses = [one.address for one in members.mail_contacts(contacts_of(session, record))]
    if kind == "contact" and way not in addresses:
        raise Faulty([Fault(field="way", text=NO_DESK if way else NO_CHOICE)])
    invited = Reply(answer="accept")
    deciding.relate(session, record, vocabulary, relation, invited, itself=True, by=by.account_id, at=at)
    number = _number(session, record) + 1
    session.add(
        Invitation(
            region_id=record.region_id,
            record_id=record.id,
            number=number,
            at=at,
            by=by.account_id,
            way=kind,
            answer="",
            answered_at=None,
            answered_by="",
        )
    )
    session.flush()
    records.tell(session, record, "invite-body", by=by.account_id, at=at)
    if kind == "representatives":
        mails.notify(session, accounts, "take-part", record.region_id, record.id, by=by.account_id)
    elif kind == "contact":
        outbox.enqueue(session, TOPIC, region=record.region_id, stakeholder=record.id, number=number, address=way)


def answer(session: Session, record: Record, vocabulary: Vocabulary, reply: Reply, *, by: Actor, at: datetime) -> None:
    """Let the body's representative say whether it takes part, or that it leaves.

    Raises Faulty, Identifying, NotPermitted, IllegalTransition.
    """
    session.refresh(record, with_for_update=True)
    require(by, "group.speak", subject_of(session, record))
    _answer(session, record, vocabulary, reply, by=by.account_id, at=at)


def answer_by_link(session: Session, secret: str, vocabulary: Vocabulary, reply: Reply, *, at: datetime) -> Record:
    """Let whoever has a mailed link answer the invitation for the body. Raises LinkRefused, Faulty, Identifying."""
    record, errand = look(session, vocabulary.header.id, secret, lock=True)
    if reply.answer == "leave":
        raise LinkRefused("changed")
    answer_links.spend(session, secret, errand, at=at)
    _answer(session, record, vocabulary, reply, by=answer_links.BY, at=at)
    return record


def look(session: Session, region_id: str, secret: str, *, lock: bool = False) -> tuple[Record, Errand]:
    """The body that a mailed link invites. Raises LinkRefused."""
    errand = answer_links.look(session, region_id, secret, "take-part")
    record = session.get(Record, (region_id, errand.record_id))
    if record is None or record.state in ("erased", "archived", "merged"):
        raise LinkRefused("over")
    if lock:
        session.refresh(record, with_for_update=True)
    if deciding.status_of(record).relation != "invited":
        raise LinkRefused("decided")
    return record, errand


def invitations(session: Session, ids: Sequence[str] | None = None) -> dict[str, list[Invitation]]:
    """Stakeholder → how often it was invited, the last first."""
    query = select(Invitation).order_by(Invitation.record_id, Invitation.number.desc())
    found: dict[str, list[Invitation]] = {}
    for row in session.scalars(query if ids is None else query.where(Invitation.record_id.in_(ids))):
        found.setdefault(row.record_id, []).append(row)
    return found


def own(session: Session, by: Actor, region_id: str) -> Record:
    """The organisation that *by* speaks for in the region. Raises NotPermitted."""
    grants = [one for one in by.counting if one.role == "representative" and one.region_id == region_id]
    record = session.get(Record, (region_id, grants[0].stakeholder_id)) if grants else None
    if record is None or record.kind != KIND or not may(by, "group.speak", subject_of(session, record)):
        raise NotPermitted(NO_ORGANISATION)
    return record


def letter(instance: Instance, session: Session, payload: Mapping[str, Any]) -> Mail | None:
    """Invite a body by a mail to one of its services; nothing when it has answered meanwhile."""
    region_id, stakeholder_id = payload["region"], payload["stakeholder"]
    record = session.get(Record, (region_id, stakeholder_id))
    if record is None or record.state == "erased" or deciding.status_of(record).relation != "invited":
        return None
    written = letters.Letter(instance, instance.header(region_id), payload, to=payload["address"])
    name = written.said(writing.entry_of(session, record).name)
    written.say(N_("Hello,"))
    written.say(
        N_(
            "the working group of %(region)s on the protection of children against sexual abuse and exploitation "
            "invites %(name)s to take part."
        ),
        region=written.region,
        name=name,
    )
    written.say(N_("This page says what that means, and takes your yes or no. No account is needed:"))
    errand = Errand(
        purpose="take-part",
        region_id=region_id,
        stakeholder_id=stakeholder_id,
        record_id=stakeholder_id,
        number=payload["number"],
    )
    written.link(session, errand, PLACE, at=now())
    written.say(N_("The link answers once, for %(name)s. Pass it on only to who may answer for it."), name=name)
    written.say(N_("Your participation is published only if you say so."))
    return written.mail(N_("Invitation to the Lanzarote working group of %(region)s"), region=written.region)


def _answer(session: Session, record: Record, vocabulary: Vocabulary, reply: Reply, *, by: str, at: datetime) -> None:
    next_state(RECORD, record.state, "write")
    next_state(RELATION_LIFECYCLE, deciding.status_of(record).relation, reply.answer)
    relation = RELATION_OF[reply.answer]
    deciding.relate(session, record, vocabulary, relation, reply, itself=True, by=by, at=at)
    last = session.get(Invitation, (record.region_id, record.id, _number(session, record)))
    if last is not None and reply.answer != "leave":
        last.answer, last.answered_at, last.answered_by = reply.answer, at, by
    session.flush()
    records.tell(session, record, VERB_OF[reply.answer], by=by, at=at)
    mails.notify_coordinators(session, record.region_id, "take-part-answer", record.id, by=by)


def _number(session: Session, record: Record) -> int:
    mine = (Invitation.region_id == record.region_id) & (Invitation.record_id == record.id)
    return session.scalar(select(func.max(Invitation.number)).where(mine)) or 0
