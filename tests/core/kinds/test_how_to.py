"""To add a field, an action, a page, a hook, it is enough to do what ``docs/architecture.md`` says.

A copy of the platform is changed as that page says, file by file, and then used (``how_to/used.py``).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[3]
USED: Final = "tests/core/kinds/how_to/used.py"
Edits = dict[str, tuple[tuple[str, str], ...]]
"""File of the core → what stands there and what is written instead."""
FIELD: Final[Edits] = {
    "types/improvements.py": (
        ("    limits: _Long | None = None\n", "    limits: _Long | None = None\n    often: _Long | None = None\n"),
    ),
    "improvements/finding_kind.py": (
        (
            '        name="limits",\n',
            '        name="often", label=N_("How often it happens")),\n    Field(\n        name="limits",\n',
        ),
    ),
}
ACTION: Final[Edits] = {
    "procedures/writing.py": (
        (
            "def supersede(",
            "def thank(session: Session, record: Record, *, by: Actor, at: datetime) -> None:\n"
            '    hold(session, record, "group.lead", by)\n'
            '    records.decide(session, record, record.status, "thank", by=by.account_id, at=at)\n\n\n'
            "def supersede(",
        ),
    ),
    "procedures/kind.py": (
        (
            "    Action(\n",
            '    Action(\n        name="thank", label=N_("Thank the parties"), may="group.lead", do=writing.thank,\n'
            "        when=lambda record, state: True,\n"
            '        text=N_("The group reads your words."), told="Thank the parties.", done=N_("Parties thanked."),\n'
            "    ),\n    Action(\n",
        ),
    ),
}
PAGE: Final[Edits] = {
    "territory/pages.py": (
        (
            "handlers = (\n",
            '@page("/{lang:str}/{region:str}/welcome")\n'
            "def welcome(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:\n"
            '    return site.view(request, lang, region).render("territory/welcome.html")\n\n\n'
            "handlers = (\n    welcome,\n",
        ),
    ),
}
WELCOME: Final = (
    '{% extends "layout.html" %}{% block main %}<h1>Welcome to {{ view.say(view.region.name) }}</h1>{% endblock %}'
)
HOOK: Final[Edits] = {
    "hookspecs.py": (
        (
            "@hookspec\ndef check_practice(",
            "@hookspec\ndef greetings() -> Iterable[Catalogue]:  # type: ignore[empty-body]\n"
            '    """Return words of welcome."""\n\n\n'
            "@hookspec\ndef check_practice(",
        ),
    ),
    "plugins/answers.py": (
        ('    "exporters": Exporter,\n', '    "exporters": Exporter,\n    "greetings": Catalogue,\n'),
    ),
}


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest says of the copy with everything added."""
    core = tmp_path_factory.mktemp("core") / "lanzarote"
    shutil.copytree(ROOT / "core/lanzarote", core, copy_function=os.symlink)
    for edits in (FIELD, ACTION, PAGE, HOOK):
        for name, changes in edits.items():
            text = (core / name).read_text("utf-8")
            for before, after in changes:
                assert before in text, (name, before)
                text = text.replace(before, after, 1)
            (core / name).unlink()
            (core / name).write_text(text, "utf-8")
    (core / "territory/templates/welcome.html").write_text(WELCOME, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA", "-n0", "-p", "no:cacheprovider", "--tb=short", USED],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(core.parent)},
        capture_output=True,
        text=True,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    "claim",
    [
        "a_field_is_in_form_page_program_difference_and_archive",
        "a_field_is_checked_and_worded_like_the_others",
        "an_action_has_page_form_and_resource",
        "a_page_answers",
        "a_hook_is_asked",
    ],
)
def test_what_is_added_as_the_page_says_works(used: str, claim: str) -> None:
    assert f"PASSED {USED}::test_{claim}" in used, used


def test_a_field_and_an_action_touch_two_files_each() -> None:
    assert (len(FIELD), len(ACTION)) == (2, 2)
