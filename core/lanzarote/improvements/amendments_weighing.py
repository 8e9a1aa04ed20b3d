"""What an amendment would make of an improvement, looked at before it is accepted: as if somebody had saved it so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.improvements import amendments, contents, service, talk
from lanzarote.improvements.contents import Known
from lanzarote.improvements.model import IMPROVEMENT
from lanzarote.kinds.organisations import nameable
from lanzarote.records.permissions import may, subject_of
from lanzarote.records.records import body_of, decode
from lanzarote.records.save_checks import Said, asked, checks_for
from lanzarote.records.validation import Faulty
from lanzarote.types.improvements import Improvement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.improvements.amendments import Proposed
    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Actor
    from lanzarote.records.save_checks import Place


def weighed(
    instance: Instance,
    region_id: str,
    record_id: str,
    number: int,
    *,
    merged: Proposed | None,
    expected: int,
    let_pass: Mapping[Place, str],
    by: Actor,
) -> Said:
    """What packages say of the text that would result; *let_pass*: why it is to hold although one objects.

    Asked before the transaction that accepts it, which refuses whatever changed since the version *expected*. Raises
    Faulty, Identifying, Objected, NotFound, Gone.
    """
    with instance.database.read(region_id) as session:
        record = talk.find(session, region_id, record_id, by=by)
        amendment = amendments.find(session, record, number)
        moved_on = record.version != expected or (merged is None and amendment.base != expected)
        if moved_on or amendment.state != "open" or not may(by, "group.lead", subject_of(session, record)):
            return Said()  # why it is not accepted is said where it would be
        before = decode(body_of(session, record, record.version), Improvement)
        text = merged.text if merged else amendment.says()
        content = amendments.amended(before, amendment.language, text)
        records = service.known_ids(session, content, before, by=by)
        checks = checks_for(instance, session, region_id, IMPROVEMENT, record, by=by, reasons=let_pass)
    words = instance.vocabulary(region_id)
    known = Known(organisations=nameable(instance, region_id, record_id), records=records)
    if faults := [*contents.faults_in(content, words, known, today=instance.today(region_id).isoformat())]:
        raise Faulty(faults)
    return asked(checks, words.header, content, by=by.account_id)
