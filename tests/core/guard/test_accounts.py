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
