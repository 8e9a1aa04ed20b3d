"""The forms of a meeting: what was sent, read into it, and shown again with what is wrong.

A form writes one part of a meeting. Whoever saves the agenda while somebody else notes who is there loses nothing and
takes nothing away: only who changed the same part meanwhile is asked to look at both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import msgspec

from lanzarote.meetings import checks
from lanzarote.meetings.words import label_of
from lanzarote.records.validation import MISSING, NO_CHOICE, NO_DAY, Fault, Faulty
from lanzarote.stakeholders.team_form import compact, rows_in
from lanzarote.translation.typed_dates import is_iso_day
from lanzarote.types import MeetingKind
from lanzarote.web.forms import many_of
from lanzarote.web.refusals import Refusal, asked_about, date_of, original_of, text_of
from lanzarote.web.refusals import refusal as refused_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lanzarote.errors import LanzaroteError
    from lanzarote.types import Meeting
    from lanzarote.web.site import View

Part = Literal["edit", "agenda", "notes", "minutes"]
FIELDS: Final[Mapping[Part, tuple[str, ...]]] = {
    "edit": (
        "kind", "day", "last_day", "starts", "ends", "place", "link", "languages", "sectors", "organisations",
    ),
    "agenda": ("agenda",),
    "notes": ("present", "outcomes"),
    "minutes": (),
}  # fmt: skip
TEXTS: Final[Mapping[Part, tuple[str, ...]]] = {
    "edit": ("title", "purpose"),
    "agenda": (),
    "notes": ("found", "next_steps"),
    "minutes": ("minutes",),
}
"""Fields of ``MeetingText`` that each part writes."""
ROWS: Final[Mapping[Part, Mapping[str, int]]] = {"agenda": {"agenda": 3}, "notes": {"present": 3, "outcomes": 2}}
"""Empty rows that a form has for what may be said more than once."""
NEVER_EMPTY: Final = ("order", "about", "kind", "invited")


def languages_of(view: View, meeting: Meeting | None) -> tuple[str, ...]:
    """This page's first, then those of the region, then any other that it has texts in."""
    own = meeting.text if meeting else ()
    return tuple(dict.fromkeys((view.lang, *view.vocabulary.header.languages, *own)))


def part_of(meeting: Meeting, part: Part) -> tuple[object, ...]:
    """What one form writes of *meeting*, to be compared."""
    texts = {(code, name): getattr(one, name) for code, one in meeting.text.items() for name in TEXTS[part]}
    return (*(getattr(meeting, name) for name in FIELDS[part]), {key: said for key, said in texts.items() if said})


def typed_from(meeting: Meeting | None, part: Part) -> dict[str, Any]:
    """What the form holds before anybody writes in it."""
    if meeting is None:
        return {}
    typed: dict[str, Any] = {
        f"text.{code}.{name}": getattr(one, name) or "" for code, one in meeting.text.items() for name in TEXTS[part]
    }
    for name in FIELDS[part]:
        value = getattr(meeting, name)
        if name in ("agenda", "present", "outcomes"):
            typed |= _rows_typed(name, value)
        elif isinstance(value, tuple):
            typed[name] = list(value)
        else:
            typed[name] = str(value or "")
    return typed


def as_now(view: View, typed: Mapping[str, Any]) -> dict[str, Any]:
    """*typed* by the present keys of the region's sectors: what was saved or sent may be older than a rename."""
    terms, found = view.vocabulary, dict(typed)
    if "sectors" in found:
        found["sectors"] = list(terms.present_keys("sector", many_of(found, "sectors")))
    for number in rows_in(found, "present"):
        place = f"present[{number}].sector"
        if key := text_of(found, place):
            found[place] = terms.present_key("sector", key)
    return found


def _rows_typed(name: str, rows: Sequence[Any]) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for number, row in enumerate(rows):
        place = f"{name}[{number}]"
        for field in row.__struct_fields__:
            value = getattr(row, field)
            if isinstance(value, dict):
                typed |= {f"{place}.{field}.{code}": text for code, text in value.items()}
            else:
                typed[f"{place}.{field}"] = str(value or "")
        if name == "agenda":
            typed[f"{place}.order"] = str(number + 1)
        if name == "present":
            typed[f"{place}.here"] = "yes"
    return typed


def compacted(data: Mapping[str, Any], part: Part) -> dict[str, Any]:
    """*data* with its rows numbered as they are read: places of faults fit what is shown."""
    found = dict(data)
    for room in ROWS.get(part, {}):
        if room == "agenda":
            found = _ordered(found)
        found = {name: value for name, value in found.items() if name not in _dropped(found, room)}
        found = compact(found, room)
    return found


def _dropped(data: Mapping[str, Any], room: str) -> set[str]:
    """Fields of rows that are to be taken out, or that say nothing: who was invited and is not there."""
    gone = set()
    for number in rows_in(data, room):
        place = f"{room}[{number}]."
        taken_out = text_of(data, f"{place}remove")
        # Of somebody invited the row is there anyway: who was not ticked, and is in no role, was not there.
        here = text_of(data, f"{place}here") or text_of(data, f"{place}roles")
        if taken_out or (text_of(data, f"{place}invited") and not here):
            gone |= {name for name in data if name.startswith(place)}
    return gone


