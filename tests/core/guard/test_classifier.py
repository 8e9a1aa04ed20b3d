"""What the classifier asks about and lets pass in twelve languages, and that it was trained on what lies here."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from lanzarote.guard import check_text, check_texts, classifier, reads_like_disclosure

LANGUAGES = ("fr", "en", "is", "de", "es", "it", "pl", "pt", "ga", "el", "uk", "tr")
RECOGNISABLE = (
    "L’enfant est la nièce du seul notaire de Montbreuil, tout le monde le sait là-bas.",
    "The complainant’s father is the former mayor of Ashwell and still runs the boatyard.",
    "Þolandinn er dóttir eina dýralæknisins í Hólmavík.",
    "Beschuldigt wird der Onkel, der einzige Apotheker in Oberlind.",
    "La víctima es nieta del antiguo alcalde de Torrenueva y vive encima de la panadería.",
    "L’indagato è lo zio della bambina, unico farmacista di Pietralta.",
    "Pokrzywdzona jest córką jedynego weterynarza w Zalesiu.",
    "A vítima é filha do único notário de Vale de Lobos.",
    "Is í an t-íospartach iníon an aon tréidlia amháin i mBaile an Sceilg.",
    "Το θύμα είναι κόρη του μοναδικού φαρμακοποιού στο Μεσοχώρι.",
    "Потерпіла – донька єдиного ветеринара у Вербівці.",
    "Mağdur, Yeşilyurt’taki tek eczacının kızı.",
)
DISCLOSURE = (
    "Je n’en ai jamais parlé à personne, j’avais huit ans et c’était mon entraîneur.",
    "My stepfather comes into my room at night and says it is our secret.",
    "Þjálfarinn minn sagði að ég mætti engum segja frá því sem hann gerði við mig.",
    "Meine Tochter sagt, dass der Nachbar sie angefasst hat, an wen kann ich mich wenden?",
    "Hace treinta años mi tío abusó de mí y nunca se lo conté a nadie.",
    "Un amico di mio figlio ha paura di tornare a casa, il padre gli fa del male.",
    "Boję się wracać do domu, bo wujek znowu tam będzie i robi mi rzeczy, których nie chcę.",
    "O meu treinador pediu-me fotografias e agora diz que as mostra a toda a gente.",
    "Tá eagla orm dul abhaile mar tagann sé isteach i mo sheomra san oíche.",
    "Φοβάμαι να το πω στη μαμά μου, ο θείος με αγγίζει και μου λέει να μη μιλήσω.",
    "Мій вітчим робить зі мною те, чого я не хочу, і каже нікому не розповідати.",
    "Amcam bana dokunuyor ve kimseye söylememem gerektiğini söylüyor.",
)
NEITHER = (
    "Le parquet, l’hôpital et l’école se réunissent quatre fois par an ; le compte rendu est diffusé sous huit jours.",
    "If a child says that somebody hurt them, listen, write down their words and call the social services.",
    "Barnahús tekur á móti börnum af öllu landinu og starfsfólk þess fær handleiðslu tvisvar í mánuði.",
    "Die Lehrkraft hört zu, verspricht keine Geheimhaltung und informiert die Schulleitung am selben Tag.",
    "El protocolo fija quién avisa a la fiscalía y en qué plazo, también si el sospechoso es un familiar.",
    "Il manifesto dice ai ragazzi: non è colpa tua, parlane con un adulto di cui ti fidi.",
    "Szkolenie ukończyło 240 nauczycieli, psychologów i policjantów z trzech województw.",
    "Os avós podem ser ouvidos quando o processo o exige; a criança só é ouvida uma vez.",
    "Bíonn cruinniú ag na páirtithe gach ráithe agus foilsítear na miontuairiscí.",
    "Η υπηρεσία ενημερώνει την εισαγγελία μέσα σε μία ημέρα, όποιος κι αν είναι ο ύποπτος.",
    "Громадська організація проводить для вчителів заняття про те, як вислухати дитину.",
    "Okul, sağlık kuruluşu ve savcılık yılda dört kez ortak bir gündemle toplanır.",
)


@pytest.mark.parametrize("text", RECOGNISABLE, ids=LANGUAGES)
def test_a_sentence_from_which_somebody_may_be_recognised_is_asked_about(text: str) -> None:
    assert [one.hard for one in check_text(text)] == [False]


@pytest.mark.parametrize("text", DISCLOSURE, ids=LANGUAGES)
def test_who_seems_to_need_help_is_noticed(text: str) -> None:
    assert reads_like_disclosure(text)


@pytest.mark.parametrize("text", NEITHER, ids=LANGUAGES)
def test_what_practices_say_is_neither(text: str) -> None:
    assert (check_text(text), reads_like_disclosure(text)) == ((), False)


def test_the_sentence_is_marked_and_the_rest_is_not() -> None:
    before, after = "The partners meet once a term.", "They share their minutes."
    [one] = check_text(f"{before} {RECOGNISABLE[1]} {after}")
    assert (one.start, one.end) == (len(before) + 1, len(before) + 1 + len(RECOGNISABLE[1]))


def test_what_a_rule_finds_hides_no_other_sentence() -> None:
    text = f"{RECOGNISABLE[1]} Léa, 9 ans, est venue. Write to lea.martin@gmail.com."
    codes = {"suspect", "name-with-age", "email"}
    assert {one.code for one in check_text(text)} == {one.code for one in check_texts([("text", text)])} == codes


def test_of_many_sentences_each_has_to_say_more_than_one_that_stands_alone() -> None:
    looks = [classifier.windows("They met. " * many) for many in (1, 2, 8, 16, 64)]
    more = [classifier.more_to_say(len(list(one))) for one in looks]
    assert more[0] == 0
    assert more == sorted(more)
    assert more[2] < more[3] == more[4]


def test_a_sentence_that_was_read_is_judged_the_same_without_being_looked_at_again() -> None:
    text = f"The partners meet once a term. {RECOGNISABLE[1]} They share their minutes."
    found = check_text(text)
    looked_up = classifier._number.cache_info()
    assert check_text(text) == found != ()
    assert classifier._number.cache_info() == looked_up


def test_nobody_is_left_without_a_way_out() -> None:
    assert check_text(RECOGNISABLE[0], guesses=False) == ()


def test_a_full_stop_ends_a_sentence_and_an_abbreviation_none() -> None:
    text = "Dr. Roy met M. Bey at 2.30 p.m. today. They agreed!\nNothing else"
    assert [text[one.start : one.end] for one in classifier.sentences(text)] == [
        "Dr. Roy met M. Bey at 2.30 p.m. today.",
        "They agreed!",
        "Nothing else",
    ]


def test_a_sentence_without_end_is_read_in_parts() -> None:
    words = list(classifier.sentences("mot " * 1_000))
    assert max(one.words for one in words) == classifier.LONGEST_SENTENCE
    assert sum(one.words for one in words) == 1_000


def test_the_weights_follow_from_what_is_here() -> None:
    training = _training()
    assert training.INPUTS.read_text("utf-8").strip() == training.checksum(), "run `python3 dev.py train`"
    assert training.WEIGHTS.stat().st_size == len(classifier.OUTPUTS) << classifier.BITS


@pytest.mark.long
def test_the_same_texts_give_the_same_weights() -> None:
    training = _training()
    assert training.train(training.read()) == training.WEIGHTS.read_bytes()


def test_there_are_texts_of_each_label_in_each_language() -> None:
    texts = _training().read()
    counts = {(lang, label): 0 for lang in LANGUAGES for label in ("soft", "disclosure", "clean")}
    for one in texts:
        counts[one.lang, one.label] += 1
    assert min(counts.values()) >= 200


def _training() -> Any:
    spec = spec_from_file_location("training", Path(__file__).parents[3] / "training" / "train.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["training"] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
