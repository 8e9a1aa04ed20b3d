"""Profiles on social networks: a person's is found, an institution's passes."""

from __future__ import annotations

import pytest

from tests.core.guard.finding import found


@pytest.mark.parametrize(
    ("address", "hard"),
    [
        ("https://www.facebook.com/lucas.martin.9", True),
        ("facebook.com/profile.php?id=100012345678", True),
        ("https://www.tiktok.com/@lucasmartin12", True),
        ("snapchat.com/add/emma.petit", True),
        ("vk.com/id12345678", True),
        ("https://wa.me/33612345678", True),
        ("t.me/kbenali", False),
        ("https://www.youtube.com/@lucasmartin12", True),
        ("https://www.roblox.com/users/lulu_2012", False),
        ("https://x.com/lmrt2010", False),
    ],
)
def test_the_profile_of_a_person_is_stopped_or_asked_about(address: str, hard: bool) -> None:
    assert found(f"Voir {address}.") == [("profile", address, hard)]


@pytest.mark.parametrize(
    "text",
    [
        "https://www.facebook.com/enfantbleu",
        "Barnardo's (https://www.facebook.com/barnardos)",
        "https://www.facebook.com/groups/1234",
        "https://www.facebook.com/hautsdeseine",
        "instagram.com/samusocialparis",
        "https://www.youtube.com/watch?v=abc_123DEF",
        "https://www.linkedin.com/company/unicef",
        "https://www.e-enfance.org/numero-3018/",
        "https://www.coe.int/en/web/children/lanzarote-convention",
    ],
)
def test_pages_of_institutions_are_let_pass(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Instagram: lucas_martin12", "lucas_martin12"),
        ("Pseudo lulu_2012 de la victime", "lulu_2012"),
        ("Son Insta est lulu_2012.", "lulu_2012"),
        ("Elle joue sur Roblox sous le pseudo lulu_2012", "lulu_2012"),
        ("Elle se fait appeler lulu_2012 sur Discord", "lulu_2012"),
        ("Discord : lulu#1234", "lulu#1234"),
        ("compte Snap de la mineure : emma.p12", "emma.p12"),
        ("Instagram lucas_martin12, élève du collège", "lucas_martin12"),
        ("his Snapchat name is big_bad_wolf", "big_bad_wolf"),
        ("Ihr Insta heißt mia_2011", "mia_2011"),
        ("su usuario de TikTok es lucia_2012", "lucia_2012"),
        ("nome utente giulia2012", "giulia2012"),
    ],
)
def test_the_name_somebody_goes_by_is_asked_about_without_an_address(text: str, name: str) -> None:
    assert found(text) == [("profile", name, False)]


@pytest.mark.parametrize(
    "text",
    [
        "Instagram : e_enfance, le compte de l’association",
        "Nous sommes sur Facebook : asso93",
        "sur TikTok, en CM1 et CM2 ; Roblox : PEGI7",
        "Le fichier data_2019 et rapport_2019.pdf",
        "Discord, version 2.0 ; Instagram v1.2",
        "Son Insta est privé.",
    ],
)
def test_names_of_institutions_and_of_things_are_let_pass(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Élève du collège, instagram.com/lulu_2012",
        "facebook.com/lulu2012, suivi par l’association",
        "instagram.com/mdvr, élève du collège",
        "instagram.com/lulu_paris12",
    ],
)
def test_a_school_or_an_association_beside_it_excuses_no_profile(text: str) -> None:
    assert [(code, hard) for code, _, hard in found(text)] == [("profile", False)]
