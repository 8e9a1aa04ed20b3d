"""Everything an instance holds in one file, which SQLite and PostgreSQL can both be filled from.

The file is a zip: ``manifest.json`` and, for each table, its rows as JSON lines. What is made anew from the other
tables (lists, search index) is left out, and so is what must not come back: sessions, mailed links, counted guesses.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from contextlib import contextmanager
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import sqlalchemy as sa
from msgspec import Struct

from lanzarote import __version__
from lanzarote.accounts import secrets
from lanzarote.composition import KINDS, LISTENERS
from lanzarote.errors import RestoreError, SettingError
from lanzarote.exchange import erasure_list
from lanzarote.findable import entries as findable
from lanzarote.operations.all_tables import DERIVED, FLEETING
from lanzarote.operations.retention import remove_outdated
from lanzarote.practices import projection
from lanzarote.records import changelog_state
from lanzarote.records.changelog import Served
from lanzarote.results import forgetting
from lanzarote.results.forgetting import broken_log
from lanzarote.runtime import last_done
from lanzarote.runtime.progress import progress
from lanzarote.runtime.reading import LateDecoder, decoded
from lanzarote.runtime.unwritable import unwritable
from lanzarote.store.database import Database, Moment, known_schemas, upgrade_schema
from lanzarote.store.scope import ALL, INDEX, Scope, ScopedSession
from lanzarote.transfers import service as transfers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from sqlalchemy import Connection

    from lanzarote.configuration.settings import Settings
    from lanzarote.exchange.erasure_list import Erased
    from lanzarote.instance import Instance
    from lanzarote.operations.retention import Keep

FORMAT = 1
MANIFEST = "manifest.json"
BATCH = 1_000
ACTOR = "restore"

Kind = Literal["text", "integer", "number", "boolean", "moment", "day", "bytes"]
_TYPES: dict[Kind, tuple[Any, Any, Any]] = {
    "boolean": (sa.Boolean, sa.Boolean(), bool),
    "integer": (sa.Integer, sa.BigInteger(), int),
    "number": (sa.Float, sa.Float(), float),
    "moment": (sa.DateTime, Moment(), datetime),
    "day": (sa.Date, sa.Date(), date),
    "bytes": (sa.LargeBinary, sa.LargeBinary(), bytes),
    "text": (sa.String, sa.String(), str),
}
"""By which type a kind of column is known, the first that fits; how it is bound, and read from JSON."""


class Member(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rows of one table."""

    columns: dict[str, Kind]
    """In the order of the values of each row."""
    rows: int
    sha256: str


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: int
    version: str
    """Of the platform that made the backup."""
    schema: str
    made_at: datetime
    tables: dict[str, Member]


def backup(instance: Instance, path: Path | None, keep: Keep | None = None, *, name: str = "lanzarote") -> str:
    """Write everything to *path*, or to a dated file in the data folder; tell where.

    Other processes may go on writing meanwhile: the file holds the database of one moment. With *keep*, older dated
    ones beside it are removed once it is there. *name* begins that of a dated file; those of another name stay.
    """
    erasure_list.remember(instance.database, instance.settings)
    by_hand = path is not None
    try:
        path = path or _dated(instance, name)
        with instance.database.snapshot(ALL) as session, _written_whole(path) as file:
            count = _write(session.connection(), file, instance.settings)
    except OSError as error:
        why = unwritable(Path(path or error.filename), error)
        if not by_hand:
            last_done.note(instance.settings.data, "failed-backup", why=why)
        raise SettingError(f"The backup cannot be made: {why}.") from None
    last_done.note(instance.settings.data, "backup", where=str(path.absolute()), size=path.stat().st_size)
    told = f"{path} ({count} rows, {path.stat().st_size / 1e6:.1f} MB)"
    return f"{told}; older backups removed: {remove_outdated(path.parent, keep)}" if keep else told


