"""Whether each handler has been seen to succeed: what browsers and programs were answered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lanzarote.instance import Instance


class Succeeded:
    """An application, and which of its handlers have done what they are there for."""

    def __init__(self, app: Any, instance: Instance) -> None:
        self.app, self.instance = app, instance
        self.seen: set[str] = set()
        self.broken: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def noted(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.note(scope, message)
            await send(message)

        await self.app(scope, receive, noted)

    def note(self, scope: Any, message: Any) -> None:
        name = f"{scope['method']} {re.sub(r':[a-z]+}', '}', scope.get('path_template', '?'))}"
        to = dict(message["headers"]).get(b"location", b"")
        to_sign_in = b"/account/sign-in" in to and b"next=" in to
        if message["status"] >= 500:
            self.broken.append(f"{scope['method']} {scope['path']}")
        elif message["status"] < 400 and not to_sign_in:
            self.seen.add(name)
