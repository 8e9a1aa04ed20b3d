"""Pages on which an organisation is asked whether the description of its practice is right, and says so.

Three doors: the team asks or records a document; a mailed link needs no account; a representative has an account.
Looking at a page changes nothing; sending its form does.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from lanzarote import guard
from lanzarote.accounts.answer_links import LinkRefused
from lanzarote.accounts.service import names
from lanzarote.errors import Conflict, NotFound
from lanzarote.kinds.record_pages import found, plain_title, show
from lanzarote.kinds.versions import FORMER
from lanzarote.kinds.voices import LINK_FRAME, show_refused
from lanzarote.practices import holders, sheets
from lanzarote.practices.assess_reading import read_working
from lanzarote.practices.holders import Document, Said
from lanzarote.practices.kind import PRACTICES
from lanzarote.practices.model import read_status
from lanzarote.practices.reading import agreement_words
from lanzarote.practices.review_model import ANSWERS, HolderWord, content_of, heard, words_of
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.records import body_of, now
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.stakeholders import members
from lanzarote.stakeholders.senders import Senders
from lanzarote.translation import N_, date_told
from lanzarote.web import labels
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.limits import sender_of
from lanzarote.web.refusals import NOTHING, Refusal, number_of, refusal, text_of
from lanzarote.web.region_reading import help_lines
from lanzarote.web.routes import PRIVATE, form, page, private
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from markupsafe import Markup
    from sqlalchemy.orm import Session

    from lanzarote.practices.holders import Question

Secret = FromPath[str]
FRAME: Final[Mapping[str, Any]] = {"canonical": None, "feeds": ()}
TEAM: Final = ("team", "practices")
SENDERS: Final = Senders(most=20)
"""Who sends how many answers within the hour."""
URGENT: Final = ("emergency", "children", "witnesses")
ANSWER_WORDS: Final[Mapping[str, str]] = {
    "confirmed": N_("The description is right: we confirm it"),
    "wrong": N_("Something is wrong or missing"),
    "refused": N_("We refuse to confirm it"),
}
ANSWER_HELP: Final[Mapping[str, str]] = {
    "confirmed": N_("The page then says that an organisation that runs the practice has confirmed this text."),
    "wrong": N_("The group corrects the text and asks you again. Until then the page says only that you were asked."),
    "refused": N_("The page says so. The group is informed, and decides whether the practice stays published."),
}
GIVEN_WORDS: Final[Mapping[str, str]] = {
    "": N_("no answer yet"),
    "confirmed": N_("confirmed the text"),
    "wrong": N_("found something wrong"),
    "refused": N_("refused to confirm it"),
}
WAYS: Final[Mapping[str, str]] = {
    "link": N_("by a link sent by e-mail"),
    "account": N_("by its representative’s account"),
    "document": N_("by a document"),
}
THANKS: Final[Mapping[str, str]] = {
    "confirmed": N_("Thank you. Your confirmation is recorded."),
    "wrong": N_("Thank you. The group reads what you wrote and corrects the text."),
    "refused": N_("Your refusal is recorded. The group is informed."),
}
DONE: Final[Mapping[str, str]] = {
    "ask": N_("The organisation is asked."),
    "document": N_("Document recorded."),
}
TOO_MANY: Final = N_("Many answers came from your network within an hour. Try again in an hour.")
TOO_LATE: Final = N_("The practice was changed in another window. Nothing was sent: read it and try again.")


class Line(Struct, frozen=True, kw_only=True):
    """One question to an organisation."""

    name: str
    day: str
    way: str
    version: int
    answer: str
    remark: str
    document: str
    by: str
    holds: bool
    """It is about the text as it stands now."""


@page("/{lang:str}/{region:str}/team/practices/{record_id:str}/holders", may="group.lead")
def asked_so_far(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """Which organisations were asked about the practice, and the forms to ask or to record a document."""
    return show_team(site.view(request, lang, region), record_id, done=request.query_params.get("done", ""))


@form("/{lang:str}/{region:str}/team/practices/{record_id:str}/holders", may="group.lead")
def ask(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Ask an organisation, or record what it said in a document."""
    view = site.view(request, lang, region)
    recorded = text_of(data, "do") == "document"
    given: dict[str, Any] = {"expected": number_of(data, "version"), "by": view.actor, "at": now(), "today": view.today}
    stakeholder = text_of(data, "organisation")
    try:
        said = holders.checked(said_in(view, data), view.vocabulary, confirmed=True) if recorded else None
        with view.instance.database.write(view.region_id) as session:
            record = found(PRACTICES, view, session, record_id)
            if said:
                document = Document(title=text_of(data, "document"), on=text_of(data, "on"))
                holders.record_document(session, record, view.vocabulary, stakeholder, said, document, **given)
            else:
                holders.ask(session, record, stakeholder, **given)
    except (Faulty, Identifying) as error:
        return show_team(view, record_id, data=data, refused=refusal(view, error))
    except Conflict:
        return show_team(view, record_id, data=data, fault=TOO_LATE)
    except IllegalTransition:
        return show(PRACTICES, view, record_id, done="not-now", status=409)
    here = view.href(*TEAM, record_id, "holders", query={"done": "document" if recorded else "ask"})
    return Redirect(here, status_code=303, headers=dict(PRIVATE))


