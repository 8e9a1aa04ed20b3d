"""The API's description (OpenAPI 3.1), made from the resources themselves and from what they answer here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from lanzarote import __version__
from lanzarote.errors import LanzaroteError
from lanzarote.web.failures import PROBLEM_JSON, Problem
from lanzarote.web.resources import LIMIT, ROOT, Parameter, Resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lanzarote.instance import Instance

REF = "#/components/schemas/{name}"
DESCRIPTION = (
    "Practices of co-operation against the sexual abuse and exploitation of children, by region. Everything here is "
    "public and can be read without an account. Answers that have not changed are not sent again: give their ETag in "
    "If-None-Match. Later versions may add fields."
)
PROBLEMS = {
    400: "A parameter is unknown, repeated or cannot be used; the detail names it and says what can.",
    404: "There is nothing at this address, or nothing the public may read.",
    405: "Only GET and HEAD are answered.",
    410: "What stood here was withdrawn or erased.",
}


def describe(resources: Sequence[Resource], instance: Instance, base_url: str) -> bytes:
    """Describe *resources* in OpenAPI 3.1, with examples of what this instance answers now."""
    answers = [resource.answers for resource in resources]
    schemas, components = msgspec.json.schema_components([*answers, Problem], ref_template=REF)
    for name, struct in _structs([*answers, Problem]).items():
        if not struct.__struct_config__.omit_defaults and name in components:
            components[name]["required"] = list(struct.__struct_encode_fields__)
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
        "paths": {
            ROOT + resource.path: {"get": _operation(resource, schema, schemas[-1], instance)}
            for resource, schema in zip(resources, schemas, strict=False)
        },
        "components": {"schemas": components},
    }
    return msgspec.json.encode(document)


def _operation(resource: Resource, schema: Any, problem: Any, instance: Instance) -> dict[str, Any]:
    samples = _samples(resource, instance)
    content: dict[str, Any] = {"schema": schema}
    if (example := _example(resource, samples, instance)) is not None:
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
    for status, told in PROBLEMS.items():
        if status in (400, 405) or (resource.names and (status == 404 or resource.may_move)):
            responses[str(status)] = {"description": told, "content": {PROBLEM_JSON: {"schema": problem}}}
    return {
        "operationId": resource.function.__name__,
        "tags": [resource.tag],
        "summary": resource.summary,
        **({"description": resource.details} if resource.details else {}),
        "parameters": [
            *(_parameter(one, "path", samples.get(one.name), instance) for one in resource.names),
            *(_parameter(one, "query", None, instance) for one in resource.query.values()),
        ],
        "responses": responses,
        "security": [{}],
    }


def _parameter(parameter: Parameter, place: str, sample: str | None, instance: Instance) -> dict[str, Any]:
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
            return {}
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
