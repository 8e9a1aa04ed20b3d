"""People of a team and their programs, which use the API with a token each."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from lanzarote.accounts import service, tokens
from lanzarote.records.permissions import ACTIONS, OF_INSTANCE, Grant
from lanzarote.records.records import now
from lanzarote.store.database import ALL
from litestar.testing import TestClient

from tests.core.taking_part import let_take_part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import httpx
    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Role

API = "/api/v1"
PARIS = f"{API}/regions/paris"
TEAM = f"{PARIS}/team/practices"
TEXT = {
    "title": "Une salle d’audition partagée",
    "summary": "Police, hôpital et association entendent l’enfant au même endroit.",
    "problem": "Les enfants étaient entendus plusieurs fois.",
    "activities": "Une audition filmée, préparée ensemble.",
    "transfer": "Une salle, une convention, des personnes formées.",
}
WHOLE: dict[str, Any] = {
    "original": "fr",
    "text": {"fr": TEXT},
    "sectors": ["courts"],
    "partners": [{"sector": "courts", "side": "public"}],
    "target_groups": ["child-victims"],
    "scope": "local",
    "running": "ongoing",
    "sources": ["mission-text"],
}
CONFIRMED = {"nobody": True, "no_case": True}
BEARER = {"bearer": "Tribunal judiciaire de Paris"}
_numbers = itertools.count(1)


def titled(title: str, **more: Any) -> dict[str, Any]:
    return WHOLE | {"text": {"fr": TEXT | {"title": title}}} | more


def token_of(
    instance: Instance,
    *grants: Grant,
    name: str = "",
    actions: Sequence[str] = ACTIONS,
    region: str = "",
    strong: bool = True,
    account_id: str = "",
    lasts: timedelta = timedelta(days=30),
) -> tuple[str, str]:
    """The account and a token of somebody with *grants*, or another token of *account_id*."""
    at = now()
    with instance.database.write(ALL) as session:
        if not account_id:
            address = f"{next(_numbers)}@school.example"
            account = service.enrol(
                session, address=address, name=name or "Somebody", language="en", grants=grants, by="test", at=at
            )
            account.state, account_id = "active", account.id
            session.flush()
        made = tokens.make(
            session,
            account_id,
            name="Program",
            actions=actions,
            region_id=region,
            strong=strong,
            ends_at=at + lasts,
            at=at,
        )
    return account_id, made


class Program:
    """What acts for one person."""

    def __init__(self, client: httpx.Client, token: str, account_id: str = "") -> None:
        self.client, self.token, self.id = client, token, account_id

    def ask(self, method: str, path: str, body: Any = None, **headers: str | None) -> Any:
        given: dict[str, str | None] = {"authorization": f"Bearer {self.token}" if self.token else None}
        if method == "POST":
            given["idempotency-key"] = f"key-{next(_numbers)}"
        if method != "GET":
            given["content-type"] = "application/json"
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in given.items() if value is not None}
        how: Mapping[str, Any] = (
            {"content": body} if isinstance(body, bytes) else {"json": {} if body is None else body}
        )
        if method == "GET":
            how = {}
        return self.client.request(method, path, headers=sent, follow_redirects=False, **how)

    def get(self, path: str, status: int = 200, **headers: str) -> Any:
        answer = self.ask("GET", path, **headers)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def begin(self, body: Any = None) -> str:
        """Begin a practice; its address."""
        answer = self.ask("POST", TEAM, body or WHOLE)
        assert answer.status_code == 201, answer.text
        return str(answer.headers["location"])

    def etag(self, path: str) -> str:
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return str(answer.headers["etag"])

    def save(self, path: str, body: Any, **headers: str | None) -> Any:
        match = {} if "if_match" in headers else {"if_match": self.etag(path)}
        return self.ask("PUT", path, body, **(match | headers))

    def step(self, path: str, name: str, body: Any = None, **headers: str | None) -> Any:
        match = {} if "if_match" in headers else {"if_match": self.etag(path)}
        return self.ask("POST", f"{path}/{name}", body, **(match | headers))


class Programs:
    """Everybody's programs, at one instance."""

    def __init__(self, instance: Instance, client: TestClient[Any]) -> None:
        self.instance, self.client = instance, client

    def of(self, role: Role, *, region: str = "paris", organisation: str = "", name: str = "", **token: Any) -> Program:
        place = "" if role in OF_INSTANCE else region
        grant = Grant(role=role, region_id=place, stakeholder_id=organisation)
        if role == "representative":
            let_take_part(self.instance, region, organisation)
        account_id, made = token_of(self.instance, grant, name=name, **token)
        return Program(self.client, made, account_id)

    def again(self, program: Program, **token: Any) -> Program:
        """Another token of the same person."""
        account_id, made = token_of(self.instance, account_id=program.id, **token)
        return Program(self.client, made, account_id)

    @property
    def nobody(self) -> Program:
        return Program(self.client, "")


def problem(answer: Any) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    told: dict[str, Any] = answer.json()
    assert told["status"] == answer.status_code
    assert told["detail"]
    return told
