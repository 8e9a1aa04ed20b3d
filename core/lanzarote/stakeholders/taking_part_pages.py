"""Pages of taking part: whom the group has invited and who answered; inviting; the page behind a mailed invitation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from litestar.params import FromPath
from msgspec import Struct

from lanzarote.accounts.service import names
from lanzarote.errors import Conflict
from lanzarote.kinds.record_pages import found, show, to_record
from lanzarote.kinds.versions import FORMER
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.records import now
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.stakeholders import members, taking_part, writing
from lanzarote.stakeholders.answer_links import LinkRefused
from lanzarote.stakeholders.stakeholder_kind import STAKEHOLDERS
from lanzarote.stakeholders.taking_part import Reply
from lanzarote.translation import N_, date_told, format_partial_date
from lanzarote.web import labels
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.refusals import NOTHING, Refusal, date_of, refusal, text_of
from lanzarote.web.routes import form, page, private
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from lanzarote.directory.model import Invitation
    from lanzarote.stakeholders.answer_links import Why
    from lanzarote.stakeholders.members import Body

Secret = FromPath[str]

FRAME: Final[Mapping[str, Any]] = {"canonical": None, "feeds": ()}
LINK_FRAME: Final[Mapping[str, Any]] = {"canonical": None, "alternates": (), "feeds": ()}
"""Of pages whose address is a secret: it is told to nobody who follows a link from there."""
LISTED: Final = ("taking-part", "invited", "declined", "left")
WAYS: Final[Mapping[str, str]] = {
    "representatives": N_("by its representative’s account"),
    "contact": N_("by a mailed link"),
    "elsewhere": N_("by letter or in person"),
}
ANSWERS: Final[Mapping[str, str]] = {
    "": N_("no answer yet"),
    "accept": N_("said that it takes part"),
    "decline": N_("said that it does not take part"),
}
REFUSED: Final[Mapping[Why, tuple[str, str]]] = {
    "unknown": (
        N_("This address is not known here"),
        N_("Perhaps it was not copied whole: open it from the mail itself. Otherwise ask the group for a new one."),
    ),
    "used": (
        N_("This link has been used"),
        N_(
            "An answer was given with it, or with another one for the same question, and is kept. If it was not "
            "yours, or you want to change it, ask the group for a new link."
        ),
    ),
    "over": (
        N_("The time for this answer is over"),
        N_("Nothing more can be given with this link. If you still have something to say, write to the group."),
    ),
    "decided": (
        N_("This is settled"),
        N_("What this link asked has been answered or decided meanwhile."),
    ),
    "changed": (
        N_("The text has changed since this mail was sent"),
        N_("The text has changed since you were asked. If you are asked about the new one, you get an e-mail."),
    ),
    "recalled": (
        N_("The group no longer asks for this answer"),
        N_("It took its question back; the text itself has not changed. If you are asked again, a mail comes."),
    ),
    "left": (
        N_("Your organisation no longer takes part in the group"),
        N_("Only bodies that take part are heard here. If you still have something to say, write to the group."),
    ),
}
"""Why a mailed link cannot be used, and what to do."""


class Line(Struct, frozen=True, kw_only=True):
    """A body that was invited, or takes part."""

    id: str
    name: str
    relation: str
    code: str
    since: str
    invited: tuple[Sent, ...]
    """The last first."""


class Sent(Struct, frozen=True, kw_only=True):
    """It was invited once."""

    at: datetime
    by: str
    way: str
    answer: str
    """Empty where a later invitation was answered, or a coordinator wrote down what a letter says."""
    answered_at: datetime | None


@page("/{lang:str}/{region:str}/team/taking-part", may="group.read")
def everybody(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """Who takes part in the group, who was invited when, and what they answered."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        bodies = members.bodies(session)
        invited = taking_part.invitations(session)
        people = names(session, [row.by for rows in invited.values() for row in rows])
    lines = [_line(view, one, invited.get(one.id, []), people) for one in bodies.by_id.values()]
    lines = [one for one in lines if one.code in LISTED]
    lines.sort(key=lambda one: (LISTED.index(one.code), view.sort_key(one.name)))
    return view.render(
        "stakeholders/taking_part/list.html",
        lines=lines,
        may_invite=view.may("stakeholder.decide"),
        zone=view.vocabulary.zone,
        **FRAME,
    )


