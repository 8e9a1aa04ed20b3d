"""Every change of the API, asked for by everybody: each answer as the table of rules says."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from lanzarote.accounts import identify
from lanzarote.app import create_litestar
from lanzarote.changes import INSTANCE
from lanzarote.permissions import ROLES, Actor, may, subject_of
from lanzarote.records import Record
from lanzarote.web.changing import Change
from lanzarote.web.resources import ROOT, Resource
from litestar import Litestar

from tests.core.api.programs import BEARER, Program, Programs, problem

OLD = '"0-000000000000"'
"""The state of no record: whoever may do it is told that it has changed."""
APART = {"get_own_assessment", "save_own_assessment", "give_own_assessment", "release_reviewer"}
"""Asked of one's own assessment rather than of the practice."""
HOSTILE: list[bytes] = [
    b"", b"{", b"null", b"0", b'""', b"[]", b"[{}]", b'{"": 0}', b"\x00", b"\xff\xfe", b"\xef\xbb\xbf{}", b"{}{}",
    b'{"a": 1, "a": 2}', b"[" * 9_999, b'{"a":' * 9_999, b'{"reason": "\\ud800"}', b'{"reason": "\\u0000"}',
    b'{"round": 1e999}', b'{"round": 99999999999999999999999}', b'{"version": -1}', b'{"day": "2026-13-45"}',
    b'{"reviewers": ["\\u202e"]}', b'{"text": {"fr": "\\u0000"}}', b'{"name": {"fr": null}}', b'{"__class__": "x"}',
    b'{"original": "fr", "text": {"fr": {"title": "\\u0000\\u202e"}}, "answers": {"a": {"b": [null, {"c": 1}]}}}',
    b'{"bearer": "\\u0000"}', b'{"into": "\'; DROP TABLE record;--"}', b'{"slug": "\\u0000"}', b'{"note": "\\u0000"}',
    b'{"address": "a@b.example\\u0000", "name": "x", "language": "fr", "roles": [{"role": "contributor"}]}',
]  # fmt: skip


@pytest.fixture(scope="module")
def app(programs: Programs) -> Litestar:
    return create_litestar(programs.instance)


@pytest.fixture(scope="module")
def described(app: Litestar) -> list[Resource]:
    return [
        one
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        if isinstance(one := handler.opt.get("resource"), Resource) and one.may != "public"
    ]


@pytest.fixture(scope="module")
def everybody(programs: Programs, mine: dict[str, str]) -> dict[str, Program]:
    people = {role: programs.of(role, organisation=mine["stakeholder"]) for role in ROLES}
    weak = programs.of("coordinator", strong=False)
    return people | {"contributor elsewhere": programs.of("contributor", region="elsewhere"), "weak coordinator": weak}


@pytest.fixture(scope="module")
def mine(programs: Programs, writer: Program) -> dict[str, str]:
    """What is there: a practice of Ana's that was submitted, an entry of the directory."""
    path = writer.begin()
    writer.step(path, "submit", BEARER)
    entry = writer.get(f"{ROOT}/regions/paris/team/stakeholders?limit=1")["items"][0]["id"]
    return {"practice": path.rpartition("/")[2], "stakeholder": entry}


def actor_of(programs: Programs, program: Program) -> Actor:
    with programs.instance.database.read(INSTANCE):
        return identify.bearer(programs.instance.database, program.token).actor


def expected(programs: Programs, actor: Actor, one: Resource, kind: str, record_id: str) -> int:
    """What the table of rules says; 412 stands for whoever may."""
    with programs.instance.database.read("paris") as session:
        subject = subject_of(session, session.get_one(Record, ("paris", record_id)))
    read = f"{kind}.read"
    if not actor.regions(one.may) & {"paris", ""}:  # type: ignore[arg-type]
        return 403  # nothing in this region at all: it is not even looked at
    if not may(actor, read, subject):  # type: ignore[arg-type]
        return 404
    if not isinstance(one, Change):
        return 200
    return 412 if may(actor, one.may, subject) else 403  # type: ignore[arg-type]


def body_for(one: Resource) -> Any:
    """Something that the schema admits."""
    bodies: dict[str, Any] = {
        "Written": {"original": "fr", "text": {"fr": {"title": "Un titre"}}},
        "Because": {"reason": "Parce que."},
        "Publication": {"nobody": True, "no_case": True},
        "Asking": {"reviewers": ["x"]},
        "Deciding": {"round": 1, "outcome": "return", "reason": {"fr": "Pas encore."}, "day": "2026-01-01"},
        "WrittenEntry": {"name": {"fr": "Un nom"}, "sectors": ["courts"], "side": "public", "scope": "local"},
        "Confirmation": {"confirmed": True},
        "Relating": {"relation": "cited"},
        "Renaming": {"slug": "un-nom"},
        "Merging": {"into": "x"},
    }
    return bodies.get(getattr(getattr(one, "body", None), "__name__", ""), {})


@pytest.mark.parametrize("kind", ["practice", "stakeholder"])
def test_every_resource_of_a_record_answers_everybody_as_the_table_says(
    programs: Programs, described: list[Resource], everybody: dict[str, Program], mine: dict[str, str], kind: str
) -> None:
    wrong, seen = [], set()
    resources = [one for one in described if f"{{{kind}}}" in one.path and one.function.__name__ not in APART]
    for who, program in everybody.items():
        actor = actor_of(programs, program)
        for one in resources:
            path = ROOT + one.path.format(region="paris", version="1", **mine)
            method = one.method if isinstance(one, Change) else "GET"
            answer = program.ask(method, path, body_for(one), if_match=OLD)
            should = expected(programs, actor, one, kind, mine[kind])
            seen.add(should)
            if answer.status_code != should:
                wrong.append(
                    f"{who}: {method} {one.path}: {answer.status_code} instead of {should}: {answer.text[:90]}"
                )
    assert wrong == []
    assert len(resources) > 15
    assert {200, 403, 412} <= seen


def test_no_change_is_left_out_of_what_is_tried_here(described: list[Resource]) -> None:
    changes = [one for one in described if isinstance(one, Change)]
    assert len(changes) >= 43
    assert {one.function.__name__ for one in changes if not one.match and "practice}" in one.path} == {
        "release_reviewer"
    }
    assert all(one.match for one in changes if "stakeholder}" in one.path)
    assert all(one.body is None or issubclass(one.body, msgspec.Struct) for one in changes)
    loose = [one.body.__name__ for one in changes if one.body and not one.body.__struct_config__.forbid_unknown_fields]
    assert loose == []


def test_no_hostile_body_is_more_than_refused(
    programs: Programs, described: list[Resource], head: Program, mine: dict[str, str]
) -> None:
    """Sent about real records, by somebody who may: nothing breaks, and nothing of it is kept."""
    wrong = []
    names = {"region": "paris", "version": "1", "kind": "sector", "key": "courts", "role": "contributor"}
    nobody = "01890000-0000-7000-8000-000000000000"
    names |= mine | {"account": nobody, "task": nobody}
    chief = programs.of("administrator")
    for one in described:
        if not isinstance(one, Change) or one.body is None:
            continue
        path = ROOT + one.path.format(**names)
        for raw in HOSTILE:
            answer = (head if "region" in one.path else chief).ask(one.method, path, raw, if_match=OLD)
            if not 400 <= answer.status_code < 500:
                wrong.append(f"{one.method} {one.path} {raw[:40]!r}: {answer.status_code} {answer.text[:120]}")
            else:
                problem(answer)
    assert wrong == []
