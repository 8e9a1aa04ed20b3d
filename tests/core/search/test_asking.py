"""What a question asks: words in any form, numbers however they are spaced, nothing that stands in every sentence."""

from __future__ import annotations

import pytest
from lanzarote.search.asked import read
from lanzarote.search.paging import Sought
from lanzarote.search.words import Words

PROVISION = "art. L226-2-1 CASF, articles 706-52 et 35.1.a; le 116 000; décret n° 2024-643 du 28 juin 2024"


def asked(question: str, lang: str = "fr") -> list[tuple[str, ...]]:
    return [group.written for group in read(question, lang).groups]


def holds(text: str, question: str, lang: str = "fr") -> bool:
    """Whether *text* holds all of *question*, as it is written."""
    words = Words()
    words.add(text, lang)
    found = words.found | words.far
    first = [group.stages[0] for group in read(question, lang).groups]
    return all(any(all(any(one in found for one in form) for form in phrase) for phrase in some) for some in first)


@pytest.mark.parametrize(
    "number",
    [
        "L. 226-2-1", "l 226 2 1", "226-2-1", "226 2 1", "art. L226-2-1", "article 226-2-1", "art. L. 226-2",
        "706-52", "706 52", "article 706-52", "706", "35.1.a", "article 35", "art. 35.1", "Artikel 35", "άρθρο 35",
        "116 000", "116000", "116.000", "2024-643", "décret n° 2024-643", "décret 2024-643", "2024",
    ],
)  # fmt: skip
def test_a_number_is_found_however_it_is_spaced(number: str) -> None:
    assert holds(PROVISION, number)


@pytest.mark.parametrize("number", ["226-2-2", "L 226 21", "R226-2-1", "706-5", "52", "16 000", "11600", "L706-52"])
def test_a_part_of_a_number_is_another_number(number: str) -> None:
    assert not holds(PROVISION, number)


@pytest.mark.parametrize(
    ("lang", "text", "question"),
    [
        ("fr", "Auditions filmées des mineurs", "audition filmer mineur"),
        ("fr", "Hôpitaux pédiatriques", "hôpital pédiatrique"),
        ("en", "Children are interviewed", "child interviews"),
        ("de", "Anhörungen der Kinder", "Anhörung Kind"),
        ("es", "Las niñas entrevistadas", "niña entrevistar"),
        ("it", "Le vittime ascoltate", "vittima ascoltare"),
        ("pl", "Przesłuchania dzieci", "przesłuchanie"),
        ("el", "Ακροάσεις παιδιών", "ακρόαση παιδιού"),
        ("tr", "Çocukların dinlenmesi", "çocuklar"),
    ],
)
def test_a_word_is_found_in_its_other_forms(lang: str, text: str, question: str) -> None:
    assert holds(text, question, lang)


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("What can a school do when a pupil tells about abuse?", [("school",), ("pupil",), ("abuse",)]),
        ("qui appeler quand un enfant est en danger", [("appeler",), ("enfant",), ("danger",)]),
        ("¿Dónde puedo denunciar?", [("denunciar",)]),
        ("que faire", [("que",), ("faire",)]),
        ("l'enfant à l'AP-HP", [("enfant",), ("ap",), ("hp",)]),
        ("A.P.H.P.", [("aphp",)]),
        ("art. 35 de la Convention", [("art. 35",), ("convention",)]),
        ("?!", []),
    ],
)
def test_words_of_every_sentence_count_for_nothing_unless_there_is_nothing_else(
    question: str, left: list[tuple[str, ...]]
) -> None:
    assert asked(question) == left


def test_what_is_found_is_marked_in_any_form() -> None:
    def marked(question: str, text: str, lang: str = "fr") -> list[str]:
        sought = Sought([group.stages[0] for group in read(question, lang).groups])
        return [piece for piece, found in sought.mark(text, lang) if found]

    assert marked("audition filmée", "Auditions filmées, auditrice") == ["Auditions", "filmées"]
    assert marked("aphp", "L’AP‑HP, l’A.P.-H.P. et APHP2") == ["AP‑HP", "A.P.-H.P"]
    assert marked("116000 l226-2-1", "le 116 000, art. L226-2-1, 1160001") == ["116 000", "L226-2-1"]
    assert marked("viol", "violence, viols") == ["viols"]
