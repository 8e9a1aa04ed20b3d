"""The package in the guide does what the guide says."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import msgspec
import pytest
from lanzarote.plugins import Candidate, Host
from lanzarote.types import PracticePublished, PracticeSheet

GUIDE = Path(__file__).parents[2] / "docs" / "plugins.md"
BLOCK = re.compile(r"```\w+\n# (\S+)\n(.*?)```", re.DOTALL)


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    for name, text in BLOCK.findall(GUIDE.read_text("utf-8")):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    project = tomllib.loads((tmp_path / "pyproject.toml").read_text("utf-8"))["project"]
    [(name, module)] = project["entry-points"]["lanzarote"].items()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, module, raising=False)
    return Host([Candidate(name=name, module=module, distribution=project["name"], version=project["version"])])


def test_it_is_found_with_its_hooks_and_what_it_says_of_itself(host: Host) -> None:
    [package] = host.ask_all().packages
    assert (package.fault, package.hooks) == ("", ("check_practice", "practice_published"))
    assert package.about["en"] == "Asks writers to spell abbreviations out."


def test_its_check_warns_and_its_event_is_heard(host: Host, caplog: pytest.LogCaptureFixture) -> None:
    text = {"fr": {"title": "Saisir la CRIP", "summary": "L’aide sociale à l’enfance (ASE) décide."}}
    sheet = msgspec.convert({"original": "fr", "text": text}, PracticeSheet)
    [(_, check)] = host.ask("check_practice", ["spelt-out"], region=None, new=sheet, before=None)
    concerns = list(check())
    assert [(one.field, one.level) for one in concerns] == [("text.fr.title", "warn")]
    event = msgspec.convert(
        {"event_id": "1", "at": "2031-01-01T09:00:00Z", "region": "paris", "id": "2", "slug": "a", "address": "https://a",
         "version": 1, "titles": {"fr": "Une salle"}, "standing": "declared", "vouching": "declared",
         "strength": "not-assessed"},
        PracticePublished,
    )  # fmt: skip
    [(_, tell)] = host.ask("practice_published", ["spelt-out"], event=event)
    tell()
    assert "Une salle" in caplog.text
