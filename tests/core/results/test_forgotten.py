"""What a region wants to be forgotten is nowhere any more, and what is missing for that reason is no fault."""

from __future__ import annotations

from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.app import create_app
from lanzarote.composition import new_instance
from lanzarote.downloads.model import Download
from lanzarote.exchange import erasure_list
from lanzarote.instance import Instance
from lanzarote.operations.backup import backup, restore
from lanzarote.plugins import Host
from lanzarote.records.changelog import ChangeBody
from lanzarote.records.records import Version, encode, now
from lanzarote.records.tables import Forgotten, Unsent
from lanzarote.results import forgetting
from lanzarote.results.batches import Position
from lanzarote.results.forgetting import broken_log
from lanzarote.results.model import Forked, Unfit
from lanzarote.results.receiving import receive
from lanzarote.store.database import ALL
from litestar.testing import TestClient
from sqlalchemy import delete, select, text

from tests.core.faults.erasing import settings
from tests.core.results.hostile import HERE, SECTORS, Hostile, practice
from tests.core.results.test_hostile_region import ID, OTHER, organisation
from tests.core.results.test_receiving import everything
from tests.core.transfers.travelling_received import transfer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE, API = f"/en/{HERE}/practices/a-practice", f"/api/v1/regions/{HERE}/practices/a-practice"


@pytest.fixture
def region(office: Instance) -> Hostile:
    region = Hostile(office).enrol()
    region.begin()
    return region


@pytest.fixture
def reader(region: Hostile) -> Iterator[TestClient[Any]]:
    app: Any = create_app(region.office)
    with TestClient(app, base_url="http://lanzarote.test") as client:
        yield client


def versions(region: Hostile) -> dict[int, bool]:
    """Number → whether it still says anything."""
    with region.office.database.read(HERE) as session:
        rows = session.execute(select(Version.number, Version.body).where(Version.record_id == ID)).all()
        return {number: bool(body) for number, body in rows}


def test_what_is_replaced_leaves_no_earlier_version(region: Hostile, reader: TestClient[Any]) -> None:
    region.send(region.entry("practice", ID, practice("Unvergesslich")))
    region.send(region.entry("practice", ID, practice("Second"), version=2))
    assert reader.get(f"{PAGE}/versions/1").status_code == reader.get(f"{API}/versions/1").status_code == 200
    region.send(region.entry("practice", ID, practice("Third"), verb="replace", version=3))
    assert versions(region) == {1: False, 2: False, 3: True}
    assert "Unvergesslich" not in everything(region.office)
    for number, status in ((1, 410), (2, 410), (3, 200), (4, 404)):
        assert reader.get(f"{PAGE}/versions/{number}").status_code == status
        assert reader.get(f"{API}/versions/{number}").status_code == status
    assert [one["number"] for one in reader.get(f"{API}/versions").json()["items"]] == [3]
    assert f"{PAGE}/versions/1" not in reader.get(f"{PAGE}/versions").text
    region.send(region.entry("practice", ID, practice("Fourth"), version=4))
    assert reader.get(f"{PAGE}/versions/4").status_code == 200
    assert [one["number"] for one in reader.get(f"{API}/versions").json()["items"]] == [4, 3]


def test_what_is_replaced_under_its_own_number_says_the_new_words(region: Hostile) -> None:
    region.send(region.entry("practice", ID, practice("Unvergesslich"), version=2))
    region.send(region.entry("practice", ID, practice("Third"), verb="replace", version=2))
    assert versions(region) == {2: True}
    assert "Unvergesslich" not in everything(region.office)


@pytest.mark.parametrize("verb", ["replace", "forget", "erase", "withdraw"])
def test_no_file_that_was_made_before_is_kept(region: Hostile, verb: str) -> None:
    region.send(region.entry("practice", ID, practice("Unvergesslich")))
    made = {"region": HERE, "revision": 1, "kind": "list", "asked": b"{}", "digest": "d", "state": "ready"}
    made |= {"percent": 100, "tries": 1, "asked_at": now(), "keep_until": now(), "name": "x.csv", "size": 13}
    with region.office.database.write(ALL) as session:
        session.add(Download(id="secret", media_type="text/csv", body=b"Unvergesslich", **made))
    region.send(region.entry("practice", ID, practice("Second") if verb == "replace" else b"", verb=verb, version=2))
    with region.office.database.read(ALL) as session:
        assert session.get(Download, "secret") is None


