"""A region whose practice is taken up elsewhere learns it from the office, over HTTP or in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.app import create_app
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.records.changelog import Served
from lanzarote.records.records import encode
from lanzarote.results.model import Source
from lanzarote.transfers import handing_back, origin
from lanzarote.transfers.handing_back import UnreadableAnswer
from litestar.testing import TestClient

from tests.conftest import copy_of
from tests.core.conftest import serving
from tests.core.practices.signed_in import sign_in, site_of
from tests.core.transfers.people import person
from tests.core.transfers.travelling import PARIS, SECOND, THEN, adapted, adopted, begun, origin_id, slug_of, step

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def region(paris_template: Path, tmp_path: Path) -> Any:
    """Paris on a site of its own, which holds no other region."""
    (tmp_path / "region").mkdir()
    place = {
        "LANZAROTE_DATABASE_URL": copy_of(paris_template, tmp_path / "region"),
        "LANZAROTE_DATA": str(tmp_path / "region"),
        "LANZAROTE_OFFICES_NEARBY": "on",
    }
    with new_instance(read_settings(place)) as instance:
        yield instance


def trail(instance: Instance) -> str:
    with TestClient(create_app(instance), base_url="http://lanzarote.test") as client:
        return str(client.get(f"/en/paris/practices/{slug_of(instance)}/travels").text)


def test_the_region_learns_over_http_what_the_office_knows(both: Instance, region: Instance) -> None:
    record_id, practice = adopted(both)
    assert record_id
    assert SECOND not in trail(region)
    with serving(both) as address:
        assert handing_back.fetch(region, PARIS, address) == 1
        assert handing_back.fetch(region, PARIS, address) == 1  # the same again is one
        page = trail(region)
    name = next(iter(both.header(SECOND).name.values()))
    assert page.count(f"practices/{practice}") >= 1
    assert name in page
    assert "adopted" in page or "adoptée" in page


def test_the_region_learns_from_a_file_too_and_forgets_what_is_no_longer_so(both: Instance, region: Instance) -> None:
    adopted(both)
    file = handing_back.written(handing_back.handed_back(both, PARIS))
    said = handing_back.read(file, PARIS)
    assert handing_back.learn(region, said, at=THEN) == 1
    name = next(iter(both.header(SECOND).name.values()))
    assert name in trail(region)
    assert handing_back.learn(region, handing_back.HandedBack(office=said.office, region=PARIS), at=THEN) == 0
    assert name not in trail(region)
    with pytest.raises(UnreadableAnswer):
        handing_back.read(file, "elsewhere")
    with pytest.raises(UnreadableAnswer):
        handing_back.read(b"<html>", PARIS)


def test_what_is_only_proposed_is_not_handed_back(both: Instance) -> None:
    begun(both)
    assert handing_back.handed_back(both, PARIS).taken_up == ()


def test_the_source_is_at_the_origins_own_address(both: Instance) -> None:
    there = origin.read_origin(both, PARIS, origin_id(both))
    assert origin.own_address(both, there, "practices") == ""  # it is written here
    with both.database.write(PARIS) as session:
        session.get_one(Served, PARIS).home = False
        session.get_one(Served, PARIS).revision += 1
        session.add(
            Source(
                region_id=PARIS, name=encode({"fr": "Paris"}), address="https://paris.example", enrolled_at=THEN,
                epoch=1, seq=0, hash="", begun=0, awaited=0, received_at=None, came="", envelope=b"", state="enrolled",
            )
        )  # fmt: skip
    place = {"LANZAROTE_DATABASE_URL": both.settings.database_url, "LANZAROTE_DATA": str(both.settings.data)}
    with new_instance(read_settings(place), both.host) as again:
        own = origin.own_address(again, there, "practices")
    assert own == f"https://paris.example/fr/paris/practices/{origin_id(both)}"


def test_the_origins_text_stands_beside_the_draft_until_it_is_published(both: Instance) -> None:
    record_id = begun(both)
    step(both, record_id, "take_up")
    practice = adapted(both, record_id)
    with site_of(both) as client:
        head = sign_in(both, client, person(both, "head"))
        page = head.get(f"/uk/second-region/team/practices/{practice}/edit")
    assert "Taken from a practice of another place" in page
    assert "Read what the origin says" in page
    assert 'name="text.uk.summary"' in page
    assert 'name="text.fr.summary"' not in page
