"""The page on which a region's packages are switched on and off: what each does, and through what."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect
from msgspec import Struct

from lanzarote.errors import PackageError
from lanzarote.plugins import SWITCHED, Package
from lanzarote.records.save_checks import switched_on
from lanzarote.translation import N_
from lanzarote.web.notices import BRINGS
from lanzarote.web.package_switching import switch_for
from lanzarote.web.routes import PRIVATE, form, page
from lanzarote.web.site import Site, View

DONE = {
    "on": N_("It is switched on: it is asked and told from now on."),
    "off": N_("Switched off: it no longer checks texts or receives notices."),
}
CANNOT = N_("This package cannot be switched on or off here.")


class Line(Struct, frozen=True, kw_only=True):
    """A package that checks what is written, or hears of what happens."""

    name: str
    distribution: str
    version: str
    about: tuple[str, str]
    """In a sentence, and in which language."""
    hooks: tuple[tuple[str, str], ...]
    """Name of each hook, and in words."""
    on: bool
    own: bool = False
    """The region's own: always on."""
    missing: bool = False
    """Switched on, and not installed or out of order: it is asked and told nothing."""


@page("/{lang:str}/{region:str}/plugins", may="plugin.switch")
def packages(
    request: Request[Any, Any, Any], lang: FromPath[str], region: FromPath[str], site: NamedDependency[Site]
) -> Response[Any]:
    """What is switched on for the region, and what could be."""
    return _show(site.view(request, lang, region), request.query_params.get("done", ""))


@form("/{lang:str}/{region:str}/plugins", may="plugin.switch", carried=False)
def switch(
    request: Request[Any, Any, Any],
    lang: FromPath[str],
    region: FromPath[str],
    site: NamedDependency[Site],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Switch one on or off."""
    view = site.view(request, lang, region)
    name, on = data.get("name"), data.get("on") == "yes"
    try:
        switch_for(
            view.instance, view.region_id, name if isinstance(name, str) else "", on=on, by=view.actor.account_id
        )
    except PackageError:
        return _show(view, "", cannot=view._(CANNOT))
    href = view.href("plugins", query={"done": "on" if on else "off"})
    return Redirect(href, status_code=303, headers=dict(PRIVATE))


def lines(view: View) -> list[Line]:
    """Packages that can be switched, and those that are on and away."""
    with view.instance.database.read(view.region_id) as session:
        on = switched_on(session, view.region_id)
    own, host = view.instance.own_package(view.region_id), view.instance.host
    there = [package for package in host.packages if set(package.hooks) & set(SWITCHED)]
    found = [_line(view, package, on=package.name in {*on, own}, own=package.name == own) for package in there]
    known = {line.name for line in found}
    away = [
        Line(name=name, distribution="", version="", about=("", ""), hooks=(), on=True, missing=True)
        for name in sorted(on - known)
    ]
    return found + away


def _line(view: View, package: Package, *, on: bool, own: bool) -> Line:
    return Line(
        name=package.name,
        distribution=package.distribution,
        version=package.version,
        about=view.text(package.about) if package.about else ("", ""),
        hooks=tuple((hook, view._(BRINGS[hook])) for hook in package.hooks if hook in SWITCHED),
        on=on,
        own=own,
    )


def _show(view: View, done: str, cannot: str = "") -> Response[Any]:
    return view.render(
        "packages.html",
        status=400 if cannot else 200,
        lines=lines(view),
        done=view._(DONE[done]) if done in DONE else "",
        cannot=cannot,
        canonical=None,
        feeds=(),
    )


handlers = (packages, switch)
