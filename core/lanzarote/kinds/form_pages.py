"""The pages of the form of a kind: begun, edited, saved, refused, told that somebody else was faster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Response
from msgspec import Struct

from lanzarote import guard
from lanzarote.errors import Conflict
from lanzarote.kinds import service, team
from lanzarote.kinds.form import (
    EMPTY_ROWS,
    asks_original,
    content_from,
    controls,
    filled,
    languages_of,
    read_some,
    rearranged,
    tidied,
)
from lanzarote.kinds.record_pages import checked, found, plain_title, refusal, show, to_record, words_of
from lanzarote.kinds.versions import differences
from lanzarote.records import drafts
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import Subject, require, subject_of
from lanzarote.records.records import now
from lanzarote.records.save_checks import Objected
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.web.fields import many_of, pairs_of
from lanzarote.web.new_records import id_of, is_made, make_once, to_made
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
    typed = {"original": view.lang, **kind.first(view)}
    return to_made(view, "team", kind.room) or show_form(kind, kind.forms[0], view, None, typed)


def begin(kind: AnyKind, view: View, data: Mapping[str, Any]) -> Response[Any]:
    """Save a new record for the first time; a form that is sent twice makes one."""
    require(view.actor, kind.write, Subject(region_id=view.region_id))
    if is_made(view, record_id := id_of(view, data)):
        return save(kind, kind.forms[0], view, record_id, {**data, "version": "1"})
    form = kind.forms[0]
    if (changed := rearranged(form, view, data)) is not None or text_of(data, "again"):
        return show_form(kind, form, view, None, data if changed is None else changed)
    if guard.reads_like_disclosure(*(text for _, text in pairs_of(data))):
        return team.show_help(view, view.href("team", kind.room, "new"), data)
    data = tidied(kind, form, data)
    try:
        given = checked(kind, view, *content_from(kind, form, view, data), data)
    except (Faulty, Identifying, Objected) as error:
        return show_form(kind, form, view, None, data, refusal(kind, view, error, data))

    def make(session: Session) -> None:
        service.begin(kind, session, view.region_id, given, by=view.actor, at=now(), record_id=record_id)

    make_once(view, record_id, make)
    return to_record(kind, view, record_id, "saved")


def edit(kind: AnyKind, form: Form, view: View, record_id: str) -> Response[Any]:
    """The form with what the newest version says."""
    opened = open_record(kind, form, view, record_id)
    if opened is None:
        return show(kind, view, record_id, done="not-now", status=409)
    return show_form(kind, form, view, opened, filled(kind, form, view, opened.content))


def save(kind: AnyKind, form: Form, view: View, record_id: str, data: Mapping[str, Any]) -> Response[Any]:
    """Save another version."""
    opened = open_record(kind, form, view, record_id)
    if opened is None:
        return show(kind, view, record_id, done="not-now", status=409, data=data)
    if (changed := rearranged(form, view, data)) is not None or text_of(data, "again"):
        return show_form(kind, form, view, opened, data if changed is None else changed)
    if guard.reads_like_disclosure(*(text for _, text in pairs_of(data))):
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
    except (Faulty, Identifying, Objected) as error:
        return show_form(kind, form, view, opened, data, refusal(kind, view, error, data, form))
    except Conflict:
        return _show_both(kind, form, view, record_id, data, content)
    except IllegalTransition:
        return show(kind, view, record_id, done="not-now", status=409, data=data)
    return to_record(kind, view, record_id, "saved" if form is kind.forms[0] else form.name)


def _show_both(
    kind: AnyKind, form: Form, view: View, record_id: str, data: Mapping[str, Any], content: Any
) -> Response[Any]:
    """The form of somebody who came too late, with what the other has saved."""
    opened = open_record(kind, form, view, record_id)
    if opened is None:
        return show(kind, view, record_id, done="not-now", status=409, data=data)
    part = kind.parts[form.name]
    apart = differences(kind, view, opened.content, content, part)
    return show_form(kind, form, view, opened, data, apart=apart)


def show_form(
    kind: AnyKind,
    form: Form,
    view: View,
    opened: Opened | None,
    typed: Mapping[str, Any],
    refused: Refusal = NOTHING,
    *,
    apart: Sequence[Difference] | None = None,
) -> Response[Any]:
    """The form with everything in it; *apart*: where what somebody else saved meanwhile differs."""
    conflict = apart is not None
    heading = form.heading if opened else kind.words.begin
    own, part = form.own, kind.parts[form.name]
    tongues = view.tongues(*languages_of(view, part, opened.content if opened else None))
    return view.render(
        own.template if own else "kinds/form.html",
        status=409 if conflict else 400 if refused.errors else 200,
        heading=view._(heading),
        warning=[view._(one) for one in form.warning if one],
        words=words_of(kind, view),
        typed=typed,
        refused=refused,
        conflict=conflict,
        apart=apart or (),
        own=conflict and opened is not None and _is_own(view, opened.id, number_of(typed, "version")),
        title=opened.title if opened else "",
        action=f"/{form.name}" if opened else "",
        version=opened.version if opened and (conflict or "version" not in typed) else number_of(typed, "version"),
        new_id="" if opened else id_of(view, typed),
        tongues=tongues,
        asks_original=asks_original(part),
        original=(text_of(typed, "original") or getattr(opened.content, "original", "")) if opened else "",
        stale=[(code, name) for code, name in tongues if opened and code in getattr(opened.content, "stale", ())],
        beside=controls(view, kind.beside[form.name], typed, asked=True),
        controls=controls(view, part, typed, more=0 if own else EMPTY_ROWS),
        **(own.context(view, opened.id if opened else "", typed) if own else {}),
        **team.frame(view, kind.room, opened.id if opened else "new"),
    )


def open_record(kind: AnyKind, form: Form, view: View, record_id: str) -> Opened | None:
    """What *form* writes on; None where its state does not allow that. Raises NotFound, Gone, NotPermitted."""
    with view.instance.database.read(view.region_id) as session:
        record = found(kind, view, session, record_id)
        require(view.actor, form.may, subject_of(session, record))
        if not form.when(record, kind.state(session, record)):
            return None
        content = service.content_of(kind, session, record)
        return Opened(id=record.id, version=record.version, content=content, title=plain_title(kind, view, content))


def _is_own(view: View, record_id: str, since: int) -> bool:
    with view.instance.database.read(view.region_id) as session:
        return drafts.saved_alone(session, view.region_id, record_id, since, view.actor.account_id)
