"""Everything that is held about the person of one account, as JSON for programs and as text for the person.

Every table is looked through, so that no list of places has to be kept: whatever has a column with the id or the
address of the account is written out, and whatever names them inside a text is named by its place.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import sqlalchemy as sa
from msgspec import Struct

from lanzarote.accounts import service
from lanzarote.accounts.model import Account
from lanzarote.errors import NotFound
from lanzarote.mail.sending import letters
from lanzarote.operations.all_tables import DERIVED, Base
from lanzarote.records.changelog import BY
from lanzarote.records.records import now
from lanzarote.runtime.whole_files import replaced
from lanzarote.store.database import ALL

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance

SECRET: Final = frozenset(
    ("password", "totp", "totp_step", "token_hash", "code_hash", "form_key", "id_token", "secret", "details")
)
"""Columns with which somebody could sign in: that there is something is told, and not what."""
OTHERS: Final[Mapping[str, str]] = {"comment": "author", "amendment": "author"}
"""Table → column of who wrote the text: that of somebody else is left out, whatever the person did with it."""
TOLD: Final = "(kept, and shown to nobody)"
NOT_THEIRS: Final = "(written by somebody else)"


class Held(Struct, frozen=True, kw_only=True):
    """What is held about one person."""

    account: str
    address: str
    made_at: datetime
    """When this was written out."""
    rows: Mapping[str, list[Mapping[str, Any]]]
    """Table → each row in which a column is their id or address."""
    named_in: Mapping[str, list[Mapping[str, Any]]]
    """Table → by which key a row is found that names them inside a text or a note."""
    letters: list[str]
    """Files of e-mails that name them, where no mail server is set."""


def held(instance: Instance, session: Session, account: Account) -> Held:
    rows, named_in = {}, {}
    marks = (account.id, account.address, account.address_key)
    skipped = {table.__tablename__ for table in DERIVED}
    for table in Base.metadata.sorted_tables:
        if table.name in skipped:
            continue  # made anew from the others
        if found := [*_rows(session, table, marks)]:
            rows[table.name] = found
        if found := [*_named(session, table, marks)]:
            named_in[table.name] = found
    files = [letter.path.name for letter in letters(instance.settings) if account.id in letter.about]
    return Held(
        account=account.id,
        address=account.address,
        made_at=now(),
        rows=rows,
        named_in=named_in,
        letters=files,
    )


def as_text(found: Held) -> str:
    """For the person: a heading for each table, a line for each value that says something."""
    lines = [
        f"What is held about {found.address} on {found.made_at:%Y-%m-%d at %H:%M} UTC",
        "",
        "Each part is a table of the database. What somebody else wrote is left out; secrets are not shown.",
    ]
    for name, rows in found.rows.items():
        lines += ["", f"{name} ({len(rows)})", "-" * (len(name) + len(str(len(rows))) + 3)]
        for row in rows:
            lines += ["", *(f"{column}: {value}" for column, value in row.items() if value not in ("", None))]
    if found.named_in:
        lines += ["", "Named inside a text or a note of", "--------------------------------"]
        for name, keys in found.named_in.items():
            lines += [f"{name}: {', '.join(f'{column} {value}' for column, value in key.items())}" for key in keys]
    lines += ["", *(f"E-mail in the folder: {name}" for name in found.letters)]
    return "\n".join(lines).rstrip() + "\n"


def command(instance: Instance, given: Namespace) -> int:
    """`lanzarote user export`: write both files, and that it was done into the audit."""
    place = Path(given.file or given.address.replace("/", "_")).absolute()
    with instance.database.write(ALL) as session:
        account = service.by_address(session, given.address)
        if account is None:
            raise NotFound(f"Nobody has the address {given.address}; `lanzarote user list` shows who there is.")
        found = held(instance, session, account)
        service.tell(session, account.id, "export", by=BY, at=found.made_at)
        for ending, content in (
            (".json", msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n"),
            (".txt", as_text(found).encode()),
        ):
            with replaced(place.with_name(place.name + ending)) as file:
                file.write(content)
    count = sum(map(len, found.rows.values()))
    print(f"{count} entries written to {place}.json, and to {place}.txt to be read.")
    print("Give it to this person alone, and delete both files afterwards.")
    return 0


def _rows(session: Session, table: sa.Table, marks: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
    texts = [column for column in table.columns if isinstance(column.type, sa.String)]
    if not texts:
        return
    theirs = sa.or_(*(column.in_(marks) for column in texts))
    writer = OTHERS.get(table.name, "")
    for row in session.connection().execute(sa.select(table).where(theirs).order_by(*table.primary_key)).mappings():
        foreign = bool(writer) and row[writer] not in marks
        yield {name: _told(name, value, foreign=foreign) for name, value in row.items()}


def _told(name: str, value: Any, *, foreign: bool) -> Any:
    if name in SECRET:
        return TOLD if value else ""
    if foreign and name in ("text", "why", "reasons"):
        return NOT_THEIRS
    if isinstance(value, bytes):
        try:
            return msgspec.json.decode(value)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return f"({len(value)} bytes)"
    return value


def _named(session: Session, table: sa.Table, marks: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
    """Keys of rows with a note that names them; rows that are written out whole are not named again."""
    notes = [column for column in table.columns if isinstance(column.type, sa.LargeBinary | sa.String)]
    notes = [column for column in notes if column.name not in SECRET]
    texts = [column for column in notes if isinstance(column.type, sa.String)]
    if not notes:
        return
    query = sa.select(*table.primary_key, *notes).order_by(*table.primary_key)
    if texts:
        query = query.where(sa.not_(sa.or_(*(sa.func.coalesce(column, "").in_(marks) for column in texts))))
    sought = [mark.encode() for mark in marks]
    keys = [column.name for column in table.primary_key]
    for row in session.connection().execution_options(yield_per=1_000).execute(query).mappings():
        said = b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in row.values())
        if any(mark in said for mark in sought):
            yield {name: TOLD if name in SECRET else row[name] for name in keys}
