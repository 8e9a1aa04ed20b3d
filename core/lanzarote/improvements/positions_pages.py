"""The team's pages of positions: who said what; recording what a body said; deciding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response

from lanzarote.errors import Conflict
from lanzarote.improvements import calling, deciding, positions, positions_reading
from lanzarote.improvements import positions_words as words
from lanzarote.improvements.decision_reading import about_decide
from lanzarote.improvements.improvement_kind import IMPROVEMENTS
from lanzarote.improvements.team_documents import Decide, Recording
from lanzarote.kinds import team
from lanzarote.kinds.fields import Field, Option
from lanzarote.kinds.record_pages import found, notice
from lanzarote.kinds.voices import Question, Voice, handlers_of
from lanzarote.records.records import now
from lanzarote.records.validation import Fault, Faulty
from lanzarote.stakeholders import members
from lanzarote.translation import N_, language_name
from lanzarote.web.asking import Asked, Id, Lang, OurSite, Region
from lanzarote.web.refusals import NOT_NOW, reasons_in
from lanzarote.web.routes import page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.records import Record

TEAM: Final = ("team", "improvements")
STYLE: Final = "positions.css"
DONE: Final[Mapping[str, str]] = {
    "record-position": N_(
        "Recorded. The organisation is asked to confirm or correct it, if it can be reached from here. What it said "
        "itself counts until then."
    ),
    "decide": N_("Decision recorded."),
}


@page("/{lang:str}/{region:str}/team/improvements/{record_id:str}/positions", may="group.read")
def all_positions(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """Who said what about an improvement, and what was decided."""
    return show(site.view(request, lang, region), record_id, done=request.query_params.get("done", ""))


def show(view: View, record_id: str, *, done: str = "", fault: str = "", status: int = 200) -> Response[Any]:
    """The page of the positions; *fault*: why something was not done."""
    with view.instance.database.read(view.region_id) as session:
        record = found(IMPROVEMENTS, view, session, record_id)
        told = positions_reading.tell(view, session, record)
    return view.render(
        "improvements/team/positions.html",
        status=status,
        told=told,
        done=view._(DONE[done]) if done in DONE else notice(IMPROVEMENTS, view, done),
        fault=view._(fault) if fault else "",
        may_lead=view.may("group.lead"),
        own=own_body(view),
        headings={one.name: view._(one.label) for one in IMPROVEMENTS.steps},
        **team.frame(view, "improvements", record_id),
    )


def own_body(view: View) -> str:
    """Id of the body that the reader speaks for here; empty without one."""
    mine = (one for one in view.actor.counting if one.role == "representative" and one.region_id == view.region_id)
    found = next((one.stakeholder_id for one in mine), "")
    return found if found and view.may("group.speak") else ""


def _asked(view: View, session: Session, record_id: str, name: str, typed: Mapping[str, Any], **shown: Any) -> Question:
    """What a step on an improvement is about, for who leads the group."""
    record = _open(view, session, record_id)
    title = positions_reading.proposal(view, session, record, record.version).title
    here = view.href(*TEAM, record_id)
    return Question(
        heading=next(view._(one.label) for one in IMPROVEMENTS.steps if one.name == name),
        lede=title,
        crumbs=(
            {"label": view._("Improvements"), "href": view.href(*TEAM)},
            {"label": title.striptags(), "href": here},
            {"label": view._("Positions and decision"), "href": f"{here}/positions"},
        ),
        back=f"{here}/positions",
        typed=typed,
        shown=shown | {"here": here},
    )


def _open(view: View, session: Session, record_id: str) -> Record:
    """The improvement while positions are asked for. Raises NotFound, Gone, NotPermitted, Conflict."""
    record = found(IMPROVEMENTS, view, session, record_id)
    deciding.require_lead(session, record, view.actor)
    calling.current(session, record)
    return record


def _to_positions(name: str) -> Any:
    def then(view: View, record_id: str, _: object) -> Response[Any]:
        return team.redirect(view.href(*TEAM, record_id, "positions", query={"done": name}))

    return then


def _stopped(view: View, record_id: str, why: str) -> Response[Any]:
    return show(view, record_id, fault=why or NOT_NOW, status=409)


# What a body said in a letter or at a meeting


def _bodies(view: View, _: Sequence[str]) -> Iterator[Option]:
    with view.instance.database.read(view.region_id) as session:
        some = members.bodies(session).taking_part
    for one in sorted(some, key=lambda one: view.sort_key(one.name)):
        yield Option(value=one.id, label=view.say(one.name))


def _tongues(view: View, _: Sequence[str]) -> Iterator[Option]:
    for code in dict.fromkeys((*view.vocabulary.header.languages, view.lang)):
        yield Option(value=code, label=language_name(code, view.lang))


def _about_record(view: View, session: Session, record_id: str, data: Mapping[str, Any]) -> Question:
    typed = {"stakeholder": view.request.query_params.get("stakeholder", ""), "language": view.lang}
    return _asked(view, session, record_id, "record-position", typed)


def _record(view: View, session: Session, record_id: str, given: Recording, data: Mapping[str, Any]) -> object:
    record = found(IMPROVEMENTS, view, session, record_id)
    about: dict[str, Any] = {"by": view.actor, "at": now(), "today": view.today}
    return positions.record_said(session, record, view.vocabulary, given=given, **about)


RECORD: Final = Voice(
    path="team/improvements/{record_id:str}/record-position",
    may="group.lead",
    button=N_("Record what an organisation said"),
    asks=Recording,
    fields=(
        Field(name="stakeholder", label=N_("Organisation"), options=_bodies),
        Field(name="choice", label=N_("What did it say?"), words=words.SAYS, meanings=words.MEANINGS),
        Field(
            name="reason",
            label=N_("Why?"),
            rows=4,
            help=N_("In its words. Name nobody who could be recognised."),
        ),
        Field(name="language", label=N_("Language of these words"), options=_tongues),
        Field(
            name="how",
            label=N_("How did it say so?"),
            words={"letter": N_("In a letter or e-mail"), "meeting": N_("At a meeting")},
        ),
        Field(
            name="source", label=N_("Which letter or meeting"), help=N_("Its subject or number, no name of a person.")
        ),
        Field(name="on", label=N_("Its day")),
    ),
    ask=_about_record,
    say=_record,
    then=_to_positions("record-position"),
    stopped=_stopped,
    template="improvements/team/record.html",
    style=STYLE,
)


# What is decided


def _about_decide(view: View, session: Session, record_id: str, data: Mapping[str, Any]) -> Question:
    record = _open(view, session, record_id)
    try:
        shown = about_decide(view, session, record, data)
    except Faulty as error:
        shown = {"blocked": view._(error.faults[0].text)}
    return _asked(view, session, record_id, "decide", {}, **shown)


def _decide(view: View, session: Session, record_id: str, given: Decide, data: Mapping[str, Any]) -> object:
    record = found(IMPROVEMENTS, view, session, record_id)
    about: dict[str, Any] = {"why": reasons_in(data), "by": view.actor, "at": now(), "today": view.today}
    try:
        return deciding.decide(session, record, view.vocabulary, given, **about)
    except Conflict as error:
        if str(error) in (deciding.NOT_SO, deciding.NO_QUORUM):
            raise Faulty([Fault(field="", text=str(error))]) from None
        raise


DECIDE: Final = Voice(
    path="team/improvements/{record_id:str}/decide",
    may="group.lead",
    button=N_("Decide"),
    asks=Decide,
    fields=(
        Field(name="verdict", label="", words=words.VERDICTS),
        Field(name="mark", label=""),
        Field(name="present", label=N_("Organisations that were present")),
        Field(name="reasons", label=N_("Reasons")),
        Field(name="day", label=N_("Day of the decision")),
        Field(name="meeting", label=N_("Meeting at which it was decided")),
    ),
    ask=_about_decide,
    say=_decide,
    then=_to_positions("decide"),
    stopped=_stopped,
    template="improvements/team/decide.html",
    style=STYLE,
)

handlers = (all_positions, *handlers_of(RECORD, DECIDE))
