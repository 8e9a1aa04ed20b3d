"""Improvements and procedures are found by their words where practices are, and search engines are told of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from lanzarote.app import create_app
from lanzarote.improvements import moving
from lanzarote.improvements.team_documents import BecauseInPublic
from lanzarote.instance import Instance
from lanzarote.records.records import Record
from litestar.testing import TestClient

from tests.core.improvements.deliberating import LEADER, THEN, decided, improvement
from tests.core.procedures import agreeing
from tests.core.procedures.agreeing import BODY, STEPS, step

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def paris(everywhere: Instance) -> Instance:
    return everywhere


@pytest.fixture(scope="module")
def client(paris: Instance) -> Iterator[TestClient[Any]]:
    with TestClient(create_app(paris), base_url="http://lanzarote.test") as client:
        yield client


def proposed(paris: Instance, title: str, proposal: str = "Tenir une liste.") -> str:
    return improvement(paris, text={"fr": {"title": title, "proposal": proposal}})


def beside(client: TestClient[Any], words: str, path: str = "/fr/paris/practices") -> list[str]:
    """Addresses that are found beside the practices, in their order."""
    page = client.get(path, params={"q": words}).text
    part = page.partition('class="found-list"')[2].partition("</section>")[0]
    return re.findall(r'class="found-title"[^>]*><a href="([^"]+)"', part)


def test_an_improvement_is_found_by_its_words_once_it_is_decided(paris: Instance, client: TestClient[Any]) -> None:
    title = proposed(paris, "Le guichet zéphyrin des hôpitaux")
    deep = proposed(paris, "Une autre piste", "Ouvrir un guichet zéphyrin.")
    assert beside(client, "zephyrin") == []
    slugs = [decided(paris, one) for one in (title, deep)]
    assert beside(client, "ZEPHYRIN") == [f"/fr/paris/improvements/{slug}" for slug in slugs], "the title first"
    assert beside(client, "hopital zephyrin") == [f"/fr/paris/improvements/{slugs[0]}"]
    assert beside(client, "zephyrin nullepart") == []
    assert beside(client, "zephyrin", "/en/search") == [f"/en/paris/improvements/{slug}" for slug in slugs]
    with paris.database.write("paris") as session:
        record = session.get_one(Record, ("paris", title))
        words = paris.vocabulary("paris")
        moving.withdraw(session, record, words, given=BecauseInPublic(reason={"fr": "Une erreur."}), by=LEADER, at=THEN)
    assert beside(client, "zephyrin") == [f"/fr/paris/improvements/{slugs[1]}"]


def test_a_procedure_is_found_by_its_steps_once_it_is_public(paris: Instance, client: TestClient[Any]) -> None:
    steps = [step("report", "assess", title={"fr": "Appeler la permanence mélusine"}), *STEPS[1:]]
    name = agreeing.proposed(paris, BODY | {"steps": steps})
    assert beside(client, "mélusine") == []
    for one in agreeing.BODIES:
        agreeing.say(paris, name, one)
    public = agreeing.public(paris, name)
    assert public is not None
    assert beside(client, "permanence melusine") == [f"/fr/paris/procedures/{public.slug}"]


def test_what_is_found_is_shown_as_text(paris: Instance, client: TestClient[Any]) -> None:
    decided(paris, proposed(paris, f"Ondine {HOSTILE}", f"Ondine {HOSTILE}"))
    page = client.get("/fr/paris/practices?q=ondine").text
    assert HOSTILE not in page
    assert page.count("<mark>Ondine</mark>") == 2


def test_without_words_nothing_stands_beside_the_practices(client: TestClient[Any]) -> None:
    assert 'class="beside"' not in client.get("/fr/paris/practices").text
    assert beside(client, "nullepart") == []


def test_search_engines_are_told_of_what_the_public_reads_alone(paris: Instance, client: TestClient[Any]) -> None:
    draft = proposed(paris, "Piste secrète du groupe")
    slug = decided(paris, proposed(paris, "Piste décidée pour tous"))
    told = client.get("/sitemap/paris-1.xml").text
    assert f"/fr/paris/improvements/{slug}</loc><lastmod>2031-01-01</lastmod>" in told
    assert "/fr/paris/procedures</loc>" in told
    assert "/fr/paris/procedures/hospital-cells-2014</loc>" in told
    assert "piste-secrete" not in told
    assert draft not in told
