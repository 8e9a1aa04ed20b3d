"""Transfers of a region that is received: told as its log tells them, and gone with it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.app import create_app
from lanzarote.records.records import encode
from lanzarote.results import forgetting
from lanzarote.results.model import Unfit
from lanzarote.store.database import ALL
from lanzarote.transfers import service
from lanzarote.transfers.model import Travelled
from lanzarote.types import Derived, TransferStep
from litestar.testing import TestClient
from sqlalchemy import func, select

from tests.core.faults.erasing import left
from tests.core.office import logs
from tests.core.results.signing_region import SigningRegion
from tests.core.transfers.travelling import PARIS, SLUG, origin_id, slug_of
from tests.core.transfers.travelling_received import ORIGIN, STEPS, transfer

if TYPE_CHECKING:
    from lanzarote.instance import Instance

FIRST, SECOND = "01900000-0000-7000-8000-000000000101", "01900000-0000-7000-8000-000000000102"
THIRD = "01900000-0000-7000-8000-000000000103"
WORD, OTHER = "Zinnobergruen", "Yttriumblau"
OF = {FIRST: SLUG, SECOND: "nenuphar", THIRD: "hospital-cells-2014"}
"""What each of them takes up: a region takes a thing up once."""
SECTORS = ("vocabulary", "sector", logs.sectors())


@pytest.fixture
def azur(both: Instance) -> SigningRegion:
    region = SigningRegion(both)
    region.begin(SECTORS, said(both, FIRST, WORD), said(both, SECOND, OTHER))
    both.worker.run_due()
    return region


def said(instance: Instance, record_id: str, word: str) -> tuple[str, str, Any]:
    return ("transfer", record_id, transfer(record_id, origin_id(instance, OF[record_id]), changed={"en": word}))


def told(instance: Instance) -> set[str]:
    """Which words the trails of the origins show, once what waits is done; the whole pages are read."""
    text = "".join(trail(instance, key) for key in OF.values())
    return {word for word in (WORD, OTHER) if word in text}


def trail(instance: Instance, key: str = SLUG) -> str:
    """The page on how an origin has travelled."""
    instance.worker.run_due()
    with TestClient(create_app(instance), base_url="http://lanzarote.test") as client:
        practice = f"/en/paris/practices/{slug_of(instance, key)}"
        assert client.get(practice).status_code == 200
        page = client.get(f"{practice}/travels")
    assert page.status_code == 200
    return page.text


def kept(instance: Instance) -> int:
    with instance.database.read(ALL) as session:
        return session.scalar(select(func.count()).select_from(Travelled)) or 0


def in_account(instance: Instance, body: bytes, record_id: str) -> None:
    row = {
        "origin_region": PARIS,
        "origin_record": origin_id(instance, OF[THIRD]),
        "region": "azur",
        "record_id": record_id,
    }
    with instance.database.write(ALL) as session:
        session.add(Travelled(**row, practice="", body=body))


def test_the_pages_are_read_whatever_the_account_holds(azur: SigningRegion) -> None:
    office = azur.office
    in_account(office, encode(transfer(THIRD, origin_id(office, OF[THIRD]), steps=())), "none")
    in_account(office, b'{"id":"x"}', "half")
    in_account(office, b"nothing", "nothing")
    assert told(office) == {WORD, OTHER}
    assert len(service.taken_up(office, "azur")) == 3


def test_whose_it_is_the_log_says(azur: SigningRegion) -> None:
    office = azur.office
    in_account(office, encode(transfer(THIRD, origin_id(office, OF[THIRD]), region=PARIS)), "other")
    found = service.travels(office, PARIS, origin_id(office, OF[THIRD]))
    assert {(one.region, one.id) for one in found} == {("azur", "other")}


def test_what_is_erased_leaves_neither_a_row_nor_a_byte(azur: SigningRegion) -> None:
    office = azur.office
    assert left(office, {"it": WORD, "other": OTHER}) == {"it", "other"}
    assert told(office) == {WORD, OTHER}
    azur.send(("transfer", FIRST, None, "erase", 2))
    assert told(office) == {OTHER}
    assert left(office, {"it": WORD, "other": OTHER}) == {"other"}


def test_what_is_withdrawn_leaves_the_account(azur: SigningRegion) -> None:
    assert told(azur.office) == {WORD, OTHER}
    azur.send(("transfer", FIRST, None, "withdraw", 1))
    assert told(azur.office) == {OTHER}
    assert kept(azur.office) == 1


def test_a_region_that_is_forgotten_takes_its_transfers_with_it(azur: SigningRegion) -> None:
    office = azur.office
    assert told(office) == {WORD, OTHER}
    forgetting.forget(office.database, "azur", by="test")
    assert told(office) == set()
    assert left(office, {"it": WORD, "other": OTHER}) == set()
    assert kept(office) == 0


def test_until_a_new_beginning_is_whole_what_was_told_before_stays(azur: SigningRegion) -> None:
    office = azur.office
    azur.begin(SECTORS, whole=4)
    assert told(office) == {WORD, OTHER}
    azur.send(said(office, FIRST, WORD))
    assert told(office) == {WORD, OTHER}
    azur.send(("improvement", THIRD, msgspec.structs.replace(logs.improvement(), id=THIRD, region=azur.id)))
    assert told(office) == {WORD}
    with office.database.write(ALL) as session:
        before = list(service.account(session))
        service.rebuild(session)
        assert list(service.account(session)) == before


def test_with_a_half_beginning_the_account_is_that_of_the_log(azur: SigningRegion) -> None:
    office = azur.office
    azur.begin(SECTORS, whole=4)
    with office.database.write(ALL) as session:
        before = list(service.account(session))
        service.rebuild(session)
        assert list(service.account(session)) == before
    assert len(before) == 2


def test_a_beginning_that_never_came_to_its_end_gives_way_to_the_next(azur: SigningRegion) -> None:
    office = azur.office
    azur.begin(SECTORS, whole=40)
    azur.begin(SECTORS, said(office, SECOND, OTHER))
    assert told(office) == {OTHER}
    azur.send(said(office, FIRST, WORD))
    assert told(office) == {WORD, OTHER}


def last(**changed: Any) -> Any:
    return (*STEPS[:-1], msgspec.structs.replace(STEPS[-1], **changed))


UNFIT: dict[str, tuple[dict[str, Any], str]] = {
    "another state": ({"state": "offered"}, "state: is offered, and the last step adopted"),
    "a state out of nothing": ({"steps": STEPS[-1:]}, r"steps\.0: nothing is adopted that was not offered before"),
    "a state left out": ({"steps": (*STEPS[:2], STEPS[-1])}, r"steps\.2: nothing is adopted that was taken-up before"),
    "a day of long before": ({"steps": last(on=date(2029, 1, 1))}, r"steps\.4\.on: 2029-01-01 is before the step"),
    "a day to come": ({"steps": last(on=date(9998, 1, 1))}, r"steps\.4\.on: 9998-01-01 is still to come"),
    "its title": (
        {"origin": msgspec.structs.replace(ORIGIN, title={"en": WORD})},
        r"origin\.title: only",
    ),
    "its address": (
        {"origin": msgspec.structs.replace(ORIGIN, url="https://x.example/word")},
        r"origin\.url: only",
    ),
    "from itself": ({"origin": msgspec.structs.replace(ORIGIN, region="azur")}, "is the region itself"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_how_far_it_is_follows_from_its_steps(azur: SigningRegion, name: str) -> None:
    changed, words = UNFIT[name]
    with pytest.raises(Unfit, match=words):
        azur.send(("transfer", THIRD, msgspec.structs.replace(transfer(THIRD), **changed)))


def test_nor_does_a_practice_say_what_it_was_called_where_it_comes_from(azur: SigningRegion) -> None:
    derived = Derived(region=PARIS, region_name={}, record=FIRST, version=1, title={"en": WORD}, through=FIRST)
    one = logs.practice(slug="derived")
    status = msgspec.structs.replace(one.status, derived=derived)
    with pytest.raises(Unfit, match=r"status\.derived\.title: only the region that it comes from tells this"):
        azur.send(("practice", THIRD, msgspec.structs.replace(one, status=status)))


def test_what_was_declined_may_be_offered_again(azur: SigningRegion) -> None:
    days = [("offered", 1), ("declined", 2), ("offered", 2), ("taken-up", 3)]
    steps = tuple(TransferStep(state=state, on=date(2030, 1, day)) for state, day in days)  # type: ignore[arg-type]
    assert azur.send(("transfer", THIRD, transfer(THIRD, state="taken-up", steps=steps))).new == 1


def test_a_region_takes_a_thing_up_once_and_what_it_told_last_is_shown(azur: SigningRegion) -> None:
    office = azur.office
    later = datetime(2031, 2, 1, tzinfo=UTC)
    azur.send(("transfer", THIRD, transfer(THIRD, origin_id(office), changed={"en": OTHER}, updated_at=later)))
    text = trail(office)
    assert (text.count("<h3>"), WORD in text, OTHER in text) == (1, False, True)


def test_a_version_that_nobody_here_knows_is_not_shown(azur: SigningRegion) -> None:
    office = azur.office
    assert "From version 1" in trail(office)
    said = transfer(THIRD, origin_id(office), updated_at=datetime(2031, 2, 1, tzinfo=UTC))
    origin = msgspec.structs.replace(said.origin, version=999_999)
    azur.send(("transfer", THIRD, msgspec.structs.replace(said, origin=origin)))
    text = trail(office)
    assert ("From version" in text, "999" in text, "adopted: 5 October 2030" in text) == (False, False, True)


def test_an_origin_that_is_here_is_told_as_it_stands_here(azur: SigningRegion) -> None:
    office = azur.office
    lie: Any = {"region": PARIS, "region_name": {"en": "Not Paris at all"}}
    derived = Derived(record=origin_id(office), version=999_999, through=FIRST, **lie)
    one = logs.practice(slug="derived")
    azur.send(
        ("practice", THIRD, msgspec.structs.replace(one, status=msgspec.structs.replace(one.status, derived=derived)))
    )
    office.worker.run_due()
    with TestClient(create_app(office), base_url="http://lanzarote.test") as client:
        pages = [client.get(f"/en/azur/practices/derived{more}").text for more in ("", "/travels")]
    for page in pages:
        assert [word for word in ("Not Paris", "999") if word in page] == []
        assert f"/paris/practices/{slug_of(office)}" in page


def test_which_place_was_first_is_told_by_the_days_of_the_places(
    own_paris: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    paris, late = own_paris.header("paris"), datetime(2031, 3, 1, 23, 30, tzinfo=UTC)
    zones = {"east": "Asia/Tbilisi", "west": "Atlantic/Reykjavik"}
    headers = {key: msgspec.structs.replace(paris, id=key, time_zone=zone) for key, zone in zones.items()}
    told = transfer(updated_at=late, steps=())
    with own_paris.database.write(ALL) as session:
        for key in zones:
            session.add(
                Travelled(
                    origin_region="paris",
                    origin_record=told.origin.record,
                    region=key,
                    record_id=FIRST,
                    practice="",
                    body=encode(told),
                )
            )
    monkeypatch.setattr(own_paris, "headers", lambda: headers)
    found = service.travels(own_paris, "paris", told.origin.record)
    assert [one.region for one in found] == ["west", "east"], "in the east it was the next day already"
