"""Errors as people and programs read them: a helpful page, or RFC 9457 on the API. Nothing internal leaks."""

from __future__ import annotations

import logging
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
from litestar import MediaType, Response
from litestar.exceptions import HTTPException, InternalServerException, ValidationException

from lanzarote import errors
from lanzarote.records.permissions import WEAK
from lanzarote.translation import N_, Foreign
from lanzarote.web.exports import page_of
from lanzarote.web.forms import Malformed, TooLarge, texts_in
from lanzarote.web.gate import BadToken, Flood, Interrupted, NotSignedIn, TooManyPosts, TooManyWrongTokens, site_of
from lanzarote.web.limits import Busy, StillAtWork, TooManyWaiting
from lanzarote.web.problems import PROBLEM_JSON, Problem, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from litestar import Request

    from lanzarote.web.site import Site, View

log = logging.getLogger("lanzarote.web")
HOW_TO_COME_IN = (
    "Send a personal token: `Authorization: Bearer lz_…`. Its owner makes it on the page of their account; "
    "a session in a browser opens nothing here."
)


STATUS: Mapping[type[Exception], int] = {
    errors.NotFound: 404,
    errors.Gone: 410,
    errors.Conflict: 412,
    errors.NotPermitted: 403,
    errors.NoRoom: 507,
    errors.OnlyRead: 503,
    errors.DatabaseAway: 503,
    errors.FormatFailed: 500,
    TooManyWaiting: 429,
    Busy: 503,
    TooLarge: 413,
    NotSignedIn: 401,
    BadToken: 401,
    Interrupted: 403,
    TooManyWrongTokens: 429,
    TooManyPosts: 429,
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
    412: N_("This was changed in the meantime"),
    413: N_("This is too large"),
    415: N_("This kind of content is not taken here"),
    429: N_("Too many requests"),
    500: N_("Something went wrong on our side"),
    503: N_("Nothing can be saved just now"),
    507: N_("There is no room left to save anything"),
}
ADVICE = {
    400: N_("Go back and try again; what you wrote elsewhere is not lost."),
    403: N_("Go back to the page you came from and try again from there."),
    404: N_("The address may be mistyped, or the page that was here is no longer public."),
    405: N_("Go back to the page you came from and try again from there."),
    410: N_("This page was removed for good. Nothing of it is kept in the public part."),
    412: N_("Somebody saved another version while you were writing. Open the page again before you save yours."),
    413: N_(
        "Go back with your browser: the form may still hold what you wrote. Copy it, then shorten it or send it in "
        "several parts."
    ),
    429: N_("Wait a minute, then try again; nothing is lost."),
    500: N_("Nothing you wrote before was lost. The team that runs this site can find out what happened from its log."),
    503: N_(
        "Everything saved before is safe and can be read. Try again later, or inform the team that runs this site."
    ),
    507: N_(
        "Everything saved before is safe and can be read. Inform the team that runs this site: it has to make room."
    ),
}

SAID: Mapping[type[Exception], tuple[str, str]] = {
    errors.DatabaseAway: (
        N_("This page is not available just now"),
        N_("The site cannot reach its database. Nothing that was saved is lost. Try again in a few minutes."),
    ),
    Busy: (
        N_("Too many people are using the site just now"),
        N_("Nothing was changed. Wait a few seconds, then try again."),
    ),
    StillAtWork: (
        N_("Your last file is still being checked"),
        N_("Nothing was changed. Wait for the result of that file, then try again."),
    ),
}
"""Title and advice of errors that share their status with another one."""
MOST_PLACES = 12
"""So many regions' help lines are shown where the address names none."""


def said(error: Exception, status: int) -> tuple[str, str]:
    """Title and advice, in English; the advice may be empty."""
    if isinstance(error, TooLarge):
        return TITLES[413], ""
    known = status if status in TITLES else 500 if status >= 500 else 400
    return SAID.get(type(error)) or (TITLES[known], ADVICE.get(known, ""))


def status_of(error: Exception) -> int:
    if isinstance(error, Refused):
        return error.status
    if isinstance(error, InternalServerException) and "disconnected" in error.detail:
        return 400  # the sender has gone; nobody reads the answer
    if isinstance(error, HTTPException):
        return error.status_code
    for kind, status in STATUS.items():
        if isinstance(error, kind):
            return status
    return 500


