"""Saying something about a record, answering it, changing, deleting and hiding it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import delete, update

from lanzarote.errors import Conflict, NotFound, NotPermitted
from lanzarote.improvements import talk
from lanzarote.improvements.amendments_model import Amendment
from lanzarote.improvements.comments_model import EDITABLE, ITSELF, LONGEST, Comment
from lanzarote.improvements.model import IMPROVEMENT
from lanzarote.records import records
from lanzarote.records.idempotency import Answered
from lanzarote.records.permissions import may_somewhere, require, subject_of
from lanzarote.records.validation import clean_reason
from lanzarote.store.ids import new_id
from lanzarote.translation import N_
from lanzarote.web.markdown import text_shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.drafts import Reason
    from lanzarote.records.permissions import Actor
    from lanzarote.records.records import Record
    from lanzarote.regions.vocabulary import Vocabulary

NO_COMMENT: Final = N_("There is no such comment here.")
NOT_YOURS: Final = N_("Only who wrote a comment changes or deletes it.")
TOO_LATE: Final = N_("A comment can be changed for one hour; later it stands as others read it. Answer it instead.")
IS_GONE: Final = N_("This comment was deleted or hidden; it can be neither answered nor changed.")
DROPPED: Final = N_("This improvement is no longer pursued; nothing more is said about it.")
CHANGED: Final = N_("The comment was changed meanwhile; read it again.")


class Said(Struct, frozen=True, kw_only=True):
    """A text that may be said."""

    text: str
    reasons: tuple[Reason, ...] = ()


def checked(text: str, vocabulary: Vocabulary, reasons: Mapping[tuple[str, str], str], *, by: Actor) -> Said:
    """Let *text* pass the guard. Raises Identifying, Faulty."""
    texts = [("text", text, LONGEST)]
    # What is read is not what is written: Markdown can tear a name apart, and write an @ as a number.
    shown = {"text": text_shown(text)} if len(text) <= LONGEST else {}
    kept = talk.taken_texts(texts, vocabulary, reasons, by=by, needed=("text",), shown=shown)
    return Said(text=text.strip(), reasons=kept)


def find(session: Session, record: Record, comment_id: str) -> Comment:
    """Raises NotFound."""
    found = session.get(Comment, (record.region_id, record.id, comment_id))
    if found is None:
        raise NotFound(NO_COMMENT)
    return found


def say(
    session: Session,
    record: Record,
    said: Said,
    *,
    by: Actor,
    at: datetime,
    language: str,
    answers_to: str = "",
    about: int = ITSELF,
) -> Comment:
    """Add a comment to *record*, or to the amendment *about*; *answers_to*: the comment it answers.

    Raises NotFound, Gone, NotPermitted, Conflict.
    """
    talk.hold(session, record, "group.write", by)
    _require_open(record)
    answered = find(session, record, answers_to) if answers_to else None
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
        answers_to=answers_to,
        answers=0,
        author=by.account_id,
        at=at,
        language=language,
        text=said.text,
        reasons=talk.encoded(said.reasons),
        hidden_by="",
        hidden_reason="",
    )
    session.add(comment)
    if answered is not None:
        first = (Comment.region_id == record.region_id) & (Comment.record_id == record.id)
        session.execute(update(Comment).where(first, Comment.id == answered.thread).values(answers=Comment.answers + 1))
    session.flush()
    records.tell(session, record, "comment", by=by.account_id, at=at)
    return comment


def edit(
    session: Session, record: Record, comment_id: str, said: Said, *, by: Actor, at: datetime, expected: str = ""
) -> Comment:
    """Change what one said, within the hour; *expected*: the ``mark_of`` what was read.

    Raises NotFound, Gone, NotPermitted, Conflict.
    """
    comment = _own(session, record, comment_id, by, expected)
    if is_gone(comment):
        raise Conflict(IS_GONE)
    if not is_editable(comment, at):
        raise Conflict(TOO_LATE)
    if said.text != comment.text:
        comment.text, comment.reasons, comment.edited_at = said.text, talk.encoded(said.reasons), at
        _forget_words(session, record)
        session.flush()
        records.tell(session, record, "comment-edit", by=by.account_id, at=at)
    return comment


def take_back(
    session: Session, record: Record, comment_id: str, *, by: Actor, at: datetime, expected: str = ""
) -> Comment:
    """Take back what one said: its words go for good, its place stays.

    Raises NotFound, Gone, NotPermitted, Conflict.
    """
    comment = _own(session, record, comment_id, by, expected)
    if comment.deleted_at is None:
        comment.text, comment.reasons, comment.deleted_at = "", b"[]", at
        _forget_words(session, record)
        session.flush()
        records.tell(session, record, "comment-delete", by=by.account_id, at=at)
    return comment


def hide(
    session: Session,
    record: Record,
    comment_id: str,
    vocabulary: Vocabulary,
    *,
    reason: str,
    by: Actor,
    at: datetime,
    expected: str = "",
    wholly: bool = False,
) -> Comment:
    """Let nobody but its author and coordinators read it any more; *wholly*: its words go for good.

    Raises Faulty, Identifying, NotFound, Gone, NotPermitted, Conflict.
    """
    why = clean_reason(reason, identifiers=vocabulary.header.personal_identifiers)
    comment = _led(session, record, comment_id, by, expected)
    if is_gone(comment):
        raise Conflict(CHANGED)
    comment.hidden_at, comment.hidden_by, comment.hidden_reason = at, by.account_id, why
    if wholly:
        require(by, "record.erase", subject_of(session, record))
        comment.text, comment.reasons = "", b"[]"
        _forget_words(session, record)
    session.flush()
    records.tell(session, record, "comment-hide", by=by.account_id, at=at)
    return comment


def show(session: Session, record: Record, comment_id: str, *, by: Actor, at: datetime, expected: str = "") -> Comment:
    """Let all read again what was hidden. Raises NotFound, Gone, NotPermitted, Conflict."""
    comment = _led(session, record, comment_id, by, expected)
    if comment.hidden_at is None or not comment.text:
        raise Conflict(CHANGED)
    comment.hidden_at, comment.hidden_by, comment.hidden_reason = None, "", ""
    session.flush()
    records.tell(session, record, "comment-show", by=by.account_id, at=at)
    return comment


def is_gone(comment: Comment) -> bool:
    return comment.deleted_at is not None or comment.hidden_at is not None


def is_editable(comment: Comment, at: datetime) -> bool:
    """Whether its author may still change it."""
    return not is_gone(comment) and at - comment.at <= EDITABLE


def is_open(record: Record) -> bool:
    """Whether something may still be said about *record*."""
    return record.kind != IMPROVEMENT or talk.status_of(record).state != "dropped"


def may_read(comment: Comment, by: Actor) -> bool:
    """Whether *by*, who may read the record, reads the words of *comment* too."""
    own = comment.author == by.account_id
    return comment.hidden_at is None or own or may_somewhere(by, "group.lead", comment.region_id)


def mark_of(comment: Comment) -> str:
    """Tells whether a comment changed since it was read."""
    times = (comment.edited_at, comment.deleted_at, comment.hidden_at)
    return records.digest(repr([one.isoformat() if one else "" for one in times]).encode())[:16]


def _forget_words(session: Session, record: Record) -> None:
    """What was said before is nobody's to read any more: not in the file, nor in an answer that would be repeated."""
    session.execute(delete(Answered).where(Answered.record_id == record.id))
    session.info["erased"] = True  # so that its bytes go too, as soon as this is committed


def _require_open(record: Record) -> None:
    if not is_open(record):
        raise Conflict(DROPPED)


def _own(session: Session, record: Record, comment_id: str, by: Actor, expected: str) -> Comment:
    talk.hold(session, record, "group.write", by)
    comment = find(session, record, comment_id)
    if comment.author != by.account_id:
        raise NotPermitted(NOT_YOURS)
    return _unchanged(comment, expected)


def _led(session: Session, record: Record, comment_id: str, by: Actor, expected: str) -> Comment:
    talk.hold(session, record, "group.lead", by)
    return _unchanged(find(session, record, comment_id), expected)


def _unchanged(comment: Comment, expected: str) -> Comment:
    if expected not in ("", mark_of(comment)):
        raise Conflict(CHANGED)
    return comment
