"""The form of a procedure: bodies and sectors in one list, deadlines in parts, steps that name each other by number.

What it asks in its own way is put as the fields of the kind hold it, and back. Rows are moved without anything being
checked or lost: whatever was typed is there again, in another row.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from lanzarote.directory.service import named
from lanzarote.kinds import organisations
from lanzarote.kinds.fields import Option
from lanzarote.kinds.kind import OwnForm
from lanzarote.kinds.law_and_sources import keyed, sectors
from lanzarote.procedures import service
from lanzarote.procedures.words import UNITS
from lanzarote.records.records import Record, body_of, decode
from lanzarote.records.validation import MISSING, NO_CHOICE, Fault
from lanzarote.store.ids import slugify
from lanzarote.translation import N_
from lanzarote.types import Procedure
from lanzarote.web.forms import many_of
from lanzarote.web.refusals import original_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lanzarote.instance import Instance
    from lanzarote.kinds.controls import Control
    from lanzarote.web.site import View

NOT_PUBLIC: Final = N_("A practice that is no longer public")
NOT_DISCUSSED: Final = N_("An improvement that is no longer discussed")
NO_STEP: Final = N_("Write the number of a step that is shown here.")
ONE_STEP: Final = N_("Write the number of one step.")
NO_NUMBER: Final = N_("Write a whole number from 1 to 999.")
NO_MONTHS: Final = N_("Write a number of months from 1 to 120.")
_NUMBERS: Final = re.compile(r"\d+")
_NUMBERS_ALONE: Final = re.compile(r"\s*\d+(\s*([,;/+&]|\w{1,3}\b)?\s*\d+)*\s*[.,;]?\s*")
"""Numbers with a comma or a word such as *et* between them."""
MOST_ROWS: Final = 200
PRESET: Final = frozenset({"key", "kind", "within_unit"})
"""What a row holds though nobody wrote in it."""
TICKS: Final[Mapping[str, str]] = {"legal_basis": "provision", "sources": "source", "practices": "", "improvements": ""}
"""What is ticked → kind of the entries of the region that may have had other keys."""


# What there is to choose from


def practices(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    """Those that the public reads, and what is *chosen* already."""
    yield from _linked(view, service.PRACTICE, chosen, NOT_PUBLIC)


def improvements(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    """Those that the group discusses, and what is *chosen* already."""
    yield from _linked(view, service.IMPROVEMENT, chosen, NOT_DISCUSSED)


def _linked(view: View, kind: str, chosen: Sequence[str], lost: str) -> Iterator[Option]:
    with view.instance.database.read(view.region_id) as session:
        found = service.to_link(session, kind, view.lang)
    known = {name for one in found for name in one[:2] if name}
    for record_id, key, title in sorted(found, key=lambda one: view.sort_key(one[2])):
        by_id = kind == service.IMPROVEMENT or record_id in chosen
        yield Option(value=record_id if by_id else key or record_id, label=title)
    # What is offered no more stays until it is unticked.
    yield from (Option(value=one, label=view._(lost)) for one in chosen if one not in known)


# What the form shows


def shown(view: View, typed: dict[str, Any]) -> dict[str, Any]:
    """What the fields hold, as the form has it."""
    found = dict(typed)
    numbers = {text_of(typed, f"steps[{one}].key"): str(one + 1) for one in rows(typed, "steps")}
    for name in typed:
        place, _, last = name.rpartition(".")
        if last == "organisation":
            found[f"{place}.who"] = _who(view, text_of(typed, name), text_of(typed, f"{place}.sector"))
        elif last == "within" and (within := text_of(typed, name)):
            found[name], found[f"{name}_unit"] = "".join(filter(str.isdecimal, within)), within[-1]
        elif _names_steps(name.partition("].")[2]):
            found[name] = ", ".join(numbers.get(key, key) for key in many_of(typed, name))
    return found


def context(view: View, record_id: str, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What the template offers beside its controls."""
    whos = [text_of(typed, name).partition(" ")[::2] for name in typed if name.endswith(".who")]
    bodies = [(f"body {one.value}", one.label) for one in _bodies(view, [key for kind, key in whos if kind == "body"])]
    acting = [*sectors(view, [key for kind, key in whos if kind == "sector"])]
    parties = {text_of(typed, f"parties[{number}].who") for number in rows(typed, "parties")}
    return {
        "offered": {
            "bodies": bodies,
            "own": [pair for pair in bodies if pair[0] in parties],
            "sectors": [(f"sector {one.value}", one.label) for one in acting],
            "units": [(code, view._(words)) for code, words in UNITS.items()],
        },
        # What was sent may be older than a rename.
        "now": {f"sector {name}": f"sector {one.value}" for one in acting for name in one.names},
        "rows_of": lambda room: rows(typed, room),
        "named": _by_field,
    }


