"""The form of any kind: what a record says as fields hold it, and what was sent as its type has it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from msgspec import Struct

from lanzarote.facts.convention import written_references
from lanzarote.kinds.contents import Leaf, leaves, words_typed
from lanzarote.kinds.entered import is_reason
from lanzarote.kinds.fields import CLOCK, MORE, Shape, asked_in
from lanzarote.kinds.kind import Action
from lanzarote.kinds.sent import SentForm
from lanzarote.records.days import is_date, why_no_date
from lanzarote.records.validation import (
    IN_REASONS,
    MISSING,
    NO_CHOICE,
    NO_DAY,
    NOTHING_EXPLAINED,
    Fault,
    Faulty,
    read_as,
    read_references,
    unanswered,
    unread_number,
)
from lanzarote.records.validation import calls_for_help as find_calls
from lanzarote.translation import N_
from lanzarote.translation.typed_dates import is_iso_day, typed_date
from lanzarote.translation.typed_numbers import NotRead, number_text, read_number

if TYPE_CHECKING:
    from lanzarote.guard import Concern
    from lanzarote.kinds.kind import Form, Kind, OwnForm
    from lanzarote.records.validation import Explained
    from lanzarote.web.labels import Voice
    from lanzarote.web.site import View

T = TypeVar("T", bound=Struct)

NO_NUMBER: Final = N_("Write a number, such as 12 or 12.5.")
NO_CLOCK: Final = N_("Write a time such as 14:30.")
NO_WHOLE: Final = N_("Write a whole number, such as 12.")
_KEY: Final = re.compile(r"(?=.{1,64}$)[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
ADDED: Final = "added"
"""Names the row that was asked for just now."""
NOT_SAID: Final = ("key", "code", "tick")
"""A row in which only these stand says nothing."""


class Opened(Struct, frozen=True, kw_only=True):
    """A form that somebody writes in: of a record as its newest version says it, or of a new one."""

    kind: Kind[Any, Any]
    step: Form | Action
    view: View
    id: str
    """Of the record, or the one that a new record will have."""
    version: int = 0
    """0: a new record."""
    content: Any = None
    title: str = ""

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """What it asks for."""
        return self.step.shapes if isinstance(self.step, Action) else self.kind.parts[self.step.name]

    @property
    def beside(self) -> tuple[Shape, ...]:
        """What it asks for beside the content."""
        return () if isinstance(self.step, Action) else self.kind.beside[self.step.name]

    @property
    def own(self) -> OwnForm | None:
        return None if isinstance(self.step, Action) else self.step.own

    @property
    def record_id(self) -> str:
        """Empty for a new record."""
        return self.id if self.version else ""


def filled(opened: Opened, content: Any) -> SentForm:
    """What the form holds when it says *content*."""
    typed = typed_from(opened.shapes, content)
    return SentForm(opened.own.shown(opened.view, typed) if opened.own else typed)


def tidied(opened: Opened, sent: SentForm) -> SentForm:
    """What was sent, with the rows in which nobody wrote last."""
    return compacted(opened.shapes, SentForm(opened.own.tidied(sent)) if opened.own else sent)


def rearranged(opened: Opened, sent: SentForm) -> SentForm | None:
    """The form as a button makes it, to be shown again; None: it is to be saved."""
    if opened.own and (button := opened.own.buttons.get(sent.do)):
        return SentForm(opened.own.tidied(SentForm(button(opened.view, sent, opened.record_id))))
    if opened.own and opened.own.rearranged and sent.do not in ("", "save", "merge") and not sent.one("again"):
        return SentForm(opened.own.rearranged(opened.view, sent, sent.do))
    changed = with_rows(sent)
    return SentForm(opened.own.tidied(changed)) if changed is not None and opened.own else changed


def with_rows(sent: SentForm) -> SentForm | None:
    """The form with a row more or less, or as it was, where it is to be shown again; None: it is to be saved."""
    if sent.one("again"):
        return sent
    what, _, which = sent.do.partition(":")
    if what == "less":
        return sent.without(f"{which}.")
    if what == "up":
        return _moved_up(sent, which)
    if what == "more":
        added = f"{which}[{max(sent.rows(which), default=-1) + 1}]"
        return sent.having({f"{added}.": "", ADDED: added})
    return sent if ":" in sent.do else None


def _moved_up(sent: SentForm, place: str) -> SentForm:
    """The form with the row at *place* in the place of the one before it, which takes its own."""
    name, _, number = place.removesuffix("]").rpartition("[")
    before = [one for one in sent.rows(name) if number.isdecimal() and one < int(number)]
    if not before:
        return sent
    other = f"{name}[{before[-1]}]"
    both = {other: sent.below(f"{place}."), place: sent.below(f"{other}.")}
    moved = {f"{at}.{last}": value for at, row in both.items() for last, value in row.items()}
    return sent.without(f"{place}.").without(f"{other}.").having(moved | {ADDED: other})


def calls_for_help(
    shapes: Sequence[Shape], sent: SentForm, earlier: Explained = NOTHING_EXPLAINED
) -> tuple[Concern, ...]:
    """What was typed that reads like a call for help, and of which nobody said that it is about the work."""
    reasons = ((IN_REASONS if is_reason(name) else name, text) for name, text in sent.pairs() if is_why(name))
    texts = [*words_typed(shapes, sent), *reasons]
    return unanswered(find_calls(texts), sent.reasons, dict(texts), earlier)


def is_why(name: str) -> bool:
    return name == "reason" or is_reason(name)


def content_from(opened: Opened, sent: SentForm) -> tuple[Any, list[Fault]]:
    """What was sent, as the content of the kind, and what cannot be read.

    The content is None where too little can be read.
    """
    faults: list[Fault] = []
    if opened.own and opened.own.sent:
        sent = SentForm(opened.own.sent(opened.view, sent, opened.content, opened.record_id, faults))
    return read_all(opened.view, opened.shapes, sent, opened.kind.content, opened.content, faults)


# What is there


def typed_from(shapes: Sequence[Shape], content: Any) -> dict[str, Any]:
    """What the form holds before anybody writes in it."""
    found = list(leaves(shapes, content))
    typed = {leaf.place: _typed(leaf) for leaf in found}
    for leaf in found:
        if leaf.shape.what == "articles":
            typed |= {
                leaf.place: [one for one in leaf.value if one.isdecimal()],
                leaf.place + MORE: ", ".join(one for one in leaf.value if not one.isdecimal()),
            }
    return typed | ({"original": content.original} if hasattr(content, "original") else {})


def _typed(leaf: Leaf) -> str | list[str]:
    value = leaf.value
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, bool):
        return "yes" if value else "no" if leaf.shape.what == "yes-no" else ""
    if isinstance(value, float):
        return number_text(value)
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


# What was sent


def languages_of(view: Voice, shapes: Sequence[Shape], before: Any) -> tuple[str, ...]:
    """Those of the region, then any other in which there is something already."""
    own = (leaf.language for leaf in (leaves(shapes, before) if before else ()) if leaf.language)
    return tuple(dict.fromkeys((*view.vocabulary.header.languages, *own)))


def compacted(shapes: Sequence[Shape], sent: SentForm) -> SentForm:
    """*sent* with its rows numbered anew, so that places of faults fit what is shown; empty rows come last.

    They are shown again with what is refused, and nothing is read of them.
    """
    found = sent
    for shape in shapes:
        if shape.what != "rows":
            continue
        rows = {number: found.below(f"{shape.name}[{number}].") for number in found.rows(shape.name)}
        said = {number: _says(shape, row) for number, row in rows.items()}
        kept = sorted(rows, key=lambda one: not said[one])
        placed = enumerate(rows[one] for one in kept)
        moved = {f"{shape.name}[{new}].{name}": value for new, row in placed for name, value in row.items()}
        found = found.without(f"{shape.name}[").having(moved)
    return found


def _says(shape: Shape, row: SentForm) -> bool:
    """Whether anything but keys and codes stands in a row."""
    silent = {part.name for part in shape.parts if part.what in NOT_SAID}
    return any(any(row.many(name)) for name in row if name.partition(".")[0] not in silent)


def read(view: Voice, shapes: Sequence[Shape], sent: SentForm, kind: type[T], before: Any = None) -> T:
    """What was typed, as a *kind*; *before*: what the record said so far.

    Raises Faulty with everything that cannot be read.
    """
    taken, faults = read_all(view, shapes, sent, kind, before)
    if taken is None or faults:
        raise Faulty(faults)
    return taken


def read_all(
    view: Voice, shapes: Sequence[Shape], sent: SentForm, kind: type[T], before: Any = None, found: Sequence[Fault] = ()
) -> tuple[T | None, list[Fault]]:
    """What was typed without what cannot be read, and why it cannot; None where too little is left."""
    reading = _Reading(view, sent, languages_of(view, shapes, before), found)
    stays = {} if before is None else msgspec.to_builtins(before)
    body = {name: value for name, value in stays.items() if name not in {shape.name for shape in shapes}}
    body |= reading.fields(shapes, "")
    if any(shape.of_language for shape in shapes):
        body["text"] = _beside(stays.get("text", {}), shapes, reading)
    if asks_original(shapes):
        original = sent.one("original") or stays.get("original", "")
        if before is None:
            titled = (code for code in (original, *reading.languages) if sent.one(f"text.{code}.title"))
            original = next(titled, original)
        body["original"] = original if original in reading.languages else reading.languages[0]
    try:
        return read_as(body, kind), reading.faults
    except Faulty as error:
        return None, reading.faults or [*error.faults]


def asks_original(shapes: Sequence[Shape]) -> bool:
    """Whether a form asks in which language the content is written first: where its title is written."""
    return any(shape.of_language and shape.name == "title" for shape in shapes)


def _beside(stays: Mapping[str, Any], shapes: Sequence[Shape], reading: _Reading) -> dict[str, Any]:
    """The texts that were typed, beside those of other forms, by language."""
    written = reading.texts(shapes)["text"]
    names = {shape.name for shape in shapes if shape.of_language}
    found = {
        code: {name: text for name, text in stays.get(code, {}).items() if name not in names and text is not None}
        | written.get(code, {})
        for code in dict.fromkeys((*reading.languages, *stays))
    }
    return {code: texts for code, texts in found.items() if texts}


def read_some(view: View, shapes: Sequence[Shape], sent: SentForm) -> dict[str, Any]:
    """What was typed into fields that stand beside a content, by name. Raises Faulty."""
    reading = _Reading(view, sent, languages_of(view, shapes, None))
    found = reading.fields(shapes, "")
    if reading.faults:
        raise Faulty(reading.faults)
    return found


class _Reading:
    """A form that is being read: what was sent, and what cannot be taken."""

    def __init__(self, view: Voice, sent: SentForm, languages: Sequence[str], found: Sequence[Fault] = ()) -> None:
        self.view, self.sent, self.languages = view, sent, languages
        self.faults = list(found)

    def fields(self, shapes: Sequence[Shape], prefix: str) -> dict[str, Any]:
        """What stands in the fields, by name; what is left open is not there."""
        found = {}
        for shape in shapes:
            if shape.of_language or shape.what == "key":
                continue
            value, at = self._one(shape, shape.at(prefix)), shape.at(prefix).removesuffix(".*")
            lacking = value is None or (value == [] and shape.what == "choices" and shape.required)
            if not lacking:
                found[shape.name] = value
            elif shape.required and not any(fault.field == at for fault in self.faults):
                self._refuse(at, NO_CHOICE if shape.what == "code" else MISSING)
                if shape.what == "line":
                    found[shape.name] = ""  # so that what else cannot be kept is told at once
        return found

    def texts(self, shapes: Sequence[Shape], prefix: str = "") -> dict[str, Any]:
        """The texts that stand in ``text``, by language."""
        found: dict[str, dict[str, str]] = {}
        for shape in shapes:
            if shape.of_language:
                for code, text in self._texts(shape.at(prefix)).items():
                    found.setdefault(code, {})[shape.name] = text
        return {"text": {code: found[code] for code in self.languages if code in found}}

    def _texts(self, place: str) -> dict[str, str]:
        texts = {code: self.sent.one(place.replace("*", code)) for code in self.languages}
        return {code: text for code, text in texts.items() if text}

    def _one(self, shape: Shape, at: str) -> Any:
        if shape.what == "rows":
            return [*self._rows(shape, at)]
        if shape.what == "group":
            return self._group(shape, at)
        if shape.what == "mapping":
            [whole] = asked_in(self.view, [shape])
            return {name: value for name, value in self.fields(whole.parts, f"{at}.").items() if value != []}
        if shape.what == "texts":
            return self._texts(at) or None
        if shape.what == "choices":
            return list(dict.fromkeys(filter(None, self.sent.many(at))))
        if shape.what == "articles":
            more = written_references(self.sent.one(at + MORE))
            return read_references({at: filter(None, self.sent.many(at)), at + MORE: more}, self.faults)
        if shape.what == "tick":
            return bool(self.sent.one(at))
        return self._leaf(shape.what, shape, at) if self.sent.one(at) else shape.field.usual or None

    def _leaf(self, what: str, shape: Shape, at: str) -> Any:
        text = self.sent.one(at)
        if what == "code":
            return text if text in shape.codes else self._refuse(at, NO_CHOICE)
        if what == "yes-no":
            return text == "yes"
        if what == "day":
            text = typed_date(self.sent.one(at), self.view.lang)
            return text if is_iso_day(text) else self._refuse(at, why_no_date(text, NO_DAY))
        if what == "partial-day":
            text = typed_date(self.sent.one(at), self.view.lang)
            return text if is_date(text) else self._refuse(at, why_no_date(text))
        if what == "clock":
            return text if re.fullmatch(CLOCK, text, re.ASCII) else self._refuse(at, NO_CLOCK)
        if what == "whole":
            return int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else self._refuse(at, NO_WHOLE)
        if what == "number":
            try:
                return read_number(text, self.view.lang)
            except NotRead as error:
                self.faults.append(unread_number(at, error, NO_NUMBER))
                return None
        if shape.numbered:
            return int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else self._refuse(at, NO_CHOICE)
        return text

    def _group(self, shape: Shape, at: str) -> dict[str, Any] | None:
        """What stands in a group of fields that may all be left empty; numbers are all written, or none."""
        if not any(self.sent.one(f"{at}.{part.name}") for part in shape.parts):
            return None
        found = self.fields(shape.parts, f"{at}.")
        for part in shape.parts:
            place = f"{at}.{part.name}"
            if part.what in ("whole", "number") and not part.required and not self.sent.one(place):
                self._refuse(place, MISSING)
        return found

    def _rows(self, shape: Shape, at: str) -> Iterator[dict[str, Any]]:
        taken: set[str] = set()
        for number in self.sent.rows(at):
            place = f"{at}[{number}]."
            if not _says(shape, self.sent.below(place)):
                continue
            row = self.fields(shape.parts, place)
            if any(part.of_language for part in shape.parts):
                row |= self.texts(shape.parts, place)
            if any(part.what == "key" for part in shape.parts):
                row["key"] = self._key(f"{place}key", shape.name[0], taken)
            yield row

    def _key(self, at: str, letter: str, taken: set[str]) -> str:
        """The key that the row had, or a new one; never one that another row has here."""
        key = self.sent.one(at)
        if not _KEY.fullmatch(key) or key in taken:
            used = {self.sent.one(name) for name in self.sent if name.endswith("].key")} | taken
            key = next(name for number in range(1, 10_000) if (name := f"{letter}{number}") not in used)
        taken.add(key)
        return key

    def _refuse(self, at: str, text: str) -> None:
        self.faults.append(Fault(field=at, text=text))
