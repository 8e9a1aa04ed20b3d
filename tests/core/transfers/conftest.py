"""Paris and the second region on one instance, on either database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance

from tests.conftest import BOTH_DATABASES, copy_for
from tests.core.conftest import BOTH, loaded_database
from tests.regions.second import both_regions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def pg_both_template(pg_admin_url: str, pg_template: str) -> Iterator[str]:
    with loaded_database(pg_admin_url, pg_template, both_regions(), *BOTH) as name:
        yield name


@pytest.fixture(params=BOTH_DATABASES)
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Instance]:
    with copy_for(request, tmp_path, "both_template") as url:
        given = {"LANZAROTE_DATABASE_URL": url, "LANZAROTE_DATA": str(tmp_path)}
        with new_instance(read_settings(given), both_regions()) as instance:
            yield instance
