"""Keeping meetings: planned, announced, held, told in minutes, approved; cancelled, shown to the public, erased.

Every function checks for itself that the person may do it and that the lifecycle allows it; pages and API say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from lanzarote.kinds.service import after_saving
from lanzarote.meetings import agenda, inviting
from lanzarote.meetings.minutes import drafted
from lanzarote.meetings.model import KIND, LIFECYCLE, Approval
from lanzarote.meetings.rules import unfit_role
from lanzarote.meetings.service import meeting_of, status_of
from lanzarote.records import changelog, records
from lanzarote.records.drafts import hold, take_part
from lanzarote.records.lifecycle import IllegalTransition, next_state
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.records import Record, encode
from lanzarote.records.validation import Fault, Faulty, clean_reason, clean_remark
from lanzarote.store.ids import slugify
from lanzarote.translation import N_
from lanzarote.types import MeetingText

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from lanzarote.kinds.service import Checked
    from lanzarote.meetings.documents import Approving, ShowingMinutes
    from lanzarote.meetings.rules import Known
    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import Meeting

RELIED_ON: Final = ("kind", "day", "last_day", "starts", "ends", "place", "link", "sectors", "organisations")
"""What others rely on once it is announced: from then on, only a coordinator changes it."""
WHERE_AND_WHEN: Final = ("day", "last_day", "starts", "ends", "place", "link")
OVER: Final = N_("This day is over: note it as held instead.")
NOT_YET: Final = N_("Not begun yet.")
NO_PLACE: Final = N_("Say first where it takes place.")
NOT_OPEN: Final = N_("Only seminars are shown to the public.")
NO_LATER: Final = N_("Choose a later meeting that was held.")
WHO_APPROVED: Final = N_("Say who approved them, as a group: “the group, by consensus”.")
NO_MINUTES: Final = N_("There is nothing in the minutes yet.")


def changing(
    session: Session,
    record: Record,
    *,
    before: Meeting,
    after: Meeting,
    vocabulary: Vocabulary,
    by: Actor,
    at: datetime,
) -> None:
    """Let who leads the work alone change what others rely on, and tell who is invited where and when it is now."""
    state = status_of(record).state
    if state != "planned" and _differs(before, after, RELIED_ON):
        require(by, "group.lead", subject_of(session, record))
    if state == "announced" and _differs(before, after, WHERE_AND_WHEN):
        inviting.tell_moved(session, record, after, vocabulary.header.time_zone, at=at)


def propose(session: Session, record: Record, *, by: Actor, at: datetime) -> int:
    """Add to the agenda what of the group's work is open and not on it; return the version.

    Raises NotPermitted, IllegalTransition.
    """
    hold(session, record, "group.write", by)
    next_state(LIFECYCLE, status_of(record).state, "write")
    before = meeting_of(session, record)
    points = agenda.proposed(before, agenda.open_now(session, record.region_id, day=before.day, but=record.id))
    if points == before.agenda:
        return record.version
    meeting = msgspec.structs.replace(before, agenda=points)
    take_part(session, record, "author", by.account_id)
    return records.revise(session, record, encode(meeting), by=by.account_id, at=at)


def announce(
    session: Session, record: Record, vocabulary: Vocabulary, *, expected: int, today: date, by: Actor, at: datetime
) -> None:
    """Say that it takes place, and invite. Raises Faulty, NotPermitted, Conflict, IllegalTransition."""
    hold(session, record, "group.lead", by, expected)
    status, meeting = status_of(record), meeting_of(session, record)
    state = next_state(LIFECYCLE, status.state, "announce")
    if (meeting.last_day or meeting.day) < today:
        raise Faulty([Fault(field="day", text=OVER)])
    if not (meeting.place.strip() or meeting.link):
        raise Faulty([Fault(field="place", text=NO_PLACE)])
    _decide(session, record, "announce", by, at, state=state, announced_at=at)
    inviting.invite(session, record, meeting, vocabulary, by=by, at=at)


def invite(session: Session, record: Record, vocabulary: Vocabulary, *, by: Actor, at: datetime) -> int:
    """Invite who was added since it was announced; return how many. Raises NotPermitted, IllegalTransition."""
    hold(session, record, "group.lead", by)
    if status_of(record).state != "announced":
        raise IllegalTransition("Only who was added to an announced meeting is invited later.")
    return inviting.invite(session, record, meeting_of(session, record), vocabulary, by=by, at=at)


def note_held(session: Session, record: Record, *, today: date, by: Actor, at: datetime) -> None:
    """Record that it took place. Raises Faulty, NotPermitted, IllegalTransition."""
    hold(session, record, "group.lead", by)
    state = next_state(LIFECYCLE, status_of(record).state, "hold")
    if meeting_of(session, record).day > today:
        raise Faulty([Fault(field="day", text=NOT_YET)])
    _decide(session, record, "hold", by, at, state=state)


def cancel(session: Session, record: Record, vocabulary: Vocabulary, *, reason: str, by: Actor, at: datetime) -> None:
    """Cancel it, and inform those who were invited. Raises Faulty, Identifying, NotPermitted, IllegalTransition."""
    hold(session, record, "group.lead", by)
    state = next_state(LIFECYCLE, status_of(record).state, "cancel")
    why = clean_reason(reason, identifiers=vocabulary.header.personal_identifiers)
    _decide(session, record, "cancel", by, at, state=state, cancelled=why)
    inviting.tell_cancelled(session, record)


def draft(session: Session, record: Record, known: Known, *, expected: int, by: Actor, at: datetime) -> int:
    """Draw up the minutes from what was noted. Raises as ``draft_minutes``."""
    texts = drafted(known.instance, session, record)
    return draft_minutes(session, record, texts, expected=expected, by=by, at=at)


def draft_minutes(
    session: Session, record: Record, texts: Mapping[str, str], *, expected: int, by: Actor, at: datetime
) -> int:
    """Keep *texts*, drawn up from what was noted, as the minutes in each language; return the version.

    Raises NotPermitted, Conflict, IllegalTransition.
    """
    hold(session, record, "group.write", by, expected)
    state = next_state(LIFECYCLE, status_of(record).state, "draft")
    meeting = with_minutes(meeting_of(session, record), texts)
    number = records.revise(session, record, encode(meeting), by=by.account_id, at=at)
    take_part(session, record, "author", by.account_id)
    _decide(session, record, "draft", by, at, state=state, drafted_version=number)
    return number


def approve(
    session: Session,
    record: Record,
    vocabulary: Vocabulary,
    *,
    prepared: Checked[Meeting],
    given: Approving,
    mark: str = "",
    expected: int,
    by: Actor,
    at: datetime,
) -> None:
    """Record that a later meeting approved the minutes as *prepared* has them, which passed the guard.

    *mark*: the languages in which the form showed minutes; one that was emptied there is taken out.
    Raises Faulty, NotPermitted, Conflict, IllegalTransition.
    """
    hold(session, record, "group.lead", by, expected)
    state = next_state(LIFECYCLE, status_of(record).state, "approve")
    emptied = {code: "" for code in mark.split(",") if code and code not in given.minutes}
    content, group = with_minutes(prepared.content, emptied), given.group.strip()
    if not any((one.minutes or "").strip() for one in content.text.values()):
        raise Faulty([Fault(field="minutes", text=NO_MINUTES)])
    identifiers = vocabulary.header.personal_identifiers
    if not group:
        raise Faulty([Fault(field="group", text=WHO_APPROVED)])
    if faults := [*unfit_role("group", group, identifiers)]:
        raise Faulty(faults)
    changes = clean_remark(given.changed, identifiers=identifiers, field="changed") if given.changed.strip() else ""
    day = _later_meeting(session, record, given.meeting)
    if content != meeting_of(session, record):
        records.revise(session, record, encode(content), by=by.account_id, at=at, expected=expected)
        after_saving(session, record, msgspec.structs.replace(prepared, content=content), by)
    approval = Approval(
        meeting=given.meeting, on=day, group=group, version=record.version, changes=changes, by=by.account_id
    )
    _decide(session, record, "approve", by, at, state=state, approval=approval)


def show_minutes(
    session: Session, record: Record, vocabulary: Vocabulary, *, given: ShowingMinutes, by: Actor, at: datetime
) -> None:
    """Let the public read the approved minutes. Raises as ``approve``."""
    hold(session, record, "group.lead", by)
    if status_of(record).approval is None:
        raise IllegalTransition("Only approved minutes are shown to the public.")
    where = clean_remark(given.said, identifiers=vocabulary.header.personal_identifiers, field="said")
    _decide(session, record, "show-minutes", by, at, shown=where)
    changelog.bump_revision(session, record.region_id)


def hide_minutes(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Take the minutes from the public. Raises NotPermitted, IllegalTransition."""
    hold(session, record, "group.lead", by)
    if not status_of(record).shown:
        raise IllegalTransition("The public does not read these minutes.")
    _decide(session, record, "hide-minutes", by, at, shown="")
    changelog.bump_revision(session, record.region_id)


