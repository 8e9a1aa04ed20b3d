"""A group that agrees on a procedure in Paris, and what it does in tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec
from lanzarote.instance import Instance
from lanzarote.kinds import service as any_kind
from lanzarote.kinds.service import Checked
from lanzarote.procedures import endorsing, service, writing
from lanzarote.procedures.endorsing import Given
from lanzarote.procedures.kind import PROCEDURES
from lanzarote.procedures.model import KIND, ProcedureStatus
from lanzarote.procedures.rules import known_in
from lanzarote.records import drafts
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import Record
from lanzarote.records.validation import read_as
from lanzarote.types import Procedure
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.core import days

THEN = datetime(2031, 1, 1, 9, tzinfo=UTC)
TODAY = date(2031, 1, 1)
WRITER = Actor(account_id="ana", grants=(Grant(role="contributor", region_id="paris"),))
HEAD = Actor(account_id="cy", grants=(Grant(role="coordinator", region_id="paris"),), strong=True)
SECOND = Actor(account_id="ed", grants=(Grant(role="coordinator", region_id="paris"),), strong=True)
STRANGER = Actor(account_id="di", grants=(Grant(role="coordinator", region_id="elsewhere"),), strong=True)
BODIES = ("aphp", "prefecture-police")
LETTER = "Courrier n° 12 du 2 janvier 2031"


def step(key: str, *following: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "title": {"fr": f"Étape {key}"}, "sector": "courts", "next": list(following)} | more


STEPS: list[dict[str, Any]] = [
    step(
        "report",
        "assess",
        passes=[{"what": {"fr": "Le signalement"}, "sector": "police", "confidential": True, "basis": "fr-cpp-40"}],
    ),
    step("assess", branches=[{"to": "close", "condition": {"fr": "Rien n’est retenu"}}], next=["protect"]),
    step("protect", "close", organisation="aphp", sector=None),
    step("close", end=True),
]
BODY: dict[str, Any] = {
    "original": "fr",
    "text": {"fr": {"title": "Protocole d’accueil", "purpose": "Accueillir ensemble."}, "en": {"title": "Protocol"}},
    "parties": [{"organisation": name} for name in BODIES],
    "steps": STEPS,
    "review_months": 12,
}


def spoken_for(stakeholder_id: str, name: str = "rep") -> Actor:
    grant = Grant(role="representative", region_id="paris", stakeholder_id=stakeholder_id)
    return Actor(account_id=name, grants=(grant,))


def today() -> str:
    """The day on which a text is written that goes through pages or programs."""
    return days.today().isoformat()


def body_id(paris: Instance, key: str) -> str:
    return next(one.id for one in paris.directory("paris") if key in one.names)


def read(body: dict[str, Any]) -> Procedure:
    return read_as(body, Procedure)


def checked(paris: Instance, body: dict[str, Any] = BODY, **reasons: str) -> Checked[Procedure]:
    given = {(name.partition("|")[0], name.partition("|")[2]): text for name, text in reasons.items()}
    known = known_in(paris, "paris")
    return any_kind.check(PROCEDURES, read(body), known.vocabulary, known, reasons=given, by="ana")


def get(session: Session, name: str) -> Record:
    """The procedure with this id, or shipped under this key."""
    return session.scalars(select(Record).where(Record.kind == KIND, (Record.id == name) | (Record.key == name))).one()


def begun(paris: Instance, body: dict[str, Any] = BODY, by: Actor = WRITER) -> str:
    given = checked(paris, body)
    with paris.database.write("paris") as session:
        return any_kind.begin(PROCEDURES, session, "paris", given, by=by, at=THEN).id


def save(paris: Instance, name: str, changed: dict[str, Any], by: Actor = WRITER, expected: int = 0) -> int:
    with paris.database.read("paris") as session:
        record = get(session, name)
        said = msgspec.to_builtins(writing.text_of(session, record))
        expected = expected or record.version
    given = checked(paris, said | changed)
    with paris.database.write("paris") as session:
        return any_kind.save(PROCEDURES, session, get(session, name), given, expected=expected, by=by, at=THEN)


def do(paris: Instance, what: str, name: str, by: Actor = HEAD, **more: Any) -> None:
    """Take a step of ``writing``."""
    with paris.database.write("paris") as session:
        record = get(session, name)
        if what in ("propose", "document"):
            more = {"confirmed": True, "expected": record.version} | more
        if what == "look_again":
            more = {"today": TODAY} | more
        getattr(drafts if what == "erase" else writing, what)(session, record, by=by, at=THEN, **more)


def say(
    paris: Instance,
    name: str,
    body: str,
    what: str = "endorse",
    by: Actor = HEAD,
    *,
    day: str = "2031-01-01",
    source: str = LETTER,
    expected: int = 0,
    today: date = TODAY,
) -> bool:
    vocabulary = paris.vocabulary("paris")
    with paris.database.write("paris") as session:
        record = get(session, name)
        meant = endorsing.version_meant(record, writing.status_of(record), what)
        given = Given(stakeholder=body, what=what, day=day, source=source)
        return endorsing.say(
            session, record, vocabulary, given, expected=expected or meant, by=by, at=THEN, today=today
        )


def proposed(paris: Instance, body: dict[str, Any] = BODY) -> str:
    name = begun(paris, body)
    do(paris, "propose", name)
    return name


def endorsed(paris: Instance, body: dict[str, Any] = BODY) -> str:
    name = proposed(paris, body)
    for one in BODIES:
        say(paris, name, one)
    return name


def status(paris: Instance, name: str) -> ProcedureStatus:
    with paris.database.read("paris") as session:
        return writing.status_of(get(session, name))


def public(paris: Instance, name: str) -> service.Published | None:
    with paris.database.read("paris") as session:
        return next((one for one in service.published(session) if name in (one.id, one.key)), None)
