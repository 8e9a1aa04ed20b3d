"""A procedure that a package ships has a way through it: what leads nowhere is told at its step."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.regions.sound import faults

PROCEDURE = """\
original = "fr"
nature = "example"
sources = ["page"]

[text.fr]
title = "Un exemple"
purpose = "Montrer."

[text.en]
title = "An example"
purpose = "To show."
"""
STEP = """
[[steps]]
key = "{key}"
sector = "courts"
title.fr = "Étape"
title.en = "Step"
{more}
"""


def steps(*some: tuple[str, str]) -> str:
    return PROCEDURE + "".join(STEP.format(key=key, more=more) for key, more in some)


NOWHERE = "it leads to 'z', which is no step here"
LOST = "no step leads here, and it has no trigger"
BOTH = "it ends here, and b would follow; take out either end or next"
ROUND = "from here the steps go round in a circle that nothing leads out of"


@pytest.mark.parametrize(
    ("some", "expected"),
    [
        ([("a", 'next = ["b"]'), ("b", "end = true")], []),
        ([("a", "")], []),
        ([("a", 'next = ["b"]\nend = true'), ("b", "end = true")], [("steps.a.end: ", BOTH)]),
        (
            [
                ("a", 'branches = [{ to = "b", condition = { en = "Yes", fr = "Oui" } }]\nend = true'),
                ("b", "end = true"),
            ],
            [],
        ),
        ([("a", 'next = ["z"]')], [("steps.a: ", NOWHERE)]),
        ([("a", "end = true"), ("b", "end = true")], [("steps.b: ", LOST)]),
        ([("a", 'next = ["b"]'), ("b", 'next = ["a"]')], [("steps.a: ", ROUND), ("steps.b: ", ROUND)]),
    ],
)
def test_what_leads_nowhere_is_told_at_its_step(
    folder: Path, some: list[tuple[str, str]], expected: list[tuple[str, str]]
) -> None:
    told = faults(folder, procedures__one=steps(*some))
    assert [any(place in line and words in line for line in told) for place, words in expected] == [True] * len(
        expected
    )
    assert len(told) == len(expected), told
