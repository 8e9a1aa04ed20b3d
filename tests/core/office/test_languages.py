"""Pages of all regions together lead to each region in a language that it is written in."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from lanzarote.app import create_app
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.office import releases

from tests.conftest import copy_of
from tests.core.quiet import QuietClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENOUGH = 2
"""Addresses of one shape that are followed; there are hundreds."""


@pytest.fixture(scope="module")
def client(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuietClient]:
    """Of an office with Paris, which has no Icelandic, and Iceland, which has no French; figures were frozen once."""
    place = tmp_path_factory.mktemp("office")
    given = {"LANZAROTE_DATABASE_URL": copy_of(sqlite_template, place), "LANZAROTE_DATA": str(place)}
    with new_instance(read_settings(given | {"LANZAROTE_OFFICE": "on"})) as office:
        for region_id in ("paris", "iceland"):
            office.load(region_id)
        office.worker.run_due()
        releases.release(office, datetime.now(UTC).date(), by="test")
        yield QuietClient(create_app(office))


def links(client: QuietClient, path: str) -> list[str]:
    """Addresses on this site that the page leads to, without what is asked of them; none: it is a file."""
    answer = client.get(path)
    if "html" not in answer.headers.get("content-type", ""):
        return []
    found = (html.unescape(one) for one in re.findall(r'href="(/[^"#]*)', answer.text))
    return [one for one in dict.fromkeys(found) if not one.startswith("/static/")]


def shape(address: str) -> str:
    """What addresses of one kind of page share: those of a region its room, others everything but their numbers."""
    path, _, query = address.partition("?")
    parts = path.split("/")
    if parts[2:3] in (["paris"], ["iceland"]):
        return "/".join(parts[:4])
    return re.sub(r"\d+", "N", path) + "?"[: len(query)]


def walk(client: QuietClient, start: list[str]) -> dict[str, str]:
    """Addresses that lead nowhere, and the page that each stands on; only pages of no region are read further."""
    waiting, nowhere = [(one, "") for one in start], {}
    seen: dict[str, set[str]] = {}
    while waiting:
        address, page = waiting.pop()
        if address in seen.setdefault(shape(address), set()) or len(seen[shape(address)]) == ENOUGH:
            continue
        seen[shape(address)].add(address)
        if client.get(address).status_code >= 400:
            nowhere[address] = page
        elif not re.match(r"/[^/]+/(paris|iceland)\b", address):
            waiting += [(one, address) for one in links(client, address)]
    assert {"paris", "iceland"} <= {one.split("/")[2] for one in seen if one.count("/") > 1}
    return nowhere


@pytest.mark.parametrize("lang", ["en", "fr", "is"])
def test_every_link_of_pages_of_all_regions_leads_somewhere(client: QuietClient, lang: str) -> None:
    assert walk(client, [f"/{lang}", f"/{lang}/office"]) == {}
