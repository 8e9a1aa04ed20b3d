"""What a package sets for the whole process when it starts is set back, also where the package then fails."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import pytest
from lanzarote.plugins import Host
from lanzarote.plugins.untouched import ProcessSettings

from tests.core.plugins.packages import tell_of, write_package

LANZAROTE = Path(sys.executable).with_name("lanzarote")
CORE = Path(__file__).parents[3] / "core"
CHANGES = """
import os, sys, threading, warnings
threading.stack_size(1 << 42)
threading.settrace(print)
threading.setprofile(print)
sys.setrecursionlimit(5_000)  # a low one would break whatever else runs here: that is tried in a process of its own
sys.setswitchinterval(30)
os.chdir("/")
warnings.simplefilter("error")
warnings.filters.append(())
"""
IN_A_HOOK = f"@hookimpl\ndef exporters():\n{CHANGES.replace(chr(10), chr(10) + '    ')}\n    return ()\n"


@pytest.mark.parametrize("code", [CHANGES, f"{CHANGES}1 / 0\n", IN_A_HOOK], ids=["import", "then fails", "hook"])
def test_what_a_package_sets_for_all_is_set_back(folder: Path, code: str) -> None:
    before = ProcessSettings.now()
    Host([write_package(folder, "bold", code)]).ask_all()
    assert ProcessSettings.now() == before


LATE = """
import contextlib, io, time
with contextlib.redirect_%s(io.StringIO()):
    time.sleep(2.2)
"""
WRAPS = """
import copy, io, sys
copy.copy(sys.stdout)
assert isinstance(sys.stdout, io.TextIOBase)
sys.stdout.close()
for name in ("stdout", "stderr"):
    setattr(sys, name, io.TextIOWrapper(getattr(sys, name).buffer, encoding="utf-8"))
"""
PRINTS = """
import sys, time
from lanzarote.plugins import Candidate, Host
host = Host([Candidate(name="prints", module="lz_try_prints", distribution="prints", version="1.0")]).ask_all()
for one in range(10):
    print(f"record {one}")
    print(f"told {one}", file=sys.stderr)
    time.sleep(0.05)
print(*(one.fault for one in host.packages))
"""


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (LATE % "stdout", "does not start: its import did not come back within 2 seconds"),
        (LATE % "stderr", "does not start: its import did not come back within 2 seconds"),
        (WRAPS, ""),
    ],
    ids=["prints elsewhere too long", "tells elsewhere too long", "wraps both"],
)
def test_what_is_written_goes_where_it_belongs_whatever_a_package_put_there(
    folder: Path, code: str, fault: str
) -> None:
    write_package(folder, "prints", code)
    paths = os.pathsep.join(filter(None, (str(folder), str(CORE), os.environ.get("PYTHONPATH", ""))))
    done = subprocess.run(
        [sys.executable, "-c", PRINTS], env={**os.environ, "PYTHONPATH": paths},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == [*(f"record {one}" for one in range(10)), fault]
    assert done.stderr.splitlines() == [f"told {one}" for one in range(10)]


def test_a_package_may_print_where_nobody_reads(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    assert [one.fault for one in Host([write_package(folder, "prints", "print(1)")]).ask_all().packages] == [""]


def test_to_look_at_what_is_set_sets_nothing() -> None:
    before = threading.stack_size(1 << 20)
    try:
        ProcessSettings.now()
        assert threading.stack_size(1 << 20) == 1 << 20
    finally:
        threading.stack_size(before)


def test_a_package_may_hide_warnings_of_its_own_libraries(folder: Path) -> None:
    hides = 'import warnings\nwarnings.filterwarnings("ignore", message="numpy.ndarray size changed")\n'
    with warnings.catch_warnings():
        known = [*warnings.filters]
        Host([write_package(folder, "quiet", hides)]).ask_all()
        assert [one[0] for one in warnings.filters if one not in known] == ["ignore"]


def test_commands_answer_although_a_package_lowers_the_limit(tmp_path: Path) -> None:
    place = tmp_path / "on-path"
    place.mkdir()
    tell_of(place, write_package(place, "low", "import sys\nsys.setrecursionlimit(50)\n"))
    paths = os.pathsep.join(filter(None, (str(place), os.environ.get("PYTHONPATH", ""))))
    environ = {**os.environ, "PYTHONPATH": paths, "LANZAROTE_DATA": str(tmp_path / "data")}
    done = subprocess.run([LANZAROTE, "plugins"], env=environ, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert "low  (lanzarote-low 1.0, API " in done.stdout
