"""Builds the wheel of a package, with what is installed here and nothing fetched from anywhere."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from lanzarote.errors import RegionError
from lanzarote.kit.territories import KIT

if TYPE_CHECKING:
    from pathlib import Path


def refuse_without_builder() -> None:
    """Raise RegionError when nothing here can build a wheel."""
    if find_spec("hatchling") is None:
        raise RegionError(
            f"Building a wheel needs hatchling, which is not installed here: {KIT}. "
            "Without --wheel the package is written all the same."
        )


def build_wheel(folder: Path) -> Path:
    """Build the package in *folder* into its ``dist/``; return the wheel. Raises RegionError."""
    refuse_without_builder()
    target = folder / "dist"
    before = set(target.glob("*.whl"))
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", errors="replace")
    made = sorted(set(target.glob("*.whl")) - before)
    if done.returncode or not made:
        raise RegionError(f"The wheel could not be built in {folder}:\n{(done.stderr or done.stdout).strip()}")
    return made[0]
