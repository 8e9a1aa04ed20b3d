"""The command line as a person meets it: what is printed, what is refused, and the code it ends with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from lanzarote.cli import main
from msgspec import Struct


class Said(Struct, frozen=True):
    code: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder; the settings name it and nothing else."""
    for name in [name for name in os.environ if name.startswith("LANZAROTE_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "data"
    monkeypatch.setenv("LANZAROTE_DATA", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def run(data: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process."""

    def answer(*words: str) -> Said:
        capsys.readouterr()
        try:
            code = main(words)
        except SystemExit as end:  # argparse
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return answer


@pytest.fixture
def soon_after_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the day after the sources of Paris were read: what asks how long ago that was finds nothing yet."""
    monkeypatch.setattr("lanzarote.kit.check.latest_day", lambda: date(2026, 11, 30))


@pytest.fixture
def paris_here(data: Path, folder_with_paris: Path) -> None:
    """Paris is loaded."""
    shutil.copytree(folder_with_paris, data, dirs_exist_ok=True)


@pytest.fixture(scope="session")
def folder_with_paris(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder after `lanzarote load paris`, to be copied."""
    folder = tmp_path_factory.mktemp("loaded") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LANZAROTE_DATA", str(folder))
        assert main(["load", "paris"]) == 0
    return folder
