"""Synonyms of a region are checked: each word once, concepts that there are, words that find something."""

# ruff: noqa: E501 - a line of a table of faults is read as a whole

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.regions.sound import SOUND, read, told, write

HEARD = '[heard]\nwords.fr = ["audition commune"]\nwords.en = ["joint hearing"]\nconcept = "interview"\n'


def checked(folder: Path, synonyms: str) -> list[str]:
    write(folder, {**SOUND, "synonyms.toml": synonyms})
    return told(read(folder).problems)


def test_words_of_the_folder_that_find_each_other_have_no_fault(folder: Path) -> None:
    assert checked(folder, HEARD) == []


@pytest.mark.parametrize(
    ("synonyms", "expected"),
    [
        (
            HEARD + '\n[again]\nwords.fr = ["tribunal", "Auditions communes"]\n',
            [],
        ),
        (
            HEARD + '\n[again]\nwords.fr = [\n  "tribunal",\n  "Audition commune",\n]\n',
            ["synonyms.toml:9: again.words.fr.1: 'Audition commune' is in 'heard' already; a word says one thing, take one of them out"],
        ),
        (
            '[heard]\nwords.fr = ["tribunal", "Tribunal"]\n',
            ["synonyms.toml:2: heard.words.fr.1: 'Tribunal' is here already; a word says one thing, take one of them out"],
        ),
        (
            '[heard]\nwords.fr = ["tribunal", "cour"]\n',
            ["warning: synonyms.toml:2: heard.words.fr.1: 'cour' is in no text of this folder; only the other words of its entry find something"],
        ),
        (
            '[heard]\nwords.fr = ["tribunal"]\nconcept = "barnhaus"\n',
            ["synonyms.toml:3: heard.concept: 'barnhaus' is no concept of the platform's thesaurus; did you mean 'barnahus'?"],
        ),
        (
            '[heard]\nwords.fr = ["tribunal", "…!"]\n',
            ["synonyms.toml:2: heard.words.fr.1: '…!' holds no word"],
        ),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_line(folder: Path, synonyms: str, expected: list[str]) -> None:
    assert checked(folder, synonyms) == expected


def test_a_word_that_stands_nowhere_is_a_warning_and_a_word_twice_an_error(folder: Path) -> None:
    write(folder, {**SOUND, "synonyms.toml": '[a]\nwords.fr = ["cour", "tribunal"]\n[b]\nwords.en = ["tribunal"]\n'})
    assert {problem.key: problem.warning for problem in read(folder).problems} == {
        "a.words.fr.0": True,
        "b.words.en.0": False,
    }