def _bodies(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    return organisations.organisations(view, chosen)


def _by_field(controls: Iterable[Control]) -> dict[str, Control]:
    """Name of a field → how it is asked for."""
    return {one.name.removesuffix(".*").rpartition(".")[2]: one for one in controls}


def _who(view: View, organisation: str, sector: str) -> str:
    if organisation:
        known = named(view.directory).get(organisation)
        return f"body {(known.key or known.id) if known else organisation}"
    return f"sector {sector}" if sector else ""


# What was sent


def sent(
    view: View, data: Mapping[str, Any], before: Procedure | None, record_id: str, faults: list[Fault]
) -> dict[str, Any]:
    """What was typed, as the fields hold it."""
    return _Sent(view, data, before, faults).fields()


def as_named(instance: Instance, region_id: str, record_id: str, said: Procedure) -> Procedure:
    """What a form *said*, with keys for its new sources, and with bodies under the names that they had."""
    before: Sequence[Any] = ()
    if record_id:
        with instance.database.read(region_id) as session:
            record = session.get_one(Record, (region_id, record_id))
            before = decode(body_of(session, record, record.version), Procedure).own_sources
    own = keyed(instance, region_id, record_id, said.own_sources, before)
    return organisations.as_named(instance, region_id, record_id, replace(said, own_sources=own))


class _Sent:
    """A form that was sent, and what of it cannot be read."""

    def __init__(self, view: View, data: Mapping[str, Any], before: Procedure | None, faults: list[Fault]) -> None:
        blank = [f"steps[{number}]." for number in rows(data, "steps") if is_empty(row(data, "steps", number))]
        data = {name: value for name, value in data.items() if not name.startswith(tuple(blank))}
        self.view, self.data, self.before, self.faults = view, data, before, faults
        self.languages = tuple(dict.fromkeys((*view.vocabulary.header.languages, *(before.text if before else ()))))
        self.original = text_of(data, "original")
        if before is None:
            self.original = original_of(data, self.original, self.languages)

    def fields(self) -> dict[str, Any]:
        data = self.data
        if not text_of(data, f"text.{self.original}.title"):
            self._refuse(f"text.{self.original}.title", MISSING)
        if self.original not in self.languages:
            self._refuse("original", NO_CHOICE)
        months = text_of(data, "review_months")
        if months and not (re.fullmatch(r"[0-9]{1,3}", months) and 1 <= int(months) <= 120):
            self._refuse("review_months", NO_MONTHS)
            months = ""
        found = dict(data) | {name: self._ticked(name, kind) for name, kind in TICKS.items()}
        found["review_months"] = months
        for number in rows(data, "own_sources"):
            found.setdefault(f"own_sources[{number}].kind", "organisation")
        for name in data:
            if name.endswith(".who"):
                found |= self._body_or_sector(name.removesuffix(".who"))
        found |= self._named("steps", "step") | self._named("measures", "measure")
        keys = [found[f"steps[{number}].key"] for number in rows(data, "steps")]
        for number in rows(data, "steps"):
            found |= self._step(f"steps[{number}]", keys)
        return found

    def _ticked(self, name: str, kind: str) -> list[str]:
        """What was ticked, in the order it had, and then in that of the form."""
        given = [*dict.fromkeys(filter(None, many_of(self.data, name)))]
        before = [self.view.vocabulary.present_key(kind, key) for key in getattr(self.before, name, ())]
        return sorted(given, key=lambda key: before.index(key) if key in before else len(before))

    def _body_or_sector(self, place: str) -> dict[str, str]:
        kind, _, key = text_of(self.data, f"{place}.who").partition(" ")
        if kind and (kind not in ("body", "sector") or not key):
            self._refuse(f"{place}.organisation", NO_CHOICE)
        elif not kind and place.startswith("parties[") and self._says(f"{place}.part"):
            self._refuse(f"{place}.organisation", MISSING)
        found = {f"{place}.organisation": key if kind == "body" else "", f"{place}.sector": ""}
        if kind == "sector":
            return found | {f"{place}.sector": key}
        return found | ({f"{place}.side": ""} if place.startswith("parties[") else {})

    def _step(self, at: str, keys: Sequence[str]) -> dict[str, Any]:
        if not self._says(f"{at}.title"):
            self._refuse(f"{at}.title", MISSING)
        found: dict[str, Any] = {f"{at}.within": self._within(at)}
        found[f"{at}.next"] = [keys[one - 1] for one in self._numbers(f"{at}.next", len(keys))]
        for number in rows(self.data, f"{at}.branches"):
            place = f"{at}.branches[{number}]"
            to = self._numbers(f"{place}.to", len(keys))
            if len(to) != 1 and (self._says(f"{place}.condition") or text_of(self.data, f"{place}.to")):
                self._refuse(f"{place}.to", ONE_STEP)
            found[f"{place}.to"] = keys[to[0] - 1] if len(to) == 1 else ""
        return found

    def _within(self, at: str) -> str:
        number, unit = (text_of(self.data, f"{at}.within{part}") for part in ("", "_unit"))
        if not number:
            return ""
        if not re.fullmatch(r"[1-9][0-9]{0,2}", number) or unit not in UNITS:
            self._refuse(f"{at}.within", NO_NUMBER)
            return ""
        return f"PT{number}H" if unit == "H" else f"P{number}{unit}"

    def _numbers(self, place: str, most: int) -> list[int]:
        """The steps that are named by number."""
        text = text_of(self.data, place)
        found = [*dict.fromkeys(numbers_in(text))]
        if text and (not _NUMBERS_ALONE.fullmatch(text) or not all(1 <= one <= most for one in found)):
            self._refuse(place, NO_STEP)
            return []
        return found

    def _named(self, room: str, word: str) -> dict[str, str]:
        """The key of each row: its own, or one made of its title."""
        numbers = rows(self.data, room)
        kept = {number: text_of(self.data, f"{room}[{number}].key") for number in numbers}
        taken = {key for key in kept.values() if key}
        for number in numbers:
            if not kept[number]:
                kept[number] = new = self._key(f"{room}[{number}].title", word, taken)
                taken.add(new)
        return {f"{room}[{number}].key": key for number, key in kept.items()}

    def _key(self, place: str, word: str, taken: set[str]) -> str:
        titles = [text_of(self.data, f"{place}.{code}") for code in (self.original, *self.languages)]
        title = next(filter(None, titles), "")
        made = slugify(title, limit=40) if title else ""
        wanted = made if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", made) else word
        new, more = wanted, 2
        while new in taken:
            new, more = f"{wanted}-{more}", more + 1
        return new

    def _says(self, place: str) -> bool:
        return any(text_of(self.data, f"{place}.{code}") for code in self.languages)

    def _refuse(self, place: str, text: str) -> None:
        if not any(fault.field == place for fault in self.faults):
            self.faults.append(Fault(field=place, text=text))


# Rows, and steps that are named by their numbers


def rows(data: Mapping[str, Any], room: str) -> list[int]:
    """Numbers of the rows of *room* that were sent, such as ``steps`` or ``steps[3].passes``."""
    start = f"{room}["
    found = set()
    for name in data:
        number, closed, _ = name.removeprefix(start).partition("].")
        if name.startswith(start) and closed and number.isascii() and number.isdecimal() and len(number) < 4:
            found.add(int(number))
    return sorted(found)


def row(data: Mapping[str, Any], room: str, number: int) -> dict[str, Any]:
    """The fields of one row, without its place."""
    start = f"{room}[{number}]."
    return {name[len(start) :]: value for name, value in data.items() if name.startswith(start)}


def is_empty(fields: Mapping[str, Any]) -> bool:
    """Whether nobody wrote anything in the row."""
    return not any(text_of(fields, name) for name in fields if name.rpartition(".")[2] not in PRESET)


def tidied(data: Mapping[str, Any]) -> dict[str, Any]:
    """*data* with the steps in which nobody wrote last: all are numbered anew, where they are named too."""
    steps = rows(data, "steps")
    asked = {number - 1 for one in steps for number in _named_in(row(data, "steps", one))}
    # An empty step that another leads to is one that somebody forgot to write: it stays, for them to see.
    data = {**data, **{f"steps[{number}].named": "yes" for number in asked.intersection(steps)}}
    kept = sorted(steps, key=lambda number: is_empty(row(data, "steps", number)))
    found = arranged(data, kept)
    for place in range(len(kept)):
        for room in ("passes", "branches"):
            found = _renumbered(found, f"steps[{place}].{room}")
    return found


def rearranged(view: View, data: Mapping[str, Any], do: str) -> dict[str, Any]:
    """*data* with a row more or less, or a step elsewhere, as the button *do* says: ``up:3``, ``add-step``."""
    what, _, which = do.partition(":")
    order, place = rows(data, "steps"), _number(which.partition(".")[0])
    found = dict(data)
    if what in ("up", "down") and place in order:
        here = order.index(place)
        there = here + (1 if what == "down" else -1)
        if 0 <= there < len(order):
            order[here], order[there] = order[there], order[here]
        return arranged(data, order)
    if what == "remove" and place in order:
        return arranged(data, [number for number in order if number != place])
    if what == "add-step":
        # Below the step that is named, or last.
        order = order[: order.index(place) + 1] if place in order else order
        rest = [number for number in rows(data, "steps") if number not in order]
        new = max([*order, *rest], default=-1) + 1
        return arranged({**found, f"steps[{new}].key": ""}, [*order, new, *rest]) if new < MOST_ROWS else found
    if what in ("add-pass", "add-branch") and place in order:
        room = f"steps[{place}].{'passes' if what == 'add-pass' else 'branches'}"
        name = f"what.{view.vocabulary.header.languages[0]}" if what == "add-pass" else "to"
        found[f"{room}[{max(rows(data, room), default=-1) + 1}].{name}"] = ""
    if what in ("remove-pass", "remove-branch") and place in order:
        room = f"steps[{place}].{'passes' if what == 'remove-pass' else 'branches'}"
        return _without(found, room, _number(which.partition(".")[2]))
    if what.startswith("add-") and (room := ROOMS.get(what[4:], "")):
        found[f"{room}[{max(rows(data, room), default=-1) + 1}].key"] = ""
    if what.startswith("remove-") and (room := ROOMS.get(what[7:], "")):
        return _without(found, room, place)
    return found


ROOMS: Final[Mapping[str, str]] = {"party": "parties", "measure": "measures", "source": "own_sources"}


def arranged(data: Mapping[str, Any], order: Sequence[int]) -> dict[str, Any]:
    """*data* with the rows of steps in *order*, others left out; whoever named a step by number still names it."""
    found = {name: value for name, value in data.items() if not name.startswith("steps[")}
    numbers = {old + 1: 0 for old in rows(data, "steps")} | {old + 1: new + 1 for new, old in enumerate(order)}
    for new, old in enumerate(order):
        for name, value in row(data, "steps", old).items():
            if _names_steps(name):
                value = _moved(text_of({name: value}, name), numbers)
            found[f"steps[{new}].{name}"] = value
    return found


def numbers_in(text: str) -> list[int]:
    """Steps that are named: ``3, 5`` or ``3 et 5``."""
    return [int(one) for one in _NUMBERS.findall(text) if len(one) < 5]


def _moved(text: str, numbers: Mapping[int, int]) -> str:
    """*text* with the numbers that steps have now; words beside them stay as they were typed, for their writer."""
    if not _NUMBERS_ALONE.fullmatch(text):
        return _NUMBERS.sub(lambda one: str(numbers.get(int(one[0]), 0) or one[0]), text)
    return ", ".join(str(numbers.get(one, one)) for one in numbers_in(text) if numbers.get(one, one))


def _names_steps(name: str) -> bool:
    return name == "next" or (name.startswith("branches[") and name.endswith("].to"))


def _named_in(fields: Mapping[str, Any]) -> list[int]:
    return [number for name in fields if _names_steps(name) for number in numbers_in(text_of(fields, name))]


def _renumbered(data: Mapping[str, Any], room: str) -> dict[str, Any]:
    kept = [number for number in rows(data, room) if not is_empty(row(data, room, number))]
    return _placed(data, room, kept)


def _without(data: Mapping[str, Any], room: str, number: int) -> dict[str, Any]:
    return _placed(data, room, [one for one in rows(data, room) if one != number])


def _placed(data: Mapping[str, Any], room: str, kept: Iterable[int]) -> dict[str, Any]:
    found = {name: value for name, value in data.items() if not name.startswith(f"{room}[")}
    for new, number in enumerate(kept):
        found |= {f"{room}[{new}].{name}": value for name, value in row(data, room, number).items()}
    return found


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else -1


OWN_FORM: Final = OwnForm(
    template="procedures/team/form.html",
    shown=shown,
    sent=sent,
    tidied=tidied,
    rearranged=rearranged,
    context=context,
)
