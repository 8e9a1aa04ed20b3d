"""A region as one file of JSON lines: written the same way every time, loaded all or not at all.

The first line names the region. Then come its vocabulary and every record with all its versions, each in one
canonical line, so that exporting what was loaded gives the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Raw
from sqlalchemy import select

from lanzarote.accounts import mails
from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.directory.service import by_key, erased_ids
from lanzarote.errors import LoadError, NotFound
from lanzarote.exchange.bulk_import import Arrivals
from lanzarote.exchange.region_file_checks import Checker, read_term
from lanzarote.exchange.region_file_lines import (
    FORMAT,
    BadLine,
    HeaderLine,
    Line,
    Naming,
    NewLine,
    RecordLine,
    TermLine,
    keys_of,
    line_of,
    peek,
    read,
    row_line,
)
from lanzarote.records import records
from lanzarote.records.changelog import Served
from lanzarote.records.kinds import kinds_of, titles_of
from lanzarote.records.records import Draft, FormerSlug, Record, Version, digest, encode
from lanzarote.regions import vocabulary
from lanzarote.regions.check import header_faults
from lanzarote.regions.seeds import Seed
from lanzarote.regions.vocabulary import Term
from lanzarote.results.enrolling import why_not_written
from lanzarote.runtime.progress import progress
from lanzarote.runtime.reading import decoded
from lanzarote.store.database import known_schemas, schema_version
from lanzarote.store.ids import shipped_id, slugify
from lanzarote.types import RegionHeader

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import Any, BinaryIO

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance

BATCH = 1_000
FAULTS_TOLD = 50
ACTOR = "load"
"""Who the audit says wrote what came from a file; the versions keep their own writers."""


def export_region(instance: Instance, region_id: str, file: BinaryIO) -> int:
    """Write the region's vocabulary and records to *file*; return how many records. Raises NotFound."""
    with instance.database.snapshot(region_id) as session:
        served = session.get(Served, region_id)
        if served is None:
            raise NotFound(f"The region {region_id!r} is not loaded here; `lanzarote region list` tells which are.")
        _write(file, _header_line(served, schema_version(instance.database) or ""))
        for term in session.scalars(select(Term).order_by(Term.kind, Term.key)):
            _write(file, _term_line(term))
        ids = session.scalars(select(Record.id).order_by(Record.id)).all()
        with progress(f"Exporting {region_id}", len(ids)) as advance:
            for start in range(0, len(ids), BATCH):
                some = ids[start : start + BATCH]
                for line in record_lines(session, some):
                    _write(file, line)
                session.expunge_all()
                advance(len(some))
    return len(ids)


def record_lines(session: Session, ids: Sequence[str]) -> Iterator[RecordLine]:
    """The records with these *ids*, in their order, each with its whole history."""
    versions: dict[str, list[Version]] = {}
    for version in session.scalars(select(Version).where(Version.record_id.in_(ids)).order_by(Version.number)):
        versions.setdefault(version.record_id, []).append(version)
    slugs: dict[str, list[str]] = {}
    for former in session.scalars(select(FormerSlug).where(FormerSlug.record_id.in_(ids))):
        slugs.setdefault(former.record_id, []).append(former.slug)
    seeds = {seed.record_id: seed for seed in session.scalars(select(Seed).where(Seed.record_id.in_(ids)))}
    found = {record.id: record for record in session.scalars(select(Record).where(Record.id.in_(ids)))}
    rows = _rows_beside(session, {record.kind for record in found.values()}, ids)
    for name in ids:
        known = sorted(slugs.get(name, ()))
        yield line_of(found[name], versions.get(name, ()), known, seeds.get(name), rows.get(name, {}))


def _rows_beside(session: Session, kinds: Collection[str], ids: Sequence[str]) -> dict[str, dict[str, list[Raw]]]:
    """Record → table → rows, in an order of their own."""
    found: dict[str, dict[str, list[Raw]]] = {}
    declared = kinds_of(session)
    for beside in {one.name: one for name in sorted(kinds) for one in declared[name].beside}.values():
        table: Any = beside.table
        for row in session.scalars(select(table).where(table.record_id.in_(ids))):
            found.setdefault(row.record_id, {}).setdefault(beside.name, []).append(row_line(beside, row))
    for tables in found.values():
        for some in tables.values():
            some.sort(key=bytes)
    return found


