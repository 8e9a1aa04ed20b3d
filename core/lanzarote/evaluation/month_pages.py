"""One page on which the values of all indicators are entered that are due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Response

from lanzarote.checking import Faulty, Identifying
from lanzarote.errors import Conflict
from lanzarote.evaluation import counting, indicator_form, indicator_reading, team
from lanzarote.evaluation.indicator_pages import TEAM
from lanzarote.evaluation.model import INDICATOR
from lanzarote.lifecycle import IllegalTransition
from lanzarote.records import now
from lanzarote.web.asking import Asked, Data, Lang, OurSite, Region
from lanzarote.web.refusals import text_of
from lanzarote.web.routes import form, page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping


@page(f"{TEAM}/values", may="group.write")
def asking(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """All indicators whose value is due, on one page."""
    return show_values(site.view(request, lang, region), {})


@form(f"{TEAM}/values", may="group.write")
def enter_all(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
    """Keep every value that was typed, or none and say why."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        due = [row for row in indicator_reading.listed(view, session) if row.due]
    given, errors = [], []
    for number, row in enumerate(due):
        room = f"values[{row.id}]."
        try:
            if row.indicator.measure:
                if not text_of(data, f"{room}count"):
                    continue
                entered = indicator_form.read_computed(view, data, room)
            else:
                entered = indicator_form.read_value(view, data, room=room)
                if entered.value is None and not entered.note:
                    continue
            given.append((number, row, counting.checked_value(entered, view.vocabulary, room)))
        except (Faulty, Identifying) as error:
            errors += _placed(view, row.title, room, error)
    if errors:
        return show_values(view, data, errors)
    try:
        with view.instance.database.write(view.region_id) as session:
            for _, row, entered in given:
                record = team.read_record(view, session, INDICATOR, row.id)
                try:
                    counting.enter(session, record, entered, today=view.today, by=view.actor, at=now())
                except Faulty as error:
                    errors += _placed(view, row.title, f"values[{row.id}].", error)
            if errors:
                raise _NothingKept
    except _NothingKept:
        return show_values(view, data, errors)
    except (Conflict, IllegalTransition):
        return show_values(view, data, meanwhile=True)
    return team.redirect(view.href("team", "indicators", query={"done": "values"} if given else None))


def show_values(view: View, typed: Mapping[str, Any], errors: Any = (), *, meanwhile: bool = False) -> Response[Any]:
    """What is due, on one page."""
    with view.instance.database.read(view.region_id) as session:
        rows = [row for row in indicator_reading.listed(view, session) if row.due]
    return view.render(
        "evaluation/team/values.html",
        status=409 if meanwhile else 400 if errors else 200,
        rows=[(row, counting.due(row.indicator, row.rows, view.today)) for row in rows],
        typed=typed,
        errors=errors,
        wrong={one["field"]: one["beside"] for one in errors},
        meanwhile=meanwhile,
        **team.frame(view, "indicators", "values"),
    )


class _NothingKept(Exception):
    """One value of several cannot be kept: none is."""


def _placed(view: View, title: str, room: str, error: Faulty | Identifying) -> list[dict[str, str]]:
    """What is wrong with one value of several, each beside its own field."""
    refused = team.refusal(view, error, {})
    return [
        {
            "field": room + one["field"].removeprefix(room),
            "text": f"{title}: {one['text']}",
            "beside": refused.error_of[one["field"]],
        }
        for one in refused.errors
    ]


handlers = (asking, enter_all)
