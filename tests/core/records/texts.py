"""Bodies of practices for tests about records: short, invented, whole."""

from __future__ import annotations

from typing import Any

from lanzarote.instance import Instance
from lanzarote.records.records import Draft, create, encode
from lanzarote.store.database import Database
from lanzarote.types import Practice, PracticeText


def body(title: str = "Invented", summary: str = "What it does.", **fields: Any) -> bytes:
    text = {"en": PracticeText(title=title, summary=summary)}
    return encode(Practice(original="en", text=text, scope="local", running="ongoing", sectors=("courts",), **fields))


def draft(slug: str, *, publish: bool = True, **fields: Any) -> Draft:
    return Draft(kind="practice", slug=slug, body=body(**fields), status=b"{}", publish=publish)


def make(where: Database | Instance, *drafts: Draft, region: str = "testland") -> list[str]:
    database = where.database if isinstance(where, Instance) else where
    with database.write(region) as session:
        return create(session, region, drafts, by="team")
