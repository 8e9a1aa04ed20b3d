"""The versions of a record, and what differs between two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from sqlalchemy import select

from lanzarote.accounts.namesakes import called
from lanzarote.kinds.fields import in_words
from lanzarote.records.records import Version
from lanzarote.translation import N_
from lanzarote.web.comparing import compare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.kinds.kind import Kind
    from lanzarote.records.records import Record
    from lanzarote.web.comparing import Piece
    from lanzarote.web.site import View

FORMER: Final = N_("a former member")
PLATFORM: Final = N_("the region’s package")


class Difference(Struct, frozen=True, kw_only=True):
    """A place that two texts of one kind fill otherwise."""

    label: str
    lang: str = ""
    """Language of the two texts; empty: that of the page."""
    pieces: tuple[Piece, ...]


def version_lines(view: View, session: Session, record: Record) -> list[dict[str, object]]:
    """All versions, the newest first: number, at, by, published."""
    query = select(Version.number, Version.at, Version.actor).where(Version.record_id == record.id)
    rows = session.execute(query.order_by(Version.number.desc())).all()
    people = called(view, session, [actor for _, _, actor in rows])
    return [
        {
            "number": number,
            "at": at,
            "by": person(view, people, actor),
            "published": number == record.published_version,
        }
        for number, at, actor in rows
    ]


def person(view: View, people: Mapping[str, str], account_id: str) -> str:
    """What somebody is called who did something; *people*: names by id."""
    if account_id in ("lanzarote", "restore", "visitor", "load"):
        return view._(PLATFORM)
    return people.get(account_id) or view._(FORMER)


def between(asked: Mapping[str, str], newest: int) -> tuple[int, int]:
    """The two versions that are compared: those asked for, or the last two."""

    def number(name: str, otherwise: int) -> int:
        text = asked.get(name, "")
        given = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else otherwise
        return given if 1 <= given <= newest else otherwise

    last = number("to", newest)
    first = number("from", max(last - 1, 0))
    return min(first, last), max(first, last)


def differences(kind: Kind[Any, Any], view: View, before: Any, after: Any) -> tuple[Difference, ...]:
    """Every place that *after* fills otherwise than *before*, in the order of the form."""
    old, new = in_words(view, kind.shapes, before), in_words(view, kind.shapes, after)
    return tuple(
        Difference(
            label=kind.label_of(view, place),
            lang=(new.get(place) or old[place]).language,
            pieces=tuple(compare(*(said[place].words if place in said else "" for said in (old, new)))),
        )
        for place in dict.fromkeys((*new, *old))
        if old.get(place) != new.get(place)
    )
