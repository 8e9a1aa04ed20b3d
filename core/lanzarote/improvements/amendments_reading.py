"""Amendments as their readers see them: the list, and one with what it changes word by word."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import select

from lanzarote.accounts.service import names
from lanzarote.guard import REASONS
from lanzarote.improvements import amendments, talk
from lanzarote.improvements.amendments_model import FIELDS, Amendment
from lanzarote.improvements.comments_entry import FORMER, Explained
from lanzarote.improvements.talk_forms import improvement_of
from lanzarote.records.permissions import may_somewhere
from lanzarote.translation import N_, language_name
from lanzarote.types.improvements import ImprovementText
from lanzarote.web.comparing import compare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.records.records import Record
    from lanzarote.web.comparing import Piece
    from lanzarote.web.site import View

SHOWN: Final = 50
LABELS: Final[Mapping[str, str]] = {
    "title": N_("Title"),
    "summary": N_("In a few sentences"),
    "proposal": N_("What is to be done differently, and by whom together"),
    "reasons": N_("Why"),
    "expected": N_("What it is expected to change"),
    "means": N_("What it takes"),
    "objections": N_("What speaks against it"),
}
STATES: Final[Mapping[str, str]] = {
    "open": N_("to be decided"),
    "accepted": N_("accepted"),
    "refused": N_("refused"),
    "withdrawn": N_("withdrawn"),
}


class Change(Struct, frozen=True, kw_only=True):
    """One field that an amendment says otherwise."""

    label: str
    lang: str
    pieces: tuple[Piece, ...]


class Line(Struct, frozen=True, kw_only=True):
    """An amendment in the list."""

    number: int
    author: str
    at: datetime
    state: str
    words: str
    why: str
    lang: str
    """Language of ``why``."""


class Told(Struct, frozen=True, kw_only=True):
    """One amendment for one reader."""

    line: Line
    base: int
    language: str
    language_name: str
    current: bool
    """Nobody changed the improvement since."""
    changes: tuple[Change, ...]
    """Against the text that it changes."""
    newer: tuple[Change, ...]
    """Against the newest text, where that is another."""
    explained: tuple[Explained, ...]
    settled_at: datetime | None
    settled_by: str
    settled_reason: str
    settled_version: int
    steps: tuple[str, ...]


def listed(view: View, session: Session, record: Record, page: int) -> tuple[tuple[Line, ...], bool]:
    """A page of the list, from 0 on, the last proposed first; and whether there are more."""
    mine = (Amendment.region_id == record.region_id) & (Amendment.record_id == record.id)
    query = select(Amendment).where(mine).order_by(Amendment.number.desc()).limit(SHOWN + 1).offset(page * SHOWN)
    found = session.scalars(query).all()
    people = names(session, [one.author for one in found])
    return tuple(_line(view, one, people) for one in found[:SHOWN]), len(found) > SHOWN


def tell(view: View, session: Session, record: Record, amendment: Amendment) -> Told:
    people = names(session, [amendment.author, amendment.settled_by])
    language = amendment.language
    base, newest = text_in(session, record, language, amendment.base), text_in(session, record, language)
    text = amendment.says()
    current = amendment.base == record.version
    leads = may_somewhere(view.actor, "group.lead", record.region_id)
    return Told(
        line=_line(view, amendment, people),
        base=amendment.base,
        language=language,
        language_name=language_name(language, view.lang),
        current=current,
        changes=changes(view, base, text, language),
        newer=() if current or amendment.state != "open" else changes(view, newest, text, language),
        explained=tuple(
            Explained(about=view._(REASONS[one.code]) if one.code in REASONS else "", text=one.text)
            for one in (talk.said_why(amendment.reasons) if leads else ())
        ),
        settled_at=amendment.settled_at,
        settled_by=people.get(amendment.settled_by) or view._(FORMER),
        settled_reason=amendment.settled_reason,
        settled_version=amendment.settled_version,
        steps=amendments.steps(record, amendment, view.actor),
    )


def text_in(session: Session, record: Record, language: str, number: int | None = None) -> ImprovementText:
    """What a version, or the newest, says in *language*; nothing where it says nothing."""
    said = improvement_of(session, record, number).text.get(language)
    return amendments.tidy(said) if said else ImprovementText()


def changes(view: View, before: ImprovementText, after: ImprovementText, language: str) -> tuple[Change, ...]:
    """Every field that *after* says otherwise than *before*."""
    found = []
    for name in FIELDS:
        was, now = getattr(before, name) or "", getattr(after, name) or ""
        if was != now:
            found.append(Change(label=view._(LABELS[name]), lang=language, pieces=tuple(compare(was, now))))
    return tuple(found)


def _line(view: View, one: Amendment, people: Mapping[str, str]) -> Line:
    return Line(
        number=one.number,
        author=people.get(one.author) or view._(FORMER),
        at=one.at,
        state=one.state,
        words=view._(STATES[one.state]),
        why=one.why,
        lang=one.written_in,
    )
