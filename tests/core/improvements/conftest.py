"""A group that deliberates, on a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance

from tests.core.improvements.group import Group


@pytest.fixture
def group(own_paris: Instance) -> Group:
    return Group(own_paris)


@pytest.fixture
def on_both(paris_url: str, tmp_path: Path) -> Iterator[Group]:
    """As ``group``, on SQLite and on PostgreSQL."""
    settings = read_settings({"LANZAROTE_DATABASE_URL": paris_url, "LANZAROTE_DATA": str(tmp_path)})
    with new_instance(settings) as instance:
        yield Group(instance)
