"""What may be written in a meeting beyond what its type says: it names what there is, and nobody."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from lanzarote import guard
from lanzarote.guard.lexicon import GIVEN, NEVER_A_NAME, ORGANISATION, SCHOOL, SERVICE, kinds_in, kinds_of
from lanzarote.kinds.law_and_sources import unknown_in
from lanzarote.kinds.organisations import nameable
from lanzarote.meetings import agenda
from lanzarote.records.days import NO_PERIOD, unfit_beginning, unfit_coming
from lanzarote.records.validation import MISSING, NO_CHOICE, TOO_MANY, UNKNOWN, Fault, unfit_text
from lanzarote.stakeholders.contacts import tells_name
from lanzarote.translation import N_
from lanzarote.translation.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from lanzarote.instance import Instance
    from lanzarote.types import Meeting, Present

LANGUAGES: Final = 12
LONGEST_ROLE: Final = 300
NO_START: Final = N_("Say also when it begins.")
NAMELESS: Final = N_("Choose an organisation, or write its name.")
NO_PERSON: Final = N_("This looks like a person’s name. Write the role instead, such as “substitute prosecutor”.")
NO_ORGANISATION: Final = N_(
    "This looks like a person’s name. Write the name of the organisation; if it is called after a person, say also "
    "what it is, such as “association”, “school” or “hospital”."
)


class Known(Struct, frozen=True, kw_only=True):
    """What a region has that a meeting may name."""

    instance: Instance
    region_id: str
    today: date
    record_id: str = ""
    """Of a meeting that is there already: whom it names, it may go on naming."""

    def organisations(self) -> frozenset[str]:
        return nameable(self.instance, self.region_id, self.record_id)

    def kinds_of(self, meeting: Meeting) -> dict[str, str]:
        """Id of each record that *meeting* names → its kind, if the group may read it."""
        with self.instance.database.read(self.region_id) as session:
            return agenda.kinds_of(session, self.region_id, agenda.references_in(meeting))


def known_in(instance: Instance, region_id: str, record_id: str) -> Known:
    return Known(instance=instance, region_id=region_id, today=instance.today(region_id), record_id=record_id)


def faults_in(meeting: Meeting, known: Known) -> Iterator[Fault]:
    """What cannot be kept as it is."""
    if len(meeting.text) > LANGUAGES:
        yield Fault(field="text", text=TOO_MANY, value=str(LANGUAGES))
    yield from _misdated(meeting, known.today)
    yield from unknown_in(meeting, known.instance.vocabulary(known.region_id), known.organisations())
    yield from _misnamed(meeting, known.kinds_of(meeting))


def each_once(meeting: Meeting) -> Meeting:
    """*meeting* with each organisation that was present in one row, with all its roles."""
    there: dict[object, Present] = {}
    for number, one in enumerate(meeting.present):
        who = one.organisation or one.name.strip().casefold() or number
        before = there.get(who, one)
        roles = dict.fromkeys(filter(None, (before.roles, one.roles)))
        there[who] = replace(before, roles=", ".join(roles))
    return replace(meeting, present=tuple(there.values()))


def _misdated(meeting: Meeting, today: date) -> Iterator[Fault]:
    yield from unfit_beginning("day", meeting.day.isoformat())
    for field, day in (("day", meeting.day), ("last_day", meeting.last_day)):
        if day is not None:
            yield from unfit_coming(field, day, today)
    if meeting.last_day and meeting.last_day < meeting.day:
        yield Fault(field="last_day", text=NO_PERIOD)
    if meeting.ends and not meeting.starts:
        yield Fault(field="starts", text=NO_START)
    one_day = meeting.last_day in (None, meeting.day)
    if one_day and meeting.starts and meeting.ends and meeting.ends <= meeting.starts:
        yield Fault(field="ends", text=NO_PERIOD)


def _misnamed(meeting: Meeting, kinds: Mapping[str, str]) -> Iterator[Fault]:
    for number, point in enumerate(meeting.agenda):
        place = f"agenda[{number}]"
        if point.record is None:
            if not any(said.strip() for said in point.title.values()):
                yield Fault(field=f"{place}.title.{meeting.original}", text=MISSING)
            if point.about != "own":
                yield Fault(field=f"{place}.about", text=NO_CHOICE)
        elif kinds.get(point.record, "") != agenda.KINDS_OF.get(point.about):
            yield Fault(field=f"{place}.record", text=UNKNOWN, value=point.record)
    for number, one in enumerate(meeting.present):
        place = f"present[{number}]"
        if one.organisation is None and not one.name.strip():
            yield Fault(field=f"{place}.organisation", text=NAMELESS)
        if names_person_only(one.name):
            yield Fault(field=f"{place}.name", text=NO_ORGANISATION)
        if names_person(one.roles):
            yield Fault(field=f"{place}.roles", text=NO_PERSON)
    for number, outcome in enumerate(meeting.outcomes):
        place = f"outcomes[{number}]"
        if not any(said.strip() for said in outcome.text.values()):
            yield Fault(field=f"{place}.text.{meeting.original}", text=MISSING)
        if outcome.improvement is not None and kinds.get(outcome.improvement) != "improvement":
            yield Fault(field=f"{place}.improvement", text=UNKNOWN, value=outcome.improvement)


def unfit_role(field: str, text: str, identifiers: Sequence[str]) -> Iterator[Fault]:
    """What is wrong with a role, or with a group, in the one line *text*: there is no way to explain it away."""
    if fault := unfit_text(field, text, LONGEST_ROLE):
        yield fault
    if names_person(text) or guard.check_text(text, identifiers=identifiers, field=field, guesses=False):
        yield Fault(field=field, text=NO_PERSON)


# Whether what is to be a role, or an organisation, names a person


_PIECES = re.compile(r"[,;:/()\n–—+]| - ")
_WORDS = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_INITIAL = re.compile(r"\b[^\W\d_a-zà-ÿ]\. ?[^\W\d_a-zà-ÿ][^\W\d_]")
_OF: Final = frozenset({"de", "du", "des", "of", "at", "à", "au", "aux", "chez", "saint", "sainte", "st", "ste"})
"""Before a name that is a place's: "hôpital de Marie"."""
_BODIES: Final = frozenset({"groupe", "group", "espace", "institut", "institute", "clinique", "clinic", "hospital"})
"""What organisations are, beside what the guard knows; folded."""


