"""Pages of the form in which a practice is written, and what its script asks for."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import Response
from litestar.response import Redirect

from lanzarote.errors import NotFound
from lanzarote.kinds import keeping, merging, unsaved
from lanzarote.kinds.entered import Typed
from lanzarote.practices import form_choices
from lanzarote.practices.form import Form
from lanzarote.practices.form_entries import asked_rows, without_row
from lanzarote.practices.form_fields import ROWS
from lanzarote.practices.form_opening import blank, opened, version_entered
from lanzarote.practices.form_saving import NO_SUCH, Refused, Sent, keep_sent, read_sent, save_sent
from lanzarote.practices.form_sheet import sheet_from
from lanzarote.practices.form_showing import (
    TEAM,
    apart,
    named,
    show_form,
    show_help,
    show_merge,
    show_unsaved,
)
from lanzarote.practices.form_twins import twins
from lanzarote.practices.refusals import text_of
from lanzarote.store.ids import is_id, new_id
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.routes import PRIVATE, form, page
from lanzarote.web.site import View

LARGEST_FORM: Final = 2 * 1024 * 1024
"""Long texts in several languages and scripts, written as forms write them."""


@page("/{lang:str}/{region:str}/team/practices/new", may="practice.write")
def new(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """A new practice."""
    view = site.view(request, lang, region)
    written_in = request.query_params.get("in", lang)
    typed = blank(written_in if written_in in view.vocabulary.header.languages else lang)
    with view.instance.database.read(view.region_id) as session:
        waiting = unsaved.kept_new(session, view.region_id, by=view.actor)
    return show_form(view, Form(view, typed, record_id=new_id(), version=0), waiting=named(view, waiting))


@page("/{lang:str}/{region:str}/team/practices/{record_id:str}/edit", may="practice.write")
def edit(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """A practice that is being written."""
    view = site.view(request, lang, region)
    found = opened(view, record_id)
    kept = found.kept
    if kept and request.query_params.get("unsaved") != "continue":
        return show_unsaved(view, found)
    if not kept and not found.writable:
        return Redirect(view.href(*TEAM, record_id), status_code=303, headers=dict(PRIVATE))
    typed, version = (kept.typed, kept.base) if kept else (found.saved, found.version)
    if typed is None:
        raise NotFound(NO_SUCH)
    beside = request.query_params.get("beside", "")
    if beside in view.vocabulary.header.languages and beside != typed.entered.original:
        typed = Typed(entered=typed.entered.with_language(beside), reasons=typed.reasons)
    noted = () if kept else found.noted
    shown = Form(view, typed, record_id=record_id, version=version, beside=beside, noted=noted)
    saved = "" if kept else request.query_params.get("saved", "")
    lost = kept.typed.left_out if kept else ()
    return show_form(
        view, shown, found=found, saved=saved if saved.isdecimal() else "", closed=not found.writable, lost=lost
    )


@form(
    "/{lang:str}/{region:str}/team/practices/{record_id:str}/edit",
    may="practice.write",
    request_max_body_size=LARGEST_FORM,
)
def write(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Save what was written, or do what the button says."""
    view = site.view(request, lang, region)
    if not is_id(record_id):
        raise NotFound(NO_SUCH)
    sent = read_sent(view, data)
    what, _, which = sent.do.partition(":")
    if what in ("more", "less", "language"):
        return rearranged(view, record_id, sent, what, which)
    if what == "merge":
        return merge(view, record_id, sent)
    return save(view, record_id, sent)


