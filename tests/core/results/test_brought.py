"""A file that is brought on a stick is answered too: the office writes a receipt, and the region reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lanzarote.cli import main
from lanzarote.records.records import now
from lanzarote.results import destinations, enrolling, keys
from lanzarote.results.keys import office_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lanzarote.instance import Instance

    from tests.core.results.two_places import TwoPlaces


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Run ``lanzarote results …`` at one of the places; gives exit status and what it says."""

    def run(place: Instance, *arguments: str) -> tuple[int, str]:
        monkeypatch.setenv("LANZAROTE_DATABASE_URL", place.settings.database_url)
        monkeypatch.setenv("LANZAROTE_DATA", str(place.settings.data))
        status = main(["results", *arguments])
        said = capsys.readouterr()
        return status, said.out + said.err

    return run


@pytest.fixture
def brought(places: TwoPlaces, tmp_path: Path) -> str:
    file = tmp_path / "paris.results"
    file.write_bytes(places.export())
    return str(file)


def test_the_region_reads_how_far_its_file_was_received(
    places: TwoPlaces, at: Callable[..., tuple[int, str]], brought: str, tmp_path: Path
) -> None:
    signed = str(tmp_path / "paris.receipt")
    status, said = at(places.office, "receive", brought, "--receipt", signed)
    assert (status, "lanzarote results receipt paris.receipt" in said) == (0, True)
    status, said = at(places.region, "receipt", signed)
    assert status == 0
    assert f"paris is received, complete and verified up to entry {places.head().seq}" in said
    assert office_key(places.office).public.fingerprint in said
    assert "not received" not in said


def test_what_was_written_since_is_told_with_the_way_to_bring_it(
    places: TwoPlaces, at: Callable[..., tuple[int, str]], brought: str, tmp_path: Path
) -> None:
    signed, seq = str(tmp_path / "paris.receipt"), places.head().seq
    at(places.office, "receive", brought, "--receipt", signed)
    places.publish("later", "Written later")
    status, said = at(places.region, "receipt", signed)
    assert (status, f"lanzarote results export paris FILE --after {seq}" in said) == (0, True)


def test_an_office_that_is_known_by_its_key_has_received_what_its_receipt_says(
    places: TwoPlaces, at: Callable[..., tuple[int, str]], brought: str, tmp_path: Path
) -> None:
    signed, address = str(tmp_path / "paris.receipt"), "https://office.example.org"
    with places.region.database.write("paris") as session:
        row = destinations.add(session, "paris", address, "", by="test", at=now(), nearby=False)
        row.key = office_key(places.office).public.raw
    at(places.office, "receive", brought, "--receipt", signed)
    at(places.region, "receipt", signed)
    with places.region.database.read("paris") as session:
        [standing] = destinations.standings(session, "paris")
    assert (standing.complete, standing.seq) == (True, places.head().seq)


def test_a_receipt_for_something_else_is_refused(
    places: TwoPlaces, at: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    key, file = office_key(places.office), tmp_path / "other.receipt"
    file.write_bytes(keys.receipt(key, "paris", places.epoch(), places.head().seq, "0" * 64))
    status, said = at(places.region, "receipt", str(file))
    assert (status != 0, "is not for what paris sent" in said) == (True, True)
    file.write_bytes(file.read_bytes()[:-20])
    status, said = at(places.region, "receipt", str(file))
    assert (status != 0, "no receipt" in said) == (True, True)


def test_nobody_compared_the_key_of_a_region_that_is_invented(
    places: TwoPlaces, at: Callable[..., tuple[int, str]]
) -> None:
    enrolling.add(places.office)
    _, said = at(places.office, "sources")
    assert said.count("  compared\n") == 1
    assert said.count("  made here, for an invented region\n") == 3
