"""Words are found however they are written."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lanzarote.translation.folding import (
    Finder,
    Span,
    asked_words,
    bare,
    excerpt,
    fold,
    found_by,
    mark,
    spelt,
    without_elisions,
    words,
)

SAME = [
    ("accents", "éducation surveillée à l'école", "EDUCATION SURVEILLEE A L'ECOLE"),
    ("accents typed apart", "e\u0301cole", "école"),
    ("Greek tonos", "παιδί", "παιδι"),
    ("Greek diaeresis with tonos", "προΐσταμαι", "προισταμαι"),
    ("Greek capitals", "ΚΑΚΟΠΟΊΗΣΗ", "κακοποίηση"),
    ("final sigma", "ΠΡΌΛΗΨΗΣ", "πρόληψης"),
    ("lunate sigma", "πρόληψηϲ", "πρόληψης"),
    ("Cyrillic ё", "ребёнок", "РЕБЕНОК"),
    ("Cyrillic й", "случай", "случаи"),
    ("Ukrainian apostrophes", "об’єкт", "об'єкт"),
    ("Ukrainian letter apostrophe", "обʼєкт", "об'єкт"),
    ("Polish ł", "Łódź", "lodz"),
    ("German ß", "Straße", "STRASSE"),
    ("German capital ẞ", "STRAẞE", "strasse"),
    ("Turkish ı", "ısırık", "isirik"),
    ("Turkish İ", "İSTANBUL", "istanbul"),
    ("Georgian capitals", "ᲑᲐᲕᲨᲕᲘ", "ბავშვი"),
    ("old Georgian capitals", "ႡႠႥႸႥႨ", "ბავშვი"),
    ("French ligature", "mise en œuvre", "mise en oeuvre"),
    ("Danish and Icelandic letters", "Ærø, Þórður, Đorđe", "aero, thordur, dorde"),
    ("Sami and Maltese letters", "Ŋ Ħal", "n hal"),
    ("Azerbaijani ə", "Əliyev", "eliyev"),
    ("typographic ligatures", "oﬃce ﬁlm ﬂux", "office film flux"),
    ("Armenian ligature", "և", "եւ"),
    ("Catalan middle dot", "COL·LECTIU", "collectiu"),
    ("Catalan l with dot", "coŀlectiu", "collectiu"),
    ("typographic apostrophe", "l’enfant", "l'enfant"),
    ("dashes and fixed spaces", "médico\u2011judiciaire\u00a0!", "medico-judiciaire !"),
    ("soft hyphen and zero width space", "maltrai\u00adtan\u200bce", "maltraitance"),
    ("full width and Arabic figures", "１１９ ١١٩", "119 119"),
]


@pytest.mark.parametrize(("written", "asked"), [pair[1:] for pair in SAME], ids=[pair[0] for pair in SAME])
def test_two_spellings_of_one_word_fold_alike(written: str, asked: str) -> None:
    assert fold(written) == fold(asked)


@pytest.mark.parametrize(("one", "other"), [("mère", "mare"), ("суд", "сад"), ("παιδί", "πόδι"), ("ბავშვი", "ბავშვს")])
def test_different_words_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_vowel_signs_of_indic_scripts_are_letters() -> None:
    assert fold("कु") != fold("क")


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="lL·\u0301\u00ad´ŀßœȧИй’'` "))
def test_folding_twice_is_folding_once_where_letters_meet(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_a_text_folds_as_its_parts_do(text: str) -> None:
    """The short cuts for one-byte alphabets give what the general way gives."""
    assert "".join(map(fold, text)).replace("·", "") == fold(text).replace("·", "")


def test_every_character_of_an_alphabet_folds_to_a_fixed_point() -> None:
    changed = [c for c in map(chr, range(0x3000)) if fold(fold(c)) != fold(c)]
    assert changed == []


@given(st.text())
def test_decomposed_text_folds_like_composed(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(st.one_of(st.text(), st.text(alphabet="éœßİl· ’\u0301\u00adйა")))
def test_every_folded_character_knows_where_it_comes_from(text: str) -> None:
    """Each is marked by itself; what is marked folds to what was found."""
    folded = fold(text)
    for place, char in enumerate(folded):
        found: list[Span] = [(place, place + 1, 1)]
        marked = [piece for piece, is_marked in mark(text, lambda _, found=found: found) if is_marked]  # type: ignore[misc]
        assert all(char in fold(piece) for piece in marked)


def test_words_are_split_at_apostrophes_and_hyphens() -> None:
    assert words("L’enfant, l'article 226-14 : sous_sol") == ["l", "enfant", "l", "article", "226", "14", "sous", "sol"]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("AP-HP", "aphp"),
        ("à l’AP‑HP, Paris", "aphp"),
        ("A.P.H.P.", "aphp"),
        ("l'A.P.-H.P.", "aphp"),
        ("co–opération", "cooperation"),
        ("e-mail", "email"),
        ("covid-19", "covid19"),
        ("aujourd’hui", "aujourdhui"),
        ("об’єднання", "обєднання"),
        ("п’ять", "пять"),
    ],
)
def test_a_compound_is_also_found_in_one_piece(text: str, whole: str) -> None:
    assert [word for word in found_by(text) if word not in words(text)] == [whole]
    assert set(words(text)) <= set(found_by(text))


@pytest.mark.parametrize(
    "text",
    [
        "l’enfant, qu’il, lorsqu’elle",
        "article 226-14",
        "10.3",
        "fin. Début",
        "un - deux",
        "a---b",
        "sous_sol",
        "mot",
        "",
    ],
)
def test_what_is_no_compound_is_not_joined(text: str) -> None:
    assert found_by(text) == words(text)


@pytest.mark.parametrize("asked", ["A.P.H.P.", "a.p.h.p", "l’A.P.-H.P."])
def test_initials_are_asked_as_one_word(asked: str) -> None:
    assert asked_words(asked)[-1] == "aphp"


@given(st.text(alphabet="abEé1'’-.· _"))
def test_what_is_marked_is_what_was_found(text: str) -> None:
    """Every word a text is found by is marked in it, from its beginning, even in one piece where it is a compound."""
    for word in found_by(text):
        marked = [piece for piece, is_marked in mark(text, beginning([word])) if is_marked]
        assert any(other.startswith(word) for piece in marked for other in found_by(piece))


@given(st.text(alphabet=st.characters()))
def test_no_query_raises(text: str) -> None:
    assert all(word == fold(word) for word in asked_words(text))


def beginning(terms: list[str]) -> Finder:
    """Finds the words, or compounds, that begin with one of *terms*."""
    asked = sorted({word for term in terms for word in words(term)}, key=lambda word: (-len(word), word))
    pattern = re.compile(f"(?:{'|'.join(f'({spelt(word)})' for word in asked)})[^\\W_]*")

    def find(folded: str) -> list[Span]:
        if not any(word in bare(folded) for word in asked):
            return []
        return [(*match.span(), match.lastindex or 0) for match in pattern.finditer(without_elisions(folded))]

    return find


@pytest.mark.parametrize(
    ("text", "term", "marked"),
    [
        ("La mise en œuvre commence", "oeuvre", ["œuvre"]),
        ("E\u0301COLE et école", "ecole", ["E\u0301COLE", "école"]),
        ("Le cafe\u0301.", "cafe", ["cafe\u0301"]),
        ("maltrai\u00adtance et MALTRAITANCES", "maltraitance", ["maltrai\u00adtance", "MALTRAITANCES"]),
        ("ΠΑΙΔΙΆ και παιδί", "παιδι", ["ΠΑΙΔΙΆ", "παιδί"]),
        ("el COL·LECTIU", "collectiu", ["COL·LECTIU"]),
        ("STRAẞE, Straßen", "strasse", ["STRAẞE", "Straßen"]),
        ("ᲑᲐᲕᲨᲕᲘ", "ბავშვი", ["ᲑᲐᲕᲨᲕᲘ"]),
        ("enfants, refaire", "fa", []),
        ("À l’AP‑HP, l’A.P.-H.P. et APHP-Nord", "aphp", ["AP‑HP", "A.P.-H.P", "APHP"]),
        ("l’AP-HP", "ap", ["AP"]),
        ("e-mails, mail", "email", ["e-mails"]),
        ("l’avis ; lavis", "lavis", ["lavis"]),
        ("qu’elles, quelles", "quelle", ["quelles"]),
        ("l’article 10.3, page 103", "103", ["103"]),
    ],
)
def test_the_original_word_is_marked(text: str, term: str, marked: list[str]) -> None:
    pieces = mark(text, beginning([term]))
    assert [piece for piece, is_marked in pieces if is_marked] == marked
    assert "".join(piece for piece, _ in pieces) == text


@given(st.text(alphabet="aéœßl· ’\u0301\u00adйა½"), st.lists(st.text(max_size=3), max_size=3))
def test_marking_never_changes_the_text(text: str, terms: list[str]) -> None:
    assert "".join(piece for piece, _ in mark(text, beginning(terms))) == text


def test_a_snippet_shows_where_most_words_are_asked_for() -> None:
    text = "Rien ici sur le sujet. " * 40 + "Le protocole d’audition protège l’enfant." + " Suite du texte." * 40
    pieces = excerpt(text, beginning(["audition", "protocole"]), width=120)
    assert [piece for piece, marked in pieces if marked] == ["protocole", "audition"]
    assert pieces[0] == ("… ", False)
    assert pieces[-1] == (" …", False)
    assert len("".join(piece for piece, _ in pieces)) <= 120 + 40


def test_a_short_text_is_its_own_snippet() -> None:
    assert excerpt("Un été.", beginning(["rien"])) == [("Un été.", False)]


def test_a_snippet_is_cut_between_words() -> None:
    text = "anticonstitutionnellement " * 30
    shown = "".join(piece for piece, _ in excerpt(text, beginning([]), width=100)).removesuffix(" …")
    assert set(shown.split()) == {"anticonstitutionnellement"}
