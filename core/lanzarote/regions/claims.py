"""Which installed package describes which region: two may say the same, and only one is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from lanzarote.plugins import Host, Package
from lanzarote.regions import folder
from lanzarote.types import RegionHeader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Installed(Struct, frozen=True, kw_only=True):
    """A region whose package is installed."""

    header: RegionHeader
    package: Package
    region: Any


def installed_regions(host: Host, owners: Mapping[str, str] | None = None) -> dict[str, Installed]:
    """Regions whose packages are installed, by id; a package whose region cannot be used is blamed.

    *owners*: from which distribution a region was loaded; it stays with it, whoever else describes it. Nobody owns
    one that is not loaded: it is that of the package which is called after it, or else of the first by name.
    """
    owner_of = owners or {}
    claims: dict[str, list[Installed]] = {}
    for package, region in host.regions:
        try:
            header = folder.read_header(region.path)
        except (OSError, ValueError) as error:
            host.blame(package.name, f"its region.toml cannot be used: {error}")
            continue
        claims.setdefault(header.id, []).append(Installed(header=header, package=package, region=region))
    found: dict[str, Installed] = {}
    for region_id, claimants in claims.items():
        chosen = _owner(claimants, owner_of.get(region_id))
        if chosen:
            found[region_id] = chosen
        for one in claimants:
            if one is not chosen:
                host.blame(one.package.name, _why_not(one, chosen, owner_of.get(region_id)))
    return found


def _owner(claimants: Sequence[Installed], owner: str | None) -> Installed | None:
    # What the application itself adds, such as a folder to preview, is of no distribution and comes before all.
    if own := next((one for one in claimants if not one.package.distribution), None):
        return own
    if owner:
        return next((one for one in claimants if one.package.distribution == owner), None)
    return next((one for one in claimants if one.package.name == one.header.id), claimants[0])


def _why_not(claimant: Installed, chosen: Installed | None, owner: str | None) -> str:
    region_id, distribution = claimant.header.id, claimant.package.distribution
    if chosen:
        return f"describes the region {region_id!r}, which {chosen.package.name} describes already"
    return (
        f"describes the region {region_id!r}, which was loaded from {owner}; if the region shall follow this package "
        f"from now on: lanzarote region move {region_id} {distribution}"
    )
