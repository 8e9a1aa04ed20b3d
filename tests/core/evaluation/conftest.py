"""A Paris of one's own, on either database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance


@pytest.fixture
def anywhere(paris_url: str, tmp_path: Path) -> Iterator[Instance]:
    given = {"LANZAROTE_DATABASE_URL": paris_url, "LANZAROTE_DATA": str(tmp_path)}
    with new_instance(read_settings(given)) as instance:
        yield instance
