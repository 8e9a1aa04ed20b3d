"""Three kinds of empty are three things: unknown, none, not applicable."""

from __future__ import annotations

from datetime import date

import pytest
from lanzarote.facts.convention import convention
from lanzarote.instance import Instance
from lanzarote.practices.service import facets_of
from lanzarote.territory.coverage import Coverage, Line, cover, provisions_by_article

DAY = date(2026, 6, 1)


@pytest.fixture
def coverage(land: Instance) -> Coverage:
    counts = facets_of(land, "testland").counts({}, facets=("article",))["article"]
    return cover(land.vocabulary("testland"), counts, DAY)


def line(coverage: Coverage, number: int) -> Line:
    return next(one for one in coverage.lines if one.article.number == number)


def test_every_article_has_its_line_in_its_chapter(coverage: Coverage) -> None:
    assert [one.article.number for one in coverage.lines] == list(range(1, 51))
    assert [part.chapter.number for part in coverage.parts] == [one.number for one in convention().chapters]


def test_what_nobody_looked_for_is_unknown(coverage: Coverage) -> None:
    assert (line(coverage, 33).provisions.kind, line(coverage, 33).practices.kind) == ("unknown", "unknown")


def test_what_a_body_looked_for_and_did_not_find_is_none(coverage: Coverage) -> None:
    found = line(coverage, 7)
    assert (found.provisions.kind, found.practices.kind) == ("none", "none")
    assert [one.reviewer for _, one in found.statements] == ["An invented committee"]


def test_what_no_region_can_practise_is_no_gap(coverage: Coverage) -> None:
    """Final clauses and the like: nobody has to state in each region that they do not apply."""
    apart = [one.article.number for one in coverage.lines if one.practices.kind == "not-applicable"]

    assert apart == [1, 3, *range(38, 51)]
    assert (coverage.for_provisions, coverage.for_practices) == (35, 35)
    assert line(coverage, 49).provisions.kind == "not-applicable"


def test_law_and_practices_are_counted_among_the_articles_that_each_can_answer(land: Instance) -> None:
    vocabulary = land.vocabulary("testland")
    told = cover(vocabulary, {"3": 1}, DAY)  # no region can practise it, and yet a practice says so
    assert (told.for_provisions, told.for_practices) == (35, 36)
    assert [line(told, 3).provisions.kind, line(told, 3).practices.kind] == ["not-applicable", "some"]


def test_what_does_not_apply_is_said_so(coverage: Coverage) -> None:
    assert line(coverage, 45).practices.kind == "not-applicable"


def test_a_statement_about_a_paragraph_says_nothing_about_the_article(coverage: Coverage) -> None:
    found = line(coverage, 31)
    assert found.provisions.kind == "unknown"
    assert [ref for ref, _ in found.statements] == ["31.1"]


def test_evidence_outweighs_a_statement_that_there_is_none(coverage: Coverage) -> None:
    found = line(coverage, 10)
    assert (found.provisions.count, found.practices.count) == (1, 1)
    assert (found.provisions.kind, found.practices.kind) == ("some", "some")
    assert len(found.statements) == 1


def test_a_practice_counts_once_for_an_article_however_many_paragraphs_it_answers(coverage: Coverage) -> None:
    assert line(coverage, 10).practices.count == 1


def test_what_only_a_draft_answers_is_not_counted(coverage: Coverage) -> None:
    assert line(coverage, 34).practices.kind == "unknown"


def test_only_the_wording_of_the_day_counts(land: Instance) -> None:
    vocabulary = land.vocabulary("testland")
    assert provisions_by_article(vocabulary, DAY) == {10: ("xt-1",)}
    assert provisions_by_article(vocabulary, date(2019, 6, 1)) == {5: ("xt-1",)}
    assert provisions_by_article(vocabulary, date(2001, 12, 31)) == {5: ("xt-1",), 8: ("xt-2",)}


def test_the_totals_say_what_the_lines_say(coverage: Coverage) -> None:
    assert (coverage.with_provisions, coverage.with_practices) == (1, 3)
    assert coverage.unknown == 35 - len({10, 12, 36, 7})
