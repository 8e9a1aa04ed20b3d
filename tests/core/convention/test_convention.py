from datetime import date

import pytest
from lanzarote.facts.convention import FOUR_PS, Reference, UnknownReference, common_sectors, convention

# Seen in a copy of the French text; every other French heading is a recollection, and must say so.
FRENCH_CHAPTERS_SEEN = {1, 2}
FRENCH_ARTICLES_SEEN = {1, 3, 4, 5, 14, 18, 20, 27, 31, 33, 37, 39, 40}


def test_there_are_13_chapters_and_50_articles_in_order() -> None:
    assert [chapter.number for chapter in convention().chapters] == list(range(1, 14))
    assert [article.number for article in convention().articles] == list(range(1, 51))


def test_roman_numerals_follow_the_chapters() -> None:
    numerals = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII"]
    assert [chapter.roman for chapter in convention().chapters] == numerals


def test_the_chapters_tile_the_articles() -> None:
    tiled = [
        (number, chapter.number)
        for chapter in convention().chapters
        for number in range(chapter.first_article, chapter.last_article + 1)
    ]
    assert tiled == [(article.number, article.chapter) for article in convention().articles]


def test_a_chapter_gives_its_articles() -> None:
    chapter = convention().chapter(10)
    assert [article.number for article in convention().articles_of(chapter)] == [39, 40, 41]


def test_every_title_and_heading_is_in_english_and_french_and_says_whether_it_was_seen() -> None:
    both = {"en", "fr"}
    for chapter in convention().chapters:
        assert (set(chapter.title), set(chapter.title_verified)) == (both, both)
        assert all(chapter.title.values())
    for article in convention().articles:
        assert (set(article.heading), set(article.heading_verified)) == (both, both)
        assert all(article.heading.values())


def test_french_wordings_that_were_not_seen_are_marked_so() -> None:
    chapters, articles = convention().chapters, convention().articles
    assert {chapter.number for chapter in chapters if chapter.title_verified["fr"]} == FRENCH_CHAPTERS_SEEN
    assert {article.number for article in articles if article.heading_verified["fr"]} == FRENCH_ARTICLES_SEEN


def test_english_wordings_were_all_seen() -> None:
    assert all(chapter.title_verified["en"] for chapter in convention().chapters)
    assert all(article.heading_verified["en"] for article in convention().articles)


def test_a_note_is_in_both_languages_or_absent() -> None:
    with_notes = {article.number: set(article.note) for article in convention().articles if article.note}
    assert with_notes == {number: {"en", "fr"} for number in (5, 9, 10, 11, 12, 14, 31, 35, 37, 40, 41, 45)}


def test_every_mention_has_a_name_in_both_languages() -> None:
    used = {key for article in convention().articles for key in article.mentions}
    assert used == set(convention().mentions)
    assert all(set(name) == {"en", "fr"} for name in convention().mentions.values())


def test_every_source_named_exists_and_is_used() -> None:
    whole = convention()
    named = {key for chapter in whole.chapters for key in chapter.sources}
    named |= {key for article in whole.articles for key in article.sources}
    named |= {key for purpose in whole.facts.purposes for key in purpose.sources}
    named |= set(whole.facts.sources)
    assert named == set(whole.sources)
    assert all(key == source.key for key, source in whole.sources.items())


def test_the_dates_and_states_of_the_convention() -> None:
    facts = convention().facts
    assert facts.adopted_on == date(2007, 7, 12)
    assert facts.opened_for_signature_on == date(2007, 10, 25)
    assert facts.entered_into_force_on == date(2010, 7, 1)
    assert facts.entered_into_force_by == ("AL", "DK", "GR", "NL", "SM")
    assert facts.authentic_languages == ("en", "fr")


def test_the_purposes_say_that_their_french_is_ours() -> None:
    purposes = convention().facts.purposes
    assert [purpose.reference for purpose in purposes] == ["1.1.a", "1.1.b", "1.1.c"]
    assert {purpose.our_translation for purpose in purposes} == {("fr",)}
    assert all(str(Reference.parse(purpose.reference)) == purpose.reference for purpose in purposes)


def test_facts_translated_by_us_name_fields_that_exist() -> None:
    facts = convention().facts
    assert [set(getattr(facts, field)) for field in facts.our_translation] == [{"en", "fr"}] * 4


@pytest.mark.parametrize("number", [0, -1, 51])
def test_an_article_that_does_not_exist_is_refused_with_what_does(number: int) -> None:
    with pytest.raises(UnknownReference, match=f"no article {number}: articles go from 1 to 50"):
        convention().article(number)


@pytest.mark.parametrize("number", [0, -1, 14])
def test_a_chapter_that_does_not_exist_is_refused_with_what_does(number: int) -> None:
    with pytest.raises(UnknownReference, match=f"no chapter {number}: chapters go from 1 to 13"):
        convention().chapter(number)


def test_the_common_sectors_and_where_the_convention_names_them() -> None:
    assert [(sector.key, sector.reference and str(sector.reference)) for sector in common_sectors()] == [
        ("education", "10.1"),
        ("health", "10.1"),
        ("social-services", "10.1"),
        ("law-enforcement", "10.1"),
        ("judicial", "10.1"),
        ("civil-society", "10.3"),
        ("private-sector", "10.3"),
        ("government", "10.3"),
        ("independent-institutions", "10.2.a"),
        ("other", None),
    ]


def test_the_common_sectors_are_named_in_both_languages() -> None:
    assert all(set(sector.name) == {"en", "fr"} and all(sector.name.values()) for sector in common_sectors())


def test_the_four_ps_are_those_of_the_pact() -> None:
    assert FOUR_PS == ("prevention", "protection", "prosecution", "participation")
