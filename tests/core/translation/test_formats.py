"""Dates, numbers, lists, names and texts as a reader expects them."""

from __future__ import annotations

from datetime import date

import pytest
from babel import Locale, localedata
from lanzarote.translation import (
    direction,
    format_date,
    format_list,
    format_number,
    format_partial_date,
    language_name,
    pick,
    sort_key,
)


@pytest.mark.parametrize(
    ("value", "lang", "text"),
    [
        ("2014", "fr", "2014"),
        ("2014-06", "fr", "juin 2014"),
        ("2014-06-02", "fr", "2 juin 2014"),
        ("2010-07-01", "fr", "1er juillet 2010"),
        ("2011-11-11", "fr", "11 novembre 2011"),
        (date(2014, 6, 2), "en", "2 June 2014"),
        ("2014-06", "en", "June 2014"),
        ("2014-06", "uk", "червень 2014\u202fр."),
        ("2014-06-02", "el", "2 Ιουνίου 2014"),
        ("2014-06-02", "tlh", "2 June 2014"),
    ],
)
def test_a_date_says_as_much_as_is_known(value: str | date, lang: str, text: str) -> None:
    assert format_partial_date(value, lang).replace("\xa0", "\u202f") == text


@pytest.mark.parametrize("value", ["", "14", "2014-13", "2014-02-30", "2014-6", "soon", "2014-06-02-01", "x" * 10_000])
def test_what_is_no_date_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="is not a date such as"):
        format_partial_date(value, "fr")


def test_formats_follow_the_language() -> None:
    assert format_date(date(2026, 11, 24), "fr") == "24 novembre 2026"
    assert format_number(1234567.5, "fr") == "1\u202f234\u202f567,5"
    assert format_number(1234567.5, "en") == "1,234,567.5"
    assert format_list(["la police", "l’école", "l’hôpital"], "fr") == "la police, l’école et l’hôpital"
    assert format_list(["police", "school"], "en", "or") == "police or school"
    assert format_list([], "en") == ""


@pytest.mark.parametrize(
    ("code", "lang", "name"),
    [("fr", "fr", "français"), ("uk", "en", "Ukrainian"), ("pt-BR", "en", "Portuguese (Brazil)"), ("zz", "en", "zz"),
     ("../x", "en", "../x")],
)  # fmt: skip
def test_a_language_is_named_in_the_readers_language(code: str, lang: str, name: str) -> None:
    assert language_name(code, lang) == name


@pytest.mark.parametrize(
    ("lang", "names"),
    [
        ("fr", ["école", "Économie", "élan", "Eric", "Zoé"]),
        ("sv", ["Anna", "Zorn", "Åsa", "Ärla", "Öst"]),
        ("da", ["Anna", "Zoe", "Ærø", "Østerbro", "Ådal"]),
        ("pl", ["lato", "luty", "Łódź", "Zamek", "źle", "żaba"]),
        ("es", ["nota", "nube", "ñandú", "oso"]),
        ("tr", ["hız", "ırk", "Islak", "izin", "İzmir", "jilet"]),
        ("uk", ["гай", "ґанок", "Дніпро", "екран", "Європа", "жінка", "ім'я", "йод", "кава"]),
        ("is", ["Akureyri", "Álfta", "Borg", "Þór", "Ögur"]),
        ("de", ["Ärger", "Arzt", "Bär"]),
    ],
)
def test_names_are_sorted_as_in_the_alphabet_of_the_language(lang: str, names: list[str]) -> None:
    mixed = names[::-1]
    assert sorted(mixed, key=lambda name: sort_key(name, lang)) == names


def test_the_readers_language_comes_first_then_the_original_then_the_order_then_any() -> None:
    text = {"uk": "Осередок", "en": "Unit", "fr": "Cellule"}
    assert pick(text, "en", original="fr") == ("Unit", "en")
    assert pick(text, "de", original="fr") == ("Cellule", "fr")
    assert pick(text, "de", original="es", order=("pl", "en")) == ("Unit", "en")
    assert pick(text, "de") == ("Осередок", "uk")


def test_an_empty_text_is_never_picked_while_another_has_words() -> None:
    assert pick({"fr": "", "en": " ", "uk": "Осередок"}, "fr", original="en") == ("Осередок", "uk")
    assert pick({}, "fr") == ("", "fr")


@pytest.mark.parametrize(
    ("lang", "way"),
    [("fr", "ltr"), ("ar", "rtl"), ("he-IL", "rtl"), ("az-Arab", "rtl"), ("ur-Latn", "ltr"), ("", "ltr")],
)
def test_direction_follows_the_script(lang: str, way: str) -> None:
    assert direction(lang) == way


def test_babel_keeps_nothing_of_a_language_that_is_only_named_in_itself() -> None:
    named = {"sq": "shqip", "mk": "македонски", "az": "azərbaycan", "hy": "հայերեն", "mt": "Malti"}
    for code in named:
        localedata._cache.pop(code, None)  # another test may have asked Babel
    assert {code: language_name(code, code) for code in named} == named
    assert localedata._cache.keys().isdisjoint(named)
    assert {code: Locale.parse(code).get_display_name(code) for code in named} == named
