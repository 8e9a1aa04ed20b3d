"""A group that meets, in Paris on either database."""

from __future__ import annotations

import pytest
from lanzarote.instance import Instance


@pytest.fixture(scope="module")
def group(everywhere: Instance) -> Instance:
    return everywhere
