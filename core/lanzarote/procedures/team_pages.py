"""Pages of a procedure for its group, beside those of each kind: what bodies say of it, paper, pictures, files."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from litestar import Response

from lanzarote.errors import Conflict
from lanzarote.kinds import service, team
from lanzarote.kinds.record_pages import plain_title, refusal, show, to_record
from lanzarote.procedures import endorsing
from lanzarote.procedures.endorsing import Given, version_meant
from lanzarote.procedures.kind import PROCEDURES
from lanzarote.procedures.model import KIND, WHATS
from lanzarote.procedures.pages import bpmn_file, sheets, svg_file
from lanzarote.procedures.words import STATES
from lanzarote.procedures.writing import status_of
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.records import now
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.web.asking import page_and_form, page_of
from lanzarote.web.refusals import NOTHING, Refusal, date_of, number_of, text_of
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def show_say(
    what: What, view: View, record_id: str, refused: Refusal = NOTHING, data: Mapping[str, Any] | None = None
) -> Response[Any]:
    """What follows when a body says this of it, and the form; where it cannot be said, the procedure."""
    found = told(view, record_id)
    offered = {one["name"]: one["label"] for one in found["says"]}
    if what not in offered:
        return show(PROCEDURES, view, record_id, done="meanwhile", status=409)
    given = {"day": view.today.isoformat()} if data is None else data
    speaks = [body for body in found["bodies"] if body.spoken]
    bodies = [
        {"value": body.id, "label": body.name, "chosen": text_of(given, "stakeholder") == body.id}
        for body in speaks or found["bodies"]
    ]
    return view.render(
        "procedures/team/say.html",
        status=400 if refused.errors else 200,
        name=what,
        heading=offered[what],
        refused=refused,
        given=given,
        speaks=bool(speaks),
        **found | {"bodies": bodies, "meant": found["meant"][what]},
    )


def say(what: What, view: View, record_id: str, data: Mapping[str, Any]) -> Response[Any]:
    """Write down what a body says."""
    day = date_of(data, "day", view.lang)
    given = Given(stakeholder=text_of(data, "stakeholder"), what=what, day=day, source=text_of(data, "source"))
    expected = number_of(data, "version")
    try:
        with view.instance.database.write(view.region_id) as session:
            record = team.read_record(view, session, KIND, record_id)
            about: dict[str, Any] = {"expected": expected, "by": view.actor, "at": now(), "today": view.today}
            endorsing.say(session, record, view.vocabulary, given, **about)
    except (Faulty, Identifying) as error:
        return show_say(what, view, record_id, refusal(PROCEDURES, view, error, data), data)
    except (Conflict, IllegalTransition):
        return show(PROCEDURES, view, record_id, done="meanwhile", status=409)
    return to_record(PROCEDURES, view, record_id, what)


handlers: tuple[Any, ...] = (
    page_of(f"{ONE}/print", "group.read", printed),
    page_of(f"{ONE}/lanes.svg", "group.read", picture),
    page_of(f"{ONE}/procedure.bpmn", "group.read", process),
    # Who may say something for a body depends on the body: the service asks.
    *(
        handler
        for what in WHATS
        for handler in page_and_form(f"{ONE}/{what}", "group.read", partial(show_say, what), partial(say, what))
    ),
)
