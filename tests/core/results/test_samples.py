"""Invented regions show an office at work; they say that they are, and go without a trace."""

from __future__ import annotations

import re
from argparse import Namespace
from typing import TYPE_CHECKING

import pytest
from lanzarote import commands
from lanzarote.accounts import commands as demo
from lanzarote.accounts.model import Granted
from lanzarote.cli import parser
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import NotPermitted, SettingError
from lanzarote.instance import Instance
from lanzarote.office import tallies
from lanzarote.office.model import Total
from lanzarote.practices.service import facets_of
from lanzarote.results import enrolling, forgetting
from lanzarote.results.commands import results
from lanzarote.store.database import ALL
from sqlalchemy import select

from tests.core.results.test_office_pages import browser_at
from tests.core.results.two_places import PARIS, TwoPlaces
from tests.core.web.reading import client_of
from tests.regions.second import both_regions

if TYPE_CHECKING:
    from pathlib import Path


def test_they_come_by_the_same_door_and_are_labelled(office: Instance) -> None:
    assert enrolling.add(office) == ["sample-north", "sample-coast", "sample-hills"]
    assert enrolling.add(office) == []
    for region_id in enrolling.here(office):
        header = office.header(region_id)
        assert facets_of(office, region_id).size == len(
            enrolling.read()[region_id.removeprefix("sample-")]["practices"]
        )
        assert "invented" in header.name["en"]
        assert all("invented" in sector.name["en"] for sector in office.vocabulary(region_id).sectors.values())


def test_nobody_is_said_to_have_compared_their_keys(office: Instance) -> None:
    enrolling.add(office)
    keeper = browser_at(office, "administrator", "keeper")
    for region_id in enrolling.here(office):
        page = keeper.get(f"/en/office/sources/{region_id}").text
        assert "This site made it itself, for an invented region" in page
        assert "by telephone" not in page
        assert "had been compared" not in keeper.get(f"/en/{region_id}/team/activity").text


def test_where_only_they_are_the_demo_has_those_who_work_in_no_region(office: Instance) -> None:
    enrolling.add(office)
    told = "\n".join(demo.accounts(office))
    there = re.findall(r"^  (\S+)@demo.example  ", told, re.MULTILINE)
    assert there == ["administrator", "office"]


def test_beside_a_region_that_is_written_here_the_demo_works_in_that_one(sqlite_url: str, tmp_path: Path) -> None:
    env = {"LANZAROTE_DATABASE_URL": sqlite_url, "LANZAROTE_DATA": str(tmp_path), "LANZAROTE_OFFICE": "on"}
    with new_instance(read_settings(env), both_regions()) as instance:
        enrolling.add(instance)
        instance.load("second-region")
        assert list(instance.headers())[-1] == "second-region"
        assert "coordinator@demo.example" in "".join(demo.accounts(instance))
        with instance.database.read(ALL) as session:
            assert {one.region_id for one in session.scalars(select(Granted))} == {"", "second-region"}


def test_they_go_and_leave_nothing_behind(places: TwoPlaces) -> None:
    office = places.office
    places.sync()
    shown = facets_of(office).size
    enrolling.add(office)
    for region_id in enrolling.here(office):
        assert not forgetting.is_forgotten(office.database, region_id)
        forgetting.forget(office.database, region_id, by="test")
        assert forgetting.is_forgotten(office.database, region_id)
    assert (enrolling.here(office), facets_of(office).size) == ([], shown)
    assert enrolling.add(office)[0] == "sample-north"


def totals(office: Instance) -> set[tuple[str, str, str, int]]:
    with office.database.read(ALL) as session:
        return {(one.measure, one.a, one.b, one.n) for one in session.scalars(select(Total)) if one.n}


PUBLIC = (
    "/en",
    "/en/search",
    "/en/help",
    "/en/convention/30",
    "/en/office",
    "/en/office/regions",
    "/en/office/coverage",
    "/en/office/sectors",
    "/en/office/trends",
    "/en/office/compare",
    "/en/office/reports/plenary",
    "/en/office/reports/committee",
    "/en/office/reports/european-day",
    "/catalog.jsonld",
    "/sitemap.xml",
    "/api/v1/regions",
    "/api/v1/search",
    "/api/v1/office/coverage",
)


def test_no_list_search_figure_or_report_holds_them(places: TwoPlaces) -> None:
    office = places.office
    places.sync()
    with client_of(office) as reader:
        before, counted = {path: reader.get(path).text for path in PUBLIC}, totals(office)
        enrolling.add(office)
        after = {path: reader.get(path).text for path in PUBLIC}
        own = reader.get("/en/sample-north/practices")

    assert [path for path in PUBLIC if "ample" in after[path] and "ample" not in before[path]] == []
    assert [path for path in PUBLIC if "nvented" in after[path] and "nvented" not in before[path]] == []
    assert totals(office) == counted
    assert (own.status_code, "School nurses who know whom to call" in own.text) == (200, True)


def test_what_earlier_platforms_counted_of_them_goes_out_of_the_totals(
    places: TwoPlaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = places.office
    places.sync()
    counted = totals(office)
    monkeypatch.setattr(tallies, "is_sample", lambda region_id, *, home: False)
    enrolling.add(office)
    assert totals(office) != counted
    monkeypatch.undo()

    assert tallies.catch_up(office.database) == ["sample-coast", "sample-hills", "sample-north"]
    assert totals(office) == counted
    assert tallies.catch_up(office.database) == []


def test_they_come_only_where_they_are_asked_for() -> None:
    assert parser().parse_args(["run"]).samples is False
    assert parser().parse_args(["run", "--samples"]).samples is True


def test_where_no_office_is_they_are_refused(paris_there: Instance) -> None:
    with pytest.raises(SettingError, match="received by an office"):
        commands._show_samples(paris_there)


def test_what_a_region_counted_for_goes_out_of_the_figures_of_all(places: TwoPlaces) -> None:
    office = places.office
    before = totals(office)
    places.sync()
    assert totals(office) != before
    forgetting.forget(office.database, PARIS, by="test")
    assert totals(office) == before


def test_an_office_forgets_a_region_and_can_receive_it_again(places: TwoPlaces) -> None:
    places.sync()
    forgetting.forget(places.office.database, PARIS, by="test")
    assert places.office.loaded() == {}
    places.enrol()
    places.sync()
    assert facets_of(places.office, PARIS).size == 18


def test_what_is_written_here_is_not_forgotten(paris_there: Instance) -> None:
    with pytest.raises(NotPermitted):
        forgetting.forget(paris_there.database, PARIS, by="test")
    assert facets_of(paris_there, PARIS).size == 18


def test_the_command_names_what_it_removed(office: Instance, capsys: pytest.CaptureFixture[str]) -> None:
    enrolling.add(office)
    for told in (
        "Removed: sample-coast, sample-hills, sample-north.\n",
        "There were no invented regions to remove.\n",
    ):
        assert results(office, Namespace(action="samples", what="remove")) == 0
        assert capsys.readouterr().out == told
