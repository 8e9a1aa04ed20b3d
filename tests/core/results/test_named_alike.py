"""An office names the organisations of a practice as the region's own page does, from the next results on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lanzarote.operations.doctor import _chains
from lanzarote.records.changelog import Change, ChangeBody
from lanzarote.records.records import Version
from sqlalchemy import func, select

from tests.core.results.alike import PARIS, Bodies, Reader
from tests.core.results.two_places import TwoPlaces

if TYPE_CHECKING:
    from lanzarote.instance import Instance


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
    assert "This page was written from sources; each is named beside what it says." in page


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
        from lanzarote.records import records

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


def test_what_was_erased_while_the_office_was_away_is_forgotten_there(places: TwoPlaces, bodies: Bodies) -> None:
    """An epoch begins before the office has come by, and nothing before its beginning is sent any more."""
    ear, mouth = bodies.body("The Ear", key="ear"), bodies.body("The Mouth")
    one, other = bodies.practice("own-a", "ear"), places.publish("own-b", "Unforgettable")
    bodies.agree(mouth)
    places.sync()
    bodies.erase(ear)
    bodies.erase(mouth)
    places.erase(other)
    places.begin_anew()
    places.publish("own-c", "Later")
    places.sync()
    kept = kept_words(places.office)
    assert not [word for word in ("The Ear", "The Mouth", "Unforgettable") if word.encode() in kept]
    assert b"own-a" in kept
    alike(places, "own-a")
    with places.region.database.read(PARIS) as session:
        told = select(Change.verb, Change.record_id).where(Change.epoch == places.epoch(), Change.verb != "publish")
        assert sorted(session.execute(told.where(Change.verb != "epoch")).all()) == sorted(
            [("erase", ear), ("erase", mouth), ("erase", other), ("replace", one)]
        )


def test_the_first_epoch_tells_which_practice_was_erased_before_it_and_nothing_else_of_what_was(
    paris_there: Instance, office: Instance
) -> None:
    """Somebody may have taken it up; of an organisation nobody can know anything yet."""
    unsent = TwoPlaces(paris_there, office, enrolled=False)
    erased = unsent.publish("own-a", "First")
    unsent.erase(erased)
    bodies = Bodies(unsent)
    ear = bodies.body("The Ear")
    bodies.practice("own-b", ear)
    bodies.erase(ear)
    unsent.enrol()  # makes the first key
    with paris_there.database.read(PARIS) as session:
        begun = session.scalar(select(func.max(Change.seq)).where(Change.verb == "epoch"))
        told = select(Change.verb, Change.record_id).where(Change.seq > begun, Change.verb != "publish")
        assert session.execute(told).all() == [("erase", erased)]


def test_one_that_was_merged_and_parted_answers_to_its_own_name(places: TwoPlaces, bodies: Bodies) -> None:
    ear, mouth, nose = bodies.body("The Ear"), bodies.body("The Mouth"), bodies.body("The Nose", key="nose")
    bodies.agree(mouth)
    bodies.practice("own-a", ear, "nose")
    bodies.merge(ear, nose)
    bodies.merge(nose, mouth)
    assert "Ear" not in alike(places, "own-a")
    bodies.split(nose)
    assert "The Nose" in alike(places, "own-a")
    bodies.split(ear)
    assert "The Ear" in alike(places, "own-a")


def test_one_that_is_parted_from_an_entry_that_is_erased_is_named_again(places: TwoPlaces, bodies: Bodies) -> None:
    ear, mouth, nose, eye = (bodies.body(f"The {name}") for name in ("Ear", "Mouth", "Nose", "Eye"))
    bodies.practice("own-a", ear)
    bodies.merge(ear, mouth)
    bodies.erase(mouth)
    bodies.merge(nose, eye)  # whom practices name is worked out anew
    assert "The" not in alike(places, "own-a").replace("in the directory", "")
    bodies.split(ear)
    assert "The Ear" in alike(places, "own-a")
    bodies.rename(ear, "The new Ear")
    assert "The new Ear" in alike(places, "own-a")


def test_no_practice_tells_of_what_was_merged_by_the_name_of_one_that_is_erased(
    places: TwoPlaces, bodies: Bodies
) -> None:
    ear, mouth = bodies.body("The Ear"), bodies.body("The Mouth")
    bodies.practice("own-a", ear)
    bodies.merge(ear, mouth)
    places.sync()
    bodies.split(ear)
    bodies.erase(mouth)
    assert "The Ear" in alike(places, "own-a")
    assert b"The Mouth" not in kept_words(places.region) + kept_words(places.office)


def kept_words(instance: Instance) -> bytes:
    """All that versions and the change log hold."""
    with instance.database.read(PARIS) as session:
        said = [*session.scalars(select(Version.body)), *session.scalars(select(ChangeBody.body))]
    return b"\n".join(map(bytes, said))
