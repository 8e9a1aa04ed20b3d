"""A region's own questions are columns like any other, on either database."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from lanzarote.importing import service
from lanzarote.importing.cells import form_of
from lanzarote.importing.ground import Ground
from lanzarote.importing.kinds import PRACTICES
from lanzarote.plugins import installed
from lanzarote.practices import writing
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import Record

from tests.core.importing.files import csv_of, said
from tests.core.practices.test_own_facets import ANSWERS, FIELDS, NIGHT, SECTORS, package

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.importing.planning import Plan

    from tests.regions.writing import RegionPackage

__all__ = ["package"]
BY = Actor(account_id="cy", grants=(Grant(role="coordinator", region_id="testland"),), strong=True)
BASE = "0193fa00-0000-7000-8000-000000000000"


@pytest.fixture
def ground(package: RegionPackage, database_url: str) -> Iterator[Ground]:
    twin = {"title": NIGHT | {"label": {"en": "Title [en]", "fr": "Titre [en]"}}}
    practices = {key: {"answers": answers, "sectors": ["courts"]} for key, answers in ANSWERS.items()}
    package.write(fields=FIELDS | twin, practices=practices, sectors=SECTORS)
    with package.instance(database_url) as instance:
        for one in installed():
            if one.name == "spreadsheet":
                instance.host.add("spreadsheet", import_module(one.module))
        instance.load("testland")
        yield Ground(instance, "testland", "en", BY)


def plan_of(ground: Ground, content: bytes, name: str = "a.csv") -> Plan:
    return service.plan_of(ground, PRACTICES, name, content)


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_answers_come_back_as_they_went_out(ground: Ground, format: str) -> None:
    importer = service.importer_for(ground, f"a.{format}")
    assert importer is not None
    plan = plan_of(ground, service.file_of(ground, PRACTICES, importer, filled=True), f"a.{format}")
    assert said(plan) == []
    assert [row.outcome for row in plan.rows] == ["same"] * 4


def test_answers_are_taken_in_by_their_words(ground: Ground) -> None:
    row = {
        "text.en.title": "A night office",
        "answers.money": "The State; La ville",
        "answers.night": "yes",
        "answers.words.en": "Open late.",
    }
    plan = plan_of(ground, csv_of(row))
    assert said(plan) == []
    [made] = service.import_rows(ground, PRACTICES, plan.good, base=BASE)
    with ground.instance.database.read("testland") as session:
        sheet = writing.sheet_of(session, session.get_one(Record, ("testland", made.id)))
    assert sheet.answers == {"money": ["state", "city"], "night": True, "words": {"en": "Open late."}}


def test_a_retired_answer_is_offered_no_more_and_stays_where_it_stands(ground: Ground) -> None:
    form = form_of(ground, PRACTICES)
    money = form.cells["answers.money"].column
    assert [one.label for one in money.told.choices] == ["The city", "The State"]
    [lottery] = [one for one in form.kept.values() if one.said.answers.get("money") == ["lottery"]]
    row = {"id": lottery.id, "version": "1", "answers.money": "A lottery; The city", "answers.quiet": "no"}
    [changed] = plan_of(ground, csv_of(row)).good
    assert changed.given.content.answers == lottery.said.answers | {"money": ["lottery", "city"]}


def test_a_question_that_is_called_as_a_common_one_has_a_heading_of_its_own(ground: Ground) -> None:
    headings = [column.told.titles["en"] for column in form_of(ground, PRACTICES).columns()]
    assert len(set(headings)) == len(headings)
    assert "Title [en] (answers.title)" in headings
