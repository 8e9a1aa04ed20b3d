"""What a coordinator is shown of the region's results: what leaves, to whom, how far it came, and who agreed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from lanzarote.errors import NotFound
from lanzarote.records.changelog import SHOWN
from lanzarote.records.changelog_state import Word, documents, earlier_words, last_words
from lanzarote.results import destinations, keys, words
from lanzarote.results.field_words import slug_of, title_of
from lanzarote.results.signing import PublicKey
from lanzarote.stakeholders import members
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from lanzarote.results.destinations import Standing
    from lanzarote.web.site import View

FEW: Final = 25
"""So many of a kind stand on the first page."""
MANY: Final = 100
"""So many stand on each page of a kind."""
EARLIER: Final = "earlier"
"""In an address, in the place of a kind."""
EARLIER_HEADING: Final = N_("Earlier wordings, which leave with the rest")


class Result(Struct, frozen=True, kw_only=True):
    """Something that leaves the region, or is withdrawn."""

    kind: str
    record: str
    title: str
    lang: str
    """Of the title, where it is not the page's."""
    href: str
    """What the public reads of it; empty: it has no page of its own."""
    shown_href: str
    """Exactly what leaves."""
    day: date
    fresh: bool
    """No office has received it yet, or not the last word on it."""


class Group(Struct, frozen=True, kw_only=True):
    kind: str
    heading: str
    results: tuple[Result, ...]
    count: int
    fresh: int
    href: str
    """All of them; empty: they all stand here."""


class Office(Struct, frozen=True, kw_only=True):
    """Where results are sent, in the reader's words."""

    standing: Standing
    rhythm: str
    on: date | None
    """When it last said what it has received."""
    behind: int
    """How many results, and withdrawals of results, it does not know yet."""
    fault: str
    way_out: str


class Key(Struct, frozen=True, kw_only=True):
    fingerprint: str
    day: date
    there: bool
    """Its private half is where it should be."""


class Overview(Struct, frozen=True, kw_only=True):
    groups: tuple[Group, ...]
    earlier: Group | None
    """What was told first and told otherwise since, before every office had it: it leaves as well."""
    withdrawn: tuple[Result, ...]
    """What offices that have received it are told to take back."""
    offices: tuple[Office, ...]
    key: Key | None
    agreed: tuple[members.Body, ...]
    not_agreed: tuple[members.Body, ...]


def overview(view: View, session: Session) -> Overview:
    found = last_words(session, view.region_id)
    there = destinations.standings(session, view.region_id)
    known = _known_by_all(there)
    released = [one for one in found if one.verb in SHOWN]
    taken_back = [one for one in reversed(found) if one.verb not in SHOWN and (not there or one.seq > known)]
    by_kind = {kind: [one for one in released if one.kind == kind] for kind in words.kinds_told(view.instance.kinds)}
    bodies = members.bodies(session).taking_part
    bodies = tuple(sorted(bodies, key=lambda one: view.sort_key(one.name)))
    return Overview(
        groups=tuple(_group(view, session, kind, some, known) for kind, some in by_kind.items() if some),
        earlier=_earlier(view, session, known),
        withdrawn=tuple(_results(view, session, taken_back[:MANY], known)),
        offices=_offices(view, there, found),
        key=_key(view, session),
        agreed=tuple(one for one in bodies if one.status.shared),
        not_agreed=tuple(one for one in bodies if not one.status.shared),
    )


def of_kind(view: View, session: Session, kind: str, page: int) -> tuple[list[Result], bool]:
    """The results of one kind, or those that are ``EARLIER``, on that page, and whether there are more.

    Raises NotFound.
    """
    known = _known_by_all(destinations.standings(session, view.region_id))
    if kind == EARLIER:
        found = earlier_words(session, view.region_id, known)
    elif kind in words.kinds_told(view.instance.kinds):
        found = [one for one in last_words(session, view.region_id) if one.kind == kind and one.verb in SHOWN]
        found = sorted(found, key=lambda one: -one.seq)
    else:
        raise NotFound("No such kind of result leaves a region.")
    some = found[(page - 1) * MANY : page * MANY]
    if not some and page > 1:
        raise NotFound("There are not so many results.")
    return _results(view, session, some, known, earlier=kind == EARLIER), len(found) > page * MANY


