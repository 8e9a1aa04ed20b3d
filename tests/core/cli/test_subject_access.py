"""All that is held about a person, on request: complete, without a secret, without what others wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from lanzarote.accounts import service
from lanzarote.accounts.model import Account
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.improvements.model import Comment
from lanzarote.operations.all_tables import Base
from lanzarote.records import drafts, records
from lanzarote.records.records import now
from lanzarote.store.database import ALL, Moment
from sqlalchemy import FromClause, insert
from sqlalchemy.sql.sqltypes import Boolean, Date, Integer, LargeBinary

from tests.core.cli.conftest import Run

ANA, BOB = "ana@school.example", "bob@school.example"


def test_everything_about_a_person_is_written_out(run: Run, paris_here: None, data: Path, tmp_path: Path) -> None:
    run("user", "add", ANA, "--name", "Ana")
    run("user", "add", BOB, "--name", "Bob")
    run("grant", ANA, "reviewer", "paris")
    with (
        new_instance(read_settings({"LANZAROTE_DATA": str(data)})) as instance,
        instance.database.write(ALL) as session,
    ):
        ana, bob = (service.by_address(session, one) for one in (ANA, BOB))
        assert ana is not None
        assert bob is not None
        ana.password = "a hash"
        record = records.find(session, "practice", "uaped")
        drafts.tell(session, record, drafts.Told(submitted_by=ana.id))
        for number, (author, hidden_by) in enumerate([(ana.id, ""), (bob.id, ana.id), (bob.id, "")]):
            row = {"region_id": "paris", "record_id": "r", "id": str(number), "author": author, "hidden_by": hidden_by}
            session.execute(insert(Comment).values(**row_of(Comment.__table__, row, text=f"Text {number}.")))
        whose, practice = ana.id, record.id
    said = run("user", "export", ANA, str(tmp_path / "ana"))
    assert said.code == 0
    assert f"written to {tmp_path / 'ana'}.json, and to {tmp_path / 'ana'}.txt to be read." in said.out
    found = json.loads((tmp_path / "ana.json").read_text("utf-8"))
    [account] = found["rows"]["account"]
    assert (account["name"], account["password"]) == ("Ana", "(kept, and shown to nobody)")
    assert [row["role"] for row in found["rows"]["account_grant"]] == ["reviewer"]
    assert [row["text"] for row in found["rows"]["comment"]] == ["Text 0.", "(written by somebody else)"]
    assert found["named_in"]["work"] == [{"region_id": "paris", "record_id": practice}]
    text = (tmp_path / "ana.txt").read_text("utf-8")
    assert "name: Ana" in text
    assert whose in text
    for secret in ("a hash", BOB, "Text 1.", "Text 2."):
        assert secret not in text + json.dumps(found)
    assert [path.stat().st_mode & 0o077 for path in tmp_path.glob("ana.*")] == [0, 0]
    run("user", "export", ANA, str(tmp_path / "ana"))
    again = json.loads((tmp_path / "ana.json").read_text("utf-8"))
    assert [row["verb"] for row in again["rows"]["audit"]].count("export") == 1  # that of the first time
    assert "Nobody has the address nobody@school.example" in run("user", "export", "nobody@school.example").err


def row_of(table: FromClause, given: Mapping[str, object], **more: object) -> dict[str, object]:
    """*given* with something empty in every other column."""
    empty: dict[type, object] = {Moment: now(), Date: now().date(), Integer: 0, Boolean: False, LargeBinary: b"{}"}
    row = {
        column.name: next((value for kind, value in empty.items() if isinstance(column.type, kind)), "")
        for column in table.columns
        if not column.nullable
    }
    return {**row, **given, **more}


def test_no_table_with_an_account_escapes(run: Run, paris_here: None, data: Path, tmp_path: Path) -> None:
    """A row in every table that names accounts in a column: each is found."""
    run("user", "add", ANA)
    named = ("account_id", "by", "actor", "author", "asked_by", "answered_by", "settled_by", "hidden_by", "judge")
    wanted = set()
    with (
        new_instance(read_settings({"LANZAROTE_DATA": str(data)})) as instance,
        instance.database.write(ALL) as session,
    ):
        ana = service.by_address(session, ANA)
        assert isinstance(ana, Account)
        for table in Base.metadata.sorted_tables:
            columns = [column.name for column in table.columns if column.name in named]
            if columns and table.name != "answered":
                row = {column.name: "paris" for column in table.columns if column.name == "region_id"}
                session.connection().execute(
                    insert(table).values(**row_of(table, row, **dict.fromkeys(columns, ana.id)))
                )
                wanted.add(table.name)
    assert len(wanted) > 20
    run("user", "export", ANA, str(tmp_path / "ana"))
    found = json.loads((tmp_path / "ana.json").read_text("utf-8"))
    assert wanted - found["rows"].keys() == set()
