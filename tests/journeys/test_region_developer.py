"""A developer adds a region, from the guide for region packages alone: its blocks are the files of this journey."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from msgspec import Struct

from dev import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.journeys.machine import Machine

GUIDE = ROOT / "docs" / "region-packages.md"
FACTS = "lanzarote_region_example/region"
ORGANISATIONS = f"{FACTS}/organisations.toml"


class Work(Struct, frozen=True):
    machine: Machine
    folder: Path
    """The package as the guide gives it."""

    def check(self, *, fails: bool = False) -> str:
        return self.machine.lanzarote("region", "check", self.folder / FACTS, fails=fails)


def blocks() -> dict[str, str]:
    """File → text, for each block of the guide that names its file in its first line."""
    found = re.findall(r"^```(?:toml|python)\n(# (\S+)\n.*?)^```$", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return {name: text for text, name in found}


@pytest.fixture(scope="session")
def work(machine: Callable[[str], Machine]) -> Work:
    made = machine("developer")
    folder = made.home / "lanzarote-region-example"
    for name, text in blocks().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return Work(made, folder)


def test_every_file_in_the_guide_is_part_of_the_package() -> None:
    shown = re.findall(r"^```(?:toml|python)$", GUIDE.read_text("utf-8"), re.MULTILINE)

    assert len(blocks()) == len(shown)
    assert {"pyproject.toml", "lanzarote_region_example/__init__.py", f"{FACTS}/region.toml"} <= set(blocks())


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ('sectors = ["schools"]', 'sectors = ["school"]', "did you mean 'schools'?"),
        ('side = "public"', 'side = "state"', "'state' is none of: civil-society, mixed, private, public"),
        ("verified = true", "verifed = true", "did you mean 'verified'?"),
        (
            'sources = ["annual-report"]',
            'sources = ["report"]',
            "'report' is not in sources.toml; did you mean 'annual-report'?",
        ),
        ('side = "public"', "side = public", "text is put in quotes"),
    ],
    ids=["unknown sector", "unknown side", "misspelt key", "unknown source", "not TOML"],
)
def test_the_check_of_a_first_draft_names_file_line_and_way_out(work: Work, right: str, wrong: str, told: str) -> None:
    file = work.folder / ORGANISATIONS
    good = file.read_text("utf-8")
    line = good[: good.index(right)].count("\n") + 1
    file.write_text(good.replace(right, wrong, 1), "utf-8")
    try:
        said = work.check(fails=True).splitlines()
    finally:
        file.write_text(good, "utf-8")

    assert said[0].startswith(f"organisations.toml:{line}: ")
    assert told in said[0]
    assert said[1:] == ["1 fault to mend, 0 warnings."]


def test_the_mended_draft_passes(work: Work) -> None:
    said = work.check()

    assert said.partition("\n")[0].endswith(
        "can be loaded: 2 sectors, 2 organisations, 0 provisions, 1 practice, 1 source."
    )
    assert "Reached: sourced." in said.splitlines()


def test_the_package_is_built_installed_beside_paris_and_shown(page: Page, work: Work, pip: list[str | Path]) -> None:
    work.machine.install(pip, work.folder)
    assert "example" in work.machine.lanzarote("plugins")
    refused = work.machine.lanzarote("run", "--port", "0", fails=True)
    assert "lanzarote run --region" in refused
    assert "Loading example" in work.machine.lanzarote("load", "paris", "example")

    with work.machine.running() as site:
        page.goto(f"{site.address}/en/example")
        assert page.locator(".brand-place").inner_text() == "Example"
        page.get_by_role("searchbox").fill("listèning")
        page.keyboard.press("Enter")
        page.wait_for_url("**q=*")
        page.get_by_role("link", name="A listening hour at school").first.click()
        page.wait_for_url("**/practices/listening-hour*")

        assert page.url.startswith(f"{site.address}/en/example/practices/listening-hour")
        assert page.get_by_text("Gives the room.").is_visible()
        assert page.get_by_text("A child in danger?").first.is_visible()
        assert [link.get_attribute("href") for link in page.locator(".sources a").all()] == [
            "https://schools.example/report"
        ]
        page.goto(f"{site.address}/fr/paris")
        assert page.locator(".brand-place").inner_text() == "Paris"
        assert [line for line in work.machine.lanzarote("doctor").splitlines() if line.startswith("!")] == []


def test_the_folder_is_previewed_without_being_kept(page: Page, work: Work) -> None:
    before = set(work.machine.home.rglob("*"))
    with work.machine.running("region", "preview", str(work.folder / FACTS)) as site:
        page.goto(f"{site.address}/en/example/practices")

        assert page.locator(".card").count() == 1
        assert "Stopped." in site.stop()
    assert set(work.machine.home.rglob("*")) == before