def what_leaves(view: View, session: Session, kind: str, record: str, entry: str = "") -> tuple[Word, bytes]:
    """The last word on a result, or what an *entry* before it tells, and its document. Raises NotFound."""
    said = earlier_words(session, view.region_id, 0) if entry else last_words(session, view.region_id)
    for one in said:
        if (one.kind, one.record) == (kind, record) and one.verb in SHOWN and entry in ("", str(one.seq)):
            found = documents(session, view.region_id, [one.seq])
            if one.seq in found:
                return one, found[one.seq]
    raise NotFound("Nothing of this leaves the region.")


def _known_by_all(offices: Sequence[Standing]) -> int:
    """Up to which entry every office has received the region."""
    return min((one.seq for one in offices), default=0)


def _group(view: View, session: Session, kind: str, some: Sequence[Word], known: int) -> Group:
    newest = sorted(some, key=lambda one: -one.seq)
    return Group(
        kind=kind,
        heading=view._(words.kinds_told(view.instance.kinds)[kind]),
        results=tuple(_results(view, session, newest[:FEW], known)),
        count=len(some),
        fresh=sum(one.seq > known for one in some),
        href=view.href("team", "results", "all", kind) if len(some) > FEW else "",
    )


def _earlier(view: View, session: Session, known: int) -> Group | None:
    found = earlier_words(session, view.region_id, known)
    if not found:
        return None
    return Group(
        kind=EARLIER,
        heading=view._(EARLIER_HEADING),
        results=tuple(_results(view, session, found[:FEW], known, earlier=True)),
        count=len(found),
        fresh=len(found),
        href=view.href("team", "results", "all", EARLIER) if len(found) > FEW else "",
    )


def _results(view: View, session: Session, some: Sequence[Word], known: int, *, earlier: bool = False) -> list[Result]:
    zone = view.vocabulary.zone
    told = documents(session, view.region_id, [one.seq for one in some])
    found = []
    for one in some:
        body = told.get(one.seq, b"")
        title, lang = _title(view, one, body)
        place = () if earlier else _place(view, one, body)  # its page tells the later wording
        found.append(
            Result(
                kind=one.kind,
                record=one.record,
                title=title,
                lang=lang if lang != view.lang else "",
                href=view.href(*place) if place else view.href() if one.kind == "region" and not earlier else "",
                shown_href=view.href(
                    "team", "results", "what", one.kind, one.record, query={"entry": str(one.seq)} if earlier else None
                )
                if body
                else "",
                day=one.at.astimezone(zone).date(),
                fresh=one.seq > known,
            )
        )
    return found


def _place(view: View, one: Word, body: bytes) -> tuple[str, ...]:
    """Where the public reads it; empty: it has no page of its own."""
    kind = view.instance.kinds.get(one.kind)
    return (kind.public, slug_of(body)) if body and kind and kind.public else ()


def _title(view: View, one: Word, body: bytes) -> tuple[str, str]:
    if one.kind == "vocabulary":
        return view._(words.TERMS[one.record]) if one.record in words.TERMS else one.record, view.lang
    title, lang = title_of(view, one.kind, body) if body else ("", "")
    # What was withdrawn or erased no longer has a name.
    return (
        (title, lang)
        if title
        else (view._(words.kinds_told(view.instance.kinds).get(one.kind, one.kind)) + f" – {one.record}", view.lang)
    )


def _offices(view: View, there: Sequence[Standing], found: Sequence[Word]) -> tuple[Office, ...]:
    zone = view.vocabulary.zone
    offices = []
    for one in there:
        fault, way_out = words.told(words.UNSENT, one.fault_code, view.translator) if one.fault else ("", "")
        offices.append(
            Office(
                standing=one,
                rhythm=view._(words.RHYTHMS[one.rhythm]),
                on=one.at.astimezone(zone).date() if one.at is not None else None,
                behind=sum(word.seq > one.seq for word in found),
                fault=fault,
                way_out=way_out,
            )
        )
    return tuple(offices)


def _key(view: View, session: Session) -> Key | None:
    row = keys.current(session, view.region_id)
    if row is None:
        return None
    zone = view.vocabulary.zone
    there = keys.is_there(session, view.instance.settings, view.region_id)
    return Key(fingerprint=PublicKey(row.public).fingerprint, day=row.made_at.astimezone(zone).date(), there=there)
