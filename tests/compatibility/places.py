"""An environment of its own, with the platform as it is here and packages as they were published."""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
import urllib.request
import venv
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from dev import BIN, MEMBERS, WINDOWS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PATIENCE = 120
ADDRESS = "https://lanzarote.example.org"
PROGRAM = "import sys; from lanzarote.cli import main; sys.exit(main())"


class Place:
    def __init__(self, folder: Path, pip: Sequence[str | Path]) -> None:
        self.data = folder / "data"
        self.python = folder / "venv" / BIN / "python"
        self._pip = pip
        venv.create(folder / "venv", with_pip=False, symlinks=not WINDOWS)
        # What is installed here comes first; then the platform, and what it needs.
        paths = map(str, MEMBERS)
        purelib = next((folder / "venv").rglob("site-packages"))
        (purelib / "platform.pth").write_text("\n".join((*paths, sysconfig.get_path("purelib"))), encoding="utf-8")

    def install(self, *wheels: Path) -> None:
        options = ("--no-index", "--no-deps", "--disable-pip-version-check")
        self._run([*self._pip, "--python", self.python, "install", "-q", *options, *wheels])

    def uninstall(self, *names: str) -> None:
        options = ("--disable-pip-version-check", "uninstall", "-q", "-y")
        self._run([*self._pip, "--python", self.python, *options, *names])

    def lanzarote(self, *words: str | Path, fails: bool = False, data: Path | None = None) -> bytes:
        """Run a command, on other *data* if they are named; return what it wrote."""
        return self._run([self.python, "-c", PROGRAM, *words], fails=fails, data=data)

    def configuration(self) -> Any:
        return json.loads(self._run([self.python, "-c", PROGRAM, "plugins", "--json"], fails=None))

    def pages(self, *paths: str) -> dict[str, bytes]:
        """What the site answers at *paths*; all of them must be there."""
        with self.site() as get:
            return {path: get(path) for path in paths}

    @contextmanager
    def site(self) -> Iterator[Callable[[str], bytes]]:
        """Serve until the block ends; gives what answers a path."""
        command = [str(self.python), "-c", PROGRAM, "run", "--port", "0"]
        with subprocess.Popen(command, env=self._environ(self.data), stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                said = []
                for line in process.stdout:
                    said.append(line)
                    if line.startswith("Stop with"):
                        break
                [address] = [line.split()[-1] for line in said if line.startswith("The site is ready: ")]
                yield lambda path: _get(address + quote(path, safe="/?=&"))
            finally:
                process.terminate()
                process.wait(PATIENCE)

    def _run(self, command: Sequence[str | Path], *, fails: bool | None = False, data: Path | None = None) -> bytes:
        done = subprocess.run(
            [*map(str, command)],
            env=self._environ(data or self.data),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        assert fails is None or (done.returncode != 0) is fails, (done.stdout + done.stderr).decode()
        return done.stdout

    def _environ(self, data: Path) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("LANZAROTE_", "PYTHON"))}
        return ours | {"PYTHONUTF8": "1", "LANZAROTE_DATA": str(data), "LANZAROTE_BASE_URL": ADDRESS}


def _get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310 - ours
        page: bytes = answer.read()
    return page
