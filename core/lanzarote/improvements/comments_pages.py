"""Pages of a discussion: all threads, one of them, and the forms by which somebody says something."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from litestar import Response

from lanzarote.errors import Conflict, NotFound, NotPermitted
from lanzarote.improvements import comments, comments_reading, talk, talk_forms
from lanzarote.improvements.comments_model import ITSELF
from lanzarote.improvements.talk_forms import TEAM, frame, go_to, head_of, refusal
from lanzarote.records.permissions import may_somewhere, require, subject_of
from lanzarote.records.records import now
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.translation import N_
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.refusals import NOT_NOW, NOTHING, Refusal, number_of, reasons_in, text_of
from lanzarote.web.routes import form, page
from lanzarote.web.site import View
from lanzarote.web.working_records import ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.improvements.comments_model import Comment
    from lanzarote.records.permissions import Action as Right
    from lanzarote.records.records import Record


HERE: Final = "/{lang:str}/{region:str}/team/improvements/{record_id:str}/discussion"
ONE: Final = HERE + "/{comment:str}"
DONE: Final[Mapping[str, str]] = {
    "said": N_("It is said. You can change it for one hour."),
    "edit": N_("It is changed, and marked as edited."),
    "delete": N_("It is deleted. Its place stays, so that the answers can be understood."),
    "hide": N_("It is hidden. Who wrote it reads your reason."),
    "show": N_("Everybody in the group reads it again."),
    "meanwhile": N_("Somebody has changed it in the meantime; nothing of yours was done. See how it is now."),
    "not-now": NOT_NOW,
}
STEPS: Final[Mapping[str, tuple[Right, str]]] = {
    "edit": ("group.write", N_("Change your comment")),
    "delete": ("group.write", N_("Delete your comment")),
    "hide": ("group.lead", N_("Hide this comment")),
    "show": ("group.lead", N_("Show this comment again")),
}
"""Step → who may, and its heading."""


@page(HERE, may="group.read")
def discussion(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """What the group says about an improvement."""
    return show_discussion(site.view(request, lang, region), record_id)


@form(HERE, may="group.write")
def say(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
    """Say something about it."""
    view = site.view(request, lang, region)
    if text_of(data, "again"):
        return show_discussion(view, record_id, data=data)
    return _say(view, record_id, data)


@page(ONE, may="group.read")
def one(request: Asked, lang: Lang, region: Region, record_id: Id, comment: Id, site: OurSite) -> Response[Any]:
    """A comment at its permanent address, in its thread."""
    return show_thread(site.view(request, lang, region), record_id, comment)


@form(ONE, may="group.write")
def answer(
    request: Asked, lang: Lang, region: Region, record_id: Id, comment: Id, site: OurSite, data: Data
) -> Response[Any]:
    """Answer it."""
    view = site.view(request, lang, region)
    if text_of(data, "again"):
        return show_thread(view, record_id, comment, data=data)
    return _say(view, record_id, data, answers_to=comment)


def show_discussion(
    view: View, record_id: str, *, data: Mapping[str, Any] | None = None, refused: Refusal = NOTHING, done: str = ""
) -> Response[Any]:
    """All threads, the last begun first, and the form."""
    asked = view.request.query_params
    before = asked.get("before", "")
    with view.instance.database.read(view.region_id) as session:
        record = talk.find(session, view.region_id, record_id, by=view.actor)
        if before and not re.fullmatch(ID, before):
            raise NotFound(comments.NO_COMMENT)
        told = comments_reading.discussion(view, session, record, now(), before=before)
        head = head_of(view, session, record)
        writes = _writes(view, record)
    return view.render(
        "improvements/talk/discussion.html",
        status=400 if refused.errors else 200,
        told=told,
        writes=writes,
        typed=data or {},
        refused=refused,
        **frame(view, head, done or asked.get("done", ""), DONE),
    )


def show_thread(
    view: View,
    record_id: str,
    comment_id: str,
    *,
    data: Mapping[str, Any] | None = None,
    refused: Refusal = NOTHING,
    done: str = "",
    status: int = 0,
) -> Response[Any]:
    """One thread around a comment, and the form that answers it."""
    with view.instance.database.read(view.region_id) as session:
        record = talk.find(session, view.region_id, record_id, by=view.actor)
        told = comments_reading.thread(view, session, record, comment_id, now())
        head = head_of(view, session, record)
    everyone = [told.first, *told.answers]
    return view.render(
        "improvements/talk/thread.html",
        status=status or (400 if refused.errors else 200),
        told=told,
        asked=next(one for one in everyone if one.id == comment_id),
        typed=data or {},
        refused=refused,
        **frame(view, head, done or view.request.query_params.get("done", ""), DONE),
    )


def _say(view: View, record_id: str, data: Mapping[str, Any], answers_to: str = "") -> Response[Any]:
    text, about = text_of(data, "text"), number_of(data, "about")
    with view.instance.database.read(view.region_id) as session:
        talk.find(session, view.region_id, record_id, by=view.actor)
    if talk_forms.needs_help(text):
        return talk_forms.show_help(view, view.request.url.path, data)
    try:
        said = comments.checked(text, view.vocabulary, reasons_in(data), by=view.actor)
        with view.instance.database.write(view.region_id) as session:
            record = talk.find(session, view.region_id, record_id, by=view.actor)
            made = comments.say(
                session,
                record,
                said,
                by=view.actor,
                at=now(),
                language=view.lang,
                answers_to=answers_to,
                about=about or ITSELF,
            )
            return to_comment(view, made, "said")
    except (Faulty, Identifying) as error:
        refused = refusal(view, error, data)
        if answers_to:
            return show_thread(view, record_id, answers_to, data=data, refused=refused)
        return show_discussion(view, record_id, data=data, refused=refused)
    except Conflict:
        if answers_to:
            return show_thread(view, record_id, answers_to, data=data, done="meanwhile", status=409)
        return show_discussion(view, record_id, data=data, done="meanwhile")


def to_comment(view: View, comment: Comment, done: str) -> Response[Any]:
    """Lead to where the comment stands."""
    href = view.href(*TEAM, comment.record_id, "discussion", comment.id, query={"done": done})
    return go_to(f"{href}#c-{comment.id}")


def _writes(view: View, record: Record) -> bool:
    return comments.is_open(record) and may_somewhere(view.actor, "group.write", record.region_id)


def show_step(
    view: View,
    record_id: str,
    comment_id: str,
    name: str,
    data: Mapping[str, Any] | None = None,
    refused: Refusal = NOTHING,
) -> Response[Any]:
    """The page of a step. Raises NotPermitted; what is not possible now leads back to the comment."""
    right, heading = STEPS[name]
    with view.instance.database.read(view.region_id) as session:
        record = talk.find(session, view.region_id, record_id, by=view.actor)
        require(view.actor, right, subject_of(session, record))
        comment = comments.find(session, record, comment_id)
        told = comments_reading.told(view, session, record, comment_id, now())
        head = head_of(view, session, record)
        mark, text = comments.mark_of(comment), comment.text
    if name not in told.steps:
        if name in ("edit", "delete") and not told.own:
            raise NotPermitted(comments.NOT_YOURS)
        return show_thread(view, record_id, comment_id, done="not-now", status=409)
    return view.render(
        "improvements/talk/comment_step.html",
        status=400 if refused.errors else 200,
        name=name,
        heading=view._(heading),
        told=told,
        mark=mark,
        typed=data or {"text": text},
        refused=refused,
        **frame(view, head),
    )


def take(view: View, record_id: str, comment_id: str, name: str, data: Mapping[str, Any]) -> Response[Any]:
    """Take a step; say why not on its page."""
    if name == "edit" and talk_forms.needs_help(text_of(data, "text")):
        return talk_forms.show_help(view, view.request.url.path, data)
    try:
        said = (
            comments.checked(text_of(data, "text"), view.vocabulary, reasons_in(data), by=view.actor)
            if (name == "edit")
            else None
        )
        with view.instance.database.write(view.region_id) as session:
            record = talk.find(session, view.region_id, record_id, by=view.actor)
            made = _do(view, session, record, comment_id, name, data, said)
            return to_comment(view, made, name)
    except (Faulty, Identifying) as error:
        return show_step(view, record_id, comment_id, name, data, refusal(view, error, data))
    except Conflict:
        # What was written stays in the page: it can be sent as an answer.
        return show_thread(view, record_id, comment_id, data=data, done="meanwhile", status=409)


def _do(
    view: View,
    session: Session,
    record: Record,
    comment_id: str,
    name: str,
    data: Mapping[str, Any],
    said: comments.Said | None,
) -> Comment:
    common: dict[str, Any] = {"by": view.actor, "at": now(), "expected": text_of(data, "mark")}
    if said is not None:
        return comments.edit(session, record, comment_id, said, **common)
    if name == "delete":
        return comments.take_back(session, record, comment_id, **common)
    if name == "hide":
        reason, wholly = text_of(data, "reason"), bool(text_of(data, "wholly"))
        return comments.hide(session, record, comment_id, view.vocabulary, reason=reason, wholly=wholly, **common)
    return comments.show(session, record, comment_id, **common)


def _step(name: str) -> tuple[Any, Any]:
    """The page and the form of one step."""
    path, may = f"{ONE}/{name}", STEPS[name][0]

    @page(path, may=may)
    def asked(request: Asked, lang: Lang, region: Region, record_id: Id, comment: Id, site: OurSite) -> Response[Any]:
        return show_step(site.view(request, lang, region), record_id, comment, name)

    @form(path, may=may)
    def done(
        request: Asked, lang: Lang, region: Region, record_id: Id, comment: Id, site: OurSite, data: Data
    ) -> Response[Any]:
        view = site.view(request, lang, region)
        if text_of(data, "again"):
            return show_step(view, record_id, comment, name, data)
        return take(view, record_id, comment, name, data)

    return asked, done


handlers = (discussion, say, one, answer, *(handler for name in STEPS for handler in _step(name)))
