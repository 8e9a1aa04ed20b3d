"""Tasks of a region's team: what an upgrade of the package could not decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from lanzarote.errors import Conflict, NotFound
from lanzarote.kinds import service as any_kind
from lanzarote.practices import saving, sheets
from lanzarote.practices.assessing import refuse_identifying
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.procedures.kind import PROCEDURES
from lanzarote.procedures.model import KIND as PROCEDURE
from lanzarote.procedures.rules import Known
from lanzarote.records import records, tasks
from lanzarote.records.drafts import Told, read_told, told_of
from lanzarote.records.records import Record
from lanzarote.records.save_checks import NO_CHECKS
from lanzarote.records.tasks import Task
from lanzarote.records.validation import UNSHOWABLE, Fault, Faulty, is_unshowable, read_as
from lanzarote.stakeholders import entries
from lanzarote.stakeholders import saving as keeping
from lanzarote.translation import N_
from lanzarote.types import Procedure

if TYPE_CHECKING:
    from collections.abc import Collection
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
    """What *field* says now."""
    value = msgspec.json.decode(body)
    for part in field.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value
