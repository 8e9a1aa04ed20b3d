"""Makes a package known to Python as if it were installed: a folder on the import path, and what tells of it."""

from __future__ import annotations

import sys
from pathlib import Path

SECOND_REGION = Path(__file__).parents[2] / "regions" / "second"


def install(folder: Path, name: str, module: str) -> str:
    """Tell in *folder* of the distribution ``lanzarote-<name>``, whose entry point leads to *module*."""
    sys.modules.pop(module, None)  # one of this name that an earlier test imported
    told = folder / f"lanzarote_{name}-1.0.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: lanzarote-{name}\nVersion: 1.0\n", "utf-8")
    (told / "entry_points.txt").write_text(f"[lanzarote]\n{name} = {module}\n", "utf-8")
    return f"lanzarote-{name}"
