"""How pages are declared: one decorator each, with who may ask for them and what all answers of the kind share.

``may`` stands in the route table: ``public``, ``signed-in``, or a permission that the reader must have for something
in the region the address names. What belongs to one record is asked of ``permissions.may`` by the page itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from litestar import HttpMethod, route

from lanzarote.permissions import Action
from lanzarote.web.gate import carries_key, from_our_pages, permitted

if TYPE_CHECKING:
    from collections.abc import Callable

GET = (HttpMethod.GET, HttpMethod.HEAD)
May = Action | Literal["public", "signed-in"]


def page(*paths: str, may: May = "public", **options: Any) -> Callable[..., Any]:
    """Declare a page: answers GET and HEAD in a worker thread, stays out of the API's description."""
    options.setdefault("include_in_schema", False)
    options.setdefault("sync_to_thread", True)
    return route(list(paths), http_method=list(GET), guards=[permitted], opt={"may": may}, **options)


def form(*paths: str, may: May, **options: Any) -> Callable[..., Any]:
    """Declare where a page's form is sent to: taken from our own pages only, with the session's key if there is one."""
    options.setdefault("include_in_schema", False)
    options.setdefault("sync_to_thread", True)
    guards = [from_our_pages, permitted, *([carries_key] if may != "public" else [])]
    return route(list(paths), http_method=[HttpMethod.POST], guards=guards, opt={"may": may}, **options)
