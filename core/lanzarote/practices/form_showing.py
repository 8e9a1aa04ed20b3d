"""What the pages of the form show: the form itself, what is not saved, two texts side by side, where help is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lanzarote.kinds import keeping, merging
from lanzarote.kinds.keeping import URGENT
from lanzarote.practices import form_opening
from lanzarote.practices.differences import differences
from lanzarote.practices.form import Form
from lanzarote.practices.form_fields import FIELDS, ROWS
from lanzarote.practices.form_opening import opened, version_entered
from lanzarote.practices.form_sheet import sheet_from
from lanzarote.practices.form_words import all_said, label_of
from lanzarote.practices.sheets import title_of
from lanzarote.translation import N_, language_name
from lanzarote.types import PracticeSheet
from lanzarote.web.region_reading import help_lines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from litestar import Response

    from lanzarote.kinds.entered import Entered
    from lanzarote.kinds.unsaved import Kept
    from lanzarote.practices.form_opening import Opened
    from lanzarote.practices.form_saving import Sent
    from lanzarote.web.site import View

TEAM: Final = ("team", "practices")
FRAME: Final[Mapping[str, Any]] = {"canonical": None, "feeds": ()}
CLOSED: Final = N_("It was submitted meanwhile. Return it to draft before you save; your text is kept.")
WORDS: Final = {
    "characters": N_("%(count)s characters; about %(advised)s is a good length."),
    "twins": N_("Is it one of these?"),
    "no-match": N_("Nothing is called so."),
    "choose": N_("Search for an organisation"),
    "remove": N_("Remove"),
    "unpublished": N_("being written"),
}
"""What the script says besides what it says in every form."""


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
        script=keeping.for_script(
            view,
            f"{here}/unsaved",
            WORDS,
            suggestions=view.href(*TEAM, "suggestions"),
            alike=view.href(*TEAM, "alike"),
        ),
        **FRAME,
    )


def show_unsaved(view: View, found: Opened) -> Response[Any]:
    """There is text that was typed and not saved: go on with it, or discard it."""
    assert found.kept is not None
    sheet, _ = sheet_from(found.kept.typed.entered, view.vocabulary, view.lang)
    before = found.sheet or _nothing(sheet)
    return keeping.show_unsaved(
        view,
        found.kept,
        lost=places_told(view, found.kept.typed.left_out),
        title=found.title or title_of(sheet),
        original=sheet.original,
        changes=differences(view, before, sheet),
        newer=found.version > found.kept.base,
        own=form_opening.is_own(view, found.record_id, found.kept.base),
        open=True,
        here=view.href(*TEAM, found.record_id),
        action="edit",
        crumbs=_crumbs(view),
    )


def show_merge(view: View, record_id: str, sent: Sent, left: Sequence[str] = ()) -> Response[Any]:
    """Both texts, field by field, where they differ."""
    found = opened(view, record_id)
    assert found.saved is not None
    base, theirs = version_entered(view, record_id, sent.version), found.saved.entered
    return view.render(
        "kinds/merge.html",
        status=412,
        apart=apart(view, base, theirs, sent.entered),
        since=sent.version,
        choices=sent.choices,
        left=left,
        own=form_opening.is_own(view, record_id, sent.version),
        theirs=found.version,
        title=found.title,
        original=found.saved.entered.original,
        hidden=[*sent.carried, ("beside", sent.beside), *(("fits", lang) for lang in sent.fits)],
        action=view.href(*TEAM, record_id, "edit"),
        crumbs=_crumbs(view, record_id, found.title),
        **FRAME,
    )


def apart(view: View, base: Entered, theirs: Entered, yours: Entered) -> tuple[merging.Apart, ...]:
    """Every field in which *theirs* and *yours*, both begun from *base*, differ."""
    sides = (_side(view, one) for one in (base, theirs, yours))
    return merging.apart(view.lang, **dict(zip(("base", "theirs", "yours"), sides, strict=True)), joins=_is_list)


def _side(view: View, entered: Entered) -> merging.Side:
    sheet, _ = sheet_from(entered, view.vocabulary, view.lang)
    units = {
        one.unit: merging.Unit(label=one.label, words=one.words, lang=one.lang, language=one.language(view))
        for one in all_said(view, sheet)
    }
    return merging.Side(entered=entered, units=units)


def _is_list(unit: str) -> bool:
    return unit in ROWS or (unit in FIELDS and FIELDS[unit].kind in ("codes", "keys"))


def _crumbs(view: View, record_id: str = "", title: str = "") -> list[dict[str, str]]:
    whole = {"label": view._(N_("The team’s practices")), "href": view.href(*TEAM)}
    return [whole, *([{"label": title, "href": view.href(*TEAM, record_id)}] if title else [])]


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
        at = one.at.astimezone(view.vocabulary.zone)
        href = view.href(*TEAM, one.record_id, "edit")
        found.append({"title": title_of(sheet), "lang": sheet.original, "at": at, "href": href})
    return tuple(found)