def names_person(text: str) -> bool:
    """Whether there is something like a person's name in *text*, a role.

    >>> [names_person(one) for one in ("substitute prosecutor", "Juge des enfants", "DUPONT Jean, juge", "Marie")]
    [False, False, True, True]
    """
    return tells_name(text) or _INITIAL.search(text) is not None or any(map(_in_piece, _PIECES.split(text)))


def names_person_only(text: str) -> bool:
    """Whether a part of *text*, the name of an organisation, is a person's name; many are called after somebody.

    >>> [names_person_only(one) for one in ("Paul Durand", "Collège Jean Moulin", "Mme Durand, association Espoir")]
    [True, False, True]
    """
    return any(names_person(piece) and not _says_what_it_is(piece) for piece in _PIECES.split(text))


def _says_what_it_is(piece: str) -> bool:
    told = kinds_in(piece) & (ORGANISATION | SCHOOL | SERVICE)
    return bool(told) or not _BODIES.isdisjoint(fold(word) for word in _WORDS.findall(piece))


def _in_piece(piece: str) -> bool:
    words = _WORDS.findall(piece)
    if len(words) == 1:
        return _is_given(words[0])
    return any(
        _is_given(second) and first.casefold() not in _OF and not first.endswith(("’", "'"))
        for first, second in pairwise(words)
    )


def _is_given(word: str) -> bool:
    kinds = kinds_of(word)
    return word[0].isupper() and bool(kinds & GIVEN) and not kinds & NEVER_A_NAME
