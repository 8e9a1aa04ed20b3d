"""What the tutorial says is done, command by command and file by file, and comes out as it says."""

from __future__ import annotations

import fnmatch
import re
import shlex
from typing import TYPE_CHECKING

from dev import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.journeys.machine import Machine

TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
INSTALLED = ["python3 -m venv .venv", ". .venv/bin/activate", 'pip install "lanzarote[kit]"']
"""What the machine of these tests comes with."""
BUILT = ["lanzarote-0.1.0-py3-none-any.whl", "lanzarote_i18n-0.1.0-py3-none-any.whl"]
"""The files of the platform and of its words, and of no package that comes through the public door."""


def steps() -> Iterator[str]:
    """Commands, and files with their names in the first line, in the order of the page."""
    for kind, text in re.findall(r"^```(sh|toml)\n(.*?)^```$", TUTORIAL, re.MULTILINE | re.DOTALL):
        yield from text.splitlines() if kind == "sh" else [text]


def write(machine: Machine, text: str) -> None:
    name = text.partition("\n")[0].removeprefix("# ")
    (machine.folder / name).write_text(text, "utf-8")
    if name.endswith("sources.toml") and "2026-11-20" in text:
        project = machine.folder / "pyproject.toml"
        project.write_text(project.read_text("utf-8").replace('version = "0.1.0"', 'version = "0.2.0"'), "utf-8")


def mistaken(machine: Machine) -> str:
    """What the check says of the mistake that the page proposes to make."""
    folder = machine.folder / "lanzarote_region_harbour" / "region"
    practice = folder / "practices" / "listening-hour.toml"
    good = practice.read_text("utf-8")
    practice.write_text(good.replace('"harbour-schools"', '"harbour-school"'), "utf-8")
    said = machine.lanzarote("region", "check", folder, fails=True)
    practice.write_text(good, "utf-8")
    return next(line for line in said.splitlines() if line.startswith("practices/"))


def seen(page: Page, machine: Machine, words: list[str]) -> str:
    """What a command that serves shows of the practice."""
    with machine.running(*words, *(["--port", "0"] if words == ["run"] else [])) as site:
        page.goto(f"{site.address}/en/harbour/practices/listening-hour")
        return page.locator("h1").inner_text()


def test_only_the_commands_that_install_the_platform_come_before_those_that_are_run() -> None:
    _, install, _ = re.split(r"^## (?:1\. Install|2\. Begin)$", TUTORIAL, flags=re.MULTILINE)
    assert [
        line for text in re.findall(r"```sh\n(.*?)```", install, re.DOTALL) for line in text.splitlines()
    ] == INSTALLED
    assert "Every command from [Begin](#2-begin) on is run" in TUTORIAL


def test_whoever_is_given_files_is_told_to_install_the_platform_and_its_french() -> None:
    [words] = re.findall(r"`pip install (.*\.whl.*)`", TUTORIAL)
    patterns = [one for one in shlex.split(words) if one.endswith(".whl")]
    assert [fnmatch.filter(BUILT, one) for one in patterns] == [[one] for one in BUILT]


def test_every_step_of_the_tutorial_does_what_it_says(
    page: Page, machine: Callable[[str], Machine], pip: list[str | Path]
) -> None:
    mine = machine("tutorial")
    first, *todo = [*steps()][len(INSTALLED) - 1 :]
    assert [*steps()][: len(INSTALLED)] == INSTALLED
    assert first == INSTALLED[-1]
    said: dict[str, str] = {}
    for step in todo:
        if step.startswith("# "):
            write(mine, step)
            continue
        command, *words = shlex.split(step)
        if command == "cd":
            mine.folder = mine.folder / words[0]
        elif command == "pip":
            assert words[0] == "install"
            mine.install(pip, "--force-reinstall", *words[1:])
        elif command == "pytest":
            said[step] = mine.python("-P", "-m", "pytest", *words)  # as the command: without the folder on the path
        elif command == "python":
            said[step] = mine.python(*words)
        elif words[:2] == ["region", "preview"] or words == ["run"]:
            said[step] = seen(page, mine, words)
        else:
            said[step] = mine.lanzarote(*words)
        if "--tier sourced" in step:
            place, fault = mistaken(mine).split(": partners.0: ")
            assert re.fullmatch(r"practices/listening-hour\.toml:\d+", place)
            assert "did you mean 'harbour-schools'?" in fault
    told = list(said.values())
    assert "It is checked: nothing is to mend" in told[0]
    assert "loadable: reached" in told[1]
    assert "sourced: reached" in told[2]
    assert said["lanzarote region preview lanzarote_region_harbour/region"] == "A listening hour at school"
    assert said["lanzarote run"] == "A listening hour at school"
    assert re.search(r"\b[1-9]\d* passed", said["pytest"])
    [plan] = [text for step, text in said.items() if "region plan" in step]
    assert "lanzarote-region-harbour 0.2.0 (installed: 0.1.0)" in plan
    assert "annual-report" in plan
    assert "harbour" in said["lanzarote upgrade"]
