"""The improvement that comments, amendments and actions stand beside, and how their pages show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from lanzarote.improvements import improvement_kind
from lanzarote.improvements.model import IMPROVEMENT, STATES, status_of
from lanzarote.kinds.api import records_of
from lanzarote.kinds.record_pages import plain_title
from lanzarote.kinds.service import content_of
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.records.records import Record
    from lanzarote.types.improvements import Improvement
    from lanzarote.web.site import View

ARCHIVED: Final = N_("This improvement is archived: it can no longer be discussed.")
TEAM: Final = ("team", "improvements")
FRAMES: Final = {"form": "improvements/talk/talk_layout.html"}
IMPROVEMENTS: Final = records_of(improvement_kind.IMPROVEMENTS)
FRAME: Final[Mapping[str, Any]] = {"canonical": None, "feeds": ()}


class Head(Struct, frozen=True, kw_only=True):
    """The improvement above what is said about it."""

    id: str
    title: str
    state: str
    words: str
    href: str
    version: int


def improvement_of(session: Session, record: Record, number: int | None = None) -> Improvement:
    """What the newest version says, or version *number*."""
    return content_of(improvement_kind.IMPROVEMENTS, session, record, number)


def frame(view: View, session: Session, record: Record) -> dict[str, Any]:
    """What all pages of rows beside an improvement show of it."""
    state = status_of(record).state
    head = Head(
        id=record.id,
        title=plain_title(improvement_kind.IMPROVEMENTS, view, improvement_of(session, record)),
        state=state,
        words=view._(STATES[IMPROVEMENT][state]),
        href=view.href(*TEAM, record.id),
        version=record.version,
    )
    return {"head": head, "here": head.href, "zone": view.vocabulary.zone, **FRAME}