def show_team(
    view: View,
    record_id: str,
    *,
    data: Mapping[str, Any] | None = None,
    refused: Refusal = NOTHING,
    fault: str = "",
    done: str = "",
) -> Response[Any]:
    """The team's page. Raises NotFound, NotPermitted."""
    with view.instance.database.read(view.region_id) as session:
        record = found(PRACTICES, view, session, record_id)
        require(view.actor, "group.lead", subject_of(session, record))
        rows, bodies = words_of(session, record), members.bodies(session)
        body = body_of(session, record, record.published_version or record.version)
        status = heard(session, record, body, read_status(record.status))
        newest = body_of(session, record, record.version)
        sheet = sheets.read(newest)
        offered = holders.candidates(session, record, bodies)
        reached = members.representatives(session, view.region_id, [one.id for one in offered])
        desks = members.desks(session, [one.id for one in offered])
        people = names(session, [row.by for row in rows])
        lines = [_line(view, row, bodies, people, content_of(newest)) for row in reversed(rows)]
    given = data or {}
    chosen = text_of(given, "organisation")
    choices = []
    for one in offered:
        way = "account" if one.id in reached else "link" if one.id in desks else ""
        help = view._(WAYS[way]) if way else view._(N_("cannot be reached from here: record a document"))
        choices.append({"value": one.id, "label": view.say(one.name), "chosen": one.id == chosen, "help": help})
    if len(choices) == 1:
        choices[0]["chosen"] = True
    return view.render(
        "practices/team/holders.html",
        status=409 if fault else 400 if refused.errors else 200,
        title=plain_title(PRACTICES, view, sheet),
        version=record.version,
        missing=tuple(sheets.missing_in(sheet)),
        agreement=agreement_words(view, status.agreement, status.agreement_on),
        lines=lines,
        choices=choices,
        answers=[one | {"help": ""} for one in _answers(view, given)],  # which speaks to the organisation
        given=given,
        refused=refused,
        fault=view._(fault) if fault else "",
        done=view._(DONE[done]) if done in DONE else "",
        longest=holders.LONGEST,
        here=view.href(*TEAM, record_id),
        team_href=view.href(*TEAM),
        **FRAME,
    )


@page("/{lang:str}/{region:str}/confirm/{secret:str}")
def linked(request: Asked, lang: Lang, region: Region, secret: Secret, site: OurSite) -> Response[Any]:
    """What an organisation is asked by a mailed link; looking at it uses nothing up."""
    return show_link(site.view(request, lang, region), secret)


@form("/{lang:str}/{region:str}/confirm/{secret:str}", may="public", carried=False)
def given_by_link(
    request: Asked, lang: Lang, region: Region, secret: Secret, site: OurSite, data: Data
) -> Response[Any]:
    """Take the answer; the link is used up by it."""
    view = site.view(request, lang, region)
    if SENDERS.admit(sender_of(request.scope)):
        return show_link(view, secret, data, Refusal(errors=({"field": "answer", "text": view._(TOO_MANY)},)), 429)
    if guard.reads_like_disclosure(text_of(data, "remark")):
        return show_help(view, view.href(holders.PLACE, secret))
    try:
        said = holders.checked(said_in(view, data), view.vocabulary, confirmed=bool(data.get("confirmed")))
        with view.instance.database.write(view.region_id) as session:
            found = holders.answer_by_link(session, secret, view.region_id, said, at=now(), today=view.today)
            title, name = title_of(view, session, found), view.say(found.body.name)
    except (Faulty, Identifying) as error:
        return show_link(view, secret, data, refusal(view, error))
    except LinkRefused as error:
        return show_refused(view, error.why, _typed(view, data))
    return private(
        view.render("practices/holder_thanks.html", thanks=view._(THANKS[said.answer]), name=name, title=title,
                    words=view._(ANSWER_WORDS[said.answer]), remark=said.remark, **LINK_FRAME)
    )  # fmt: skip


def show_link(
    view: View, secret: str, data: Mapping[str, Any] | None = None, refused: Refusal = NOTHING, status: int = 400
) -> Response[Any]:
    """The page with what was typed, or why the link cannot be used."""
    try:
        with view.instance.database.read(view.region_id) as session:
            found = holders.look(session, view.region_id, secret, at=now())
            shown = _question(view, session, found, data or {}, refused)
    except LinkRefused as error:
        return show_refused(view, error.why, _typed(view, data or {}))
    action = view.href(holders.PLACE, secret)
    code = status if refused.errors else 200
    return private(
        view.render("practices/holder.html", status=code, action=action, by_account=False, **shown, **LINK_FRAME)
    )


