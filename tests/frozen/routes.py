"""Every route of the platform as text: who may ask, what it takes and gives, what it says of itself."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tests.core.routes.walking import Route

SCHEMAS = "#/components/schemas/"
JSON = "application/json"
PROBLEM = "application/problem+json"
LANGUAGE = "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$"
MANY = 12
"""A choice of more values than these is shown by its number, its first and its last."""


def pages(routes: Iterable[Route]) -> str:
    """One line for each route that is not the API's."""
    return text_of(sorted(f"{plain(one.path)} {one.method}  {one.kind}, {one.may}" for one in routes if not one.api))


def resources(routes: Iterable[Route], described: Mapping[str, Any]) -> str:
    """Each route of the API with its description; then the schemas that are named there."""
    may = {(plain(one.path), one.method): one.may for one in routes if one.api}
    operations = {
        (path, method.upper()): operation
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    }
    schemas = Schemas(described, operations.values())
    found: list[str] = []
    for path, method in sorted({*may, *operations}):
        found.append(f"{method} {path}  {may.get((path, method), 'no route')}")
        operation = operations.get((path, method))
        found += [f"    {line}" for line in (schemas.operation(operation) if operation else ["not described"])]
    for name, schema in sorted((schemas.name(name), schema) for name, schema in schemas.all.items()):
        found += ["", f"schema {name}", *(f"    {line}" for line in schemas.fields(schema))]
    return text_of(found)


def plain(path: str) -> str:
    """*path* without the types of its parameters."""
    return re.sub(r":[a-z]+}", "}", path)


def text_of(found: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in found)


class Schemas:
    """Writes schemas in few words. A key that has no words of its own is written as it is: nothing is left out."""

    def __init__(self, described: Mapping[str, Any], operations: Iterable[Mapping[str, Any]]) -> None:
        self.all: dict[str, Any] = described["components"]["schemas"]
        self._used_by: dict[str, str] = {}
        for one in sorted(operations, key=lambda one: str(one["operationId"])):
            for name in self._named_in(one, set()):
                self._used_by.setdefault(name, one["operationId"])

    def name(self, name: str) -> str:
        """Two schemas of one name are called after the modules where they stand: here after an operation instead."""
        module, _, last = name.rpartition(".")
        return f"{last} ({self._used_by.get(name, 'not used')})" if module else last

    def operation(self, one: Mapping[str, Any]) -> Iterator[str]:
        yield f"{one['operationId']} ({', '.join(one['tags'])}): {one['summary']}"
        yield from _says(one)
        for parameter in one.get("parameters", ()):
            needed = " required" if parameter.get("required") else ""
            yield f"{parameter['in']} {parameter['name']}{needed}: {self.brief(_any_many(parameter['schema']))}"
        for kind, content in one.get("requestBody", {}).get("content", {}).items():
            yield f"takes {kind.replace(JSON, 'JSON')}: {self.brief(content.get('schema', {}))}"
        problems = []
        for status, answer in sorted(one["responses"].items()):
            content = answer.get("content", {})
            if PROBLEM in content:
                problems.append(status)
                continue
            gives = [
                f"{kind.replace(JSON, 'JSON')} {self.brief(one_answer.get('schema', {}))}"
                for kind, one_answer in content.items()
            ]
            yield ", ".join([f"{status}: {' or '.join(gives) or 'nothing'}", *sorted(answer.get("headers", {}))])
        yield f"problems: {' '.join(problems)}"

    def fields(self, schema: Mapping[str, Any]) -> Iterator[str]:
        needed = schema.get("required", ())
        inside = schema.get("properties")
        if inside is None:
            yield self.brief(schema)
            return
        yield from _says(schema)
        apart = ("description", "properties", "required", "title", "type")
        rest = {name: value for name, value in schema.items() if name not in apart}
        if rest.pop("additionalProperties", True) is False:
            yield "closed: no other fields"
        if rest:
            yield _json(rest)
        for name, value in inside.items():
            yield f"{name}{' required' if name in needed else ''}: {self.brief(value)}"

    def brief(self, schema: Any) -> str:
        if not isinstance(schema, dict):
            return _json(schema)
        rest = dict(schema)
        text = self._kind(rest)
        if "default" in rest:
            text += f" = {_json(rest.pop('default'))}"
        return f"{text} {_json(rest)}" if rest else text

    def _kind(self, rest: dict[str, Any]) -> str:
        """The kind of value; takes out of *rest* what it says."""
        if "$ref" in rest:
            return self.name(rest.pop("$ref").removeprefix(SCHEMAS))
        if "anyOf" in rest:
            return " | ".join(self.brief(one) for one in rest.pop("anyOf"))
        if "enum" in rest:
            rest.pop("type", None)
            values = rest.pop("enum")
            if len(values) > MANY:
                return f"one of {len(values)} from {values[0]} to {values[-1]}"
            return "one of " + ", ".join(map(str, values))
        kind = str(rest.pop("type", "anything"))
        if kind == "array":
            inner = self.brief(rest.pop("items")) if "items" in rest else "anything"
            return f"[{inner}]{_between(rest, 'minItems', 'maxItems')}"
        if kind == "object" and isinstance(rest.get("additionalProperties"), dict):
            names, inner = self.brief(rest.pop("propertyNames", {})), self.brief(rest.pop("additionalProperties"))
            return f"{{{names}: {inner}}}{_between(rest, 'minProperties', 'maxProperties')}"
        if kind in ("integer", "number"):
            return kind + _between(rest, "minimum", "maximum")
        if kind in ("string", "anything"):
            pattern = str(rest.pop("pattern", ""))
            if pattern == LANGUAGE:
                return "language"
            form = f" {rest.pop('format')}" if "format" in rest else ""
            return kind + form + _between(rest, "minLength", "maxLength") + (f" /{pattern}/" if pattern else "")
        return kind

    def _named_in(self, value: Any, seen: set[str]) -> set[str]:
        """Names of the schemas that *value* leads to."""
        if isinstance(value, dict):
            name = str(value.get("$ref", "")).removeprefix(SCHEMAS)
            if name and name not in seen:
                seen.add(name)
                self._named_in(self.all[name], seen)
        if isinstance(value, dict | list):
            for one in value.values() if isinstance(value, dict) else value:
                self._named_in(one, seen)
        return seen


def _says(described: Mapping[str, Any]) -> Iterator[str]:
    """Its description; how its lines are indented depends on the version of Python."""
    if more := described.get("description"):
        yield f"says: {' '.join(more.split())}"


def _any_many(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a parameter, whose many choices are what the region's package ships."""
    inner = {"items": _any_many(schema["items"])} if "items" in schema else {}
    many = {"enum": ["many"]} if len(schema.get("enum", ())) > MANY else {}
    return {**schema, **inner, **many}


def _between(rest: dict[str, Any], least: str, most: str) -> str:
    low, high = rest.pop(least, ""), rest.pop(most, "")
    return f" {low}..{high}" if (low, high) != ("", "") else ""


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
