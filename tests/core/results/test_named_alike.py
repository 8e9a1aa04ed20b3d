"""An office names the organisations of a practice as the region's own page does, from the next results on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lanzarote.changes import Change
from lanzarote.doctor import _chains
from sqlalchemy import select

from tests.core.results.alike import PARIS, Bodies, Reader

if TYPE_CHECKING:
    from tests.core.results.two_places import TwoPlaces


@pytest.fixture
def bodies(places: TwoPlaces) -> Bodies:
    return Bodies(places)


def alike(places: TwoPlaces, *slugs: str) -> str:
    """What is read of who does them together, at the office as at the region."""
    places.sync()
    home, away = Reader(places.region), Reader(places.office)
    said = [home.partners(slug) for slug in slugs]
    assert [away.partners(slug) for slug in slugs] == said
    assert [away.sides(slug) for slug in slugs] == [home.sides(slug) for slug in slugs]
    assert not any(one.bad for one in _chains(places.office))
    return " ".join(said)


def test_what_was_verified_in_sources_is_not_called_unverified_elsewhere(places: TwoPlaces) -> None:
    assert "not verified" not in alike(places, "ado-sexo")
    page = Reader(places.office).client.get(f"/en/{PARIS}/organisations/acpe").text
    assert "What stands here was read in sources, which are named where it is written." in page


def test_a_body_that_withdraws_its_consent_is_named_as_before_and_tells_nothing_more(
    places: TwoPlaces, bodies: Bodies
) -> None:
    ear = bodies.body("The Ear", key="ear")
    bodies.practice("own-a", "ear")
    bodies.agree(ear)
    assert "The Ear" in alike(places, "own-a")
    office = Reader(places.office)
    shared = office.directory()["The Ear"]
    assert shared["status"]["relation"] == "taking-part"
    bodies.agree(ear, shared=False)
    assert "The Ear" in alike(places, "own-a")
    named = office.directory()["The Ear"]
    assert (named["status"]["relation"], named["status"]["since"]) == ("cited", None)
    bodies.agree(ear)
    assert "The Ear" in alike(places, "own-a")
    again = office.directory()["The Ear"]
    assert again["status"] == shared["status"]


def test_a_body_that_no_practice_names_is_not_in_the_directory_without_its_consent(
    places: TwoPlaces, bodies: Bodies
) -> None:
    ear = bodies.body("The Ear", key="ear")
    bodies.agree(ear)
    places.sync()
    assert "The Ear" in Reader(places.office).directory()
    bodies.agree(ear, shared=False)
    places.sync()
    assert "The Ear" not in Reader(places.office).directory()


@pytest.mark.parametrize("shared", [True, False], ids=["with consent", "without consent"])
@pytest.mark.parametrize("by_id", [True, False], ids=["by id", "by key"])
def test_what_becomes_of_a_body_at_home_shows_at_the_office(
    places: TwoPlaces, bodies: Bodies, shared: bool, by_id: bool
) -> None:
    ear, mouth = bodies.body("The Ear", key="ear"), bodies.body("The Mouth", key="mouth", side="public")
    bodies.practice("own-a", ear if by_id else "ear")
    bodies.practice("own-b", "ear", mouth)
    for one in (ear, mouth) if shared else ():
        bodies.agree(one)
    assert "The Ear" in alike(places, "own-a", "own-b")
    bodies.rename(ear, "The new Ear", "public")
    assert "The new Ear" in alike(places, "own-a", "own-b")
    bodies.withdraw(ear)
    assert "Ear" not in alike(places, "own-a", "own-b")
    assert "The new Ear" not in Reader(places.office).directory()
    bodies.put_back(ear)
    assert "The new Ear" in alike(places, "own-a", "own-b")
    bodies.merge(ear, mouth)
    assert "Ear" not in alike(places, "own-a", "own-b")
    bodies.split(ear)
    assert "The new Ear" in alike(places, "own-a", "own-b")
    bodies.erase(ear)
    assert "Ear" not in alike(places, "own-a", "own-b")


def test_a_version_that_is_still_written_does_not_hide_whom_the_published_one_names(
    places: TwoPlaces, bodies: Bodies
) -> None:
    ear = bodies.body("The Ear", key="ear")
    bodies.practice("own-a", "ear")
    with places.region.database.write(PARIS) as session:
        from lanzarote import records

        from tests.core.results.alike import naming

        record = session.scalars(select(records.Record).where(records.Record.slug == "own-a")).one()
        records.revise(session, record, naming("own-a", ()), by="test")
    bodies.rename(ear, "The new Ear")
    assert "The new Ear" in alike(places, "own-a")


def test_only_practices_that_name_it_are_told_anew(places: TwoPlaces, bodies: Bodies) -> None:
    ear = bodies.body("The Ear", key="ear")
    one = bodies.practice("own-a", "ear")
    bodies.practice("own-b")
    before = places.head().seq
    bodies.agree(ear, shared=False)
    assert places.head().seq == before, "what the public reads of it there is the same"
    bodies.rename(ear, "The new Ear")
    with places.region.database.read(PARIS) as session:
        told = session.execute(select(Change.verb, Change.record_id).where(Change.seq > before)).all()
    assert told == [("publish", one)]
