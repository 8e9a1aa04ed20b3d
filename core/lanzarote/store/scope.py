"""Confines statements to the regions of their session, or refuses them.

A statement is confined when everything regional in it comes from mapped classes. What cannot be confined (tables
named without their classes, SQL written out, legacy bulk methods) is an error, and so is a write that names another
region.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from sqlalchemy import event, inspect
from sqlalchemy.orm import DeclarativeBase, FromStatement, Mapped, Session, mapped_column, with_loader_criteria
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ClauseElement, ColumnClause, TextClause
from sqlalchemy.sql.selectable import Alias, Join, Select

from lanzarote.errors import UnscopedStatement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy.orm import InstanceState, ORMExecuteState

ALL: Final = "*"
"""The explicit scope of everything: aggregation, backups, upgrades."""
INDEX: Final = "search_text"
"""The one regional table that no class is mapped to."""


class Regional:
    """A table whose rows each belong to one region; ``region_id`` leads its key."""

    region_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-10)


class Scope(frozenset[str]):
    """The regions a session is about; ``everything`` for the explicit scope of all."""

    everything: bool = False

    @classmethod
    def of(cls, regions: str | Sequence[str]) -> Scope:
        scope = cls(() if regions == ALL else (regions,) if isinstance(regions, str) else regions)
        scope.everything = regions == ALL
        return scope

    def holds(self, region_id: object) -> bool:
        return self.everything or region_id in self

    def require(self, region_id: object) -> None:
        """Raise UnscopedStatement unless the scope holds *region_id*."""
        if not self.holds(region_id):
            raise UnscopedStatement(f"a row of region {region_id!r} in a session about {sorted(self)}")


class ScopedSession(Session):
    """A session without the legacy bulk methods, which no event sees."""

    def bulk_save_objects(self, *_: Any, **__: Any) -> None:
        raise UnscopedStatement("bulk methods cannot be confined; write session.execute(insert(Class), rows)")

    def bulk_insert_mappings(self, *_: Any, **__: Any) -> None:
        self.bulk_save_objects()

    def bulk_update_mappings(self, *_: Any, **__: Any) -> None:
        self.bulk_save_objects()


def scope_of(session: Session) -> Scope:
    """The scope *session* was opened with."""
    scope: Scope | None = session.info.get("scope")
    if scope is None:
        raise UnscopedStatement("the session was opened without saying which regions it is about")
    return scope


# What a statement touches


class Reach(Struct, frozen=True):
    """What a statement touches, as far as regions matter."""

    regional: bool
    obstacle: str = ""
    """Why it cannot be confined; empty when it can."""


_known: dict[object, Reach] = {}


def reach(statement: Any) -> Reach:
    """What *statement* touches; remembered by its shape."""
    key = statement._generate_cache_key() if hasattr(statement, "_generate_cache_key") else None
    known = _known.get(key.key) if key is not None else None
    if known is None:
        known = _explore(statement)
        if key is not None and len(_known) < 5_000:
            _known[key.key] = known
    return known


def _explore(statement: Any) -> Reach:
    names = _regional_names()
    elements = list(visitors.iterate(statement)) if hasattr(statement, "get_children") else [statement]
    target = getattr(getattr(statement, "table", None), "name", None)
    classes, aliases = _mapped(elements)
    tables, obstacles = {target} & names, []
    if target in names and _is_orm(statement):
        classes.add(target)
    for element in _outside_aliases(statement, aliases):
        name = getattr(element, "name", None) if element.__visit_name__ == "table" else None
        if name in names:
            tables.add(name)
            if name not in classes and not (name == target and statement.is_dml):
                obstacles.append(name)
        elif isinstance(element, ColumnClause) and (name := _table_name(element.table)) in names:
            tables.add(name)
            if not _is_mapped(element):
                obstacles.append(name)
        bare = [_table_name(source) for source in _sources(element) if not _is_mapped(source)]
        obstacles += [name for name in bare if name in names]
    return _reach_of(tables or aliases, obstacles, elements)


def _reach_of(regional: Any, obstacles: Sequence[Any], elements: Sequence[Any]) -> Reach:
    written = [words for element in elements if (words := _written_out(element))]
    if named := [words for words in written if names_regional(words)]:
        return Reach(True, f"SQL written out ({named[0][:60]!r})")
    if not regional and not obstacles:
        return Reach(False)
    if obstacles:
        return Reach(True, f"the table {obstacles[0]} without its class")
    if written:
        return Reach(True, f"SQL written out ({written[0][:60]!r})")
    if any(isinstance(element, FromStatement) for element in elements):
        return Reach(True, "from_statement()")
    return Reach(True)


def _mapped(elements: Iterable[Any]) -> tuple[set[Any], set[int]]:
    """Names of the tables, and ids of the aliases, that the mapped classes in *elements* stand for."""
    classes: set[Any] = set()
    aliases: set[int] = set()
    for element in elements:
        if not _is_mapped(element):
            continue
        source = element.table if isinstance(element, ColumnClause) else element
        if isinstance(source, Alias):
            aliases.add(id(source))
        else:
            classes.add(getattr(source, "name", None))
    return classes, aliases


def _outside_aliases(statement: Any, aliases: set[int]) -> Iterator[Any]:
    """Every element of *statement*, without looking into aliases of mapped classes."""
    waiting = [statement]
    by_key = _by_key(statement)
    while waiting:
        element = waiting.pop()
        if element is by_key:
            continue
        yield element
        mapped = isinstance(element, Alias) and (id(element) in aliases or _is_mapped(element))
        if not (mapped and _table_name(element)) and hasattr(element, "get_children"):
            waiting += element.get_children()


def _sources(element: Any) -> list[Any]:
    """What *element* itself reads from, as far as it says so."""
    if isinstance(element, Join):
        return [element.left, element.right]
    if not isinstance(element, Select):
        return []
    said = [*element._raw_columns, *element._from_obj, *(joined[0] for joined in element._setup_joins)]
    return said if _is_orm(element) else [*said, *element.get_final_froms()]


def _by_key(statement: Any) -> Any:
    """The condition that ``session.get`` and ``refresh`` load a row by; SQLAlchemy writes it with bare columns."""
    mapper: Any = getattr(statement, "_propagate_attrs", {}).get("plugin_subject")
    return mapper._get_clause[0] if hasattr(mapper, "_get_clause") else None


def _is_mapped(element: Any) -> bool:
    return "parententity" in getattr(element, "_annotations", ())


def _is_orm(statement: Any) -> bool:
    return getattr(statement, "_propagate_attrs", {}).get("compile_state_plugin") == "orm"


def _table_name(source: Any) -> Any:
    while isinstance(source, Alias):
        source = source.element
    return getattr(source, "name", None) if getattr(source, "__visit_name__", "") == "table" else None


def _written_out(element: Any) -> str:
    """The SQL that was written by hand in *element*, the star of ``count(*)`` apart."""
    if isinstance(element, TextClause):
        return element.text
    if isinstance(element, ColumnClause) and element.is_literal and element.name != "*":
        return str(element.name)
    return ""


def names_regional(sql: str) -> bool:
    """Whether *sql* names a table whose rows belong to regions."""
    return _mention().search(sql) is not None


@cache
def _mention() -> re.Pattern[str]:
    """Finds the name of a regional table in SQL; ``version()`` is a function."""
    return re.compile(rf"\b({'|'.join(sorted(_regional_names()))})\b(?!\s*\()", re.IGNORECASE)


@cache
def _regional_names() -> frozenset[str]:
    mapped = {table.name for base in DeclarativeBase.__subclasses__() for table in _tables(base)}
    return frozenset(mapped | {INDEX})


def _tables(base: type[DeclarativeBase]) -> Iterator[Any]:
    for mapper in base.registry.mappers:
        if issubclass(mapper.class_, Regional):
            yield mapper.local_table


# What a session does


@event.listens_for(Session, "do_orm_execute")
def _confine(state: ORMExecuteState) -> None:
    """Confine every statement to the session's regions, or refuse it."""
    touched = reach(state.statement)
    if not touched.regional:
        return
    scope = scope_of(state.session)
    if scope.everything:
        return
    if touched.obstacle:
        raise UnscopedStatement(f"{touched.obstacle} cannot be confined; write it with the mapped classes")
    if state.is_insert:
        _check_insert(state, scope)
    elif state.is_orm_statement:
        if state.is_update:
            _check_update(state, scope)
        state.statement = state.statement.options(_criteria(tuple(scope)))
    else:
        raise UnscopedStatement("a statement that begins with no mapped class cannot be confined; begin with one")


