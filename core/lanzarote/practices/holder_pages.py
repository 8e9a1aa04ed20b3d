"""Pages on which an organisation is asked whether the description of its practice is right, and says so.

It answers through the account of its representative, or by a mailed link; the group records what a document says.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from msgspec import Struct
from msgspec.structs import replace

from lanzarote.accounts.service import names
from lanzarote.errors import Conflict, NotFound
from lanzarote.kinds import team
from lanzarote.kinds.fields import Field
from lanzarote.kinds.record_pages import found, notice, plain_title
from lanzarote.kinds.versions import FORMER
from lanzarote.kinds.voices import LINK_FRAME, Question, Voice, handlers_of
from lanzarote.practices import holders, sheets, team_reading
from lanzarote.practices.assess_reading import read_working
from lanzarote.practices.holders import Document, HolderAnswered, HolderDocument, OwnWord, Said
from lanzarote.practices.kind import PRACTICES
from lanzarote.practices.model import read_status
from lanzarote.practices.reading import agreement_words
from lanzarote.practices.review_model import HolderWord, content_of, heard, words_of
from lanzarote.practices.team_reading import WAYS
from lanzarote.practices.writing import sheet_of
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.records import body_of, now
from lanzarote.records.validation import Fault, Faulty
from lanzarote.stakeholders import members
from lanzarote.stakeholders.senders import Senders
from lanzarote.translation import N_, date_told
from lanzarote.web import labels
from lanzarote.web.asking import Asked, Id, Lang, OurSite, Region
from lanzarote.web.limits import sender_of
from lanzarote.web.refusals import NOT_NOW, number_of
from lanzarote.web.routes import page, private
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from markupsafe import Markup
    from sqlalchemy.orm import Session

TEAM: Final = ("team", "practices")
SENDERS: Final = Senders(most=20)
"""Who sends how many answers within the hour."""
TOO_MANY: Final = N_("Many answers came from your network within an hour. Try again in an hour.")
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
THANKS: Final[Mapping[str, str]] = {
    "confirmed": N_("Thank you. Your confirmation is recorded."),
    "wrong": N_("Thank you. The group reads what you wrote and corrects the text."),
    "refused": N_("Your refusal is recorded. The group is informed."),
}


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
    """Which organisations were asked about the practice, and what they said."""
    return show(site.view(request, lang, region), record_id, done=request.query_params.get("done", ""))


def show(view: View, record_id: str, *, done: str = "", fault: str = "", status: int = 200) -> Response[Any]:
    """The team's page; *fault*: why something was not done. Raises NotFound, NotPermitted."""
    with view.instance.database.read(view.region_id) as session:
        record = found(PRACTICES, view, session, record_id)
        require(view.actor, "group.lead", subject_of(session, record))
        rows, bodies = words_of(session, record), members.bodies(session)
        body = body_of(session, record, record.published_version or record.version)
        heard_of = heard(session, record, body, read_status(record.status))
        newest = body_of(session, record, record.version)
        people = names(session, [row.by for row in rows])
        lines = [_line(view, row, bodies, people, content_of(newest)) for row in reversed(rows)]
        offered = holders.candidates(session, record, bodies)
        ways = members.ways(session, view.region_id, [one.id for one in offered])
    sheet = sheets.read(newest)
    return view.render(
        "practices/team/holders.html",
        status=status,
        title=plain_title(PRACTICES, view, sheet),
        missing=tuple(sheets.missing_in(sheet)),
        agreement=agreement_words(view, heard_of.agreement, heard_of.agreement_on),
        lines=lines,
        offered=bool(offered),
        can_ask=bool(ways) and holders.can_be_asked_about(record),
        unreached=[(one.id, view.say(one.name)) for one in offered if one.id not in ways],
        done=notice(PRACTICES, view, done),
        fault=view._(fault) if fault else "",
        **team.frame(view, "practices", record_id),
    )


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


# What a document says


def _recording(view: View, session: Session, record_id: str, _: Mapping[str, Any]) -> Question:
    record = found(PRACTICES, view, session, record_id)
    require(view.actor, "group.lead", subject_of(session, record))
    here, title = view.href(*TEAM, record_id), plain_title(PRACTICES, view, sheet_of(session, record))
    return Question(
        heading=view._(N_("Record a document")),
        lede=view._(N_("Only if the organisation said so in a dated letter, minutes or e-mail that you can show.")),
        crumbs=(
            {"label": view._(PRACTICES.plural), "href": view.href(*TEAM)},
            {"label": title, "href": here},
            {"label": view._(N_("Confirmation by an organisation")), "href": f"{here}/holders"},
        ),
        back=f"{here}/holders",
        version=record.version,
    )


def _record(view: View, session: Session, record_id: str, given: HolderDocument, data: Mapping[str, Any]) -> object:
    record = found(PRACTICES, view, session, record_id)
    document = Document(title=given.document, on=given.on.isoformat())
    about: dict[str, Any] = {"expected": number_of(data, "version"), "by": view.actor, "at": now(), "today": view.today}
    said = _said(view, given, confirmed=True)
    return holders.record_document(session, record, view.vocabulary, given.organisation, said, document, **about)


