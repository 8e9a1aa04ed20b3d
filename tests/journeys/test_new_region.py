"""A developer begins a region with one command, and hands on what a stranger installs, tests, starts and visits."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest
from msgspec import Struct

from dev import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.journeys.machine import Machine

GUIDE, TESTING = (ROOT / "docs" / f"{name}.md" for name in ("region-packages", "testing-packages"))
REGION = "capital-region"
WHEEL = "lanzarote_region_capital_region-0.1.0-py3-none-any.whl"
MOST = 300


class Package(Struct, frozen=True):
    machine: Machine
    """On which the wheel is installed."""
    folder: Path
    said: str
    """By the command that made it."""


@pytest.fixture(scope="module")
def package(machine: Callable[[str], Machine], pip: list[str | Path]) -> Package:
    made = machine("scaffold")
    [command] = re.findall(r"^lanzarote (region new .*)$", GUIDE.read_text("utf-8"), re.MULTILINE)
    said = made.lanzarote(*shlex.split(command))
    [wheel] = (made.home / f"lanzarote-region-{REGION}").glob("dist/*.whl")
    made.install(pip, wheel)
    return Package(made, made.home / f"lanzarote-region-{REGION}", said)


def test_one_command_makes_checks_and_packs_it(package: Package) -> None:
    assert "It is checked: nothing is to mend, and the platform can load it.\n" in package.said
    assert f"Wheel: lanzarote-region-{REGION}/dist/{WHEEL}\n" in package.said


def test_it_is_found_and_nothing_is_wrong_with_it(package: Package) -> None:
    assert re.search(rf"^  {REGION}  \(lanzarote-region-{REGION} 0\.1\.0, API >=1,<2\): regions$",
                     package.machine.lanzarote("plugins"), re.MULTILINE)  # fmt: skip


def test_its_own_tests_and_those_of_the_guide_pass_where_it_is_installed(package: Package) -> None:
    [(name, text)] = re.findall(
        r"^```python\n# (tests/test_\S+)\n(.*?)^```$", TESTING.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    (package.folder / name).write_text(text, "utf-8")
    said = package.machine.python("-m", "pytest", "-q", "-p", "no:cacheprovider", package.folder)
    assert re.search(r"^7 passed", said, re.MULTILINE), said


def test_it_is_started_and_every_page_of_it_opens_in_a_browser(page: Page, package: Package) -> None:
    package.machine.lanzarote("load", REGION)
    with package.machine.running() as site:
        page.goto(f"{site.address}/is/{REGION}")
        assert page.locator(".brand-place").inner_text() == "Höfuðborgarsvæði"
        page.goto(f"{site.address}/en/{REGION}/practices")
        assert page.get_by_text("No practices here").or_(page.get_by_text("No practice")).first.is_visible()

        waiting = [f"{site.address}/{language}/{REGION}" for language in ("is", "en")]
        seen: set[str] = set()
        while waiting:
            assert len(seen) < MOST
            address = waiting.pop()
            if address in seen:
                continue
            seen.add(address)
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 200, address
            assert page.locator("h1").count() == 1, address
            there: list[str] = page.locator("a[href]").evaluate_all("links => links.map(link => link.href)")
            pages = (href.partition("#")[0] for href in there if "?" not in href and not re.search(r"\.\w+$", href))
            waiting += [href for href in pages if re.match(rf"{site.address}/(is|en)/{REGION}(/|$)", href)]
    assert {
        f"{site.address}/{language}/{REGION}/{room}" for language in ("is", "en") for room in ("law", "help")
    } <= seen
    assert len(seen) > 40
