"""Asking the organisations that run a practice whether its text is right, and taking their answers.

Asked by a mailed link that needs no account, or by the account of a representative; or told by a dated document that a
coordinator records. What the public reads of it is derived from these rows alone, by ``holder_model.heard``.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import select

from lanzarote import guard
from lanzarote.accounts import answer_links, letters, mails
from lanzarote.accounts.answer_links import Errand, LinkRefused
from lanzarote.directory.service import ids_by_name
from lanzarote.errors import Conflict, NotFound
from lanzarote.practices import sheets
from lanzarote.practices.model import read_status
from lanzarote.practices.review_model import ANSWERS, HolderAnswer, HolderWord, content_of, heard, words_of, written_at
from lanzarote.records import locking, outbox, records
from lanzarote.records.days import unfit_spoken
from lanzarote.records.drafts import hold, told_of
from lanzarote.records.lifecycle import RECORD, IllegalTransition, next_state
from lanzarote.records.permissions import Subject, require, spoken_for
from lanzarote.records.records import Record, body_of, encode, now
from lanzarote.records.tasks import open_task
from lanzarote.records.validation import MISSING, NO_CHOICE, Fault, Faulty, Identifying, unfit_text
from lanzarote.stakeholders import members
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.mail.sending import Mail
    from lanzarote.practices.model import PracticeStatus
    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.stakeholders.members import Bodies, Body
    from lanzarote.store.database import Database
    from lanzarote.types import Practice

TOPIC: Final = "mail.holder"
PLACE: Final = "confirm"
"""Of the page that a mailed link leads to."""
VALID: Final = timedelta(days=60)
"""So long a mailed link takes an answer."""
LONGEST: Final = 2_000

REFUSES: Final = N_("An organisation that runs it refuses to confirm this text, and gives no reason.")
BY: Final = "lanzarote"
"""The actor of what an upgrade does."""

NO_SUCH: Final = N_("Nothing is asked here.")
NOT_NAMED: Final = N_("Choose an organisation that the text names, or that was given as running the practice.")
NO_WAY: Final = N_(
    "It has neither a representative with an account nor a contact with an e-mail address. Add a contact to its entry, "
    "or record a document."
)
SAY_WHAT: Final = N_("Say what is wrong, so that it can be corrected.")
OTHER_TEXT: Final = N_("The text has changed since it was shown. Read it again before you answer.")


class Document(Struct, frozen=True, kw_only=True):
    """By which an organisation said so, as a coordinator records it."""

    title: str
    """What it is, with its reference."""
    on: str
    """Its day: ``2031-03-04``."""


class AskHolder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which organisation is asked."""

    organisation: Annotated[str, Meta(max_length=200)]
    """Its id or key: a partner that the text names, or the one given on submission."""


