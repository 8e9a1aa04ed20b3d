"""The versions of a record, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from sqlalchemy import select

from lanzarote.accounts.people import called
from lanzarote.kinds.wording import Said, in_words
from lanzarote.records.records import Version
from lanzarote.translation import N_
from lanzarote.web.texts import compare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.kinds.fields import Shape
    from lanzarote.kinds.kind import Kind
    from lanzarote.records.records import Record
    from lanzarote.web.site import View
    from lanzarote.web.texts import Piece

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


def differences(
    kind: Kind[Any, Any],
    view: View,
    before: Any,
    after: Any,
    part: Sequence[Shape] = (),
    beside: Sequence[Mapping[str, Said]] = (),
) -> tuple[Difference, ...]:
    """Every place that *after* fills otherwise than *before*, in the order of the form; *part*: of these fields alone.

    Rows without keys are lines of one text: where one moved, the others are not told to have changed. *beside*: what
    each of the two versions has beside the content, by place.
    """
    old, new = (_by_key(view, part or kind.shapes, one) for one in (before, after))
    for placed, more in zip((old, new), beside, strict=False):
        placed |= {place: (place, said) for place, said in more.items()}
    return (
        *_moved(kind, view, old, new),
        *(
            Difference(
                label=kind.label_of(view, (new.get(name) or old[name])[0], content=after if name in new else before),
                lang=(new.get(name) or old[name])[1].language,
                pieces=tuple(compare(*(said[name][1].words if name in said else "" for said in (old, new)))),
            )
            for name in dict.fromkeys((*new, *old))
            if _said(old, name) != _said(new, name)
        ),
    )


Placed = Mapping[str, tuple[str, Said]]
"""Place, where rows that have keys are called by them → place as forms call it, and what stands there."""


def _by_key(view: View, shapes: Sequence[Shape], content: Any) -> dict[str, tuple[str, Said]]:
    keyed = [shape.name for shape in shapes if any(part.what == "key" for part in shape.parts)]
    rows = {
        f"{name}[{number}]": f"{name}[{row.key}]"
        for name in keyed
        for number, row in enumerate(getattr(content, name) or ())
    }
    found = {}
    for place, said in in_words(view, shapes, content, lines=True).items():
        head, dot, rest = place.partition(".")
        found[f"{rows.get(head, head)}{dot}{rest}"] = place, said
    return found


def _said(placed: Placed, name: str) -> Said | None:
    return placed[name][1] if name in placed else None


def _moved(kind: Kind[Any, Any], view: View, old: Placed, new: Placed) -> Iterator[Difference]:
    """Rows that stand in another order than before."""
    for shape in kind.shapes:
        if shape.what == "rows" and any(part.what == "key" for part in shape.parts):
            was, now = (_titles(placed, f"{shape.name}[") for placed in (old, new))
            stayed = [[row for row in some if row in was and row in now] for some in (was, now)]
            if stayed[0] != stayed[1]:
                orders = (" · ".join(now[row] for row in some) for some in stayed)
                yield Difference(label=kind.label_of(view, shape.name), pieces=tuple(compare(*orders)))


def _titles(placed: Placed, start: str) -> dict[str, str]:
    """Row → what stands first in it."""
    found: dict[str, str] = {}
    for name, (_, said) in placed.items():
        if name.startswith(start):
            found.setdefault(name.partition(".")[0], said.words)
    return found
