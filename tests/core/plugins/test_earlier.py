"""Who came back from an earlier start begins before those that are new, and those that did not begin last."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lanzarote.instance import Instance
from lanzarote.plugins import Candidate, Earlier, Host, watching
from lanzarote.plugins.packages import TOO_SLOW
from lanzarote.settings import read_settings
from msgspec.structs import replace

from tests.core.plugins.packages import tell_of, write_package

if TYPE_CHECKING:
    from collections.abc import Sequence

DEEP = b'{"bad": {"of": "", "came_back": true, "more": ' + b"[" * 100_000
BEGUN = "import lz_begun\nlz_begun.append(__name__.removeprefix('lz_try_'))\n"
SPINS = "while True:\n    pass\n"
SLOW = "import time\nuntil = time.thread_time() + 0.4\nwhile time.thread_time() < until:\n    pass\n"


@pytest.fixture
def begun(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Packages in the order in which they began."""
    order: list[str] = []
    monkeypatch.setitem(sys.modules, "lz_begun", order)
    monkeypatch.setattr(watching._Clock, "slowness", 1)
    return order


def again(begun: list[str], earlier: Earlier, *candidates: Candidate) -> list[str]:
    """Who begins when *candidates* start, as in a process that has imported none of them."""
    for one in candidates:
        sys.modules.pop(one.module, None)
    begun.clear()
    Host(candidates, earlier=earlier).ask_all()
    return list(begun)


def test_who_came_back_begins_before_who_is_new(folder: Path, begun: list[str]) -> None:
    earlier = Earlier()
    new, known = (write_package(folder, name, BEGUN) for name in ("new", "old"))
    assert again(begun, earlier, known) == ["old"]
    assert again(begun, earlier, new, known) == ["old", "new"]
    assert again(begun, earlier, new, known) == ["new", "old"]  # by name, as both are known


def test_who_did_not_come_back_begins_last_until_it_does(folder: Path, begun: list[str]) -> None:
    earlier = Earlier()
    bad, sound = write_package(folder, "bad", BEGUN + SPINS), write_package(folder, "sound", BEGUN)
    assert again(begun, earlier, bad) == ["bad"]
    assert again(begun, earlier, bad, sound) == ["sound", "bad"]
    (folder / bad.module / "__init__.py").write_text(BEGUN, "utf-8")
    assert again(begun, earlier, bad, sound) == ["sound", "bad"]
    assert again(begun, earlier, bad, sound) == ["bad", "sound"]


def test_one_that_fails_came_back(folder: Path, begun: list[str]) -> None:
    earlier = Earlier()
    fails, new = write_package(folder, "x-fails", BEGUN + "1 / 0\n"), write_package(folder, "new", BEGUN)
    again(begun, earlier, fails)
    assert again(begun, earlier, new, fails) == ["x_fails", "new"]


def test_of_another_version_nothing_is_known(folder: Path, begun: list[str]) -> None:
    earlier = Earlier()
    bad, sound = write_package(folder, "bad", BEGUN + SPINS), write_package(folder, "sound", BEGUN)
    again(begun, earlier, bad)
    (folder / bad.module / "__init__.py").write_text(BEGUN, "utf-8")
    assert again(begun, earlier, replace(bad, version="1.1"), sound) == ["bad", "sound"]


def test_what_comes_with_the_platform_begins_first_whatever_it_did(folder: Path, begun: list[str]) -> None:
    earlier = Earlier()
    ours = replace(write_package(folder, "ours", BEGUN + SPINS), distribution="lanzarote-webhook")
    other = write_package(folder, "other", BEGUN)
    again(begun, earlier, ours, other)
    assert again(begun, earlier, ours, other) == ["ours", "other"]


def test_it_is_remembered_in_the_data_folder(folder: Path, tmp_path: Path, begun: list[str]) -> None:
    data = tmp_path / "data"
    data.mkdir()
    bad, sound = write_package(folder, "bad", BEGUN + SPINS), write_package(folder, "sound", BEGUN)
    again(begun, Earlier(data), bad, sound)
    assert again(begun, Earlier(data), bad, sound) == ["sound", "bad"]
    assert [path.name for path in data.iterdir()] == ["packages-started.json"]


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"null", b'{"bad": 1}', b'{"bad": {"of": 1}}', b"\xff", b'{"\xff": {"of": "", "came_back": true}}',
     b'{"bad": {"of": "\xff", "came_back": true}}', b'{"bad": ', DEEP, b" " * 1_000_000 + b"{}"],
)  # fmt: skip
def test_a_file_that_cannot_be_understood_is_as_none(
    folder: Path, tmp_path: Path, begun: list[str], content: bytes
) -> None:
    (tmp_path / "packages-started.json").write_bytes(content)
    one = write_package(folder, "one", BEGUN)
    assert again(begun, Earlier(tmp_path), one) == ["one"]
    assert Earlier(tmp_path).came_back(one)


def test_what_is_no_file_is_not_waited_for(folder: Path, tmp_path: Path, begun: list[str]) -> None:
    os.mkfifo(tmp_path / "packages-started.json")
    one = write_package(folder, "one", BEGUN)
    assert again(begun, Earlier(tmp_path), one) == ["one"]
    assert Earlier(tmp_path).came_back(one)


