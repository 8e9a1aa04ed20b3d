"""French says everything that the code says, in the words of the field and with the typography of French."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import lanzarote_i18n
import pytest
from lanzarote.translation.catalogues import Translator, load
from lanzarote.translation.checking import placeholders
from lanzarote.translation.extraction import extract_messages, update_po
from lanzarote.translation.po import Entry, read_po

from dev import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from litestar.testing import TestClient

[FRENCH] = lanzarote_i18n.catalogues()
TEXT = FRENCH.path.read_text(encoding="utf-8")
ENTRIES = [entry for entry in read_po(TEXT, "fr.po") if entry.id]
FORMS = [(entry, form) for entry in ENTRIES for form in entry.forms]
TO_A_CHILD = "to a child"


def english(entry: Entry) -> str:
    """The English words, without what is filled in."""
    return re.sub(r"%\(\w+\)s", "", f"{entry.id} {entry.plural or ''}")


def said_as(pattern: str) -> list[str]:
    """The French in which *pattern* stands."""
    return [form for _, form in FORMS if re.search(pattern, form, re.IGNORECASE)]


# Complete


def test_the_catalogue_holds_exactly_the_messages_of_the_code() -> None:
    assert update_po(TEXT, "fr", extract_messages([ROOT / "core/lanzarote"]), "fr.po") == TEXT, (
        "run: python -m lanzarote.translation update i18n/lanzarote_i18n/locale/fr.po core/lanzarote"
    )


def test_every_message_is_translated_and_none_is_fuzzy() -> None:
    assert [entry.id for entry in ENTRIES if not entry.translated or "fuzzy" in entry.flags] == []


def test_the_platform_accepts_every_entry() -> None:
    assert len(load(FRENCH)) == len(ENTRIES)


def test_every_form_has_the_placeholders_of_the_english() -> None:
    wrong = [form for entry, form in FORMS if not entry.plural and placeholders(form) != placeholders(entry.id)]
    assert wrong == []


def test_numbers_have_the_three_forms_of_french() -> None:
    said = Translator("fr", ENTRIES)
    one, many = "%(num)s practice", "%(num)s practices"
    assert [said.ngettext(one, many, n) for n in (0, 1, 2, 1_000_000)] == [
        "%(num)s pratique",
        "%(num)s pratique",
        "%(num)s pratiques",
        "%(num)s de pratiques",
    ]


def test_millions_are_followed_by_de() -> None:
    counted = [entry.forms[1] for entry in ENTRIES if entry.plural and entry.id.startswith("%(num)s ")]
    assert counted
    assert [form for form in counted if not re.match(r"%\(num\)s d(e |’)", form)] == []


# Typography


FAULTS = {
    "a straight apostrophe": r"\w'\w",
    "no narrow space before a high sign": r"(?<!\u202f)[;!?»]|(?<!\u202f):(?=\s|$)",
    "no narrow space after «": r"«(?!\u202f)",
    "English quotation marks": r"[“”\"]",
    "three dots for one sign": r"\.\.\.",
    "two spaces, or one at an end": r"\s\s|^\s|\s$",
    "a capital without its accent": r"\b(A (l’|la|propos)|Etat|Etape|Ecole|Ecrire|Education|Evaluat)",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_typography(fault: str) -> None:
    assert [form for _, form in FORMS if re.search(FAULTS[fault], form)] == []


# Words


def test_good_practices_are_named_only_where_the_mandate_names_them() -> None:
    named = [form for entry, form in FORMS if "good practice" in english(entry)]
    assert said_as("bonnes? pratique") == named


STRANGERS = (
    r"synchronis",
    r"ressource invalide",
    r"requête",
    r"paramètre",
    r"plugin",
    r"utilisateur",
    r"\bcliquer|\bcliquez",
    r"\be-?mails?\b",
    r"\bbug\b",
    r"\bserveur",
    r"parties? prenante",
    r"\brégions?\b",
    r"meilleures pratiques",
    r"\bconformité\b",
    r"\bpédophil",
    r"pornographie infantile",
)


@pytest.mark.parametrize("word", STRANGERS)
def test_words_that_do_not_belong_here(word: str) -> None:
    assert said_as(word) == []


@pytest.mark.parametrize(
    ("word", "mot"),
    [
        ("region", "territoire"),
        ("sector", "secteur"),
        ("stakeholder", "acteur"),
        ("practice", "pratique"),
        ("provision", "disposition"),
        ("finding", "constat"),
        ("improvement", "amélioration"),
        ("meeting", "réunion"),
        ("transfer", "transposition"),
    ],
)
def test_the_words_of_the_field_are_always_the_same(word: str, mot: str) -> None:
    asked = re.compile(rf"\b{word}s?\b", re.IGNORECASE)
    assert [form for entry, form in FORMS if asked.search(english(entry)) and mot not in form.lower()] == []


def test_only_a_child_is_addressed_as_tu() -> None:
    familiar = re.compile(r"\b(tu|toi|ton|ta|tes|te)\b|\bt’", re.IGNORECASE)
    polite = re.compile(r"\b(vous|votre|vos)\b", re.IGNORECASE)
    # Leads a child and an adult to one page.
    to_both = "Are you a child, or worried about one?"
    assert [form for entry, form in FORMS if entry.context == TO_A_CHILD and polite.search(form)] == []
    assert {entry.id for entry, form in FORMS if entry.context != TO_A_CHILD and familiar.search(form)} <= {to_both}


# On the pages

SHORTEST = 12
"""A shorter message may be a word of both languages, or part of a name."""
OF_EACH_KIND = 2
"""Pages that differ in nothing but their subject, such as two practices."""
SHOWN = {"aria-label", "title", "alt", "placeholder"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Reader(HTMLParser):
    """What a reader sees or hears of a page, each piece with its language; and where the page leads."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[tuple[str, str]] = []
        self.links: list[str] = []
        self._open: list[tuple[str, str]] = [("", "")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        lang = given.get("lang", self._open[-1][1])
        described = {"content"} if given.get("name") == "description" else set()
        self.pieces += [(given[name], lang) for name in (SHOWN | described) & given.keys()]
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag not in VOID:
            self._open.append((tag, lang))

    def handle_endtag(self, tag: str) -> None:
        if any(tag == name for name, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        tag, lang = self._open[-1]
        if tag not in {"script", "style"}:
            self.pieces.append((data, lang))


def read(client: TestClient[Any], address: str) -> Reader:
    answer = client.get(address)
    assert "text/html" in answer.headers["content-type"], address
    reader = Reader()
    reader.feed(answer.text)
    return reader


def kind(path: str) -> tuple[str, ...]:
    """Pages of one kind share this: the address without its last part, where it goes deep enough to have a subject."""
    _, lang, *parts = path.split("/")
    head = 2 if parts[:1] == ["paris"] else 1
    return (lang, *parts[:head], *("*" for _ in parts[head:]))


def french_pages(client: TestClient[Any]) -> Iterator[tuple[str, Reader]]:
    """Some pages of every kind that links lead to, and one that does not exist."""
    waiting = ["/fr", "/fr/paris", "/fr/paris/nothing-here", "/fr/search"]
    seen, read_of = set(waiting), dict.fromkeys(map(kind, waiting), 0)
    while waiting:
        address = waiting.pop(0)
        if read_of[kind(address)] == OF_EACH_KIND or client.get(address).is_redirect:
            continue
        reader = read(client, address)
        read_of[kind(address)] += 1
        yield address, reader
        for link in reader.links:
            found = urlsplit(link)
            if found.netloc or not f"{found.path}/".startswith("/fr/") or "." in found.path or found.path in seen:
                continue
            seen.add(found.path)
            read_of.setdefault(kind(found.path), 0)
            waiting.append(found.path)


@cache
def english_messages() -> dict[str, re.Pattern[str]]:
    """The fixed parts of every message that French says otherwise."""
    parts = {
        part.strip(" .:,;·()")
        for entry in ENTRIES
        for text in filter(None, (entry.id, entry.plural))
        if text not in entry.forms
        for part in re.split(r"%\(\w+\)s", text)
    }
    return {part: re.compile(rf"(?<!\w){re.escape(part)}(?!\w)") for part in parts if len(part) > SHORTEST}


@cache
def is_left_in_english(text: str, lang: str) -> bool:
    """Most pieces stand on every page: each is looked at once."""
    found = (one for part, one in english_messages().items() if part in text)
    return any(one.search(text) if lang == "fr" else one.fullmatch(text) for one in found)


def left_in_english(reader: Reader) -> list[str]:
    """Pieces of a page that say a message in English; what others wrote in English is marked as such, and theirs."""
    pieces = [(" ".join(text.split()), lang) for text, lang in reader.pieces]
    return [text for text, lang in pieces if is_left_in_english(text, lang)]


def test_a_message_that_stays_english_is_noticed() -> None:
    reader = Reader()
    reader.feed(
        '<html lang="fr"><p>Read the Convention</p><p>3 practices documented</p><p lang="en">Child victims first</p>'
        '<nav aria-label="Narrow the list">Voir</nav><span lang="en">Skip to the content</span></html>'
    )
    assert left_in_english(reader) == [
        "Read the Convention",
        "3 practices documented",
        "Narrow the list",
        "Skip to the content",
    ]


def test_no_page_says_in_english_what_the_platform_says(client: TestClient[Any]) -> None:
    told = {address: left_in_english(reader) for address, reader in french_pages(client)}
    assert {address: texts for address, texts in told.items() if texts} == {}
    assert {"/fr", "/fr/paris", "/fr/paris/practices", "/fr/convention", "/fr/paris/help"} <= told.keys()
