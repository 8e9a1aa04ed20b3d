"""The same words find the same practices in the same order on SQLite and PostgreSQL, however they are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lanzarote.practices import projection, service
from lanzarote.practices.documents import as_published
from lanzarote.practices.facets import FacetIndex
from lanzarote.practices.model import PracticeStatus
from lanzarote.records import changelog, records
from lanzarote.records.changelog import Served
from lanzarote.records.records import Draft, create, encode
from lanzarote.search import index as search
from lanzarote.search.asked import Alternatives, read
from lanzarote.search.ranking import Found, find
from lanzarote.search.shelf import Shelf
from lanzarote.store.database import ALL, Database
from lanzarote.types import Practice, PracticeText

from tests.core.search.corpus import FIRST, FOUND, HOSTILE, TEXTS, fill, worked_out

pytestmark = pytest.mark.both_databases

bounded = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def store(module_database_url: str) -> Iterator[Database]:
    database = Database(module_database_url)
    database.listeners.append(projection.follow)
    with database.write(ALL) as session:
        for region in ("testland", "test-land", "elsewhere"):
            served = Served(id=region, enabled=True, revision=0, epoch=1, added_at=FIRST, facts=b"{}")
            served.package = served.package_version = served.facts_digest = ""
            session.add(served)
    fill(database)
    yield database
    database.close()


def found(store: Database, words: str, region: str = "testland") -> list[str]:
    """Slugs that *words* find, as a page tells them."""
    index = service.build_index(store, [region])
    page = service.page(store, index, filters={}, found=looked(store, index, words, region), limit=100)
    assert page.total == page.whole
    return [card.slug for card in page.decoded()[: page.whole]]


def looked(store: Database, index: FacetIndex, words: str, region: str | None = None) -> Found | None:
    """What holds *words* as they are written."""

    def rows(groups: Sequence[Alternatives], least: int) -> Sequence[int]:
        return search.rows_that_hold(store, groups, (region,) if region else (), least=least)

    found = find(words, "", [Shelf(index, rows, index.all)])
    return found if found.question else None


def whole(store: Database, word: str, regions: Sequence[str]) -> list[int]:
    """Row numbers of the texts that hold *word* anywhere."""
    return [row for row in search.rows_that_hold(store, [(((word,),),)], regions) if row < search.APART]


@pytest.mark.parametrize("words", FOUND)
def test_words_find_what_they_should_in_this_order(store: Database, words: str) -> None:
    assert found(store, words) == FOUND[words]
    assert worked_out(words) == FOUND[words]


def test_there_are_queries_enough() -> None:
    assert len(FOUND) >= 60
    assert {slug for slugs in FOUND.values() for slug in slugs} == set(TEXTS)


@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: ascii(words[:20]))
def test_no_query_is_an_error(store: Database, words: str) -> None:
    expected = worked_out(words) if read(words) else [*reversed(TEXTS)]
    assert found(store, words) == expected


def all_words() -> list[str]:
    return sorted({word for fields in TEXTS.values() for text in fields[1:] for word in text.split()})


@bounded
@given(
    st.lists(
        st.sampled_from(all_words()).flatmap(lambda word: st.integers(1, len(word)).map(lambda n: word[:n])),
        min_size=1,
        max_size=3,
    )
)
def test_beginnings_of_any_words_find_what_was_worked_out_by_hand(store: Database, pieces: list[str]) -> None:
    words = " ".join(pieces)
    assert found(store, words) == (worked_out(words) if read(words) else [*reversed(TEXTS)])


@bounded
@given(st.text(max_size=30))
def test_any_text_at_all_is_answered_alike(store: Database, text: str) -> None:
    assert found(store, text) == (worked_out(text) if read(text) else [*reversed(TEXTS)])


def test_a_title_comes_before_a_summary_and_that_before_the_rest(store: Database) -> None:
    """House stands in a title, hearing in a summary; the younger practice has both elsewhere."""
    assert found(store, "house") == ["en", "en-2"]
    assert found(store, "hearing") == ["en", "en-2"]
    assert found(store, "rooms") == ["en-2", "en"], "within a tier the newest comes first"


def test_words_of_different_fields_count_together(store: Database) -> None:
    assert found(store, "dogs child rooms") == ["en-2"]


def test_a_region_whose_name_is_alike_is_another(store: Database) -> None:
    for region in ("test-land", "elsewhere"):
        assert found(store, "child", region) == []
    text = {"en": PracticeText(title="Child of another region", summary="Elsewhere")}
    practice = Practice(original="en", text=text, scope="local", running="ongoing", sectors=("courts",))
    with store.write("test-land") as session:
        draft = Draft(kind="practice", slug="x", body=encode(practice), status=b"{}", publish=True)
        create(session, "test-land", [draft], by="t", at=FIRST + timedelta(days=1))
    try:
        assert found(store, "child", "test-land") == ["x"]
        regions = (("test-land",), ("testland",), ("test-land", "testland"), ())
        assert [len(whole(store, "child", one)) for one in regions] == [1, 2, 3, 3]
        assert found(store, "child") == ["en", "en-2"]
        index = service.build_index(store, ["testland", "test-land"])
        page = service.page(store, index, filters={}, found=looked(store, index, "child"))
        assert [(card.region, card.slug) for card in page.decoded()] == [
            ("test-land", "x"), ("testland", "en"), ("testland", "en-2"),
        ]  # fmt: skip
    finally:
        with store.write("test-land") as session:
            records.erase(session, records.find(session, "practice", "x"), by="t")
    assert found(store, "child", "test-land") == []


def test_the_token_of_a_region_is_no_word(store: Database) -> None:
    assert found(store, search.region_token("testland")) == []


def test_a_new_version_is_found_by_its_words_and_no_more_by_the_old_ones(store: Database) -> None:
    text = {"en": PracticeText(title="Zebra crossing", summary="Stripes")}
    body = encode(Practice(original="en", text=text, scope="local", running="ongoing", sectors=("courts",)))
    draft = Draft(kind="practice", slug="zebra", body=body, status=b"{}", publish=True)
    with store.write("elsewhere") as session:
        create(session, "elsewhere", [draft], by="team")
    assert found(store, "zebra", "elsewhere") == ["zebra"]
    with store.write("elsewhere") as session:
        record = records.find(session, "practice", "zebra")
        records.revise(session, record, body.replace(b"Zebra", b"Okapi"), by="team")
    assert found(store, "okapi", "elsewhere") == [], "not before it is published"
    with store.write("elsewhere") as session:
        records.publish(session, records.find(session, "practice", "zebra"), by="team")
    assert (found(store, "okapi", "elsewhere"), found(store, "zebra", "elsewhere")) == (["zebra"], [])
    with store.write("elsewhere") as session:
        records.withdraw(session, records.find(session, "practice", "zebra"), by="team")
    assert (found(store, "okapi", "elsewhere"), found(store, "", "elsewhere")) == ([], [])


def test_what_is_decided_about_a_practice_moves_it_in_the_list_and_leaves_its_words(store: Database) -> None:
    text = {"en": PracticeText(title="Tapir", summary="Trunk", limits="Nocturnal")}
    body = encode(Practice(original="en", text=text, scope="local", running="ongoing", sectors=("courts",)))
    draft = Draft(kind="practice", slug="tapir", body=body, status=b"{}", publish=True)
    with store.write("elsewhere") as session:
        create(session, "elsewhere", [draft], by="team")
    row = rows_in(store, "elsewhere")
    with store.write("elsewhere") as session:
        record = records.find(session, "practice", "tapir")
        records.decide(session, record, encode(PracticeStatus(standing="assessed")), "decide", by="team", at=FIRST)
    assert rows_in(store, "elsewhere") == row
    counts = service.build_index(store, ["elsewhere"]).counts({}, None, ["standing"])
    assert counts == {"standing": {"assessed": 1}}
    assert [found(store, word, "elsewhere") for word in ("tapir", "trunk", "nocturnal")] == [["tapir"]] * 3
    with store.write("elsewhere") as session:
        record = records.find(session, "practice", "tapir")
        records.revise(session, record, body.replace(b"Nocturnal", b"Shy"), by="team")
        records.publish(session, record, by="team")
    assert rows_in(store, "elsewhere") == row
    words = ("tapir", "trunk", "shy", "nocturnal")
    assert [found(store, word, "elsewhere") for word in words] == [["tapir"], ["tapir"], ["tapir"], []]
    with store.write("elsewhere") as session:
        records.erase(session, records.find(session, "practice", "tapir"), by="team")


def test_a_practice_keeps_its_row_beside_one_that_is_published_with_it(store: Database) -> None:
    text = {"en": PracticeText(title="Gnu", summary="Horns")}
    body = encode(Practice(original="en", text=text, scope="local", running="ongoing", sectors=("courts",)))
    drafts = [
        Draft(kind="practice", slug="gnu", body=body, status=b"{}", publish=True),
        Draft(kind="practice", slug="kudu", body=body.replace(b"Gnu", b"Kudu"), status=b"{}"),
    ]
    with store.write("elsewhere") as session:
        create(session, "elsewhere", drafts, by="team")
    [last] = rows_in(store, "elsewhere").values()
    with store.write("elsewhere") as session:
        gnu, kudu = (records.find(session, "practice", slug) for slug in ("gnu", "kudu"))
        kudu.published_version = 1
        bodies = [records.body_of(session, one, 1) for one in (gnu, kudu)]
        together = [as_published(one, said) for one, said in zip((gnu, kudu), bodies, strict=True)]
        changelog.record(session, together, by="team")
    assert rows_in(store, "elsewhere") == {"gnu": last, "kudu": last + 1}
    assert (found(store, "gnu", "elsewhere"), found(store, "kudu", "elsewhere")) == (["gnu"], ["kudu"])
    with store.write("elsewhere") as session:
        for slug in ("gnu", "kudu"):
            records.erase(session, records.find(session, "practice", slug), by="team")


def rows_in(store: Database, region: str) -> dict[str, int]:
    return dict(store.rows("SELECT slug, pk FROM published_practice WHERE region_id = ?", region))


def test_the_longest_practice_is_published_and_found(store: Database) -> None:
    """Every field as long as it may be, all words different, in a script of two bytes a letter."""
    fields = [name for name in PracticeText.__struct_fields__ if name not in ("title", "summary")]
    long = {name: " ".join(f"слово{number}х{n}" for n in range(1_500)) for number, name in enumerate(fields)}
    text = {
        language: PracticeText(
            title="Довга", summary="Дуже", **{name: value.replace("х", mark) for name, value in long.items()}
        )
        for language, mark in (("uk", "х"), ("ru", "ы"), ("bg", "ъ"))
    }
    practice = Practice(original="uk", text=text, scope="local", running="ongoing", sectors=("courts",))
    draft = Draft(kind="practice", slug="long", body=encode(practice), status=b"{}", publish=True)
    with store.write("elsewhere") as session:
        create(session, "elsewhere", [draft], by="team")
    assert found(store, "довга", "elsewhere") == ["long"]
    assert found(store, "слово3х700", "elsewhere") == ["long"]
    with store.write("elsewhere") as session:
        records.erase(session, records.find(session, "practice", "long"), by="team")


def test_words_left_in_the_index_under_a_free_number_give_way_to_those_of_a_new_practice(store: Database) -> None:
    with store.write("elsewhere") as session:
        for title in ("leftover", "overtaken"):
            entry = search.Entry(pk=900_001, region_id="elsewhere", title=(("en", title),), fresh=True)
            search.index(session, [entry])
    try:
        assert whole(store, "leftover", ["elsewhere"]) == []
        assert whole(store, "overtaken", ["elsewhere"]) == [900_001]
    finally:
        with store.write("elsewhere") as session:
            search.remove(session, [900_001])
