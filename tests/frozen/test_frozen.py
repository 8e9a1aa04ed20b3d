"""The product does today what ``kept/`` records.

Recorded are: routes with their permissions, and who gets which answer; where actions lead from each state; the API's
description; the tables; and, of a region with something of everything, the rows, the archive, the results, and the
forms of its team. Names of modules, functions and classes are recorded only where they show outside: the order of the
code may change.

A difference that is meant is one line of ``differences.md``. This writes the files anew, and the line::

    .venv/bin/python -m tests.frozen.renew "Why what the product does has changed"
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.frozen.comparing import differences
from tests.frozen.region import described
from tests.frozen.renew import REASON, note

KEPT = Path(__file__).parent / "kept"
NAMES = (
    "archive.txt",
    "forms.txt",
    "lifecycles.txt",
    "pages.txt",
    "permissions.txt",
    "resources.txt",
    "results.txt",
    "rows.txt",
    "schema.txt",
)


@pytest.fixture(scope="module")
def today(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return described(sqlite_template, tmp_path_factory.mktemp("frozen"))


@pytest.mark.parametrize("name", NAMES)
def test_the_product_does_what_it_did(today: dict[str, str], name: str) -> None:
    file = KEPT / name
    before = file.read_text("utf-8") if file.exists() else ""
    found = differences(before, today[name])
    if REASON in os.environ:
        if found:
            file.write_text(today[name], "utf-8")
            note(name, before, today[name], os.environ[REASON])
        return
    shown = "\n".join(f"    {line}" for line in found)
    if found:
        pytest.fail(f"The product no longer does what {file.relative_to(KEPT.parent)} records:\n{shown}", pytrace=False)


def test_all_that_is_described_is_compared(today: dict[str, str]) -> None:
    assert sorted(today) == list(NAMES)


BEFORE = "GET /a  public\n    gives A\n    200\nGET /b  public\n"


@pytest.mark.parametrize(
    ("after", "shown"),
    [
        (BEFORE, []),
        (BEFORE.replace("gives A", "gives B"), ["GET /a", "-    gives A", "+    gives B"]),
        (BEFORE.replace("/b  public", "/b  group.lead"), ["GET /b", "-    public", "+    group.lead"]),
        (BEFORE.replace("/b", "/c"), ["GET /b (is gone)", "GET /c (is new)"]),
        ("GET /b  public\nGET /a  public\n    gives A\n    200\n", ["The same parts are in another order."]),
        (BEFORE + "GET /b  public\n", ["GET /b #2 (is new)"]),
    ],
)
def test_a_difference_is_shown_under_the_part_that_it_is_in(after: str, shown: list[str]) -> None:
    assert differences(BEFORE, after) == shown
