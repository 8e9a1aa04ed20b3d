"""Routes whose handlers are looked at when the first request comes, not when the site starts.

What Litestar finds out of a handler's signature takes half a millisecond: of 1,400, a third of a start. The first
request of each address waits for it instead.
"""

from __future__ import annotations

import threading
from copy import copy
from typing import TYPE_CHECKING, Any, Final

from litestar.exceptions import ImproperlyConfiguredException
from litestar.routes import HTTPRoute

from lanzarote.web.sharing import OPT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from litestar import Litestar
    from litestar._kwargs import KwargsModel
    from litestar.handlers import HTTPRouteHandler
    from litestar.types import HTTPScope, Method, Receive, Send

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
