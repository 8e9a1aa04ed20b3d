"""A body that is erased leaves no word of its own, and nobody speaks for it any more."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from lanzarote import erased, jobs, permissions
from lanzarote.accounts.model import Granted
from lanzarote.app import create_app
from lanzarote.changes import Audit
from lanzarote.checking import Faulty
from lanzarote.database import ALL
from lanzarote.errors import NotPermitted
from lanzarote.instance import Instance, open_instance
from lanzarote.jobs import Job
from lanzarote.meetings import inviting
from lanzarote.meetings import mails as meeting_mails
from lanzarote.records import Record
from lanzarote.stakeholders import writing as stakeholders
from lanzarote.stakeholders.service import ids_by_name
from lanzarote.transport import load_file
from litestar.testing import TestClient
from sqlalchemy import select

from tests.conftest import copy_of
from tests.core.evaluation import piloting
from tests.core.faults.erasing import (
    left,
    settings,
    worked_on,
)
from tests.core.improvements import deliberating
from tests.core.meetings import keeping
from tests.core.practices.assessments import PARIS, THEN
from tests.core.procedures import agreeing
from tests.core.transport.paris_file import export

__all__ = ["worked_on"]


BODY_PLACES = {
    "what it replied": "Pimprenelune",
    "how it was offered to reply": "Quenouillard",
    "who comes to a meeting": "roseliere juriste",
    "where its endorsement is written": "Sarcelline",
    "what it answered as a judge": "Tourterelune",
    "where that is written": "Ulvelande",
    "where it is mailed to": "vermillonet",
    "why something in its reply stays": "Zephyrine",
}


def spoken(worked_on: Instance) -> tuple[str, str]:
    """A body that left words in every place there is, and a procedure that it endorsed."""
    body, _ = (agreeing.body_id(worked_on, key) for key in agreeing.BODIES)
    said = BODY_PLACES
    finding = deliberating.finding(worked_on, organisations=[body])
    deliberating.offer(worked_on, finding, body, how=said["how it was offered to reply"])
    deliberating.reply(
        worked_on, finding, body, reply={"fr": f"Zoé, 8 ans : {said['what it replied']}"},
        reasons={("reply.fr", "name-with-age"): f"Personnage de {said['why something in its reply stays']}"},
    )  # fmt: skip
    meeting = keeping.planned(worked_on, organisations=["aphp"])
    keeping.announce(worked_on, meeting)
    with keeping.held(worked_on, meeting) as (session, record):
        inviting.answer(
            session, record, worked_on.vocabulary(PARIS), stakeholder=body, answer="comes",
            who=said["who comes to a meeting"], by=keeping.HEAD, at=keeping.THEN,
        )  # fmt: skip
    procedure = agreeing.proposed(worked_on)
    for one in agreeing.BODIES:
        source = said["where its endorsement is written"] if one == "aphp" else agreeing.LETTER
        agreeing.say(worked_on, procedure, one, source=source)
    judges = [piloting.REPORT["judges"][0], piloting.REPORT["judges"][1] | {"organisation": "aphp"}]
    pilot = piloting.begun(worked_on, piloting.REPORT | {"judges": judges})
    piloting.run(worked_on, pilot)
    piloting.answer(
        worked_on, pilot, "c1", "j2", reason={"fr": said["what it answered as a judge"]},
        source=said["where that is written"],
    )  # fmt: skip
    with worked_on.database.write(PARIS) as session:
        address = f"secretariat@{said['where it is mailed to']}.example"
        jobs.enqueue(session, "mail.position", region=PARIS, record=finding, stakeholder=body, call=1, address=address)
        session.flush()
        for job in session.scalars(select(Job)):
            job.due_at = THEN + timedelta(days=9_000)
    assert left(worked_on, said) == said.keys(), "there must be something to erase"
    return body, procedure


def test_a_body_that_is_erased_leaves_no_word_of_its_own(worked_on: Instance) -> None:
    said, (body, procedure) = BODY_PLACES, spoken(worked_on)
    with worked_on.database.write(PARIS) as session:
        stakeholders.erase(session, session.get_one(Record, (PARIS, body)), by=keeping.HEAD, at=keeping.THEN)
    assert left(worked_on, said) == set()
    told = agreeing.public(worked_on, procedure)
    assert told is not None
    assert [one.source for one in told.said[body]] == [""]
    with TestClient(create_app(worked_on), base_url="http://lanzarote.test") as client:
        assert client.get(f"/fr/paris/procedures/{told.slug}").status_code == 200
        assert client.get(f"/api/v1/regions/paris/procedures/{told.slug}").status_code == 200


def test_a_file_from_before_brings_back_no_word_of_its_own(
    worked_on: Instance, sqlite_template: Path, tmp_path: Path
) -> None:
    body, procedure = spoken(worked_on)
    file, folder = tmp_path / "paris.jsonl", tmp_path / "new"
    file.write_bytes(export(worked_on))
    assert {"what it replied", "what it answered as a judge"} <= {
        place for place, word in BODY_PLACES.items() if word in file.read_text()
    }
    with worked_on.database.write(PARIS) as session:
        stakeholders.erase(session, session.get_one(Record, (PARIS, body)), by=keeping.HEAD, at=keeping.THEN)
    folder.mkdir()
    shutil.copy(erased.place(worked_on.settings), folder)
    with open_instance(settings(copy_of(sqlite_template, folder), folder)) as elsewhere:
        assert "erased here: 1 left out" in load_file(elsewhere, file)
        assert left(elsewhere, BODY_PLACES) == set()
        with TestClient(create_app(elsewhere), base_url="http://lanzarote.test") as client:
            assert client.get(f"/fr/paris/procedures/{procedure}").status_code == 200


def test_nobody_speaks_for_a_body_that_is_erased_and_it_is_asked_nothing(worked_on: Instance) -> None:
    body, other = (agreeing.body_id(worked_on, key) for key in agreeing.BODIES)
    rep = keeping.enrolled(worked_on, "rita", "representative", body)
    works_there = keeping.enrolled(worked_on, "wim", "contributor", body)
    meeting = keeping.planned(worked_on, organisations=list(agreeing.BODIES))
    keeping.announce(worked_on, meeting)
    procedure = agreeing.proposed(worked_on)
    with worked_on.database.read(ALL) as session:
        payloads = [job.payload.decode() for job in session.scalars(select(Job).where(Job.topic == inviting.TOPIC))]
    [waiting] = [msgspec.json.decode(one) for one in payloads]
    assert waiting["account"] == rep.account_id
    assert permissions.spoken_for(permissions.placed(worked_on.database, rep), PARIS) == {body}
    with worked_on.database.write(PARIS) as session:
        stakeholders.erase(session, session.get_one(Record, (PARIS, body)), by=keeping.HEAD, at=keeping.THEN)
    with worked_on.database.read(ALL) as session:
        granted = {(row.account_id, row.role) for row in session.scalars(select(Granted))}
        told = select(Audit.actor, Audit.verb).where(Audit.record_id == rep.account_id, Audit.region_id == PARIS)
        revoked = [row for row in session.execute(told) if row[1].startswith("revoke")]
        assert session.scalars(select(Job).where(Job.topic == inviting.TOPIC)).all() == []
        record = session.get_one(Record, (PARIS, meeting))
        assert inviting.standing(session, inviting.invitations(session, record)).keys() == {other}
        assert meeting_mails.write(worked_on, session, waiting | {"event_id": record.id}) is None
        assert ids_by_name(session, {"aphp", body}) == {}
    assert granted == {(works_there.account_id, "contributor")}
    assert revoked == [(keeping.HEAD.account_id, "revoke representative")]
    # Somebody who was let in before it was erased, at this very moment:
    assert permissions.spoken_for(permissions.placed(worked_on.database, rep), PARIS) == frozenset()
    with pytest.raises(NotPermitted):
        agreeing.say(worked_on, procedure, body, by=rep)
    with keeping.held(worked_on, meeting) as (session, record), pytest.raises(Faulty):
        inviting.answer(
            session, record, worked_on.vocabulary(PARIS), stakeholder=body, answer="comes", who="juriste",
            by=rep, at=keeping.THEN,
        )  # fmt: skip
    assert not agreeing.status(worked_on, procedure).endorsed_on
    agreeing.say(worked_on, procedure, "prefecture-police")  # the only party that is left
    assert agreeing.status(worked_on, procedure).state == "endorsed"
