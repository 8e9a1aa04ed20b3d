"""Writes the reference of the API from the resources themselves."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from lanzarote.accounts.people import ACTION_WORDS
from lanzarote.app import handlers_of_all
from lanzarote.composition import kinds
from lanzarote.web.changing import Change, Nothing
from lanzarote.web.resources import ROOT, Parameter, Resource

INTRODUCTION = """\
All addresses begin with `{root}`. What each answers, field by field, stands in the description that every instance
serves: `{root}/openapi.json` (OpenAPI 3.1). How programs write is told step by step in
[the guide for programs](../programs.md).

**Who may** names the permission that the owner of the token needs for the very thing, and that the token must not leave
out; `public` takes no token. **If-Match** takes the `ETag` of what you read, **Idempotency-Key** a value of your own
for this request alone.
"""


def resources() -> list[Resource]:
    """Every resource of every room, in the order of the description."""
    found = [
        described
        for handler in handlers_of_all(kinds())
        if isinstance(described := handler.opt.get("resource"), Resource)
    ]
    return sorted(found, key=lambda one: (one.path, getattr(one, "method", "")))


def api(made: str, fields_of: Callable[[type[Any]], list[str]]) -> str:
    """The page; *fields_of* tells the fields of what is sent."""
    lines = ["# API", "", made, INTRODUCTION.format(root=ROOT)]
    bodies: dict[str, type[Any]] = {}
    by_tag: dict[str, list[Resource]] = {}
    for one in resources():
        by_tag.setdefault(one.tag, []).append(one)
    for tag, group in by_tag.items():
        lines += [f"## {tag}", ""]
        for one in group:
            lines += _resource(one)
            if isinstance(one, Change) and one.body not in (None, Nothing):
                bodies |= _structs(one.body)
    lines += ["## What is sent", "", "Unknown fields are refused. A text is an object, language → text.", ""]
    for kind in bodies.values():
        lines += fields_of(kind)
    return "\n".join(lines)


def _resource(one: Resource) -> Iterator[str]:
    method = one.method if isinstance(one, Change) else "GET"
    yield from (
        f"### `{method} {one.path}`",
        "",
        f"{one.summary}." + (f" {_plain(one.details)}" if one.details else ""),
        "",
    )
    yield f"- Who may: {_who(one)}"
    if one.query:
        yield f"- Query: {', '.join(_parameter(parameter) for parameter in one.query.values())}"
    if isinstance(one, Change):
        if one.body not in (None, Nothing):
            yield f"- Sends: [`{one.body.__name__}`](#{one.body.__name__.lower()})"
        yield f"- Idempotency-Key: {'needed' if one.method == 'POST' else 'may be sent'}"
        yield f"- If-Match: {'needed' if one.match else 'not asked for'}"
        answers = f" `{one.answers.__name__}`" if one.answers else ""
        yield f"- Answers: {one.status}{answers}"
    else:
        yield f"- Answers: 200 `{one.answers.__name__}`"
    yield ""
    if one.takes:
        yield from (f"### `POST {one.path}`", "", f"{one.takes.summary}. {_plain(one.takes.details)}", "")
        yield f"- Who may: {_who(one)}"
        yield f"- Sends: bytes, as `{one.takes.takes}`"
        yield f"- Answers: 200 `{one.takes.answers.__name__}`"
        yield ""


def _who(one: Resource) -> str:
    if one.may in ACTION_WORDS:
        return f"`{one.may}` ({ACTION_WORDS[one.may]})"  # type: ignore[index]
    return {"public": "`public`", "signed-in": "every token"}[one.may]


def _parameter(parameter: Parameter) -> str:
    return f"`{parameter.name}`"


def _plain(text: str) -> str:
    return " ".join(text.split())


def _structs(kind: Any) -> dict[str, type[Any]]:
    """*kind* and every struct in it, by name."""
    found: dict[str, type[Any]] = {}
    waiting = [kind]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, type) and issubclass(one, msgspec.Struct):
            if one.__name__ not in found:
                found[one.__name__] = one
                waiting += typing.get_type_hints(one, include_extras=True).values()
        else:
            waiting += [inner for inner in typing.get_args(one) if not isinstance(inner, (str, int))]
    return found
