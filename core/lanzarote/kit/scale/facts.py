"""Rules about facts: their sources, dates and languages, and how law is cited, dated and mapped to the Convention."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from lanzarote.kit.messages.parts import PUBLIC, progress
from lanzarote.kit.scale.rules import every, how_far, needed, noted, rule
from lanzarote.regions.content import (
    IN_ALL_LANGUAGES,
    UNUSABLE,
    Problem,
    facts_of,
    own_provisions,
    texts_of,
    values_of,
    walk,
)
from lanzarote.translation import CatalogueError
from lanzarote.translation.catalogues import ENGLISH_IS_OURS, SOURCE_LANGUAGE, faults_in
from lanzarote.types import (
    ConventionStatus,
    CriteriaGrid,
    DecisionRule,
    Evidence,
    PracticeField,
    ProcedureSeed,
    RegionHeader,
    Source,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lanzarote.kit.messages.parts import Progress
    from lanzarote.kit.scale.rules import Found, Subject
    from lanzarote.regions.content import Content
    from lanzarote.translation.po import Fault


YEARS = 3
"""After how many years what was read is to be read again."""
SHARE = 0.8
"""Of the facts, how many are to be verified."""


def _days(subject: Subject) -> Iterator[object]:
    """On which days something was read, or looked for."""
    yield from (source.read_on for _, _, source in _sources(subject) if source.read_on)
    yield from subject.content.coverage.values()


def _dates(subject: Subject) -> Iterator[object]:
    """Days on which something was, whoever tells them."""
    yield from _days(subject)
    if isinstance(header := subject.content.header, RegionHeader):
        yield from (one.since for one in header.mandates if one.since)
        yield from header.history
        yield from (header.convention_status,) * (header.convention_status is not None)


def _sources(subject: Subject) -> Iterator[Found]:
    """Documents that are listed, here or beside one record."""
    for file, start, value in values_of(subject.content):
        for path, found in walk(value, start):
            if isinstance(found, Source):
                yield file, path, found


def _stated(subject: Subject) -> Iterator[Found]:
    """Facts about the world; what the region's own people decide or invent needs no source."""
    for file, path, fact in facts_of(subject.content):
        own = isinstance(fact, PracticeField | Evidence)
        own |= isinstance(fact, DecisionRule | CriteriaGrid) and fact.editorial
        invented = isinstance(fact, ProcedureSeed) and fact.nature == "example"
        if not (own or invented):
            yield file, path, fact


def _verifiable(subject: Subject) -> Iterator[Found]:
    return (one for one in _stated(subject) if hasattr(one[2], "verified"))


@rule(about=_dates)
def dates_make_sense(subject: Subject) -> Iterator[Problem]:
    content, today = subject.content, subject.today
    for file, path, source in _sources(subject):
        if source.read_on and source.read_on > today:
            yield content.at(file, (*path, "read_on"), f"{source.read_on} is still to come; nothing was read then")
    for ref, statement in content.coverage.items():
        if statement.date > today:
            told = f"{statement.date} is still to come; a statement is dated when somebody has looked"
            yield content.at("coverage.toml", (ref, "date"), told)
    if isinstance(content.header, RegionHeader):
        yield from _order(subject, content.header)


def _order(subject: Subject, header: RegionHeader) -> Iterator[Problem]:
    status = header.convention_status or ConventionStatus()
    steps = [(name, str(getattr(status, name) or "")) for name in ("signed", "ratified", "in_force")]
    known = [(name, day) for name, day in steps if day]
    for (before, first), (name, then) in pairwise(known):
        if then < first[: len(then)]:
            told = f"{then} is before it was {before} ({first}); one of the two is wrong"
            yield subject.content.at("region.toml", ("convention_status", name), told)
    dated = [(number, one.since) for number, one in enumerate(header.mandates) if one.since]
    for (_, first), (number, then) in pairwise(dated):
        if then < first[: len(then)]:
            told = f"{then} is before the mandate above it ({first}); put mandates oldest first"
            yield subject.content.at("region.toml", ("mandates", number, "since"), told)
    for number, episode in enumerate(header.history):
        if episode.until and episode.until < episode.when[: len(episode.until)]:
            told = f"ends ({episode.until}) before it begins ({episode.when})"
            yield subject.content.at("region.toml", ("history", number, "until"), told)


@rule()
def facts_mostly_verified(subject: Subject) -> Iterator[Problem]:
    facts = list(_verifiable(subject))
    waiting = [(file, path) for file, path, fact in facts if not fact.verified]
    done, least = len(facts) - len(waiting), needed(SHARE, len(facts))
    if done < least:
        far = how_far(done, len(facts), least)
        told = f"is not verified; read it in its sources, then write verified = true (verified: {far})"
        for file, path in waiting:
            yield subject.content.at(file, path, told)


@rule(about=_days)
def read_lately(subject: Subject) -> Iterator[Problem]:
    oldest = subject.today - timedelta(days=round(365.25 * YEARS))
    for file, path, source in _sources(subject):
        if source.read_on and source.read_on < oldest and not getattr(source, "until", None):
            told = f"was read {source.read_on}, more than {YEARS} years ago; read it again"
            yield subject.content.at(file, (*path, "read_on"), told)
    for ref, statement in subject.content.coverage.items():
        if statement.date < oldest:
            told = f"was stated {statement.date}, more than {YEARS} years ago; look again"
            yield subject.content.at("coverage.toml", (ref, "date"), told)