def test_what_is_to_be_forgotten_leaves_no_version(region: Hostile, reader: TestClient[Any]) -> None:
    region.send(region.entry("practice", ID, practice("Unvergesslich")))
    region.send(region.entry("practice", ID, practice("Unvergesslich too"), version=2))
    region.send(region.entry("practice", ID, verb="forget", version=2))
    assert versions(region) == {1: False, 2: False}
    assert "Unvergesslich" not in everything(region.office)
    for page in (PAGE, f"{PAGE}/versions", f"{PAGE}/versions/1", API, f"{API}/versions/1"):
        assert reader.get(page).status_code == 410
    region.send(region.entry("practice", ID, practice("Again"), version=3))
    assert reader.get(PAGE).status_code == 200
    assert reader.get(f"{PAGE}/versions/1").status_code == 410


@pytest.mark.parametrize("verb", ["withdraw", "forget"])
def test_what_is_only_withdrawn_stays(region: Hostile, verb: str) -> None:
    region.send(region.entry("practice", ID, practice("Unvergesslich")))
    region.send(region.entry("practice", ID, verb=verb))
    assert ("Unvergesslich" in everything(region.office)) is (verb == "withdraw")


@pytest.mark.parametrize("verb", ["replace", "forget"])
def test_an_organisation_is_forgotten_alike(region: Hostile, verb: str) -> None:
    region.send(region.entry("stakeholder", ID, organisation(name={"en": "Unvergesslich"})))
    body = organisation() if verb == "replace" else b""
    region.send(region.entry("stakeholder", ID, body, verb=verb, version=2))
    assert "Unvergesslich" not in everything(region.office)


@pytest.mark.parametrize("verb", ["replace", "forget", "erase"])
def test_another_history_brings_nothing_of_it_back(region: Hostile, verb: str) -> None:
    secret = region.entry("practice", ID, practice("Unvergesslich"))
    region.send(secret)
    at = region.at
    late = region.sign(secret, region.entry("practice", OTHER, practice(slug="other")))
    harmless = region.sign(region.entry("practice", OTHER, practice(slug="other")))
    body = practice("Second") if verb == "replace" else b""
    region.send(region.entry("practice", ID, body, verb=verb, version=2))
    for data in (late, harmless):
        with pytest.raises(Forked):
            receive(region.office.database, BytesIO(data), came="net")
    assert "Unvergesslich" not in everything(region.office)
    assert [bool(data) for _, data in region.held()] == [False, True]
    region.at, region.epoch = at, 2  # the entry that wanted it forgotten is cut off
    region.begin()
    with pytest.raises(Forked):
        receive(region.office.database, BytesIO(rival(region, secret)), came="net")
    assert "Unvergesslich" not in everything(region.office)


def test_a_region_that_erases_again_what_its_backup_brought_back_is_taken(region: Hostile) -> None:
    told, gone = region.entry("practice", ID, practice("Unvergesslich")), region.entry("practice", ID, verb="erase")
    region.send(told)
    at = region.at
    region.send(gone)
    region.at, region.epoch = at, 2
    begun = [region.beginning(2), region.entry("region", HERE, region.header()), told]
    with pytest.raises(Unfit, match="which was erased"):
        region.send(*begun)
    region.send(*begun, gone, without=(ID,))
    assert broken(region) is None
    assert "Unvergesslich" not in everything(region.office)


def rival(region: Hostile, told: dict[str, Any]) -> bytes:
    region.at = Position(seq=region.at.seq - 1, hash="b" * 64)
    return region.sign(told)


# What is missing


def broken(region: Hostile) -> int | None:
    with region.office.database.read(HERE) as session:
        return broken_log(session, HERE)


@pytest.mark.parametrize("verb", ["replace", "forget", "erase"])
def test_a_log_is_whole_without_what_was_forgotten_also_when_the_word_for_it_is_cut_off(
    region: Hostile, verb: str
) -> None:
    region.send(region.entry("practice", ID, practice("Unvergesslich")))
    at, body = region.at, practice("Second") if verb == "replace" else b""
    region.send(region.entry("practice", ID, body, verb=verb, version=2))
    assert broken(region) is None
    region.at, region.epoch = at, 2
    region.begin()
    assert broken(region) is None


@pytest.mark.parametrize("verb", ["replace", "forget", "erase"])
def test_what_was_told_after_something_was_forgotten_is_missed(region: Hostile, verb: str) -> None:
    region.send(region.entry("practice", ID, practice("First")))
    body = practice("Second") if verb == "replace" else b""
    region.send(region.entry("practice", ID, body, verb=verb, version=2))
    last = region.send(region.entry("practice", OTHER, practice(slug="other"))).after.seq
    if verb != "erase":
        last = region.send(region.entry("practice", ID, practice("Third"), version=3)).after.seq
    with region.office.database.write(HERE) as session:
        session.execute(delete(ChangeBody).where(ChangeBody.seq == last))
    assert broken(region) == last


