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
        "https://www.linkedin.com/company/unicef",
        "https://www.e-enfance.org/numero-3018/",
        "https://www.coe.int/en/web/children/lanzarote-convention",
    ],
)
def test_pages_of_institutions_are_let_pass(text: str) -> None:
    assert found(text) == []
