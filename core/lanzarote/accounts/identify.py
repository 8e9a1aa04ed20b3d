"""Finds out whose session or token a request carries, before anything else looks at it."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any, Final

from litestar.concurrency import sync_to_thread

from lanzarote.accounts import sessions
from lanzarote.changes import INSTANCE
from lanzarote.records import now
from lanzarote.web.gate import NOBODY, Reader, remember

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from lanzarote.database import Database
    from lanzarote.instance import Instance

    Asgi = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]

COOKIE: Final = "lanzarote-session"
DEVICE: Final = "lanzarote-device"
"""Marks a browser that its person has signed in with before."""
SAFE: Final = "__Host-"
"""What browsers take only over HTTPS and only from the very host that set it."""


class Identified:
    """ASGI: stands around the application and tells it who asks."""

    def __init__(self, app: Asgi, instance: Instance) -> None:
        self._app = app
        self._database = instance.database

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http" and (token := cookie(scope, COOKIE)):
            remember(scope, await sync_to_thread(reader, self._database, token))
        await self._app(scope, receive, send)


def reader(database: Database, token: str) -> Reader:
    """The reader whose session has *token*; nobody when it has ended."""
    at = now()
    with database.read(INSTANCE) as session:
        known = sessions.find(session, token, at)
    if known is None:
        return NOBODY
    if known.stale:
        with database.write(INSTANCE) as session:
            sessions.note(session, known.token_hash, at)
    return Reader(actor=known.actor, form_key=known.form_key, session=known.token_hash)


def cookie(scope: MutableMapping[str, Any], name: str) -> str:
    """The value of our cookie *name*, as it is called over this connection; empty without it."""
    given = "; ".join(value.decode("latin-1") for key, value in scope["headers"] if key == b"cookie")
    if name not in given:
        return ""
    try:
        morsel = SimpleCookie(given).get(cookie_name(scope, name))
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def cookie_name(scope: MutableMapping[str, Any], name: str) -> str:
    return SAFE + name if scope["scheme"] == "https" else name


def set_cookie(scope: MutableMapping[str, Any], name: str, value: str, seconds: int) -> str:
    """The header that has a browser keep the cookie; 0 seconds: forget it."""
    secure = "; Secure" if scope["scheme"] == "https" else ""
    return f"{cookie_name(scope, name)}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
