"""The thesaurus: what stands in it, what words find through it."""

from __future__ import annotations

from collections import defaultdict

import pytest
from lanzarote.search import thesaurus, turns
from lanzarote.search.asked import GENERAL, LANGUAGES, OFTEN, TALK, TELLING, read, stop_words
from lanzarote.search.thesaurus import Thesaurus, concepts, general_words
from lanzarote.translation.folding import asked_words, fold
from lanzarote.types import Synonyms


def named(question: str) -> list[str]:
    return thesaurus.platform().concepts_of(asked_words(question))


def test_every_concept_has_words_in_every_language_of_the_platform() -> None:
    assert {key: [lang for lang in LANGUAGES if not one.words.get(lang)] for key, one in concepts().items()} == {
        key: [] for key in concepts()
    }
    assert 120 <= len(concepts()) <= 200


def test_no_word_is_in_two_concepts_unless_both_say_so() -> None:
    found = defaultdict(set)
    for key, concept in concepts().items():
        for phrases in concept.words.values():
            for phrase in phrases:
                found[" ".join(asked_words(phrase))].add(key)
    twice = {(key, word) for word, keys in found.items() if len(keys) > 1 for key in keys}
    assert twice == {(key, word) for key, concept in concepts().items() for word in concept.shared}


def test_related_concepts_exist() -> None:
    assert {other for one in concepts().values() for other in one.related} <= concepts().keys()


def test_a_general_word_is_no_word_of_a_telling_concept() -> None:
    telling = {
        " ".join(asked_words(phrase))
        for concept in concepts().values()
        if not concept.general
        for phrases in concept.words.values()
        for phrase in phrases
    }
    assert sorted(general_words() & telling) == []


@pytest.mark.parametrize(
    ("question", "concept"),
    [
        ("Grooming", "grooming"),
        ("sollicitation d'enfants à des fins sexuelles", "grooming"),
        ("pédopornographique", "csam"),
        ("παιδικής πορνογραφίας", "csam"),
        ("Anhörungen", "interview"),
        ("przesłuchania dziecka", "interview"),
        ("skýrslutöku af barni", "interview"),
        ("допиту", "interview"),
        ("obbligo di segnalazione", "mandatory-reporting"),
        ("çocuk izlem merkezleri", "barnahus"),
        ("çocuğun", "child"),
        ("hâkimlerin", "judge"),
        ("avukatı", "lawyer"),
        ("oiliúint múinteoirí", "training"),
        ("extractos de antecedentes penales", "vetting"),
        ("verklaring omtrent het gedrag", "vetting"),
        ("ministério público", "prosecutor"),
    ],
)
def test_words_in_any_form_and_language_name_their_concept(question: str, concept: str) -> None:
    assert concept in named(question)


def test_the_longest_phrase_is_meant() -> None:
    assert named("guardian ad litem") == ["guardian-ad-litem"]
    assert named("signalement de contenus illicites") == ["illegal-content-hotline"]


def test_a_word_of_a_phrase_finds_what_the_phrase_finds_and_itself() -> None:
    [administrator, ad, hoc] = Thesaurus(concepts(), languages=["en"]).alternatives(["administrateur", "ad", "hoc"])
    guardian = ("guardian", "ad", "litem")
    for said in (administrator, ad, hoc):
        assert guardian in [tuple(form[0] for form in phrase) for phrase in said.others]
    assert administrator.written == ("administrateur",)


def test_only_languages_of_the_texts_are_looked_for() -> None:
    [said] = Thesaurus(concepts(), languages=["is"]).alternatives(["barnahus"])
    assert said.others == ((("barnahus", "barnah*"),),)


@pytest.mark.parametrize(
    ("question", "abroad"),
    [
        ("çocuğun avukatı kim", True),
        ("εκπαίδευση επαγγελματιών", True),
        ("comhordú idir gníomhaireachtaí", True),
        ("audition filmée", False),
        ("Barnahus", False),
        ("zinzolin", False),
    ],
)
def test_a_question_is_told_that_is_in_a_language_in_which_no_text_is_written(question: str, abroad: bool) -> None:
    here = Thesaurus(concepts(), languages=["fr", "en"])
    assert {said.abroad for said in here.alternatives(asked_words(fold(question))) if not said.meant} == {abroad}


def test_a_region_adds_words_to_a_concept_or_makes_one() -> None:
    synonyms = {
        "uaped": Synonyms(words={"fr": ("UAPED",)}, concept="barnahus"),
        "crip": Synonyms(words={"fr": ("CRIP", "cellule de recueil")}),
    }
    here = Thesaurus(concepts(), synonyms, ["fr"])
    assert ("uaped",) in [phrase[0][:1] for phrase in here.alternatives(["barnahus"])[0].others]
    assert [tuple(form[0] for form in phrase) for phrase in here.alternatives(["crip"])[0].others] == [
        ("cellule", "recueil"),
        ("crip",),
    ]


def test_words_on_any_subject_and_names_of_places_tell_nothing() -> None:
    here = Thesaurus(concepts(), languages=["fr"], places=["Paris"])
    question = read("prix des écoles, des appartements et des viols à Paris", "fr", here.alternatives)
    assert {group.written[0]: group.tells for group in question.groups} == {
        "prix": GENERAL,
        "ecoles": OFTEN,
        "appartements": TELLING,
        "viols": TELLING,
        "paris": TALK,
    }


def test_no_word_that_stands_in_every_sentence_is_looked_for_alone() -> None:
    looked_for = {
        phrase[0][0] for key in concepts() for phrase in thesaurus.platform().forms_of(key) if len(phrase) == 1
    }
    assert sorted(looked_for & stop_words("en")) == []


@pytest.mark.parametrize(
    ("question", "concept"),
    [
        ("qui défend l'enfant quand ses parents sont accusés", "guardian-ad-litem"),
        ("how many times must a child tell it", "secondary-victimisation"),
        ("Zu spät für eine Anzeige, Jahre danach?", "limitation"),
        ("un medico puede avisar al fiscal sin permiso", "professional-secrecy"),
    ],
)
def test_what_things_mean_together_is_looked_for_as_well(question: str, concept: str) -> None:
    here = thesaurus.platform()
    meant = [said.others for said in here.alternatives(asked_words(fold(question))) if said.meant]
    assert any(set(here.forms_of(concept)) <= set(others) for others in meant)


@pytest.mark.parametrize(
    ("question", "concept"),
    [
        ("une mère accusée perd-elle l'autorité parentale", "guardian-ad-litem"),
        ("how many years in prison for rape", "limitation"),
        ("protección para niños en el juicio", "compensation"),
    ],
)
def test_what_else_is_asked_or_is_small_in_its_language_changes_what_is_meant(question: str, concept: str) -> None:
    here = thesaurus.platform()
    meant = [said.others for said in here.alternatives(asked_words(fold(question))) if said.meant]
    assert not any(set(here.forms_of(concept)) <= set(others) for others in meant)


def test_a_turn_of_speech_names_what_the_thesaurus_or_a_list_knows() -> None:
    known = {*concepts(), *turns._file()["words"]}
    for when, unless, means in turns._turns():
        assert {*unless, *(key for one in when for key in one)} <= known
        assert set(means) <= set(concepts())


def test_words_of_turns_and_of_talk_are_in_every_language() -> None:
    for key, words in turns._file()["words"].items():
        assert set(words) == set(LANGUAGES), key
    assert {lang for lang, _ in thesaurus._talk()} == set(LANGUAGES)
