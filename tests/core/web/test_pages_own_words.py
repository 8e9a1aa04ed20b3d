"""A region's words are said on its own pages, and change nothing on those of others."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.plugins import Host, installed

from tests.core.plugins.packages import write_package
from tests.core.web.reading import client_of
from tests.regions.writing import write_region

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from litestar.testing import TestClient

REGION = '@hookimpl\ndef regions():\n    return (Region.from_folder(Path(__file__).parent / "region"),)\n'
LANGUAGES = ("en", "fr", "fi")
SAID = "Spells"


def bringing_words(folder: Path, name: str, *languages: str) -> Any:
    """A region in English, French and Finnish that has a word of its own for practices in *languages*."""
    candidate = write_package(folder, name, REGION)
    sector = {"common": ["judicial"], "side": "public", "name": dict.fromkeys(LANGUAGES, "Courts")}
    header = {"id": name, "languages": [*LANGUAGES], "name": dict.fromkeys(LANGUAGES, name.title())}
    region = write_region(folder / candidate.module / "region", header=header, sectors={"courts": sector})
    (region / "translations" / "lanzarote").mkdir(parents=True)
    for language in languages:
        words = f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n\nmsgid "Practices"\nmsgstr "{SAID}"\n'
        (region / "translations" / "lanzarote" / f"{language}.po").write_text(words, "utf-8")
    return candidate


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Instance]:
    """Two regions; the first, and a third that is installed and not loaded, have words of their own."""
    from tests.conftest import copy_of

    folder = tmp_path_factory.mktemp("own-words")
    url = copy_of(sqlite_template, folder)
    sys.path.insert(0, str(folder))
    try:
        words = [bringing_words(folder, "first", *LANGUAGES), bringing_words(folder, "third", *LANGUAGES)]
        host = Host([*installed(), *words, bringing_words(folder, "second")])
        with new_instance(read_settings({"LANZAROTE_DATABASE_URL": url}), host) as instance:
            host.ask_all()
            instance.load("first")
            instance.load("second")
            yield instance
    finally:
        sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def served(instance: Instance) -> Iterator[TestClient[Any]]:
    with client_of(instance) as client:
        yield client


def label(client: TestClient[Any], page: str) -> str:
    """What the page calls practices in its menu."""
    answer = client.get(page)
    assert answer.status_code == 200
    found: list[str] = re.findall(r'<a href="[^"]+/(?:practices|search)"[^>]*>(?:<[^>]+>)?([^<]+)<', answer.text)
    return found[0]


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("/fr/first", SAID),
        ("/fr/second", "Pratiques"),
        ("/fr", "Pratiques"),
        ("/en/first", "Practices"),
        ("/en/second", "Practices"),
        ("/en", "Practices"),
        ("/fi/first", SAID),
        ("/fi/second", "Practices"),
        # No package speaks Finnish: a page of no region says it as the region does that brings it.
        ("/fi", SAID),
    ],
)
def test_words_of_a_region_are_said_on_its_own_pages(served: TestClient[Any], page: str, said: str) -> None:
    assert label(served, page) == said


def test_whoever_runs_the_site_learns_of_words_in_english_and_of_other_words(instance: Instance) -> None:
    instance.translations.read_all()
    told = {one.name: one for one in instance.host.packages}
    [english] = told["first"].left_aside
    assert english.endswith(
        "en.po is not used: English is the language of the platform itself, which no catalogue changes; "
        "take the file out"
    )
    [french] = told["first"].remarks
    assert french.endswith(
        'fr.po says 1 message in other words than other catalogues ("Practices"): '
        "its own are said on the pages of its own region"
    )
    assert (told["third"].left_aside, told["third"].remarks) == ((), ())
