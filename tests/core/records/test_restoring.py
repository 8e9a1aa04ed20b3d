"""What is archived is not lost: it comes back as a draft, or withdrawn if the public has read it once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lanzarote.practices.model import KIND, PracticeStatus
from lanzarote.records import drafts, records
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.records import Draft, Record, encode

from tests.core.practices.assessments import PARIS, Assessed, person
from tests.core.practices.signed_in import sign_in, site_of

if TYPE_CHECKING:
    from lanzarote.instance import Instance


def test_a_draft_comes_back_to_be_written_on(own_paris: Instance) -> None:
    writer, head = person(own_paris, "contributor"), person(own_paris, "coordinator")
    one = Assessed(own_paris, writer, head)
    with own_paris.database.write(PARIS) as session:
        record = one.record(session)
        with pytest.raises(IllegalTransition):
            drafts.restore(session, record, action="practice.withdraw", by=head, at=records.now())
    with site_of(own_paris) as client:
        browser = sign_in(own_paris, client, head)
        here = f"/en/paris/team/practices/{one.id}"
        assert "You can restore it at any time" in browser.get(f"{here}/archive")
        browser.post(f"{here}/archive", version="1")
        assert one.state == ("archived", "")
        assert "Restore from the archive" in browser.get(here)
        browser.post(f"{here}/restore", version="1")
        assert "Restored from the archive." in browser.get(f"{here}?done=restore")
    assert one.state == ("draft", "writing")
    one.rewrite("Encore une fois")
    assert one.submit().state == ("draft", "submitted")


def test_what_the_public_has_read_comes_back_withdrawn(own_paris: Instance) -> None:
    body = {"original": "en", "text": {"en": {"title": "A", "summary": "B"}}, "scope": "local"} | {
        "running": "ongoing",
        "sectors": ["courts"],
    }
    draft = Draft(kind=KIND, slug="a", body=encode(body), status=encode(PracticeStatus()), publish=True)
    with own_paris.database.write(PARIS) as session:
        [made] = records.create(session, PARIS, [draft], by="test")
    with own_paris.database.write(PARIS) as session:
        record = session.get_one(Record, (PARIS, made))
        for step in (records.withdraw, records.archive, records.restore):
            step(session, record, by="test")
        assert (record.state, record.stage, record.published_version) == ("withdrawn", "", None)
        records.publish(session, record, by="test")
        assert record.state == "published"
