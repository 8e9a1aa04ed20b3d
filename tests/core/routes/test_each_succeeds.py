"""Each handler is seen to succeed: a refusal proves nothing where nothing could succeed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lanzarote.instance import Instance
from lanzarote.settings import read_settings

from tests.conftest import copy_of
from tests.core.faults.canaries import REGIONS, Land
from tests.core.routes.walks import Walk
from tests.regions.second import both_regions

NOT_SEEN = Path(__file__).parent / "not_seen.txt"
"""Handlers that nobody here makes succeed; their own tests do, or not. It only gets shorter."""


@contextmanager
def land_in(folder: Path, template: Path) -> Iterator[Land]:
    url = copy_of(template, folder)
    given = {"LANZAROTE_DATABASE_URL": url, "LANZAROTE_DATA": str(folder), "LANZAROTE_OFFICE": "on"}
    with Instance(read_settings(given), both_regions()) as instance:
        for region in REGIONS:
            instance.load(region)
        yield Land(instance)


def by_people(land: Land) -> Walk:
    walk = Walk(land)
    walk.read_pages()
    walk.begin(times=2)
    for _ in range(2):
        walk.read_again()
        walk.send_forms()
        land.instance.enable(REGIONS[0], on=True, by="test")  # they have hidden it
        walk.enter()
    return walk


def by_programs(land: Land) -> Walk:
    walk = Walk(land)
    walk.read_resources()
    walk.send_resources()
    return walk


@pytest.mark.parametrize("api", [False, True], ids=["pages", "resources"])
def test_each_handler_succeeds_once(tmp_path: Path, sqlite_template: Path, api: bool) -> None:
    with land_in(tmp_path, sqlite_template) as land:
        walk = (by_programs if api else by_people)(land)
        left = {str(route) for route in walk.left(api=api)}
    listed = {line for line in NOT_SEEN.read_text("utf-8").splitlines() if (" /api/" in line) == api}
    assert walk.app.broken == []
    assert left - listed == set(), "never seen to succeed"
    assert listed - left == set(), "succeed: take them out of the list"
