"""What a region adds to the thesaurus finds its records, and no longer once the package leaves it out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lanzarote.findable import reading
from lanzarote.instance import Instance

from tests.regions.writing import RegionPackage, region_package

PRACTICES = {
    "one-house": {
        "text": {
            "en": {"title": "One house", "summary": "The Zephyr unit hears a child once."},
            "fr": {"title": "Une maison", "summary": "L’unité Zéphyr entend l’enfant une fois."},
        },
    },
    "other": {},
}
SYNONYMS = {
    "zephyr": {"words": {"fr": ["unité Zéphyr", "UZ"]}, "concept": "barnahus"},
}


@pytest.fixture
def package(tmp_path: Path) -> Iterator[RegionPackage]:
    with region_package(tmp_path) as package:
        yield package


def found(instance: Instance, words: str, lang: str = "fr") -> list[str]:
    results = reading.search(instance, words, lang, region_id="testland").results
    return [one.title["en"] for one in results if one.kind == "practice"]


def test_a_region_s_words_find_what_the_platform_s_find_and_the_other_way(
    package: RegionPackage, sqlite_url: str
) -> None:
    package.write(practices=PRACTICES, synonyms=SYNONYMS)
    with package.instance(sqlite_url) as instance:
        instance.load("testland")
        instance.worker.run_due()
        assert found(instance, "UZ") == ["One house"]
        assert found(instance, "barnahus", "en") == ["One house"]
        assert found(instance, "çocuk izlem merkezi") == ["One house"]
    package.write(practices=PRACTICES)
    with package.instance(sqlite_url) as instance:
        instance.load("testland")
        instance.worker.run_due()
        assert found(instance, "UZ") == []
        assert found(instance, "zephyr") == ["One house"]
