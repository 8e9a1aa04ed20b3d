"""What no author would think of doing: each is named, and neither the site nor another package notices."""

from __future__ import annotations

import os
import time
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from lanzarote.plugins import CallFailed, Host, processes
from lanzarote.plugins.remembered import FILE, Remembered

from tests.core.plugins.bad import exporter
from tests.core.plugins.packages import MANIFEST, tell_of, write_package

if TYPE_CHECKING:
    from pathlib import Path

EVERYWHERE = "import os\nfor number in range(3, 64):\n    try: os.write(number, {})\n    except OSError: pass\n"
STARTS = {
    "half a message": (EVERYWHERE.format("b'A'"), "does not start: "),
    "an endless message": (EVERYWHERE.format("b'A' + b'\\xff' * 8"), "it answered with more than 256 MB"),
    "an answer of its own": (EVERYWHERE.format("b'A' + (3).to_bytes(8, 'big') + b'abc'"), "nobody understands"),
    "a fork that goes on": ("import os\nos.fork()\n" + dedent(exporter()), ""),
    "a shell that stays": ("import os\nos.system('sleep 600 &')\nos._exit(3)", "its process ended (exit code 3)"),
    "the end of its parent": ("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)", ""),
    "itself stopped": ("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", "its import did not come back"),
    "nothing encodes any more": ("import msgspec\nmsgspec.msgpack.encode = None", "does not start: its process ended"),
    "an error with an endless name": ("raise type('x' * 10**7 + '\\x1b', (Exception,), {})", "cannot be used: xxx"),
    "its manifest is a pipe": ("", "does not start: its manifest did not come back"),
    "its folder holds itself": (
        "import os\n(Path(__file__).parent / 'law').symlink_to(Path(__file__).parent)\n"
        "@hookimpl\ndef legal_frameworks():\n    return [LegalFramework.from_folder(Path(__file__).parent / 'law')]",
        "",
    ),
}


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "STARTING", 3.0)
    monkeypatch.setattr(Remembered, "_here", {})


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("what", STARTS)
def test_whatever_a_package_does_as_it_starts_the_next_one_is_there(what: str, folder: Path) -> None:
    code, told = STARTS[what]
    odd = write_package(folder, "odd", code)
    if what == "its manifest is a pipe":
        (folder / odd.module / "lanzarote.toml").unlink()
        os.mkfifo(folder / odd.module / "lanzarote.toml")
    host = Host([odd, write_package(folder, "sound", exporter(format='"fine"'))])
    found = {one.name: one.fault for one in host.ask_all().packages}
    assert told in found["odd"]
    assert len(found["odd"]) < 1_000
    assert found["sound"] == ""
    assert "fine" in [one.format for one in host.exporters]


CHECK = """
    import os

    @hookimpl
    def check_practice(new):
        {}
        return [Concern(code=new, text={{"en": "Said."}})]
"""


def codes(host: Host, new: str) -> list[str]:
    [(_, answer)] = host.ask("check_practice", ["odd"], region=None, new=new, before=None)
    return [one.code for one in answer()]


def test_a_fork_answers_no_other_call(folder: Path) -> None:
    host = Host([write_package(folder, "odd", CHECK.format("os.fork()"))])
    for new in ("one", "two", "three"):
        assert codes(host, new) == [new]
        time.sleep(0.05)


def test_a_call_after_the_end_of_the_template_is_answered(folder: Path) -> None:
    kill = "import signal; new == 'one' and os.kill(os.getppid(), signal.SIGKILL); new == 'two' and os._exit(3)"
    host = Host([write_package(folder, "odd", CHECK.format(kill))])
    assert codes(host, "one") == ["one"]
    with pytest.raises(CallFailed, match="its process ended"):
        codes(host, "two")
    assert codes(host, "three") == ["three"]


@pytest.mark.usefixtures("short")
def test_packages_start_after_one_that_stopped_its_parent(folder: Path) -> None:
    stopping = write_package(folder, "stopping", "import os, signal\nos.kill(os.getppid(), signal.SIGSTOP)")
    for candidate in (stopping, write_package(folder, "sound", exporter())):
        assert [one.fault for one in Host([candidate]).ask_all().packages] == [""]


def test_what_has_a_way_of_its_own_to_be_copied_is_never_copied_that_way(folder: Path) -> None:
    code = """
    class Odd(Concern, frozen=True, kw_only=True):
        def __reduce__(self):
            return (Path(__file__).with_name("reduced").touch, ())

    @hookimpl
    def check_practice(new):
        return [Odd(code=new, text={"en": "Said."})]
    """
    one = write_package(folder, "odd", code)
    assert codes(Host([one]), "one") == ["one"]
    assert not (folder / one.module / "reduced").exists()


@pytest.mark.parametrize("how", [os.mkfifo, os.mkdir], ids=["a pipe", "a folder"])
def test_whatever_lies_where_packages_are_remembered_a_start_goes_on(folder: Path, tmp_path: Path, how: object) -> None:
    data = tmp_path / "data"
    data.mkdir()
    how(data / FILE)  # type: ignore[operator]
    one = write_package(folder, "one", exporter())
    assert [one.format for one in Host([one], folder=data).exporters] == ["odd"]
    assert [one.format for one in Host([one], folder=data).exporters] == ["odd"]


def test_packages_start_without_a_folder_for_temporary_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Remembered, "_here", {})
    monkeypatch.setattr("tempfile.tempdir", str(folder / "no"))
    assert [one.fault for one in Host([write_package(folder, "one", exporter())]).ask_all().packages] == [""]


def test_a_name_without_end_is_cut(folder: Path) -> None:
    tell_of(folder, write_package(folder, "long", exporter(), MANIFEST))
    for file in folder.glob("*/entry_points.txt"):
        file.write_text(f"[lanzarote]\n{'x' * 10_000}\x1b = lz_try_long\n", "utf-8")
    [package] = [one for one in Host().packages if one.module == "lz_try_long"]
    assert len(package.name) == 200
