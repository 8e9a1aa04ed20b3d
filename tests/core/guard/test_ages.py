"""Names with an age, in figures and in words."""

from __future__ import annotations

import pytest
from lanzarote.guard import check_text

from tests.core.guard.finding import found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Léa, 9 ans, est venue.", "Léa, 9 ans"),
        ("le petit Tom (12) raconte", "Tom (12)"),
        ("Anna, aged 14, said", "Anna, aged 14"),
        ("Anna (aged 14) said", "Anna (aged 14)"),
        ("Zoé, âgée de 7 ans", "Zoé, âgée de 7 ans"),
        ("Tom, 12 years old", "Tom, 12 years old"),
        ("Jonas (9 Jahre)", "Jonas (9 Jahre)"),
        ("la petite léa, 9 ans", "léa, 9 ans"),
        ("9-year-old Tom said", "9-year-old Tom"),
        ("die 9-jährige Lena", "9-jährige Lena"),
        ("Lucas Martin aged nine", "Lucas Martin aged nine"),
        ("Léa M., neuf ans", "Léa M., neuf ans"),
        ("Nous pensons à Hugo, qui vient d’avoir 12 ans", "Hugo, qui vient d’avoir 12 ans"),
        ("9-річна Олена", "9-річна Олена"),
        ("la victime, Mme Nguyen, 34 ans", "Nguyen, 34 ans"),
        ("Lucía, 9 años", "Lucía, 9 años"),
        ("Giulia, 11 anni", "Giulia, 11 anni"),
        ("Kasia, 8 lat", "Kasia, 8 lat"),
        ("Ελένη, 9 ετών", "Ελένη, 9 ετών"),
        ("Олена, 9 років", "Олена, 9 років"),
        ("Sara, 10 jaar", "Sara, 10 jaar"),
    ],
)
def test_a_name_with_an_age_is_asked_about(text: str, words: str) -> None:
    assert found(text) == [("name-with-age", words, False)]


@pytest.mark.parametrize(
    "text",
    [
        "Enfants, 9 ans et plus",
        "Mineurs (15)",
        "Lille, 10 ans après",
        "Assises, 15 ans de réclusion",
        "Paris (75), Nice (06)",
        "AP-HP (5) et CRIP (3)",
        "the unit, 9 years old",
        "après 3 ans",
    ],
)
def test_other_ages_and_figures_are_let_pass(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("begin", ["C’est", "C'était", "J’ai vu", "Qu’est devenue"])
def test_a_sentence_that_begins_with_an_elision_hides_no_name(begin: str) -> None:
    assert [one.code for one in check_text(f"{begin} Emma Petit, 8 ans.")] == ["name-with-age"]
