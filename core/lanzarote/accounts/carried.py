"""What was written when a session had ended: carried through the sign-in by the pages themselves, kept nowhere else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_plus

from litestar import Response
from msgspec import Struct

from lanzarote.accounts.answers import came_from, go, local_path, show, text_of
from lanzarote.errors import NotWritten
from lanzarote.translation import N_
from lanzarote.web.asking import Asked
from lanzarote.web.failures import answer, said, status_of, view_of
from lanzarote.web.gate import LARGEST_UNKNOWN, Interrupted, NotSignedIn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.web.site import View

OPENED_BEFORE: Final = N_("The page was opened before you signed in again. Nothing was sent yet.")
SIGNED_IN_AGAIN: Final = N_("You are signed in again. Nothing was sent yet.")
LARGEST: Final = LARGEST_UNKNOWN
"""What a sign-in form may hold."""
SHORT: Final = 40
"""Shorter fields are choices and numbers rather than something written."""


class Carried(Struct, frozen=True, kw_only=True):
    """A form that waits to be sent on."""

    path: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    lost: bool = False
    """It was too large to be carried."""

    @property
    def packed(self) -> str:
        return json.dumps(self.fields, ensure_ascii=False) if self.fields else ""

    @property
    def texts(self) -> tuple[str, ...]:
        """What somebody wrote, as far as it is worth being read again."""
        return tuple(value for _, value in self.fields if len(value) >= SHORT)


NOTHING: Final = Carried()


def interrupted(request: Asked, error: Exception) -> Response[Any]:
    """Answer what came without a session, or from another one: nothing of it is done, and nothing of it is lost."""
    assert isinstance(error, Interrupted)
    if request.url.path.startswith("/api/"):
        return answer(request, error)
    view = view_of(request)
    if not isinstance(error, NotSignedIn):
        waiting = _waiting(request.url.path, error.written)
        why = view._(OPENED_BEFORE)
        return show(view, "still_here.html", status=403, carried=waiting, why=why, next=came_from(request))
    if request.method in ("GET", "HEAD"):
        query = f"?{request.url.query}" if request.url.query else ""
        wanted = local_path(request.url.path + query)
        return go(view.instance_href("account", "sign-in", query={"next": wanted} if wanted else None))
    # 403 and not 401: a browser could do nothing about that but ask for a password in a window of its own.
    waiting = _waiting(request.url.path, error.written)
    return show(
        view, "sign_in.html", status=403, address="", next=came_from(request), carried=waiting, interrupted=True
    )


def unwritten(request: Asked, error: Exception) -> Response[Any]:
    """Answer what could not be saved: whatever was written stands in the page, and can be sent again from there."""
    assert isinstance(error, NotWritten)
    told = answer(request, error)
    if request.url.path.startswith("/api/") or not error.written:
        return told
    view, status = view_of(request), status_of(error)
    waiting = _waiting(request.url.path, error.written)
    why = "{}. {}".format(*map(view._, said(error, status)))
    page = show(view, "still_here.html", status=status, carried=waiting, why=why, next=came_from(request))
    page.headers.update(getattr(error, "headers", {}))
    return page


def read(data: Mapping[str, Any]) -> Carried:
    """What a sign-in form carries; nothing, if it is no form of ours."""
    path = local_path(text_of(data, "carried_to"))
    try:
        given = json.loads(text_of(data, "carried") or "[]")
        fields = tuple((name, value) for name, value in given if isinstance(name, str) and isinstance(value, str))
    except (ValueError, TypeError, RecursionError):
        return NOTHING
    return Carried(path=path, fields=fields) if path and fields else NOTHING


def still_here(view: View, carried: Carried, next_path: str) -> Response[Any]:
    """Show what was written, and let it be sent on."""
    return show(view, "still_here.html", carried=carried, why=view._(SIGNED_IN_AGAIN), next=next_path)


def _waiting(path: str, written: tuple[tuple[str, str], ...]) -> Carried:
    waiting = Carried(path=local_path(path), fields=written)
    if len(quote_plus(waiting.packed)) > LARGEST - 16_384:
        return Carried(lost=True)
    return waiting if written else NOTHING
