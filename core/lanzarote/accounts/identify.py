"""Finds out whose session or token a request carries, before anything else looks at it."""

from __future__ import annotations

import logging
import re
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from litestar.concurrency import sync_to_thread
from litestar.datastructures import Cookie
from sqlalchemy.exc import SQLAlchemyError

from lanzarote.accounts import attempts, sessions, tokens
from lanzarote.errors import DatabaseAway, NotWritten
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import placed
from lanzarote.records.records import now
from lanzarote.web.addresses import is_help
from lanzarote.web.embedding import is_embed
from lanzarote.web.gate import NOBODY, Reader, remember
from lanzarote.web.rate_limits import sender_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.store.database import Database

    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
    Asgi = Callable[[MutableMapping[str, Any], Any, Send], Awaitable[None]]

log = logging.getLogger("lanzarote.accounts")
COOKIE: Final = "lanzarote-session"
DEVICE: Final = "lanzarote-device"
"""Marks a browser that its person has signed in with before."""
_VALUE: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")
SAFE: Final = "__Host-"
"""What browsers take only over HTTPS and only from the very host that set it."""
SAFE_BELOW: Final = "__Secure-"
"""What they take only over HTTPS: a site that has a path keeps its cookies from the host's other sites."""
_PATH: Final = "lanzarote.path"


class Identified:
    """ASGI: stands around the application and tells it who asks."""

    def __init__(self, app: Asgi, instance: Instance) -> None:
        self._app = app
        self._database = instance.database
        self._behind_tls = instance.settings.base_url.startswith("https://")
        self._path = instance.settings.base_path

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http" or _is_everybodys(scope["path"]):
            await self._app(scope, receive, send)
            return
        if self._behind_tls:
            scope = {**scope, "scheme": "https"}  # the proxy that ends TLS may not say so
        if self._path:
            scope = {**scope, _PATH: self._path}
        # A cookie opens no way into the API, and a token none into the pages.
        api = scope["path"].startswith("/api/")
        secret = token_in(scope) if api else cookie(scope, COOKIE)
        if not secret:
            await self._app(scope, receive, send)
            return
        find = partial(bearer, sender=sender_of(scope)) if api else reader
        try:
            found = await sync_to_thread(find, self._database, secret)
        except DatabaseAway:  # help can be read all the same
            found = Reader(unknown=True)
        remember(scope, found)
        await self._app(scope, receive, _kept_by_nobody(send) if found is not NOBODY else send)


def _is_everybodys(path: str) -> bool:
    """What is there is the same for every reader."""
    return path.startswith("/static/") or is_help(path) or is_embed(path)


def reader(database: Database, token: str) -> Reader:
    """The reader whose session has *token*; nobody when it has ended."""
    at = now()
    with database.read(INSTANCE) as session:
        known = sessions.find(session, token, at)
    if known is None:
        return NOBODY
    if known.stale:
        _note(database, sessions.note, known.token_hash, at)
    return Reader(actor=placed(database, known.actor), form_key=known.form_key, session=known.token_hash)


def bearer(database: Database, token: str, sender: str = "") -> Reader:
    """The person for whom a program with *token* acts, as far as the token lets it; wrong ones of *sender* count."""
    at = now()
    with database.read(INSTANCE) as session:
        known = tokens.find(session, token, at)
    if known is None:
        return Reader(bad_token=True, wait=_count_wrong(database, sender, at))
    if known.stale:
        _note(database, tokens.note, known.token_hash, at)
    return Reader(actor=placed(database, known.actor))


def _count_wrong(database: Database, sender: str, at: datetime) -> int:
    """Count a wrong token; the seconds to wait if there were too many, which cost no write."""
    counted = attempts.keys_of_token(sender)
    with database.read(INSTANCE) as session:
        if seconds := attempts.wait_of(session, counted, at):
            return seconds
    _note(database, attempts.count_failure, counted, at)
    return 0


def _note(database: Database, note: Callable[[Session, Any, datetime], None], what: Any, at: datetime) -> None:
    """Note a use; a disk that takes nothing more must not keep anybody from reading."""
    try:
        with database.write(INSTANCE) as session:
            note(session, what, at)
    except (SQLAlchemyError, NotWritten):
        log.warning("The use of a session or token, or a wrong one, could not be noted.")


def token_in(scope: MutableMapping[str, Any]) -> str:
    """The token of the Authorization header; empty without one."""
    given = next((value for key, value in scope["headers"] if key == b"authorization"), b"").decode("latin-1")
    scheme, _, token = given.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _kept_by_nobody(send: Send) -> Send:
    """What a person is answered is theirs alone: no cache keeps it."""

    async def sent(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            others = [pair for pair in message["headers"] if pair[0].lower() != b"cache-control"]
            message = {**message, "headers": [*others, (b"cache-control", b"no-store")]}
        await send(message)

    return sent


def cookie(scope: Any, name: str) -> str:
    """The value of our cookie *name*, as it is called over this connection; empty without it.

    Ours need no quotes: unquoting takes time that grows with the square of the length before Python 3.11.10.
    """
    wanted = cookie_name(scope, name)
    for key, value in scope["headers"]:
        if key == b"cookie":
            for pair in value.decode("latin-1").split(";"):
                called, _, given = pair.partition("=")
                if called.strip() == wanted and _VALUE.fullmatch(given.strip()):
                    return str(given.strip())
    return ""


def cookie_name(scope: Any, name: str) -> str:
    if scope["scheme"] != "https":
        return name
    return (SAFE_BELOW if scope.get(_PATH) else SAFE) + name


def cookie_to_keep(scope: Any, name: str, value: str, seconds: int) -> Cookie:
    """What has a browser keep the cookie; 0 seconds: forget it."""
    return Cookie(
        key=cookie_name(scope, name),
        value=value,
        path=scope.get(_PATH, "/"),
        max_age=seconds,
        secure=scope["scheme"] == "https",
        httponly=True,
        samesite="lax",
    )
