"""How pages and API resources are declared: one decorator each, with what every answer of the kind has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import HttpMethod, route

if TYPE_CHECKING:
    from collections.abc import Callable

GET = (HttpMethod.GET, HttpMethod.HEAD)


def page(*paths: str, **options: Any) -> Callable[..., Any]:
    """Declare a page: answers GET and HEAD in a worker thread, stays out of the API's description."""
    options.setdefault("include_in_schema", False)
    options.setdefault("sync_to_thread", True)
    return route(list(paths), http_method=list(GET), **options)


def form(*paths: str, **options: Any) -> Callable[..., Any]:
    """Declare where a page's form is sent to."""
    options.setdefault("include_in_schema", False)
    options.setdefault("sync_to_thread", True)
    return route(list(paths), http_method=[HttpMethod.POST], **options)
