"""The API's description (OpenAPI 3.1), made from the resources themselves, and the resources of no region."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec
from litestar import HttpMethod, MediaType, Request, Response, route
from litestar.concurrency import sync_to_thread
from msgspec import Struct

from lanzarote import __version__
from lanzarote.errors import LanzaroteError
from lanzarote.facts import convention, states
from lanzarote.facts.convention import Article, Convention
from lanzarote.web.changing import KEY, TAG, Change
from lanzarote.web.gate import instance_of, permitted
from lanzarote.web.problems import PROBLEM_JSON, Problem
from lanzarote.web.resources import CURSOR, LIMIT, ROOT, Answer, Asked, Listed, Parameter, Resource, resource
from lanzarote.web.sharing import OPT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lanzarote.instance import Instance
    from lanzarote.web.resources import Taken


REF = "#/components/schemas/{name}"
DESCRIPTION = (
    "Practices of co-operation against the sexual abuse and exploitation of children, by region. What is published can "
    "be read without an account. Answers that have not changed are not sent again: give their ETag in If-None-Match. "
    "What is not published is read, and everything changed, with a personal token of a member of the region's team. "
    "Later versions may add fields."
)
PROBLEMS = {
    400: "A parameter is unknown, repeated or cannot be used; the detail names it and says what can.",
    401: "There is no token, or it is wrong, has ended or was taken back.",
    403: "The token, or its owner, may not do this here; the detail says why.",
    404: "There is nothing at this address, or nothing that you may read: the two are told alike.",
    405: "This address does not take this method; Allow says which it takes.",
    409: "It cannot be done in the state it is in, or somebody else is writing the same; the detail says which.",
    410: "What stood here was withdrawn or erased.",
    412: "It was changed since you read it. ETag and `version` say where it is now.",
    413: "It is too large.",
    415: "Changes are sent as application/json, and not compressed.",
    422: "It cannot be taken: `errors`, `concerns` or `objections` say where and why. None of it was kept.",
    428: "If-Match is missing: say which state you read.",
    429: "Too many wrong tokens came from where you are; Retry-After says how long to wait.",
    503: "There is no room for it just now; Retry-After says when to try again.",
}
READS = (400, 405, 429)
READS_OF_TEAM = (*READS, 401, 403)
CHANGES = (*READS_OF_TEAM, 413, 415, 422)
TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "description": "A personal token (`lz_…`), made on the page of one's account: some of what its owner may.",
}


def describe(resources: Sequence[Resource], instance: Instance, base_url: str) -> bytes:
    """Describe *resources* in OpenAPI 3.1, with examples of what this instance answers now."""
    taken = [one.takes.answers for one in resources if one.takes]
    kinds = [Problem, *taken]
    kinds += [kind for one in resources for kind in (one.answers, getattr(one, "body", None)) if kind]
    schemas, components = msgspec.json.schema_components(kinds, ref_template=REF)
    told = dict(zip(kinds, schemas, strict=True))
    for name, struct in _structs([Problem, *(one.answers for one in resources if one.answers), *taken]).items():
        if not struct.__struct_config__.omit_defaults and name in components:
            components[name]["required"] = list(struct.__struct_encode_fields__)
    for field in (field for one in components.values() for field in one.get("properties", {}).values()):
        # Stored text may lack what is asked for since; what is sent may not.
        if field.get("minItems") and len(field.get("default", ())) < field["minItems"]:
            field.pop("default", None)
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Lanzarote platform",
            "version": __version__,
            "description": DESCRIPTION,
            "license": {"name": "CC BY 4.0 (content)", "identifier": "CC-BY-4.0"},
        },
        "servers": [{"url": base_url}] if base_url else [{"url": "/"}],
        "security": [{}],
        "tags": [{"name": name} for name in dict.fromkeys(resource.tag for resource in resources)],
        "paths": _paths(resources, told, instance),
        "components": {"schemas": components, "securitySchemes": {"token": TOKEN}},
    }
    return msgspec.json.encode(document)


def _paths(resources: Sequence[Resource], told: Mapping[Any, Any], instance: Instance) -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for one in resources:
        at = paths.setdefault(ROOT + one.path, {})
        if isinstance(one, Change):
            at[one.method.lower()] = _change(one, told, instance)
        else:
            at["get"] = _operation(one, told, instance)
            if one.takes:
                at["post"] = _taken(one, one.takes, told, instance)
    return paths


def _taken(resource: Resource, taken: Taken, told: Mapping[Any, Any], instance: Instance) -> dict[str, Any]:
    """What can be sent to a resource's address that is no JSON."""
    samples = _samples(resource, instance)
    problem = {PROBLEM_JSON: {"schema": told[Problem]}}
    good = {"description": "It is taken.", "content": {"application/json": {"schema": told[taken.answers]}}}
    refused = {str(one): {"description": PROBLEMS[one], "content": problem} for one in sorted(taken.statuses)}
    return {
        "operationId": taken.name,
        "tags": [resource.tag],
        "summary": taken.summary,
        "description": taken.details,
        "parameters": [_parameter(one, "path", samples.get(one.name), instance) for one in resource.names],
        "requestBody": {"required": True, "content": {taken.takes: {}}},
        "responses": {"200": good} | refused,
        "security": [{}],
    }


