"""A folder that came from elsewhere is checked without reading what is not in it, and without waiting for ever."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from lanzarote.kit.check import check
from lanzarote.kit.preview import Watched
from lanzarote.regions.folder import folder_digest

from tests.core.regions.sound import SOUND, read, told, write

LINK = "is a link that leads out of the folder; put here what it leads to"
DEVICE = "is a device or a pipe, whose end may never come; put a file here"
no_windows = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither devices in folders nor pipes")


def test_a_link_out_of_the_folder_is_refused(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {**SOUND})
    outside = write(tmp_path / "outside", {"ages.toml": "", "more/letter.toml": ""})
    (folder / "ages.toml").symlink_to(outside / "ages.toml")
    (folder / "practices" / "letters").symlink_to(outside / "more")
    assert check(folder, []) == 1
    assert f"ages.toml: {LINK}\n" in capsys.readouterr().out
    (tmp_path / "place").mkdir()
    state = Watched(folder, [], tmp_path / "place").look()
    assert (state.shown, len(state.faults)) == (None, 2)
    assert f"practices/letters: {LINK}" in state.faults


def test_nothing_is_printed_of_what_a_link_out_of_the_folder_leads_to(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, {**SOUND})
    outside = write(tmp_path / "outside", {"accounts.toml": "canary:x:0:0\n", "canary.toml": SOUND["sectors.toml"]})
    for name, leads_to in (("ages.toml", outside / "accounts.toml"), ("canary.toml", outside / "canary.toml")):
        (folder / name).symlink_to(leads_to)
    assert check(folder, []) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"ages.toml: {LINK}",
        f"canary.toml: {LINK}",
        "2 faults to mend, 0 warnings.",
    ]


def test_a_link_inside_the_folder_is_followed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {**SOUND})
    (folder / "practices" / "same.toml").symlink_to("joint-hearing.toml")
    assert check(folder, []) == 0
    assert "2 practices" in capsys.readouterr().out


def test_a_folder_that_is_itself_reached_by_a_link_is_no_fault(folder: Path, tmp_path: Path) -> None:
    write(folder, {**SOUND})
    (tmp_path / "link").symlink_to(folder)
    assert check(tmp_path / "link", []) == 0


def test_a_link_in_a_circle_does_not_stop_the_check(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {**SOUND})
    (folder / "circle").symlink_to("circle")
    (folder / "practices" / "circle.toml").symlink_to("circle.toml")
    assert check(folder, []) == 1
    assert capsys.readouterr().out.splitlines()[0].startswith("practices/circle.toml: cannot be read: ")


@no_windows
def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    write(folder, {**SOUND})
    os.mkfifo(folder / "ages.toml")
    os.mkfifo(folder / "practices" / "pipe.toml")
    assert told(read(folder).problems) == [f"ages.toml: {DEVICE}", f"practices/pipe.toml: {DEVICE}"]
    assert len(folder_digest([folder])) == 64


@no_windows
def test_a_device_without_an_end_is_not_read(folder: Path) -> None:
    write(folder, {**SOUND})
    (folder / "ages.toml").symlink_to("/dev/zero")
    assert told(read(folder).problems) == [f"ages.toml: {DEVICE}"]
    assert len(folder_digest([folder])) == 64
