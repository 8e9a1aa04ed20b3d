"""API resources of the directory."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from lanzarote.directory import service
from lanzarote.directory.model import Stakeholder
from lanzarote.errors import NotFound
from lanzarote.types import Organisation, PartialDate, Relation, Side, Text, Value
from lanzarote.web import labels
from lanzarote.web.resources import CURSOR, KEY, LIMIT, REGION, Answer, Asked, Listed, Parameter, resource

SECTOR = Parameter(
    name="sector", told="Key of a sector, present or former.", pattern=KEY, many="repeated", known=labels.sectors
)
SIDE = Parameter(name="side", told="Side of the stakeholder.", choices=get_args(Side), many="repeated")
RELATION = Parameter(
    name="relation", told="Relation to the working group.", choices=get_args(Relation), many="repeated"
)
STAKEHOLDER = Parameter(
    name="stakeholder",
    told="Slug of the stakeholder, present or former; or its key or id, from where one is sent on to the slug.",
    longest=100,
    sample=lambda instance, names: next((one.slug for one in instance.directory(names["region"])), None),
)


class OrganisationFacts(Organisation, frozen=True, kw_only=True, omit_defaults=False):
    """What is written about the organisation."""


class GroupStatus(Value, frozen=True, kw_only=True, omit_defaults=False):
    """How it relates to the working group. *Cited* in a public source is no membership and no endorsement."""

    relation: Relation = "cited"
    since: PartialDate | None = None
    mandate: Text = {}
    source: str = ""
    """Where the relation is written: address of a page, or name of a document."""


class PublicContact(Value, frozen=True, kw_only=True, omit_defaults=False):
    """How a service of the organisation is reached."""

    purpose: Text
    address: str
    source: str


class StakeholderDocument(Struct, frozen=True, kw_only=True):
    """An organisation in the directory of a region."""

    id: str
    region: str
    slug: str
    key: str | None
    """Its key in the region's package; practices name it by this."""
    version: int
    updated_at: datetime
    status: GroupStatus
    organisation: OrganisationFacts
    contacts: tuple[PublicContact, ...] = ()
    """Services that the region's team has made public."""
    names: tuple[str, ...] = ()
    """Every id and key by which practices may name it, those of entries that were merged into it included."""


class StakeholderList(Listed[StakeholderDocument], frozen=True, kw_only=True):
    pass


@resource(
    "/regions/{region}/stakeholders",
    tag="Stakeholders",
    names=(REGION,),
    query=(SECTOR, SIDE, RELATION, CURSOR, LIMIT),
    answers=StakeholderList,
)
def list_stakeholders(asked: Asked) -> Answer:
    """Organisations in the directory of the region.

    *Cited* means cited in a public source: the organisation itself has said nothing, and is no member of the group.
    """
    vocabulary = asked.instance.vocabulary(asked["region"])
    sectors = {*vocabulary.present_keys("sector", asked.many("sector"))}
    sides, relations = asked.many("side"), asked.many("relation")
    return asked.part(
        [
            _document(one)
            for one in asked.instance.directory(asked["region"])
            if (not sectors or not sectors.isdisjoint(vocabulary.present_keys("sector", one.organisation.sectors)))
            and (not sides or one.organisation.side in sides)
            and (not relations or one.status.relation in relations)
        ]
    )


@resource(
    "/regions/{region}/stakeholders/{stakeholder}",
    tag="Stakeholders",
    names=(REGION, STAKEHOLDER),
    answers=StakeholderDocument,
    bounded=False,
    may_move=True,
)
def get_stakeholder(asked: Asked) -> Answer:
    """One organisation."""
    region_id, slug = asked["region"], asked["stakeholder"]
    asked.instance.header(region_id)
    with asked.instance.database.read(region_id) as session:
        try:
            found = service.stakeholder(session, slug)
        except NotFound:
            if (by_key := service.by_key(session).get(slug)) is None:
                raise
            found = by_key
    if found.slug != slug:
        return asked.moved("regions", region_id, "stakeholders", found.slug)
    return Answer(msgspec.json.encode(_document(found)))


def _document(one: Stakeholder) -> StakeholderDocument:
    """With all fields told, also those that have their usual value."""
    return StakeholderDocument(
        id=one.id,
        region=one.region,
        slug=one.slug,
        key=one.key,
        version=one.version,
        updated_at=one.updated_at,
        status=GroupStatus(**{name: getattr(one.status, name) for name in GroupStatus.__struct_fields__}),
        organisation=OrganisationFacts(**asdict(one.organisation)),
        contacts=tuple(
            PublicContact(purpose=contact.purpose, address=contact.address, source=contact.source)
            for contact in one.contacts
        ),
        names=one.names,
    )


handlers = (list_stakeholders, get_stakeholder)