class HolderAnswered(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an organisation says of the text."""

    answer: HolderAnswer
    remark: Annotated[str, Meta(max_length=LONGEST)] = ""
    """What is wrong, or why it refuses; for the team."""


class OwnWord(HolderAnswered, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the organisation says itself."""

    confirmed: bool = False
    """You looked again at the remark, and nobody can be recognised by it."""


class HolderDocument(HolderAnswered, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dated document in which an organisation says it."""

    organisation: Annotated[str, Meta(max_length=200)]
    """Its id or key."""
    document: Annotated[str, Meta(max_length=500)]
    """Title and reference."""
    on: date
    """Its day."""


class Said(Struct, frozen=True, kw_only=True):
    """What an organisation says of a text."""

    answer: HolderAnswer
    remark: str = ""
    lang: str = ""
    """Of the remark."""
    told: str = ""
    """What the team reads where there is no remark, in that language."""


class Question(Struct, frozen=True, kw_only=True):
    """What one organisation is asked about one practice."""

    record: Record
    row: HolderWord
    body: Body


def checked(said: Said, vocabulary: Vocabulary, *, confirmed: bool) -> Said:
    """Let *said* pass the guard; *confirmed*: the writer looked again. Raises Faulty, Identifying."""
    remark = said.remark.strip()
    faults = [Fault(field="answer", text=NO_CHOICE)] if said.answer not in ANSWERS else []
    if said.answer == "wrong" and not remark:
        faults.append(Fault(field="remark", text=SAY_WHAT))
    if fault := unfit_text("remark", remark, LONGEST):
        faults.append(fault)
    if faults:
        raise Faulty(faults)
    _refuse_identifying([("remark", remark)], vocabulary, confirmed=confirmed)
    return msgspec.structs.replace(said, remark="" if said.answer == "confirmed" else remark)


def candidates(session: Session, record: Record, bodies: Bodies) -> list[Body]:
    """Organisations of the directory that can be asked: partners that the text names, and the one given on submission.

    Those that were asked before are among them.
    """
    sheet = sheets.read(body_of(session, record, record.version))
    names = [told_of(session, record).bearer, *(one.organisation or "" for one in sheet.partners)]
    known = ids_by_name(session, set(names) - {""})
    ids = [bodies.present_id(known[name]) for name in names if name in known]
    ids += [bodies.present_id(row.stakeholder) for row in words_of(session, record)]
    return [bodies.by_id[one] for one in dict.fromkeys(ids) if one in bodies.by_id]


def can_be_asked_about(record: Record) -> bool:
    """Whether somebody could answer: what was withdrawn is shown to no organisation."""
    return record.state in ("draft", "published")


def ask(
    session: Session, record: Record, stakeholder_id: str, *, expected: int, by: Actor, at: datetime, today: date
) -> HolderWord:
    """Ask an organisation about the newest text: its representatives, or else a service of it by a mailed link.

    Raises Faulty, NotPermitted, Conflict, IllegalTransition.
    """
    hold(session, record, "group.lead", by, expected)
    if not can_be_asked_about(record):
        raise IllegalTransition(f"No organisation can be asked about a practice that is {record.state}.")
    body = _candidate(session, record, stakeholder_id)
    accounts = members.representatives(session, record.region_id, [body.id]).get(body.id, [])
    desks = members.desks(session, [body.id]).get(body.id, ())
    if not accounts and not desks:
        raise Faulty([Fault(field="organisation", text=NO_WAY)])
    row = _row(session, record, body.id, "account" if accounts else "link", by=by.account_id, at=at, today=today)
    if accounts:
        mails.notify(session, accounts, "holder-asked", record.region_id, record.id, by=by.account_id)
    else:
        enqueued = {"region": record.region_id, "record": record.id, "number": row.number}
        outbox.enqueue(session, TOPIC, **enqueued, stakeholder=body.id, address=desks[0].address)
    _settle(session, record, "ask-holder", by=by.account_id, at=at)
    return row


def record_document(
    session: Session,
    record: Record,
    vocabulary: Vocabulary,
    stakeholder_id: str,
    said: Said,
    document: Document,
    *,
    expected: int,
    by: Actor,
    at: datetime,
    today: date,
) -> HolderWord:
    """Record what an organisation says of the newest text in a dated document.

    Raises Faulty, Identifying, NotPermitted, Conflict, IllegalTransition.
    """
    hold(session, record, "group.lead", by, expected)
    title = document.title.strip()
    faults = [] if title else [Fault(field="document", text=MISSING)]
    if fault := unfit_text("document", title, 500):
        faults.append(fault)
    if fault := unfit_spoken("on", document.on, today, written=vocabulary.day_of(written_at(session, record))):
        faults.append(fault)
    if faults:
        raise Faulty(faults)
    _refuse_identifying([("document", title)], vocabulary, confirmed=False)
    body = _candidate(session, record, stakeholder_id)
    on = date.fromisoformat(document.on)
    row = _row(session, record, body.id, "document", by=by.account_id, at=at, today=on)
    row.document = title
    _take(session, record, row, said, by=by.account_id, at=at, today=on)
    return row


def answer(
    session: Session, region_id: str, record_id: str, said: Said, *, version: int, by: Actor, at: datetime, today: date
) -> Record:
    """Let a representative answer for the organisation; *said* has passed ``checked``, *version* is what was read.

    Raises NotFound, NotPermitted, Conflict.
    """
    found = next((one for one in asked_of(session, region_id, by) if one.record.id == record_id), None)
    if found is None:
        raise NotFound(NO_SUCH)
    require(by, "group.speak", Subject(region_id=region_id, id=found.body.id))
    locking.hold(session, found.record)
    if found.row.version != version or not _is_current(session, found.record, found.row):
        raise Conflict(OTHER_TEXT)
    _take(session, found.record, found.row, said, by=by.account_id, at=at, today=today)
    return found.record


def answer_by_link(session: Session, secret: str, region_id: str, said: Said, *, at: datetime, today: date) -> Question:
    """Take the answer to a mailed link, which works once. Raises LinkRefused."""
    found = look(session, region_id, secret, at=at, lock=True)
    answer_links.spend(session, secret, _errand(found.record, found.row), at=at)
    session.refresh(found.row)
    _take(session, found.record, found.row, said, by=answer_links.BY, at=at, today=today)
    return found


def look(session: Session, region_id: str, secret: str, *, at: datetime, lock: bool = False) -> Question:
    """What a mailed link asks. Raises LinkRefused."""
    errand = answer_links.look(session, region_id, secret, "holder")
    record = session.get(Record, (region_id, errand.record_id))
    row = session.get(HolderWord, (region_id, errand.record_id, errand.number))
    if record is None or row is None or record.state in ("erased", "archived", "withdrawn"):
        raise LinkRefused("over")
    if lock:
        locking.hold(session, record)
    if row.answer:
        raise LinkRefused("used")
    if at - row.at > VALID:
        raise LinkRefused("over")
    if not _is_current(session, record, row):
        raise LinkRefused("changed")
    bodies = members.bodies(session)
    body = bodies.by_id.get(bodies.present_id(row.stakeholder))
    if body is None:
        raise LinkRefused("over")
    return Question(record=record, row=row, body=body)


def asked_of(session: Session, region_id: str, by: Actor) -> list[Question]:
    """What the organisations that *by* speaks for are asked in the region, the last first."""
    own = spoken_for(by, region_id)
    if not own:
        return []
    bodies = members.bodies(session)
    query = select(HolderWord).where(HolderWord.region_id == region_id, HolderWord.answer == "")
    found: dict[tuple[str, str], Question] = {}
    for row in session.scalars(query.order_by(HolderWord.at.desc(), HolderWord.number.desc())):
        body = bodies.by_id.get(bodies.present_id(row.stakeholder))
        record = session.get(Record, (region_id, row.record_id))
        if body is None or body.id not in own or record is None or not can_be_asked_about(record):
            continue
        if (record.id, body.id) not in found and _is_current(session, record, row):
            found[record.id, body.id] = Question(record=record, row=row, body=body)
    return list(found.values())


def confirm_own(session: Session, record: Record, stakeholder_id: str, *, by: Actor, at: datetime, today: date) -> None:
    """A representative who hands in a text for their own organisation says by that that it is right."""
    row = _row(session, record, stakeholder_id, "account", by=by.account_id, at=at, today=today)
    row.answer, row.answered_by, row.answered_at = "confirmed", by.account_id, at
    session.flush()


def status_for(session: Session, record: Record, status: PracticeStatus) -> PracticeStatus:
    """*status* as it follows from what organisations said of the version that is about to be published."""
    return heard(session, record, body_of(session, record, record.version), status)


def text_of(session: Session, row: HolderWord) -> Practice:
    """The practice as it would be published, in the version that is asked about."""
    record = session.get_one(Record, (row.region_id, row.record_id))
    return sheets.whole(sheets.read(body_of(session, record, row.version)))


def tell_unconfirmed(database: Database, payload: Mapping[str, Any]) -> None:
    """Job: tell the team of a practice whose page named an organisation as vouching that had not said so."""
    region_id, record_id = payload["region"], payload["record"]
    with database.write(region_id) as session:
        record = session.get(Record, (region_id, record_id))
        if record is not None and record.state != "erased" and not words_of(session, record):
            open_task(session, region_id, "unconfirmed", by=BY, record_id=record_id, was=payload["was"])


def letter(instance: Instance, session: Session, payload: Mapping[str, Any]) -> Mail | None:
    """Ask an organisation by a mail to one of its services; nothing when it is asked no longer."""
    region_id = payload["region"]
    record = session.get(Record, (region_id, payload["record"]))
    row = session.get(HolderWord, (region_id, payload["record"], payload["number"]))
    if record is None or row is None or row.answer or record.state not in ("draft", "published"):
        return None
    bodies = members.bodies(session)
    body = bodies.by_id.get(bodies.present_id(row.stakeholder))
    if body is None or not _is_current(session, record, row):
        return None
    written = letters.Letter(instance, instance.header(region_id), payload, to=payload["address"])
    name = written.said(body.name)
    written.say(N_("Hello,"))
    written.say(
        N_(
            "the Lanzarote working group of %(region)s describes a practice of %(name)s and asks whether the "
            "description is right."
        ),
        region=written.region,
        name=name,
    )
    written.say(N_("This page shows the text as it would be published. Confirm it, correct it or refuse:"))
    written.link(session, _errand(record, row), PLACE, at=now())
    written.say(
        N_("No account is needed. The link takes one answer for %(name)s, within %(days)s days."),
        name=name,
        days=str(VALID.days),
    )
    written.say(N_("Until you confirm it, nothing says that your organisation vouches for it."))
    return written.mail(N_("Is this description of your practice right? – %(region)s"), region=written.region)


def _candidate(session: Session, record: Record, stakeholder_id: str) -> Body:
    next_state(RECORD, record.state, "write")
    sheets.whole(sheets.read(body_of(session, record, record.version)))
    bodies = members.bodies(session)
    wanted = bodies.present_id(ids_by_name(session, {stakeholder_id}).get(stakeholder_id, stakeholder_id))
    for one in candidates(session, record, bodies):
        if one.id == wanted:
            return one
    raise Faulty([Fault(field="organisation", text=NOT_NAMED if stakeholder_id else NO_CHOICE)])


def _row(
    session: Session, record: Record, stakeholder_id: str, way: str, *, by: str, at: datetime, today: date
) -> HolderWord:
    rows = words_of(session, record)
    row = HolderWord(
        region_id=record.region_id,
        record_id=record.id,
        number=rows[-1].number + 1 if rows else 1,
        stakeholder=stakeholder_id,
        version=record.version,
        content=content_of(body_of(session, record, record.version)),
        way=way,
        by=by,
        at=at,
        on_day=today.isoformat(),
        answer="",
        remark="",
        document="",
        answered_by="",
        answered_at=None,
    )
    session.add(row)
    session.flush()
    return row


def _take(session: Session, record: Record, row: HolderWord, said: Said, *, by: str, at: datetime, today: date) -> None:
    row.answer, row.remark = said.answer, said.remark
    if said.answer != "wrong":  # nothing is said yet but that it was asked
        row.on_day = today.isoformat()
    row.answered_by, row.answered_at = by, at
    session.flush()
    if said.answer != "confirmed":
        about = {"about": f"practices/{record.slug}", "wrong": said.remark or said.told, "lang": said.lang}
        open_task(session, record.region_id, "reply", by=by, record_id=record.id, **about)
    mails.notify_coordinators(session, record.region_id, "holder-answer", record.id, by=by)
    _settle(session, record, f"holder-{said.answer}", by=by, at=at)


def _settle(session: Session, record: Record, verb: str, *, by: str, at: datetime) -> None:
    """Let the public read what was said of the published version, if that changes anything."""
    if record.published_version is None:
        records.tell(session, record, verb, by=by, at=at)
        return
    before = read_status(record.status)
    after = heard(session, record, body_of(session, record, record.published_version), before)
    if after == before:
        records.tell(session, record, verb, by=by, at=at)
    else:
        records.decide(session, record, encode(after), verb, by=by, at=at)


def _is_current(session: Session, record: Record, row: HolderWord) -> bool:
    """Whether the text that was shown is the one being written, or the one that the public reads."""
    numbers = {record.version, record.published_version} - {None}
    return any(content_of(body_of(session, record, number)) == row.content for number in numbers if number)


def _errand(record: Record, row: HolderWord) -> Errand:
    return Errand(
        purpose="holder",
        region_id=record.region_id,
        stakeholder_id=row.stakeholder,
        record_id=record.id,
        version=row.version,
        number=row.number,
    )


def _refuse_identifying(texts: list[tuple[str, str]], vocabulary: Vocabulary, *, confirmed: bool) -> None:
    concerns = guard.check_texts(texts, identifiers=vocabulary.header.personal_identifiers)
    if any(one.hard for one in concerns) or (concerns and not confirmed):
        raise Identifying(concerns)
