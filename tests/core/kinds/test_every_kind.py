"""What holds of every kind that is declared, read off the declarations: who may do what, in which state, after whom;
what the guard reads. A room tells the rest: when somebody may, and what comes of it.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import msgspec
import pytest
from lanzarote.composition import kinds
from lanzarote.errors import Conflict, NotPermitted
from lanzarote.kinds import service
from lanzarote.kinds.kind import given_to
from lanzarote.kinds.service import Checked
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import OF_INSTANCE, ROLES, Actor, Grant, may, subject_of
from lanzarote.records.records import Draft, Record, create, encode
from lanzarote.records.validation import Faulty

from tests.core.api.programs import PARIS, Programs
from tests.core.kinds.filled import content_of, filled, texts_in
from tests.core.kinds.forms import fields_of
from tests.core.practices.assessments import person
from tests.core.practices.signed_in import sign_in, site_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.instance import Instance
    from lanzarote.kinds.kind import Action, Kind
    from sqlalchemy.orm import Session

    AnyKind = Kind[Any, Any]

KINDS = {one.name: one for one in kinds()}
ADDRESS = "lea.martin@gmail.com"
OTHERWISE: dict[str, dict[str, Any]] = {
    "meeting": {"link": "", "organisations": [], "present": [{"name": ADDRESS, "roles": ADDRESS}]},
    "evaluation": {"judges": [{"key": "k", "standpoint": "external", "role": {"fr": ADDRESS}}]},
    "stakeholder": {"former": []},
}
"""What holds no words of a person: organisations by their ids, addresses of pages (test_guarded_places)."""
CHANGES_NOTHING = {("transfer", "publish")}
"""What is done again without anything coming of it."""
CHECKED_BEFORE = {("meeting", "approve")}
"""What passes the guard, changed by what is filled in, before it is done."""
AT = datetime(2031, 5, 1, 9, tzinfo=UTC)
HEAD = Actor(account_id="cy", grants=(Grant(role="coordinator", region_id="paris"),), strong=True)


def everybody(body: str) -> dict[str, Actor]:
    """Somebody in each role, for *body*; who leads elsewhere, or has come without a second factor; nobody."""
    here = {
        role: Grant(role=role, region_id="" if role in OF_INSTANCE else "paris", stakeholder_id=body) for role in ROLES
    }
    elsewhere = Grant(role="coordinator", region_id="elsewhere")
    return {
        **{role: Actor(account_id=role, grants=(grant,), strong=True) for role, grant in here.items()},
        "weak": Actor(account_id="weak", grants=(here["coordinator"],)),
        "elsewhere": Actor(account_id="elsewhere", grants=(elsewhere,), strong=True),
        "nobody": Actor(),
    }


def said_in(kind: AnyKind, text: str = "Un texte.") -> Any:
    return msgspec.convert(content_of(kind, text), kind.content)


def record_in(session: Session, kind: AnyKind, public: str = "draft", **status: Any) -> Record:
    """A record of *kind*, whatever stands in it, which the public knows as *public*."""
    draft = Draft(kind=kind.name, slug="x", body=encode(said_in(kind)), status=encode(kind.status(**status)))
    [made] = create(session, "paris", [draft], by="somebody", at=AT)
    record = session.get_one(Record, ("paris", made))
    record.state = public
    if public in ("published", "withdrawn"):
        record.published_version, record.published_at = 1, AT
    session.flush()
    return record


@contextmanager
def tried(paris: Instance) -> Iterator[Session]:
    """A session of which nothing stays."""
    with paris.database.write("paris") as session:
        yield session
        session.rollback()


def do(paris: Instance, session: Session, record: Record, action: Action, by: Actor, expected: int = 1) -> None:
    """Do *action*, with the least that it asks for."""
    entry = paris.directory("paris")[0].id
    given = action.asks and msgspec.convert(filled(msgspec.inspect.type_info(action.asks), entry), action.asks)
    kind = KINDS[record.kind]
    known = service.known_to(kind, paris, "paris", said_in(kind), record_id=record.id, language="fr", by=HEAD)
    checked = Checked(content=said_in(KINDS[record.kind]), slug="x")
    offered = {
        "expected": expected, "reason": "Une bonne raison.", "why": {}, "given": given, "confirmed": True, "mark": "",
        "known": known, "prepared": checked if (kind.name, action.name) in CHECKED_BEFORE else None,
        "checked": checked, "vocabulary": paris.vocabulary("paris"), "today": date(2031, 5, 13), "by": by, "at": AT,
    }  # fmt: skip
    action.do(session, record, **given_to(action.do, offered))


def states_of(kind: AnyKind) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the public knows of records of *kind*, and how far they are: all that can stand beside each other."""
    own = [{"state": one} for one in get_args(get_type_hints(kind.status).get("state"))] or [{}]
    public = ("draft", "archived") if len(own) > 1 else ("draft", "published", "withdrawn", "archived")
    can_be_archived = any(one.name == "archive" for one in kind.actions)
    for state in public if can_be_archived else public[:-1]:
        yield from ((state, status) for status in own)


