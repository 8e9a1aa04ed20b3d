import re
from collections.abc import Iterator

import pytest
from lanzarote.facts.convention import ContextSection, Reference, Text, UnknownPage, frameworks

SECTIONS = [section for page in frameworks().pages for section in page.sections]


def official_wordings() -> Iterator[tuple[Text, Text]]:
    for section in SECTIONS:
        yield section.heading, section.gloss
        for item in section.items:
            yield item.text, item.gloss


def own_words() -> Iterator[Text]:
    yield frameworks().caveat
    for page in frameworks().pages:
        yield from (page.title, page.lead)
        yield from filter(None, [page.unverified])
    for section in SECTIONS:
        yield from section.paragraphs
        yield from filter(None, [section.unverified, *(item.detail for item in section.items)])


def section(identifier: str) -> ContextSection:
    [found] = [section for section in SECTIONS if section.id == identifier]
    return found


def test_the_context_pages() -> None:
    assert [page.key for page in frameworks().pages] == [
        "one-in-five",
        "strategies",
        "european-day",
        "lanzarote-committee",
        "committee-recommendations",
        "instruments",
    ]


def test_our_own_words_are_complete_in_both_languages() -> None:
    assert [text for text in own_words() if set(text) != {"en", "fr"} or not all(text.values())] == []


def test_a_wording_seen_in_english_only_keeps_it_and_has_a_french_gloss_beside_it() -> None:
    languages = {(frozenset(text), frozenset(gloss)) for text, gloss in official_wordings()}
    assert languages == {(frozenset({"en", "fr"}), frozenset()), (frozenset({"en"}), frozenset({"fr"}))}


def test_no_official_french_title_is_given_that_was_not_seen() -> None:
    with_french = {section.id for section in SECTIONS if section.id and "fr" in section.heading}
    ours = {"CETS-201-PREAMBLE", "CONGRESS-PLATFORM", "round-3", "special-request-2023", "opinions"}
    ours |= {f"recommendations-{year}" for year in (2015, 2017, 2025)} | {
        f"questions-{of}" for of in ("1", "2", "general")
    }
    seen = {"COE-ROC-2012-2015", "COE-ROC-2016-2021", "UN-CRC", "UN-CRC-OPSC", "round-1", "round-2"}
    assert with_french - ours == seen
    assert frameworks().page("european-day").official_title.keys() == {"en"}


def test_pages_whose_official_french_title_was_not_seen_say_so() -> None:
    assert {page.key for page in frameworks().pages if not page.title_fr_verified} == {"one-in-five", "european-day"}
    assert "fr" in frameworks().page("one-in-five").unverified
    assert "fr" in frameworks().page("european-day").unverified


def test_what_was_not_seen_is_kept_as_such() -> None:
    assert {section.id for section in SECTIONS if not section.verified} == set()
    assert "CM(2011)171" in section("COE-ROC-2012-2015").unverified["en"]
    assert "32011L0093" in section("EU-DIR-2011-93").unverified["en"]
    assert "check before citing it as law" in section("EU-COM-2024-60").unverified["en"]
    assert "standards 9 and 10" in section("PROMISE-BARNAHUS").unverified["en"]
    assert "official title of the third round" in frameworks().page("lanzarote-committee").unverified["en"]


def test_the_third_round_has_its_theme_and_its_report() -> None:
    third = section("round-3")

    assert "the circle of trust again" in third.heading["en"]
    assert "15 October 2025" in third.items[0].detail["en"]
    assert {item.text["en"] for one in SECTIONS for item in one.items} >= {"urge", "consider", "invite", "request"}


def test_what_the_committee_asks_names_articles_that_exist_and_says_whose_mapping_it_is() -> None:
    [page] = [page for page in frameworks().pages if page.key == "committee-recommendations"]
    items = {one.id: one.items for one in page.sections}
    assert {key: len(some) for key, some in items.items()} == {
        "recommendations-2015": 4,
        "recommendations-2017": 7,
        "recommendations-2025": 3,
        "opinions": 5,
        "questions-1": 8,
        "questions-2": 22,
        "questions-general": 4,
    }
    for item in (item for some in items.values() for item in some):
        assert [str(Reference.parse(one)) for one in item.articles] == list(item.articles)
    named = {key for key, some in items.items() for item in some if item.articles and not item.articles_ours}
    assert named == {"recommendations-2015", "opinions"}


def test_every_section_has_sources_and_every_source_exists_and_is_used() -> None:
    assert all(section.sources for section in SECTIONS)
    assert {key for page in frameworks().pages for key in page.sources} == set(frameworks().sources)
    assert all(source.key == key and source.publisher for key, source in frameworks().sources.items())


def test_a_page_lists_each_of_its_sources_once() -> None:
    for page in frameworks().pages:
        assert len(page.sources) == len(set(page.sources))
    assert frameworks().page("european-day").sources == frameworks().page("european-day").sections[0].sources


def test_every_section_says_something() -> None:
    assert [section.heading for section in SECTIONS if not (section.paragraphs or section.items)] == []


def test_section_ids_are_unique() -> None:
    ids = [section.id for section in SECTIONS if section.id]
    assert len(ids) == len(set(ids))


def test_french_has_its_hard_spaces() -> None:
    texts = [*own_words(), *(text for pair in official_wordings() for text in pair)]
    assert [text["fr"] for text in texts if re.search(r" [:;?!»]|« ", text.get("fr", ""))] == []


def test_the_context_pages_name_no_single_country_body() -> None:
    assert {section.id for section in SECTIONS if section.id.startswith("FR-")} == set()


def test_a_page_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(UnknownPage, match="no context page 'campaign'; there are one-in-five, strategies, "):
        frameworks().page("campaign")
