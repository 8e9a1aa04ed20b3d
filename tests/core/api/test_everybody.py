"""Every change of the API, asked for by everybody: each answer as the table of rules says."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from lanzarote.accounts import tokens
from lanzarote.app import routes
from lanzarote.improvements.model import ImprovementStatus
from lanzarote.instance import Instance
from lanzarote.meetings import mandates
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import ROLES, Actor, Subject, may, subject_of
from lanzarote.records.records import Draft, Record, create, encode
from lanzarote.results.model import HeldBatch, Unfit
from lanzarote.transfers import mapping, origin
from lanzarote.transfers.model import TRANSFER, TransferStatus
from lanzarote.types import Objective
from lanzarote.web.changing import Change
from lanzarote.web.resources import ROOT, Resource
from sqlalchemy import select

from tests.core.api.programs import BEARER, Program, Programs, problem
from tests.core.meetings import keeping
from tests.core.results.hostile import HERE, Hostile

OLD = '"0-000000000000"'
"""The state of no record: whoever may do it is told that it has changed."""
READ: dict[str | None, int] = {None: 428, "*": 428, "1": 412, "nonsense": 412, 'W/"1"': 412}
"""What a change may say of the state that was read → what it is answered."""
NOBODY = "01890000-0000-7000-8000-000000000000"
APART = {"get_own_assessment", "save_own_assessment", "give_own_assessment", "release_reviewer"}
"""Asked of one's own assessment rather than of the practice."""
OF_THE_GROUP = ("finding", "improvement", "procedure", "meeting", "mandate", "indicator", "evaluation", "transfer")
"""Kinds whose reading has no permission of its own."""
OTHERWISE = {"say_comment": 201, "propose_amendment": 409, "plan_action": 409, "get_outcome": 404}
OTHERWISE |= dict.fromkeys(
    ("get_asked_procedure", "say_when_asked", "get_meeting_invitation", "answer_own_invitation"), 404
)
"""What whoever may is answered by what asks for no If-Match, or has nothing to show of a draft."""
PILOT = {"original": "fr", "text": {"fr": {"title": "Un pilote"}}}
BODIES: dict[str, Any] = {
    "finding": {
        "original": "fr", "text": {"fr": {"title": "Un constat", "observed": "Un délai."}},
        "sectors": ["courts", "education"],
    },
    "improvement": {
        "original": "fr", "text": {"fr": {"title": "Une piste", "proposal": "Un registre."}}, "sectors": ["courts"],
    },
    "procedure": {"original": "fr", "text": {"fr": {"title": "Un protocole"}}},
    "meeting": {
        "original": "fr", "text": {"fr": {"title": "Une réunion"}}, "kind": "working", "day": "2031-05-12",
    },
    "indicator": PILOT | {"counts": "other", "rhythm": "month"},
    "evaluation": PILOT,
}  # fmt: skip
"""What begins a record of each kind that a group keeps."""
HOSTILE: list[bytes] = [
    b"", b"{", b"null", b"0", b'""', b"[]", b"[{}]", b'{"": 0}', b"\x00", b"\xff\xfe", b"\xef\xbb\xbf{}", b"{}{}",
    b'{"a": 1, "a": 2}', b"[" * 9_999, b'{"a":' * 9_999, b'{"reason": "\\ud800"}', b'{"reason": "\\u0000"}',
    b'{"round": 1e999}', b'{"round": 99999999999999999999999}', b'{"version": -1}', b'{"day": "2026-13-45"}',
    b'{"reviewers": ["\\u202e"]}', b'{"text": {"fr": "\\u0000"}}', b'{"name": {"fr": null}}', b'{"__class__": "x"}',
    b'{"original": "fr", "text": {"fr": {"title": "\\u0000\\u202e"}}, "answers": {"a": {"b": [null, {"c": 1}]}}}',
    b'{"bearer": "\\u0000"}', b'{"into": "\'; DROP TABLE record;--"}', b'{"slug": "\\u0000"}', b'{"note": "\\u0000"}',
    b'{"address": "a@b.example\\u0000", "name": "x", "language": "fr", "roles": [{"role": "contributor"}]}',
]  # fmt: skip
SHARE = 8
"""By default a change is sent the first of so many bodies, the next change the second, and so on."""