@pytest.mark.parametrize("place", ["nowhere", "a-file", "a-folder"])
def test_where_nothing_can_be_written_packages_start_all_the_same(
    folder: Path, tmp_path: Path, begun: list[str], place: str
) -> None:
    (tmp_path / "a-file").touch()
    (tmp_path / "a-folder" / "packages-started.json").mkdir(parents=True)
    new, known = (write_package(folder, name, BEGUN) for name in ("new", "old"))
    assert again(begun, Earlier(tmp_path / place), known) == ["old"]
    assert again(begun, Earlier(tmp_path / place), new, known) == ["new", "old"]
    assert not [*tmp_path.rglob(".packages-started*")]


def test_what_another_process_remembered_meanwhile_stays(folder: Path, tmp_path: Path, begun: list[str]) -> None:
    one, two = (write_package(folder, name, BEGUN) for name in ("one", "two"))
    site, command = Earlier(tmp_path), Earlier(tmp_path)
    again(begun, command, one)
    again(begun, site, two)
    assert Earlier(tmp_path).came_back(one)
    assert Earlier(tmp_path).came_back(two)


def test_of_what_comes_with_the_platform_nothing_is_written(tmp_path: Path) -> None:
    Host(earlier=Earlier(tmp_path)).ask_all()
    assert [*tmp_path.iterdir()] == []


def test_nothing_is_written_while_nothing_changes(folder: Path, tmp_path: Path, begun: list[str]) -> None:
    one = write_package(folder, "one", BEGUN)
    again(begun, Earlier(tmp_path), one)
    file = tmp_path / "packages-started.json"
    before = file.stat().st_ino
    again(begun, Earlier(tmp_path), one)
    assert file.stat().st_ino == before


def test_what_packages_contribute_does_not_depend_on_who_began(folder: Path, begun: list[str]) -> None:
    earlier = Earlier()
    code = '@hookimpl\ndef exporters():\n    return (Exporter(format="x-{0}", label="{0}", write=print),)\n'
    one, two = (write_package(folder, name, BEGUN + code.format(name)) for name in ("one", "two"))
    same = Candidate(name="the-same", module=two.module, distribution="lanzarote-the-same", version="1.0")
    first = amount(Host([one, two, same], earlier=Earlier()))
    Host([same], earlier=earlier).ask_all()
    Host([two], earlier=earlier).ask_all()
    assert amount(Host([one, two, same], earlier=earlier)) == first


def amount(host: Host) -> Sequence[object]:
    host.ask_all()
    return [(package, exporter.format) for package, exporter in host.offered("exporters")], host.packages


def test_who_hung_once_gets_its_time_again(folder: Path, begun: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    monkeypatch.setitem(sys.modules, "lz_gate", gate)
    endless = [write_package(folder, name, SPINS) for name in ("a", "b", "c", "d")]
    slow = write_package(folder, "slow", "import lz_gate\nlz_gate.wait(60)\n")
    earlier = Earlier()
    again(begun, earlier, *endless, slow)
    assert not earlier.came_back(slow)
    gate.set()
    for thread in threading.enumerate():
        if thread.name == watching.LANE:
            thread.join(60)
    (folder / slow.module / "__init__.py").write_text(SLOW, "utf-8")
    again(begun, earlier, *endless, slow)
    assert earlier.came_back(slow)


def test_who_comes_new_begins_before_all_that_did_not_come_back(folder: Path, begun: list[str]) -> None:
    earlier = Earlier()
    endless = [write_package(folder, f"e{number}", SPINS) for number in range(5)]
    again(begun, earlier, *endless)
    slow = write_package(folder, "slow", SLOW)
    again(begun, earlier, *endless, slow)
    assert earlier.came_back(slow)


def test_who_was_sound_before_stays_so_where_others_leave_it_too_little(folder: Path, begun: list[str]) -> None:
    earlier = Earlier()
    others = [write_package(folder, name, BEGUN) for name in ("a", "b", "c", "d")]
    slow = write_package(folder, "slow", BEGUN + SLOW)
    again(begun, earlier, *others, slow)
    for one in others:
        (folder / one.module / "__init__.py").write_text(BEGUN + SPINS, "utf-8")
    assert again(begun, earlier, *others, slow) == ["a", "b", "c", "d", "slow"]
    assert again(begun, earlier, *others, slow)[0] == "d"  # as it had less time as well, and was sound
    assert again(begun, earlier, *others, slow)[0] == "slow"


def test_at_the_second_start_nobody_is_lost_to_eight_that_never_come_to_an_end(
    folder: Path, tmp_path: Path, begun: list[str]
) -> None:
    names = [f"e{number}" for number in range(8)]
    candidates = [*(write_package(folder, name, SPINS) for name in names), write_package(folder, "slow", SLOW)]
    for one in candidates:
        tell_of(folder, one)
    settings = read_settings({"LANZAROTE_DATA": str(tmp_path)})

    def lost() -> dict[str, str]:
        for one in candidates:
            sys.modules.pop(one.module, None)
        with Instance(settings) as instance:
            instance.host.ask_all()
            return {one.name: one.way_out for one in instance.host.packages if one.fault}

    assert lost()["slow"] == (
        "It had less time than usual, as these never came to an end: lanzarote-e0 1.0, lanzarote-e1 1.0, "
        "lanzarote-e2 1.0. Start again: it begins before them then. Mend or remove them as well"
    )
    second = lost()
    assert second.keys() == {*names}
    assert {second[name] for name in ("e0", "e1", "e2")} == {TOO_SLOW}  # they had all their time before
