"""Findings and improvements: which may be read, what they may name, what the public reads, what cannot be kept."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import func, select

from lanzarote.errors import NotFound
from lanzarote.improvements.model import FINDING, IMPROVEMENT, ImprovementStatus, status_of
from lanzarote.kinds import law_and_sources
from lanzarote.kinds.organisations import as_named as organisations_as_named
from lanzarote.kinds.organisations import nameable
from lanzarote.practices.sheets import unfit_number
from lanzarote.records.changelog import Audit
from lanzarote.records.days import NO_DATE, is_date, unfit_past
from lanzarote.records.kinds import kinds_of
from lanzarote.records.permissions import allowed, involved, is_hidden
from lanzarote.records.records import Record, Version, body_of, decode, find
from lanzarote.records.tables import joined, newest_version
from lanzarote.records.validation import MISSING, UNKNOWN, Fault
from lanzarote.runtime.reading import LateDecoder
from lanzarote.translation import N_
from lanzarote.types import Finding, Improvement, Text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import Finding

PRACTICE = "practice"
PROCEDURE = "procedure"
REFERENCES = ("findings", "practices", "procedures")
"""Fields of an improvement that name other records."""
NO_SUCH: Mapping[str, str] = {
    FINDING: N_("There is no such finding here, or you may not read it."),
    IMPROVEMENT: N_("There is no such improvement here, or you may not read it."),
}
ERASED: Mapping[str, str] = {
    FINDING: N_("This finding was erased."),
    IMPROVEMENT: N_("This improvement was erased."),
}


class Published(Struct, frozen=True, kw_only=True):
    """An improvement as the public reads it: the text that was decided on."""

    id: str
    region: str
    slug: str
    version: int
    published_at: datetime
    status: ImprovementStatus
    improvement: Improvement


class Withdrawn(Struct, frozen=True, kw_only=True):
    """An improvement that the public no longer reads."""

    on: datetime
    reason: Text
    slug: str


class VersionLine(Struct, frozen=True, kw_only=True):
    """A version that the public has read."""

    number: int
    at: datetime
    """When it began to."""


class Titled(Struct, frozen=True, kw_only=True):
    """Another record, as far as a link to it needs."""

    id: str
    kind: str
    slug: str
    titles: Mapping[str, str]
    original: str
    state: str
    """How far it is, for findings and improvements."""
    public: bool


class _Title(Struct):
    title: str | None = None


class _Titled(Struct):
    original: str = ""
    text: dict[str, _Title] = {}


class _State(Struct):
    state: str = ""


class _Answers(Struct):
    findings: tuple[str, ...] = ()


_titled = LateDecoder(_Titled)
_state = LateDecoder(_State)
_answers = LateDecoder(_Answers)


def shown_state(record: Record) -> str:
    """How far it is, in one word: a state of its lifecycle, or that it is archived."""
    return "archived" if record.state == "archived" else _state.decode(record.status).state or "draft"


def states_of(session: Session, kind: str, *, by: Actor) -> list[tuple[str, str]]:
    """Id and state of all that *by* may read, the last changed first."""
    query = select(Record, involved(by, "author")).where(_there(kind), allowed(by, "group.read"))
    rows = session.execute(query.order_by(Record.updated_at.desc(), Record.id))
    declared = kinds_of(session)[kind]
    return [(record.id, shown_state(record)) for record, wrote in rows if not is_hidden(declared, by, record, wrote)]


def readable(session: Session, ids: Collection[str], *, by: Actor) -> dict[str, Titled]:
    """Those of the findings, improvements, practices and procedures *ids* that *by* may read."""
    if not ids:
        return {}
    query = select(
        Record, Version.body, involved(by, "author"), allowed(by, "practice.read"), allowed(by, "group.read")
    )
    rows = session.execute(query.join(Version, newest_version()).where(Record.id.in_(ids), Record.state != "erased"))
    found, kinds = {}, kinds_of(session)
    for record, body, wrote, of_practices, of_group in rows:
        public = record.published_version is not None
        seen = (
            of_practices
            if record.kind == PRACTICE
            else of_group and not is_hidden(kinds[record.kind], by, record, wrote)
        )
        if record.kind in (PRACTICE, PROCEDURE, FINDING, IMPROVEMENT) and (seen or public):
            found[record.id] = _told(record, body)
    return found


def references_of(content: Finding | Improvement) -> tuple[str, ...]:
    """Ids of the records that it names."""
    return tuple(one for name in REFERENCES for one in getattr(content, name, ()))


def known_ids(
    session: Session, content: Finding | Improvement, before: Finding | Improvement | None, *, by: Actor
) -> frozenset[str]:
    """Of the records that *content* names: those of the right kind that *by* may read, and what it named before."""
    found = readable(session, references_of(content), by=by)
    kinds = {FINDING: "findings", PRACTICE: "practices", PROCEDURE: "procedures"}
    fitting = {one.id for one in found.values() if one.id in getattr(content, kinds.get(one.kind, ""), ())}
    return frozenset(fitting | set(references_of(before) if before else ()))


def answers_to(session: Session, finding_id: str) -> tuple[Titled, ...]:
    """Improvements whose newest version answers the finding, the last changed first. The whole group reads them."""
    query = select(Record, Version.body).join(Version, newest_version())
    query = query.where(_there(IMPROVEMENT)).order_by(Record.updated_at.desc(), Record.id)
    rows = session.execute(query)
    return tuple(_told(record, body) for record, body in rows if finding_id in _answers.decode(body).findings)


def procedures(session: Session, *, by: Actor) -> tuple[Titled, ...]:
    """All that can be named as what an improvement leads to."""
    query = select(Record, Version.body).join(Version, newest_version())
    rows = session.execute(query.where(_there(PROCEDURE), allowed(by, "group.read")).order_by(Record.slug))
    return tuple(_told(record, body) for record, body in rows)


def published(session: Session, *, ids: Collection[str] | None = None) -> tuple[Published, ...]:
    """All improvements of the session's regions that the public reads, or those of *ids*, the last decided first."""
    query = _published() if ids is None else _published().where(Record.id.in_(ids))
    rows = session.execute(query.order_by(Record.published_at.desc(), Record.slug))
    return tuple(_public(record, body) for record, body in rows)


