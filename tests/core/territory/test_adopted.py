"""What the editors of a package propose and what a group adopted are told apart, with how the latter is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.kit.folders import host_with

from tests.core.kit.good import GOOD, REGION, spoilt, write
from tests.core.web.reading import PageRead, client_of

if TYPE_CHECKING:
    from pathlib import Path

PROPOSAL = "A proposal of the editors, not adopted"
ADOPTED = """\
version = 1
editorial = false
sources = ["report"]
note.en = "Adopted in a meeting whose minutes are not public."
note.fr = "Adoptée dans une réunion dont le compte rendu n’est pas public."
"""


def group(place: Path, files: dict[str, str], url: str) -> PageRead:
    """The page of the group of a region made of *files*."""
    folder = write(place, files)
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": url}), host_with([folder], ())) as instance:
        instance.load("good")
        with client_of(instance) as client:
            return PageRead(client.get("/en/good/group").text)


def test_a_rule_that_was_adopted_and_a_grid_that_was_not(tmp_path: Path, sqlite_url: str) -> None:
    page = group(tmp_path, GOOD, sqlite_url)
    rule, grid = page.words.split("How it decides")[-1].split("How practices would be assessed")
    assert PROPOSAL not in rule
    assert f"{PROPOSAL} The group has not adopted this grid. It is shown here for discussion." in grid


def test_a_grid_that_was_adopted_says_how_that_is_known(tmp_path: Path, sqlite_url: str) -> None:
    page = group(tmp_path, spoilt(f"{REGION}/criteria.toml", "version = 1\n", ADOPTED), sqlite_url)
    grid = page.words.split("How practices are assessed")[-1]
    assert PROPOSAL not in page.words
    assert "not verified" in grid.lower()
    assert "Adopted in a meeting whose minutes are not public." in grid
    assert "No practice has been assessed with this grid unless its page says so." in grid
