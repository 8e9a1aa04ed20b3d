"""Comments, as rows beside a record: what is done with them, and what their readers see, a part at a time.

What a page costs does not grow with what was said.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup
from msgspec import Struct
from sqlalchemy import select, union_all

from lanzarote.accounts.service import names
from lanzarote.errors import NotFound
from lanzarote.guard import REASONS
from lanzarote.improvements import comments
from lanzarote.improvements.comments import Commenting, Hiding, Rewording
from lanzarote.improvements.entries_frame import ARCHIVED, FRAMES, IMPROVEMENTS, frame
from lanzarote.improvements.model import ITSELF, Comment, said_why
from lanzarote.kinds import entries
from lanzarote.kinds.entries import Entry, EntryAction, EntryApi
from lanzarote.kinds.entry_pages import asking
from lanzarote.kinds.fields import Field
from lanzarote.kinds.versions import person
from lanzarote.records.permissions import may_somewhere
from lanzarote.records.tables import beside
from lanzarote.translation import N_
from lanzarote.web.resources import Parameter
from lanzarote.web.texts import safe_html
from lanzarote.web.working_records import ID, Person, id_of, person_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.kinds.entry_pages import Asking
    from lanzarote.records.records import Record
    from lanzarote.web.resources import Asked
    from lanzarote.web.site import View

# What is done with them

MARKDOWN: Final = N_(
    "Name no child, victim or accused person. **Bold**, *italics*, lists with a hyphen and [links](https://…) work."
)
SAY: Final = EntryAction(
    name="say",
    label=N_("Post the comment"),
    may="group.write",
    here=True,
    do=comments.say,
    stops=comments.not_open,
    asks=Commenting,
    fields=(Field(name="text", label=N_("What do you want to say about it?"), help=MARKDOWN, rows=5),),
    hidden=("amendment",),
    leads_to=lambda amendment: (f"amendments/{amendment}" if amendment else comments.PLACE, {}),
    told=("Comment on an improvement or an amendment of it, or answer a comment. Location gives its address."),
    done=N_("Comment posted. You can change it for one hour."),
)
ACTIONS: Final = (
    EntryAction(
        name="answer",
        label=N_("Send the answer"),
        may="group.write",
        here=True,
        do=comments.say,
        stops=comments.not_answered,
        asks=Commenting,
        fields=(Field(name="text", label=N_("Your answer"), help=MARKDOWN, rows=5),),
        done=SAY.done,
    ),
    EntryAction(
        name="edit",
        label=N_("Change your comment"),
        may="group.write",
        do=comments.edit,
        barred=comments.not_own,
        stops=comments.not_edited,
        asks=Rewording,
        fields=(Field(name="text", label=N_("Your comment"), rows=8),),
        holds=lambda _view, _session, _record, row: {"text": row.text},
        text=N_("It will be marked as edited. What it said before is kept nowhere."),
        told="Change one's own comment within an hour; it is marked as edited.",
        done=N_("Saved, and marked as edited."),
        operation="reword_comment",
    ),
    EntryAction(
        name="delete",
        label=N_("Delete your comment"),
        may="group.write",
        grave=True,
        do=comments.take_back,
        barred=comments.not_own,
        stops=comments.not_deleted,
        text=N_("Your text will be deleted for good; the place of your comment and the answers to it stay."),
        include="improvements/talk/comment.html",
        told="Delete the text of one's own comment for good; its place stays.",
        done=N_("Comment deleted. The answers to it stay."),
    ),
    EntryAction(
        name="hide",
        label=N_("Hide this comment"),
        may="group.lead",
        grave=True,
        do=comments.hide,
        stops=comments.not_hidden,
        asks=Hiding,
        fields=(
            Field(
                name="reason",
                label=N_("Why?"),
                help=N_("The author can read this. Name nobody who could be recognised."),
                rows=3,
            ),
            Field(name="wholly", label=N_("Erase the text for good: it reveals who somebody is.")),
        ),
        text=N_(
            "The group will no longer read it; who wrote it goes on reading it, with your reason. You can show it "
            "again."
        ),
        include="improvements/talk/comment.html",
        told="Hide it from all but its author, who reads why, and coordinators.",
        done=N_("Comment hidden. Its author can read your reason."),
    ),
    EntryAction(
        name="show",
        label=N_("Show this comment again"),
        may="group.lead",
        do=comments.show,
        stops=comments.not_shown,
        text=N_("The whole group will read it again."),
        include="improvements/talk/comment.html",
        told="Show a hidden comment again.",
        done=N_("Everybody in the group reads it again."),
    ),
)

# What people read

THREADS: Final = 10
LAST: Final = 4
"""Answers under the first comment of a thread; the others are on the thread's own page."""
IN_THREAD: Final = 50


