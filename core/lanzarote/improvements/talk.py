"""What comments, amendments and actions share: the improvement that they stand beside, and how their pages show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from sqlalchemy import select

from lanzarote.errors import Conflict, Gone, NotFound
from lanzarote.improvements.model import IMPROVEMENT, STATES, ImprovementStatus
from lanzarote.records.permissions import allowed, require, subject_of
from lanzarote.records.records import Record, body_of, decode
from lanzarote.translation import N_
from lanzarote.types.improvements import Improvement
from lanzarote.web.working_records import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Action as Right
    from lanzarote.records.permissions import Actor
    from lanzarote.web.site import View

NO_SUCH: Final = N_("There is no such improvement here, or you may not read it.")
ERASED: Final = N_("This improvement was erased.")
ARCHIVED: Final = N_("This improvement is archived: it can no longer be discussed.")
TEAM: Final = ("team", "improvements")
FRAMES: Final = {"form": "improvements/talk/talk_layout.html"}
IMPROVEMENTS: Final = Kind(name=IMPROVEMENT, read="group.read", none=NO_SUCH, erased=ERASED)
FRAME: Final[Mapping[str, Any]] = {"canonical": None, "feeds": ()}
UNTITLED: Final = N_("An improvement without a title")


def find(session: Session, region_id: str, record_id: str, *, by: Actor, kind: str = IMPROVEMENT) -> Record:
    """The record with this id, if *by* may read it. Raises NotFound, Gone."""
    # One question for both: what one may not know takes no longer than what there is not.
    here = (Record.region_id == region_id) & (Record.id == record_id) & (Record.kind == kind)
    record = session.scalars(select(Record).where(here, allowed(by, "group.read"))).first()
    if record is None:
        raise NotFound(NO_SUCH)
    if record.state == "erased":
        raise Gone(ERASED)
    return record


def hold(session: Session, record: Record, right: Right, by: Actor) -> None:
    """Let nobody else change what belongs to *record* until the transaction ends.

    Raises Gone, NotPermitted, Conflict.
    """
    session.refresh(record, with_for_update=True)
    require(by, right, subject_of(session, record))
    if record.state == "erased":
        raise Gone(ERASED)
    if record.state == "archived":
        raise Conflict(ARCHIVED)


def status_of(record: Record) -> ImprovementStatus:
    return decode(record.status, ImprovementStatus)


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
    state = status_of(record).state
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
