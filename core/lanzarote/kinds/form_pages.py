"""The pages of the form of a kind: begun, edited, saved, refused, told that somebody else was faster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Response
from msgspec import Struct

from lanzarote import guard
from lanzarote.errors import Conflict
from lanzarote.kinds import drafting, keeping, merging, service, team, unsaved
from lanzarote.kinds.contents import words_typed
from lanzarote.kinds.controls import controls
from lanzarote.kinds.entered import belongs, is_reason
from lanzarote.kinds.form import asks_original, content_from, filled, languages_of, read_some, rearranged, tidied
from lanzarote.kinds.record_pages import checked, found, notice, plain_title, refusal, show, to_record, words_of
from lanzarote.kinds.versions import differences
from lanzarote.records import drafts
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import Subject, may_somewhere, require, subject_of
from lanzarote.records.records import now
from lanzarote.records.save_checks import Objected
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.web.asking import id_of, is_made, make_once, to_made
from lanzarote.web.forms import many_of, pairs_of
from lanzarote.web.refusals import NOTHING, number_of, text_of
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.kinds.kind import Form, Kind
    from lanzarote.kinds.versions import Difference
    from lanzarote.web.refusals import Refusal

    AnyKind = Kind[Any, Any]


class Opened(Struct, frozen=True, kw_only=True):
    """A record, as its form needs it."""

    id: str
    version: int
    content: Any
    title: str


def show_new(kind: AnyKind, view: View) -> Response[Any]:
    """The form of a record that is not there yet."""
    require(view.actor, kind.write, Subject(region_id=view.region_id))
    if made := to_made(view, "team", kind.room):
        return made
    typed = {"original": view.lang, **kind.first(view)}
    return show_form(kind, kind.forms[0], view, None, typed, waiting=drafting.begun_before(kind, view))


def begin(kind: AnyKind, view: View, data: Mapping[str, Any]) -> Response[Any]:
    """Save a new record for the first time; a form that is sent twice makes one."""
    require(view.actor, kind.write, Subject(region_id=view.region_id))
    if is_made(view, record_id := id_of(view, data)):
        return save(kind, kind.forms[0], view, record_id, {**data, "version": "1"})
    form = kind.forms[0]
    if (changed := rearranged(form, view, data)) is not None or text_of(data, "again"):
        return show_form(kind, form, view, None, data if changed is None else changed, dirty=True)
    if _tells(kind, form, data):
        return team.show_help(view, view.href("team", kind.room, "new"), data)
    data = tidied(kind, form, data)
    try:
        given = checked(kind, view, *content_from(kind, form, view, data), data)
    except (Faulty, Identifying, Objected) as error:
        kept = drafting.keep_refused(kind, form, view, record_id, data)
        return show_form(kind, form, view, None, data, refusal(kind, view, error, data), kept=kept)

    def make(session: Session) -> None:
        service.begin(kind, session, view.region_id, given, by=view.actor, at=now(), record_id=record_id)
        unsaved.discard(session, view.region_id, record_id, by=view.actor)

    make_once(view, record_id, make)
    return to_record(kind, view, record_id, "saved")


def _tells(kind: AnyKind, form: Form, data: Mapping[str, Any]) -> bool:
    """Whether what was typed in words reads like somebody telling of a child in danger."""
    shapes = (*kind.parts[form.name], *kind.beside[form.name])
    reasons = (text for name, text in pairs_of(data) if is_reason(name))
    return guard.reads_like_disclosure(*(text for _, text in words_typed(shapes, data)), *reasons)


def edit(kind: AnyKind, form: Form, view: View, record_id: str) -> Response[Any]:
    """The form with what the newest version says, or what its reader typed since and did not save."""
    kept = drafting.kept_in(form, view, record_id)
    new = kept is not None and drafting.is_new(kind, view, record_id, kept)
    opened = None if new else open_record(kind, form, view, record_id)
    if kept is None:
        if opened is None:
            return show(kind, view, record_id, done="not-now", status=409)
        return show_form(kind, form, view, opened, filled(kind, form, view, opened.content))
    if view.request.query_params.get("unsaved") != "continue" or not (opened or new):
        return drafting.show_kept(kind, form, view, kept, opened)
    lost = drafting.lost(kind, view, kept)
    return show_form(kind, form, view, opened, drafting.data_of(kept), lost=lost)


def save(kind: AnyKind, form: Form, view: View, record_id: str, data: Mapping[str, Any]) -> Response[Any]:
    """Save another version."""
    opened = open_record(kind, form, view, record_id)
    if opened is None:
        return show(kind, view, record_id, done="not-now", status=409, data=data)
    if text_of(data, "do") == "merge":
        return merge(kind, form, view, opened, data)
    if (changed := rearranged(form, view, data)) is not None or text_of(data, "again"):
        return show_form(kind, form, view, opened, data if changed is None else changed, dirty=True)
    if _tells(kind, form, data):
        return team.show_help(view, view.href("team", kind.room, record_id, form.name), data)
    data = tidied(kind, form, data)
    content, part = None, kind.parts[form.name]
    try:
        beside = read_some(view, kind.beside[form.name], data)
        content, faults = content_from(kind, form, view, data, opened.content, record_id)
        given = checked(kind, view, content, faults, data, record_id)
        with view.instance.database.write(view.region_id) as session:
            record = found(kind, view, session, record_id)
            expected = service.as_read(kind, session, record, number_of(data, "version"), opened.version, part)
            about = {"expected": expected, "by": view.actor, "at": now(), "fresh": many_of(data, "fresh"), **beside}
            service.save(kind, session, record, given, vocabulary=view.vocabulary, today=view.today, **about)
            drafting.forget(session, form, view, record_id)
    except (Faulty, Identifying, Objected) as error:
        kept = drafting.keep_refused(kind, form, view, record_id, data)
        return show_form(kind, form, view, opened, data, refusal(kind, view, error, data, form), kept=kept)
    except Conflict:
        drafting.keep_refused(kind, form, view, record_id, data)
        return _show_both(kind, form, view, record_id, data, content)
    except IllegalTransition:
        return show(kind, view, record_id, done="not-now", status=409, data=data)
    return to_record(kind, view, record_id, "saved" if form is kind.forms[0] else form.name)


def _show_both(
    kind: AnyKind, form: Form, view: View, record_id: str, data: Mapping[str, Any], content: Any
) -> Response[Any]:
    """Both texts, of which somebody who came too late makes one; where a form is its own, it with what differs."""
    opened = open_record(kind, form, view, record_id)
    if opened is None:
        return show(kind, view, record_id, done="not-now", status=409, data=data)
    if form.own is None and 0 < number_of(data, "version") < opened.version:
        return show_merge(kind, form, view, opened, data, content)
    part = kind.parts[form.name]
    apart = differences(kind, view, opened.content, content, part)
    return show_form(kind, form, view, opened, data, apart=apart)


def show_merge(
    kind: AnyKind,
    form: Form,
    view: View,
    opened: Opened,
    data: Mapping[str, Any],
    content: Any,
    left: Sequence[str] = (),
) -> Response[Any]:
    """Both texts, field by field, where they differ; *left*: fields for which nothing was chosen yet."""
    here = view.href("team", kind.room, opened.id)
    since = number_of(data, "version")
    asked = {"version", "theirs", "key", "do", *(name for name in data if name.startswith(merging.ASKED))}
    return view.render(
        "kinds/merge.html",
        status=409,
        apart=drafting.apart(kind, form, view, opened, since, content),
        since=since,
        theirs=opened.version,
        choices=merging.given_in(data),
        left=left,
        own=is_own(view, opened.id, since),
        hidden=[(name, text) for name, text in pairs_of(data) if name not in asked],
        action=f"{here}/{form.name}",
        crumbs=drafting.crumbs(kind, view, opened),
        canonical=None,
        feeds=(),
    )


def merge(kind: AnyKind, form: Form, view: View, opened: Opened, data: Mapping[str, Any]) -> Response[Any]:
    """Take what was chosen between two texts, and save that; ask again for what was left open."""
    since, given = number_of(data, "version"), merging.given_in(data)
    content, faults = content_from(kind, form, view, data, opened.content, opened.id)
    if content is None or faults:
        return show_form(kind, form, view, opened, data, refusal(kind, view, Faulty(faults), data, form))
    apart = drafting.apart(kind, form, view, opened, since, content)
    left = [one.unit for one in apart if f"{merging.CHOICE}[{one.unit}]" not in given]
    if left or number_of(data, "theirs") != opened.version:
        return show_merge(kind, form, view, opened, data, content, left)
    theirs, yours = (drafting.entered(kind, form, view, one) for one in (opened.content, content))
    beside = {name: value for name, value in data.items() if name in ("key", "fresh") or is_reason(name)}
    beside |= {name: data[name] for one in kind.beside[form.name] for name in data if belongs(name, one.name)}
    whole = drafting.data_in(merging.merged(theirs, yours, given))
    return save(kind, form, view, opened.id, {**beside, **whole, "version": str(opened.version)})


def show_form(
    kind: AnyKind,
    form: Form,
    view: View,
    opened: Opened | None,
    typed: Mapping[str, Any],
    refused: Refusal = NOTHING,
    *,
    apart: Sequence[Difference] | None = None,
    kept: keeping.Refused | None = None,
    lost: Sequence[tuple[str, str]] = (),
    waiting: Sequence[Mapping[str, Any]] = (),
    dirty: bool = False,
) -> Response[Any]:
    """The form with everything in it; *apart*: where what somebody else saved meanwhile differs.

    *kept*: what became of what was sent; *lost*: fields whose text was not kept; *dirty*: it holds what is not kept.
    """
    conflict = apart is not None
    heading = form.heading if opened else kind.words.begin
    own, part = form.own, kind.parts[form.name]
    new_id = "" if opened else id_of(view, typed)
    tongues = view.tongues(*languages_of(view, part, opened.content if opened else None))
    return view.render(
        own.template if own else "kinds/form.html",
        status=409 if conflict else 400 if refused.errors else 200,
        heading=view._(heading),
        warning=[view._(one) for one in form.warning if one],
        words=words_of(kind, view),
        style=kind.style,
        typed=typed,
        refused=refused,
        conflict=conflict,
        apart=apart or (),
        own=conflict and opened is not None and is_own(view, opened.id, number_of(typed, "version")),
        title=opened.title if opened else "",
        action=f"/{form.name}" if opened else "",
        version=opened.version if opened and (conflict or "version" not in typed) else number_of(typed, "version"),
        new_id=new_id,
        form=form.name,
        script=_script(kind, view, opened.id if opened else new_id),
        kept=kept,
        lost=lost,
        waiting=waiting,
        dirty=dirty or bool(refused.errors) or conflict,
        tongues=tongues,
        done=notice(kind, view, view.request.query_params.get("done", "")) if not refused.errors else "",
        asks_original=asks_original(part),
        original=(text_of(typed, "original") or getattr(opened.content, "original", "")) if opened else "",
        stale=[(code, name) for code, name in tongues if opened and code in getattr(opened.content, "stale", ())],
        beside=controls(view, kind.beside[form.name], typed, asked=True),
        controls=controls(view, part, typed, more=0, grows=own is None),
        **(own.context(view, opened.id if opened else "", typed) if own else {}),
        **team.frame(view, kind.room, opened.id if opened else "new"),
    )


def _script(kind: AnyKind, view: View, record_id: str) -> Mapping[str, Any]:
    if not may_somewhere(view.actor, kind.write, view.region_id):
        return {}
    return keeping.for_script(view, view.href("team", kind.room, record_id, "unsaved"))


def open_record(kind: AnyKind, form: Form, view: View, record_id: str) -> Opened | None:
    """What *form* writes on; None where its state does not allow that. Raises NotFound, Gone, NotPermitted."""
    with view.instance.database.read(view.region_id) as session:
        record = found(kind, view, session, record_id)
        require(view.actor, form.may, subject_of(session, record))
        if not form.when(record, kind.state(session, record)):
            return None
        content = service.content_of(kind, session, record)
        return Opened(id=record.id, version=record.version, content=content, title=plain_title(kind, view, content))


def is_own(view: View, record_id: str, since: int) -> bool:
    """Whether all that was saved since version *since* is the reader's own."""
    with view.instance.database.read(view.region_id) as session:
        return drafts.saved_alone(session, view.region_id, record_id, since, view.actor.account_id)
