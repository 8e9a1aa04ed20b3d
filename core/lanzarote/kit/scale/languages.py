"""Rules about languages: of the facts, and of the platform's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.kit.messages.counting import PUBLIC, progress
from lanzarote.kit.scale.rules import how_far, needed, rule
from lanzarote.regions.content import IN_ALL_LANGUAGES, UNUSABLE, Problem, texts_of
from lanzarote.translation import CatalogueError
from lanzarote.translation.catalogues import ENGLISH_IS_OURS, SOURCE_LANGUAGE, faults_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lanzarote.kit.messages.counting import Progress
    from lanzarote.kit.scale.rules import Subject
    from lanzarote.regions.content import Content
    from lanzarote.translation.po import Fault


def _files_of_words(subject: Subject) -> Iterable[object]:
    return subject.folder.glob("translations/*/*.po")


def _told_of(subject: Subject) -> Iterable[object]:
    return {**subject.content.practices, **subject.content.procedures}


@rule(
    "sourced",
    asks="Every file of words can be used: plural forms of the language, placeholders and tags of the original.",
    why="A file with which pages would fail is left aside: its language stays English, as does a word with other tags.",
    todo="Mend the lines that are named; `lanzarote region messages import` takes the sound rest of a file.",
    about=_files_of_words,
)
def words_usable(subject: Subject) -> Iterator[Problem]:
    yield from subject.warned(UNUSABLE)
    inside = str(subject.folder)
    for catalogue in subject.catalogues:
        if not str(catalogue.path).startswith(inside):
            continue
        name = f"translations/lanzarote/{catalogue.language}.po"
        if catalogue.language == SOURCE_LANGUAGE:
            yield Problem(file=name, key="", line=0, message=f"is not used: {ENGLISH_IS_OURS}")
            continue
        try:
            faults: Sequence[Fault] = faults_in(catalogue)
        except CatalogueError as error:
            faults = error.faults
        yield from (Problem(file=name, key="", line=fault.line, message=fault.told) for fault in faults)
        if catalogue.language not in subject.languages:
            told = f"nobody can choose {catalogue.language!r}: it is not among the languages of region.toml"
            yield Problem(file=name, key="", line=0, message=told)


@rule(
    "complete",
    asks="Every name, title and label is there in every language of the region, drafts too.",
    why="A page half in another language is hard to read and reads as unfinished.",
    todo="Add the text; `lanzarote region messages export` collects what is missing for a translator.",
    of_law=True,
)
def labels_in_all_languages(subject: Subject) -> Iterator[Problem]:
    for file, path, text in texts_of(subject.content):
        if missing := [language for language in subject.languages if language not in text]:
            yield subject.content.at(file, path, f"has no text in {', '.join(missing)}")


@rule(
    "complete",
    asks="Every practice and procedure is told in every language of the region, as fully as in its original.",
    why="Those who read another language learn less, and cannot see that they do.",
    todo="Translate the texts that are named, and bring up to date what stale lists: its original changed later.",
    about=_told_of,
)
def texts_in_all_languages(subject: Subject) -> Iterator[Problem]:
    yield from subject.warned(IN_ALL_LANGUAGES)
    content, header = subject.content, subject.header
    for key, practice in content.practices.items():
        yield from _less(content, f"practices/{key}.toml", practice.original, practice.text, practice.stale)
        for language in header.languages:
            if language in header.draft and language not in practice.text:
                yield content.at(f"practices/{key}.toml", ("text",), f"has no text in {language!r}, which is a draft")
    for key, procedure in content.procedures.items():
        yield from _less(content, f"procedures/{key}.toml", procedure.original, procedure.text, procedure.stale)


def _less(
    content: Content, file: str, original: str, texts: Mapping[str, object], stale: tuple[str, ...]
) -> Iterator[Problem]:
    first = texts.get(original)
    names = getattr(first, "__struct_fields__", ())
    for language, text in texts.items():
        if missing := [name for name in names if getattr(first, name) and not getattr(text, name)]:
            told = f"lacks what {original!r} says: {', '.join(missing)}"
            yield content.at(file, ("text", language), told)
    for language in stale:
        told = f"{original!r}, the original, changed after the translation into {language!r} was made"
        yield content.at(file, ("stale",), f"{told}; bring that up to date, then take {language!r} out here")


NEWEST = 0.02
"""Share of the words that may be missing: those that the platform learns after a package was published. It cannot know
them; until its next version they are said in English, and marked as that."""


@rule(
    "complete",
    asks="The public pages speak every language of the region, but for the platform's newest words (1 in 50).",
    why="A visitor, a child among them, must not meet menus in a language that the page is not in.",
    todo="`lanzarote region messages export DIR LANG` writes what is missing; public pages come first in it.",
)
def public_pages_translated(subject: Subject) -> Iterator[Problem]:
    for one in _progress(subject):
        yield from _untranslated(one, "words of the public pages", one.asked[PUBLIC], one.missing(PUBLIC))


@rule(
    "exemplary",
    asks="The whole platform speaks every language of the region, but for its newest words (1 in 50).",
    why="The team works in it every day, and letters go out from it.",
    todo="`lanzarote region messages progress DIR` counts what is missing, part by part.",
)
def interface_translated(subject: Subject) -> Iterator[Problem]:
    for one in _progress(subject):
        yield from _untranslated(one, "words of the platform", sum(one.asked.values()), one.missing())


@rule(
    "exemplary",
    asks="A native reader has looked at every language.",
    why="Words about violence against children must be the right ones; translated words may hurt or mislead.",
    todo="Let somebody read it who speaks it from childhood, then take the language out of draft.",
)
def languages_reviewed(subject: Subject) -> Iterator[Problem]:
    for language in subject.header.draft:
        told = f"{language!r} still awaits a native reader"
        yield subject.content.at("region.toml", ("draft",), told)


def _progress(subject: Subject) -> Iterator[Progress]:
    for language in subject.languages:
        if language.partition("-")[0] != "en":
            yield progress(language, subject.catalogues)


def _untranslated(one: Progress, what: str, asked: int, missing: int) -> Iterator[Problem]:
    least = needed(1 - NEWEST, asked)
    if asked - missing < least:
        told = f"{missing} {what} are not translated (translated: {how_far(asked - missing, asked, least)})"
        yield Problem(file=f"translations/lanzarote/{one.language}.po", key="", line=0, message=told)


@rule(
    "exemplary",
    asks="Every word of `synonyms.toml` is in some text of the folder.",
    why="A word that no text holds is often misspelt.",
    todo="Write it as the texts do; leave it where people type it and no text does, and exempt it.",
    about=lambda subject: subject.content.synonyms,
)
def synonyms_in_use(subject: Subject) -> Iterator[Problem]:
    return subject.warned("synonyms-in-use")


RULES = (
    words_usable,
    labels_in_all_languages,
    texts_in_all_languages,
    public_pages_translated,
    interface_translated,
    languages_reviewed,
    synonyms_in_use,
)
