"""Pages on which a region's group keeps its indicators: the list, one of them, its forms, the values of a month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response

from lanzarote.checking import NOTHING_EXPLAINED, Faulty, Identifying
from lanzarote.errors import Conflict
from lanzarote.evaluation import counting, indicator_form, indicator_reading, team
from lanzarote.evaluation.model import INDICATOR
from lanzarote.evaluation.service import as_shown
from lanzarote.evaluation.words import COUNTS, DIRECTIONS, RHYTHMS, label_of
from lanzarote.lifecycle import IllegalTransition
from lanzarote.permissions import Subject, may, require, subject_of
from lanzarote.records import now
from lanzarote.stakeholders.team_reading import version_lines
from lanzarote.translation import N_
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.comparing import compare
from lanzarote.web.exports import download, download_links
from lanzarote.web.new_records import id_of, is_made, make_once, to_made
from lanzarote.web.refusals import NOT_NOW, NOTHING, number_of, reasons_in, text_of
from lanzarote.web.routes import form, page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.types.evaluation import Indicator
    from lanzarote.web.refusals import Refusal

TEAM: Final = "/{lang:str}/{region:str}/team/indicators"
ONE: Final = TEAM + "/{record_id:str}"
DONE: Final[Mapping[str, str]] = {
    "saved": N_("It is saved. The public reads it when somebody else has published it."),
    "value": N_("The value is written down. The public reads it when somebody else has published it."),
    "values": N_("The values are written down. The public reads them when somebody else has published them."),
    "publish": N_("It is published: the public reads it, with all values so far."),
    "withdraw": N_("It is withdrawn: the public no longer reads it."),
    "archive": N_("Archived."),
    "restore": N_("Taken out of the archive."),
    "meanwhile": team.MEANWHILE,
    "not-now": NOT_NOW,
}


@page(TEAM, may="group.read")
def indicators(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """All indicators of a region for its group."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        rows = indicator_reading.listed(view, session)
    if wanted := request.query_params.get("format"):
        return download(view, indicator_reading.exact_table(view, rows), wanted)
    return view.render(
        "evaluation/team/indicators.html",
        rows=rows,
        due=[row for row in rows if row.due],
        may_write=bool(may(view.actor, "group.write", Subject(region_id=view.region_id))),
        downloads=download_links(view),
        done=view._(DONE[asked]) if (asked := request.query_params.get("done", "")) in DONE else "",
        **team.frame(view, "indicators"),
    )


