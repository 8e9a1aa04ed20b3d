"""Of many region packages only those are imported whose region is used, and each region stays with its package."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.plugins import Candidate, Host
from lanzarote.regions.claims import InstalledRegions, installed_regions
from lanzarote.web.notices import switch_for

from tests.core.practices.signed_in import site_of
from tests.regions.writing import write_region

if TYPE_CHECKING:
    from pathlib import Path

CODE = """from importlib.resources import files
from lanzarote import Region, hookimpl


@hookimpl
def regions():
    return (Region.from_folder(files(__name__) / "region"),)
"""
CHECKING = CODE + "\n\n@hookimpl\ndef check_practice():\n    return ()\n"


def region(folder: Path, name: str, region_id: str = "", distribution: str = "", code: str = CODE) -> Candidate:
    module = f"lanzarote_region_try_{name}"
    write_region(folder / module / "region", header={"id": region_id or name})
    (folder / module / "__init__.py").write_text(code, "utf-8")
    return Candidate(
        name=name, module=module, distribution=distribution or f"lanzarote-region-{name}", version="1.0", summary="Test"
    )


def looked_at(host: Host) -> list[str]:
    return [one.name for one in host.looked_at]


def test_nobody_is_imported_before_a_region_is_asked_for(folder: Path) -> None:
    host = Host([region(folder, name) for name in ("one", "two", "three")])
    regions = InstalledRegions(host)
    assert looked_at(host) == []
    assert {one.name: one.idle for one in host.packages} == dict.fromkeys(
        ("one", "three", "two"), "its region is not used here, so that it is not imported"
    )
    assert regions["two"].package.version == "1.0"
    assert looked_at(host) == ["two"]
    assert "three" in regions
    assert looked_at(host) == ["three", "two"]
    assert sorted(regions) == ["one", "three", "two"]
    assert {one.idle for one in host.packages} == {""}


@pytest.mark.parametrize(
    ("owner", "found", "woken"),
    [
        ("lanzarote-region-two", "two", ["two"]),
        ("elsewhere", "other", ["other", "two"]),
        ("uninstalled", "", ["two"]),
        ("", "two", ["two"]),
    ],
)
def test_a_region_is_that_of_the_package_it_was_loaded_from_and_no_third_is_imported(
    folder: Path, owner: str, found: str, woken: list[str]
) -> None:
    candidates = [region(folder, "two"), region(folder, "other", "two", "elsewhere"), region(folder, "three")]
    host = Host(candidates)
    regions = InstalledRegions(host, {"two": owner} if owner else {})
    known = regions.get("two")
    assert (known.package.name if known else "") == found
    assert looked_at(host) == woken
    # Whether the others are looked at by now or not makes no difference to whose it is.
    every = installed_regions(Host(candidates), {"two": owner} if owner else {})
    assert [one.package.name for region_id, one in every.items() if region_id == "two"] == ([found] if found else [])


def test_a_region_whose_package_is_called_otherwise_is_found(folder: Path) -> None:
    regions = InstalledRegions(Host([region(folder, "aaa", "land"), region(folder, "three")]))
    assert regions["land"].package.name == "aaa"
    with pytest.raises(KeyError):
        regions["nowhere"]


def test_a_site_imports_what_its_regions_use_and_lists_the_rest(folder: Path, tmp_path: Path) -> None:
    candidates = [region(folder, name, code=CHECKING) for name in ("one", "two", "three", "four")]
    settings = read_settings({"LANZAROTE_DATA": str(tmp_path / "data")})
    with new_instance(settings, Host(candidates)) as instance:
        instance.migrate()
        instance.load("two")
        switch_for(instance, "two", "four", on=True, by="test")
        assert looked_at(instance.host) == ["four", "two"]
    with new_instance(settings, Host(candidates)) as instance:
        assert instance.upgrades_due() == []
        assert looked_at(instance.host) == ["two"]
        with site_of(instance) as client:
            assert client.get("/en/two").status_code == 200
            page = client.get("/en/plugins").text
        assert looked_at(instance.host) == ["four", "two"]
        with instance.database.read("two") as session:
            assert instance.switched_on(session, "two") == {"two", "four"}
    assert page.count("Its region is not used here.") == 2
