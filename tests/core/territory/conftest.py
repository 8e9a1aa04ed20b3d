"""The invented region, read as the public does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.plugins import Candidate, Host
from lanzarote.practices import projection
from lanzarote.records import records
from lanzarote.records.records import Record
from lanzarote.types import Organisation
from litestar.testing import TestClient
from sqlalchemy import select

from tests.conftest import copy_of
from tests.core.territory import invented
from tests.core.web.reading import client_of
from tests.regions.writing import RegionPackage, region_package


@pytest.fixture(scope="module")
def land(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An instance with the invented region; tests that change it say so and put it back."""
    folder = tmp_path_factory.mktemp("land")
    with region_package(folder) as package:
        url = copy_of(sqlite_template, folder)
        invented.write_first(package)
        with opened(package, url) as instance:
            instance.load("testland")
        invented.write_second(package)
        with opened(package, url) as instance:
            instance.load("testland")
            with instance.database.write("testland") as session:
                # No package can bring this address; it stands for whatever else may have let it in.
                shelter = session.scalars(select(Record).where(Record.key == "shelter")).one()
                body = records.decode(records.body_of(session, shelter, shelter.version), Organisation)
                hostile = msgspec.structs.replace(body, website="javascript:alert(1)")
                records.revise(session, shelter, records.encode(hostile), by="team")
                # The upgrade left them working versions, which the team publishes.
                for record in session.scalars(select(Record).where(Record.version > Record.published_version)):
                    records.publish(session, record, by="team")
                session.flush()
                projection.rebuild(session, "testland")
            yield instance


def opened(package: RegionPackage, url: str) -> Instance:
    """With the exporters, which any list is downloaded by."""
    modules = {"testland": package.folder.parent.name, "spreadsheet": "lanzarote_spreadsheet"}
    host = Host(
        [Candidate(name=name, module=module, distribution=name, version="1") for name, module in modules.items()]
    )
    return new_instance(read_settings({"LANZAROTE_DATABASE_URL": url}), host)


@pytest.fixture(scope="module")
def reader(land: Instance) -> Iterator[TestClient[Any]]:
    with client_of(land) as client:
        yield client
