"""A key that a package gave up leads on for good: a field that nobody edited here is never asked about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from lanzarote.directory import service
from lanzarote.errors import RegionError
from lanzarote.records import records

from tests.core.upgrade.conftest import Land
from tests.regions.writing import ORGANISATION, PRACTICE, PROCEDURE, SECTOR, SOURCE

KINDS = {"organisations": ORGANISATION, "sectors": SECTOR, "sources": SOURCE}
LATER: Mapping[str, Mapping[str, Any]] = {
    # what the third release makes of the entry that the second called "new", with former = ["old"]
    "as before": {"new": {"former": ["old"]}},
    "former left out": {"new": {}},
    "gone": {},
    "called otherwise again": {"newer": {"former": ["new"]}},
    "called as at first": {"old": {"former": ["new"]}},
}


def practice(key: str) -> dict[str, Any]:
    return {
        "partners": [{"organisation": key}, {"sector": key}],
        "sectors": ["courts", key],
        "sources": [key],
        "evidence": [{"sources": [key], "text": {"en": "Read.", "fr": "Lu."}}],
    }


def procedure(key: str) -> dict[str, Any]:
    passing = {"what": {"en": "A name", "fr": "Un nom"}, "organisation": key}
    step = {"key": "report", "title": {"en": "Reports", "fr": "Signale"}, "end": True}
    return {
        "parties": [{"organisation": key}, {"sector": key}],
        "steps": [step | {"organisation": key, "passes": [passing]}],
        "measures": [
            {"key": "training", "kind": "training", "title": {"en": "Course", "fr": "Cours"}, "organisation": key}
        ],
        "sources": [key],
    }


SHAPES = {"practice": (practice, PRACTICE), "procedure": (procedure, PROCEDURE)}
ELSEWHERE: Mapping[str, tuple[str, Any]] = {"practice": ("cost", "high"), "procedure": ("review_months", 6)}
"""A field that the team edits, and that no release changes."""
CASES = [(kind, field) for kind, (shape, _) in SHAPES.items() for field in shape("old")]


def release_of(key: str, *, changed: str = "") -> dict[str, Any]:
    """Two records for each of the cases, which name *key*, but for the field of the case: *changed*."""
    told: dict[str, Any] = {"practices": {}, "procedures": {}}
    for kind, field in CASES:
        shape, _ = SHAPES[kind]
        body = shape(key) | ({field: shape(changed)[field]} if changed else {})
        told[f"{kind}s"] |= {f"{who}-{kind}-{field}": body for who in ("left-alone", "edited")}
    return told


def entries(**renamed: Mapping[str, Any]) -> dict[str, Any]:
    """Of each kind: one that stays, the usual ones, and what is *renamed*."""
    usual: dict[str, dict[str, Any]] = {
        "organisations": {"other": ORGANISATION},
        "sectors": {"courts": SECTOR, "other": SECTOR},
        "sources": {"invented": SOURCE, "other": SOURCE},
    }
    return {kind: usual[kind] | {key: {**KINDS[kind], **more} for key, more in renamed.items()} for kind in usual}


def body(land: Land, key: str) -> dict[str, Any]:
    with land.instance.database.read("testland") as session:
        record = land.record(key)
        told: dict[str, Any] = msgspec.json.decode(records.body_of(session, record, record.version))
        return told


@pytest.mark.parametrize("later", LATER)
def test_what_nobody_edited_follows_the_package_after_a_rename(land: Land, later: str) -> None:
    land.release(**entries(old={}), **release_of("old"))
    for kind, field in CASES:
        name, value = ELSEWHERE[kind]
        land.edit(f"edited-{kind}-{field}", **{name: value})
    renamed = land.release(**entries(new={"former": ["old"]}), **release_of("new"))
    assert (renamed.records.questions, renamed.records.working) == ([], [])

    key = next(iter(LATER[later]), "other")
    changed = land.release(**entries(**LATER[later]), **release_of(key, changed="other"))
    assert changed.records.questions == []
    for kind, field in CASES:
        shape, _ = SHAPES[kind]
        name, value = ELSEWHERE[kind]
        wanted = shape("other")[field]
        assert body(land, f"left-alone-{kind}-{field}")[field] == wanted
        edited = body(land, f"edited-{kind}-{field}")
        assert (edited[field], edited[name]) == (wanted, value)
        if key != "other":
            assert changed.records.taken[f"{kind} left-alone-{kind}-{field}"] == (field,)


def test_a_former_key_that_a_later_package_leaves_out_still_leads_to_the_entry(land: Land) -> None:
    land.release(**entries(old={}), **release_of("old"))
    land.release(**entries(new={"former": ["old"]}), **release_of("new"))
    report = land.release(**entries(new={}), **release_of("new"))
    assert (report.vocabulary, report.records.working, report.records.updated) == ([], [], [])
    assert land.vocabulary.present_key("sector", "old") == "new"
    with land.instance.database.read("testland") as session:
        assert service.by_key(session)["old"].key == "new"


def test_a_rename_alone_gives_nobody_work_and_shows_at_once(land: Land) -> None:
    land.release(organisations={"old": ORGANISATION})
    report = land.release(organisations={"new": {**ORGANISATION, "former": ["old"]}})
    assert (report.records.working, report.records.updated) == ([], ["stakeholder new"])
    record = land.record("new")
    assert (record.stage, record.published_version) == ("", record.version)
    assert land.tasks() == []
    [shown] = land.instance.directory("testland")
    assert shown.organisation.former == ("old",)


def test_a_package_that_is_as_before_a_rename_again_finds_what_it_renamed(land: Land) -> None:
    first = entries(old={}), release_of("old")
    land.release(**first[0], **first[1])
    found = land.record("old").id
    land.release(**entries(new={"former": ["old"]}), **release_of("new"))
    for _ in range(2):
        report = land.release(**first[0], **first[1])
        assert (report.records.new, report.records.removed, report.records.questions) == ([], [], [])
        assert land.record("old").id == found
        with land.instance.database.read("testland") as session:
            assert service.by_key(session)["new"].key == "old"


def test_a_key_that_leads_to_something_is_given_to_nothing_else(land: Land) -> None:
    land.release(organisations={"old": ORGANISATION})
    land.release(organisations={"new": {**ORGANISATION, "former": ["old"]}})
    with pytest.raises(RegionError, match="the key old leads to what is called new now"):
        land.release(organisations={"new": ORGANISATION, "old": ORGANISATION})


def test_a_rename_with_news_waits_for_review_as_the_news_do(land: Land) -> None:
    land.release(organisations={"old": ORGANISATION})
    report = land.release(organisations={"new": {**ORGANISATION, "former": ["old"], "scope": "national"}})
    assert report.records.working == ["stakeholder new"]
    assert land.record("new").stage == "writing"


def test_a_rename_publishes_nothing_that_the_team_is_still_writing(land: Land) -> None:
    land.release(organisations={"old": ORGANISATION})
    land.edit("old", scope="national")
    land.release(organisations={"new": {**ORGANISATION, "former": ["old"]}})
    [shown] = land.instance.directory("testland")
    assert shown.organisation.scope == "local"
    assert land.record("new").stage == "writing"
