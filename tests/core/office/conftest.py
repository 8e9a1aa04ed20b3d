"""An office with three regions: two with results, one that is new."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance

from tests.conftest import copy_of
from tests.core.office import logs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def empty_office(database_url: str, tmp_path: Path) -> Iterator[Instance]:
    env = {"LANZAROTE_DATABASE_URL": database_url, "LANZAROTE_DATA": str(tmp_path / "o"), "LANZAROTE_OFFICE": "on"}
    with new_instance(read_settings(env)) as instance:
        instance.migrate()
        yield instance


@pytest.fixture
def there(paris_template: Path, tmp_path: Path) -> Iterator[Instance]:
    """Paris, elsewhere."""
    place = tmp_path / "there"
    place.mkdir()
    settings = read_settings({"LANZAROTE_DATABASE_URL": copy_of(paris_template, place), "LANZAROTE_DATA": str(place)})
    with new_instance(settings) as instance:
        yield instance


@pytest.fixture
def office(empty_office: Instance) -> Instance:
    logs.fill(empty_office.database)
    return empty_office
