"""What was erased comes back with no older backup."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from lanzarote.accounts import service as accounts
from lanzarote.accounts.model import Account
from lanzarote.cli import main
from lanzarote.composition import new_instance
from lanzarote.errors import RestoreError
from lanzarote.exchange import erasure_list
from lanzarote.instance import Instance
from lanzarote.operations.backup import backup, restore
from lanzarote.plugins import Host
from lanzarote.practices import service
from lanzarote.practices.service import facets_of
from lanzarote.records import records
from lanzarote.records.records import Record
from lanzarote.store.database import ALL

from tests.core.faults.erasing import (
    ADDRESS,
    NAME,
    PLACES,
    TITLE,
    left,
    settings,
    walked_all_the_way,
    withdraw_and_erase,
    worked_on,
)
from tests.core.practices.assessments import PARIS, THEN

__all__ = ["worked_on"]


# Restoring


@pytest.fixture
def lost(worked_on: Instance, tmp_path: Path) -> tuple[Path, Path, str]:
    """A backup from before a practice was erased and an account closed, the list of both, and the practice's id."""
    record_id, _ = walked_all_the_way(worked_on)
    with worked_on.database.write("-") as session:
        account_id = accounts.enrol(session, address=ADDRESS, name=NAME, language="fr", grants=(), by="x", at=THEN).id
    file = tmp_path / "before.zip"
    backup(worked_on, file)
    withdraw_and_erase(worked_on, record_id)
    with worked_on.database.write("-") as session:
        accounts.close(session, session.get_one(Account, account_id), by="x", at=THEN)
    listed = erasure_list.place(worked_on.settings)
    assert NAME not in listed.read_text()
    assert sorted(one.kind for one in erasure_list.read(listed)) == ["account", "practice"]
    return file, listed, record_id


def test_a_restored_older_backup_revives_nothing_that_was_erased_since(
    lost: tuple[Path, Path, str], tmp_path: Path
) -> None:
    file, listed, record_id = lost
    folder = tmp_path / "new"
    fresh = settings(f"sqlite:///{folder / 'new.sqlite'}", folder)
    told = restore(fresh, file, listed)
    assert "erased since the backup, and erased again: 2" in told
    words = PLACES | {"name": NAME, "address": ADDRESS}
    with new_instance(fresh, Host([])) as restored:
        assert left(restored, words) == set()
        with restored.database.read(ALL) as session:
            assert session.get_one(Record, (PARIS, record_id)).state == "erased"
        index = facets_of(restored, PARIS)
        found = service.look(restored.database, index, TITLE, exact=True)
        assert found is not None
        assert found.whole == (0,)
    # The new place knows it too, for the next restore.
    assert {one.id for one in erasure_list.read(folder / erasure_list.FILE)} == {
        one.id for one in erasure_list.read(listed)
    }


def test_without_the_list_it_would_come_back(lost: tuple[Path, Path, str], tmp_path: Path) -> None:
    folder = tmp_path / "new"
    fresh = settings(f"sqlite:///{folder / 'new.sqlite'}", folder)
    assert "erased again" not in restore(fresh, lost[0])
    with new_instance(fresh, Host([])) as restored:
        assert {"the title", "name"} <= left(restored, PLACES | {"name": NAME})


def test_the_list_in_the_data_folder_is_taken_by_itself(
    lost: tuple[Path, Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANZAROTE_DATA", str(tmp_path))
    monkeypatch.setenv("LANZAROTE_DATABASE_URL", f"sqlite:///{tmp_path / 'again.sqlite'}")
    assert main(["restore", str(lost[0])]) == 0
    assert "erased since the backup, and erased again: 2" in capsys.readouterr().out


def test_a_database_that_was_put_back_by_its_own_means_is_cleaned_by_a_backup_that_is_restored(
    worked_on: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the page about production says of base backups and snapshots, which know nothing of what was erased."""
    record_id, _ = walked_all_the_way(worked_on)
    snapshot = tmp_path / "snapshot.sqlite"
    with closing(sqlite3.connect(worked_on.database.path)) as old, closing(sqlite3.connect(snapshot)) as copy:
        old.backup(copy)
    withdraw_and_erase(worked_on, record_id)

    monkeypatch.setenv("LANZAROTE_DATA", str(erasure_list.place(worked_on.settings).parent))
    monkeypatch.setenv("LANZAROTE_DATABASE_URL", f"sqlite:///{snapshot}")
    assert main(["backup", str(tmp_path / "all.zip")]) == 0
    url = f"sqlite:///{tmp_path / 'clean' / 'clean.sqlite'}"
    monkeypatch.setenv("LANZAROTE_DATABASE_URL", url)
    assert main(["restore", str(tmp_path / "all.zip")]) == 0
    assert "erased since the backup, and erased again: 1" in capsys.readouterr().out
    with new_instance(settings(url, tmp_path / "clean"), Host([])) as restored:
        assert left(restored, PLACES) == set()


def test_what_could_not_be_written_down_is_at_the_next_chance(worked_on: Instance, tmp_path: Path) -> None:
    listed = erasure_list.place(worked_on.settings)
    listed.mkdir(parents=True)  # no file can be made there
    with worked_on.database.write(PARIS) as session:
        record = records.find(session, "practice", "pare")
        records.erase(session, record, by="x")
        record_id = record.id
    listed.rmdir()
    backup(worked_on, tmp_path / "next.zip")
    assert [one.id for one in erasure_list.read(listed)] == [record_id]
    assert listed.stat().st_mode & 0o777 == 0o600


def test_a_list_that_cannot_be_read_stops_the_restore(lost: tuple[Path, Path, str], tmp_path: Path) -> None:
    fresh = settings(f"sqlite:///{tmp_path / 'fresh.sqlite'}", tmp_path / "nowhere")
    wrong = tmp_path / "wrong.jsonl"
    with pytest.raises(RestoreError, match="is no list of what was erased"):
        restore(fresh, lost[0], wrong)
    wrong.write_text("{}\n")
    with pytest.raises(RestoreError, match=r"Line 1 of .* tells of nothing erased"):
        restore(fresh, lost[0], wrong)
    assert not (tmp_path / "fresh.sqlite").exists()
