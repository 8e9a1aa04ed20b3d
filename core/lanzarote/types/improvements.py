"""Findings and improvements: what does not work between sectors, and what a group proposes instead."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

from lanzarote.types.practices import Evidence
from lanzarote.types.values import (
    ArticleReference,
    Fact,
    Language,
    OrganisationKey,
    PartialDate,
    ProvisionKey,
    SectorKey,
    Value,
)
from lanzarote.types.vocabulary import OwnSource

Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
"""Id of a record."""

_Title = Annotated[str, Meta(extra_json_schema={"maxLength": 300})]
_Needed = Annotated[str, Meta(extra={"needed": True}, extra_json_schema={"maxLength": 20_000})]
_Long = Annotated[str, Meta(extra_json_schema={"maxLength": 20_000})]
_FORTY: Final = Meta(extra_json_schema={"maxItems": 40})
_SIXTY: Final = Meta(extra_json_schema={"maxItems": 60})


class FindingText(Value, frozen=True, kw_only=True):
    """The texts of a finding in one language, as far as they are written."""

    title: _Title | None = None
    observed: _Needed | None = None
    """What happens, or fails to, between the sectors."""
    consequences: _Long | None = None
    """What it means for the children concerned, and for the professionals."""
    limits: _Long | None = None
    """What is not known of it."""


class Finding(Fact, frozen=True, kw_only=True):
    """A shared observation of what does not work at the interfaces between sectors."""

    original: Language
    text: dict[Language, FindingText] = {}
    stale: tuple[Language, ...] = ()
    """Languages whose texts are older than the original's last change."""
    sectors: Annotated[tuple[SectorKey, ...], Meta(extra_json_schema={"minItems": 2, "maxItems": 60})] = ()
    """Between which it was observed; two or more."""
    organisations: Annotated[tuple[OrganisationKey, ...], _FORTY] = ()
    """Keys or ids of the stakeholders that it names; each is offered to reply before the group reads it."""
    observed_on: PartialDate | None = None
    evidence: Annotated[tuple[Evidence, ...], _FORTY] = ()
    convention: Annotated[tuple[ArticleReference, ...], _SIXTY] = ()
    legal_basis: Annotated[tuple[ProvisionKey, ...], _SIXTY] = ()
    """Keys of provisions."""
    own_sources: Annotated[tuple[OwnSource, ...], _SIXTY] = ()
    """Documents that tell of it and that ``sources.toml`` does not have."""


class ImprovementText(Value, frozen=True, kw_only=True):
    """The texts of an improvement in one language, as far as they are written."""

    title: _Title | None = None
    summary: Annotated[str, Meta(extra_json_schema={"maxLength": 4_000})] | None = None
    proposal: _Needed | None = None
    """What is to be done differently, by whom together."""
    reasons: _Long | None = None
    expected: _Long | None = None
    """What it is expected to change, and how one would see it."""
    means: _Long | None = None
    objections: _Long | None = None
    """What speaks against it, as its authors see it."""


class Improvement(Fact, frozen=True, kw_only=True):
    """A proposal that answers findings; the group discusses, amends and decides it."""

    original: Language
    text: dict[Language, ImprovementText] = {}
    stale: tuple[Language, ...] = ()
    """Languages whose texts are older than the original's last change."""
    findings: Annotated[tuple[Id, ...], _FORTY] = ()
    """What it answers."""
    sectors: Annotated[tuple[SectorKey, ...], Meta(extra_json_schema={"minItems": 1, "maxItems": 60})] = ()
    """Those that would have to act."""
    practices: Annotated[tuple[Id, ...], _FORTY] = ()
    procedures: Annotated[tuple[Id, ...], _FORTY] = ()
    legal_basis: Annotated[tuple[ProvisionKey, ...], _SIXTY] = ()
    """Keys of provisions."""
    convention: Annotated[tuple[ArticleReference, ...], _SIXTY] = ()
    own_sources: Annotated[tuple[OwnSource, ...], _SIXTY] = ()
    """Documents it rests on and that ``sources.toml`` does not have."""
