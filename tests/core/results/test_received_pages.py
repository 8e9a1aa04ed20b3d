"""Improvements, procedures, indicators and evaluations of a received region are read as where they are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.app import create_app
from lanzarote.released import released_now
from litestar.testing import TestClient

from tests.core.evaluation import piloting
from tests.core.improvements import deliberating
from tests.core.procedures import agreeing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.instance import Instance

    from tests.core.results.two_places import TwoPlaces

REGION = "paris"
API = f"/api/v1/regions/{REGION}"
KINDS = ("improvement", "procedure", "indicator", "evaluation")
ROOMS = {"improvement": "improvements", "procedure": "procedures", "indicator": "indicators", "evaluation": "evaluation"}


@pytest.fixture
def received(places: TwoPlaces) -> TwoPlaces:
    fill(places.region)
    places.sync()
    return places


def fill(region: Instance) -> None:
    """A result of each kind."""
    deliberating.decided(region, deliberating.improvement(region))
    agreeing.endorsed(region)
    piloting.released(region, piloting.TRAINED, {"2031-03": 3, "2031-04": 12})
    piloting.decided(region)


@pytest.fixture
def there(received: TwoPlaces) -> Iterator[TestClient[Any]]:
    """Reads the region's own pages."""
    app: Any = create_app(received.region)
    with TestClient(app, base_url="http://lanzarote.test") as client:
        yield client


@pytest.fixture
def here(received: TwoPlaces) -> Iterator[TestClient[Any]]:
    """Reads the office's pages of the region."""
    app: Any = create_app(received.office)
    with TestClient(app, base_url="http://lanzarote.test") as client:
        yield client


def addresses(region: Instance) -> list[str]:
    """Pages of the results that leave the region: of procedures those that every party endorsed."""
    with region.database.read(REGION) as session:
        told = released_now(session, REGION, kinds=KINDS)
    return [f"{ROOMS[one.kind]}/{one.slug}" for one in told]


def words(html: str) -> str:
    """What the main part of a page says."""
    main = re.search(r"<main.*?</main>", html, re.S)
    assert main, html[:200]
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<footer.*?</footer>", "", main[0], flags=re.S)).split())


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_their_pages_say_what_the_region_says(
    received: TwoPlaces, there: TestClient[Any], here: TestClient[Any], lang: str
) -> None:
    pages = ["improvements", "indicators", "evaluation", *addresses(received.region)]
    assert len(pages) >= 7
    for page in pages:
        ours, theirs = here.get(f"/{lang}/{REGION}/{page}"), there.get(f"/{lang}/{REGION}/{page}")
        assert (page, ours.status_code) == (page, 200)
        assert words(ours.text) == words(theirs.text), page
        assert "Received from Paris" in ours.text or "Reçu de Paris" in ours.text
        assert "/team/" not in ours.text
        assert "<form" not in ours.text.partition("<main")[2].partition("</main>")[0]
