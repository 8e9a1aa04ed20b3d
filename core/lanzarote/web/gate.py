"""Who stands before the door: the instance, the reader's session, and whether a request may come in at all."""

from __future__ import annotations

import hmac
from hashlib import sha256
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any, Final

from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.datastructures import UploadFile
from litestar.exceptions import ClientException, NotFoundException, PermissionDeniedException
from litestar.types import Scope
from msgspec import Struct

from lanzarote.errors import DatabaseAway, LanzaroteError, NotPermitted
from lanzarote.records.permissions import NOT_SIGNED_IN, VISITOR, Actor, may_in
from lanzarote.records.received import RECEIVED
from lanzarote.store.replica import ask_primary
from lanzarote.translation.catalogues import N_
from lanzarote.web.forms import TOO_LARGE, Malformed, TooLarge, require_text
from lanzarote.web.limits import sender_of

if TYPE_CHECKING:
    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler

    from lanzarote.instance import Instance
    from lanzarote.web.site import Site

    Connection = ASGIConnection[Any, Any, Any, Any]


# --- The instance that a request is for: the routes of a process are the same for all its instances ---

_SITE: Final = "lanzarote.site"
_OF_ALL: Final = "lanzarote.of_all"


def bind(scope: Any, site: Site) -> None:
    """Let everything that handles this request know where it is."""
    scope[_SITE] = site


def site_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Site:
    site: Site = connection.scope[_SITE]  # type: ignore[typeddict-item]
    return site


def instance_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Instance:
    return site_of(connection).instance


class Told:
    """What an answer tells of, beside the region that its address belongs to."""

    def __init__(self) -> None:
        self.of_all = False
        self.passing = False
        """It holds for this moment only: something could not be read."""


def listen(scope: Any) -> Told:
    """Hear what the answer to this request will tell of."""
    told: Told = scope.setdefault(_OF_ALL, Told())
    return told


def tell_of_all(scope: Any) -> None:
    """The answer tells of other regions too: it is kept in memory until something changes in any of them."""
    listen(scope).of_all = True


# Litestar looks up what these signatures name when it takes the routes: no rooms, therefore.


def give_site(scope: Scope) -> Any:
    """What handlers are given as ``site``."""
    return scope[_SITE]  # type: ignore[typeddict-item]


def give_instance(scope: Scope) -> Any:
    """What handlers are given as ``instance``."""
    return scope[_SITE].instance  # type: ignore[typeddict-item]


# --- Who stands before the door: the reader's session, and whether a request may come in at all ---
# A request that changes something comes from one of our own pages and carries the key of the session it is made in.

FORM: Final = "application/x-www-form-urlencoded"
UPLOAD: Final = "multipart/form-data"
JSON: Final = "application/json"
PLAIN: Final[tuple[dict[str, str], ...]] = ({}, {"charset": "utf-8"})
"""Parameters of the content type that change nothing."""
FORM_KEY: Final = "key"
"""Name of the hidden field that carries the session's key."""
_RENDERED: Final = "."
"""Parts the session's key from what one rendering of a page adds to it."""
_WRITER: Final = 16
"""So many characters tell one person's forms from another's."""
_STATE: Final = "lanzarote.reader"
LARGEST_TOLD: Final = 32 * 1024
"""Up to here a form of somebody who sends too often is read, so that its writer is shown what it held."""
LARGEST_UNKNOWN: Final = 768 * 1024
"""Of a form of somebody who is not known: as much as is carried on behind a sign-in."""
LARGEST_NUMBER: Final = 10**9
"""In an address: of a version, say."""
MOST_FIELDS: Final = 5_000
"""Of a form; ours have some hundred."""
ALSO_RECEIVED: Final = frozenset({"activity.read"})
"""What is done with a region that is received, too."""

OTHER_SESSION = N_("This page was opened before you signed in again.")
TOO_MANY_POSTS = N_("Too much was sent from your connection within a few minutes. Nothing of this was kept.")
BAD_TOKEN = N_("This token is wrong, has expired, or was revoked.")


class Reader(Struct, frozen=True, kw_only=True):
    """Who asks, and in which session."""

    actor: Actor = VISITOR
    form_key: str = ""
    """What forms of the session carry; empty without one."""
    session: str = ""
    """Hash of the session's token."""
    bad_token: bool = False
    """A token was given, and it is nobody's."""
    unknown: bool = False
    """There is a session or a token, and the database cannot be asked whose it is."""
    wait: int = 0
    """So many wrong tokens came from there that it has to wait for as many seconds."""

    @property
    def rendered_key(self) -> str:
        """The form key, another for each form that is rendered: the same form sent twice is known by it."""
        return f"{self.form_key}{_RENDERED}{self.writer}{token_urlsafe(9)}" if self.form_key else ""

    @property
    def writer(self) -> str:
        """The same in all forms of one person, whichever session they are in."""
        return sha256(self.actor.account_id.encode()).hexdigest()[:_WRITER]


