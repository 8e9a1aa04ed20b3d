"""What is done with a practice: submitted, given back, published without an assessment, withdrawn, erased.

Every function checks for itself that the person may do it and that the lifecycle allows it; pages, API and command
line say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import delete, select

from lanzarote import guard
from lanzarote.accounts import mails
from lanzarote.directory.service import ids_by_name
from lanzarote.errors import Conflict
from lanzarote.practices import holders, sheets
from lanzarote.practices.model import PracticeStatus, read_status
from lanzarote.records import drafts, records
from lanzarote.records.drafts import (
    Confirmation,
    explain,
    forget_all,
    hold,
    is_as_read,
    leave,
    move,
    rest,
    take_part,
    tell,
    told_of,
)
from lanzarote.records.lifecycle import RECORD, WORK, IllegalTransition, next_state
from lanzarote.records.permissions import RULES, spoken_for
from lanzarote.records.records import Named, Record, decode, encode
from lanzarote.records.slugs import free_slug
from lanzarote.records.tasks import WITHDRAWAL, finish_all
from lanzarote.records.validation import (
    MISSING,
    NOTHING_SAID,
    UNSHOWABLE,
    Fault,
    Faulty,
    Identifying,
    is_unshowable,
    reason_of,
)
from lanzarote.regions.seeds import Seed
from lanzarote.store.ids import slugify
from lanzarote.translation import N_
from lanzarote.types import PracticeSheet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary


NOT_CONFIRMED: Final = N_("Confirm that nobody is recognisable in it and that no case it describes is pending.")
NOT_YOUR_WORD: Final = N_("You can speak only for your own organisation: choose it.")
NO_SOURCE: Final = N_("Name a source in the text, or ask an organisation that runs the practice to confirm it first.")
BEING_ASSESSED: Final = N_("It is being assessed: the team’s decision says what becomes of it.")


def sheet_of(session: Session, record: Record) -> PracticeSheet:
    """What the newest version says."""
    return sheets.read(records.body_of(session, record, record.version))


def submit(
    session: Session,
    record: Record,
    vocabulary: Vocabulary,
    *,
    bearer: str,
    expected: int,
    by: Actor,
    at: datetime,
) -> None:
    """Submit the working version. Raises Faulty when something is missing, Identifying, NotPermitted, Conflict.

    *bearer*: the organisation that runs the practice, key or id of a stakeholder, or its name. A representative who
    submits for their own organisation confirms the text by that.
    """
    bearer = bearer.strip()[:200]
    if concerns := guard.check_text(
        bearer, identifiers=vocabulary.header.personal_identifiers, field="bearer", guesses=False
    ):
        raise Identifying(concerns)
    if is_unshowable(bearer):
        raise Faulty([Fault(field="bearer", text=UNSHOWABLE)])
    hold(session, record, "practice.write", by, expected)
    if not _may_give_word_of(session, record.region_id, bearer, by):
        raise Faulty([Fault(field="bearer", text=NOT_YOUR_WORD)])
    sheet = sheet_of(session, record)
    sheets.whole(sheet)
    if lacking := tuple(sheets.missing_answers(sheet, vocabulary)):
        raise Faulty([Fault(field=field, text=MISSING) for field in lacking])
    move(session, record, "submit", by, at)
    leave(session, record, "submitter", "asked")
    take_part(session, record, "submitter", by.account_id)
    told = told_of(session, record)
    handed_in = {"submitted_by": by.account_id, "submitted_at": at, "bearer": bearer}
    tell(session, record, msgspec.structs.replace(told, **handed_in, confirmed=()))
    if own := _own_among(session, record.region_id, bearer, by):
        holders.confirm_own(session, record, own, by=by, at=at, today=at.astimezone(vocabulary.zone).date())
    mails.notify_coordinators(session, record.region_id, "submitted", record.id, by=by.account_id)


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
    hold(session, record, "practice.publish", by)
    _refuse_assessed(record)
    submitter = told_of(session, record).submitted_by
    text, explained = reason_of(reason, vocabulary.header.personal_identifiers, by, why)
    give_back(session, record, text, by=by, at=at)
    explain(session, record, told_of(session, record), "returned", explained, besides=True)
    mails.notify(session, [submitter], "returned", record.region_id, record.id, by=by.account_id)


def give_back(session: Session, record: Record, reason: str, *, by: Actor, at: datetime) -> None:
    """Let it be written on; who calls this has asked whether *by* may. Raises IllegalTransition."""
    drafts.give_back(session, record, told_of(session, record), reason, parts=("submitter", "asked"), by=by, at=at)


def publish_unassessed(
    session: Session, record: Record, *, confirmed: bool, expected: int, by: Actor, at: datetime
) -> None:
    """Publish what was submitted, without an assessment, or again what was withdrawn, as it was.

    Raises Faulty, NotPermitted, Conflict, IllegalTransition.
    """
    hold(session, record, "practice.publish", by, expected)
    if is_as_read(session, record):
        _confirm(session, record, confirmed=confirmed, by=by, at=at)
        status = decode(record.status, PracticeStatus)
        _show(session, record, msgspec.structs.replace(status, withdrawn=""), by=by, at=at)
        return
    _refuse_assessed(record)
    submitter = told_of(session, record).submitted_by
    let_read(session, record, confirmed=confirmed, by=by, at=at)
    mails.notify(session, [submitter], "published", record.region_id, record.id, by=by.account_id)


def let_read(session: Session, record: Record, *, confirmed: bool, by: Actor, at: datetime) -> None:
    """Publish it without an assessment; who calls this has asked whether *by* may.

    It rests on its sources, and on the word of an organisation that runs it where one confirmed this text.

    A label that an earlier version was given stays with that version. Raises Faulty, IllegalTransition.
    """
    next_state(WORK, record.stage, "publish")
    _confirm(session, record, confirmed=confirmed, by=by, at=at)
    publish_as(session, record, decode(record.status, PracticeStatus).unassessed, by=by, at=at)


def publish_as(session: Session, record: Record, status: PracticeStatus, *, by: Actor, at: datetime) -> None:
    """Let the public read the newest version with *status* and with what its holders said of it.

    What belonged to the work on it is done with. Raises Faulty, IllegalTransition.
    """
    next_state(WORK, record.stage, "publish")
    _show(session, record, status, by=by, at=at)


def _confirm(session: Session, record: Record, *, confirmed: bool, by: Actor, at: datetime) -> None:
    if not confirmed:
        raise Faulty([Fault(field="confirmed", text=NOT_CONFIRMED)])
    told = told_of(session, record)
    confirmation = Confirmation(by=by.account_id, at=at, version=record.version)
    tell(session, record, msgspec.structs.replace(told, confirmed=(*told.confirmed, confirmation)))


def _show(session: Session, record: Record, status: PracticeStatus, *, by: Actor, at: datetime) -> None:
    sheet = sheet_of(session, record)
    sheets.whole(sheet)
    status = holders.status_for(session, record, status)
    refuse_sourceless(sheet, status)
    record.status = encode(status)
    if record.published_at is None:
        record.slug = free_slug(session, record, slugify(sheets.title_of(sheet)))
    session.flush()
    records.publish(session, record, by=by.account_id, at=at)
    leave(session, record, "submitter", "asked")
    rest(session, record, still_there=True)


def is_sourceless(sheet: PracticeSheet, status: PracticeStatus) -> bool:
    """Whether *sheet* names no source and no organisation that runs the practice has confirmed it."""
    return status.agreement != "given" and not (sheet.sources or sheet.own_sources)


def refuse_sourceless(sheet: PracticeSheet, status: PracticeStatus) -> None:
    """Let nobody publish what rests on nothing, assessed or not. Raises Faulty."""
    if is_sourceless(sheet, status):
        raise Faulty([Fault(field="sources", text=NO_SOURCE)])


def discard(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Give up what was written beside the published version. Raises NotPermitted, IllegalTransition."""
    hold(session, record, "practice.write", by)
    if record.published_version is None:
        raise Conflict("Nothing of it is published; put it away or erase it instead.")
    next_state(WORK, record.stage, "discard")
    published = records.body_of(session, record, record.published_version)
    # The text that is read goes on top: no version ever disappears.
    records.revise(session, record, published, by=by.account_id, at=at)
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
    hold(session, record, "practice.withdraw", by)
    status = decode(record.status, PracticeStatus)
    text, explained = reason_of(reason, vocabulary.header.personal_identifiers, by, why)
    record.status = encode(msgspec.structs.replace(status, withdrawn=text))
    session.flush()
    records.withdraw(session, record, by=by.account_id, at=at)
    finish_all(session, record.region_id, WITHDRAWAL, record.id, by=by.account_id)
    explain(session, record, told_of(session, record), "withdrawn", explained)


