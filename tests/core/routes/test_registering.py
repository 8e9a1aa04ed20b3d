"""Rooms' handlers become routes, each address looked at once."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from lanzarote.app import ROOMS, _register, create_routes
from litestar import Litestar, get, post
from litestar.exceptions import ImproperlyConfiguredException
from litestar.routes import HTTPRoute
from litestar.testing import TestClient


def answering(app: Litestar) -> dict[str, dict[str, Any]]:
    return {
        route.path: {str(method): handler.fn for method, (handler, _) in route.route_handler_map.items()}
        for route in app.routes
        if isinstance(route, HTTPRoute)
    }


def test_every_address_answers_with_what_litestar_itself_would_choose() -> None:
    app = create_routes()
    handlers = [handler for room in ROOMS for handler in import_module(room).handlers]
    ours, theirs = answering(app), answering(Litestar(handlers, dependencies=app.dependencies, openapi_config=None))
    for methods in (*ours.values(), *theirs.values()):
        del methods["OPTIONS"]  # made for each application
    assert list(ours) == list(theirs)
    assert ours == theirs


def test_two_that_would_answer_the_same_are_refused() -> None:
    @get("/a")
    async def one() -> None: ...

    @get("/a")
    async def other() -> None: ...

    with pytest.raises(ImproperlyConfiguredException, match="already registered for path '/a'"):
        _register(Litestar(), [one, other])


def test_an_address_of_several_handlers_tells_all_its_methods() -> None:
    @get("/a")
    async def one() -> None: ...

    @post("/a")
    async def other() -> None: ...

    app = Litestar()
    _register(app, [one, other])
    with TestClient(app) as client:
        assert client.options("/a").headers["allow"] == "GET, OPTIONS, POST"
