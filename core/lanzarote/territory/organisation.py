"""One organisation, with the practices that name it; its former addresses, and what became of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from markupsafe import Markup
from msgspec import Struct
from sqlalchemy import func, select

from lanzarote.directory.model import KIND
from lanzarote.directory.service import standing_for
from lanzarote.errors import Gone, NotFound
from lanzarote.records import records
from lanzarote.records.changelog import Audit
from lanzarote.records.permissions import Subject, may
from lanzarote.stakeholders.addresses import href_of
from lanzarote.stakeholders.reading import values_of
from lanzarote.territory.references import references
from lanzarote.territory.start_pages import PracticeLink, practice_links
from lanzarote.translation import N_, date_told, language_name
from lanzarote.web import labels
from lanzarote.web.region_reading import ToldSource, tell_source, tell_sources, told, web_address

if TYPE_CHECKING:
    from lanzarote.directory.model import Stakeholder
    from lanzarote.types import Relation, Side
    from lanzarote.web.site import View

RELATIONS: dict[Relation, str] = {
    "cited": N_("Cited in public sources. It was not asked, and is not a member of the group."),
    "invited": N_("Invited to take part in the group. It has not answered yet."),
    "taking-part": N_("Takes part in the group, as it has said itself."),
    "declined": N_("Was invited and declined to take part. That says nothing about its work."),
    "left": N_("Took part in the group and left it."),
}


class SectorLink(Struct, frozen=True, kw_only=True):
    href: str
    name: Markup
    side: Side


class OtherName(Struct, frozen=True, kw_only=True):
    """The name in another language of the region."""

    language: str
    name: Markup


class Follower(Struct, frozen=True, kw_only=True):
    """The organisation it was merged into."""

    href: str
    name: Markup


class ToldContact(Struct, frozen=True, kw_only=True):
    """How a service of it is reached; only what the team has made public."""

    purpose: Markup
    address: str
    href: str


class Organisation(Struct, frozen=True, kw_only=True):
    id: str
    slug: str
    href: str
    name: Markup
    others: tuple[OtherName, ...]
    role: Markup
    side: Side
    scope: Markup
    sectors: tuple[SectorLink, ...]
    website: str
    since: str
    until: str
    merged_into: Follower | None
    relation: Markup
    taking_part_since: str
    mandate: Markup
    relation_source: str
    """Where the relation is written."""
    relation_href: str
    contacts: tuple[ToldContact, ...]
    verified: bool
    note: Markup
    sources: tuple[ToldSource, ...]
    practices: tuple[PracticeLink, ...]
    reply_href: str


class Withdrawn(Struct, frozen=True, kw_only=True):
    """The region took the entry from the public."""

    on: date


def find(view: View, slug: str) -> Stakeholder | Withdrawn | str:
    """The organisation at *slug*, or the slug of what answers in its place now. Raises NotFound, Gone."""
    for one in view.directory:
        if one.slug == slug:
            return one
    with view.instance.database.read(view.region_id) as session:
        record = standing_for(session, records.find(session, KIND, slug))
        if record.state == "erased":
            raise Gone("This entry was erased.")
        if record.state == "withdrawn":
            day = select(func.max(Audit.at)).where(Audit.record_id == record.id, Audit.verb == "withdraw")
            return Withdrawn(on=view.day_of(session.scalar(day) or record.updated_at))
        if record.published_version is None or record.slug == slug:
            raise NotFound("There is no organisation at this address, or it is no longer public.")
        return record.slug


def tell(view: View, one: Stakeholder) -> Organisation:
    organisation, status, lang = one.organisation, one.status, view.lang
    name, name_lang = view.text(organisation.name)
    mentions = references(view.instance, view.region_id).organisations
    naming = {mention.slug: mention for key in one.names for mention in mentions.get(key, ())}
    return Organisation(
        id=one.id,
        slug=one.slug,
        href=view.href("organisations", one.slug),
        name=labels.written(name, name_lang, lang),
        others=tuple(
            OtherName(language=language_name(code, lang), name=labels.written(text, code, lang))
            for code, text in organisation.name.items()
            if code != name_lang and text != name
        ),
        role=told(view, organisation.role),
        side=organisation.side,
        scope=labels.say("scope", organisation.scope, view.translator),
        sectors=_sectors(view, one),
        website=web_address(organisation.website),
        since=date_told(organisation.since, lang) if organisation.since else "",
        until=date_told(organisation.until, lang) if organisation.until else "",
        merged_into=_follower(view, organisation.merged_into),
        relation=labels.phrase(RELATIONS[status.relation], view.translator),
        taking_part_since=date_told(status.since, lang) if status.since else "",
        mandate=told(view, status.mandate),
        relation_source=status.source,
        relation_href=web_address(status.source),
        contacts=tuple(
            ToldContact(purpose=told(view, contact.purpose), address=contact.address, href=href_of(contact.address))
            for contact in one.contacts
        ),
        verified=organisation.verified,
        note=told(view, organisation.note),
        sources=(
            *tell_sources(view, organisation.sources),
            *(tell_source(view, source.key, source) for source in organisation.own_sources),
        ),
        practices=practice_links(view, naming.values()),
        reply_href=view.href("correct", query={"about": f"organisations/{one.slug}"}),
    )


def team_links(view: View, one: Stakeholder) -> tuple[tuple[str, str], ...]:
    """What leads from the public page to where the entry is written, for who may go there."""
    subject = Subject(region_id=view.region_id, id=one.id)
    if not may(view.actor, "stakeholder.read", subject):
        return ()
    here = view.href("team", "organisations", one.id)
    edit = ((view._("Edit"), f"{here}/edit"),) if may(view.actor, "stakeholder.write", subject) else ()
    return (*edit, (view._("The team’s page"), here))


def _sectors(view: View, one: Stakeholder) -> tuple[SectorLink, ...]:
    known = view.vocabulary.sectors
    return tuple(
        SectorLink(href=view.href("sectors", key), name=told(view, known[key].name), side=known[key].side)
        for key in values_of(one.organisation, "sector", view.vocabulary)
        if key in known
    )


def _follower(view: View, key: str | None) -> Follower | None:
    for one in view.directory:
        if key in one.names:
            return Follower(href=view.href("organisations", one.slug), name=told(view, one.organisation.name))
    return None