@page("/{lang:str}/{region:str}/team/organisations/{record_id:str}/invite", may="stakeholder.decide")
def inviting(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """How a body is invited."""
    return show_invite(site.view(request, lang, region), record_id)


@form("/{lang:str}/{region:str}/team/organisations/{record_id:str}/invite", may="stakeholder.decide")
def invite(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Invite it, or once more."""
    view = site.view(request, lang, region)
    try:
        with view.instance.database.write(view.region_id) as session:
            record = found(STAKEHOLDERS, view, session, record_id)
            taking_part.invite(session, record, view.vocabulary, way=text_of(data, "way"), by=view.actor, at=now())
    except (Faulty, Identifying) as error:
        return show_invite(view, record_id, data, refusal(view, error))
    except (Conflict, IllegalTransition):
        return show(STAKEHOLDERS, view, record_id, done="meanwhile", status=409)
    return to_record(STAKEHOLDERS, view, record_id, "invite")


def show_invite(
    view: View, record_id: str, data: Mapping[str, Any] | None = None, refused: Refusal = NOTHING
) -> Response[Any]:
    """The form with the ways in which the body can be reached. Raises NotFound, Gone, NotPermitted."""
    with view.instance.database.read(view.region_id) as session:
        record = found(STAKEHOLDERS, view, session, record_id)
        require(view.actor, "stakeholder.decide", subject_of(session, record))
        entry, contacts = writing.entry_of(session, record), writing.contacts_of(session, record)
        accounts = members.representatives(session, view.region_id, [record.id]).get(record.id, [])
        people = names(session, accounts)
        invited = taking_part.invitations(session, [record.id]).get(record.id, [])
        senders = names(session, [row.by for row in invited])
        body = members.bodies(session).by_id.get(record.id)
    if body is None or body.relation == "taking-part":
        return show(STAKEHOLDERS, view, record_id, done="meanwhile", status=409)
    given = text_of(data or {}, "way")
    offered = []
    if accounts:
        who = {"names": ", ".join(people.values())}
        offered.append(("representatives", view._(N_("Its representatives: %(names)s")) % who))
    offered += [(one.address, f"{view.say(one.purpose)} – {one.address}") for one in members.mail_contacts(contacts)]
    offered.append(("elsewhere", view._(N_("By letter or in person: no mail is sent from here"))))
    chosen = given or offered[0][0]
    return view.render(
        "stakeholders/taking_part/invite.html",
        status=400 if refused.errors else 200,
        title=view.say(entry.name),
        ways=[{"value": value, "label": label, "chosen": value == chosen} for value, label in offered],
        line=_line(view, body, invited, senders),
        refused=refused,
        zone=view.vocabulary.zone,
        here=view.href("team", "organisations", record_id),
        team_href=view.href("team", "organisations"),
        **FRAME,
    )


@page("/{lang:str}/{region:str}/take-part/{secret:str}")
def invited(request: Asked, lang: Lang, region: Region, secret: Secret, site: OurSite) -> Response[Any]:
    """What taking part means, and the form that takes a yes or no; looking at it spends nothing."""
    return show_invitation(site.view(request, lang, region), secret)


@form("/{lang:str}/{region:str}/take-part/{secret:str}", may="public", carried=False)
def answered(request: Asked, lang: Lang, region: Region, secret: Secret, site: OurSite, data: Data) -> Response[Any]:
    """Take the answer; the link is used up by it."""
    view = site.view(request, lang, region)
    says = text_of(data, "answer")
    if says not in ("accept", "decline"):
        return show_invitation(view, secret, data, Refusal(errors=({"field": "answer", "text": view._(SAY_WHICH)},)))
    languages = view.vocabulary.header.languages
    tongue = view.lang if view.lang in languages else languages[0]
    mandate = text_of(data, "mandate")
    reply = Reply(
        answer="accept" if says == "accept" else "decline",
        since=date_of(data, "since", view.lang) if says == "accept" else view.today.isoformat(),
        mandate={tongue: mandate} if mandate and says == "accept" else {},
        source=text_of(data, "source") if says == "accept" else "",
        shared=text_of(data, "shared") == "yes",
    )
    try:
        with view.instance.database.write(view.region_id) as session:
            record = taking_part.answer_by_link(session, secret, view.vocabulary, reply, at=now())
            entry = writing.entry_of(session, record)
    except (Faulty, Identifying) as error:
        return show_invitation(view, secret, data, refusal(view, error))
    except LinkRefused as error:
        return show_refused(view, error.why, _typed(view, data))
    except (Conflict, IllegalTransition):
        return show_refused(view, "decided", _typed(view, data))
    return private(
        view.render(
            "stakeholders/taking_part/answered.html",
            name=view.say(entry.name),
            accepted=says == "accept",
            reply=reply,
            since=format_partial_date(reply.since, view.lang) if reply.since else "",
            tongue=tongue,
            at=now().astimezone(view.vocabulary.zone),
            **LINK_FRAME,
        )
    )


ASKED: Final[Mapping[str, str]] = {
    "mandate": N_("What are you there for, in your words?"),
    "since": N_("From which day?"),
    "source": N_("Where is that written?"),
}
SAY_WHICH: Final = N_("Say yes or no.")


def show_invitation(
    view: View, secret: str, data: Mapping[str, Any] | None = None, refused: Refusal = NOTHING
) -> Response[Any]:
    """The page with what was typed, or why the link cannot be used."""
    try:
        with view.instance.database.read(view.region_id) as session:
            record, _ = taking_part.look(session, view.region_id, secret)
            entry = writing.entry_of(session, record)
    except LinkRefused as error:
        return show_refused(view, error.why, _typed(view, data or {}))
    given = data or {"since": view.today.isoformat()}
    return private(
        view.render(
            "stakeholders/taking_part/link.html",
            status=400 if refused.errors else 200,
            name=view.say(entry.name),
            given=given,
            refused=refused,
            action=view.href(taking_part.PLACE, secret),
            group_href=view.href("group"),
            **LINK_FRAME,
        )
    )


def show_refused(view: View, why: Why, typed: Sequence[tuple[str, str]] = ()) -> Response[Any]:
    """Say kindly why a mailed link cannot be used, and what to do.

    *typed*: what was written into the form, with what it answers: it is kept nowhere, so that it is given back.
    """
    heading, way = REFUSED[why]
    contact = view.instance.settings.contact
    return private(
        view.render(
            "stakeholders/taking_part/refused.html",
            status=410,
            heading=view._(heading),
            way=view._(way),
            contact=contact,
            typed=typed,
            **LINK_FRAME,
        )
    )


def _typed(view: View, data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was written into the form, with what it answers."""
    said = {"accept": N_("Yes, we take part"), "decline": N_("No, we do not take part")}.get(
        text_of(data, "answer"), ""
    )
    typed = [(N_("Does your organisation take part?"), view._(said) if said else "")]
    typed += [(label, text_of(data, name)) for name, label in ASKED.items()]
    return [(view._(label), text) for label, text in typed if text]


def _line(view: View, body: Body, rows: list[Invitation], people: Mapping[str, str]) -> Line:
    return Line(
        id=body.id,
        name=view.say(body.name),
        relation=labels.label("relation", body.relation, view.translator),
        code=body.relation,
        since=date_told(body.status.since, view.lang) if body.status.since else "",
        invited=tuple(
            Sent(
                at=row.at,
                by=people.get(row.by) or view._(FORMER),
                way=view._(WAYS[row.way]),
                answer=view._(ANSWERS[row.answer]) if row.answer or body.relation == "invited" else "",
                answered_at=row.answered_at,
            )
            for row in rows
        ),
    )


handlers = (everybody, inviting, invite, invited, answered)
