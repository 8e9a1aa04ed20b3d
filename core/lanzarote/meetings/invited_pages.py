"""The page on which a representative reads the invitation to a meeting, and says whether somebody comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from litestar.response import Redirect

from lanzarote.directory.service import named
from lanzarote.errors import NotFound
from lanzarote.kinds.organisations import name_of
from lanzarote.meetings import form as forms
from lanzarote.meetings import inviting
from lanzarote.meetings.invited import invited_to
from lanzarote.meetings.team_pages import DONE, FRAME, title_of
from lanzarote.meetings.words import ABOUTS, ANSWERS, KINDS, when, zone_name
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.records import now
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.refusals import NOTHING, Refusal, text_of
from lanzarote.web.routes import PRIVATE, form, page, private
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    try:
        with view.instance.database.write(view.region_id) as session:
            inviting.answer(
                session,
                invited_to(session, view.region_id, record_id, by=view.actor).record,
                view.vocabulary,
                stakeholder=text_of(data, "stakeholder"),
                answer=text_of(data, "answer"),
                who=text_of(data, "who"),
                by=view.actor,
                at=now(),
            )
    except (Faulty, Identifying) as error:
        return show(view, record_id, refused=forms.refusal(view, error, data), given=data, status=400)
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
            done=view._(DONE[done]) if done in DONE else "",
            meanwhile=done == "meanwhile",
            here=view.href("team", "meetings", record_id, "invitation"),
            group_href=view.href("team", "meetings", record_id) if view.may("group.read") else "",
            own_href=view.href("team", "organisation"),
            **FRAME,
        )
    )


handlers = (invitation, answer)
