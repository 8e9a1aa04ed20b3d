"""Native partitions of PostgreSQL: the large tables spread by region, by the plan of ``lanzarote partition``.

A table is copied into a partitioned one of the same name, in one transaction of its own: stopped midway, the command
goes on where it was. Partitions lie in a schema of their own, where neither migrations nor backups look.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lanzarote.errors import LanzaroteError
from lanzarote.store.availability import LOCKED, state_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlalchemy import Connection

    from lanzarote.store.database import Database

SCHEMA: Final = "lanzarote_partitions"
LARGE: Final = (
    "audit",
    "change",
    "change_body",
    "comment",
    "named",
    "published_practice",
    "record",
    "search_item",
    "tally_mask",
    "tally_number",
    "version",
    "vocabulary",
)
"""Tables that grow with the records of a region and with all that is done about them."""
ACROSS: Final = frozenset({"published_practice_pk", "search_item_pk"})
"""Unique indexes without the region, which a partitioned table cannot have: plain ones there.

One lock gives out the numbers that they are on.
"""


class NotPartitioned(LanzaroteError):
    """The tables could not be partitioned; the text says why, and what to do."""


class Layout(Struct, frozen=True):
    """How a table is spread."""

    by: str = ""
    """``hash``, ``list``, or empty: one table."""
    parts: int = 0
    """By hash: how many."""
    regions: tuple[str, ...] = ()
    """By list: those that have a partition of their own; all others share one."""

    def __str__(self) -> str:
        if self.by == "hash":
            return f"{self.parts} partitions by hash"
        return f"a partition for each of {len(self.regions)} regions" if self.by else "not partitioned"

    def names(self, table: str) -> Iterator[tuple[str, str]]:
        """Each partition of *table*, and what it holds.

        >>> list(Layout("list", regions=("paris",)).names("record"))
        [('record__paris', "FOR VALUES IN ('paris')"), ('record_others', 'DEFAULT')]
        """
        for number in range(self.parts):
            yield f"{table}__{number}_of_{self.parts}", f"FOR VALUES WITH (MODULUS {self.parts}, REMAINDER {number})"
        for region_id in self.regions:
            yield f"{table}__{region_id}"[:63], f"FOR VALUES IN ({_quoted(region_id)})"
        if self.by == "list":
            yield f"{table}_others", "DEFAULT"


def now(database: Database) -> dict[str, Layout]:
    """How each of the large tables is spread."""
    with database.engine.connect() as connection:
        return layouts(connection)


def layouts(connection: Connection) -> dict[str, Layout]:
    """As ``now``, in a transaction."""
    found = connection.execute(_BOUNDS, {"names": [*LARGE]}).all()
    bounds: dict[str, list[str]] = {table: [] for table, _, _ in found}
    kinds = {table: kind for table, kind, _ in found}
    for table, _, bound in found:
        bounds[table] += [bound] if bound else []
    return {table: _layout(kinds[table], bounds[table]) for table in LARGE if table in kinds}


def _layout(kind: str | None, bounds: Sequence[str]) -> Layout:
    if kind == "h":
        return Layout("hash", parts=len(bounds))
    if kind == "l":
        named = (re.fullmatch(r"FOR VALUES IN \('(.+)'\)", bound) for bound in bounds)
        return Layout("list", regions=tuple(sorted(one[1] for one in named if one)))
    return Layout()


_BOUNDS: Final = text("""
    SELECT parent.relname, spread.partstrat, pg_get_expr(part.relpartbound, part.oid)
    FROM pg_class parent
    LEFT JOIN pg_partitioned_table spread ON spread.partrelid = parent.oid
    LEFT JOIN pg_inherits holds ON holds.inhparent = parent.oid
    LEFT JOIN pg_class part ON part.oid = holds.inhrelid
    WHERE parent.relnamespace = current_schema()::regnamespace AND parent.relname = ANY(:names)
    """)


def as_script(database: Database, wanted: Layout) -> str:
    """The SQL that brings the large tables to a layout, as psql takes it. Raises NotPartitioned."""
    with database.engine.connect() as connection:
        steps = {table: _steps(connection, table, wanted) for table in layouts(connection)}
    told = [
        f"-- {table}: {wanted}\nBEGIN;\n" + "".join(f"{sql};\n" for sql in some) + "COMMIT;\n"
        for table, some in steps.items()
        if some
    ]
    return "\n".join(told) or f"-- Nothing to do: the large tables are spread as asked ({wanted}).\n"


def _steps(connection: Connection, table: str, wanted: Layout) -> list[str]:
    """The statements for one table; none if it is spread so. Raises NotPartitioned."""
    present = layouts(connection)[table]
    if present == wanted:
        return []
    lock = f'LOCK TABLE "{table}" IN ACCESS EXCLUSIVE MODE'
    if present.by == wanted.by == "list":
        fresh = sorted({*wanted.regions} - {*present.regions})
        return [lock, *_added(connection, table, fresh)] if fresh else []
    return [lock, *_moved(connection, table, wanted)]


def _moved(connection: Connection, table: str, wanted: Layout) -> Iterator[str]:
    """Copy the table into one of the same name that is spread in another way."""
    _refuse_lost(connection, table)
    schema: str = connection.scalar(text("SELECT quote_ident(current_schema())")) or ""
    here, before = f'{schema}."{table}"', f'{SCHEMA}."{table}_before"'
    after = list(_kept(connection, table, here, wanted))
    yield f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"
    yield f'ALTER TABLE {here} RENAME TO "{table}_before"'
    yield f'ALTER TABLE {schema}."{table}_before" SET SCHEMA {SCHEMA}'
    spread = f" PARTITION BY {wanted.by.upper()} (region_id)" if wanted.by else ""
    yield f"CREATE TABLE {here} (LIKE {before} INCLUDING ALL EXCLUDING INDEXES){spread}"
    for name, bound in wanted.names(table):
        yield f'CREATE TABLE {SCHEMA}."{name}" PARTITION OF {here} {bound}'
    yield f"INSERT INTO {here} SELECT * FROM {before}"  # noqa: S608 (only names go in)
    yield f"DROP TABLE {before}"
    yield from after
    yield f"ANALYZE {here}"


def _added(connection: Connection, table: str, regions: Iterable[str]) -> Iterator[str]:
    """Give regions that came later partitions of their own."""
    schema = connection.scalar(text("SELECT quote_ident(current_schema())"))
    for region_id in regions:
        [(name, bound), (others, _)] = Layout("list", regions=(region_id,)).names(table)
        yield f'CREATE TABLE {SCHEMA}."{name}" (LIKE {schema}."{table}" INCLUDING ALL EXCLUDING INDEXES)'
        yield (
            f'WITH moved AS (DELETE FROM {SCHEMA}."{others}" WHERE region_id = {_quoted(region_id)} RETURNING *) '  # noqa: S608
            f'INSERT INTO {SCHEMA}."{name}" SELECT * FROM moved'
        )
        yield f'ALTER TABLE {schema}."{table}" ATTACH PARTITION {SCHEMA}."{name}" {bound}'
        yield f'ANALYZE {SCHEMA}."{name}"'


def _kept(connection: Connection, table: str, here: str, wanted: Layout) -> Iterator[str]:
    """What the table has beside its rows and columns: keys, indexes, owner and rights."""
    named = {"table": table}
    for name, told in connection.execute(_CONSTRAINTS, named):
        yield f"ALTER TABLE {here} ADD CONSTRAINT {name} {told}"
    for name, told in connection.execute(_INDEXES, named):
        if name in ACROSS:
            kind = "CREATE INDEX" if wanted.by else "CREATE UNIQUE INDEX"
            told = re.sub(r"^CREATE (UNIQUE )?INDEX", kind, told)
        # An index of a partitioned table says ONLY: here it is of all partitions.
        yield re.sub(r" ON (ONLY )?\S+ USING", lambda _: f" ON {here} USING", told, count=1)
    for (told,) in connection.execute(_RIGHTS, named):
        yield told.format(here)


_OF_TABLE: Final = "to_regclass(quote_ident(current_schema()) || '.' || quote_ident(:table))"
_CONSTRAINTS: Final = text(f"""
    SELECT quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = {_OF_TABLE} AND contype IN ('p', 'u', 'x') ORDER BY conname
    """)  # noqa: S608 (ours)
_INDEXES: Final = text(f"""
    SELECT named.relname, pg_get_indexdef(named.oid) FROM pg_index one JOIN pg_class named ON named.oid = one.indexrelid
    WHERE one.indrelid = {_OF_TABLE} AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = one.indexrelid)
    ORDER BY named.relname
    """)  # noqa: S608 (ours)
_RIGHTS: Final = text(f"""
    SELECT 'ALTER TABLE {{}} OWNER TO ' || quote_ident(pg_get_userbyid(relowner))
    FROM pg_class WHERE oid = {_OF_TABLE} AND relowner <> current_user::regrole
    UNION ALL
    SELECT 'GRANT ' || string_agg(privilege_type, ', ') || ' ON {{}} TO '
        || CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END
    FROM pg_class, aclexplode(relacl) WHERE oid = {_OF_TABLE} AND grantee <> relowner GROUP BY grantee
    """)  # noqa: S608 (ours)
_LOST: Final = text(f"""
    SELECT 'the trigger ' || tgname FROM pg_trigger WHERE tgrelid = {_OF_TABLE} AND NOT tgisinternal
    UNION ALL SELECT 'the foreign key ' || conname FROM pg_constraint
        WHERE contype = 'f' AND {_OF_TABLE} IN (conrelid, confrelid)
    UNION ALL SELECT 'the policy ' || polname FROM pg_policy WHERE polrelid = {_OF_TABLE}
    UNION ALL SELECT 'rights on the column ' || attname FROM pg_attribute
        WHERE attrelid = {_OF_TABLE} AND attacl IS NOT NULL
    UNION ALL SELECT 'the publication ' || pubname FROM pg_publication_rel one
        JOIN pg_publication named ON named.oid = one.prpubid WHERE one.prrelid = {_OF_TABLE}
    UNION ALL SELECT DISTINCT 'the view ' || ev_class::regclass FROM pg_depend JOIN pg_rewrite rule ON rule.oid = objid
        WHERE classid = 'pg_rewrite'::regclass AND refobjid = {_OF_TABLE}
    """)  # noqa: S608 (ours)
"""What somebody added to a table, and what a copy of it would lose."""


def _refuse_lost(connection: Connection, table: str) -> None:
    if lost := connection.scalars(_LOST, {"table": table}).all():
        raise NotPartitioned(
            f"The table {table} has what a copy would lose: {', '.join(lost)}. "
            "Take it away, partition, then add it again. This table was not changed."
        )


def apply(database: Database, wanted: Layout, tell: Callable[[str], None]) -> None:
    """Bring each large table to the layout, each in a transaction of its own. Raises NotPartitioned."""
    for table in now(database):
        with _told(table), database.engine.begin() as connection:
            steps = _steps(connection, table, wanted)
            for sql in steps:
                connection.execution_options(no_parameters=True).exec_driver_sql(sql)
        if steps:
            tell(f"{table}: {wanted}")


@contextmanager
def _told(table: str) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        state, [first, *_] = state_of(error), str(error.orig).splitlines()
        ways = {
            LOCKED: "somebody is using it. Stop the site and everything else that uses the database",
            "53200": "there are too many partitions for max_locks_per_transaction of the server. Raise it, "
            "or choose --hash with a smaller number",
            "42501": f"this user may not do that ({first}). Name the owner of the database in LANZAROTE_DATABASE_URL",
        }
        raise NotPartitioned(
            f"The table {table} was not changed: {ways.get(state, first)}; then run the command again."
        ) from None


def _quoted(value: Any) -> str:
    return "'" + str(value).replace("'", "''") + "'"
