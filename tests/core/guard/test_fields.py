"""What is found in several texts of one record, and what only two of them together say."""

from __future__ import annotations

import pytest
from lanzarote.guard import Concern, check_text, check_texts

from tests.core.guard.finding import found


def test_a_finding_says_where_and_never_what() -> None:
    text = "Né le 3 mars 2012"
    [concern] = check_texts([("summary", "Rien."), ("limits", text)])
    assert concern == Concern(code="birth-date", field="limits", start=6, end=17, hard=True)
    assert "2012" not in repr(concern)


@pytest.mark.parametrize(
    ("code", "first", "second"),
    [
        ("personal-number", "1 12 06 75 108", "042 68"),
        ("personal-number", "1120675", "10804268"),
        ("phone", "06 12 34", "56 78"),
        ("phone", "06123", "45678"),
        ("bank-account", "FR76 3000 6000 0112", "3456 7890 189"),
    ],
)
def test_a_number_that_is_parted_over_two_fields_is_stopped_in_both(code: str, first: str, second: str) -> None:
    parted = [("a", f"Voir {first}"), ("b", ""), ("c", f"{second} merci")]
    assert found(first) == found(second) == []
    [one, other] = check_texts(parted)
    assert (one.code, one.field, one.hard) == (code, "a", True)
    assert (other.code, other.field, other.hard) == (code, "c", True)
    assert parted[0][1][one.start : one.end] == first
    assert parted[2][1][other.start : other.end] == second


@pytest.mark.parametrize(
    ("first", "second"),
    [("En 2013", "54 signalements"), ("2003-2006", "1 250 enfants"), ("75012", "Paris"), ("de 2019", "2023-2024")],
)
def test_figures_of_two_fields_that_do_not_belong_together_are_let_pass(first: str, second: str) -> None:
    assert check_texts([("a", first), ("b", second)], identifiers=["fr.nir"]) == ()


def test_texts_of_a_record_are_read_together_as_each_is_read_alone() -> None:
    texts = [
        ("a", "Né le 3 mars 2012"),
        ("b", "l\u200bucas martin, 9 ans"),
        ("c", "Тел.  067 123 45 67"),
        ("d", "léa\n\n, 9 ans"),
    ]
    alone = [one for field, text in texts for one in check_text(text, field=field)]
    assert list(check_texts(texts)) == alone
    assert len(alone) > 2


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ("phone", ["06 12", "34 56", "78"]),
        ("phone", ["06 12", "34", "56", "78"]),
        ("phone", ["Tél. 06 12 34", "puis", "56 78"]),
        ("phone", ["Tél. 06 12 34", "puis 56 78"]),
        ("personal-number", ["1 12 06", "75 108", "042 68"]),
        ("bank-account", ["FR76 3000", "6000 0112 3456", "7890 189"]),
    ],
)
def test_a_number_that_is_parted_over_several_fields_or_by_a_word_is_stopped_in_all(
    code: str, texts: list[str]
) -> None:
    assert not any(found(text) for text in texts)
    concerns = check_texts(list(zip("abcd", texts, strict=False)))
    assert {(one.code, one.hard) for one in concerns} == {(code, True)}
    assert [one.field for one in concerns] == [
        field for field, text in zip("abcd", texts, strict=False) if any(map(str.isdecimal, text))
    ]


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ("name-with-age", ["Lucas Martin", "9 ans"]),
        ("name-with-age", ["Lucas Martin", "9"]),
        ("name-with-age", ["Suivi de Lucas Martin", "âge : 9 ans"]),
        ("name-with-age", ["lucas martin", "", "9 ans"]),
        ("name-with-age", ["Lena Weber", "9 Jahre"]),
        ("birth-date", ["Lucas Martin", "12/03/2015"]),
        ("birth-date", ["Lucas", "Martin", "le 3 mars 2015"]),
        ("birth-date", ["Emily Jones", "May 3, 2014"]),
    ],
)
def test_a_name_in_one_field_and_the_age_in_the_next_are_asked_about_in_both(code: str, texts: list[str]) -> None:
    concerns = check_texts(list(zip("abc", texts, strict=False)))
    assert {(one.code, one.hard) for one in concerns} == {(code, False)}
    assert [one.field for one in concerns] == [field for field, text in zip("abc", texts, strict=False) if text]


@pytest.mark.parametrize(
    "texts",
    [
        ["Projet Emma", "12 places"],
        ["Association Lucas Martin", "12/03/2015"],
        ["Rapport de Marie Dupont", "12/03/2015"],
        ["Marie Dupont, directrice", "12/03/2019"],
        ["Salle Mélanie", "2015"],
        ["Charlotte", "2 séances"],
        ["Paris", "12/03/2019"],
        ["10.1", "12.1", "14", "35.1"],
        ["2013", "54", "de 2019", "2020-2021"],
    ],
)
def test_texts_that_only_stand_beside_each_other_are_let_pass(texts: list[str]) -> None:
    assert check_texts(list(zip("abcd", texts, strict=False)), identifiers=["fr.nir"]) == ()
