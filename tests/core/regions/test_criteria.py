"""Every region asks the common questions; it adds its own, and may put the common ones in its own words."""

from __future__ import annotations

from lanzarote.regions.group import common_criteria, grid_of
from lanzarote.regions.vocabulary import Vocabulary
from lanzarote.types import Choice, CriteriaGrid, Question, RegionHeader

COMMON = ["article-10", "child-rights", "effectiveness", "equity", "intersectoral", "transferability"]


def own(*questions: Question, version: int = 3, scale: tuple[Choice, ...] = ()) -> CriteriaGrid:
    return CriteriaGrid(version=version, questions=questions, scale=scale, reviewers=3, review_after=12)


def test_a_region_without_questions_asks_the_common_ones_of_two_reviewers() -> None:
    grid = grid_of(None)
    assert [one.key for one in grid.criteria] == COMMON
    assert [one.key for one in grid.gates] == COMMON[:2]
    assert {one.common for one in grid.criteria} == {True}
    assert (grid.version, grid.common, grid.reviewers, grid.review_after) == (0, 1, 2, 24)


def test_a_condition_is_met_or_not_and_everything_else_has_a_scale() -> None:
    grid = grid_of(own(Question(key="cost", text={"en": "Is it cheap?"})))
    assert {one.answers for one in grid.gates} == {("yes", "no")}
    assert {one.answers for one in grid.questions} == {("yes", "partly", "not-yet", "not-known")}


def test_a_regions_own_conditions_come_before_all_questions() -> None:
    grid = grid_of(own(Question(key="lawful", text={"en": "Is it lawful?"}, gate=True)))
    assert [one.key for one in grid.criteria] == [*COMMON[:2], "lawful", *COMMON[2:]]
    assert [one.key for one in grid.criteria if not one.common] == ["lawful"]


def test_a_region_may_put_a_common_question_in_its_own_words_and_it_stays_common() -> None:
    grid = grid_of(own(Question(key="equity", text={"ka": "?"}), scale=(Choice(key="yes", name={"ka": "!"}),)))
    [equity] = [one for one in grid.criteria if one.key == "equity"]
    assert (equity.text, equity.common) == ({"ka": "?"}, True)
    assert equity.answers == ("yes", "partly", "not-yet", "not-known")
    assert equity.scale[0].name == {"ka": "!"}
    assert [one.key for one in grid.criteria] == COMMON


def test_a_regions_own_scale_is_for_its_own_questions() -> None:
    scale = (Choice(key="a", name={"en": "A"}), Choice(key="b", name={"en": "B"}))
    grid = grid_of(own(Question(key="cost", text={"en": "Is it cheap?"}), scale=scale))
    answers = {one.key: one.answers for one in grid.questions}
    assert answers["cost"] == ("a", "b")
    assert answers["equity"] == ("yes", "partly", "not-yet", "not-known")


def test_the_newest_grid_that_is_in_use_is_the_one_that_is_asked() -> None:
    entries = {"criteria": {"10": own(version=10), "9": own(version=9), "11": own(version=11)}}
    header = RegionHeader(
        format=1, requires_api=">=1", id="x", territory="XA", name={"en": "X"}, languages=("en",), time_zone="UTC"
    )
    vocabulary = Vocabulary(header=header, entries=entries, retired=frozenset({("criteria", "11")}))
    assert vocabulary.grid.version == 10
    assert vocabulary.criteria[-1].version == 11


def test_the_common_questions_are_there_in_english_and_in_french() -> None:
    grid = common_criteria()
    for one in (*(question.text for question in grid.questions), *(choice.name for choice in grid.scale)):
        assert {*one} == {"en", "fr"}
