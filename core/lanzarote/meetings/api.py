"""API resources of meetings: what the public reads, those of a group, invitations, the mandates that they adopt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from lanzarote.errors import NotFound
from lanzarote.kinds.api import address_of, records_of
from lanzarote.kinds.kind import titles_of
from lanzarote.kinds.service import newest_of
from lanzarote.meetings import inviting, mandates, writing
from lanzarote.meetings.documents import (
    Adopting,
    AnsweringInvitation,
    InvitationAnswer,
    InvitationPoint,
    MeetingInvitationTold,
    MeetingItem,
    PublicMeeting,
    PublicMeetingList,
    item_told,
    public_told,
)
from lanzarote.meetings.invitation import invited_to
from lanzarote.meetings.kind import MEETINGS
from lanzarote.meetings.public import NOT_HERE
from lanzarote.meetings.service import meetings_of
from lanzarote.records import drafts
from lanzarote.records.records import decode
from lanzarote.regions.group import KIND as MANDATE
from lanzarote.types import Meeting
from lanzarote.web.changing import NO_CONTENT, Nothing, Sent, change, done, made
from lanzarote.web.resources import CURSOR, LIMIT, REGION, ROOT, Answer, Asked, Parameter, list_of, resource
from lanzarote.web.working_records import (
    Kind,
    State,
    etag_of,
    id_of,
    refuse_disclosure,
    state_of,
    step,
    steps_of,
    taken,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance

PUBLIC: Final = "Meetings"
MEETING: Final = id_of(MEETINGS.name)
PATH: Final = f"{address_of(MEETINGS)}/invitation"
MANDATES: Final = Kind(name=MANDATE, read="group.read", none=mandates.NO_SUCH, erased=mandates.ERASED)
_step: Final = steps_of(address_of(MEETINGS), MEETINGS.api.tag, (REGION, MEETING))


def _first_public(instance: Instance, names: Any) -> str | None:
    return next((one.slug for one in meetings_of(instance, names["region"])), None)


SLUG: Final = Parameter(
    name="slug", told="Address of the meeting, as its list gives it.", longest=120, sample=_first_public
)


@resource("/regions/{region}/meetings", tag=PUBLIC, names=(REGION,), query=(CURSOR, LIMIT), answers=PublicMeetingList)
def list_meetings(asked: Asked) -> Answer:
    """Meetings that the public reads, the earliest first."""
    zone = asked.instance.header(asked["region"]).time_zone
    return asked.part([public_told(one, zone) for one in meetings_of(asked.instance, asked["region"])])


@resource("/regions/{region}/meetings/{slug}", tag=PUBLIC, names=(REGION, SLUG), answers=PublicMeeting)
def get_meeting(asked: Asked) -> Answer:
    """One meeting that the public reads."""
    zone = asked.instance.header(asked["region"]).time_zone
    for one in meetings_of(asked.instance, asked["region"]):
        if one.slug == asked["slug"]:
            return Answer(msgspec.json.encode(public_told(one, zone)))
    raise NotFound(NOT_HERE)


@resource(
    "/regions/{region}/team/meetings",
    tag=MEETINGS.api.tag,
    may="group.read",
    names=(REGION,),
    query=(CURSOR, LIMIT),
    answers=list_of(MeetingItem),
)
def list_team_meetings(asked: Asked) -> Answer:
    """All meetings of a group, the latest first."""
    asked.instance.header(asked["region"])
    with asked.instance.database.read(asked["region"]) as session:
        found = [
            (record, decode(body, Meeting))
            for record, body in session.execute(newest_of(MEETINGS, session, asked.actor))
        ]
    found.sort(key=lambda pair: (pair[1].day, pair[1].starts or "", pair[0].id), reverse=True)
    return asked.part([item_told(*one) for one in found])


@resource(PATH, tag=MEETINGS.api.tag, may="group.speak", names=(REGION, MEETING), answers=MeetingInvitationTold)
def get_meeting_invitation(asked: Asked) -> Answer:
    """The invitation to a meeting, for who speaks for an invited organisation, whether or not it takes part."""
    zone = asked.instance.header(asked["region"]).time_zone
    with asked.instance.database.read(asked["region"]) as session:
        found = invited_to(session, asked["region"], asked["meeting"], by=asked.actor)
        names = ("kind", "day", "last_day", "starts", "ends", "place", "link", "languages")
        told = MeetingInvitationTold(
            id=found.record.id,
            state=found.state,
            title=titles_of(found.meeting),
            time_zone=zone,
            agenda=tuple(InvitationPoint(about=one.about, title=one.title) for one in found.meeting.agenda),
            answers=tuple(
                InvitationAnswer(stakeholder=body, answer=row.answer, who=row.who)  # type: ignore[arg-type]
                for body, row in found.answers.items()
            ),
            **{name: getattr(found.meeting, name) for name in names},
        )
        return Answer(msgspec.json.encode(told), {"etag": etag_of(found.record)})


@change(
    "POST",
    PATH,
    tag=MEETINGS.api.tag,
    may="group.speak",
    names=(REGION, MEETING),
    body=AnsweringInvitation,
    match=True,
    answers=State,
)
def answer_own_invitation(sent: Sent, body: AnsweringInvitation) -> Answer:
    """Record whether one's own organisation comes, whether or not it takes part in the group."""
    vocabulary = sent.vocabulary

    def said(session: Session) -> Answer:
        record = invited_to(session, sent["region"], sent["meeting"], by=sent.actor).record
        sent.require_match(etag_of(record), record.version)
        inviting.answer(session, record, vocabulary, given=body, by=sent.actor, at=sent.at)
        session.flush()
        return done(state_of(record), etag=etag_of(record), about=record.id)

    return sent.once(said)


