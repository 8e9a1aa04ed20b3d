"""A region's team at work: everybody signed in, on a site of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.records.permissions import Actor
from lanzarote.store.database import Database
from sqlalchemy import event

from tests.core.practices.assessments import Assessed, person
from tests.core.practices.signed_in import Browser, sign_in, site_of

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from litestar.testing import TestClient

ROLES = {"head": "coordinator", "di": "coordinator", "bo": "reviewer", "cy": "reviewer", "ana": "contributor"}


class Team:
    """Everybody of Paris; ``team.head.get(…)`` is what the head of the team reads."""

    head: Browser
    di: Browser
    bo: Browser
    cy: Browser
    ana: Browser

    def __init__(self, paris: Instance, client: TestClient[Any]) -> None:
        self.paris, self.client = paris, client
        self.people: dict[str, Actor] = {}
        for name, role in ROLES.items():
            self.people[name] = person(paris, role, f"{name.title()} Nom")  # type: ignore[arg-type]
            setattr(self, name, sign_in(paris, client, self.people[name]))

    def practice(self, by: str = "ana", title: str = "") -> Assessed:
        made = Assessed(self.paris, self.people[by], self.people["head"])
        if title:
            made.rewrite(title)
        return made


@pytest.fixture
def team(own_paris: Instance) -> Iterator[Team]:
    with site_of(own_paris) as client:
        yield Team(own_paris, client)


@contextmanager
def counted(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement that reaches the database meanwhile, but for those of the worker."""
    found: list[str] = []
    each_row = Database.each_row

    def listen(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if threading.current_thread().name != "lanzarote-jobs" and not statement.startswith("BEGIN"):
            found.append(statement)

    def read(self: Database, sql: str, *values: object) -> Iterator[Any]:
        if threading.current_thread().name != "lanzarote-jobs":
            found.append(sql)
        return each_row(self, sql, *values)

    event.listen(instance.database.engine, "before_cursor_execute", listen)
    with monkeypatch.context() as patch:
        patch.setattr(Database, "each_row", read)
        yield found
    event.remove(instance.database.engine, "before_cursor_execute", listen)


def asked(instance: Instance, monkeypatch: pytest.MonkeyPatch, read: Callable[[], object]) -> int:
    """How many statements *read* takes where nothing was written since it was read before, not by the worker either."""
    while True:
        before = instance.revisions.of_everything()
        read()
        with counted(instance, monkeypatch) as statements:
            read()
        if instance.revisions.of_everything() == before:
            return len(statements)
