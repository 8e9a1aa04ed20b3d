"""Read procedures: those that are public, who they are between, what bodies said of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from sqlalchemy import func, or_, select, update

from lanzarote.accounts.model import Granted
from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.directory.service import ids_by_name
from lanzarote.errors import NotFound
from lanzarote.procedures.model import KIND, Endorsement, ProcedureStatus, Said, Stand, due_on, stands_of
from lanzarote.records import changelog, records
from lanzarote.records.changelog import Audit
from lanzarote.records.erasing import erased, forget_beside
from lanzarote.records.records import Record, Version
from lanzarote.records.tables import NEWEST_VERSION, OF_RECORD, PUBLISHED_VERSION
from lanzarote.runtime.reading import LateDecoder
from lanzarote.translation import pick, texts_named
from lanzarote.types import Procedure

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.changelog import Saved
    from lanzarote.records.erasing import Erased


IMPROVEMENT: Final = "improvement"
"""Kind of the records that propose to change something; a procedure may carry them out."""
PRACTICE: Final = "practice"


class Published(Struct, frozen=True, kw_only=True):
    """A procedure as the public reads it."""

    id: str
    region: str
    slug: str
    key: str | None
    version: int
    updated_at: datetime
    status: ProcedureStatus
    procedure: Procedure
    parties: dict[str, str]
    """Name of each party body, as the procedure has it → id."""
    said: dict[str, tuple[Said, ...]]
    """Id of a body → all that it said, of any version, the oldest first."""
    due_on: date | None
    """When it is to be looked at again."""


class VersionLine(Struct, frozen=True, kw_only=True):
    """A version that the public has read."""

    number: int
    at: datetime


class _Title(Struct):
    title: str | None = None


class _Titled(Struct):
    original: str
    text: dict[str, _Title] = {}


_titled = LateDecoder(_Titled)


def published(session: Session, *, ids: Collection[str] | None = None) -> tuple[Published, ...]:
    """All procedures that the public reads, or those of *ids*, the last changed first."""
    query = (
        select(Record, Version.body)
        .join(Version, PUBLISHED_VERSION)
        .where(Record.kind == KIND, Record.published_version.is_not(None))
        .order_by(Record.published_at.desc(), Record.slug)
    )
    if ids is not None:
        query = query.where(Record.id.in_(ids))
    return _told(session, [(record, body) for record, body in session.execute(query)])


def one_published(session: Session, slug: str) -> Published:
    """The procedure at *slug*, present or former. Raises NotFound, Gone."""
    record = records.find(session, KIND, slug)
    if record.published_version is None:
        raise NotFound("There is no procedure at this address.")
    return _told(session, [(record, records.body_of(session, record, record.published_version))])[0]


def withdrawn_at(session: Session, slug: str) -> datetime | None:
    """When the procedure at *slug* was withdrawn, if it was. Raises NotFound, Gone."""
    record = records.find(session, KIND, slug)
    if record.state != "withdrawn":
        return None
    query = select(func.max(Audit.at)).where(Audit.record_id == record.id, Audit.verb == "withdraw")
    return session.scalar(query) or record.updated_at


def versions(session: Session, record_id: str) -> tuple[VersionLine, ...]:
    """Versions that the public has read, the newest first."""
    query = select(Audit.version, func.min(Audit.at)).where(
        Audit.kind == KIND, Audit.record_id == record_id, Audit.verb == "publish"
    )
    rows = session.execute(query.group_by(Audit.version).order_by(Audit.version.desc()))
    return tuple(VersionLine(number=number, at=at) for number, at in rows)


def party_ids(session: Session, procedure: Procedure, *, erased: bool = False) -> dict[str, str]:
    """Name of each party body, as the procedure has it → id of the stakeholder that it stands for.

    *erased*: also of those that were erased, to tell of what they said.
    """
    named = {party.organisation for party in procedure.parties if party.organisation}
    return ids_by_name(session, named, erased=erased)


def with_public_links(session: Session, procedures: Sequence[Procedure]) -> list[Procedure]:
    """*procedures*, naming of the improvements and practices only those that the public reads."""
    names = {name for one in procedures for name in (*one.improvements, *one.practices)}
    query = select(Record.kind, Record.id, Record.key).where(
        Record.kind.in_((IMPROVEMENT, PRACTICE)),
        Record.published_version.is_not(None),
        or_(Record.id.in_(names), Record.key.in_(names)),
    )
    rows = session.execute(query).all() if names else []
    improvements = {row[1] for row in rows if row[0] == IMPROVEMENT}
    practices = {name for row in rows if row[0] == PRACTICE for name in row[1:] if name}
    return [
        msgspec.structs.replace(
            one,
            improvements=tuple(name for name in one.improvements if name in improvements),
            practices=tuple(name for name in one.practices if name in practices),
        )
        for one in procedures
    ]


def said_of(session: Session, record: Record) -> dict[str, tuple[Said, ...]]:
    """Body → all that it said of the procedure, the oldest first; what was merged speaks as what it was merged into."""
    return _said(session, [record.id]).get(record.id, {})


def waiting_for(session: Session, stakeholders: Collection[str]) -> list[tuple[Record, bytes]]:
    """Procedures that are proposed, and that one of *stakeholders* has not answered yet, the longest waiting first."""
    query = (
        select(Record, Version.body)
        .join(Version, NEWEST_VERSION)
        .where(Record.kind == KIND, Record.stage == "submitted")
        .order_by(Record.updated_at)
    )
    rows = [(record, body, records.decode(body, Procedure)) for record, body in session.execute(query)]
    if not rows or not stakeholders:
        return []
    said = _said(session, [record.id for record, _, _ in rows])
    ids = ids_by_name(session, {one.organisation for _, _, text in rows for one in text.parties if one.organisation})
    found = []
    for record, body, text in rows:
        parties = {ids.get(one.organisation or "") for one in text.parties} & {*stakeholders}
        stands = stands_of(said.get(record.id, {}), record.version)
        if any(not (stands.get(one) or Stand()).answered for one in parties if one):
            found.append((record, body))
    return found


def speakers_for(session: Session, region_id: str, stakeholders: Iterable[str]) -> tuple[str, ...]:
    """Accounts that speak for any of *stakeholders*."""
    query = select(Granted.account_id).where(
        Granted.region_id == region_id,
        Granted.role == "representative",
        Granted.stakeholder_id.in_(sorted(set(stakeholders))),
    )
    return tuple(session.scalars(query))


def titles_of(session: Session, kind: str, ids: Collection[str]) -> dict[str, tuple[str, dict[str, str], str]]:
    """Id of each record of *kind* that the public reads → slug, titles, original language."""
    if not ids:
        return {}
    query = select(Record.id, Record.slug, Version.body).join(Version, PUBLISHED_VERSION)
    rows = session.execute(query.where(Record.kind == kind, Record.id.in_(ids), Record.published_version.is_not(None)))
    found = {}
    for record_id, slug, body in rows:
        read = _titled.decode(body)
        found[record_id] = (slug, texts_named(read.text, "title"), read.original)
    return found


def title_in(body: bytes, lang: str) -> tuple[str, str]:
    """The title of a record with texts, as a reader of *lang* reads it, and its language."""
    read = _titled.decode(body)
    return pick(texts_named(read.text, "title"), lang, read.original)


def to_link(session: Session, kind: str, lang: str) -> list[tuple[str, str, str]]:
    """Id, key and title of the practices that the public reads, or of the improvements that the group discusses."""
    newest = (Record.state.not_in(("erased", "archived"))) & (Version.number == Record.version)
    wanted = newest if kind == IMPROVEMENT else Version.number == Record.published_version
    query = select(Record.id, Record.key, Version.body).join(Version, OF_RECORD).where(Record.kind == kind, wanted)
    return [(record_id, key or "", title_in(body, lang)[0]) for record_id, key, body in session.execute(query)]


def follow(session: Session, saved: Sequence[Saved]) -> None:
    """Forget what is kept beside a procedure that is erased. Listens to ``changes.record``."""
    forget_beside(session, saved, (Endorsement,), KIND)
    for gone in erased(saved, STAKEHOLDER):
        _forget_words(session, gone)


def _forget_words(session: Session, gone: Erased) -> None:
    """What bodies that are erased said of procedures stays, or nobody could tell why they are read; their words go."""
    theirs = (Endorsement.region_id == gone.region_id) & Endorsement.stakeholder_id.in_(gone.ids)
    told = sorted(set(session.scalars(select(Endorsement.record_id).where(theirs, Endorsement.source != ""))))
    session.execute(update(Endorsement).where(theirs).values(source=""))
    changelog.release_anew(session, gone.region_id, KIND, told, at=gone.at)


def _told(session: Session, rows: Sequence[tuple[Record, bytes]]) -> tuple[Published, ...]:
    procedures = with_public_links(session, [records.decode(body, Procedure) for _, body in rows])
    read = [(record, procedure) for (record, _), procedure in zip(rows, procedures, strict=True)]
    said = _said(session, [record.id for record, _ in read])
    named = {party.organisation for _, procedure in read for party in procedure.parties if party.organisation}
    ids = ids_by_name(session, named, erased=True)
    return tuple(
        Published(
            id=record.id,
            region=record.region_id,
            slug=record.slug,
            key=record.key,
            version=record.published_version or 0,
            updated_at=record.published_at or record.updated_at,
            status=records.decode(record.status, ProcedureStatus),
            procedure=procedure,
            parties={
                party.organisation: ids[party.organisation]
                for party in procedure.parties
                if party.organisation and party.organisation in ids
            },
            said=said.get(record.id, {}),
            due_on=due_on(procedure, records.decode(record.status, ProcedureStatus)),
        )
        for record, procedure in read
    )


def _said(session: Session, ids: Collection[str]) -> dict[str, dict[str, tuple[Said, ...]]]:
    """Procedure → body → what it said."""
    query = select(Endorsement).where(Endorsement.record_id.in_(ids)).order_by(Endorsement.number)
    rows = session.scalars(query).all()
    standing = ids_by_name(session, {row.stakeholder_id for row in rows})
    found: dict[str, dict[str, list[Said]]] = {}
    for row in rows:
        said = Said(**{name: getattr(row, name) for name in Said.__struct_fields__})
        body = standing.get(row.stakeholder_id, row.stakeholder_id)
        found.setdefault(row.record_id, {}).setdefault(body, []).append(said)
    return {record_id: {body: tuple(some) for body, some in bodies.items()} for record_id, bodies in found.items()}
