"""What a region releases of its group's work: what the public reads of it, and nothing of what the group is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.evaluation import deciding as pilots
from lanzarote.improvements import calling, documents, moving, service
from lanzarote.improvements.team_documents import Forward
from lanzarote.instance import Instance
from lanzarote.procedures.documents import document
from lanzarote.records import drafts, records
from lanzarote.records.changelog import Change, ChangeBody
from lanzarote.records.changelog_state import broken_change
from lanzarote.records.records import Record
from lanzarote.stakeholders import writing as directory
from sqlalchemy import select

from tests.core.evaluation import piloting
from tests.core.improvements.group import AFTER, HEAD, LATER, Group
from tests.core.procedures import agreeing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def on_both(paris_url: str, tmp_path: Path) -> Iterator[Instance]:
    """Paris on SQLite and on PostgreSQL."""
    settings = read_settings({"LANZAROTE_DATABASE_URL": paris_url, "LANZAROTE_DATA": str(tmp_path)})
    with new_instance(settings) as instance:
        yield instance


def told(paris: Instance, record_id: str) -> list[tuple[str, int, Any]]:
    """Verb, version and body of everything that the log says of a record; that it is whole."""
    with paris.database.read("paris") as session:
        assert broken_change(session, "paris") is None
        query = select(Change).where(Change.record_id == record_id).order_by(Change.seq)
        bodies = {row.seq: row.body for row in session.scalars(select(ChangeBody))}
        return [
            (one.verb, one.version, msgspec.json.decode(bodies[one.seq]) if one.seq in bodies else None)
            for one in session.scalars(query)
        ]


def read(value: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


def test_an_improvement_is_released_once_the_group_has_decided(on_both: Instance) -> None:
    group = Group(on_both, size=5)
    one = group.improvement
    group.call()
    first, second, *others = group.bodies
    for body in others:
        group.say(body)
    group.say(first, "object", "Nous ne pouvons pas.")
    group.say(second, named=True)
    assert told(on_both, one) == [], "neither what is discussed nor who says what leaves the region"
    group.decide("not-adopted")
    [(verb, version, body)] = told(on_both, one)
    with on_both.database.read("paris") as session:
        [public] = documents.told(session, service.published(session, ids=[one]))
    assert (verb, version, body) == ("publish", 1, read(public))
    assert "findings" not in body["improvement"]
    [voice] = body["decision"]["dissent"]
    assert (voice["choice"], voice["stakeholder"], voice["name"], voice["reason"]) == ("object", None, {}, "")
    assert [named["stakeholder"] for named in body["decision"]["named"]] == [second]
    assert first not in str(body)
    assert "Nous ne pouvons pas." not in str(body)


def test_what_happens_to_it_later_is_told_only_where_the_public_reads_something_else(on_both: Instance) -> None:
    group = Group(on_both)
    one = group.improvement
    group.call()
    for body in group.bodies:
        group.say(body)
    group.decide()
    with group.held() as (session, record):
        noted = Forward(to="plenary", day=AFTER, result="sent")
        moving.forward(session, record, on_both.vocabulary("paris"), given=noted, by=HEAD, at=LATER, today=AFTER)
    with group.held() as (session, record):
        moving.reconsider(session, record, by=HEAD, at=LATER)
    group.call()  # asked anew: the public is told no more than that it is discussed again
    group.say(group.bodies[0], "object", "Nous ne pouvons pas.")
    log = told(on_both, one)
    assert [(verb, body["state"]) for verb, _, body in log] == [
        ("publish", "adopted"),
        ("publish", "adopted"),
        ("publish", "discussed-again"),
    ]
    assert [len(body["decision"]["forwarded"]) for _, _, body in log] == [0, 1, 1]
    with group.held() as (session, record):
        calling.recall(session, record, by=HEAD, at=LATER)
        drafts.erase(session, record, by=HEAD, at=LATER)
    assert [(verb, body) for verb, _, body in told(on_both, one)][-1] == ("erase", None)
    assert {str(body) for _, _, body in told(on_both, one)} == {"None"}


def test_a_draft_that_is_erased_was_never_there(on_both: Instance) -> None:
    group = Group(on_both)
    with group.held() as (session, record):
        drafts.erase(session, record, by=HEAD, at=LATER)
    assert told(on_both, group.improvement) == []


def test_the_name_of_a_body_that_is_erased_is_in_the_log_no_more(on_both: Instance) -> None:
    group = Group(on_both)
    group.call()
    gone, *others = group.bodies
    group.say(gone, "object", "Nous ne pouvons pas.", named=True)
    for body in others:
        group.say(body)
    group.decide("not-adopted")
    assert "Nous ne pouvons pas." in str(told(on_both, group.improvement))
    with on_both.database.write("paris") as session:
        directory.erase(session, session.get_one(Record, ("paris", gone)), by=HEAD, at=LATER)
    (_, _, before), (verb, _, now) = told(on_both, group.improvement)
    assert (before, verb) == (None, "replace")
    assert gone not in str(now)
    assert "Nous ne pouvons pas." not in str(now)
    [voice] = now["decision"]["dissent"]
    assert (voice["choice"], voice["name"]) == ("object", {}), "that somebody objected stays"


def test_a_procedure_is_released_once_every_party_has_endorsed_it(on_both: Instance) -> None:
    name = agreeing.proposed(on_both)
    first, second = agreeing.BODIES
    agreeing.say(on_both, name, first)
    assert told(on_both, name) == []
    agreeing.say(on_both, name, second)
    public = agreeing.public(on_both, name)
    assert public is not None
    assert told(on_both, name) == [("publish", 1, read(document(public)))]
    agreeing.say(on_both, name, first, "apply", source="Convention du 2 mai 2030")
    agreeing.say(on_both, name, second, "retract")
    agreeing.save(on_both, name, {"review_months": 24})
    assert [(verb, version, body["state"]) for verb, version, body in told(on_both, name)] == [
        ("publish", 1, "endorsed"),
        ("publish", 1, "endorsed"),
        ("publish", 1, "lapsed"),
    ], "what is written beside it stays here"
    agreeing.do(on_both, "withdraw", name, vocabulary=on_both.vocabulary("paris"), reason="Remplacé par la loi.")
    assert [(verb, body) for verb, _, body in told(on_both, name)][-1] == ("withdraw", None)


def test_what_nobody_endorsed_is_no_result(on_both: Instance) -> None:
    shipped = [one.id for one in _published(on_both) if one.status.state == "documented"]
    assert shipped
    assert [told(on_both, one) for one in shipped] == [[] for _ in shipped]


def _published(paris: Instance) -> Any:
    from lanzarote.procedures import service as procedures

    with paris.database.read("paris") as session:
        return procedures.published(session)


def test_an_evaluation_is_released_with_its_decision(on_both: Instance) -> None:
    one = piloting.judged(on_both)
    piloting.decide(on_both, one)
    assert told(on_both, one) == []
    piloting.publish(on_both, one)
    [(verb, _, body)] = told(on_both, one)
    assert (verb, body["state"], body["decision"]["outcome"]) == ("publish", "decided", "not-yet")
    assert "by" not in body["decision"], "who wrote it down stays here"
    with on_both.database.write("paris") as session:
        record = piloting.get(session, one)
        words = on_both.vocabulary("paris")
        pilots.withdraw(session, record, words, reason="Une erreur.", by=piloting.HEAD, at=piloting.THEN)
    assert [verb for verb, _, _ in told(on_both, one)] == ["publish", "withdraw"]


def test_what_comes_from_a_file_is_released_as_it_is(own_paris: Instance, tmp_path: Path) -> None:
    from lanzarote.exchange.region_file import export_region, load_file

    group = Group(own_paris)
    group.call()
    for body in group.bodies:
        group.say(body)
    group.decide()
    [(_, _, here)] = told(own_paris, group.improvement)
    with (tmp_path / "paris.jsonl").open("wb") as file:
        export_region(own_paris, "paris", file)
    other = tmp_path / "other"
    other.mkdir()
    settings = read_settings({"LANZAROTE_DATABASE_URL": f"sqlite:///{other / 'lanzarote.sqlite'}"})
    with new_instance(settings) as instance:
        instance.migrate()
        load_file(instance, tmp_path / "paris.jsonl")
        [(verb, version, there)] = told(instance, group.improvement)
    assert (verb, version, there) == ("publish", 1, here)
    assert records.encode(there) == records.encode(here)
