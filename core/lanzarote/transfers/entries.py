"""Transfers that are being written: their texts, what the region does not know, what has no room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from msgspec import Meta, Struct

from lanzarote import guard
from lanzarote.records.validation import TOO_MANY, UNKNOWN, Fault, refuse_long, unfit_text
from lanzarote.types import Key, Text, Transfer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lanzarote.regions.vocabulary import Vocabulary

LONGEST: Final = 4_000
MOST_HERE: Final = 60
"""Sectors or provisions that answer to one of the origin."""
Place = Annotated[str, Meta(max_length=64)]


class GivenMatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What answers here to a sector or provision of the origin."""

    origin: Place
    """Its key there."""
    here: tuple[Key, ...] = ()
    note: Text = {}
    """How it is settled here, where nothing answers to it, or more has to be said."""


class AnsweredQuestion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer to one of the questions that come from the origin."""

    key: Place
    answer: Text


class Given(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is written here; everything that the origin says stays as it is."""

    sectors: tuple[GivenMatch, ...] = ()
    provisions: tuple[GivenMatch, ...] = ()
    questions: tuple[AnsweredQuestion, ...] = ()
    changed: Text = {}
    """What had to change."""


def applied(before: Transfer, given: Given) -> Transfer:
    """*before* with what is written in *given*; what is not in it is left out, and what the origin has not is too."""
    sectors = {one.origin: one for one in given.sectors}
    provisions = {one.origin: one for one in given.provisions}
    answers = {one.key: one.answer for one in given.questions}
    nothing = GivenMatch(origin="")
    return msgspec.structs.replace(
        before,
        sectors=tuple(
            msgspec.structs.replace(one, here=said.here, note=_written(said.note))
            for one in before.sectors
            if (said := sectors.get(one.origin, nothing))
        ),
        provisions=tuple(
            msgspec.structs.replace(one, here=said.here, note=_written(said.note))
            for one in before.provisions
            if (said := provisions.get(one.origin, nothing))
        ),
        questions=tuple(
            msgspec.structs.replace(one, answer=_written(answers.get(one.key, {}))) for one in before.questions
        ),
        changed=_written(given.changed),
    )


def texts_of(transfer: Transfer) -> Iterator[tuple[str, str]]:
    """Everything in it that a person here wrote, with its place."""
    for name in ("sectors", "provisions"):
        for number, one in enumerate(getattr(transfer, name)):
            yield from _by_language(f"{name}[{number}].note", one.note)
    for number, question in enumerate(transfer.questions):
        yield from _by_language(f"questions[{number}].answer", question.answer)
    yield from _by_language("changed", transfer.changed)


def concerns_about(transfer: Transfer, vocabulary: Vocabulary) -> tuple[guard.Concern, ...]:
    """What in it may tell who a person is. Raises Faulty for a text that is too long to be read."""
    texts = list(texts_of(transfer))
    refuse_long(texts, LONGEST)
    return guard.check_texts(texts, identifiers=vocabulary.header.personal_identifiers)


def faults_in(transfer: Transfer, vocabulary: Vocabulary) -> Iterator[Fault]:
    """Everything in it that cannot be kept as it is."""
    for place, text in texts_of(transfer):
        if fault := unfit_text(place, text, LONGEST):
            yield fault
    for name, kind in (("sectors", "sector"), ("provisions", "provision")):
        known = vocabulary.entries.get(kind, {})
        for number, one in enumerate(getattr(transfer, name)):
            here: Sequence[str] = one.here
            if len(here) > MOST_HERE:
                yield Fault(field=f"{name}[{number}].here", text=TOO_MANY, value=str(MOST_HERE))
            for key in here:
                if vocabulary.present_key(kind, key) not in known:
                    yield Fault(field=f"{name}[{number}].here", text=UNKNOWN, value=key)


def _by_language(place: str, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for language, text in texts.items():
        yield f"{place}.{language}", text


def _written(texts: Mapping[str, str]) -> dict[str, str]:
    return {lang: text.strip() for lang, text in texts.items() if text.strip()}
