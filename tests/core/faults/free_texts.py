"""Every place where a group writes words: the fields of its records, the columns of what stands beside them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
from lanzarote.composition import KINDS as DECLARED
from lanzarote.records.records import Record, Version
from lanzarote.store.database import ALL
from sqlalchemy import select

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lanzarote.instance import Instance

KINDS = ("finding", "improvement", "procedure", "meeting", "mandate", "indicator", "evaluation", "transfer")
NO_WORDS = {
    "meeting: organisations.*", "meeting: present.*.organisation", "meeting: status.approval.by",
    "meeting: status.approval.meeting", "mandate: status.meeting", "mandate: adopted_by.*", "mandate: note.*",
    "evaluation: judges.*.organisation", "evaluation: status.decision.by", "evaluation: status.decision.meeting",
    "evaluation: status.superseded_by", "finding: status.offers.*.by", "finding: status.offers.*.stakeholder",
    "procedure: status.superseded_by", "transfer: status.practice", "transfer: origin.title.*",
    "transfer: origin.region_name.*", "transfer: sectors.*.name.*", "transfer: provisions.*.name.*",
    "transfer: questions.*.text.*", "procedure: status.derived.title.*", "procedure: status.derived.region_name.*",
}  # fmt: skip
"""What looks like a text and holds the id of somebody or something, or what only a package says."""


def places() -> set[str]:
    """``finding: text.*.title``, ``improvement: comment.text``: all texts of a group's records and beside them."""
    found = set()
    for kind in KINDS:
        body, status = DECLARED[kind].body, DECLARED[kind].status
        found |= {f"{kind}: {path}" for path in fields_of(body)}
        found |= {f"{kind}: status.{path}" for path in fields_of(status)}
        found |= {f"{kind}: {one.name}.{column}" for one in DECLARED[kind].beside for column in one.texts}
    return found - NO_WORDS


def fields_of(kind: Any) -> set[str]:
    """Paths of all free texts in a struct, such as ``text.*.title``; ``*`` stands for a language or a place."""
    return {path for path, _ in _walk(msgspec.inspect.type_info(kind), "")}


def _walk(kind: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(kind, msgspec.inspect.StructType):
        for field in kind.fields:
            yield from _walk(field.type, f"{path}.{field.encode_name}".strip("."))
    elif isinstance(kind, msgspec.inspect.StrType):
        if kind.pattern is None:
            yield path, kind
    elif isinstance(kind, msgspec.inspect.DictType):
        yield from _walk(kind.value_type, f"{path}.*")
    elif isinstance(kind, msgspec.inspect.UnionType):
        for each in kind.types:
            yield from _walk(each, path)
    elif hasattr(kind, "item_type"):
        yield from _walk(kind.item_type, f"{path}.*")
    elif isinstance(kind, msgspec.inspect.Metadata):
        yield from _walk(kind.type, path)


def told(instance: Instance, marked: Callable[[str], object]) -> set[str]:
    """Those of the places in which *marked* knows a text."""
    found: set[str] = set()
    with instance.database.read(ALL) as session:
        for record in session.scalars(select(Record).where(Record.kind.in_(KINDS))):
            mine = (Version.region_id == record.region_id) & (Version.record_id == record.id)
            said = [pair for body in session.scalars(select(Version.body).where(mine)) for pair in _read(body, "")]
            said += _read(record.status, "status")
            for one in DECLARED[record.kind].beside:
                table: Any = one.table
                of_it = (table.region_id == record.region_id) & (table.record_id == record.id)
                for row in session.scalars(select(table).where(of_it)):
                    said += [(f"{one.name}.{column}", str(getattr(row, column))) for column in one.texts]
            found |= {f"{record.kind}: {path}" for path, text in said if marked(text)}
    return found


def _read(body: bytes | None, path: str) -> list[tuple[str, str]]:
    return list(_said(json.loads(body), path)) if body else []


def _said(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for each in value:
            yield from _said(each, f"{path}.*")
    elif isinstance(value, dict):
        for name, each in value.items():
            # Under a language or an id, as in the struct.
            yield from _said(each, f"{path}.{'*' if len(name) in (2, 36) else name}".strip("."))
