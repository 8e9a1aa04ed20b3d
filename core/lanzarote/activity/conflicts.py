"""What an upgrade could not decide, and notes of the team beside entries of its package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import select

from lanzarote.errors import Conflict, NotFound, NotPermitted
from lanzarote.kinds import service as any_kind
from lanzarote.practices import saving, sheets
from lanzarote.practices.assessing import refuse_identifying
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.procedures.kind import PROCEDURES
from lanzarote.procedures.model import KIND as PROCEDURE
from lanzarote.procedures.rules import Known
from lanzarote.records import changelog, records, tasks
from lanzarote.records.drafts import Told, read_told, told_of
from lanzarote.records.permissions import NO_RULE, may_somewhere
from lanzarote.records.records import Record, digest, encode
from lanzarote.records.save_checks import NO_CHECKS
from lanzarote.records.tasks import Task
from lanzarote.records.validation import MISSING, UNSHOWABLE, Fault, Faulty, is_unshowable, read_as
from lanzarote.regions.vocabulary import NOTED, TeamNote, Term
from lanzarote.stakeholders import entries
from lanzarote.stakeholders import saving as keeping
from lanzarote.translation import N_
from lanzarote.types import Procedure

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary


KIND: Final = "upgrade-conflict"
LONGEST_NOTE: Final = 1_000
TOO_LONG: Final = N_("A note is short: there is room for %(value)s characters.")
SETTLED: Final = N_("Somebody else has settled this meanwhile.")
NO_TASK: Final = N_("There is no such task here.")


def find(session: Session, region_id: str, task_id: str) -> Task:
    """Raises NotFound."""
    task = session.get(Task, (region_id, task_id))
    if task is None:
        raise NotFound(NO_TASK)
    return task


def check_note(note: str, vocabulary: Vocabulary, *, looked_again: bool) -> None:
    """Whether what was done can be kept in these words. Raises Faulty, Identifying."""
    refuse_identifying({"note": note}, vocabulary, looked_again=looked_again)
    if len(note) > LONGEST_NOTE:
        raise Faulty([Fault(field="note", text=TOO_LONG, value=str(LONGEST_NOTE))])
    if is_unshowable(note):
        raise Faulty([Fault(field="note", text=UNSHOWABLE)])


def finish(session: Session, region_id: str, task_id: str, *, note: str, by: Actor) -> None:
    """Settle a task. Raises Conflict when somebody else has."""
    try:
        tasks.finish_task(session, region_id, task_id, by=by.account_id, note=note)
    except NotFound:
        raise Conflict(SETTLED) from None


def take_theirs(
    session: Session,
    task: Task,
    vocabulary: Vocabulary,
    organisations: Collection[str],
    *,
    expected: int,
    by: Actor,
    at: datetime,
) -> None:
    """Take the package's text: the record gets another working version, which goes through review again.

    *expected* is the version of the record that *by* saw beside it. Raises Faulty, Identifying, Conflict, NotPermitted,
    IllegalTransition.
    """
    finish(session, task.region_id, task.id, note="", by=by)
    record = session.get(Record, (task.region_id, task.record_id or ""))
    if record is None:
        raise NotFound(NO_TASK)
    about = task.told()
    body = msgspec.json.decode(records.body_of(session, record, record.version))
    put(body, about["field"], about.get("package"))
    if record.kind == PRACTICE:
        reasons = {(one.field, one.code): one.text for one in told_of(session, record).reasons}
        sheet = sheets.read(body)
        # What an upgrade brings is not asked about either: packages check what people write.
        given = saving.checked(sheet, vocabulary, organisations, reasons=reasons, by=by.account_id, checks=NO_CHECKS)
        saving.save(session, record, given, expected=expected, by=by, at=at)
    elif record.kind == PROCEDURE:
        reasons = {(one.field, one.code): one.text for one in read_told(session, record, Told).reasons}
        known = Known(vocabulary=vocabulary, organisations=organisations)
        procedure = read_as(body, Procedure)
        drawn = any_kind.check(PROCEDURES, procedure, vocabulary, known, reasons=reasons, by=by.account_id)
        any_kind.save(PROCEDURES, session, record, drawn, expected=expected, by=by, at=at)
    else:
        reasons = {(one.field, one.code): one.text for one in told_of(session, record).reasons}
        entry = entries.read(body)
        written = keeping.checked(entry, vocabulary, organisations, reasons=reasons, by=by.account_id, checks=NO_CHECKS)
        keeping.save(session, record, written, expected=expected, by=by, at=at)


def put(body: dict[str, Any], field: str, value: Any) -> None:
    """Put *value* where *field* says, such as ``text.fr.title``; None takes away what is there.

    >>> body = {"text": {"fr": {"title": "Un"}}}
    >>> put(body, "text.fr.title", "Deux"); put(body, "text.en.title", "Two"); put(body, "text.fr.title", None); body
    {'text': {'fr': {}, 'en': {'title': 'Two'}}}
    """
    *path, last = field.split(".")
    for part in path:
        body = body.setdefault(part, {})
    if value is None:
        body.pop(last, None)
    else:
        body[last] = value


def present(body: bytes, field: str) -> Any:
    """What stands in *field* now."""
    value = msgspec.json.decode(body)
    for part in field.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


# --- Notes that a region's team puts beside entries of its package that are out of date ---

LONGEST: Final = 1_000
NO_ENTRY: Final = N_("There is no such entry here.")


def checked(texts: Mapping[str, str], vocabulary: Vocabulary, *, looked_again: bool) -> dict[str, str]:
    """Let a note pass the guard. Raises Identifying, Faulty."""
    text = {lang: said.strip() for lang, said in texts.items() if said.strip()}
    named = {f"text.{lang}": said for lang, said in text.items()}
    refuse_identifying(named, vocabulary, looked_again=looked_again)
    if not text:
        raise Faulty([Fault(field="text", text=MISSING)])
    if long := [field for field, said in named.items() if len(said) > LONGEST]:
        raise Faulty([Fault(field=field, text=TOO_LONG, value=str(LONGEST)) for field in long])
    if strange := [field for field, said in named.items() if is_unshowable(said)]:
        raise Faulty([Fault(field=field, text=UNSHOWABLE) for field in strange])
    return text


def write(
    session: Session, region_id: str, kind: str, key: str, text: Mapping[str, str], *, by: Actor, at: datetime
) -> None:
    """Put the note *text* beside an entry, in place of an earlier one. Raises NotFound, NotPermitted."""
    term = _entry(session, region_id, kind, key, by)
    row = session.get(TeamNote, (region_id, kind, key))
    if row is None:
        row = TeamNote(region_id=region_id, kind=kind, key=key)
        session.add(row)
    row.text, row.entry, row.by, row.at = encode(text), digest(term.body), by.account_id, at
    session.flush()
    _tell(session, region_id, kind, key, "note", by=by, at=at, text=row.text)


def remove(session: Session, region_id: str, kind: str, key: str, *, by: Actor, at: datetime) -> None:
    """Take the note away. Raises NotFound, NotPermitted."""
    _entry(session, region_id, kind, key, by)
    row = session.get(TeamNote, (region_id, kind, key))
    if row is None:
        raise NotFound(NO_ENTRY)
    session.delete(row)
    session.flush()
    _tell(session, region_id, kind, key, "unnote", by=by, at=at)


def _entry(session: Session, region_id: str, kind: str, key: str, by: Actor) -> Term:
    if not may_somewhere(by, "note.write", region_id):
        raise NotPermitted(NO_RULE)
    query = select(Term).where(Term.region_id == region_id, Term.kind == kind, Term.key == key)
    term = session.scalars(query).first() if kind in NOTED else None
    if term is None:
        raise NotFound(NO_ENTRY)
    return term


def _tell(
    session: Session, region_id: str, kind: str, key: str, verb: str, *, by: Actor, at: datetime, text: bytes = b""
) -> None:
    saved = changelog.Saved(
        region_id=region_id,
        kind="note",
        record_id=f"{kind}/{key}",
        verb=verb,
        version=0,
        at=at,
        digest=digest(text) if text else "",
        public=True,
    )
    changelog.record(session, [saved], by=by.account_id)
