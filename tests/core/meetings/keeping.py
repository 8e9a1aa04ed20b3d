"""A group that meets, and what it does in tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from lanzarote.accounts import service as accounts
from lanzarote.improvements.model import FINDING, IMPROVEMENT, FindingStatus, ImprovementStatus
from lanzarote.instance import Instance
from lanzarote.kinds import service
from lanzarote.kinds.service import Checked
from lanzarote.meetings import writing
from lanzarote.meetings.documents import Approving
from lanzarote.meetings.kind import MEETINGS
from lanzarote.meetings.minutes import drafted
from lanzarote.meetings.model import MeetingStatus
from lanzarote.meetings.rules import Known
from lanzarote.meetings.service import meeting_of, status_of
from lanzarote.records.permissions import Actor, Grant, Role
from lanzarote.records.records import Draft, Record, create, encode
from lanzarote.records.validation import read_as
from lanzarote.store.database import ALL
from lanzarote.types import Finding, FindingText, Improvement, ImprovementText, Meeting
from sqlalchemy.orm import Session

from tests.core.taking_part import let_take_part

THEN = datetime(2031, 5, 1, 9, tzinfo=UTC)
TODAY = date(2031, 5, 1)
AFTER = date(2031, 5, 13)
WRITER = Actor(account_id="ana", grants=(Grant(role="contributor", region_id="paris"),))
HEAD = Actor(account_id="cy", grants=(Grant(role="coordinator", region_id="paris"),), strong=True)
STRANGER = Actor(account_id="di", grants=(Grant(role="coordinator", region_id="elsewhere"),), strong=True)
BODY: dict[str, Any] = {
    "kind": "working",
    "original": "fr",
    "text": {"fr": {"title": "École et justice"}, "en": {"title": "Schools and courts"}},
    "day": "2031-05-12",
    "starts": "14:00",
    "ends": "16:30",
    "place": "Conseil de l’Europe, Paris",
    "languages": ["fr", "en"],
    "sectors": ["courts"],
}


def representative(stakeholder_id: str, account_id: str = "rep") -> Actor:
    grant = Grant(role="representative", region_id="paris", stakeholder_id=stakeholder_id)
    return Actor(account_id=account_id, grants=(grant,))


def enrolled(instance: Instance, name: str, role: Role, stakeholder_id: str = "", language: str = "en") -> Actor:
    """Somebody with an account, who can be mailed to."""
    grant = Grant(role=role, region_id="paris", stakeholder_id=stakeholder_id)
    with instance.database.write(ALL) as session:
        account = accounts.enrol(
            session, address=f"{name}@school.example", name=name.title(), language=language, grants=[grant], by="test",
            at=THEN,
        )  # fmt: skip
        account.state, account_id = "active", account.id
    if role == "representative":
        let_take_part(instance, "paris", stakeholder_id)
    return Actor(account_id=account_id, name=name.title(), language=language, grants=(grant,), strong=True)


def body(**more: Any) -> Meeting:
    return read_as(BODY | more, Meeting)


def known(paris: Instance, record_id: str = "") -> Known:
    return Known(instance=paris, region_id="paris", today=TODAY, record_id=record_id)


def checked(
    paris: Instance, meeting: Meeting, reasons: Mapping[tuple[str, str], str] | None = None
) -> Checked[Meeting]:
    return service.check(MEETINGS, meeting, paris.vocabulary("paris"), known(paris), reasons=reasons or {}, by="ana")


def planned(paris: Instance, by: Actor = WRITER, **more: Any) -> str:
    given = checked(paris, body(**more))
    with paris.database.write("paris") as session:
        return service.begin(MEETINGS, session, "paris", given, by=by, at=THEN).id


@contextmanager
def held(paris: Instance, record_id: str) -> Iterator[tuple[Session, Record]]:
    with paris.database.write("paris") as session:
        yield session, session.get_one(Record, ("paris", record_id))


def said(paris: Instance, record_id: str, number: int | None = None) -> Meeting:
    with paris.database.read("paris") as session:
        return meeting_of(session, session.get_one(Record, ("paris", record_id)), number)


def status(paris: Instance, record_id: str) -> MeetingStatus:
    with paris.database.read("paris") as session:
        return status_of(session.get_one(Record, ("paris", record_id)))


def save(paris: Instance, record_id: str, by: Actor = HEAD, expected: int = 0, at: datetime = THEN, **more: Any) -> int:
    """Save it again, with these fields as they are given here."""
    import msgspec

    before = said(paris, record_id)
    given = checked(paris, read_as(msgspec.to_builtins(before) | more, Meeting))
    with held(paris, record_id) as (session, record):
        about: dict[str, Any] = {
            "expected": expected or record.version,
            "vocabulary": paris.vocabulary("paris"),
            "by": by,
            "at": at,
        }
        return service.save(MEETINGS, session, record, given, **about)


def announce(paris: Instance, record_id: str, by: Actor = HEAD, today: date = TODAY, at: datetime = THEN) -> None:
    with held(paris, record_id) as (session, record):
        words = paris.vocabulary("paris")
        writing.announce(session, record, words, expected=record.version, today=today, by=by, at=at)


def note_held(paris: Instance, record_id: str, by: Actor = HEAD, today: date = AFTER) -> None:
    with held(paris, record_id) as (session, record):
        writing.note_held(session, record, today=today, by=by, at=THEN)


def draft(paris: Instance, record_id: str, by: Actor = WRITER) -> dict[str, str]:
    with held(paris, record_id) as (session, record):
        texts = drafted(paris, session, record)
        writing.draft(session, record, known(paris), expected=record.version, by=by, at=THEN)
    return texts


def approve(
    paris: Instance, record_id: str, meeting: str, by: Actor = HEAD, texts: Mapping[str, str] | None = None, **more: Any
) -> None:
    given = checked(paris, writing.with_minutes(said(paris, record_id), texts or {}))
    told = Approving(meeting=meeting, **({"group": "le groupe, par consensus"} | more))
    with held(paris, record_id) as (session, record):
        words = paris.vocabulary("paris")
        about: Any = {"expected": record.version, "by": by, "at": THEN}
        writing.approve(session, record, words, prepared=given, given=told, **about)


def cancel(paris: Instance, record_id: str, by: Actor = HEAD, reason: str = "Trop peu de monde.") -> None:
    with held(paris, record_id) as (session, record):
        writing.cancel(session, record, paris.vocabulary("paris"), reason=reason, by=by, at=THEN)


def was_held(paris: Instance, **more: Any) -> str:
    record_id = planned(paris, **more)
    note_held(paris, record_id)
    return record_id


def approved(paris: Instance, **more: Any) -> str:
    """A meeting whose minutes another one approved."""
    record_id = was_held(paris, **more)
    draft(paris, record_id)
    approve(paris, record_id, was_held(paris, day="2031-05-13", text={"fr": {"title": "La suivante"}}))
    return record_id


def finding(paris: Instance, title: str, state: Any = "shared") -> str:
    text = {"fr": FindingText(title=title)}
    value = Finding(original="fr", text=text, sectors=("courts",))
    return _record(paris, FINDING, title, encode(value), encode(FindingStatus(state=state)))


def improvement(paris: Instance, title: str, state: Any = "discussed", until: date | None = None) -> str:
    value = Improvement(original="fr", text={"fr": ImprovementText(title=title)}, sectors=("courts",))
    return _record(paris, IMPROVEMENT, title, encode(value), encode(ImprovementStatus(state=state, called_until=until)))


def _record(paris: Instance, kind: str, title: str, value: bytes, told: bytes) -> str:
    with paris.database.write("paris") as session:
        [made] = create(session, "paris", [Draft(kind=kind, slug="x", body=value, status=told)], by="ana", at=THEN)
    return made
