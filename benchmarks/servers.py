"""Starts the servers that are measured, each in a process of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
LANZAROTE = Path(sys.executable).with_name("lanzarote")


def environment(**more: str) -> dict[str, str]:
    """Ours; byte code is kept, or each start would compile every module anew."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {name: value for name, value in kept.items() if not name.startswith("LANZAROTE_")} | more


@contextmanager
def running(command: Sequence[str | Path], stderr: IO[bytes] | None = None, **more: str) -> Iterator[tuple[int, int]]:
    """Run a server; give its port, which it tells on standard output, and its process id."""
    words, env = [str(word) for word in command], environment(**more)
    process = subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=stderr, text=True)
    try:
        yield _port(process), process.pid
    finally:
        process.terminate()
        process.wait(10)


def _port(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"(?:127\.0\.0\.1:|^)(\d{4,5})\b", line.strip()):
            return int(found[1])
    raise RuntimeError(f"a server did not start: {process.args!r}")


@contextmanager
def ours(database: Path, stderr: IO[bytes] | None = None, **more: str) -> Iterator[tuple[int, int]]:
    """The server we ship, as it is started by hand."""
    with running(
        [LANZAROTE, "run", "--port", "0"], stderr, LANZAROTE_DATABASE_URL=f"sqlite:///{database}", **more
    ) as server:
        yield server


@contextmanager
def bare_litestar(bodies: dict[str, Path]) -> Iterator[tuple[int, int]]:
    given = json.dumps({path: str(file) for path, file in bodies.items()})
    with running([sys.executable, "-m", "benchmarks.yardstick_litestar", given]) as server:
        yield server


@contextmanager
def fastapi(database: Path) -> Iterator[tuple[int, int]]:
    python = os.environ.get("LZ_YARDSTICK_PYTHON", "")
    if not python:
        raise SystemExit("LZ_YARDSTICK_PYTHON names no Python that has FastAPI; run: python3 dev.py bench")
    with running([python, "-m", "benchmarks.yardstick_fastapi", database]) as server:
        yield server


def ask(port: int, paths: Sequence[str], *, again: bool, seconds: float, connections: int = 64) -> dict[str, Any]:
    """Send requests from a process of their own. Raises RuntimeError when an answer is not 200."""
    given = {"port": port, "connections": connections, "seconds": seconds, "paths": list(paths), "again": again}
    command = [sys.executable, "-m", "benchmarks.load"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), input=json.dumps(given), stdout=subprocess.PIPE, text=True, check=True
    )
    told: dict[str, Any] = json.loads(done.stdout)
    if told["wrong"]:
        raise RuntimeError(f"answers were wrong: {told['wrong']}")
    return told


def anonymous_memory(pid: int) -> float:
    """MB of memory that is not a mapped file."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"RssAnon:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1024
