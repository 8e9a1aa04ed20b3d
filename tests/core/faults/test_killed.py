"""A writer that is killed at any moment has lost nothing it acknowledged, and left nothing half done."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from lanzarote.cli import main

from tests.conftest import copy_of
from tests.core.faults.whole import faults
from tests.core.faults.writer import Acknowledged, read_acknowledged

ROOT = Path(__file__).resolve().parents[3]
WRITER = (sys.executable, "-m", "tests.core.faults.writer")


def killed(url: str, folder: Path, chance: random.Random, *, most: int, begun_at: int) -> list[Acknowledged]:
    """What a writer acknowledged until it was killed, at most *most* writes and a moment later."""
    command = [*WRITER, url, str(folder), "--begun-at", str(begun_at)]
    told: list[Acknowledged] = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for line in process.stdout:
            told.append(read_acknowledged(line))
            if len(told) >= most:
                break
        time.sleep(chance.uniform(0, 0.08))  # in the middle of what comes next
        process.send_signal(signal.SIGKILL)
        # What it told before it died is told; a line that broke off was not.
        told += [
            read_acknowledged(line) for line in process.stdout.read().splitlines(keepends=True) if line.endswith(b"\n")
        ]
    assert process.returncode == -signal.SIGKILL
    return told


def kill_again_and_again(
    template: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, *, times: int, most: int
) -> list[Acknowledged]:
    """Kill one writer after the other on the same database; after each, everything has to be there."""
    seed = int(os.environ.get("LZ_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)
    print(f"LZ_SEED={seed}")  # shown when it fails
    chance = random.Random(seed)
    url = copy_of(template, folder)
    monkeypatch.setenv("LANZAROTE_DATABASE_URL", url)
    monkeypatch.setenv("LANZAROTE_DATA", str(folder))
    told: list[Acknowledged] = []
    for turn in range(times):
        told += killed(url, folder, chance, most=chance.randrange(1, most), begun_at=turn * 1_000)
        assert faults(url, folder, told) == [], f"after {turn + 1} kills, {len(told)} writes"
        assert main(["audit", "verify"]) == 0
    return told


def test_no_acknowledged_write_is_lost_when_the_writer_is_killed(
    paris_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = kill_again_and_again(paris_template, tmp_path, monkeypatch, times=4, most=24)
    assert len(told) >= 4


@pytest.mark.long
def test_fifty_kills_within_a_thousand_writes_lose_nothing(
    paris_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = kill_again_and_again(paris_template, tmp_path, monkeypatch, times=50, most=40)
    assert len(told) >= 900
    assert {one.what for one in told} == {"saved", "published", "erased", "kept", "invited"}


def test_the_check_sees_what_is_missing_and_what_is_half_done(paris_template: Path, tmp_path: Path) -> None:
    """Else the tests above would prove nothing."""
    import sqlite3

    url = copy_of(paris_template, tmp_path)
    done = subprocess.run([*WRITER, url, str(tmp_path), "--writes", "9"], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    told = [read_acknowledged(line) for line in done.stdout.splitlines()]
    assert faults(url, tmp_path, told) == []
    first = told[0].id
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        connection.execute("DELETE FROM version WHERE record_id = ? AND number = 2", (first,))
        connection.execute("DELETE FROM audit WHERE seq = (SELECT max(seq) - 3 FROM audit WHERE region_id = 'paris')")
        connection.execute("DELETE FROM published_practice WHERE record_id = ?", (first,))
        connection.execute("DELETE FROM outbox")
    connection.close()
    for letter in (tmp_path / "mail").glob("*"):
        letter.unlink()
    found = " ".join(faults(url, tmp_path, told))
    for expected in ("version 2 of", "the audit of paris does not follow", "lists show", "invitation of"):
        assert expected in found
