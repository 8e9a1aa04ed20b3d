"""A package goes and comes back: nothing is lost, and what regions have is read and taken along meanwhile."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.plugins import Host
from lanzarote.records.records import Record, body_of, encode, publish, revise
from sqlalchemy import select

from tests.compatibility.places import Place
from tests.compatibility.test_kept_wheels import WHEELS

if TYPE_CHECKING:
    from lanzarote.configuration.settings import Settings

REGION, CHECKS = "tiny", "remarks"
PAGES = (
    "/en/tiny", "/fr/tiny", "/en/tiny/practices", "/fr/tiny/practices/a-letter",
    "/en/tiny/organisations", "/fr/tiny/sectors", "/en/tiny/law/xt-1", "/en/tiny/practices?q=team",
    "/api/v1/regions/tiny", "/api/v1/regions/tiny/practices", "/api/v1/regions/tiny/provisions",
)  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, pip: list[str | Path]) -> Place:
    """A region in use, with what its package brought and what its team wrote."""
    made = Place(tmp_path_factory.mktemp("place"), pip)
    made.install(*wheels())
    made.lanzarote("load", REGION)
    made.lanzarote("plugin", "enable", REGION, CHECKS)
    with new_instance(settings(made.data), Host([])) as instance, instance.database.write(REGION) as session:
        record = session.scalars(select(Record).where(Record.key == "a-letter")).one()
        body = json.loads(body_of(session, record, record.version))
        body["text"]["en"]["summary"] = "What the team itself has written."
        revise(session, record, encode(body), by="team")
        session.flush()
        publish(session, record, by="team")
    return made


def wheels() -> list[Path]:
    return [one for one in WHEELS if one.name.startswith(("lanzarote_region_tiny-", "lanzarote_remarks-"))]


def settings(data: Path) -> Settings:
    return read_settings({"LANZAROTE_DATA": str(data)})


def records(place: Place, data: Path | None = None) -> list[bytes]:
    """Everything that the export holds, but when it was made."""
    return place.lanzarote("export", REGION, data=data).splitlines()[1:]


def test_nothing_is_lost_while_they_are_away_nor_when_they_are_back(place: Place, tmp_path: Path) -> None:
    before, shown = records(place), place.pages(*PAGES)
    assert b"What the team itself has written." in b"".join(before)
    assert b"Tribunaux du Petit Pays" in shown["/fr/tiny/sectors"]

    place.uninstall("lanzarote-region-tiny")
    assert place.pages(*PAGES) == shown
    place.uninstall("lanzarote-remarks")
    told = place.configuration()
    assert {one["distribution"] for one in told["packages"]} & {"lanzarote-region-tiny", "lanzarote-remarks"} == set()
    assert records(place) == before
    doctor = place.lanzarote("doctor", fails=True).decode()
    assert "region tiny: its package is not installed: it is shown as it was, and cannot be upgraded" in doctor
    assert "! package remarks: is switched on for tiny, and not installed; install it, or run: " in doctor
    assert b"tiny \xe2\x80\x94 its package is not installed" in place.lanzarote("upgrade", "--no-backup")
    place.lanzarote("backup", tmp_path / "away.backup")
    elsewhere = tmp_path / "elsewhere"
    place.lanzarote("restore", tmp_path / "away.backup", data=elsewhere)
    assert records(place, elsewhere) == before

    place.install(*wheels())
    assert records(place) == before
    assert records(place, elsewhere) == before
    assert place.pages(*PAGES) == shown
    assert place.lanzarote("upgrade", "--no-backup") == b"All regions are as their installed packages say.\n"
    assert place.lanzarote("upgrade", "--no-backup", data=elsewhere) == place.lanzarote("upgrade", "--no-backup")
    [checks] = [one for one in place.configuration()["packages"] if one["name"] == CHECKS]
    assert checks["switched_on"] == [REGION]
    assert records(place) == before
