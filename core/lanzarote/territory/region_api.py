"""API resources of a region: vocabulary, sectors, law, ages, helplines, mandates, coverage, sources."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import asdict

from lanzarote.practices.service import facets_of
from lanzarote.records.records import now
from lanzarote.regions.vocabulary import wording
from lanzarote.territory.coverage import Cell, CellKind, Line, cover, provisions_by_article
from lanzarote.territory.references import cited_sources
from lanzarote.types import (
    AgeLimit,
    ConventionLink,
    ConventionStatus,
    CoverageStatement,
    Episode,
    Helpline,
    Instrument,
    Key,
    Language,
    ListedSource,
    Mandate,
    Provision,
    ProvisionVersion,
    RegionHeader,
    Sector,
    Text,
)
from lanzarote.web.resources import CURSOR, LIMIT, REGION, ROOT, Answer, Asked, Listed, resource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lanzarote.regions.vocabulary import Vocabulary


class RegionItem(Struct, frozen=True, kw_only=True):
    """A region in the list."""

    id: Key
    territory: str
    """ISO 3166-1 or 3166-2."""
    name: Text
    languages: tuple[Language, ...]
    time_zone: str
    licence: str
    """Under which its content may be used."""
    description: Text


class EpisodeItem(Episode, frozen=True, kw_only=True, omit_defaults=False):
    """A dated step in the history of the territory or of the working group."""


class StatusItem(ConventionStatus, frozen=True, kw_only=True, omit_defaults=False):
    """When the Convention began to bind the State the territory belongs to."""


class RegionDocument(RegionItem, frozen=True, kw_only=True):
    """A region: who it is and what its working group is asked to do."""

    draft: tuple[Language, ...]
    """Languages whose labels await a native reader's review."""
    law: tuple[str, ...]
    """Legal frameworks it uses, by territory."""
    leading_sectors: tuple[Key, ...]
    former_name: Text
    contact: str | None
    convention_status: StatusItem | None
    history: tuple[EpisodeItem, ...]


class SectorItem(Sector, frozen=True, kw_only=True, omit_defaults=False):
    """A field of work in the region."""

    key: Key
    retired: bool
    """No longer offered; still shown where it is used."""


class LinkItem(ConventionLink, frozen=True, kw_only=True, omit_defaults=False):
    """A mapping to the Convention; editorial unless a lawyer of the region confirmed it."""


class WordingItem(ProvisionVersion, frozen=True, kw_only=True, omit_defaults=False):
    """One wording of a provision, summarised."""

    convention: tuple[LinkItem, ...]
    in_force: Annotated[
        bool | None,
        Meta(description="Whether this wording is in force today; null: nobody verified it in a source."),
    ]


class ProvisionItem(Provision, frozen=True, kw_only=True, omit_defaults=False):
    """A dated article of law with all its versions; its mapping to the Convention is editorial unless confirmed."""

    key: Key
    versions: tuple[WordingItem, ...]
    retired: bool
    about: Instrument | None
    """The code, act or decree it belongs to."""


class AgeItem(AgeLimit, frozen=True, kw_only=True, omit_defaults=False):
    """An age or time limit that the law sets."""

    key: Key
    retired: bool


class HelplineItem(Helpline, frozen=True, kw_only=True, omit_defaults=False):
    """Where a child, a witness or someone who fears to offend can turn."""

    key: Key
    retired: bool


class RegionList(Listed[RegionItem], frozen=True, kw_only=True):
    pass


class SectorList(Listed[SectorItem], frozen=True, kw_only=True):
    pass


class ProvisionList(Listed[ProvisionItem], frozen=True, kw_only=True):
    pass


class AgeList(Listed[AgeItem], frozen=True, kw_only=True):
    pass


class HelplineList(Listed[HelplineItem], frozen=True, kw_only=True):
    pass


class MandateItem(Mandate, frozen=True, kw_only=True, omit_defaults=False):
    """One dated version of the mandate."""

    adopted_on: date | None
    """Day of the meeting of the group that adopted it; null: its package ships it."""


class MandateList(Listed[MandateItem], frozen=True, kw_only=True):
    pass


PART = (CURSOR, LIMIT)


@resource("/regions", tag="Regions", query=PART, answers=RegionList)
def list_regions(asked: Asked) -> Answer:
    """Regions that this instance shows."""
    return asked.part([RegionItem(**_shape(RegionItem, header)) for header in asked.instance.headers().values()])


@resource("/regions/{region}", tag="Regions", names=(REGION,), answers=RegionDocument)
def get_region(asked: Asked) -> Answer:
    """One region."""
    header = asked.instance.header(asked["region"])
    status = header.convention_status
    told = _shape(RegionDocument, header) | {
        "convention_status": status and StatusItem(**asdict(status)),
        "history": tuple(EpisodeItem(**asdict(episode)) for episode in header.history),
    }
    return Answer(msgspec.json.encode(RegionDocument(**told)))


@resource("/regions/{region}/mandates", tag="Regions", names=(REGION,), query=PART, answers=MandateList)
def list_mandates(asked: Asked) -> Answer:
    """What the region's working group is asked to do, in dated versions."""
    found = asked.instance.mandates(asked["region"])
    return asked.part([MandateItem(**asdict(one.mandate), adopted_on=one.status.on) for one in found])


@resource("/regions/{region}/sectors", tag="Vocabulary", names=(REGION,), query=PART, answers=SectorList)
def list_sectors(asked: Asked) -> Answer:
    """Sectors of the region, mapped to the common ones."""
    return asked.part(list(_entries(asked, "sector", SectorItem)))


