"""Taking up what another place does: offered, taken up, adapted, piloted, adopted, or declined with reasons.

Every function checks for itself that the person may do it and that ``LIFECYCLE`` allows it. From the moment
it is taken up the public reads how far it is; what is written on it is read when the next step is taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from sqlalchemy import select

from lanzarote.errors import Conflict
from lanzarote.kinds.service import begin as begin_record
from lanzarote.practices.kind import PRACTICES
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.practices.model import PracticeStatus, read_status
from lanzarote.procedures.kind import PROCEDURES
from lanzarote.procedures.model import IN_FORCE, ProcedureStatus
from lanzarote.procedures.model import KIND as PROCEDURE
from lanzarote.records import drafts, locking, records
from lanzarote.records.drafts import Told, hold, remember, settle, take_part
from lanzarote.records.lifecycle import RECORD, next_state
from lanzarote.records.permissions import Subject, require
from lanzarote.records.records import Draft, Record, decode, encode
from lanzarote.records.validation import NO_REASON, THIN_REASON, Fault, Faulty, clean_text, is_thin
from lanzarote.store.ids import new_id
from lanzarote.transfers import adapting, mapping
from lanzarote.transfers.model import LIFECYCLE, TRANSFER, TransferStatus
from lanzarote.transfers.origin import require_extended
from lanzarote.translation import N_
from lanzarote.types import PracticeSheet, Transfer, TransferStep
from lanzarote.types.transfers import Words

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from lanzarote.evaluation.model import Outcome
    from lanzarote.kinds.service import Checked
    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import OriginKind, Procedure, TransferState

OPEN: Final = N_("This point is still open: say what answers to it here, or how it is settled.")
NOT_CHANGED: Final = N_("Say what had to change, or that nothing had to.")
NOT_PUBLISHED: Final = N_("The adapted practice is not published yet. It goes the usual way: submitted, then reviewed.")
NOT_ENDORSED: Final = N_(
    "The adapted procedure is not endorsed yet. It goes the usual way: proposed to its parties here, then endorsed."
)


class Declining(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is not taken up; everybody reads it."""

    reason: Words


def begin(
    session: Session,
    region_id: str,
    transfer: Transfer,
    *,
    verdict: Outcome | None = None,
    today: date,
    by: Actor,
    at: datetime,
) -> tuple[Record, bool]:
    """Propose to take it up; the transfer, and whether it is new: of each origin there is one in a region.

    *verdict*: what was decided about the pilot of its region. Raises NotPermitted.
    """
    require(by, "group.write", Subject(region_id=region_id))
    require_extended(transfer.origin.kind, verdict)
    locking.lock(session, region_id)  # of two who propose the same at once, the second finds it there
    if (known := find(session, region_id, transfer.origin.region, transfer.origin.record)) is not None:
        return known, False
    status = TransferStatus(steps=(TransferStep(state="offered", on=today),))
    made_id = new_id()
    draft = Draft(kind=TRANSFER, id=made_id, slug=made_id, body=encode(transfer), status=encode(status))
    [made] = records.create(session, region_id, [draft], by=by.account_id, at=at)
    session.flush()
    record = session.get_one(Record, (region_id, made))
    take_part(session, record, "author", by.account_id)
    return record, True


def save(session: Session, record: Record, given: Checked[Transfer], *, expected: int, by: Actor, at: datetime) -> int:
    """Save another version; return its number. Raises Conflict, NotPermitted, IllegalTransition."""
    hold(session, record, "group.write", by, expected)
    next_state(LIFECYCLE, status_of(record).state, "write")
    if given.content.origin != transfer_of(session, record).origin:
        raise Conflict("What it is taken from was erased meanwhile, where it comes from: read it once more.")
    body = encode(given.content)
    if body == records.body_of(session, record, record.version):
        return record.version
    number = records.revise(session, record, body, by=by.account_id, at=at, expected=expected)
    take_part(session, record, "author", by.account_id)
    told = drafts.read_told(session, record, Told)
    remember(session, record, told, reasons=given.reasons, noted=None, overrides=(), by=by)
    return number