def restore(settings: Settings, path: Path, listed: Path | None = None) -> str:
    """Fill the empty database of *settings* from *path*; tell what was restored.

    What was erased since the backup is erased again, as *listed* and as the list in the data folder says, and is
    known from then on. Raises RestoreError; then nothing was changed.
    """
    if listed and not listed.is_file():
        raise RestoreError(
            f"{listed} is no list of what was erased; it is beside the old database: {erasure_list.FILE}."
        )
    gone = [*(erasure_list.read(listed) if listed else ()), *erasure_list.read(erasure_list.place(settings))]
    with _opened(path) as (archive, manifest):
        _verify(archive, manifest, path)
        with _filled_or_absent(settings) as database:
            try:
                told = _restored(database, archive, manifest, path, gone)
            except (sa.exc.IntegrityError, sa.exc.DataError) as error:
                raise RestoreError(f"{path} does not fit the database, nothing was changed: {error.orig}") from None
            database.scrub()
            erasure_list.remember(database, settings, gone)
    rows = sum(member.rows for member in manifest.tables.values())
    return "\n".join((f"{rows} rows restored from {path}, made {manifest.made_at:%Y-%m-%d %H:%M} UTC", *told))


@contextmanager
def copied(instance: Instance) -> Iterator[Settings]:
    """Settings of a copy of *instance* in SQLite, with the schema of this version; it is gone afterwards."""
    with TemporaryDirectory(dir=instance.settings.data, prefix="copy-") as name:
        folder = Path(name)
        backup(instance, folder / "copy.zip")
        url = f"sqlite:///{folder / 'copy.sqlite'}"
        settings = msgspec.structs.replace(
            instance.settings, data=folder, database_url=url, direct_url="", replica_url=""
        )
        restore(settings, folder / "copy.zip")
        yield settings


# Writing


def _write(connection: Connection, file: BinaryIO, settings: Settings) -> int:
    tables = _tables_of(connection)
    total = sum(connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in tables.values())
    members: dict[str, Member] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, progress("Backing up", total) as advance:
        for name, table in tables.items():
            with archive.open(f"{name}.jsonl", "w", force_zip64=True) as member:
                members[name] = _write_rows(connection, table, member.write, advance)
        manifest = Manifest(
            format=FORMAT,
            version=__version__,
            schema=str(connection.scalar(sa.text("SELECT version_num FROM alembic_version"))),
            made_at=datetime.now(UTC),
            tables=members,
        )
        archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
    return total


def _write_rows(
    connection: Connection, table: sa.TableClause, write: Callable[[bytes], object], advance: Callable[[int], None]
) -> Member:
    columns = {column.name: _kind(column.type) for column in table.columns}
    digest, count = sha256(), 0
    rows = connection.execution_options(yield_per=BATCH).execute(sa.select(table).order_by(*table.primary_key))
    for batch in rows.partitions():
        lines = b"".join(msgspec.json.encode(tuple(row)) + b"\n" for row in batch)
        digest.update(lines)
        write(lines)
        count += len(batch)
        advance(len(batch))
    return Member(columns=columns, rows=count, sha256=digest.hexdigest())


def _dated(instance: Instance, name: str) -> Path:
    folder = instance.settings.data / "backups"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"{name}-{datetime.now(UTC):%Y-%m-%d-%H%M%S-%f}.zip"


@contextmanager
def _written_whole(path: Path) -> Iterator[BinaryIO]:
    """A file that only its owner may read, and that is there whole or not at all."""
    if path.exists():
        raise SettingError(f"{path} is there already; a backup overwrites nothing. Choose another name.")
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _read_back(part)
        part.rename(path)
        _sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


def _read_back(path: Path) -> None:
    """Raise SettingError unless the file holds what was written."""
    try:
        with _opened(path) as (archive, manifest):
            _verify(archive, manifest, path)
    except RestoreError as error:
        told = f"what was written cannot be read back, its disk may be failing ({error})"
        raise SettingError(f"The backup cannot be made: {told}. Older backups stay.") from None


