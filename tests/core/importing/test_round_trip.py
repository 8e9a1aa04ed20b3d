"""What is taken out to be worked on, and handed in again."""

from __future__ import annotations

import pytest
from lanzarote.importing import service
from lanzarote.importing.ground import Ground
from lanzarote.importing.kinds import KINDS
from lanzarote.instance import Instance
from lanzarote.permissions import Actor, Grant

HEAD = Actor(account_id="cy", grants=(Grant(role="coordinator", region_id="paris"),), strong=True)


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("format", ["xlsx", "csv"])
@pytest.mark.parametrize("kind", ["practices", "organisations"])
def test_what_is_handed_in_as_it_was_taken_out_changes_nothing(
    paris: Instance, kind: str, format: str, lang: str
) -> None:
    ground = Ground(paris, "paris", lang, HEAD)
    importer = service.importer_for(ground, f"a.{format}")
    assert importer is not None
    content = service.file_of(ground, KINDS[kind], importer, filled=True)
    plan = service.looked_at(ground, KINDS[kind], f"a.{format}", content)
    assert [one.text for one in plan.problems] == []
    assert {row.outcome for row in plan.rows} == {"same"}, [row for row in plan.rows if row.outcome != "same"][:3]
    assert len(plan.rows) >= 20
