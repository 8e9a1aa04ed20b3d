"""A place that cannot be read or written is named with the way out; nothing half-written stays there or elsewhere."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.core.cli.conftest import Run
from tests.core.cli.test_refusals import refusal

WAY = "say where it may be: LANZAROTE_DATA or LANZAROTE_DATABASE_URL"
COMMANDS = ("load paris", "load b.jsonl", "upgrade", "export paris", "backup", "restore b.zip", "run --port 0")
MAKING = ("load paris", "restore b.zip", "run --port 0")


@pytest.fixture
def made(run: Run, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a backup and an export of Paris; the data folder is empty again."""
    monkeypatch.setenv("LANZAROTE_DATA", str(tmp_path / "once"))
    assert run("load", "paris").code == run("backup", "b.zip").code == run("export", "paris", "-o", "b.jsonl").code == 0
    monkeypatch.setenv("LANZAROTE_DATA", str(data))
    return tmp_path


def everything(folder: Path) -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*"))


@pytest.mark.parametrize("words", COMMANDS)
def test_a_folder_in_place_of_the_database_is_told(
    run: Run, made: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    (made / "folder").mkdir()
    monkeypatch.setenv("LANZAROTE_DATABASE_URL", f"sqlite:///{made / 'folder'}")
    before = everything(made)

    assert refusal(run(*words.split())) == (
        f"{made / 'folder'} is a folder, not a database; set LANZAROTE_DATABASE_URL to a file, "
        f"such as sqlite:///{made / 'folder' / 'lanzarote.sqlite'}."
    )
    assert everything(made) == before


@pytest.mark.parametrize("words", COMMANDS)
def test_a_database_under_a_file_is_told(run: Run, made: Path, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    place = made / "b.zip" / "deep" / "lanzarote.sqlite"
    monkeypatch.setenv("LANZAROTE_DATABASE_URL", f"sqlite:///{place}")
    before = everything(made)

    told = f"LANZAROTE_DATABASE_URL says {place}, but {made / 'b.zip'} is a file; name a file in a folder."
    assert refusal(run(*words.split())) == told
    assert everything(made) == before


@pytest.mark.skipif(sys.platform != "linux", reason="a folder in which nobody can make anything")
@pytest.mark.parametrize("words", MAKING)
def test_a_folder_in_which_nothing_can_be_made_is_told(
    run: Run, made: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    before = everything(made)
    for variable, place in (("DATA", "/proc/lz"), ("DATABASE_URL", "sqlite:////proc/lz.sqlite")):
        monkeypatch.setenv(f"LANZAROTE_{variable}", place)
        told = refusal(run(*words.split()))
        # Who is no administrator is refused by the folder's rights instead.
        assert told in (
            f"The database cannot be made: {place.removeprefix('sqlite:///')} cannot be made "
            f"(No such file or directory); {WAY}.",
            f"The database cannot be made: /proc is read-only for this user; change its owner or rights, or {WAY}.",
            f"/proc is read-only for this user; change its owner or rights, or set LANZAROTE_{variable}",
        )
    assert everything(made) == before


@pytest.mark.parametrize("words", ["upgrade", "export paris", "backup"])
def test_where_there_is_no_database_none_is_made(run: Run, data: Path, words: str) -> None:
    assert refusal(run(*words.split())).startswith(f"There is no database at {data / 'lanzarote.sqlite'}. Go to")
    assert not data.exists()


@pytest.mark.usefixtures("paris_here")
@pytest.mark.parametrize("words", ["export paris -o {}", "backup {}"])
def test_a_file_that_cannot_be_made_is_told_and_nothing_is_left(run: Run, tmp_path: Path, words: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("what was there")
    before = everything(tmp_path)

    def told(place: Path) -> str:
        return refusal(run(*words.format(place).split())).partition(": ")[2]

    assert told(tmp_path / "file" / "x") == f"{tmp_path / 'file'} is a file and no folder; choose another place."
    assert told(tmp_path / "no" / "x") == f"there is no folder {tmp_path / 'no'}; make it, or choose another place."
    assert everything(tmp_path) == before
    assert (tmp_path / "file").read_text() == "what was there"


@pytest.mark.usefixtures("paris_here")
def test_a_folder_is_not_overwritten_by_a_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    before = everything(tmp_path)
    told = refusal(run("export", "paris", "-o", "folder"))
    assert told == "Nothing was written: folder is a folder; name a file in it."
    assert refusal(run("backup", "folder")).startswith("folder is there already; a backup overwrites nothing.")
    assert everything(tmp_path) == before


@pytest.mark.usefixtures("paris_here")
@pytest.mark.parametrize("words", ["load paris", "upgrade", "export paris", "backup", "tasks paris", "region list"])
def test_a_database_that_cannot_be_opened_for_its_folder_is_told_with_the_setting(
    run: Run, data: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    """What SQLite lays beside the file has no place there: as in a folder that is read-only."""
    for name in ("lanzarote.sqlite-wal", "lanzarote.sqlite-shm"):
        (data / name).unlink(missing_ok=True)
        (data / name).mkdir()
    monkeypatch.setattr(os, "access", lambda place, _mode: Path(place) != data)
    before = everything(data)

    told = f"{data} is read-only for this user; change its owner or rights, or set LANZAROTE_DATA"
    assert refusal(run(*words.split())) == told
    assert everything(data) == before


@pytest.mark.usefixtures("data")
def test_a_server_that_takes_reading_only_is_told(run: Run, pg_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANZAROTE_DATABASE_URL", pg_url)
    assert run("load", "paris").code == 0
    name = make_url(pg_url).database
    engine = create_engine(pg_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    engine.dispose()

    told = "The database can only be read just now; nothing was changed."
    assert refusal(run("region", "disable", "paris")).startswith(told)
    assert run("export", "paris", "-o", "paris.jsonl").code == 0
