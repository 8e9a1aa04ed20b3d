"""In which order records stand that hold all of a question, or some of it; what is looked for where none does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import pytest
from lanzarote.practices.facets import FacetIndex
from lanzarote.search import index as search
from lanzarote.search import paging
from lanzarote.search.asked import OFTEN, TELLING, Alternatives, Meaning, Said, forms
from lanzarote.search.index import Entry, TextIndex, near
from lanzarote.search.ranking import Found, find
from lanzarote.search.shelf import Shelf
from lanzarote.store.database import Database

pytestmark = pytest.mark.both_databases

TEXTS = (
    ("Hearing of children", "A room for hearings", "recorded by the police"),
    ("Dogs in court", "A dog calms a child", "hearing"),
    ("Recorded hearings", "", "Barnahus, children"),
    ("Helpline", "Someone listens", "children, hearing, night"),
    ("Outreach", "At the Trocadéro", "children, streets"),
    ("Nénuphar", "Films for children", "guides"),
    *((f"Filler {number}", "", "children of the town") for number in range(30)),
)
"""Title, summary, text; the first is the newest."""
ENTRIES = [
    Entry(pk=pk, region_id="land", title=(("en", title),), summary=(("en", summary),), text=(("en", text),))
    for pk, (title, summary, text) in enumerate(TEXTS, 1)
]
LISTED = FacetIndex(((pk, pk) for pk in range(1, len(TEXTS) + 1)), ())


@pytest.fixture(scope="module")
def store(module_database_url: str) -> Iterator[Database]:
    database = Database(module_database_url)
    with database.write("land") as session:
        search.index(session, ENTRIES)
    yield database
    database.close()


def look(store: Database, words: str, *, correct: bool = True, meaning: Meaning | None = None) -> Found:
    def rows(groups: Sequence[Alternatives], least: int) -> Sequence[int]:
        return search.rows_that_hold(store, groups, ["land"], least=least)

    near_here = partial(near, store) if correct else None
    return find(words, "en", [Shelf(LISTED, rows, LISTED.all)], near_here, meaning or meanings)


def meanings(words: Sequence[str]) -> Iterator[Said]:
    """A dog is a hound; a children's house is a Barnahus."""
    others: dict[str, Alternatives] = {
        "hound": ((forms("dog"),),),
        "house": ((forms("barnahus"),),),
        "movie": ((forms("film"), forms("children")),),
    }
    return (Said(written=(word,), others=others.get(word, ())) for word in words)


def titles(found: Found, limit: int = 100) -> tuple[list[str], list[str]]:
    """Titles of what holds all, and of what holds some."""
    shown = paging.piece(found, (LISTED,), (LISTED.all,), None, limit).shown
    told: tuple[list[str], list[str]] = ([], [])
    for one in shown:
        assert one.segment.layer is not None
        told[not one.segment.layer.whole].append(TEXTS[LISTED.pks[one.position] - 1][0])
    return told


def test_what_holds_all_words_comes_first_then_what_holds_some(store: Database) -> None:
    whole, some = titles(look(store, "recorded hearing room"))
    assert (whole, some) == (["Hearing of children"], ["Recorded hearings"])


def test_a_rare_word_weighs_more_than_a_frequent_one_and_half_of_the_question_is_an_answer(store: Database) -> None:
    assert titles(look(store, "hearing trocadero"))[1] == ["Outreach"]
    assert titles(look(store, "hearing trocadero streets"))[1] == ["Outreach"]


def test_a_word_that_nothing_holds_weighs_as_the_rarest(store: Database) -> None:
    assert titles(look(store, "trocadero zinzolin", correct=False))[1] == ["Outreach"]
    assert titles(look(store, "hearing zinzolin", correct=False))[1] == []


def test_half_of_a_longer_question_is_an_answer_in_a_title_only(store: Database) -> None:
    assert titles(look(store, "outreach trocadero zinzolin nacarat", correct=False))[1] == []
    assert titles(look(store, "dogs court zinzolin nacarat", correct=False))[1] == ["Dogs in court"]


def test_words_of_title_and_summary_weigh_more(store: Database) -> None:
    def of_subject(words: Sequence[str]) -> Iterator[Said]:
        return (Said(written=(word,), named=True) for word in words)

    for words in ("trocadero guides", "guides trocadero"):
        assert titles(look(store, words, meaning=of_subject))[1] == ["Outreach", "Nénuphar"]
    assert titles(look(store, "trocadero nenuphar", meaning=of_subject))[1] == ["Nénuphar", "Outreach"], "title first"


def test_an_unknown_word_tells_nothing_in_a_language_in_which_no_text_is_written(store: Database) -> None:
    def abroad(words: Sequence[str]) -> Iterator[Said]:
        return (Said(written=(word,), abroad=True) for word in words)

    assert titles(look(store, "trocadero zinzolin nacarat", correct=False)) == ([], [])
    assert titles(look(store, "trocadero zinzolin nacarat", meaning=abroad))[1] == ["Outreach"]
    assert look(store, "barnahs", meaning=abroad).corrected == ()


