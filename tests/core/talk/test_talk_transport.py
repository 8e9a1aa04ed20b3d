"""What a group says goes with its improvement into the region's file and comes back; who follows it does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import LoadError
from lanzarote.exchange.region_file import load_file
from lanzarote.following import service
from lanzarote.improvements.model import Action, ActionStep, Amendment, Comment
from lanzarote.instance import Instance
from lanzarote.records.records import encode, now

from tests.conftest import copy_of
from tests.core.talk.talking import PARIS, Group
from tests.core.transport.conftest import NOBODY
from tests.core.transport.paris_file import export


@pytest.fixture
def talked(here: Group) -> Group:
    """A group that has said, amended and planned something of every kind."""
    first = here.say("Une **bonne** idée.")
    here.say("Oui.", here.rep, to=first)
    here.delete(here.say("À oublier."))
    here.hide(here.say("Trop vif.", here.bo))
    here.edit(here.say("Premier jet."), "Mieux dit.")
    here.accept(here.propose(title="Un seul numéro"))
    here.refuse(here.propose(base=2, title="Autre"))
    here.move("adopted")
    here.plan()
    here.report(1, "under-way", "La ligne est commandée.")
    with here.instance.database.write(PARIS) as session:
        service.follow(session, PARIS, here.id, "daily", by=here.bo, at=now())
    here.move("discussed")  # looked at anew: no decision stands that the file would have to show
    return here


def loaded(file: bytes, sqlite_template: Path, folder: Path) -> Instance:
    path = folder / "paris.jsonl"
    path.write_bytes(file)
    place = folder / "other"
    place.mkdir()
    url = copy_of(sqlite_template, place)
    instance = new_instance(read_settings({"LANZAROTE_DATABASE_URL": url}), NOBODY)
    load_file(instance, path)
    return instance


def test_a_file_in_which_markdown_hides_an_address_is_refused(
    talked: Group, sqlite_template: Path, tmp_path: Path
) -> None:
    file = export(talked.instance)
    assert file.count(b"Mieux dit.") == 1
    with pytest.raises(LoadError):
        loaded(file.replace(b"Mieux dit.", b"j.dupont&#64;gmail.com"), sqlite_template, tmp_path)


def test_all_of_it_comes_back_and_no_follow(talked: Group, sqlite_template: Path, tmp_path: Path) -> None:
    file = export(talked.instance)
    [line] = [one for one in map(json.loads, file.splitlines()) if one.get("id") == talked.id]
    assert {name: len(rows) for name, rows in line["beside"].items()} == {
        "comment": 5, "amendment": 2, "action": 1, "action_step": 2,
    }  # fmt: skip
    assert [word for word in (b'"follow"', b'"rhythm"') if word in file] == []
    with loaded(file, sqlite_template, tmp_path) as other:
        assert export(other) == file
        for table in (Comment, Amendment, Action, ActionStep):
            with other.database.read(PARIS) as session:
                found = session.query(table).count()
            assert found == len(talked.rows(table))


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("comment", "text"),
        ("comment", "hidden_reason"),
        ("amendment", "why"),
        ("amendment", "settled_reason"),
        ("action", "what"),
        ("action_step", "note"),
    ],
)
def test_a_file_that_tells_who_somebody_is_is_refused(
    talked: Group, sqlite_template: Path, tmp_path: Path, table: str, column: str
) -> None:
    def spoil(line: dict[str, Any]) -> dict[str, Any]:
        if line.get("id") == talked.id:
            line["beside"][table][0][column] = "Écrire à jean.dupont@justice.example"
        return line

    lines = [spoil(json.loads(line)) for line in export(talked.instance).splitlines()]
    file = b"".join(encode(line) + b"\n" for line in lines)
    with pytest.raises(LoadError, match=f"{table}.*personal data"):
        loaded(file, sqlite_template, tmp_path)
