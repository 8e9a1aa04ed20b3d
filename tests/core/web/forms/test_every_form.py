"""Every form of the site is taken with what it marks as required, and says by name what is missing without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.core.conftest import loaded_file, serving
from tests.core.web.forms import rooms
from tests.core.web.forms.rooms import ROOMS
from tests.core.web.forms.site import open_site
from tests.core.web.forms.walking import Stuck, Walk
from tests.regions.second import both_regions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

RESTORED = "a button of what is archived; tried in tests/core/records/test_restoring.py"
EXCEPT = {
    "/people/{account:str}/factor": "a button; tried in tests/core/accounts/test_people.py",
    "/plugins": "a button beside a package that failed",
    "/{region:str}/confirm/{secret:str}": "its link is mailed; tried in tests/core/practices/test_holders.py",
    "/{region:str}/team/practices/{record_id:str}/confirm": "tried in tests/core/practices/test_holders.py",
    "/{region:str}/team/practices/{record_id:str}/holders": "tried in tests/core/practices/test_holders.py",
    "/{region:str}/team/evaluations/{record_id:str}/restore": RESTORED,
    "/{region:str}/team/improvements/{record_id:str}/restore": RESTORED,
    "/{region:str}/team/indicators/{record_id:str}/restore": RESTORED,
    "/{region:str}/team/organisations/{record_id:str}/restore": RESTORED,
    "/{region:str}/team/practices/{record_id:str}/restore": RESTORED,
    "/{region:str}/team/procedures/{record_id:str}/restore": RESTORED,
    "/{region:str}/team/transfers/{record_id:str}/restore": RESTORED,
    "/account/second-step": "asks for the code of an app, right after the password",
    "/account/sign-out": "a button in the menu of every page",
    "/{region:str}/downloads": "a button, where a list is too long to be sent at once",
    "/{region:str}/downloads/{download:str}": "a button, when a file that was made is too old",
    "/{region:str}/team/practices/alike": "sent by the script of the form of a practice, which works without it",
    "/{region:str}/team/practices/{record_id:str}/unsaved": "sent by the script; the page has a button that discards",
    "/{region:str}/team/practices/{record_id:str}/accept": "after an upgrade; tried in team/test_accepting_pages.py",
    "/{region:str}/team/practices/import": "takes a file; tried with many in tests/core/importing",
    "/{region:str}/team/organisations/import": "takes a file; tried with many in tests/core/importing",
    "/office/sources/enrol": "takes a file; tried in tests/core/results/test_office_pages.py",
    "/office/sources/receive": "takes a file; tried in tests/core/results/test_office_pages.py",
    "/office/sources/{source:str}/held/{held_id:str}/put-away": "a button beside results that could not be taken",
    "/office/sources/{source:str}/held/{held_id:str}/retry": "a button beside results that could not be taken",
}
"""Address without its language → why no form there is tried here."""


@pytest.fixture(scope="module")
def template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return loaded_file(sqlite_template, tmp_path_factory.mktemp("forms"), both_regions(), "paris", "second-region")


@pytest.fixture(scope="module", params=["fr", pytest.param("en", marks=pytest.mark.long)])
def walk(
    request: pytest.FixtureRequest, browser: Browser, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Walk]:
    with open_site(template, tmp_path_factory.mktemp("site")) as instance, serving(instance) as address:
        walk = Walk(instance, address, request.param, browser)
        yield walk
        walk.close()


@pytest.fixture(scope="module")
def people(walk: Walk) -> rooms.People:
    return rooms.People(walk)


@pytest.mark.parametrize("room", ROOMS)
def test_every_form_asks_for_what_it_marks(walk: Walk, people: rooms.People, room: str) -> None:
    begun = len(walk.wrong)
    try:
        ROOMS[room](walk, people)
    except Stuck as stuck:
        walk.wrong.append(str(stuck))
    assert walk.wrong[begun:] == []


def test_no_form_is_left_out(walk: Walk) -> None:
    """After all rooms: whoever adds a form adds it to its room, or says here why it is not tried."""
    left = {path.removeprefix("/{lang:str}") for path in set(walk.routes) - walk.sent_to}
    assert left == set(EXCEPT)
