"""People who keep the directory of Paris, and what they do with it in tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from lanzarote.directory.model import KIND, Contact
from lanzarote.instance import Instance
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import Record
from lanzarote.records.save_checks import NO_CHECKS
from lanzarote.records.validation import Faulty, read_as
from lanzarote.stakeholders import deciding, entries, saving, writing
from lanzarote.stakeholders.team_documents import Relating
from sqlalchemy import select
from sqlalchemy.orm import Session

THEN = datetime(2031, 1, 1, 9, tzinfo=UTC)
WRITER = Actor(account_id="ana", grants=(Grant(role="contributor", region_id="paris"),))
REVIEWER = Actor(account_id="bo", grants=(Grant(role="reviewer", region_id="paris"),))
COORDINATOR = Actor(account_id="cy", grants=(Grant(role="coordinator", region_id="paris"),), strong=True)
SECOND = Actor(account_id="ed", grants=(Grant(role="coordinator", region_id="paris"),), strong=True)
STRANGER = Actor(account_id="di", grants=(Grant(role="coordinator", region_id="elsewhere"),), strong=True)

BODY: dict[str, Any] = {
    "name": {"fr": "Maison de l’audition", "en": "Hearing House"},
    "role": {"fr": "Accueille les auditions filmées d’enfants.", "en": "Hosts filmed hearings of children."},
    "sectors": ["courts"],
    "side": "public",
    "scope": "local",
}
DESK: dict[str, Any] = {
    "purpose": {"fr": "Permanence protection de l’enfance", "en": "Child protection desk"},
    "address": "contact@audition.example",
    "source": "https://audition.example/contact",
    "review_on": "2032-01-01",
}


def representative(stakeholder_id: str) -> Actor:
    grant = Grant(role="representative", region_id="paris", stakeholder_id=stakeholder_id)
    return Actor(account_id="rep", grants=(grant,))


def contacts(*given: dict[str, Any]) -> tuple[Contact, ...]:
    return tuple(read_as(DESK | one, Contact) for one in given)


def checked(
    paris: Instance,
    body: dict[str, Any] = BODY,
    *,
    desks: tuple[Contact, ...] | None = None,
    reasons: Mapping[str, str] | None = None,
) -> saving.Checked:
    known = {name for one in paris.directory("paris") for name in one.names}
    answers = {(name.partition("|")[0], name.partition("|")[2]): text for name, text in (reasons or {}).items()}
    return saving.checked(
        entries.read(body),
        paris.vocabulary("paris"),
        known,
        reasons=answers,
        by="ana",
        checks=NO_CHECKS,
        contacts=desks,
    )


def refusals(paris: Instance, body: dict[str, Any], **more: Any) -> list[str]:
    """Fields of which something in *body* cannot be kept."""
    with pytest.raises(Faulty) as refused:
        checked(paris, BODY | body, **more)
    return [fault.field for fault in refused.value.faults]


def get(session: Session, name: str) -> Record:
    """The entry with this id, or shipped under this key."""
    found = session.scalars(select(Record).where(Record.kind == KIND, (Record.id == name) | (Record.key == name)))
    return found.one()


def begun(paris: Instance, body: dict[str, Any] = BODY, by: Actor = WRITER, **more: Any) -> str:
    given = checked(paris, body, **more)
    with paris.database.write("paris") as session:
        return saving.begin(session, "paris", given, by=by, at=THEN).id


def save(
    paris: Instance, name: str, body: dict[str, Any] | None = None, expected: int = 0, by: Actor = WRITER, **more: Any
) -> int:
    with paris.database.read("paris") as session:
        record = get(session, name)
        said = msgspec.to_builtins(writing.entry_of(session, record))
        expected = expected or record.version
    given = checked(paris, said | (body or {}), **more)
    with paris.database.write("paris") as session:
        return saving.save(session, get(session, name), given, expected=expected, by=by, at=THEN)


def submit(paris: Instance, name: str, by: Actor = WRITER) -> None:
    with paris.database.write("paris") as session:
        record = get(session, name)
        writing.submit(session, record, expected=record.version, by=by, at=THEN)


def publish(paris: Instance, name: str, by: Actor = REVIEWER, *, confirmed: bool = True) -> None:
    with paris.database.write("paris") as session:
        record = get(session, name)
        writing.publish(session, record, confirmed=confirmed, expected=record.version, by=by, at=THEN)


def published(paris: Instance, body: dict[str, Any] = BODY, **more: Any) -> str:
    record_id = begun(paris, body, **more)
    submit(paris, record_id)
    publish(paris, record_id)
    return record_id


def merge(paris: Instance, name: str, into: str, by: Actor = COORDINATOR) -> None:
    with paris.database.write("paris") as session:
        deciding.merge(session, get(session, name), get(session, into), by=by, at=THEN)
    paris.worker.run_due()


def split(paris: Instance, name: str, by: Actor = COORDINATOR) -> None:
    with paris.database.write("paris") as session:
        deciding.split(session, get(session, name), by=by, at=THEN)
    paris.worker.run_due()


def relate(paris: Instance, name: str, relation: str, by: Actor = COORDINATOR, **more: Any) -> None:
    about = {name: more.pop(name) for name in ("mark", "why") if name in more}
    given = Relating(relation=relation, **more)  # type: ignore[arg-type]
    with paris.database.write("paris") as session:
        vocabulary = paris.vocabulary("paris")
        deciding.set_relation(session, get(session, name), vocabulary, given=given, by=by, at=THEN, **about)


def slugs(paris: Instance) -> set[str]:
    return {one.slug for one in paris.directory("paris")}


TODAY = date(2031, 1, 1)
