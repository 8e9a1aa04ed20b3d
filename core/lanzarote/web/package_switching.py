"""Switches a package on or off for a region, if it can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.errors import NotFound, PackageError
from lanzarote.records.records import now
from lanzarote.records.save_checks import can_be_switched, switch, switched_on

if TYPE_CHECKING:
    from lanzarote.instance import Instance


def switch_for(instance: Instance, region_id: str, name: str, *, on: bool, by: str) -> bool:
    """As ``switch``, for a package that can be. Raises NotFound, PackageError."""
    if region_id not in (loaded := instance.loaded()):
        known = ", ".join(loaded) or "none"
        raise NotFound(f"The region {region_id!r} is not loaded here (loaded regions: {known}).")
    if name == instance.own_package(region_id):
        raise PackageError(f"{name!r} is the region's own package: it is always switched on for {region_id}.")
    with instance.database.write(region_id) as session:
        known_here = name in switched_on(session, region_id)
        if on or not known_here:
            _refuse_useless(instance, name)
        return switch(session, region_id, name, on=on, by=by, at=now())


def _refuse_useless(instance: Instance, name: str) -> None:
    package = instance.host.package(name)
    if package is None or not can_be_switched(package):
        able = ", ".join(one.name for one in instance.host.packages if can_be_switched(one)) or "none"
        why = "is not installed" if package is None else package.fault or "checks nothing and hears of nothing"
        raise PackageError(f"{name!r} cannot be switched on or off: it {why} (these can be: {able}).")
