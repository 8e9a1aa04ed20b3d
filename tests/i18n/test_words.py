"""Messages, documentation and public docstrings say things in plain words: those that are listed here are none of ours.

A message is excepted by itself, never a word as a whole: who adds one reads the list.
"""

from __future__ import annotations

import argparse
import ast
import re
from typing import TYPE_CHECKING

import pytest
from lanzarote.cli import parser

from dev import ROOT
from tests.i18n.test_french import ENTRIES, TO_A_CHILD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

ENGLISH = {
    r"\bstands?\b(?! (for|by)\b)": "is, appears",
    r"\b(written|writes?|wrote|writing) (it |them |that )?down\b": "record",
    r"\bw(rite|rites|rote) (the |a |your )?\w+ down\b": "record",
    r"\bany more\b": "no longer",
    r"\bno more(?=[.,;:]|$)": "no longer",
    r"\b[Ww]hoever\b": "the person who, anybody who",
    r"\blaid\b": "saved",
    r"\b[Pp]ut(s|ting)? (it |them |this |these |these \w+ )?away\b": "archive",
    r"\b([Tt]ak(e|es|en|ing)|[Tt]ook) (it|them|this|one|its? \w+|the \w+|an? \w+)? ?back\b": "withdraw, revoke",
    r"\b([Gg]iv(e|es|en|ing)|[Gg]ave) (it |them )?back\b": "return to the author",
    r"\b[Hh](and|anded|ands) (it )?in\b": "import, submit",
    r"\b[Tt]old\b|\btells\b": "inform, report, show",
    r"\btell (who|how|which|whether|what|it)\b|\bnot tell\b": "reveal, show, know",
    r"\b[Jj]udg(e|es|ed|ing)\b": "assessor, evaluate",
    r"(?<![-_.\w])[Mm]ail(s|ed)?\b(?! (server|program))": "e-mail",
    r"\bbanks?\b(?! account)": "side, public and civil society",
    r"^How far (it is|they are)": "status",
    r"^What waits for you$": "your tasks",
    r"^(Take|Give|Write|Put|Leave|Note|Close|Read|See|Say|Cancel|Erase|Publish|Submit|Withdraw) (it|them)( \w+)?$": (
        "a button names its object"
    ),
}
"""What is never said in English, and what is instead."""
EXCEPTED = (
    # A child tells somebody: the word's own sense.
    "If a child tells you",
    "You saw or heard something, or a child told you something.",
    "That no child has to tell it twice.",
    # The words of the mandate.
    "The first results are judged positive: ",
    "the first results are judged positive, ",
    "The pilot is not evaluated yet. Its work is applied elsewhere only if the first results are judged positive.",
    # The picture of the bridge.
    "Each arch joins two sectors that have partners in at least one practice",
    "Each arch joins two sectors that work together in at least one practice",
    # Nothing more.
    "This e-mail says no more, to protect what is written there.",
)
"""How messages begin that may say it all the same."""

FRENCH = {
    r"\bpaquets?\b": "module",
    r"\brang(er|ez|é|ée|és|ées)\b": "archiver",
    r"(?<![Cc]ompte )(?<![Cc]omptes )\brend(re|ez|s|u|ue|us|ues)\b(?! (public|compte))": "renvoyer, soumettre",
    r"\bemport": "télécharger",
    r"\bremett(re|ez|ons)\b|\bremise?s?\b": "soumettre, importer",
    r"(?<!langue des )\bsignes\b": "caractères",
    r"\brives?\b(?!.*\bpont\b)": "nature",
    r"\bjuges?\b": "évaluateur",
    r"Laisser en l’état": "Annuler",
    r"\b[Oo]n dirait\b": "Ce texte semble contenir",
    r"\b[Cc]onsigner et\b": "Enregistrer la décision",
    r"(donner|laisser) (de nouveau )?à lire|[Rr]etirer au public|retirée? au public": "publier, dépublier",
    r"^(L[ae] |L’)(?!territoire)\w{2,}(er|ir|re)( (à|au|avec|dans|par|plutôt|tel) .*)?$": "un bouton nomme son objet",
}
TAKING_UP = re.compile(r"\breprenez|\breprend(re|s)?\b|\brepris(e|es)?\b")
TAKEN_UP = r"\b[Tt]ak(e|es|en|ing) (it |this \w+ |a practice )?up\b|\b[Tt]ook\b.*\bup\b|another place needs|[Tt]ransfer"
"""« Reprendre » is said of a practice that another region takes up, and of nothing else."""


def english(messages: Iterable[str], pattern: str) -> list[str]:
    return [one for one in messages if re.search(pattern, one) and not one.startswith(EXCEPTED)]


ENGLISH_MESSAGES = [
    one for entry in ENTRIES if entry.context != TO_A_CHILD for one in (entry.id, entry.plural) if one is not None
]
FRENCH_MESSAGES = [(entry.id, form) for entry in ENTRIES for form in entry.forms]


