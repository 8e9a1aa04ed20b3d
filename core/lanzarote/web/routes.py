"""How pages are declared: one decorator each, with who may ask for them and what all answers of the kind share."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from copy import copy
from functools import partial, wraps
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, Final, Literal

from litestar import HttpMethod, route
from litestar.concurrency import sync_to_thread
from litestar.exceptions import ImproperlyConfiguredException
from litestar.response import Redirect
from litestar.routes import HTTPRoute

from lanzarote.errors import NotWritten
from lanzarote.records.permissions import Action
from lanzarote.web import exports
from lanzarote.web.double_press import once
from lanzarote.web.exports import EMBED
from lanzarote.web.gate import (
    FORM_KEY,
    carries_key,
    close_uploads,
    freshly,
    from_our_pages,
    from_our_uploads,
    is_text,
    permitted,
    within_limit,
)
from lanzarote.web.limits import Busy, Pool
from lanzarote.web.sharing import OPT, Shared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from litestar import Litestar, Response
    from litestar._kwargs import KwargsModel
    from litestar.handlers import HTTPRouteHandler
    from litestar.types import HTTPScope, Method, Receive, Send


LARGEST_BODY: Final = 256 * 1024
PUBLIC_POSTS: Final = Pool("public-posts", threads=1, waiting=20)
"""What anybody may send is judged here: pages never wait for it."""
CHANGES: Final = Pool("changes", threads=2, waiting=100)
"""What is sent by people who are signed in, and by their programs."""
LARGEST_SHOWN: Final = 4 * 1024 * 1024
"""Up to here a form that holds too much is read of people who are signed in, who are shown what it held."""
GET = (HttpMethod.GET, HttpMethod.HEAD)
May = Action | Literal["public", "signed-in"]
PRIVATE = {
    "Cache-Control": "no-store",
    # So that the browser says truly from where a form is sent; other sites still learn nothing.
    "Referrer-Policy": "same-origin",
}


def page(
    *paths: str,
    may: May = "public",
    shared: Shared = "",
    embed: int = 0,
    pool: Pool | None = None,
    fresh: bool = False,
    **options: Any,
) -> Callable[..., Any]:
    """Declare a page: answers GET and HEAD in a worker thread, stays out of the API's description.

    What is *shared* can be read by scripts on pages of other sites: a feed always, a list as a file. A page with an
    *embed* can stand in a frame of another site, which is suggested to be so many pixels high. A *pool* answers pages
    that wait for others. *fresh*: it shows what no public revision tells of, and no read replica is asked; nor where
    the address holds a secret.
    """
    if (shared or embed) and may != "public":
        raise ValueError(f"{paths[0]} is not public, and shared with everybody")
    if embed:
        paths = (*paths, *(EMBED + path for path in paths))
    fresh = fresh or any("{secret" in path for path in paths)
    guards = [permitted, *([freshly] if fresh else [])]
    return _declared(paths, GET, guards, {"may": may, OPT: shared, exports.OPT: embed}, options, pool)


def form(
    *paths: str, may: May, carried: bool = True, counted: bool = True, pool: Pool | None = None, **options: Any
) -> Callable[..., Any]:
    """Declare where a page's form is sent to: taken from our own pages only, with the session's key if there is one.

    What was written is shown again after a time-out, and when it is too much, unless it is not to be *carried*:
    passwords, codes. A *pool* answers forms that cost much; others share one. What is sent to a public form is
    *counted* by sender, taken or refused, unless the form slows down its senders itself.
    """
    largest = options.pop("request_max_body_size", LARGEST_BODY)
    options["request_max_body_size"] = max(largest, LARGEST_SHOWN if carried and may != "public" else 0)
    if may == "public":
        guards = [*([within_limit] if counted else []), from_our_pages, is_text, permitted]
        pool = pool or PUBLIC_POSTS
    else:
        guards = [from_our_pages, permitted, is_text, carries_key]
        pool = pool or CHANGES
    opt = {"may": may, "carried": carried, "largest": largest, "counted": counted and may == "public"}
    return _declared(paths, (HttpMethod.POST,), guards, opt, options, pool)


def upload(*paths: str, may: May, largest: int, **options: Any) -> Callable[..., Any]:
    """Declare where a page's form with a file is sent to. Nothing of it is read before its sender may send it."""
    options["request_max_body_size"] = largest
    guards = [from_our_uploads, permitted, carries_key]
    declare = _declared(paths, (HttpMethod.POST,), guards, {"may": may, "upload": True}, options)
    return lambda function: declare(_letting_go(function))


def from_anywhere(*paths: str, why: str, **options: Any) -> Callable[..., Any]:
    """Declare where whoever holds the secret in the address may send anything from anywhere, signed in or not; *why*.

    Nothing but the secret counts: no session, no field. What it does has to be harmless when it is done twice.
    """
    return _declared(paths, (HttpMethod.POST,), [], {"may": "public", "from_anywhere": why}, options, PUBLIC_POSTS)


