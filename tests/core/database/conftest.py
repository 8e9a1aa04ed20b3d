"""Databases with rows of several regions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lanzarote.store.database import Database

from tests.core.database.rows import fill


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    fill(database)
    yield database
    database.close()


@pytest.fixture(scope="module")
def shared(module_database_url: str) -> Iterator[Database]:
    """For tests that keep nothing."""
    database = Database(module_database_url)
    fill(database)
    yield database
    database.close()
