"""What is written here about an origin, by people and programs: what answers to what there, what had to change."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from lanzarote.kinds.team import texts_in
from lanzarote.records.records import Record, decode
from lanzarote.transfers import mapping, origin, reading
from lanzarote.transfers.mapping import name_of
from lanzarote.transfers.model import TransferStatus
from lanzarote.transfers.reading import ABOUT, question_of
from lanzarote.types import Key, OriginKind, ProvisionMatch, SectorMatch, Text, Transfer, TransferState
from lanzarote.web.forms import many_of
from lanzarote.web.refusals import text_of
from lanzarote.web.region_reading import article_links, entries, told
from lanzarote.web.working_records import Why

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.transfers.origin import Now
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


class WrittenTransfer(Given, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is written here; everything that the origin says stays as it is."""

    reasons: tuple[Why, ...] = ()
    """One for each concern that is not hard."""


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


# As programs read it, for the group


class GroupTransferItem(Struct, frozen=True, kw_only=True):
    """A transfer in the group's list."""

    id: str
    slug: str
    title: Text
    state: TransferState
    public: bool
    version: int
    updated_at: datetime
    origin_region: str
    origin_kind: OriginKind
    origin_practice: str
    """Id of the practice, or of the procedure."""
    open_points: tuple[str, ...]
    """Places of what has no counterpart and no answer yet, such as ``sectors[0]``."""
    pilot_judged: bool
    """The pilot of the region it comes from is to be extended."""
    origin_news: str
    """``changed`` or ``gone`` when nobody here has looked at what became of the origin; else empty."""


class GroupTransfer(GroupTransferItem, frozen=True, kw_only=True):
    """A transfer as the group keeps it."""

    region: str
    transfer: Transfer
    """What its newest version says."""
    status: TransferStatus


class Beside(Struct, frozen=True, kw_only=True):
    """What is known of where transfers come from."""

    now: Mapping[tuple[str, str], Now]
    unjudged: frozenset[str]
    """Regions whose pilot is not to be extended, or not judged yet."""


def beside(instance: Instance, session: Session, found: Sequence[tuple[Record, Transfer]]) -> Beside:
    pairs = {(said.origin.region, said.origin.record) for _, said in found}
    unjudged = frozenset(region for region in {region for region, _ in pairs} if reading.is_unjudged(instance, region))
    return Beside(now=origin.now_of(instance, pairs), unjudged=unjudged)


def item(record: Record, said: Transfer, beside: Beside) -> GroupTransferItem:
    return GroupTransferItem(**_item(record, said, beside))


def whole(session: Session, record: Record, said: Transfer, beside: Beside) -> GroupTransfer:
    status = decode(record.status, TransferStatus)
    return GroupTransfer(**_item(record, said, beside), region=record.region_id, transfer=said, status=status)


def _item(record: Record, said: Transfer, beside: Beside) -> dict[str, Any]:
    status, come = decode(record.status, TransferStatus), said.origin
    return {
        "id": record.id,
        "slug": record.slug,
        "title": come.title,
        "state": status.state,
        "public": record.state == "published",
        "version": record.version,
        "updated_at": record.updated_at,
        "origin_region": come.region,
        "origin_kind": come.kind,
        "origin_practice": come.record,
        "open_points": tuple(one.place for one in mapping.open_points(said)),
        "pilot_judged": come.region not in beside.unjudged,
        "origin_news": reading.news_of(said, status, beside.now.get((come.region, come.record))),
    }
