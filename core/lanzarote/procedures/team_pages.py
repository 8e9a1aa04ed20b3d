"""Pages of a procedure for its group, beside those of each kind: what bodies say of it, paper, pictures, files."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from litestar import Response

from lanzarote.kinds import service, team
from lanzarote.kinds.fields import Field
from lanzarote.kinds.record_pages import plain_title, show, to_record
from lanzarote.kinds.voices import Question, Voice, handlers_of
from lanzarote.procedures import endorsing
from lanzarote.procedures.endorsing import version_meant
from lanzarote.procedures.kind import PROCEDURES
from lanzarote.procedures.model import KIND, WHATS
from lanzarote.procedures.pages import bpmn_file, sheets, svg_file
from lanzarote.procedures.team_documents import ProcedureSaying
from lanzarote.procedures.words import SAY_LABELS, STATES
from lanzarote.procedures.writing import status_of
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.records import now
from lanzarote.translation import N_
from lanzarote.web.asking import page_of
from lanzarote.web.refusals import number_of, text_of
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.procedures.model import What

ONE = "/{lang:str}/{region:str}/team/procedures/{record_id:str}"


def told(view: View, record_id: str) -> dict[str, Any]:
    """What the pages of a procedure show of it. Raises NotFound, Gone."""
    with view.instance.database.read(view.region_id) as session:
        record = team.read_record(view, session, KIND, record_id)
        said = service.content_of(PROCEDURES, session, record)
        assert PROCEDURES.page is not None
        return {
            "title": plain_title(PROCEDURES, view, said),
            "version": record.version,
            "meant": {what: version_meant(record, status_of(record), what) for what in WHATS},
            "state": view._(STATES[status_of(record).text_state]),
            **PROCEDURES.page(view, session, record, said),
            **team.frame(view, PROCEDURES.room, record_id),
        }


def printed(view: View, record_id: str) -> Response[Any]:
    """The newest version for paper, to be signed."""
    found = told(view, record_id)
    return view.render("procedures/print.html", sheets=sheets(found["reading"]), **found)


def picture(view: View, record_id: str) -> Response[Any]:
    """The swim lanes of the newest version as a file."""
    return svg_file(view, told(view, record_id)["reading"])


def process(view: View, record_id: str) -> Response[Any]:
    """The newest version as BPMN 2.0."""
    return bpmn_file(view, told(view, record_id)["reading"])


def _ask(what: What, view: View, session: Session, record_id: str, data: Mapping[str, Any]) -> Question:
    """What follows when a body says this of it. Raises IllegalTransition where it cannot be said."""
    found = told(view, record_id)
    offered = {one["name"]: one["label"] for one in found["says"]}
    if what not in offered:
        raise IllegalTransition("Nothing of the kind can be said of this text now.")
    speaks = [body for body in found["bodies"] if body.spoken]
    chosen = text_of(data, "stakeholder")
    bodies = [{"value": one.id, "label": one.name, "chosen": chosen == one.id} for one in speaks or found["bodies"]]
    return Question(
        heading=offered[what],
        lede=found["title"],
        crumbs=(
            {"label": view._("The group’s procedures"), "href": found["list_href"]},
            {"label": found["title"], "href": found["here"]},
        ),
        back=found["here"],
        typed={"day": view.today.isoformat()},
        version=found["meant"][what],
        shown={
            "text": view._(TEXTS_OF[what]),
            "speaks": bool(speaks),
            "needed": what == "apply" or not speaks,
            "reading": found["reading"] if what == "endorse" else None,
            "bodies": bodies,
            "whats": (),
        },
    )


def _say(view: View, session: Session, record_id: str, given: ProcedureSaying, data: Mapping[str, Any]) -> None:
    record = team.read_record(view, session, KIND, record_id)
    about: dict[str, Any] = {"expected": number_of(data, "version"), "today": view.today}
    endorsing.say(session, record, view.vocabulary, endorsing.given_in(given), by=view.actor, at=now(), **about)


TEXTS_OF: Final[Mapping[What, str]] = {
    "endorse": N_(
        "This says that the body endorses this very text. The public reads it when every party body has endorsed it."
    ),
    "decline": N_(
        "This says that the body does not endorse this text. Only the group reads it; the group may write another "
        "version."
    ),
    "retract": N_("The public page says at once that the organisation no longer endorses it, and since when."),
    "apply": N_("The public page says since when the organisation applies it, and by which signed act."),
    "cease": N_("The public page says since when the organisation no longer applies it."),
}


def voice_of(what: What) -> Voice:
    """By which a body says *what*, or the group records it. Who may do so depends on the body: the service asks."""
    act = N_("The signed act: title, number and date, or the page where it is published")
    return Voice(
        path=f"team/procedures/{{record_id:str}}/{what}",
        may="group.read",
        button=SAY_LABELS[what],
        asks=ProcedureSaying,
        fields=(
            Field(name="stakeholder", label=N_("Which body")),
            Field(name="what", label=N_("What it says"), words={what: SAY_LABELS[what]}, usual=what),
            Field(name="day", label=N_("On which day")),
            Field(
                name="source",
                label=act if what == "apply" else N_("Where that is written"),
                help=N_("It names no person."),
            ),
        ),
        ask=partial(_ask, what),
        say=_say,
        then=lambda view, record_id, _: to_record(PROCEDURES, view, record_id, what),
        stopped=lambda view, record_id, _: show(PROCEDURES, view, record_id, done="meanwhile", status=409),
        kind=PROCEDURES,
        template="procedures/team/say.html",
        style=PROCEDURES.style,
    )


handlers: tuple[Any, ...] = (
    page_of(f"{ONE}/print", "group.read", printed),
    page_of(f"{ONE}/lanes.svg", "group.read", picture),
    page_of(f"{ONE}/procedure.bpmn", "group.read", process),
    *handlers_of(*map(voice_of, WHATS)),
)
