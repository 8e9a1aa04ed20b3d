"""Rows beside a record, as they are declared: what does not fit stops the import; what follows is printed."""

from __future__ import annotations

from typing import Any

import pytest
from lanzarote.improvements.actions_entry import ACTIONS, PLAN
from lanzarote.improvements.amendments_entry import AMENDMENTS
from lanzarote.improvements.comments_entry import COMMENTS, SAY
from lanzarote.kinds.description import entry_lines
from lanzarote.kinds.fields import Field
from msgspec.structs import replace


def test_what_a_service_asks_for_and_nobody_gives_is_told_when_it_is_declared() -> None:
    def service(session: Any, record: Any, *, weather: str) -> None: ...

    with pytest.raises(TypeError, match="nobody gives weather"):
        replace(SAY, do=service)


def test_a_field_that_nobody_reads_is_told_when_it_is_declared() -> None:
    with pytest.raises(TypeError, match="Planning has no field 'whom'"):
        replace(PLAN, fields=(*PLAN.fields, Field(name="whom", label="Whom?")))


@pytest.mark.parametrize("entry", [COMMENTS, AMENDMENTS, ACTIONS], ids=lambda one: one.name)
def test_what_follows_is_printed(entry: Any) -> None:
    lines = "\n".join(entry_lines(entry))
    assert f"/team/improvements/{{record_id:str}}/{entry.place}" in lines
    assert f"list_{entry.room}" in lines
    assert all(one.name in lines for one in entry.actions)
