"""``lanzarote office rebuild``: whatever was wrong in the figures is right afterwards, and it says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.cli import main
from lanzarote.office.model import SHOWN, Summary, TallyMask, TallyNumber, Total
from lanzarote.store.database import ALL
from sqlalchemy import delete, select, update

if TYPE_CHECKING:
    from collections.abc import Callable

    from lanzarote.instance import Instance

pytestmark = pytest.mark.both_databases


@pytest.fixture
def rebuild(
    office: Instance, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """The command, on the office; gives its exit status and all that it says."""
    monkeypatch.setenv("LANZAROTE_DATABASE_URL", office.settings.database_url)
    monkeypatch.setenv("LANZAROTE_DATA", str(office.settings.data))
    monkeypatch.setenv("LANZAROTE_OFFICE", "on")

    def run(*more: str) -> tuple[int, str]:
        status = main(["office", "rebuild", *more])
        said = capsys.readouterr()
        return status, said.out + said.err

    return run


def figures(office: Instance) -> list[tuple[Any, ...]]:
    with office.database.read(ALL) as session:
        query = select(Summary.region_id, Summary.measure, Summary.a, Summary.b, Summary.n)
        of_regions = session.execute(query.where(Summary.measure != SHOWN))
        together = session.execute(select(Total.measure, Total.a, Total.b, Total.n))
        return sorted(tuple(row) for row in (*of_regions, *together) if row[-1])


def test_figures_that_are_right_stay(office: Instance, rebuild: Callable[..., tuple[int, str]]) -> None:
    before = figures(office)
    status, said = rebuild()
    assert (status, said.splitlines()[-1]) == (0, "all together: the same as before")
    assert rebuild("--sums") == (0, "all together: the same as before\n")
    assert figures(office) == before


def test_what_was_counted_for_the_first_time_is_not_said_to_differ(
    office: Instance, rebuild: Callable[..., tuple[int, str]]
) -> None:
    with office.database.write(ALL) as session:
        for table in (Summary, TallyMask, TallyNumber, Total):
            session.execute(delete(table))
    told = {line.partition(": ")[2] for line in rebuild()[1].splitlines()[:-1]}
    assert told == {"counted", "the same as before"}, "one of them has released nothing"


def test_wrong_sums_are_added_up_anew_without_the_logs(
    office: Instance, rebuild: Callable[..., tuple[int, str]]
) -> None:
    before = figures(office)
    with office.database.write(ALL) as session:
        session.execute(update(Summary).where(Summary.measure == "practice").values(n=77))
        session.execute(delete(Total))
    status, said = rebuild("--sums")
    assert status == 0
    assert said.startswith("all together: ")
    assert "put right" in said
    assert figures(office) == before


def test_what_is_kept_with_results_is_made_anew_from_the_logs(
    office: Instance, rebuild: Callable[..., tuple[int, str]]
) -> None:
    before = figures(office)
    with office.database.write(ALL) as session:
        session.execute(delete(TallyMask))
        session.execute(delete(Total))
        session.execute(update(Summary).where(Summary.measure == "article").values(n=5))
    assert rebuild()[0] == 0
    assert figures(office) == before


def test_sums_are_of_all_regions_or_of_none(rebuild: Callable[..., tuple[int, str]]) -> None:
    status, said = rebuild("--sums", "paris")
    assert status != 0
    assert "leave the region out" in said
