"""API resources that belong to no region: the Convention, and the API's own description."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec
from litestar import HttpMethod, MediaType, Request, Response, route
from litestar.concurrency import sync_to_thread
from msgspec import Struct

from lanzarote.facts import convention, states
from lanzarote.facts.convention import Article, Convention
from lanzarote.web.bound import instance_of
from lanzarote.web.gate import permitted
from lanzarote.web.openapi import describe
from lanzarote.web.resources import CURSOR, LIMIT, ROOT, Answer, Asked, Listed, Parameter, Resource, resource
from lanzarote.web.sharing import OPT

if TYPE_CHECKING:
    pass

ARTICLES = 50
ARTICLE = Parameter(
    name="article", told="Number of an article of the Convention.", between=(1, ARTICLES), sample=lambda *_: "10"
)


class ArticleItem(Struct, frozen=True, kw_only=True):
    """An article of the Convention: its heading and shape, never its text."""

    number: int
    chapter: int
    heading: dict[str, str]
    heading_verified: dict[str, bool]
    """Language → whether this very wording was seen in a copy of the official text."""
    paragraphs: int
    """How many numbered paragraphs; 0 is a single unnumbered one."""
    note: dict[str, str]
    """A summary in our own words."""


class ReservationItem(Struct, frozen=True, kw_only=True):
    """What a State does not apply, or applies within limits, as it was listed on one day."""

    state: str
    """ISO 3166 code."""
    under: str
    """The paragraph of the Convention that allows it."""
    limits: tuple[str, ...]
    """What of the Convention it limits."""
    summary: dict[str, str]
    """In our own words."""
    as_of: date
    """What was withdrawn or added since is not known."""
    source: convention.Source


class ArticleDocument(ArticleItem, frozen=True, kw_only=True):
    """An article with its chapter and where its heading was read."""

    chapter_title: dict[str, str]
    sources: tuple[convention.Source, ...]
    reservations: tuple[ReservationItem, ...]


class CommonSectorItem(Struct, frozen=True, kw_only=True):
    """A sector that the sectors of all regions are mapped to."""

    key: str
    name: dict[str, str]
    convention: str | None
    """Where the Convention names it, if it does."""


class ArticleList(Listed[ArticleItem], frozen=True, kw_only=True):
    pass


class CommonSectorList(Listed[CommonSectorItem], frozen=True, kw_only=True):
    pass


@resource("/convention/articles", tag="Convention", query=(CURSOR, LIMIT), answers=ArticleList)
def list_articles(asked: Asked) -> Answer:
    """Articles of the Lanzarote Convention (CETS 201)."""
    return asked.part([_item(article) for article in convention.convention().articles])


@resource("/convention/articles/{article}", tag="Convention", names=(ARTICLE,), answers=ArticleDocument)
def get_article(asked: Asked) -> Answer:
    """One article of the Convention."""
    whole = convention.convention()
    article = whole.article(int(asked["article"]))
    document = ArticleDocument(
        **_shape(article),
        chapter_title=whole.chapter(article.chapter).title,
        sources=tuple(_sources(whole, article)),
        reservations=tuple(_reservation(one) for one in states.reservations_about(article.number)),
    )
    return Answer(msgspec.json.encode(document))


@resource("/convention/common-sectors", tag="Convention", query=(CURSOR, LIMIT), answers=CommonSectorList)
def list_common_sectors(asked: Asked) -> Answer:
    """Common sectors, to which every region maps its own."""
    return asked.part(
        [
            CommonSectorItem(key=one.key, name=one.name, convention=str(one.reference) if one.reference else None)
            for one in convention.common_sectors()
        ]
    )


def _item(article: Article) -> ArticleItem:
    return ArticleItem(**_shape(article))


def _shape(article: Article) -> dict[str, Any]:
    return {name: getattr(article, name) for name in ArticleItem.__struct_fields__}


def _reservation(one: states.Reservation) -> ReservationItem:
    return ReservationItem(
        state=one.state,
        under=str(one.allowed_by),
        limits=tuple(map(str, one.limits)),
        summary=one.summary,
        as_of=one.as_of,
        source=states.sources()[one.source],
    )


def _sources(whole: Convention, article: Article) -> list[convention.Source]:
    return [whole.sources[key] for key in article.sources if key in whole.sources]


@route(
    f"{ROOT}/openapi.json",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    include_in_schema=False,
    guards=[permitted],
    opt={"may": "public", OPT: "always"},
)
async def openapi(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The description of the API, made anew whenever public content changes."""
    instance = instance_of(request)
    resources = [
        described
        for one in request.app.routes
        for handler in getattr(one, "route_handlers", ())
        if isinstance(described := handler.opt.get("resource"), Resource)
        and (described.there is None or described.there(instance))
    ]
    resources.sort(key=lambda described: (described.path, getattr(described, "method", "")))
    body = await sync_to_thread(
        instance.kept, "openapi", None, lambda: describe(resources, instance, instance.settings.base_url)
    )
    return Response(body, media_type=MediaType.JSON)


handlers = (list_articles, get_article, list_common_sectors, openapi)
