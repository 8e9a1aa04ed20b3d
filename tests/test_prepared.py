"""Databases that tests copy are written once, and again when what they were made from is another."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.prepared import HALF_AN_HOUR, Prepared, fingerprint


class Maker:
    def __init__(self, folder: Path) -> None:
        self.folder, self.made = folder, 0

    def make(self, file: Path) -> None:
        self.made += 1
        file.write_text(f"number {self.made}")
        file.chmod(0o600)

    def put(self, made_from: str, name: str = "paris") -> str:
        (kept := self.folder / "kept").mkdir(exist_ok=True)
        return Prepared(kept, made_from).put(name, self.folder, self.make).read_text()


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    return Maker(tmp_path)


def test_it_is_made_once_and_copied(maker: Maker) -> None:
    made = maker.put("a")
    file = maker.folder / "template.sqlite"
    mode = file.stat().st_mode
    file.unlink()
    assert maker.put("a") == made == "number 1"
    assert file.stat().st_mode == mode
    file.write_text("changed by a test")
    assert maker.put("a") == made


def test_it_is_made_again_from_other_sources_and_the_earlier_one_goes(maker: Maker) -> None:
    maker.put("a", "paris-second-region")
    assert [maker.put("a"), maker.put("b"), maker.put("a")] == ["number 2", "number 3", "number 4"]
    kept = {file.name for file in (maker.folder / "kept").glob("*.sqlite")}
    assert kept == {"paris.a.sqlite", "paris-second-region.a.sqlite"}


def test_it_is_made_again_after_half_an_hour(maker: Maker) -> None:
    maker.put("a")
    then = time.time() - HALF_AN_HOUR
    os.utime(maker.folder / "kept" / "paris.a.sqlite", (then, then))
    assert maker.put("a") == "number 2"


def test_nothing_is_kept_of_one_that_could_not_be_made(maker: Maker) -> None:
    def fail(file: Path) -> None:
        file.write_text("half of it")
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        Prepared(maker.folder, "a").put("paris", maker.folder, fail)
    assert not [*maker.folder.glob("paris.*.sqlite")]


def test_sources_are_told_apart_by_what_they_hold_and_what_they_are_called(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "words.toml").write_text("a word")
    seen = [fingerprint([source]), fingerprint([source])]
    (source / "words.toml").write_text("a name")
    seen.append(fingerprint([source]))
    (source / "words.toml").rename(source / "names.toml")
    seen.append(fingerprint([source]))
    assert seen[0] == seen[1]
    assert len({*seen}) == 3
