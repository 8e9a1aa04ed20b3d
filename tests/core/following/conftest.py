"""People who follow what happens in Paris, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from lanzarote.following.service import Follow, Follower
from lanzarote.instance import Instance
from lanzarote.records.outbox import Job
from lanzarote.store.database import ALL
from litestar.testing import TestClient
from sqlalchemy import delete

from tests.core.following.followers import Followers
from tests.core.practices.signed_in import site_of


@pytest.fixture
def followers(everywhere: Instance) -> Followers:
    """A group of its own; nobody follows anything yet."""
    with everywhere.database.write(ALL) as session:
        for table in (Follow, Follower, Job):
            session.execute(delete(table))
    return Followers(everywhere)


@pytest.fixture
def here(own_paris: Instance) -> Followers:
    """Whose pages are looked at."""
    return Followers(own_paris)


@pytest.fixture
def client(own_paris: Instance) -> Iterator[TestClient[Any]]:
    with site_of(own_paris) as client:
        yield client
