"""Instances that have a kind of record more than the platform, and its words in French: trips."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lanzarote import hookimpl
from lanzarote.app import create_app, create_routes
from lanzarote.composition import KINDS, ROOMS, kinds, new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import host_of
from lanzarote.types import Catalogue
from litestar.testing import TestClient

from tests.conftest import copy_of
from tests.core.kinds.trips import TRIP, TRIPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from lanzarote.instance import Instance
    from litestar import Litestar

WITH_TRIPS = replace(ROOMS, kinds={**KINDS, TRIP.name: TRIP})


class Words:
    @hookimpl
    def catalogues(self) -> Iterable[Catalogue]:
        return (Catalogue(language="fr", path=Path(__file__).with_name("trips.po")),)


@contextmanager
def with_trips(url: str, data: Path, **given: str) -> Iterator[Instance]:
    settings = read_settings({"LANZAROTE_DATABASE_URL": url, "LANZAROTE_DATA": str(data)} | given)
    host = host_of(settings)
    host.add("trips", Words())
    with new_instance(settings, host, WITH_TRIPS) as instance:
        yield instance


@contextmanager
def site_with_trips(instance: Instance) -> Iterator[TestClient[Any]]:
    with TestClient(create_app(instance, routes_with_trips()), base_url="http://lanzarote.test") as client:
        yield client


@cache
def routes_with_trips() -> Litestar:
    return create_routes((*kinds(), TRIPS))


@pytest.fixture
def own_paris(paris_template: Path, tmp_path: Path) -> Iterator[Instance]:
    with with_trips(copy_of(paris_template, tmp_path), tmp_path) as instance:
        yield instance
