"""A discussion as its readers see it, a part at a time: what one page costs does not grow with what was said."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup
from msgspec import Struct
from sqlalchemy import select, union_all

from lanzarote.accounts.service import names
from lanzarote.guard import REASONS
from lanzarote.improvements import comments, talk
from lanzarote.improvements.comments_model import ITSELF, Comment
from lanzarote.records.permissions import may_somewhere
from lanzarote.translation import N_
from lanzarote.web.markdown import safe_html

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lanzarote.records.records import Record
    from lanzarote.web.site import View

THREADS: Final = 10
LAST: Final = 4
"""Answers that stand under the first comment of a thread; the others are on the thread's own page."""
IN_THREAD: Final = 50
FORMER: Final = N_("a former member")


class Explained(Struct, frozen=True, kw_only=True):
    """Why something stays that the guard asked about."""

    about: str
    text: str


class Told(Struct, frozen=True, kw_only=True):
    """A comment for one reader."""

    id: str
    href: str
    author: str
    own: bool
    at: datetime
    edited: bool
    deleted: bool
    hidden: bool
    hidden_reason: str
    """Empty for who may not know it."""
    hidden_by: str
    lang: str
    html: Markup
    """Empty where its words are gone, or are not for this reader."""
    to: str
    """Whom it answers, where that is not who began the thread."""
    explained: tuple[Explained, ...]
    steps: tuple[str, ...]
    """What this reader may do with it: ``answer``, ``edit``, ``delete``, ``hide``, ``show``."""


class Thread(Struct, frozen=True, kw_only=True):
    first: Told
    answers: tuple[Told, ...]
    before: int
    """How many answers stand between the first comment and those told here."""


class Discussion(Struct, frozen=True, kw_only=True):
    """A page of threads, the last begun first."""

    threads: tuple[Thread, ...]
    older: str
    """Id of the comment before which the next page begins; empty on the last."""
    newest: bool
    """Nothing was begun after what stands here."""


class InThread(Struct, frozen=True, kw_only=True):
    """A page of one thread, its answers in the order they were given."""

    first: Told
    answers: tuple[Told, ...]
    earlier: str
    later: str
    """Ids of the comments with which the parts before and after begin."""
    about: int


def discussion(
    view: View, session: Session, record: Record, at: datetime, *, about: int = ITSELF, before: str = ""
) -> Discussion:
    """The threads about *record*, or about an amendment of it, that were begun before the comment *before*."""
    begun = _of(record) & (Comment.about == about) & (Comment.answers_to == "")
    query = select(Comment).where(begun, Comment.id < before) if before else select(Comment).where(begun)
    found = session.scalars(query.order_by(Comment.id.desc()).limit(THREADS + 1)).all()
    shown = found[:THREADS]
    answers = _last_answers(session, record, [one.id for one in shown if one.answers])
    telling = _Telling(view, session, record, at, [*shown, *(one for some in answers.values() for one in some)])
    return Discussion(
        threads=tuple(
            Thread(
                first=telling.tell(one),
                answers=tuple(map(telling.tell, answers.get(one.id, ()))),
                before=one.answers - len(answers.get(one.id, ())),
            )
            for one in shown
        ),
        older=shown[-1].id if len(found) > THREADS else "",
        newest=not before,
    )


def thread(view: View, session: Session, record: Record, comment_id: str, at: datetime) -> InThread:
    """The part of a thread in which the comment stands. Raises NotFound."""
    asked = comments.find(session, record, comment_id)
    first = asked if asked.id == asked.thread else comments.find(session, record, asked.thread)
    mine = _of(record) & (Comment.thread == first.id)
    start = asked.id if asked is not first else ""
    after = select(Comment).where(mine, Comment.id >= start, Comment.id != first.id).order_by(Comment.id)
    found = session.scalars(after.limit(IN_THREAD + 1)).all()
    earlier = ""
    if start:
        ahead = select(Comment.id).where(mine, Comment.id < start).order_by(Comment.id.desc()).limit(IN_THREAD)
        earlier = session.scalars(ahead).all()[-1]
    shown = found[:IN_THREAD]
    telling = _Telling(view, session, record, at, [first, *shown])
    return InThread(
        first=telling.tell(first),
        answers=tuple(map(telling.tell, shown)),
        earlier=earlier,
        later=found[-1].id if len(found) > IN_THREAD else "",
        about=first.about,
    )


