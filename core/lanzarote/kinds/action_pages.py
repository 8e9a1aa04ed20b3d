"""The page of an action: what follows from it, the form of what it asks, done or refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from litestar import Response

from lanzarote.errors import Conflict, NotPermitted
from lanzarote.kinds import drafting, keeping, service, team
from lanzarote.kinds.controls import controls, parts_of
from lanzarote.kinds.form import Opened, calls_for_help, compacted, languages_of, read, with_rows
from lanzarote.kinds.kind import Before, given_to
from lanzarote.kinds.record_pages import found, known, plain_title, refusal, show, words_of
from lanzarote.kinds.sent import SentForm
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.records import now
from lanzarote.records.save_checks import Objected
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.web.refusals import NOTHING
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lanzarote.kinds.kind import Action, Kind
    from lanzarote.records.records import Record
    from lanzarote.web.refusals import Refusal

    AnyKind = Kind[Any, Any]


def ask(kind: AnyKind, action: Action, view: View, record_id: str) -> Response[Any]:
    """The page of an action, with what its reader typed before and did not send."""
    kept = drafting.kept_in(action, view, record_id) if action.is_written else None
    if kept is None:
        return show_action(kind, action, view, record_id)
    record, opened = _opened(kind, action, view, record_id)
    if view.request.query_params.get("unsaved") != "continue":
        with view.instance.database.read(view.region_id) as session:
            possible = action.when(record, kind.state_of(session, record))
        return drafting.show_kept(opened, kept, closed=not possible)
    first = action.first(view, record).items()
    stays = {name: value for name, value in first if name in drafting.NOT_TYPED or name in kept.typed.left_out}
    typed = {**stays, **drafting.sent_before(opened, kept)}
    return show_action(kind, action, view, record_id, data=typed, lost=drafting.lost(opened, kept))


def show_action(
    kind: AnyKind,
    action: Action,
    view: View,
    record_id: str,
    refused: Refusal = NOTHING,
    data: Mapping[str, Any] | None = None,
    *,
    barred: str = "",
    kept: keeping.Refused | None = None,
    lost: Sequence[tuple[str, str]] = (),
) -> Response[Any]:
    """The page of an action, or why the reader may not do it now; one that the state does not allow leads back.

    *kept*: what became of what was sent; *lost*: fields whose text was not kept. Raises NotPermitted.
    """
    with view.instance.database.read(view.region_id) as session:
        record = found(kind, view, session, record_id)
        require(view.actor, action.may, subject_of(session, record))
        possible, version = action.when(record, kind.state_of(session, record)), record.version
        content = service.content_of(kind, session, record)
        barred = barred or (action.barred(view, session, record) if action.barred else "")
        sent = SentForm(action.first(view, record) if data is None else data)
        template = kind.templates.get(action.name, "")
        context = kind.page(view, session, record, content) if kind.page and (action.include or template) else {}
    if not possible:
        return show(kind, view, record_id, done="not-now", status=409, data=data)
    asked = controls(view, action.shapes, sent, record=record)
    return view.render(
        template or "kinds/action.html",
        status=403 if barred else 400 if refused.errors else 200,
        barred=view._(barred) if barred else "",
        elsewhere=kind.forms[0].name if kind.forms else kind.steps[0].name,
        action=action,
        asks_reason="reason" in action.takes,
        heading=view._(action.label),
        text=view._(action.text),
        leave=view._(action.leave),
        why=view._(action.why),
        confirms=[(name, view._(sentence)) for name, sentence in action.confirms.items()],
        words=words_of(kind, view),
        style=kind.style,
        title=plain_title(kind, view, content),
        version=version,
        then=_then(view, sent),
        refused=refused,
        typed=sent,
        tongues=view.tongues(*languages_of(view, kind.shapes, content)),
        parts=parts_of(asked, refused.error_of),
        controls=asked,
        script=drafting.script_of(kind, view, record_id) if action.is_written else {},
        dirty=data is not None,
        kept=kept,
        kept_at=keeping.clock(view, kept.at) if kept and kept.at else "",
        lost=lost,
        **context,
        **team.frame(view, kind.room, record_id),
    )


def perform(kind: AnyKind, action: Action, view: View, record_id: str, data: Mapping[str, Any]) -> Response[Any]:
    """Do it, then lead to where one sees it; say why not on the page of the action."""
    sent = SentForm(data)
    before, opened = _opened(kind, action, view, record_id)
    if (changed := with_rows(sent)) is not None:
        return show_action(kind, action, view, record_id, data=changed)
    sent = compacted(action.shapes, sent)
    if calls := calls_for_help(action.shapes, sent):
        if not sent.one(team.OUR_WORK):
            if action.is_written:
                drafting.keep_refused(opened, sent)
            return team.show_help(view, view.request.url.path, sent, calls)
        sent = team.answered(view, sent, calls)
    try:
        if action.erases:
            team.require_word(view, sent)
        offered: dict[str, Any] = {
            "expected": sent.version,
            "reason": sent.one("reason"),
            "why": sent.reasons,
            "confirmed": all(sent.one(name) for name in action.confirms),
            "mark": sent.one("mark"),
            "vocabulary": view.vocabulary,
            "today": view.today,
            "by": view.actor,
            "at": now(),
        }
        if action.asks and "given" in action.takes:
            offered["given"] = read(view, action.shapes, sent, action.asks)
            service.check_given(action, offered["given"], view.vocabulary)
        if "known" in action.takes:
            offered["known"] = known(kind, view, record_id)
        if action.prepares:
            about: dict[str, Any] = {"given": offered.get("given"), "why": sent.reasons, "by": view.actor}
            offered["prepared"] = action.prepares(
                Before(instance=view.instance, record=before, content=opened.content, **about)
            )
        with view.instance.database.write(view.region_id) as session:
            record = found(kind, view, session, record_id)
            service.perform(kind, action, session, record, **given_to(action.do, offered))
            if not action.erases:
                service.tell_about_work(session, record, sent.reasons, by=view.actor)
            if action.is_written and not action.erases:
                drafting.forget(session, opened)
    except (Faulty, Identifying, Objected) as error:
        refused = refusal(kind, view, error, sent, action, opened.content)
        kept = drafting.keep_refused(opened, sent) if action.is_written else None
        return show_action(kind, action, view, record_id, refused, sent, kept=kept)
    except NotPermitted as error:
        if action.barred is None:
            raise
        return show_action(kind, action, view, record_id, data=sent, barred=str(error))
    except IllegalTransition:
        return show(kind, view, record_id, done="not-now", status=409, data=sent)
    except Conflict as error:
        done = next((key for key, words in kind.notices.items() if words == str(error)), "meanwhile")
        return show(kind, view, record_id, done=done, status=409, data=sent)
    if action.erases:
        return team.redirect(view.href("team", kind.room, query={"done": action.name}))
    path = (record_id, *filter(None, [_then(view, sent)]))  # the page from which it was done goes on there
    return team.redirect(view.href("team", kind.room, *path, query={"done": action.name}))


def _then(view: View, sent: SentForm) -> str:
    """The page of the record from which an action was begun; empty: that of the record itself."""
    then = sent.one("then") or view.request.query_params.get("then", "")
    return then if re.fullmatch("[a-z-]{1,40}", then) else ""


def _opened(kind: AnyKind, action: Action, view: View, record_id: str) -> tuple[Record, Opened]:
    """The record, and the form of *action* on it, whether its state allows that or not.

    Raises NotFound, Gone, NotPermitted.
    """
    with view.instance.database.read(view.region_id) as session:
        record = found(kind, view, session, record_id)
        require(view.actor, action.may, subject_of(session, record))
        content, version = service.content_of(kind, session, record), record.version
    title = plain_title(kind, view, content)
    about: dict[str, Any] = {"version": version, "content": content, "title": title}
    return record, Opened(kind=kind, step=action, view=view, id=record_id, **about)
