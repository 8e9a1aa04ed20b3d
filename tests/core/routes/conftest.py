"""An instance with somebody in every role."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lanzarote.instance import Instance

from tests.core.accounts.team import instance_like


@pytest.fixture(scope="module")
def guarded(paris: Instance, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    with instance_like(paris, tmp_path_factory.mktemp("routes"), CACHE="off") as instance:
        yield instance
