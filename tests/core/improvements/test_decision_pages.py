"""A decision is written down with who was at the meeting; the public reads of that meeting only where it may."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.meetings import writing

from tests.core.improvements.group import REASONS
from tests.core.improvements.test_positions_pages import Desk, client, paris
from tests.core.meetings import keeping

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from litestar.testing import TestClient

__all__ = ["client", "paris"]

TICKED = re.compile(r'name="present" value="([^"]+)" checked')


@pytest.fixture
def desk(paris: Instance, client: TestClient[Any]) -> Desk:
    made = Desk(paris, client)
    made.call()
    for body in made.group.bodies:
        made.say(body, "support")
    return made


def meet(desk: Desk, *bodies: str, **more: Any) -> str:
    """Let these bodies meet today."""
    there = [{"organisation": one} for one in bodies]
    record_id = keeping.planned(desk.instance, day=desk.today.isoformat(), present=there, **more)
    keeping.note_held(desk.instance, record_id, today=desk.today)
    return record_id


def decide(desk: Desk, address: str, status: int = 303) -> None:
    """Write down what the page at *address* shows."""
    reasons = {f"reasons.{lang}": text for lang, text in REASONS.items()}
    desk.head.open(address, "/decide").fill({"day": desk.today.isoformat()} | reasons)
    fields = desk.head.fields
    # The page has forms beside this one, with the same address.
    fields |= {"meeting": fields.get("meeting", [""])[-1:], "present": sorted(set(fields["present"]))}
    desk.head.post(f"{desk.at}/decide", fields, status=status)


def test_who_was_at_the_meeting_is_ticked_and_the_group_reads_where_it_was_decided(desk: Desk) -> None:
    first, second, *_ = desk.group.bodies
    meeting = meet(desk, first, second)
    page = desk.head.get(f"{desk.at}/decide?meeting={meeting}")
    assert set(TICKED.findall(page)) == {first, second}
    decide(desk, f"{desk.at}/decide?meeting={meeting}")
    assert f"/fr/paris/team/meetings/{meeting}" in desk.ana.get(f"{desk.at}/positions")
    assert "École et justice" not in desk.public(), "the public reads nothing of this meeting"


def test_the_reasons_stay_while_it_is_worked_out_again_who_was_there(desk: Desk) -> None:
    first, *others = desk.group.bodies
    meeting = meet(desk, first)
    for again, present in (("yes", others), ("notes", [first]), ("yes", desk.group.bodies)):
        sent = {
            "reasons.fr": "Parce que.",
            "present": present,
            "again": again,
            "meeting": meeting if again == "notes" else "",
        }
        page = desk.head.post(f"{desk.at}/decide", sent, status=200).text
        assert set(TICKED.findall(page)) == set(present)
        assert "Parce que." in page


def test_who_is_missing_in_the_notes_is_said_and_leads_to_the_notes(desk: Desk) -> None:
    meeting = meet(desk, desk.group.bodies[0])
    ticked = "&".join(f"present={one}" for one in desk.group.bodies)
    page = desk.head.get(f"{desk.at}/decide?meeting={meeting}&looked=yes&{ticked}")
    assert f'href="/fr/paris/team/meetings/{meeting}/notes"' in page
    assert '<p class="verdict">' not in page, "nothing is shown as decided that cannot be"
    assert 'name="verdict"' not in page


def test_a_decision_needs_reasons_in_one_language_alone(desk: Desk) -> None:
    page = desk.head.open(f"{desk.at}/decide", "/decide").html
    assert re.search(r'id="reasons"[^>]* data-required', page)
    for lang in ("fr", "en"):
        assert re.search(rf'id="reasons\.{lang}"[^>]*>', page)
        assert not re.search(rf'id="reasons\.{lang}"[^>]* required', page)


def test_without_a_quorum_at_the_meeting_nothing_is_decided(desk: Desk) -> None:
    meeting = meet(desk, desk.group.bodies[0])
    page = desk.head.get(f"{desk.at}/decide?meeting={meeting}")
    assert TICKED.findall(page) == [desk.group.bodies[0]]
    assert "le quorum n’était pas atteint" in page
    decide(desk, f"{desk.at}/decide?meeting={meeting}")
    assert desk.group.status.state == "discussed"


def test_everybody_reads_of_a_seminar_at_which_it_was_decided(desk: Desk) -> None:
    meeting = meet(desk, *desk.group.bodies, kind="seminar")
    with keeping.held(desk.instance, meeting) as (session, record):
        writing.publish(session, record, expected=record.version, by=keeping.HEAD, at=keeping.THEN)
        slug = record.slug
    decide(desk, f"{desk.at}/decide?meeting={meeting}")
    page = desk.public()
    assert f"/fr/paris/meetings/{slug}" in page
    assert "École et justice" in page
    assert ": adoptée</h2>" in page
    assert "Schools and courts" in desk.public("en")


def test_a_meeting_that_is_not_there_or_has_not_begun_is_none(desk: Desk) -> None:
    coming = keeping.planned(desk.instance, day=date(2035, 1, 1).isoformat())
    for one in ("nothing", coming, desk.group.improvement):
        page = desk.head.get(f"{desk.at}/decide?meeting={one}")
        assert set(TICKED.findall(page)) == set(desk.group.bodies), "who has answered"
        assert 'name="meeting"' not in page


def test_the_meeting_leads_who_leads_to_the_decision(desk: Desk) -> None:
    point = {"about": "improvement", "record": desk.group.improvement}
    meeting = meet(desk, *desk.group.bodies, agenda=[point])
    way = f"{desk.at}/decide?meeting={meeting}"
    assert way in desk.head.get(f"/fr/paris/team/meetings/{meeting}")
    assert way not in desk.ana.get(f"/fr/paris/team/meetings/{meeting}")
    decide(desk, way)
    assert way not in desk.head.get(f"/fr/paris/team/meetings/{meeting}")


def test_before_the_last_day_nothing_reads_as_decided(paris: Instance, client: TestClient[Any]) -> None:
    desk = Desk(paris, client)
    desk.call()
    page = desk.head.get(f"{desk.at}/decide")
    assert "Rien n’est encore décidé." in page
    assert 'class="verdict"' not in page
