"""What the guard finds in texts: its rules, one after the other, and what only some texts together say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, islice
from typing import NamedTuple

from lanzarote.guard import REASONS, Concern
from lanzarote.guard.births import births, births_in_words
from lanzarote.guard.children import ages, home_addresses
from lanzarote.guard.classifier import recognisable
from lanzarote.guard.fields import LONGEST, Chain, Row, Seam, figures_first, joints, may_be_age_or_date, rows
from lanzarote.guard.identifiers import personal_numbers
from lanzarote.guard.lexicon import CHARGED, KIN, PARTY, kinds_in
from lanzarote.guard.names import may_name_somebody, with_capitals
from lanzarote.guard.normalise import (
    Finding,
    Plain,
    beside_words,
    has_other_alphabets,
    joined,
    plain,
    runs_and_capitals,
    runs_of_digits,
    telling,
    undisguised,
)
from lanzarote.guard.online import addresses, handles, may_be_handles, may_hold_address, may_hold_profile, profiles
from lanzarote.guard.people import persons
from lanzarote.guard.person_numbers import bank_accounts, numbers_without_key
from lanzarote.guard.phones import FEWEST_DIGITS, phones
from lanzarote.runtime.counters import GUARD
from lanzarote.store.ids import FORM

_RANK = {code: place for place, code in enumerate(REASONS)}


def check_text(
    text: str, *, identifiers: Sequence[str] = (), field: str = "", only_hard: bool = False, guesses: bool = True
) -> tuple[Concern, ...]:
    """Return what in *text* may identify a person; *identifiers* are the region's own kinds of personal number.

    *only_hard* leaves out what would only be asked about, and is quicker. Without *guesses* the classifier is not
    asked: where nobody can give a reason why a sentence may stay, its mistakes would leave the writer no way out.

    >>> [(c.code, c.start, c.end, c.hard) for c in check_text("Léa, 9 ans, est venue.")]
    [('name-with-age', 0, 10, False)]
    """
    with GUARD.timing():
        return _checked(text, identifiers, field, only_hard=only_hard, guesses=guesses)


def _checked(
    text: str, identifiers: Sequence[str], field: str = "", *, only_hard: bool = False, guesses: bool = True
) -> tuple[Concern, ...]:
    read = plain(text)
    found = _found(read.text, identifiers, _hints(read.text, only_hard=only_hard), only_hard=only_hard)
    told = tuple(_told(field, finding, read.span) for finding in found if finding[3] or not only_hard)
    return told if only_hard or not guesses else (*told, *_guessed(field, text, told))


def may_tell_of_somebody(body: bytes, identifiers: Sequence[str] = ()) -> bool:
    """Whether the texts of a *body* (a record's, as it is encoded) have to be looked at one by one.

    One look at all of them together is quicker, and stops at whatever ``check_text`` would stop at in one of them.

    >>> may_tell_of_somebody('{"limits":"Née le 3 mars 2012"}'.encode())
    True
    """
    return b"\\" in body or bool(
        check_text(_OF_NOBODY.sub('""', body.decode()), identifiers=identifiers, only_hard=True)
    )


_OF_NOBODY = re.compile(
    # 10.3.a; 2012, 2012-03-03 or a moment; an id: all that there is between two quotation marks
    r'"(?:[0-9]{1,2}(?:\.[0-9a-z]{1,2}){0,2}|(?:19|20)[0-9]{2}(?:-[0-9]{2}){0,2}(?:T[0-9:.]{8,15}Z)?'
    rf'|{FORM})"'
)
"""Values that tell of nobody: most of the figures of a body are theirs."""


class _Hints(NamedTuple):
    """What there may be in a text: most have none of it, and seeing that is quick."""

    haste: bool
    """Names without their capitals."""
    addresses: bool
    """Of mail."""
    profiles: bool


def _hints(text: str, *, only_hard: bool = False) -> _Hints:
    return _Hints(not only_hard and may_name_somebody(text), may_hold_address(text), may_hold_profile(text))


def _found(seen: str, identifiers: Sequence[str], hints: _Hints, *, only_hard: bool = False) -> Sequence[Finding]:
    """What is found in a plain text, apart from each other.

    Not all of it where there is much: what must go stops a text, and of what is asked about, one reason is given.
    """
    if hints.haste:
        seen = with_capitals(seen)
    found: list[Finding] = []
    runs, capitals = (runs_of_digits(seen), []) if only_hard else runs_and_capitals(seen)
    if runs:
        known: list[int] = []
        if long := list(joined(seen, runs, FEWEST_DIGITS)):
            found += _first(phones(seen, long, _country(identifiers), mixed=only_hard))
            known = [start + (seen[start] in "+(") for _, start, _, hard in found if hard]
            found += _first(bank_accounts(seen, runs))
            found += numbers_without_key(seen, runs)
        figures = sum([len(run.text) for run in runs])
        if numbers := personal_numbers(seen, long, identifiers, figures=figures, most=_MANY, known=known):
            found += (("personal-number", start, end, True) for start, end in numbers)
        if more := beside_words(seen, telling(seen, runs)):
            found += _first(births(seen, more, most_beside=0 if only_hard else _MANY))
            if not only_hard:
                found += islice(ages(seen, more), _MANY)
                found += islice(home_addresses(seen, more), _MANY)
    found += _first(births_in_words(seen))
    if hints.addresses:
        found += _first(addresses(seen))
    if hints.profiles:
        found += _first(profiles(seen))
    if (runs or "_" in seen) and not only_hard and (places := may_be_handles(seen, runs)):
        found += islice(handles(seen, places), _MANY)
    if capitals and sum(code == "name-with-age" for code, *_ in found) < _MANY:
        found += persons(seen, capitals)
    return _apart(found) if found else ()


def _country(identifiers: Sequence[str]) -> str:
    """That of the region, by its own kinds of personal number."""
    return identifiers[0].partition(".")[0].rstrip("_").upper() if identifiers else ""


_MANY = 16
"""So many of a kind are enough: who puts them right is shown the next ones."""


def _first(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Up to where there are many that must go."""
    hard = 0
    for one in findings:
        yield one
        hard += one[3]
        if hard == _MANY:
            return


def _told(field: str, finding: Finding, span: Callable[[int, int], tuple[int, int]]) -> Concern:
    code, start, end, hard = finding
    start, end = span(start, end)
    return Concern(code=code, field=field, start=start, end=end, hard=hard)


def _guessed(field: str, text: str, told: Sequence[Concern]) -> Iterator[Concern]:
    """Sentences from which somebody may be recognised, and in which no rule found anything."""
    for sentence in recognisable(text):
        if any(one.start < sentence.end and one.end > sentence.start for one in told):
            continue
        kinds = kinds_in(text[sentence.start : sentence.end])
        code = "suspect" if kinds & (PARTY | CHARGED) else "relative" if kinds & KIN else "recognisable"
        yield Concern(code=code, field=field, start=sentence.start, end=sentence.end, hard=False)


def _same(start: int, end: int) -> tuple[int, int]:
    return start, end


def _apart(found: Iterable[Finding]) -> list[Finding]:
    """Of those that overlap only the one that weighs most, in the order of the text."""
    kept: list[Finding] = []
    for one in sorted(found, key=lambda finding: finding[1]):
        if not kept or one[1] >= kept[-1][2]:
            kept.append(one)
        elif _weight(one) < _weight(kept[-1]):
            kept[-1] = one
    return kept


def _weight(finding: Finding) -> tuple[bool, int]:
    return not finding[3], _RANK[finding[0]]


def check_texts(
    texts: Iterable[tuple[str, str]], *, identifiers: Sequence[str] = (), guesses: bool = True
) -> tuple[Concern, ...]:
    """Check several (field, text) of one record, and what only some of them together say; as ``check_text`` does."""
    with GUARD.timing():
        return _all_checked(list(texts), identifiers, guesses=guesses)


def _all_checked(given: Sequence[tuple[str, str]], identifiers: Sequence[str], *, guesses: bool) -> tuple[Concern, ...]:
    # All together at once, as far as it goes: it is the calls that take time.
    lines = "\n".join([text for _, text in given])
    first = figures_first(lines, [end - 1 for end in accumulate(len(text) + 1 for _, text in given)])
    # Letters that only look alike are told from the whole of a text: of each by itself, not of all together.
    seen_at_once = undisguised(lines)
    read = Plain(seen_at_once, None) if seen_at_once and not has_other_alphabets(seen_at_once) else None
    hints = _hints(read.text) if read else None
    beginning = {lines.rfind("\n", 0, start) + 1 for _, start in first}
    found: list[Concern] = []
    short: list[int] = []
    done = 0
    for place, (field, text) in enumerate(given):
        if done in beginning and len(text) <= LONGEST and may_be_age_or_date(text):
            short.append(place)
        if read is None or hints is None:
            found += _checked(text, identifiers, field, guesses=False)
        else:
            own = read if read.one_for_one else plain(text)
            seen = read.text[done : done + len(text)] if own is read else own.text
            for finding in _found(seen, identifiers, hints):
                found.append(_told(field, finding, _same if own is read else own.span))
        done += len(text) + 1
    if going_on := joints(lines, first):
        found += list(dict.fromkeys(_in_chains(given, going_on, identifiers, found)))
    if short:
        found += _in_rows(given, short)
    if guesses:
        told: dict[str, list[Concern]] = {}
        for one in found:
            told.setdefault(one.field, []).append(one)
        found += [one for field, text in given for one in _guessed(field, text, told.get(field, ()))]
    return tuple(found)


def _in_chains(
    given: Sequence[tuple[str, str]], going_on: frozenset[int], identifiers: Sequence[str], found: Sequence[Concern]
) -> Iterator[Concern]:
    """What is stopped of the figures that one text ends and the next ones go on with, and is not *found*: in all."""
    chain = Chain()
    done, ended = 0, -1
    for field, text in given:
        if text.strip():
            if ended not in going_on:
                chain.begin(field, text)
                ended = done + len(text)
            else:
                for seam in chain.go_on(field, text):
                    told = _across(seam, _checked(seam.text, identifiers, only_hard=True))
                    if told and not any(_overlap(one, other) for one in told for other in found):
                        yield from told
                        break
                if any(map(str.isdecimal, text)):
                    ended = done + len(text)
        done += len(text) + 1


def _overlap(one: Concern, other: Concern) -> bool:
    return other.hard and one.field == other.field and one.start < other.end and other.start < one.end


def _in_rows(given: Sequence[tuple[str, str]], short: Sequence[int]) -> Iterator[Concern]:
    """What an age or a date in one text says together with a name before it: told in all."""
    for place in short:
        before = [one for one in given[max(0, place - _FURTHEST) : place] if one[1] and not one[1].isspace()]
        for row in rows(before, *given[place]):
            if told := _across(row, (one for one in _checked(row.text, ()) if one.code in _OF_ROWS)):
                yield from told
                break


_FURTHEST = 4
_OF_ROWS = ("name-with-age", "birth-date")


def _across(joined: Seam | Row, found: Iterable[Concern]) -> list[Concern]:
    """What was *found* in several texts read as one, in each of them."""
    for one in found:
        if parts := joined.parts(one.start, one.end):
            return [
                Concern(code=one.code, field=field, start=start, end=end, hard=one.hard) for field, start, end in parts
            ]
    return []
