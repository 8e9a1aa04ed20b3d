"""Each handler is seen to succeed: a refusal proves nothing where nothing could succeed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.app import create_app

from tests.core.conftest import loaded_file
from tests.core.routes import more_rooms, program_rooms
from tests.core.routes.programs import ProgramWalk
from tests.core.routes.succeeding import Succeeded
from tests.core.routes.walks import Walk
from tests.core.web.forms import rooms
from tests.core.web.forms.site import open_site
from tests.regions.second import both_regions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TOGETHER = [room for name, room in rooms.ROOMS.items() if name != "switches"]
"""Rooms in which programs do what people do."""


@pytest.fixture(scope="module")
def template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return loaded_file(sqlite_template, tmp_path_factory.mktemp("routes"), both_regions(), "paris", "second-region")


@pytest.fixture
def app(template: Path, tmp_path: Path) -> Iterator[Succeeded]:
    with open_site(template, tmp_path, CONTACT="someone@school.example") as instance:
        yield Succeeded(create_app(instance), instance)


def test_each_page_and_form_succeeds_once(app: Succeeded) -> None:
    assert not_seen(Walk(app), [*TOGETHER, *more_rooms.ROOMS, rooms.switches]) == {}


def test_each_resource_succeeds_once(app: Succeeded) -> None:
    assert not_seen(ProgramWalk(app), [*TOGETHER, *more_rooms.ALSO_BY_PROGRAMS, *program_rooms.ROOMS]) == {}


def not_seen(walk: Walk, all_rooms: list[Callable[[Any, rooms.People], None]]) -> dict[str, str]:
    """Each handler that did not succeed in any of *all_rooms*, with what it answered last."""
    people = rooms.People(walk)
    walk.meet(people)
    for room in all_rooms:
        room(walk, people)
        walk.forgive()
    assert walk.app.broken == []
    return {str(route): walk.refused.get(str(route), "not tried") for route in walk.left()}
