"""What a reply is about: a page of this site, found by its address and called as its page calls it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape
from msgspec import Struct

from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.directory.service import standing_for
from lanzarote.errors import Gone, NotFound
from lanzarote.facts.convention import Reference, UnknownPage, UnknownReference, frameworks
from lanzarote.records import records
from lanzarote.runtime.reading import LateDecoder
from lanzarote.translation import N_
from lanzarote.types import Organisation, Practice
from lanzarote.web.region_reading import tell_provision, told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lanzarote.web.site import View

_HOST = re.compile(r"https?://[^/]+/", re.IGNORECASE)
_PATH = re.compile(r"[A-Za-z0-9]+(?:[-./][A-Za-z0-9]+)*")

OF_REGION: Final[Mapping[str, str]] = {
    "practices": N_("Practices"),
    "organisations": N_("Organisations"),
    "sectors": N_("Sectors"),
    "cooperation": N_("Who works with whom"),
    "law": N_("Legal framework"),
    "ages": N_("Ages and time limits"),
    "sources": N_("Sources"),
    "coverage": N_("Documented coverage"),
    "improvements": N_("Improvements"),
    "procedures": N_("Co-operation procedures"),
    "meetings": N_("Meetings of the group"),
    "indicators": N_("Indicators"),
    "evaluation": N_("The evaluation of the pilot"),
    "group": N_("The working group and its mandate"),
    "help": N_("Help"),
    "feeds": N_("Subscribe"),
    "search": N_("Search"),
    "shortlist": N_("Your shortlist"),
    "compendium": N_("Compendium"),
    "correct": N_("Correct or reply"),
    "roles": N_("Who can do what"),
}
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
OF_THE_GROUP: Final[Mapping[str, str]] = {
    "improvements": "improvement",
    "procedures": "procedure",
    "indicators": "indicator",
    "evaluation": "evaluation",
}
"""Where the records of a group have their pages, and of which kind they are."""


class _Title(Struct):
    title: str = ""


class _Titled(Struct):
    original: str
    text: dict[str, _Title] = {}


_titled = LateDecoder(_Titled)


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
    match parts:
        case [] | [""]:
            return Subject()
        case [room] if room in OF_REGION:
            return Subject(path=room, href=view.href(room), name=escape(view._(OF_REGION[room])))
        case ["office"] if not view.instance.settings.office:
            return None
        case [room] if room in OF_SITE:
            return Subject(path=room, href=view.instance_href(room), name=escape(view._(OF_SITE[room])))
        case ["practices", slug] | ["practices", slug, "versions"] | ["practices", slug, "versions", _]:
            return _practice(view, slug)
        case ["organisations", slug]:
            return _organisation(view, slug)
        case ["procedures", slug, "versions" | "print"] | ["procedures", slug, "versions", _]:
            return _of_the_group(view, "procedures", slug)
        case ["meetings", slug]:
            return _meeting(view, slug)
        case [room, slug] if room in OF_THE_GROUP:
            return _of_the_group(view, room, slug)
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


def _practice(view: View, slug: str) -> Subject | None:
    """One that the public reads, or read once; a draft is no page."""
    with view.instance.database.read(view.region_id) as session:
        try:
            record = records.find(session, "practice", slug)
        except (NotFound, Gone):
            return None
        if record.published_version is None and record.state != "withdrawn":
            return None
        name = escape(f"practices/{record.slug}")
        if record.published_version is not None:
            said = records.decode(records.body_of(session, record, record.published_version), Practice)
            name = told(view, {lang: text.title for lang, text in said.text.items()}, said.original)
        return Subject(
            path=f"practices/{record.slug}",
            href=view.href("practices", record.slug),
            name=name,
            record_id=record.id,
        )


def _organisation(view: View, slug: str) -> Subject | None:
    """One that the public reads, or read once, or what it was merged into; a draft is no page."""
    with view.instance.database.read(view.region_id) as session:
        try:
            record = standing_for(session, records.find(session, STAKEHOLDER, slug))
        except (NotFound, Gone):
            return None
        if record.published_version is None and record.state != "withdrawn":
            return None
        name = escape(f"organisations/{record.slug}")
        if record.published_version is not None:
            said = records.decode(records.body_of(session, record, record.published_version), Organisation)
            name = told(view, said.name)
        return Subject(
            path=f"organisations/{record.slug}",
            href=view.href("organisations", record.slug),
            name=name,
            record_id=record.id,
        )


def _of_the_group(view: View, room: str, slug: str) -> Subject | None:
    """What the public reads of a group's work; what it only discusses is no page."""
    with view.instance.database.read(view.region_id) as session:
        try:
            record = records.find(session, OF_THE_GROUP[room], slug)
        except (NotFound, Gone):
            return None
        if record.published_version is None:
            return None
        said = _titled.decode(records.body_of(session, record, record.published_version))
    titles = {lang: text.title for lang, text in said.text.items() if text.title}
    return Subject(
        path=f"{room}/{record.slug}",
        href=view.href(room, record.slug),
        name=told(view, titles, said.original),
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
