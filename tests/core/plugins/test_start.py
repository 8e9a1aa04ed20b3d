"""A start asks, reads and waits only for the packages that are used, however many are installed beside them."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.app import create_app
from lanzarote.cli import main
from lanzarote.operations import serving
from lanzarote.plugins import Candidate, Host, packages, processes
from lanzarote.regions.claims import law_of

from tests.core.plugins import bad
from tests.core.plugins.packages import tell_of, write_package
from tests.core.plugins.test_shared_law import LAW, write_law
from tests.core.plugins.test_sleeping import CODE, region
from tests.regions.writing import write_region

if TYPE_CHECKING:
    from lanzarote.instance import Instance

HANGING = bad.HANGING["hangs-at-import"].code
WITH_LAW = f"from pathlib import Path\nfrom lanzarote import LegalFramework\n{CODE}\n\n{LAW}"


class Started:
    """What `lanzarote run` did with packages until the site would have been ready."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.read: list[str] = []
        """Packages whose distribution was read."""
        self.looked_at: list[str] = []
        self._read = packages._told_by
        monkeypatch.setattr(packages, "_told_by", self._told_by)
        monkeypatch.setattr(serving, "serve", self._serve)

    def again(self) -> None:
        self.read.clear()
        assert main(["run"]) == 0

    def _told_by(self, distribution: Any) -> dict[str, str]:
        self.read += [point.name for point in distribution.entry_points]
        return self._read(distribution)

    def _serve(self, instance: Instance, **_: object) -> None:
        create_app(instance)
        assert instance.worker
        self.looked_at = [one.name for one in instance.host.looked_at if instance.host.waits_for_region(one.name)]


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Started:
    monkeypatch.setenv("LANZAROTE_DATA", str(tmp_path / "data"))
    return Started(monkeypatch)


def install(folder: Path, *names: str) -> list[Candidate]:
    found = [region(folder, name) for name in names]
    for one in found:
        tell_of(folder, one)
    return found


def test_packages_that_hang_are_waited_for_together_at_a_start(
    folder: Path, started: Started, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "STARTING", 1.0)
    names = ["stuck", "held", "stayed"]
    installed = install(folder, *names)
    assert main(["load", *names]) == 0
    for one in installed:
        (folder / one.module / "__init__.py").write_text(HANGING, "utf-8")
    tell_of(folder, write_package(folder, "hangs-everywhere", HANGING))
    waits: list[int] = []
    probe = processes.Workers.probe

    def counted(self: processes.Workers, setups: Any) -> list[Any]:
        waits.append(len(setups))
        return probe(self, setups)

    monkeypatch.setattr(processes.Workers, "probe", counted)
    started.again()
    assert [count for count in waits if count] == [len(names) + 1]
    for name in (*(f"region-{name}" for name in names), "hangs-everywhere"):
        assert f"The package lanzarote-{name} 1.0 is not used: does not start: its import did not come back" in (
            caplog.text
        )


def test_a_start_reads_nothing_of_packages_that_are_not_used(folder: Path, started: Started) -> None:
    unused = [f"unused-{number}" for number in range(20)]
    install(folder, "north", *unused)
    assert main(["load", "north"]) == 0
    started.again()
    assert "north" in started.read
    assert [name for name in started.read if name in unused] == []
    assert started.looked_at == ["north"]
    with_all = Host().packages
    assert {one.name for one in with_all if one.idle} >= {*unused}, "who asks for all is told of all"


def test_of_two_regions_that_share_a_law_a_start_imports_no_third(folder: Path, started: Started) -> None:
    unused = [f"unused-{number}" for number in range(20)]
    install(folder, *unused)
    for name in ("north", "south"):
        one = region(folder, name, code=WITH_LAW if name == "north" else CODE)
        write_region(folder / one.module / "region", header={"id": name, "law": ["XT"]})
        tell_of(folder, one)
    write_law(folder / "lanzarote_region_try_north" / "law_xt", "A child is heard once")
    assert main(["load", "north"]) == 0
    assert main(["load", "south"]) == 0
    started.again()
    assert started.looked_at == ["north", "south"]
    assert "unused-0" not in started.read


def lawful(folder: Path, name: str, place: str = "law_xt") -> Candidate:
    one = region(folder, name, code=WITH_LAW.replace('"law_xt"', f'"{place}"'))
    write_law(folder / one.module / place, f"As {name} says it")
    return one


@pytest.mark.parametrize(
    ("owners", "brings", "woken"),
    [
        ({"north": "lanzarote-region-north"}, "north", ["north"]),
        ({"south": "lanzarote-region-south"}, "bbb", ["bbb", "north", "south"]),
        ({}, "bbb", ["bbb", "north"]),
    ],
    ids=["that of a loaded region", "else what lies in the folder of a package", "without any loaded"],
)
def test_the_law_of_a_region_is_the_same_whatever_was_installed_when_and_is_imported(
    owners: dict[str, str], brings: str, woken: list[str], folder: Path
) -> None:
    deep = lawful(folder, "aaa", "deep/law_xt")
    every = [deep, lawful(folder, "north"), lawful(folder, "bbb"), region(folder, "south"), region(folder, "west")]
    for seed in range(10):
        random.Random(seed).shuffle(every)
        few, all_of_them = Host(every), Host(every).ask_all()
        found = [law_of(one, "XT", own="south", owners=owners) for one in (few, all_of_them)]
        assert [Path(str(law.path)).parent.name for law in found if law] == [f"lanzarote_region_try_{brings}"] * 2
        assert [one.name for one in few.looked_at] == woken


def test_a_law_that_lies_where_nobody_looks_is_found_by_asking_all(folder: Path) -> None:
    host = Host([lawful(folder, "aaa", "deep/law_xt"), region(folder, "south")])
    assert law_of(host, "XX", own="south") is None
    law = law_of(Host([lawful(folder, "aaa", "deep/law_xt"), region(folder, "south")]), "XT", own="south")
    assert law is not None


MEEK = """
import os
from lanzarote.plugins.worker import _yield
os.nice(12)
if os.geteuid() == 0:
    os.setuid(65534)
_yield()
print(os.getpriority(os.PRIO_PROCESS, 0))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="processes have no such priority")
def test_a_package_starts_where_everything_computes_after_others_already() -> None:
    """As a backup that a timer makes: nobody but root may take less of that back."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    done = subprocess.run([sys.executable, "-c", MEEK], capture_output=True, text=True, check=True)
    assert int(done.stdout) == max(5, min(19, before + 12))