def published_at(session: Session, slug: str) -> Published:
    """The improvement that the public reads at *slug*, present or former. Raises NotFound, Gone."""
    record = find(session, IMPROVEMENT, slug)
    found = session.execute(_published().where(Record.id == record.id)).first()
    if found is None:
        raise NotFound("There is no improvement at this address.")
    return _public(*found)


def versions(session: Session, record_id: str) -> tuple[VersionLine, ...]:
    """Versions that the public has read, the newest first."""
    query = select(Audit.version, func.min(Audit.at)).where(
        Audit.kind == IMPROVEMENT, Audit.record_id == record_id, Audit.verb == "publish"
    )
    rows = session.execute(query.group_by(Audit.version).order_by(Audit.version.desc()))
    return tuple(VersionLine(number=number, at=at) for number, at in rows)


def withdrawn_at(session: Session, slug: str) -> Withdrawn | None:
    """What the public is told of the improvement at *slug*, if it was withdrawn. Raises NotFound, Gone."""
    record = find(session, IMPROVEMENT, slug)
    if record.published_at is None or record.state not in ("withdrawn", "archived"):
        return None
    query = select(func.max(Audit.at)).where(Audit.record_id == record.id, Audit.verb == "withdraw")
    reason = status_of(record).withdrawn
    return Withdrawn(on=session.scalar(query) or record.updated_at, reason=reason, slug=record.slug)


def _there(kind: str) -> ColumnElement[bool]:
    return (Record.kind == kind) & (Record.state != "erased")


def _published() -> Select[Record, bytes]:
    return (
        select(Record, Version.body)
        .join(Version, joined(Version) & (Version.number == Record.published_version))
        .where(Record.kind == IMPROVEMENT, Record.published_version.is_not(None))
    )


def _public(record: Record, body: bytes) -> Published:
    return Published(
        id=record.id,
        region=record.region_id,
        slug=record.slug,
        version=record.published_version or 0,
        published_at=record.published_at or record.updated_at,
        status=status_of(record),
        improvement=decode(body, Improvement),
    )


def _told(record: Record, body: bytes) -> Titled:
    read = _titled.decode(body)
    return Titled(
        id=record.id,
        kind=record.kind,
        slug=record.slug,
        titles={language: texts.title for language, texts in read.text.items() if texts.title},
        original=read.original,
        state=shown_state(record),
        public=record.published_version is not None,
    )


