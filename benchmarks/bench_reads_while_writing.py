"""What the public reads while four people save without pause, beside the same reads while nobody does.

The server we ship answers practices and lists that nobody asked for before, so that nothing comes from memory. Four
processes save versions of practices of Paris into the same database, one after the other, as fast as they can; on few
cores they share these with the server and the generator.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from benchmarks import servers
from benchmarks.bench_http import API, UNIT, _shares, details
from benchmarks.databases import corpus
from benchmarks.figures import Measured, Report, rotate
from benchmarks.saving import REGION, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.figures import Settings

WRITERS = 4


def run(settings: Settings) -> Report:
    """Reading while others write"""
    report = Report(f"Reading practices, uncached, while {WRITERS} writers save")
    database = settings.folder / "written.sqlite"
    _copy(corpus(settings), database)
    with opened(database) as instance:
        instance.load(REGION)
    shares = iter(_shares(details(database), 2 * (settings.rounds + 1)))

    saves: list[float] = []
    with servers.ours(database) as (port, _):

        def read() -> float:
            paths = [API + path for path in next(shares)]
            return float(servers.ask(port, paths, again=False, seconds=settings.seconds)["per_second"])

        def read_while_writing() -> float:
            with _writing(database):
                before, begun = _versions(database), time.perf_counter()
                answered = read()
                saves.append((_versions(database) - before) / (time.perf_counter() - begun))
            return answered

        taken = rotate({"idle": read, "writing": read_while_writing}, settings.rounds)
    idle, writing = (
        Measured(told, UNIT, True, taken[name])
        for name, told in (("idle", "nobody saves"), ("writing", f"{WRITERS} save without pause"))
    )
    report.measured += [idle, writing, Measured("saved meanwhile", "versions/s", True, saves[1:])]
    report.claim("reads while four save, of reads while nobody does", writing, idle, at_least=0.5)
    return report


@contextmanager
def _writing(database: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "benchmarks.saving", str(database)]
    writers = [
        subprocess.Popen([*command, f"writer-{number}"], cwd=servers.ROOT, stdout=subprocess.PIPE, text=True)
        for number in range(WRITERS)
    ]
    try:
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "saving\n"
        yield
    finally:
        for writer in writers:
            writer.kill()
        for writer in writers:
            writer.wait()
            assert writer.stdout is not None
            writer.stdout.close()


def _versions(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT count(*) FROM version WHERE region_id = ?", (REGION,)).fetchone()[0])


def _copy(source: Path, target: Path) -> None:
    for part in source.parent.glob(f"{source.name}*"):
        shutil.copy(part, target.with_name(part.name.replace(source.name, target.name)))
