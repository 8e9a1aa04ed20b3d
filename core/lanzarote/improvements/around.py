"""What stands around an improvement's text and leads to pages of its own: discussion, positions, decision, actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import func, select

from lanzarote.improvements import actions, amendments, calling
from lanzarote.improvements.talk_model import Comment

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from lanzarote.records.records import Record
    from lanzarote.web.site import View


class Around(Struct, frozen=True, kw_only=True):
    """A link on the page of an improvement."""

    href: str
    label: str
    note: str = ""
    """How much stands there, or how far it is, in words."""


def _discussion(view: View, session: Session, record: Record) -> Around:
    mine = (Comment.region_id == record.region_id) & (Comment.record_id == record.id)
    said = session.scalar(select(func.count()).where(mine, Comment.about == 0, Comment.deleted_at.is_(None))) or 0
    note = view.translator.ngettext("%(num)s comment", "%(num)s comments", said) % {"num": said} if said else ""
    return Around(href=_href(view, record, "discussion"), label=view._("Discussion"), note=note)


def _amendments(view: View, session: Session, record: Record) -> Around | None:
    if calling.status_of(record).state == "draft":
        return None
    waiting = amendments.count_open(session, record)
    told = view.translator.ngettext("%(num)s amendment to be decided", "%(num)s amendments to be decided", waiting) % {
        "num": waiting
    }
    return Around(href=_href(view, record, "amendments"), label=view._("Amendments"), note=told if waiting else "")


def _positions(view: View, session: Session, record: Record) -> Around | None:
    if calling.status_of(record).state == "draft":
        return None
    asked = calling.last(session, record)
    running = asked is not None and not asked.ended
    note = view._("asked for at present") if running else ""
    return Around(href=_href(view, record, "positions"), label=view._("Positions and decision"), note=note)


def _actions(view: View, session: Session, record: Record) -> Around | None:
    if calling.status_of(record).state not in ("adopted", "completed"):
        return None
    left = actions.open_actions(session, record)
    told = view.translator.ngettext("%(num)s action to be done", "%(num)s actions to be done", left) % {"num": left}
    return Around(href=_href(view, record, "actions"), label=view._("Actions"), note=told if left else "")


def _href(view: View, record: Record, page: str) -> str:
    return view.href("team", "improvements", record.id, page)


AROUND: Final[tuple[Callable[[View, Session, Record], Around | None], ...]] = (
    _discussion,
    _amendments,
    _positions,
    _actions,
)
"""Each says where its page about an improvement is, or None where there is nothing to see yet; in this order."""
