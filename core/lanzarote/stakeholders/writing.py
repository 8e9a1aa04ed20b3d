"""Keeping the directory: an entry is submitted, returned, published, withdrawn, archived, erased.

Every function checks for itself that the person may do it and that the lifecycle allows it; pages, API and command
line say the same. What is decided about an entry rather than written in it is in ``deciding``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from lanzarote.accounts import mails
from lanzarote.directory.model import StakeholderStatus
from lanzarote.errors import Conflict
from lanzarote.records import records
from lanzarote.records.drafts import (
    Confirmation,
    explain,
    forget,
    forget_all,
    give_back,
    hold,
    is_as_read,
    leave,
    move,
    rest,
    take_part,
    tell,
    told_of,
)
from lanzarote.records.lifecycle import WORK, next_state
from lanzarote.records.records import Record, decode, encode
from lanzarote.records.tasks import WITHDRAWAL, finish_all
from lanzarote.records.validation import NOTHING_SAID, Fault, Faulty, reason_of
from lanzarote.stakeholders import contacts as desks
from lanzarote.translation import N_
from lanzarote.types import Organisation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary

NOT_CONFIRMED: Final = N_("Confirm that its sources say so, and that no person is named in it.")


def entry_of(session: Session, record: Record, number: int | None = None) -> Organisation:
    """What the newest version says, or version *number*."""
    return decode(records.body_of(session, record, number or record.version), Organisation)


def submit(session: Session, record: Record, *, expected: int, by: Actor, at: datetime) -> None:
    """Hand the working version in. Raises NotPermitted, Conflict, IllegalTransition."""
    hold(session, record, "stakeholder.write", by, expected)
    move(session, record, "submit", by, at)
    leave(session, record, "submitter")
    take_part(session, record, "submitter", by.account_id)
    told = told_of(session, record)
    tell(session, record, msgspec.structs.replace(told, submitted_by=by.account_id, submitted_at=at, confirmed=()))
    mails.notify_coordinators(session, record.region_id, "entry-submitted", record.id, by=by.account_id)


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
    mails.notify(session, [told.submitted_by], "entry-returned", record.region_id, record.id, by=by.account_id)


def publish(session: Session, record: Record, *, confirmed: bool, expected: int, by: Actor, at: datetime) -> None:
    """Let the public read what somebody else submitted, or again what was withdrawn, as it was.

    Raises Faulty, NotPermitted, Conflict, IllegalTransition.
    """
    hold(session, record, "stakeholder.publish", by, expected)
    if not is_as_read(session, record):
        next_state(WORK, record.stage, "publish")
    if not confirmed:
        raise Faulty([Fault(field="confirmed", text=NOT_CONFIRMED)])
    told = told_of(session, record)
    confirmation = Confirmation(by=by.account_id, at=at, version=record.version)
    tell(session, record, msgspec.structs.replace(told, confirmed=(*told.confirmed, confirmation)))
    status = decode(record.status, StakeholderStatus)
    record.status = encode(msgspec.structs.replace(status, withdrawn=""))
    session.flush()
    records.publish(session, record, by=by.account_id, at=at)
    mails.notify(session, [told.submitted_by], "entry-published", record.region_id, record.id, by=by.account_id)
    leave(session, record, "submitter")
    rest(session, record, still_there=True)


def discard(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Give up what was written beside the published version. Raises Conflict, NotPermitted, IllegalTransition."""
    hold(session, record, "stakeholder.write", by)
    if record.published_version is None:
        raise Conflict("Nothing of it is published; put it away or erase it instead.")
    next_state(WORK, record.stage, "discard")
    shown = record.published_version
    body, then = records.body_of(session, record, shown), desks.contacts_of(session, record, shown)
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
    forget_all(session, record)
