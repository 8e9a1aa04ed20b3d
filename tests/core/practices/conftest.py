"""A site of one's own: Paris, to be changed at will."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.app import create_app
from lanzarote.instance import Instance
from lanzarote.practices.model import KIND, PracticeStatus
from lanzarote.records import records
from litestar.testing import TestClient

from tests.core.practices.assessments import Assessed, person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lanzarote.records.permissions import Actor
    from lanzarote.records.records import Record
    from sqlalchemy.orm import Session


class Place:
    """An instance with Paris, and an anonymous reader of it."""

    def __init__(self, instance: Instance, client: TestClient[Any]) -> None:
        self.instance = instance
        self.client = client

    def get(self, address: str, status: int = 200) -> str:
        answer = self.client.get(address, follow_redirects=False)
        assert answer.status_code == status, answer.text
        return str(answer.text)

    def change(self, slug: str, what: Callable[[Session, Record], object]) -> None:
        with self.instance.database.write("paris") as session:
            what(session, records.find(session, KIND, slug))

    def edit(self, slug: str, *, publish: bool = True, title: str = "", **fields: Any) -> None:
        """Give the practice a newer version in which *fields* are otherwise."""

        def revise(session: Session, record: Record) -> None:
            body = msgspec.json.decode(records.body_of(session, record, record.version)) | fields
            if title:
                body["text"]["en"]["title"] = title
            records.revise(session, record, records.encode(body), by="test")
            session.flush()
            if publish:
                records.publish(session, record, by="test")

        self.change(slug, revise)

    def rename(self, slug: str, new: str) -> None:
        self.change(slug, lambda session, record: records.rename(session, record, new, by="test"))

    def withdraw(self, slug: str) -> None:
        self.change(slug, lambda session, record: records.withdraw(session, record, by="test"))

    def erase(self, slug: str) -> None:
        self.change(slug, lambda session, record: records.erase(session, record, by="test"))

    def add(self, count: int, **fields: Any) -> None:
        """Publish *count* practices more, one after the other."""
        status = records.encode(PracticeStatus())
        with self.instance.database.write("paris") as session:
            for number in range(count):
                text = {"en": {"title": f"Practice number {number}", "summary": "Told for a test."}}
                body = {"original": "en", "text": text, "scope": "local", "running": "ongoing", "sectors": ["health"]}
                draft = records.Draft(
                    kind=KIND, slug=f"number-{number}", body=records.encode(body | fields), status=status, publish=True
                )
                records.create(session, "paris", [draft], by="test")


@pytest.fixture
def place(own_paris: Instance) -> Iterator[Place]:
    with TestClient(create_app(own_paris), base_url="http://lanzarote.test") as client:
        yield Place(own_paris, client)


# A practice that was submitted, and who has to do with it.


@pytest.fixture
def head(paris: Instance) -> Actor:
    return person(paris, "coordinator")


@pytest.fixture
def bo(paris: Instance) -> Actor:
    return person(paris, "reviewer")


@pytest.fixture
def cy(paris: Instance) -> Actor:
    return person(paris, "reviewer")


@pytest.fixture
def one(paris: Instance, head: Actor) -> Assessed:
    """A practice that was submitted."""
    return Assessed(paris, person(paris, "contributor"), head).submit()
