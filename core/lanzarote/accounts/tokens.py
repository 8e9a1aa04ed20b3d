"""Tokens with which programs act for a person, and whose session or token a request carries."""

from __future__ import annotations

import logging
import re
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from litestar.concurrency import sync_to_thread
from litestar.datastructures import Cookie
from msgspec.structs import replace
from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError

from lanzarote.accounts import attempts, service, sessions
from lanzarote.accounts.model import Account, ApiToken
from lanzarote.accounts.secrets import kept, new_secret
from lanzarote.errors import DatabaseAway, NotFound, NotWritten
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import ACTIONS, Limits, placed
from lanzarote.records.records import now
from lanzarote.store.ids import new_id
from lanzarote.translation import N_
from lanzarote.web.exports import is_embed
from lanzarote.web.gate import NOBODY, Reader, remember
from lanzarote.web.limits import SENDER, sender_of
from lanzarote.web.sharing import is_help

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.store.database import Database

    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
    Asgi = Callable[[MutableMapping[str, Any], Any, Send], Awaitable[None]]


PREFIX: Final = "lz_"
"""By which programs that look for leaked secrets can tell one."""
LONGEST: Final = timedelta(days=366)
MOST: Final = 50

NO_ACTION = N_("Choose at least one thing that the token may do.")
NO_END = N_("Choose a day within a year on which the token ends.")
TOO_MANY = N_("This account has fifty tokens; revoke one that is no longer used.")


def make(
    session: Session,
    account_id: str,
    *,
    name: str,
    actions: Sequence[str],
    region_id: str,
    strong: bool,
    ends_at: datetime,
    at: datetime,
) -> str:
    """Make a token and return it; it is known to nobody afterwards. Raises service.Refused."""
    chosen = [action for action in ACTIONS if action in actions]
    if not chosen:
        raise service.Refused(NO_ACTION, "actions")
    if not at < ends_at <= at + LONGEST:
        raise service.Refused(NO_END, "ends")
    mine = select(func.count()).select_from(ApiToken).where(ApiToken.account_id == account_id)
    if (session.scalar(mine) or 0) >= MOST:
        raise service.Refused(TOO_MANY, "name")
    token = PREFIX + new_secret()
    session.add(
        ApiToken(
            token_hash=kept(token),
            id=new_id(),
            account_id=account_id,
            name=service.checked_name(name),
            actions=" ".join(chosen),
            region_id=region_id,
            strong=strong,
            made_at=at,
            ends_at=ends_at,
            used_at=None,
        )
    )
    service.tell(session, account_id, "make token", by=account_id, at=at)
    service.notify(session, service.account(session, account_id), "token")
    return token


def find(session: Session, token: str, at: datetime) -> sessions.Known | None:
    """Whose *token* it is, if it works."""
    joined = select(ApiToken, Account).join(Account, Account.id == ApiToken.account_id)
    row = session.execute(joined.where(ApiToken.token_hash == kept(token), Account.state == "active")).first()
    if row is None or row[0].ends_at <= at:
        return None
    known, account = row
    limits = Limits(actions=frozenset(known.actions.split()), region_id=known.region_id)
    actor = replace(sessions.actor_of(session, account, strong=known.strong), limits=limits)
    stale = known.used_at is None or at - known.used_at > sessions.NOTED_EVERY
    return sessions.Known(actor=actor, token_hash=known.token_hash, stale=stale)


def note(session: Session, token_hash: str, at: datetime) -> None:
    """Note that the token is in use."""
    session.execute(update(ApiToken).where(ApiToken.token_hash == token_hash).values(used_at=at))


def of_account(session: Session, account_id: str) -> Sequence[ApiToken]:
    return session.scalars(
        select(ApiToken).where(ApiToken.account_id == account_id).order_by(ApiToken.made_at.desc())
    ).all()


def revoke(session: Session, account_id: str, token_id: str, *, at: datetime) -> None:
    """Raises NotFound."""
    row = session.scalars(select(ApiToken).where(ApiToken.id == token_id, ApiToken.account_id == account_id)).first()
    if row is None:
        raise NotFound("The account has no such token.")
    session.delete(row)
    service.tell(session, account_id, "revoke token", by=account_id, at=at)


# --- Finds out whose session or token a request carries, before anything else looks at it ---

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
        if found.actor.signed_in:
            SENDER.set(found.actor.account_id)
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
        known = find(session, token, at)
    if known is None:
        return Reader(bad_token=True, wait=_count_wrong(database, sender, at))
    if known.stale:
        _note(database, note, known.token_hash, at)
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
