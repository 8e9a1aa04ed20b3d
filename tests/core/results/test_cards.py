"""Who is enrolled: a region by a name that it can have, at an office that does not write it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.errors import NotFound, PackageError
from lanzarote.office.service import regions_here
from lanzarote.records.changelog import INSTANCE, Audit, Change, Served
from lanzarote.records.records import now
from lanzarote.results import enrolling, forgetting
from lanzarote.results.batches import Malformed
from lanzarote.results.model import Source, WrittenHere
from lanzarote.store.database import ALL
from sqlalchemy import func, select

from tests.core.results.hostile import HERE, Hostile
from tests.core.results.test_office_pages import browser_at, upload
from tests.core.results.two_places import PARIS, TwoPlaces, state_of

if TYPE_CHECKING:
    from lanzarote.instance import Instance


@pytest.mark.parametrize("region_id", [INSTANCE, ALL, "", "../x", "Elsewhere", "a b", "x" * 65])
def test_a_region_has_a_name_that_can_stand_in_an_address(office: Instance, region_id: str) -> None:
    with pytest.raises(Malformed):
        enrolling.read_card(Hostile(office, region_id).card())


@pytest.mark.parametrize(
    "card",
    [
        {"name": {"en": " "}},
        {"name": {"en": "x" * 201}},
        {"name": {"en": "marie.dupont@example.org"}},
        {"name": {"en": "Azur\u202e"}},
        {"address": "javascript:alert(1)"},
        {"address": "https://example.org/" + "x" * 300},
    ],
)
def test_a_card_that_cannot_be_shown_enrols_nobody(office: Instance, card: dict[str, Any]) -> None:
    region = Hostile(office)
    with pytest.raises(enrolling.UnfitCard):
        region.enrol(**card)
    browser = browser_at(office)
    browser.get("/en/office/sources")
    fingerprint = region.key.public.fingerprint
    answer = upload(browser, "/en/office/sources/enrol", {"file": region.card(**card)}, fingerprint=fingerprint)
    assert answer.status_code == 400
    assert "This card cannot be used" in answer.text
    with office.database.read(ALL) as session:
        assert session.scalars(select(Source)).all() == []
    region.enrol(name={"fr": "Provence-Alpes-Côte d’Azur"}, address="https://azur.example.org")


@pytest.mark.parametrize("region_id", ["office", "account", "convention", "api", "search", "people"])
def test_nobody_is_enrolled_at_the_address_of_a_page(office: Instance, region_id: str) -> None:
    """Nothing of it could ever be taken."""
    with pytest.raises(enrolling.UnfitCard, match=f"'{region_id}', which is the address of a page of the platform"):
        Hostile(office, region_id).enrol()


def test_an_address_that_is_no_page_is_no_link_of_the_office(office: Instance) -> None:
    region = Hostile(office).enrol(address="https://azur.example.org")
    region.begin()
    assert [one.address for one in regions_here(office)] == ["https://azur.example.org"]
    with office.database.write(HERE) as session:  # as it may have been kept before cards were looked at
        session.get_one(Source, HERE).address = "javascript:alert(1)"
        session.info["public"] = True
        session.get_one(Served, HERE).revision += 1
    assert [one.address for one in regions_here(office)] == [""]


def test_an_office_never_forgets_what_stands_of_itself(places: TwoPlaces) -> None:
    places.sync()
    forgetting.forget(places.office.database, PARIS, by="test")
    with pytest.raises(NotFound):
        forgetting.forget(places.office.database, INSTANCE, by="test")
    with places.office.database.write(INSTANCE) as session:  # even if somebody enrolled it
        session.add(source_called(INSTANCE))
    with pytest.raises(NotFound):
        forgetting.forget(places.office.database, INSTANCE, by="test")
    with places.office.database.read(INSTANCE) as session:
        assert session.scalar(select(func.count()).select_from(Audit)) == 1


def source_called(region_id: str) -> Source:
    said: dict[str, Any] = {
        "region_id": region_id,
        "state": "enrolled",
        "name": b"{}",
        "address": "",
        "epoch": 0,
        "seq": 0,
        "hash": "",
    }
    return Source(**said, enrolled_at=now(), begun=0, awaited=0, received_at=None, came="", envelope=b"")


# Invented regions


def test_only_invented_regions_are_called_so_and_only_these_go_with_them(
    office: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(enrolling.UnfitCard, match="invented"):
        Hostile(office, "sample-city").enrol()
    monkeypatch.setattr(enrolling, "_unfit", lambda *_, **__: "")  # as before names were kept for them
    Hostile(office, "sample-city").enrol().begin()
    enrolling.add(office)
    assert enrolling.here(office) == ["sample-coast", "sample-hills", "sample-north"]
    for region_id in enrolling.here(office):
        forgetting.forget(office.database, region_id, by="test")
    assert list(office.loaded()) == ["sample-city"]


# Received, or written here


def test_nothing_is_received_into_a_region_that_is_written_here(paris_there: Instance) -> None:
    before = state_of(paris_there)
    region = Hostile(paris_there, PARIS)
    with pytest.raises(enrolling.NotEnrolled, match="written here"):
        region.enrol()
    with paris_there.database.write(PARIS) as session:
        session.add(source_called(PARIS))
        session.flush()
        card = enrolling.read_card(region.card())
        enrolling._know(session, card, session.get_one(Source, PARIS).enrolled_at)
    region.epoch = 5
    with pytest.raises(WrittenHere, match="is written here"):
        region.begin()
    assert state_of(paris_there) == before


def test_no_package_is_loaded_beside_what_is_received(places: TwoPlaces) -> None:
    office = places.office
    with pytest.raises(PackageError, match="lanzarote results forget paris"):
        office.load(PARIS)
    assert office.loaded() == {}
    places.sync()
    before = places.state()
    with pytest.raises(PackageError, match="lanzarote results forget paris"):
        office.load(PARIS)
    assert office.upgrades_due() == []
    assert places.state() == before
    forgetting.forget(office.database, PARIS, by="test")
    assert office.load(PARIS).first


def test_a_received_region_is_hidden_and_shown_again(places: TwoPlaces) -> None:
    places.sync()
    office, one = browser_at(places.office), f"/en/office/sources/{PARIS}"
    office.get(one)
    for step, status in (("hide", 404), ("show", 200)):
        if step == "hide":  # asked first
            assert "Nothing is deleted" in office.post(f"{one}/shown", {"step": step}).text
            assert office.get(f"/en/{PARIS}/practices").status_code == 200
        assert office.post(f"{one}/shown", {"step": step, "sure": "yes"}).status_code == 303
        assert office.get(f"/en/{PARIS}/practices").status_code == status
        places.publish(f"own-{step}", "Taken all the same")
        places.sync()
        assert office.get(f"/en/{PARIS}/practices").status_code == status
        assert ("Show its pages here again" in office.get(one).text) is (step == "hide")
    assert office.post(f"{one}/shown", {"step": "other"}).status_code == 200
    places.office.enable(PARIS, on=False)
    places.office.enable(PARIS)
    assert office.get(f"/en/{PARIS}/practices").status_code == 200
    with places.office.database.read(PARIS) as session:
        told = session.scalars(select(Audit.verb).where(Audit.verb.in_(["hide", "show"])).order_by(Audit.seq)).all()
        assert told == ["hide", "show"] * 2
        assert session.scalar(select(func.count()).select_from(Change).where(Change.verb.in_(told))) == 0
