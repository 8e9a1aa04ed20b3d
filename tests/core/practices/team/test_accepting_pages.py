"""What the package says anew waits on the team's pages, with one step that publishes it as it came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.records import records
from lanzarote.records.records import Record, encode
from lanzarote.regions.seeds import Seed
from sqlalchemy import select

from tests.core.practices.forms import TEAM
from tests.core.practices.team.test_team_pages import steps, take

if TYPE_CHECKING:
    from lanzarote.instance import Instance

    from tests.core.practices.forms import Writer

SAID = "Ce que le paquet dit désormais."


@pytest.fixture
def record_id(paris: Instance) -> str:
    return said_anew(paris)


def said_anew(paris: Instance) -> str:
    """A documented practice of which a newer package says something else, as an upgrade leaves it."""
    with paris.database.write("paris") as session:
        query = select(Record).where(Record.kind == "practice", Record.state == "published", Record.stage == "")
        record = session.scalars(query.order_by(Record.slug)).first()
        assert record is not None
        body: dict[str, Any] = msgspec.json.decode(records.body_of(session, record, record.version))
        body["text"]["fr"] |= {"summary": SAID}
        body["text"]["fr"].pop("transfer", None)
        seed = session.scalars(select(Seed).where(Seed.record_id == record.id)).one()
        seed.body = encode(body)
        records.revise(session, record, seed.body, by="lanzarote", action="upgrade")
        return record.id


def test_one_person_publishes_it(client: Any, paris: Instance, rita: Writer, ana: Writer, record_id: str) -> None:
    page = rita.get(f"{TEAM}/{record_id}")
    assert "Une nouvelle version du module" in page
    assert "accept" in steps(page, record_id)
    assert "accept" not in steps(ana.get(f"{TEAM}/{record_id}"), record_id)
    asked = rita.get(f"{TEAM}/{record_id}/accept")
    assert SAID in asked
    assert 'id="who"' in asked  # as the public will read it, and not field by field
    assert f'{record_id}/versions?from=1&amp;to=2"' in asked
    take(rita, record_id, "accept", status=400, nobody="yes")
    assert "Confirmez que personne" in rita.html
    take(rita, record_id, "accept", nobody="yes", no_case="yes")
    with paris.database.read("paris") as session:
        slug = session.get_one(Record, ("paris", record_id)).slug
    public = client.get(f"/fr/paris/practices/{slug}").text
    assert SAID in public
    assert "accept" not in steps(rita.get(f"{TEAM}/{record_id}"), record_id)
