"""Who runs the site, what it keeps, what is installed; and the page on which a region switches packages on and off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from litestar import Response
from msgspec import Struct

from lanzarote import __version__
from lanzarote.errors import NotFound, PackageError
from lanzarote.plugins import SWITCHED, Package
from lanzarote.plugins.packages import ASLEEP, FROM_FOLDER, LEFT_OUT, MEND, NO_LONGER, OFFERED
from lanzarote.records.permissions import EVERYWHERE, may_somewhere
from lanzarote.records.records import now
from lanzarote.records.save_checks import can_be_switched, switched_on
from lanzarote.records.save_checks import switch as switch_package
from lanzarote.translation import N_
from lanzarote.web.asking import Asked, Data, Lang, OurSite, Region
from lanzarote.web.routes import form, page, see_other
from lanzarote.web.site import View

if TYPE_CHECKING:
    from lanzarote.instance import Instance


ACCESSIBILITY_REVIEWED = date(2026, 11, 24)
"""When what the accessibility page says was last compared with the pages and their tests."""

BRINGS = {
    "regions": N_("a region"),
    "legal_frameworks": N_("national law that regions share"),
    "catalogues": N_("translations"),
    "exporters": N_("file formats for lists"),
    "importers": N_("file formats that teams can import"),
    "document_exporters": N_("file formats for compendia of practices and procedures"),
    "check_practice": N_("a check of practices before they are saved"),
    "check_stakeholder": N_("a check of the directory’s entries before they are saved"),
    "check_improvement": N_("a check of improvements before they are saved"),
    "practice_published": N_("something that happens when a practice is published"),
    "practice_withdrawn": N_("something that happens when a practice is withdrawn or erased"),
    "improvement_decided": N_("something that happens when the group’s decision on an improvement is published"),
}
"""What a package contributes through each hook."""


IDLE = {
    ASLEEP: N_("Its region is not used here."),
    LEFT_OUT: N_("Left out: this site was started in safe mode."),
    FROM_FOLDER: N_("Its region is shown from a folder instead."),
}
"""Why nothing of a package is used, although nothing is wrong with it."""


class Trouble(Struct, frozen=True, kw_only=True):
    told: str
    """What is wrong with a package, or will be; in English, for who mends packages."""
    way_out: str = ""
    """What the operator can do about it; empty where nothing needs to be done."""


class PackageLine(Struct, frozen=True, kw_only=True):
    name: str
    version: str
    brings: tuple[str, ...]
    idle: str
    """Why nothing of it is used, although nothing is known to be wrong with it."""
    used: bool
    troubles: tuple[Trouble, ...] = ()
    """For administrators."""
    again: str = ""
    """For administrators: the name under which it can be tried again, where it failed."""


@page("/{lang:str}/legal")
def legal(request: Asked, lang: Lang, site: OurSite) -> Response[str]:
    return _notice(site.view(request, lang), "legal.html")


@page("/{lang:str}/privacy")
def privacy(request: Asked, lang: Lang, site: OurSite) -> Response[str]:
    return _notice(site.view(request, lang), "privacy.html")


@page("/{lang:str}/accessibility")
def accessibility(request: Asked, lang: Lang, site: OurSite) -> Response[str]:
    return _notice(site.view(request, lang), "accessibility.html", reviewed=ACCESSIBILITY_REVIEWED)


@page("/{lang:str}/plugins")
def plugins(request: Asked, lang: Lang, site: OurSite) -> Response[str]:
    view = site.view(request, lang)
    switching = [
        (view.text(header.name, header.languages[0])[0], view.region_href(header, "plugins"))
        for header in view.instance.headers().values()
        if may_somewhere(view.actor, "plugin.switch", header.id)
    ]
    return view.render(
        "plugins.html",
        packages=packages(view),
        version=__version__ if runs_it(view) else "",
        api=OFFERED,
        safe_mode=view.instance.host.safe_mode,
        switching=switching,
    )


@form("/{lang:str}/plugins", may="plugin.switch", carried=False)
def retry(request: Asked, lang: Lang, site: OurSite, data: Data) -> Response[Any]:
    """Start a package again that failed."""
    view = site.view(request, lang)
    if EVERYWHERE not in view.actor.regions("plugin.switch"):
        raise NotFound("There is no such page.")
    view.instance.host.retry(str(data.get("again", "")))
    return see_other(view.href("plugins"))


def runs_it(view: View) -> bool:
    """Whether the reader is an administrator."""
    return EVERYWHERE in view.actor.regions("plugin.switch")


def packages(view: View) -> list[PackageLine]:
    """What is installed, faulty packages included; versions and what is wrong with one are for administrators."""
    told = runs_it(view)
    if told:
        view.instance.translations.read_all()  # only then is it known what is wrong with the words of a package
    host = view.instance.host
    return [
        PackageLine(
            name=package.distribution or package.name,
            version=package.version if told else "",
            brings=tuple(view._(BRINGS[hook]) for hook in package.hooks if hook in BRINGS),
            idle=view._(IDLE[package.idle]) if package.idle else "",
            used=not (package.fault or package.left_aside),
            troubles=tuple(_troubles(package, view)) if told else (),
            again=package.name if told and package.fault and host.can_retry(package.name) else "",
        )
        for package in host.packages
    ]


def _troubles(package: Package, view: View) -> Iterator[Trouble]:
    if package.fault:
        yield Trouble(told=package.fault, way_out=package.way_out_in(view._))
    for told in package.left_aside:
        yield Trouble(told=told, way_out=view._(MEND))
    for going in package.deprecated:
        yield Trouble(told=f"It uses what will go: {going}", way_out=view._(NO_LONGER))
    for told in package.remarks:
        yield Trouble(told=told)


def _notice(view: View, template: str, **values: Any) -> Response[str]:
    settings = view.instance.settings
    return view.render(template, operator=settings.operator, contact=settings.contact, **values)


# --- Switches a package on or off for a region, if it can be ---


def switch_for(instance: Instance, region_id: str, name: str, *, on: bool, by: str) -> bool:
    """As ``switch``, for a package that can be. Raises NotFound, PackageError."""
    instance.require_loaded(region_id)
    if name == instance.own_package(region_id):
        raise PackageError(f"{name!r} is the region's own package: it is always switched on for {region_id}.")
    with instance.database.write(region_id) as session:
        known_here = name in switched_on(session, region_id)
        if on or not known_here:
            _refuse_useless(instance, name)
        return switch_package(session, region_id, name, on=on, by=by, at=now())


def _refuse_useless(instance: Instance, name: str) -> None:
    package = instance.host.package(name)
    if package is None or not can_be_switched(package):
        able = ", ".join(one.name for one in instance.host.packages if can_be_switched(one)) or "none"
        why = "is not installed" if package is None else package.fault or "checks nothing and hears of nothing"
        raise PackageError(f"{name!r} cannot be switched on or off: it {why} (these can be: {able}).")


# --- The page on which a region's packages are switched on and off: what each does, and through what ---

DONE = {
    "on": N_("Switched on: it checks texts and receives notices."),
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
def region_packages(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """What is switched on for the region, and what could be."""
    return _show(site.view(request, lang, region), request.query_params.get("done", ""))


@form("/{lang:str}/{region:str}/plugins", may="plugin.switch", carried=False)
def switch(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
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
    return see_other(href)


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
