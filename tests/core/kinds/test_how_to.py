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
        ("from typing import Annotated, Final\n", "from typing import Annotated, Final, Literal\n"),
        ("    limits: _Long | None = None\n", "    limits: _Long | None = None\n    often: _Long | None = None\n"),
        (
            "    observed_on: PartialDate | None = None\n",
            '    observed_on: PartialDate | None = None\n    grave: Literal["some", "very"] | None = None\n',
        ),
    ),
    "improvements/finding_kind.py": (
        (
            '        name="limits",\n',
            '        name="often", label=N_("How often it happens")),\n'
            '    Field(name="grave", label=N_("How grave it is"),\n'
            '          words={"some": N_("Somewhat"), "very": N_("Very")}),\n'
            '    Field(\n        name="limits",\n',
        ),
    ),
}
ACTION: Final[Edits] = {
    "procedures/model.py": (
        (
            "class ProcedureStatus(",
            "class Rehearsal(Value, frozen=True, kw_only=True):\n    on: date\n"
            '    remark: Annotated[str, Meta(extra_json_schema={"maxLength": 200})] = ""\n\n\n'
            "class ProcedureStatus(",
        ),
        ("    reviewed_on: date", "    rehearsed: Rehearsal | None = None\n    reviewed_on: date"),
        (
            "from typing import TYPE_CHECKING, ",
            "from msgspec import Meta\nfrom typing import TYPE_CHECKING, Annotated, ",
        ),
    ),
    "procedures/writing.py": (
        (
            "def supersede(",
            "def rehearse(session: Session, record: Record, *, given: Any, today: Any, by: Any, at: Any) -> None:\n"
            '    hold(session, record, "group.lead", by)\n'
            "    if given.on > today:\n"
            '        raise Faulty([Fault(field="on", text=N_("This day has not come yet."))])\n'
            "    status = msgspec.structs.replace(status_of(record), rehearsed=given)\n"
            '    records.decide(session, record, encode(status), "rehearse", by=by.account_id, at=at)\n\n\n'
            "def supersede(",
        ),
    ),
    "procedures/kind.py": (
        (
            "    Action(\n",
            '    Action(\n        name="rehearse", label=N_("Record a rehearsal"), may="group.lead",\n'
            "        do=writing.rehearse, when=lambda record, state: True, asks=Rehearsal, fields=(\n"
            '            Field(name="on", label=N_("Day")), Field(name="remark", label=N_("Remark"))),\n'
            '        text=N_("The group reads it."), told="Record a rehearsal.", done=N_("Rehearsal recorded."),\n'
            "    ),\n    Action(\n",
        ),
        ("from lanzarote.procedures.model import ", "from lanzarote.procedures.model import Rehearsal, "),
    ),
    "procedures/record_kind.py": (
        ('        "look-again": ', '        "rehearse": N_("recorded a rehearsal"),\n        "look-again": '),
    ),
}
PAGE: Final[Edits] = {
    "territory/pages.py": (
        (
            '@page("/{lang:str}/{region:str}/sources"',
            '@page("/{lang:str}/{region:str}/welcome")\n'
            "def welcome(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:\n"
            '    return site.view(request, lang, region).render("territory/welcome.html")\n\n\n'
            '@page("/{lang:str}/{region:str}/sources"',
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
        "a_choice_may_stay_open",
        "a_field_is_checked_and_worded_like_the_others",
        "an_action_has_page_form_resource_and_a_line_of_history",
        "what_an_action_is_given_is_measured_and_passes_the_guard",
        "a_page_answers",
        "a_hook_is_asked",
    ],
)
def test_what_is_added_as_the_page_says_works(used: str, claim: str) -> None:
    assert f"PASSED {USED}::test_{claim}" in used, used


def test_a_field_touches_two_files_and_an_action_the_four_of_its_room() -> None:
    assert len(FIELD) == 2
    assert set(ACTION) == {f"procedures/{name}.py" for name in ("model", "writing", "kind", "record_kind")}
