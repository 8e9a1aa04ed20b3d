"""Numbers of bank accounts: a person's is stopped, the one an organisation asks gifts for passes."""

from __future__ import annotations

import pytest

from tests.core.guard.finding import found

ACCOUNT = "FR76 3000 6000 0112 3456 7890 189"


@pytest.mark.parametrize("written", [ACCOUNT, ACCOUNT.replace(" ", ""), ACCOUNT.lower(), ACCOUNT.replace(" ", "-")])
def test_the_account_of_a_person_is_stopped(written: str) -> None:
    assert found(f"Compte de la mère : {written}.") == [("bank-account", written, True)]
    assert found(f"Dons à l’association : {written}.") == []


def test_what_only_looks_like_an_account_is_let_pass() -> None:
    assert found("FR76 3000 6000 0112 3456 7890 188") == []


@pytest.mark.parametrize(
    "text",
    [
        "IBAN de Paul Durand, membre de l’association : {}",
        "IBAN de Mme Durand, association Les Lilas : {}",
        "compte de la mère suivie par l’association : {}",
        "Virement à Paul Durand, trésorier de l’association : {}",
        "{} de Mme Durand (association)",
        "Konto von Thomas Weber, Verein Zartbitter: {}",
        "cuenta de Carlos Ramos, miembro de la asociación: {}",
        "Peter Hall's account, member of the charity: {}",
        "The mother's account, through the charity: {}",
    ],
)
def test_an_organisation_beside_it_does_not_excuse_the_account_of_a_person(text: str) -> None:
    assert found(text.format(ACCOUNT)) == [("bank-account", ACCOUNT, True)]


@pytest.mark.parametrize(
    "text",
    [
        "Paul Durand (association) : {}",
        "Marie Dupont, présidente de l’association, a donné l’IBAN {}",
        "Dons pour Emma Petit, suivie par l’association : {}",
    ],
)
def test_whose_an_account_is_is_asked_where_a_person_is_named_beside_an_organisation(text: str) -> None:
    assert ("bank-account", ACCOUNT, False) in found(text.format(ACCOUNT))


@pytest.mark.parametrize(
    "text",
    [
        "IBAN de l’association Paul Durand : {}",
        "compte de la fondation Paul Durand : {}",
        "Fondation Paul Durand, {}",
        "Konto des Vereins Thomas Weber: {}",
        "IBAN {} pour les dons ; reçu fiscal",
        "The charity's account: {}",
        "IBAN de l’association, pour la mère et l’enfant accueillis : {}",
    ],
)
def test_the_account_of_an_organisation_passes_even_if_it_is_named_after_somebody(text: str) -> None:
    assert found(text.format(ACCOUNT)) == []


@pytest.mark.parametrize(
    "text",
    [
        "La facture du mobilier est à régler avant lundi. Le virement va sur le compte {}.",
        "Two invoices came in late. The supplier changed its bank: {}.",
        "Die Rechnung der Firma Klang GmbH liegt vor, IBAN {}, zahlbar bis Freitag.",
        "Rachunek wykonawcy: {}. Faktura wpłynęła w maju.",
    ],
)
def test_the_account_to_which_invoices_are_paid_passes(text: str) -> None:
    assert found(text.format(ACCOUNT)) == []


def test_an_invoice_does_not_excuse_the_account_of_a_person() -> None:
    assert found(f"La facture est réglée. Compte de la mère : {ACCOUNT}.") == [("bank-account", ACCOUNT, True)]