# --- Rules about languages: of the facts, and of the platform's own words ---


def _files_of_words(subject: Subject) -> Iterable[object]:
    return subject.folder.glob("translations/*/*.po")


def _told_of(subject: Subject) -> Iterable[object]:
    return {**subject.content.practices, **subject.content.procedures}


@rule(about=_files_of_words)
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


@rule()
def labels_in_all_languages(subject: Subject) -> Iterator[Problem]:
    for file, path, text in texts_of(subject.content):
        if missing := [language for language in subject.languages if language not in text]:
            yield subject.content.at(file, path, f"has no text in {', '.join(missing)}")


@rule(about=_told_of)
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


@rule()
def public_pages_translated(subject: Subject) -> Iterator[Problem]:
    for one in _progress(subject):
        yield from _untranslated(one, "words of the public pages", one.asked[PUBLIC], one.missing(PUBLIC))


@rule()
def interface_translated(subject: Subject) -> Iterator[Problem]:
    for one in _progress(subject):
        yield from _untranslated(one, "words of the platform", sum(one.asked.values()), one.missing())


@rule()
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


# --- Rules about law: how it is cited, dated and mapped to the Convention ---

_BESIDE = re.compile(r"\([^)]*\)")
"""What stands in parentheses behind a number: an item, a paragraph."""
_DIGITS = re.compile(r"\d+")


def _instruments_of(subject: Subject) -> Iterator[Found]:
    """Those of the folder itself, with the file of each."""
    content = subject.content
    written = {content.instruments[one.instrument].key: content.law_files[key] for key, one in own_provisions(content)}
    for key, file in written.items():
        yield file, ("instrument",), content.instruments[key]


def _wordings_of(subject: Subject) -> Iterator[Found]:
    """The last wording of each provision of the folder."""
    for key, provision in own_provisions(subject.content):
        path = ("provisions", key, "versions", len(provision.versions) - 1)
        yield subject.content.law_files[key], path, provision.versions[-1]


def _mappings_of(subject: Subject) -> Iterable[object]:
    return [
        link for _, one in own_provisions(subject.content) for version in one.versions for link in version.convention
    ]


@rule(about=_mappings_of)
def mappings_marked(subject: Subject) -> Iterator[Problem]:
    for key, provision in own_provisions(subject.content):
        for number, version in enumerate(provision.versions):
            if any(link.confirmed for link in version.convention) and not version.note:
                path = ("provisions", key, "versions", number, "convention")
                told = "is said to be confirmed, but no note says by which function and when"
                yield subject.content.at(subject.content.law_files[key], path, told)


@rule(about=_instruments_of)
def law_citable(subject: Subject) -> Iterator[Problem]:
    for file, path, instrument in _instruments_of(subject):
        for language in subject.languages:
            if instrument.cite.get(language, "").count("{number}") != 1:
                told = f"does not say how an article is cited in {language!r}; write it with {{number}} once"
                yield subject.content.at(file, (*path, "cite"), told)


@rule(about=_instruments_of)
def numbers_fit(subject: Subject) -> Iterator[Problem]:
    content = subject.content
    for file, path, instrument in _instruments_of(subject):
        if not instrument.numbers_like:
            told = 'does not say how it numbers its articles; add numbers_like = ["…"] with one of each form'
            yield content.at(file, path, told)
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


@rule(about=_wordings_of)
def provisions_mapped(subject: Subject) -> Iterator[Problem]:
    for file, path, last in _wordings_of(subject):
        if not (last.convention or (last.until is not None and last.until <= subject.today)):
            yield subject.content.at(file, path, "says not what of the Convention it answers")


@rule(about=_wordings_of)
def wordings_dated(subject: Subject) -> Iterator[Problem]:
    for file, path, last in _wordings_of(subject):
        if last.since is None:
            yield subject.content.at(file, path, "does not say since when this wording is in force; add from")
        if last.recheck:
            yield subject.content.at(file, (*path, "recheck"), "still waits for the official text to be read again")


@rule(about=_mappings_of)
def mappings_confirmed(subject: Subject) -> Iterator[Problem]:
    for file, path, last in _wordings_of(subject):
        if last.convention and not any(link.confirmed for link in last.convention):
            yield subject.content.at(file, (*path, "convention"), "no lawyer has confirmed any of it")


def _numbers(text: str) -> list[str]:
    """The words of *text* that hold digits, as they are written."""
    words = (word.strip(",;.") for word in _BESIDE.sub(" ", text).split())
    return [word for word in words if _DIGITS.search(word)]


def _form(word: str) -> str:
    return _DIGITS.sub("0", word)


# --- Rules that one look at each thing answers, and those that reading the folder has answered ---

SIMPLE = (
    every("facts-have-sources", _stated, lambda fact: fact.sources or getattr(fact, "own_sources", ())),
    every("sources-have-days", _sources, lambda source: source.read_on is not None),
    noted("sources-in-use", _sources),
    noted("nothing-unread"),
    noted("nothing-deprecated"),
    noted("nobody-recognisable"),
    every("open-questions-told", _verifiable, lambda fact: fact.verified or fact.note),
    noted("synonyms-in-use", lambda subject: subject.content.synonyms),
    every("law-findable", _instruments_of, lambda one: one.eli or one.identifier or one.url),
)
