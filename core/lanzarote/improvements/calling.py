"""Asking bodies for their positions on one text of an improvement, until a day; recalling that; reminding them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from lanzarote.accounts import letters, mails
from lanzarote.accounts.answer_links import Errand
from lanzarote.errors import Conflict
from lanzarote.improvements.model import IMPROVEMENT_LIFECYCLE, open_amendments, status_of
from lanzarote.improvements.positions_model import Call, Reminder, heard
from lanzarote.records import outbox, records
from lanzarote.records.drafts import hold
from lanzarote.records.lifecycle import RECORD, next_state
from lanzarote.records.records import Record, encode, now
from lanzarote.records.tables import last_number
from lanzarote.records.validation import Fault, Faulty
from lanzarote.stakeholders import members
from lanzarote.translation import N_, date_told

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from lanzarote.improvements.team_documents import Calling, Extending, Reminding
    from lanzarote.instance import Instance
    from lanzarote.mail.sending import Mail
    from lanzarote.records.permissions import Actor
    from lanzarote.stakeholders.members import Bodies

TOPIC: Final = "mail.position"
PLACE: Final = "position"
"""Of the page that a mailed link leads to."""
LONGEST: Final = 366
"""Days that a call may run."""

PAST: Final = N_("Choose a day from today on.")
TOO_FAR: Final = N_("Choose a day within a year.")
NOT_LATER: Final = N_("Choose a day after the present one.")
NOBODY: Final = N_("Choose at least one organisation that takes part in the group.")
NOT_TAKING_PART: Final = N_("It does not take part in the group; only those that do are asked.")
STILL_OPEN: Final = N_("Amendments are open. Once each is decided or withdrawn, positions can be asked for.")
NOT_ASKED: Final = N_("Positions are not asked for at present.")
TO_ANSWER: Final = N_(
    "the Lanzarote working group of %(region)s asks %(name)s for its position on a proposed improvement."
)
TO_CONFIRM: Final = N_(
    "the Lanzarote working group of %(region)s has recorded what %(name)s said about a proposed improvement. Please "
    "confirm or correct it."
)
NO_WAY: Final = N_("It has neither a representative with an account nor a contact with an e-mail address.")


class Sending(Struct, frozen=True, kw_only=True):
    """How bodies are reached."""

    accounts: Mapping[str, list[str]]
    """Body → accounts of its representatives."""
    addresses: Mapping[str, str]
    """Body → address of a service of it, for those without an account."""

    def reaches(self, stakeholder_id: str) -> bool:
        return stakeholder_id in self.accounts or stakeholder_id in self.addresses


def call(
    session: Session,
    record: Record,
    *,
    given: Calling,
    expected: int | None,
    by: Actor,
    at: datetime,
    today: date,
) -> Call:
    """Ask for positions on the newest text until a day.

    The text is frozen from now on. Raises Faulty, NotPermitted, Conflict, IllegalTransition.
    """
    hold(session, record, "group.lead", by, expected)
    next_state(RECORD, record.state, "write")  # nothing more is asked about an archived or erased one
    status = status_of(record)
    state = next_state(IMPROVEMENT_LIFECYCLE, status.state, "call")
    if open_amendments(session, record):
        raise Conflict(STILL_OPEN)  # the text that positions are asked on can no longer be amended
    bodies = members.bodies(session)
    asked = _asked(bodies, given.bodies)
    if fault := _unfit(given.until, today):
        raise Faulty([Fault(field="until", text=fault)])
    made = Call(
        region_id=record.region_id,
        record_id=record.id,
        number=last_number(session, Call, record) + 1,
        version=record.version,
        until=given.until.isoformat(),
        asked=encode(asked),
        reminders=encode(()),
        by=by.account_id,
        at=at,
        ended="",
        ended_at=None,
    )
    session.add(made)
    put = msgspec.structs.replace(status, state=state, called_until=given.until, called_version=record.version)
    records.decide(session, record, encode(put), "call", by=by.account_id, at=at)
    _send(session, record, made, asked, by=by.account_id)
    return made


def recall(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Stop asking for positions, so that the text can be changed. What was said stays in the history.

    Raises NotPermitted, IllegalTransition.
    """
    hold(session, record, "group.lead", by)
    status = status_of(record)
    state = next_state(IMPROVEMENT_LIFECYCLE, status.state, "recall")
    end(session, current(session, record), "recalled", at)
    put = msgspec.structs.replace(status, state=state, called_until=None, called_version=0)
    records.decide(session, record, encode(put), "recall", by=by.account_id, at=at)


def extend(session: Session, record: Record, *, given: Extending, by: Actor, at: datetime, today: date) -> None:
    """Leave more time. Raises Faulty, NotPermitted, Conflict."""
    hold(session, record, "group.lead", by)
    running, status = current(session, record), status_of(record)
    if fault := _unfit(given.until, today):
        raise Faulty([Fault(field="until", text=fault)])
    if given.until <= running.last_day:
        raise Faulty([Fault(field="until", text=NOT_LATER)])
    running.until = given.until.isoformat()
    put = msgspec.structs.replace(status, called_until=given.until)
    records.decide(session, record, encode(put), "extend", by=by.account_id, at=at)


