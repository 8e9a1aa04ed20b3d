"""What is done with procedures: proposed, recalled, documented, superseded, renamed, withdrawn, put away, erased.

Every function checks for itself that the person may do it and that the lifecycle allows it; pages, API and command
line say the same. What bodies say of a procedure is in ``endorsing``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import select

from lanzarote import guard
from lanzarote.accounts import mails
from lanzarote.errors import Conflict, NotPermitted
from lanzarote.procedures.model import KIND, LIFECYCLE, ProcedureStatus
from lanzarote.procedures.rules import open_points, pathless
from lanzarote.procedures.service import party_ids, speakers_for
from lanzarote.records import records, validation
from lanzarote.records.drafts import forget, hold, rest
from lanzarote.records.lifecycle import RECORD, WORK, next_state
from lanzarote.records.records import Record, Version, decode, encode
from lanzarote.records.tasks import WITHDRAWAL, finish_all
from lanzarote.records.validation import Fault, Faulty, Identifying
from lanzarote.store.ids import slugify
from lanzarote.translation import N_
from lanzarote.types import Procedure

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary

NOT_CONFIRMED: Final = N_("Confirm that nobody can be recognised in it, and that no case it speaks of is pending.")
OWN_TEXT: Final = N_("You wrote this version; somebody else has to publish it.")
TO_BE_ENDORSED: Final = N_(
    "It is the group’s own: the public reads it when its parties have endorsed it. Propose it to them."
)
NO_SOURCES: Final = N_("Name the public sources that it was reconstructed from.")
ITSELF: Final = N_("Choose another procedure than this one.")
NOT_PUBLIC: Final = N_("Choose a procedure that the public reads.")
NOTHING_READ: Final = N_("It is not published; archive or erase it instead.")
STILL_PROPOSED: Final = N_("Its parties are asked to endorse it. Withdraw the proposal first.")
NO_SLUG: Final = N_("Write a short name of letters, digits and hyphens.")
TAKEN_SLUG: Final = N_("Another procedure has this address, or had it; choose another one.")
LONGEST_SLUG: Final = 80


class Confirming(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is confirmed."""

    confirmed: bool
    """Nobody can be recognised in it, and no case that it speaks of is pending."""


class Superseding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What takes its place."""

    into: Annotated[str, Meta(max_length=64)]
    """Id of a procedure that the public reads."""


class ProcedureRenaming(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another address."""

    slug: Annotated[str, Meta(min_length=1, max_length=80)]


def status_of(record: Record) -> ProcedureStatus:
    """How far it is; what is being written is a draft, also where an upgrade began it."""
    status = decode(record.status, ProcedureStatus)
    if record.stage != "writing":
        return status
    if record.published_version is not None:
        return msgspec.structs.replace(status, beside="draft")
    return msgspec.structs.replace(status, state="draft") if status.state == "proposed" else status


def text_of(session: Session, record: Record, number: int | None = None) -> Procedure:
    """What the newest version says, or version *number*."""
    return decode(records.body_of(session, record, number or record.version), Procedure)


def begin_another(session: Session, record: Record, before: Procedure, after: Procedure) -> None:
    """What is saved is a draft: beside the version that is read, if there is one, it is proposed in its turn.

    Raises IllegalTransition.
    """
    state = next_state(LIFECYCLE, status_of(record).text_state, "write")
    _decide(session, record, **({"beside": state} if record.published_version else {"state": state}))


def propose(session: Session, record: Record, *, confirmed: bool, expected: int, by: Actor, at: datetime) -> None:
    """Ask each party body to endorse this very text, which is not written on until then.

    Raises Faulty with all that is open, NotPermitted, Conflict, IllegalTransition.
    """
    hold(session, record, "group.lead", by, expected)
    _move(session, record, "propose")
    procedure = text_of(session, record)
    faults = [] if confirmed else [Fault(field="confirmed", text=NOT_CONFIRMED)]
    if faults := [*faults, *open_points(procedure)]:
        raise Faulty(faults)
    _stage(session, record, "submit", "propose", by, at)
    speakers = speakers_for(session, record.region_id, party_ids(session, procedure).values())
    mails.notify(session, speakers, "procedure-proposed", record.region_id, record.id, by=by.account_id)


def document(session: Session, record: Record, *, confirmed: bool, expected: int, by: Actor, at: datetime) -> None:
    """Let the public read a reconstruction or an example that somebody else wrote: it is endorsed by nobody.

    Raises Faulty, NotPermitted, Conflict, IllegalTransition.
    """
    hold(session, record, "group.lead", by, expected)
    status = status_of(record)
    state: Any = next_state(LIFECYCLE, status.text_state, "document")
    procedure = text_of(session, record)
    newest = (Version.record_id == record.id) & (Version.number == record.version)
    if session.scalar(select(Version.actor).where(newest)) == by.account_id:
        raise NotPermitted(OWN_TEXT)
    faults = [] if confirmed else [Fault(field="confirmed", text=NOT_CONFIRMED)]
    if procedure.nature == "drafted":
        faults.append(Fault(field="nature", text=TO_BE_ENDORSED))
    elif procedure.nature == "reconstructed" and not (procedure.sources or procedure.own_sources):
        faults.append(Fault(field="sources", text=NO_SOURCES))
    if faults := [*faults, *pathless(procedure.steps)]:
        raise Faulty(faults)
    record.status = encode(msgspec.structs.replace(status, state=state, beside="", withdrawn=""))
    record.updated_at = at
    session.flush()
    records.publish(session, record, by=by.account_id, at=at)
    rest(session, record, still_there=True)


