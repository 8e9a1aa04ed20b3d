"""API resources of a region as a whole: its documented coverage of the Convention, and the sources it rests on."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from lanzarote.practices.service import facets_of
from lanzarote.territory.cited import cited_sources
from lanzarote.territory.coverage import Cell, CellKind, Line, cover, provisions_by_article
from lanzarote.territory.region_api import PART
from lanzarote.types import CoverageStatement, Key, ListedSource
from lanzarote.web.resources import REGION, ROOT, Answer, Asked, Listed, resource


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
    return asked.part([FactSource(**_fields(one), key=key) for key, one in found])


@resource("/regions/{region}/coverage", tag="Regions", names=(REGION,), query=PART, answers=CoverageList)
def list_coverage(asked: Asked) -> Answer:
    """Documented coverage: each article of the Convention, and what provisions and practices are evidence for it.

    It says what is documented here, and is no assessment of compliance.
    """
    region_id = asked["region"]
    vocabulary = asked.instance.vocabulary(region_id)
    counts = facets_of(asked.instance, region_id).counts({}, facets=("article",))["article"]
    today = _today(vocabulary.header.time_zone)
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
        statements=tuple(CoverageReview(**_fields(one.statement), convention=one.ref) for one in line.statements),
    )


def _evidence(cell: Cell) -> CoverageEvidence:
    return CoverageEvidence(state=cell.kind, count=cell.count)


def _today(time_zone: str) -> date:
    return datetime.now(ZoneInfo(time_zone)).date()


def _fields(value: Struct) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__struct_fields__}


handlers = (list_sources, list_coverage)
