"""Versions of the mandate that the group adopted, for the group: which there are, and how one is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from litestar.response import Redirect

from lanzarote.meetings import form, mandating
from lanzarote.meetings.team_pages import FRAME
from lanzarote.meetings.team_steps import ERASE, NOT_TYPED
from lanzarote.records.lifecycle import RECORD, IllegalTransition
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.records import now
from lanzarote.records.validation import Fault, Faulty
from lanzarote.translation import N_
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.refusals import NOTHING, Refusal, text_of
from lanzarote.web.routes import PRIVATE, page
from lanzarote.web.routes import form as sent_form
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.records.permissions import Action


TEAM: Final = ("team", "mandates")
DONE: Final[Mapping[str, str]] = {
    "withdraw": N_("It is taken back, and counts no more."),
    "erase": N_("It is erased."),
    "meanwhile": N_("Somebody has changed it in the meantime; nothing of yours was done. See how it is now."),
}
LABELS: Final[Mapping[str, str]] = {"withdraw": N_("Take it back"), "erase": N_("Erase it")}


@page("/{lang:str}/{region:str}/team/mandates", may="group.read")
def mandates(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """Every version of the mandate, and what can be done about those that the group adopted."""
    return _list(site.view(request, lang, region), done=request.query_params.get("done", ""))


def _list(view: View, *, done: str = "", status: int = 200) -> Response[Any]:
    return view.render(
        "meetings/team/mandates.html",
        status=status,
        found=tuple(reversed(view.instance.mandates(view.region_id))),
        done=view._(DONE[done]) if done in DONE else "",
        meanwhile=done == "meanwhile",
        here=view.href(*TEAM),
        **FRAME,
    )


def _ask(view: View, record_id: str, name: str, refused: Refusal = NOTHING) -> Response[Any]:
    with view.instance.database.read(view.region_id) as session:
        record = mandating.read_record(session, view.region_id, record_id, view.actor)
        require(view.actor, ACTIONS[name], subject_of(session, record))
        mandate = mandating.mandate_of(session, record)
        possible = (record.state, name) in RECORD
    if not possible:
        return _list(view, done="meanwhile", status=409)
    return view.render(
        "meetings/team/mandate_step.html",
        status=400 if refused.errors else 200,
        name=name,
        heading=view._(LABELS[name]),
        mandate=mandate,
        refused=refused,
        word=view._(ERASE),
        here=view.href(*TEAM, record_id),
        team_href=view.href(*TEAM),
        **FRAME,
    )


def _do(view: View, record_id: str, name: str, data: Mapping[str, Any]) -> Response[Any]:
    try:
        with view.instance.database.write(view.region_id) as session:
            record = mandating.read_record(session, view.region_id, record_id, view.actor)
            if name == "withdraw":
                mandating.withdraw(session, record, by=view.actor, at=now())
            elif text_of(data, "word").casefold() == view._(ERASE).casefold():
                mandating.erase(session, record, by=view.actor, at=now())
            else:
                raise Faulty([Fault(field="word", text=NOT_TYPED)])
    except Faulty as error:
        return _ask(view, record_id, name, form.refusal(view, error, data))
    except IllegalTransition:
        return _list(view, done="meanwhile", status=409)
    return Redirect(view.href(*TEAM, query={"done": name}), status_code=303, headers=dict(PRIVATE))


ACTIONS: Final[Mapping[str, Action]] = {"withdraw": "group.lead", "erase": "record.erase"}


def _step(name: str) -> tuple[Any, Any]:
    path = f"/{{lang:str}}/{{region:str}}/team/mandates/{{record_id:str}}/{name}"

    @page(path, may=ACTIONS[name])
    def asked(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
        return _ask(site.view(request, lang, region), record_id, name)

    @sent_form(path, may=ACTIONS[name])
    def sent(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
        return _do(site.view(request, lang, region), record_id, name, data)

    return asked, sent


handlers = (mandates, *(one for name in ACTIONS for one in _step(name)))
