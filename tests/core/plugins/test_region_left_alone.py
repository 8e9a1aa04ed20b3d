"""A region whose package cannot be used keeps its language, and every message about that says the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lanzarote.cli import main
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import PackageError
from lanzarote.kit.folders import host_with
from lanzarote.plugins import Host, installed

from tests.core.plugins.packages import tell_of, write_package
from tests.core.web.reading import client_of
from tests.regions.writing import write_region

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lanzarote.plugins import Candidate, Package

REGION = '@hookimpl\ndef regions():\n    return (Region.from_folder(Path(__file__).parent / "region"),)\n'
CHECKS = "\n\n@hookimpl\ndef check_practice(new):\n    return ()\n"
RAISES = '\n\n@hookimpl\ndef exporters():\n    raise RuntimeError("no luck")\n'
WORDS = 'msgid ""\nmsgstr ""\n"Language: fi\\n"\n\nmsgid "Leave this page"\nmsgstr "Poistu tältä sivulta"\n'
PAGES = ("/fi/testland", "/fi/testland/help", "/fi/convention")


class Made:
    """A package with a region in Finnish, as it was when it was loaded and as it is now."""

    def __init__(self, folder: Path, candidate: Candidate) -> None:
        self.candidate = candidate
        self.place = folder / candidate.module
        header = {"languages": ["fi", "en"], "name": {"fi": "Koemaa", "en": "Testland"}}
        sector = {"common": ["judicial"], "side": "public", "name": {"fi": "Tuomioistuimet", "en": "Courts"}}
        region = write_region(self.place / "region", header=header, sectors={"courts": sector})
        (region / "translations" / "lanzarote").mkdir(parents=True)
        (region / "translations" / "lanzarote" / "fi.po").write_text(WORDS, "utf-8")

    def says(self, code: str) -> None:
        head = (self.place / "__init__.py").read_text("utf-8").split("\n@hookimpl")[0]
        (self.place / "__init__.py").write_text(f"{head}\n{code}", "utf-8")

    def asks_for(self, manifest: str) -> None:
        (self.place / "lanzarote.toml").write_text(manifest, "utf-8")

    def host(self, *, safe_mode: bool = False) -> Host:
        return Host([*installed(), self.candidate], safe_mode=safe_mode)


@pytest.fixture
def made(folder: Path) -> Made:
    return Made(folder, write_package(folder, "testland", REGION))


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("LANZAROTE_DATA", str(tmp_path / "data"))
    return {"LANZAROTE_DATA": str(tmp_path / "data")}


def pages(environ: dict[str, str], host: Host) -> dict[str, str]:
    with new_instance(read_settings(environ), host) as instance, client_of(instance) as client:
        answers = {path: client.get(path) for path in PAGES}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {path: answer.text for path, answer in answers.items()}


def loaded(environ: dict[str, str], host: Host) -> None:
    with new_instance(read_settings(environ), host) as instance:
        instance.migrate()
        instance.load("testland")


FAULTS: dict[str, Callable[[Made], None]] = {
    "raises": lambda made: made.says(REGION + RAISES),
    "is no Python": lambda made: made.says("def ("),
    "asks for another platform": lambda made: made.asks_for('requires_api = ">=9"\n'),
}


@pytest.mark.parametrize("fault", [*FAULTS, "safe mode"])
def test_a_region_keeps_its_language_when_its_package_is_not_used(
    fault: str, made: Made, environ: dict[str, str]
) -> None:
    loaded(environ, made.host())
    before = pages(environ, made.host())
    assert "Poistu tältä sivulta" in before["/fi/testland/help"]

    if fault in FAULTS:
        FAULTS[fault](made)
    host = made.host(safe_mode=fault == "safe mode")

    assert pages(environ, host) == before
    assert [package.name for package, _ in host.regions if package.name == "testland"] == []


def test_words_of_a_region_that_is_not_here_are_not_read(made: Made, environ: dict[str, str]) -> None:
    made.says("def (")
    with new_instance(read_settings(environ), made.host()) as instance:
        instance.migrate()
        instance.load("paris")
        assert "fi" not in instance.translations.languages


# What is told


def test_the_line_of_the_package_is_told_and_that_it_can_be_mended_there(made: Made) -> None:
    made.says(REGION + RAISES)
    package = _package(made)
    line = 1 + (made.place / "__init__.py").read_text("utf-8").split("raise")[0].count("\n")
    assert package.fault == (
        f"its hook exporters failed: RuntimeError: no luck (lz_try_testland/__init__.py, line {line})"
    )
    assert package.way_out == "Mend it, install a version that works, or remove the package"


def test_the_line_that_is_no_python_is_told_once(made: Made) -> None:
    made.says("x = 1\ndef (")
    line = (made.place / "__init__.py").read_text("utf-8").count("\n") + 1
    fault = _package(made).fault
    assert fault.endswith(f" (lz_try_testland/__init__.py, line {line})")
    assert fault.count("line ") == 1


def test_what_does_not_fit_can_be_replaced_and_not_mended(made: Made) -> None:
    made.asks_for('requires_api = ">=9"\n')
    assert _package(made).way_out == "Install a version that fits, or remove the package"


def test_commands_say_the_same_of_a_region_whose_package_is_at_fault(
    made: Made, folder: Path, environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    tell_of(folder, made.candidate)
    loaded(environ, made.host())
    made.says(REGION + RAISES)

    codes = [main(words) for words in (["load", "testland"], ["upgrade", "--no-backup"], ["doctor"], ["plugins"])]
    said = capsys.readouterr()

    fault = _package(made).fault
    assert codes == [1, 0, 1, 1]
    assert said.err.splitlines()[-1] == (
        f"lanzarote: The region 'testland' cannot be loaded: its package lanzarote-testland 1.0 is not used: {fault}. "
        "Mend it, install a version that works, or remove the package."
    )
    why = "its package lanzarote-testland 1.0 is not used (`lanzarote plugins` shows why)"
    assert f"testland — {why}: it stays as it is.\n" in said.out
    assert f"  region testland: {why}: it is shown as it was, and cannot be upgraded\n" in said.out
    assert "! package testland: lanzarote-testland 1.0: its hook exporters failed: " in said.out
    assert f"): {fault}\n    Mend it, install a version that works, or remove the package.\n" in said.out
    assert "is not installed" not in said.out + said.err


def test_the_package_of_a_region_is_switched_on_for_it_also_when_it_is_at_fault(
    made: Made, folder: Path, environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    tell_of(folder, made.candidate)
    made.says(REGION + CHECKS)
    loaded(environ, made.host())
    for code in (REGION + CHECKS, REGION + CHECKS + RAISES):
        made.says(code)
        main(["plugins"])
        told = capsys.readouterr().out.split(" testland  (")[1]
        assert "\n    switched on for: testland\n" in told


def test_who_asks_for_an_unknown_region_is_told_which_packages_are_not_used(
    made: Made, environ: dict[str, str]
) -> None:
    made.says("def (")
    with new_instance(read_settings(environ), made.host()) as instance:
        instance.migrate()
        with pytest.raises(PackageError) as told:
            instance.load("lyon")
    assert str(told.value) == (
        "No installed package describes the region 'lyon' (installed regions: iceland, paris; not used, as "
        "`lanzarote plugins` shows: lanzarote-testland 1.0)."
    )


def test_a_package_whose_region_is_shown_from_a_folder_is_not_at_fault(
    made: Made, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    host = host_with([write_region(tmp_path / "region")], [], [*installed(), made.candidate])
    with new_instance(read_settings({"LANZAROTE_DATA": str(tmp_path)}), host) as instance:
        assert instance.installed["testland"].package.name == "folder"
        host.report()
        package = host.package("testland")
    assert package is not None
    assert (package.fault, package.idle) == ("", "its region is shown from a folder instead")
    assert "not used" not in caplog.text


def _package(made: Made) -> Package:
    package = made.host().package("testland")
    assert package is not None
    return package
