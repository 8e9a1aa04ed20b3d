"""French writes narrow blanks before its high signs; they reach everything that is made of the texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.core.web.reading import PageRead

if TYPE_CHECKING:
    from litestar.testing import TestClient


def test_french_keeps_its_narrow_blanks_in_titles_descriptions_files_and_data(client: TestClient[Any]) -> None:
    law = client.get("/fr/paris/law/fr-cpp-7").text
    assert "Prescription\u202f: crimes" in law.partition("</title>")[0]
    [described] = PageRead(law).named(name="description")
    assert "mineurs\u202f: trente ans" in described["content"]
    assert "EVARS\u202f: halte aux idées reçues" in client.get("/fr/paris/sources?format=csv").text
    practice = client.get("/fr/paris/practices/helpline-119").text
    assert (
        "Le repérage des enfants en danger\u202f: chiffres"
        in practice.partition("ld+json")[2].partition("</script>")[0]
    )
