"""`lanzarote region plan`: what a new version of a package would change for regions here, from its wheel alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from packaging.utils import canonicalize_name

from lanzarote.composition import open_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import RegionError
from lanzarote.kit.code import told_of_code
from lanzarote.kit.folders import host_with
from lanzarote.kit.wheels import opened, refuse_other_api
from lanzarote.kit.words import told_of_words
from lanzarote.operations.loading_report import tell
from lanzarote.plugins import installed
from lanzarote.regions.claims import law_of
from lanzarote.regions.content import usable
from lanzarote.regions.folder import read_region
from lanzarote.types import RegionHeader

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lanzarote.instance import Instance
    from lanzarote.kit.wheels import Wheel


def plan(file: Path) -> int:
    """Tell what `upgrade --dry-run` would tell after *file* was installed. Raises RegionError, PackageError."""
    with opened(file) as wheel:
        for package in wheel.packages:
            refuse_other_api(file, package)
        named = canonicalize_name(wheel.distribution)
        others = [one for one in installed() if canonicalize_name(one.distribution) != named]
        own = [one for one in installed() if canonicalize_name(one.distribution) == named]
        before = next((one.version for one in own), "")
        words = list(told_of_words(wheel, own))
        ids = [_id_of(folder) for folder in wheel.regions]
        host = host_with(wheel.regions, wheel.laws, others)
        with open_instance(read_settings(), host, existing=True) as instance:
            here = [region_id for region_id in ids if region_id in instance.loaded()]
            resting = [one for one in instance.loaded() if one not in ids and _laws_for(instance, wheel, one)]
            if not (here or resting):
                _refuse_unconcerned(file, ids, instance)
            print(f"{wheel.distribution} {wheel.version} ({f'installed: {before}' if before else 'not installed'})")
            for region_id in ids:
                if region_id in here:
                    _plan(instance, wheel, region_id, words)
                else:
                    print(f"{region_id} is not loaded here; this version would let you: lanzarote load {region_id}")
            for region_id in resting:
                print(f"{region_id} takes the law of {', '.join(_laws_for(instance, wheel, region_id))} from it.")
                _tell_changes(instance, region_id, words)
            _tell_words(words)
            _tell_code(wheel)
    return 0


def _laws_for(instance: Instance, wheel: Wheel, region_id: str) -> list[str]:
    """The national law that the loaded region *region_id* would take from the wheel."""
    region = instance.installed.get(region_id)
    if region is None:
        return []
    taken = {wanted: law_of(instance.host, wanted, own=region.package.name) for wanted in region.header.law}
    return [wanted for wanted, law in taken.items() if law and any(law.path is folder for folder in wheel.laws)]


def _refuse_unconcerned(file: Path, ids: Sequence[str], instance: Instance) -> NoReturn:
    loaded = ", ".join(instance.loaded()) or "none"
    if ids:
        raise RegionError(
            f"{file} describes {' and '.join(map(repr, ids))}, which is not loaded here (loaded regions: "
            f"{loaded}); a new region is not planned but loaded: install it, then lanzarote load {ids[0]}"
        )
    raise RegionError(
        f"{file} brings national law alone, and no region that is loaded here would take it from there (loaded "
        f"regions: {loaded}); a region takes the law that its region.toml names under law, from its own package first."
    )


def _tell_words(words: Sequence[str]) -> None:
    if words:
        print("Its words differ from what is installed here; a running site speaks them after it is started again:")
        for line in words:
            print(f"  {line}")


def _tell_code(wheel: Wheel) -> None:
    """Facts are merged; code runs with all rights of the platform as soon as it is installed."""
    if told := list(told_of_code(wheel.sources())):
        print("Its code differs from what is installed here; read it before you install it:")
        for line in told:
            print(f"  {line}")


def _id_of(folder: object) -> str:
    """Raises RegionError that tells every fault when the folder does not say whose it is."""
    content = read_region(folder)  # type: ignore[arg-type]
    if not isinstance(content.header, RegionHeader):
        usable(content, "of this wheel")
    assert isinstance(content.header, RegionHeader)
    return content.header.id


def _plan(instance: Instance, wheel: Wheel, region_id: str, words: Sequence[str]) -> None:
    owner = instance.owners().get(region_id, "")
    if owner and canonicalize_name(owner) != canonicalize_name(wheel.distribution):
        raise RegionError(
            f"The region {region_id!r} was loaded from {owner} and follows it; an upgrade takes nothing from "
            f"{wheel.distribution}. If it shall follow that from now on, install it, then: "
            f"lanzarote region move {region_id} {wheel.distribution}"
        )
    _tell_changes(instance, region_id, words)


def _tell_changes(instance: Instance, region_id: str, words: Sequence[str]) -> None:
    report = instance.load(region_id, dry_run=True)
    if region_id in instance.upgrades_due():
        tell(report, dry_run=True)
    elif words:
        print(f"{region_id} says the same facts as this wheel; words would change.")
    else:
        print(f"{region_id} is as this wheel says; nothing would change.")
