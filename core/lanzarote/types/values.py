"""What every value is made of: keys, texts, dates, the codes of every region, and facts with their sources."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

FORMAT = 1
"""The region folder format this platform reads."""

API_VERSION = (1, 0)
"""The version of hooks and values that packages name in ``requires_api``; not the product's version."""

Key = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
"""Permanent name within its kind and region: small ASCII letters, digits, single hyphens. Never reused."""

Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$")]
Text = dict[Language, Annotated[str, Meta(min_length=1, max_length=20_000)]]
# A text of a form of its own: ``is`` says which, so that checks follow from it.
PartialDate = Annotated[str, Meta(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$", extra={"is": "partial-date"})]
"""A year, a month or a day: ``2014``, ``2014-06``, ``2014-06-02``."""
PlannedDate = Annotated[PartialDate, Meta(extra={"is": "planned-date"})]
"""When something is done: no further ahead than anybody plans."""
WebAddress = Annotated[str, Meta(extra={"is": "address"})]
"""Of a page."""
ArticleReference = Annotated[str, Meta(pattern=r"^[1-9]\d?(\.[1-9]\d?)?(\.[a-z])?$", extra={"refers": "convention"})]
"""``article[.paragraph][.letter]`` of the Convention, such as ``10.3``; checked further by ``convention.py``."""
# A key that names an entry: ``refers`` says of which file of the region, so that checks and readers follow from it.
SourceKey = Annotated[Key, Meta(extra={"refers": "sources"})]
SectorKey = Annotated[Key, Meta(extra={"refers": "sectors"})]
OrganisationKey = Annotated[Key, Meta(extra={"refers": "organisations"})]
ProvisionKey = Annotated[Key, Meta(extra={"refers": "provisions"})]
PracticeKey = Annotated[Key, Meta(extra={"refers": "practices"})]
FieldKey = Annotated[Key, Meta(extra={"refers": "fields"})]
CommonSectorKey = Annotated[Key, Meta(extra={"refers": "common"})]
Stakeholder = Annotated[str, Meta(extra={"refers": "organisations"})]
"""Key or id of one."""
SameFileKey = Annotated[Key, Meta(extra={"refers": "same"})]
"""Of another entry of the same file."""

Side = Literal["public", "civil-society", "mixed", "private"]
Scope = Literal["local", "regional", "national", "international"]
Running = Literal["announced", "ongoing", "ended", "unknown"]
Domain = Literal["prevention", "protection", "prosecution", "participation"]
TargetGroup = Literal[
    "children",
    "child-victims",
    "children-at-risk",
    "minors-who-offend",
    "adult-survivors",
    "families",
    "professionals",
    "potential-perpetrators",
    "perpetrators",
    "general-public",
]
Cost = Literal["none", "low", "medium", "high"]
Standing = Literal["documented", "declared", "assessed"]
Vouching = Literal["public-sources", "declared", "observed", "evaluated"]
Strength = Literal["not-assessed", "pioneering", "prudent", "promising", "effective"]
Agreement = Literal["not-asked", "asked", "given", "refused"]
SourceKind = Literal[
    "official", "official-mirror", "organisation", "press", "legal-commentary", "parliament", "dataset"
]
Relation = Literal["cited", "invited", "taking-part", "declined", "left"]


class Value(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What all values of a region have in common: immutable, complete, nothing unknown in it."""


class Fact(Value, frozen=True, kw_only=True):
    """Something stated about the world, with where it was read."""

    sources: tuple[SourceKey, ...] = ()
    """Keys in ``sources.toml``."""
    verified: bool = False
    """True: the stated facts were read in the sources. False: shown to the reader as not verified."""
    note: Text = {}
    """What a reader must know about how it was verified, or what remains open."""


class Retirable(Fact, frozen=True, kw_only=True):
    """A vocabulary entry: its key is permanent, its labels are not."""

    former: tuple[Key, ...] = ()
    """Keys this entry had before: records that are loaded already follow; the folder writes the present key."""
    until: date | None = None
    """Retired from this day on: still shown where it is used, no longer offered."""
    replaced_by: SameFileKey | None = None
