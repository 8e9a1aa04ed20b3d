"""People of both regions, signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lanzarote.accounts import service
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import now
from lanzarote.store.database import ALL

from tests.core.practices.signed_in import Browser, sign_in

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from litestar.testing import TestClient

ROLES = {
    "ana": ("contributor", "second-region"),
    "head": ("coordinator", "second-region"),
    "bo": ("reviewer", "second-region"),
    "paris": ("coordinator", "paris"),
    "writer": ("contributor", "paris"),
}


def person(instance: Instance, name: str) -> Actor:
    role, region = ROLES[name]
    grants = (Grant(role=role, region_id=region),)  # type: ignore[arg-type]
    with instance.database.write(ALL) as session:
        account = service.invite(
            session, address=f"{name}@team.example", name=f"{name.title()} Nom", language="en", grants=grants,
            by="test", at=now(),
        )  # fmt: skip
        account.state = "active"
        return Actor(account_id=account.id, name=account.name, grants=grants, strong=True)


class Crew:
    """Everybody; ``crew.head.get(…)`` is what the head of the second region reads."""

    ana: Browser
    head: Browser
    bo: Browser
    paris: Browser
    writer: Browser

    def __init__(self, instance: Instance, client: TestClient[Any]) -> None:
        self.instance, self.client = instance, client
        self.people: dict[str, Actor] = {}
        for name in ROLES:
            self.people[name] = person(instance, name)
            setattr(self, name, sign_in(instance, client, self.people[name]))

    def public(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path, follow_redirects=False)
        assert answer.status_code == status, answer.text[:2000]
        return str(answer.text)
