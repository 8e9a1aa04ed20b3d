"""What the guard finds and lets pass in a corpus of ten languages; a third of it nobody looked at while tuning."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.guard import check_text, check_texts, may_tell_of_somebody, reads_like_disclosure
from lanzarote.kinds.contents import written_in
from lanzarote.practices.kind import PRACTICES
from lanzarote.types import PracticeSheet

from tests.core.guard.corpus import FOLDER, KINDS, corpus
from tests.core.guard.figures import figures, table

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
LANGUAGES = ("de", "el", "en", "es", "fr", "it", "nl", "pl", "pt", "uk")
PARTS = {"tuned": False, "held out": True, "both": None}
SHEET = frozenset(PracticeSheet.__struct_fields__)
FEWEST = 40
"""Fewer places than this say little about a language: it is judged by both parts together."""


def test_the_corpus_is_large_labelled_in_many_languages_and_small_on_disk() -> None:
    texts = corpus()
    clean = sum(text.kind in ("clean", "correction") for text in texts)
    assert clean >= 800
    assert len(texts) - clean >= 2_000
    assert tuple(sorted({text.language for text in texts})) == LANGUAGES
    assert {text.kind for text in texts} == set(KINDS)
    assert 0.25 < sum(text.held_out for text in texts) / len(texts) < 0.42
    assert sum(file.stat().st_size for file in FOLDER.iterdir() if file.is_file()) < 400_000


@pytest.mark.parametrize("language", [*LANGUAGES, "all"])
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    ("what", "least"),
    [
        ("recall, hard", 0.99),
        ("precision, hard", 0.98),
        ("recall, soft", 0.90),
        ("precision, soft", 0.90),
        ("disclosure", 0.90),
    ],
)
def test_the_guard_reaches_its_figures_in_every_language(language: str, part: str, what: str, least: float) -> None:
    share = figures(PARTS[part])[language, what]
    if share.whole < FEWEST:
        share = figures()[language, what]
    assert share.value >= least, table(PARTS[part])


@pytest.mark.parametrize("language", [*LANGUAGES, "all"])
@pytest.mark.parametrize("what", ["alarms on clean texts", "disclosures on clean texts"])
def test_clean_texts_are_let_pass_in_every_language(language: str, what: str) -> None:
    assert figures()[language, what].value <= 0.05, table(None)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def test_what_iceland_and_the_platform_ship_is_not_stopped() -> None:
    for folder in ("regions/iceland", "core/lanzarote/data"):
        for file in (ROOT / folder).rglob("*.toml"):
            for text in _strings(tomllib.loads(file.read_text("utf-8"))):
                assert not [one for one in check_text(text, identifiers=["is.kennitala"]) if one.hard], text


@pytest.mark.parametrize("folder", ["regions/paris", "tests/regions/second"])
def test_what_regions_ship_raises_no_alarm(folder: str) -> None:
    files = list((ROOT / folder).rglob("*.toml"))
    assert files
    for file in files:
        for text in _strings(tomllib.loads(file.read_text("utf-8"))):
            assert check_text(text, identifiers=["fr.nir"]) == (), text
            assert not reads_like_disclosure(text), text


@pytest.mark.parametrize("folder", ["regions/paris/lanzarote_region_paris/region", "tests/regions/second"])
def test_neighbouring_fields_of_a_practice_raise_no_alarm(folder: str) -> None:
    files = list((ROOT / folder).rglob("practices/*.toml"))
    assert files
    for file in files:
        known = {name: one for name, one in tomllib.loads(file.read_text("utf-8")).items() if name in SHEET}
        sheet = msgspec.convert(known, PracticeSheet)
        assert check_texts(written_in(PRACTICES.shapes, sheet), identifiers=["fr.nir"]) == ()


def test_what_is_stopped_alone_is_stopped_among_the_other_texts_of_a_record() -> None:
    for text in corpus():
        if any(one.hard for one in check_text(text.text)):
            whole = {
                "organisation": "association",
                "text": {"fr": {"summary": text.text, "limits": "Service d’accueil."}},
            }
            body = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
            assert may_tell_of_somebody(body.encode()), body


def test_what_tells_of_nobody_beside_a_text_hides_nothing_of_it() -> None:
    around = ["2012", "2012-03-03", "10.3", "2026-01-01T14:00:00Z", "01970000-0000-7000-8000-000000000000"]
    for text in corpus():
        if any(one.hard for one in check_text(text.text)):
            body = json.dumps([*around, text.text, *around], ensure_ascii=False, separators=(",", ":"))
            assert may_tell_of_somebody(body.encode()), body


@pytest.mark.parametrize("value", ["7", "10.3.a", "2012", "2012-03", "2012-03-03", "2026-01-01T14:00:00.123Z"])
def test_values_of_a_body_that_are_passed_over_tell_of_nobody_by_themselves(value: str) -> None:
    assert not may_tell_of_somebody(json.dumps({"since": value}).encode())
    assert check_text(value, identifiers=["fr.nir", "es.dni", "nl.bsn", "dk.cpr"], only_hard=True) == ()


def test_a_telephone_or_a_number_that_stands_alone_in_a_body_is_seen() -> None:
    for value in ("0612345678", "06 12 34 56 78", "131052-308T", "1234567890"):
        body = json.dumps({"limits": value}).encode()
        assert may_tell_of_somebody(body, ["nl.bsn"]) == bool(check_text(value, identifiers=["nl.bsn"], only_hard=True))
    assert may_tell_of_somebody(b'{"limits":"0612345678"}')
