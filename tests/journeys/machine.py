"""The machine of a reader: an environment with packages, an empty folder to work in, and no repository anywhere."""

from __future__ import annotations

import os
import queue
import re
import shutil
import signal
import subprocess
import threading
import venv
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct

from dev import BIN, WINDOWS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from playwright.sync_api import Page

LAST_LINE = "Stop with Ctrl+C"
PATIENCE = 60
LINES = {
    "purelib": "import sysconfig; print(sysconfig.get_path('purelib'))",
    "paths": "import sys, lanzarote; print(*sys.path, lanzarote.__file__, sep='\\n')",
}


class Site(Struct, frozen=True):
    """A site that `lanzarote run` started."""

    address: str
    said: str
    """What it printed until it was ready."""
    process: subprocess.Popen[str]

    def stop(self) -> str:
        """Press Ctrl+C; return what was said about it. The program must end well."""
        self.process.send_signal(signal.CTRL_C_EVENT if WINDOWS else signal.SIGINT)  # type: ignore[attr-defined,unused-ignore]
        said, _ = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == 0, said
        return said


class Machine:
    def __init__(self, folder: Path, third_party: str) -> None:
        """*third_party*: a folder of what our packages depend on, as if downloaded from a registry."""
        self.home = folder / "home"
        self.home.mkdir(parents=True)
        self.folder = self.home
        """Where commands run."""
        self._bin = folder / "venv" / BIN
        venv.create(folder / "venv", with_pip=False, symlinks=not WINDOWS)
        # What a .pth adds comes after the environment's own packages.
        (self._purelib() / "third-party.pth").write_text(third_party, encoding="utf-8")

    def copy(self, other: Path) -> None:
        """Install what is installed on the machine in the folder *other*. Programs name the Python of theirs."""
        here, there = (str(folder / "venv").encode() for folder in (self._bin.parents[1], other))
        shutil.copytree(next((other / "venv").rglob("site-packages")), self._purelib(), dirs_exist_ok=True)
        for program in (other / "venv" / BIN).iterdir():
            if not (self._bin / program.name).exists():
                shutil.copy(program, self._bin)
                (self._bin / program.name).write_bytes(program.read_bytes().replace(there, here))

    def install(self, pip: Sequence[str | Path], *what: str | Path) -> None:
        options = ("--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check")
        self._call([*pip, "--python", self._bin / "python", "install", "-q", *options, *what])

    def lanzarote(self, *words: str | Path, fails: bool = False, **settings: str) -> str:
        """Run a command; return what it printed."""
        return self._call([self._bin / "lanzarote", *words], fails=fails, settings=settings)

    def python(self, *words: str | Path) -> str:
        """Run the machine's Python, which may take its time; return what it printed."""
        return self._call([self._bin / "python", *words], patience=10 * PATIENCE)

    def paths(self) -> list[str]:
        """Everywhere that this machine's Python looks, and where it found the platform."""
        return self._call([self._bin / "python", "-c", LINES["paths"]]).split("\n")

    @contextmanager
    def running(self, *words: str, **settings: str) -> Iterator[Site]:
        """A command that serves (`lanzarote run` on a free port, unless *words* say more) until the block ends."""
        command = [str(self._bin / "lanzarote"), *(words or ("run", "--port", "0"))]
        with subprocess.Popen(
            command,
            cwd=self.folder,
            env=self._environ(settings),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            try:
                said = read_until(process, LAST_LINE)
                address = re.search(r"http://\S+:\d+", said)
                assert address, said
                yield Site(address[0], said, process)
            finally:
                if process.poll() is None:
                    process.terminate()
                    process.wait(PATIENCE)

    def _purelib(self) -> Path:
        from pathlib import Path

        return Path(self._call([self._bin / "python", "-c", LINES["purelib"]]).strip())

    def _call(
        self,
        command: Sequence[str | Path],
        *,
        fails: bool = False,
        patience: int = PATIENCE,
        settings: dict[str, str] | None = None,
    ) -> str:
        done = subprocess.run(
            [*map(str, command)],
            cwd=self.folder,
            env=self._environ(settings or {}),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=patience,
            check=False,
        )
        assert (done.returncode != 0) is fails, done.stdout
        return done.stdout

    def _environ(self, settings: dict[str, str]) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("LANZAROTE_", "PYTHON"))}
        own = {"HOME": str(self.home), "PYTHONUTF8": "1"}
        return ours | own | {f"LANZAROTE_{name}": value for name, value in settings.items()}


def read_until(process: subprocess.Popen[str], last: str) -> str:
    """What *process* prints up to the line that begins with *last*."""
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    assert process.stdout is not None
    out = process.stdout

    def read() -> None:
        for line in iter(out.readline, ""):
            lines.put(line)
            if line.startswith(last):
                return
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    said = ""
    while line := lines.get(timeout=PATIENCE):
        said += line
        if line.startswith(last):
            return said
    raise AssertionError(f"It ended before it was ready:\n{said}")


def sideways(page: Page) -> int:
    """By how many points the page is wider than the window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider
