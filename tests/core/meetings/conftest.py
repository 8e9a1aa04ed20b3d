"""Paris on either database, for a group that meets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance


@pytest.fixture(scope="module")
def group(module_paris_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """One for all tests of a module: each plans meetings of its own."""
    given = {
        "LANZAROTE_DATABASE_URL": module_paris_url,
        "LANZAROTE_DATA": str(tmp_path_factory.mktemp("data")),
        "LANZAROTE_BASE_URL": "https://lanzarote.test",
    }
    with new_instance(read_settings(given)) as instance:
        yield instance
