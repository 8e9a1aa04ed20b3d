"""A body that was not asked is not one that gave no answer: on the page, in the API, in results and in older data."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import msgspec
from alembic.migration import MigrationContext
from alembic.operations import Operations
from lanzarote.app import create_app
from lanzarote.improvements.documents import ImprovementDocument
from lanzarote.improvements.model import IMPROVEMENT
from lanzarote.improvements.outcome import Member, outcome
from lanzarote.improvements.positions_model import Decided, ImprovementDecision
from lanzarote.records.changelog import Change, ChangeBody
from lanzarote.records.records import encode
from lanzarote.types import DecisionRule
from litestar.testing import TestClient
from sqlalchemy import select

from tests.core.improvements.group import Group
from tests.core.improvements.test_deciding import exported, improvement_in, recompute

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from sqlalchemy.orm import Session


def decided_after_one_joined(group: Group) -> str:
    """Two answer, one is asked and silent, one joins the group after the call; its slug."""
    first, second, third, joins = group.bodies
    group.call(first, second, third)
    group.say(first)
    group.say(second)
    assert joins
    group.decide(present=(first, second))
    with group.held() as (_, record):
        return record.slug


def steps(session: Session) -> dict[str, int]:
    row = session.scalars(select(ImprovementDecision)).one()
    return {one.code: one.count for one in row.told().outcome.steps if one.code in ("silent", "not-asked")}


def last_release(session: Session) -> dict[str, Any]:
    joined = (ChangeBody.region_id == Change.region_id) & (ChangeBody.seq == Change.seq)
    query = select(ChangeBody.body).join(Change, joined).where(Change.kind == IMPROVEMENT).order_by(Change.seq.desc())
    said: dict[str, Any] = msgspec.json.decode(session.scalars(query).first() or b"")["decision"]
    return said


def public_page(instance: Instance, slug: str) -> tuple[str, dict[str, Any]]:
    with TestClient(create_app(instance), base_url="http://lanzarote.test") as client:
        page = client.get(f"/en/paris/improvements/{slug}").text
        api = client.get(f"/api/v1/regions/paris/improvements/{slug}").json()
    counts = page[page.index('<p class="counts">') :]
    return counts[: counts.index("</p>")], api["decision"]


def test_the_two_are_counted_apart() -> None:
    rule = DecisionRule(version=1, text={"en": "By consensus."})
    members = [Member(stakeholder=one, side="public", sectors=("courts",)) for one in "abc"]
    found = outcome(rule, members, {"a": "support"}, ["a"], ["a", "b"])
    assert [(one.code, one.stakeholders) for one in found.steps if one.code in ("silent", "not-asked")] == [
        ("silent", ("b",)),
        ("not-asked", ("c",)),
    ]


def test_everybody_reads_that_a_body_that_joined_later_was_not_asked(group: Group) -> None:
    slug = decided_after_one_joined(group)
    with group.instance.database.read("paris") as session:
        assert steps(session) == {"silent": 1, "not-asked": 1}
        assert last_release(session)["not_asked"] == 1
    counts, api = public_page(group.instance, slug)
    assert "No answer <strong>1</strong>" in counts
    assert "Not asked <strong>1</strong>" in counts
    assert api["not_asked"] == 1
    assert [one.holds for one in recompute(improvement_in(exported(group.instance)[1:]))] == [True]


def test_an_older_decision_that_does_not_say_who_was_asked_claims_nothing(group: Group) -> None:
    slug = decided_after_one_joined(group)
    as_before(group.instance)
    counts, api = public_page(group.instance, slug)
    assert "No answer, or not asked <strong>2</strong>" in counts
    assert "not_asked" not in api
    with group.instance.database.read("paris") as session:
        row = session.scalars(select(ImprovementDecision)).one()
        assert row.told().outcome.steps == recomputed(row.told())


def test_the_upgrade_completes_older_decisions_and_releases_them_anew(on_both: Group) -> None:
    slug = decided_after_one_joined(on_both)
    instance = on_both.instance
    with instance.database.read("paris") as session:
        right = session.scalars(select(ImprovementDecision)).one().told()
    as_before(instance)
    with instance.database.read("paris") as session:
        assert steps(session) == {"silent": 2}
        assert "not_asked" not in last_release(session)
    write = instance.database.engine.execution_options(lanzarote_write=True)
    with write.connect() as connection, connection.begin(), Operations.context(MigrationContext.configure(connection)):
        import_module("lanzarote.migrations.versions.0015_asked").upgrade()
    with instance.database.read("paris") as session:
        assert session.scalars(select(ImprovementDecision)).one().told() == right
    instance.worker.run_due()
    with instance.database.read("paris") as session:
        assert last_release(session)["not_asked"] == 1
    assert "Not asked <strong>1</strong>" in public_page(instance, slug)[0]


def as_before(instance: Instance) -> None:
    """Let the decision and its release say what they said before decisions kept who was asked."""
    with instance.database.write("paris") as session:
        row = session.scalars(select(ImprovementDecision)).one()
        told = msgspec.structs.replace(row.told(), asked=None)
        row.body = encode(
            msgspec.structs.replace(told, outcome=msgspec.structs.replace(told.outcome, steps=recomputed(told)))
        )
        for entry in session.scalars(select(ChangeBody).where(ChangeBody.record_id == row.record_id)):
            said = msgspec.json.decode(entry.body)
            del said["decision"]["not_asked"]
            silent = sum(one["count"] for one in said["decision"]["steps"] if one["code"] in ("silent", "not-asked"))
            said["decision"]["steps"] = [
                one | ({"count": silent} if one["code"] == "silent" else {})
                for one in said["decision"]["steps"]
                if one["code"] != "not-asked"
            ]
            entry.body = encode(said)
            # It is read as it came: what an older region has signed goes on being taken.
            assert encode(msgspec.json.decode(entry.body, type=ImprovementDocument)) == entry.body


def recomputed(told: Decided) -> Any:
    counted = {one.stakeholder: one.choice for one in told.positions}
    return outcome(told.rule, told.taking_part, counted, told.present, told.asked).steps
