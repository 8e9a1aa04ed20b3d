"""A practice of Paris on its way to the second region, step by step, in tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from lanzarote.kinds import service as kinds
from lanzarote.practices import saving, sheets
from lanzarote.practices import writing as practices
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import Record, body_of, decode, encode, publish, revise
from lanzarote.transfers import adapting, mapping, origin, writing
from lanzarote.transfers.answers import AnsweredQuestion, Given, GivenMatch, applied
from lanzarote.transfers.kind import TRANSFERS
from lanzarote.types import Partner, Practice
from sqlalchemy import select

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from lanzarote.types import Transfer
    from sqlalchemy.orm import Session

PARIS, SECOND = "paris", "second-region"
THEN = datetime(2031, 6, 10, 9, tzinfo=UTC)
TODAY = date(2031, 6, 10)
WRITER = Actor(account_id="ana", grants=(Grant(role="contributor", region_id=SECOND),))
HEAD = Actor(account_id="cy", grants=(Grant(role="coordinator", region_id=SECOND),), strong=True)
PARIS_HEAD = Actor(account_id="pa", grants=(Grant(role="coordinator", region_id=PARIS),), strong=True)
SLUG = "school-tripartite-agreements"
WORDS = {"uk": "Так робимо і тут."}


def slug_of(instance: Instance, key: str = SLUG) -> str:
    with instance.database.read(PARIS) as session:
        query = select(Record.slug).where(Record.kind == PRACTICE, Record.key == key)
        return str(session.scalar(query))


def origin_id(instance: Instance, key: str = SLUG) -> str:
    return origin.id_at(instance, PARIS, slug_of(instance, key))


def proposed(instance: Instance, key: str = SLUG) -> Transfer:
    there = origin.read_origin(instance, PARIS, origin_id(instance, key))
    return mapping.propose(there, instance.vocabulary(SECOND), url="https://lanzarote.test/fr/paris/practices/x")


def begun(instance: Instance, key: str = SLUG, by: Actor = WRITER) -> str:
    said = proposed(instance, key)
    with instance.database.write(SECOND) as session:
        return writing.begin(session, SECOND, said, today=TODAY, by=by, at=THEN)[0].id


def get(session: Session, record_id: str) -> Record:
    return session.get_one(Record, (SECOND, record_id))


def step(instance: Instance, record_id: str, name: str, by: Actor = HEAD, **more: Any) -> None:
    with instance.database.write(SECOND) as session:
        record = get(session, record_id)
        if name != "reconsider":
            more = {"expected": record.version} | more
        getattr(writing, name)(session, record, today=TODAY, by=by, at=THEN, **more)


def read(instance: Instance, record_id: str) -> Transfer:
    with instance.database.read(SECOND) as session:
        return writing.transfer_of(session, get(session, record_id))


def state(instance: Instance, record_id: str) -> str:
    with instance.database.read(SECOND) as session:
        return writing.status_of(get(session, record_id)).state


def checked(instance: Instance, said: Transfer, by: Actor = WRITER) -> kinds.Checked[Transfer]:
    words = instance.vocabulary(SECOND)
    return kinds.check(TRANSFERS, said, words, words, reasons={}, by=by.account_id)


def settle(instance: Instance, record_id: str, by: Actor = WRITER, changed: dict[str, str] = WORDS) -> None:
    """Answer everything that is open."""
    before = read(instance, record_id)
    given = Given(
        sectors=tuple(GivenMatch(origin=one.origin, here=one.here, note=WORDS) for one in before.sectors),
        provisions=tuple(GivenMatch(origin=one.origin, here=one.here, note=WORDS) for one in before.provisions),
        questions=tuple(AnsweredQuestion(key=one.key, answer=WORDS) for one in before.questions),
        changed=changed,
    )
    passed = checked(instance, applied(before, given), by)
    with instance.database.write(SECOND) as session:
        record = get(session, record_id)
        writing.save(session, record, passed, expected=record.version, by=by, at=THEN)


def adapted(instance: Instance, record_id: str, by: Actor = HEAD) -> str:
    """The draft is made; its id."""
    with instance.database.read(SECOND) as session:
        record = get(session, record_id)
        said, status = writing.transfer_of(session, record), writing.status_of(record)
    draft = adapting.draft(instance, SECOND, said, status, by)
    with instance.database.write(SECOND) as session:
        record = get(session, record_id)
        return writing.adapt(session, record, draft, expected=record.version, today=TODAY, by=by, at=THEN).id


def published(instance: Instance, practice_id: str) -> None:
    """The adapted draft is filled in and goes the usual way, with two people."""
    words, reviewer = instance.vocabulary(SECOND), HEAD
    second = Actor(account_id="ed", grants=(Grant(role="reviewer", region_id=SECOND),))
    with instance.database.write(SECOND) as session:
        record = get(session, practice_id)
        sheet = practices.sheet_of(session, record)
        whole = msgspec.structs.replace(sheet, running="ongoing", scope=sheet.scope or "local")
        given = saving.Checked(slug="practice", content=sheets.read(encode(_filled(whole))))
        saving.save(session, record, given, expected=record.version, by=reviewer, at=THEN)
    with instance.database.write(SECOND) as session:
        record = get(session, practice_id)
        about: dict[str, Any] = {"expected": record.version, "by": reviewer, "at": THEN}
        practices.submit(session, record, words, bearer="Вигаданий суд", **about)
    with instance.database.write(SECOND) as session:
        record = get(session, practice_id)
        practices.publish_unassessed(session, record, confirmed=True, expected=record.version, by=second, at=THEN)


def _filled(sheet: Any) -> Any:
    text = sheet.text[sheet.original]
    rest = {name: getattr(text, name) or "Décrit ici." for name in sheets.REQUIRED_TEXTS}
    return msgspec.structs.replace(
        sheet,
        text=sheet.text | {sheet.original: msgspec.structs.replace(text, **rest)},
        target_groups=sheet.target_groups or ("children",),
        sectors=sheet.sectors or ("sudy",),
        partners=sheet.partners or (Partner(sector="sudy", side="public"),),
    )


def adopted(instance: Instance, key: str = SLUG) -> tuple[str, str]:
    """The whole way: ids of the transfer and of the practice."""
    record_id = begun(instance, key)
    step(instance, record_id, "take_up")
    settle(instance, record_id)
    practice = adapted(instance, record_id)
    step(instance, record_id, "pilot")
    published(instance, practice)
    step(instance, record_id, "adopt")
    return record_id, practice


def change_origin(instance: Instance, sentence: str, key: str = SLUG) -> int:
    """Paris publishes another version; its number."""
    record_id = origin_id(instance, key)
    with instance.database.write(PARIS) as session:
        record = session.get_one(Record, (PARIS, record_id))
        said = decode(body_of(session, record, record.version), Practice)
        text = said.text[said.original]
        changed = {said.original: msgspec.structs.replace(text, summary=f"{text.summary} {sentence}")}
        revise(session, record, encode(msgspec.structs.replace(said, text=said.text | changed)), by="test")
        publish(session, record, by="test")
        return record.version
