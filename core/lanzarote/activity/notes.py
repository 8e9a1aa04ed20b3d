"""Notes that a region's team puts beside entries of its package that are out of date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from lanzarote.activity.conflicts import TOO_LONG
from lanzarote.errors import NotFound, NotPermitted
from lanzarote.practices.assessing import refuse_identifying
from lanzarote.records import changelog
from lanzarote.records.permissions import NO_RULE, may_somewhere
from lanzarote.records.records import digest, encode
from lanzarote.records.validation import MISSING, UNSHOWABLE, Fault, Faulty, is_unshowable
from lanzarote.regions.vocabulary import NOTED, TeamNote, Term
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary

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
