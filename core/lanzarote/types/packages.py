"""What a package contributes through hooks: regions, national law, catalogues, file formats; and who a region is."""

from __future__ import annotations

from datetime import date
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct

from lanzarote.types.values import Fact, Key, Language, PartialDate, SectorKey, Text, Value, WebAddress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


Purpose = dict[Language, Annotated[str, Meta(min_length=1, max_length=20_000, extra_json_schema={"maxLength": 4_000})]]


class Objective(Value, frozen=True, kw_only=True):
    key: Key
    text: Purpose


class Mandate(Fact, frozen=True, kw_only=True):
    """What the working group is asked to do; dated versions, as its objectives may evolve."""

    version: int
    since: PartialDate | None = None
    adopted_by: Text = {}
    title: Text = {}
    objectives: tuple[Objective, ...]


class Episode(Fact, frozen=True, kw_only=True):
    """A dated step in the history of the territory or of the working group."""

    when: PartialDate
    until: PartialDate | None = None
    text: Text
    about: Literal["territory", "group"] = "group"


class Figure(Fact, frozen=True, kw_only=True):
    """A context figure that belongs to no single practice."""

    value: float
    unit: Text
    period: str
    text: Text


class ConventionStatus(Fact, frozen=True, kw_only=True):
    """When the Convention began to bind the State the territory belongs to."""

    signed: date | None = None
    ratified: PartialDate | None = None
    in_force: date | None = None
    act: Text = {}
    url: WebAddress | None = None


class RegionHeader(Fact, frozen=True, kw_only=True):
    """``region.toml``: who the region is. Read before any code of its package is imported."""

    format: int
    """Version of this format: 1."""
    requires_api: str
    """Range of the platform's API, such as ``">=1,<2"``; read before the package is imported."""
    id: Key
    """Permanent; is in every address of the region."""
    territory: Annotated[str, Meta(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
    """ISO 3166-1 or 3166-2."""
    name: Text
    """What the territory is called."""
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)]
    """The first is the one texts are written in unless they say otherwise."""
    draft: tuple[Language, ...] = ()
    """Languages whose labels await a native reader's review."""
    time_zone: str
    """IANA name, such as ``Europe/Paris``."""
    law: tuple[Annotated[str, Meta(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")], ...] = ()
    """Legal frameworks it uses, by territory; contributed through ``legal_frameworks()``."""
    leading_sectors: tuple[SectorKey, ...] = ()
    """Sectors that lead the response to a suspicion here."""
    personal_identifiers: tuple[str, ...] = ()
    """python-stdnum modules of the personal numbers in use, such as ``fr.nir``."""
    licence: str = "CC-BY-4.0"
    """SPDX identifier of the licence its content is published under."""
    description: Text = {}
    """Two or three sentences on the territory, for its home page and the list of regions."""
    former_name: Text = {}
    """A name of the territory in older documents."""
    contact: str | None = None
    """Public contact of the team: a role address, never a person's."""
    convention_status: ConventionStatus | None = None
    """``[convention_status]``: since when the State is bound."""
    mandates: tuple[Mandate, ...] = ()
    """``[[mandates]]``, oldest first."""
    history: tuple[Episode, ...] = ()
    """``[[history]]`` of the territory and of the group, in any order."""
    figures: tuple[Figure, ...] = ()
    """``[[figures]]`` of context."""


class FrameworkHeader(Value, frozen=True, kw_only=True):
    """``framework.toml``."""

    format: int
    id: Annotated[str, Meta(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
    name: Text
    languages: tuple[Language, ...]
    draft: tuple[Language, ...] = ()
    """Languages whose labels await a native reader's review."""


class Catalogue(Struct, frozen=True, kw_only=True):
    """Translations of the platform's own words into one language."""

    language: str
    path: Traversable
    """A ``.po`` file."""
    domain: str = "lanzarote"


class Folder(Struct, frozen=True, kw_only=True):
    """A folder of facts inside a package; nothing in it is read until somebody asks."""

    path: Traversable


class Region(Folder, frozen=True, kw_only=True):
    """A region package's contribution: the folder that describes the region."""

    @classmethod
    def from_folder(cls, path: Traversable) -> Region:
        """*path* holds ``region.toml``: ``Region.from_folder(files(__name__) / "region")``."""
        return cls(path=path)


class LegalFramework(Folder, frozen=True, kw_only=True):
    """National law that several regions share: a folder with ``framework.toml``, ``sources.toml`` and ``law/``."""

    @classmethod
    def from_folder(cls, path: Traversable) -> LegalFramework:
        return cls(path=path)


class Table(Struct, frozen=True, kw_only=True):
    """A list as a reader sees it on the page, ready to be written to a file."""

    title: str
    columns: tuple[str, ...]
    rows: Iterable[tuple[str | int | float | date | None, ...]]
    language: str
    licence: str = "CC-BY-4.0"
    note: str = ""
    """Where the list comes from, as of when; exporters put it where their format has room for it."""


class Exporter(Struct, frozen=True, kw_only=True):
    """A file format that any list can be downloaded in."""

    format: Key
    """Stands in the address: ``?format=csv``."""
    label: str
    media_type: str
    extension: str
    write: Callable[[Table], bytes]
