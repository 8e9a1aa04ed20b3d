"""Iceland on a platform of its own, which brings its language with it: run pytest where pyproject.toml stands."""

import pytest
from lanzarote.testing import Platform

DRAFT = "eru drög"
"""What every page says of its language until a native reader has gone through it."""


def test_nothing_is_wrong_with_the_package(platform: Platform) -> None:
    assert platform.faults == []
    assert list(platform.regions) == ["iceland"]


def test_every_public_page_is_whole_in_both_languages(platform: Platform) -> None:
    walk = platform.walk()
    assert walk.faults == ()
    rooms = {page.removeprefix("/en/iceland") for page in walk.pages if page.startswith("/en/iceland")}
    assert {page.removeprefix("/is/iceland") for page in walk.pages if page.startswith("/is/iceland")} == rooms
    assert rooms >= {"/procedures/barnahus", "/practices/taktu-skrefid", "/law/is-hgl-202", "/group"}


@pytest.mark.parametrize("language", ["is", "en"])
def test_every_page_says_whom_to_call_and_that_only_the_icelandic_is_a_draft(platform: Platform, language: str) -> None:
    for room in ("", "/practices/barnahus", "/law", "/coverage"):
        address = f"/{language}/iceland{room}"
        assert "tel:112" in [link["href"] for link in platform.read(address).links]
        assert (DRAFT in platform.client.get(address).text) == (language == "is")


def test_it_contributes_one_region_and_the_law_of_iceland(platform: Platform) -> None:
    assert [len(platform.call(hook)) for hook in ("regions", "legal_frameworks")] == [1, 1]
