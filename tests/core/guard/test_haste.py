"""Names without their capitals."""

from __future__ import annotations

import pytest

from tests.core.guard.finding import found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lucas martin, 9 ans", "lucas martin, 9 ans"),
        ("emma petit (12 ans)", "emma petit (12 ans)"),
        ("la victime emma petit a été entendue", "emma petit"),
        ("plainte contre karim benali", "karim benali"),
        ("l'enfant lucas dort chez sa tante", "lucas"),
        ("report about emily o’brien", "emily o’brien"),
        ("софія бондаренко, 9 років", "софія бондаренко, 9 років"),
        ("jean-pierre martin, 9 ans", "jean-pierre martin, 9 ans"),
        ("lucas a 9 ans", "lucas a 9 ans"),
        ("lena, neun jahre alt", "lena, neun jahre"),
        ("giulia ha nove anni", "giulia ha nove anni"),
        ("tom, aged nine, said", "tom, aged nine"),
        ("lucas martin 12/03/2015", "lucas martin 12/03/2015"),
        ("barnið eda yilmaz, 9 ára", "eda yilmaz, 9 ára"),
    ],
)
def test_a_name_is_asked_about_even_if_its_capitals_were_left_out(text: str, words: str) -> None:
    assert [(one, hard) for _, one, hard in found(text)] == [(words, False)]


@pytest.mark.parametrize(
    "text",
    [
        "une affiche rose pour les enfants",
        "la pierre claire du tribunal, la grande salle",
        "an iris scan, a ruby ring, mark the page",
        "le projet rose a 9 ans, mark has two years left",
        "una sala rosa para los niños",
        "eigið barn eða annar niðji, 15 ára eða eldra",
    ],
)
def test_words_that_are_first_names_too_are_let_pass(text: str) -> None:
    assert found(text) == []
