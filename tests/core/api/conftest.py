"""An instance that programs write in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lanzarote.app import create_app
from lanzarote.instance import Instance
from litestar.testing import TestClient

from tests.core.accounts.team import instance_like
from tests.core.api.programs import Program, Programs


@pytest.fixture(scope="module")
def programs(paris: Instance, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    with (
        instance_like(paris, tmp_path_factory.mktemp("programs"), OFFICE="on") as instance,
        TestClient(create_app(instance), base_url="http://lanzarote.test") as client,
    ):
        yield Programs(instance, client)


@pytest.fixture(scope="module")
def writer(programs: Programs) -> Program:
    return programs.of("contributor", name="Ana")


@pytest.fixture(scope="module")
def publisher(programs: Programs) -> Program:
    return programs.of("reviewer", name="Bo")


@pytest.fixture(scope="module")
def head(programs: Programs) -> Program:
    return programs.of("coordinator", name="Cy")