class Explained(Struct, frozen=True, kw_only=True):
    """Why something stays that the guard asked about."""

    about: str
    text: str


def explained(view: View, reasons: bytes) -> tuple[Explained, ...]:
    """The ``Why`` of a comment or an amendment, in words."""
    return tuple(
        Explained(about=view._(REASONS[one.code]) if one.code in REASONS else "", text=one.text)
        for one in said_why(reasons)
    )


class Told(Struct, frozen=True, kw_only=True):
    """A comment for one reader."""

    id: str
    href: str
    author: str
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
    """How many answers are between the first comment and those shown here."""


class Discussion(Struct, frozen=True, kw_only=True):
    """A page of threads, the last begun first."""

    threads: tuple[Thread, ...]
    older: str
    """Id of the comment before which the next page begins; empty on the last."""
    newest: bool
    """No thread was begun after these."""


class InThread(Struct, frozen=True, kw_only=True):
    """A page of one thread, its answers in the order they were given."""

    first: Told
    answers: tuple[Told, ...]
    earlier: str
    later: str
    """Ids of the comments with which the parts before and after begin."""
    about: int


def discussion(view: View, session: Session, record: Record, *, about: int = ITSELF, before: str = "") -> Discussion:
    """The threads about *record*, or about an amendment of it, that were begun before the comment *before*."""
    begun = beside(Comment, record) & (Comment.about == about) & (Comment.answers_to == "")
    query = select(Comment).where(begun, Comment.id < before) if before else select(Comment).where(begun)
    found = session.scalars(query.order_by(Comment.id.desc()).limit(THREADS + 1)).all()
    shown = found[:THREADS]
    answers = _last_answers(session, record, [one.id for one in shown if one.answers])
    telling = _Telling(view, session, record, [*shown, *(one for some in answers.values() for one in some)])
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


def thread(view: View, session: Session, record: Record, asked: Comment) -> InThread:
    """The part of a thread that holds the comment."""
    first = asked if asked.id == asked.thread else entries.find(COMMENTS, session, record, asked.thread)
    mine = beside(Comment, record) & (Comment.thread == first.id)
    start = asked.id if asked is not first else ""
    after = select(Comment).where(mine, Comment.id >= start, Comment.id != first.id).order_by(Comment.id)
    found = session.scalars(after.limit(IN_THREAD + 1)).all()
    earlier = ""
    if start:
        ahead = select(Comment.id).where(mine, Comment.id < start).order_by(Comment.id.desc()).limit(IN_THREAD)
        earlier = session.scalars(ahead).all()[-1]
    shown = found[:IN_THREAD]
    telling = _Telling(view, session, record, [first, *shown])
    return InThread(
        first=telling.tell(first),
        answers=tuple(map(telling.tell, shown)),
        earlier=earlier,
        later=found[-1].id if len(found) > IN_THREAD else "",
        about=first.about,
    )


def _last_answers(session: Session, record: Record, threads: Sequence[str]) -> dict[str, list[Comment]]:
    """The last answers in each of *threads*, in the order they were given: one question, a few rows of each."""
    if not threads:
        return {}
    parts = []
    for one in threads:
        last = select(Comment.id).where(beside(Comment, record), Comment.thread == one, Comment.id != one)
        parts.append(select(last.order_by(Comment.id.desc()).limit(LAST).subquery().c.id))
    found: dict[str, list[Comment]] = {}
    rows = select(Comment).where(beside(Comment, record), Comment.id.in_(union_all(*parts)))
    for row in session.scalars(rows.order_by(Comment.id)):
        found.setdefault(row.thread, []).append(row)
    return found


