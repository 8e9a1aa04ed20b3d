"""Paris and the second region on one instance, on either database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lanzarote.instance import Instance
from lanzarote.settings import read_settings

from tests.regions.second import both_regions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def both(database_url: str, tmp_path: Path) -> Iterator[Instance]:
    given = {"LANZAROTE_DATABASE_URL": database_url, "LANZAROTE_DATA": str(tmp_path)}
    with Instance(read_settings(given), both_regions()) as instance:
        instance.load("paris")
        instance.load("second-region")
        yield instance