def take_up(
    session: Session,
    record: Record,
    prepared: Outcome | None = None,
    *,
    expected: int,
    today: date,
    by: Actor,
    at: datetime,
) -> None:
    """The group takes it up; *prepared*: the verdict, as in ``begin``.

    Raises NotPermitted, Conflict, IllegalTransition.
    """
    hold(session, record, "group.lead", by, expected)
    require_extended(transfer_of(session, record).origin.kind, prepared)
    _show(session, record, _moved(record, "take-up", today), by, at, "take-up")


def adapt(
    session: Session,
    record: Record,
    prepared: Checked[PracticeSheet] | Checked[Procedure],
    *,
    expected: int,
    today: date,
    by: Actor,
    at: datetime,
) -> Record:
    """Keep the draft that was *prepared* of it as it would be here; return it.

    Raises NotPermitted, Conflict, IllegalTransition.
    """
    hold(session, record, "group.lead", by, expected)
    status = _moved(record, "adapt", today)
    made: Record
    kept: PracticeStatus | ProcedureStatus
    if isinstance(prepared.content, PracticeSheet):
        made = begin_record(PRACTICES, session, record.region_id, prepared, by=by, at=at)
        kept = read_status(made.status)
    else:
        made = begin_record(PROCEDURES, session, record.region_id, prepared, by=by, at=at)
        kept = decode(made.status, ProcedureStatus)
    derived = adapting.derived_of(_as_seen(transfer_of(session, record), status), record.id)
    made.status = encode(msgspec.structs.replace(kept, derived=derived))
    session.flush()
    records.tell(session, made, "derive", by=by.account_id, at=at)
    _show(session, record, msgspec.structs.replace(status, practice=made.id), by, at, "adapt")
    return made


def pilot(session: Session, record: Record, *, expected: int, today: date, by: Actor, at: datetime) -> None:
    """It is tried here: no point is open any more. Raises Faulty, NotPermitted, Conflict, IllegalTransition."""
    hold(session, record, "group.lead", by, expected)
    status = _moved(record, "pilot", today)
    refuse_open(transfer_of(session, record))
    _show(session, record, status, by, at, "pilot")


def adopt(session: Session, record: Record, *, expected: int, today: date, by: Actor, at: datetime) -> None:
    """It is a practice or procedure of this region now. Raises Faulty, NotPermitted, Conflict, IllegalTransition."""
    hold(session, record, "group.lead", by, expected)
    status, transfer = _moved(record, "adopt", today), transfer_of(session, record)
    refuse_open(transfer)
    faults = [] if transfer.changed else [Fault(field="changed", text=NOT_CHANGED)]
    if not _is_done(session, record.region_id, status.practice, transfer.origin.kind):
        missing = NOT_PUBLISHED if transfer.origin.kind == PRACTICE else NOT_ENDORSED
        faults.append(Fault(field=transfer.origin.kind, text=missing))
    if faults:
        raise Faulty(faults)
    _show(session, record, status, by, at, "adopt")


def decline(
    session: Session,
    record: Record,
    vocabulary: Vocabulary,
    *,
    given: Declining,
    expected: int,
    today: date,
    by: Actor,
    at: datetime,
) -> None:
    """Not here, and why: the public reads it. Raises Faulty, Identifying, NotPermitted, Conflict, IllegalTransition."""
    hold(session, record, "group.lead", by, expected)
    status = _moved(record, "decline", today)
    identifiers = vocabulary.header.personal_identifiers
    reason = clean_text(given.reason, "reason", identifiers=identifiers, missing=NO_REASON)
    if thin := [lang for lang, words in reason.items() if is_thin(words)]:
        raise Faulty([Fault(field=f"reason.{lang}", text=THIN_REASON) for lang in thin])
    _show(session, record, msgspec.structs.replace(status, reason=reason), by, at, "decline")


