"""Every form of the site is taken with what it marks as required, and says by name what is missing without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lanzarote.composition import kinds

from tests.core.conftest import serving
from tests.core.web.forms import rooms
from tests.core.web.forms.rooms import ROOMS
from tests.core.web.forms.site import open_site
from tests.core.web.forms.walking import Stuck, Walk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

EXCEPT = {
    "/plugins": "a button beside a package that failed",
    "/{region:str}/team/practices/alike": "sent by the script of the form of a practice, which works without it",
    "/{region:str}/team/practices/{record_id:str}/unsaved": "sent by the script; the page has a button that discards",
    **{
        f"/{{region:str}}/team/{kind.room}/{{record_id:str}}/unsaved": "sent by the script; kinds/test_conduct.py"
        for kind in kinds()
        if kind.forms
    },
    **{
        f"/{{region:str}}/team/improvements/{{record_id:str}}/{place}/unsaved": "by the script; talk/test_talk_pages.py"
        for place in ("discussion", "amendments", "actions")
    },
    "/{region:str}/team/practices/{record_id:str}/accept": "after an upgrade; tried in team/test_accepting_pages.py",
    "/account/providers/{provider:str}": "needs an institution's provider; pressed in plugins/test_oidc_browser.py",
    "/account/welcome": "comes back from a provider; sent in plugins/test_oidc_browser.py",
    "/account/identities": "joins or parts an account of a provider; tried in accounts/test_providers.py",
    "/office/sources/{source:str}/held/{held_id:str}/retry": "after an upgrade; tried in results/test_by_program.py",
}
"""Address without its language → why no form there is tried here."""


@pytest.fixture(scope="module", params=["fr", pytest.param("en", marks=pytest.mark.long)])
def walk(
    request: pytest.FixtureRequest, browser: Browser, both_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Walk]:
    with open_site(both_template, tmp_path_factory.mktemp("site")) as instance, serving(instance) as address:
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
