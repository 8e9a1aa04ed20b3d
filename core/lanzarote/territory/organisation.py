"""One organisation, with the practices that name it; its former addresses, and what became of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

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
from lanzarote.territory.start_pages import practice_links
from lanzarote.translation import N_, language_name
from lanzarote.web import labels
from lanzarote.web.region_reading import tell_source, tell_sources, web_address

if TYPE_CHECKING:
    from lanzarote.directory.model import Stakeholder
    from lanzarote.types import Relation
    from lanzarote.web.site import View

RELATIONS: dict[Relation, str] = {
    "cited": N_("Cited in public sources. It was not asked, and is not a member of the group."),
    "invited": N_("Invited to take part in the group. It has not answered yet."),
    "taking-part": N_("Takes part in the group, as it has said itself."),
    "declined": N_("Was invited and declined to take part. That says nothing about its work."),
    "left": N_("Took part in the group and left it."),
}


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


def about(view: View, one: Stakeholder) -> dict[str, Any]:
    """What its page shows beside the entry itself."""
    organisation = one.organisation
    name, name_lang = view.text(organisation.name)
    known = view.vocabulary.sectors
    mentions = references(view.instance, view.region_id).organisations
    naming = {mention.slug: mention for key in one.names for mention in mentions.get(key, ())}
    return {
        "others": [
            (language_name(code, view.lang), labels.written(text, code, view.lang))
            for code, text in organisation.name.items()
            if code != name_lang and text != name
        ],
        "scope": labels.say("scope", organisation.scope, view.translator),
        "sectors": [(key, known[key]) for key in values_of(organisation, "sector", view.vocabulary) if key in known],
        "follower": next((other for other in view.directory if organisation.merged_into in other.names), None),
        "relation": labels.phrase(RELATIONS[one.status.relation], view.translator),
        "sources": (
            *tell_sources(view, organisation.sources),
            *(tell_source(view, source.key, source) for source in organisation.own_sources),
        ),
        "practices": practice_links(view, naming.values()),
        "web_address": web_address,
        "href_of": href_of,
    }


def team_links(view: View, one: Stakeholder) -> tuple[tuple[str, str], ...]:
    """What leads from the public page to where the entry is written, for who may go there."""
    subject = Subject(region_id=view.region_id, id=one.id)
    if not may(view.actor, "stakeholder.read", subject):
        return ()
    here = view.href("team", "organisations", one.id)
    edit = ((view._("Edit"), f"{here}/edit"),) if may(view.actor, "stakeholder.write", subject) else ()
    return (*edit, (view._("The team’s page"), here))