def _sync_folder(folder: Path) -> None:
    """Make the new name last; Windows has no such thing."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# Reading


@contextmanager
def _opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    try:
        archive = zipfile.ZipFile(path)
    except OSError as error:
        raise RestoreError(f"{path} cannot be read: {error.strerror}.") from None
    except (zipfile.BadZipFile, ValueError):
        raise RestoreError(f"{path} is no backup, or only a part of one: its end is missing.") from None
    with archive:
        yield archive, _manifest(archive, path)


def _manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    class Beginning(Struct):
        format: int

    try:
        said = archive.read(MANIFEST)
        if (found := decoded(said, Beginning).format) != FORMAT:
            raise RestoreError(f"{path} has format {found}; this version of the platform restores format {FORMAT}.")
        manifest = decoded(said, Manifest)
    except (KeyError, msgspec.DecodeError, UnicodeDecodeError, *_DAMAGE) as error:
        raise RestoreError(f"{path} is no backup of this platform ({MANIFEST}: {error}).") from None
    if manifest.schema not in known_schemas():
        raise RestoreError(
            f"{path} was made by a newer version of the platform ({manifest.version}); restore it with that version."
        )
    return manifest


_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)
"""What reading a damaged or foreign zip may raise."""


def _verify(archive: zipfile.ZipFile, manifest: Manifest, path: Path) -> None:
    """Read everything once, before anything is written."""
    found = sorted(archive.namelist())
    if found != sorted([MANIFEST, *(f"{name}.jsonl" for name in manifest.tables)]):
        raise RestoreError(f"{path} holds other files than its {MANIFEST} names; it was changed.")
    for name, member in manifest.tables.items():
        digest, rows = sha256(), 0
        try:
            with archive.open(f"{name}.jsonl") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
                    rows += block.count(b"\n")
        except _DAMAGE as error:
            raise RestoreError(f"{path} is damaged ({name}.jsonl: {error}).") from None
        if digest.hexdigest() != member.sha256 or rows != member.rows:
            raise RestoreError(f"{path} was changed after it was made: {name}.jsonl is not what {MANIFEST} says.")


def _prepare(connection: Connection, manifest: Manifest, path: Path) -> None:
    """Give the database the schema of the backup. Raises RestoreError when it holds anything."""
    tables = sa.inspect(connection).get_table_names()
    if not tables:
        upgrade_schema(connection, manifest.schema)
    elif "alembic_version" not in tables:
        raise RestoreError(f"The database holds tables of something else ({tables[0]}); give one that is empty.")
    elif str(connection.scalar(sa.text("SELECT version_num FROM alembic_version"))) != manifest.schema:
        raise RestoreError(
            f"{path} has an older schema than the database; restore it into one that does not exist yet."
        )
    for name, table in _tables_of(connection).items():
        if connection.execute(sa.select(table).limit(1)).first():
            raise RestoreError(
                f"The database is not empty ({name} has rows), and restoring never overwrites; "
                "name a new database in LANZAROTE_DATABASE_URL."
            )


def _fill(connection: Connection, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    tables = _tables_of(connection)
    for name, member in manifest.tables.items():
        expected = {column.name: _kind(column.type) for column in tables[name].columns} if name in tables else {}
        if member.columns != expected:
            raise RestoreError(f"The backup's table {name} does not fit schema {manifest.schema}.")
    if missing := sorted(set(tables) - set(manifest.tables)):
        raise RestoreError(f"The backup lacks the table {missing[0]}.")
    with progress("Restoring", sum(member.rows for member in manifest.tables.values())) as advance:
        for name, member in manifest.tables.items():
            with archive.open(f"{name}.jsonl") as file:
                for rows in _batches(name, member, file):
                    connection.execute(sa.insert(tables[name]), rows)
                    advance(len(rows))


def _batches(name: str, member: Member, lines: Any) -> Iterator[list[dict[str, Any]]]:
    types = tuple(_TYPES[kind][2] | None for kind in member.columns.values())
    row: Any = tuple.__class_getitem__(types)
    decoder = LateDecoder[tuple[Any, ...]](row)
    rows: list[dict[str, Any]] = []
    for number, line in enumerate(lines, 1):
        try:
            rows.append(dict(zip(member.columns, decoder.decode(line), strict=True)))
        except msgspec.DecodeError as error:
            raise RestoreError(f"Line {number} of {name}.jsonl cannot be restored: {error}") from None
        if len(rows) == BATCH:
            yield rows
            rows = []
    if rows:
        yield rows


@contextmanager
def _filled_or_absent(settings: Settings) -> Iterator[Database]:
    """The database; a file that was not there before is not there after a failure either."""
    file = Path(settings.database_url.removeprefix("sqlite:///"))
    is_new = settings.sqlite and not file.exists()
    database = Database(settings.database_url)
    try:
        yield database
    except BaseException:
        database.close()
        for part in ("", "-wal", "-shm") if is_new else ():
            Path(f"{file}{part}").unlink(missing_ok=True)
        raise
    database.close()


def _restored(
    database: Database, archive: zipfile.ZipFile, manifest: Manifest, path: Path, gone: list[Erased]
) -> list[str]:
    with database.engine.execution_options(lanzarote_write=True).connect() as connection, connection.begin():
        _prepare(connection, manifest, path)
        _fill(connection, archive, manifest)
        upgrade_schema(connection)
        return _make_anew(connection, gone)


def _make_anew(connection: Connection, gone: list[Erased]) -> list[str]:
    """Erase what has to stay erased, project and index what the public reads, open a new epoch; tell what was done."""
    info: dict[str, Any] = {"scope": Scope.of(ALL), "kinds": KINDS}
    with ScopedSession(bind=connection, info=info | {"listeners": LISTENERS, "tells_nothing": True}) as session:
        again = erasure_list.erase_again(session, gone, by=ACTOR)
        session.flush()
        transfers.take_out(session)
        transfers.rebuild(session)
    told = [f"  erased since the backup, and erased again: {again}"] if again else []
    with ScopedSession(bind=connection, info=info) as session:
        for region_id, home in session.execute(sa.select(Served.id, Served.home).order_by(Served.id)).all():
            broken = [
                f"  the {name} of {region_id} does not follow from number {at} on: it was changed before the backup"
                for name, at in (
                    ("audit", changelog_state.broken_audit(session, region_id)),
                    ("change log", broken_log(session, region_id)),
                )
                if at
            ]
            session.expunge_all()
            count = projection.rebuild(session, region_id)
            findable.rebuild(session, region_id)
            told.append(f"  {region_id}: {count} practices shown")
            if home:  # what is received begins anew where it is written
                epoch = forgetting.begin_anew(session, region_id, by=ACTOR, at=datetime.now(UTC))
                told[-1] += f", epoch {epoch} begins"
            told += broken
        session.flush()
        if waiting := secrets.without_invitation(session, datetime.now(UTC)):
            told.append(
                f"  no backup holds invitations. A new link for each (`lanzarote user link`): {', '.join(waiting)}"
            )
    return told


# Tables


def _tables_of(connection: Connection) -> dict[str, sa.TableClause]:
    """The tables that a backup holds, as the database has them: it may not be at the newest schema."""
    inspector = sa.inspect(connection)
    left_out = {"alembic_version", *(table.__tablename__ for table in (*DERIVED, *FLEETING))}
    names = [name for name in sorted(inspector.get_table_names()) if name not in left_out]
    tables: dict[str, sa.TableClause] = {}
    for name in names:
        if not name.startswith(INDEX):
            keys = set(inspector.get_pk_constraint(name)["constrained_columns"])
            columns = [
                sa.Column(column["name"], _TYPES[_kind(column["type"])][1], primary_key=column["name"] in keys)
                for column in inspector.get_columns(name)
            ]
            tables[name] = sa.Table(name, sa.MetaData(), *columns)
    return tables


def _kind(column: Any) -> Kind:
    for name, (kind, _, _) in _TYPES.items():
        if isinstance(column, kind):
            return name
    if isinstance(column, Moment):
        return "moment"
    raise TypeError(f"a backup cannot hold a column of type {column}")
