"""The command writes the document that the pages give."""

from __future__ import annotations

import subprocess
from pathlib import Path

import msgspec
import pytest
from lanzarote.cli import main
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.practices.model import Published
from sqlalchemy import select

from tests.conftest import copy_of
from tests.core.cli.test_running import LANZAROTE
from tests.plugins.test_compendium import elements


@pytest.fixture(autouse=True)
def here(paris_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = copy_of(paris_template, tmp_path)
    monkeypatch.setenv("LANZAROTE_DATABASE_URL", url)
    monkeypatch.setenv("LANZAROTE_DATA", str(tmp_path))
    return url


def only_in_french(url: str, *slugs: str) -> list[str]:
    """Take the translation from these practices of Paris; their titles."""
    titles = []
    with (
        new_instance(read_settings({"LANZAROTE_DATABASE_URL": url})) as instance,
        instance.database.write("paris") as session,
    ):
        for row in session.scalars(select(Published).where(Published.slug.in_(slugs))):
            document = msgspec.json.decode(row.document)
            document["text"] = {"fr": document["text"]["fr"]}
            row.document = msgspec.json.encode(document)
            titles.append(document["text"]["fr"]["title"])
    return titles


def titles(file: Path) -> list[tuple[str, str]]:
    """The title of every record in *file*, with the language that its tag names where it is not the document's."""
    headings = [one for one in elements(file.read_bytes()) if one.get("/S") == "/H2" and one.get("/T")]
    return [(str(one["/T"]), str(one.get("/Lang", ""))) for one in headings]


def test_a_practice_that_is_not_translated_is_set_in_the_language_it_has(here: str, tmp_path: Path) -> None:
    [french] = only_in_french(here, "uaped")
    file = tmp_path / "one.pdf"
    assert main(["document", "paris", "-o", str(file), "--language", "en", "--practice", "uaped"]) == 0
    assert titles(file) == [(french, "fr")]


def test_a_whole_document_marks_what_is_translated_and_what_is_not(here: str, tmp_path: Path) -> None:
    french = only_in_french(here, "uaped", "pare")
    file = tmp_path / "all.pdf"
    assert main(["document", "paris", "-o", str(file), "--language", "en"]) == 0
    told = titles(file)
    assert len(told) > len(french)
    assert sorted(title for title, lang in told if lang == "fr") == sorted(french)
    assert {lang for _, lang in told} == {"", "fr"}


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


def test_the_command_ends_without_a_word_of_what_it_asked_packages(here: str, tmp_path: Path) -> None:
    asked = [str(LANZAROTE), "document", "paris", "--practice", "uaped", "-o", str(tmp_path / "one.pdf")]
    for _ in range(2):  # what packages contribute is read, and then remembered
        done = subprocess.run(asked, capture_output=True, text=True, timeout=120, check=False)
        assert (done.returncode, done.stderr) == (0, "")
