"""An upgrade is done whole or not at all, once and not again, and can be told beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lanzarote.composition import new_instance
from lanzarote.errors import PackageError, RegionError
from lanzarote.practices import service
from lanzarote.records.changelog import Saved
from lanzarote.records.changelog_state import broken_audit, broken_change
from lanzarote.records.records import Record
from lanzarote.store.database import ALL, Database
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.core.upgrade.conftest import Land, sectors
from tests.regions.writing import ORGANISATION, SOURCE, region_package

RELEASES: Sequence[dict[str, Any]] = (
    {"practices": {"p": {}, "q": {}, "r": {}}, "organisations": {"o": ORGANISATION}, "sectors": sectors("courts", "x")},
    {
        "practices": {"p": {"cost": "low"}, "q": {"running": "ended"}, "s": {}},
        "organisations": {"o": {**ORGANISATION, "scope": "national"}},
        "sectors": sectors("courts", "y"),
        "header": {"description": {"en": "New", "fr": "Neuf"}},
    },
)


def first_release(land: Land) -> None:
    land.release(**RELEASES[0])
    land.edit("q", running="unknown")


def test_a_dry_run_tells_what_the_run_does_and_keeps_nothing(land: Land) -> None:
    first_release(land)
    before = land.rows()
    dry = land.release(**RELEASES[1], dry_run=True)
    assert land.rows() == before
    assert land.instance.upgrades_due() == ["testland"]
    assert land.release(**RELEASES[1]) == dry
    assert land.rows() != before
    assert (dry.records.new, dry.records.removed) == (["practice s"], ["practice r"])
    assert dry.records.working == ["stakeholder o", "practice p"]
    assert dry.records.taken == {"stakeholder o": ("scope",), "practice p": ("cost",)}
    assert dry.records.questions == ["practice q: running"]


def test_a_dry_run_of_a_first_load_leaves_an_empty_database(land: Land) -> None:
    empty = land.rows()
    dry = land.release(**RELEASES[0], dry_run=True)
    assert land.rows() == empty
    assert dry.first
    assert land.release(**RELEASES[0]) == dry


def test_a_second_run_changes_nothing(land: Land) -> None:
    first_release(land)
    land.release(**RELEASES[1])
    before = land.rows()
    assert land.instance.upgrades_due() == []
    again = land.release(**RELEASES[1])
    assert (again.vocabulary, again.records.unchanged) == ([], 4)
    assert msgspec.structs.replace(again.records, unchanged=0) == type(again.records)()
    assert land.rows() == before


def test_an_upgrade_that_fails_halfway_leaves_nothing_of_it(land: Land) -> None:
    first_release(land)
    before = land.rows()
    land.package.write(**RELEASES[1])

    def fail_late(session: Session, saved: Sequence[Saved]) -> None:
        if any(one.kind == "practice" and one.verb == "publish" for one in saved):
            raise OSError("the disk is full")

    land.instance.database.listeners.append(fail_late)
    with pytest.raises(OSError, match="the disk is full"):
        land.instance.load("testland")
    assert land.rows() == before
    assert land.release(**RELEASES[1]).records.new == ["practice s"]


def test_a_folder_with_faults_is_refused_before_anything_is_written(land: Land) -> None:
    first_release(land)
    before = land.rows()
    with pytest.raises(RegionError, match=r"practices/p\.toml:4: sectors: 'nowhere' is no sector"):
        land.release(practices={"p": {"sectors": ["nowhere"]}})
    assert land.rows() == before


def test_a_region_that_is_not_installed_cannot_be_loaded(land: Land) -> None:
    with pytest.raises(PackageError, match=r"No installed package describes the region 'atlantis' \(.*: testland\)"):
        land.instance.load("atlantis")


def test_an_upgrade_is_due_when_the_package_says_something_else(land: Land) -> None:
    land.release(practices={"p": {}})
    assert land.instance.upgrades_due() == []
    land.package.write(practices={"p": {"cost": "low"}})
    assert land.instance.upgrades_due() == ["testland"]


def test_a_region_whose_package_is_gone_loses_nothing(land: Land) -> None:
    land.release(practices={"p": {}}, organisations={"o": ORGANISATION})
    url = land.url
    with new_instance(land.instance.settings, type(land.instance.host)([])) as bare:
        assert bare.upgrades_due() == []
        assert bare.header("testland").name["en"] == "Testland"
        assert [card.slug for card in service.all_cards(bare.database, "testland")] == ["p"]
        assert len(bare.directory("testland")) == 1
    assert url == land.url


def test_all_upgrades_are_in_the_chains(land: Land) -> None:
    first_release(land)
    land.release(**RELEASES[1])
    with land.instance.database.read("testland") as session:
        assert (broken_audit(session, "testland"), broken_change(session, "testland")) == (None, None)


def test_sources_that_practices_name_are_there(land: Land) -> None:
    land.release(sources={"invented": SOURCE, "other": SOURCE}, practices={"p": {"sources": ["other"]}})
    assert set(land.vocabulary.sources) == {"invented", "other"}


def test_nothing_of_another_region_is_touched(database_url: str, tmp_path: Path) -> None:
    with region_package(tmp_path) as package:
        package.write(practices={"p": {}})
        with package.instance(database_url) as instance:
            instance.load("testland")
        package.write(header={"id": "elsewhere"}, practices={"p": {"cost": "low"}})
        with package.instance(database_url) as instance:
            instance.load("elsewhere")
            assert rows_of(instance.database, "testland") == {"p": (1, 1)}
            assert rows_of(instance.database, "elsewhere") == {"p": (1, 1)}
            with instance.database.read(ALL) as session:
                assert len(set(session.scalars(select(Record.id)))) == 2


def rows_of(database: Database, region: str) -> dict[str | None, tuple[int, int | None]]:
    with database.read(region) as session:
        return {record.key: (record.version, record.published_version) for record in session.scalars(select(Record))}
