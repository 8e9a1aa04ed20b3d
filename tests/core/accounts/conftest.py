"""A team with accounts on an instance that may be written to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lanzarote.app import create_app
from lanzarote.instance import Instance

from tests.core.accounts.team import Team, instance_like


@pytest.fixture
def here(paris: Instance, tmp_path: Path) -> Iterator[Instance]:
    """Paris, and whatever the test does with it."""
    with instance_like(paris, tmp_path) as instance:
        yield instance


@pytest.fixture
def team(here: Instance) -> Team:
    app: Any = create_app(here)
    return Team(here, app)