@page("/{lang:str}/{region:str}/team/practices/{record_id:str}/confirm", may="group.speak")
def own(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """What a representative's organisation is asked about a practice."""
    return show_own(site.view(request, lang, region), record_id)


@form("/{lang:str}/{region:str}/team/practices/{record_id:str}/confirm", may="group.speak")
def given_by_account(
    request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data
) -> Response[Any]:
    """Take the representative's answer."""
    view = site.view(request, lang, region)
    if guard.reads_like_disclosure(text_of(data, "remark")):
        return show_help(view, view.href(*TEAM, record_id, "confirm"))
    given: dict[str, Any] = {"version": number_of(data, "version"), "by": view.actor, "at": now(), "today": view.today}
    try:
        said = holders.checked(said_in(view, data), view.vocabulary, confirmed=bool(data.get("confirmed")))
        with view.instance.database.write(view.region_id) as session:
            holders.answer(session, view.region_id, record_id, said, **given)
    except (Faulty, Identifying) as error:
        return show_own(view, record_id, data, refusal(view, error))
    except Conflict as error:
        return show_own(view, record_id, data, Refusal(errors=({"field": "answer", "text": view._(str(error))},)))
    there = view.href("team", "organisation", query={"done": f"holder-{said.answer}"})
    return Redirect(there, status_code=303, headers=dict(PRIVATE))


def show_own(
    view: View, record_id: str, data: Mapping[str, Any] | None = None, refused: Refusal = NOTHING
) -> Response[Any]:
    """The representative's page. Raises NotFound."""
    with view.instance.database.read(view.region_id) as session:
        asked = holders.asked_of(session, view.region_id, view.actor)
        found = next((one for one in asked if one.record.id == record_id), None)
        if found is None:
            raise NotFound(holders.NO_SUCH)
        shown = _question(view, session, found, data or {}, refused)
    code = 400 if refused.errors else 200
    action = view.href(*TEAM, record_id, "confirm")
    return private(view.render("practices/holder.html", status=code, action=action, by_account=True, **shown, **FRAME))


def show_help(view: View, back: str) -> Response[Any]:
    """Where help is, for a text that reads like somebody telling of a child in danger; nothing of it is kept."""
    lines = help_lines(view, URGENT)
    return private(view.render("practices/holder_help.html", lines=lines, back=back, **LINK_FRAME))


def said_in(view: View, data: Mapping[str, Any]) -> Said:
    """What the form says."""
    return Said(
        answer=text_of(data, "answer"),  # type: ignore[arg-type]
        remark=text_of(data, "remark"),
        lang=view.lang,
        told=view._(holders.REFUSES),
    )


def _question(
    view: View, session: Session, found: Question, data: Mapping[str, Any], refused: Refusal
) -> dict[str, Any]:
    return {
        "reading": read_working(view, session, found.record, found.row.version),
        "name": view.say(found.body.name),
        "version": found.row.version,
        "answers": _answers(view, data),
        "typed": data,
        "refused": refused,
        "longest": holders.LONGEST,
    }


def _answers(view: View, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    chosen = text_of(data, "answer")
    return [
        {"value": one, "label": view._(ANSWER_WORDS[one]), "help": view._(ANSWER_HELP[one]), "chosen": one == chosen}
        for one in ANSWERS
    ]


def title_of(view: View, session: Session, found: Question) -> Markup:
    """The title of the text that is asked about."""
    sheet = sheets.read(body_of(session, found.record, found.row.version))
    texts = {lang: one.title for lang, one in sheet.text.items() if one.title}
    text, lang = view.text(texts, sheet.original)
    return labels.written(text, lang, view.lang)


def _line(view: View, row: HolderWord, bodies: members.Bodies, people: Mapping[str, str], content: str) -> Line:
    body = bodies.by_id.get(bodies.present_id(row.stakeholder))
    at: datetime = row.answered_at or row.at
    day = date.fromisoformat(row.on_day) if row.way == "document" else at.astimezone(view.vocabulary.zone).date()
    return Line(
        name=view.say(body.name) if body else view._(N_("an organisation that is no longer in the directory")),
        day=date_told(day, view.lang),
        way=view._(WAYS[row.way]),
        version=row.version,
        answer=view._(GIVEN_WORDS[row.answer]),
        remark=row.remark,
        document=row.document,
        by=people.get(row.by) or view._(FORMER),
        holds=row.content == content,
    )


def _typed(view: View, data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was written into the form, to be copied where the link does not take it."""
    words = ANSWER_WORDS.get(text_of(data, "answer"), "")
    typed = (
        (N_("Your answer"), view._(words) if words else ""),
        (N_("What is wrong, or why?"), text_of(data, "remark")),
    )
    return [(view._(label), text) for label, text in typed if text]


handlers = (asked_so_far, ask, linked, given_by_link, own, given_by_account)
