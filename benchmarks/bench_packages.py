"""Starting with a thousand region packages installed: what one of them costs, and what all of them do.

What packages contribute is remembered from an earlier start, as at each start but the first. The yardsticks are what
nobody can go without: to scan the entry points and load what is used of them; to import a thousand modules. Each is
taken in a Python of its own, which has imported the platform before the clock starts. Ours does with packages what
`lanzarote run` does until the site is ready; what a start does besides, an application without any package has done
before the clock starts, on a database of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import servers
from benchmarks.figures import Measured, Report, rotate

if TYPE_CHECKING:
    from benchmarks.figures import Settings

MANY = 1_000
TIMES_MORE_ROUNDS = 3
ONE = "r0500"
INIT = """from importlib.resources import files

from lanzarote import Region, hookimpl


@hookimpl
def regions():
    return (Region.from_folder(files(__name__) / "region"),)
"""
TOML = """format = 1
requires_api = ">=1,<2"
id = "{name}"
territory = "XA"
languages = ["en"]
time_zone = "UTC"
name.en = "{name}"
"""
BEFORE = """
import importlib.resources, pluggy, sys, time
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from lanzarote import hookspecs
from lanzarote.composition import new_instance
from lanzarote.plugins import Host
from lanzarote.regions import folder
from lanzarote.regions.claims import InstalledRegions
from lanzarote.configuration.settings import read_settings

def host(name):
    return Host(folder=Path(sys.argv[1]) / name)

def instance_at(name, host):
    return new_instance(read_settings({"LANZAROTE_DATA": f"{sys.argv[1]}/{name}"}), host)
"""
LOAD = f"""
for name, wanted in (("none", ()), ("one", ("{ONE}",))):
    with instance_at(name, host(name)) as instance:
        instance.migrate()
        for region_id in wanted:
            instance.load(region_id)
InstalledRegions(host("all")).wake(())
host("all").ask_all()
"""
START = """
from lanzarote.app import Application

def start(instance):
    instance.wake()
    assert instance.upgrades_due() == []
    Application(instance, None)  # routes are the same for all instances
    assert instance.worker
    return instance

start(instance_at("none", Host([])))
"""
CLOCK = "\nbegun = time.perf_counter()\n"
AFTER = "print((time.perf_counter() - begun) * 1_000)"
SUBJECTS = {
    "scan, load one": f"""
manager = pluggy.PluginManager("lanzarote")
manager.add_hookspecs(hookspecs)
for point in entry_points(group="lanzarote"):
    if point.name == "{ONE}" or not point.value.startswith("lanzarote_region_"):
        manager.register(point.load(), name=point.name)
[[region]] = manager.hook.regions()
assert folder.read_header(region.path).id == "{ONE}"
manager.hook.exporters(), manager.hook.catalogues()
""",
    "ours, one used": f"""{START}{CLOCK}
instance = start(instance_at("one", host("one")))
assert [*instance.installed.owners] == ["{ONE}"]
assert [one.name for one in instance.host.looked_at if one.name.startswith("r0")] == ["{ONE}"]
""",
    "import all": f"""
for number in range({MANY}):
    import_module(f"lanzarote_region_r{{number:04}}")
""",
    "ours, all known": f"""
assert len(InstalledRegions(host("all"))) >= {MANY}
""",
}


def run(settings: Settings) -> Report:
    """A thousand region packages"""
    place = settings.folder / "packages"
    if not place.exists():
        _install(place)
        _python(place, LOAD)
    report = Report("A thousand region packages")
    _lasts(place, SUBJECTS["import all"])  # byte code is there for all of them
    subjects = {name: partial(_lasts, place, code) for name, code in SUBJECTS.items()}
    taken = rotate(subjects, settings.rounds * TIMES_MORE_ROUNDS)
    bare, one, imports, every = (Measured(name, "ms", False, rounds) for name, rounds in taken.items())
    report.measured += [bare, one, imports, every]
    report.claim("a start with one of 1,000 used, of the bare scan and loading that one", one, bare, at_most=1.2)
    report.claim("1,000 packages known, of importing 1,000 modules", every, imports, at_most=6)
    return report


def _install(place: Path) -> None:
    for number in range(MANY):
        name = f"r{number:04}"
        package = place / f"lanzarote_region_{name}"
        (package / "region").mkdir(parents=True)
        (package / "__init__.py").write_text(INIT, "utf-8")
        (package / "region" / "region.toml").write_text(TOML.format(name=name), "utf-8")
        told = place / f"lanzarote_region_{name}-1.0.dist-info"
        told.mkdir()
        (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: lanzarote-region-{name}\nVersion: 1.0\n", "utf-8")
        (told / "entry_points.txt").write_text(f"[lanzarote]\n{name} = lanzarote_region_{name}\n", "utf-8")


def _lasts(place: Path, code: str) -> float:
    return float(_python(place, CLOCK + code + AFTER))


def _python(place: Path, code: str) -> str:
    environment = {**servers.environment(), "PYTHONPATH": os.pathsep.join((str(place), *_ours()))}
    words = [sys.executable, "-c", BEFORE + code, str(place / "data")]
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=True).stdout


def _ours() -> list[str]:
    import lanzarote

    return [str(Path(lanzarote.__file__).parents[1])]