def test_a_sentence_is_of_the_subject_unless_it_lacks_more_than_is_held(store: Database) -> None:
    def often(words: Sequence[str]) -> Iterator[Said]:
        return (Said(written=(word,), tells=OFTEN if word in ("hearing", "dog") else TELLING) for word in words)

    asked = "where is the dog that was at the hearing {}"
    assert titles(look(store, asked.format("streets"), correct=False, meaning=often))[1] != []
    assert titles(look(store, asked.format("zinzolin nacarat"), correct=False, meaning=often)) == ([], [])


def test_an_article_that_nothing_holds_is_not_answered_by_others(store: Database) -> None:
    assert titles(look(store, "trocadero article 706-54")) == ([], [])
    assert titles(look(store, "trocadero L226-1")) == ([], [])


def test_what_names_nothing_of_the_subject_is_answered_by_title_or_summary(store: Database) -> None:
    assert titles(look(store, "night zinzolin", correct=False))[1] == [], "it stands in a text alone"


def test_words_in_the_title_lead_then_those_in_the_summary(store: Database) -> None:
    assert titles(look(store, "hearing")) == (
        ["Hearing of children", "Recorded hearings", "Dogs in court", "Helpline"], []
    )  # fmt: skip


def test_holding_only_what_nearly_all_hold_is_no_answer(store: Database) -> None:
    assert titles(look(store, "children trocadero"))[1] == []
    assert titles(look(store, "children weather", correct=False)) == ([], [])


def test_a_synonym_counts_as_its_word_and_stands_behind_it(store: Database) -> None:
    assert titles(look(store, "hound")) == (["Dogs in court"], [])
    assert titles(look(store, "house")) == (["Recorded hearings"], [])
    assert titles(look(store, "movie")) == (["Nénuphar"], []), "of a phrase all words"


def test_the_beginning_of_a_word_finds_it_where_nothing_holds_it_as_a_word(store: Database) -> None:
    assert titles(look(store, "troca")) == (["Outreach"], [])
    assert titles(look(store, "record"))[0] == ["Recorded hearings", "Hearing of children"]


@pytest.mark.parametrize(
    ("written", "used", "title"),
    [
        ("barnahs", "barnahus", "Recorded hearings"),
        ("trocaderro", "trocadero", "Outreach"),
        ("nenufar", "nenuphar", "Nénuphar"),
        ("hepline", "helpline", "Helpline"),
        ("helplinefor", "helpline", "Helpline"),
    ],
)
def test_a_word_that_nothing_holds_is_read_as_one_that_is_like_it(
    store: Database, written: str, used: str, title: str
) -> None:
    found = look(store, written)
    assert [(one.written, one.used) for one in found.corrected] == [(written, used)]
    assert titles(found) == ([title], [])
    assert titles(look(store, written, correct=False)) == ([], [])


def test_a_word_that_is_held_is_never_read_as_another(store: Database) -> None:
    assert look(store, "hearing").corrected == ()


def test_a_word_that_the_thesaurus_knows_is_never_read_as_another(store: Database) -> None:
    def known(words: Sequence[str]) -> Iterator[Said]:
        return (Said(written=(word,), others=((("zinzolin",),),)) for word in words)

    assert look(store, "barnahs", meaning=known).corrected == ()


def test_few_texts_in_memory_answer_as_the_database_does(store: Database) -> None:
    index = TextIndex(ENTRIES)
    for words in ("hearing", "recorded hearing room", "troca", "children streets", "hound", "film*", "zzz"):
        groups = look(store, words, correct=False).used
        for least in (0, search.APART, 2 * search.APART):
            assert [*index.rows_that_hold(groups, least)] == [*search.rows_that_hold(store, groups, least=least)]


@pytest.mark.parametrize("limit", [1, 2, 3])
@pytest.mark.parametrize("words", ["recorded hearing room", "hearing", "hearing streets films"])
def test_pieces_join_to_the_whole_and_lead_back(store: Database, words: str, limit: int) -> None:
    whole = [one.position for one in paging.piece(look(store, words), (LISTED,), (LISTED.all,), None, 100).shown]
    seen: list[int] = []
    cursor, before = None, None
    while True:
        piece = paging.piece(look(store, words), (LISTED,), (LISTED.all,), cursor, limit)
        assert piece.before == len(seen) if cursor else True
        if before is not None and piece.previous is not None:
            again = paging.piece(look(store, words), (LISTED,), (LISTED.all,), piece.previous or None, limit)
            assert again.shown == before
        seen += [one.position for one in piece.shown]
        before = piece.shown
        if piece.next is None:
            break
        cursor = piece.next
    assert seen == whole


def test_words_that_were_taken_out_are_no_spellings_any_more(store: Database) -> None:
    entry = Entry(pk=900, region_id="land", title=(("en", "Quetzalcoatl"),), fresh=True)
    with store.write("land") as session:
        search.index(session, [entry])
    assert near(store, "quetzalcoatle", "en") == ["quetzalcoatl"]
    with store.write("land") as session:
        search.remove(session, [900])
        search.scrub(session)
    assert near(store, "quetzalcoatle", "en") == []