def remind(session: Session, record: Record, *, given: Reminding, by: Actor, at: datetime) -> int:
    """Write once more to those who were asked and have not answered; return to how many bodies.

    Raises Faulty, NotPermitted, Conflict.
    """
    hold(session, record, "group.lead", by)
    running = current(session, record)
    bodies = members.bodies(session)
    chosen = given.bodies or None
    said = heard(session, record, running.number, bodies)
    silent = {one for one in running.asks() if one not in said or not said[one].answers}
    wanted = silent if chosen is None else {bodies.present_id(one) for one in chosen}
    if unfit := [one for one in wanted if one not in bodies.by_id or not bodies.by_id[one].takes_part]:
        raise Faulty([Fault(field="bodies", text=NOT_TAKING_PART, value=unfit[0])])
    sending = sending_to(session, record.region_id, wanted)
    if chosen is not None and not any(map(sending.reaches, wanted)):
        raise Faulty([Fault(field="bodies", text=NO_WAY if wanted else NOBODY)])
    written = tuple(sorted(filter(sending.reaches, wanted)))
    if not written:
        return 0
    running.asked = encode(tuple(dict.fromkeys((*running.asks(), *written))))
    running.reminders = encode((*running.reminded(), Reminder(at=at, by=by.account_id, present=written)))
    session.flush()
    _send(session, record, running, written, by=by.account_id)
    records.tell(session, record, "remind", by=by.account_id, at=at)
    return len(written)


def current(session: Session, record: Record) -> Call:
    """The call that runs. Raises Conflict when none does."""
    found = session.get(Call, (record.region_id, record.id, last_number(session, Call, record)))
    if found is None or found.ended or status_of(record).state != "called":
        raise Conflict(NOT_ASKED)
    return found


def last(session: Session, record: Record) -> Call | None:
    """The newest call, over or not."""
    return session.get(Call, (record.region_id, record.id, last_number(session, Call, record)))


def numbered(session: Session, record: Record, number: int) -> Call | None:
    """The call with this number, over or not."""
    return session.get(Call, (record.region_id, record.id, number), populate_existing=True)


def ask_to_confirm(session: Session, record: Record, running: Call, stakeholder_id: str, *, by: str) -> None:
    """Write to a body for which something was recorded, so that it confirms or corrects it."""
    _send(session, record, running, [stakeholder_id], by=by, confirm=True)


def end(session: Session, running: Call, how: str, at: datetime) -> None:
    running.ended, running.ended_at = how, at
    session.flush()


def sending_to(session: Session, region_id: str, ids: Collection[str]) -> Sending:
    """How the bodies with these *ids* are reached."""
    if not ids:
        return Sending(accounts={}, addresses={})
    accounts = members.representatives(session, region_id, ids)
    desks = members.desks(session, [one for one in ids if one not in accounts])
    return Sending(accounts=accounts, addresses={one: some[0].address for one, some in desks.items()})


def letter(instance: Instance, session: Session, payload: Mapping[str, Any]) -> Mail | None:
    """Ask a body by a mail to one of its services; nothing when it is no longer asked."""
    region_id, stakeholder_id = payload["region"], payload["stakeholder"]
    record = session.get(Record, (region_id, payload["record"]))
    body = members.bodies(session).by_id.get(stakeholder_id)
    if record is None or body is None or record.state == "erased" or status_of(record).state != "called":
        return None
    running = current(session, record)
    if running.number != payload["call"] or running.last_day < instance.today(region_id):
        return None
    written = letters.Letter(instance, instance.header(region_id), payload, to=payload["address"])
    name = written.said(body.name)
    written.say(N_("Hello,"))
    confirm = payload.get("confirm") == "yes"
    written.say(TO_CONFIRM if confirm else TO_ANSWER, region=written.region, name=name)
    written.say(N_("This page shows the proposal and takes your answer. No account is needed:"))
    errand = Errand(
        purpose="position",
        region_id=region_id,
        stakeholder_id=stakeholder_id,
        record_id=record.id,
        version=running.version,
        number=running.number,
    )
    written.link(session, errand, PLACE, at=now())
    written.say(
        N_("The link answers once, for %(name)s, until %(day)s. Pass it on only to who may answer for it."),
        name=name,
        day=date_told(running.last_day, written.lang),
    )
    written.say(N_("This e-mail says no more, to protect what is written there."))
    return written.mail(N_("A position is asked for by the working group of %(region)s"), region=written.region)


def _asked(bodies: Bodies, chosen: Collection[str] | None) -> tuple[str, ...]:
    everybody = sorted(one.id for one in bodies.taking_part)
    wanted = everybody if chosen is None else sorted({bodies.present_id(one) for one in chosen})
    if not wanted:
        raise Faulty([Fault(field="bodies", text=NOBODY)])
    if unfit := [one for one in wanted if one not in everybody]:
        raise Faulty([Fault(field="bodies", text=NOT_TAKING_PART, value=unfit[0])])
    return tuple(wanted)


def _unfit(until: date, today: date) -> str:
    if until < today:
        return PAST
    return TOO_FAR if (until - today).days > LONGEST else ""


def _send(
    session: Session, record: Record, running: Call, ids: Sequence[str], *, by: str, confirm: bool = False
) -> None:
    """Tell representatives that something waits, and mail a link to those who have none.

    *confirm*: it is something that was recorded for them.
    """
    sending = sending_to(session, record.region_id, ids)
    speakers = (one for some in sending.accounts.values() for one in some)
    mails.notify(session, speakers, "position", record.region_id, record.id, until=running.last_day, by=by)
    for stakeholder_id, address in sending.addresses.items():
        outbox.enqueue(
            session,
            TOPIC,
            region=record.region_id,
            record=record.id,
            stakeholder=stakeholder_id,
            call=running.number,
            address=address,
            confirm="yes" if confirm else "",
        )
