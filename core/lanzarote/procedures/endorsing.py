"""What bodies say of a procedure: each endorses it for itself, and declares for itself that it applies it.

A body says so by its representative, or a coordinator writes down what a source says. When the last party has endorsed
the proposed text, the public reads it; nothing is counted that nobody said.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import func, select

from lanzarote.accounts import mails
from lanzarote.directory.service import ids_by_name
from lanzarote.errors import Conflict
from lanzarote.procedures.model import LIFECYCLE, WHATS, Endorsement, Said, Stand, stand_of
from lanzarote.procedures.rules import flow_faults, without_basis
from lanzarote.procedures.service import party_ids, said_of
from lanzarote.procedures.writing import status_of, text_of
from lanzarote.records import records
from lanzarote.records.days import unfit_spoken
from lanzarote.records.drafts import rest
from lanzarote.records.lifecycle import RECORD, next_state
from lanzarote.records.permissions import Subject, may, require
from lanzarote.records.records import Version, encode
from lanzarote.records.validation import NO_CHOICE, Fault, Faulty, refuse_unclean
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.procedures.model import ProcedureStatus
    from lanzarote.procedures.team_documents import ProcedureSaying
    from lanzarote.records.permissions import Actor
    from lanzarote.records.records import Record
    from lanzarote.regions.vocabulary import Vocabulary

LONGEST_SOURCE: Final = 500
NOT_A_PARTY: Final = N_("This body is no party of the procedure.")
BEFORE_ENDORSED: Final = N_("It endorsed this text on %(value)s: it cannot have applied it before that day.")
NO_SOURCE: Final = N_("Say where it is written: the name, number and date of the letter or decision, or a page.")
NO_ACT: Final = N_("Name the signed act: its title, number and date, or the page where it is published.")
NOT_ENDORSED: Final = N_("It has not endorsed this version.")
NOT_APPLIED: Final = N_("It has not declared that it applies this version.")
OTHER_VERSION: Final = "What you read is another version by now; read it again."


class Given(Struct, frozen=True, kw_only=True):
    """What a body says, as it is written down."""

    stakeholder: str
    """Key or id."""
    what: str
    day: str
    source: str = ""


def given_in(said: ProcedureSaying) -> Given:
    return Given(stakeholder=said.stakeholder, what=said.what, day=said.day.isoformat(), source=said.source)


def say(
    session: Session,
    record: Record,
    vocabulary: Vocabulary,
    given: Given,
    *,
    expected: int,
    by: Actor,
    at: datetime,
    today: date,
) -> bool:
    """Write down what a body says of the version *expected*; tell whether it is anything new.

    Raises Faulty, Identifying, NotPermitted, Conflict, IllegalTransition.
    """
    session.refresh(record, with_for_update=True)
    known = ids_by_name(session, {given.stakeholder})
    stakeholder_id = known.get(given.stakeholder, "")
    region = Subject(region_id=record.region_id, id=stakeholder_id)
    spoken = bool(stakeholder_id) and bool(may(by, "group.speak", region))
    if not spoken:
        require(by, "group.lead", region)
    next_state(RECORD, record.state, "write")  # of an archived or erased procedure nothing is said
    status = status_of(record)
    version = version_meant(record, status, given.what)
    said = said_of(session, record)
    stand = stand_of(one for one in said.get(stakeholder_id, ()) if one.version == version)
    given = msgspec.structs.replace(given, source=given.source.strip())
    if expected == version and _same(stand, given):
        return False
    if expected != version:
        raise Conflict(OTHER_VERSION)
    procedure = text_of(session, record, version)
    parties = {*party_ids(session, procedure).values()}
    if stakeholder_id not in parties:
        raise Faulty([Fault(field="stakeholder", text=NOT_A_PARTY)])
    written = session.get_one(Version, (record.region_id, record.id, version)).at
    since = vocabulary.day_of(written)
    _check(given, stand, vocabulary, spoken=spoken, today=today, since=since)
    action = "declare" if given.what == "apply" else given.what
    state = next_state(LIFECYCLE, state_meant(status, given.what), action)
    if given.what == "endorse" and (faults := [*flow_faults(procedure.steps), *without_basis(procedure.steps)]):
        raise Faulty(faults)
    one = _add(session, record, version, stakeholder_id, given, spoken=spoken, by=by, at=at)
    stands = {body: stand_of(some for some in said.get(body, ()) if some.version == version) for body in parties}
    stands[stakeholder_id] = stand_of([*(s for s in said.get(stakeholder_id, ()) if s.version == version), one])
    record.updated_at = at
    if given.what == "endorse":
        if all(stands[body].endorsed for body in parties):
            _endorsed(session, record, status, one.day, by=by, at=at)
            return True
        state = state_meant(status, "endorse")
    elif given.what == "apply" and all(stands[body].applied for body in parties):
        state = next_state(LIFECYCLE, state, "apply") if state == "endorsed" else state
    _tell(session, record, status, state, given.what, by=by, at=at)
    return True


def version_meant(record: Record, status: ProcedureStatus, what: str) -> int:
    """The version that a body speaks of: the one that is proposed, or the one that is read."""
    about_new = what in ("endorse", "decline") and status.text_state == "proposed"
    return record.version if about_new else record.published_version or record.version


def state_meant(status: ProcedureStatus, what: str) -> str:
    """The state of what a body speaks of."""
    return status.text_state if what in ("endorse", "decline") and status.text_state == "proposed" else status.state


def _same(stand: Stand, given: Given) -> bool:
    """Whether the body has said so already."""
    if given.what == "apply":
        applied = stand.applied
        return applied is not None and (applied.day.isoformat(), applied.source) == (given.day, given.source)
    names = {"endorse": "endorsed", "decline": "declined", "retract": "retracted", "cease": "ceased"}
    return given.what in names and getattr(stand, names[given.what]) is not None


def _check(given: Given, stand: Stand, vocabulary: Vocabulary, *, spoken: bool, today: date, since: date) -> None:
    """*since*: the day on which the version was written."""
    identifiers = vocabulary.header.personal_identifiers
    refuse_unclean([("source", given.source)], LONGEST_SOURCE, identifiers=identifiers)
    faults = []
    if given.what not in WHATS:
        faults.append(Fault(field="what", text=NO_CHOICE))
    endorsed = stand.endorsed.day if given.what == "apply" and stand.endorsed else None
    if fault := unfit_spoken("day", given.day, today, written=None if endorsed else since):
        faults.append(fault)
    elif endorsed and given.day < endorsed.isoformat():
        faults.append(Fault(field="day", text=BEFORE_ENDORSED, value=endorsed))
    if given.what == "apply" and not given.source:
        faults.append(Fault(field="source", text=NO_ACT))
    elif not spoken and not given.source:
        faults.append(Fault(field="source", text=NO_SOURCE))
    if given.what in ("retract", "apply") and stand.endorsed is None:
        faults.append(Fault(field="what", text=NOT_ENDORSED))
    if given.what == "cease" and stand.applied is None:
        faults.append(Fault(field="what", text=NOT_APPLIED))
    if faults:
        raise Faulty(faults)


def _add(
    session: Session,
    record: Record,
    version: int,
    stakeholder_id: str,
    given: Given,
    *,
    spoken: bool,
    by: Actor,
    at: datetime,
) -> Said:
    mine = (Endorsement.region_id == record.region_id) & (Endorsement.record_id == record.id)
    last = session.scalar(select(func.max(Endorsement.number)).where(mine)) or 0
    row: dict[str, Any] = {
        "number": last + 1,
        "version": version,
        "what": given.what,
        "day": date.fromisoformat(given.day),
        "source": given.source,
        "spoken": spoken,
        "by": by.account_id,
        "at": at,
    }
    session.add(Endorsement(region_id=record.region_id, record_id=record.id, stakeholder_id=stakeholder_id, **row))
    session.flush()
    return Said(**row)


def _endorsed(session: Session, record: Record, status: ProcedureStatus, day: date, *, by: Actor, at: datetime) -> None:
    """The last body has endorsed it: from now on the public reads it."""
    state: Any = next_state(LIFECYCLE, state_meant(status, "endorse"), "endorse")
    again = not status.beside and status.state == "lapsed"
    changed = msgspec.structs.replace(
        status,
        state=state,
        beside=status.beside if again else "",
        endorsed_on=day,
        reviewed_on=None,
        superseded_by="",
        withdrawn="",
    )
    if again:
        records.decide(session, record, encode(changed), "endorse", by=by.account_id, at=at)
    else:
        records.tell(session, record, "endorse", by=by.account_id, at=at)
        record.status = encode(changed)
        session.flush()
        records.publish(session, record, by=by.account_id, at=at)
        rest(session, record, still_there=True)
    mails.notify_coordinators(session, record.region_id, "procedure-endorsed", record.id, by=by.account_id)


def _tell(
    session: Session, record: Record, status: ProcedureStatus, state: str, what: str, *, by: Actor, at: datetime
) -> None:
    about_new = bool(status.beside) and what in ("endorse", "decline") and status.text_state == "proposed"
    changed: Mapping[str, Any] = {"beside": state} if about_new else {"state": state}
    encoded = encode(msgspec.structs.replace(status, **changed))
    if about_new or record.published_version is None:
        record.status = encoded
        session.flush()
        records.tell(session, record, what, by=by.account_id, at=at)
    else:
        records.decide(session, record, encoded, what, by=by.account_id, at=at)
