"""Rules about law: how it is cited, dated and mapped to the Convention."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lanzarote.kit.scale.rules import rule
from lanzarote.regions.content import own_provisions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lanzarote.kit.scale.rules import Subject
    from lanzarote.regions.content import Content, Problem
    from lanzarote.types import Instrument

_BESIDE = re.compile(r"\([^)]*\)")
"""What stands in parentheses behind a number: an item, a paragraph."""
_DIGITS = re.compile(r"\d+")


def _instruments_of(subject: Subject) -> Iterable[object]:
    return _instruments(subject.content)


def _provisions_of(subject: Subject) -> Iterable[object]:
    return own_provisions(subject.content)


def _mappings_of(subject: Subject) -> Iterable[object]:
    return [
        link for _, one in own_provisions(subject.content) for version in one.versions for link in version.convention
    ]


@rule(
    "sourced",
    asks="A mapping to the Convention is marked editorial, or says who confirmed it.",
    why="What a provision answers is an opinion; readers must see whose it is.",
    todo="Leave confirmed out; or say in the note of this wording which function confirmed it, and when.",
    of_law=True,
    about=_mappings_of,
)
def mappings_marked(subject: Subject) -> Iterator[Problem]:
    for key, provision in own_provisions(subject.content):
        for number, version in enumerate(provision.versions):
            if any(link.confirmed for link in version.convention) and not version.note:
                path = ("provisions", key, "versions", number, "convention")
                told = "is said to be confirmed, but no note says by which function and when"
                yield subject.content.at(subject.content.law_files[key], path, told)


@rule(
    "complete",
    asks="Each code or act says how its articles are cited, in every language.",
    why="Lawyers of the country cite in one way only; another way reads like a mistake.",
    todo='Write for each language how an article is cited, with {number} once: cite.fr = "art. {number} C. pén.".',
    of_law=True,
    about=_instruments_of,
)
def law_citable(subject: Subject) -> Iterator[Problem]:
    for instrument, file in _instruments(subject.content):
        for language in subject.languages:
            if instrument.cite.get(language, "").count("{number}") != 1:
                told = f"does not say how an article is cited in {language!r}; write it with {{number}} once"
                yield subject.content.at(file, ("instrument", "cite"), told)


@rule(
    "complete",
    asks="Article numbers have one of the forms that the code or act says it uses.",
    why="A slip in a number sends a reader to another article; the form catches most of them.",
    todo='Show each form once: numbers_like = ["225-7", "L226-2"]. Correct numbers that have none of them.',
    of_law=True,
    about=_instruments_of,
)
def numbers_fit(subject: Subject) -> Iterator[Problem]:
    content = subject.content
    for instrument, file in _instruments(content):
        if not instrument.numbers_like:
            told = 'does not say how it numbers its articles; add numbers_like = ["…"] with one of each form'
            yield content.at(file, ("instrument",), told)
            continue
        allowed = {_form(word) for example in instrument.numbers_like for word in _numbers(example)}
        for key, provision in own_provisions(content):
            if provision.instrument != instrument.key:
                continue
            said = provision.number
            for number in [said] if isinstance(said, str) else said.values():
                for word in _numbers(number):
                    if _form(word) not in allowed:
                        told = f"{word!r} has none of the forms of this code: {', '.join(instrument.numbers_like)}"
                        yield content.at(file, ("provisions", key, "number"), told)


@rule(
    "complete",
    asks="Each code or act says where its official text can be found.",
    why="The summary is ours; whoever acts on it must be able to read the law itself.",
    todo="Add eli, identifier or url to [instrument].",
    of_law=True,
    about=_instruments_of,
)
def law_findable(subject: Subject) -> Iterator[Problem]:
    for instrument, file in _instruments(subject.content):
        if not (instrument.eli or instrument.identifier or instrument.url):
            told = "does not say where its official text is; add eli, identifier or url"
            yield subject.content.at(file, ("instrument",), told)


@rule(
    "complete",
    asks="Every provision that is in force says which paragraph of the Convention it answers.",
    why="Coverage is read article by article; a provision without mapping is on no one's page.",
    todo='Add convention = [{ ref = "10.3" }] to its last wording; it reads as editorial.',
    of_law=True,
    about=_provisions_of,
)
def provisions_mapped(subject: Subject) -> Iterator[Problem]:
    for key, provision in own_provisions(subject.content):
        last = provision.versions[-1]
        ended = last.until is not None and last.until <= subject.today
        if not (ended or last.convention):
            path = ("provisions", key, "versions", len(provision.versions) - 1)
            yield subject.content.at(subject.content.law_files[key], path, "says not what of the Convention it answers")


@rule(
    "exemplary",
    asks="Every wording says since when it is in force, and waits for no one to read the official text again.",
    why="An offence is judged by the wording of its day.",
    todo="Look the day up in the official edition: from = 2025-11-08; then take recheck out.",
    of_law=True,
    about=_provisions_of,
)
def wordings_dated(subject: Subject) -> Iterator[Problem]:
    for key, provision in own_provisions(subject.content):
        path = ("provisions", key, "versions", len(provision.versions) - 1)
        last, file = provision.versions[-1], subject.content.law_files[key]
        if last.since is None:
            yield subject.content.at(file, path, "does not say since when this wording is in force; add from")
        if last.recheck:
            yield subject.content.at(file, (*path, "recheck"), "still waits for the official text to be read again")


@rule(
    "exemplary",
    asks="A lawyer of the country has confirmed at least one mapping of every provision.",
    why="Until then the table of coverage is the editors' opinion.",
    todo="Have them looked at, write confirmed = true in those that hold, and in the note which function did it, when.",
    of_law=True,
    about=_mappings_of,
)
def mappings_confirmed(subject: Subject) -> Iterator[Problem]:
    for key, provision in own_provisions(subject.content):
        links = provision.versions[-1].convention
        if links and not any(link.confirmed for link in links):
            path = ("provisions", key, "versions", len(provision.versions) - 1, "convention")
            yield subject.content.at(subject.content.law_files[key], path, "no lawyer has confirmed any of it")


def _instruments(content: Content) -> Iterable[tuple[Instrument, str]]:
    """Those of the folder itself, with the file of each."""
    written = {content.instruments[one.instrument].key: content.law_files[key] for key, one in own_provisions(content)}
    return [(content.instruments[key], file) for key, file in written.items()]


def _numbers(text: str) -> list[str]:
    """The words of *text* that hold digits, as they are written."""
    words = (word.strip(",;.") for word in _BESIDE.sub(" ", text).split())
    return [word for word in words if _DIGITS.search(word)]


def _form(word: str) -> str:
    return _DIGITS.sub("0", word)


RULES = (
    mappings_marked,
    law_citable,
    numbers_fit,
    law_findable,
    provisions_mapped,
    wordings_dated,
    mappings_confirmed,
)