def told(view: View, session: Session, record: Record, comment_id: str, at: datetime) -> Told:
    """One comment. Raises NotFound."""
    comment = comments.find(session, record, comment_id)
    return _Telling(view, session, record, at, [comment]).tell(comment)


def _of(record: Record) -> ColumnElement[bool]:
    return (Comment.region_id == record.region_id) & (Comment.record_id == record.id)


def _last_answers(session: Session, record: Record, threads: Sequence[str]) -> dict[str, list[Comment]]:
    """The last answers in each of *threads*, in the order they were given: one question, a few rows of each."""
    if not threads:
        return {}
    parts = []
    for one in threads:
        last = select(Comment.id).where(_of(record), Comment.thread == one, Comment.id != one)
        parts.append(select(last.order_by(Comment.id.desc()).limit(LAST).subquery().c.id))
    found: dict[str, list[Comment]] = {}
    rows = select(Comment).where(_of(record), Comment.id.in_(union_all(*parts)))
    for row in session.scalars(rows.order_by(Comment.id)):
        found.setdefault(row.thread, []).append(row)
    return found


class _Telling:
    """Tells comments of *record* to one reader."""

    def __init__(self, view: View, session: Session, record: Record, at: datetime, some: Sequence[Comment]) -> None:
        self._view, self._record, self._at = view, record, at
        self._by_id = {one.id: one for one in some}
        self._people: Mapping[str, str] = names(
            session, [*(one.author for one in some), *(one.hidden_by for one in some)]
        )
        actor, region_id = view.actor, record.region_id
        self._open = comments.is_open(record) and may_somewhere(actor, "group.write", region_id)
        self._writes = may_somewhere(actor, "group.write", region_id)
        self._leads = may_somewhere(actor, "group.lead", region_id)

    def tell(self, one: Comment) -> Told:
        read = comments.may_read(one, self._view.actor)
        hidden = one.hidden_at is not None
        reasons = talk.said_why(one.reasons) if self._leads and read else ()
        return Told(
            id=one.id,
            href=self._view.href("team", "improvements", self._record.id, "discussion", one.id) + f"#c-{one.id}",
            author=self._name(one.author),
            own=one.author == self._view.actor.account_id,
            at=one.at,
            edited=one.edited_at is not None and read,
            deleted=one.deleted_at is not None,
            hidden=hidden,
            hidden_reason=one.hidden_reason if read else "",
            hidden_by=self._name(one.hidden_by) if hidden and read else "",
            lang=one.language,
            html=safe_html(one.text) if read and one.text else Markup(),
            to=self._answered(one),
            explained=tuple(
                Explained(about=self._view._(REASONS[each.code]) if each.code in REASONS else "", text=each.text)
                for each in reasons
            ),
            steps=tuple(self._steps(one)),
        )

    def _steps(self, one: Comment) -> list[str]:
        own, gone = one.author == self._view.actor.account_id, comments.is_gone(one)
        offered: dict[str, Any] = {
            "answer": self._open and not gone,
            "edit": self._writes and own and comments.is_editable(one, self._at),
            "delete": self._writes and own and one.deleted_at is None,
            "hide": self._leads and not gone,
            "show": self._leads and one.hidden_at is not None and one.text,
        }
        return [name for name, may in offered.items() if may]

    def _answered(self, one: Comment) -> str:
        if one.answers_to in ("", one.thread):
            return ""
        answered = self._by_id.get(one.answers_to)
        return self._name(answered.author) if answered else ""

    def _name(self, account_id: str) -> str:
        return self._people.get(account_id) or self._view._(FORMER)