class _Telling:
    """Tells comments of *record* to one reader."""

    def __init__(self, view: View, session: Session, record: Record, some: Sequence[Comment]) -> None:
        self._view, self._record = view, record
        self._by_id = {one.id: one for one in some}
        self._people: Mapping[str, str] = names(
            session, [*(one.author for one in some), *(one.hidden_by for one in some)]
        )
        self._leads = may_somewhere(view.actor, "group.lead", record.region_id)

    def tell(self, one: Comment) -> Told:
        read = comments.may_read(one, self._view.actor)
        hidden = one.hidden_at is not None
        return Told(
            id=one.id,
            href=self._view.href("team", "improvements", self._record.id, "discussion", one.id) + f"#c-{one.id}",
            author=self._name(one.author),
            at=one.at,
            edited=one.edited_at is not None and read,
            deleted=one.deleted_at is not None,
            hidden=hidden,
            hidden_reason=one.hidden_reason if read else "",
            hidden_by=self._name(one.hidden_by) if hidden and read else "",
            lang=one.language,
            html=safe_html(one.text) if read and one.text else Markup(),
            to=self._answered(one),
            explained=explained(self._view, one.reasons) if self._leads and read else (),
            steps=tuple(each.name for each in ACTIONS if entries.may_now(each, self._record, one, self._view.actor)),
        )

    def _answered(self, one: Comment) -> str:
        if one.answers_to in ("", one.thread):
            return ""
        answered = self._by_id.get(one.answers_to)
        return self._name(answered.author) if answered else ""

    def _name(self, account_id: str) -> str:
        return person(self._view, self._people, account_id)


def _listing(view: View, session: Session, record: Record) -> dict[str, Any]:
    before = view.request.query_params.get("before", "")
    if before and not re.fullmatch(ID, before):
        raise NotFound(comments.NO_COMMENT)
    return {"told": discussion(view, session, record, before=before)}


def _page(view: View, session: Session, record: Record, row: Comment) -> dict[str, Any]:
    told = thread(view, session, record, row)
    return {"told": told, "asked": next(one for one in (told.first, *told.answers) if one.id == row.id)}


def saying(view: View, session: Session, record: Record, amendment: int) -> Asking | None:
    """The form by which something is said about an amendment, on the page of that; None: nothing can be said now."""
    if not entries.may_now(SAY, record, None, view.actor):
        return None
    about = {"amendment": str(amendment)}
    return asking(COMMENTS, SAY, view, session, record, None, about)


# What programs read


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


THREAD: Final = Parameter(
    name="thread", told="Id of the comment that began a thread: only that thread.", pattern=ID, longest=36, shortest=36
)
AMENDMENT: Final = Parameter(
    name="amendment", told="Number of an amendment: only what is said about it.", between=(1, 999_999)
)


def _items(asked: Asked, session: Session, some: Sequence[Comment]) -> Iterator[CommentItem]:
    people = names(session, [one.author for one in some])
    for one in some:
        read = comments.may_read(one, asked.actor)
        yield CommentItem(
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


COMMENTS: Final = Entry(
    name="comment",
    room="comments",
    place=comments.PLACE,
    beside=IMPROVEMENTS,
    beside_room="improvements",
    row=Comment,
    key=id_of("comment"),
    mark=comments.mark_of,
    begin=SAY,
    actions=ACTIONS,
    api=EntryApi(
        tag="Discussions",
        item=CommentItem,
        whole=CommentItem,
        items=_items,
        tell=lambda asked, session, row: next(_items(asked, session, [row])),
        all_told="The comments on an improvement, the oldest first.",
        one_told="One comment. Its ETag is what a change of it takes in If-Match.",
        order=Comment.id,
        query=((THREAD, Comment.thread), (AMENDMENT, Comment.about)),
    ),
    none=comments.NO_COMMENT,
    changed=comments.CHANGED,
    archived=ARCHIVED,
    templates=FRAMES | {"list": "improvements/talk/discussion.html", "one": "improvements/talk/thread.html"},
    frame=frame,
    listing=_listing,
    page=_page,
)
