"""Writers are asked to spell out what readers elsewhere do not know, and nothing is stopped."""

from __future__ import annotations

from typing import Any

import lanzarote_abbreviations
import pytest
from lanzarote import Concern
from lanzarote.plugins import Candidate, Host
from lanzarote.types import Improvement, ImprovementText, Organisation, PracticeSheet
from lanzarote_abbreviations import MOST, check_improvement, check_practice, check_stakeholder
from lanzarote_abbreviations.finding import abbreviations, spelt_out, unexplained

SPELT_OUT = "L’aide sociale à l’enfance (ASE) décide."


def sheet(text: dict[str, Any], **more: Any) -> PracticeSheet:
    import msgspec

    return msgspec.convert({"original": "fr", "text": text} | more, PracticeSheet)


def told(new: PracticeSheet) -> list[tuple[str, str]]:
    """Where, and which."""
    return [(one.field, one.text["fr"].split("«\u202f")[1].split("\u202f»")[0]) for one in check_practice(new)]


def test_the_package_checks_practices_the_directory_and_improvements() -> None:
    host = Host([Candidate(name="abbreviations", module=lanzarote_abbreviations.__name__)]).ask_all()
    [package] = host.packages
    assert (package.hooks, package.fault) == (("check_improvement", "check_practice", "check_stakeholder"), "")
    assert set(package.about) == {"en", "fr"}


def test_an_abbreviation_that_nothing_spells_out_is_told_once_where_it_stands_first() -> None:
    new = sheet({"fr": {"title": "Un", "summary": "Saisir la CRIP.", "activities": "La CRIP écoute."}})
    assert told(new) == [("text.fr.summary", "CRIP")]


def test_an_improvement_is_read_as_well() -> None:
    text = {"fr": ImprovementText(title="Un registre", proposal="Saisir la CRIP."), "en": ImprovementText(title="One")}
    new = Improvement(original="fr", text=text, note={"fr": "Vu avec l’ASE."})
    assert [one.field for one in check_improvement(new)] == ["text.fr.proposal", "note.fr"]


def test_it_warns_and_never_blocks_in_french_and_english() -> None:
    [concern] = check_practice(sheet({"fr": {"summary": "Saisir la CRIP."}}))
    assert (concern.level, concern.code, set(concern.text)) == ("warn", "abbreviation", {"en", "fr"})
    assert "CRIP" in concern.text["en"]


@pytest.mark.parametrize("field", ["title", "summary", "limits"])
def test_any_text_of_the_language_may_spell_it_out(field: str) -> None:
    assert told(sheet({"fr": {"activities": "Saisir l’ASE.", field: SPELT_OUT}})) == []


def test_a_text_in_another_language_does_not_spell_it_out_for_this_one() -> None:
    new = sheet({"fr": {"title": SPELT_OUT}, "en": {"title": "How the ASE decides"}})
    assert told(new) == [("text.en.title", "ASE")]


def test_what_stands_beside_the_texts_is_read_too() -> None:
    new = sheet(
        {"fr": {"title": "Un"}},
        partners=[{"sector": "courts", "side": "public", "part": {"fr": "Le TPE juge."}}],
        evidence=[{"text": {"fr": "Vu par l’ONPE."}}],
        note={"fr": "Dit la DGCS."},
        answers={"funding": {"fr": "La CAF paie."}},
    )
    assert [place for place, _ in told(new)] == [
        "partners[0].part.fr",
        "evidence[0].text.fr",
        "note.fr",
        "answers.funding.fr",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("L’UAPED accueille, la CRIP évalue.", ["UAPED", "CRIP"]),
        ("L’AP-HP et l’A.S.E. décident.", ["AP-HP"]),
        ("Deux UAPEDs ouvrent.", ["UAPED"]),
        ("Ο ΕΦΚΑ αποφασίζει.", ["ΕΦΚΑ"]),
        ("Рішення ДСД у Києві.", ["ДСД"]),
        ("ՀՀ ԿԳՄՍ նախարարություն։", ["ՀՀ", "ԿԳՄՍ"]),
        ("Un accord UE, ONU et Conseil de l’Europe, CETS 201, avec une ONG et une OING.", []),
        ("Au XIXe siècle, sous Louis XIV, article IV, chapitre II.", []),
        ("A et B, plan B, vitamine C.", []),
        ("Ce que font Paris, Lyon et l’État en 2024.", []),
        ("დაცვა და დახმარება", []),
        ("児童相談所", []),
        ("COMMENTAIREINTERMINABLE", []),
    ],
)  # fmt: skip
def test_capitals_of_any_script_are_found_and_what_everybody_knows_is_not(text: str, found: list[str]) -> None:
    assert list(abbreviations(text)) == found


def test_points_between_the_letters_hide_nothing() -> None:
    assert list(unexplained({"a": "Saisir l’A.S.E. d’abord."})) == [("a", "ASE")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("aide sociale à l’enfance (ASE)", True),
        ("Aide sociale à l’enfance ( « ASE » )", True),
        ("ASE (Aide sociale à l’enfance)", True),
        ("l’unité d’accueil pédiatrique (UAPED)", False),
        ("ASE (2024)", False),
        ("ASE (CRIP)", False),
        ("C’est ainsi. (ASE)", False),
        ("BASE (aide sociale)", False),
        ("ASE", False),
    ],
)
def test_spelt_out_is_words_before_or_behind(text: str, said: bool) -> None:
    assert ("ASE" in spelt_out(text)) is said


def test_a_text_that_is_all_in_capitals_is_not_read() -> None:
    assert told(sheet({"fr": {"title": "UNE SALLE POUR LES ENFANTS DE PARIS"}})) == []


def test_a_role_in_the_directory_is_read_and_the_name_may_spell_it_out() -> None:
    common: dict[str, Any] = {"sectors": ("courts",), "side": "public", "scope": "local"}
    role = {"fr": "La CRIP évalue.", "en": "The CRIP assesses."}
    spelt = {"fr": "Cellule de recueil des informations préoccupantes (CRIP)", "en": "CRIP"}
    found = check_stakeholder(Organisation(name=spelt, role=role, **common))
    assert [one.field for one in found] == ["role.en"]


def test_a_long_text_is_read_quickly_and_not_everything_is_told_at_once() -> None:
    import time

    words = " ".join(f"{chr(65 + n // 26 % 26)}{chr(65 + n % 26)}{chr(65 + n // 676)}" for n in range(5_000))
    lower = "des mots de tous les jours " * 3_000
    begun = time.monotonic()
    found = check_practice(sheet({"fr": {"summary": lower + words}}))
    assert len(found) == MOST
    assert all(isinstance(one, Concern) for one in found)
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    "hostile", ["(" * 20_000, "A" * 20_000, "ASE(" * 5_000, "A." * 10_000, "A-" * 10_000, "a " * 9_000]
)
def test_no_text_takes_long(hostile: str) -> None:
    import time

    begun = time.monotonic()
    check_practice(sheet({"fr": {"summary": hostile + " CRIP"}}))
    assert time.monotonic() - begun < 1
