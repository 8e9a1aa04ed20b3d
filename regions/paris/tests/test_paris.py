"""Paris on a platform of its own, in both languages: run pytest where pyproject.toml stands."""

import pytest
from lanzarote.testing import Platform


@pytest.fixture(scope="session")
def lanzarote_beside() -> tuple[str, ...]:
    return ("lanzarote-i18n",)


def test_nothing_is_wrong_with_the_package(platform: Platform) -> None:
    assert platform.faults == []
    assert list(platform.regions) == ["paris"]


def test_every_public_page_is_whole_in_both_languages(platform: Platform) -> None:
    walk = platform.walk()
    assert walk.faults == ()
    rooms = {page.removeprefix("/en/paris") for page in walk.pages if page.startswith("/en/paris")}
    assert {page.removeprefix("/fr/paris") for page in walk.pages if page.startswith("/fr/paris")} == rooms
    assert rooms >= {"/cooperation/courts/police", "/organisations/la-voix-de-l-enfant", "/law/fr-cp-222-22", "/group"}


def test_it_contributes_one_region_and_the_law_of_france(platform: Platform) -> None:
    assert [len(platform.call(hook)) for hook in ("regions", "legal_frameworks")] == [1, 1]
