"""Both packages are sourced, and each says openly of every other rule that is not met why, and who could meet it."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lanzarote.kit.check import judged, read_folder

if TYPE_CHECKING:
    from lanzarote.kit.scale.judging import Judgement

REGIONS = Path(__file__).parents[2] / "regions"
READ_ON = date(2026, 11, 29)
"""The day their sources were last read, and on which they are judged: a rule asks how long ago that was, and these
tests are to fail when a package changes, not when a year has passed. Raise it when sources are read again. The command
`lanzarote region check` counts from today."""
CONFIRMED_BY_PEOPLE = {
    "wordings-dated", "mappings-confirmed", "convention-documented", "practices-rest-on-law", "results-told",
    "decision-rule-adopted", "contact-given",
}  # fmt: skip
"""What neither package can give from a desk."""
EXEMPT = {
    "paris": CONFIRMED_BY_PEOPLE
    | {
        "law-findable", "partners-of-both-sides", "sectors-have-bodies", "mandates-dated", "synonyms-in-use",
    },
    "iceland": CONFIRMED_BY_PEOPLE
    | {
        "labels-in-all-languages", "partners-of-both-sides", "hours-told", "territory-described", "sectors-have-bodies",
        "mandate-stated", "languages-reviewed",
    },
}  # fmt: skip
regions = pytest.mark.parametrize("region", EXEMPT)


@cache
def judgement_of(region: str) -> Judgement:
    folder = REGIONS / region / f"lanzarote_region_{region}" / "region"
    return judged(folder, (), read_folder(folder, ()), str, on=READ_ON)


@regions
def test_it_is_sourced_and_asks_for_nothing_beyond_these_exemptions(region: str) -> None:
    judgement = judgement_of(region)
    asked = [f"{one.rule.id}: {problem}" for one in judgement.rulings for problem in one.open]
    assert asked == [], "meet it, or say in quality.toml what is missing, why, and who could mend it"
    assert (judgement.reached, judgement.with_exemptions, judgement.refused) == ("sourced", "sourced", ())
    assert {one.rule.id for one in judgement.rulings if one.asks} == EXEMPT[region]


@regions
def test_what_the_last_tier_asks_and_nobody_has_confirmed_says_who_could(region: str) -> None:
    waiting = [one for one in judgement_of(region).of("exemplary") if one.exemptions]
    assert [one.rule.id for one in waiting if not all(reason.awaits for reason in one.exemptions)] == []


@regions
def test_the_tests_that_come_with_it_pass_where_it_stands(region: str) -> None:
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider"]
    done = subprocess.run(run, cwd=REGIONS / region, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
