"""The units of deploy/systemd, as systemd reads them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.programs import program

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
SERVICES = (
    "lanzarote-web@8401.service", "lanzarote-backup.service", "lanzarote-retention.service",
    "lanzarote-send@paris.service",
)  # fmt: skip
OTHERS = ("lanzarote.target", "lanzarote-backup.timer", "lanzarote-retention.timer", "lanzarote-send@paris.timer")
MOST_EXPOSED = 25
"""Of 100, as ``--threshold`` counts: an exposure level of 2.5."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root folder in which the units are, and the program that they start."""
    root = tmp_path_factory.mktemp("units")
    shutil.copytree(UNITS, root / "etc" / "systemd" / "system")
    shutil.copytree("/usr/lib/systemd/system", root / "usr" / "lib" / "systemd" / "system", symlinks=True)
    command = root / "opt" / "lanzarote" / "bin" / "lanzarote"
    command.parent.mkdir(parents=True)
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    return root


def analyze(root: Path, *words: str) -> tuple[int, str]:
    command = [program("systemd-analyze", "systemd"), *words, f"--root={root}", "--no-pager"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def test_every_unit_is_one_of_these() -> None:
    named = {re.sub(r"@[a-z0-9]+", "@", name) for name in SERVICES + OTHERS}
    assert {file.name for file in UNITS.iterdir() if file.is_file()} == named


@pytest.mark.parametrize("unit", [*SERVICES, *OTHERS])
def test_systemd_finds_nothing_wrong_with(unit: str, server: Path) -> None:
    assert analyze(server, "verify", "--man=no", "--recursive-errors=one", unit) == (0, "")


@pytest.mark.parametrize("unit", SERVICES)
def test_little_is_exposed_by(unit: str, server: Path) -> None:
    code, told = analyze(server, "security", "--offline=true", f"--threshold={MOST_EXPOSED}", unit)
    assert "Overall exposure level" in told
    assert code == 0, told


def test_a_fault_would_be_seen(server: Path, tmp_path: Path) -> None:
    """Else the tests above would prove nothing."""
    root = tmp_path / "root"
    shutil.copytree(server, root, symlinks=True)
    units = root / "etc" / "systemd" / "system"
    shutil.rmtree(units / "lanzarote-.service.d")
    assert analyze(root, "security", "--offline=true", f"--threshold={MOST_EXPOSED}", SERVICES[0])[0] != 0
    backup = units / "lanzarote-backup.service"
    backup.write_text(backup.read_text().replace("Type=oneshot", "Typ=oneshot"))
    assert "Typ" in analyze(root, "verify", "--man=no", backup.name)[1]
