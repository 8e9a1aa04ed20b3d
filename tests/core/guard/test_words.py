"""Every language in which the platform or a region is offered has its word list, with all kinds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lanzarote.guard.lexicon import KINDS, _files, languages, languages_of, listed

ROOT = Path(__file__).parents[3]
READ_WHOLE = frozenset(("fr", "en", "is", "de", "es", "it", "pl", "pt", "ga", "el", "uk", "tr"))
OFFERED = READ_WHOLE | {
    catalogue.stem for folder in ("i18n", "regions") for catalogue in (ROOT / folder).rglob("*.po")
}  # fmt: skip

NEEDED = frozenset(
    """
    common child children party parties parents kin title little named told aged has unit number pupil person official
    organisation school service lives private phone notname surnamed charged case about report against file
    me my harm lewd known fault saw born bornshort birthdate afterday between sex died mailbox theme idnumber
    othernumber reference orgaccount account network at dot writing signedby suffered conjunction heldphrase
    notage preposition thousand line duty function
    """.split()  # noqa: SIM905
)
"""The kinds that a language has which the guard reads whole; the others are of some languages only.

What each means is told in docs/guard-words.md.
"""


def kinds_listed(language: str) -> set[str]:
    return {kind for kind, listed in _files().get(language, {}).items() if listed}


@pytest.mark.parametrize("language", sorted(OFFERED))
def test_a_language_that_is_offered_has_words_of_all_kinds(language: str) -> None:
    assert NEEDED - kinds_listed(language) == set()
    assert (ROOT / "core/lanzarote/guard/phrases" / f"{language}.txt").exists()


def test_every_kind_is_explained_to_translators_and_used() -> None:
    explained = set(re.findall(r"`([a-z_]+)`", (ROOT / "docs/guard-words.md").read_text("utf-8")))
    kinds = set().union(*map(kinds_listed, languages()))
    assert kinds - explained == set()
    assert kinds >= NEEDED
    code = "".join(file.read_text("utf-8") for file in (ROOT / "core/lanzarote/guard").glob("*.py"))
    assert {kind for kind in kinds if kind not in KINDS and f'"{kind}"' not in code.replace("'", '"')} <= {"common"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Le service a reçu la mère et son enfant", "fr"),
        ("Das Mädchen wurde von der Mutter gebracht", "de"),
        ("Stúlkan kom með móður sinni í viðtal", "is"),
        ("Tháinig an cailín leis an máthair", "ga"),
        ("Çocuk annesi ile birlikte geldi", "tr"),
        ("Дівчинка прийшла з матір’ю до служби", "uk"),
        ("Їдальня", "uk"),
        ("Μανιτάρι", "el"),
    ],
)
def test_the_language_of_a_text_is_told_by_its_words(text: str, language: str) -> None:
    assert language in languages_of(text)


def test_words_are_folded_and_a_low_line_stands_for_a_blank() -> None:
    assert {"mis en cause", "victime"} <= set(listed("fr", "party"))
