"""Writes records that come from elsewhere, whole and in batches, beside those that are here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct
from sqlalchemy import delete, func, insert, select

from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.exchange.region_file_lines import COLUMNS, BadLine, row_values, rows_beside
from lanzarote.records import changelog, records
from lanzarote.records.changelog import BY, Audit, Saved
from lanzarote.records.erasing import erased_here
from lanzarote.records.kinds import kinds_of
from lanzarote.records.records import Draft, FormerSlug, Record, Version
from lanzarote.records.slugs import taken_slugs
from lanzarote.regions.seeds import Seed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.exchange.region_file_lines import RecordLine

    Reader = Callable[[Session, Sequence[str]], Iterator[RecordLine]]


class Counts(Struct):
    new: int = 0
    skipped: int = 0
    replaced: int = 0
    drafts: int = 0
    left_out: int = 0
    kept_erased: int = 0
    """Of those that are left out: organisations of which is kept that they were erased."""


class Arrivals:
    """Records on their way into one region; *lines_of* reads those that are here, to compare."""

    def __init__(self, session: Session, region_id: str, lines_of: Reader, *, by: str) -> None:
        self.counts = Counts()
        self._session = session
        self._region = region_id
        self._lines_of = lines_of
        self._by = by
        self._at = records.now()
        self._here = set(session.scalars(select(Record.id)))
        self.erased = erased_here(session, region_id)
        self._taken = taken_slugs(session)
        self._seeds = dict(session.execute(select(Seed.kind + "/" + Seed.key, Seed.record_id)).all())
        self._seen: set[str] = set()
        self._bodies_left_out: list[tuple[str, str | None]] = []
        self._records: list[tuple[int, RecordLine]] = []
        self._drafts: list[Draft] = []

    @property
    def waiting(self) -> int:
        return len(self._records) + len(self._drafts)

    def draft(self, draft: Draft) -> None:
        """Take a record that is new; one that was taken before is not taken again."""
        if draft.id in self.erased:
            self.counts.left_out += 1
            return
        if draft.id in self._here or draft.id in self._seen:
            self.counts.skipped += 1
            return
        self._seen.add(draft.id)
        self._drafts.append(draft)

    def taken(self, line: RecordLine) -> RecordLine | None:
        """The line, unless the record was erased here: then nothing of it, or of an organisation that it was erased.

        Other records go on naming an organisation.
        """
        if line.id not in self.erased or line.state == "erased":
            return line
        self.counts.left_out += 1
        if line.kind != STAKEHOLDER:
            return None
        self._bodies_left_out.append((line.id, line.key))
        if line.id in self._here:
            return None
        self.counts.kept_erased += 1
        return line.erased()

    def forget_bodies(self) -> None:
        """Keep no word of organisations that were left out with the records that came: as when they are erased."""
        if self._bodies_left_out and (self.counts.new or self.counts.replaced or self.counts.kept_erased):
            self._erase_bodies()

    def _erase_bodies(self) -> None:
        common: dict[str, Any] = {"region_id": self._region, "kind": STAKEHOLDER, "verb": "erase", "at": self._at}
        gone = [Saved(record_id=one, key=key, version=0, **common) for one, key in self._bodies_left_out]
        changelog.record(self._session, gone, by=self._by)
        self._session.info["erased"] = True

    def record(self, number: int, line: RecordLine) -> None:
        """Take the record of line *number*. Raises BadLine."""
        if line.id in self._seen:
            raise BadLine("id", f"{line.id} stands in this file twice")
        self._seen.add(line.id)
        if line.id not in self._here:
            self._reserve(line)
        if line.shipped:
            name = f"{line.kind}/{line.shipped.key}"
            if self._seeds.setdefault(name, line.id) != line.id:
                raise BadLine("shipped.key", f"{line.shipped.key!r} belongs to the record {self._seeds[name]}")
        self._records.append((number, line))

    def write(self) -> list[tuple[int, str]]:
        """Write what waits; return line and fault of what cannot be."""
        lines, self._records = self._records, []
        drafts, self._drafts = self._drafts, []
        if drafts:
            records.create(self._session, self._region, drafts, by=self._by, taken=self._taken)
            self.counts.drafts += len(drafts)
        faults: list[tuple[int, str]] = []
        known = [line.id for _, line in lines if line.id in self._here]
        present = {line.id: line for line in self._lines_of(self._session, known)} if known else {}
        untouched = self._untouched(known) if known else frozenset()
        fresh: list[RecordLine] = []
        giving_way: list[RecordLine] = []
        others: list[tuple[int, RecordLine]] = []
        for number, line in lines:
            here = present.get(line.id)
            if here is None:
                fresh.append(line)
            elif here == line or (here.content() == line.content() and here.id not in untouched):
                self.counts.skipped += 1
            elif here.id in untouched:
                giving_way.append(line)
            else:
                others.append((number, line))
        left = self._without_bodies([line for _, line in others])
        for number, line in others:
            here = present[line.id]
            if line.id in left and left[line.id].content() == here.content():
                self.counts.skipped += 1
            else:
                told = f"{line.id} ({line.kind} {here.slug}) is here with other content; nothing here is overwritten"
                faults.append((number, f"id: {told}"))
        if not faults:
            self._replace(giving_way)
            self._insert(fresh, fresh=True)
            self._insert(giving_way, fresh=False)
            bodies = {record_id for record_id, _ in self._bodies_left_out}
            self.counts.new += sum(line.id not in bodies for line in fresh)
            self.counts.replaced += len(giving_way)
        self._session.expunge_all()
        return faults

    def _without_bodies(self, lines: Sequence[RecordLine]) -> dict[str, RecordLine]:
        """What would be here of these *lines*, once no word of the organisations that are left out was kept."""
        if not (lines and self._bodies_left_out):
            return {}
        session = self._session
        noted = {name: set(one) if isinstance(one, set) else one for name, one in session.info.items()}
        trial = session.begin_nested()
        self._replace(lines)
        self._insert(lines, fresh=False)
        self._erase_bodies()
        session.flush()
        found = {line.id: line for line in self._lines_of(session, [line.id for line in lines])}
        trial.rollback()
        session.info.clear()
        session.info.update(noted, erased=True)  # what was tried went through the bytes of the database
        return found

    def _reserve(self, line: RecordLine) -> None:
        for slug in (line.slug, *line.former_slugs):
            if (line.kind, slug) in self._taken:
                raise BadLine("slug", f"{slug!r} is the address of another {line.kind}")
            self._taken.add((line.kind, slug))

    def _untouched(self, ids: Sequence[str]) -> frozenset[str]:
        """Those that nobody but the platform, from the package, ever wrote here."""
        seeds = select(Seed.record_id).where(Seed.record_id.in_(ids))
        writers = (
            select(Audit.record_id)
            .where(Audit.record_id.in_(ids))
            .group_by(Audit.record_id)
            .having(func.min(Audit.actor) == BY, func.max(Audit.actor) == BY)
        )
        return frozenset(self._session.scalars(writers)) & frozenset(self._session.scalars(seeds))

    def _replace(self, lines: Sequence[RecordLine]) -> None:
        ids = [line.id for line in lines]
        if not ids:
            return
        mine = self._region
        for table, column in ((Record, Record.id), (Version, Version.record_id), (FormerSlug, FormerSlug.record_id)):
            self._session.execute(delete(table).where(table.region_id == mine, column.in_(ids)))
        kinds = kinds_of(self._session)
        beside: list[Any] = [one.table for name in {line.kind for line in lines} for one in kinds[name].beside]
        for table in [Seed, *beside]:
            self._session.execute(delete(table).where(table.region_id == mine, table.record_id.in_(ids)))

    def _insert(self, lines: Sequence[RecordLine], *, fresh: bool) -> None:
        if not lines:
            return
        common = {"region_id": self._region}
        rows: dict[Any, list[dict[str, Any]]] = {Record: [], Version: [], FormerSlug: [], Seed: []}
        saved: list[Saved] = []
        for line in lines:
            status = bytes(line.status)
            rows[Record].append(common | {name: getattr(line, name) for name in COLUMNS} | {"status": status})
            rows[Version].extend(
                records.version_row(self._region, line.id, one.number, one.at, one.actor, one.said, one.digest)
                for one in line.versions
            )
            rows[FormerSlug].extend(
                common | {"kind": line.kind, "slug": slug, "record_id": line.id} for slug in line.former_slugs
            )
            if line.shipped:
                rows[Seed].append(
                    common
                    | {
                        "kind": line.kind,
                        "key": line.shipped.key,
                        "record_id": line.id,
                        "body": line.shipped.said,
                        "in_package": line.shipped.in_package,
                        "publish": line.shipped.publish,
                    }
                )
            for beside, _, row in rows_beside(kinds_of(self._session), line):
                rows.setdefault(beside.table, []).append(common | {"record_id": line.id} | row_values(row))
            saved.extend(self._saved(line, status, fresh=fresh))
        for table, some in rows.items():
            if some:
                self._session.execute(insert(table.__table__), some)
        changelog.record(self._session, saved, by=self._by)
        if any(line.state == "erased" for line in lines):
            self._session.info["erased"] = True  # so that the list beside the database tells of them, too

    def _saved(self, line: RecordLine, status: bytes, *, fresh: bool) -> Iterator[Saved]:
        """What the audit and the change log say of it: what is public, and the newest version when that is another."""
        for number in dict.fromkeys((line.published_version or 0, line.version)):
            if not number:
                continue
            version = line.versions[number - 1]
            public = number == line.published_version
            assert line.published_at is not None or not public
            yield Saved(
                region_id=self._region,
                kind=line.kind,
                record_id=line.id,
                slug=line.slug,
                key=line.key,
                verb="publish" if public else "load",
                version=number,
                digest=version.digest,
                body=version.said,
                status=status,
                public=public,
                fresh=fresh,
                at=self._at,
                published_at=line.published_at if public else None,
            )
