"""What is written here about an origin: what answers to what, how it is settled, what had to change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from lanzarote.kinds.team import texts_in
from lanzarote.transfers.mapping import name_of
from lanzarote.transfers.reading import ABOUT, question_of
from lanzarote.types import Key, ProvisionMatch, SectorMatch, Text
from lanzarote.web.refusals import many_of, text_of
from lanzarote.web.region_reading import article_links, entries, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lanzarote.types import Transfer
    from lanzarote.web.site import View

M = TypeVar("M", SectorMatch, ProvisionMatch)
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
    answers = {one.key: one.answer for one in given.questions}
    questions = (msgspec.structs.replace(one, answer=_written(answers.get(one.key, {}))) for one in before.questions)
    return msgspec.structs.replace(
        before,
        sectors=_matched(before.sectors, given.sectors),
        provisions=_matched(before.provisions, given.provisions),
        questions=tuple(questions),
        changed=_written(given.changed),
    )


def _matched(before: tuple[M, ...], given: tuple[GivenMatch, ...]) -> tuple[M, ...]:
    said = {one.origin: one for one in given}
    pairs = ((one, said.get(one.origin, GivenMatch(origin=""))) for one in before)
    return tuple(msgspec.structs.replace(one, here=new.here, note=_written(new.note)) for one, new in pairs)


# In the form


def read_given(view: View, data: Mapping[str, Any], before: Transfer) -> Given:
    """What was typed."""

    def texts(field: str, known: Mapping[str, str]) -> dict[str, str]:
        # What stands there in a language that the form does not offer stays.
        offered = view.vocabulary.header.languages
        return {code: text for code, text in known.items() if code not in offered} | texts_in(view, data, field)

    def match(room: str, number: int, one: SectorMatch | ProvisionMatch) -> GivenMatch:
        place = f"{room}[{number}]"
        here = [*many_of(data, f"{place}.here"), text_of(data, f"{place}.more")]
        return GivenMatch(
            origin=one.origin, here=tuple(dict.fromkeys(filter(None, here))), note=texts(f"{place}.note", one.note)
        )

    return Given(
        sectors=tuple(match("sectors", number, one) for number, one in enumerate(before.sectors)),
        provisions=tuple(match("provisions", number, one) for number, one in enumerate(before.provisions)),
        questions=tuple(
            AnsweredQuestion(key=one.key, answer=texts(f"questions[{number}].answer", one.answer))
            for number, one in enumerate(before.questions)
        ),
        changed=texts("changed", before.changed),
    )


def rows(view: View, transfer: Transfer, typed: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """What the form asks, row by row, with what it offers to choose from."""
    sectors = {key: view.say(one.name) for key, one in entries(view.vocabulary, "sector").items()}
    provisions = {
        key: view.say(name_of(view.vocabulary, one)) for key, one in entries(view.vocabulary, "provision").items()
    }
    return {
        "sectors": [
            _row(view, "sector", f"sectors[{number}]", one, sectors, typed)
            for number, one in enumerate(transfer.sectors)
        ],
        "provisions": [
            _row(view, "provision", f"provisions[{number}]", one, provisions, typed)
            | {"articles": article_links(view, one.paragraphs)}
            for number, one in enumerate(transfer.provisions)
        ],
        "questions": [
            {
                "place": f"questions[{number}]",
                "about": view._(ABOUT[one.about]),
                "text": question_of(view, transfer, one),
                "quoted": bool(one.text),
            }
            for number, one in enumerate(transfer.questions)
        ],
    }


def _row(
    view: View,
    kind: str,
    place: str,
    one: SectorMatch | ProvisionMatch,
    names: Mapping[str, str],
    typed: Mapping[str, Any],
) -> dict[str, Any]:
    """*names* of the region's entries; of retired ones only those that were chosen are offered."""
    terms = view.vocabulary
    chosen = terms.present_keys(kind, many_of(typed, f"{place}.here"))
    known = {key: name for key, name in names.items() if key in chosen or not terms.is_retired(kind, key, view.today)}
    listed = list(terms.present_keys(kind, (*one.here, *chosen)))
    return {
        "place": place,
        "name": told(view, one.name),
        "ticks": [{"value": key, "label": known[key], "chosen": key in chosen} for key in listed if key in known],
        "others": list(_others(view, known, listed, terms.present_key(kind, text_of(typed, f"{place}.more")))),
    }


def _others(view: View, known: Mapping[str, str], listed: list[str], chosen: str) -> Iterator[dict[str, Any]]:
    yield {"value": "", "label": view._("Nothing more"), "chosen": not chosen}
    rest = [(key, label) for key, label in known.items() if key not in listed]
    for key, label in sorted(rest, key=lambda one: view.sort_key(one[1])):
        yield {"value": key, "label": label, "chosen": key == chosen}


def _written(texts: Mapping[str, str]) -> dict[str, str]:
    return {lang: text.strip() for lang, text in texts.items() if text.strip()}