def test_an_older_file_brings_nothing_back_to_where_the_region_was_forgotten_and_is_enrolled_again(
    office: Instance,
) -> None:
    region = Hostile(office).enrol()
    begun = region.at
    told = region.entry("region", HERE, region.header()), region.entry("vocabulary", "sector", encode(SECTORS))
    practices = (
        region.entry("practice", ID, practice("Unvergesslich")),
        region.entry("practice", OTHER, practice("Other", "other")),
    )
    data = region.sign(region.beginning(4), *told, *practices)
    region.at = receive(office.database, BytesIO(data), came="file").after
    region.send(region.entry("practice", ID, verb="erase"))
    forgetting.forget(office.database, HERE, by="test")
    assert forgetting.is_forgotten(office.database, HERE)
    region.enrol()
    with pytest.raises(Unfit, match="again, which was erased"):
        receive(office.database, BytesIO(data), came="file")
    assert "Unvergesslich" not in everything(office)
    region.at = begun
    whole = region.sign(
        region.beginning(4), *told, *practices, region.entry("practice", ID, verb="erase"), without=(ID,)
    )
    assert receive(office.database, BytesIO(whole), came="file").new == 6
    assert broken(region) is None


@pytest.mark.parametrize("kind", ["practice", "stakeholder", "transfer"])
def test_an_older_backup_of_the_office_brings_nothing_back_either(region: Hostile, tmp_path: Path, kind: str) -> None:
    said = {
        "practice": lambda: practice("Unvergesslich"),
        "stakeholder": lambda: organisation(name={"en": "Unvergesslich"}),
        "transfer": lambda: encode(transfer(ID, region=HERE, changed={"en": "Unvergesslich"})),
    }
    region.send(region.entry(kind, ID, said[kind]()))
    sent, at = region.entry("practice", OTHER, practice("Other", "other")), region.at
    backup(region.office, tmp_path / "before.zip")
    region.send(region.entry(kind, ID, verb="erase"), sent)
    backup(region.office, tmp_path / "after.zip")
    listed = erasure_list.place(region.office.settings)
    assert [(one.region, one.kind, one.id) for one in erasure_list.read(listed)] == [(HERE, kind, ID)]
    folder = tmp_path / "new"
    fresh = settings(f"sqlite:///{folder / 'new.sqlite'}", folder)
    assert "erased since the backup, and erased again: 1" in restore(fresh, tmp_path / "before.zip", listed)
    with new_instance(fresh, Host([])) as restored:
        assert "Unvergesslich" not in everything(restored)
        again, region.at, region.office = region.at, at, restored
        assert broken(region) is None
        region.send(region.entry(kind, ID, verb="erase"), sent)
        assert (region.at, broken(region)) == (again, None)
        assert "Unvergesslich" not in everything(restored)
    assert [one.id for one in erasure_list.read(folder / erasure_list.FILE)] == [ID]


def test_what_came_without_its_words_is_not_missed(region: Hostile) -> None:
    """It was forgotten before it came here; the entry that says so comes later."""
    told = region.entry("practice", ID, practice("Unvergesslich"))
    data = region.sign(told, told | {"version": 2}, without=(ID,))
    region.at = receive(region.office.database, BytesIO(data), came="net").after
    assert broken(region) is None
    region.send(region.entry("practice", ID, verb="erase", version=2))
    assert broken(region) is None


def test_what_is_missing_when_the_platform_is_upgraded_is_taken_as_it_is(region: Hostile) -> None:
    told = region.entry("practice", ID, practice("First"))
    region.send(told, region.entry("practice", OTHER, practice(slug="other")))
    region.send(region.entry("practice", ID, verb="erase", version=2))
    region.at, region.epoch = Position(seq=region.at.seq + 5, hash="c" * 64), 2
    region.begin()
    step = import_module("lanzarote.migrations.versions.0013_log_gaps")
    kept = noted(region)
    with region.office.database.engine.execution_options(lanzarote_write=True).begin() as connection:
        connection.execute(text("DELETE FROM forgotten"))
        connection.execute(text("DELETE FROM unsent"))
    assert broken(region) is not None
    with region.office.database.engine.execution_options(lanzarote_write=True).begin() as connection:
        connection.execute(text(step.FORGOTTEN))
        connection.execute(text(step.UNSENT))
    assert broken(region) is None
    assert noted(region) == kept


def noted(region: Hostile) -> tuple[Any, Any]:
    with region.office.database.read(HERE) as session:
        gone = session.execute(select(Forgotten.record_id, Forgotten.erased)).all()
        return [tuple(one) for one in gone], [tuple(one) for one in session.execute(select(Unsent.seq, Unsent.after))]
