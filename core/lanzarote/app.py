"""The web application of one instance: all rooms' pages and resources, and what goes with every answer."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import asynccontextmanager, suppress
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from litestar import Litestar
from litestar._parsers import parse_url_encoded_form_data
from litestar.concurrency import sync_to_thread
from litestar.config.app import AppConfig
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler

from lanzarote import guard
from lanzarote.accounts.answers import interrupted, unwritten
from lanzarote.accounts.people_pages import leads_alone
from lanzarote.accounts.secrets import SpentLink
from lanzarote.accounts.sign_in_pages import spent
from lanzarote.accounts.tokens import Identified
from lanzarote.activity.team_bar import team_bar
from lanzarote.compendium.pages import link as compendium_link
from lanzarote.composition import kinds
from lanzarote.errors import NotWritten
from lanzarote.findable.reading import found_beside
from lanzarote.following.pages import button as follow_button
from lanzarote.kinds.api import resources_of
from lanzarote.kinds.pages import handlers_of
from lanzarote.office.tallies import catch_up
from lanzarote.transfers.elsewhere_pages import asked as asked_elsewhere
from lanzarote.transfers.pages import line as travels_line
from lanzarote.transfers.pages import procedure_line, taken_from
from lanzarote.web.cache import PublicCache
from lanzarote.web.failures import answer
from lanzarote.web.front import Front, know_template
from lanzarote.web.gate import Interrupted, bind, give_instance, give_site
from lanzarote.web.limits import Turns
from lanzarote.web.routes import LARGEST_BODY, register
from lanzarote.web.sharing import require_readable, share
from lanzarote.web.site import Site
from lanzarote.web.texts import safe_html

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator
    from types import ModuleType

    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler
    from litestar.types import ASGIApp, Message, Scope

    from lanzarote.instance import Instance
    from lanzarote.kinds.kind import Kind
    from lanzarote.telemetry.metrics import Metrics
    from lanzarote.web.limits import Receive, Send

ROOMS = (
    "lanzarote.territory.start_pages",
    "lanzarote.territory.convention_pages",
    "lanzarote.territory.data_catalogue",
    "lanzarote.web.help_pages",
    "lanzarote.web.notices",
    "lanzarote.web.reuse_pages",
    "lanzarote.accounts.sign_in_pages",
    "lanzarote.accounts.provider_pages",
    "lanzarote.accounts.profile_pages",
    "lanzarote.accounts.people_pages",
    "lanzarote.system.pages",
    "lanzarote.territory.pages",
    "lanzarote.stakeholders.pages",
    "lanzarote.importing.pages",
    "lanzarote.stakeholders.team_pages",
    "lanzarote.stakeholders.taking_part_pages",
    "lanzarote.practices.team_pages",
    "lanzarote.practices.pages",
    "lanzarote.practices.assessing_pages",
    "lanzarote.practices.holder_pages",
    "lanzarote.practices.feeds",
    "lanzarote.findable.pages",
    "lanzarote.procedures.team_pages",
    "lanzarote.procedures.asked",
    "lanzarote.procedures.pages",
    "lanzarote.evaluation.pages",
    "lanzarote.evaluation.value_pages",
    "lanzarote.evaluation.evaluation_pages",
    "lanzarote.evaluation.answer_pages",
    "lanzarote.meetings.public",
    "lanzarote.meetings.pages",
    "lanzarote.meetings.invitation",
    "lanzarote.meetings.mandates",
    "lanzarote.improvements.pages",
    "lanzarote.improvements.positions_pages",
    "lanzarote.improvements.own_pages",
    "lanzarote.improvements.entries_pages",
    "lanzarote.transfers.pages",
    "lanzarote.transfers.elsewhere_pages",
    "lanzarote.transfers.team_pages",
    "lanzarote.compendium.pages",
    "lanzarote.downloads.pages",
    "lanzarote.downloads.list_pages",
    "lanzarote.following.pages",
    "lanzarote.activity.pages",
    "lanzarote.office.pages",
    "lanzarote.office.source_pages",
    "lanzarote.results.team_pages",
    "lanzarote.web.openapi",
    "lanzarote.accounts.api",
    "lanzarote.system.api",
    "lanzarote.territory.region_api",
    "lanzarote.stakeholders.api",
    "lanzarote.stakeholders.team_api",
    "lanzarote.stakeholders.taking_part_api",
    "lanzarote.practices.api",
    "lanzarote.findable.api",
    "lanzarote.practices.team_api",
    "lanzarote.practices.assess_api",
    "lanzarote.procedures.api",
    "lanzarote.evaluation.api",
    "lanzarote.evaluation.indicator_api",
    "lanzarote.evaluation.evaluation_api",
    "lanzarote.meetings.api",
    "lanzarote.improvements.public",
    "lanzarote.improvements.positions_api",
    "lanzarote.office.api",
    "lanzarote.transfers.api",
    "lanzarote.following.api",
    "lanzarote.activity.api",
    "lanzarote.reports.pages",
    "lanzarote.results.sending_api",
    "lanzarote.results.source_api",
)
"""Modules that declare pages and resources of their own."""

SQLITE_THREADS = 4


def create_app(instance: Instance, answering: Litestar | None = None) -> ASGIApp:
    """Make the ASGI application of *instance*; it starts and stops the instance's worker, and does not close it.

    *answering*: other routes than those of all rooms.
    """
    return front_of(instance, answering)  # type: ignore[return-value]


def front_of(instance: Instance, answering: Litestar | None = None) -> Front:
    """As ``create_app``; it says which metrics are kept."""
    app = Application(instance, answering or routes())
    cache = PublicCache(Identified(app, instance), instance, app.site.static_files)
    return Front(cache, instance, _metrics_of(instance, cache))


def _metrics_of(instance: Instance, cache: PublicCache) -> Metrics | None:
    if not (instance.settings.metrics or instance.settings.metrics_token):
        return None
    from lanzarote.telemetry.metrics import Metrics  # its library takes a tenth of a second

    return Metrics(instance, cache)


class Application:
    """ASGI: *routes* that answer for *instance*, without what stands before them: cache, static files, headers."""

    def __init__(self, instance: Instance, routes: Litestar) -> None:
        instance.wake()
        instance.host.report()
        self.site = Site(instance)
        self.site.pieces["team_bar"] = team_bar
        self.site.pieces["leads alone"] = leads_alone
        self.site.pieces["compendium"] = compendium_link
        self.site.pieces["follow"] = follow_button
        self.site.pieces["beside"] = found_beside
        self.site.pieces["travels"] = travels_line
        self.site.pieces["taken_from"] = taken_from
        self.site.pieces["procedure travels"] = procedure_line
        self.site.pieces["asked elsewhere"] = asked_elsewhere
        self._routes = routes

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            bind(scope, self.site)
            await self._routes(scope, receive, send)  # type: ignore[arg-type]

    async def _live(self, receive: Receive, send: Send) -> None:
        """Work from when the server says that it starts until it says that it stops."""
        await receive()
        step = "startup"
        try:
            async with _working(self.site.instance):
                await send({"type": "lifespan.startup.complete"})
                step = "shutdown"
                await receive()
        except BaseException as error:
            await send({"type": f"lifespan.{step}.failed", "message": str(error)})
            raise
        await send({"type": "lifespan.shutdown.complete"})


@asynccontextmanager
async def _working(instance: Instance) -> AsyncIterator[None]:
    # On SQLite more threads would wait for each other, and each keeps a connection and memory of its own.
    threads = SQLITE_THREADS if instance.database.sqlite else min(32, (os.cpu_count() or 1) + 4)
    asyncio.get_running_loop().set_default_executor(Turns("read", threads=threads))
    # What computes lets go on after a thousandth of a second who only has to hand over what is there.
    sys.setswitchinterval(0.001)
    instance.database.answer_soon()
    if instance.settings.office:
        with suppress(NotWritten):
            await sync_to_thread(catch_up, instance.database)
    await sync_to_thread(instance.remember_help)
    instance.worker.start()
    loop = asyncio.get_running_loop()
    loop.call_later(1, loop.run_in_executor, None, _get_ready)
    try:
        yield
    finally:
        instance.worker.stop()


def _get_ready() -> None:
    """Read what the first who sends a text or reads one would wait for, and a start does without."""
    guard.get_ready()
    safe_html("")


@cache
def routes() -> Litestar:
    """The routes of this process, looked at once, however many instances it serves."""
    return create_routes()


def handlers_of_all(declared: Iterable[Kind[Any, Any]]) -> Iterator[Any]:
    """Pages and resources of all rooms, and of the *declared* kinds.

    Where a room has a list or a form of its own, the kind's gives way; what is an action has one address.
    """
    own = [*{id(one): one for room in ROOMS for one in _declared_in(import_module(room))}.values()]
    taken = {(path, method) for one in own for path in one.paths for method in one.http_methods}
    yield from own
    for kind in declared:
        actions = tuple(f"/{action.name}" for action in kind.actions)
        for one in (*handlers_of(kind), *resources_of(kind)):
            addresses = {(path, method) for path in one.paths for method in one.http_methods}
            if addresses.isdisjoint(taken) or any(path.endswith(actions) for path in one.paths):
                yield one


def _declared_in(module: ModuleType) -> Iterator[HTTPRouteHandler]:
    """What ``@page``, ``@form``, ``@resource`` and their like declare there; ``handlers`` has what functions make."""
    yield from (one for one in vars(module).values() if isinstance(one, HTTPRouteHandler))
    yield from getattr(module, "handlers", ())


def create_routes(declared: Iterable[Kind[Any, Any]] | None = None) -> Litestar:
    """All pages and resources, with those of the *declared* kinds; which instance a request is for, it says itself."""
    config = AppConfig(
        dependencies={
            "site": Provide(give_site, sync_to_thread=False),
            "instance": Provide(give_instance, sync_to_thread=False),
        },
        exception_handlers={Interrupted: interrupted, NotWritten: unwritten, SpentLink: spent, Exception: answer},
        guards=[_readable],
        before_send=[_after],
        request_max_body_size=LARGEST_BODY,
        openapi_config=None,  # the resources describe themselves: web/openapi.py
        debug=False,
    )
    app = Litestar.from_config(config)
    register(app, handlers_of_all(kinds() if declared is None else declared))
    return app


def _readable(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    require_readable(connection.scope)


async def _after(message: Message, scope: Scope) -> None:
    if message["type"] == "http.response.start":
        if scope.get("method") == "POST":
            # Litestar remembers the last forms it read: passwords, and texts that the guard refused.
            parse_url_encoded_form_data.cache_clear()
        share(message, scope)
        know_template(scope, scope.get("path_template", ""))
