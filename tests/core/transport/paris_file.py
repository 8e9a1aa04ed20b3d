"""Paris as a file, its lines, and what came of it."""

from __future__ import annotations

import io
from typing import Any

from lanzarote.exchange.region_file import export_region
from lanzarote.instance import Instance
from lanzarote.practices.model import Published
from lanzarote.records import changelog, records
from lanzarote.records.records import Record, Version, encode
from lanzarote.regions.seeds import Seed
from lanzarote.store.database import ALL
from sqlalchemy import func, select

Lines = list[dict[str, Any]]


def export(instance: Instance) -> bytes:
    file = io.BytesIO()
    export_region(instance, "paris", file)
    return file.getvalue()


def practice(lines: Lines, key: str = "uaped") -> dict[str, Any]:
    [found] = [line for line in lines if line.get("kind") == "practice" and line.get("key") == key]
    return found


def resealed(line: dict[str, Any]) -> None:
    """Give the versions of a changed line their digests, as who wrote it would have."""
    for version in line["versions"]:
        version["digest"] = records.digest(encode(version["body"]))


def counted(instance: Instance) -> tuple[int, ...]:
    with instance.database.read(ALL) as session:
        tables = (Record, Version, Seed, Published, changelog.Served, changelog.Audit, changelog.Change)
        return tuple(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


def body(lines: Lines) -> dict[str, Any]:
    found: dict[str, Any] = practice(lines)["versions"][0]["body"]
    return found


def shown(instance: Instance) -> int:
    with instance.database.read("paris") as session:
        return session.scalar(select(func.count()).select_from(Published)) or 0


def documents(instance: Instance) -> dict[str, bytes]:
    with instance.database.read("paris") as session:
        return dict(session.execute(select(Published.slug, Published.document)).all())
