"""What the team's pages about indicators and evaluations share: records found, steps offered, forms refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import msgspec
from litestar.response import Redirect
from msgspec import Struct

from lanzarote import guard
from lanzarote.checking import NO_DAY, Fault, Faulty, unread_number
from lanzarote.errors import Gone, NotFound
from lanzarote.evaluation import entries
from lanzarote.evaluation.words import RECORD_STATES, label_of
from lanzarote.lifecycle import IllegalTransition, next_state
from lanzarote.permissions import may, subject_of
from lanzarote.records import Record
from lanzarote.stakeholders.unlisted import nameable
from lanzarote.translation import N_
from lanzarote.translation.typed_numbers import NotRead, read_number
from lanzarote.web.refusals import Refusal, asked_about, date_of, text_of
from lanzarote.web.refusals import refusal as refused_in
from lanzarote.web.routes import PRIVATE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar import Response
    from sqlalchemy.orm import Session

    from lanzarote.errors import LanzaroteError
    from lanzarote.permissions import Action
    from lanzarote.web.site import View
    from lanzarote.working import Told

NO_SUCH: Final = N_("There is nothing of this kind here, or you may not read it.")
ERASED: Final = N_("This was erased.")
NO_NUMBER: Final = N_("Write a number, such as 12 or 12.5.")
ERASE: Final = N_("erase")
"""The word that has to be typed before something is erased."""
NOT_TYPED: Final = N_("Type the word as it stands here.")
MEANWHILE: Final = N_("Somebody has changed it in the meantime; nothing of yours was done. See how it is now.")


class Step(Struct, frozen=True, kw_only=True):
    """Something that can be done; ``name`` ends the address of its page."""

    name: str
    label: str
    action: Action
    possible: Callable[[Record, str], bool]
    """Of the record, and of what its kind calls its state."""
    main: bool = False


class Offered(Struct, frozen=True, kw_only=True):
    """A step that the state allows, for this reader."""

    name: str
    label: str
    main: bool
    why_not: str = ""


class Explained(Struct, frozen=True, kw_only=True):
    """Why something stays that the guard asked about."""

    label: str
    about: str
    text: str


def read_record(view: View, session: Session, kind: str, record_id: str) -> Record:
    """The record with this id, if the reader may read it. Raises NotFound, Gone."""
    record = session.get(Record, (view.region_id, record_id))
    if record is None or record.kind != kind or not may(view.actor, "group.read", subject_of(session, record)):
        raise NotFound(NO_SUCH)
    if record.state == "erased":
        raise Gone(ERASED)
    return record


def leads(table: str, state: str, action: str) -> bool:
    """Whether *state* allows *action*."""
    try:
        next_state(table, state, action)
    except IllegalTransition:
        return False
    return True


def offered(
    view: View,
    session: Session,
    record: Record,
    steps: Sequence[Step],
    state: str,
    barred: Mapping[str, str] = {},
) -> tuple[Offered, ...]:
    """Every one of *steps* that can be taken now, and whether the reader may take it.

    *barred*: step → why this reader may not, whatever their role.
    """
    subject = subject_of(session, record)
    found = []
    for step in steps:
        if step.possible(record, state):
            verdict = may(view.actor, step.action, subject)
            why_not = verdict.reason or barred.get(step.name, "")
            why_not = view._(why_not) if why_not else ""
            found.append(Offered(name=step.name, label=view._(step.label), main=step.main, why_not=why_not))
    return tuple(found)


def explained(view: View, told: Told) -> tuple[Explained, ...]:
    return tuple(
        Explained(
            label=label_of(view, one.field),
            about=guard.explain(one.code, view.translator) if one.code in guard.REASONS else "",
            text=one.text,
        )
        for one in told.reasons
    )


def refusal(view: View, error: LanzaroteError, data: Mapping[str, Any]) -> Refusal:
    """What to show above the form, beside its fields, and where to say why something stays."""

    def label(field: str) -> str:
        return label_of(view, field)

    return msgspec.structs.replace(refused_in(view, error, label), asked=asked_about(view, error, data, label))


def number_in(view: View, data: Mapping[str, Any], field: str) -> float | None:
    """The number that was typed; None where nothing was. Raises Faulty."""
    text = text_of(data, field)
    try:
        return read_number(text, view.lang) if text else None
    except NotRead as error:
        raise Faulty([unread_number(field, error, NO_NUMBER)]) from None


def day_in(view: View, data: Mapping[str, Any], field: str) -> date | None:
    """The day that was typed. Raises Faulty."""
    text = date_of(data, field, view.lang)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Faulty([Fault(field=field, text=NO_DAY)]) from None


def texts_in(view: View, data: Mapping[str, Any], field: str) -> dict[str, str]:
    """Language → what was typed for *field*."""
    texts = {code: text_of(data, f"{field}.{code}") for code in view.vocabulary.header.languages}
    return {code: text for code, text in texts.items() if text}


def known_of(view: View, indicators: Sequence[str] = (), record_id: str = "") -> entries.Known:
    """What the region has that an evaluation may name, the one in *record_id* also what it names already."""
    named: Mapping[str, str] = dict.fromkeys(nameable(view.instance, view.region_id, record_id), "")
    return entries.Known(
        organisations={**named, **{name: one.status.relation for one in view.directory for name in one.names}},
        names={name: view.say(one.organisation.name) for one in view.directory for name in one.names},
        indicators=frozenset(indicators),
        mandates=frozenset(one.mandate.version for one in view.instance.mandates(view.region_id)),
    )


def require_word(view: View, data: Mapping[str, Any]) -> None:
    """Raise Faulty unless the word was typed that erases something."""
    if text_of(data, "word").casefold() != view._(ERASE).casefold():
        raise Faulty([Fault(field="word", text=NOT_TYPED)])


def codes(view: View, words: Mapping[Any, str], chosen: str) -> list[dict[str, Any]]:
    """A choice among fixed codes."""
    return [{"value": code, "label": view._(label), "chosen": code == chosen} for code, label in words.items()]


def frame(view: View, *place: str) -> dict[str, Any]:
    """What all these pages rely on; *place*: where the thing itself stands."""
    return {
        "here": view.href("team", *place),
        "list_href": view.href("team", place[0]),
        "record_states": {code: view._(words) for code, words in RECORD_STATES.items()},
        "zone": view.vocabulary.zone,
        "word": view._(ERASE),
        "canonical": None,
        "feeds": (),
    }


def redirect(href: str) -> Response[Any]:
    return Redirect(href, status_code=303, headers=dict(PRIVATE))
