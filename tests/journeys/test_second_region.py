"""The wheel of an invented region beside Paris, on a machine that has never seen the repository."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from msgspec import Struct

from dev import ROOT
from tests.journeys.machine import Machine, Site
from tests.regions.second import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Served(Struct, frozen=True):
    machine: Machine
    package: Path
    """Where the region's package was installed."""
    loaded: str
    """What loading both regions printed."""
    site: Site


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("second-wheel")
    build = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder), str(PACKAGE)]
    done = subprocess.run(build, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout
    [made] = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def served(machine: Callable[[str], Machine], pip: list[str | Path], wheel: Path) -> Iterator[Served]:
    made = machine("second")
    made.install(pip, wheel)
    [core] = [line for line in made.paths() if line.endswith("__init__.py")]
    loaded = made.lanzarote("load", "paris", "second-region")
    with made.running() as site:
        from pathlib import Path

        yield Served(made, Path(core).parent.parent / "lanzarote_region_second", loaded, site)


def ask(served: Served, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(served.site.address + quote(path, safe="/?=&%")) as answer:  # noqa: S310 - ours
            return int(answer.status), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    package = PACKAGE / "lanzarote_region_second"
    ours = {
        file.relative_to(PACKAGE).as_posix()
        for file in package.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        shipped = {name for name in archive.namelist() if name.startswith("lanzarote_region_second/")}
        assert (
            "[lanzarote]\nsecond-region = lanzarote_region_second\n"
            in archive.read("lanzarote_region_second-0.1.0.dist-info/entry_points.txt").decode()
        )
    assert shipped == ours


def test_the_repository_is_not_on_its_path(served: Served) -> None:
    assert [path for path in served.machine.paths() if path and path.startswith(str(ROOT / "tests"))] == []
    assert not str(served.package).startswith(str(ROOT))


def test_its_folder_is_checked_where_it_is_installed(served: Served) -> None:
    said = served.machine.lanzarote("region", "check", served.package / "region", "--law", served.package / "law_xu")
    assert "fault" not in said.replace("no fault", ""), said


def test_a_fault_in_it_is_told_with_file_line_and_way_out(served: Served, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(served.package / "region", tmp_path / "region")
    broken = tmp_path / "region" / "practices" / "shkilnyi-lyst.toml"
    broken.write_text(broken.read_text("utf-8").replace('["shkoly"]', '["shkoli"]'), encoding="utf-8")
    said = served.machine.lanzarote(
        "region", "check", tmp_path / "region", "--law", served.package / "law_xu", fails=True
    )
    assert (
        "practices/shkilnyi-lyst.toml:8: sectors: 'shkoli' is no sector of sectors.toml; did you mean 'shkoly'?" in said
    )


def test_both_regions_are_loaded_and_told(served: Served) -> None:
    assert "Loading paris" in served.loaded
    assert "Loading second-region" in served.loaded
    assert "second-region" in served.machine.lanzarote("plugins")


def test_both_regions_are_served_side_by_side(served: Served) -> None:
    status, ukrainian = ask(served, "/uk/second-region")
    assert (status, 'lang="uk"' in ukrainian, "Вигаданий край" in ukrainian) == (200, True, True)
    assert "Paris" not in ukrainian
    status, french = ask(served, "/fr/paris")
    assert (status, 'lang="fr"' in french, "Вигаданий край" in french) == (200, True, False)
    assert [ask(served, path)[0] for path in ("/fr/second-region", "/uk/paris")] == [404, 404]


def test_its_own_words_and_plurals_come_out_of_its_wheel(served: Served) -> None:
    _, page = ask(served, "/uk/second-region/practices")
    assert "Практики" in page
    assert "2 практики" in page.replace("\u00a0", " ")


def test_its_practice_is_found_without_care_for_letters(served: Served) -> None:
    _, said = ask(served, "/api/v1/regions/second-region/practices?q=іжак ерж тихіи")
    assert [item["slug"] for item in json.loads(said)["items"]] == ["yizhak-u-sudi"]
    _, said = ask(served, "/api/v1/regions/paris/practices?q=іжак")
    assert json.loads(said)["items"] == []


def test_its_law_is_there_and_only_there(served: Served) -> None:
    assert ask(served, "/uk/second-region/law/xu-vk-7")[0] == 200
    assert ask(served, "/fr/paris/law/xu-vk-7")[0] == 404
