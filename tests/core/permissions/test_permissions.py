"""One table says who may do what; the check of one record and the filter of a list never disagree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lanzarote.records import permissions
from lanzarote.records.permissions import (
    ACTIONS,
    BARS,
    EVERYWHERE,
    OF_INSTANCE,
    ROLES,
    RULES,
    VISITOR,
    Action,
    Actor,
    Grant,
    Limits,
    Role,
    Subject,
    allowed,
    may,
    may_somewhere,
)
from lanzarote.records.records import Involved, Named, Record
from lanzarote.store.database import ALL, Database
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

THEN = datetime(2031, 1, 1, tzinfo=UTC)
REGIONS = ("here", "there")
ACCOUNTS = ("ana", "bo")
STAKEHOLDERS = ("school", "court")
HERE = Subject(region_id="here", id="p")


def actor(*grants: Grant, strong: bool = True, limits: Limits | None = None) -> Actor:
    return Actor(account_id="ana", grants=grants, strong=strong, limits=limits)


def test_every_action_has_a_rule_and_there_are_few_enough_to_know_them_all() -> None:
    assert {*RULES} == {*ACTIONS}
    assert len(ACTIONS) <= 25
    assert all(RULES[action] for action in ACTIONS)
    assert {*BARS} <= {*ACTIONS}


def test_roles_of_the_instance_and_of_a_region_are_not_mixed_up() -> None:
    for rules in RULES.values():
        for role, where in rules.items():
            assert (where == "instance") == (role in OF_INSTANCE)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_visitor_may_do_nothing_that_takes_a_permission(action: Action) -> None:
    assert may(VISITOR, action, HERE).reason == permissions.NOT_SIGNED_IN
    assert not may_somewhere(VISITOR, action, "here")


def test_a_contributor_reads_the_drafts_of_their_region_and_of_no_other() -> None:
    person = actor(Grant(role="contributor", region_id="here"))
    assert may(person, "practice.read", HERE)
    assert may(person, "practice.read", Subject(region_id="there")).reason == permissions.NOT_HERE


def test_a_representative_reads_only_what_they_wrote() -> None:
    person = actor(Grant(role="representative", region_id="here", stakeholder_id="school"))
    assert may(person, "practice.read", Subject(region_id="here", authors=frozenset({"ana"})))
    assert may(person, "practice.read", HERE).reason == permissions.NOT_YOURS


def test_nobody_publishes_alone_what_they_submitted() -> None:
    person = actor(Grant(role="coordinator", region_id="here"))
    assert may(person, "practice.publish", Subject(region_id="here", submitter="bo"))
    mine = Subject(region_id="here", submitter="ana")
    assert may(person, "practice.publish", mine).reason == permissions.BARRED["submitter"]


def test_nobody_assesses_what_names_the_organisation_they_work_for() -> None:
    person = actor(Grant(role="reviewer", region_id="here", stakeholder_id="school"))
    asked = frozenset({"ana"})
    assert may(person, "practice.assess", Subject(region_id="here", asked=asked, named=frozenset({"court"})))
    named = Subject(region_id="here", asked=asked, named=frozenset({"court", "school"}))
    assert may(person, "practice.assess", named).reason == permissions.BARRED["named"]


def test_nobody_publishes_what_names_or_is_about_the_organisation_they_work_for() -> None:
    person = actor(Grant(role="reviewer", region_id="here", stakeholder_id="school"))
    assert may(person, "practice.publish", Subject(region_id="here", named=frozenset({"court"})))
    named = Subject(region_id="here", named=frozenset({"court", "school"}))
    assert may(person, "practice.publish", named).reason == permissions.BARRED["named"]
    assert may(person, "stakeholder.publish", Subject(region_id="here", id="court"))
    itself = Subject(region_id="here", id="school")
    assert may(person, "stakeholder.publish", itself).reason == permissions.BARRED["named"]


def test_a_coordinator_needs_a_second_factor_and_is_told_so() -> None:
    weak = actor(Grant(role="coordinator", region_id="here"), strong=False)
    assert may(weak, "practice.withdraw", HERE).reason == permissions.WEAK


def test_the_office_is_no_superuser() -> None:
    office = actor(Grant(role="office"), Grant(role="administrator"))
    allowed_to = {action for action in ACTIONS if may(office, action, HERE)}
    keeping_it_running = {"activity.read", "person.read", "person.grant", "person.close"}
    assert allowed_to == keeping_it_running | {"plugin.switch", "results.receive"}


def test_a_token_only_takes_away() -> None:
    limits = Limits(actions=frozenset({"practice.read", "person.grant"}), region_id="here")
    person = actor(
        Grant(role="contributor", region_id="here"), Grant(role="contributor", region_id="there"), limits=limits
    )
    assert may(person, "practice.read", HERE)
    assert may(person, "practice.read", Subject(region_id="there")).reason == permissions.LIMITED
    assert may(person, "practice.write", HERE).reason == permissions.LIMITED
    assert may(person, "person.grant", HERE).reason == permissions.NO_RULE
    assert not may_somewhere(person, "practice.read", "there")


# ---------------------------------------------------------------------------------------------------------------------
# The check and the filter

grants = st.builds(
    lambda role, region, stakeholder: Grant(
        role=role, region_id=EVERYWHERE if role in OF_INSTANCE else region, stakeholder_id=stakeholder
    ),
    st.sampled_from(ROLES),
    st.sampled_from(REGIONS),
    st.sampled_from(("", *STAKEHOLDERS)),
)
limits = st.none() | st.builds(
    Limits, actions=st.frozensets(st.sampled_from(ACTIONS), min_size=1), region_id=st.sampled_from(("", *REGIONS))
)
actors = st.builds(
    Actor,
    account_id=st.sampled_from(("", *ACCOUNTS)),
    grants=st.lists(grants, max_size=4).map(tuple),
    strong=st.booleans(),
    limits=limits,
)
subjects = st.builds(
    Subject,
    region_id=st.sampled_from(REGIONS),
    id=st.sampled_from(("p", *STAKEHOLDERS)),
    authors=st.frozensets(st.sampled_from(ACCOUNTS)),
    submitter=st.sampled_from(("", *ACCOUNTS)),
    asked=st.frozensets(st.sampled_from(ACCOUNTS)),
    named=st.frozensets(st.sampled_from(STAKEHOLDERS)),
)


@pytest.fixture(scope="module")
def store(module_database_url: str) -> Iterator[Database]:
    database = Database(module_database_url)
    yield database
    database.close()


def put(session: Session, subject: Subject) -> None:
    here, record = subject.region_id, subject.id
    session.add(
        Record(
            region_id=here, id=record, kind="practice", slug=record, state="draft", stage="writing", status=b"{}",
            version=1, created_at=THEN, updated_at=THEN,
        )
    )  # fmt: skip
    parts = {("author", account) for account in subject.authors} | {("asked", account) for account in subject.asked}
    parts |= {("submitter", subject.submitter)} if subject.submitter else set()
    session.add_all(Involved(region_id=here, record_id=record, account_id=who, part=part) for part, who in parts)
    session.add_all(Named(region_id=here, record_id=record, stakeholder_id=one) for one in subject.named)
    session.flush()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(who=actors, subject=subjects, action=st.sampled_from(ACTIONS))
def test_a_list_holds_exactly_what_the_check_allows(
    store: Database, who: Actor, subject: Subject, action: Action
) -> None:
    with store.write(ALL) as session:
        for table in (Record, Involved, Named):
            session.execute(delete(table))
        put(session, subject)
        listed = session.scalars(select(Record.id).where(allowed(who, action))).all()
        session.rollback()
    assert bool(listed) == bool(may(who, action, subject))


@settings(max_examples=300, deadline=None)
@given(who=actors, subject=subjects, action=st.sampled_from(ACTIONS))
def test_what_is_allowed_for_a_record_is_allowed_somewhere_in_its_region(
    who: Actor, subject: Subject, action: Action
) -> None:
    if may(who, action, subject):
        assert may_somewhere(who, action, subject.region_id)


@settings(max_examples=300, deadline=None)
@given(who=actors, more=grants, subject=subjects, action=st.sampled_from(ACTIONS))
def test_a_role_in_one_region_adds_nothing_in_another(
    who: Actor, more: Grant, subject: Subject, action: Action
) -> None:
    if more.region_id in (EVERYWHERE, subject.region_id):
        return
    richer = Actor(account_id=who.account_id, grants=(*who.grants, more), strong=who.strong, limits=who.limits)
    assert bool(may(richer, action, subject)) == bool(may(who, action, subject))


@settings(max_examples=300, deadline=None)
@given(who=actors, subject=subjects, action=st.sampled_from(ACTIONS))
def test_every_refusal_has_a_reason(who: Actor, subject: Subject, action: Action) -> None:
    verdict = may(who, action, subject)
    assert bool(verdict) == (not verdict.reason)


def test_the_roles_are_those_of_the_table() -> None:
    used: set[Role] = {role for rules in RULES.values() for role in rules}
    assert used == set(ROLES)
