"""Indicators and evaluations travel whole with their region's file, and their rows with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import LoadError
from lanzarote.evaluation import answering, counting, judging, public, service
from lanzarote.exchange.region_file import load_file
from lanzarote.instance import Instance
from lanzarote.plugins import Host
from lanzarote.records import drafts
from lanzarote.records.records import encode
from lanzarote.stakeholders import writing

from tests.conftest import copy_of
from tests.core.evaluation.piloting import (
    HEAD,
    PARIS,
    REPORT,
    THEN,
    TRAINED,
    answer,
    begun,
    counted,
    decided,
    enter,
    get,
    released,
    rewrite,
    run,
)
from tests.core.transport.paris_file import export

if TYPE_CHECKING:
    from collections.abc import Callable

EVIL = "Écrire à lea.martin@gmail.com"


@pytest.fixture
def filled(own_paris: Instance) -> tuple[Instance, str, str]:
    """Paris with an indicator that was corrected, a draft, and an evaluation that rests on the first."""
    one = released(own_paris, TRAINED, {"2031-03": 3, "2031-04": 12})
    enter(own_paris, one, "2031-04", 13, seen=2, note="Une feuille manquait.")
    with own_paris.database.write(PARIS) as session:
        counting.publish(session, get(session, one), expected=1, today=THEN.date(), by=HEAD, at=THEN)
    counted(own_paris)
    body = REPORT | {"criteria": [REPORT["criteria"][0] | {"indicators": [one]}, REPORT["criteria"][1]]}
    return own_paris, one, decided(own_paris, body, one)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def other_url(request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path) -> str:
    """An empty database beside that of ``own_paris``."""
    if request.param == "postgres":
        return str(request.getfixturevalue("pg_url"))
    (tmp_path / "other").mkdir()
    return copy_of(sqlite_template, tmp_path / "other")


def test_a_pilot_travels_whole(filled: tuple[Instance, str, str], other_url: str, tmp_path: Path) -> None:
    here, one, evaluation = filled
    first = export(here)
    file = tmp_path / "paris.jsonl"
    file.write_bytes(first)
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": other_url}), Host([])) as there:
        load_file(there, file)
        assert export(there) == first
        load_file(there, file)  # again: nothing is doubled
        assert export(there) == first
        with here.database.read(PARIS) as old, there.database.read(PARIS) as new:
            assert service.indicators(new) == service.indicators(old)
            assert public.verdict(public.rulings(new, PARIS)) == "not-yet"
            assert [row.value for row in counting.values_of(new, [one])[one]] == [3, 12, 13]
            assert len(answering.counting(new, get(new, evaluation))) == 4
            assert judging.status_of(get(new, evaluation)) == judging.status_of(get(old, evaluation))


@pytest.mark.parametrize(
    ("kind", "table", "change"),
    [
        ("indicator", "indicator_value", {"note": EVIL}),
        ("indicator", "indicator_value", {"source": EVIL}),
        ("indicator", "indicator_value", {"period": "hier"}),
        ("indicator", "indicator_value", {"value": "douze"}),
        ("evaluation", "judgement", {"reason": {"fr": EVIL}}),
        ("evaluation", "judgement", {"answer": "perhaps"}),
        ("evaluation", "judgement", {"standpoint": "nobody"}),
    ],
)
def test_a_file_with_a_row_that_cannot_be_is_refused_whole(
    filled: tuple[Instance, str, str],
    sqlite_template: Path,
    tmp_path: Path,
    kind: str,
    table: str,
    change: dict[str, Any],
) -> None:
    (tmp_path / "other").mkdir()
    url = copy_of(sqlite_template, tmp_path / "other")
    lines = [json.loads(line) for line in export(filled[0]).splitlines()]
    row = next(line for line in lines if line.get("kind") == kind and line.get("beside"))["beside"][table][0]
    row |= change
    file = tmp_path / "paris.jsonl"
    file.write_bytes(b"".join(encode(line) + b"\n" for line in lines))
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": url}), Host([])) as there:
        with pytest.raises(LoadError) as refused:
            load_file(there, file)
        assert "lea.martin" not in str(refused.value)
        assert there.loaded() == {}


def test_erased_no_byte_of_it_stays(filled: tuple[Instance, str, str], erase: Callable[..., None]) -> None:
    here, one, evaluation = filled
    path = Path(here.database.path)

    def bytes_there() -> bytes:
        return b"".join(part.read_bytes() for part in path.parent.glob(f"{path.name}*"))

    words = (b"Une feuille manquait.", b"Compter encore un an.", b"Voir les comptes rendus.")
    assert all(one in bytes_there() for one in words)
    erase(here, one, evaluation)
    assert [one for one in words if one in bytes_there()] == []


@pytest.fixture
def erase() -> Callable[..., None]:
    def do(here: Instance, one: str, evaluation: str) -> None:
        with here.database.write(PARIS) as session:
            drafts.erase(session, get(session, one), by=HEAD, at=THEN)
            drafts.erase(session, get(session, evaluation), by=HEAD, at=THEN)
        here.database.scrub()

    return do


def judged_by(*organisations: str) -> dict[str, Any]:
    """The report, with a research office that judges for each of these organisations in turn."""
    others = [
        {"key": f"j{place}", "standpoint": "external", "organisation": one}
        for place, one in enumerate(organisations, 2)
    ]
    return REPORT | {"judges": [REPORT["judges"][0], *others]}


def test_what_a_body_answered_is_forgotten_and_the_rest_still_travels(
    own_paris: Instance, other_url: str, tmp_path: Path
) -> None:
    gone, stays = [one for one in own_paris.directory(PARIS) if one.status.relation != "taking-part"][:2]
    one = begun(own_paris, judged_by(gone.id))
    run(own_paris, one)
    answer(own_paris, one, "c1", "j2", reason={"fr": "Dit par la première."})
    rewrite(
        own_paris, one, judged_by(stays.id), by=HEAD, reason={"fr": "Une autre organisation juge."}
    )  # the key stays
    answer(own_paris, one, "c1", "j2", reason={"fr": "Dit par la seconde."}, seen=1)
    with own_paris.database.write(PARIS) as session:
        writing.erase(session, get(session, gone.id), by=HEAD, at=THEN)
    with own_paris.database.read(PARIS) as session:
        said = [json.loads(row.reason) for row in answering.judgements_of(session, [one])[one]]
    assert said == [{}, {"fr": "Dit par la seconde."}]
    file = tmp_path / "paris.jsonl"
    file.write_bytes(export(own_paris))
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": other_url}), Host([])) as there:
        load_file(there, file)
        assert export(there) == file.read_bytes()
