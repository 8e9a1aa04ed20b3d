"""Dates of birth, those without a word of birth beside a name, and the dates that are nobody's."""

from __future__ import annotations

import pytest

from tests.core.guard.finding import found

BIRTHS = [
    "L’élève est né le 3 mars 2012 à Lyon.",
    "Elle est née le 1er mars 2012.",
    "Date de naissance : 03/03/2012",
    "DDN 3.3.2012",
    "NE LE 3 MARS 2012",
    "She was born on 3 March 2012.",
    "He was born on March 3, 2012.",
    "DOB: 2012-03-03",
    "geboren am 3. März 2012",
    "geb. 03.03.2012",
    "nacida el 3 de marzo de 2012",
    "nata a Roma il 3 marzo 2012",
    "nascido em 3 de março de 2012",
    "geboren op 3 maart 2012",
    "urodzona 3 marca 2012",
    "ur. 03.03.2012",
    "născută la 3 martie 2012",
    "γεννήθηκε στις 3 Μαρτίου 2012",
    "народилася 3 березня 2012 року",
    "родился 03.03.2012",
    "03.03.2012 г.р.",
    "född den 3 mars 2012",
    "fædd 3. mars 2012",
    "2012. március 3-án született",
    "3 Mart 2012 doğumlu",
    "დაიბადა 3 მარტი 2012",
]


@pytest.mark.parametrize("text", BIRTHS)
def test_a_full_date_of_birth_is_stopped_in_every_language(text: str) -> None:
    assert [(code, hard) for code, _, hard in found(text)] == [("birth-date", True)]


def test_the_date_itself_is_pointed_at() -> None:
    assert found("Il est né le 3 mars 2012 à Lyon.") == [("birth-date", "3 mars 2012", True)]


def test_a_body_may_be_born_on_a_day() -> None:
    assert found("L’association est née le 3 mars 1998.") == []
    assert found("L’enfant suivi par l’association est né le 3 mars 2012.") == [("birth-date", "3 mars 2012", True)]


def test_children_born_after_a_day_are_counted_and_not_named() -> None:
    assert found("Les enfants nés après le 1er janvier 2016 ne sont pas concernés.") == []
    assert found("Children born on or after 1 January 2016 are covered.") == []


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("F. nac.: 3.3.2012", "3.3.2012"),
        ("(b. March 3, 2012)", "3, 2012"),
        ("Er kam am 3.3.2012 zur Welt", "3.3.2012"),
        ("Jonas (*3.3.2012)", "3.3.2012"),
        ("3/3/2012 (date de naissance)", "3/3/2012"),
        ("ELLE EST NEE LE 3 MARS 2012", "3 MARS 2012"),
        ("Date de naissance\n03 03 2012", "03 03 2012"),
        ("né le 3.III.2012", "3.III.2012"),
    ],
)
def test_a_date_of_birth_is_stopped_however_it_is_announced(text: str, date: str) -> None:
    assert found(text) == [("birth-date", date, True)]


@pytest.mark.parametrize(
    "text",
    [
        "L’unité est née en 2003.",
        "Le protocole ne prend effet que lundi 3 mars 2012.",
        "NATO, 3 March 2012",
        "Un enfant est né. Le protocole date du 3 mars 2012.",
        "Born in Paris, the method was described on two pages.",
    ],
)
def test_other_dates_are_let_pass(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Lucas Martin 12/03/2015",
        "Emma Petit – 3 mai 2014",
        "Lucas Martin, le 3 mars 2015",
        "Lena Weber, am 3. März 2015",
        "Emily Jones, May 3, 2014",
        "Anna Kowalska 3 maja 2014",
        "Ελένη Γεωργίου 3 Μαΐου 2014",
        "Софія Бондаренко, 3 травня 2014",
    ],
)
def test_a_name_beside_a_full_date_is_asked_about(text: str) -> None:
    assert found(text) == [("birth-date", text, False)]


@pytest.mark.parametrize(
    "text",
    [
        "Paris, 12 mars 2019",
        "Signé par Lucas Martin, 12/03/2015",
        "Le juge Lucas Martin, 12/03/2019",
        "M. Lucas Martin, 12 mars 2015",
        "La loi Marie Mercier, 3 août 2018",
        "Victor Hugo, 26/02/1802",
        "le rapport de Nathalie Bondy, 17 novembre 2023",
        "Bericht von Lena Weber, 3. März 2015",
        "L’étude d’Anne Tursz, 3 mars 2015",
        "Réunion avec Marie Dupont, le 3 mars 2015",
    ],
)
def test_a_date_of_what_somebody_signed_is_let_pass(text: str) -> None:
    assert found(text) == []


def test_a_report_about_somebody_is_not_theirs() -> None:
    text = "rapport sur Lucas Martin, 12 mars 2015"
    assert found(text) == [("birth-date", "Lucas Martin, 12 mars 2015", False)]
