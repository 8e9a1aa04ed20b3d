"""Starting: the command line, the server, and the memory it needs.

The server is timed from its command to its first answer, on the whole corpus; beside it a Python that does nothing but
import Litestar and SQLAlchemy. Byte code is there for all of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import servers
from benchmarks.bench_http import API, details, lists
from benchmarks.databases import corpus
from benchmarks.figures import Claim, Measured, Report, rotate

if TYPE_CHECKING:
    from benchmarks.figures import Settings

REQUESTS = 10_000
MOST_MEMORY = 130.0
TIMES_MORE_ROUNDS = 3
"""A start is short, and the clock is coarse beside what else the machine does."""


def run(settings: Settings) -> Report:
    """Start and memory"""
    database = corpus(settings)
    report = Report("Start and memory")
    taken = rotate(
        {
            "python -c pass": lambda: _lasts(sys.executable, "-c", "pass"),
            "lanzarote --help": lambda: _lasts(str(servers.LANZAROTE), "--help"),
            "import litestar, sqlalchemy": lambda: _lasts(sys.executable, "-c", "import litestar, sqlalchemy"),
            "server ready": lambda: _ready(database),
            "import litestar, sqlalchemy: processor": lambda: _costs(
                sys.executable, "-c", "import litestar, sqlalchemy"
            ),
            "ready: processor": lambda: _costs_until_ready(database),
        },
        settings.rounds * TIMES_MORE_ROUNDS,
    )
    measured = [Measured(name, "ms", False, rounds) for name, rounds in taken.items()]
    nothing, told, _, _, imports, ready = measured
    report.measured += measured
    report.claim("lanzarote --help, of python -c pass", told, nothing, at_most=6)
    report.claim("server ready, of importing litestar and sqlalchemy, by processor time", ready, imports, at_most=1.5)
    memory = Measured(f"anonymous memory after {REQUESTS:,} requests", "MB", False, [_memory(database)])
    report.measured.append(memory)
    report.claims.append(
        Claim("anonymous memory after 10,000 requests, MB", memory.median, memory.best, MOST_MEMORY, False)
    )
    return report


def _lasts(*command: str) -> float:
    begun = time.perf_counter()
    subprocess.run(command, env=servers.environment(), stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - begun) * 1_000


def _costs(*command: str) -> float:
    process = subprocess.Popen(command, env=servers.environment(), stdout=subprocess.DEVNULL)
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return (used.ru_utime + used.ru_stime) * 1_000


def _costs_until_ready(database: Path) -> float:
    """Of the server's own process, up to when it says that it is ready; packages have others beside it."""
    with servers.ours(database) as (_, pid):
        used = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(used[11]) + int(used[12])) * 1_000 / os.sysconf("SC_CLK_TCK")


def _ready(database: Path) -> float:
    begun = time.perf_counter()
    with servers.ours(database) as (port, _):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{API}/regions") as answer:
            answer.read()
        return (time.perf_counter() - begun) * 1_000


def _memory(database: Path) -> float:
    """After lists, practices, searches and pages of all regions, from many connections at once."""
    regions = sorted({path.split("/")[2] for path in details(database)})
    mixed = zip(
        (API + path for path in cycle(lists(len(regions)))),
        (API + path for path in details(database)),
        (f"/en/{region}/practices?article={article}" for region in cycle(regions) for article in range(4, 14)),
        (f"{API}/search?q={word}&facets=sector,article" for word in cycle(("na", "so", "be", "ku", "ti"))),
        strict=False,
    )
    paths = list(islice((path for four in mixed for path in four), REQUESTS))
    with servers.ours(database) as (port, pid):
        told = servers.ask(port, paths, again=False, seconds=600)
        print(f"{told['answers']:,} requests of every kind in {told['seconds']:.0f} s", flush=True)
        return servers.anonymous_memory(pid)