NOBODY: Final = Reader()


class Interrupted(LanzaroteError):
    """A request that its sender may not make just now; what was written is not lost, a page carries it on."""

    def __init__(self, text: str, written: tuple[tuple[str, str], ...] = (), writer: str = "") -> None:
        super().__init__(text)
        self.written = written
        """Fields of the form that was sent; empty when there was none, or when it may not be shown again."""
        self.writer = writer
        """Whose form it was (``Reader.writer``); empty where it does not say."""


class NotSignedIn(Interrupted):
    """The address is for people with an account."""

    headers: Final = {"WWW-Authenticate": 'Bearer realm="lanzarote"'}
    """For programs; pages say it in words."""


class BadToken(LanzaroteError):
    """The token that a program gave is nobody's."""

    headers: Final = {"WWW-Authenticate": 'Bearer realm="lanzarote", error="invalid_token"'}


class TooManyWrongTokens(LanzaroteError):
    """Whoever sends wrong tokens has to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            f"Too many wrong tokens came from where you are. Wait {seconds} seconds; then use a right one."
        )
        self.headers = {"Retry-After": str(seconds)}


class TooManyPosts(Malformed):
    """So much was sent to public forms from there that the sender has to wait."""

    def __init__(self, seconds: int, written: tuple[tuple[str, str], ...]) -> None:
        super().__init__(TOO_MANY_POSTS, written)
        self.headers = {"Retry-After": str(seconds)}


class Flood(LanzaroteError):
    """Its sender goes on although it was told to wait: the answer costs as little as one can."""

    def __init__(self, seconds: int) -> None:
        super().__init__(TOO_MANY_POSTS)
        self.headers = {"Retry-After": str(seconds)}


class OtherSession(Interrupted):
    """The form was made in another session than the one it is sent in."""


def reader_of(connection: Connection) -> Reader:
    """Who asks; nobody in particular unless the application found a session."""
    return reader_in(connection.scope)


def reader_in(scope: Any) -> Reader:
    """As ``reader_of``, of an ASGI scope."""
    known: Any = scope.get(_STATE)
    return known if isinstance(known, Reader) else NOBODY


def remember(scope: Any, reader: Reader) -> None:
    """Let everything that handles this request know who asks."""
    scope[_STATE] = reader


def freshly(_: ASGIConnection[Any, Any, Any, Any], __: BaseRouteHandler) -> None:
    """Guard of what no public revision tells of: a read replica may not have it yet."""
    ask_primary()


async def permitted(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard: what the route says of who may ask. Raises NotSignedIn, NotPermitted, BadToken."""
    may = handler.opt["may"]
    reader = reader_of(connection)
    if reader.wait:
        raise TooManyWrongTokens(reader.wait)
    if reader.bad_token:
        raise BadToken(BAD_TOKEN)
    if any(isinstance(value, int) and value > LARGEST_NUMBER for value in connection.path_params.values()):
        raise NotFoundException  # no database could even be asked for it
    if may == "public":
        return
    await _require_known(connection, handler)
    actor = reader.actor
    if not actor.signed_in:
        raise NotSignedIn(NOT_SIGNED_IN, await _written(connection, handler), await _writer(connection, handler))
    if may != "signed-in" and not (verdict := may_in(actor, may, connection.path_params.get("region", ""))):
        raise NotPermitted(verdict.reason)
    region, origin_of = connection.path_params.get("region"), instance_of(connection).origin
    # What is written elsewhere has no team here; who did what with it here can be read all the same.
    if region and may not in ALSO_RECEIVED and await sync_to_thread(origin_of, region):
        raise NotPermitted(RECEIVED)


