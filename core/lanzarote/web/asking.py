"""What the handlers of pages are given, and the two that make a step: the page that asks, the form that does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from lanzarote.web.routes import form, page
from lanzarote.web.site import Site, View

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
