"""What an invited organisation reads of a meeting: what, when and where it is, and the agenda as letters tell it.

Who speaks for one outside the group reads this and nothing else: neither who else is invited and comes, nor what the
group works on, nor what was noted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from lanzarote.errors import Gone, NotFound
from lanzarote.meetings import inviting
from lanzarote.meetings.model import KIND, MeetingState
from lanzarote.meetings.service import meeting_of, status_of
from lanzarote.records.permissions import spoken_for
from lanzarote.records.records import Record
from lanzarote.translation import N_
from lanzarote.types import AgendaPoint, Meeting, MeetingText

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.meetings.model import MeetingInvitation
    from lanzarote.records.permissions import Actor

NO_SUCH: Final = N_("There is no such meeting here, or you may not read it.")
ERASED: Final = N_("This meeting was erased.")


class Invited(Struct, frozen=True, kw_only=True):
    """A meeting, as far as an invitation tells it."""

    record: Record
    state: MeetingState
    meeting: Meeting
    answers: dict[str, MeetingInvitation]
    """Each organisation that the reader speaks for → how it was invited, and what it answered."""


def invited_to(session: Session, region_id: str, record_id: str, *, by: Actor) -> Invited:
    """The invitation to a meeting, for who speaks for an organisation that has one. Raises NotFound, Gone."""
    record = session.get(Record, (region_id, record_id))
    if record is None or record.kind != KIND:
        raise NotFound(NO_SUCH)
    mine = spoken_for(by, region_id)
    if record.state == "erased":
        raise Gone(ERASED) if mine else NotFound(NO_SUCH)
    status = status_of(record)
    rows = inviting.standing(session, inviting.invitations(session, record))
    answers = {key: row for key, row in rows.items() if key in mine}
    if not answers or status.state not in ("announced", "cancelled"):
        raise NotFound(NO_SUCH)
    return Invited(record=record, state=status.state, meeting=_told(meeting_of(session, record)), answers=answers)


def _told(meeting: Meeting) -> Meeting:
    """What an invitation tells: of what the group works on, not even which it is."""
    points = tuple(AgendaPoint(about=one.about, title={} if one.record else one.title) for one in meeting.agenda)
    return Meeting(
        kind=meeting.kind,
        original=meeting.original,
        text={code: MeetingText(title=one.title) for code, one in meeting.text.items()},
        day=meeting.day,
        last_day=meeting.last_day,
        starts=meeting.starts,
        ends=meeting.ends,
        place=meeting.place,
        link=meeting.link,
        languages=meeting.languages,
        agenda=points,
    )
