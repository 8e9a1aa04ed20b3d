"""Commenting on an improvement or an amendment of it; changing, deleting and hiding what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct
from sqlalchemy import delete, or_, update

from lanzarote.errors import Conflict, NotFound
from lanzarote.improvements.model import (
    EDITABLE,
    IMPROVEMENT,
    ITSELF,
    LONGEST,
    Amendment,
    Comment,
    encoded,
    status_of,
)
from lanzarote.records import records
from lanzarote.records.drafts import Unsaved
from lanzarote.records.idempotency import Answered
from lanzarote.records.permissions import may_somewhere, require, subject_of
from lanzarote.records.records import Record, now
from lanzarote.records.tables import beside
from lanzarote.records.validation import clean_reason
from lanzarote.store.ids import new_id
from lanzarote.translation import N_
from lanzarote.types import Language
from lanzarote.web.working_records import ID, Reasons

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.drafts import Reason
    from lanzarote.records.permissions import Actor
    from lanzarote.records.records import Record
    from lanzarote.regions.vocabulary import Vocabulary

PLACE: Final = "discussion"
"""Where comments are, in the addresses of an improvement."""
NO_COMMENT: Final = N_("There is no such comment here.")
NOT_YOURS: Final = N_("Only the person who wrote a comment can change or delete it.")
TOO_LATE: Final = N_("A comment can be changed for one hour; later it stays as others read it. Answer it instead.")
IS_GONE: Final = N_("This comment was deleted or hidden; it can be neither answered nor changed.")
DROPPED: Final = N_("This improvement is no longer pursued; nothing more is said about it.")
CHANGED: Final = N_("The comment was changed meanwhile; read it again.")

Written = Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": LONGEST})]


class Commenting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to be said."""

    text: Written
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

    text: Written
    reasons: Reasons = ()


class Hiding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is hidden."""

    reason: Annotated[str, Meta(extra_json_schema={"maxLength": 4_000})]
    wholly: bool = False
    """Its words go for good."""


def say(
    session: Session,
    record: Record,
    *,
    row: Comment | None = None,
    given: Commenting,
    reasons: Sequence[Reason],
    by: Actor,
    at: datetime,
    language: str,
) -> Comment:
    """Add a comment to *record* or to an amendment of it, or answer *row*. Raises NotFound, Conflict."""
    about, answered = given.amendment or ITSELF, row
    if given.answers_to:
        answered = session.get(Comment, (record.region_id, record.id, given.answers_to))
        if answered is None:
            raise NotFound(NO_COMMENT)
    if answered is not None:
        if is_gone(answered):
            raise Conflict(IS_GONE)
        about = answered.about
    elif about != ITSELF and session.get(Amendment, (record.region_id, record.id, about)) is None:
        raise NotFound(NO_COMMENT)
    comment_id = new_id()
    comment = Comment(
        region_id=record.region_id,
        record_id=record.id,
        id=comment_id,
        about=about,
        thread=answered.thread if answered else comment_id,
        answers_to=answered.id if answered else "",
        answers=0,
        author=by.account_id,
        at=at,
        language=given.language or language,
        text=given.text.strip(),
        reasons=encoded(reasons),
        hidden_by="",
        hidden_reason="",
    )
    session.add(comment)
    if answered is not None:
        first = update(Comment).where(beside(Comment, record), Comment.id == answered.thread)
        session.execute(first.values(answers=Comment.answers + 1))
    session.flush()
    records.tell(session, record, "comment", by=by.account_id, at=at)
    return comment


def edit(
    session: Session,
    record: Record,
    *,
    row: Comment,
    given: Rewording,
    reasons: Sequence[Reason],
    by: Actor,
    at: datetime,
) -> Comment:
    """Change what one said, within the hour."""
    text = given.text.strip()
    if text != row.text:
        row.text, row.reasons, row.edited_at = text, encoded(reasons), at
        _forget_words(session, row)
        records.tell(session, record, "comment-edit", by=by.account_id, at=at)
    return row


def take_back(session: Session, record: Record, *, row: Comment, by: Actor, at: datetime) -> Comment:
    """Delete the text of one's own comment for good; its place stays."""
    row.text, row.reasons, row.deleted_at = "", b"[]", at
    _forget_words(session, row)
    _forget_typed(session, row)
    records.tell(session, record, "comment-delete", by=by.account_id, at=at)
    return row


