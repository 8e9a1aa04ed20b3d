"""Keeping the directory: an entry is begun, saved, submitted, given back, published, withdrawn, put away, erased.

Every function checks for itself that the person may do it and that the lifecycle allows it; pages, API and command
line say the same. What is written goes through ``checked`` first, outside the transaction that writes it. What is
decided about an entry rather than written in it is in ``deciding``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from lanzarote.accounts import mails
from lanzarote.directory.model import KIND, Contact, StakeholderStatus
from lanzarote.errors import Conflict
from lanzarote.records import drafts, records
from lanzarote.records.drafts import (
    Confirmation,
    Noted,
    Override,
    Reason,
    Told,
    explain,
    forget,
    give_back,
    hold,
    is_as_read,
    leave,
    move,
    remember,
    rest,
    take_part,
    tell,
)
from lanzarote.records.lifecycle import next_state
from lanzarote.records.permissions import Subject, require, subject_of
from lanzarote.records.records import Draft, Record, decode, encode
from lanzarote.records.save_checks import Checks, asked
from lanzarote.records.tasks import WITHDRAWAL, finish_all
from lanzarote.records.validation import NOTHING_SAID, Explained, Fault, Faulty, let_pass, reason_of
from lanzarote.stakeholders import contacts as desks
from lanzarote.stakeholders import entries
from lanzarote.store.ids import new_id, slugify
from lanzarote.translation import N_
from lanzarote.types import Organisation

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary

NOT_CONFIRMED: Final = N_("Confirm that its sources say so, and that no person is named in it.")


class Checked(Struct, frozen=True, kw_only=True):
    """An entry that may be saved, and what has to be remembered about it."""

    organisation: Organisation
    contacts: tuple[Contact, ...] | None = None
    """None: they stay as they are."""
    reasons: tuple[Reason, ...] = ()
    noted: tuple[Noted, ...] | None = None
    """What packages say about it; None: they were not asked, and what they said before still stands."""
    overrides: tuple[Override, ...] = ()
    """What of that a coordinator lets pass, for the first time."""
    slug: str
    """What its address is made of until it is first published: its name in the region's first language."""


def checked(
    organisation: Organisation,
    vocabulary: Vocabulary,
    organisations: Collection[str],
    *,
    reasons: Mapping[tuple[str, str], str],
    by: str,
    checks: Checks,
    contacts: tuple[Contact, ...] | None = None,
    known: tuple[Contact, ...] = (),
    today: date | None = None,
) -> Checked:
    """Let an entry pass the guard, the vocabulary and the region's packages.

    *reasons* by (field, code) answer what the guard only asks about. *organisations*: every id and key of the
    directory; *checks*: which packages are asked, as ``objections.checks_for`` tells; *contacts*: if they are written
    too. Nothing that the guard finds in contacts can be explained away, and no package sees them. After *today* has to
    be the day on which somebody looks at a contact again, unless that is *known* from before. Raises Identifying,
    Faulty, objections.Objected.
    """
    identifiers = vocabulary.header.personal_identifiers
    concerns = [*entries.concerns_about(organisation, vocabulary)]
    concerns += desks.concerns_about(contacts or (), identifiers)
    before = checks.before if isinstance(checks.before, Organisation) else None
    kept = let_pass(
        concerns,
        reasons,
        identifiers=identifiers,
        by=by,
        texts=dict(entries.texts_of(organisation)),
        earlier=Explained(texts=dict(entries.texts_of(before)) if before else {}, reasons=checks.explained),
    )
    faults = [
        *entries.faults_in(organisation, vocabulary, organisations),
        *desks.faults_in(contacts or (), known, today),
    ]
    if faults:
        raise Faulty(faults)
    # What packages object to is asked for here: the text may be kept, and no transaction is open yet.
    said = asked(checks, vocabulary.header, organisation, by=by)
    name = entries.name_of(organisation, vocabulary.header.languages[0])
    slug = slugify(name.split("(")[0]) or KIND
    return Checked(
        organisation=organisation,
        contacts=contacts,
        reasons=kept,
        noted=said.noted,
        overrides=said.overrides,
        slug=slug,
    )


