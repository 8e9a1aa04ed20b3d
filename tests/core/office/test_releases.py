"""Figures that were frozen stay as they are, can be counted again, and hold no text."""

from __future__ import annotations

from argparse import Namespace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.app import create_app
from lanzarote.errors import Conflict
from lanzarote.office import commands, desk, releases
from lanzarote.results import forgetting
from litestar.testing import TestClient

from tests.core.office import logs
from tests.core.results.hostile import Hostile, practice

if TYPE_CHECKING:
    from lanzarote.instance import Instance


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The made-up results are of 2031."""
    monkeypatch.setattr(releases, "now", lambda: logs.AT + timedelta(days=60))


DAY = logs.AT.date()


def test_a_day_is_read_as_people_write_it() -> None:
    said = ("2027-03-01", "1 March 2027", "1st march 2027", "1er mars 2027", " 1 mars 2027 ")
    assert {releases.read_day(one) for one in said} == {date(2027, 3, 1)}
    for wrong in ("soon", "31 February 2027", "1 Brumaire 2027", ""):
        with pytest.raises(releases.NotADay):
            releases.read_day(wrong)


def test_a_release_can_be_counted_again_from_its_heads(office: Instance) -> None:
    told = releases.release(office, DAY, by="test")
    logs.tell(office.database, "paris", [logs.told("practice", logs._id(9), logs.practice())])
    logs.tell(office.database, "napoli", [logs.told("practice", logs._id(7), None, "withdraw")])
    assert releases.differences(office, told) == []
    assert releases.release_of(office.database, DAY.isoformat()) == told
    assert told.frozen.together().total("practice") == 3


def test_what_is_erased_later_stays_counted_and_leaves_no_text(office: Instance) -> None:
    told = releases.release(office, DAY, by="test")
    logs.tell(office.database, "paris", [logs.told("practice", logs._id(1), None, "erase")])
    assert releases.release_of(office.database, DAY.isoformat()).frozen.together().total("practice") == 3
    assert {one.region for one in releases.differences(office, told)} == {"paris"}
    stored = office.database.all_rows("SELECT figures FROM office_release")[0][0]
    assert b"shared room" not in bytes(stored).lower()
    assert b"Observatory" not in bytes(stored)


def test_a_day_whose_results_were_erased_since_is_not_made_up(office: Instance) -> None:
    logs.tell(office.database, "paris", [_later(logs.told("practice", logs._id(1), None, "erase"), 10)])
    with pytest.raises(releases.NotADay, match="erased since"):
        releases.release(office, DAY, by="test")
    assert releases.release(office, DAY + timedelta(days=20), by="test").frozen.together().total("practice") == 2


def test_a_past_day_is_counted_as_it_was(office: Instance) -> None:
    logs.tell(office.database, "paris", [_later(logs.told("practice", logs._id(9), logs.practice()), 10)])
    assert releases.release(office, DAY, by="test").frozen.together().total("practice") == 3
    assert releases.release(office, DAY + timedelta(days=10), by="test").frozen.together().total("practice") == 4


def _later(one: Any, days: int) -> Any:
    return msgspec.structs.replace(one, at=logs.AT + timedelta(days=days))


def test_nothing_that_is_frozen_is_frozen_twice_or_ahead(office: Instance) -> None:
    releases.release(office, DAY, by="test")
    with pytest.raises(Conflict):
        releases.release(office, DAY, by="test")
    with pytest.raises(releases.NotADay):
        releases.release(office, DAY + timedelta(days=61), by="test")


def test_a_day_before_anything_was_released_is_not_frozen(office: Instance) -> None:
    with pytest.raises(releases.NotADay, match="No region had released anything by the end of this day"):
        releases.release(office, DAY - timedelta(days=1), by="test")
    assert releases.all_releases(office.database) == []


def test_invented_regions_are_in_no_figures_to_cite(office: Instance) -> None:
    invent(office)
    told = releases.release(office, DAY, by="test")
    assert [head.region for head in told.frozen.heads] == ["napoli", "paris"]
    assert told.frozen.together().total("practice") == 3
    with TestClient(create_app(office), base_url="http://lanzarote.test") as client:
        assert "Invented sample regions are not counted." in client.get(f"/en/office/releases/{DAY}").text


def test_where_only_invented_regions_are_there_is_nothing_to_freeze(empty_office: Instance) -> None:
    invent(empty_office)
    with pytest.raises(releases.NotADay, match=r"Only invented sample regions .* there is nothing to freeze"):
        releases.release(empty_office, DAY, by="test")
    assert releases.all_releases(empty_office.database) == []


def invent(office: Instance) -> None:
    logs.add_region(office.database, "sample-north", "XX", home=False)
    logs.tell(office.database, "sample-north", [logs.told("practice", logs._id(50), logs.practice())])


def check(office: Instance, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What the command says last of the regions whose figures cannot be counted again."""
    assert commands.office(office, Namespace(action="release", day=DAY.isoformat(), check=True)) == 1
    said = capsys.readouterr().out.splitlines()
    assert said.pop() == "The release keeps its figures."
    return [line for line in said if ": frozen " not in line]


