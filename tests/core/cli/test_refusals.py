"""What cannot be done is refused in one line that names it, and leaves everything as it was."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.core.cli.conftest import Run, Said
from tests.core.cli.installing import install
from tests.core.faults.test_no_room import filled, small_disk
from tests.core.plugins.packages import write_package
from tests.regions.writing import RegionPackage, region_package

__all__ = ["small_disk"]
FILE = "lanzarote.sqlite"


def refusal(said: Said) -> str:
    """What was refused: in one line, with nothing else said."""
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("lanzarote: ")
    assert said.err.endswith("\n")
    assert said.err.count("\n") == 1
    return said.err.removeprefix("lanzarote: ").rstrip("\n")


@pytest.fixture
def testland(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RegionPackage:
    """An invented region, installed beside Paris."""
    with region_package(tmp_path / "site") as package:
        install(tmp_path / "site", "testland", package.folder.parent.name)
    monkeypatch.syspath_prepend(tmp_path / "site")
    return package


def change(data: Path, sql: str) -> None:
    with closing(sqlite3.connect(data / FILE)) as connection, connection:
        assert connection.execute(sql).rowcount > 0


# Before anything is touched


@pytest.mark.parametrize(
    "command",
    [("run",), ("load", "paris"), ("upgrade",), ("export", "paris"), ("tasks", "paris"), ("backup",), ("settings",)],
    ids=" ".join,
)
def test_a_wrong_setting_stops_every_command_before_it_begins(
    run: Run, data: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("LANZAROTE_PORT", "65536")
    told = "LANZAROTE_PORT is '65536'; a port is a number from 0 to 65535 (0: any free one)."
    assert refusal(run(*command)) == told
    assert not data.exists()


def test_help_version_and_wrong_usage_leave_no_trace(run: Run, data: Path) -> None:
    run()
    run("--version")
    said = run("lod", "paris")
    assert (said.code, "invalid choice: 'lod' (choose from" in said.err) == (2, True)
    assert not data.exists()


def test_a_port_beyond_all_ports_is_wrong_usage(run: Run, data: Path) -> None:
    for command in (("run",), ("region", "preview", ".")):
        said = run(*command, "--port", "99999")
        assert said.code == 2
        assert "error: argument --port: '99999' is no port; a port is a number from 0 to 65535" in said.err
    assert not data.exists()


# Regions


def test_an_unknown_region_cannot_be_run(run: Run) -> None:
    told = "No installed package describes the region 'pariss' (installed regions: iceland, paris)."
    assert refusal(run("run", "--region", "pariss", "--port", "0")) == told


def test_with_several_regions_installed_the_first_run_asks_which(run: Run, testland: RegionPackage) -> None:
    assert refusal(run("run", "--port", "0")) == (
        "Several regions are installed (iceland, paris, testland); say which: lanzarote run --region ID"
    )


def test_a_folder_is_looked_at_not_loaded(run: Run, tmp_path: Path) -> None:
    (tmp_path / "land").mkdir()
    assert refusal(run("load", "land")) == (
        "land is a folder; a region is loaded from its package. "
        "To see what is in the folder: lanzarote region preview land"
    )


def test_a_region_with_faults_is_refused_with_all_of_them(run: Run, testland: RegionPackage) -> None:
    testland.write(practices={"one": {"sectors": ["cours"], "convention": ["99"]}})
    said = run("load", "testland")
    assert (said.code, said.out) == (1, "")
    assert said.err == (
        "lanzarote: The region 'testland' cannot be loaded, its folder has 2 faults:\n"
        "practices/one.toml:4: sectors: 'cours' is no sector of sectors.toml; did you mean 'courts'?\n"
        "practices/one.toml:6: convention: there is no article 99: articles go from 1 to 50\n"
    )
    assert run("region", "list").out.splitlines()[-1] == "testland  not loaded  lanzarote-testland"


def test_an_upgrade_to_a_faulty_release_changes_nothing(run: Run, testland: RegionPackage) -> None:
    testland.write(practices={"one": {}})
    run("load", "testland")
    before = run("export", "testland").out
    testland.write(practices={"one": {"running": "announced", "sectors": ["cours"]}, "two": {}})
    assert run("upgrade", "--no-backup").code == 1
    assert run("export", "testland").out == before
    testland.write(practices={"one": {"running": "announced"}, "two": {}})
    assert run("upgrade", "--no-backup").out.splitlines()[:2] == [
        "Upgrading testland",
        "  records: 1 new, 0 unchanged",
    ]


def test_a_region_whose_package_is_gone_is_listed_as_such(run: Run, testland: RegionPackage, tmp_path: Path) -> None:
    run("load", "testland")
    sys.path.remove(str(tmp_path / "site"))
    assert run("region", "list").out.splitlines() == [
        "iceland  not loaded  lanzarote-region-iceland",
        "paris  not loaded  lanzarote-region-paris",
        "testland  enabled  package not installed",
    ]


def test_a_package_whose_region_cannot_be_read_is_marked(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "@hookimpl\ndef regions():\n    return (Region.from_folder(Path(__file__).parent / 'nowhere'),)\n"
    install(tmp_path / "site", "headless", write_package(tmp_path / "site", "headless", code).module)
    monkeypatch.syspath_prepend(tmp_path / "site")
    said = run("plugins")
    [marked] = [line for line in said.out.splitlines() if line.startswith("!")]
    assert said.code == 1
    assert marked.startswith("! headless  (lanzarote-headless 1.0, API >=1,<2): its region.toml cannot be used: ")


# Files


@pytest.mark.usefixtures("paris_here")
def test_an_export_that_fails_leaves_the_old_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "old.jsonl").write_text("what was there\n")
    assert refusal(run("export", "nowhere", "-o", "old.jsonl")).startswith("The region 'nowhere' is not loaded")
    assert (tmp_path / "old.jsonl").read_text() == "what was there\n"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["data", "old.jsonl"]


@pytest.mark.usefixtures("paris_here")
def test_a_full_disk_is_told_with_the_file_that_did_not_fit(run: Run, small_disk: Path) -> None:
    (small_disk / "old.jsonl").write_text("what was there\n")
    with filled(small_disk):
        said = run("export", "paris", "-o", str(small_disk / "old.jsonl"))
    room = f"there is no room for {small_disk / 'old.jsonl'} (No space left on device)"
    assert refusal(said) == f"Nothing was written: {room}; make room, or choose another place."
    assert (small_disk / "old.jsonl").read_text() == "what was there\n"
    assert [file.name for file in small_disk.iterdir()] == ["old.jsonl"]


@pytest.mark.usefixtures("paris_here")
def test_a_folder_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    told = refusal(run("export", "paris", "-o", str(tmp_path / "no" / "such.jsonl")))
    assert told == f"Nothing was written: there is no folder {tmp_path / 'no'}; make it, or choose another place."


def test_a_file_in_place_of_the_data_folder_is_named(run: Run, data: Path) -> None:
    data.write_text("")
    for command in (("load", "paris"), ("run", "--port", "0")):
        assert refusal(run(*command)) == f"LANZAROTE_DATA is '{data}', but {data} is a file; name a folder."


# The database


def test_a_place_that_is_read_only_is_named_with_its_setting(
    run: Run, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The tests may run as an administrator, to whom everything is writable.
    monkeypatch.setattr(os, "access", lambda place, _mode: Path(place) != data.parent)
    told = f"{data.parent} is read-only for this user; change its owner or rights, or set LANZAROTE_DATA"
    assert refusal(run("run", "--port", "0")) == told
    assert not data.exists()


@pytest.mark.usefixtures("paris_here")
def test_a_database_of_a_newer_platform_is_left_alone(run: Run, data: Path) -> None:
    change(data, "UPDATE alembic_version SET version_num = '9999'")
    for command in ("run", "load paris", "upgrade", "upgrade --dry-run", "export paris", "backup", "region list"):
        told = refusal(run(*command.split()))
        assert told.startswith("The database has schema 9999, newer than this platform (0"), command
        assert told.endswith("; install the newer platform, or restore a backup into an empty database."), command
    assert not (data / "backups").exists()


@pytest.mark.usefixtures("paris_here")
def test_a_fault_of_our_own_is_not_taken_for_the_operators(run: Run, data: Path) -> None:
    change(data, "UPDATE region SET facts = x'00'")
    with pytest.raises(Exception, match="JSON is malformed"):
        run("run", "--port", "0")


@pytest.mark.usefixtures("paris_here")
def test_the_doctor_ends_with_1_when_something_is_wrong(run: Run, data: Path) -> None:
    well = run("doctor")
    assert (well.code, [line for line in well.out.splitlines() if line.startswith("!")]) == (0, [])
    change(data, "DELETE FROM audit WHERE seq = 3")
    ill = run("doctor")
    assert ill.code == 1
    [marked] = [line for line in ill.out.splitlines() if line.startswith("!")]
    assert marked.startswith("! audit of paris: line 3 does not follow from the one before")
