"""Meetings and the mandate of a group, as everything knows them that is made of all kinds of records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.meetings.model import KIND, LIFECYCLE, MeetingInvitation, MeetingInvitationRow, MeetingStatus
from lanzarote.records.days import unfit_coming
from lanzarote.records.kinds import Beside, RecordKind
from lanzarote.regions.group import KIND as MANDATE_NAME
from lanzarote.regions.group import MandateStatus
from lanzarote.translation import N_
from lanzarote.types import Mandate, Meeting

if TYPE_CHECKING:
    from datetime import date

    from lanzarote.records.kinds import Faults


def _too_far_ahead(said: Meeting, today: date) -> Faults:
    for name, day in (("day", said.day), ("last_day", said.last_day)):
        for fault in unfit_coming(name, day, today) if day else ():
            yield name, f"is after {fault.value}: nothing is planned so far ahead"


MEETING: Final = RecordKind(
    name=KIND,
    body=Meeting,
    status=MeetingStatus,
    lifecycle=LIFECYCLE,
    room="meetings",
    place="meetings",
    public="meetings",
    label=N_("Meeting"),
    one=N_("a meeting"),
    plural=N_("Meetings"),
    verbs={
        "announce": N_("announced it"),
        "invite to": N_("invited organisations to it"),
        "remind": N_("reminded those who had not answered"),
        "answer": N_("recorded whether an organisation comes"),
        "hold": N_("noted that it took place"),
        "draft": N_("drew up its minutes"),
        "approve": N_("noted that its minutes were approved"),
        "show-minutes": N_("published its minutes"),
        "hide-minutes": N_("unpublished its minutes"),
        "cancel": N_("cancelled it"),
    },
    unfit=_too_far_ahead,
    beside=(Beside(table=MeetingInvitation, row=MeetingInvitationRow, texts=("who",)),),
    written="lanzarote.meetings.kind:MEETINGS",
)
MANDATE: Final = RecordKind(
    name=MANDATE_NAME,
    body=Mandate,
    status=MandateStatus,
    room="mandates",
    place="meetings",
    page=("group",),
    label=N_("Mandate"),
    one=N_("the mandate of the group"),
    plural=N_("Mandate"),
    verbs={},
)
