"""What the pages on which a group talks share: their frame, what was refused and why, and where help is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from lanzarote.improvements import talk
from lanzarote.improvements.model import IMPROVEMENT
from lanzarote.improvements.team_words import STATES
from lanzarote.records.records import body_of, decode
from lanzarote.translation import N_
from lanzarote.types.improvements import Improvement
from lanzarote.web.working_records import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.records.records import Record
    from lanzarote.web.site import View

TEAM: Final = ("team", "improvements")
FRAMES: Final = {"form": "improvements/talk/talk_layout.html"}
IMPROVEMENTS: Final = Kind(name=IMPROVEMENT, read="group.read", none=talk.NO_SUCH, erased=talk.ERASED)
FRAME: Final[Mapping[str, Any]] = {"canonical": None, "feeds": ()}
URGENT: Final = ("emergency", "children", "witnesses")
UNTITLED: Final = N_("An improvement without a title")


class Head(Struct, frozen=True, kw_only=True):
    """The improvement above what is said about it."""

    id: str
    title: str
    state: str
    words: str
    href: str
    version: int


def head_of(view: View, session: Session, record: Record) -> Head:
    """Its title and how far it is, in the reader's words."""
    improvement = improvement_of(session, record)
    titles = {code: text.title for code, text in improvement.text.items() if text.title}
    state = talk.status_of(record).state
    return Head(
        id=record.id,
        title=view.say(titles) if titles else view._(UNTITLED),
        state=state,
        words=view._(STATES[IMPROVEMENT][state]),
        href=view.href(*TEAM, record.id),
        version=record.version,
    )


def improvement_of(session: Session, record: Record, number: int | None = None) -> Improvement:
    """What the newest version says, or version *number*."""
    return decode(body_of(session, record, number or record.version), Improvement)


def frame(view: View, session: Session, record: Record) -> dict[str, Any]:
    """What all pages of rows beside an improvement show of it."""
    head = head_of(view, session, record)
    return {"head": head, "here": head.href, "zone": view.vocabulary.zone, **FRAME}
