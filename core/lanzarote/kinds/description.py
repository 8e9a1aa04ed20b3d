"""What follows from the declaration of a kind, in plain lines: for those who look for a handler and find none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lanzarote.kinds import entry_api, entry_pages
from lanzarote.kinds.api import address_of, resources_of
from lanzarote.kinds.entries import OFFERED as ENTRY_OFFERED
from lanzarote.kinds.kind import OFFERED, Action, Form, names_of
from lanzarote.kinds.pages import handlers_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lanzarote.kinds.entries import Entry
    from lanzarote.kinds.fields import Shape
    from lanzarote.kinds.kind import Kind, Step


def lines_of(kind: Kind[Any, Any]) -> Iterator[str]:
    """Fields, actions, pages and resources of *kind*."""
    yield f"{kind.name}: {kind.content.__name__}, with {kind.status.__name__}"
    yield f"  read: {kind.read}   write: {kind.write}   states: {', '.join(kind.states)}"
    yield "  fields"
    yield from _fields(kind.shapes, "    ")
    yield "  actions"
    for step in kind.steps:
        yield from _step(kind, step)
    yield "  pages"
    for path, methods, may in sorted(_routes(handlers_of(kind))):
        yield f"    {methods:<10} {path}   {may}"
    yield f"  resources, below {address_of(kind)}"
    for path, methods, may in sorted(_routes(resources_of(kind))):
        yield f"    {methods:<10} {path}   {may}"


def entry_lines(entry: Entry[Any]) -> Iterator[str]:
    """Actions, pages and resources of *entry*."""
    yield f"{entry.name}: rows of {entry.row.__tablename__}, beside {entry.beside.name}"
    yield f"  read: {entry.read}"
    yield "  actions"
    for action in (entry.begin, *entry.actions):
        takes = ", ".join(sorted(names_of(action.do) & ENTRY_OFFERED - {"row", "by", "at"}))
        yield f"    {action.name:<14} {action.may}   does {_name_of(action.do)}({takes})   {action.label}"
        yield from _fields(action.shapes, "      ")
    yield "  pages"
    for path, methods, may in sorted(_routes(entry_pages.handlers_of(entry))):
        yield f"    {methods:<10} {path}   {may}"
    yield f"  resources, below {entry_api.address_of(entry)}"
    for path, methods, may in sorted(_routes(entry_api.resources_of(entry))):
        yield f"    {methods:<10} {path}   {may}"


def _fields(shapes: Sequence[Shape], indent: str) -> Iterator[str]:
    for shape in shapes:
        about = [
            shape.what,
            "in each language" if shape.what == "texts" else "",
            "required" if shape.required else "",
            f"up to {shape.longest}" if shape.longest else "",
            f"one of {', '.join(shape.codes)}" if shape.codes else "",
        ]
        yield f"{indent}{shape.name:<14} {'; '.join(filter(None, about))}   {shape.field.label}".rstrip()
        yield from _fields(shape.parts, indent + "  ")


def _step(kind: Kind[Any, Any], step: Step) -> Iterator[str]:
    if isinstance(step, Action):
        takes = ", ".join(sorted(step.takes & OFFERED - {"by", "at"}))
        yield f"    {step.name:<14} {step.may}   does {_name_of(step.do)}({takes})   {step.label}"
        yield from _fields(step.shapes, "      ")
    elif isinstance(step, Form):
        yield f"    {step.name:<14} {step.may}   a form   {step.label}"
        yield from _fields(kind.beside[step.name], "      ")
    else:
        yield f"    {step.name:<14} {step.may}   a page of the room   {step.label}"


def _name_of(do: Any) -> str:
    function = getattr(do, "func", do)  # of a partial, the function itself
    return f"{function.__module__.removeprefix('lanzarote.')}.{function.__name__}"


def _routes(handlers: Sequence[Any]) -> Iterator[tuple[str, str, str]]:
    for handler in handlers:
        methods = ",".join(sorted(str(one) for one in handler.http_methods if one != "HEAD"))
        resource = handler.opt.get("resource")
        named = f" {resource.function.__name__}" if resource else ""
        for path in handler.paths:
            yield path, methods, f"{handler.opt['may']}{named}"
