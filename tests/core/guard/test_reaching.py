"""Addresses of mail, telephone numbers and homes: those of a person are found, those of a service pass."""

from __future__ import annotations

import pytest

from tests.core.guard.finding import found


@pytest.mark.parametrize(
    ("text", "address", "hard"),
    [
        ("Écrire à lea.martin@lycee.example.fr.", "lea.martin@lycee.example.fr", True),
        ("l-martin@justice.example", "l-martin@justice.example", True),
        ("leamartin12@gmail.com", "leamartin12@gmail.com", True),
        ("kowalik@hopital.example", "kowalik@hopital.example", False),
        ("Claire Dupont (cdupont@ville.example)", "cdupont@ville.example", True),
        ("lea.martin (at) gmail.com", "lea.martin (at) gmail.com", True),
    ],
)
def test_the_address_of_a_person_is_stopped_or_asked_about(text: str, address: str, hard: bool) -> None:
    assert found(text) == [("email", address, hard)]


@pytest.mark.parametrize(
    "text",
    [
        "contact@asso.example",
        "accueil.crip@ville.example",
        "info@ong.example et presse-enfance@ong.example",
        "asso.enfance@gmail.com",
        "Sekretariat@amt.example",
        "voixdelenfant@voixdelenfant.example",
        "@compte, a@b",
    ],
)
def test_the_address_of_a_role_is_let_pass(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "number", ["06 12 34 56 78", "+33 6 12 34 56 78", "07.12.34.56.78", "0033612345678", "+44 7700 900123"]
)
def test_a_mobile_number_is_stopped_unless_it_is_that_of_a_service(number: str) -> None:
    assert found(f"Joindre le {number} le soir.") == [("phone", number, True)]
    assert found(f"La permanence répond au {number} le soir.") == [("phone", number, False)]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Domicile de la mère : 01 42 76 40 40", "01 42 76 40 40"),
        ("Grandmother, home: 0113 496 0123", "0113 496 0123"),
        ("Festnetz der Oma: 0421/333700", "0421/333700"),
        ("casa dos avós: 253 123 456", "253 123 456"),
        ("домашній телефон бабусі (0532) 12-34-56", "(0532) 12-34-56"),
    ],
)
def test_a_fixed_line_is_stopped_when_it_is_a_persons(text: str, number: str) -> None:
    assert found(text) == [("phone", number, True)]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("La mineure habite 12 rue des Lilas.", "12 rue des Lilas"),
        ("The girl lives at 14 Larch Road.", "14 Larch Road"),
        ("Das Kind wohnt in der Gartenstraße 8.", "Gartenstraße 8"),
        ("La niña vive en la calle Mayor 12.", "calle Mayor 12"),
        ("Il minore abita in via Mazzini 33.", "via Mazzini 33"),
        ("Dziecko mieszka przy ul. Polnej 4.", "ul. Polnej 4"),
        ("Дитина живе на вул. Франка, 8.", "вул. Франка, 8"),
    ],
)
def test_the_address_of_a_child_is_asked_about(text: str, address: str) -> None:
    assert found(text) == [("address-of-minor", address, False)]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Il faut aider Emma Durand, 12 rue des Lilas.", "12 rue des Lilas"),
        ("We should help Emma Barton (14 Larch Road).", "14 Larch Road"),
        ("Marc Durand habite au 3 bis rue de la Paix.", "3 bis rue de la Paix"),
        ("Anna Schmidt, Lindenstraße 12, kam.", "Lindenstraße 12"),
        ("Maria Lopez, calle Mayor 12", "calle Mayor 12"),
        ("Jan Kowalski, ul. Lipowa 12", "ul. Lipowa 12"),
    ],
)
def test_an_address_behind_a_whole_name_is_asked_about(text: str, address: str) -> None:
    assert found(text) == [("address-of-minor", address, False)]


@pytest.mark.parametrize(
    "text",
    [
        "Hôpital Robert Debré, 48 boulevard Sérurier.",
        "Espace Simone Veil, 3 rue de Rivoli",
        "L’association Jean Rostand, 5 rue Pasteur, les reçoit.",
        "La Maison Marie Curie, 12 rue de Rivoli",
        "Mme Claire Martin, directrice, 12 rue des Lilas",
    ],
)
def test_the_address_of_a_house_named_after_somebody_is_let_pass(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "L’unité, 26 avenue Netter, 75012 Paris, reçoit les mineurs victimes.",
        "The house is at 70 Chadwick Street, next to the courts; it sees under-18s.",
        "La casa, en la calle Mayor 12, atiende a menores.",
        "Siège de l’association : 147 boulevard Gambetta, Lyon.",
    ],
)
def test_the_address_of_a_house_that_receives_children_is_let_pass(text: str) -> None:
    assert found(text) == []