@lru_cache(maxsize=256)
def _criteria(regions: tuple[str, ...]) -> Any:
    """Made once for each scope: making it takes as long as a small statement."""
    if len(regions) == 1:  # as almost always; what is equal is found faster than what is among several
        [region] = regions
        return with_loader_criteria(Regional, lambda cls: cls.region_id == region, include_aliases=True)
    return with_loader_criteria(Regional, lambda cls: cls.region_id.in_(regions), include_aliases=True)


def _check_insert(state: ORMExecuteState, scope: Scope) -> None:
    statement: Any = state.statement
    parameters: Any = state.parameters
    rows = parameters if isinstance(parameters, list) else [parameters] if parameters else []
    if not rows or statement.select is not None:
        raise UnscopedStatement(
            "an INSERT on regional tables takes its rows as parameters, so that they can be checked"
        )
    if any(isinstance(element, Select) for element in visitors.iterate(statement)):
        raise UnscopedStatement("an INSERT on regional tables takes values, not what another statement reads")
    _refuse_moving(getattr(statement._post_values_clause, "update_values_to_set", ()))
    _refuse_moving(statement._values or ())
    for row in rows:
        scope.require(row.get("region_id"))
        _refuse_expressions(row)


def _check_update(state: ORMExecuteState, scope: Scope) -> None:
    statement: Any = state.statement
    _refuse_moving(statement._values or ())
    parameters: Any = state.parameters
    if isinstance(parameters, list):
        for row in parameters:
            scope.require(row.get("region_id"))
            _refuse_expressions(row)
    else:
        _refuse_moving(parameters or ())


def _refuse_moving(columns: Iterable[Any]) -> None:
    if "region_id" in {getattr(column, "key", column) for column in columns}:
        raise UnscopedStatement("a row stays in its region; region_id is never set by a statement")


def _refuse_expressions(row: Mapping[str, Any]) -> None:
    for name, value in row.items():
        if isinstance(value, ClauseElement):
            raise UnscopedStatement(f"{name} is given by an expression; a row of a region is given by its values")


@event.listens_for(Session, "before_flush")
def _check_flush(session: Session, *_: object) -> None:
    regional = [row for row in (*session.new, *session.dirty, *session.deleted) if isinstance(row, Regional)]
    if not regional:
        return
    scope = scope_of(session)
    if scope.everything:
        return
    for row in regional:
        scope.require(row.region_id)
        state: InstanceState[Any] = inspect(row)
        if state.identity is not None:
            scope.require(state.identity[0])
        _refuse_expressions(state.dict)