def _ordered(data: Mapping[str, Any]) -> dict[str, Any]:
    """The points of the agenda in the order of the numbers that were written beside them; without one, last."""
    numbers = rows_in(data, "agenda")

    def place(number: int) -> tuple[int, int]:
        said = text_of(data, f"agenda[{number}].order")
        return (int(said) if said.isascii() and said.isdecimal() and len(said) < 6 else 100_000, number)

    kept = {name: value for name, value in data.items() if not name.startswith("agenda[")}
    for new, old in enumerate(sorted(numbers, key=place)):
        head = f"agenda[{old}]."
        kept |= {f"agenda[{new}].{name[len(head) :]}": value for name, value in data.items() if name.startswith(head)}
    return kept


def read(view: View, data: Mapping[str, Any], before: Meeting | None, part: Part) -> Meeting:
    """*before* with the part that was typed. Raises Faulty with everything that is missing."""
    body: dict[str, Any] = msgspec.to_builtins(before) if before else {"text": {}}
    faults: list[Fault] = []
    if before is None:
        body["original"] = original_of(data, view.lang, languages_of(view, None))
    if part == "edit":
        faults += _read_frame(body, data, view.lang)
    elif part == "agenda":
        body["agenda"] = [*_points(data, languages_of(view, before), faults)]
    elif part == "notes":
        body["present"] = [*_present(data)]
        body["outcomes"] = [*_outcomes(data, languages_of(view, before))]
    if faults:
        raise Faulty(faults)
    text: dict[str, Any] = dict(body.get("text", {}))
    for code in languages_of(view, before):
        said = dict(text.get(code, {}))
        for name in TEXTS[part]:
            if f"text.{code}.{name}" in data:
                said[name] = text_of(data, f"text.{code}.{name}") or None
        text[code] = {name: one for name, one in said.items() if one}
    body["text"] = {code: one for code, one in text.items() if one}
    return checks.read(body)


def _read_frame(body: dict[str, Any], data: Mapping[str, Any], lang: str) -> Iterator[Fault]:
    for name in ("kind", "day", "last_day", "starts", "ends", "place", "link"):
        said = date_of(data, name, lang) if name in ("day", "last_day") else text_of(data, name)
        if said:
            body[name] = said
        else:
            body.pop(name, None)
    for name in ("languages", "sectors", "organisations"):
        body[name] = list(dict.fromkeys(filter(None, many_of(data, name))))
    if body.get("kind") not in get_args(MeetingKind):
        yield Fault(field="kind", text=MISSING)
    for name in ("day", "last_day"):
        if name in body and not is_iso_day(body[name]):
            yield Fault(field=name, text=NO_DAY)
    if "day" not in body:
        yield Fault(field="day", text=MISSING)
    for name in ("starts", "ends"):
        if name in body and not _is_clock(body[name]):
            yield Fault(field=name, text=checks.NO_TIME)


def _points(data: Mapping[str, Any], languages: Sequence[str], faults: list[Fault]) -> Iterator[dict[str, Any]]:
    for number in rows_in(data, "agenda"):
        place = f"agenda[{number}]"
        title = {code: said for code in languages if (said := text_of(data, f"{place}.title.{code}"))}
        record, minutes = text_of(data, f"{place}.record"), text_of(data, f"{place}.minutes")
        about = text_of(data, f"{place}.about") or "own"
        if ":" in record:  # chosen from the list of what is open: what it is, and which
            about, _, record = record.partition(":")
        if not (title or record):
            continue
        point: dict[str, Any] = {"about": about if record else "own", "title": title}
        if record:
            point["record"] = record
        if minutes:
            if minutes.isascii() and minutes.isdecimal() and 1 <= int(minutes[:5]) <= 600:
                point["minutes"] = int(minutes)
            else:
                faults.append(Fault(field=f"{place}.minutes", text=NO_CHOICE))
        yield point


def _present(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for number in rows_in(data, "present"):
        place = f"present[{number}]"
        row = {name: text_of(data, f"{place}.{name}") for name in ("organisation", "name", "sector", "roles")}
        if any(row.values()):
            yield {name: said for name, said in row.items() if said}


def _outcomes(data: Mapping[str, Any], languages: Sequence[str]) -> Iterator[dict[str, Any]]:
    for number in rows_in(data, "outcomes"):
        place = f"outcomes[{number}]"
        text = {code: said for code in languages if (said := text_of(data, f"{place}.text.{code}"))}
        improvement = text_of(data, f"{place}.improvement")
        if text or improvement:
            row: dict[str, Any] = {"kind": text_of(data, f"{place}.kind") or "decided", "text": text}
            yield row | ({"improvement": improvement} if improvement else {})


def refusal(view: View, error: LanzaroteError, data: Mapping[str, Any]) -> Refusal:
    """What to show above the form, beside its fields, and where to say why something stays."""

    def label(field: str) -> str:
        return label_of(view.translator, view.lang, field)

    return msgspec.structs.replace(refused_in(view, error, label), asked=asked_about(view, error, data, label))


def _is_clock(text: str) -> bool:
    hour, _, minute = text.partition(":")
    both = all(len(one) == 2 and one.isascii() and one.isdecimal() for one in (hour, minute))
    return both and int(hour) < 24 and int(minute) < 60