def test_a_check_blames_erasure_for_what_was_erased(office: Instance, capsys: pytest.CaptureFixture[str]) -> None:
    releases.release(office, DAY, by="test")
    logs.tell(office.database, "paris", [logs.told("practice", logs._id(1), None, "erase")])
    assert check(office, capsys) == ["paris: what was erased since can no longer be counted."]


def test_a_check_knows_a_backup_that_a_region_restored(office: Instance, capsys: pytest.CaptureFixture[str]) -> None:
    region = Hostile(office).enrol()
    region.begin()
    backed_up = region.at
    region.send(region.entry("practice", logs._id(60), practice()))
    assert releases.release(office, DAY, by="test").frozen.together().total("practice") == 4
    region.at, region.epoch = backed_up, 2
    region.begin()
    assert check(office, capsys) == [
        "elsewhere: it restored a backup, and its log began again after entry 3, in beginning 2; the release counts up "
        "to entry 4 of beginning 1. What the region had released after entry 3 was taken back by the restore and can "
        "no longer be counted."
    ]


def test_a_check_knows_a_region_that_was_taken_out(office: Instance, capsys: pytest.CaptureFixture[str]) -> None:
    releases.release(office, DAY, by="test")
    forgetting.forget(office.database, "napoli", by="test")
    gone = ["napoli: it is no longer here; what was received of it was taken out and can no longer be counted."]
    assert check(office, capsys) == gone


def test_a_check_knows_a_region_that_was_received_anew(office: Instance, capsys: pytest.CaptureFixture[str]) -> None:
    releases.release(office, DAY, by="test")
    forgetting.forget(office.database, "napoli", by="test")
    logs.add_region(office.database, "napoli", "IT-62", home=False)
    logs.tell(office.database, "napoli", [logs.told("vocabulary", "sector", logs.sectors())])
    [said] = check(office, capsys)
    assert said.startswith("napoli: its log here does not hold entry 3 of beginning 1 any more")


def test_a_release_has_a_page_and_a_file(office: Instance) -> None:
    told = releases.release(office, DAY, by="test")
    place = f"/en/office/releases/{DAY.isoformat()}"
    with TestClient(create_app(office), base_url="http://lanzarote.test") as client:
        html = client.get(place).text
        assert told.digest in html
        assert all(head.hash in html for head in told.frozen.heads)
        assert "/en/practices" not in html.partition("<main")[2].partition("</main>")[0]
        rows = client.get(f"{place}?table=all&format=csv").text.splitlines()
        assert "paris,practice,,,2" in rows
        assert place in client.get("/en/office/releases").text
        assert client.get("/en/office/releases/2031-02-30").status_code == 404
        document = client.get(f"/api/v1/office/releases/{DAY.isoformat()}").json()
        assert (document["digest"], len(document["heads"])) == (told.digest, 2)


@pytest.mark.both_databases
def test_a_release_of_many_regions_shows_them_page_by_page(office: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    releases.release(office, DAY, by="test")
    monkeypatch.setattr(desk, "MOST", 1)
    names = []
    place = f"/en/office/releases/{DAY.isoformat()}"
    with TestClient(create_app(office), base_url="http://lanzarote.test") as client:
        first, second = client.get(place).text, client.get(f"{place}?page=2").text
        assert f'href="{place}?page=2"' in first
        assert f'href="{place}?page=1"' in second
        for number, page in enumerate((first, second), 1):
            link = f"{place}?page={number}&table=sectors&format=csv"
            assert link in page.replace("&amp;", "&")
            names.append({name for name in ("Napoli", "Paris") if name in client.get(link).text})
    assert names == [{"Napoli"}, {"Paris"}]


def test_only_the_office_freezes_figures(office: Instance) -> None:
    with TestClient(create_app(office), base_url="http://lanzarote.test") as client:
        asked = client.post(
            "/en/office/releases", data={"day": DAY.isoformat()}, headers={"origin": "http://lanzarote.test"}
        )
        assert asked.status_code in (302, 303, 401, 403)
        assert "Freeze" not in client.get("/en/office/releases").text.partition("<main")[2]
    assert releases.all_releases(office.database) == []
