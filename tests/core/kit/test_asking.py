"""A person at a terminal is asked few things, each with a proposal; what cannot be is explained and asked again."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

LANZAROTE = Path(sys.executable).with_name("lanzarote")
PATIENCE = 60
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows lends tests no terminal")


class Terminal:
    """A person who answers ``lanzarote region new`` at a terminal of its own."""

    def __init__(self, folder: Path, *words: str) -> None:
        import pty

        self._end, other = pty.openpty()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LANZAROTE_")}
        self.process = subprocess.Popen(
            [LANZAROTE, "region", "new", *words],
            cwd=folder,
            env=environment,
            stdin=other,
            stdout=other,
            stderr=other,
            # Whoever started the tests in the background ignores Ctrl+C, and so would the program.
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        )
        os.close(other)
        self.said = ""

    def answer(self, question: str, said: str) -> None:
        """Wait until *question* is asked, then write what is *said*."""
        self._read(until=question)
        self._read(until=": ")
        os.write(self._end, f"{said}\n".encode())

    def interrupt(self) -> None:
        """Press Ctrl+C, and again after a while: what comes just before Python waits for a line is heard after it."""
        for _ in range(PATIENCE // 5):
            self.process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(5)
                return

    def finish(self) -> str:
        """Everything said since the last answer, when the program has ended."""
        self._read(until="")
        self.process.wait(PATIENCE)
        return self.said.replace("\r\n", "\n")

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE)
        os.close(self._end)

    def _read(self, until: str) -> None:
        """Read past the first *until*, or to the end when it is empty."""
        limit = time.monotonic() + PATIENCE
        while not until or until not in self.said:
            assert time.monotonic() < limit, self.said
            if select.select([self._end], [], [], 0.1)[0]:
                try:
                    self.said += os.read(self._end, 65536).decode()
                except OSError:  # whoever wrote has gone
                    assert not until, self.said
                    return
        self.said = self.said.partition(until)[2]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    yield made
    made.close()


def test_a_region_comes_from_five_answers_of_which_four_are_proposed(terminal: Terminal, tmp_path: Path) -> None:
    terminal.answer("Territory (ISO 3166, such as IS or IS-1)", "IS")
    terminal.answer("Languages, the one you write in first [is, en]", "")
    terminal.answer("Name of the territory in Icelandic [Ísland]", "")
    terminal.answer("Name of the territory in English [Iceland]", "")
    terminal.answer("Id, part of every address; it never changes [iceland]", "north")
    said = terminal.finish()
    assert terminal.process.returncode == 0, said
    assert "lanzarote-region-north is in lanzarote-region-north.\n" in said
    written = (tmp_path / "lanzarote-region-north/lanzarote_region_north/region/region.toml").read_text("utf-8")
    assert tomllib.loads(written)["name"] == {"is": "Ísland", "en": "Iceland"}


def test_a_mistake_is_explained_and_asked_for_again(terminal: Terminal, tmp_path: Path) -> None:
    terminal.answer("Territory", "")
    terminal.answer("Nothing is proposed here; please write something.", "Iceland")
    terminal.answer("'Iceland' is no code of ISO 3166; the code of Iceland is IS.", "is-1")
    terminal.answer("Languages", "is, zz")
    terminal.answer("'zz' is no language tag", "is")
    terminal.answer("Icelandic [Höfuðborgarsvæði]", "Höfuðborgarsvæðið")
    terminal.answer("Id", "help")
    terminal.answer("'help' is the address of a page of the platform; choose another id.", "reykjavik")
    said = terminal.finish()
    assert terminal.process.returncode == 0, said
    assert (tmp_path / "lanzarote-region-reykjavik" / "pyproject.toml").is_file()


def test_of_several_time_zones_one_is_chosen(terminal: Terminal, tmp_path: Path) -> None:
    for question, said in (("Territory", "PT"), ("Languages", "en"), ("in English", ""), ("Id", "")):
        terminal.answer(question, said)
    terminal.answer("Time zone (Atlantic/Azores, Atlantic/Madeira, Europe/Lisbon)", "Europe/Lisbon")
    assert terminal.process.wait(PATIENCE) == 0
    written = (tmp_path / "lanzarote-region-portugal/lanzarote_region_portugal/region/region.toml").read_text("utf-8")
    assert tomllib.loads(written)["time_zone"] == "Europe/Lisbon"


@pytest.mark.parametrize("way", ["Ctrl+C", "Ctrl+D"])
def test_whoever_stops_in_the_middle_leaves_nothing_behind(terminal: Terminal, tmp_path: Path, way: str) -> None:
    terminal.answer("Territory", "IS")
    terminal._read(until="Languages")
    if way == "Ctrl+D":
        os.write(terminal._end, b"\x04")
    else:
        terminal.interrupt()
    assert "Stopped; nothing half-written was kept." in terminal.finish()
    assert terminal.process.returncode == 130
    assert list(tmp_path.iterdir()) == []
