"""A group that talks, on both databases and on pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from lanzarote.instance import Instance
from litestar.testing import TestClient

from tests.core.practices.signed_in import site_of
from tests.core.talk.talking import Group


@pytest.fixture
def group(everywhere: Instance) -> Group:
    return Group(everywhere)


@pytest.fixture
def here(own_paris: Instance) -> Group:
    """A group whose pages are looked at."""
    return Group(own_paris)


@pytest.fixture
def client(own_paris: Instance) -> Iterator[TestClient[Any]]:
    with site_of(own_paris) as client:
        yield client