def begin(session: Session, region_id: str, given: Checked, *, by: Actor, at: datetime, record_id: str = "") -> Record:
    """Save a new entry for the first time. Raises NotPermitted."""
    require(by, "stakeholder.write", Subject(region_id=region_id))
    draft = Draft(
        kind=KIND,
        id=record_id or new_id(),
        slug=given.slug,
        body=encode(given.organisation),
        status=encode(StakeholderStatus()),
    )
    [made] = records.create(session, region_id, [draft], by=by.account_id, at=at)
    session.flush()
    record = session.get_one(Record, (region_id, made))
    _after_saving(session, record, given, by)
    return record


def save(session: Session, record: Record, given: Checked, *, expected: int, by: Actor, at: datetime) -> int:
    """Save another version beside the one that the public reads; return its number.

    *expected* is the version that the writer read. Contacts that are not public are nobody's to review: where nothing
    else changed, what is published stays published. Raises Conflict when there is another version by now,
    NotPermitted, IllegalTransition.
    """
    require(by, "stakeholder.write", subject_of(session, record))
    next_state("record", record.state, "write")
    body, before = encode(given.organisation), contacts_of(session, record)
    after = before if given.contacts is None else given.contacts
    same = body == records.body_of(session, record, record.version)
    if expected == record.version and same and after == before:
        return record.version
    idle = not record.stage and record.published_version == record.version
    number = records.revise(session, record, body, by=by.account_id, at=at, expected=expected)
    if idle and same and _public(after) == _public(before):
        desks.keep(session, record, after)
        records.keep(session, record, "contacts", by=by.account_id, at=at)
        return number
    _after_saving(session, record, given, by)
    return number


def entry_of(session: Session, record: Record, number: int | None = None) -> Organisation:
    """What the newest version says, or version *number*."""
    return decode(records.body_of(session, record, number or record.version), Organisation)


def contacts_of(session: Session, record: Record, number: int | None = None) -> tuple[Contact, ...]:
    """The contacts in the newest version, or in version *number*."""
    return desks.contacts_of(session, record, number)


def told_of(session: Session, record: Record) -> Told:
    """What is said about the working version."""
    return drafts.read_told(session, record, Told)


def submit(session: Session, record: Record, *, expected: int, by: Actor, at: datetime) -> None:
    """Hand the working version in. Raises NotPermitted, Conflict, IllegalTransition."""
    hold(session, record, "stakeholder.write", by, expected)
    move(session, record, "submit", by, at)
    leave(session, record, "submitter")
    take_part(session, record, "submitter", by.account_id)
    told = told_of(session, record)
    tell(session, record, msgspec.structs.replace(told, submitted_by=by.account_id, submitted_at=at, confirmed=()))
    mails.notify_coordinators(session, record.region_id, "entry-submitted", by=by.account_id)


