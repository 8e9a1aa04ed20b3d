"""Every route of the application, and what its guards let through, without anything being done behind them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lanzarote.accounts.tokens import Identified
from lanzarote.app import Application, create_routes
from lanzarote.web.cache import PublicCache
from litestar import Response
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.instance import Instance
    from litestar import Litestar, Request

REACHED = 299
"""Status of whatever comes past the guards; no page answers so."""
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


class Route(Struct, frozen=True, kw_only=True):
    """One method at one address."""

    method: str
    path: str
    """With its parameters and their types in braces."""
    may: str
    """Who may ask, as it is declared; empty when nothing is."""
    from_anywhere: bool = False
    """Whoever holds the secret in its address may send to it from anywhere."""
    takes: str = "application/json"
    """What is sent to it, if it is the API's."""

    upload: bool = False
    """Its form brings a file."""

    @property
    def api(self) -> bool:
        return self.path.startswith("/api/")

    @property
    def kind(self) -> str:
        if self.api:
            return "resource"
        if self.method == "GET":
            return "page"
        return "upload" if self.upload else "sent from anywhere" if self.from_anywhere else "form"

    @property
    def regional(self) -> bool:
        return "{region:str}" in self.path

    def address(self, region_id: str = "paris") -> str:
        known = {"lang": "en", "region": region_id}
        return re.sub(r"\{(\w+):(\w+)\}", lambda one: known.get(one[1], "1" if one[2] == "int" else "x"), self.path)

    def __str__(self) -> str:
        return f"{self.method} {re.sub(r':[a-z]+}', '}', self.path)}"


def walked(app: Litestar) -> Iterator[Route]:
    """Every route but the answers to OPTIONS, which Litestar makes itself and which tell the methods alone."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", None) or [route.route_handler]:  # type: ignore[union-attr]
            for method in sorted({"GET", *getattr(handler, "http_methods", ())} - {"HEAD"}):
                if method == "OPTIONS" or method not in getattr(handler, "http_methods", {"GET"}):
                    continue
                name = str(getattr(method, "value", method))
                upload = bool(handler.opt.get("upload"))
                anywhere = bool(handler.opt.get("from_anywhere"))
                takes = handler.opt.get("takes", "application/json")
                may = handler.opt.get("may", "")
                yield Route(method=name, path=route.path, may=may, from_anywhere=anywhere, takes=takes, upload=upload)


def stopped_behind_the_guards(instance: Instance) -> tuple[Any, Litestar]:
    """The application, in which whatever passes the guards is told so and goes no further."""
    routes = create_routes()

    async def stop(_: Request[Any, Any, Any]) -> Response[Any]:
        return Response("", status_code=REACHED)

    routes.before_request = stop
    app = Application(instance, routes)
    return PublicCache(Identified(app, instance), instance, app.site.static_files), routes
