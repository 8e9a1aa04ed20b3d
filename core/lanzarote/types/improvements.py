"""Findings and improvements: what does not work between sectors, and what a group proposes instead."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from lanzarote.types.practices import Evidence
from lanzarote.types.values import ArticleReference, Fact, Key, Language, PartialDate, Value
from lanzarote.types.vocabulary import OwnSource

Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
"""Id of a record."""


class FindingText(Value, frozen=True, kw_only=True):
    """The texts of a finding in one language, as far as they are written."""

    title: str | None = None
    observed: str | None = None
    """What happens, or fails to, between the sectors."""
    consequences: str | None = None
    """What it means for the children concerned, and for the professionals."""
    limits: str | None = None
    """What is not known of it."""


class Finding(Fact, frozen=True, kw_only=True):
    """A shared observation of what does not work at the interfaces between sectors."""

    original: Language
    text: dict[Language, FindingText] = {}
    stale: tuple[Language, ...] = ()
    """Languages whose texts are older than the original's last change."""
    sectors: tuple[Key, ...] = ()
    """Between which it was observed; two or more."""
    organisations: tuple[Key, ...] = ()
    """Keys or ids of the stakeholders that it names; each is offered to reply before the group reads it."""
    observed_on: PartialDate | None = None
    evidence: tuple[Evidence, ...] = ()
    convention: tuple[ArticleReference, ...] = ()
    legal_basis: tuple[Key, ...] = ()
    """Keys of provisions."""
    own_sources: tuple[OwnSource, ...] = ()
    """Documents that tell of it and that ``sources.toml`` does not have."""


class ImprovementText(Value, frozen=True, kw_only=True):
    """The texts of an improvement in one language, as far as they are written."""

    title: str | None = None
    summary: str | None = None
    proposal: str | None = None
    """What is to be done differently, by whom together."""
    reasons: str | None = None
    expected: str | None = None
    """What it is expected to change, and how one would see it."""
    means: str | None = None
    objections: str | None = None
    """What speaks against it, as its authors see it."""


class Improvement(Fact, frozen=True, kw_only=True):
    """A proposal that answers findings; the group discusses, amends and decides it."""

    original: Language
    text: dict[Language, ImprovementText] = {}
    stale: tuple[Language, ...] = ()
    """Languages whose texts are older than the original's last change."""
    findings: tuple[Id, ...] = ()
    """What it answers."""
    sectors: tuple[Key, ...] = ()
    """Those that would have to act."""
    practices: tuple[Id, ...] = ()
    procedures: tuple[Id, ...] = ()
    legal_basis: tuple[Key, ...] = ()
    """Keys of provisions."""
    convention: tuple[ArticleReference, ...] = ()
    own_sources: tuple[OwnSource, ...] = ()
    """Documents it rests on and that ``sources.toml`` does not have."""
