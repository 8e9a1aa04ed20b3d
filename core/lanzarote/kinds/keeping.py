"""Keeps what is typed into a form and not saved, for its writer alone, as far as the guard lets it pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from litestar import MediaType, Response
from msgspec import Struct

from lanzarote.errors import NotPermitted, NotWritten
from lanzarote.guard import explain
from lanzarote.kinds import unsaved
from lanzarote.kinds.entered import is_reason, passed, passed_in_part, reason_name
from lanzarote.kinds.team import URGENT
from lanzarote.records.records import Record, now
from lanzarote.records.validation import IN_REASONS, Identifying, Thin, calls_for_help, unanswered
from lanzarote.translation import N_
from lanzarote.web.asking import Asked, Lang, OurSite, Region
from lanzarote.web.failures import status_of
from lanzarote.web.refusals import fault_told, reasons_in
from lanzarote.web.region_reading import help_lines, number_said
from lanzarote.web.routes import PRIVATE, page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from lanzarote.guard import Concern
    from lanzarote.kinds.entered import Entered, Typed
    from lanzarote.kinds.unsaved import Kept
    from lanzarote.records.permissions import Action
    from lanzarote.records.validation import Explained, Fault
    from lanzarote.web.site import View

WORDS: Final = {
    "kept": N_("Kept at %(time)s; not saved yet."),
    "changed": N_("Not kept yet."),
    "kept-but": N_("Kept at %(time)s, but for the fields that are marked; not saved yet."),
    "refused": N_("Not kept: look at the fields that are marked."),
    "disclosure": N_("It may be about a child in danger. Nobody here can act on it in time. Please turn to:"),
    "offline": N_("No connection. Your text is in this page; it is kept as soon as the connection is back."),
    "unwritten": N_(
        "Nothing can be saved just now. Your text is in this page; it is kept as soon as that is possible."
    ),
    "signed-out": N_("You were signed out. Sign in in another window, then go on writing here: nothing is lost."),
    "other-person": N_("Somebody else has signed in in this browser. Nothing more is kept until you sign in again."),
    "denied": N_("This cannot be kept: you may no longer write here. Copy your text before you leave."),
    "why": N_("Why it stays"),
    "found": N_("This is about:"),
    "characters": N_("%(count)s characters; about %(advised)s is a good length."),
}
"""What the script says."""


class Refused(Struct, frozen=True, kw_only=True):
    """Nothing was saved; ``kept`` says whether it is kept for its writer, at least what is not ``left_out``."""

    faults: Sequence[Fault] = ()
    concerns: Sequence[Concern] = ()
    closed: bool = False
    """It cannot be written now: it is submitted or archived."""
    denied: str = ""
    """Why the writer may not write it, to be translated."""
    kept: bool = False
    at: datetime | None = None
    """When it was kept."""
    left_out: tuple[str, ...] = ()
    """Places whose text was not kept."""


class Writing(Struct, frozen=True, kw_only=True):
    """Where somebody types, and what was said there before."""

    record_id: str
    base: int
    """The version it was begun from; 0: a record that is not saved yet."""
    earlier: Explained
    action: Action
    """What writing there takes."""
    before: Callable[[Kept | None], Entered | None]
    """What the fields said before, told what is kept: it stays where a text is refused."""


def keep(view: View, typed: Typed, where: Writing) -> Refused | datetime:
    """Keep what is typed, without saving it; the moment it was kept, or why not, or not all of it."""
    try:
        given = passed(typed, view.vocabulary, where.earlier)
    except Identifying as refused:
        return keep_rest(view, typed, where, Refused(concerns=refused.concerns))
    except Thin as thin:
        return keep_rest(view, typed, where, Refused(faults=thin.faults))
    return keep_passed(view, given, where)


R = TypeVar("R", bound=Refused)


def keep_rest(view: View, typed: Typed, where: Writing, refused: R) -> R:
    """Keep every field that the guard does not refuse, beside what the others said before; *refused* with that told."""
    with view.instance.database.read(view.region_id) as session:
        kept = unsaved.kept(session, view.region_id, where.record_id, typed.form, by=view.actor)
    given = passed_in_part(typed, where.before(kept), view.vocabulary, where.earlier)
    if given is None:
        return refused
    return with_kept(refused, keep_passed(view, given, where), given.left_out)


def with_kept(refused: R, kept: Refused | datetime, left_out: tuple[str, ...] = ()) -> R:
    """*refused*, with when the rest was kept, or why nothing can be."""
    if isinstance(kept, Refused):
        return msgspec.structs.replace(refused, closed=kept.closed, denied=kept.denied)
    return msgspec.structs.replace(refused, kept=True, at=kept, left_out=left_out)


def keep_passed(view: View, given: Typed, where: Writing) -> Refused | datetime:
    at = now()
    about: dict[str, Any] = {"base": where.base, "by": view.actor, "at": at, "action": where.action}
    try:
        with view.instance.database.write(view.region_id) as session:
            record = session.get(Record, (view.region_id, where.record_id))
            if record is not None and record.state == "erased":
                return Refused(closed=True)
            unsaved.keep(session, view.region_id, where.record_id, given, **about)
    except NotPermitted as denied:
        return Refused(denied=str(denied))
    return at


# What the script is told


def answer(view: View, typed: Typed, where: Writing) -> Response[bytes]:
    """When *typed* was kept, or which fields were not, what a reason would settle, and where help is."""
    try:
        kept = keep(view, typed, where)
    except NotWritten as error:
        return json({"unwritten": True}, status_of(error))
    told = _help(view, typed, where)
    if not isinstance(kept, Refused):
        return json(told | {"kept": clock(view, kept)})
    told |= _told(view, kept, typed)
    if kept.at:
        return json(told | {"kept": clock(view, kept.at)})
    return json(told, 403 if kept.denied or kept.closed else 422)


def _help(view: View, typed: Typed, where: Writing) -> dict[str, Any]:
    """Where help is, while something reads like a call for it and nobody said that it is about the work."""
    texts = [*typed.entered.typed(), *((IN_REASONS, text) for text in typed.reasons.values())]
    if not unanswered(calls_for_help(texts), reasons_in(typed.reasons), dict(texts), where.earlier):
        return {}
    lines = (line for line in help_lines(view, URGENT) if line.tel)
    return {"disclosure": [{"name": str(one.name.striptags()), "number": number_said(view, one)} for one in lines]}


def _told(view: View, refused: Refused, typed: Typed) -> dict[str, Any]:
    texts = dict(typed.entered.typed()) | typed.reasons
    return {
        "denied": bool(refused.denied or refused.closed),
        "marked": [
            {
                "field": one.field,
                "text": explain(one.code, view.translator),
                "found": texts.get(one.field, "")[one.start : one.end],
                "asks": "" if one.hard or is_reason(one.field) else reason_name(one.field, one.code),
            }
            for one in refused.concerns
        ]
        + [{"field": one.field, "text": fault_told(view, one), "found": "", "asks": ""} for one in refused.faults],
    }


def for_script(view: View, here: str, words: Mapping[str, str] = {}, **more: str) -> dict[str, Any]:
    """What the script of a form says and asks; *here*: where what is typed is kept; *words*, *more*: for one form."""
    return {
        "words": {name: view._(text) for name, text in {**WORDS, **words}.items()},
        "addresses": {
            "keep": view.placed(here),
            "key": view.placed(view.href("team", "key")),
            "account": view.actor.account_id,
            **{name: view.placed(href) for name, href in more.items()},
        },
    }


def clock(view: View, at: datetime) -> str:
    return at.astimezone(view.vocabulary.zone).strftime("%H:%M")


def moment(view: View, at: datetime) -> dict[str, Any]:
    """Day and time of day in the region, as pages name when something was kept."""
    return {"day": at.astimezone(view.vocabulary.zone).date(), "at": clock(view, at)}


def json(value: Any, status: int = 200) -> Response[bytes]:
    return Response(msgspec.json.encode(value), status_code=status, media_type=MediaType.JSON, headers=dict(PRIVATE))


@page("/{lang:str}/{region:str}/team/key", may="signed-in")
def key(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """What forms of the present session carry, for a page that was opened in an earlier one."""
    view = site.view(request, lang, region)
    return json({"key": view.reader.form_key, "account": view.actor.account_id})


# Shown again


def show_unsaved(view: View, kept: Kept, **about: Any) -> Response[Any]:
    """There is text that was typed and not saved: go on with it, or discard it.

    *about*: crumbs, title, original, lost, newer, own; changes, and whether they are compared with what is saved;
    go_on, the address of its form, if it can be sent now; unsaved_href, where it is discarded.
    """
    return view.render(
        "kinds/unsaved.html",
        kept=kept,
        **moment(view, kept.at),
        canonical=None,
        feeds=(),
        **about,
    )
