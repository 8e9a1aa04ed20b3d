"""Two regions of one country and one package with its law: one page each, and one leaves the other whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.plugins import Host

from tests.core.plugins.packages import write_package
from tests.core.practices.signed_in import site_of
from tests.regions.writing import SOURCE, toml, write_region

if TYPE_CHECKING:
    from pathlib import Path

    from lanzarote.plugins import Candidate

REGION = '@hookimpl\ndef regions():\n    return (Region.from_folder(Path(__file__).parent / "region"),)\n'
LAW = '@hookimpl\ndef legal_frameworks():\n    return (LegalFramework.from_folder(Path(__file__).parent / "law_xt"),)\n'


def write_law(folder: Path, title: str) -> None:
    (folder / "law").mkdir(parents=True, exist_ok=True)
    header = {"format": 1, "id": "XT", "name": {"en": "Law of XT"}, "languages": ["en"]}
    (folder / "framework.toml").write_text(toml(header), "utf-8")
    (folder / "sources.toml").write_text(toml({"code": {**SOURCE, "title": "The invented code"}}), "utf-8")
    versions = f'[[provisions.xt-1.versions]]\nfrom = 2001-01-01\ntitle.en = "{title}"\nsources = ["code"]\n'
    versions += 'convention = [{ ref = "35" }]\n'
    instrument = '[instrument]\nkey = "xt"\ntitle.en = "Code of XT"\ncite.en = "article {number}"\n\n'
    (folder / "law" / "xt.toml").write_text(f'{instrument}[provisions.xt-1]\nnumber = "1"\n\n{versions}', "utf-8")


@pytest.fixture
def packages(folder: Path) -> dict[str, Candidate]:
    found = {name: write_package(folder, name, REGION) for name in ("northland", "southland")}
    for name, candidate in found.items():
        header = {"id": name, "law": ["XT"], "name": {"en": name.title()}, "languages": ["en"]}
        english = {"en": {"title": f"Heard in {name}", "summary": "What it does."}}
        practices = {"hearing": {"legal_basis": ["xt-1"], "text": english}}
        write_region(folder / candidate.module / "region", header=header, practices=practices)
    found["law-xt"] = write_package(folder, "law-xt", LAW)
    write_law(folder / found["law-xt"].module / "law_xt", "A child is heard once")
    return found


def instance_with(tmp_path: Path, *candidates: Candidate, office: bool = False) -> Instance:
    environ = {"LANZAROTE_DATA": str(tmp_path / "data")} | ({"LANZAROTE_OFFICE": "on"} if office else {})
    return new_instance(read_settings(environ), Host(candidates))


def test_each_has_a_page_of_the_law_and_a_package_that_goes_takes_nothing_along(
    packages: dict[str, Candidate], tmp_path: Path
) -> None:
    with instance_with(tmp_path, *packages.values()) as instance:
        instance.migrate()
        for name in ("northland", "southland"):
            instance.load(name)
        with site_of(instance) as client:
            both = shown(client)
            found = client.get("/api/v1/convention/articles/35").json()
    for name, pages in both.items():
        assert "A child is heard once" in pages["law/xt-1"]
        assert [f"Heard in {name}" in pages["law/xt-1"], pages["law"].count("A child is heard once")] == [True, 1]
    assert found

    for gone in ("northland", "law-xt"):
        left = [one for name, one in packages.items() if name != gone]
        with instance_with(tmp_path, *left) as instance:
            assert instance.upgrades_due() == []
            with site_of(instance) as client:
                assert shown(client) == both

    with instance_with(tmp_path, *packages.values()) as instance:
        assert instance.upgrades_due() == []


def shown(client: Any) -> dict[str, dict[str, str]]:
    found = {}
    for name in ("northland", "southland"):
        pages = {room: client.get(f"/en/{name}/{room}") for room in ("law", "law/xt-1", "practices", "coverage")}
        assert {one.status_code for one in pages.values()} == {200}
        found[name] = {room: one.text for room, one in pages.items()}
    return found


def test_an_upgrade_without_the_law_is_refused_and_keeps_what_is_there(
    packages: dict[str, Candidate], tmp_path: Path
) -> None:
    from lanzarote.errors import RegionError

    with instance_with(tmp_path, *packages.values()) as instance:
        instance.migrate()
        instance.load("northland")
    with instance_with(tmp_path, packages["northland"]) as instance:
        with pytest.raises(RegionError, match="no installed package brings the law 'XT'"):
            instance.load("northland")
        with site_of(instance) as client:
            assert "A child is heard once" in client.get("/en/northland/law/xt-1").text


@pytest.mark.parametrize("other", ["aaa", "zzz"])
def test_another_package_with_the_same_law_changes_nothing_for_a_region_that_brings_its_own(
    packages: dict[str, Candidate], folder: Path, tmp_path: Path, other: str
) -> None:
    own = write_package(folder, "ownland", REGION + LAW)
    header = {"id": "ownland", "law": ["XT"], "name": {"en": "Ownland"}, "languages": ["en"]}
    write_region(folder / own.module / "region", header=header)
    write_law(folder / own.module / "law_xt", "As Ownland says it")
    with instance_with(tmp_path, own) as instance:
        instance.migrate()
        instance.load("ownland")
    stranger = write_package(folder, other, LAW)
    write_law(folder / stranger.module / "law_xt", "As a stranger says it")
    with instance_with(tmp_path, own, stranger, packages["law-xt"]) as instance:
        assert instance.upgrades_due() == []
        instance.load("ownland")
        with site_of(instance) as client:
            assert "As Ownland says it" in client.get("/en/ownland/law/xt-1").text
