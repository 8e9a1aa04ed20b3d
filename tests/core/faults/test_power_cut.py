"""When the power is cut, what was acknowledged is on the disk; with less careful settings it would not be."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from lanzarote.store.database import ALL, Database

from tests.conftest import copy_of
from tests.core.faults.tape import Playback
from tests.core.faults.test_killed import ROOT, WRITER
from tests.core.faults.whole import half_done, missing
from tests.core.faults.writer import read_acknowledged

WRITES = 90
"""Enough for the write-ahead log to be brought into the database several times."""


def recorded(template: Path, folder: Path, *more: str) -> Playback:
    """What a writer had SQLite write, from a database that is whole on the disk."""
    url = copy_of(template, folder)
    file = Path(url.removeprefix("sqlite:///"))
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    before = folder / "before.sqlite"
    before.write_bytes(file.read_bytes())
    tape = folder / "tape"
    subprocess.run(
        [*WRITER, url, str(folder), "--writes", str(WRITES), "--record", str(tape), *more],
        cwd=ROOT, stdout=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    return Playback(tape, before)


def cut(playback: Playback, folder: Path, count: int) -> tuple[int, list[str]]:
    """Cut the power at *count* points; how many acknowledged writes were looked for, and what was found wrong."""
    seed = int(os.environ.get("LZ_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)
    print(f"LZ_SEED={seed}")  # shown when it fails
    chance = random.Random(seed)
    points = chance.sample(range(1, len(playback) + 1), count)
    wrong: list[str] = []
    looked_for = 0
    url = f"sqlite:///{folder / 'cut.sqlite'}"
    for step, lines in playback.cut(points, chance, folder):
        acknowledged = [read_acknowledged(line) for line in lines]
        database = Database(url)
        try:
            with database.read(ALL) as session:
                connection = session.connection().connection.driver_connection
                assert connection is not None
                sound = connection.execute("PRAGMA integrity_check").fetchall()
                wrong += [f"step {step}: {told}" for (told,) in sound if told != "ok"]
                wrong += [f"step {step}: lost: {one}" for one in missing(session, acknowledged, None)]
                wrong += [f"step {step}: {one}" for one in half_done(session)]
        finally:
            database.close()
        looked_for += len(acknowledged)
    return looked_for, wrong


def a_cut_anywhere_loses_nothing(template: Path, folder: Path, count: int) -> None:
    playback = recorded(template, folder)
    assert playback.count("acknowledged") >= WRITES
    assert min(playback.count("synced"), playback.count("truncated")) > 0
    looked_for, wrong = cut(playback, folder, count)
    assert wrong == []
    assert looked_for > count * 10


def test_a_power_cut_at_sixty_points_loses_no_acknowledged_write(paris_template: Path, tmp_path: Path) -> None:
    a_cut_anywhere_loses_nothing(paris_template, tmp_path, 60)


@pytest.mark.long
def test_a_power_cut_at_five_hundred_points_loses_no_acknowledged_write(paris_template: Path, tmp_path: Path) -> None:
    a_cut_anywhere_loses_nothing(paris_template, tmp_path, 500)


def test_a_power_cut_loses_acknowledged_writes_where_they_are_not_synced(paris_template: Path, tmp_path: Path) -> None:
    """The control: the same writer, the same cuts, ``synchronous=NORMAL``. The database stays sound, but forgets."""
    playback = recorded(paris_template, tmp_path, "--synchronous", "NORMAL")
    _, wrong = cut(playback, tmp_path, 40)
    assert [one for one in wrong if "lost: " in one]
    assert [one for one in wrong if "lost: " not in one] == []


def test_listening_leaves_no_file_where_it_runs(paris_template: Path, tmp_path: Path) -> None:
    """SQLite finds the shared memory of a database by the database's name; with a lost name it lies anywhere."""
    before = set(ROOT.iterdir())
    recorded(paris_template, tmp_path)
    assert set(ROOT.iterdir()) - before == set()


def test_sqlite_can_be_listened_to_here() -> None:
    """What the tests above need; they fail, rather than prove nothing, on a Python whose SQLite cannot be reached."""
    told = subprocess.run(
        [sys.executable, "-c", "from tests.core.faults.tape import _default_vfs; print(_default_vfs().name.decode())"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.strip() in ("unix", "win32")