def recall(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Write on what was proposed; what bodies said of that text stays in the history.

    Raises NotPermitted, IllegalTransition.
    """
    hold(session, record, "group.lead", by)
    _move(session, record, "recall")
    _stage(session, record, "take-back", "recall", by, at)


def discard(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Give up what was written beside the version that is read. Raises Conflict, NotPermitted, IllegalTransition."""
    hold(session, record, "group.write", by)
    next_state(LIFECYCLE, status_of(record).text_state, "propose")  # it is being written, and not proposed
    if not status_of(record).beside or record.published_version is None:
        raise Conflict(NOTHING_READ)
    body = records.body_of(session, record, record.published_version)
    records.revise(session, record, body, by=by.account_id, at=at)  # no version ever disappears
    _decide(session, record, beside="")
    _stage(session, record, "discard", "discard", by, at)
    forget(session, record)


def look_again(session: Session, record: Record, *, by: Actor, at: datetime, today: date) -> None:
    """Write down that its parties looked at it again, and that it stays as it is.

    Raises NotPermitted, IllegalTransition.
    """
    hold(session, record, "group.lead", by)
    next_state(LIFECYCLE, status_of(record).state, "declare")
    status = msgspec.structs.replace(status_of(record), reviewed_on=today)
    record.updated_at = at
    records.decide(session, record, encode(status), "look-again", by=by.account_id, at=at)


def supersede(session: Session, record: Record, *, given: Superseding, by: Actor, at: datetime) -> None:
    """Let another procedure take its place; both go on being read. Raises Faulty, NotPermitted, IllegalTransition."""
    hold(session, record, "group.lead", by)
    into = session.get(Record, (record.region_id, given.into))
    if into is None or into.kind != KIND or into.published_version is None:
        raise Faulty([Fault(field="into", text=NOT_PUBLIC)])
    if into.id == record.id:
        raise Faulty([Fault(field="into", text=ITSELF)])
    status = status_of(record)
    state: Any = next_state(LIFECYCLE, status.state, "supersede")
    status = msgspec.structs.replace(status, state=state, superseded_by=into.id)
    record.updated_at = at
    records.decide(session, record, encode(status), "supersede", by=by.account_id, at=at)


def rename(
    session: Session, record: Record, *, given: ProcedureRenaming, vocabulary: Vocabulary, by: Actor, at: datetime
) -> str:
    """Give it another address and return it; the old one redirects.

    Raises Faulty, Identifying, NotPermitted, IllegalTransition.
    """
    hold(session, record, "group.lead", by)
    next_state(RECORD, record.state, "write")
    slug, identifiers = given.slug, vocabulary.header.personal_identifiers
    if found := guard.check_text(slug, identifiers=identifiers, field="slug", guesses=False):
        raise Identifying(found)
    if not any(sign.isalnum() for sign in slug) or len(slug) > LONGEST_SLUG:
        raise Faulty([Fault(field="slug", text=NO_SLUG)])
    wanted = slugify(slug)
    if records.rename(session, record, wanted, by=by.account_id, at=at) != wanted:
        raise Faulty([Fault(field="slug", text=TAKEN_SLUG)])  # nothing of the transaction stays
    return wanted


def withdraw(session: Session, record: Record, *, vocabulary: Vocabulary, reason: str, by: Actor, at: datetime) -> None:
    """Take it from the public, which is told so. Raises Faulty, Identifying, NotPermitted, IllegalTransition."""
    hold(session, record, "group.lead", by)
    state: Any = next_state(LIFECYCLE, status_of(record).state, "withdraw")
    why = validation.clean_reason(reason, identifiers=vocabulary.header.personal_identifiers)
    status = msgspec.structs.replace(status_of(record), state=state, beside="", withdrawn=why)
    record.status = encode(status)
    session.flush()
    records.withdraw(session, record, by=by.account_id, at=at)
    finish_all(session, record.region_id, WITHDRAWAL, record.id, by=by.account_id)


def archive(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Put it away. Raises NotPermitted, IllegalTransition; Conflict while bodies are asked to endorse it."""
    hold(session, record, "group.lead", by)
    next_state(RECORD, record.state, "archive")
    if status_of(record).text_state == "proposed":
        raise Conflict(STILL_PROPOSED)
    records.archive(session, record, by=by.account_id, at=at)
    forget(session, record)


def _move(session: Session, record: Record, action: str) -> None:
    """Take the newest version a step further. Raises IllegalTransition."""
    next_state(RECORD, record.state, "write")
    status = status_of(record)
    state = next_state(LIFECYCLE, status.text_state, action)
    _decide(session, record, **({"beside": state} if status.beside else {"state": state}))


def _decide(session: Session, record: Record, **changed: Any) -> None:
    """Change the status where the public sees nothing of it."""
    record.status = encode(msgspec.structs.replace(status_of(record), **changed))
    session.flush()


def _stage(session: Session, record: Record, action: str, verb: str, by: Actor, at: datetime) -> None:
    record.stage = next_state(WORK, record.stage, action)
    record.updated_at = at
    session.flush()
    records.tell(session, record, verb, by=by.account_id, at=at)