def erase(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Remove every word of it for good. Raises NotPermitted, IllegalTransition."""
    hold(session, record, "record.erase", by)
    erase_wholly(session, record, by=by.account_id, at=at)


def erase_wholly(session: Session, record: Record, *, by: str, at: datetime) -> None:
    """As ``erase``; who calls this has asked whether *by* may."""
    records.erase(session, record, by=by, at=at)
    mine = (Named.region_id == record.region_id) & (Named.record_id == record.id)
    session.execute(delete(Named).where(mine))
    forget_all(session, record)


def _may_give_word_of(session: Session, region_id: str, bearer: str, by: Actor) -> bool:
    """A representative who has no other role speaks for their own organisation alone."""
    writing = [one for one in by.counting if one.region_id == region_id and one.role in RULES["practice.write"]]
    if not bearer or any(one.role != "representative" for one in writing):
        return True
    return bool(_own_among(session, region_id, bearer, by))


def _own_among(session: Session, region_id: str, bearer: str, by: Actor) -> str:
    """Id of the organisation *bearer*, if *by* is its representative; else empty."""
    known = ids_by_name(session, {bearer}).get(bearer, "") if bearer else ""
    return known if known in spoken_for(by, region_id) else ""


def is_writable(record: Record) -> bool:
    """Whether the lifecycle lets it be written on."""
    try:
        next_state(RECORD, record.state, "write")
        next_state(WORK, record.stage, "write")
    except IllegalTransition:
        return False
    return True


def _refuse_assessed(record: Record) -> None:
    if record.stage == "assessing":
        raise IllegalTransition(BEING_ASSESSED)


# What a new version of the region's package says is published as it came, from public sources
# Its author is the package's, who is nobody here: whoever publishes is the other of two pairs of eyes.


NOT_AS_SHIPPED: Final = N_("Its text differs from the package, or it is no longer documented: submit it.")


def is_as_shipped(session: Session, record: Record) -> bool:
    """Whether what is being written beside a documented practice is the package's text, and nobody's here."""
    if record.stage != "writing" or record.published_version is None:
        return False
    if read_status(record.status).standing == "assessed":
        return False
    mine = (Seed.region_id == record.region_id) & (Seed.record_id == record.id) & Seed.in_package & Seed.publish
    shipped = session.scalar(select(Seed.body).where(mine))
    return shipped is not None and shipped == records.body_of(session, record, record.version)


def accept(session: Session, record: Record, *, confirmed: bool, expected: int, by: Actor, at: datetime) -> None:
    """Let the public read it. Raises Faulty, NotPermitted, Conflict, IllegalTransition.

    Nothing is asked for that the package leaves out: what is not known is left out there, and shown as not known.
    """
    hold(session, record, "practice.publish", by, expected)
    next_state(WORK, record.stage, "accept")
    if not is_as_shipped(session, record):
        raise Conflict(NOT_AS_SHIPPED)
    status = holders.status_for(session, record, read_status(record.status))
    refuse_sourceless(sheet_of(session, record), status)
    _confirm(session, record, confirmed=confirmed, by=by, at=at)
    record.status = encode(status)
    session.flush()
    records.publish(session, record, by=by.account_id, at=at)
    rest(session, record, still_there=True)
