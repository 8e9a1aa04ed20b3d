"""The pages of the form of a kind: begun, edited, saved, refused, merged with what somebody else saved meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Response

from lanzarote.errors import Conflict, NotFound
from lanzarote.kinds import drafting, keeping, merging, service, team
from lanzarote.kinds.controls import controls, parts_of
from lanzarote.kinds.entered import belongs, is_reason
from lanzarote.kinds.form import (
    Opened,
    asks_original,
    calls_for_help,
    content_from,
    filled,
    languages_of,
    read_some,
    rearranged,
    tidied,
)
from lanzarote.kinds.kind import Action
from lanzarote.kinds.record_pages import (
    checked,
    found,
    notice,
    plain_title,
    refusal,
    show,
    show_answering,
    to_record,
    words_of,
)
from lanzarote.kinds.sent import SentForm
from lanzarote.kinds.versions import differences
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.records import now
from lanzarote.records.save_checks import Objected
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.web.asking import id_of, is_made, make_once, to_made
from lanzarote.web.refusals import NOTHING
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.kinds.kind import Form, Kind
    from lanzarote.kinds.service import Checked
    from lanzarote.kinds.versions import Difference
    from lanzarote.web.refusals import Refusal

    AnyKind = Kind[Any, Any]


def show_new(kind: AnyKind, view: View) -> Response[Any]:
    """The form of a record that is not there yet; at the address of one that was begun, with what was typed."""
    require(view.actor, kind.write, service.begun_by(view.actor, view.region_id))
    if made := to_made(view, "team", kind.room):
        return made
    opened = Opened(kind=kind, step=kind.forms[0], view=view, id=id_of(view, {}))
    kept = drafting.kept_in(opened.step, view, opened.id)
    if kept is not None and drafting.is_new(kind, view, opened.id, kept):
        return show_form(opened, drafting.sent_before(opened, kept), lost=drafting.lost(opened, kept))
    return show_form(opened, drafting.first(kind, view), waiting=drafting.begun_before(kind, view))


def begin(kind: AnyKind, view: View, data: Mapping[str, Any]) -> Response[Any]:
    """Save a new record for the first time; a form that is sent twice makes one."""
    require(view.actor, kind.write, service.begun_by(view.actor, view.region_id))
    sent = SentForm(data)
    record_id = id_of(view, sent)
    if is_made(view, record_id):
        return save(kind, kind.forms[0], view, record_id, {**sent, "version": "1"})
    return take(Opened(kind=kind, step=kind.forms[0], view=view, id=record_id), sent)


def edit(kind: AnyKind, form: Form, view: View, record_id: str) -> Response[Any]:
    """The form with what the newest version says, or what its reader typed since and did not save."""
    kept = drafting.kept_in(form, view, record_id)
    new = kept is not None and drafting.is_new(kind, view, record_id, kept)
    bare = Opened(kind=kind, step=form, view=view, id=record_id)
    opened = bare if new else open_record(kind, form, view, record_id)
    if kept is None:
        if opened is None:
            return show(kind, view, record_id, done="not-now", status=409)
        return show_form(opened, filled(opened, opened.content))
    if opened is None or view.request.query_params.get("unsaved") != "continue":
        return drafting.show_kept(opened or bare, kept, closed=opened is None)
    return show_form(opened, drafting.sent_before(opened, kept), lost=drafting.lost(opened, kept))


def save(kind: AnyKind, form: Form, view: View, record_id: str, data: Mapping[str, Any]) -> Response[Any]:
    """Save another version."""
    sent = SentForm(data)
    try:
        opened = open_record(kind, form, view, record_id)
    except NotFound:
        return show_answering(kind, view, record_id, sent)
    if opened is None:
        drafting.keep_refused(Opened(kind=kind, step=form, view=view, id=record_id), sent)
        return show(kind, view, record_id, done="not-now", status=409, data=sent)
    return merge(opened, sent) if sent.do == "merge" else take(opened, sent)


def take(opened: Opened, sent: SentForm) -> Response[Any]:
    """Save what was sent, or show the form again: rearranged, refused, or beside what somebody else saved meanwhile."""
    if (changed := rearranged(opened, sent)) is not None:
        return show_form(opened, changed, dirty=True)
    sent, content = tidied(opened, sent), None
    if calls := calls_for_help((*opened.shapes, *opened.beside), sent, drafting.explained(opened)):
        if not sent.one(team.OUR_WORK):
            drafting.keep_refused(opened, sent)
            return team.show_help(opened.view, _address(opened), sent, calls)
        sent = team.answered(opened.view, sent, calls)
    try:
        beside = read_some(opened.view, opened.beside, sent) if opened.version else {}
        content, faults = content_from(opened, sent)
        given = checked(opened.kind, opened.view, content, faults, sent, opened.record_id)
        _keep(opened, given, read=sent.version, fresh=sent.many("fresh"), **beside)
    except (Faulty, Identifying, Objected) as error:
        refused = refusal(opened.kind, opened.view, error, sent, opened.step)
        return show_form(opened, sent, refused, kept=drafting.keep_refused(opened, sent))
    except Conflict:
        drafting.keep_refused(opened, sent)
        return _show_both(opened, sent, content)
    except IllegalTransition:
        return show(opened.kind, opened.view, opened.id, done="not-now", status=409, data=sent)
    if sent.do in {one.name for one in opened.kind.steps}:  # the button names what comes next
        return team.redirect(opened.view.href("team", opened.kind.room, opened.id, sent.do))
    return to_record(opened.kind, opened.view, opened.id, _done(opened))


def _keep(opened: Opened, given: Checked[Any], *, read: int, fresh: Sequence[str], **beside: Any) -> None:
    """Keep what passed; *read*: the version that its writer saw. Raises Conflict, IllegalTransition, Faulty."""
    kind, view = opened.kind, opened.view

    def begun(session: Session) -> None:
        service.begin(kind, session, view.region_id, given, by=view.actor, at=now(), record_id=opened.id)
        drafting.forget(session, opened)

    if not opened.version:
        make_once(view, opened.id, begun)
        return
    with view.instance.database.write(view.region_id) as session:
        record = found(kind, view, session, opened.id)
        expected = service.as_read(kind, session, record, read, opened.version, opened.shapes)
        about = {"expected": expected, "by": view.actor, "at": now(), "fresh": fresh, **beside}
        service.save(kind, session, record, given, vocabulary=view.vocabulary, today=view.today, **about)
        drafting.forget(session, opened)


def _done(opened: Opened) -> str:
    return "saved" if opened.step is opened.kind.forms[0] else opened.step.name


def _address(opened: Opened) -> str:
    path = (opened.id, opened.step.name) if opened.version else ("new",)
    return opened.view.href("team", opened.kind.room, *path)


# Two who write at once


def _show_both(before: Opened, sent: SentForm, content: Any) -> Response[Any]:
    """Both texts, of which who came too late makes one; where rows name each other, the form with what differs."""
    kind, view = before.kind, before.view
    opened = open_record(kind, before.step, view, before.id)
    if opened is None:
        return show(kind, view, before.id, done="not-now", status=409, data=sent)
    if (opened.own is None or opened.own.rearranged is None) and 0 < sent.version < opened.version:
        return show_merge(opened, sent, content)
    return show_form(opened, sent, apart=differences(kind, view, opened.content, content, opened.shapes))


def show_merge(
    opened: Opened,
    sent: SentForm,
    content: Any,
    left: Sequence[str] = (),
    choices: Mapping[str, str] = {},
) -> Response[Any]:
    """Both texts, field by field, where they differ; *left*: fields for which nothing was chosen yet."""
    asked = {
        "version",
        "theirs",
        "key",
        "do",
        merging.MARKED,
        *(name for name in sent if name.startswith(merging.ASKED)),
    }
    return opened.view.render(
        "kinds/merge.html",
        status=409,
        apart=drafting.apart(opened, sent.version, content),
        since=sent.version,
        theirs=opened.version,
        choices=choices,
        left=left,
        own=drafting.is_own(opened.view, opened.id, sent.version),
        hidden=[(name, text) for name, text in sent.pairs() if name not in asked],
        action=_address(opened),
        crumbs=drafting.crumbs(opened),
        canonical=None,
        feeds=(),
    )


def merge(opened: Opened, sent: SentForm) -> Response[Any]:
    """Take what was chosen between two texts, and save that; ask again for what was left open."""
    given = merging.given_in(sent)
    if not sent.one(merging.MARKED):
        given = merging.with_own_words(given)
    content, faults = content_from(opened, sent)
    if content is None or faults:
        shown = sent.having(merging.texts_of_both(given))
        return show_form(opened, shown, refusal(opened.kind, opened.view, Faulty(faults), shown, opened.step))
    apart = drafting.apart(opened, sent.version, content)
    given = merging.without_outdated(given, apart)
    left = [one.unit for one in apart if f"{merging.CHOICE}[{one.unit}]" not in given]
    if left or sent.number("theirs") != opened.version:
        return show_merge(opened, sent, content, left, given)
    theirs, yours = (drafting.entered(opened, one) for one in (opened.content, content))
    beside = {name: value for name, value in sent.items() if name in ("key", "fresh") or is_reason(name)}
    beside |= {name: sent[name] for one in opened.beside for name in sent if belongs(name, one.name)}
    more = {**beside, "version": str(opened.version)}
    return take(opened, drafting.sent_again(merging.merged(theirs, yours, given), more))


# The page


def show_form(
    opened: Opened,
    sent: SentForm,
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
    kind, view, own, there = opened.kind, opened.view, opened.own, opened.version > 0
    assert not isinstance(opened.step, Action)
    conflict = apart is not None
    tongues = view.tongues(*languages_of(view, opened.shapes, opened.content))
    asked = controls(view, opened.shapes, sent)
    return view.render(
        own.template if own else "kinds/form.html",
        status=409 if conflict else 400 if refused.errors else 200,
        heading=view._((opened.step.heading or opened.step.label) if there else kind.words.begin),
        warning=[view._(one) for one in opened.step.warning if one],
        words=words_of(kind, view),
        style=kind.style,
        typed=sent,
        refused=refused,
        conflict=conflict,
        apart=apart or (),
        own=conflict and there and drafting.is_own(view, opened.id, sent.version),
        title=opened.title,
        action=f"/{opened.step.name}" if there else "",
        version=opened.version if conflict or "version" not in sent else sent.version,
        new_id="" if there else opened.id,
        form=opened.step.name,
        script=drafting.script_of(kind, view, opened.id),
        kept=kept,
        kept_at=keeping.clock(view, kept.at) if kept and kept.at else "",
        lost=lost,
        waiting=waiting,
        dirty=dirty or bool(refused.errors) or conflict,
        tongues=tongues,
        done=notice(kind, view, view.request.query_params.get("done", "")) if not refused.errors else "",
        asks_original=asks_original(opened.shapes),
        original=(sent.one("original") or getattr(opened.content, "original", "")) if there else "",
        stale=[(code, name) for code, name in tongues if code in getattr(opened.content, "stale", ())],
        beside=controls(view, opened.beside, sent, asked=True),
        parts=parts_of(asked, refused.error_of),
        controls=asked,
        **(own.context(view, opened.record_id, sent) if own else {}),
        **team.frame(view, kind.room, opened.id if there else "new"),
    )


def open_record(kind: AnyKind, form: Form | Action, view: View, record_id: str) -> Opened | None:
    """What *form* writes on; None where its state does not allow that. Raises NotFound, Gone, NotPermitted."""
    with view.instance.database.read(view.region_id) as session:
        record = found(kind, view, session, record_id)
        require(view.actor, form.may, subject_of(session, record))
        if not form.when(record, kind.state_of(session, record)):
            return None
        content, version = service.content_of(kind, session, record), record.version
    title = plain_title(kind, view, content)
    return Opened(kind=kind, step=form, view=view, id=record_id, version=version, content=content, title=title)
