"""What may be written in a meeting: that it can be kept and shown, names what there is, and nobody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from msgspec.structs import replace

from lanzarote import guard
from lanzarote.meetings.roles import NO_ORGANISATION, NO_PERSON, names_person, names_person_only
from lanzarote.records.validation import (
    MISSING,
    NO_ADDRESS,
    NO_CHOICE,
    NO_PERIOD,
    TOO_MANY,
    UNKNOWN,
    Fault,
    is_address,
    read_as,
    refuse_long,
    unfit_beginning,
    unfit_coming,
    unfit_text,
)
from lanzarote.translation import N_
from lanzarote.types import Meeting, Present

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date

    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import About

LONGEST: Final = {
    "title": 300,
    "purpose": 4_000,
    "found": 12_000,
    "next_steps": 8_000,
    "minutes": 60_000,
    "place": 300,
    "link": 500,
    "point": 300,
    "name": 300,
    "roles": 300,
    "outcome": 4_000,
}
MOST: Final = {"agenda": 60, "present": 150, "outcomes": 60, "organisations": 300, "sectors": 100, "languages": 20}
LANGUAGES: Final = 12
KINDS_OF: Final[Mapping[About, str]] = {
    "finding": "finding",
    "improvement": "improvement",
    "minutes": "meeting",
    "procedure": "procedure",
    "action": "improvement",
}
"""What a point of the agenda is about → kind of the record that it names; actions follow from improvements."""
NO_TIME: Final = N_("Write a time such as 14:30.")
NO_START: Final = N_("Say also when it begins.")
NAMELESS: Final = N_("Choose an organisation, or write its name.")


def read(body: Any) -> Meeting:
    """Raises Faulty."""
    return read_as(body, Meeting)


def each_once(meeting: Meeting) -> Meeting:
    """*meeting* with each organisation that was present in one row, with all its roles."""
    there: dict[object, Present] = {}
    for number, one in enumerate(meeting.present):
        who = one.organisation or one.name.strip().casefold() or number
        before = there.get(who, one)
        roles = dict.fromkeys(filter(None, (before.roles, one.roles)))
        there[who] = replace(before, roles=", ".join(roles))
    return replace(meeting, present=tuple(there.values()))


def references_in(meeting: Meeting) -> set[str]:
    """Ids of all records that it names, but for stakeholders."""
    return {one.record for one in meeting.agenda if one.record} | {
        one.improvement for one in meeting.outcomes if one.improvement
    }


def texts_of(meeting: Meeting) -> Iterator[tuple[str, str]]:
    """Everything in it that a person wrote, with its place."""
    for language, text in meeting.text.items():
        for name in text.__struct_fields__:
            if said := getattr(text, name):
                yield f"text.{language}.{name}", said
    yield "place", meeting.place
    for number, point in enumerate(meeting.agenda):
        yield from ((f"agenda[{number}].title.{language}", said) for language, said in point.title.items())
    for number, one in enumerate(meeting.present):
        yield f"present[{number}].name", one.name
        yield f"present[{number}].roles", one.roles
    for number, outcome in enumerate(meeting.outcomes):
        yield from ((f"outcomes[{number}].text.{language}", said) for language, said in outcome.text.items())


def concerns_about(meeting: Meeting, identifiers: Sequence[str]) -> tuple[guard.Concern, ...]:
    """What in it may tell who a person is. Raises Faulty for a text that is too long to be read."""
    texts = list(texts_of(meeting))
    refuse_long([*texts, ("link", meeting.link or "")], _longest)
    linked = (("link", words_in(meeting.link)),) if meeting.link else ()
    # Rooms online are called by numbers: of an address, only what can be nothing but a person's is stopped.
    named = (one for one in guard.check_texts(linked, identifiers=identifiers, guesses=False) if one.hard)
    return (*guard.check_texts(texts, identifiers=identifiers), *named)


def words_in(address: str) -> str:
    """What stands in a web address, apart, and without the signs that hide it.

    >>> words_in("https://visio.example/a?q=1%2084&b=lea%40example.org")
    'visio.example a q 1 84 b lea@example.org'
    """
    return " ".join(re.split(r"[/?&=#;]+", unquote(address.partition("://")[2])))


def faults_in(
    meeting: Meeting, vocabulary: Vocabulary, organisations: Collection[str], kinds: Mapping[str, str], *, today: date
) -> Iterator[Fault]:
    """What cannot be kept as it is. *kinds*: id of each record that it names → its kind."""
    if not _title(meeting):
        yield Fault(field=f"text.{meeting.original}.title", text=MISSING)
    if len(meeting.text) > LANGUAGES:
        yield Fault(field="text", text=TOO_MANY, value=str(LANGUAGES))
    for name, most in MOST.items():
        if len(getattr(meeting, name)) > most:
            yield Fault(field=name, text=TOO_MANY, value=str(most))
    yield from _unfit(meeting)
    yield from _misdated(meeting, today)
    if meeting.link is not None and not is_address(meeting.link):
        yield Fault(field="link", text=NO_ADDRESS)
    for field, known in (("sectors", {*vocabulary.sectors}), ("organisations", organisations)):
        for key in getattr(meeting, field):
            if key not in known and vocabulary.present_key("sector", key) not in known:
                yield Fault(field=field, text=UNKNOWN, value=key)
    yield from _misnamed(meeting, vocabulary, organisations, kinds)


def _title(meeting: Meeting) -> str:
    text = meeting.text.get(meeting.original)
    return (text.title or "").strip() if text else ""


def _unfit(meeting: Meeting) -> Iterator[Fault]:
    for place, said in (*texts_of(meeting), ("link", meeting.link or "")):
        if fault := unfit_text(place, said, _longest(place)):
            yield fault


def _longest(place: str) -> int:
    room, _, rest = place.partition(".")
    if room.startswith("agenda"):
        return LONGEST["point"]
    return LONGEST["outcome" if room.startswith("outcomes") else rest.rpartition(".")[2] or room]


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


def _misnamed(
    meeting: Meeting, vocabulary: Vocabulary, organisations: Collection[str], kinds: Mapping[str, str]
) -> Iterator[Fault]:
    for number, point in enumerate(meeting.agenda):
        place = f"agenda[{number}]"
        if point.record is None:
            if not any(said.strip() for said in point.title.values()):
                yield Fault(field=f"{place}.title.{meeting.original}", text=MISSING)
            if point.about != "own":
                yield Fault(field=f"{place}.about", text=NO_CHOICE)
        elif kinds.get(point.record, "") != KINDS_OF.get(point.about):
            yield Fault(field=f"{place}.record", text=UNKNOWN, value=point.record)
    for number, one in enumerate(meeting.present):
        place = f"present[{number}]"
        if one.organisation is None and not one.name.strip():
            yield Fault(field=f"{place}.organisation", text=NAMELESS)
        if one.organisation is not None and one.organisation not in organisations:
            yield Fault(field=f"{place}.organisation", text=UNKNOWN, value=one.organisation)
        if one.sector is not None and vocabulary.present_key("sector", one.sector) not in vocabulary.sectors:
            yield Fault(field=f"{place}.sector", text=UNKNOWN, value=one.sector)
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
    if fault := unfit_text(field, text, LONGEST["roles"]):
        yield fault
    if names_person(text) or guard.check_text(text, identifiers=identifiers, field=field, guesses=False):
        yield Fault(field=field, text=NO_PERSON)
