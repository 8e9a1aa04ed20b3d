"""Queries as people type them, over all that Paris has: what answers them stands first, help where it is needed."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from lanzarote.findable import reading
from lanzarote.instance import Instance
from lanzarote.search.help import asks_for_help

ASKED: list[dict[str, Any]] = tomllib.loads((Path(__file__).parents[1] / "search" / "asked.toml").read_text("utf-8"))[
    "asked"
]
KINDS = {"practice": "p", "provision": "l", "organisation": "o", "article": "a"}
GOOD = 0.75
"""Of the best order that there could be, on average."""


@pytest.fixture(scope="module")
def paris(everywhere: Instance) -> Instance:
    return everywhere


@pytest.fixture(scope="module")
def keys(paris: Instance) -> Mapping[str, str]:
    return {record: key for record, key in paris.database.all_rows("SELECT id, key FROM record") if key}


def answers(paris: Instance, keys: Mapping[str, str], asked: Mapping[str, Any]) -> list[str]:
    found = reading.search(paris, asked["q"], asked["lang"], region_id="paris", limit=20).results
    return [f"{KINDS[one.kind]}:{keys.get(one.id, one.id)}" for one in found if one.kind in KINDS][:10]


def gain(grades: list[int]) -> float:
    return sum(float(2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def test_what_answers_a_query_stands_first(paris: Instance, keys: Mapping[str, str]) -> None:
    told = []
    for asked in ASKED:
        if wanted := asked.get("answers"):
            got = answers(paris, keys, asked)
            told.append(gain([wanted.get(one, 0) for one in got]) / gain(sorted(wanted.values(), reverse=True)[:10]))
    assert len(told) == 50
    assert sum(told) / len(told) >= GOOD


def test_hardly_a_query_that_has_an_answer_gets_none(paris: Instance, keys: Mapping[str, str]) -> None:
    assert [one["q"] for one in ASKED if "answers" in one and not answers(paris, keys, one)] == []


def test_what_has_no_answer_here_gets_none(paris: Instance, keys: Mapping[str, str]) -> None:
    assert [one["q"] for one in ASKED if one.get("quiet") and answers(paris, keys, one)] == []


def test_help_is_offered_where_somebody_needs_it_and_nowhere_else() -> None:
    assert [one["q"] for one in ASKED if asks_for_help(one["q"]) is not one.get("help", False)] == []
