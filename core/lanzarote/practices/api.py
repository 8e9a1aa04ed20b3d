"""API resources of practices: lists with filters and search, one practice, its versions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, get_args

import msgspec
from msgspec import Struct

from lanzarote.errors import Gone, NotFound
from lanzarote.facts.convention import common_sectors
from lanzarote.practices import service
from lanzarote.practices.facet_choices import index_filters
from lanzarote.practices.facets import FACETS, OWN
from lanzarote.practices.model import Card, Document
from lanzarote.practices.service import facets_of
from lanzarote.search import paging
from lanzarote.store.ids import is_id
from lanzarote.types import Cost, Domain, Running, Scope, Side, Standing, TargetGroup
from lanzarote.web import labels
from lanzarote.web.openapi import ARTICLES
from lanzarote.web.resources import (
    CURSOR,
    KEY,
    LIMIT,
    REGION,
    Answer,
    Asked,
    Listed,
    Parameter,
    cursor,
    list_of,
    resource,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lanzarote.instance import Instance
    from lanzarote.practices.facets import FacetIndex

_encode = msgspec.json.Encoder().encode


def _filter(name: str, told: str, **more: Any) -> Parameter:
    return Parameter(name=name, told=f"{told} Repeated: one of them.", many="repeated", **more)


def _answers(instance: Instance, region_id: str | None) -> tuple[str, ...]:
    """What can be answered today, and what practices answered before the questions changed."""
    given = (
        f"{question}:{answer}"
        for facet, answers in facets_of(instance, region_id).masks.items()
        if (question := facet.partition(":")[2])
        for answer in answers
    )
    return tuple(dict.fromkeys((*labels.answers(instance, region_id), *given)))


FILTERS = (
    _filter("sector", "Key of a sector, present or former.", pattern=KEY, known=labels.sectors),
    _filter("common", "Common sector.", choices=lambda: tuple(one.key for one in common_sectors())),
    _filter("side", "Side of a partner; `both`: public and civil society.", choices=(*get_args(Side), "both")),
    _filter("article", "Article of the Convention, by number; its paragraphs count under it.", between=(1, ARTICLES)),
    _filter("domain", "Domain, one of the four Ps.", choices=get_args(Domain)),
    _filter("target", "Target group.", choices=get_args(TargetGroup)),
    _filter("standing", "How the practice is known.", choices=get_args(Standing)),
    _filter("running", "Whether it still runs.", choices=get_args(Running)),
    _filter("scope", "Scope of the practice.", choices=get_args(Scope)),
    _filter("cost", "Cost, where it is known.", choices=get_args(Cost)),
)
OWN_ANSWERS = _filter(
    OWN,
    "Answer to one of the region's own questions, `question:answer`, as in `answers` of its practices; `yes` or `no` "
    "where it asks that. Answers to several questions: all of them.",
    pattern=KEY[:-1] + ":" + KEY[1:],
    longest=129,
    known=_answers,
)
REGIONS = _filter("region", "Id of a region.", pattern=KEY, known=lambda instance, _: tuple(instance.headers()))
NAMES = tuple(parameter.name for parameter in FILTERS)
Q = Parameter(
    name="q",
    told="Words, in any of their forms; accents and case do not matter, nor how a number is spaced. "
    "What holds all of them comes first, then what holds some. Signs alone narrow nothing.",
    longest=200,
    shortest=0,
)
COUNTED = Parameter(name="facets", told="Facets to count, separated by commas.", choices=(*NAMES, OWN), many="commas")
COUNTED_OF_ALL = Parameter(name="facets", told=COUNTED.told, choices=FACETS, many="commas")
PLACE = cursor(paging.CURSOR, 60)
FEWER = Parameter(name="limit", told="How many items to send at most.", between=(1, 100), default=20)


def _first_slug(instance: Instance, names: Mapping[str, str]) -> str | None:
    return next((card.slug for card in service.all_cards(instance.database, names["region"])), None)


PRACTICE = Parameter(
    name="practice", told="Slug of the practice, present or former, or its id.", longest=100, sample=_first_slug
)
VERSION = Parameter(name="version", told="Number of the version.", between=(1, 999_999_999), sample=lambda *_: "1")


class PracticeList(Listed[Card], frozen=True, kw_only=True):
    counts: dict[str, dict[str, int]]
    """For each facet in `facets`: value → how many practices it would show beside the other filters."""


class VersionItem(Struct, frozen=True, kw_only=True):
    """A version of a practice; permanent."""

    number: int
    at: datetime
    published: bool
    """It is the one the public reads now."""


@resource(
    "/regions/{region}/practices",
    tag="Practices",
    names=(REGION,),
    query=(*FILTERS, OWN_ANSWERS, Q, COUNTED, PLACE, LIMIT),
    answers=PracticeList,
)
def list_practices(asked: Asked) -> Answer:
    """Practices of a region, the newest first, or those that hold the words searched for.

    Practices "documented" are known from public sources and were not assessed by the region's working group.
    """
    region_id = asked["region"]
    page = _page(asked, facets_of(asked.instance, region_id), _filters(asked, region_id), region_id, asked.limit)
    return asked.listed(page.cards, page.total, page.next, counts=_by_name(page.counts))


@resource(
    "/regions/{region}/practices/{practice}",
    tag="Practices",
    names=(REGION, PRACTICE),
    answers=Document,
    may_move=True,
)
def get_practice(asked: Asked) -> Answer:
    """One practice, as the public reads it."""
    region_id, name = asked["region"], asked["practice"]
    asked.instance.header(region_id)
    try:
        return Answer(service.document(asked.instance.database, region_id, name))
    except NotFound:
        return _elsewhere(asked, region_id, name)


@resource(
    "/regions/{region}/practices/{practice}/versions",
    tag="Practices",
    names=(REGION, PRACTICE),
    query=(CURSOR, LIMIT),
    answers=list_of(VersionItem),
    bounded=False,
    may_move=True,
)
def list_versions(asked: Asked) -> Answer:
    """Versions of a practice that the public has read, newest first."""
    region_id, slug = asked["region"], asked["practice"]
    with asked.instance.database.read(_shown(asked, region_id)) as session:
        if (present := _present(asked, region_id, slug)) != slug:
            return asked.moved("regions", region_id, "practices", present, "versions")
        lines = service.versions(session, slug)
    return asked.part([VersionItem(number=one.number, at=one.at, published=one.published) for one in lines])


@resource(
    "/regions/{region}/practices/{practice}/versions/{version}",
    tag="Practices",
    names=(REGION, PRACTICE, VERSION),
    answers=Document,
    bounded=False,
    may_move=True,
)
def get_version(asked: Asked) -> Answer:
    """One version of a practice, as it would be read today."""
    region_id, slug, number = asked["region"], asked["practice"], int(asked["version"])
    with asked.instance.database.read(_shown(asked, region_id)) as session:
        if (present := _present(asked, region_id, slug)) != slug:
            return asked.moved("regions", region_id, "practices", present, "versions", str(number))
        document, _ = service.version_document(session, slug, number)
    return Answer(msgspec.json.encode(document))


def _filters(asked: Asked, region_id: str | None) -> dict[str, Sequence[str]]:
    filters = {name: asked.many(name) for name in (*NAMES, OWN) if name in asked.given}
    return index_filters(filters, asked.instance.vocabulary(region_id) if region_id is not None else None)


def _by_name(counts: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """*counts* under the names that narrow the list: the region's own questions together."""
    told: dict[str, dict[str, int]] = {}
    for facet, values in counts.items():
        name, _, question = facet.partition(":")
        told.setdefault(name, {}).update({f"{question}:{key}" if question else key: n for key, n in values.items()})
    return told


