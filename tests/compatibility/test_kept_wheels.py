"""Packages that were built against an API that is still offered work unchanged: every wheel kept, one by one."""

from __future__ import annotations

import json
import zipfile
from email.parser import HeaderParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from lanzarote.types import API_VERSION

from tests.compatibility.places import ADDRESS, Place

if TYPE_CHECKING:
    from collections.abc import Callable

WHEELS = sorted((Path(__file__).parent / "wheels").glob("api-*/*.whl"))
LARGEST = 300_000
"""Bytes of a wheel: they stay in the repository for good."""


def test_wheels_are_kept_for_every_version_of_the_api_since_the_first() -> None:
    major, minor = API_VERSION
    kept = {wheel.parent.name for wheel in WHEELS}
    assert {f"api-{major}.{one}" for one in range(minor + 1)} <= kept
    assert [wheel.name for wheel in WHEELS if wheel.stat().st_size > LARGEST] == []


def name_and_version(wheel: Path) -> tuple[str, str]:
    with zipfile.ZipFile(wheel) as archive:
        [metadata] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        head = HeaderParser().parsestr(archive.read(metadata).decode())
    return head["Name"], head["Version"]


@pytest.mark.parametrize(
    "whole", [False, pytest.param(True, marks=pytest.mark.long)], ids=["in one language", "in every language"]
)
@pytest.mark.parametrize("wheel", WHEELS, ids=[f"{one.parent.name}/{one.name.split('-')[0]}" for one in WHEELS])
def test_it_is_installed_loaded_and_shown(wheel: Path, whole: bool, tmp_path: Path, pip: list[str | Path]) -> None:
    place = Place(tmp_path, pip)
    place.install(wheel)
    told = place.configuration()
    distribution, _ = name_and_version(wheel)
    packages = [one for one in told["packages"] if one["distribution"] == distribution]
    assert packages, "it has no entry point"
    assert [(one["fault"], one["left_aside"], one["idle"]) for one in packages] == [("", [], "")] * len(packages)
    names = {one["name"] for one in packages}
    regions = [one["id"] for one in told["regions"] if one["package"] in names]
    place.lanzarote("load", *(regions or ["paris"]))
    with place.site() as get:
        for region_id in regions:
            walk(get, region_id, whole=whole)
        for one in (one for one in told["exporters"] if one["package"] in names):
            assert get(f"/fr/paris/organisations?format={one['format']}")
        for lang in {one["language"] for one in told["catalogues"] if one["package"] in names}:
            assert b"<h1" in get(f"/{lang}")
    for region_id in regions:
        assert place.lanzarote("upgrade", "--dry-run").endswith(b"\nAll regions are as their installed packages say.\n")
        assert place.lanzarote("export", region_id).count(b"\n") > 1


def walk(get: Callable[[str], bytes], region_id: str, *, whole: bool) -> None:
    """Every page of the region that stands in its map for robots, in its first language or in each of them."""
    told = ElementTree.fromstring(get(f"/sitemap/{region_id}-1.xml"))  # noqa: S314 - ours
    links = told.iter("{http://www.w3.org/1999/xhtml}link")
    pages = {one.attrib["href"].removeprefix(ADDRESS) for one in links}
    languages = json.loads(get(f"/api/v1/regions/{region_id}"))["languages"]
    assert {f"/{lang}/{region_id}/{room}" for lang in languages for room in ("law", "procedures", "group")} <= pages
    visited = [page for page in sorted(pages) if whole or page.startswith(f"/{languages[0]}/")]
    assert [page for page in visited if b"<h1" not in get(unquote(page))] == []