def load_file(instance: Instance, path: Path, dry_run: bool = False) -> str:
    """Load a file made by ``export_region`` or by hand; return what was done, for people.

    A record that is here already is left alone when it says the same; one that only its package ever wrote gives way
    to the file's, and of one that was erased here no word is taken; otherwise the whole file is refused. Raises
    LoadError that names each faulty line and field.
    """
    source = _Source(path)
    try:
        with instance.database.write(source.header.region) as session:
            loading = _Loading(session, source)
            loading.run()
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    else:
        instance.worker.run_due(but=mails.TOPICS)
    return loading.told(dry_run=dry_run)


class _DryRun(Exception):
    pass


class _Source:
    """The file; it is read twice: stakeholders before the records that name them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                first = file.readline()
                self._size = file.seek(0, 2)
        except OSError as error:
            raise LoadError(f"{path} cannot be read: {error.strerror}.") from None
        self.header = self._header(first)

    def _header(self, first: bytes) -> HeaderLine:
        try:
            if peek(first).format is msgspec.UNSET:
                raise BadLine("", 'does not say for which region the file is; write {"format": 1, "region": "…"} here')
            header: HeaderLine = read(first, HeaderLine)
        except BadLine as error:
            raise self.refused([(1, str(error))]) from None
        if header.format > FORMAT or (header.schema and header.schema not in known_schemas()):
            raise self.refused([(1, "was written by a newer version of the platform; load it with that version")])
        if header.format != FORMAT:
            raise self.refused([(1, f"format: is {header.format}; this platform reads format {FORMAT}")])
        return header

    def lines(self, told: str) -> Iterator[tuple[int, bytes]]:
        """Number and bytes of each line after the first."""
        with progress(told, self._size) as advance, self.path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if number > 1 and not line.isspace():
                    yield number, line
                advance(len(line))

    def refused(self, faults: Sequence[tuple[int, str]]) -> LoadError:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        told = [f"line {number}: {fault}" for number, fault in sorted(faults)[:FAULTS_TOLD]]
        if len(faults) > FAULTS_TOLD:
            told.append(f"… and {len(faults) - FAULTS_TOLD} more.")
        return LoadError("\n".join((f"{self.path} cannot be loaded, nothing of it was kept ({count}):", *told)))


class _Loading:
    """One file on its way into its region."""

    def __init__(self, session: Session, source: _Source) -> None:
        self._session = session
        self._source = source
        self._region = source.header.region
        self._faults: list[tuple[int, str]] = []
        self._terms: list[TermLine] = []
        self._stakeholders: list[tuple[int, bytes]] = []
        self._kinds = kinds_of(session)
        self._organisations = set(by_key(session))
        """Keys that a practice may name."""
        self._erased = set(erased_ids(session))
        """Ids of what was erased, here or, of stakeholders, in the file."""
        self._first = False

    def run(self) -> None:
        served = self._session.get(Served, self._region)
        self._look_through()
        self._stop_if_faulty()
        if served is None:
            self._first = True
            served = self._make_region()
        header = decoded(served.facts, RegionHeader)
        known = vocabulary.read(self._session, self._region, header)
        self._arrivals = Arrivals(self._session, self._region, record_lines, by=ACTOR)
        self._erased |= self._arrivals.erased
        self._checker = Checker(self._kinds, known, self._organisations, self._erased)
        self._take(self._stakeholders)
        self._take(self._others())
        self._stop_if_faulty()
        self._arrivals.forget_bodies()

    def told(self, *, dry_run: bool) -> str:
        counts = self._arrivals.counts
        would = "would be " if dry_run else ""
        lines = [f"Loading {self._region}{' (dry run, nothing is kept)' if dry_run else ''}"]
        if self._first:
            lines.append(f"  the region {would}new, with a vocabulary of {len(self._terms)} entries")
        lines.append(f"  records: {counts.new} {would}new, {counts.skipped} unchanged")
        if counts.replaced:
            lines.append(f"  until now as the package ships them: {counts.replaced} {would}replaced")
        if counts.drafts:
            lines.append(f"  drafts: {counts.drafts} {would}new, to be reviewed before the public sees them")
        if counts.left_out:
            why = "for what was erased is brought back by nothing"
            lines.append(f"  erased here: {counts.left_out} {would}left out, {why}")
        if counts.kept_erased:
            told = f"{would}kept as erased, without a word of them, for records that name them"
            lines.append(f"  organisations among these: {counts.kept_erased} {told}")
        return "\n".join(lines)

    def _look_through(self) -> None:
        """First reading: what kind each line is, the vocabulary and the stakeholders."""
        for number, line in self._source.lines("Reading"):
            try:
                kind = peek(line).kind
                if kind == "vocabulary":
                    term: TermLine = read(line, TermLine)
                    read_term(term)
                    self._terms.append(term)
                elif kind == STAKEHOLDER:
                    self._stakeholders.append((number, line))
                    naming: Naming = read(line, Naming)
                    self._organisations.update(keys_of(naming))
                    if naming.state == "erased":
                        self._erased.add(naming.id)
                elif kind not in self._kinds:
                    raise BadLine("kind", f"is none of vocabulary, {', '.join(self._kinds)}")
            except BadLine as error:
                self._faults.append((number, str(error)))

    def _others(self) -> Iterator[tuple[int, bytes]]:
        """Second reading: records that name stakeholders."""
        done = ("vocabulary", STAKEHOLDER)
        return ((number, line) for number, line in self._source.lines("Loading") if peek(line).kind not in done)

    def _take(self, lines: Iterable[tuple[int, bytes]]) -> None:
        for number, line in lines:
            try:
                if peek(line).id is msgspec.UNSET:
                    self._arrivals.draft(self._draft(read(line, NewLine)))
                else:
                    record = self._arrivals.taken(read(line, RecordLine))
                    if record is None:
                        continue
                    self._checker.record(record)
                    self._arrivals.record(number, record)
            except BadLine as error:
                self._faults.append((number, str(error)))
            if self._arrivals.waiting >= BATCH:
                self._faults += self._arrivals.write()
        self._faults += self._arrivals.write()

    def _draft(self, line: NewLine) -> Draft:
        value = self._checker.body(line.kind, bytes(line.body), "body")
        body = encode(value)
        # Made of what it says: whoever loads the same file twice gets no second draft.
        made_of = shipped_id(self._region, f"loaded {line.kind}", digest(body))
        return Draft(
            kind=line.kind,
            id=made_of,
            slug=_slug(line.kind, body),
            body=body,
            status=encode(self._kinds[line.kind].status()),
        )

    def _make_region(self) -> Served:
        header = self._source.header
        if header.facts is None:
            raise LoadError(
                f"The region {self._region!r} is not loaded here, and the file does not describe it; "
                f"first run: lanzarote load {self._region}"
            )
        if header.facts.id != self._region:
            raise self._source.refused([(1, f"region: is {self._region!r}, but the facts are of {header.facts.id!r}")])
        for field, fault in header_faults(header.facts):
            raise self._source.refused([(1, f"facts.{field}: {fault}")])
        self._guard_vocabulary(header.facts)
        if told := why_not_written(self._session, self._region):
            raise LoadError(told)
        served = Served(
            id=self._region,
            enabled=header.enabled,
            revision=0,
            epoch=1,
            added_at=records.now(),
            package=header.package,
            package_version=header.package_version,
            facts=encode(header.facts),
            facts_digest=header.facts_digest,
        )
        self._session.add(served)
        self._session.flush()
        terms = [
            Term(
                region_id=self._region,
                kind=line.term,
                key=line.key,
                position=line.position,
                body=encode(read_term(line)),
                retired=line.retired,
            )
            for line in self._terms
        ]
        vocabulary.adopt(self._session, self._region, terms, by=ACTOR)
        return served

    def _guard_vocabulary(self, facts: RegionHeader) -> None:
        checker = Checker(self._kinds, vocabulary.Vocabulary(header=facts, entries={}), ())
        try:
            checker.guard(facts, "facts")
            for line in self._terms:
                checker.guard(read_term(line), f"{line.term} {line.key}")
        except BadLine as error:
            raise self._source.refused([(1, str(error))]) from None

    def _stop_if_faulty(self) -> None:
        if self._faults:
            raise self._source.refused(self._faults)


def _slug(kind: str, body: bytes) -> str:
    """The address of a new record."""
    original, titles = titles_of(msgspec.json.decode(body))
    return slugify(titles.get(original) or next(iter(titles.values()), kind))


def _write(file: BinaryIO, line: Line) -> None:
    file.write(encode(line) + b"\n")


def _header_line(served: Served, schema: str) -> HeaderLine:
    return HeaderLine(
        format=FORMAT,
        region=served.id,
        schema=schema,
        facts=decoded(served.facts, RegionHeader),
        facts_digest=served.facts_digest,
        enabled=served.enabled,
        package=served.package,
        package_version=served.package_version,
    )


def _term_line(term: Term) -> TermLine:
    return TermLine(
        kind="vocabulary",
        term=term.kind,
        key=term.key,
        position=term.position,
        retired=term.retired,
        body=Raw(term.body),
    )
