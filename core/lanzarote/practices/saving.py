"""Practices that do not come from their form: handed in as a file, or taken up from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.kinds import service, unsaved
from lanzarote.kinds.contents import written_in
from lanzarote.kinds.service import Checked
from lanzarote.practices.kind import PRACTICES, Known
from lanzarote.records import validation
from lanzarote.types import PracticeSheet

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor
    from lanzarote.records.records import Record
    from lanzarote.records.save_checks import Checks
    from lanzarote.regions.vocabulary import Vocabulary

__all__ = ["Checked", "begin", "checked", "explained_in", "save"]


def checked(
    sheet: PracticeSheet,
    vocabulary: Vocabulary,
    organisations: Collection[str],
    *,
    reasons: Mapping[tuple[str, str], str],
    by: str,
    checks: Checks,
) -> Checked[PracticeSheet]:
    """Let *sheet* pass the guard, the vocabulary and the region's packages. Raises Identifying, Faulty, Objected.

    *reasons* by (field, code) answer what the guard only asks about, unless it was answered and is as it was.
    """
    known = Known(vocabulary=vocabulary, organisations=organisations)
    about = {"reasons": reasons, "by": by, "earlier": explained_in(checks), "checks": checks}
    return service.check(PRACTICES, sheet, vocabulary, known, **about)  # type: ignore[arg-type]


def explained_in(checks: Checks) -> validation.Explained:
    """What was explained when the practice was saved last."""
    before = checks.before
    texts = dict(written_in(PRACTICES.shapes, before)) if isinstance(before, PracticeSheet) else {}
    return validation.Explained(texts=texts, reasons=checks.explained)


def begin(
    session: Session, region_id: str, given: Checked[PracticeSheet], *, by: Actor, at: datetime, record_id: str = ""
) -> Record:
    """Save a new practice for the first time. Raises NotPermitted."""
    return service.begin(PRACTICES, session, region_id, given, by=by, at=at, record_id=record_id)


def save(
    session: Session,
    record: Record,
    given: Checked[PracticeSheet],
    *,
    expected: int,
    by: Actor,
    at: datetime,
    fresh: Collection[str] = (),
) -> int:
    """Save another version, and forget what *by* typed. Raises Conflict, NotPermitted, IllegalTransition."""
    number = service.save(PRACTICES, session, record, given, expected=expected, by=by, at=at, fresh=fresh)
    unsaved.discard(session, record.region_id, record.id, by=by)
    return number
