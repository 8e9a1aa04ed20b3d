"""The invitation to a meeting: what, when and where it is, the agenda as letters tell it, and the answer.

Who speaks for an invited organisation outside the group reads this and nothing else: neither who else is invited and
comes, nor what the group works on, nor what was noted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from litestar.response import Redirect
from msgspec import Struct

from lanzarote.directory.service import named
from lanzarote.errors import Gone, NotFound
from lanzarote.kinds.organisations import name_of
from lanzarote.kinds.record_pages import notice
from lanzarote.meetings import inviting
from lanzarote.meetings.documents import AnsweringInvitation
from lanzarote.meetings.kind import MEETINGS
from lanzarote.meetings.model import KIND, MeetingState
from lanzarote.meetings.reading import title_of
from lanzarote.meetings.service import ABOUTS, ANSWERS, KINDS, meeting_of, status_of, when, zone_name
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import spoken_for
from lanzarote.records.records import Record, now
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.types import AgendaPoint, Meeting, MeetingText
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.refusals import NOTHING, Refusal, refusal, text_of
from lanzarote.web.routes import PRIVATE, form, page, private
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.meetings.model import MeetingInvitation
    from lanzarote.records.permissions import Actor


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
        raise NotFound(MEETINGS.none)
    mine = spoken_for(by, region_id)
    if record.state == "erased":
        raise Gone(MEETINGS.erased) if mine else NotFound(MEETINGS.none)
    status = status_of(record)
    rows = inviting.standing(session, inviting.invitations(session, record))
    answers = {key: row for key, row in rows.items() if key in mine}
    if not answers or status.state not in ("announced", "cancelled"):
        raise NotFound(MEETINGS.none)
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


PATH: Final = "/{lang:str}/{region:str}/team/meetings/{record_id:str}/invitation"


@page(PATH, may="group.speak")
def invitation(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """The invitation of one's organisation, whether or not it takes part in the group."""
    view = site.view(request, lang, region)
    try:
        return show(view, record_id, done=request.query_params.get("done", ""))
    except NotFound:
        if view.may("group.read"):  # it was held meanwhile; the group goes on reading it
            return Redirect(view.href("team", "meetings", record_id), status_code=303, headers=dict(PRIVATE))
        raise


@form(PATH, may="group.speak")
def answer(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Say whether somebody comes."""
    view = site.view(request, lang, region)
    said: dict[str, Any] = {name: text_of(data, name) for name in AnsweringInvitation.__struct_fields__}
    try:
        with view.instance.database.write(view.region_id) as session:
            record = invited_to(session, view.region_id, record_id, by=view.actor).record
            given = AnsweringInvitation(**said)
            inviting.answer(session, record, view.vocabulary, given=given, by=view.actor, at=now())
    except (Faulty, Identifying) as error:
        return show(view, record_id, refused=refusal(view, error), given=data, status=400)
    except IllegalTransition:
        return show(view, record_id, done="meanwhile", status=409)
    here = view.href("team", "meetings", record_id, "invitation", query={"done": "answer"})
    return Redirect(here, status_code=303, headers=dict(PRIVATE))


def show(
    view: View,
    record_id: str,
    *,
    done: str = "",
    refused: Refusal = NOTHING,
    given: Mapping[str, Any] | None = None,
    status: int = 200,
) -> Response[Any]:
    """The page. Raises NotFound, Gone."""
    with view.instance.database.read(view.region_id) as session:
        found = invited_to(session, view.region_id, record_id, by=view.actor)
    meeting, known = found.meeting, named(view.directory)
    return private(
        view.render(
            "meetings/team/invitation.html",
            status=status,
            title=title_of(view, meeting),
            kind=view._(KINDS[meeting.kind]),
            meeting=meeting,
            when=when(meeting, view.lang),
            zone_name=zone_name(meeting, view.vocabulary.header.time_zone) if meeting.starts else "",
            abouts={code: view._(text) for code, text in ABOUTS.items()},
            answer_words={code: view._(text) for code, text in ANSWERS.items()},
            cancelled=found.state == "cancelled",
            guests=[
                {
                    "id": body,
                    "name": view.say(name_of(view, known.get(body))),
                    "answer": row.answer,
                    "who": row.who,
                }
                for body, row in found.answers.items()
            ],
            refused=refused,
            given=given or {},
            done=notice(MEETINGS, view, done),
            meanwhile=done == "meanwhile",
            here=view.href("team", "meetings", record_id, "invitation"),
            group_href=view.href("team", "meetings", record_id) if view.may("group.read") else "",
            own_href=view.href("team", "organisation"),
            canonical=None,
            feeds=(),
        )
    )


handlers = (invitation, answer)
