"""The tables of a database, and files of JSON lines, as text whose difference can be read.

Of Paris, only what its group wrote is here: its package may say other things tomorrow. What a package ships is shown by
the invented second region, of which nothing else is.
"""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from tests.frozen.routes import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

PARIS = "paris"
LONGEST = 160
"""A longer value of a row is shown by its length and its digest: bodies stand whole in the files."""
OF_THE_ENGINE = ("search_text_", "sqlite_", "alembic_version")
"""Tables that SQLite and Alembic keep for themselves."""
NOT_SHOWN = (
    "answered", "change_body", "record", "region", "search_", "seed", "summary", "tally_", "version", "vocabulary",
)  # fmt: skip
"""Tables whose rows stand in the archive or the results, or are made of other rows, of the package, or of random keys:
of Paris, their rows are not shown."""
MASKED = ("<digest>", "<salt>", "<secret>")
"""Values of which a row says nothing."""


def schema(connection: Connection) -> str:
    """Every table and index as SQLite has it."""
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY tbl_name, type DESC, name"
    return text_of(
        line for name, sql in connection.execute(text(query)) if not name.startswith(OF_THE_ENGINE)
        for line in _indented(sql)
    )  # fmt: skip


def _indented(sql: str) -> Iterator[str]:
    first, *others = (" ".join(line.split()) for line in sql.splitlines() if line.strip())
    yield first
    yield from (f"    {line}" for line in others)


def rows(connection: Connection, mask: Callable[[str], str]) -> str:
    """The rows of every table in the order of what they say, or in which they were written where they are numbered."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    tables = [name for (name,) in connection.execute(text(query)) if not name.startswith(OF_THE_ENGINE)]
    shipped = {name for (name,) in connection.execute(text("SELECT id FROM record WHERE key IS NOT NULL"))}
    found: list[str] = []
    for table in tables:
        result = connection.execute(text(f'SELECT * FROM "{table}"'))
        columns = list(result.keys())
        own: list[tuple[Any, str]] = []
        others: list[str] = []
        for row in result:
            said = dict(zip(columns, row, strict=True))
            region = said.pop("region_id", said.get("id") if table == "region" else "")
            at = said.pop("seq", 0)
            cells = {name: _cell(value, mask) for name, value in said.items() if value not in (None, "")}
            line = " | ".join(f"{name}={cell}" for name, cell in cells.items() if cell not in MASKED)
            record = said.get("record_id", said.get("id"))
            if region not in (PARIS, "-", ""):
                others += [line] if record is None or record in shipped else []
            elif not table.startswith(NOT_SHOWN) and record not in shipped:
                own.append((at, f"{'all: ' if region != PARIS else ''}{line}"))
        found.append(f"{table}  {', '.join(columns)}")
        if others:
            found.append(f"    second-region: {len(others)} rows, {_digest(repr(sorted(others)))}")
        found += [f"    {line}" for _, line in sorted(own)]
    return text_of(found)


def _cell(value: Any, mask: Callable[[str], str]) -> str:
    if isinstance(value, bytes):
        try:
            value = value.decode()
        except UnicodeDecodeError:
            return f"<{len(value)} bytes>"
    said = mask(str(value))
    return said if len(said) <= LONGEST else f"<{len(said)} characters, {_digest(said)}>"


def archive(data: bytes, mask: Callable[[str], str]) -> str:
    """The file of a region, a part for each line."""
    found: list[str] = []
    for line in data.splitlines():
        value = json.loads(line)
        own = "id" in value and "key" not in value
        if own == (f'"region":"{PARIS}"'.encode() in data.splitlines()[0]):
            kind = value.get("kind", "region") if "term" not in value else f"{value['kind']} of {value['term']}"
            found += _part(f"{kind} {value.get('key') or value.get('slug', '')}", value, mask)
        found += _otherwise(line, value)
    return text_of(found)


def results(data: bytes, mask: Callable[[str], str]) -> str:
    """The file of results, a part for each line: head, entries, envelope."""
    found: list[str] = []
    paris = f'"region":"{PARIS}"'.encode() in data.splitlines()[0]
    for line in data.splitlines():
        value = json.loads(line)
        found += _otherwise(line, value)
        for name in ("seq", "until", "after", "entries"):
            value.pop(name, None)
        title = " ".join(str(value[name]) for name in ("type", "verb", "kind", "record") if name in value)
        if "payload" in value:
            payload = json.loads(base64.b64decode(value["payload"]))
            value |= {"payload": {name: one for name, one in payload.items() if name != "seq"}}
            for one in value["signatures"]:
                one["sig"] = f"<{len(base64.b64decode(one['sig']))} bytes>"
            title = "envelope"
        shipped = value.get("record", "")[14:15] == "5" or value.get("kind") in ("region", "vocabulary")
        if "record" not in value or value["verb"] == "epoch" or shipped != paris:
            found += _part(title, value, mask)
    return text_of(found)


def _otherwise(line: bytes, value: Any) -> list[str]:
    """A word about a line that is not the one canonical writing of its *value*."""
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return [] if line == canonical else ["not canonical: " + line.decode()[:100]]


def _part(title: str, value: Any, mask: Callable[[str], str]) -> list[str]:
    return [mask(title).strip(), *(f"    {mask(one)}" for one in _leaves(value))]


def _leaves(value: Any, path: str = "") -> Iterator[str]:
    """Each value that has no others in it, with the way to it."""
    if isinstance(value, dict) and value:
        for name, one in value.items():
            yield from _leaves(one, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for number, one in enumerate(value):
            yield from _leaves(one, f"{path}[{number}]")
    else:
        yield f"{path}: {json.dumps(value, ensure_ascii=False)}"


def _digest(value: str) -> str:
    return sha256(value.encode()).hexdigest()[:12]
