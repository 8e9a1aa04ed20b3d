"""What the team's resources cost: as many questions to the database for many as for one, and for none."""

from __future__ import annotations

from functools import partial

import pytest
from lanzarote.records import tasks

from tests.core.activity.conftest import asked, counted
from tests.core.api.programs import BEARER, PARIS, TEAM, Program, Programs, titled

LISTS = {
    f"{TEAM}": 6,
    f"{PARIS}/team/stakeholders?limit=100": 4,
    f"{PARIS}/team/tasks?limit=100": 4,
    f"{PARIS}/team/people": 4,
    f"{PARIS}/team/activity": 4,
    f"{PARIS}/team/notes": 2,
}
"""With what finds out whose token it is."""


def test_lists_cost_the_same_however_long_they_are(
    programs: Programs, writer: Program, head: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def add(number: int) -> None:
        writer.step(writer.begin(titled(f"Numéro {number}")), "submit", BEARER)
        programs.of("contributor")
        with programs.instance.database.write("paris") as session:
            tasks.open_task(session, "paris", "reply", by="visitor", wrong="Une erreur.")

    def cost() -> dict[str, int]:
        return {path: asked(programs.instance, monkeypatch, partial(head.get, path)) for path in LISTS}

    add(0)
    few = cost()
    for number in range(1, 30):
        add(number)
    assert cost() == few
    assert few == LISTS


def test_what_one_may_not_know_costs_what_there_is_not(
    programs: Programs, writer: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = programs.of("representative", organisation="x")
    there, nowhere = (
        asked(programs.instance, monkeypatch, partial(stranger.get, path, 404))
        for path in (writer.begin(), f"{TEAM}/01890000-0000-7000-8000-000000000000")
    )
    assert there == nowhere


def test_saving_costs_the_same_however_many_practices_there_are(
    programs: Programs, writer: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = writer.begin(titled("Compter"))
    counts = []
    for number in (1, 2):
        tag = writer.etag(path)
        with counted(programs.instance, monkeypatch) as statements:
            assert writer.save(path, titled(f"Compter {number}"), if_match=tag).status_code == 200
        counts.append(len(statements))
        for more in range(20):
            writer.begin(titled(f"Autre {more}"))
    assert counts[0] == counts[1]