@pytest.fixture(scope="module")
def described() -> list[Resource]:
    return [
        one
        for route in routes().routes
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
    """What is there: a practice of Ana's that was submitted, an entry of the directory, what the group reads."""
    path = writer.begin()
    writer.step(path, "submit", BEARER)
    entry = writer.get(f"{ROOT}/regions/paris/team/stakeholders?limit=1")["items"][0]["id"]
    made = {"practice": path.rpartition("/")[2], "stakeholder": entry}
    for kind, body in BODIES.items():
        begun = writer.ask("POST", f"{ROOT}/regions/paris/team/{kind}s", body)
        assert begun.status_code == 201, begun.text
        made[kind] = begun.headers["location"].rpartition("/")[2]
    head = programs.of("coordinator")
    path = f"{ROOT}/regions/paris/team/findings/{made['finding']}"
    assert head.step(path, "share").status_code == 200
    return (
        made
        | talked(programs.instance, writer, head, made["improvement"], entry)
        | {"mandate": adopted(programs.instance), "transfer": taken_up(programs.instance)}
    )


def taken_up(instance: Instance) -> str:
    """As if Paris had looked at a practice of its own from elsewhere."""
    with instance.database.write("paris") as session:
        there = session.scalars(select(Record).where(Record.kind == "practice", Record.state == "published")).first()
        assert there is not None
        said = mapping.propose(
            origin.read_origin(instance, "paris", there.id), instance.vocabulary("paris"), url="https://paris.example"
        )
        draft = Draft(kind=TRANSFER, slug="taken-up", body=encode(said), status=encode(TransferStatus()))
        return create(session, "paris", [draft], by="test")[0]


def talked(instance: Instance, writer: Program, head: Program, improvement: str, entry: str) -> dict[str, str]:
    """A comment, an amendment and an action of the improvement, which is a draft again afterwards."""
    with instance.database.write("paris") as session:
        record = session.get_one(Record, ("paris", improvement))
        before, record.status = record.status, encode(ImprovementStatus(state="discussed"))
    at = f"{ROOT}/regions/paris/team/improvements/{improvement}"
    said = writer.ask("POST", f"{at}/comments", {"text": "Un mot."})
    amended = writer.ask("POST", f"{at}/amendments", AMENDING)
    with instance.database.write("paris") as session:
        session.get_one(Record, ("paris", improvement)).status = encode(ImprovementStatus(state="adopted"))
    planned = head.ask("POST", f"{at}/actions", PLANNING | {"stakeholder": entry})
    assert [one.status_code for one in (said, amended, planned)] == [201, 201, 201], (amended.text, planned.text)
    with instance.database.write("paris") as session:
        session.get_one(Record, ("paris", improvement)).status = before
    return {"comment": said.json()["id"], "amendment": "1", "action": "1"}


AMENDING = {
    "base": 1, "language": "fr", "why": "C’est plus clair.",
    "text": {"title": "Une piste", "proposal": "Un registre commun."},
}  # fmt: skip
PLANNING = {"what": "Tenir un registre.", "due_on": "2031-01-01"}


def adopted(instance: Instance) -> str:
    """A mandate that a meeting adopted."""
    meeting = keeping.planned(instance)
    keeping.note_held(instance, meeting)
    objective = Objective(key="a", text={"fr": "Un objectif"})
    with keeping.held(instance, meeting) as (session, record):
        words = instance.vocabulary("paris")
        made = mandates.adopt(
            session, record, words, title={"fr": "Un mandat"}, objectives=(objective,), since=keeping.AFTER,
            by=keeping.HEAD, at=keeping.THEN,
        )  # fmt: skip
        return made.id


def actor_of(programs: Programs, program: Program) -> Actor:
    with programs.instance.database.read(INSTANCE):
        return tokens.bearer(programs.instance.database, program.token).actor


def expected(programs: Programs, actor: Actor, one: Resource, kind: str, record_id: str) -> int:
    """What the table of rules says; 412 stands for whoever may."""
    with programs.instance.database.read("paris") as session:
        subject = subject_of(session, session.get_one(Record, ("paris", record_id)))
    read = "group.read" if kind in OF_THE_GROUP else f"{kind}.read"
    if not actor.regions(one.may) & {"paris", ""}:  # type: ignore[arg-type]
        return 403  # nothing in this region at all: it is not even looked at
    if not may(actor, read, subject):  # type: ignore[arg-type]
        return 404
    if one.may == "group.speak":  # for the organisation, whatever it is about
        subject = Subject(region_id="paris", id=next((grant.stakeholder_id for grant in actor.grants), ""))
    if not may(actor, one.may, subject):  # type: ignore[arg-type]
        return 403
    return OTHERWISE.get(one.function.__name__, 412 if isinstance(one, Change) else 200)


def body_for(one: Resource) -> Any:
    """Something that the schema admits, and that could be about any record."""
    bodies: dict[str, Any] = {
        "WrittenPractice": {"original": "fr", "text": {"fr": {"title": "Un titre"}}},
        "Deciding": {"round": 1, "outcome": "return", "reason": {"fr": "Pas encore."}, "day": "2026-01-01"},
        "WrittenEntry": {"name": {"fr": "Un nom"}, "sectors": ["courts"], "side": "public", "scope": "local"},
        "Confirmation": {"confirmed": True},
        "Renaming": {"slug": "un-nom"},
        "ProcedureRenaming": {"slug": "un-nom"},
        "Offering": {"stakeholder": "x", "on": "2026-01-01", "how": "Lettre"},
        "Replying": {"stakeholder": "x", "reply": {"fr": "Oui."}, "on": "2026-01-02"},
        "Adopting": {"objectives": [{"key": "a", "text": {"fr": "Un objectif"}}], "since": "2031-06-01"},
        "Accepting": {"since": "2031", "source": "Lettre"},
        "Inviting": {"way": "elsewhere"},
        "Amending": AMENDING,
        "EnteredValue": {"period": "2030-01", "value": 1, "source": "Registre", "language": "fr"},
        "Speaking": {"choice": "support"},
        "Recording": {"stakeholder": NOBODY, "choice": "support", "how": "letter", "source": "x", "on": "2026-01-01"},
        **{f"Written{kind.title()}": body for kind, body in BODIES.items()},
    }
    body = getattr(one, "body", None)
    return bodies.get(body.__name__) or least(msgspec.inspect.type_info(body)) if body else {}


def entry_in(one: Resource, mine: dict[str, str]) -> dict[str, Any]:
    """What is planned is done by somebody who is there."""
    return PLANNING | {"stakeholder": mine["stakeholder"]} if one.function.__name__.endswith("plan_action") else {}


def least(kind: Any) -> Any:
    """The least that the schema of *kind* admits."""
    if isinstance(kind, msgspec.inspect.StructType):
        return {field.encode_name: least(field.type) for field in kind.fields if field.required}
    if isinstance(kind, msgspec.inspect.LiteralType):
        return kind.values[0]
    if isinstance(kind, msgspec.inspect.StrType):
        return NOBODY if kind.pattern and "0-9a-f" in kind.pattern else "x"
    plain: dict[type, Any] = {
        msgspec.inspect.DateType: "2031-01-01", msgspec.inspect.IntType: 1, msgspec.inspect.FloatType: 1,
        msgspec.inspect.BoolType: True, msgspec.inspect.DictType: {"fr": "x"},
    }  # fmt: skip
    if type(kind) in plain:
        return plain[type(kind)]
    return [least(kind.item_type)] if hasattr(kind, "item_type") else least(kind.type)


def received(instance: Instance) -> dict[str, str]:
    """A region that is received, and something of it that could not be taken."""
    region = Hostile(instance).enrol()
    region.begin()
    with pytest.raises(Unfit):
        region.send(region.entry("practice", "no id", b"{}"))
    with instance.database.read(HERE) as session:
        held = session.scalars(select(HeldBatch.id)).one()
    return {"source": HERE, "opened": HERE, "held": held, "key_id": region.key.id}


def sends_to(head: Program) -> dict[str, str]:
    added = head.ask("POST", f"{ROOT}/regions/paris/team/results/offices", {"address": "https://office.example.org"})
    return {"office": added.json()["id"]}


@pytest.mark.parametrize("kind", ["practice", "stakeholder", *OF_THE_GROUP])
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
            answer = program.ask(method, path, body_for(one) | entry_in(one, mine), if_match=OLD)
            should = expected(programs, actor, one, kind, mine[kind])
            seen.add(should)
            if answer.status_code != should:
                wrong.append(
                    f"{who}: {method} {one.path}: {answer.status_code} instead of {should}: {answer.text[:90]}"
                )
            if who == "coordinator" and should == 412 and isinstance(one, Change) and one.match:
                for read, status in READ.items():
                    told = program.ask(method, path, body_for(one) | entry_in(one, mine), if_match=read)
                    if told.status_code != status:
                        wrong.append(f"{method} {one.path} with If-Match {read}: {told.status_code} {told.text[:90]}")
    assert wrong == [], "\n".join(wrong)
    assert len(resources) >= {"mandate": 2, "indicator": 8}.get(kind, 10)
    assert {403, 412} | (set() if kind == "mandate" else {200}) <= seen


def test_no_change_is_left_out_of_what_is_tried_here(described: list[Resource]) -> None:
    changes = [one for one in described if isinstance(one, Change)]
    assert len(changes) >= 140
    assert {one.function.__name__ for one in changes if not one.match and "practice}" in one.path} == {
        "answer_as_holder",  # its organisation is asked first: tests/core/practices/test_holders.py
        "release_reviewer",
    }
    assert all(one.match for one in changes if "stakeholder}" in one.path)
    assert all(one.body is None or issubclass(one.body, msgspec.Struct) for one in changes)
    loose = [one.body.__name__ for one in changes if one.body and not one.body.__struct_config__.forbid_unknown_fields]
    assert loose == []


@pytest.fixture(scope="module")
def names(programs: Programs, head: Program, mine: dict[str, str]) -> dict[str, str]:
    """What stands in the address of a change."""
    named = {"region": "paris", "version": "1", "kind": "sector", "key": "courts", "role": "contributor"}
    named |= mine | {"account": NOBODY, "task": NOBODY, "record": mine["improvement"]}
    return named | received(programs.instance) | sends_to(head)


@pytest.mark.parametrize("every", [SHARE, pytest.param(1, marks=pytest.mark.long)], ids=["some", "all"])
def test_no_hostile_body_is_more_than_refused(
    programs: Programs, described: list[Resource], head: Program, names: dict[str, str], every: int
) -> None:
    """Sent about real records, by somebody who may: nothing breaks, and nothing of it is kept."""
    wrong = []
    chief = programs.of("administrator")
    changes = [one for one in described if isinstance(one, Change) and one.body is not None]
    for number, one in enumerate(changes):
        path = ROOT + one.path.format(**names)
        # An empty body is an empty object, and does what needs no more than its address.
        for raw in HOSTILE[number % every :: every]:
            if not raw and not one.match:
                continue
            answer = (head if "region" in one.path else chief).ask(one.method, path, raw, if_match=OLD)
            if not 400 <= answer.status_code < 500:
                wrong.append(f"{one.method} {one.path} {raw[:40]!r}: {answer.status_code} {answer.text[:120]}")
            else:
                problem(answer)
    assert wrong == []
