"""Procedures that are being written: what is missing, what the region does not know, what has no room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from lanzarote import guard
from lanzarote.records.validation import (
    MISSING,
    NO_ADDRESS,
    TOO_MANY,
    UNKNOWN,
    Fault,
    is_address,
    read_as,
    refuse_long,
    unfit_reference,
    unfit_text,
)
from lanzarote.translation import N_
from lanzarote.types import Procedure

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from lanzarote.regions.vocabulary import Vocabulary

LONGEST: Final = {"title": 160, "condition": 300, "deadline": 300, "what": 300, "publisher": 300, "url": 500}
LONGEST_TEXT: Final = 4_000
MOST: Final = {
    "parties": 40,
    "steps": 200,
    "measures": 60,
    "legal_basis": 60,
    "convention": 60,
    "improvements": 60,
    "practices": 60,
    "sources": 60,
    "own_sources": 40,
}
MOST_IN_STEP: Final = {"passes": 20, "next": 12, "branches": 12}
TWICE: Final = N_("Two of them have this key; give each a key of its own: %(value)s.")
KEYS: Final = frozenset(
    {
        "key",
        "organisation",
        "sector",
        "side",
        "within",
        "next",
        "to",
        "end",
        "basis",
        "confidential",
        "kind",
        "nature",
        "original",
        "stale",
        "verified",
        "sources",
        "legal_basis",
        "convention",
        "improvements",
        "practices",
        "review_months",
    }
)
"""Fields that hold keys, codes and numbers."""


def read(value: Any) -> Procedure:
    """The procedure in *value*, a JSON object or its bytes. Raises Faulty."""
    return read_as(value, Procedure)


def title_of(procedure: Procedure) -> dict[str, str]:
    """Language → title."""
    return {language: text.title for language, text in procedure.text.items() if text.title}


def texts_of(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Everything in it that a person wrote, with its place."""
    if isinstance(value, str):
        if value:
            yield path, value
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            if name not in KEYS:
                yield from texts_of(getattr(value, name), f"{path}.{name}" if path else name)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts_of(inner, f"{path}.{key}")
    elif isinstance(value, tuple):
        for number, inner in enumerate(value):
            yield from texts_of(inner, f"{path}[{number}]")


def keys_in(procedure: Procedure) -> Iterator[tuple[str, str]]:
    """Keys that whoever writes it chooses, word by word, with their places."""
    for room in ("steps", "measures", "own_sources"):
        for number, one in enumerate(getattr(procedure, room)):
            yield f"{room}[{number}].key", one.key.replace("-", " ")


def concerns_about(procedure: Procedure, vocabulary: Vocabulary) -> tuple[guard.Concern, ...]:
    """What in it may tell who a person is. Raises Faulty for a text that is too long to be read."""
    identifiers = vocabulary.header.personal_identifiers
    texts, keys = list(texts_of(procedure)), list(keys_in(procedure))
    refuse_long([*texts, *keys], _longest)
    named = (one for one in guard.check_texts(keys, identifiers=identifiers, guesses=False) if one.hard)
    return (*guard.check_texts(texts, identifiers=identifiers), *named)


def faults_in(procedure: Procedure, vocabulary: Vocabulary, organisations: Collection[str]) -> Iterator[Fault]:
    """Everything in it that cannot be kept as it is; *organisations*: every id and key of the directory."""
    if not title_of(procedure).get(procedure.original):
        yield Fault(field=f"text.{procedure.original}.title", text=MISSING)
    for place, text in texts_of(procedure):
        if fault := unfit_text(place, text, _longest(place)):
            yield fault
    for name, most in MOST.items():
        if len(getattr(procedure, name)) > most:
            yield Fault(field=name, text=TOO_MANY, value=str(most))
    yield from _unknown(procedure, vocabulary, organisations)
    for room in ("steps", "measures", "own_sources"):
        yield from _repeated(procedure, room)
    for number, step in enumerate(procedure.steps):
        at = f"steps[{number}]"
        if not any(map(str.strip, step.title.values())):
            yield Fault(field=f"{at}.title", text=MISSING)
        for name, most in MOST_IN_STEP.items():
            if len(getattr(step, name)) > most:
                yield Fault(field=f"{at}.{name}", text=TOO_MANY, value=str(most))
    for number, source in enumerate(procedure.own_sources):
        if source.url and not is_address(source.url):
            yield Fault(field=f"own_sources[{number}].url", text=NO_ADDRESS)


def _longest(place: str) -> int:
    """``steps[2].title.fr`` and ``text.fr.title`` are both titles."""
    parts = place.split(".")
    name = parts[-1] if parts[0] == "text" or parts[-1] in LONGEST else parts[-2] if len(parts) > 1 else parts[-1]
    return LONGEST.get(name, LONGEST_TEXT)


def _unknown(procedure: Procedure, vocabulary: Vocabulary, organisations: Collection[str]) -> Iterator[Fault]:
    for place, kind, key in _named(procedure):
        if kind == "organisation":
            if key not in organisations:
                yield Fault(field=place, text=UNKNOWN, value=key)
        elif vocabulary.present_key(kind, key) not in vocabulary.entries.get(kind, {}):
            yield Fault(field=place, text=UNKNOWN, value=key)
    yield from filter(None, (unfit_reference("convention", one) for one in procedure.convention))


def _named(procedure: Procedure) -> Iterator[tuple[str, str, str]]:
    """Place, kind and key of everything that it names and the region has to know."""
    pieces: list[tuple[str, Any]] = [(f"parties[{number}]", one) for number, one in enumerate(procedure.parties)]
    pieces += [(f"measures[{number}]", one) for number, one in enumerate(procedure.measures)]
    for place, step in enumerate(procedure.steps):
        passes = [(f"steps[{place}].passes[{number}]", one) for number, one in enumerate(step.passes)]
        pieces += [(f"steps[{place}]", step), *passes]
        for at, passing in passes:
            if passing.basis:
                yield f"{at}.basis", "provision", passing.basis
    for at, one in pieces:
        if one.organisation:
            yield f"{at}.organisation", "organisation", one.organisation
        if one.sector:
            yield f"{at}.sector", "sector", one.sector
    for key in procedure.legal_basis:
        yield "legal_basis", "provision", key
    for key in procedure.sources:
        yield "sources", "source", key


def _repeated(procedure: Procedure, room: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, one in enumerate(getattr(procedure, room)):
        if one.key in seen:
            yield Fault(field=f"{room}[{number}].key", text=TWICE, value=one.key)
        seen.add(one.key)