@pytest.mark.parametrize("name", KINDS)
def test_nobody_does_what_their_role_does_not_allow(paris: Instance, name: str) -> None:
    kind, refused = KINDS[name], set()
    with tried(paris) as session:
        record = record_in(session, kind)
        subject = subject_of(session, record)
        for who, by in everybody(paris.directory("paris")[0].id).items():
            for action in kind.actions:
                if not may(by, action.may, subject):
                    # An entry that one may not read is none that another can be merged into.
                    with pytest.raises((NotPermitted, Faulty) if action.name == "merge" else NotPermitted):
                        do(paris, session, record, action, by)
                    refused.add((who, action.name))
            checked = Checked(content=said_in(kind), slug="x")
            if kind.forms and not may(by, kind.write, service.begun_by(by, "paris")):
                with pytest.raises(NotPermitted):
                    service.begin(kind, session, "paris", checked, by=by, at=AT)
            if kind.forms and not may(by, kind.write, subject):
                with pytest.raises(NotPermitted):
                    service.save(kind, session, record, checked, expected=1, by=by, at=AT)
    leads = {one.name for one in kind.actions if one.may != "group.read"}
    assert {(who, one) for who in ("reviewer", "weak", "elsewhere", "nobody") for one in leads} - refused <= {
        ("reviewer", one.name) for one in kind.actions if one.may in ("stakeholder.publish", "practice.publish")
    }


@pytest.mark.parametrize("name", KINDS)
def test_nothing_is_done_in_a_state_that_does_not_allow_it(paris: Instance, name: str) -> None:
    kind, done, refused = KINDS[name], [], 0
    with tried(paris) as session:
        for state, status in states_of(kind):
            with session.begin_nested() as point:
                record = record_in(session, kind, state, **status)
                now = kind.state_of(session, record)
                for action in kind.actions:
                    if action.when(record, now) or (name, action.name) in CHANGES_NOTHING:
                        continue
                    try:
                        with session.begin_nested():
                            do(paris, session, record, action, HEAD)
                        done.append(f"{action.name} of what is {state} and {now}")
                    except (IllegalTransition, Conflict, Faulty):
                        refused += 1
                if kind.forms and not any(form.when(record, now) for form in kind.forms):
                    with pytest.raises(IllegalTransition):
                        service.save(
                            kind, session, record, Checked(content=said_in(kind), slug="x"), expected=1, by=HEAD, at=AT
                        )
                point.rollback()
    assert done == []
    assert refused


def test_what_pages_offer_is_what_the_table_allows(paris: Instance) -> None:
    for name, kind in KINDS.items():
        table = kind.record.lifecycle if name != "stakeholder" else {}  # there it is the relation to the group
        steps = {one.name: one for one in kind.steps if one.name in {action for _, action in table}}
        offered = set()
        with tried(paris) as session:
            for state, status in states_of(kind):
                record = record_in(session, kind, state, **status)
                now = kind.state_of(session, record)
                offered |= {(now, one.name) for one in steps.values() if one.when(record, now)}
        assert offered <= table.keys(), name
        assert bool(offered) == bool(table), name


@pytest.mark.parametrize("name", KINDS)
def test_nothing_is_done_on_another_version_than_was_read(paris: Instance, name: str) -> None:
    kind = KINDS[name]
    with tried(paris) as session:
        record = record_in(session, kind)
        for action in kind.actions:
            if "expected" in action.takes:
                with pytest.raises(Conflict):
                    do(paris, session, record, action, HEAD, expected=2)
        if kind.forms:
            with pytest.raises(Conflict):
                service.save(
                    kind, session, record, Checked(content=said_in(kind), slug="x"), expected=2, by=HEAD, at=AT
                )


# ---------------------------------------------------------------------------------------------------------------------
# What the guard reads


def test_the_guard_reads_every_text_that_a_program_sends(own_paris: Instance) -> None:
    with site_of(own_paris) as client:
        writer = Programs(own_paris, client).of("contributor")
        for name, kind in KINDS.items():
            if kind.forms:
                said = content_of(kind, ADDRESS) | OTHERWISE.get(name, {})
                answer = writer.ask("POST", f"{PARIS}/team/{name}s", said)
                assert answer.status_code == 422, answer.text
                found = {one["field"] for one in answer.json()["concerns"]}
                # In rows a text stands beside what it is about, whatever language it is in.
                places = {re.sub(r"\]\.text\.fr\.(\w+)", r"].\1.fr", place) for place in texts_in(said, ADDRESS)}
                assert found == places, name


def test_the_guard_reads_every_text_of_every_form(own_paris: Instance) -> None:
    with site_of(own_paris) as client:
        ana = sign_in(own_paris, client, person(own_paris, "contributor"))
        for kind in KINDS.values():
            if kind.forms:
                path = f"/en/paris/team/{kind.room}/new"
                page = ana.get(path)
                names = texts_of_form(page) - {"link"}
                told = ana.post(path, 400, **(fields_of(page) | dict.fromkeys(names, ADDRESS)))
                assert names
                assert names - set(re.findall('href="#([^"]+)"', told)) == set(), kind.name


def texts_of_form(page: str) -> set[str]:
    """Names of what takes words: boxes and lines, without those from which scripts make rows."""
    found = re.findall(r"<(?:textarea|input)\b[^>]*>", page.partition("<main")[2])
    words = [one for one in found if not re.search(r' type="(?!text)| inputmode=|\[#\]', one)]
    return {name[1] for one in words if (name := re.search(r' name="([^"]*)"', one))}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_page_of_an_action_does_not_speak_as_if_it_were_done(kind: AnyKind) -> None:
    done = re.compile(r"\bis now\b|\bfrom now on\b|\bcan no longer read\b|\bno longer reads\b", re.IGNORECASE)
    assert [one.name for one in kind.actions if done.search(one.text)] == []