@pytest.mark.parametrize(
    "sentence",
    [
        "It stands on the page.",
        "It is written down that it is applied no more.",
        "Who was invited gets a mail.",
        "You are told when it changes.",
        "Nobody can tell who it was.",
        "Criteria and judges are fixed.",
        "Whoever leads the group takes the proposal back.",
        "Take it back",
        "How far it is",
        "Give it back to be written on",
        "Hand in a file",
        "Withdraw practices or put them away",
    ],
)
def test_such_english_is_noticed(sentence: str) -> None:
    assert any(english([sentence], pattern) for pattern in ENGLISH)


@pytest.mark.parametrize(
    "sentence",
    [
        "Le paquet du territoire",
        "La rendre, pour qu’elle soit reprise",
        "Retirer des pratiques ou les ranger",
        "Emporter cette liste",
        "Remettre un fichier",
        "120 signes",
        "Les deux rives",
        "Laisser en l’état",
        "La soumettre",
        "Consigner et exécuter",
    ],
)
def test_such_french_is_noticed(sentence: str) -> None:
    assert any(re.search(pattern, sentence, re.IGNORECASE) for pattern in FRENCH)


def test_what_is_excepted_is_still_said() -> None:
    assert [one for one in EXCEPTED if not any(message.startswith(one) for message in ENGLISH_MESSAGES)] == []


@pytest.mark.parametrize("pattern", ENGLISH)
def test_english_messages_use_plain_words(pattern: str) -> None:
    assert english(ENGLISH_MESSAGES, pattern) == [], f"write: {ENGLISH[pattern]}"


@pytest.mark.parametrize("pattern", FRENCH)
def test_french_messages_use_plain_words(pattern: str) -> None:
    assert [form for _, form in FRENCH_MESSAGES if re.search(pattern, form, re.IGNORECASE)] == [], (
        f"write: {FRENCH[pattern]}"
    )


def test_only_a_practice_is_taken_up_in_french() -> None:
    other = [form for one, form in FRENCH_MESSAGES if TAKING_UP.search(form) and not re.search(TAKEN_UP, one)]
    assert other == []


# The same words in prose

CODE = re.compile(r"```.*?```|`[^`\n]*`|<[^>\n]*>|\]\([^)\n]*\)|^    .*$", re.DOTALL | re.MULTILINE)
"""What is no prose of a page: code, addresses."""
NOT_IN_PROSE = [
    pattern for pattern in ENGLISH if not pattern.startswith("^") and "bank" not in pattern and "no more" not in pattern
]
PAGES = sorted(
    [*ROOT.glob("docs/*.md"), ROOT / "README.md", *ROOT.glob("plugins/*/README.md"), ROOT / "i18n/README.md"]
)
PROSE_EXCEPTED = {
    "docs/guard-words.md",  # The words of the guard are what it looks for.
}
OF_THE_MANDATE = "first results are judged positive"


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    text = CODE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), path.read_text("utf-8"))
    return enumerate(text.split("\n"), 1)


@pytest.mark.parametrize("pattern", NOT_IN_PROSE)
def test_the_documentation_uses_plain_words(pattern: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line}"
        for path in PAGES
        if str(path.relative_to(ROOT)) not in PROSE_EXCEPTED
        for number, line in lines_of(path)
        if re.search(pattern, line) and OF_THE_MANDATE not in line
    ]
    assert found == [], f"write: {ENGLISH[pattern]}"


PUBLIC = [
    *ROOT.glob("core/lanzarote/types/*.py"),
    *ROOT.glob("core/lanzarote/testing/*.py"),
    ROOT / "core/lanzarote/hookspecs.py",
    ROOT / "core/lanzarote/__init__.py",
]


def docstrings(path: Path) -> Iterator[str]:
    """Every docstring of a module, those below a name among them."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        for one in node.body if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) else ():
            if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) and isinstance(one.value.value, str):
                yield CODE.sub(" ", one.value.value)


@pytest.mark.parametrize("pattern", NOT_IN_PROSE)
def test_public_docstrings_use_plain_words(pattern: str) -> None:
    found = [text for path in PUBLIC for text in docstrings(path) if re.search(pattern, text)]
    assert found == [], f"write: {ENGLISH[pattern]}"


def helps(parser: argparse.ArgumentParser) -> Iterator[str]:
    """What ``--help`` says, of every command."""
    yield from filter(None, (parser.description, parser.epilog))
    for action in parser._actions:
        yield action.help or ""
        if isinstance(action, argparse._SubParsersAction):
            yield from (one.help or "" for one in action._choices_actions)
            yield from (text for one in action.choices.values() for text in helps(one))


@pytest.mark.parametrize("pattern", NOT_IN_PROSE)
def test_the_help_of_commands_uses_plain_words(pattern: str) -> None:
    assert {text for text in helps(parser()) if re.search(pattern, text)} == set(), f"write: {ENGLISH[pattern]}"
