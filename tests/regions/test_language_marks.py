"""Words in another language than their page say so, so that a screen reader speaks them as they are written.

Ukrainian has a catalogue of a few words: nearly everything the platform says on these pages falls back to English. Its
letters are not those of English and French, which shows what is in which language.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import lanzarote_region_paris
import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.plugins import Candidate, Host
from litestar.testing import TestClient

from tests.core.web.reading import PageRead, Spoken, client_of
from tests.regions.second import candidates

NAMES = re.compile(
    r"https?://\S+|/api/\S+|[\w.-]+\.(?:example|fr|org|eu|com|net)\b"
    r"|\b(?:Lanzarote|CETS|CC[ -]BY[ -]4\.0|CSV|Excel|[IVX]+|LEGITEXT\d+)(?!\w)"
)
"""What is called alike in every language: names, addresses, file formats, the numbers of chapters."""
LATIN, CYRILLIC = re.compile("[A-Za-zÀ-ɏ]{2}"), re.compile("[а-яіїєґА-ЯІЇЄҐ]{3}")


@pytest.fixture(scope="module")
def reader(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient[Any]]:
    """Asks an instance with the second region, and with Paris as if its team had begun to work in Ukrainian too."""
    from tests.conftest import copy_of

    folder = tmp_path_factory.mktemp("marks")
    url = copy_of(sqlite_template, folder)
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": url}), with_paris_in_ukrainian(folder)) as instance:
        instance.load("paris")
        instance.load("second-region")
        with client_of(instance) as client:
            yield client


def with_paris_in_ukrainian(folder: Path) -> Host:
    name = "lanzarote_region_paris_in_ukrainian"
    shutil.copytree(Path(lanzarote_region_paris.__file__).parent, folder / name)
    header = folder / name / "region" / "region.toml"
    written = 'languages = ["fr", "en"]\n'
    assert written in header.read_text("utf-8")
    changed = header.read_text("utf-8").replace(written, 'languages = ["fr", "en", "uk"]\ndraft = ["uk"]\n')
    header.write_text(changed, "utf-8")
    sys.path.append(str(folder))
    others = (one for one in candidates() if one.name != "paris")
    return Host((*others, Candidate(name="paris", module=name)))


def pages(client: TestClient[Any], *starts: str) -> Iterator[tuple[str, str]]:
    """Every page in Ukrainian that links lead to from *starts*, each once whatever narrows it."""
    waiting, seen = list(starts), set(starts)
    while waiting:
        path = waiting.pop(0)
        answer = client.get(path)
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        assert answer.status_code == 200, path
        yield path, answer.text
        for link in PageRead(answer.text).links:
            address = urlsplit(link.get("href", "")).path
            if address.startswith("/uk") and address not in seen:
                seen.add(address)
                waiting.append(address)


@pytest.fixture(scope="module")
def walked(reader: TestClient[Any]) -> dict[str, Spoken]:
    starts = (
        "/uk", "/uk/second-region", "/uk/second-region/shortlist?p=yizhak-u-sudi", "/uk/second-region/practices?q=ніде",
        "/uk/paris", "/uk/paris/practices?q=hopital", "/uk/paris/shortlist?p=pare&p=uaped", "/uk/search?q=école",
    )  # fmt: skip
    return {path: Spoken(html) for path, html in pages(reader, *starts)}


def test_the_walk_comes_everywhere(walked: dict[str, Spoken]) -> None:
    rooms = {path.split("/")[3] for path in walked if path.startswith("/uk/paris/")}
    assert {"practices", "sectors", "organisations", "law", "ages", "coverage", "sources", "group", "help"} <= rooms
    assert len(walked) > 200


def test_latin_words_on_a_ukrainian_page_are_said_in_their_own_language(walked: dict[str, Spoken]) -> None:
    unmarked = {
        said: path
        for path, page in walked.items()
        for lang, said in page.pieces
        if lang == "uk" and LATIN.search(NAMES.sub("", said))
    }
    assert unmarked == {}


def test_no_ukrainian_word_is_said_in_another_language(walked: dict[str, Spoken]) -> None:
    mistaken = {
        said: path
        for path, page in walked.items()
        for lang, said in page.pieces
        if lang != "uk" and CYRILLIC.search(said)
    }
    assert mistaken == {}


def test_what_holds_words_only_is_marked_if_it_is_in_one_language(walked: dict[str, Spoken]) -> None:
    unmarked = {
        said: path
        for path, page in walked.items()
        for lang, said in page.titles
        if lang == "uk" and LATIN.search(NAMES.sub("", said)) and not CYRILLIC.search(said.partition(" – Lanzarote")[0])
    }
    assert unmarked == {}


def test_the_label_of_a_part_of_the_page_is_said_in_its_own_language(walked: dict[str, Spoken]) -> None:
    labels = {one for page in walked.values() for one in page.labels}
    assert ("en", "You are here") in labels
    assert {said for lang, said in labels if lang == "uk" and LATIN.search(said)} == set()


def test_no_element_stands_where_only_words_can(walked: dict[str, Spoken]) -> None:
    words = [word for page in walked.values() for word in (*page.attributes, *(said for _, said in page.titles))]
    assert [word for word in words if "<span" in word] == []


def test_a_feed_names_the_language_of_what_fell_back(reader: TestClient[Any]) -> None:
    feed = ElementTree.fromstring(reader.get("/uk/paris/practices.atom").text)  # noqa: S314 (ours)
    language, atom = "{http://www.w3.org/XML/1998/namespace}lang", "{http://www.w3.org/2005/Atom}"
    assert feed.attrib[language] == "uk"
    told = [one.attrib[language] for tag in ("title", "subtitle") for one in feed.findall(f"{atom}{tag}")]
    assert told == ["en", "en"]
    assert {one.attrib[language] for one in feed.iter(f"{atom}category")} == {"fr"}


def test_linked_data_name_the_language_of_the_words(reader: TestClient[Any]) -> None:
    [block] = re.findall(r'ld\+json">(.*?)</script>', reader.get("/uk/paris/practices/pare").text)
    assert json.loads(block)["inLanguage"] == "fr"


def test_the_publisher_of_a_source_is_in_the_language_they_were_written_in(reader: TestClient[Any]) -> None:
    assert '<span class="where"><span lang="fr">Légifrance</span>' in reader.get("/en/paris/sources").text
    assert '<span class="where">Légifrance' in reader.get("/fr/paris/sources").text