def hide(
    session: Session,
    record: Record,
    vocabulary: Vocabulary,
    *,
    row: Comment,
    given: Hiding,
    by: Actor,
    at: datetime,
) -> Comment:
    """Hide it from all but its author and coordinators, or erase its text for good.

    Raises Faulty, Identifying, NotPermitted.
    """
    why = clean_reason(given.reason, identifiers=vocabulary.header.personal_identifiers)
    row.hidden_at, row.hidden_by, row.hidden_reason = at, by.account_id, why
    if given.wholly:
        require(by, "record.erase", subject_of(session, record))
        row.text, row.reasons = "", b"[]"
        _forget_words(session, row)
        _forget_typed(session, row)
    records.tell(session, record, "comment-hide", by=by.account_id, at=at)
    return row


def show(session: Session, record: Record, *, row: Comment, by: Actor, at: datetime) -> Comment:
    """Let all read again what was hidden."""
    row.hidden_at, row.hidden_by, row.hidden_reason = None, "", ""
    records.tell(session, record, "comment-show", by=by.account_id, at=at)
    return row


def is_gone(comment: Comment) -> bool:
    return comment.deleted_at is not None or comment.hidden_at is not None


def not_open(record: Record, _: object = None) -> str:
    """Why nothing more is said about *record*."""
    dropped = record.kind == IMPROVEMENT and status_of(record).state == "dropped"
    return DROPPED if dropped else ""


def not_answered(record: Record, comment: Comment) -> str:
    return IS_GONE if is_gone(comment) else not_open(record)


def not_edited(_: Record, comment: Comment) -> str:
    if is_gone(comment):
        return IS_GONE
    return "" if now() - comment.at <= EDITABLE else TOO_LATE


def not_deleted(_: Record, comment: Comment) -> str:
    return IS_GONE if comment.deleted_at else ""


def not_hidden(_: Record, comment: Comment) -> str:
    return CHANGED if is_gone(comment) else ""


def not_shown(_: Record, comment: Comment) -> str:
    return "" if comment.hidden_at and comment.text else CHANGED


def not_own(comment: Comment, by: Actor) -> str:
    return "" if comment.author == by.account_id else NOT_YOURS


def may_read(comment: Comment, by: Actor) -> bool:
    """Whether *by*, who may read the record, reads the words of *comment* too."""
    own = comment.author == by.account_id
    return comment.hidden_at is None or own or may_somewhere(by, "group.lead", comment.region_id)


def mark_of(comment: Comment) -> str:
    """Tells whether a comment changed since it was read."""
    times = (comment.edited_at, comment.deleted_at, comment.hidden_at)
    return records.digest(repr([one.isoformat() if one else "" for one in times]).encode())[:16]


def _forget_words(session: Session, row: Comment) -> None:
    """Nobody can read the former text again: neither in the file, nor in an answer that would be repeated."""
    session.execute(delete(Answered).where(Answered.record_id == row.record_id))
    session.info["erased"] = True  # so that its bytes go too, as soon as this is committed


def _forget_typed(session: Session, row: Comment) -> None:
    """What was typed to change it or to answer it, and never sent, says again what it said."""
    its = f"{PLACE}/{row.id}"
    typed = or_(Unsaved.form == its, Unsaved.form.startswith(f"{its}/"))
    session.execute(
        delete(Unsaved).where(Unsaved.region_id == row.region_id, Unsaved.record_id == row.record_id, typed)
    )
