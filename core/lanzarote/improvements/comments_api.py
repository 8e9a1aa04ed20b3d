"""API resources of a discussion: what was said about an improvement, and saying something."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, Final

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import func, select

from lanzarote.accounts.service import names
from lanzarote.improvements import comments
from lanzarote.improvements.comments_model import ITSELF, LONGEST, Comment
from lanzarote.improvements.talk_api import ONE, THIS, Reasons, improvement, language_of, look_first, why
from lanzarote.types import Language
from lanzarote.web.changing import Nothing, Sent, change, done, made
from lanzarote.web.resources import LIMIT, REGION, ROOT, Answer, Asked, Listed, Parameter, cursor, resource
from lanzarote.web.working_records import ID, P, Person, id_of, person_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Action as Right
    from lanzarote.records.permissions import Actor
    from lanzarote.records.records import Record

TAG: Final = "Discussions"
COMMENT: Final = id_of("comment")
THREAD: Final = Parameter(
    name="thread", told="Id of the comment that began a thread: only that thread.", pattern=ID, longest=36, shortest=36
)
AMENDMENT: Final = Parameter(
    name="amendment", told="Number of an amendment: only what is said about it.", between=(1, 999_999)
)
AFTER: Final = cursor(ID, 36)
ALL: Final = f"{ONE}/comments"
EACH: Final = f"{ALL}/{{comment}}"


class CommentItem(Struct, frozen=True, kw_only=True):
    """What one person said."""

    id: str
    thread: str
    """Id of the comment that began the thread; its own, if it did."""
    answers_to: str | None
    """Id of the comment that it answers."""
    amendment: int | None
    """Number of the amendment it is about; null: it is about the improvement."""
    author: Person
    at: datetime
    language: str
    text: str | None
    """Markdown; null: deleted, or hidden from whom the token belongs to."""
    edited_at: datetime | None
    deleted_at: datetime | None
    hidden_at: datetime | None
    hidden_reason: str | None
    """Why a coordinator hid it; told to its author and to coordinators."""


class CommentList(Listed[CommentItem], frozen=True, kw_only=True):
    pass


class Commenting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to be said."""

    text: Annotated[str, Meta(min_length=1, max_length=LONGEST)]
    """Markdown: paragraphs, emphasis, lists, quotations, links; nothing else is kept as such."""
    language: Language | None = None
    """What it is written in; the region's first language without it."""
    answers_to: Annotated[str, Meta(pattern=ID)] | None = None
    """Id of the comment that it answers."""
    amendment: Annotated[int, Meta(ge=1, le=999_999)] | None = None
    """Number of the amendment it is about."""
    reasons: Reasons = ()


