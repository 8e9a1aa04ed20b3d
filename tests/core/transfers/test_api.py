"""The API of transfers: for the group, and for everybody."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.accounts import tokens
from lanzarote.app import create_app
from lanzarote.records.records import now
from lanzarote.store.database import ALL
from litestar.testing import TestClient

from tests.core.transfers.people import person
from tests.core.transfers.travelling import adopted, published, slug_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.instance import Instance

ROOT = "/api/v1/regions/second-region"
ACTIONS = ("group.read", "group.write", "group.lead", "record.erase", "practice.write", "practice.read")


class Program:
    """A program with somebody's token."""

    def __init__(self, instance: Instance, client: TestClient[Any], name: str) -> None:
        from datetime import timedelta

        self.client = client
        who = person(instance, name)
        with instance.database.write(ALL) as session:
            self.token = tokens.make(
                session, who.account_id, name="t", actions=list(ACTIONS), region_id="", strong=True,
                ends_at=now() + timedelta(days=3), at=now(),
            )  # fmt: skip

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.client.get(ROOT + path, headers={"authorization": f"Bearer {self.token}"})
        assert answer.status_code == status, answer.text
        self.etag = answer.headers.get("etag", "")
        return answer.json()

    def send(self, method: str, path: str, status: int, body: Any = None, etag: str = "") -> Any:
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        headers |= {"if-match": etag} if etag else {}
        headers |= {"idempotency-key": str(uuid.uuid4())} if method == "POST" else {}
        answer = self.client.request(method, ROOT + path, content=json.dumps(body or {}), headers=headers)
        assert answer.status_code == status, answer.text
        self.etag = answer.headers.get("etag", "")
        return answer.json() if answer.content else None


@pytest.fixture
def site(both: Instance) -> Iterator[TestClient[Any]]:
    app: Any = create_app(both)
    with TestClient(app, base_url="http://lanzarote.test") as client:
        yield client


def test_a_program_takes_a_practice_the_whole_way(both: Instance, site: TestClient[Any]) -> None:
    ana, head = Program(both, site, "ana"), Program(both, site, "head")
    origin = {"region": "paris", "practice": slug_of(both)}
    made = ana.send("POST", "/team/transfers", 201, origin)
    assert ana.send("POST", "/team/transfers", 201, origin)["id"] == made["id"]
    ana.send("POST", "/team/transfers", 404, {"region": "second-region", "practice": "yizhak-u-sudi"})
    ana.send("POST", "/team/transfers", 404, {"region": "paris", "practice": "nowhere"})
    one = f"/team/transfers/{made['id']}"
    told = ana.get(one)
    assert not told["pilot_judged"]
    assert told["open_points"]
    given = {
        "sectors": [{"origin": each["origin"], "here": each.get("here", []), "note": {"uk": "Так."}}
                    for each in told["transfer"]["sectors"]],
        "provisions": [{"origin": each["origin"], "note": {"uk": "Так."}} for each in told["transfer"]["provisions"]],
        "questions": [{"key": each["key"], "answer": {"uk": "Маємо."}} for each in told["transfer"]["questions"]],
        "changed": {"uk": "Нічого не змінили."},
    }  # fmt: skip
    ana.send("PUT", one, 428, given)
    ana.send("PUT", one, 422, given | {"changed": {"uk": "lea.martin@gmail.com"}}, ana.etag or told_tag(ana, one))
    ana.send("PUT", one, 200, given, told_tag(ana, one))
    assert ana.get(one)["open_points"] == []
    ana.send("POST", f"{one}/take-up", 403, {}, told_tag(ana, one))
    head.send("POST", f"{one}/take-up", 200, {}, told_tag(head, one))
    head.send("POST", f"{one}/adapt", 200, {}, head.etag)
    practice = head.get(one)["status"]["practice"]
    head.send("POST", f"{one}/pilot", 200, {}, head.etag)
    head.send("POST", f"{one}/adopt", 422, {}, head.etag or told_tag(head, one))
    published(both, practice)
    head.send("POST", f"{one}/adopt", 200, {}, told_tag(head, one))
    [shown] = site.get(f"{ROOT}/transfers").json()["items"]
    assert (shown["state"], shown["practice"], shown["changed"]) == ("adopted", practice, {"uk": "Нічого не змінили."})
    assert site.get(f"{ROOT}/transfers/{shown['slug']}").json() == shown
    assert site.get(f"{ROOT}/transfers/nowhere").status_code == 404
    assert "answer" not in json.dumps(shown)
    document = site.get(f"{ROOT}/practices").json()
    assert any(each["id"] == practice for each in document["items"])
    head.send("POST", f"{one}/erase", 204, {}, told_tag(head, one))
    head.get(one, 410)
    assert site.get(f"{ROOT}/transfers").json()["items"] == []


def test_the_adapted_practice_says_where_it_was_taken_from(both: Instance, site: TestClient[Any]) -> None:
    record_id, practice = adopted(both)
    items = site.get(f"{ROOT}/practices").json()["items"]
    [slug] = [each["slug"] for each in items if each["id"] == practice]
    derived = site.get(f"{ROOT}/practices/{slug}").json()["derived"]
    assert (derived["region"], derived["through"], derived["version"]) == ("paris", record_id, 1)


def told_tag(program: Program, one: str) -> str:
    program.get(one)
    return str(program.etag)
