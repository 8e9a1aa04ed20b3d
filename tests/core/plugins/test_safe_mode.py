"""In safe mode the site runs with what comes with the platform alone, says so, and serves what regions have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.operations.doctor import examine
from lanzarote.plugins import SHIPPED, Host, installed

from dev import MEMBERS
from tests.conftest import copy_of
from tests.core.plugins.packages import tell_of, write_package
from tests.core.practices.signed_in import site_of
from tests.regions.writing import write_region

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

REGION = '@hookimpl\ndef regions():\n    return (Region.from_folder(Path(__file__).parent / "region"),)\n'


def test_what_comes_with_the_platform_is_what_is_in_its_repository() -> None:
    import tomllib

    names = {tomllib.loads((member / "pyproject.toml").read_text("utf-8"))["project"]["name"] for member in MEMBERS}
    assert names - {"lanzarote"} == SHIPPED


def test_third_parties_are_not_imported_and_their_regions_are_served_as_they_were(
    folder: Path, paris_template: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    code = REGION + "(Path(__file__).parent / 'imported').touch()\n"
    other = write_package(folder, "left-out", code)
    write_region(folder / other.module / "region")
    environ = {"LANZAROTE_DATABASE_URL": copy_of(paris_template, tmp_path), "LANZAROTE_DATA": str(tmp_path / "data")}
    with new_instance(read_settings(environ), Host([*installed(), other])) as instance:
        instance.load("testland")
        with site_of(instance) as client:
            before = client.get("/en/testland").content
    (folder / other.module / "imported").unlink()
    settings = read_settings(environ | {"LANZAROTE_SAFE_MODE": "on"})
    with new_instance(settings, Host([*installed(), other], safe_mode=True)) as instance:
        assert instance.upgrades_due() == []
        assert instance.own_package("testland") == ""
        with site_of(instance) as client:
            assert client.get("/en/testland").content == before
            assert client.get("/fr/paris").status_code == 200
            page = client.get("/en/plugins").text
    assert not (folder / other.module / "imported").exists()
    assert "This site was started in safe mode: packages that do not come with the platform are left out." in page
    assert "Left out: this site was started in safe mode." in page
    assert "left out (lanzarote-left-out)" in caplog.text


def test_a_third_party_takes_no_name_from_what_comes_with_the_platform(folder: Path) -> None:
    from lanzarote.plugins import Candidate

    module = write_package(folder, "taking", REGION).module
    taking = Candidate(name="i18n", module=module, distribution="lanzarote-region-i18n", version="1")
    host = Host([taking, *installed()], safe_mode=True).ask_all()
    assert [one.language for one in host.catalogues] == ["fr"]
    assert {one.distribution: one.idle for one in host.packages if one.idle} == {
        "lanzarote-region-i18n": "left out in safe mode"
    }
    assert [one.fault for one in host.packages if one.fault] == []


def test_doctor_and_the_list_of_packages_can_leave_them_out_too(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from lanzarote.cli import main

    tell_of(folder, write_package(folder, "broken", "1 / 0"))
    monkeypatch.setenv("LANZAROTE_DATA", str(tmp_path / "data"))
    assert main(["plugins"]) == 1
    assert main(["plugins", "--safe-mode"]) == 0
    assert "broken  (lanzarote-broken 1.0, API ?): left out in safe mode" in capsys.readouterr().out
    told = {str(one) for one in examine({"LANZAROTE_DATA": str(tmp_path / "data")}, safe_mode=True)}
    assert "  package broken: lanzarote-broken 1.0 (left out in safe mode)" in told