def _change(change: Change, told: Mapping[Any, Any], instance: Instance) -> dict[str, Any]:
    samples = _samples(change, instance)
    headers = {"ETag": _header("Stands for the state it is in now.")} if change.tagged else {}
    if change.status == 201:
        headers["Location"] = _header("Where it stands.") | {"required": True}
    good: dict[str, Any] = {"description": "It is done.", "headers": headers}
    if change.answers:
        good["content"] = {"application/json": {"schema": told[change.answers]}}
    statuses = [*CHANGES, 404, 409] + ([412, 428] if change.match else []) + ([410] if change.may_be_gone else [])
    described = _described(change, told, statuses)
    described["responses"] = {str(change.status): good, **described["responses"]}
    described["parameters"] = [
        *(_parameter(one, "path", samples.get(one.name)) for one in change.names),
        *_conditions(change),
    ]
    if change.body:
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": told[change.body]}}}
    return described


def _conditions(change: Change) -> Iterable[dict[str, Any]]:
    """What is asked for in headers."""
    key = {"type": "string", "pattern": KEY, "minLength": 1, "maxLength": 128}
    told = (
        "1 to 128 visible ASCII characters for this request alone, such as a UUID: sent again, nothing is done twice."
    )
    yield {
        "name": "Idempotency-Key",
        "in": "header",
        "description": told,
        "required": change.method == "POST",
        "schema": key,
    }
    if change.match:
        tag = {"type": "string", "pattern": f"^{TAG}$"}
        told = "The ETag of what you read."
        yield {"name": "If-Match", "in": "header", "description": told, "required": True, "schema": tag}


def _described(resource: Resource, told: Mapping[Any, Any], statuses: Iterable[int]) -> dict[str, Any]:
    problem = {PROBLEM_JSON: {"schema": told[Problem]}}
    return {
        "operationId": resource.function.__name__,
        "tags": [resource.tag],
        "summary": resource.summary,
        **({"description": resource.details} if resource.details else {}),
        "responses": {
            str(status): {"description": PROBLEMS[status], "content": problem} for status in sorted(statuses)
        },
        "security": [{}] if resource.may == "public" else [{"token": []}],
    }


def _operation(resource: Resource, told: Mapping[Any, Any], instance: Instance) -> dict[str, Any]:
    public = resource.may == "public"
    samples = _samples(resource, instance)
    content: dict[str, Any] = {"schema": told[resource.answers]}
    if public and (example := _example(resource, samples, instance)) is not None:
        content["example"] = example
    headers = {"ETag": _header("Changes whenever the answer does.")}
    if "cursor" in resource.query:
        headers["Link"] = _header('Address of the next part of the list, with `rel="next"`.')
    responses: dict[str, Any] = {
        "200": {"description": "What was asked for.", "content": {"application/json": content}, "headers": headers},
        "304": {"description": "What you have has not changed."},
    }
    if resource.may_move:
        where = {"Location": _header("Where it stands now.") | {"required": True}}
        responses["301"] = {"description": "It stands at another address now.", "headers": where}
    statuses = [*(READS if public else READS_OF_TEAM), 401]
    if resource.names:
        statuses += [404, 410] if resource.may_move or not public else [404]
    described = _described(resource, told, set(statuses))
    described["responses"] = responses | described["responses"]
    described["parameters"] = [
        *(_parameter(one, "path", samples.get(one.name), instance) for one in resource.names),
        *(_parameter(one, "query", None, instance) for one in resource.query.values()),
    ]
    return described


def _parameter(
    parameter: Parameter, place: str, sample: str | None, instance: Instance | None = None
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": parameter.name,
        "in": place,
        "description": parameter.told,
        "required": place == "path",
        "schema": parameter.schema(instance),
    }
    if parameter.many:
        told |= {"style": "form", "explode": parameter.many == "repeated"}
    if sample is not None:
        told["example"] = int(sample) if parameter.between else sample
    return told


def _header(told: str) -> dict[str, Any]:
    return {"description": told, "schema": {"type": "string"}}


def _samples(resource: Resource, instance: Instance) -> dict[str, str]:
    samples: dict[str, str] = {}
    for parameter in resource.names:
        value = parameter.sample(instance, samples) if parameter.sample else None
        if value is None:
            break
        samples[parameter.name] = value
    return samples


def _example(resource: Resource, samples: Mapping[str, str], instance: Instance) -> Any:
    """What the resource answers here to its samples, one item of a list; None when there is nothing to show."""
    if len(samples) < len(resource.names):
        return None
    path = ROOT + resource.path.format(**samples)
    query = b"limit=1" if LIMIT.name in resource.query else b""
    try:
        return msgspec.json.decode(resource.answer(resource.read(instance, path, samples, query)).body)
    except LanzaroteError:
        return None


def _structs(types: Iterable[Any]) -> dict[str, Any]:
    """All structs in *types*, by the name their schema has."""
    found: dict[str, Any] = {}
    waiting: list[Any] = [msgspec.inspect.type_info(kind) for kind in types]
    while waiting:
        info = waiting.pop()
        if isinstance(info, msgspec.inspect.StructType):
            if info.cls.__name__ in found:
                continue
            found[info.cls.__name__] = info.cls
            waiting.extend(field.type for field in info.fields)
        else:
            inner = [getattr(info, name, None) for name in ("item_type", "key_type", "value_type", "type")]
            inner += [part for name in ("item_types", "types") for part in getattr(info, name, ())]
            waiting += [part for part in inner if isinstance(part, msgspec.inspect.Type)]
    return found


# --- API resources that belong to no region: the Convention, and the API's own description ---

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
