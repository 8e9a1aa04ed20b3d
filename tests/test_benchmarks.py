"""Every benchmark runs: a small round of each, whose figures prove nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from benchmarks.__main__ import NAMES
from dev import ROOT

if TYPE_CHECKING:
    from pathlib import Path

CHEAP = ("page", "discussion")
"""Seconds each; the others are run with ``-m long``."""
YARDSTICK = "LZ_YARDSTICK_PYTHON"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("benchmarks")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in CHEAP else pytest.mark.long) for name in NAMES]
)
def test_a_small_round_of_a_benchmark_runs_to_its_end(name: str, corpus: Path) -> None:
    if name == "http" and YARDSTICK not in os.environ:
        pytest.skip(f"its yardstick needs packages of its own: python3 dev.py bench http --quick, or {YARDSTICK}")
    command = [sys.executable, "-m", "benchmarks", name, "--quick", "--keep", str(corpus)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "targets, " in done.stdout.splitlines()[-1]
