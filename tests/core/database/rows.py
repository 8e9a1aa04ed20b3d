"""Three regions with two rows of each of two kinds; what a row says names its region."""

from __future__ import annotations

from datetime import UTC, datetime

from lanzarote.records.tasks import Task
from lanzarote.regions.vocabulary import Term
from lanzarote.store.database import ALL, Database

REGIONS = ("a", "b", "c")
THEN = datetime(2031, 1, 1, tzinfo=UTC)


def term(region: str, key: str = "x", body: bytes | None = None) -> Term:
    body = f"of {region}".encode() if body is None else body
    return Term(region_id=region, kind="k", key=key, position=0, body=body, retired=False)


def row(region: str, key: str = "new") -> dict[str, object]:
    return {"region_id": region, "kind": "k", "key": key, "position": 0, "body": b"", "retired": False}


def task(region: str, name: str) -> Task:
    return Task(region_id=region, id=f"{region}-{name}", kind="reply", about=f"of {region}".encode(), opened_at=THEN)


def fill(database: Database) -> None:
    with database.write(ALL) as session:
        for region in REGIONS:
            session.add_all([term(region, "x"), term(region, "y"), task(region, "x"), task(region, "y")])
