"""Pages and resources of what the group says about an improvement, and does because of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response

from lanzarote.errors import Conflict
from lanzarote.improvements import actions, actions_entry, actions_of_region, talk
from lanzarote.improvements.actions_entry import ACTIONS, WHOLE
from lanzarote.improvements.actions_of_region import list_region_actions
from lanzarote.improvements.amendments_accepting import accept, accept_amendment, accepting
from lanzarote.improvements.amendments_entry import AMENDMENTS
from lanzarote.improvements.comments_entry import COMMENTS
from lanzarote.improvements.improvement_kind import IMPROVEMENTS
from lanzarote.improvements.talk import FRAMES, TEAM, frame
from lanzarote.improvements.team_documents import ImprovementNow
from lanzarote.kinds import entry_pages, team
from lanzarote.kinds.api import address_of, records_of
from lanzarote.kinds.entry_api import resources_of
from lanzarote.kinds.entry_pages import Asking, handlers_of
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.records import now
from lanzarote.web.asking import page_and_form
from lanzarote.web.changing import Nothing
from lanzarote.web.refusals import NOT_NOW, NOTHING
from lanzarote.web.resources import REGION
from lanzarote.web.site import View
from lanzarote.web.working_records import id_of, step, steps_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.web.changing import Sent
    from lanzarote.web.resources import Answer


def show_whole(view: View, record_id: str, name: str) -> Response[Any]:
    """Before the improvement is completed or taken up again."""
    with view.instance.database.read(view.region_id) as session:
        record = talk.find(session, view.region_id, record_id, by=view.actor)
        require(view.actor, "group.lead", subject_of(session, record))
        offered = name in actions_entry.whole_steps(view, session, record)
        shown = frame(view, session, record)
    if not offered:
        return entry_pages.show(ACTIONS, view, record_id, said=NOT_NOW, status=409)
    label, text = (view._(one) for one in WHOLE[name])
    one = Asking(name=name, href=f"{shown['here']}/{name}", label=label, text=text)
    back = view.href(*TEAM, record_id, "actions")
    shown |= {"frame": FRAMES["form"], "one": one, "back": back, "refused": NOTHING, "done": "", "tab": ACTIONS.place}
    return view.render("kinds/entry.html", **shown)


def take_whole(view: View, record_id: str, name: str) -> Response[Any]:
    do = {"complete": actions.complete, "resume": actions.resume}[name]
    try:
        with view.instance.database.write(view.region_id) as session:
            do(session, talk.find(session, view.region_id, record_id, by=view.actor), by=view.actor, at=now())
    except (Conflict, IllegalTransition):
        return entry_pages.show(ACTIONS, view, record_id, said=NOT_NOW, status=409)
    return team.redirect(view.href(*TEAM, record_id, "actions", query={"done": name}))


def _whole(name: str) -> tuple[Any, Any]:
    """The page and the form of what is done with the improvement itself."""

    def show(view: View, record_id: str) -> Response[Any]:
        return show_whole(view, record_id, name)

    def take(view: View, record_id: str, data: Mapping[str, Any]) -> Response[Any]:
        return take_whole(view, record_id, name)

    path = f"/{{lang:str}}/{{region:str}}/team/improvements/{{record_id:str}}/{name}"
    return page_and_form(path, "group.lead", show, take)


_step: Final = steps_of(address_of(IMPROVEMENTS), IMPROVEMENTS.api.tag, (REGION, id_of(IMPROVEMENTS.name)))


@_step("complete", "group.lead", answers=ImprovementNow)
def complete_improvement(sent: Sent, _: Nothing) -> Answer:
    """Say that nothing is left to be done: every action is done or given up."""
    return step(sent, records_of(IMPROVEMENTS), "group.lead", actions.complete, **sent.signed)


@_step("resume", "group.lead", answers=ImprovementNow)
def resume_improvement(sent: Sent, _: Nothing) -> Answer:
    """Take up again what was completed."""
    return step(sent, records_of(IMPROVEMENTS), "group.lead", actions.resume, **sent.signed)


handlers = (
    *handlers_of(COMMENTS),
    *handlers_of(AMENDMENTS),
    accepting,
    accept,
    *handlers_of(ACTIONS),
    *actions_of_region.handlers,
    *(handler for name in WHOLE for handler in _whole(name)),
    *resources_of(COMMENTS),
    *resources_of(AMENDMENTS),
    accept_amendment,
    *resources_of(ACTIONS),
    list_region_actions,
    complete_improvement,
    resume_improvement,
)
