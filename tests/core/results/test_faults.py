"""Whatever happens to results on their way, and to whoever takes them: what is here is what was signed, once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from lanzarote.records import records
from lanzarote.records.changelog import Audit, Change
from lanzarote.records.changelog_state import broken_change
from lanzarote.results import destinations
from lanzarote.results.batches import Malformed, read_file
from lanzarote.results.model import Refused
from sqlalchemy import func, select

from tests.core.records.texts import body
from tests.core.results.two_places import PARIS, TwoPlaces, shown

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def chance() -> random.Random:
    seed = int(os.environ.get("LZ_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)
    print(f"LZ_SEED={seed}")  # shown when it fails
    return random.Random(seed)


def cut_in_batches(places: TwoPlaces, size: int, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    monkeypatch.setattr(destinations, "MOST_ENTRIES", size)
    with places.region.database.read(PARIS) as session:
        begun = destinations.start_of(session, PARIS)
        return list(destinations.batches(session, places.region.settings, PARIS, begun))


# Bits


def accepted(data: bytes, places: TwoPlaces) -> bool:
    """Whether the office's first look lets it pass: form, digest, signature."""
    key = places.card().public
    try:
        for batch in read_file(BytesIO(data)):
            batch.require_signed(key)
            batch.entries()
    except Malformed:
        return False
    return True


def flipped(data: bytes, place: int) -> bytes:
    changed = bytearray(data)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


def test_a_flipped_bit_changes_nothing_at_the_office(places: TwoPlaces, chance: random.Random) -> None:
    places.sync()
    at = places.there()
    places.publish("own-a", "First")
    data, before = places.export(at), places.state()
    for place in chance.sample(range(len(data) * 8), 150):
        with pytest.raises((Malformed, Refused)):
            places.take(flipped(data, place))
    assert places.state() == before
    assert places.take(data).new == 1


@pytest.mark.long
def test_of_a_hundred_kilobytes_no_bit_can_be_changed(places: TwoPlaces) -> None:
    at = places.head()
    number = 0
    while len(data := places.export(at) if number else b"") < 100_000:
        for _ in range(20):
            places.publish(f"own-{number}", f"Title {number} " + "x" * 500)
            number += 1
    assert accepted(data, places)
    key = places.card().public
    count = 0
    for place in range(len(data) * 8):
        with suppress(Malformed):
            for batch in read_file(BytesIO(flipped(data, place))):
                batch.require_signed(key)
                count += 1
    print(f"{len(data) * 8} bits flipped, {count} accepted")
    assert count == 0


# Killed


def kill(places: TwoPlaces, folder: Path, chance: random.Random, times: int) -> None:
    """Two who take the same results at once are killed *times* times; another then takes what is left."""
    command = [sys.executable, "-m", "tests.core.results.receiver", places.office.database.url, str(folder)]
    for _ in range(times):
        both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(2)]
        for one in both:
            assert one.stdout is not None
            assert one.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0, 0.1))
        for one in both:
            one.send_signal(signal.SIGKILL)
        for one in both:
            one.communicate()
            assert one.returncode == -signal.SIGKILL


def taken_once(
    places: TwoPlaces, folder: Path, chance: random.Random, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    with places.region.database.write(PARIS) as session:
        drafts = [
            records.Draft(kind="practice", slug=f"own-{n}", body=body(f"Title {n}"), status=b"{}", publish=True)
            for n in range(400)
        ]
        records.create(session, PARIS, drafts, by="test")
    folder.mkdir()
    for number, data in enumerate(cut_in_batches(places, 10, monkeypatch)):
        (folder / f"{number:03}.results").write_bytes(data)
    kill(places, folder, chance, times)
    places.sync()
    assert places.titles() == shown(places.region)
    with places.office.database.read(PARIS) as session:
        assert broken_change(session, PARIS) is None
        published = select(func.count()).where(Audit.kind == "practice", Audit.verb == "publish")
        entries = select(func.count()).where(Change.kind == "practice", Change.verb == "publish")
        assert session.scalar(published.select_from(Audit)) == session.scalar(entries.select_from(Change))
        assert places.there() == places.head()


def test_two_who_are_killed_have_taken_each_entry_once(
    places: TwoPlaces, tmp_path: Path, chance: random.Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_once(places, tmp_path / "mail", chance, monkeypatch, 3)


@pytest.mark.long
def test_two_who_are_killed_fifty_times_have_taken_each_entry_once(
    places: TwoPlaces, tmp_path: Path, chance: random.Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_once(places, tmp_path / "mail", chance, monkeypatch, 50)
