"""A process ends when its work is done, whatever the packages on it have left running."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tests.core.cli.test_running import LANZAROTE, environment
from tests.core.plugins.packages import tell_of, write_package

if TYPE_CHECKING:
    import pytest

__all__ = ["environment"]

FOR_EVER = """
import atexit, os, subprocess, sys, threading, time

atexit.register(time.sleep, 3600)
threading.Thread(target=time.sleep, args=(3600,), daemon=False).start()
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
(Path(__file__).parent / "left").write_text(f"{os.getpid()} {child.pid}")
"""


def test_a_command_ends_with_all_that_packages_left(
    tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate = write_package(tmp_path / "site", "leaving", FOR_EVER)
    tell_of(tmp_path / "site", candidate)
    environ = {**environment, "PYTHONPATH": str(tmp_path / "site")}
    done = subprocess.run([LANZAROTE, "plugins"], env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert "leaving  (lanzarote-leaving 1.0, API >=1,<2): contributes nothing" in done.stdout
    for pid in (tmp_path / "site" / candidate.module / "left").read_text("utf-8").split():
        assert not Path(f"/proc/{pid}").exists()