@resource("/regions/{region}/provisions", tag="Vocabulary", names=(REGION,), query=PART, answers=ProvisionList)
def list_provisions(asked: Asked) -> Answer:
    """Provisions of law that apply in the region."""
    vocabulary = asked.instance.vocabulary(asked["region"])
    return asked.part([_provision(vocabulary, key, provision) for key, provision in vocabulary.provisions.items()])


def _provision(vocabulary: Vocabulary, key: str, provision: Provision) -> ProvisionItem:
    today = vocabulary.day_of(now())
    return ProvisionItem(
        **asdict(provision) | {"versions": tuple(_wording(provision, one, today) for one in provision.versions)},
        key=key,
        retired=vocabulary.is_retired("provision", key),
        about=vocabulary.instruments.get(provision.instrument),
    )


def _wording(provision: Provision, version: ProvisionVersion, today: date) -> WordingItem:
    links = tuple(LinkItem(ref=link.ref, confirmed=link.confirmed) for link in version.convention)
    return WordingItem(
        **asdict(version) | {"convention": links},
        in_force=_in_force(provision, version, today) if version.verified else None,
    )


def _in_force(provision: Provision, version: ProvisionVersion, today: date) -> bool:
    begun = version is wording(provision, today) and (version.since is None or version.since <= today)
    return begun and (version.until is None or version.until > today)


@resource("/regions/{region}/ages", tag="Vocabulary", names=(REGION,), query=PART, answers=AgeList)
def list_ages(asked: Asked) -> Answer:
    """Ages and time limits that the law sets."""
    return asked.part(list(_entries(asked, "age", AgeItem)))


@resource("/regions/{region}/helplines", tag="Vocabulary", names=(REGION,), query=PART, answers=HelplineList)
def list_helplines(asked: Asked) -> Answer:
    """Where a child, a witness or someone who fears to offend can turn."""
    return asked.part(list(_entries(asked, "helpline", HelplineItem)))


def _entries(asked: Asked, kind: str, item: type[Struct]) -> Iterator[Struct]:
    """Vocabulary entries of a kind, each with its key."""
    vocabulary = asked.instance.vocabulary(asked["region"])
    entries: Mapping[str, Struct] = vocabulary.entries.get(kind, {})
    for key, value in entries.items():
        yield item(**asdict(value), key=key, retired=vocabulary.is_retired(kind, key))


def _shape(kind: type[RegionItem], header: RegionHeader) -> dict[str, Any]:
    """What the header says of the fields of *kind*."""
    return {name: getattr(header, name) for name in kind.__struct_fields__}


# --- The documented coverage of the Convention, and the sources that public facts rest on ---


class FactSource(ListedSource, frozen=True, kw_only=True, omit_defaults=False):
    """A document that public facts were read in."""

    key: Key


class FactSourceList(Listed[FactSource], frozen=True, kw_only=True):
    pass


class CoverageEvidence(Struct, frozen=True, kw_only=True):
    """What is documented of one kind. *Unknown*: nobody looked; *none*: a body looked and found nothing."""

    state: CellKind
    count: int


class CoverageReview(CoverageStatement, frozen=True, kw_only=True, omit_defaults=False):
    """What a body stated after it looked."""

    convention: str
    """The article, or the part of it, that was looked at."""


class CoverageItem(Struct, frozen=True, kw_only=True):
    """What is documented for one article. It is no assessment of compliance."""

    article: int
    provisions: CoverageEvidence
    provision_keys: tuple[Key, ...]
    practices: CoverageEvidence
    practices_at: str
    """Where the practices are listed."""
    statements: tuple[CoverageReview, ...]


class CoverageList(Listed[CoverageItem], frozen=True, kw_only=True):
    pass


@resource(
    "/regions/{region}/sources", tag="Vocabulary", names=(REGION,), query=PART, answers=FactSourceList, bounded=False
)
def list_sources(asked: Asked) -> Answer:
    """Sources that public facts of the region cite."""
    vocabulary = asked.instance.vocabulary(asked["region"])
    cited = {vocabulary.present_key("source", key) for key in cited_sources(asked.instance, asked["region"])}
    found = ((key, one) for key, one in vocabulary.sources.items() if key in cited)
    return asked.part([FactSource(**asdict(one), key=key) for key, one in found])


@resource("/regions/{region}/coverage", tag="Regions", names=(REGION,), query=PART, answers=CoverageList)
def list_coverage(asked: Asked) -> Answer:
    """Documented coverage: each article of the Convention, and what provisions and practices are evidence for it.

    It says what is documented here, and is no assessment of compliance.
    """
    region_id = asked["region"]
    vocabulary = asked.instance.vocabulary(region_id)
    counts = facets_of(asked.instance, region_id).counts({}, facets=("article",))["article"]
    today = vocabulary.day_of(now())
    keys = provisions_by_article(vocabulary, today)
    lines = cover(vocabulary, counts, today).lines
    there = f"{asked.instance.settings.base_path}{ROOT}/regions/{region_id}/practices"
    return asked.part([_item(line, keys.get(line.article.number, ()), there) for line in lines])


def _item(line: Line, keys: tuple[str, ...], practices: str) -> CoverageItem:
    return CoverageItem(
        article=line.article.number,
        provisions=_evidence(line.provisions),
        provision_keys=keys,
        practices=_evidence(line.practices),
        practices_at=f"{practices}?article={line.article.number}",
        statements=tuple(CoverageReview(**asdict(one), convention=ref) for ref, one in line.statements),
    )


def _evidence(cell: Cell) -> CoverageEvidence:
    return CoverageEvidence(state=cell.kind, count=cell.count)
