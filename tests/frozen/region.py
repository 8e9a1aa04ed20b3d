"""Makes a region with something of everything, always the same, and describes the product by it."""

from __future__ import annotations

import io
import itertools
import os
import random
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import time_machine
from lanzarote.app import create_app, create_routes
from lanzarote.composition import KINDS, new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.exchange.region_file import export_region
from lanzarote.instance import Instance
from lanzarote.records.lifecycle import RECORD, WORK

from tests.conftest import copy_of
from tests.core.conftest import load
from tests.core.faults.canaries import Land
from tests.core.quiet import QuietClient
from tests.core.results.two_places import TwoPlaces
from tests.core.routes.walking import walked
from tests.frozen import by_programs, dumps, routes
from tests.frozen.forms import forms
from tests.frozen.masks import mask_of
from tests.frozen.permissions import permissions
from tests.regions.second import both_regions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2031, 1, 15, 9, tzinfo=UTC)
REGIONS = ("second-region", "paris")


@contextmanager
def standing_still() -> Iterator[None]:
    """It is always the same moment, and what is made by chance is numbered: ids are in the order of their making.

    No such bytes are text, and masks know the secrets that are made of them.
    """
    numbers = itertools.count(1)

    def numbered(size: int) -> bytes:
        return (b"\xff" * size + next(numbers).to_bytes(4, "big"))[-size:]

    with time_machine.travel(NOW, tick=False), pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "urandom", numbered)
        patch.setattr(random, "_urandom", numbered)
        yield


@contextmanager
def rich(template: Path, folder: Path) -> Iterator[Land]:
    """An office with two regions, filled by services; Paris then by programs."""
    settings = {"DATABASE_URL": copy_of(template, folder), "DATA": str(folder), "OFFICE": "on", "CACHE": "off"}
    with standing_still():
        load(settings["DATABASE_URL"], both_regions(), *REGIONS)
        given = {f"LANZAROTE_{name}": value for name, value in settings.items()}
        with new_instance(read_settings(given), both_regions()) as instance:
            yield Land(instance)


def described(template: Path, folder: Path) -> dict[str, str]:
    """Name of a file → what it says of the product as it is now."""
    with rich(template, folder) as land:
        instance, client = land.instance, QuietClient(create_app(land.instance))
        by_programs.fill(land, client)
        mask = mask_of(land)
        with instance.database.engine.connect() as connection:
            tables = {"schema.txt": dumps.schema(connection), "rows.txt": dumps.rows(connection, mask)}
        all_routes = list(walked(create_routes()))
        return tables | {
            "archive.txt": "".join(dumps.archive(archive_of(instance, one), mask) for one in REGIONS),
            "results.txt": "".join(dumps.results(results_of(instance, one), mask) for one in REGIONS),
            "forms.txt": forms(land, client, all_routes, mask),
            "pages.txt": routes.pages(all_routes),
            "resources.txt": routes.resources(all_routes, client.get("/api/v1/openapi.json").json()),
            "permissions.txt": permissions(instance),
            "lifecycles.txt": lifecycles(),
        }


def lifecycles() -> str:
    """Every table of states: where each action leads from each state."""
    tables = {"record": RECORD, "work": WORK, **{one.name: one.lifecycle for one in KINDS.values() if one.lifecycle}}
    return "".join(
        f"{name}\n" + "".join(f"    {state or '-'} {action} {to or '-'}\n" for (state, action), to in table.items())
        for name, table in tables.items()
    )


def archive_of(instance: Instance, region_id: str) -> bytes:
    file = io.BytesIO()
    export_region(instance, region_id, file)
    return file.getvalue()


def results_of(instance: Instance, region_id: str) -> bytes:
    return TwoPlaces(instance, instance, region_id, enrolled=False).export()
