"""Starting with every faulty package that the tests know, and saving while packages check.

The yardstick is the same without them: a start with what comes with the platform, a save with no check switched on.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import TYPE_CHECKING

from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.plugins import Candidate, Host, installed
from lanzarote.plugins.processes import STARTING
from lanzarote.web.notices import switch_for

from benchmarks import servers
from benchmarks.bench_save import median_of
from benchmarks.figures import Measured, Report, rotate
from benchmarks.saving import CHECKING, REGION, Writer
from tests.core.plugins import bad
from tests.core.plugins.packages import tell_of, write_package
from tests.core.plugins.test_isolation import written

if TYPE_CHECKING:
    from benchmarks.figures import Settings

CHECK = """
@hookimpl
def check_practice(region, new, before):
    return [Concern(code="no-figures", text={"en": "Is there a figure?"})] if "7" in str(new.text) else ()
"""
START = """
import sys, time
from pathlib import Path
begun = time.perf_counter()
from lanzarote.plugins import Host
Host(folder=Path(sys.argv[1])).ask_all()
print((time.perf_counter() - begun) * 1_000)
"""


def run(settings: Settings) -> Report:
    """Faulty packages, and checks"""
    report = Report("Faulty packages, and checks")
    place = settings.folder / "faulty"
    place.mkdir(parents=True, exist_ok=True)
    for name in bad.ALL:
        if not (place / written_as(name)).exists():
            tell_of(place, written(place, name))
    nothing, memory = settings.folder / "none", Path(mkdtemp(dir=settings.folder))
    first = Measured("all faulty, the first time", "ms", False, [_start(place, memory)])
    _start(None, nothing)
    starts = rotate(
        {"none": partial(_start, None, nothing), "all faulty, remembered": partial(_start, place, memory)},
        settings.rounds,
    )
    none, remembered = (Measured(name, "ms", False, rounds) for name, rounds in starts.items())
    report.measured += [none, remembered, first]
    report.claim(
        f"a start with {len(bad.ALL)} faulty packages, remembered, of one with none", remembered, none, at_most=1.2
    )
    deadline = Measured("one deadline more than none", "ms", False, [STARTING * 1_000 + none.median])
    report.claim("the first time, of one deadline more than none", first, deadline, at_most=1)
    _saves(settings, report)
    return report


def _saves(settings: Settings, report: Report) -> None:
    """The same save with no check switched on, and with three."""
    place = settings.folder / "checking"
    names = ("first-check", "second-check", "third-check")
    candidates = [
        write_package(place, name, CHECK) if not (place / written_as(name)).exists() else candidate(name)
        for name in names
    ]
    sys.path.insert(0, str(place))
    times = 20 if settings.quick else 60
    with TemporaryDirectory(dir=settings.folder) as folder:
        writers = []
        for known in ((), names):
            file = Path(folder) / f"{len(known)}.sqlite"
            environ = {"LANZAROTE_DATABASE_URL": f"sqlite:///{file}", "LANZAROTE_DATA": folder}
            instance = new_instance(read_settings(environ), Host([*installed(), *candidates]))
            instance.migrate()
            instance.load(REGION)
            writers.append(Writer(instance))
            switch_for(instance, REGION, CHECKING, on=False, by="ana")
            for name in known:
                switch_for(instance, REGION, name, on=True, by="ana")
        bare, checked = writers
        taken = rotate(
            {
                "a save without a check": lambda: median_of(bare.save, times),
                "a save with three": lambda: median_of(checked.save, times),
            },
            settings.rounds,
        )
        for writer in writers:
            writer.instance.close()
    alone, three = (Measured(name, "ms", False, rounds) for name, rounds in taken.items())
    report.measured += [alone, three]
    report.claim("a save with three packages' checks, of the same with none", three, alone, at_most=1.3)


def candidate(name: str) -> Candidate:
    return Candidate(name=name, module=written_as(name), distribution=f"lanzarote-{name}", version="1.0")


def written_as(name: str) -> str:
    return f"lz_try_{name.replace('-', '_')}"


def _start(place: Path | None, memory: Path) -> float:
    paths = [str(place)] if place else []
    environment = {**servers.environment(), "PYTHONPATH": os.pathsep.join((*paths, *sys.path))}
    words = [sys.executable, "-c", START, str(memory)]
    return float(subprocess.run(words, env=environment, capture_output=True, text=True, check=True).stdout)
