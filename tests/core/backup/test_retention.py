"""How many backups stay, and that none is removed before a good one is there."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest
from lanzarote.cli import main
from lanzarote.configuration.settings import read_settings
from lanzarote.operations.backup import restore
from lanzarote.operations.retention import Keep, outdated

from tests.conftest import copy_of


def named(*days: str) -> list[str]:
    return [f"lanzarote-{day}-030000-000001.zip" for day in days]


def test_the_newest_of_each_day_and_of_each_week_stays() -> None:
    days = named(*(f"2027-03-{day:02}" for day in range(1, 21)))
    twice = "lanzarote-2027-03-20-120000-000001.zip"
    gone = outdated([*days, twice], Keep(daily=3, weekly=3))
    assert sorted({*days, twice} - {*gone}) == [*named("2027-03-07", "2027-03-14", "2027-03-18", "2027-03-19"), twice]


def test_days_without_a_backup_do_not_count() -> None:
    """A machine that was off for a month keeps what it has."""
    days = named("2026-11-02", "2026-12-24", "2027-03-01")
    assert outdated(days, Keep(daily=3)) == []
    assert outdated(days, Keep(weekly=2)) == named("2026-11-02")


def test_the_newest_stays_and_other_names_are_no_business_of_ours() -> None:
    others = ["before-the-move.zip", "lanzarote-2027-02-31-030000-000001.zip", *named("2027-03-01"), "lanzarote.zip"]
    assert outdated(others, Keep()) == []


@pytest.fixture
def folder(tmp_path: Path, paris_template: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of backups of an instance with a good one of each of three days."""
    monkeypatch.setenv("LANZAROTE_DATA", str(tmp_path))
    monkeypatch.setenv("LANZAROTE_DATABASE_URL", copy_of(paris_template, tmp_path))
    folder = tmp_path / "backups"
    folder.mkdir()
    assert main(["backup", str(tmp_path / "good.zip")]) == 0
    for name in named("2027-03-01", "2027-03-02", "2027-03-03"):  # sorts after today's, in 2026
        shutil.copy(tmp_path / "good.zip", folder / name.replace("2027", "2020"))
    (folder / "before-the-move.zip").touch()
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_older_ones_go_once_the_new_one_is_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    half = folder / ".lanzarote-2020-03-04-030000-000001.zip.77"
    fresh = folder / ".lanzarote-2020-03-05-030000-000001.zip.78"
    for part in (half, fresh):
        part.touch()
    os.utime(half, (time.time() - 90_000,) * 2)

    assert main(["backup", "--keep-daily", "2"]) == 0
    assert capsys.readouterr().out.rstrip().endswith("older backups removed: 2")
    other, kept, new, *more = [name for name in names(folder) if not name.startswith(".")]
    assert (other, kept, more) == ("before-the-move.zip", "lanzarote-2020-03-03-030000-000001.zip", [])
    assert not half.exists()
    assert fresh.exists()  # somebody may be writing it
    empty = read_settings({"LANZAROTE_DATA": str(folder.parent / "again")})
    assert restore(empty, folder / new).count("rows restored") == 1


def test_a_backup_that_was_damaged_as_it_was_written_is_none_and_removes_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = names(folder)
    sync = os.fsync

    def bad_disk(descriptor: int) -> None:
        sync(descriptor)
        if (size := os.fstat(descriptor).st_size) > 4096:
            os.pwrite(descriptor, bytes(1000), size // 2)

    monkeypatch.setattr(os, "fsync", bad_disk)
    assert main(["backup", "--keep-daily", "1"]) == 1
    assert "what was written cannot be read back, its disk may be failing" in capsys.readouterr().err
    assert names(folder) == before


def test_only_dated_backups_have_a_number_of_days(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = names(folder)
    assert main(["backup", "x.zip", "--keep-daily", "1"]) == 1
    assert "Only dated backups are removed: leave x.zip out" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["backup", "--keep-daily", "0"])
    assert names(folder) == before