def private(answer: Response[Any]) -> Response[Any]:
    """*answer*, which no cache keeps, and from which forms may be sent."""
    answer.headers.update(PRIVATE)
    return answer


def see_other(path: str) -> Redirect:
    """Lead to *path* after a form, so that going back or reloading sends nothing again."""
    return Redirect(path, status_code=303, headers=dict(PRIVATE))


def _declared(
    paths: tuple[str, ...],
    methods: tuple[HttpMethod, ...],
    guards: list[Any],
    opt: dict[str, Any],
    options: dict[str, Any],
    pool: Pool | None = None,
) -> Callable[..., Any]:
    options.pop("sync_to_thread", None)
    options = {"include_in_schema": False} | options

    def declare(function: Callable[..., Any]) -> Any:
        handler = function if iscoroutinefunction(function) else _in_thread(function, pool)
        if opt.get("carried"):
            handler = _giving_back(once(handler) if opt["may"] != "public" else handler)
        return route(list(paths), http_method=list(methods), guards=guards, opt=opt, **options)(handler)

    return declare


def _letting_go(function: Callable[..., Any]) -> Callable[..., Any]:
    """The files that came are closed when the answer is made."""

    @wraps(function)
    async def called(**values: Any) -> Any:
        try:
            return await function(**values)
        finally:
            await close_uploads(values["request"])

    return called


def _giving_back(function: Callable[..., Any]) -> Callable[..., Any]:
    """What cannot be saved is told together with what was written, so that a page can show it again."""

    @wraps(function)
    async def called(**values: Any) -> Any:
        try:
            return await function(**values)
        except (NotWritten, Busy) as error:
            error.written = tuple(_fields(values.get("data")))
            raise

    return called


def _fields(data: object) -> Iterator[tuple[str, str]]:
    for name, value in data.items() if isinstance(data, dict) else ():
        for one in value if isinstance(value, list) else (value,):
            if isinstance(one, str) and name != FORM_KEY:
                yield name, one


def _in_thread(function: Callable[..., Any], pool: Pool | None) -> Callable[..., Any]:
    """Litestar does this too, but twice over for two handlers at one address."""

    @wraps(function)
    async def called(**values: Any) -> Any:
        if pool is not None:
            return await pool.run(partial(function, **values))
        return await sync_to_thread(function, **values)

    return called


# --- Routes whose handlers are looked at when the first request comes, not when the site starts ---
# What Litestar finds out of a handler's signature takes half a millisecond: of 1,400, a third of a start. The first
# request of each address waits for it instead.

_LOOKING: Final = threading.RLock()
"""The routes of one process may answer in several threads."""


class LateRoute(HTTPRoute):
    """An address, and who answers there."""

    __slots__ = ("_looked_at", "_of")

    def __init__(self, app: Litestar, path: str, handlers: list[HTTPRouteHandler]) -> None:
        """Raises ImproperlyConfiguredException when two *handlers* answer one method."""
        super().__init__(path=path, route_handlers=handlers)
        asked_before, shared = self.route_handlers[-1], [one.opt[OPT] for one in handlers if one.opt.get(OPT)]
        if shared:
            asked_before.opt[OPT] = shared[0]  # Litestar made it, to answer OPTIONS
        self._of, self._looked_at = app, False
        answering: dict[Method, tuple[HTTPRouteHandler, Any]] = {}
        for handler in self.route_handlers:
            for method in handler.http_methods:
                if method in answering:
                    raise ImproperlyConfiguredException(f"two handlers answer {method} {path}")
                answering[method] = (handler, None)
        # Where an address leads is found by this, before anybody asks for it.
        self.route_handler_map = answering

    async def handle(self, scope: HTTPScope, receive: Receive, send: Send) -> None:  # type: ignore[override]
        self.look()
        await super().handle(scope, receive, send)

    def look(self) -> None:
        """Look at the handlers, once. Raises ImproperlyConfiguredException when one cannot be called."""
        if self._looked_at:
            return
        with _LOOKING:
            if not self._looked_at:
                self.route_handler_map = self._look()
                self._looked_at = True

    def _look(self) -> dict[Method, tuple[HTTPRouteHandler, KwargsModel]]:
        answering: dict[Method, tuple[HTTPRouteHandler, KwargsModel]] = {}
        for handler in self.route_handlers:
            handler.on_registration(self._of)
            model = handler.create_kwargs_model(path_parameters=self.path_parameters)
            answering.update((method, (handler, model)) for method in handler.http_methods)
        return answering


def register(app: Litestar, handlers: Iterable[HTTPRouteHandler]) -> None:
    """Do what ``app.register`` does with one handler after the other, looking at each address once.

    It makes an address anew for each of its handlers, and looks through all addresses for each: of eight hundred, a
    start would spend a second more.
    """
    there: dict[str, list[HTTPRouteHandler]] = {}
    for handler in handlers:
        handler.owner = app
        own = copy(handler)
        for path in own.paths:
            there.setdefault(path, []).append(own)
    app.routes.extend(LateRoute(app, path, answering) for path, answering in there.items())
    app.asgi_router.construct_routing_trie()
