"""The page of an action: what follows from it, the form of what it asks, done or refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from litestar import Response

from lanzarote.errors import Conflict, NotPermitted
from lanzarote.kinds import service, team
from lanzarote.kinds.controls import controls
from lanzarote.kinds.form import languages_of, read
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
    from collections.abc import Mapping

    from lanzarote.kinds.kind import Action, Kind
    from lanzarote.records.records import Record
    from lanzarote.web.refusals import Refusal

    AnyKind = Kind[Any, Any]


def show_action(
    kind: AnyKind,
    action: Action,
    view: View,
    record_id: str,
    refused: Refusal = NOTHING,
    data: Mapping[str, Any] | None = None,
    *,
    barred: str = "",
) -> Response[Any]:
    """The page of an action, or why the reader may not do it now; one that the state does not allow leads back.

    Raises NotPermitted.
    """
    with view.instance.database.read(view.region_id) as session:
        record = found(kind, view, session, record_id)
        require(view.actor, action.may, subject_of(session, record))
        possible, version = action.when(record, kind.state(session, record)), record.version
        content = service.content_of(kind, session, record)
        barred = barred or (action.barred(view, session, record) if action.barred else "")
        sent = SentForm(action.first(view, record) if data is None else data)
        template = kind.templates.get(action.name, "")
        context = kind.page(view, session, record, content) if kind.page and (action.include or template) else {}
    if not possible:
        return show(kind, view, record_id, done="not-now", status=409, data=data)
    return view.render(
        template or "kinds/action.html",
        status=403 if barred else 400 if refused.errors else 200,
        barred=view._(barred) if barred else "",
        elsewhere=kind.forms[0].name if kind.forms else kind.steps[0].name,
        action=action,
        asks_reason="reason" in action.takes,
        heading=view._(action.label),
        text=view._(action.text),
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
        controls=controls(view, action.shapes, sent, record=record),
        **context,
        **team.frame(view, kind.room, record_id),
    )


def perform(kind: AnyKind, action: Action, view: View, record_id: str, data: Mapping[str, Any]) -> Response[Any]:
    """Do it, then lead to where one sees it; say why not on the page of the action."""
    sent = SentForm(data)
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
        if "known" in action.takes:
            offered["known"] = known(kind, view, record_id)
        if action.prepares:
            record, content = _permitted(kind, action, view, record_id)
            about: dict[str, Any] = {"given": offered.get("given"), "why": sent.reasons, "by": view.actor}
            offered["prepared"] = action.prepares(
                Before(instance=view.instance, record=record, content=content, **about)
            )
        with view.instance.database.write(view.region_id) as session:
            record = found(kind, view, session, record_id)
            action.do(session, record, **given_to(action.do, offered))
    except (Faulty, Identifying, Objected) as error:
        _, content = _permitted(kind, action, view, record_id)
        refused = refusal(kind, view, error, sent, action, content)
        return show_action(kind, action, view, record_id, refused, sent)
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
        return team.redirect(view.href("team", kind.room))
    path = (record_id, *filter(None, [_then(view, sent)]))  # the page from which it was done goes on there
    return team.redirect(view.href("team", kind.room, *path, query={"done": action.name}))


def _then(view: View, sent: SentForm) -> str:
    """The page of the record from which an action was begun; empty: that of the record itself."""
    then = sent.one("then") or view.request.query_params.get("then", "")
    return then if re.fullmatch("[a-z-]{1,40}", then) else ""


def _permitted(kind: AnyKind, action: Action, view: View, record_id: str) -> tuple[Record, Any]:
    """The record, and what it says. Raises NotFound, Gone, NotPermitted."""
    with view.instance.database.read(view.region_id) as session:
        record = found(kind, view, session, record_id)
        require(view.actor, action.may, subject_of(session, record))
        return record, service.content_of(kind, session, record)
