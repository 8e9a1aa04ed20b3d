"""What a reply is about: a page of this site, found by its address and called as its page calls it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec
from markupsafe import Markup, escape
from msgspec import Struct

from lanzarote.directory.service import standing_for
from lanzarote.errors import Gone, NotFound
from lanzarote.facts.convention import Reference, UnknownPage, UnknownReference, frameworks
from lanzarote.records import records
from lanzarote.records.kinds import titles_of
from lanzarote.translation import N_
from lanzarote.web.region_reading import tell_provision, told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lanzarote.records.kinds import RecordKind
    from lanzarote.web.site import View

_HOST = re.compile(r"https?://[^/]+/", re.IGNORECASE)
_PATH = re.compile(r"[A-Za-z0-9]+(?:[-./][A-Za-z0-9]+)*")

BESIDE_KINDS: Final[Mapping[str, str]] = {
    "sectors": N_("Sectors"),
    "cooperation": N_("Who works with whom"),
    "law": N_("Legal framework"),
    "ages": N_("Ages and time limits"),
    "sources": N_("Sources"),
    "coverage": N_("Documented coverage"),
    "meetings": N_("Meetings of the group"),
    "group": N_("The working group and its mandate"),
    "help": N_("Help"),
    "feeds": N_("Subscribe"),
    "search": N_("Search"),
    "shortlist": N_("Your shortlist"),
    "compendium": N_("Compendium"),
    "correct": N_("Correct or reply"),
    "roles": N_("Who can do what"),
}
"""Pages of a region that are no list of records of one kind, or are not called as its records are."""
OF_SITE: Final[Mapping[str, str]] = {
    "convention": N_("The Convention"),
    "context": N_("Around the Convention"),
    "practices": N_("Practices"),
    "search": N_("Search"),
    "legal": N_("Legal notice"),
    "privacy": N_("Privacy"),
    "accessibility": N_("Accessibility"),
    "plugins": N_("Installed packages"),
    "api": N_("Use this data"),
    "roles": N_("Who can do what"),
    "office": N_("All regions together"),
}
"""Pages that belong to no region."""


class Subject(Struct, frozen=True, kw_only=True):
    """The page that a reply is about; empty when it is about the whole."""

    path: str = ""
    """Below the region's address, or below the language where it belongs to no region."""
    href: str = ""
    name: Markup = Markup()
    record_id: str | None = None


def find_subject(view: View, text: str) -> Subject | None:
    """The page that *text* is the address of, whole or in part; None when there is no such page here."""
    path = _HOST.sub("", text.strip()).partition("?")[0].partition("#")[0].strip("/")
    if path and not _PATH.fullmatch(path):
        return None
    parts = path.split("/")
    if parts[0] in view.site.languages:
        parts = parts[1:]
    if parts[:1] == [view.region_id]:
        parts = parts[1:]
    kinds = {kind.public: kind for kind in view.instance.kinds.values() if kind.public}
    match parts:
        case [] | [""]:
            return Subject()
        case [room] if words := BESIDE_KINDS.get(room) or (kinds[room].plural if room in kinds else ""):
            return Subject(path=room, href=view.href(room), name=escape(view._(words)))
        case ["office"] if not view.instance.settings.office:
            return None
        case [room] if room in OF_SITE:
            return Subject(path=room, href=view.instance_href(room), name=escape(view._(OF_SITE[room])))
        case ["meetings", slug]:
            return _meeting(view, slug)
        case [room, slug] | [room, slug, "versions" | "print"] | [room, slug, "versions", _] if room in kinds:
            return _of_kind(view, kinds[room], slug)
        case ["convention", reference]:
            return _article(view, reference)
        case ["context", key]:
            return _context_page(view, key)
        case ["cooperation", a, b] if a > b:
            return find_subject(view, f"cooperation/{b}/{a}")
        case [("sectors" | "cooperation" | "law") as room, *keys]:
            name = _of_vocabulary(view, room, keys)
            return Subject(path="/".join(parts), href=view.href(*parts), name=name) if name else None
    return None


def _of_kind(view: View, kind: RecordKind[Any, Any], slug: str) -> Subject | None:
    """A record that the public reads, or read once, or what it was merged into; what is only written is no page."""
    with view.instance.database.read(view.region_id) as session:
        try:
            record = standing_for(session, records.find(session, kind.name, slug))
        except (NotFound, Gone):
            return None
        if record.published_version is None and record.state != "withdrawn":
            return None
        name = escape(f"{kind.public}/{record.slug}")
        if record.published_version is not None:
            body = records.body_of(session, record, record.published_version)
            original, titles = titles_of(msgspec.json.decode(body))
            name = told(view, titles, original)
        return Subject(
            path=f"{kind.public}/{record.slug}",
            href=view.href(kind.public, record.slug),
            name=name,
            record_id=record.id,
        )


def _meeting(view: View, slug: str) -> Subject | None:
    """One whose minutes the group shows, or a seminar for everybody."""
    titles = view.instance.meeting_titles(view.region_id)
    found = next(((name, one) for name, one in titles.items() if one.slug == slug), None)
    if found is None:
        return None
    record_id, meeting = found
    return Subject(
        path=f"meetings/{slug}",
        href=view.href("meetings", slug),
        name=told(view, meeting.title, meeting.original),
        record_id=record_id,
    )


def _article(view: View, reference: str) -> Subject | None:
    try:
        number = Reference.parse(reference).article
    except UnknownReference:
        return None
    name = escape(view._("Article %(number)s")) % {"number": number}
    return Subject(path=f"convention/{number}", href=view.instance_href("convention", number), name=name)


def _context_page(view: View, key: str) -> Subject | None:
    try:
        page = frameworks().page(key)
    except UnknownPage:
        return None
    return Subject(path=f"context/{key}", href=view.instance_href("context", key), name=told(view, page.title, "en"))


def _of_vocabulary(view: View, room: str, keys: Sequence[str]) -> Markup | None:
    known = view.vocabulary
    match room, keys:
        case "sectors", [key] if key in known.sectors:
            return told(view, known.sectors[key].name)
        case "cooperation", [a, b] if a in known.sectors and b in known.sectors:
            return Markup(" – ").join(told(view, known.sectors[key].name) for key in (a, b))
        case "law", [key] if key in known.provisions:
            return tell_provision(view, key).citation
    return None