RECORD: Final = Voice(
    path="team/practices/{record_id:str}/record-holder",
    may="group.lead",
    button=N_("Record the document"),
    asks=HolderDocument,
    fields=(
        Field(name="organisation", label=N_("Organisation"), options=team_reading.candidates),
        Field(name="answer", label=N_("What does the document say?"), words=ANSWER_WORDS),
        Field(
            name="document",
            label=N_("Title and reference of the document"),
            help=N_("For example: letter of the director, ref. 2031-114. Name nobody."),
        ),
        Field(name="on", label=N_("Date of the document")),
        Field(name="remark", label=N_("What is wrong, or why?"), rows=3),
    ),
    ask=_recording,
    say=_record,
    then=lambda view, record_id, _: team.redirect(
        view.href(*TEAM, record_id, "holders", query={"done": "record-holder"})
    ),
    stopped=lambda view, record_id, why: show(view, record_id, fault=team.MEANWHILE if why else NOT_NOW, status=409),
)


# What the organisation says itself, with an account or a mailed link


def _asked(view: View, session: Session, record_id: str, _: Mapping[str, Any]) -> Question:
    asked = holders.asked_of(session, view.region_id, view.actor)
    about = next((one for one in asked if one.record.id == record_id), None)
    if about is None:
        raise NotFound(holders.NO_SUCH)
    return _question(view, session, about)


def _asked_by_link(view: View, session: Session, secret: str, _: Mapping[str, Any]) -> Question:
    return _question(view, session, holders.look(session, view.region_id, secret, at=now()))


def _question(view: View, session: Session, about: holders.Question) -> Question:
    reading, name = read_working(view, session, about.record, about.row.version), view.say(about.body.name)
    words = view._(
        N_(
            "The working group of %(region)s describes a practice of %(name)s. Read the text, then confirm it, correct "
            "it or refuse."
        )
    )
    return Question(
        heading=reading.title.text if reading else "",
        lede=words % {"region": view.say(view.vocabulary.name()), "name": name},
        version=about.row.version,
        shown={"reading": reading, "name": name},
    )


def _give(view: View, session: Session, record_id: str, given: OwnWord, data: Mapping[str, Any]) -> Said:
    said = _said(view, given, confirmed=given.confirmed)
    about: dict[str, Any] = {"version": number_of(data, "version"), "by": view.actor, "at": now(), "today": view.today}
    try:
        holders.answer(session, view.region_id, record_id, said, **about)
    except Conflict as error:  # the form shows the text as it is now
        raise Faulty([Fault(field="answer", text=str(error))]) from None
    return said


def _give_by_link(view: View, session: Session, secret: str, given: OwnWord, _: object) -> Mapping[str, Any]:
    if SENDERS.admit(sender_of(view.request.scope)):
        raise Faulty([Fault(field="answer", text=TOO_MANY)])
    said = _said(view, given, confirmed=given.confirmed)
    about = holders.answer_by_link(session, secret, view.region_id, said, at=now(), today=view.today)
    return {
        "thanks": view._(THANKS[said.answer]),
        "name": view.say(about.body.name),
        "title": title_of(view, session, about),
        "words": view._(ANSWER_WORDS[said.answer]),
        "remark": said.remark,
    }


def _said(view: View, given: HolderAnswered, *, confirmed: bool) -> Said:
    """What was typed, past the guard. Raises Faulty, Identifying."""
    said = Said(answer=given.answer, remark=given.remark, lang=view.lang, told=view._(holders.REFUSES))
    return holders.checked(said, view.vocabulary, confirmed=confirmed)


OWN: Final = Voice(
    path="team/practices/{record_id:str}/confirm",
    may="group.speak",
    button=N_("Send the answer"),
    asks=OwnWord,
    fields=(
        Field(
            name="answer",
            label=N_("Does the text describe what your organisation does?"),
            words=ANSWER_WORDS,
            meanings=ANSWER_HELP,
        ),
        Field(
            name="remark",
            label=N_("What is wrong, or why?"),
            rows=5,
            help=N_("Needed only if something is wrong. Name nobody, and write nothing about any child."),
        ),
    ),
    ask=_asked,
    say=_give,
    then=lambda view, _, said: team.redirect(
        view.href("team", "organisation", query={"done": f"holder-{said.answer}"})
    ),
    template="practices/holder.html",
    style="practices.css",
)
BY_LINK: Final = replace(
    OWN,
    path=f"{holders.PLACE}/{{secret:str}}",
    may="public",
    ask=_asked_by_link,
    say=_give_by_link,
    then=lambda view, _, told: private(view.render("practices/holder_thanks.html", **told, **LINK_FRAME)),
)


def title_of(view: View, session: Session, found: holders.Question) -> Markup:
    """The title of the text that is asked about."""
    sheet = sheets.read(body_of(session, found.record, found.row.version))
    texts = {lang: one.title for lang, one in sheet.text.items() if one.title}
    text, lang = view.text(texts, sheet.original)
    return labels.written(text, lang, view.lang)


handlers = (asked_so_far, *handlers_of(RECORD, OWN, BY_LINK))
