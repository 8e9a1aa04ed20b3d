"""Errors as people and programs read them: a helpful page in the browser, RFC 9457 on the API. Nothing internal leaks."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
from litestar import MediaType, Response
from litestar.exceptions import HTTPException, ValidationException
from msgspec import Struct

from lanzarote import errors
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from litestar import Request

    from lanzarote.web.site import Site

log = logging.getLogger("lanzarote.web")
PROBLEM_JSON = "application/problem+json"


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An error on the API, as RFC 9457 describes it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""


STATUS: Mapping[type[Exception], int] = {
    errors.NotFound: 404,
    errors.Gone: 410,
    errors.Conflict: 412,
    errors.LanzaroteError: 400,
    UnicodeDecodeError: 400,
    RecursionError: 400,
}
TITLES = {
    400: N_("This address or form cannot be understood"),
    403: N_("This is not allowed"),
    404: N_("There is nothing at this address"),
    405: N_("This cannot be done at this address"),
    410: N_("This was erased"),
    413: N_("This is too large"),
    415: N_("This kind of content is not taken here"),
    429: N_("Too many requests"),
    500: N_("Something went wrong on our side"),
}
ADVICE = {
    400: N_("Go back and try again; what you wrote elsewhere is not lost."),
    404: N_("The address may be mistyped, or what stood here is no longer public."),
    410: N_("What stood here was removed for good. It is not kept anywhere in the public part."),
    500: N_("Nothing you wrote before was lost. The team that runs this site can find out what happened from its log."),
}


def status_of(error: Exception) -> int:
    if isinstance(error, HTTPException):
        return error.status_code
    for kind, status in STATUS.items():
        if isinstance(error, kind):
            return status
    return 500


def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer an error in the form the reader expects."""
    status = status_of(error)
    if status >= 500:
        log.error("%s %s failed", request.method, request.url.path.encode("unicode_escape").decode(), exc_info=error)
    headers = dict(getattr(error, "headers", None) or {})
    if request.url.path.startswith("/api/"):
        return _problem(error, status, headers)
    return _page(request, error, status, headers)


def _problem(error: Exception, status: int, headers: dict[str, str]) -> Response[bytes]:
    problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=_detail(error, status))
    return Response(msgspec.json.encode(problem), status_code=status, media_type=PROBLEM_JSON, headers=headers)


def _page(request: Request[Any, Any, Any], error: Exception, status: int, headers: dict[str, str]) -> Response[str]:
    site: Site = request.app.state.site
    parts = request.url.path.split("/")
    lang = parts[1] if len(parts) > 1 else ""
    region_id = parts[2] if len(parts) > 2 else None
    if lang not in site.languages and lang not in _region_languages(site, region_id):
        lang = site.negotiate(request, site.languages)
    known = region_id if lang in _region_languages(site, region_id) else None
    try:
        view = site.view(request, lang, known)
        title = TITLES.get(status, TITLES[400])
        page = view.render(
            "error.html",
            status=status,
            title=view._(title),
            advice=view._(ADVICE[status]) if status in ADVICE else "",
            detail=_detail(error, status) if isinstance(error, errors.LanzaroteError) else "",
        )
    except Exception:
        log.exception("the page that tells of an error failed")
        return Response("Something went wrong on our side.\n", status_code=500, media_type=MediaType.TEXT)
    page.status_code = status
    page.headers.update(headers)
    return page


def _region_languages(site: Site, region_id: str | None) -> tuple[str, ...]:
    try:
        return site.instance.header(region_id).languages if region_id else ()
    except errors.LanzaroteError:
        return ()


def _detail(error: Exception, status: int) -> str:
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        told = [f"{one.get('key')}: {one.get('message')}" for one in error.extra if isinstance(one, dict)]
        return "; ".join(told)[:500]
    if isinstance(error, errors.LanzaroteError):
        return str(error)[:500]
    if isinstance(error, HTTPException) and status < 500:
        return str(error.detail)[:500]
    return ""
