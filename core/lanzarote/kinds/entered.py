"""What a person typed into a form, and whether it may be kept as it is: unfinished, unread, but past the guard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from lanzarote import guard
from lanzarote.errors import LanzaroteError
from lanzarote.records.validation import (
    LONGEST_ANYWHERE,
    NOTHING_EXPLAINED,
    Identifying,
    Thin,
    refuse_long,
    refuse_thin,
    still_explained,
)
from lanzarote.store.ids import is_id
from lanzarote.web import refusals

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from lanzarote.records.validation import Explained
    from lanzarote.regions.vocabulary import Vocabulary

_MOST_TURNS: Final = 6


class Entered(Struct, frozen=True, kw_only=True):
    """A form with everything in it: every field under its place, as it was typed, right or wrong."""

    original: str
    languages: tuple[str, ...]
    """The original first."""
    values: dict[str, tuple[str, ...]] = {}
    """Place → what stands there; a place with nothing in it is not there."""

    def one(self, place: str) -> str:
        return next(iter(self.values.get(place, ())), "")

    def many(self, place: str) -> tuple[str, ...]:
        return self.values.get(place, ())

    def typed(self) -> Iterator[tuple[str, str]]:
        """Everything in it, place by place."""
        for place, values in self.values.items():
            for value in values:
                yield place, value

    @property
    def titles(self) -> dict[str, str]:
        """Language → what it is called so far."""
        found = ((code, self.one(f"text.{code}.title") or self.one(f"name.{code}")) for code in self.languages)
        return {code: title for code, title in found if title}


def belongs(place: str, unit: str) -> bool:
    """Whether *place* is *unit* or a part of it.

    >>> belongs("partners[0].part.fr", "partners"), belongs("text.fr.title", "text.fr"), belongs("sources", "source")
    (True, True, False)
    """
    return place == unit or (place.startswith(unit) and place[len(unit)] in ".[")


class Disclosure(LanzaroteError):
    """It reads like somebody telling of a child in danger, in a file: nothing is kept."""


class Typed(Struct, frozen=True, kw_only=True):
    """What a person typed: the form, and why they keep what the guard asks about or a package objects to."""

    entered: Entered
    reasons: dict[str, str] = {}
    """Name of the field for the reason → what stands in it."""
    left_out: tuple[str, ...] = ()
    """Places whose text is not kept, because it may tell who somebody is."""
    room: str = "practices"
    """Where its form is: part of the addresses of its kind."""
    form: str = "edit"
    """Which of several forms of a record it is."""
    place: str = ""
    """Of a row beside a record: where in the addresses of that record such rows are."""
    label: str = ""
    """What the form of such a row is called, to be translated."""
    mark: str = ""
    """Tells which state of the row was read."""


def reason_name(place: str, code: str) -> str:
    return f"reason[{place}|{code}]"


def is_reason(name: str) -> bool:
    """Whether a field holds a reason, rather than something of the record."""
    return name.startswith(("reason[", "override["))


def reasons_in(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name: value.strip() for name, value in pairs if is_reason(name) and value.strip()}


def passed(typed: Typed, vocabulary: Vocabulary, earlier: Explained = NOTHING_EXPLAINED) -> Typed:
    """*typed*, past the guard: it may be kept as it is, unfinished and unread; *earlier*: what was explained before.

    What reads like a call for help is kept as well: it is its writer's, who alone can say what it is.
    Raises Identifying, Thin.
    """
    written = [(place, text) for place, text in typed.entered.typed() if not is_id(text)]
    refuse_long([*written, *typed.reasons.items()], LONGEST_ANYWHERE, Thin)
    identifiers = vocabulary.header.personal_identifiers
    answers = refusals.reasons_in(typed.reasons)
    concerns = guard.check_texts(written, identifiers=identifiers)
    holding = still_explained(concerns, dict(written), earlier)
    answered = answers.keys() | holding.keys()
    refused = [one for one in concerns if one.hard or (one.field, one.code) not in answered]
    refused += guard.check_texts(typed.reasons.items(), identifiers=identifiers, guesses=False)
    if refused:
        raise Identifying(tuple(refused))
    found = {(one.field, one.code) for one in concerns}
    refuse_thin({at: text for at, text in answers.items() if at in found and at not in holding}, earlier)
    return typed


def passed_in_part(
    typed: Typed, before: Entered | None, vocabulary: Vocabulary, earlier: Explained = NOTHING_EXPLAINED
) -> Typed | None:
    """*typed* without the fields that the guard refuses; None when nothing of it may be kept.

    Where such a text stood, what the same field said *before* stands again.
    """
    left_out: dict[str, None] = {}
    rest = typed
    # What is taken out may be the reason for something else, and what stood there before may be refused with the rest.
    for _ in range(_MOST_TURNS):
        try:
            done = passed(rest, vocabulary, earlier)
        except (Identifying, Thin) as refused:
            found = refused.concerns if isinstance(refused, Identifying) else refused.faults
            places = {one.field for one in found}
            again = places & left_out.keys()
            left_out |= dict.fromkeys(sorted(places))
            rest = _without(rest, places, before if not again else None)
        else:
            return msgspec.structs.replace(done, left_out=tuple(one for one in left_out if not is_reason(one)))
    return None


def _without(typed: Typed, places: Collection[str], before: Entered | None) -> Typed:
    """*typed* with what stood in *before* at *places*; of rows, which may have moved since, with nothing."""
    old = before.values if before else {}
    values = {
        place: texts if place not in places else old.get(place, ())
        for place, texts in typed.entered.values.items()
        if place not in places or (place in old and "[" not in place)
    }
    entered = msgspec.structs.replace(typed.entered, values=values)
    reasons = {name: text for name, text in typed.reasons.items() if name not in places}
    return msgspec.structs.replace(typed, entered=entered, reasons=reasons)
