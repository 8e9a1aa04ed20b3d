"""``lanzarote import``: the same as the pages do, for whoever runs the site."""

from __future__ import annotations

from pathlib import Path

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.records.records import Record
from openpyxl import load_workbook
from sqlalchemy import select

from tests.core.cli.conftest import Run
from tests.core.importing.files import ENTRY, PRACTICE, with_rows

pytestmark = pytest.mark.usefixtures("paris_here")


def filled(run: Run, path: Path, *rows: dict[str, str], kind: str = "practices") -> str:
    """A template that ``lanzarote`` wrote, with *rows* in it."""
    assert run("import", "paris", str(path), "--template", "--kind", kind).code == 0
    path.write_bytes(with_rows(load_workbook(path), *rows))
    return str(path)


def drafts(data: Path) -> int:
    with (
        new_instance(read_settings({"LANZAROTE_DATA": str(data)})) as instance,
        instance.database.read("paris") as session,
    ):
        return len(session.scalars(select(Record).where(Record.state == "draft")).all())


def test_a_template_is_filled_in_looked_at_and_taken_in(run: Run, data: Path, tmp_path: Path) -> None:
    there = drafts(data)
    file = filled(run, tmp_path / "new.xlsx", PRACTICE)
    looked = run("import", "paris", file, "--dry-run")
    assert (looked.code, looked.out.splitlines()[-2:]) == (
        0,
        ["1 new, 0 changed, 0 same, 0 refused", "Nothing was kept."],
    )
    assert drafts(data) == there
    taken = run("import", "paris", file)
    assert (taken.code, drafts(data)) == (0, there + 1)
    assert taken.out.splitlines()[-1] == "1 taken in as drafts, 0 left out. Nothing is published by this."


def test_what_there_is_comes_back_as_it_was(run: Run, tmp_path: Path) -> None:
    file = str(tmp_path / "all.csv")
    assert run("import", "paris", file, "--filled", "--kind", "organisations", "--language", "en").code == 0
    back = run("import", "paris", file, "--kind", "organisations", "--dry-run")
    assert (back.code, back.out.splitlines()[-1]) == (0, "Nothing was kept.")
    assert "0 new, 0 changed" in back.out
    assert (tmp_path / "all.csv").stat().st_mode & 0o077 == 0, "drafts are in it: it is its owner's alone"


def test_one_row_that_cannot_be_taken_holds_up_all_unless_it_is_left_out(run: Run, data: Path, tmp_path: Path) -> None:
    there = drafts(data)
    file = filled(
        run, tmp_path / "new.xlsx", ENTRY, ENTRY | {"name.fr": "Autre", "sectors": "nulle part"}, kind="organisations"
    )
    refused = run("import", "paris", file, "--kind", "organisations")
    assert (refused.code, drafts(data)) == (1, there)
    assert "--skip-faulty" in refused.err
    assert "nulle part" in refused.out
    taken = run("import", "paris", file, "--kind", "organisations", "--skip-faulty")
    assert (taken.code, drafts(data)) == (0, there + 1)


def test_a_file_of_which_nothing_can_be_taken_is_a_failure_also_when_faulty_rows_are_left_out(
    run: Run, data: Path, tmp_path: Path
) -> None:
    there = drafts(data)
    file = filled(run, tmp_path / "new.xlsx", ENTRY | {"sectors": "nulle part"}, kind="organisations")
    left = run("import", "paris", file, "--kind", "organisations", "--skip-faulty")
    assert (left.code, drafts(data)) == (1, there)
    assert left.out.splitlines()[-1] == "0 taken in as drafts, 1 left out. Nothing is published by this."


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("import", "lyon", "a.csv", "--template"), "loaded regions: paris"),
        (("import", "paris", "a.odt", "--template"), ".xlsx"),
        (("import", "paris", "a.csv", "--template", "--language", "de"), "its languages are"),
        (("import", "paris", "away.csv"), "away.csv"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(run: Run, words: tuple[str, ...], told: str) -> None:
    said = run(*words)
    assert (said.code, told in said.err, len(said.err.splitlines())) == (1, True, 1)


def test_a_received_region_takes_nothing_in(run: Run, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANZAROTE_OFFICE", "on")
    assert run("results", "samples", "add").code == 0
    with new_instance(read_settings({"LANZAROTE_DATA": str(data), "LANZAROTE_OFFICE": "on"})) as instance:
        received = next(region_id for region_id in instance.loaded() if instance.origin(region_id))
    said = run("import", received, "a.csv", "--template")
    assert (said.code, "it is written elsewhere" in said.err) == (1, True)
