"""Whoever sends too much is heard out before they are answered, as far as that is bounded.

A server that answers and closes while the other side is still sending breaks the connection, and nobody reads why.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    Asgi = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

MOST_BYTES = 32 * 1024 * 1024
LONGEST = 10.0
"""Seconds."""


async def heard_out(app: Asgi, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """Let *app* answer; what it did not read of the request is thrown away before the answer is sent."""
    # Who asks first whether to go on has not sent anything, and need not.
    asks_first = any(name == b"expect" for name, _ in scope["headers"])
    begun, ended = not asks_first, False

    async def read() -> Message:
        nonlocal begun, ended
        begun = True
        message = await receive()
        ended = not message.get("more_body")
        return message

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start" and begun and not ended:
            with suppress(TimeoutError):
                async with asyncio.timeout(LONGEST):
                    taken = 0
                    while not ended and taken <= MOST_BYTES:
                        taken += len((await read()).get("body", b""))
        await send(message)

    await app(scope, read, answer)