def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer an error in the form the reader expects."""
    if isinstance(error, Flood) or (isinstance(error, TooManyWaiting) and _reads_page(request)):
        return Response(f"{error}\n", status_code=429, media_type=MediaType.TEXT, headers=error.headers)
    status = status_of(error)
    if isinstance(error, errors.DatabaseAway):
        pass  # logged once, when it went away
    elif isinstance(error, errors.NotWritten):
        log.error("%s: %s", request.method, error)
    elif status >= 500 and not isinstance(error, Busy):
        # Not the address itself: those of mailed links are secrets.
        log.error("%s %s failed", request.method, request.scope.get("path_template") or "?", exc_info=error)
    headers = dict(getattr(error, "headers", None) or {})
    if request.url.path.startswith("/api/"):
        return _problem(error, status, headers)
    return _page(request, error, status, headers)


def _reads_page(request: Request[Any, Any, Any]) -> bool:
    return request.method in ("GET", "HEAD") and not request.url.path.startswith("/api/")


def _problem(error: Exception, status: int, headers: dict[str, str]) -> Response[bytes]:
    members = error.members if isinstance(error, Refused) else {}
    if isinstance(error, errors.NotPermitted):
        members = {"code": "not-permitted"}
    detail = HOW_TO_COME_IN if isinstance(error, NotSignedIn) else _detail(error, status)
    problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, **members)
    return Response(msgspec.json.encode(problem), status_code=status, media_type=PROBLEM_JSON, headers=headers)


def _page(request: Request[Any, Any, Any], error: Exception, status: int, headers: dict[str, str]) -> Response[str]:
    try:
        view = view_of(request)
        title, advice = said(error, status)
        needs_factor = isinstance(error, errors.NotPermitted) and str(error) == WEAK
        page = view.render(
            "error.html",
            status=status,
            code=status,
            title=view._(title),
            advice=view._(advice) if advice and not needs_factor else "",
            detail=_detail_for(view, error),
            needs_factor=needs_factor,
            places=_places(view) if isinstance(error, errors.DatabaseAway) else (),
            texts=_texts(request, error),
            canonical=None,
            alternates=[],
            feeds=[],
            languages=[one | {"href": view.instance_href(lang=one["code"])} for one in view.alternates()],
        )
    except Exception:
        log.exception("the page that tells of an error failed")
        status = status if status == 503 else 500
        plain = f"{said(error, status)[0]}.\n"
        return Response(plain, status_code=status, media_type=MediaType.TEXT, headers=headers)
    page.headers.update({"Cache-Control": "no-store", "Vary": "Accept-Language"} | headers)
    return page


def view_of(request: Request[Any, Any, Any]) -> View:
    """The page in the language and region that the address names, as far as it does."""
    site = site_of(request)
    lang, region_id, *_ = (*page_of(request.url.path).split("/")[1:3], "", "")
    offered = _region_languages(site, region_id)
    if lang in offered:
        return site.view(request, lang, region_id)
    return site.view(request, lang if lang in site.languages else site.negotiate(request, site.languages))


def _texts(request: Request[Any, Any, Any], error: Exception) -> tuple[str, ...]:
    """What was written and not taken, for its writer to copy."""
    if not isinstance(error, Busy | Malformed) or not request.route_handler.opt.get("carried"):
        return ()
    return error.texts if isinstance(error, Malformed) else texts_in(error.written)


def _places(view: View) -> list[tuple[str, list[dict[str, Any]]]]:
    """Whom to call, as it was known last: of the region, or of each with its name."""
    headers = [view.frame] if view.frame else view.instance.headers().values()
    found = []
    for header in sorted(headers, key=lambda one: view.sort_key(one.name))[:MOST_PLACES]:
        with suppress(errors.LanzaroteError):
            lines = type(view)(view.site, view.request, view.lang, header).helplines()
            found.append((view.say(header.name), [line | {"for_whom": line["text"]} for line in lines]))
    return [(name, lines) for name, lines in found if lines]


def _detail_for(view: View, error: Exception) -> str:
    """What exactly went wrong, if it can be said in the reader's language; the advice says it otherwise."""
    detail = str(error)[:500] if isinstance(error, errors.LanzaroteError) else ""
    told = view._(detail)
    return "" if isinstance(told, Foreign) else told


def _region_languages(site: Site, region_id: str | None) -> tuple[str, ...]:
    try:
        return site.instance.header(region_id).languages if region_id else ()
    except errors.LanzaroteError:
        return ()


def _detail(error: Exception, status: int) -> str:
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        told = [f"{one.get('key')}: {one.get('message')}" for one in error.extra if isinstance(one, dict)]
        return "; ".join(told)[:500]
    if isinstance(error, errors.NotWritten):
        # Where the database is, and how it is named, is nobody's business but its owner's.
        return "{}. {}".format(*said(error, status))
    if isinstance(error, errors.LanzaroteError):
        return str(error)[:500]
    if isinstance(error, HTTPException) and status < 500:
        return str(error.detail)[:500]
    return ""
