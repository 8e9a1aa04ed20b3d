"""The pages of a kind: the list, and the addresses of all of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from litestar import Response

from lanzarote.kinds import team
from lanzarote.kinds.action_pages import ask, perform
from lanzarote.kinds.drafting import keep
from lanzarote.kinds.form_pages import begin, edit, save, show_new
from lanzarote.kinds.kind import Row
from lanzarote.kinds.listing import asked_for, read_page
from lanzarote.kinds.record_pages import notice, plain_title, show, show_versions, state_word, words_of
from lanzarote.records.permissions import Subject, may
from lanzarote.translation import N_, format_date
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region, page_and_form, page_of
from lanzarote.web.changing import LARGEST_TEXT
from lanzarote.web.exports import download, download_links
from lanzarote.web.routes import form as form_at
from lanzarote.web.routes import page as page_at
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.kinds.kind import Kind
    from lanzarote.records.records import Record

    AnyKind = Kind[Any, Any]

PUBLIC: Final = N_("read by the public")


def show_list(kind: AnyKind, view: View) -> Response[Any]:
    """A page of the records that the group keeps, or the file of all of them that was asked for."""
    asked = view.request.query_params
    wanted = asked.get("format", "") if kind.table else ""
    with view.instance.database.read(view.region_id) as session:
        place = asked_for(asked) | {"whole": bool(wanted)}
        page = read_page(kind, view.instance, session, view.region_id, view.actor, **place)
        rows = (kind.rows or partial(_rows, kind))(view, session, page.found)
    if kind.table and wanted:
        return download(view, kind.table(view, rows), wanted)
    shown = [
        (one.name, view._(one.label), page.counts[one.name], _list_href(kind, view, only=one.name))
        for one in kind.filters
        if page.counts[one.name] or one is kind.filters[0] or one.name == page.only
    ]
    return view.render(
        kind.templates.get("list", "kinds/list.html"),
        rows=rows,
        only=page.only,
        filters=shown,
        number=page.number,
        more=page.more,
        later_href=_list_href(kind, view, only=page.only, page=page.number - 1),
        before_href=_list_href(kind, view, only=page.only, page=page.number + 1),
        words=words_of(kind, view),
        may_write=bool(may(view.actor, kind.write, Subject(region_id=view.region_id))),
        begins=bool(kind.forms),
        public_href=kind.public(view, None) if kind.public else "",
        downloads=download_links(view, [("only", page.only)]) if kind.table else (),
        done=notice(kind, view, asked.get("done", "")),
        **team.frame(view, kind.room),
    )


def _list_href(kind: AnyKind, view: View, *, only: str, page: int = 0) -> str:
    query = {"only": only} if only else {}
    return view.href("team", kind.room, query=query | ({"page": str(page)} if page else {}))


def _rows(kind: AnyKind, view: View, session: Session, found: Sequence[tuple[Record, Any]]) -> list[Row]:
    return [
        Row(
            id=record.id,
            title=plain_title(kind, view, content),
            state=state_word(kind, view, session, record),
            badges=(("good", view._(PUBLIC)),) if record.state == "published" else (),
            last=format_date(view.day_of(record.updated_at), view.lang),
        )
        for record, content in found
    ]


def _keeping(kind: AnyKind, path: str, room: Mapping[str, Any]) -> Any:
    @form_at(path, may=kind.write, carried=False, **room)
    def kept(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
        return keep(kind, site.view(request, lang, region), record_id, data)

    return kept


def handlers_of(kind: AnyKind) -> tuple[Any, ...]:
    """Pages and forms of *kind*."""
    team_path = f"/{{lang:str}}/{{region:str}}/team/{kind.room}"
    one = team_path + "/{record_id:str}"
    room: dict[str, Any] = {"request_max_body_size": LARGEST_TEXT}

    @page_at(team_path, may=kind.read)
    def listed(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
        return show_list(kind, site.view(request, lang, region))

    @page_at(f"{team_path}/new", may=kind.write)
    def new(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
        return show_new(kind, site.view(request, lang, region))

    @form_at(f"{team_path}/new", may=kind.write, **room)
    def begun(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
        return begin(kind, site.view(request, lang, region), data)

    def shown(view: View, record_id: str) -> Response[Any]:
        return show(kind, view, record_id, done=view.request.query_params.get("done", ""))

    handlers = [listed, *((new, begun) if kind.forms else ()), page_of(one, kind.read, shown)]
    if kind.forms:
        handlers.append(_keeping(kind, f"{one}/unsaved", room))
    handlers.append(page_of(f"{one}/versions", kind.read, partial(show_versions, kind)))
    for form in kind.forms:
        writes = partial(edit, kind, form), partial(save, kind, form)
        handlers += page_and_form(f"{one}/{form.name}", form.may, *writes, **room)
    for action in kind.actions:
        does = partial(ask, kind, action), partial(perform, kind, action)
        handlers += page_and_form(f"{one}/{action.name}", action.may, *does)
    return tuple(handlers)