C = TypeVar("C", bound=Finding | Improvement)
TWO_SECTORS: Final = N_("Choose two sectors at least: a finding is about what lies between them.")


class Known(Struct, frozen=True, kw_only=True):
    """What a finding or an improvement may refer to."""

    organisations: Collection[str]
    """Every id and key of the directory."""
    records: Collection[str]
    """Ids of the findings, practices and procedures that the writer may read or that it named before."""
    vocabulary: Vocabulary
    today: date


def known_in(instance: Instance, region_id: str, *, record_id: str, by: Actor, content: Finding | Improvement) -> Known:
    """What *content*, which *by* writes, may name; the one in *record_id* also what it names already."""
    with instance.database.read(region_id) as session:
        record = session.get(Record, (region_id, record_id)) if record_id else None
        before = decode(body_of(session, record, record.version), type(content)) if record else None
        records = known_ids(session, content, before, by=by)
    return Known(
        organisations=nameable(instance, region_id, record_id),
        records=records,
        vocabulary=instance.vocabulary(region_id),
        today=instance.today(region_id),
    )


def as_named(instance: Instance, region_id: str, record_id: str, said: C, by: Actor) -> C:
    """What a form of *by* said, with what it does not show: names of those merged since, keys of sources, and records
    that it named before and *by* may not read.
    """
    said = organisations_as_named(instance, region_id, record_id, said)
    with instance.database.read(region_id) as session:
        record = session.get(Record, (region_id, record_id)) if record_id else None
        before = decode(body_of(session, record, record.version), type(said)) if record else None
        seen = readable(session, references_of(before), by=by) if before else {}
    cited = before.own_sources if before else ()
    kept: dict[str, Any] = {
        "own_sources": law_and_sources.keyed(instance, region_id, record_id, said.own_sources, cited)
    }
    for name in REFERENCES:
        if isinstance(said, Improvement):
            unseen = [one for one in getattr(before, name, ()) if one not in seen]
            kept[name] = tuple(dict.fromkeys((*getattr(said, name), *unseen)))
    return msgspec.structs.replace(said, **kept)


def of_finding(said: Finding, known: Known) -> Iterator[Fault]:
    """What in a finding cannot be kept."""
    yield from _unfit(said, known)
    if len(set(said.sectors)) < 2:
        yield Fault(field="sectors", text=TWO_SECTORS)
    if said.observed_on and not is_date(said.observed_on):
        yield Fault(field="observed_on", text=NO_DATE)
    elif said.observed_on:
        yield from unfit_past("observed_on", said.observed_on, known.today)
    for number, evidence in enumerate(said.evidence):
        if evidence.value is not None and (why := unfit_number(evidence.value)):
            yield Fault(field=f"evidence[{number}].value", text=why)


def of_improvement(said: Improvement, known: Known) -> Iterator[Fault]:
    """What in an improvement cannot be kept."""
    yield from _unfit(said, known)
    if not said.sectors:
        yield Fault(field="sectors", text=MISSING)
    for name in REFERENCES:
        yield from (
            Fault(field=name, text=UNKNOWN, value=one) for one in getattr(said, name) if one not in known.records
        )


def texts_of(said: Finding) -> Iterator[tuple[str, str]]:
    """What a finding says in words of its own, with its place."""
    for code, texts in said.text.items():
        for name in texts.__struct_fields__:
            if text := getattr(texts, name):
                yield f"text.{code}.{name}", text
    for number, one in enumerate(said.evidence):
        for name in ("text", "unit", "period"):
            yield from ((f"evidence[{number}].{name}.{code}", text) for code, text in getattr(one, name).items())
    yield from ((f"note.{code}", text) for code, text in said.note.items())


def _unfit(content: Finding | Improvement, known: Known) -> Iterator[Fault]:
    yield from law_and_sources.unfit(content, known.vocabulary, known.organisations)
    for language, texts in content.text.items():
        said = any(getattr(texts, name) for name in texts.__struct_fields__)
        if language != content.original and said and not (texts.title or "").strip():
            yield Fault(field=f"text.{language}.title", text=MISSING)
