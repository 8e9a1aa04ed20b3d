"""The command writes the document that the pages give."""

from __future__ import annotations

from pathlib import Path

import pytest
from lanzarote.cli import main

from tests.conftest import copy_of


@pytest.fixture(autouse=True)
def here(paris_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANZAROTE_DATABASE_URL", copy_of(paris_template, tmp_path))
    monkeypatch.setenv("LANZAROTE_DATA", str(tmp_path))


def test_chosen_practices_land_in_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "two.pdf"
    assert (
        main(["document", "paris", "-o", str(file), "--language", "en", "--practice", "uaped", "--practice", "pare"])
        == 0
    )
    assert capsys.readouterr().out.startswith(f"{file}: 2 records, ")
    assert file.read_bytes()[:4] == b"%PDF"
    assert sorted(one.name for one in tmp_path.glob("*.pdf*")) == ["two.pdf"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--practice", "nothing"], "There is no public practice 'nothing'; there are: "),
        (["--language", "de"], "paris is not written in 'de'; it is in: fr, en."),
        (["--format", "epub"], "No installed package writes documents as 'epub' (formats there are: pdf)."),
        (["--title", "x" * 200], "Give it a title of at most 120 letters."),
    ],
)
def test_what_cannot_be_written_is_told_and_no_file_is_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    file = tmp_path / "none.pdf"
    assert main(["document", "paris", "-o", str(file), *words]) == 1
    assert said in capsys.readouterr().err
    assert not file.exists()


@pytest.mark.parametrize("name", ["d.txt", "d", "pdf"])
def test_a_name_that_does_not_end_as_the_format_does_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    file = tmp_path / name
    assert main(["document", "paris", "-o", str(file), "--practice", "uaped"]) == 1
    told = f"{file} does not end as a document does that is written as 'pdf'; endings there are: .pdf (--format pdf)."
    assert told in capsys.readouterr().err
    assert not file.exists()


def test_the_ending_may_be_written_in_capitals(tmp_path: Path) -> None:
    file = tmp_path / "TWO.PDF"
    assert main(["document", "paris", "-o", str(file), "--practice", "uaped"]) == 0
    assert file.exists()