@form(
    "/{lang:str}/{region:str}/team/practices/{record_id:str}/unsaved",
    may="practice.write",
    carried=False,
    request_max_body_size=LARGEST_FORM,
)
def keep(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Keep what is being typed, for the script; or discard it, for its writer."""
    view = site.view(request, lang, region)
    if not is_id(record_id):
        raise NotFound(NO_SUCH)
    if text_of(data, "do") == "discard":
        with view.instance.database.write(view.region_id) as session:
            unsaved.discard(session, view.region_id, record_id, by=view.actor)
        version = text_of(data, "version")
        place = (record_id, "edit") if version not in ("", "0") else ("new",)
        return Redirect(view.href(*TEAM, *place), status_code=303, headers=dict(PRIVATE))
    sent = read_sent(view, data)
    return keeping.answer(view, sent.typed, lambda: keep_sent(view, record_id, sent))


@page("/{lang:str}/{region:str}/team/practices/suggestions", may="practice.write")
def suggestions(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """Everything that fields find while one types."""
    return keeping.json(form_choices.suggestions(site.view(request, lang, region)))


@form("/{lang:str}/{region:str}/team/practices/alike", may="practice.write", carried=False)
def alike(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
    """Practices that may be the one that is being written. Sent as a form: an address would stand in logs."""
    view = site.view(request, lang, region)
    sent = read_sent(view, data)
    sheet, _ = sheet_from(sent.entered, view.vocabulary, view.lang)
    return keeping.json({"twins": twins(view, sheet, but=text_of(data, "id"))})


# What is done


def save(view: View, record_id: str, sent: Sent) -> Response[Any]:
    done = save_sent(view, record_id, sent)
    if not isinstance(done, Refused):
        if sent.do == "submit":
            return Redirect(view.href(*TEAM, record_id, "submit"), status_code=303, headers=dict(PRIVATE))
        query = {"saved": done.version} | ({"beside": sent.beside} if sent.beside else {})
        href = view.href(*TEAM, record_id, "edit", query=query)
        return Redirect(href, status_code=303, headers=dict(PRIVATE))
    if done.disclosure:
        return show_help(view, record_id, sent)
    if done.conflict:
        return show_merge(view, record_id, sent)
    shown = Form(
        view,
        sent.typed,
        record_id=record_id,
        version=sent.version,
        beside=sent.beside,
        faults=done.faults,
        concerns=done.concerns,
        objections=done.objections,
        noted=done.noted,
    )
    status = 403 if done.denied else 409 if done.closed else 400
    found = opened(view, record_id) if sent.version and not done.denied else None
    return show_form(
        view,
        shown,
        status=status,
        found=found,
        kept=done.kept,
        left_out=done.left_out,
        closed=done.closed,
        denied=view._(done.denied) if done.denied else "",
    )


def rearranged(view: View, record_id: str, sent: Sent, what: str, which: str) -> Response[Any]:
    """The form with a row more or less, or another language beside; nothing is checked, kept or lost."""
    typed, beside = sent.typed, sent.beside
    more = {name: asked_rows(sent.pairs, name) for name in ROWS}
    if what == "more" and which in ROWS:
        more[which] += 1
    if what == "less":
        typed = Typed(entered=without_row(typed.entered, which), reasons=typed.reasons)
        more[which.partition("[")[0]] = 0
    if what == "language":
        beside = which if which in view.vocabulary.header.languages or which in typed.entered.languages else ""
        if beside:
            typed = Typed(entered=typed.entered.with_language(beside), reasons=typed.reasons)
    shown = Form(view, typed, record_id=record_id, version=sent.version, beside=beside, more_rows=more)
    found = opened(view, record_id) if sent.version else None
    return show_form(view, shown, found=found, dirty=True, at=which if what == "more" else "")


def merge(view: View, record_id: str, sent: Sent) -> Response[Any]:
    """Take what was chosen between two texts, and save that; ask again for what was left open."""
    found = opened(view, record_id)
    base = version_entered(view, record_id, sent.version)
    theirs = version_entered(view, record_id, _number(sent, "theirs"))
    found_apart = apart(view, base, theirs, sent.entered)
    left = [one.unit for one in found_apart if f"{merging.CHOICE}[{one.unit}]" not in sent.choices]
    if left or found.version != _number(sent, "theirs"):
        return show_merge(view, record_id, sent, left=left)
    whole = merging.merged(theirs, sent.entered, sent.choices)
    typed = Typed(entered=whole, reasons=sent.typed.reasons)
    return save(view, record_id, msgspec.structs.replace(sent, typed=typed, version=found.version, do="save"))


def _number(sent: Sent, name: str) -> int:
    text = next((value for field, value in sent.pairs if field == name), "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


handlers = (new, edit, write, keep, suggestions, alike, keeping.key)
