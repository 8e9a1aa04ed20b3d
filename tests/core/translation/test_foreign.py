"""A text in another language than its page: a string like any other, that says so in HTML."""

from __future__ import annotations

import pytest
from lanzarote.translation import Foreign, as_text, date_told, in_language, lang_mark, plain
from lanzarote.web.templating import Place
from markupsafe import Markup, escape


def test_it_is_the_string_it_is() -> None:
    text = Foreign("Menu", "en", "uk")
    assert text == "Menu"
    assert {text: 1} == {"Menu": 1}
    assert type(plain(text)) is str


def test_a_text_in_the_language_of_the_page_or_without_words_is_no_other() -> None:
    assert type(in_language("Menu", "en", "en")) is str
    assert type(in_language("2014 – 119", "fr", "uk")) is str
    assert str(escape(in_language("Menu", "en", "uk"))) == '<span lang="en">Menu</span>'


def test_what_fills_it_is_in_the_language_of_the_page_unless_it_says_otherwise() -> None:
    text = Foreign("%(n)s by %(a)s, %(b)s, %(c)s: 100 %%", "en", "uk")
    told = text % {"n": 3, "a": "Ім’я", "b": Foreign("Nom", "fr", "uk"), "c": Markup("<i>c</i>")}
    assert told == "3 by Ім’я, Nom, c: 100 %"
    inside = '3 by <span lang="uk">Ім’я</span>, <span lang="fr">Nom</span>, <i>c</i>: 100 %'
    assert str(escape(told)) == f'<span lang="en">{inside}</span>'


NAME = Foreign("Nom", "fr", "uk")


@pytest.mark.parametrize(
    ("value", "mark"),
    [
        (NAME, ' lang="fr"'),
        (escape(NAME), ' lang="fr"'),
        (Markup("{} – {}").format(NAME, NAME), ' lang="fr"'),
        (Markup("35 – {} (1)").format(NAME), ' lang="fr"'),
        (Markup("{} – {}").format(Foreign("In", "en", "uk"), Foreign("Nom de lieu", "fr", "uk")), ' lang="fr"'),
        (Markup("{} – {}").format(NAME, "Вигаданий край"), ""),
        (escape(Foreign("By %(who)s, or so", "en", "uk") % {"who": "Ім’я"}), ' lang="en"'),
        ("Ім’я", ""),
        (Markup("Ім’я"), ""),
        ("", ""),
        (7, ""),
    ],
)
def test_an_element_for_words_only_is_in_the_language_that_most_of_them_are_in(value: object, mark: str) -> None:
    assert lang_mark(value) == mark


@pytest.mark.parametrize(
    ("html", "holds"),
    [
        ("", "elements"),
        ("<p>a > b", "elements"),
        ("<!doctype html><br/>", "elements"),
        ("<h", ""),
        ("</", ""),
        ("<p", ""),
        ("<p id=x ", ""),
        ("<p title='", "words"),
        ("<p title=\"it's ", "words"),
        ('<p title="a>b" ', ""),
        ('<p title = "', "words"),
        ('<p aria-label="', "words"),
        ('<p data-what="', ""),
        ('<p aria-labelledby="', ""),
        ('<a href="', ""),
        ('<a href="x">', "elements"),
        ("<title>", "words"),
        ("<TITLE lang='x'>a<b", "words"),
        ("<title>a</title>", "elements"),
        ("<titles>", "elements"),
        ("<svg><title/>", "elements"),
        ("<option selected>", "words"),
        ("<script>a</b>", ""),
        ("<script></script>", "elements"),
    ],
)
def test_the_place_of_the_next_word_is_known(html: str, holds: str) -> None:
    whole, in_pieces = Place(), Place()
    whole.read("<!-- <a title=' -->")
    whole.read(html)
    for piece in html.partition(" "):
        in_pieces.read(piece)
    for place in (whole, in_pieces):
        assert ("elements" if place.holds_elements else "words" if place.holds_words else "") == holds


def test_a_file_gets_words_with_their_blanks_and_no_marks() -> None:
    told = Markup('Qui\u202f? <span lang="fr">art.\u00a010 &amp; 11\u202f;</span>  «\u202foui\u202f»')
    assert as_text(told) == "Qui\u202f? art.\u00a010 & 11\u202f;  «\u202foui\u202f»"
    assert as_text("<b>\u202f!") == "<b>\u202f!"
    assert type(as_text(Foreign("Menu", "en", "uk"))) is str


def test_a_day_that_goes_into_a_file_is_a_string_like_any_other() -> None:
    assert type(plain(date_told("2031-05", "fr"))) is str
