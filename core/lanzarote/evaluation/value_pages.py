"""Pages on which the values of indicators are entered: of one, or of all that are due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response

from lanzarote.errors import Conflict
from lanzarote.evaluation import counting, indicator_reading, periods
from lanzarote.evaluation.counting import Entered
from lanzarote.evaluation.indicator_kind import INDICATORS
from lanzarote.evaluation.model import INDICATOR
from lanzarote.kinds import record_pages, team
from lanzarote.kinds.form import NO_NUMBER
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.records import now
from lanzarote.records.validation import Faulty, Identifying, unread_number
from lanzarote.translation.typed_numbers import NotRead, read_number
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.refusals import NOTHING, number_of, text_of
from lanzarote.web.routes import form, page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lanzarote.evaluation.model import IndicatorValue
    from lanzarote.types.evaluation import Indicator
    from lanzarote.web.refusals import Refusal

TEAM: Final = "/{lang:str}/{region:str}/team/indicators"
ONE: Final = TEAM + "/{record_id:str}"


@page(f"{ONE}/value", may="group.write")
def valuing(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """The form of one value: a new one, a correction, or that there is none after all."""
    view = site.view(request, lang, region)
    return show_value(view, record_id, {"period": request.query_params.get("period", "")})


@form(f"{ONE}/value", may="group.write")
def value(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Keep it."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        record = team.read_record(view, session, INDICATOR, record_id)
        require(view.actor, "group.write", subject_of(session, record))
        said = counting.indicator_of(session, record)
    taken_back = bool(text_of(data, "none"))
    try:
        if said.measure and not taken_back:
            entered = read_computed(view, data)
        else:
            entered = read_value(view, data, taken_back=taken_back)
        entered = counting.checked_value(entered, view.vocabulary)
        with view.instance.database.write(view.region_id) as session:
            record = team.read_record(view, session, INDICATOR, record_id)
            counting.enter(session, record, entered, today=view.today, by=view.actor, at=now())
    except (Faulty, Identifying) as error:
        return show_value(view, record_id, data, record_pages.refusal(INDICATORS, view, error, data))
    except Conflict:
        return show_value(view, record_id, data, meanwhile=True)
    except IllegalTransition:
        return record_pages.show(INDICATORS, view, record_id, done="not-now", status=409)
    return record_pages.to_record(INDICATORS, view, record_id, "value")


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
                entered = read_computed(view, data, room)
            else:
                entered = read_value(view, data, room=room)
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


def show_value(
    view: View,
    record_id: str,
    typed: Mapping[str, Any],
    refused: Refusal = NOTHING,
    *,
    meanwhile: bool = False,
) -> Response[Any]:
    """The form of one value, with what is there for its period. Raises NotPermitted."""
    with view.instance.database.read(view.region_id) as session:
        record = team.read_record(view, session, INDICATOR, record_id)
        require(view.actor, "group.write", subject_of(session, record))
        said = counting.indicator_of(session, record)
        rows = counting.values_of(session, [record.id]).get(record.id, [])
    row = indicator_reading.row_of(view, record, said, rows)
    due = counting.due(said, rows, view.today) if said.rhythm != "day" else ""
    period = text_of(typed, "period") or due
    there = next((one for one in reversed(rows) if one.period == period), None)
    return view.render(
        "evaluation/team/value.html",
        status=409 if meanwhile else 400 if refused.errors else 200,
        record=row,
        typed=typed,
        refused=refused,
        meanwhile=meanwhile,
        there=there,
        seen=there.seq if there else 0,
        day=period or view.today.isoformat(),
        periods=period_choices(view, said, rows, period),
        **team.frame(view, "indicators", record_id),
    )


def read_value(view: View, data: Mapping[str, Any], *, taken_back: bool = False, room: str = "") -> Entered:
    """The value that was typed. Raises Faulty."""
    value = None if taken_back else number_in(view, data, f"{room}value")
    return Entered(
        period=text_of(data, f"{room}period"),
        value=value,
        source=text_of(data, f"{room}source"),
        note=text_of(data, f"{room}note"),
        lang=view.lang,
        seen=number_of(data, f"{room}seen"),
    )


def read_computed(view: View, data: Mapping[str, Any], room: str = "") -> Entered:
    """That the platform is to count now; it counts, whatever was typed."""
    return Entered(
        period=text_of(data, f"{room}period"), value=0.0, note=text_of(data, f"{room}note"), lang=view.lang,
        seen=number_of(data, f"{room}seen"),
    )  # fmt: skip


def period_choices(
    view: View, indicator: Indicator, rows: Sequence[IndicatorValue], chosen: str
) -> list[dict[str, Any]]:
    """The periods a value can be about: the last ones that are over, and those that have one."""
    found = {row.period for row in rows}
    rhythm, day = indicator.rhythm, view.today
    period = periods.period_of(day, rhythm) if indicator.measure else periods.last_over(day, rhythm)
    for _ in range(1 if indicator.measure else 24):
        found.add(period)
        if periods.begins(period).year < 2000:
            break
        period = periods.last_over(periods.begins(period), rhythm)
    ordered = sorted(found, key=periods.ends, reverse=True)
    return [{"value": one, "label": periods.label(one, view.lang, view._), "chosen": one == chosen} for one in ordered]


def number_in(view: View, data: Mapping[str, Any], field: str) -> float | None:
    """The number that was typed; None where nothing was. Raises Faulty."""
    text = text_of(data, field)
    try:
        return read_number(text, view.lang) if text else None
    except NotRead as error:
        raise Faulty([unread_number(field, error, NO_NUMBER)]) from None


class _NothingKept(Exception):
    """One value of several cannot be kept: none is."""


def _placed(view: View, title: str, room: str, error: Faulty | Identifying) -> list[dict[str, str]]:
    """What is wrong with one value of several, each beside its own field."""
    refused = record_pages.refusal(INDICATORS, view, error, {})
    return [
        {
            "field": room + one["field"].removeprefix(room),
            "text": f"{title}: {one['text']}",
            "beside": refused.error_of[one["field"]],
        }
        for one in refused.errors
    ]


handlers = (valuing, value, asking, enter_all)
