"""A button that is pressed twice: the same form, sent again from the same rendering of a page, is answered the same.

What the first press did is not done again, and the second one does not complain about it. Who goes back to the page
later and presses again means it.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.response import Redirect

from lanzarote.errors import LanzaroteError
from lanzarote.records.idempotency import Kept, Keyed, StillRunning
from lanzarote.store.ids import is_id
from lanzarote.web.gate import FORM_KEY, instance_of, is_rendered, reader_of

if TYPE_CHECKING:
    from collections.abc import Callable

AGAIN: Final = timedelta(minutes=1)
"""A second press, or a browser that got no answer and sends again, comes within this time."""
_PAUSE: Final = 0.05
_TRIES: Final = 200
"""Pauses for which the second press waits for the first."""


def once(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let *function* answer a form, or repeat where it led when the very same form was sent just before."""

    @wraps(function)
    async def called(**values: Any) -> Any:
        request: Any = values.get("request")
        if not isinstance(request, Request) or not is_rendered((await request.form()).get(FORM_KEY)):
            return await function(**values)
        answers, account = instance_of(request).answers, reader_of(request).actor.account_id
        body, path = await request.body(), request.scope["path"]
        sent = Keyed.of(account, f"{path}\n{body.decode(errors='replace')}", body)
        for _ in range(_TRIES):
            try:
                with answers.alone(sent):
                    if known := await sync_to_thread(answers.known, sent, AGAIN):
                        return _redirect(known)
                    answer = await function(**values)
                    if isinstance(answer, Redirect) and not answer.cookies:
                        await sync_to_thread(_keep, request, sent, answer)
                    return answer
            except StillRunning:
                await asyncio.sleep(_PAUSE)
        return await function(**values)

    return called


def _keep(request: Request[Any, Any, Any], sent: Keyed, answer: Redirect) -> None:
    """Keep where the answer leads; where it cannot be kept, the second press is answered as any other."""
    ids = (request.path_params.get("record_id", ""), *answer.url.partition("?")[0].split("/"))
    headers = {**answer.headers, "location": answer.url}
    kept = Kept(status=303, headers=headers, record_id=next(filter(is_id, ids), ""))
    with suppress(LanzaroteError):
        instance_of(request).answers.keep(sent, kept)


def _redirect(known: Kept) -> Redirect:
    headers = dict(known.headers)
    return Redirect(headers.pop("location"), status_code=303, headers=headers)