@_step("mandate", "group.lead", Adopting, status=201)
def adopt_mandate(sent: Sent, body: Adopting) -> Answer:
    """Record the mandate that this meeting adopted; the public reads it at once, beside earlier ones."""
    texts = [*body.title.values(), *(text for one in body.objectives for text in one.text.values())]
    refuse_disclosure(sent.vocabulary, *texts)

    def do(session: Session) -> Answer:
        meeting = taken(sent, session, records_of(MEETINGS), "group.lead")
        record = mandates.adopt(
            session,
            meeting,
            sent.vocabulary,
            title=body.title,
            objectives=body.objectives,
            since=body.since,
            by=sent.actor,
            at=sent.at,
        )
        at = f"{ROOT}/regions/{record.region_id}/mandates"
        return made(state_of(record), at=at, etag=etag_of(record), about=record.id)

    return sent.once(do)


@change(
    "POST",
    "/regions/{region}/team/mandates/{mandate}/withdraw",
    tag=MEETINGS.api.tag,
    may="group.lead",
    names=(REGION, id_of(MANDATE)),
    answers=State,
    match=False,
)
def withdraw_mandate(sent: Sent, _: Nothing) -> Answer:
    """Withdraw a version of the mandate that was recorded by mistake: it no longer counts."""
    return step(sent, MANDATES, "group.lead", writing.withdraw, **sent.signed)


@change(
    "POST",
    "/regions/{region}/team/mandates/{mandate}/erase",
    tag=MEETINGS.api.tag,
    may="record.erase",
    names=(REGION, id_of(MANDATE)),
    answers=None,
    status=204,
    tagged=False,
)
def erase_mandate(sent: Sent, _: Nothing) -> Answer:
    """Remove every word of a version of the mandate for good. This cannot be undone."""

    def do(session: Session) -> Answer:
        drafts.erase(session, taken(sent, session, MANDATES, "record.erase"), by=sent.actor, at=sent.at)
        return NO_CONTENT

    return sent.once(do)


handlers = (
    list_meetings,
    get_meeting,
    list_team_meetings,
    get_meeting_invitation,
    answer_own_invitation,
    adopt_mandate,
    withdraw_mandate,
    erase_mandate,
)
