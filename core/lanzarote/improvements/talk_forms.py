"""What the pages on which a group talks share: their frame, what was refused and why, and where help is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar.response import Redirect
from msgspec import Struct

from lanzarote.improvements import talk
from lanzarote.improvements.model import IMPROVEMENT
from lanzarote.improvements.team_words import STATES
from lanzarote.records.records import body_of, decode
from lanzarote.translation import N_
from lanzarote.types.improvements import Improvement
from lanzarote.web.refusals import Refusal, asked_about
from lanzarote.web.refusals import refusal as refused_in
from lanzarote.web.routes import PRIVATE
from lanzarote.web.working_records import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.errors import LanzaroteError
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


def framed(view: View, head: Head, done: str = "", words: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What all pages about what is said of an improvement show; *done* is what was done just now."""
    return {
        "head": head,
        "here": head.href,
        "done": view._(words[done]) if words and done in words else "",
        "meanwhile": done in ("meanwhile", "not-now"),
        "zone": view.vocabulary.zone,
        **FRAME,
    }


def refusal(view: View, error: LanzaroteError, data: Mapping[str, Any]) -> Refusal:
    """What to show above the form, beside its fields, and where to say why something stays."""
    return Refusal(
        errors=refused_in(view, error).errors, asked=asked_about(view, error, data, label_of=lambda _field: "")
    )


def go(view: View, *parts: str | int, done: str = "", at: str = "") -> Redirect:
    """Lead to a page of the region, so that going back or reloading sends nothing again."""
    href = view.href(*parts, query={"done": done} if done else None)
    return Redirect(href + at, status_code=303, headers=dict(PRIVATE))


def go_to(href: str) -> Redirect:
    """As ``go``, to an address."""
    return Redirect(href, status_code=303, headers=dict(PRIVATE))
