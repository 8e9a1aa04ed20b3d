"""What holds whatever is looked for: places, disguises, reasons, clean texts, time. Everybody here is invented."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lanzarote.guard import REASONS, check_text, explain
from lanzarote.guard.normalise import plain
from lanzarote.translation import Translations, Translator
from lanzarote.translation.po import Entry

from tests.core.guard.finding import found


@pytest.mark.parametrize(
    "text",
    [
        "Nir 2 95\u00a010 99\u202f126 111 93",
        "Nir 2 95 10\n99 126 111 93",
        "Nir 2\u200b95\u00ad10 99 126 1\u200d11 93",
        "Nir ２ ９５ １０ ９９ １２６ １１１ ９３",
        "Nir ٢ ٩٥ ١٠ ٩٩ ١٢٦ ١١١ ٩٣",
        "Nir 2  95  10  99  126  111  93",
        "lea.mаrtin@gmail.com",  # the first a is Cyrillic
        "lea\u200b.martin@gmail.com",
        "lea.martin＠gmail.com",
        "nе\u0301 le 3 mars 2012",  # e is Cyrillic, its accent a character of its own
        "né\u2060 le ３\u00a0mars\n2012",
        "0\u00ad6 12 34 56 78",
    ],
)
def test_signs_that_nobody_sees_and_letters_that_look_alike_hide_nothing(text: str) -> None:
    [concern] = check_text(text, identifiers=["fr.nir"])
    assert concern.hard
    assert text[concern.start : concern.end].strip() == text[concern.start : concern.end]


@given(st.text(alphabet="aé 0\u200b\u00ad\u00a0\n\te\u0301а１@."))
def test_every_place_of_a_plain_text_is_one_of_the_text_as_written(text: str) -> None:
    read = plain(text)
    for place in range(len(read.text)):
        start, end = read.span(place, place + 1)
        assert 0 <= start < end <= len(text)
        if text[start].isdecimal():
            assert read.text[place] == str(unicodedata.decimal(text[start]))


def test_only_what_is_stopped_is_told_when_nothing_else_is_asked_for() -> None:
    text = "Léa, 9 ans, né le 3 mars 2012"
    assert [concern.code for concern in check_text(text)] == ["name-with-age", "birth-date"]
    assert [concern.code for concern in check_text(text, only_hard=True)] == ["birth-date"]


# Sentences as practices, law and directories have them; none may be held up.
CLEAN = [
    "Un protocole du 2 juin 2014 entre le parquet de Paris, la Préfecture de police et l'AP-HP a créé une cellule.",
    "Réunions prévues les 12/03/2019, 2019-06-02 et 02.09.2019 ; bilan 2013-2014 puis 2018/2019.",
    "54 signalements en 2013, 57 % suivis d'une requête, 1 000 enfants examinés par an de 2003 à 2006.",
    "Articles 226-14, 434-3 et 706-47 à 706-53 du code de procédure pénale ; L. 226-2-1 du CASF ; art. 10.3 et 35.2.",
    "LEGITEXT000006070719, LEGIARTI000043409030, JORFTEXT000000886460, JORF n° 0252 du 29 octobre 2011.",
    "https://www.legifrance.gouv.fr/loda/id/JORFTEXT000000886460/2025-11-06/",
    "https://example.org/doc/295109912611194/36805280109.pdf?id=44051401359&x=01013099997",
    "doi:10.1016/j.chiabu.2014.10.024, ISBN 978-2-11-145123-4, ISBN 9782111451234, ISSN 0145-2134",
    "Appelez le 119, le 3018, le 116 000, le 116 111, le 17 ou le 112, gratuits 24 h/24 et 7 j/7.",
    "Standard 01 42 76 40 40, numéro vert 0 800 05 12 34, +33 1 42 76 40 40, 0033 1 42 76 40 40.",
    "SIREN 775 671 356, SIRET 775 671 356 00015, FR-75C, NUTS FR101, CETS 201, IBAN FR76 3000 6000 0112 3456 7890 189.",
    "7,4 millions d'euros en 2024 ; 145 unités dans 98 départements ; 12 345 678 901 vues ; 0.36805280109.",
    "Law no. 2010-608 of 7 June 2010, Decree no. 2011-1385; Directive 2011/93/EU.",
    "CELEX 32011L0093; ECLI:FR:CCASS:2019:CR00123",
    "Children (0-15 when opened; announced for under-18s), 9 to 17 years old; a child of nine; une enfant de 9 ans.",
    "L'unité, ouverte à Armand-Trousseau en septembre 2003, examine les enfants ; elle a 15 ans en 2018.",
    "Convention signée le 3 mars 2012 et née d'un travail commun ; naissance du projet en 2009.",
    "Écrire à contact@exemple.fr ou à dpo@exemple.fr ; @ville sur les réseaux.",
    "Проєкт діє з 2 червня 2014 року; телефон 116 111; 1 000 дітей; ст. 152 КК.",
    "Το πρωτόκολλο υπογράφηκε στις 2 Ιουνίου 2014· τηλέφωνα 116 000 και 1056.",
    "J.-C. Martin school, St. Mary's school, M. le proviseur du lycée, É. Zola, C. Freinet : écoles.",
    "Version 3.11.7, 10:30-12:45, 2026-11-24T15:42:00Z, 550e8400-e29b-41d4-a716-446655440000",
]


@pytest.mark.parametrize("text", CLEAN)
def test_what_practices_are_made_of_is_let_pass(text: str) -> None:
    assert found(text, "fr.nir") == []


def test_several_findings_come_in_the_order_of_the_text() -> None:
    text = "Tom (12), né le 03/03/2012, 295109912611193, tom.martin@gmail.com"
    assert [c.code for c in check_text(text)] == ["name-with-age", "birth-date", "personal-number", "email"]


def test_every_reason_is_told_in_the_writers_language() -> None:
    french = Translator("fr", [Entry(id=REASONS["email"], forms=["Une adresse."])])
    assert explain("email", french) == "Une adresse."
    english = Translations([]).translator("en")
    samples = [
        "295109912611193",
        "FR76 3000 6000 0112 3456 7890 189",
        "né le 3/3/2012",
        "a.b@x.example",
        "vk.com/id12345678",
        "06 12 34 56 78",
        "Tom (12)",
        "T., école",
        "L’enfant habite 3 rue Basse",
        "la victime Léa",
        "Son oncle est le seul notaire de Montbreuil, tout le monde le sait là-bas.",
        "Le moniteur de voile de Vaudrey, soupçonné par trois familles, est suspendu.",
        "La photographie montre les jumeaux de la ferme devant le lavoir de Brécy.",
    ]
    assert [explain(check_text(text)[0].code, english) for text in samples] == list(REASONS.values())


@example("1.2@a.b")
@example("Identifiant de la mère : 8507300337E, 18507300337001E")
@given(st.text() | st.text(alphabet="0123456789 .-/@+(),AbÉnée"))
def test_no_text_breaks_the_guard(text: str) -> None:
    for concern in check_text(text, identifiers=["fr.nir", "ar.cuit"]):
        assert 0 <= concern.start < concern.end <= len(text)


@pytest.mark.parametrize("hostile", ["1 ", "1", "1111111 ", "a@", "A.", "né 3 mars ", "Tom (", "a.a@a."])
def test_a_hostile_text_takes_no_longer_than_its_length(hostile: str) -> None:
    def cost(length: int) -> float:
        text = hostile * (length // len(hostile))
        started = time.process_time()
        check_text(text)
        return time.process_time() - started

    cost(1_000)  # what is compiled once is compiled now
    assert cost(100_000) < 30 * cost(10_000) + 0.3, "ten times the text, not a hundred times the work"
