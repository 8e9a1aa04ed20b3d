"""The instance that a request is for: the routes of a process are the same for all its instances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar.types import Scope

if TYPE_CHECKING:
    from litestar.connection import ASGIConnection

    from lanzarote.instance import Instance
    from lanzarote.web.site import Site

_SITE: Final = "lanzarote.site"
_OF_ALL: Final = "lanzarote.of_all"


def bind(scope: Any, site: Site) -> None:
    """Let everything that handles this request know where it is."""
    scope[_SITE] = site


def site_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Site:
    site: Site = connection.scope[_SITE]  # type: ignore[typeddict-item]
    return site


def instance_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Instance:
    return site_of(connection).instance


class Told:
    """What an answer tells of, beside the region that its address belongs to."""

    def __init__(self) -> None:
        self.of_all = False


def listen(scope: Any) -> Told:
    """Hear what the answer to this request will tell of."""
    told: Told = scope.setdefault(_OF_ALL, Told())
    return told


def tell_of_all(scope: Any) -> None:
    """The answer tells of other regions too: it is kept in memory until something changes in any of them."""
    listen(scope).of_all = True


# Litestar looks up what stands in these signatures when it takes the routes: no rooms, therefore.


def give_site(scope: Scope) -> Any:
    """What handlers are given as ``site``."""
    return scope[_SITE]  # type: ignore[typeddict-item]


def give_instance(scope: Scope) -> Any:
    """What handlers are given as ``instance``."""
    return scope[_SITE].instance  # type: ignore[typeddict-item]
