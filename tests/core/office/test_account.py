"""The office's account, kept by each change, is what a recount of the logs would give."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.office import by_region, service, tallies
from lanzarote.office.model import INNER, Summary, TallyMask, TallyNumber, Total
from lanzarote.records.changelog import Audit, Change, ChangeBody, Served
from lanzarote.store.database import ALL, Database
from sqlalchemy import delete, select, update

from tests.core.office import logs, recount

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REGIONS = ("paris", "north")
RECORDS = [f"00000000-0000-7000-8000-00000000000{n}" for n in range(6)]


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Database]:
    env = {"LANZAROTE_DATABASE_URL": database_url, "LANZAROTE_DATA": str(tmp_path / "o"), "LANZAROTE_OFFICE": "on"}
    with new_instance(read_settings(env)) as instance:
        instance.migrate()
        for region_id in REGIONS:
            logs.add_region(instance.database, region_id)
        yield instance.database


def some_of(*values: Any, most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.sampled_from(values), unique=True, max_size=most).map(tuple)


practices = st.builds(
    logs.practice,
    st.lists(st.sampled_from(["courts", "schools", "ngos", "palace"]), min_size=1, max_size=3, unique=True),
    some_of("courts", "schools", "ngos"),
    standing=st.sampled_from(["documented", "declared", "assessed"]),
    strength=st.sampled_from(["not-assessed", "promising"]),
    convention=some_of("10.3", "10.1", "5", "14"),
    domains=some_of("prevention", "protection"),
    target_groups=some_of("children", "families"),
    started=st.sampled_from([None, "2019", "2021-05"]),
)
results = st.one_of(
    practices.map(lambda one: ("practice", one)),
    st.builds(logs.stakeholder, st.sampled_from(["courts", "ngos"])).map(lambda one: ("stakeholder", one)),
    st.builds(
        logs.improvement,
        st.sampled_from(["adopted", "dropped"]),
        st.lists(st.sampled_from(["done", "under-way"]), max_size=6),
    ).map(lambda one: ("improvement", one)),
    st.builds(
        logs.procedure,
        st.sampled_from(["endorsed", "applied"]),
        endorsed=st.integers(0, 3),
        applied=st.integers(0, 3),
        ceased=st.integers(0, 3),
        retracted=st.integers(0, 3),
    ).map(lambda one: ("procedure", one)),
    st.builds(logs.indicator, counts=st.sampled_from(["people", "practices"]), values=some_of(None, 5.0, 10.0)).map(
        lambda one: ("indicator", one)
    ),
    st.builds(logs.evaluation, st.sampled_from(["extend", "stop"]), st.sampled_from(["decided", "superseded"])).map(
        lambda one: ("evaluation", one)
    ),
)
vocabularies = st.sampled_from(
    [
        ("sector", logs.sectors()),
        ("sector", logs.sectors(logs.OTHER_SECTORS, former="palace")),
        ("provision", logs.provisions("10.3", "5")),
        (
            "provision",
            logs.reworded((date(2020, 1, 1), None, "5"), (date(2030, 6, 1), None, "5.1"), (None, None, "18")),
        ),
        ("provision", logs.reworded((None, date(2029, 1, 1), "4"), (date(2030, 6, 1), date(2031, 1, 1), "4"))),
        ("coverage", logs.coverage(a12="none", a13_1="not-applicable")),
    ]
)
published = st.builds(
    lambda record, one, verb: logs.told(one[0], record, one[1], verb),
    st.sampled_from(RECORDS),
    results,
    st.sampled_from(["publish", "publish", "replace"]),
)
termed = vocabularies.map(lambda one: logs.told("vocabulary", one[0], one[1]))
ended = st.builds(
    lambda record, verb: logs.told("practice", record, None, verb),
    st.sampled_from(RECORDS),
    st.sampled_from(["withdraw", "forget", "erase"]),
)
entries = st.lists(st.one_of(published, published, termed, ended), min_size=1, max_size=5)
steps = st.lists(
    st.tuples(
        st.sampled_from(REGIONS), st.sampled_from(["tell", "tell", "tell", "begin", "part", "hide", "show"]), entries
    ),
    max_size=9,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_what_is_kept_is_what_a_recount_gives(office: Database, steps: Any) -> None:
    begin_empty(office)
    for region_id, what, told in steps:
        step(office, region_id, what, told)
    require_right(office)
    with office.write(ALL) as session:
        before = {region_id: tallies.kept(session, region_id) for region_id in REGIONS}
        for region_id in REGIONS:
            tallies.rebuild(session, region_id)
            assert tallies.kept(session, region_id) == before[region_id]
    require_right(office)
    with office.write(ALL) as session:
        assert tallies.sum_anew(session) == 0
        session.execute(delete(Total))
        session.execute(update(Summary).where(Summary.measure == "practice").values(n=7))
        tallies.sum_anew(session)
    require_right(office)


def begin_empty(database: Database) -> None:
    """Examples share a database: each begins with regions of which nothing is known."""
    with database.write(ALL) as session:
        for table in (Change, ChangeBody, Audit, TallyMask, TallyNumber, Summary, Total):
            session.execute(delete(table))
        session.execute(update(Served).values(enabled=True, epoch=1))


def step(database: Database, region_id: str, what: str, told: Any) -> None:
    if what == "tell":
        logs.tell(database, region_id, told)
    elif what == "begin":
        logs.begin(database, region_id, told)
    elif what == "part":
        begin_in_part(database, region_id, told)
    else:
        from lanzarote.records.changelog import Saved, record

        with database.write(region_id) as session:
            session.get_one(Served, region_id).enabled = what == "show"
            session.flush()
            saved = Saved(region_id=region_id, kind="region", record_id=region_id, verb=what, version=0, at=logs.AT)
            record(session, [saved], by="test")


def begin_in_part(database: Database, region_id: str, told: Any) -> None:
    """An epoch of which more is announced than has come so far."""
    import msgspec
    from lanzarote.records.changelog import Beginning, Saved

    body = msgspec.json.encode(Beginning(entries=len(told) + 2))
    opened = Saved(region_id="", kind="epoch", record_id="x", verb="epoch", version=0, at=logs.AT, body=body)
    with database.write(region_id) as session:
        session.get_one(Served, region_id).epoch += 1
    logs.tell(database, region_id, [opened, *told])


def require_right(database: Database) -> None:
    """Numbers, masks and totals are those of a recount."""
    with database.write(ALL) as session:
        shown = {}
        for region_id in REGIONS:
            naive = recount.naive(session, region_id)
            assert dict(tallies.kept(session, region_id)) == naive
            assert dict(tallies.recount(session, region_id)) == naive
            masks = tallies.from_masks(session, region_id)
            assert dict(masks) == {line: n for line, n in naive.items() if line[0] not in ("head", "awaited")}
            if session.get_one(Served, region_id).enabled:
                shown[region_id] = naive
        totals = {(one.measure, one.a, one.b): one.n for one in session.scalars(select(Total)) if one.n}
        expected: dict[Any, int] = {}
        for naive in shown.values():
            for line, n in naive.items():
                if line[0] not in INNER:
                    expected[line] = expected.get(line, 0) + n
        assert totals == expected


def test_a_practice_counts_once_per_common_sector_and_once_in_all(office: Database) -> None:
    logs.tell(
        office,
        "paris",
        [
            logs.told("vocabulary", "sector", logs.sectors(logs.SECTORS | {"police": (("judicial",), "public")})),
            logs.told("practice", RECORDS[0], logs.practice(["courts", "police", "schools"])),
        ],
    )
    with office.read("paris") as session:
        kept = tallies.kept(session, "paris")
    counted = {line[1]: n for line, n in kept.items() if line[0] == "common"}
    assert (kept["practice", "", ""], counted) == (1, {"judicial": 1, "education": 1, "health": 1})


def test_a_sector_that_a_practice_only_concerns_co_operates_with_nobody(office: Database) -> None:
    logs.tell(
        office,
        "paris",
        [
            logs.told("vocabulary", "sector", logs.sectors()),
            logs.told("practice", RECORDS[0], logs.practice(["courts", "schools"], ["courts", "ngos"])),
        ],
    )
    with office.read("paris") as session:
        kept = tallies.kept(session, "paris")
    assert [line[1:] for line in sorted(kept) if line[0] == "pair"] == [("civil-society", "judicial")]


def test_law_that_two_regions_share_is_evidence_in_each_and_never_twice(office: Database) -> None:
    """Two regions of one country: each tells the provisions that it uses, and leaves off by itself."""

    def cells(day: date) -> dict[str, int]:
        told = service.figures(office, REGIONS, by_region.COVERAGE)
        row = next(row for row in by_region.coverage(told, day) if row.article == 18)
        return {region_id: cell.provisions for region_id, cell in row.cells.items()}

    for region_id in REGIONS:
        logs.tell(office, region_id, [logs.told("vocabulary", "provision", logs.provisions("18", "18.1", "4"))])
    assert cells(date(2030, 5, 1)) == {"paris": 2, "north": 2}
    ended = logs.provisions("18", "4", until=date(2030, 5, 31))
    logs.tell(office, "north", [logs.told("vocabulary", "provision", ended)])
    assert cells(date(2030, 5, 1)) == {"paris": 2, "north": 1}
    assert cells(date(2030, 6, 1)) == {"paris": 2}


def test_places_of_results_that_are_gone_are_taken_again(office: Database) -> None:
    for record_id in RECORDS:
        logs.tell(office, "paris", [logs.told("practice", record_id, logs.practice())])
        logs.tell(office, "paris", [logs.told("practice", record_id, None, "erase")])
    places = office.all_rows("SELECT position, record_id FROM tally_number WHERE region_id = 'paris'")
    assert [tuple(row) for row in places] == [(0, "")]


def test_an_account_that_was_not_kept_for_a_while_is_made_anew(office: Database) -> None:
    listeners = office.log_listeners
    office.log_listeners = []
    logs.tell(office, "paris", [logs.told("practice", RECORDS[0], logs.practice())])
    office.log_listeners = listeners
    with office.read("paris") as session:
        assert not tallies.is_current(session, "paris")
    logs.tell(office, "paris", [logs.told("practice", RECORDS[1], logs.practice())])
    require_right(office)
    with office.read("paris") as session:
        assert tallies.kept(session, "paris")["practice", "", ""] == 2
