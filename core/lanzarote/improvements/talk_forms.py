"""What the pages on which a group talks share: their frame, what was refused and why, and where help is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from litestar.response import Redirect
from msgspec import Struct

from lanzarote import guard
from lanzarote.checking import Identifying
from lanzarote.improvements import talk
from lanzarote.improvements.model import IMPROVEMENT
from lanzarote.improvements.team_words import STATES
from lanzarote.records import body_of, decode
from lanzarote.regions.reading import help_lines
from lanzarote.translation import N_
from lanzarote.types.improvements import Improvement
from lanzarote.web.fields import pairs_of
from lanzarote.web.refusals import Refusal, text_of
from lanzarote.web.refusals import refusal as refused_in
from lanzarote.web.routes import PRIVATE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from litestar import Response
    from sqlalchemy.orm import Session

    from lanzarote.errors import LanzaroteError
    from lanzarote.records import Record
    from lanzarote.web.site import View

TEAM: Final = ("team", "improvements")
FRAME: Final[Mapping[str, Any]] = {"canonical": None, "feeds": ()}
URGENT: Final = ("emergency", "children", "witnesses")
UNTITLED: Final = N_("An improvement without a title")


class Asked(Struct, frozen=True, kw_only=True):
    """Something that the guard asks about, to be explained or taken out."""

    name: str
    about: str
    value: str


class Refused(Refusal, frozen=True, kw_only=True):
    asked: tuple[Asked, ...] = ()


NOTHING: Final = Refused()


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


def frame(view: View, head: Head, done: str = "", words: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What all pages about what is said of an improvement show; *done* is what was done just now."""
    return {
        "head": head,
        "here": head.href,
        "done": view._(words[done]) if words and done in words else "",
        "meanwhile": done == "meanwhile",
        "zone": ZoneInfo(view.vocabulary.header.time_zone),
        **FRAME,
    }


def reasons_in(data: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Why things stay that the guard asked about: ``reason[field|code]``."""
    found = {}
    for name in data:
        if name.startswith("reason[") and name.endswith("]") and (text := text_of(data, name)):
            field, _, code = name[7:-1].partition("|")
            found[field, code] = text
    return found


def refusal(view: View, error: LanzaroteError, data: Mapping[str, Any]) -> Refused:
    """What to show above the form, beside its fields, and where to say why something stays."""
    concerns = error.concerns if isinstance(error, Identifying) else ()
    soft = [(one.field, one.code) for one in concerns if not one.hard]
    # What was explained before is asked about still, so that the explanation is not lost.
    asked = [one for one in dict.fromkeys([*reasons_in(data), *soft]) if not one[0].startswith("reason[")]
    return Refused(
        errors=refused_in(view, error).errors,
        asked=tuple(
            Asked(
                name=f"reason[{field}|{code}]",
                about=guard.explain(code, view.translator) if code in guard.REASONS else "",
                value=text_of(data, f"reason[{field}|{code}]"),
            )
            for field, code in asked
        ),
    )


def needs_help(*texts: str) -> bool:
    """Whether it reads like somebody telling of a child in danger: then nothing of it is taken."""
    return guard.reads_like_disclosure(*texts)


def show_help(view: View, back: str, data: Mapping[str, Any]) -> Response[Any]:
    """Where help is, instead of taking what was written; it stands in the page, and leads to the form again."""
    return view.render(
        "improvements/talk/where_help_is.html",
        lines=help_lines(view, URGENT),
        hidden=[(name, text) for name, text in pairs_of(data) if name not in ("key", "again")],
        back=back,
        **FRAME,
    )


def go(view: View, *parts: str | int, done: str = "", at: str = "") -> Redirect:
    """Lead to a page of the region, so that going back or reloading sends nothing again."""
    href = view.href(*parts, query={"done": done} if done else None)
    return Redirect(href + at, status_code=303, headers=dict(PRIVATE))


def go_to(href: str) -> Redirect:
    """As ``go``, to an address."""
    return Redirect(href, status_code=303, headers=dict(PRIVATE))
