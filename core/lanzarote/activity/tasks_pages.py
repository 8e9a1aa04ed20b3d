"""Tasks of a region's team: what upgrades could not decide, what people from outside wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect
from sqlalchemy import func, select

from lanzarote.accounts import identities, service
from lanzarote.activity import conflicts, task_reading
from lanzarote.errors import Conflict
from lanzarote.kinds.organisations import nameable
from lanzarote.practices.refusals import NOTHING, Refusal, number_of, refusal, text_of
from lanzarote.practices.sheets import Faulty
from lanzarote.practices.writing import Identifying
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.records import Record, now
from lanzarote.records.tasks import Task
from lanzarote.translation import N_
from lanzarote.web.asking import Asked
from lanzarote.web.routes import PRIVATE, form, page
from lanzarote.web.site import Site, View

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST: Final = 200
BEING_REVIEWED: Final = N_("It is being reviewed: first it has to be published or given back. Nothing was changed.")
DONE: Mapping[str, str] = {
    "settled": N_("Settled."),
    "taken": N_("The package’s text is taken."),
    "kept": N_("Your text stays."),
}
FRAME: Mapping[str, Any] = {"canonical": None, "feeds": ()}


@page("/{lang:str}/{region:str}/team/tasks", may="task.read")
def list_tasks(
    request: Asked, lang: FromPath[str], region: FromPath[str], site: NamedDependency[Site]
) -> Response[Any]:
    """What waits for the team, or what was settled last."""
    view = site.view(request, lang, region)
    settled = request.query_params.get("show") == "settled"
    open_ones = Task.done_at.is_(None)
    order = Task.done_at.desc() if settled else Task.opened_at
    with view.instance.database.read(view.region_id) as session:
        query = task_reading.with_records().where(~open_ones if settled else open_ones)
        found = session.execute(query.order_by(order).limit(MOST)).all()
        waiting = session.scalar(select(func.count()).select_from(Task).where(open_ones)) or 0
    return view.render(
        "activity/tasks.html",
        tasks=[task_reading.tell(view, *row) for row in found],
        settled=settled,
        waiting=waiting,
        done=view._(DONE[key]) if (key := request.query_params.get("done", "")) in DONE else "",
        **FRAME,
    )


@page("/{lang:str}/{region:str}/team/tasks/{task_id:str}", may="task.read")
def show_task(
    request: Asked, lang: FromPath[str], region: FromPath[str], task_id: FromPath[str], site: NamedDependency[Site]
) -> Response[Any]:
    """One task."""
    return show(site.view(request, lang, region), task_id)


@form("/{lang:str}/{region:str}/team/tasks/{task_id:str}", may="task.finish")
def settle(
    request: Asked,
    lang: FromPath[str],
    region: FromPath[str],
    task_id: FromPath[str],
    site: NamedDependency[Site],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Settle a task: keep one's own text, take the package's, or say what was done."""
    view = site.view(request, lang, region)
    note, what = text_of(data, "note"), text_of(data, "do")
    try:
        conflicts.check_note(note, view.vocabulary, looked_again=bool(data.get("looked")))
        with view.instance.database.write([view.region_id, INSTANCE]) as session:
            task = conflicts.find(session, view.region_id, task_id)
            if task.kind in service.KINDS:
                identities.decide(session, task, accept=what == "accept", by=view.actor, at=now())
            elif what == "take" and task.kind == conflicts.KIND:
                organisations = nameable(view.instance, view.region_id, task.record_id or "")
                version = number_of(data, "version")
                conflicts.take_theirs(
                    session, task, view.vocabulary, organisations, expected=version, by=view.actor, at=now()
                )
            else:
                conflicts.finish(session, view.region_id, task_id, note=note, by=view.actor)
    except IllegalTransition:
        return show(view, task_id, told=view._(BEING_REVIEWED), note=note, status=409)
    except Conflict as error:
        return show(view, task_id, told=view._(str(error)), note=note, status=412)
    except (Faulty, Identifying) as error:
        return show(view, task_id, refused=refusal(view, error), note=note, status=400)
    done = {"take": "taken", "keep": "kept"}.get(what, "settled")
    return Redirect(view.href("team", "tasks", query={"done": done}), status_code=303, headers=dict(PRIVATE))


def show(
    view: View,
    task_id: str,
    *,
    refused: Refusal = NOTHING,
    told: str = "",
    note: str = "",
    status: int = 200,
) -> Response[Any]:
    with view.instance.database.read(view.region_id) as session:
        task = conflicts.find(session, view.region_id, task_id)
        row = session.execute(task_reading.with_records().where(Task.id == task.id)).one()
        record: Record | None = row[1]
    return view.render(
        "activity/task.html",
        status=status,
        task=task_reading.tell(view, *row),
        version=record.version if record is not None else 0,
        may_finish=view.may("task.finish"),
        refused=refused,
        told=told,
        note=note,
        longest=conflicts.LONGEST_NOTE,
        **FRAME,
    )


handlers = (list_tasks, show_task, settle)
