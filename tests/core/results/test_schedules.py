"""In whatever order and shape the results of several regions come, the office ends with the same."""

from __future__ import annotations

import os
import random
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.office.model import Summary, Total
from lanzarote.operations.all_tables import Base
from lanzarote.plugins import Candidate, Host
from lanzarote.results import destinations
from lanzarote.results.batches import Malformed
from lanzarote.results.model import Refused
from lanzarote.store.database import ALL
from sqlalchemy import select

from tests.core.results.two_places import TwoPlaces, shown
from tests.regions.writing import write_region

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session

REGIONS = {"northland": "XN", "eastland": "XE", "westland": "XW"}
KEPT = {"alembic_version", "source_key"}
"""What an office knows of regions before anything came; of ``source``, all but how far it has come."""
CODE = """
from importlib.resources import files
from lanzarote import Region, hookimpl

@hookimpl
def regions():
    return [Region.from_folder(files(__name__) / name) for name in ("northland", "eastland", "westland")]
"""


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    """An instance that writes three regions, small ones."""
    package = tmp_path / "lz_three_regions"
    for name, territory in REGIONS.items():
        write_region(package / name, header={"id": name, "territory": territory})
    (package / "__init__.py").write_text(CODE)
    (package / "lanzarote.toml").write_text('requires_api = ">=1,<2"\n')
    monkeypatch.syspath_prepend(tmp_path)
    place = tmp_path / "elsewhere"
    settings = {"LANZAROTE_DATABASE_URL": f"sqlite:///{place / 'site.sqlite'}", "LANZAROTE_DATA": str(place)}
    place.mkdir()
    host = Host([Candidate(name="three", module=package.name, distribution="lanzarote-three", version="1")])
    with new_instance(read_settings(settings), host) as instance:
        instance.migrate()
        for name in REGIONS:
            instance.load(name)
        yield instance
    sys.modules.pop(package.name, None)


@pytest.fixture
def regions(elsewhere: Instance, office: Instance) -> list[TwoPlaces]:
    return [TwoPlaces(elsewhere, office, name) for name in REGIONS]


@pytest.fixture
def chance() -> random.Random:
    seed = int(os.environ.get("LZ_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)
    print(f"LZ_SEED={seed}")  # shown when it fails
    return random.Random(seed)


def fill(places: TwoPlaces, chance: random.Random, steps: int) -> None:
    known: list[str] = []
    for step in range(steps):
        what = chance.choice(["publish", "publish", "change", "withdraw", "erase"])
        if what == "publish" or not known:
            known.append(places.publish(f"own-{step}", f"Title {step}"))
        elif what == "change":
            places.change(chance.choice(known), f"Changed {step}")
        else:
            getattr(places, what)(known.pop(chance.randrange(len(known))))


def batches(places: TwoPlaces, size: int, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    monkeypatch.setattr(destinations, "MOST_ENTRIES", size)
    with places.region.database.read(places.id) as session:
        begun = destinations.start_of(session, places.id)
        return list(destinations.batches(session, places.region.settings, places.id, begun))


def deliver_at_random(regions: list[TwoPlaces], posted: list[tuple[TwoPlaces, bytes]], chance: random.Random) -> None:
    """Lose, repeat, reorder and cut what several regions send; at last each sends all that it has."""
    for _ in range(chance.randrange(2 * len(posted))):
        places, data = chance.choice(posted)
        if chance.random() < 0.2:
            data = data[: chance.randrange(len(data))]
        with suppress(Malformed, Refused):
            places.take(data)
    for places in chance.sample(regions, len(regions)):
        places.sync()


def forget(office: Instance) -> None:
    """Let the office be as it was before anything came."""
    with office.database.engine.execution_options(lanzarote_write=True).begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name not in {*KEPT, "source"}:
                connection.execute(table.delete())
        connection.execute(
            Base.metadata.tables["source"].update().values(epoch=0, seq=0, hash="", begun=0, awaited=0, envelope=b"")
        )


def state(regions: list[TwoPlaces]) -> list[object]:
    """Of each region: its log, bodies and records; and what the office has counted of all."""
    with regions[0].office.database.read(ALL) as session:
        return [*(places.state() for places in regions), counted(session, Summary), counted(session, Total)]


def counted(session: Session, kind: type[Summary | Total]) -> list[tuple[object, ...]]:
    return sorted(tuple(row) for row in session.execute(select(*kind.__table__.columns).where(kind.n != 0)))


def converge(regions: list[TwoPlaces], chance: random.Random, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    posted = []
    for places in regions:
        fill(places, chance, 10)
        posted += [(places, data) for data in batches(places, 4, monkeypatch)]
        places.sync()
    wanted = state(regions)
    assert len({str(digest) for digest in wanted[:3]}) == 3
    assert wanted[3] != []
    for _ in range(times):
        forget(regions[0].office)
        deliver_at_random(regions, posted, chance)
        assert state(regions) == wanted
    for places in regions:
        assert places.titles() == shown(places.region, places.id)


def test_random_schedules_of_three_regions_end_alike(
    regions: list[TwoPlaces], chance: random.Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    converge(regions, chance, monkeypatch, 20)


@pytest.mark.long
def test_ten_thousand_random_schedules_of_three_regions_end_alike(
    regions: list[TwoPlaces], chance: random.Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    converge(regions, chance, monkeypatch, int(os.environ.get("LZ_SCHEDULES", "10000")))