async def from_our_uploads(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard: a form with a file, of one of our own pages. Raises 415 and 403 for the rest."""
    request: Request[Any, Any, Any] = connection  # type: ignore[assignment]
    if request.content_type[0] != UPLOAD:
        raise ClientException("This address takes forms with a file only.", status_code=415)
    if _from_elsewhere(connection):
        raise PermissionDeniedException("Forms are taken from our own pages only.")


async def within_limit(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard: counts what is sent to public forms, before it is read. Raises TooManyPosts."""
    posts, sender = site_of(connection).public_posts, sender_of(connection.scope)
    if seconds := posts.wait(sender):
        if posts.floods(sender):
            raise Flood(seconds)
        length = _length(connection)
        short = length is not None and length <= LARGEST_TOLD
        raise TooManyPosts(seconds, await _written(connection, handler) if short else ())


def _length(connection: Connection) -> int | None:
    """Bytes of the body, as its sender says; None: it does not say."""
    said = connection.headers.get("content-length", "")
    return int(said) if said.isdecimal() and len(said) < 20 else None


async def from_our_pages(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard: a form of one of our own pages, of which nothing is read that its sender may not send.

    Raises 415 for what is no form, 403 for what comes from elsewhere, TooLarge, TooManyPosts.
    """
    request: Request[Any, Any, Any] = connection  # type: ignore[assignment]
    if request.content_type[0] != FORM:
        raise ClientException("This address takes forms only.", status_code=415)
    if _from_elsewhere(connection):
        raise PermissionDeniedException("Forms are taken from our own pages only.")
    if reader_of(connection).actor.signed_in:
        return
    length = _length(connection)
    if length is not None and length > min(handler.opt["largest"], LARGEST_UNKNOWN):
        raise TooLarge(TOO_LARGE, ())
    if (length is None or length > LARGEST_TOLD) and not handler.opt["counted"]:
        await within_limit(connection, handler)


async def is_text(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard: a form as browsers write it. Raises Malformed for what is no text, TooLarge."""
    request: Request[Any, Any, Any] = connection  # type: ignore[assignment]
    body, written = await request.body(), await _fields(request)
    await sync_to_thread(require_text, body, written)
    if len(body) > handler.opt["largest"]:
        raise TooLarge(TOO_LARGE, written)


async def from_a_program(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard: JSON, or what else the route takes, that no page of another site had a browser send.

    Raises 415 and 403 for the rest.
    """
    request: Request[Any, Any, Any] = connection  # type: ignore[assignment]
    kind, parameters = request.content_type
    sent = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    bare = handler.opt.get("bare") and not sent and not kind
    wanted = handler.opt.get("takes", JSON)
    if not bare and (
        kind != wanted or {name.lower(): value.lower() for name, value in parameters.items()} not in PLAIN
    ):
        what = "JSON" if wanted == JSON else "results"
        raise ClientException(f"This address takes {what} only. Send it with Content-Type: {wanted}.", status_code=415)
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ClientException("What is sent here is not compressed; leave Content-Encoding out.", status_code=415)
    if _from_elsewhere(connection):
        raise PermissionDeniedException("Changes are taken from programs, not from pages of other sites.")


def _from_elsewhere(connection: Connection) -> bool:
    """Whether a page of another site had a browser send this."""
    headers = connection.headers
    if (site := headers.get("sec-fetch-site")) is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    base_url = instance_of(connection).settings.base_url
    return origin is not None and _host(origin) not in {headers.get("host"), _host(base_url)} - {""}


async def carries_key(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard: the form was made in the session it is sent in. Raises OtherSession."""
    request: Request[Any, Any, Any] = connection  # type: ignore[assignment]
    await _require_known(connection, handler)
    given = (await request.form()).get(FORM_KEY, "")
    own = given.partition(_RENDERED)[0] if isinstance(given, str) else ""
    if not hmac.compare_digest(own.encode(), reader_of(connection).form_key.encode()):
        await close_uploads(request)
        raise OtherSession(OTHER_SESSION, await _written(connection, handler), await _writer(connection, handler))


async def _require_known(connection: Connection, handler: BaseRouteHandler) -> None:
    if reader_of(connection).unknown:
        away = DatabaseAway()
        away.written = await _written(connection, handler)
        raise away


async def close_uploads(request: Request[Any, Any, Any]) -> None:
    """Let go of the files that a form brought."""
    for _, value in (await request.form()).multi_items():
        if isinstance(value, UploadFile):
            await value.close()


async def _written(connection: Connection, handler: BaseRouteHandler) -> tuple[tuple[str, str], ...]:
    """What the form holds; nothing for an address whose forms hold secrets."""
    request: Request[Any, Any, Any] = connection  # type: ignore[assignment]
    if request.method != "POST" or not handler.opt.get("carried"):
        return ()
    return await _fields(request)


async def _writer(connection: Connection, handler: BaseRouteHandler) -> str:
    """Whose form was sent, if that is to be told."""
    request: Request[Any, Any, Any] = connection  # type: ignore[assignment]
    if request.method != "POST" or not handler.opt.get("carried"):
        return ""
    given = (await request.form()).get(FORM_KEY, "")
    return given.partition(_RENDERED)[2][:_WRITER] if isinstance(given, str) else ""


async def _fields(request: Request[Any, Any, Any]) -> tuple[tuple[str, str], ...]:
    """Raises TooLarge: every field costs, the shortest, too."""
    if request.content_type[0] == FORM and (await request.body()).count(b"&") >= MOST_FIELDS:
        raise TooLarge(TOO_LARGE, ())
    fields = (await request.form()).multi_items()
    return tuple((name, value) for name, value in fields if isinstance(value, str) and name != FORM_KEY)


def is_rendered(key: object) -> bool:
    """Whether a form's key tells from which rendering of a page it was sent."""
    return isinstance(key, str) and _RENDERED in key


def _host(address: str) -> str:
    return address.partition("://")[2].partition("/")[0]
