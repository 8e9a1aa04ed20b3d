"""Rooms' handlers become routes, each address looked at once, when it is asked for."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from lanzarote.app import create_routes, handlers_of_all
from lanzarote.composition import kinds
from lanzarote.web.routes import LateRoute, register
from litestar import Litestar, get, post
from litestar.exceptions import ImproperlyConfiguredException
from litestar.params import FromPath
from litestar.routes import HTTPRoute
from litestar.testing import TestClient


def answering(app: Litestar) -> dict[str, dict[str, Any]]:
    return {
        route.path: {str(method): handler.fn for method, (handler, _) in route.route_handler_map.items()}
        for route in app.routes
        if isinstance(route, HTTPRoute)
    }


def looked_at(app: Litestar) -> Litestar:
    """*app*, of which every address has been asked for."""
    for route in app.routes:
        assert isinstance(route, LateRoute)
        route.look()
    return app


def test_every_address_answers_with_what_litestar_itself_would_choose() -> None:
    handlers, given = [*handlers_of_all(kinds())], create_routes().dependencies
    app = Litestar(dependencies=given, openapi_config=None)
    register(app, handlers)
    ours = answering(looked_at(app))
    theirs = answering(Litestar(handlers, dependencies=given, openapi_config=None))
    for methods in (*ours.values(), *theirs.values()):
        del methods["OPTIONS"]  # made for each application
    assert list(ours) == list(theirs)
    assert ours == theirs


def test_two_that_would_answer_the_same_are_refused() -> None:
    @get("/a")
    async def one() -> None: ...

    @get("/a")
    async def other() -> None: ...

    with pytest.raises(ImproperlyConfiguredException, match="two handlers answer GET /a"):
        register(Litestar(), [one, other])


def test_an_address_of_several_handlers_tells_all_its_methods() -> None:
    @get("/a")
    async def one() -> None: ...

    @post("/a")
    async def other() -> None: ...

    app = Litestar()
    register(app, [one, other])
    with TestClient(app) as client:
        assert client.options("/a").headers["allow"] == "GET, OPTIONS, POST"


def test_a_handler_is_looked_at_when_it_is_asked_for() -> None:
    @get("/sound")
    async def sound() -> str:
        return "well"

    @get("/unsound")
    async def unsound():  # type: ignore[no-untyped-def]
        return "Litestar refuses what says not what it returns"

    app = Litestar(debug=False)
    register(app, [sound, unsound])
    with TestClient(app, raise_server_exceptions=False) as client:
        assert client.get("/unsound").status_code == 500
        assert client.get("/sound").text == "well"
        assert client.get("/unsound").status_code == 500


def test_those_that_ask_first_in_several_threads_are_all_answered() -> None:
    @get("/a/{number:int}")
    async def one(number: FromPath[int]) -> int:
        return number

    app = Litestar()
    register(app, [one])
    together, answers = threading.Barrier(8, timeout=10), []

    def ask(number: int) -> None:
        client = TestClient(app)
        together.wait()
        answers.append(client.get(f"/a/{number}").json())

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == list(range(8))
