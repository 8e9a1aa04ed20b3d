"""What the pages of a team share, whatever kind of record they are about: found, steps offered, forms refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from litestar.response import Redirect
from msgspec import Struct

from lanzarote import guard
from lanzarote.errors import Gone, NotFound
from lanzarote.kinds.kind import RECORD_STATES
from lanzarote.records.drafts import CALL_FOR_HELP
from lanzarote.records.permissions import may, subject_of
from lanzarote.records.records import Record
from lanzarote.records.validation import LONGEST_ANYWHERE, Fault, Faulty, Identifying
from lanzarote.translation import N_
from lanzarote.web.forms import pairs_of
from lanzarote.web.refusals import Refusal, about_code, asked_about, overriding, reasons_in, text_of
from lanzarote.web.refusals import refusal as refused_in
from lanzarote.web.region_reading import help_lines
from lanzarote.web.routes import PRIVATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from litestar import Response
    from sqlalchemy.orm import Session

    from lanzarote.errors import LanzaroteError
    from lanzarote.kinds.kind import Step
    from lanzarote.kinds.sent import SentForm
    from lanzarote.records.drafts import Told
    from lanzarote.records.permissions import Action as Permission
    from lanzarote.web.site import View

URGENT: Final = ("emergency", "children", "witnesses")
OUR_WORK: Final = "our-work"
"""The button by which a writer says so of all that reads like a call for help."""
THIS_IS_WORK: Final = N_("This is about our work.")
NO_SUCH: Final = N_("There is nothing of this kind here, or you may not read it.")
ERASED: Final = N_("This was erased.")
ERASE: Final = N_("erase")
"""The word that has to be typed before something is erased."""
NOT_TYPED: Final = N_("Type the word exactly as shown here.")
MEANWHILE: Final = N_("Somebody has changed it in the meantime; nothing of yours was done. See how it is now.")


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
    by: str


def read_record(view: View, session: Session, kind: str, record_id: str, action: Permission = "group.read") -> Record:
    """The record with this id, if the reader may read it. Raises NotFound, Gone."""
    record = session.get(Record, (view.region_id, record_id))
    if record is None or record.kind != kind or not may(view.actor, action, subject_of(session, record)):
        raise NotFound(NO_SUCH)
    if record.state == "erased":
        raise Gone(ERASED)
    return record


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
        if step.when(record, state):
            verdict = may(view.actor, step.may, subject)
            why_not = verdict.reason or barred.get(step.name, "")
            why_not = view._(why_not) if why_not else ""
            found.append(Offered(name=step.name, label=view._(step.label), main=step.main, why_not=why_not))
    return tuple(found)


def explained(
    view: View, told: Told, label_of: Callable[[str], str], person: Callable[[str], str]
) -> tuple[Explained, ...]:
    """Why things stay that the guard asked about; *label_of*: what a field is called; *person*: what somebody is."""
    return tuple(
        Explained(
            label=label_of(one.field),
            about=about_code(view, one.code),
            text=one.text,
            by=person(one.by),
        )
        for one in told.reasons
    )


def refusal(
    view: View,
    error: LanzaroteError,
    data: Mapping[str, Any],
    label_of: Callable[[str], str],
    texts: Iterable[tuple[str, str]] = (),
    *,
    weigh: Callable[[guard.Concern], guard.Concern | None] = lambda one: one,
) -> Refusal:
    """What to show above the form, beside its fields, and where to say why something stays.

    *texts*, by field: what was typed in words; beside faults the guard's concerns about them are told, so that all
    there is to put right is told at once. *weigh*: what a concern means there.
    """
    typed = dict(texts)
    told, asks = refused_in(view, error, label_of, typed), error
    if isinstance(error, Faulty):
        asks = Identifying(tuple(_concerns(view, data, typed.items(), weigh)))
        told = msgspec.structs.replace(told, errors=(*told.errors, *refused_in(view, asks, label_of, typed).errors))
    return msgspec.structs.replace(
        told,
        asked=asked_about(view, asks, data, label_of),
        overriding=overriding(view, error, data, label_of),
    )


def _concerns(
    view: View,
    data: Mapping[str, Any],
    texts: Iterable[tuple[str, str]],
    weigh: Callable[[guard.Concern], guard.Concern | None],
) -> Iterator[guard.Concern]:
    """What the guard finds in *texts*, and nobody has explained yet."""
    short = [(place, text) for place, text in texts if len(text) <= LONGEST_ANYWHERE]
    explained = reasons_in(data)
    for found in guard.check_texts(short, identifiers=view.vocabulary.header.personal_identifiers):
        if (one := weigh(found)) and (one.hard or (one.field, one.code) not in explained):
            yield one


def texts_in(view: View, data: Mapping[str, Any], field: str) -> dict[str, str]:
    """Language → what was typed for *field*."""
    texts = {code: text_of(data, f"{field}.{code}") for code in view.vocabulary.header.languages}
    return {code: text for code, text in texts.items() if text}


def require_word(view: View, data: Mapping[str, Any]) -> None:
    """Raise Faulty unless the word was typed that erases something."""
    if text_of(data, "word").casefold() != view._(ERASE).casefold():
        raise Faulty([Fault(field="word", text=NOT_TYPED)])


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


def show_help(view: View, back: str, data: Mapping[str, Any], calls: Sequence[guard.Concern] = ()) -> Response[Any]:
    """Where help is, before anything is taken that reads like somebody telling of a child in danger.

    It leads to *back* again. Who is signed in reads which words it was, and says of *calls*, in one step, that they are
    about the work; without an account behind it, what was written stands in the page alone.
    """
    hidden = [(name, text) for name, text in pairs_of(data) if name not in ("key", "again", OUR_WORK)]
    signed_in = view.actor.signed_in
    telling = [words for _, text in hidden for words in guard.telling(text)] if signed_in else []
    return view.render(
        "kinds/where_help_is.html",
        lines=help_lines(view, URGENT),
        hidden=hidden,
        confirming=OUR_WORK if signed_in and calls else "",
        telling=list(dict.fromkeys(telling)),
        back=back,
        canonical=None,
        feeds=(),
    )


def answered(view: View, sent: SentForm, calls: Sequence[guard.Concern]) -> SentForm:
    """*sent* with the reason for each of *calls*, where its writer says that they are about the work."""
    if not sent.one(OUR_WORK):
        return sent
    return sent.having({f"reason[{one.field}|{CALL_FOR_HELP}]": view._(THIS_IS_WORK) for one in calls})


def redirect(href: str) -> Response[Any]:
    return Redirect(href, status_code=303, headers=dict(PRIVATE))
