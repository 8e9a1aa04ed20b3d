"""Texts that would run, in every place where a group writes: each of them holds all three hundred."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.app import routes
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings

from tests.conftest import copy_of
from tests.core.conftest import serving
from tests.core.faults.addresses import filled
from tests.core.faults.canaries import Canaries, Land
from tests.core.faults.free_texts import KINDS, places, told
from tests.core.practices.hostile_texts import in_lines
from tests.core.practices.test_form_hostile import CAUGHT, STRANGE, TRAP
from tests.core.routes.walking import walked
from tests.regions.second import both_regions

if TYPE_CHECKING:
    from playwright.sync_api import APIRequestContext, Page

[WHOLE] = in_lines(20_000)
PLAIN = {"the address of a person", "work that waits", "where an answer goes", "the number of a document"}
"""What has a form that no such text has."""
ROOM = {
    "the name of a person": 100, "the name of a token": 60, "title of an evaluation": 200, "of an evaluation": 4_000,
    "title of a mandate": 300, "an objective": 4_000, "role of a judge": 300, "a question": 1_000,
    "what counts as met": 2_000, "source (": 500, "conditions": 4_000, "who decided": 300, "changed in minutes": 4_000,
    "how it was offered": 500, "a letter": 300, "replied": 4_000, "where an endorsement": 500, "who comes": 300,
    "of a transfer": 3_900, "place of a message": 200, "organisation of a message": 200, "what of a message": 4_000,
    "source of a message": 1_000,
    "who approved": 300, "where the group said": 1_000, "why": 3_900, "reason": 3_900,
}  # fmt: skip
"""Part of what a text is → characters that it may have: of these there are several, each with some of them."""
RUNS = re.compile(r"alert\(1\)|trap\(\)|TRAP")
ROOMS = re.compile(rf"/({'|'.join(KINDS)})s?(/|\.|$)|/(actions|taking-part|organisation|start|activity)(/|$)")


class Hostile(Canaries):
    """Says everything that would run; a part of it where a text has to be short."""

    def __call__(self, what: str, readers: Iterable[str]) -> str:
        word = super().__call__(what, readers)
        if what in PLAIN:
            return word
        room = next((most for part, most in ROOM.items() if part in what), 0)
        return (some := in_lines(room))[len(self.all) % len(some)] if room else WHOLE


@pytest.fixture(scope="module")
def land(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Land]:
    folder = tmp_path_factory.mktemp("hostile")
    settings = read_settings(
        {"LANZAROTE_DATABASE_URL": copy_of(sqlite_template, folder), "LANZAROTE_DATA": str(folder)}
    )
    with new_instance(settings, both_regions()) as instance:
        for region in ("paris", "second-region"):
            instance.load(region)
        yield Land(instance, Hostile())


def test_every_place_holds_such_texts(land: Land) -> None:
    assert places() - told(land.instance, RUNS.search) == {"improvement: forwarding.body"}


@pytest.mark.parametrize("most", [2, pytest.param(100, marks=pytest.mark.long)])
def test_nothing_that_a_group_wrote_runs(page: Page, land: Land, most: int) -> None:
    """As the coordinator, who may most: on the pages of *most* records of each kind, and on one of each that is about
    what is done.
    """
    page.add_init_script(TRAP)
    page.on("dialog", lambda dialog: dialog.accept())
    caught: dict[str, Any] = {}
    said = []
    head = land.people["coordinator paris"]
    with serving(land.instance) as site:
        page.context.add_cookies([{"name": "lanzarote-session", "value": head.session, "url": site}])
        for address in pages(land, page.context.request, site, most):
            answer = page.goto(site + address)
            assert answer is not None
            assert answer.status == 200, address
            if found := page.evaluate(STRANGE) + page.evaluate(CAUGHT):
                caught[address] = found
            if page.evaluate("document.documentElement.outerHTML.includes('trap()')"):
                said.append(address)
    assert caught == {}
    # They were there to run.
    assert len(said) > (80 if most > 2 else 50)


def pages(land: Land, asked: APIRequestContext, site: str, most: int) -> Iterator[str]:
    """Addresses of the group's pages in Paris that there are."""
    paths = {route.path for route in walked(routes()) if route.method == "GET" and ROOMS.search(route.path)}
    for path in sorted(path for path in paths if "/api/" not in path and ".{" not in path):
        here = [one for one in filled(land, path) if one.startswith("/fr/paris") and "format=" not in one]
        own = (address for address in dict.fromkeys(here) if is_page(asked.get(site + address, max_redirects=0)))
        yield from islice(own, most if path.endswith("{record_id:str}") else 1)


def is_page(answer: Any) -> bool:
    return bool(answer.status == 200 and answer.headers["content-type"].startswith("text/html"))
