"""Each handler is seen to succeed: a refusal proves nothing where nothing could succeed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.app import create_app

from tests.core.routes import more_rooms, program_rooms
from tests.core.routes.programs import ProgramWalk
from tests.core.routes.succeeding import Succeeded
from tests.core.routes.walks import Walk
from tests.core.web.forms import rooms
from tests.core.web.forms.site import open_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TOGETHER = [room for name, room in rooms.ROOMS.items() if name != "switches"]
"""Rooms in which programs do what people do."""


@pytest.fixture
def app(both_template: Path, tmp_path: Path) -> Iterator[Succeeded]:
    with open_site(both_template, tmp_path, CONTACT="someone@school.example") as instance:
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
