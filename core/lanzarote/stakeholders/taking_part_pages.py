"""Pages of taking part: whom the group has invited and who answered; inviting; the page behind a mailed invitation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from litestar import Response
from msgspec import Struct

from lanzarote.accounts.service import names
from lanzarote.kinds.fields import Field
from lanzarote.kinds.voices import LINK_FRAME, TEAM_FRAME, Question, Voice, handlers_of
from lanzarote.records.records import now
from lanzarote.stakeholders import members, taking_part, writing
from lanzarote.stakeholders.taking_part import Answering, Reply, reply_of
from lanzarote.stakeholders.team_reading import Sent, sent_to
from lanzarote.translation import N_, date_told, format_partial_date
from lanzarote.web import labels
from lanzarote.web.asking import Asked, Lang, OurSite, Region
from lanzarote.web.routes import page, private, see_other
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.directory.model import Invitation
    from lanzarote.stakeholders.members import Body

LISTED: Final = ("taking-part", "invited", "declined", "left")


class Line(Struct, frozen=True, kw_only=True):
    """A body that was invited, or takes part."""

    id: str
    name: str
    relation: str
    code: str
    since: str
    invited: tuple[Sent, ...]
    """The last first."""


@page("/{lang:str}/{region:str}/team/taking-part", may="group.read")
def everybody(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """Who takes part in the group, who was invited when, and what they answered."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        bodies = members.bodies(session)
        invited = taking_part.invitations(session)
        people = names(session, [row.by for rows in invited.values() for row in rows])
    lines = [_line(view, one, invited.get(one.id, []), people) for one in bodies.by_id.values()]
    others = sorted((one for one in lines if one.code not in LISTED), key=lambda one: view.sort_key(one.name))
    lines = [one for one in lines if one.code in LISTED]
    lines.sort(key=lambda one: (LISTED.index(one.code), view.sort_key(one.name)))
    return view.render(
        "stakeholders/taking_part/list.html",
        lines=lines,
        may_invite=view.may("stakeholder.decide"),
        invitable=[{"value": one.id, "label": one.name, "chosen": False} for one in others]
        if view.may("stakeholder.decide")
        else (),
        zone=view.vocabulary.zone,
        **TEAM_FRAME,
    )


@page("/{lang:str}/{region:str}/team/taking-part/invite", may="stakeholder.decide")
def chosen(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """Lead to the page on which the organisation that was chosen is invited."""
    view = site.view(request, lang, region)
    return see_other(view.href("team", "organisations", request.query_params.get("organisation", ""), "invite"))


# The page behind a mailed invitation


PART: Final = (
    Field(
        name="mandate",
        label=N_("Your mandate in the group"),
        rows=4,
        help=N_("For instance: to speak for the school social service. Name nobody."),
    ),
    Field(
        name="since",
        label=N_("From which day?"),
        help=N_("A year, a month or a day, such as 2014, 2014-06 or 2014-06-02."),
    ),
    Field(
        name="source",
        label=N_("Where is that written?"),
        help=N_("Name and date of the letter or decision by which your organisation says so. It names no person."),
    ),
    Field(
        name="shared",
        label=N_(
            "The central office of the Conference may receive our entry in the directory. Without this it never leaves "
            "the region."
        ),
    ),
)


def _asked(view: View, session: Session, secret: str, _: Mapping[str, Any]) -> Question:
    record, _errand = taking_part.look(session, view.region_id, secret)
    told = {"region": view.say(view.vocabulary.name()), "name": view.say(writing.entry_of(session, record).name)}
    return Question(
        heading=view._(N_("Invitation to the working group")),
        lede=view._(
            N_(
                "Public institutions and associations of %(region)s work together here against the sexual abuse and "
                "exploitation of children. The group invites %(name)s."
            )
        )
        % told,
        typed={"since": view.today.isoformat()},
        shown={"group_href": view.href("group")},
    )


def _say(view: View, session: Session, secret: str, given: Answering, _: Mapping[str, Any]) -> Mapping[str, Any]:
    accepts = given.answer == "accept"
    reply = reply_of("accept", given) if accepts else Reply(answer="decline", since=view.today.isoformat())
    record = taking_part.answer_by_link(session, secret, view.vocabulary, reply, at=now())
    return {
        "name": view.say(writing.entry_of(session, record).name),
        "accepted": accepts,
        "reply": reply,
        "since": format_partial_date(reply.since, view.lang) if reply.since else "",
        "tongue": next(iter(reply.mandate), ""),
        "at": now().astimezone(view.vocabulary.zone),
    }


INVITED: Final = Voice(
    path=f"{taking_part.PLACE}/{{secret:str}}",
    may="public",
    button=N_("Answer the invitation"),
    asks=Answering,
    fields=(
        Field(
            name="answer",
            label=N_("Does your organisation take part?"),
            words={"accept": N_("Yes, we take part"), "decline": N_("No, we do not take part")},
        ),
        msgspec.structs.replace(PART[0], heading=N_("If you take part")),
        *PART[1:],
    ),
    ask=_asked,
    say=_say,
    then=lambda view, _, told: private(view.render("stakeholders/taking_part/answered.html", **told, **LINK_FRAME)),
    template="stakeholders/taking_part/link.html",
)


def _line(view: View, body: Body, rows: list[Invitation], people: Mapping[str, str]) -> Line:
    return Line(
        id=body.id,
        name=view.say(body.name),
        relation=labels.label("relation", body.relation, view.translator),
        code=body.relation,
        since=date_told(body.status.since, view.lang) if body.status.since else "",
        invited=sent_to(view, body.relation, rows, people),
    )


handlers = (everybody, chosen, *handlers_of(INVITED))
