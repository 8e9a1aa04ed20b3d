"""Facets count what a reader would count by hand; a walk through the pages meets every practice once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lanzarote.practices import projection, service
from lanzarote.practices.facets import FACETS, FacetIndex
from lanzarote.records import records
from lanzarote.records.changelog import Served
from lanzarote.records.records import Draft, create, encode
from lanzarote.search.paging import BadCursor
from lanzarote.store.database import ALL, Database
from lanzarote.types import Practice, PracticeText

from tests.core.search.corpus import FIRST

VALUES = {
    "sector": ["courts", "schools", "health"],
    "side": ["public", "civil-society", "both"],
    "cost": ["low", "high"],
}
Row = tuple[int, int, frozenset[str]]
bounded = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def lists(draw: st.DrawFn) -> list[Row]:
    """Rows (order, pk, values) as an index has them: sorted, each pk once."""
    values = st.frozensets(st.sampled_from([f"{facet}:{name}" for facet, names in VALUES.items() for name in names]))
    rows = draw(
        st.lists(st.tuples(st.integers(-3, 3), st.integers(1, 200), values), max_size=80, unique_by=lambda row: row[1])
    )
    return sorted(rows, key=lambda row: row[:2])


filters = st.dictionaries(
    st.sampled_from([*VALUES]), st.lists(st.sampled_from(["courts", "schools", "both", "low", "none"]), max_size=2)
)


def index_of(rows: Sequence[Row]) -> FacetIndex:
    unsorted = sorted(rows, key=lambda row: row[1])
    return FacetIndex([row[:2] for row in rows], [(pk, " ".join(sorted(values))) for _, pk, values in unsorted])


def passes(values: frozenset[str], chosen: Mapping[str, Sequence[str]], but: str = "") -> bool:
    return all(
        any(f"{facet}:{name}" in values for name in names) for facet, names in chosen.items() if names and facet != but
    )


@given(rows=lists(), chosen=filters, within=st.sets(st.integers(1, 200)))
def test_counts_are_what_one_counts_by_hand(rows: list[Row], chosen: dict[str, list[str]], within: set[int]) -> None:
    index = index_of(rows)
    mask = index.hits([*within])
    for only, hits in ((None, rows), (mask, [row for row in rows if row[1] in within])):
        told = index.counts(chosen, only, [*VALUES])
        for facet in VALUES:
            seen = [value for _, _, values in hits if passes(values, chosen, facet) for value in values]
            expected = Counter(value.partition(":")[2] for value in seen if value.startswith(f"{facet}:"))
            assert told[facet] == expected
        selected = [index.pks[position] for position in index.positions(index.select(chosen, only))]
        assert selected == [pk for _, pk, values in hits if passes(values, chosen)]


@given(rows=lists(), start=st.integers(0, 90), kept=st.sets(st.integers(1, 200)))
def test_positions_are_those_of_the_mask_in_order(rows: list[Row], start: int, kept: set[int]) -> None:
    index = index_of(rows)
    expected = [position for position, row in enumerate(rows) if row[1] in kept and position >= start]
    assert list(index.positions(index.hits([*kept]), start)) == expected


@given(rows=lists(), ordered=st.integers(-4, 4), pk=st.integers(0, 201))
def test_the_place_after_a_row_is_known_even_when_the_row_is_gone(rows: list[Row], ordered: int, pk: int) -> None:
    assert index_of(rows).after(ordered, pk) == sum(row[:2] <= (ordered, pk) for row in rows)


def test_an_empty_list_has_nothing_to_count() -> None:
    index = index_of([])
    assert (index.size, index.all, index.hits([1, 2]), list(index.positions(index.all))) == (0, 0, 0, [])
    assert index.counts({"sector": ["courts"]}) == {facet: {} for facet in FACETS}


# Walks


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Database]:
    database = Database(sqlite_url)
    database.listeners.append(projection.follow)
    with database.write(ALL) as session:
        served = Served(id="testland", enabled=True, revision=0, epoch=1, added_at=FIRST, facts=b"{}")
        served.package = served.package_version = served.facts_digest = ""
        session.add(served)
    yield database
    database.close()


def publish(store: Database, names: Sequence[str], *, minute: int = 0, running: Any = "ongoing") -> None:
    drafts = []
    for name in names:
        text = {
            "en": PracticeText(title=f"Practice {name}", summary="house" if name < "p05" else "court", means="house")
        }
        practice = Practice(original="en", text=text, scope="local", running=running, sectors=("courts",))
        drafts.append(Draft(kind="practice", slug=name, body=encode(practice), status=b"{}", publish=True))
    with store.write("testland") as session:
        create(session, "testland", drafts, by="team", at=FIRST + timedelta(minutes=minute))


def step(store: Database, cursor: str | None, limit: int, **wanted: Any) -> tuple[list[str], str | None]:
    index = service.build_index(store, ["testland"])
    options = {"filters": {}} | wanted
    found = service.look(store, index, options.pop("words", ""), "en", "testland")
    page = service.page(store, index, found=found, cursor=cursor, limit=limit, **options)
    return [card.slug for card in page.decoded()], page.next


def walk(store: Database, limit: int, **wanted: Any) -> list[list[str]]:
    pages: list[list[str]] = []
    cursor: str | None = None
    while True:
        slugs, cursor = step(store, cursor, limit, **wanted)
        pages.append(slugs)
        if cursor is None:
            return pages


TWELVE = [f"p{n:02}" for n in range(12)]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 12, 13, 50])
@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("", TWELVE),
        ("house", TWELVE),
        ("practice", TWELVE),
        ("house court", TWELVE[5:]),  # the rest holds nothing but what nearly all hold
        ("p03 p08", ["p03", "p08"]),
    ],
)
def test_a_walk_meets_every_practice_once_and_in_order(
    store: Database, limit: int, words: str, meant: list[str]
) -> None:
    for minute in range(3):
        publish(store, [f"p{minute * 4 + n:02}" for n in range(4)], minute=minute)
    [whole] = walk(store, 100, words=words)
    pages = walk(store, limit, words=words)
    assert [slug for page in pages for slug in page] == whole
    assert sorted(whole) == meant
    assert {len(page) for page in pages[:-1]} <= {limit}
    assert pages[-1] != []


def test_a_filter_walks_through_what_passes_it(store: Database) -> None:
    publish(store, ["a", "b", "c"])
    publish(store, ["d", "e"], running="ended", minute=1)
    assert walk(store, 1, filters={"running": ["ended"]}) == [["d"], ["e"]]
    assert walk(store, 2, filters={"running": ["ended", "ongoing"]}) == [["d", "e"], ["a", "b"], ["c"]]
    assert walk(store, 2, filters={"running": ["unknown"]}) == [[]]


@bounded
@given(
    limit=st.integers(1, 4),
    arrivals=st.lists(st.integers(0, 2), min_size=3, max_size=6),
    gone=st.sets(st.integers(0, 9)),
)
def test_a_walk_meets_all_that_stays_once_while_others_come_and_go(
    sqlite_template: Any, tmp_path_factory: pytest.TempPathFactory, limit: int, arrivals: list[int], gone: set[int]
) -> None:
    from tests.conftest import copy_of

    store = Database(copy_of(sqlite_template, tmp_path_factory.mktemp("walk")))
    store.listeners.append(projection.follow)
    publish(store, [f"p{n:02}" for n in range(10)])
    stays = [f"p{n:02}" for n in range(10) if n not in gone]
    seen: list[str] = []
    cursor: str | None = None
    for turn in range(40):
        slugs, cursor = step(store, cursor, limit)
        seen += slugs
        if cursor is None:
            break
        if turn < len(arrivals):
            publish(store, [f"new{turn}-{n}" for n in range(arrivals[turn])], minute=turn + 1)
        if turn == 1:
            with store.write("testland") as session:
                for number in sorted(gone):
                    records.withdraw(session, records.find(session, "practice", f"p{number:02}"), by="team")
    store.close()
    assert [slug for slug in seen if slug in stays] == stays
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "é",
        "1.2",
        "0.0.0.1.1",
        "a" * 10_000,
        "0.0.0.0.1.a",
        "0.0.0.0.1.١",
        "-1.0.0.0.1.1",
        "0.0.0.0.1.1\n",
        " 0.0.0.0.1.1",
    ],
)
def test_a_cursor_that_is_none_of_ours_is_refused(store: Database, cursor: str) -> None:
    publish(store, ["a"])
    with pytest.raises(BadCursor, match="follow the link to the next page"):
        step(store, cursor, 5)


@given(
    held=st.integers(0, 9999),
    shelf=st.integers(0, 9),
    ordered=st.integers(-(10**17), 10**17),
    pk=st.integers(0, 10**17),
)
@bounded
def test_a_cursor_of_another_list_leads_somewhere(
    store: Database, held: int, shelf: int, ordered: int, pk: int
) -> None:
    if not service.build_index(store, ["testland"]).size:
        publish(store, ["a", "b"])
    for words in ("", "court practice"):
        slugs, _ = step(store, f"{held}.9.1.1.1.{shelf}.{ordered}.{pk}", 5, words=words)
        assert slugs in (["a", "b"], ["b"], [])


def test_a_page_before_leads_back(store: Database) -> None:
    publish(store, [f"p{n:02}" for n in range(7)])
    index = service.build_index(store, ["testland"])

    def at(cursor: str | None) -> service.Page:
        return service.page(store, index, filters={}, cursor=cursor, limit=3)

    second = at(at(None).next)
    third = at(second.next)
    assert (second.before, third.before) == (3, 6)
    assert at(third.previous).cards == second.cards
    assert at(second.previous).cards == at(None).cards
    assert at(None).previous is None
