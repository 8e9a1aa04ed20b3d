"""API resources by which a representative reads an invitation to a meeting, and answers it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from lanzarote.meetings import inviting
from lanzarote.meetings import model as meetings
from lanzarote.meetings.api import MEETING, ONE, TAG
from lanzarote.meetings.invited import invited_to
from lanzarote.meetings.write_api import AnsweringInvitation
from lanzarote.types import About, Clock, Id, Language, MeetingKind, Text
from lanzarote.web.changing import Sent, change, done
from lanzarote.web.resources import REGION, Answer, Asked, resource
from lanzarote.web.working_records import State, etag_of, state_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

PATH = f"{ONE}/invitation"


class InvitationPoint(Struct, frozen=True, kw_only=True):
    """A point of the agenda; of what the group works on it says only what kind of thing it is."""

    about: About
    title: Text


class InvitationAnswer(Struct, frozen=True, kw_only=True):
    """What an organisation that one speaks for answered."""

    stakeholder: Id
    answer: meetings.Answer
    """Empty: none yet."""
    who: str


class MeetingInvitationTold(Struct, frozen=True, kw_only=True):
    """A meeting, as an invitation tells it."""

    id: str
    kind: MeetingKind
    state: meetings.MeetingState
    title: Text
    day: date
    last_day: date | None
    starts: Clock | None
    ends: Clock | None
    time_zone: str
    """In which these times are said."""
    place: str
    link: str | None
    languages: tuple[Language, ...]
    agenda: tuple[InvitationPoint, ...]
    answers: tuple[InvitationAnswer, ...]


@resource(PATH, tag=TAG, may="group.speak", names=(REGION, MEETING), answers=MeetingInvitationTold)
def get_meeting_invitation(asked: Asked) -> Answer:
    """The invitation to a meeting, for who speaks for an invited organisation, whether or not it takes part."""
    zone = asked.instance.header(asked["region"]).time_zone
    with asked.instance.database.read(asked["region"]) as session:
        found = invited_to(session, asked["region"], asked["meeting"], by=asked.actor)
        names = ("kind", "day", "last_day", "starts", "ends", "place", "link", "languages")
        told = MeetingInvitationTold(
            id=found.record.id,
            state=found.state,
            title={code: one.title for code, one in found.meeting.text.items() if one.title},
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
    tag=TAG,
    may="group.speak",
    names=(REGION, MEETING),
    body=AnsweringInvitation,
    match=True,
    answers=State,
)
def answer_own_invitation(sent: Sent, body: AnsweringInvitation) -> Answer:
    """Say whether the organisation that one speaks for comes, whether or not it takes part in the group."""
    vocabulary = sent.vocabulary

    def said(session: Session) -> Answer:
        record = invited_to(session, sent["region"], sent["meeting"], by=sent.actor).record
        sent.require_match(etag_of(record), record.version)
        inviting.answer(
            session,
            record,
            vocabulary,
            stakeholder=body.stakeholder,
            answer=body.answer,
            who=body.who,
            by=sent.actor,
            at=sent.at,
        )
        session.flush()
        return done(state_of(record), etag=etag_of(record), about=record.id)

    return sent.once(said)


handlers = (get_meeting_invitation, answer_own_invitation)
