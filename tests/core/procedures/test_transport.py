"""A procedure goes to another machine with all that bodies said of it, and comes back the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import LoadError
from lanzarote.exchange.region_file import load_file
from lanzarote.instance import Instance
from lanzarote.plugins import Host
from lanzarote.procedures.service import said_of
from lanzarote.records.records import encode

from tests.conftest import copy_of
from tests.core.procedures.agreeing import BODIES, LETTER, do, endorsed, get, proposed, public, save, say, status
from tests.core.transport.paris_file import export, resealed

NOBODY = Host([])


@pytest.fixture(scope="module")
def origin(paris_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[bytes, str, str]]:
    """Paris after its group worked: its file, one that is applied with a draft beside it, one that is proposed."""
    folder = tmp_path_factory.mktemp("origin")
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": copy_of(paris_template, folder)})) as paris:
        applied, asked = endorsed(paris), proposed(paris)
        for body in BODIES:
            say(paris, applied, body, "apply")
        save(paris, applied, {"review_months": 6})
        say(paris, asked, BODIES[0], "decline")
        erased = endorsed(paris)
        do(paris, "erase", erased)
        yield export(paris), applied, asked


@pytest.fixture
def there(database_url: str) -> Iterator[Instance]:
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": database_url}), NOBODY) as instance:
        yield instance


def test_it_comes_back_the_same_with_all_that_was_said(
    origin: tuple[bytes, str, str], there: Instance, tmp_path: Path
) -> None:
    body, applied, asked = origin
    file = tmp_path / "paris.jsonl"
    file.write_bytes(body)
    load_file(there, file)
    assert export(there) == body
    assert (status(there, applied).state, status(there, applied).beside) == ("applied", "draft")
    assert (status(there, asked).state, public(there, asked)) == ("proposed", None)
    with there.database.read("paris") as session:
        said = said_of(session, get(session, applied))
        assert sorted(one.what for some in said.values() for one in some) == ["apply", "apply", "endorse", "endorse"]
        assert {one.source for some in said.values() for one in some} == {LETTER}
    # What came with it counts: the last body is enough.
    say(there, asked, BODIES[0])
    say(there, asked, BODIES[1])
    assert status(there, asked).state == "endorsed"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"what": "approve"}, r"beside\.endorsement\[0\]\.what"),
        ({"day": "soon"}, r"beside\.endorsement\[0\]\.day"),
        ({"source": "Écrit à jean.dupont@justice.example"}, r"beside\.endorsement\[0\]\.source: looks like personal"),
        ({"more": 1}, r"beside\.endorsement\[0\]"),
    ],
)
def test_what_no_body_can_have_said_is_refused(
    origin: tuple[bytes, str, str], sqlite_url: str, tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    body, applied, _ = origin
    lines = [json.loads(line) for line in body.splitlines()]
    line = next(one for one in lines if one.get("id") == applied)
    line["beside"]["endorsement"][0].update(change)
    refused(lines, sqlite_url, tmp_path, told)


def test_every_text_of_a_procedure_passes_the_guard(
    origin: tuple[bytes, str, str], sqlite_url: str, tmp_path: Path
) -> None:
    body, applied, _ = origin
    lines = [json.loads(line) for line in body.splitlines()]
    line = next(one for one in lines if one.get("id") == applied)
    line["versions"][0]["body"]["text"]["fr"]["scope"] = "Elle est née le 12 mars 2014."
    resealed(line)
    refused(lines, sqlite_url, tmp_path, r"versions\[0\]\.body\.text\.fr\.scope: looks like personal data")


def refused(lines: list[dict[str, Any]], url: str, folder: Path, told: str) -> None:
    file = folder / "changed.jsonl"
    file.write_bytes(b"".join(encode(one) + b"\n" for one in lines))
    with (
        new_instance(read_settings({"LANZAROTE_DATABASE_URL": url}), NOBODY) as instance,
        pytest.raises(LoadError, match=told),
    ):
        load_file(instance, file)