@page(f"{TEAM}/new", may="group.write")
def new(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """The form of an indicator that is not there yet."""
    view = site.view(request, lang, region)
    require(view.actor, "group.write", Subject(region_id=view.region_id))
    typed = indicator_form.typed_from(None, view.lang)
    return to_made(view, "team", "indicators") or show_form(view, None, 0, typed)


@form(f"{TEAM}/new", may="group.write")
def begin(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
    """Save a new indicator for the first time."""
    view = site.view(request, lang, region)
    require(view.actor, "group.write", Subject(region_id=view.region_id))
    if is_made(view, record_id := id_of(view, data)):
        return save(view, record_id, {**data, "version": "1"})
    try:
        given = checked(view, indicator_form.read_indicator(view, data, None), data)
    except (Faulty, Identifying) as error:
        return show_form(view, None, 0, data, team.refusal(view, error, data))
    make_once(
        view,
        record_id,
        lambda session: counting.begin(session, view.region_id, given, by=view.actor, at=now(), record_id=record_id),
    )
    return to_indicator(view, record_id, "saved")


@page(ONE, may="group.read")
def indicator(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """One indicator: what it says, every value that was entered, what can be done with it."""
    return show(site.view(request, lang, region), record_id, done=request.query_params.get("done", ""))


@page(f"{ONE}/edit", may="group.write")
def editing(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """The form with what the newest version says."""
    view = site.view(request, lang, region)
    said, version = writable(view, record_id)
    return show_form(view, record_id, version, indicator_form.typed_from(said, view.lang), said=said)


@form(f"{ONE}/edit", may="group.write")
def edit(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Save another version."""
    return save(site.view(request, lang, region), record_id, data)


def save(view: View, record_id: str, data: Mapping[str, Any]) -> Response[Any]:
    """Save another version of an indicator."""
    said, version = writable(view, record_id)
    try:
        given = checked(view, indicator_form.read_indicator(view, data, said), data, record_id)
        with view.instance.database.write(view.region_id) as session:
            record = team.read_record(view, session, INDICATOR, record_id)
            counting.save(session, record, given, expected=number_of(data, "version"), by=view.actor, at=now())
    except (Faulty, Identifying) as error:
        read_at = number_of(data, "version")
        return show_form(view, record_id, read_at, data, team.refusal(view, error, data), said=said)
    except Conflict:
        return show_form(view, record_id, version, data, said=said, conflict=True)
    except IllegalTransition:
        return show(view, record_id, done="not-now", status=409)
    return to_indicator(view, record_id, "saved")


@page(f"{ONE}/value", may="group.write")
def valuing(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """The form of one value: a new one, a correction, or that there is none after all."""
    view = site.view(request, lang, region)
    return show_value(view, record_id, {"period": request.query_params.get("period", "")})


@form(f"{ONE}/value", may="group.write")
def value(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Keep it."""
    view = site.view(request, lang, region)
    said, _ = writable(view, record_id)
    taken_back = bool(text_of(data, "none"))
    try:
        if said.measure and not taken_back:
            entered = indicator_form.read_computed(view, data)
        else:
            entered = indicator_form.read_value(view, data, taken_back=taken_back)
        entered = counting.checked_value(entered, view.vocabulary)
        with view.instance.database.write(view.region_id) as session:
            record = team.read_record(view, session, INDICATOR, record_id)
            counting.enter(session, record, entered, today=view.today, by=view.actor, at=now())
    except (Faulty, Identifying) as error:
        return show_value(view, record_id, data, team.refusal(view, error, data))
    except Conflict:
        return show_value(view, record_id, data, meanwhile=True)
    except IllegalTransition:
        return show(view, record_id, done="not-now", status=409)
    return to_indicator(view, record_id, "value")


@page(f"{ONE}/versions", may="group.read")
def versions(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """All versions of an indicator's definition, and what changed between two of them."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        record = team.read_record(view, session, INDICATOR, record_id)
        lines = version_lines(view, session, record)
        first, last = between(request.query_params, record.version)
        both = [counting.indicator_of(session, record, number) for number in (first, last) if number]
        newest = counting.indicator_of(session, record)
    old, new = (dict(_said(view, one)) for one in both) if len(both) == 2 else ({}, {})
    return view.render(
        "evaluation/team/versions.html",
        lines=lines,
        first=first,
        last=last,
        changes=[
            (label_of(view, place), tuple(compare(old.get(place, ""), new.get(place, ""))))
            for place in dict.fromkeys((*new, *old))
            if old.get(place) != new.get(place)
        ],
        title=view.text(indicator_reading.texts(newest, "title"), newest.original)[0],
        **team.frame(view, "indicators", record_id),
    )


def show(view: View, record_id: str, *, done: str = "", status: int = 200) -> Response[Any]:
    """The page of an indicator."""
    with view.instance.database.read(view.region_id) as session:
        record = team.read_record(view, session, INDICATOR, record_id)
        said = counting.indicator_of(session, record)
        rows = counting.values_of(session, [record.id]).get(record.id, [])
        row = indicator_reading.row_of(view, record, said, rows)
        context = {
            "record": row,
            "told": indicator_reading.tell(view, as_shown(record, said, rows, None)),
            "history": indicator_reading.history(view, session, record, rows),
            "steps": team.offered(
                view, session, record, indicator_reading.STEPS, "new" if row.new or record.state == "withdrawn" else ""
            ),
            "explained": team.explained(view, counting.told_of(session, record)),
            "withdrawn": counting.status_of(record).withdrawn,
            "slug": record.slug,
        }
    return view.render(
        "evaluation/team/indicator.html",
        status=status,
        done=view._(DONE[done]) if done in DONE else "",
        meanwhile=done in ("meanwhile", "not-now"),
        **context,
        **team.frame(view, "indicators", record_id),
    )


def show_form(
    view: View,
    record_id: str | None,
    version: int,
    typed: Mapping[str, Any],
    refused: Refusal = NOTHING,
    *,
    said: Indicator | None = None,
    conflict: bool = False,
) -> Response[Any]:
    """The form with everything in it."""
    place = ("indicators", record_id) if record_id else ("indicators", "new")
    return view.render(
        "evaluation/team/indicator_form.html",
        status=409 if conflict else 400 if refused.errors else 200,
        typed=typed,
        refused=refused,
        conflict=conflict,
        version=version,
        known=record_id is not None,
        new_id="" if record_id else id_of(view, typed),
        tongues=view.tongues(*(said.text if said else ())),
        offered=indicator_form.choices(view, typed),
        **team.frame(view, *place),
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
        periods=indicator_form.period_choices(view, said, rows, period),
        **team.frame(view, "indicators", record_id),
    )


def writable(view: View, record_id: str) -> tuple[Indicator, int]:
    """What the newest version says, and its number. Raises NotFound, Gone, NotPermitted."""
    with view.instance.database.read(view.region_id) as session:
        record = team.read_record(view, session, INDICATOR, record_id)
        require(view.actor, "group.write", subject_of(session, record))
        return counting.indicator_of(session, record), record.version


def checked(view: View, said: Indicator, data: Mapping[str, Any], record_id: str = "") -> counting.Checked:
    """Raises Faulty, Identifying."""
    earlier, by = NOTHING_EXPLAINED, view.actor.account_id
    if record_id:
        with view.instance.database.read(view.region_id) as session:
            earlier = counting.explained_in(session, team.read_record(view, session, INDICATOR, record_id))
    return counting.checked(said, view.vocabulary, reasons=reasons_in(data), by=by, earlier=earlier)


def to_indicator(view: View, record_id: str, done: str) -> Response[Any]:
    return team.redirect(view.href("team", "indicators", record_id, query={"done": done}))


def between(asked: Mapping[str, str], newest: int) -> tuple[int, int]:
    """The two versions that are compared: those asked for, or the last two."""

    def number(name: str, otherwise: int) -> int:
        text = asked.get(name, "")
        given = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else otherwise
        return given if 1 <= given <= newest else otherwise

    last = number("to", newest)
    first = number("from", max(last - 1, 0))
    return min(first, last), max(first, last)


def _said(view: View, indicator: Indicator) -> list[tuple[str, str]]:
    """Everything that an indicator says, with its place."""
    found = [
        (f"text.{code}.{name}", getattr(one, name) or "")
        for code, one in indicator.text.items()
        for name in one.__struct_fields__
    ]
    found += [
        ("counts", view._(COUNTS[indicator.counts])),
        ("direction", view._(DIRECTIONS[indicator.direction])),
        ("rhythm", view._(RHYTHMS[indicator.rhythm])),
        ("adds_up", view._("yes") if indicator.adds_up else view._("no")),
        ("ended_on", indicator.ended_on.isoformat() if indicator.ended_on else ""),
    ]
    if one := indicator.baseline:
        found += [("baseline.value", f"{one.value:g}"), ("baseline.on", one.on), ("baseline.source", one.source)]
    if aim := indicator.target:
        found += [("target.value", f"{aim.value:g}"), ("target.by", aim.by)]
    return found


handlers = (
    indicators,
    new,
    begin,
    indicator,
    editing,
    edit,
    valuing,
    value,
    versions,
)