def publish(session: Session, record: Record, *, expected: int, by: Actor, at: datetime) -> None:
    """Let the public read of a seminar as it is now. Raises Faulty, NotPermitted, Conflict, IllegalTransition."""
    hold(session, record, "group.lead", by, expected)
    if status_of(record).state in ("planned", "cancelled"):
        raise IllegalTransition("Only an announced meeting is shown to the public.")
    if meeting_of(session, record).kind != "seminar":
        raise Faulty([Fault(field="kind", text=NOT_OPEN)])
    records.publish(session, record, by=by.account_id, at=at)


def withdraw(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Unpublish a seminar, or a version of the mandate. Raises NotPermitted, IllegalTransition."""
    hold(session, record, "group.lead", by)
    records.withdraw(session, record, by=by.account_id, at=at)


def with_minutes(meeting: Meeting, texts: Mapping[str, str]) -> Meeting:
    """*meeting* with these minutes, a text for each language; what is empty is taken out."""
    text = dict(meeting.text)
    for code, said in texts.items():
        if said or code in text:
            text[code] = msgspec.structs.replace(text.get(code, MeetingText()), minutes=said or None)
    return msgspec.structs.replace(meeting, text=text)


def _later_meeting(session: Session, record: Record, meeting_id: str) -> date:
    """The day of the meeting that approves. Raises Faulty."""
    other = session.get(Record, (record.region_id, meeting_id))
    if other is not None and other.kind == KIND and other.state != "erased" and other.id != record.id:
        there = meeting_of(session, other)
        held = status_of(other).state in ("held", "minutes-drafted", "approved")
        if held and there.day >= meeting_of(session, record).day:
            return there.last_day or there.day
    raise Faulty([Fault(field="meeting", text=NO_LATER)])


def _decide(session: Session, record: Record, verb: str, by: Actor, at: datetime, **said: object) -> None:
    record.updated_at = at
    status = msgspec.structs.replace(status_of(record), **said)
    records.decide(session, record, encode(status), verb, by=by.account_id, at=at)


def _differs(before: Meeting, after: Meeting, names: Collection[str]) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in names)


def slug_of(meeting: Meeting) -> str:
    text = meeting.text.get(meeting.original)
    return f"{meeting.day.isoformat()}-{slugify((text and text.title) or KIND)}"