class Rewording(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A comment in other words."""

    text: Annotated[str, Meta(min_length=1, max_length=LONGEST)]
    reasons: Reasons = ()


class Hiding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why nobody is to read it any more."""

    reason: Annotated[str, Meta(max_length=4_000)]
    wholly: bool = False
    """Its words go for good."""


@resource(
    ALL,
    tag=TAG,
    may="group.read",
    names=(REGION, THIS),
    query=(THREAD, AMENDMENT, AFTER, LIMIT),
    answers=CommentList,
)
def list_comments(asked: Asked) -> Answer:
    """What was said about an improvement, the first first."""
    with asked.instance.database.read(asked["region"]) as session:
        record = improvement(asked, session)
        mine = (Comment.region_id == record.region_id) & (Comment.record_id == record.id)
        if one := asked.one("thread"):
            mine &= Comment.thread == one
        if number := asked.one("amendment"):
            mine &= Comment.about == int(number)
        total = session.scalar(select(func.count()).select_from(Comment).where(mine)) or 0
        part = mine & (Comment.id > after) if (after := asked.one("cursor")) else mine
        found = session.scalars(select(Comment).where(part).order_by(Comment.id).limit(asked.limit + 1)).all()
        shown = found[: asked.limit]
        people = _people(session, shown)
        items = [msgspec.json.encode(_item(one, asked.actor, people)) for one in shown]
    return asked.listed(items, total, shown[-1].id if len(found) > len(shown) else None)


@resource(EACH, tag=TAG, may="group.read", names=(REGION, THIS, COMMENT), answers=CommentItem)
def get_comment(asked: Asked) -> Answer:
    """One comment. Its ETag is what a change of it takes in If-Match."""
    with asked.instance.database.read(asked["region"]) as session:
        comment = comments.find(session, improvement(asked, session), asked["comment"])
        item = _item(comment, asked.actor, _people(session, [comment]))
        return Answer(msgspec.json.encode(item), {"etag": etag_of(comment)})


@change("POST", ALL, tag=TAG, may="group.write", names=(REGION, THIS), body=Commenting, status=201, answers=CommentItem)
def say_comment(sent: Sent, body: Commenting) -> Answer:
    """Say something about an improvement or an amendment of it, or answer what was said. Location says where it is."""
    look_first(sent, body.text)
    said = comments.checked(body.text, sent.vocabulary, why(body.reasons), by=sent.actor)

    def do(session: Session) -> Answer:
        record = improvement(sent, session)
        comment = comments.say(
            session,
            record,
            said,
            by=sent.actor,
            at=sent.at,
            language=language_of(sent, body.language or ""),
            answers_to=body.answers_to or "",
            about=body.amendment or ITSELF,
        )
        at = ROOT + EACH.format(region=record.region_id, improvement=record.id, comment=comment.id)
        return made(_told(session, sent, comment), at=at, etag=etag_of(comment), about=record.id)

    return sent.once(do)


@change(
    "PUT", EACH, tag=TAG, may="group.write", names=(REGION, THIS, COMMENT), body=Rewording, match=True,
    answers=CommentItem,
)  # fmt: skip
def reword_comment(sent: Sent, body: Rewording) -> Answer:
    """Say one's own comment otherwise, within an hour; it is marked as edited."""
    look_first(sent, body.text)
    said = comments.checked(body.text, sent.vocabulary, why(body.reasons), by=sent.actor)
    return _step(sent, comments.edit, said=said, **sent.signed)


@change(
    "POST", f"{EACH}/delete", tag=TAG, may="group.write", names=(REGION, THIS, COMMENT), body=Nothing, match=True,
    answers=CommentItem,
)  # fmt: skip
def delete_comment(sent: Sent, _: Nothing) -> Answer:
    """Take back one's own comment: its words go for good, its place stays."""
    return _step(sent, comments.take_back, **sent.signed)


def _moderate(name: str, may: Right, body: Any) -> Callable[[Callable[..., Answer]], Any]:
    names_ = (REGION, THIS, COMMENT)
    return change("POST", f"{EACH}/{name}", tag=TAG, may=may, names=names_, body=body, match=True, answers=CommentItem)


@_moderate("hide", "group.lead", Hiding)
def hide_comment(sent: Sent, body: Hiding) -> Answer:
    """Let nobody but its author and coordinators read it; the author reads why."""
    return _step(sent, comments.hide, vocabulary=sent.vocabulary, reason=body.reason, wholly=body.wholly, **sent.signed)


@_moderate("show", "group.lead", Nothing)
def show_comment(sent: Sent, _: Nothing) -> Answer:
    """Let all read again what was hidden."""
    return _step(sent, comments.show, **sent.signed)


def etag_of(comment: Comment) -> str:
    return f'"{comments.mark_of(comment)}"'


def _step(
    sent: Sent, do: Callable[Concatenate[Session, Record, str, P], Comment], *args: P.args, **said: P.kwargs
) -> Answer:
    def taken_and_done(session: Session) -> Answer:
        record = improvement(sent, session)
        session.refresh(record, with_for_update=True)
        sent.require_match(etag_of(comments.find(session, record, sent["comment"])))
        comment = do(session, record, sent["comment"], *args, **said)
        return done(_told(session, sent, comment), etag=etag_of(comment), about=record.id)

    return sent.once(taken_and_done)


def _told(session: Session, sent: Sent, comment: Comment) -> CommentItem:
    return _item(comment, sent.actor, _people(session, [comment]))


def _people(session: Session, some: Sequence[Comment]) -> Mapping[str, str]:
    return names(session, [one.author for one in some])


def _item(one: Comment, by: Actor, people: Mapping[str, str]) -> CommentItem:
    read = comments.may_read(one, by)
    return CommentItem(
        id=one.id,
        thread=one.thread,
        answers_to=one.answers_to or None,
        amendment=one.about or None,
        author=person_of(people, one.author),
        at=one.at,
        language=one.language,
        text=one.text if read and one.text else None,
        edited_at=one.edited_at,
        deleted_at=one.deleted_at,
        hidden_at=one.hidden_at,
        hidden_reason=one.hidden_reason if read and one.hidden_at else None,
    )


handlers = (list_comments, get_comment, say_comment, reword_comment, delete_comment, hide_comment, show_comment)
