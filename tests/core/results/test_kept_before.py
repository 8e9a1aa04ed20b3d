"""What was taken before anybody looked at it stays, and every page is read all the same."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from lanzarote.app import create_app
from lanzarote.evaluation.documents import IndicatorAim
from lanzarote.instance import Instance
from lanzarote.results import applying
from lanzarote.types import Evidence
from litestar.testing import TestClient

from tests.core.office import logs
from tests.core.results.signing_region import SigningRegion
from tests.core.results.test_fitting import ONE, OTHER, of, point, rested_on, said, start

EVALUATION, FAR, IMPROVEMENT, PROCEDURE = (ONE[:-1] + digit for digit in "3456")
PAGES = (
    "azur",
    "azur/coverage",
    "azur/evaluation",
    "azur/evaluation/pilot",
    "azur/improvements/way-forward",
    "azur/indicators",
    "azur/indicators/cases",
    "azur/indicators/far",
    "azur/practices/practice",
    "azur/procedures/procedure",
    "convention/10",
    "office/coverage",
)


def beyond(document: Any, name: str, **more: Any) -> Any:
    """*document* refers to an article that the Convention does not have."""
    told = msgspec.structs.replace(getattr(document, name), convention=("10.3", "10.99", "99"), **more)
    return msgspec.structs.replace(document, **{name: told})


@pytest.fixture
def reader(office: Instance, monkeypatch: pytest.MonkeyPatch) -> TestClient[Any]:
    """Reads an office that took what it would refuse by now."""
    azur = SigningRegion(office)
    far = IndicatorAim(value=1e308, by="2031-13")
    points = tuple(of(period) for period in ("", "2030-13", "2030-Q9", "bad", "<script>9999-99", "2031"))
    cases = said("indicator", points=points, latest=points[0], target=far, baseline=start(1.0, on="2031-13"))
    great = msgspec.structs.replace(
        said("indicator", id=OTHER), slug="far", points=(point(1e308), point(-1e308)), latest=point(1e308)
    )
    resting = (rested_on(latest=of("2030-Q9")), rested_on(latest=point(-1e308), target=far))
    with monkeypatch.context() as before:
        before.setattr(applying, "require_fit", lambda *_: None)
        azur.begin(
            ("vocabulary", "sector", logs.sectors()),
            ("vocabulary", "coverage", logs.coverage(a10="none", a99="none", a10_99="none")),
            ("practice", FAR, beyond(logs.practice(), "practice", evidence=(Evidence(value=1e308),))),
            ("improvement", IMPROVEMENT, beyond(said("improvement", id=IMPROVEMENT), "improvement")),
            ("procedure", PROCEDURE, beyond(said("procedure", id=PROCEDURE), "procedure")),
            ("indicator", ONE, cases),
            ("indicator", OTHER, great),
            ("evaluation", EVALUATION, said("evaluation", id=EVALUATION, indicators=resting)),
        )
    return TestClient(create_app(office), base_url="http://lanzarote.test")


def test_every_page_of_it_is_read(reader: TestClient[Any]) -> None:
    for page in PAGES:
        answer = reader.get(f"/en/{page}")
        assert (page, answer.status_code) == (page, 200)
    assert "<script>9999" not in reader.get("/en/azur/indicators/cases").text
