"""The page on which a representative reads what their body is asked to endorse, and says what it says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from litestar.response import Redirect

from lanzarote.directory.service import named
from lanzarote.errors import Conflict, NotFound
from lanzarote.procedures import endorsing, reading
from lanzarote.procedures.asked import Asking, asked_of
from lanzarote.procedures.endorsing import Given
from lanzarote.procedures.lanes import draw, picture_of
from lanzarote.procedures.model import WHATS
from lanzarote.procedures.pages import linked
from lanzarote.procedures.service import party_ids
from lanzarote.procedures.team_pages import DONE, FRAME, title_of
from lanzarote.procedures.team_reading import SAY_LABELS
from lanzarote.procedures.team_refusal import refusal
from lanzarote.procedures.words import NATURES, STATES, WHAT_WORDS
from lanzarote.records.lifecycle import IllegalTransition, next_state
from lanzarote.records.records import now
from lanzarote.records.validation import NO_CHOICE, Fault, Faulty, Identifying
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.refusals import NOTHING, Refusal, date_of, number_of, text_of
from lanzarote.web.routes import PRIVATE, form, page, private
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PATH: Final = "/{lang:str}/{region:str}/team/procedures/{record_id:str}/asked"


@page(PATH, may="group.speak")
def asked(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """The text that one's body is asked to endorse, whether or not it takes part in the group."""
    view = site.view(request, lang, region)
    try:
        return show(view, record_id, done=request.query_params.get("done", ""))
    except NotFound:
        if view.may("group.read"):  # nothing is asked any more, but the group goes on reading it
            return Redirect(view.href("team", "procedures", record_id), status_code=303, headers=dict(PRIVATE))
        raise


@form(PATH, may="group.speak")
def say(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Say what one's body says of it."""
    view, what = site.view(request, lang, region), text_of(data, "what")
    given = Given(
        stakeholder=text_of(data, "stakeholder"),
        what=what,
        day=date_of(data, "day", view.lang),
        source=text_of(data, "source"),
    )
    try:
        with view.instance.database.write(view.region_id) as session:
            asking = asked_of(session, view.region_id, record_id, by=view.actor)
            if what not in WHATS:
                raise Faulty([Fault(field="what", text=NO_CHOICE)])
            if what not in _open(asking):
                raise IllegalTransition("Nothing of the kind can be said of this text now.")
            endorsing.say(
                session,
                asking.record,
                view.vocabulary,
                given,
                expected=number_of(data, "version"),
                by=view.actor,
                at=now(),
                today=view.today,
            )
    except (Faulty, Identifying) as error:
        return show(view, record_id, refused=refusal(view, error, data), given=data, status=400)
    except (Conflict, IllegalTransition):
        return show(view, record_id, done="meanwhile", status=409)
    here = view.href("team", "procedures", record_id, "asked", query={"done": what})
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
        asking = asked_of(session, view.region_id, record_id, by=view.actor)
        parties = party_ids(session, asking.procedure, erased=True)
    told = reading.read(
        view,
        asking.procedure,
        asking.status,
        parties=parties,
        said={},
        version=asking.version,
        practices=linked(view, asking.procedure),
    )
    given, known = given or {"day": view.today.isoformat()}, named(view.directory)
    names = {body: view.say(known[body].organisation.name) if body in known else body for body in asking.said}
    return private(
        view.render(
            "procedures/team/asked.html",
            status=status,
            title=title_of(view, asking.procedure),
            reading=told,
            picture=draw(picture_of(told.flow), "lanes"),
            state=view._(STATES[asking.state]),
            nature=view._(NATURES[asking.procedure.nature]),
            proposed=asking.state == "proposed",
            version=asking.version,
            names=names,
            said=[
                (names[body], view._(WHAT_WORDS[one.what]), one) for body, some in asking.said.items() for one in some
            ],
            whats=[
                {"value": what, "label": view._(SAY_LABELS[what]), "chosen": text_of(given, "what") == what}
                for what in _open(asking)
            ],
            bodies=[
                {"value": body, "label": name, "chosen": text_of(given, "stakeholder") == body}
                for body, name in names.items()
            ],
            refused=refused,
            given=given,
            done=view._(DONE[done]) if done in DONE else "",
            meanwhile=done == "meanwhile",
            here=view.href("team", "procedures", record_id, "asked"),
            group_href=view.href("team", "procedures", record_id) if view.may("group.read") else "",
            own_href=view.href("team", "organisation"),
            **FRAME,
        )
    )


def _open(asking: Asking) -> Iterator[Any]:
    """What the state of the text lets a body say of it."""
    for what in WHATS:
        state = endorsing.state_meant(asking.status, what)
        try:
            next_state("procedure", state, "declare" if what == "apply" else what)
        except IllegalTransition:
            continue
        stands = asking.stands.values()
        fits = {
            "apply": any(one.endorsed for one in stands),
            "retract": any(one.endorsed for one in stands),
            "cease": any(one.applied for one in stands),
        }
        # While a version is proposed, this page is about that one alone.
        if fits.get(what, True) and (asking.state != "proposed" or what in ("endorse", "decline")):
            yield what


handlers = (asked, say)