def _page(
    asked: Asked, index: FacetIndex, filters: Mapping[str, Sequence[str]], region_id: str | None, limit: int
) -> service.Page:
    database = asked.instance.database
    return service.page(
        database,
        index,
        filters=filters,
        found=service.look(database, index, asked.one("q") or "", "", region_id, asked.instance.meaning(region_id)),
        cursor=asked.one("cursor"),
        limit=limit,
        facets=asked.many("facets"),
    )


def _shown(asked: Asked, region_id: str) -> str:
    """*region_id*, if the public may read the region. Raises NotFound."""
    return asked.instance.header(region_id).id


def _elsewhere(asked: Asked, region_id: str, name: str) -> Answer:
    """A practice asked for by its id or a former slug, or why there is none."""
    if is_id(name):
        return Answer(service.document_of(asked.instance.database, region_id, name))
    return asked.moved("regions", region_id, "practices", _present(asked, region_id, name))


def _present(asked: Asked, region_id: str, slug: str) -> str:
    """The slug the practice has now. Raises NotFound, Gone."""
    with asked.instance.database.read(region_id) as session:
        found = service.withdrawn_or_slug(session, slug)
    if not isinstance(found, str):
        day = asked.instance.vocabulary(region_id).day_of(found)
        raise Gone(f"This practice was withdrawn on {day.isoformat()}.")
    return found


handlers = (list_practices, get_practice, list_versions, get_version)
