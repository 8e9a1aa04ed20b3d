"""Refuses what is no folder of a region or of national law, and names the folder that was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.errors import RegionError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

REGION, LAW = "region.toml", "framework.toml"
_INSIDE = ("*", "*/*", "*/*/*")
"""As deep as ``src/lanzarote_region_example/region`` is in the folder of its project."""
_MADE = ("build", "dist", "node_modules", "site-packages")


def refuse_no_folder(folder: Path, laws: Sequence[Path], *files: str) -> None:
    """Raises RegionError when *folder* or one of *laws* is none, or when what was meant is inside *folder*.

    *files*: by which a folder that will do is known.
    """
    for one, file in ((folder, " or ".join(files)), *((law, LAW) for law in laws)):
        if not one.is_dir():
            raise RegionError(f"{one} is not a folder; give the folder that holds {file}.")
    if not any((folder / file).is_file() for file in files) and (meant := _inside(folder, files)):
        told = f"did you mean {meant[0]}?" if len(meant) == 1 else f"give one of these: {', '.join(map(str, meant))}"
        raise RegionError(f"There is no {' or '.join(files)} in {folder}; {told}")


def _inside(folder: Path, files: Sequence[str]) -> list[Path]:
    """The folders inside that will do; those of the first of *files* that is there at all."""
    for file in files:
        found = sorted(place.parent for depth in _INSIDE for place in folder.glob(f"{depth}/{file}"))
        own = [place for place in found if not any(_passed_over(part) for part in place.relative_to(folder).parts)]
        if own:
            return own
    return []


def _passed_over(part: str) -> bool:
    return part.startswith(".") or part in _MADE
