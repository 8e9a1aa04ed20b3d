"""`lanzarote region new`: a whole region package, checked, and on request its wheel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lanzarote.kit.asking import Asking, person_at_terminal
from lanzarote.kit.building import build_wheel, refuse_without_builder
from lanzarote.kit.check import read_folder
from lanzarote.kit.package_files import refuse_used, write
from lanzarote.kit.territories import KIT
from lanzarote.kit.wanted import settle
from lanzarote.regions.content import usable

if TYPE_CHECKING:
    from argparse import Namespace


def new(given: Namespace) -> int:
    """Write a package, check it, and tell how to go on. Raises RegionError, before anything is written."""
    if given.wheel:
        refuse_without_builder()
    if given.folder:
        refuse_used(Path(given.folder))
    wanted = settle(given, Asking(at_terminal=not given.territory and person_at_terminal()))
    folder = Path(given.folder or wanted.distribution)
    write(folder, wanted)
    facts = folder / wanted.module / "region"
    print(f"{wanted.distribution} stands in {folder}.")
    if not wanted.territory.looked_up:
        print(f"{wanted.territory.code} was not looked up in ISO 3166-2; this brings what is needed for it: {KIT}")
    if wanted.iso_named:
        told = ", ".join(wanted.iso_named)
        whose = f"The name is what ISO 3166-2, or a translation of it, writes ({told})"
        print(f"{whose}; if it is called otherwise, change it in region.toml.")
    usable(read_folder(facts, []), wanted.id)
    print("It is checked: nothing is to mend, and the platform can load it.")
    if given.wheel:
        print(f"Wheel: {build_wheel(folder)}")
    print(f"What to fill in next: lanzarote region check {facts}")
    print(f"See it while you write: lanzarote region preview {facts}")
    return 0
