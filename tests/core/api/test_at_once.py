"""What is asked for at the same moment: one of many wins, nothing is lost or doubled; on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from lanzarote.app import create_app
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.records.changelog import Audit
from lanzarote.records.changelog_state import broken_audit
from litestar.testing import TestClient
from sqlalchemy import select

from tests.core.api.programs import BEARER, CONFIRMED, PARIS, Programs, titled

pytestmark = pytest.mark.both_databases


@pytest.fixture
def everywhere(paris_url: str, tmp_path: Path) -> Iterator[Programs]:
    given = {"LANZAROTE_DATABASE_URL": paris_url, "LANZAROTE_DATA": str(tmp_path)}
    with (
        new_instance(read_settings(given)) as instance,
        TestClient(create_app(instance), base_url="http://lanzarote.test") as client,
    ):
        yield Programs(instance, client)


def at_once(*calls: Callable[[], Any]) -> list[int]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(answer.status_code for answer in pool.map(lambda call: call(), calls))


def verbs(programs: Programs, path: str) -> list[str]:
    with programs.instance.database.read("paris") as session:
        assert broken_audit(session, "paris") is None
        record_id = path.rpartition("/")[2]
        return list(session.scalars(select(Audit.verb).where(Audit.record_id == record_id).order_by(Audit.seq)))


def test_of_many_who_save_what_they_read_one_saves_and_the_others_are_told(everywhere: Programs) -> None:
    people = [everywhere.of("contributor") for _ in range(8)]
    path = people[0].begin(titled("Un"))
    read = people[0].etag(path)

    def save(number: int) -> Callable[[], Any]:
        return lambda: people[number].save(path, titled(f"De {number}"), if_match=read)

    assert at_once(*map(save, range(8))) == [200] + [412] * 7
    assert verbs(everywhere, path) == ["create", "revise"]


def test_of_many_publishers_one_publishes(everywhere: Programs) -> None:
    writer, people = everywhere.of("contributor"), [everywhere.of("reviewer") for _ in range(6)]
    path = writer.begin()
    writer.step(path, "submit", BEARER)
    read = writer.etag(path)

    def publish(number: int) -> Callable[[], Any]:
        return lambda: people[number].step(path, "publish", CONFIRMED, if_match=read)

    assert at_once(*map(publish, range(6))) == [200] + [412] * 5
    assert verbs(everywhere, path).count("publish") == 1


def test_two_entries_that_are_merged_into_each_other_block_nobody(everywhere: Programs) -> None:
    head = everywhere.of("coordinator")
    entries = [one["id"] for one in head.get(f"{PARIS}/team/stakeholders?limit=8")["items"]]
    for one, other in zip(entries[::2], entries[1::2], strict=True):
        paths = [f"{PARIS}/team/stakeholders/{name}" for name in (one, other)]
        tags = [head.etag(path) for path in paths]

        def merge(number: int, paths: list[str] = paths, tags: list[str] = tags) -> Callable[[], Any]:
            into = {"into": paths[1 - number].rpartition("/")[2]}
            return lambda: head.step(paths[number], "merge", into, if_match=tags[number])

        done = at_once(merge(0), merge(1))
        assert done[0] == 200
        assert done[1] in (409, 412, 422)
        assert sorted(head.get(path)["state"] for path in paths) == ["merged", "published"]
