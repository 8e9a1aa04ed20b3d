"""What a package says anew of a documented practice is published by one person here, as it came."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from lanzarote.errors import Conflict, NotPermitted
from lanzarote.practices import sheets, writing
from lanzarote.practices.model import PracticeStatus
from lanzarote.records import validation
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import body_of, decode

from tests.core.upgrade.conftest import Land
from tests.regions.writing import PRACTICE

THEN = datetime(2031, 3, 1, 9, tzinfo=UTC)
SPARSE: dict[str, Any] = {"text": {"en": {"title": "A practice", "summary": "What is done."}}, "original": "en"}
NEWER: dict[str, Any] = SPARSE | {"text": {"en": {"title": "A practice", "summary": "What is done by now."}}}


def of(role: Any) -> Actor:
    return Actor(account_id=role, grants=(Grant(role=role, region_id="testland"),), strong=True)


def accept(land: Land, role: str = "reviewer", *, confirmed: bool = True) -> None:
    expected = land.record("first").version
    land.change(
        "first",
        lambda session, record: writing.accept(
            session, record, confirmed=confirmed, expected=expected, by=of(role), at=THEN
        ),
    )


def shown(land: Land) -> str:
    record = land.record("first")
    with land.instance.database.read("testland") as session:
        body = body_of(session, record, record.published_version or 0)
    return str(msgspec.json.decode(body)["text"]["en"]["summary"])


@pytest.fixture
def upgraded(land: Land) -> Land:
    """A practice of which the package leaves out much says something else by now."""
    land.release(practices={"first": {**PRACTICE, **SPARSE}})
    land.release(practices={"first": {**PRACTICE, **NEWER}})
    with land.instance.database.read("testland") as session:
        assert tuple(sheets.missing_in(writing.sheet_of(session, land.record("first"))))
    assert shown(land) == "What is done."
    return land


@pytest.mark.parametrize("role", ["reviewer", "coordinator"])
def test_it_stays_documented_and_nothing_is_asked_for_that_the_package_leaves_out(upgraded: Land, role: str) -> None:
    accept(upgraded, role)
    record = upgraded.record("first")
    assert shown(upgraded) == "What is done by now."
    assert (record.state, record.stage, record.published_version) == ("published", "", record.version)
    assert decode(record.status, PracticeStatus).standing == "documented"


def test_whoever_only_writes_does_not_publish_it(upgraded: Land) -> None:
    with pytest.raises(NotPermitted):
        accept(upgraded, "contributor")
    assert shown(upgraded) == "What is done."


def test_it_is_confirmed_that_nobody_is_recognisable(upgraded: Land) -> None:
    with pytest.raises(validation.Faulty):
        accept(upgraded, confirmed=False)
    assert shown(upgraded) == "What is done."


def test_what_somebody_here_wrote_goes_the_way_of_all_that_is_written_here(upgraded: Land) -> None:
    upgraded.edit("first", cost="high")
    with pytest.raises(Conflict, match="text differs from the package"):
        accept(upgraded)
    assert shown(upgraded) == "What is done."


def test_what_the_package_shows_no_longer_is_not_published_anew(upgraded: Land) -> None:
    hidden: dict[str, Any] = {"publish": False, "reason": {"en": "A case is pending.", "fr": "Affaire en cours."}}
    upgraded.release(practices={"first": {**PRACTICE, **NEWER, **hidden}})
    with pytest.raises(Conflict):
        accept(upgraded)


def test_it_is_published_once(upgraded: Land) -> None:
    accept(upgraded)
    with pytest.raises(IllegalTransition):
        accept(upgraded)