def take_back(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Take back what was submitted. Raises NotPermitted, IllegalTransition."""
    hold(session, record, "stakeholder.write", by)
    move(session, record, "take-back", by, at)
    leave(session, record, "submitter")


def hand_back(
    session: Session,
    record: Record,
    vocabulary: Vocabulary,
    *,
    reason: str,
    by: Actor,
    at: datetime,
    why: Mapping[tuple[str, str], str] = NOTHING_SAID,
) -> None:
    """Give back what was submitted; *why*: as ``checking.reason_of`` has it.

    Raises Faulty, Identifying, NotPermitted, IllegalTransition.
    """
    hold(session, record, "stakeholder.publish", by)
    text, explained = reason_of(reason, vocabulary.header.personal_identifiers, by, why)
    told = told_of(session, record)
    give_back(session, record, told, text, parts=("submitter",), by=by, at=at)
    explain(session, record, told_of(session, record), "returned", explained, besides=True)
    mails.notify(session, [told.submitted_by], "entry-returned", by=by.account_id)


def publish(session: Session, record: Record, *, confirmed: bool, expected: int, by: Actor, at: datetime) -> None:
    """Let the public read what somebody else submitted, or again what was withdrawn, as it was.

    Raises Faulty, NotPermitted, Conflict, IllegalTransition.
    """
    hold(session, record, "stakeholder.publish", by, expected)
    if not is_as_read(session, record):
        next_state("work", record.stage, "publish")
    if not confirmed:
        raise Faulty([Fault(field="confirmed", text=NOT_CONFIRMED)])
    told = told_of(session, record)
    confirmation = Confirmation(by=by.account_id, at=at, version=record.version)
    tell(session, record, msgspec.structs.replace(told, confirmed=(*told.confirmed, confirmation)))
    status = decode(record.status, StakeholderStatus)
    record.status = encode(msgspec.structs.replace(status, withdrawn=""))
    session.flush()
    records.publish(session, record, by=by.account_id, at=at)
    mails.notify(session, [told.submitted_by], "entry-published", by=by.account_id)
    leave(session, record, "submitter")
    rest(session, record, still_there=True)


def discard(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Give up what was written beside the published version. Raises Conflict, NotPermitted, IllegalTransition."""
    hold(session, record, "stakeholder.write", by)
    if record.published_version is None:
        raise Conflict("Nothing of it is published; put it away or erase it instead.")
    next_state("work", record.stage, "discard")
    shown = record.published_version
    body, then = records.body_of(session, record, shown), contacts_of(session, record, shown)
    # The text that is read goes on top: no version ever disappears.
    records.revise(session, record, body, by=by.account_id, at=at)
    desks.keep(session, record, then)
    move(session, record, "discard", by, at)
    rest(session, record)


def withdraw(
    session: Session,
    record: Record,
    vocabulary: Vocabulary,
    *,
    reason: str,
    by: Actor,
    at: datetime,
    why: Mapping[tuple[str, str], str] = NOTHING_SAID,
) -> None:
    """Take it from the public, which is told so; *why*: as ``checking.reason_of`` has it.

    Raises Faulty, Identifying, NotPermitted, IllegalTransition.
    """
    hold(session, record, "stakeholder.decide", by)
    status = decode(record.status, StakeholderStatus)
    text, explained = reason_of(reason, vocabulary.header.personal_identifiers, by, why)
    record.status = encode(msgspec.structs.replace(status, withdrawn=text))
    session.flush()
    records.withdraw(session, record, by=by.account_id, at=at)
    finish_all(session, record.region_id, WITHDRAWAL, record.id, by=by.account_id)
    explain(session, record, told_of(session, record), "withdrawn", explained)


def archive(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Put it away. Raises NotPermitted, IllegalTransition."""
    hold(session, record, "stakeholder.decide", by)
    records.archive(session, record, by=by.account_id, at=at)
    leave(session, record, "submitter")
    forget(session, record)


def restore(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Take it out of the archive. Raises NotPermitted, IllegalTransition."""
    hold(session, record, "stakeholder.decide", by)
    records.restore(session, record, by=by.account_id, at=at)


def erase(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Remove every word of it for good. Raises NotPermitted, IllegalTransition."""
    hold(session, record, "record.erase", by)
    records.erase(session, record, by=by.account_id, at=at)
    leave(session, record, "submitter")
    forget(session, record)


def _after_saving(session: Session, record: Record, given: Checked, by: Actor) -> None:
    if record.published_at is None:
        record.slug = records.free_slug(session, record, given.slug)
    if given.contacts is not None:
        desks.keep(session, record, given.contacts)
    take_part(session, record, "author", by.account_id)
    remember(
        session,
        record,
        told_of(session, record),
        reasons=given.reasons,
        noted=given.noted,
        overrides=given.overrides,
        by=by,
    )


def _public(some: tuple[Contact, ...]) -> tuple[Contact, ...]:
    return tuple(one for one in some if one.public)
