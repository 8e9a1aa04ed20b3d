"""Late in the evening by the clock of Greenwich the law of the next day is in force east of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from lanzarote.regions import vocabulary
from lanzarote.territory import region_api

from tests.conftest import copy_of
from tests.core.web.reading import client_of
from tests.regions.writing import SECTOR, region_package

if TYPE_CHECKING:
    from pathlib import Path

LATE = datetime(2031, 3, 1, 23, 30, tzinfo=UTC)
LAW = """
[instrument]
key = "xt-code"
title.en = "Code of Testland"
title.fr = "Code de Testonie"

[provisions.xt-1]
number = "1"
[[provisions.xt-1.versions]]
from = 2031-03-02
title.en = "The wording of tomorrow"
title.fr = "Le texte de demain"
verified = true
sources = ["invented"]
"""


@pytest.mark.parametrize(("zone", "begun"), [("Europe/Paris", True), ("UTC", False)])
def test_programs_are_told_what_is_in_force_where_the_region_is(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch, zone: str, begun: bool
) -> None:
    monkeypatch.setattr(region_api, "now", lambda: LATE)
    monkeypatch.setattr(vocabulary, "now", lambda: LATE)
    with region_package(tmp_path) as package:
        ended = {**SECTOR, "until": date(2031, 3, 2)}
        package.write(header={"time_zone": zone}, sectors={"courts": SECTOR, "assizes": ended})
        (package.folder / "law").mkdir()
        (package.folder / "law" / "code.toml").write_text(LAW, encoding="utf-8")
        with package.instance(copy_of(sqlite_template, tmp_path)) as instance:
            instance.load("testland")
            with client_of(instance) as client:
                [provision] = client.get("/api/v1/regions/testland/provisions").json()["items"]
                sectors = client.get("/api/v1/regions/testland/sectors").json()["items"]
    assert provision["versions"][0]["in_force"] is begun
    assert [one["key"] for one in sectors if one["retired"]] == ["assizes"] * begun
