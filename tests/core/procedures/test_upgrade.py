"""A newer package changes what the region did not, and never what the public reads without a second person."""

from __future__ import annotations

import msgspec
import pytest
from lanzarote.instance import Instance
from lanzarote.procedures import writing
from lanzarote.records.records import encode
from lanzarote.regions import seeds
from lanzarote.regions.content import Content
from lanzarote.regions.seeds import led_on

from tests.core.procedures.agreeing import HEAD, do, get, public, save, status

KEY = "hospital-cells-2014"


@pytest.fixture
def content(own_paris: Instance) -> Content:
    return own_paris.content("paris")


def upgrade(paris: Instance, content: Content, **changed: object) -> seeds.Outcome:
    """As if the package shipped the procedure with *changed*."""
    content.procedures[KEY] = msgspec.structs.replace(content.procedures[KEY], **changed)
    with paris.database.write("paris") as session:
        return seeds.merge_seeds(session, "paris", content, led_on(session, "paris", content), by="lanzarote")


def test_a_changed_procedure_becomes_a_draft_beside_what_is_read(own_paris: Instance, content: Content) -> None:
    outcome = upgrade(own_paris, content, review_months=24)
    assert outcome.working == [f"procedure {KEY}"]
    found = public(own_paris, KEY)
    assert found is not None
    assert (found.version, found.procedure.review_months) == (1, None)
    assert (status(own_paris, KEY).state, status(own_paris, KEY).beside) == ("documented", "draft")
    do(own_paris, "document", KEY, by=HEAD)
    found = public(own_paris, KEY)
    assert found is not None
    assert (found.version, found.procedure.review_months, found.status.beside) == (2, 24, "")


def test_what_both_changed_is_asked_about_and_the_regions_stays(own_paris: Instance, content: Content) -> None:
    save(own_paris, KEY, {"review_months": 6})
    outcome = upgrade(own_paris, content, review_months=24)
    assert outcome.questions == [f"procedure {KEY}: review_months"]
    with own_paris.database.read("paris") as session:
        assert writing.text_of(session, get(session, KEY)).review_months == 6


def test_what_was_erased_is_not_brought_back(own_paris: Instance, content: Content) -> None:
    do(own_paris, "erase", KEY, by=HEAD)
    assert upgrade(own_paris, content, review_months=24).left_alone == [f"procedure {KEY}"]
    assert public(own_paris, KEY) is None


def test_the_same_package_changes_nothing(own_paris: Instance, content: Content) -> None:
    before = encode(content.procedures[KEY])
    outcome = upgrade(own_paris, content)
    assert (outcome.working, outcome.updated, outcome.new) == ([], [], [])
    assert encode(content.procedures[KEY]) == before
