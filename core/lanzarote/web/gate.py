"""Who stands before the door: the reader's session, and whether a request may come in at all.

A request that changes something comes from one of our own pages and carries the key of the session it is made in.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any, Final

from litestar import Request
from litestar.exceptions import ClientException, PermissionDeniedException
from msgspec import Struct

from lanzarote.errors import LanzaroteError, NotPermitted
from lanzarote.permissions import NO_RULE, NOT_SIGNED_IN, VISITOR, WEAK, Actor, may_somewhere

if TYPE_CHECKING:
    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler

FORM: Final = "application/x-www-form-urlencoded"
FORM_KEY: Final = "key"
"""Name of the hidden field that carries the session's key."""
_STATE: Final = "lanzarote.reader"


class Reader(Struct, frozen=True, kw_only=True):
    """Who asks, and in which session."""

    actor: Actor = VISITOR
    form_key: str = ""
    """What forms of the session carry; empty without one."""
    session: str = ""
    """Hash of the session's token."""


NOBODY: Final = Reader()


class NotSignedIn(LanzaroteError):
    """The page is for people with an account; what was sent is not lost, the sign-in page carries it on."""


def reader_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Reader:
    """Who asks; nobody in particular unless the application found a session."""
    known: Any = connection.scope.get(_STATE)
    return known if isinstance(known, Reader) else NOBODY


def remember(scope: Any, reader: Reader) -> None:
    """Let everything that handles this request know who asks."""
    scope[_STATE] = reader


def permitted(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Guard: what the route says of who may ask. Raises NotSignedIn, NotPermitted."""
    may = handler.opt["may"]
    actor = reader_of(connection).actor
    if may == "public":
        return
    if not actor.signed_in:
        raise NotSignedIn(NOT_SIGNED_IN)
    if may == "signed-in" or may_somewhere(actor, may, region := connection.path_params.get("region", "")):
        return
    strong = Actor(account_id=actor.account_id, grants=actor.grants, strong=True)
    raise NotPermitted(WEAK if may_somewhere(strong, may, region) else NO_RULE)


def from_our_pages(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard: a form of one of our own pages. Raises 415 for what is no form, 403 for what comes from elsewhere."""
    request = Request[Any, Any, Any](connection.scope, connection.receive, connection.send)
    if request.content_type[0] != FORM:
        raise ClientException("This address takes forms only.", status_code=415)
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise PermissionDeniedException("Forms are taken from our own pages only.")
        return
    origin = request.headers.get("origin")
    base_url = request.app.state.instance.settings.base_url
    if origin is not None and _host(origin) not in {request.headers.get("host"), _host(base_url)} - {""}:
        raise PermissionDeniedException("Forms are taken from our own pages only.")


async def carries_key(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard: the form was made in the session it is sent in. Raises 403."""
    request: Request[Any, Any, Any] = connection  # type: ignore[assignment]
    given = (await request.form()).get(FORM_KEY, "")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), reader_of(connection).form_key.encode()):
        raise PermissionDeniedException("This form was made in another session. Open the page again, then send it.")


def _host(address: str) -> str:
    return address.partition("://")[2].partition("/")[0]
