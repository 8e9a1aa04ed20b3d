"""Rules about sources, dates and how facts are known."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from lanzarote.kit.scale.rules import how_far, needed, rule
from lanzarote.regions.content import facts_of, values_of, walk
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
    from collections.abc import Iterator

    from lanzarote.kit.scale.rules import Subject
    from lanzarote.regions.content import Path, Problem

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


def _sources(subject: Subject) -> Iterator[tuple[str, Path, Any]]:
    """Documents that are listed, here or beside one record."""
    for file, start, value in values_of(subject.content):
        for path, found in walk(value, start):
            if isinstance(found, Source):
                yield file, path, found


@rule(
    "sourced",
    asks="Every fact names the sources that it was read in.",
    why="A reader who cannot find out where a fact comes from can neither trust nor correct it.",
    todo='Read it again in a public document, list the document in sources.toml, and name its key: sources = ["…"].',
    of_law=True,
)
def facts_have_sources(subject: Subject) -> Iterator[Problem]:
    for file, path, fact in _stated(subject):
        if not (fact.sources or getattr(fact, "own_sources", ())):
            yield subject.content.at(file, path, "names no source that it was read in; add sources = […]")


@rule(
    "sourced",
    asks="Every source says on which day it was read.",
    why="Pages change and laws are amended: the day tells a reader how far a fact can be trusted.",
    todo="Write the day you read it: read_on = 2026-11-24.",
    of_law=True,
    about=_sources,
)
def sources_have_days(subject: Subject) -> Iterator[Problem]:
    for file, path, source in _sources(subject):
        if source.read_on is None:
            yield subject.content.at(file, path, "does not say when it was read; add read_on = the day")


@rule(
    "sourced",
    asks="Every source is one that some fact was read in, or has ended.",
    why="A list of documents that nothing rests on looks like evidence and is none.",
    todo="Name it at the facts that were read in it; or take it out, or, once published, give it an until.",
    of_law=True,
    about=_sources,
)
def sources_in_use(subject: Subject) -> Iterator[Problem]:
    return subject.warned("sources-in-use")


@rule(
    "sourced",
    asks="Dates make sense: nothing was read or looked for in the future, and what follows comes later.",
    why="A date that cannot be makes a reader doubt all the others.",
    todo="Look the date up again.",
    of_law=True,
    about=_dates,
)
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
            told = f"{then} is before the mandate above it ({first}); mandates stand oldest first"
            yield subject.content.at("region.toml", ("mandates", number, "since"), told)
    for number, episode in enumerate(header.history):
        if episode.until and episode.until < episode.when[: len(episode.until)]:
            told = f"ends ({episode.until}) before it begins ({episode.when})"
            yield subject.content.at("region.toml", ("history", number, "until"), told)


@rule(
    "sourced",
    asks="Nothing stands in the folder that nobody reads.",
    why="A file under a wrong name, or a text in a language the region does not have, is work that no reader meets.",
    todo="Rename the file, add the language to region.toml, or take it out.",
    of_law=True,
)
def nothing_unread(subject: Subject) -> Iterator[Problem]:
    return subject.warned("nothing-unread")


@rule(
    "exemplary",
    asks="No key is used that will go.",
    why="It is read until the next major version of the API; then a folder that still has it cannot be loaded.",
    todo="Write what the warning names instead.",
    of_law=True,
)
def nothing_deprecated(subject: Subject) -> Iterator[Problem]:
    return subject.warned("nothing-deprecated")


@rule(
    "sourced",
    asks="No wording lets a reader think of a particular person.",
    why="No child, victim or accused may ever be recognised, not even by somebody who knows the case.",
    todo="Reword it; or, if nobody can be recognised, exempt this one entry and say why.",
    of_law=True,
)
def nobody_recognisable(subject: Subject) -> Iterator[Problem]:
    return subject.warned("nobody-recognisable")


@rule(
    "complete",
    asks=f"Four facts of five were read in their sources as they stand: at least {SHARE:.0%} are verified.",
    why="A page full of “not verified” helps nobody to decide.",
    todo="Read the fact again in its sources and write verified = true; if the sources do not say it, correct it.",
    of_law=True,
)
def facts_mostly_verified(subject: Subject) -> Iterator[Problem]:
    facts = list(_stated(subject, verifiable=True))
    waiting = [(file, path) for file, path, fact in facts if not fact.verified]
    done, least = len(facts) - len(waiting), needed(SHARE, len(facts))
    if done < least:
        far = how_far(done, len(facts), least)
        told = f"is not verified; read it in its sources, then write verified = true (verified: {far})"
        for file, path in waiting:
            yield subject.content.at(file, path, told)


@rule(
    "exemplary",
    asks="Every fact that is not verified says in its note what remains open.",
    why="“Not verified” alone leaves the reader alone; what is open tells whom to ask.",
    todo="Write note.… : what was not seen, and where it could be.",
    of_law=True,
)
def open_questions_told(subject: Subject) -> Iterator[Problem]:
    for file, path, fact in _stated(subject, verifiable=True):
        if not (fact.verified or fact.note):
            yield subject.content.at(file, path, "is not verified and does not say what is open; add a note")


@rule(
    "complete",
    asks=f"Sources were read, and statements of coverage made, in the last {YEARS} years.",
    why="Bodies are renamed, numbers change and laws are amended; what was true once misleads later.",
    todo="Read the source again, correct what changed, and write the new day.",
    of_law=True,
    about=_days,
)
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


def _stated(subject: Subject, *, verifiable: bool = False) -> Iterator[tuple[str, Path, Any]]:
    """Facts about the world; what the region's own people decide or invent needs no source."""
    for file, path, fact in facts_of(subject.content):
        own = isinstance(fact, PracticeField | Evidence)
        own |= isinstance(fact, DecisionRule | CriteriaGrid) and fact.editorial
        invented = isinstance(fact, ProcedureSeed) and fact.nature == "example"
        if not (own or invented or (verifiable and not hasattr(fact, "verified"))):
            yield file, path, fact


RULES = (
    facts_have_sources,
    sources_have_days,
    sources_in_use,
    dates_make_sense,
    nothing_unread,
    nobody_recognisable,
    facts_mostly_verified,
    read_lately,
    open_questions_told,
    nothing_deprecated,
)
