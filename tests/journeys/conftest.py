"""Journeys begin on a machine of the reader's own, or visit Paris as it is served."""

from __future__ import annotations

import sysconfig
import venv
from typing import TYPE_CHECKING

import pytest

from dev import BIN, WINDOWS
from tests.core.conftest import own_paris, paris, paris_site, paris_template
from tests.journeys.machine import Machine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["own_paris", "paris", "paris_site", "paris_template"]


@pytest.fixture(scope="session")
def pip(once: Callable[[str, Callable[[Path], object]], Path]) -> list[str | Path]:
    """Plain pip, with which packages are installed on every machine; the environment of the tests may have none."""
    folder = once("pip", lambda folder: venv.create(folder, with_pip=True, symlinks=not WINDOWS))
    return [folder / BIN / "python", "-m", "pip"]


@pytest.fixture(scope="session")
def machine(
    tmp_path_factory: pytest.TempPathFactory,
    once: Callable[[str, Callable[[Path], object]], Path],
    wheels: list[Path],
    pip: list[str | Path],
) -> Callable[[str], Machine]:
    """Make a machine on which our wheels are installed, and nothing else of ours is."""
    third_party = sysconfig.get_path("purelib")
    first = once("machine", lambda folder: Machine(folder, third_party).install(pip, *wheels))

    def make(name: str) -> Machine:
        made = Machine(tmp_path_factory.mktemp(name), third_party)
        if WINDOWS:  # where programs are no text
            made.install(pip, *wheels)
        else:
            made.copy(first)
        return made

    return make
