from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance

from tests.conftest import copy_of
from tests.core.results.two_places import TwoPlaces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def paris_there(paris_template: Path, tmp_path: Path) -> Iterator[Instance]:
    """Paris, elsewhere, on SQLite; its office is on the same machine."""
    place = tmp_path / "there"
    place.mkdir()
    given = {"LANZAROTE_DATABASE_URL": copy_of(paris_template, place), "LANZAROTE_DATA": str(place)}
    with new_instance(read_settings(given | {"LANZAROTE_OFFICES_NEARBY": "on"})) as instance:
        yield instance


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Instance]:
    """An office without regions, on either database."""
    place = tmp_path / "office"
    settings = {"LANZAROTE_DATABASE_URL": database_url, "LANZAROTE_DATA": str(place), "LANZAROTE_OFFICE": "on"}
    with new_instance(read_settings(settings)) as instance:
        yield instance


@pytest.fixture
def places(paris_there: Instance, office: Instance) -> TwoPlaces:
    """Paris, enrolled at an office that has received nothing yet."""
    return TwoPlaces(paris_there, office)
