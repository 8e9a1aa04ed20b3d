"""Pages of the team: one Paris for all tests of a file, each of which writes records of its own.

The fixtures of a folder whose ``conftest`` takes them over, or of a single file that does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance

from tests.conftest import copy_of
from tests.core.practices.forms import Writer, writer
from tests.core.practices.signed_in import site_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from litestar.testing import TestClient

__all__ = ["ana", "bea", "cleo", "client", "paris", "rita"]


@pytest.fixture(scope="module")
def paris(paris_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """Where it has to be another one, on another database say, a file has its own."""
    folder = tmp_path_factory.mktemp("team")
    place = {"LANZAROTE_DATABASE_URL": copy_of(paris_template, folder), "LANZAROTE_DATA": str(folder)}
    with new_instance(read_settings(place)) as instance:
        yield instance


@pytest.fixture(scope="module")
def client(paris: Instance) -> Iterator[TestClient[Any]]:
    with site_of(paris) as client:
        yield client


@pytest.fixture
def ana(paris: Instance, client: TestClient[Any]) -> Writer:
    return writer(paris, client, name="Ana Plume")


@pytest.fixture
def bea(paris: Instance, client: TestClient[Any]) -> Writer:
    return writer(paris, client, name="Béa Plume")


@pytest.fixture
def rita(paris: Instance, client: TestClient[Any]) -> Writer:
    return writer(paris, client, "reviewer", "Rita Relit")


@pytest.fixture
def cleo(paris: Instance, client: TestClient[Any]) -> Writer:
    return writer(paris, client, "coordinator", "Cléo Mène")
