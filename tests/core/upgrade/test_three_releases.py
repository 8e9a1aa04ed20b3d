"""Three releases with work of the region between them: every row of what an upgrade does, and what comes after it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.records import records
from lanzarote.types import Practice

from tests.core.upgrade.conftest import Land, sectors

if TYPE_CHECKING:
    from lanzarote.records.records import Record
    from lanzarote.regions.seeds import Report
    from sqlalchemy.orm import Session

GONE: Any = None
COSTS: dict[str, tuple[Any, Any, Any]] = {
    "package-alone": ("low", "medium", "high"),
    "region-alone": ("low", "low", "low"),
    "in-turn": ("low", "medium", "high"),
    "both-alike": ("low", "medium", "high"),
    "alike-at-last": ("low", "low", "high"),
    "asked-once": ("low", "medium", "medium"),
    "asked-again": ("low", "medium", "none"),
    "taken-out": ("low", GONE, GONE),
    "there-again": ("low", GONE, "high"),
    "withdrawn-first": ("low", "medium", "high"),
    "withdrawn-later": ("low", "medium", "high"),
    "archived-first": ("low", "medium", "high"),
    "erased-first": ("low", "medium", "high"),
    "erased-later": ("low", "medium", "high"),
    "newcomer": (GONE, "low", "high"),
    "published-between": ("low", "medium", "high"),
}
"""Practice → what its package says of its cost in each release."""
SECTORS = (
    sectors("courts", "schools"),
    sectors("courts", "schools", schools={"until": date(2031, 1, 1), "replaced_by": "courts"}),
    sectors("courts"),
)


class Story:
    """What became of everything."""

    def __init__(self, land: Land) -> None:
        self.land = land
        self.first = self._release(0)
        self.ids = {key: land.record(key).id for key in ("renamed", "package-alone")}
        self._write_first()
        self.second = self._release(1)
        self.asked_first = land.tasks()
        self.after_second = {key: land.practice(key).cost for key in COSTS if not key.startswith("erased-first")}
        self._write_later()
        self.third = self._release(2)

    def _release(self, number: int) -> Report:
        practices: dict[str, Any] = {
            key: {"cost": costs[number]} for key, costs in COSTS.items() if costs[number] is not GONE
        }
        names = ("renamed", "renamed-once", "renamed-twice")
        practices[names[number]] = {"cost": ("low", "medium", "high")[number], "former": list(names[:number])}
        practices["keeps-a-sector"] = {"sectors": ["schools"] if number < 2 else ["courts"]}
        return self.land.release(practices=practices, sectors=SECTORS[number])

    def _write_first(self) -> None:
        edit, change = self.land.edit, self.land.change
        edit("region-alone", cost="high", publish=True)
        edit("in-turn", running="ended")
        edit("both-alike", cost="medium")
        edit("alike-at-last", cost="high")
        edit("asked-once", cost="high")
        edit("asked-again", cost="high")
        edit("taken-out", running="ended")
        edit("renamed", running="ended")
        edit("keeps-a-sector", running="ended")
        change("withdrawn-first", withdraw)
        change("archived-first", archive)
        change("erased-first", erase)

    def _write_later(self) -> None:
        edit, change = self.land.edit, self.land.change
        edit("region-alone", running="ended")
        edit("in-turn", domains=["prevention"])
        edit("there-again", running="ended")
        edit("newcomer", running="ended")
        edit("renamed-once", domains=["prevention"])
        change("published-between", lambda session, record: records.publish(session, record, by="team"))
        change("withdrawn-later", withdraw)
        change("erased-later", erase)

    def public(self, key: str) -> Practice:
        """What the public reads."""
        with self.land.instance.database.read("testland") as session:
            record = self.land.record(key)
            assert record.published_version is not None
            return records.decode(records.body_of(session, record, record.published_version), Practice)


def withdraw(session: Session, record: Record) -> None:
    records.withdraw(session, record, by="team")


def archive(session: Session, record: Record) -> None:
    withdraw(session, record)
    records.archive(session, record, by="team")


def erase(session: Session, record: Record) -> None:
    records.erase(session, record, by="team")


@pytest.fixture
def story(land: Land) -> Story:
    return Story(land)


def test_what_each_row_comes_to(story: Story) -> None:
    land = story.land
    assert len(story.first.records.new) == len([one for one in COSTS.values() if one[0] is not GONE]) + 2

    def told(key: str) -> tuple[str | None, str | None]:
        return land.practice(key).cost, land.practice(key).running

    # Only the package: followed twice, and shown to nobody before the team has looked.
    assert (story.after_second["package-alone"], told("package-alone")) == ("medium", ("high", "ongoing"))
    assert story.public("package-alone").cost == "low"
    assert land.record("package-alone").id == story.ids["package-alone"]
    # What the team published between is the public's, and the next release waits again.
    assert (story.public("published-between").cost, told("published-between")[0]) == ("medium", "high")
    # Only the region, twice.
    assert (story.after_second["region-alone"], told("region-alone")) == ("high", ("high", "ended"))
    assert story.public("region-alone").cost == "high"
    # Each its own field, in turn.
    assert (story.after_second["in-turn"], told("in-turn")) == ("medium", ("high", "ended"))
    assert land.practice("in-turn").domains == ("prevention",)
    # Both alike is no question, and leaves nothing of the region's own behind.
    assert (story.after_second["both-alike"], told("both-alike")[0]) == ("medium", "high")
    assert told("alike-at-last")[0] == "high"
    # Both differently: the local text stays, release after release.
    assert (told("asked-once")[0], told("asked-again")[0]) == ("high", "high")
    # Taken out: kept with what the region wrote; there again: merged.
    assert told("taken-out") == ("low", "ended")
    assert (story.after_second["there-again"], told("there-again")) == ("low", ("high", "ended"))
    # New with the second release.
    assert told("newcomer") == ("high", "ended")
    assert story.public("newcomer").cost == "low"
    # Renamed twice: one record with everything that was written.
    assert told("renamed-twice") == ("high", "ended")
    assert land.practice("renamed-twice").domains == ("prevention",)
    assert land.record("renamed-twice").id == story.ids["renamed"]


def test_what_the_region_took_back_is_never_revived(story: Story) -> None:
    land, left = story.land, {"withdrawn-first", "archived-first", "erased-first"}
    assert set(story.second.records.left_alone) == {f"practice {key}" for key in left}
    later = left | {"withdrawn-later", "erased-later"}
    assert set(story.third.records.left_alone) == {f"practice {key}" for key in later}
    assert {key: land.record(key).state for key in sorted(later)} == {
        "archived-first": "archived",
        "erased-first": "erased",
        "erased-later": "erased",
        "withdrawn-first": "withdrawn",
        "withdrawn-later": "withdrawn",
    }
    assert land.practice("withdrawn-first").cost == "low"
    assert land.practice("withdrawn-later").cost == "medium"
    assert {land.record(key).slug for key in later} & set(land.public()) == set()


def test_each_disagreement_is_asked_once_for_each_release_that_brings_it(story: Story) -> None:
    first = {(one["key"], one["before"], one["local"], one["package"]) for one in story.asked_first if "local" in one}
    assert first == {("asked-once", "low", "high", "medium"), ("asked-again", "low", "high", "medium")}
    assert story.second.records.questions == ["practice asked-again: cost", "practice asked-once: cost"]
    assert story.third.records.questions == ["practice asked-again: cost"]
    newer = [(one["key"], one["local"], one["package"]) for one in story.land.tasks() if "local" in one]
    assert ("asked-again", "high", "none") in newer
    assert ("asked-once", "high", "medium") in newer


def test_what_the_package_no_longer_ships_is_kept_and_marked(story: Story) -> None:
    assert set(story.second.records.removed) == {"practice taken-out", "practice there-again"}
    assert story.third.records.removed == []
    kept, back = story.land.seed("taken-out"), story.land.seed("there-again")
    assert kept is not None
    assert back is not None
    assert (kept.in_package, back.in_package) == (False, True)
    assert story.land.record("taken-out").state == "published"
    assert story.land.seed("renamed") is None
    assert story.land.seed("renamed-once") is None


def test_a_sector_is_retired_then_dropped_and_stays_readable(story: Story) -> None:
    assert story.second.vocabulary == ["sector: 1 changed (schools)"]
    assert story.third.vocabulary == ["sector: 1 retired (schools)"]
    assert story.land.vocabulary.is_retired("sector", "schools")
    assert story.land.vocabulary.sectors["schools"].name["en"]
    assert story.public("keeps-a-sector").sectors == ("schools",)
    assert story.land.practice("keeps-a-sector").sectors == ("courts",)


def test_a_fourth_run_of_the_same_release_changes_nothing(story: Story) -> None:
    before = story.land.rows()
    report = story.land.instance.load("testland")
    assert (report.records.new, report.records.updated, report.records.working) == ([], [], [])
    after = story.land.rows()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == set(), msgspec.json.encode(sorted(changed))
