"""Pages on which a region's team keeps its practices: the list, one of them, its versions, the form on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Response

from lanzarote.practices import sheets, team_list, writing
from lanzarote.practices.differences import differences
from lanzarote.practices.form_opening import read_record
from lanzarote.practices.form_paper import paper
from lanzarote.practices.form_showing import FRAME, TEAM
from lanzarote.practices.team_record import title_for, version_lines
from lanzarote.practices.team_showing import show
from lanzarote.records.permissions import may_somewhere
from lanzarote.records.records import body_of
from lanzarote.translation import language_name
from lanzarote.web.asking import Asked, Id, Lang, OurSite, Region
from lanzarote.web.region_reading import told
from lanzarote.web.routes import page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.types import PracticeSheet


@page("/{lang:str}/{region:str}/team/practices", may="practice.read")
def practices(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """The practices of a region for its team."""
    view = site.view(request, lang, region)
    only = request.query_params.get("only", "all")
    only = only if only in team_list.FILTERS else "all"
    number = request.query_params.get("page", "0")
    place = int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 0
    with view.instance.database.read(view.region_id) as session:
        found = team_list.listed(
            session, by=view.actor, only=only, page=place, grid=view.vocabulary.grid, today=view.today
        )
    return view.render(
        "practices/team/list.html",
        found=found,
        told=told,
        only=only,
        page=place,
        filters=[
            (name, view._(label), found.counts[name], view.href(*TEAM, query={"only": name}))
            for name, label in team_list.FILTERS.items()
            if found.counts[name] or name in ("all", only)
        ],
        stages={name: view._(words) for name, words in team_list.STAGES.items()},
        states={name: view._(words) for name, words in team_list.STATES.items()},
        name_of={code: language_name(code, view.lang) for row in found.rows for code in row.languages},
        may_write=may_somewhere(view.actor, "practice.write", view.region_id),
        here=view.href(*TEAM),
        **FRAME,
    )


@page("/{lang:str}/{region:str}/team/practices/blank", may="practice.write")
def blank(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """The questions on paper, for a meeting without computers."""
    return _sheet(site.view(request, lang, region), None)


@page("/{lang:str}/{region:str}/team/practices/{record_id:str}", may="practice.read")
def practice(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """One practice: how far it is, how it reads, what can be done with it."""
    view = site.view(request, lang, region)
    return show(view, record_id, done=request.query_params.get("done", ""))


@page("/{lang:str}/{region:str}/team/practices/{record_id:str}/sheet", may="practice.read")
def sheet(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """The form, filled in, for paper."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        record = read_record(view, session, record_id)
        written = writing.sheet_of(session, record)
    return _sheet(view, written, version=record.version, record_id=record_id)


@page("/{lang:str}/{region:str}/team/practices/{record_id:str}/versions", may="practice.read")
def versions(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """All versions of a practice, and what changed between two of them."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        record = read_record(view, session, record_id)
        lines = version_lines(view, session, record)
        newest = sheets.read(body_of(session, record, record.version))
        first, last = _between(request.query_params, record.version)
        both = [sheets.read(body_of(session, record, number)) for number in (first, last) if number]
    changes = differences(view, both[0], both[1]) if len(both) == 2 else ()
    return view.render(
        "practices/team/versions.html",
        lines=lines,
        first=first,
        last=last,
        changes=changes,
        title=title_for(view, newest),
        here=view.href(*TEAM, record_id),
        team_href=view.href(*TEAM),
        **FRAME,
    )


def _sheet(view: View, written: PracticeSheet | None, *, version: int = 0, record_id: str = "") -> Response[Any]:
    """The questions on paper, with or without answers."""
    return view.render(
        "practices/team/sheet.html",
        parts=paper(view, written),
        blank=written is None,
        version=version,
        title=sheets.title_of(written) if written else "",
        original=written.original if written else view.lang,
        here=view.href(*TEAM, record_id) if record_id else "",
        team_href=view.href(*TEAM),
        **FRAME,
    )


def _between(asked: Mapping[str, str], newest: int) -> tuple[int, int]:
    """The two versions that are compared: those asked for, or the last two."""

    def number(name: str, otherwise: int) -> int:
        text = asked.get(name, "")
        given = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else otherwise
        return given if 1 <= given <= newest else otherwise

    last = number("to", newest)
    first = number("from", max(last - 1, 0))
    return min(first, last), max(first, last)


handlers = (practices, blank, practice, sheet, versions)