def reconsider(session: Session, record: Record, *, today: date, by: Actor, at: datetime) -> None:
    """It is proposed again. Raises NotPermitted, IllegalTransition."""
    hold(session, record, "group.lead", by)
    status = msgspec.structs.replace(_moved(record, "reconsider", today), reason={})
    if record.state == "published":
        _show(session, record, status, by, at, "reconsider")
    else:
        settle(session, record, status, "reconsider", by=by, at=at)


def look(session: Session, record: Record, *, version: int, gone: bool, expected: int, by: Actor, at: datetime) -> None:
    """Somebody has looked at what became of the origin. Raises NotPermitted, Conflict, IllegalTransition."""
    hold(session, record, "group.write", by, expected)
    status = status_of(record)
    next_state(LIFECYCLE, status.state, "look")
    seen = max(version, status.seen)
    settle(session, record, msgspec.structs.replace(status, seen=seen, seen_gone=gone), "look", by=by, at=at)


def publish(session: Session, record: Record, *, expected: int, by: Actor, at: datetime) -> None:
    """Let the public read what was written since the last step. Raises NotPermitted, Conflict, IllegalTransition."""
    hold(session, record, "group.lead", by, expected)
    status = status_of(record)
    next_state(LIFECYCLE, status.state, "publish")
    _show(session, record, msgspec.structs.replace(status, withdrawn=""), by, at)


def _is_done(session: Session, region_id: str, record_id: str, kind: OriginKind) -> bool:
    """Whether what was adapted here is published; a procedure, whether its parties stand by it."""
    adapted = session.get(Record, (region_id, record_id))
    if adapted is None or adapted.kind != kind or adapted.state != "published":
        return False
    return kind != PROCEDURE or decode(adapted.status, ProcedureStatus).state in IN_FORCE


# What is there


def find(session: Session, region_id: str, origin_region: str, origin_record: str) -> Record | None:
    """The transfer of this origin into the region, if there is one that was not put away."""
    here = (Record.region_id == region_id) & (Record.kind == TRANSFER) & Record.state.not_in(("erased", "archived"))
    for record in session.scalars(select(Record).where(here).order_by(Record.created_at)):
        said = transfer_of(session, record).origin
        if (said.region, said.record) == (origin_region, origin_record):
            return record
    return None


def transfer_of(session: Session, record: Record, number: int | None = None) -> Transfer:
    """What the newest version says, or version *number*."""
    return decode(records.body_of(session, record, number or record.version), Transfer)


def status_of(record: Record) -> TransferStatus:
    return decode(record.status, TransferStatus)


def refuse_open(transfer: Transfer) -> None:
    """Raise Faulty for every point that is open."""
    if points := mapping.open_points(transfer):
        raise Faulty([Fault(field=one.place, text=OPEN) for one in points])


def _as_seen(transfer: Transfer, status: TransferStatus) -> Transfer:
    """*transfer*, with the version of its origin that the draft is made from."""
    version = max(transfer.origin.version, status.seen)
    return msgspec.structs.replace(transfer, origin=msgspec.structs.replace(transfer.origin, version=version))


def _moved(record: Record, action: str, today: date) -> TransferStatus:
    """The status after *action*; nothing becomes of what is archived. Raises IllegalTransition."""
    next_state(RECORD, record.state, "write")
    status = status_of(record)
    state: TransferState = next_state(LIFECYCLE, status.state, action)  # type: ignore[assignment]
    day = max([today, *(step.on for step in status.steps)])  # a clock that was set back turns no order round
    return msgspec.structs.replace(status, state=state, steps=(*status.steps, TransferStep(state=state, on=day)))


def _show(
    session: Session, record: Record, status: TransferStatus, by: Actor, at: datetime, verb: str = "publish"
) -> None:
    """The public reads what the newest version says, and how far it is; *verb*: what was done, for the audit."""
    record.status = encode(status)
    record.updated_at = at
    session.flush()
    records.publish(session, record, by=by.account_id, at=at)
    if verb != "publish":
        records.tell(session, record, verb, by=by.account_id, at=at)
