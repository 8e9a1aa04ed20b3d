"""What the pages of the form show: the form itself, what is not saved, two texts side by side, where help is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from lanzarote.guard import explain
from lanzarote.kinds.entered import is_reason, reason_name
from lanzarote.practices import form_merge, form_opening
from lanzarote.practices.differences import differences
from lanzarote.practices.form import Form
from lanzarote.practices.form_opening import opened, version_entered
from lanzarote.practices.form_sheet import sheet_from
from lanzarote.practices.form_words import label_of
from lanzarote.practices.sheets import title_of
from lanzarote.translation import N_, language_name
from lanzarote.types import PracticeSheet
from lanzarote.web.region_reading import help_lines, number_said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from litestar import Response

    from lanzarote.kinds.unsaved import Kept
    from lanzarote.practices.form_opening import Opened
    from lanzarote.practices.form_saving import Refused, Sent
    from lanzarote.web.site import View

TEAM: Final = ("team", "practices")
URGENT: Final = ("emergency", "children", "witnesses")
FRAME: Final[Mapping[str, Any]] = {"canonical": None, "feeds": ()}
CLOSED: Final = N_("It was submitted meanwhile. Take it back before you save; what you typed is kept for you.")
WORDS: Final = {
    "kept": N_("Kept at %(time)s; not saved yet."),
    "changed": N_("Not kept yet."),
    "kept-but": N_("Kept at %(time)s, but for the fields that are marked; not saved yet."),
    "refused": N_("Not kept: look at the fields that are marked."),
    "disclosure": N_("Nothing of this was kept."),
    "offline": N_("No connection. Your text is in this page; it is kept as soon as the connection is back."),
    "unwritten": N_(
        "Nothing can be saved just now. Your text is in this page; it is kept as soon as that is possible."
    ),
    "signed-out": N_("You were signed out. Sign in in another window, then go on writing here: nothing is lost."),
    "other-person": N_("Somebody else has signed in in this browser. Nothing more is kept until you sign in again."),
    "denied": N_("This cannot be kept: you may not write this practice any more. Copy your text before you leave."),
    "why": N_("Why it stays"),
    "found": N_("This is about:"),
    "characters": N_("%(count)s characters; about %(advised)s is a good length."),
    "twins": N_("Is it one of these?"),
    "no-match": N_("Nothing is called so."),
    "choose": N_("Type to find one"),
    "remove": N_("Remove"),
    "unpublished": N_("being written"),
}
"""What the script says."""


def show_form(
    view: View,
    shown: Form,
    *,
    status: int = 200,
    found: Opened | None = None,
    waiting: tuple[Mapping[str, Any], ...] = (),
    saved: str = "",
    kept: bool = False,
    left_out: Sequence[str] = (),
    lost: Sequence[str] = (),
    closed: bool = False,
    denied: str = "",
    dirty: bool = False,
    at: str = "",
) -> Response[Any]:
    """The form with everything in it. *dirty*: it holds what is not kept; *at*: rows that were asked for.

    *left_out*: places whose text is in it and is not kept; *lost*: places whose text was not kept, and is gone.
    """
    here = view.href(*TEAM, shown.record_id)
    return view.render(
        "practices/team/form.html",
        status=status,
        form=shown,
        found=found,
        title=found.title if found else "",
        waiting=waiting,
        saved=saved,
        kept=kept,
        left_out=left_out,
        lost=places_told(view, lost),
        closed=view._(CLOSED) if closed else "",
        denied=denied,
        dirty=dirty or bool(shown.errors),
        at=at,
        stale=_stale(view, found, shown.beside),
        other_languages=[
            (language_name(code, view.lang), view.href(*TEAM, "new", query={"in": code}))
            for code in view.vocabulary.header.languages
            if code != shown.original
        ],
        here=here,
        team_href=view.href(*TEAM),
        words={name: view._(text) for name, text in WORDS.items()},
        addresses={
            "keep": view.placed(f"{here}/unsaved"),
            "suggestions": view.placed(view.href(*TEAM, "suggestions")),
            "alike": view.placed(view.href(*TEAM, "alike")),
            "key": view.placed(view.href("team", "key")),
            "account": view.actor.account_id,
        },
        **FRAME,
    )


def show_unsaved(view: View, found: Opened) -> Response[Any]:
    """There is text that was typed and not saved: go on with it, or discard it."""
    assert found.kept is not None
    sheet, _ = sheet_from(found.kept.typed.entered, view.vocabulary, view.lang)
    before = found.sheet or _nothing(sheet)
    return view.render(
        "practices/team/unsaved.html",
        kept=found.kept,
        lost=places_told(view, found.kept.typed.left_out),
        at=clock(view, found.kept.at),
        day=found.kept.at.astimezone(_zone(view)).date(),
        title=found.title or title_of(sheet),
        original=sheet.original,
        changes=differences(view, before, sheet),
        newer=found.version > found.kept.base,
        own=form_opening.is_own(view, found.record_id, found.kept.base),
        new=not found.version,
        here=view.href(*TEAM, found.record_id),
        team_href=view.href(*TEAM),
        **FRAME,
    )


def show_merge(view: View, record_id: str, sent: Sent, left: Sequence[str] = ()) -> Response[Any]:
    """Both texts, field by field, where they differ."""
    found = opened(view, record_id)
    assert found.saved is not None
    base, theirs = version_entered(view, record_id, sent.version), found.saved.entered
    apart = form_merge.apart(view, base=base, theirs=theirs, yours=sent.entered)
    return view.render(
        "practices/team/merge.html",
        status=412,
        apart=apart,
        sent=sent,
        left=left,
        own=form_opening.is_own(view, record_id, sent.version),
        theirs=found.version,
        title=found.title,
        original=found.saved.entered.original,
        hidden=sent.carried,
        here=view.href(*TEAM, record_id),
        team_href=view.href(*TEAM),
        **FRAME,
    )


def show_help(view: View, record_id: str, sent: Sent) -> Response[Any]:
    """Where help is, instead of taking what reads like somebody telling of a child in danger."""
    shown = Form(view, sent.typed, record_id=record_id, version=sent.version, beside=sent.beside)
    return view.render(
        "practices/team/where_help_is.html",
        lines=help_lines(view, URGENT),
        form=shown,
        hidden=sent.carried,
        here=view.href(*TEAM, record_id),
        **FRAME,
    )


def places_told(view: View, places: Sequence[str]) -> list[tuple[str, str]]:
    """Places of the form, each with what its field is called."""
    return [(place, label_of(view, place)) for place in places]


def _nothing(sheet: PracticeSheet) -> PracticeSheet:
    """What *sheet* is compared with when nothing was saved before."""
    return PracticeSheet(original=sheet.original)


def _stale(view: View, found: Opened | None, beside: str) -> Mapping[str, Any] | None:
    """What changed in the original since the text beside it was made, if that is out of date."""
    if found is None or found.sheet is None or beside not in found.sheet.stale:
        return None
    then = form_opening.fitted(view, found.record_id, beside)
    original = found.sheet.original
    changes = differences(view, _only(then, original), _only(found.sheet, original)) if then else ()
    return {"code": beside, "name": language_name(beside, view.lang), "changes": changes}


def _only(sheet: PracticeSheet, lang: str) -> PracticeSheet:
    """The texts of *sheet* in one language, and nothing else."""
    return PracticeSheet(original=lang, text={code: text for code, text in sheet.text.items() if code == lang})


def named(view: View, waiting: Sequence[Kept]) -> tuple[Mapping[str, Any], ...]:
    found = []
    for one in waiting:
        sheet, _ = sheet_from(one.typed.entered, view.vocabulary, view.lang)
        at = one.at.astimezone(_zone(view))
        href = view.href(*TEAM, one.record_id, "edit")
        found.append({"title": title_of(sheet), "lang": sheet.original, "at": at, "href": href})
    return tuple(found)


def told(view: View, refused: Refused, sent: Sent) -> dict[str, Any]:
    """For the script: what was refused, field by field, and what a reason would settle."""
    if refused.disclosure:
        lines = [
            {"name": str(line.name.striptags()), "number": number_said(view, line)}
            for line in help_lines(view, URGENT)
            if line.tel
        ]
        return {"disclosure": lines}
    texts = dict(sent.entered.typed()) | sent.typed.reasons
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
        + [{"field": one.field, "text": view._(one.text), "found": "", "asks": ""} for one in refused.faults],
    }


def _zone(view: View) -> ZoneInfo:
    return view.vocabulary.zone


def clock(view: View, at: datetime) -> str:
    return at.astimezone(_zone(view)).strftime("%H:%M")
