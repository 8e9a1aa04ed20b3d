"""What the handlers of pages are given; forms of new records, each with the id that its record will have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from lanzarote.records import locking
from lanzarote.records.records import Record
from lanzarote.store.ids import is_id, new_id
from lanzarote.web.refusals import text_of
from lanzarote.web.routes import form, page, see_other
from lanzarote.web.site import Site, View

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from lanzarote.web.routes import May


Asked = Request[Any, Any, Any]
Lang = FromPath[str]
Region = FromPath[str]
Id = FromPath[str]
Slug = FromPath[str]
OurSite = NamedDependency[Site]
Data = URLEncodedBody[dict[str, Any]]


def page_of(path: str, may: May, show: Callable[[View, str], Response[Any]]) -> Any:
    """Handler of the page at *path*, which has a record: *show* is given its id."""

    @page(path, may=may)
    def asked(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
        return show(site.view(request, lang, region), record_id)

    return asked


def page_and_form(
    path: str,
    may: May,
    show: Callable[[View, str], Response[Any]],
    take: Callable[[View, str, Mapping[str, Any]], Response[Any]],
    **options: Any,
) -> tuple[Any, Any]:
    """Handlers of *path*, which has a record: *show* is given its id, *take* also what was written."""

    @form(path, may=may, **options)
    def done(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
        return take(site.view(request, lang, region), record_id, data)

    return page_of(path, may, show), done


# --- Forms of new records: each carries the id that its record will have, so that one sent twice makes one record ---


def id_of(view: View, data: Mapping[str, Any]) -> str:
    """The id that the form carries, or its address; another one where there is none."""
    text = text_of(data, "id") or view.request.query_params.get("id", "")
    return text if is_id(text) else new_id()


def is_made(view: View, record_id: str) -> bool:
    """Whether the form was sent before."""
    with view.instance.database.read(view.region_id) as session:
        return _is_there(session, view, record_id)


def make_once(view: View, record_id: str, begin: Callable[[Session], object]) -> None:
    """Let *begin* make the record, unless the same form is making it at the same time."""
    with view.instance.database.write(view.region_id) as session:
        locking.lock(session, view.region_id)
        if not _is_there(session, view, record_id):
            begin(session)


def to_made(view: View, *room: str) -> Redirect | None:
    """The way to the form of the record in *room* that the form was sent for: one came back to it in the browser."""
    record_id = view.request.query_params.get("id", "")
    if not (is_id(record_id) and is_made(view, record_id)):
        return None
    return see_other(view.href(*room, record_id, "edit"))


def _is_there(session: Session, view: View, record_id: str) -> bool:
    return session.get(Record, (view.region_id, record_id)) is not None
