"""A body says itself whether it takes part; what it has not been asked, or has said already, it is not led to say."""

from __future__ import annotations

import pytest
from lanzarote.errors import NotPermitted
from lanzarote.instance import Instance
from lanzarote.records.changelog import Audit
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.stakeholders import deciding, taking_part
from lanzarote.stakeholders.taking_part import Reply
from sqlalchemy import select

from tests.core.stakeholders.keeping import COORDINATOR, THEN, WRITER, get, published, relate, representative

YES = Reply(answer="accept", since="2031-01-01", source="Lettre du 1er janvier", mandate={"fr": "Pour les familles."})


def invite(paris: Instance, name: str, way: str = "elsewhere", by: object = COORDINATOR) -> None:
    with paris.database.write("paris") as session:
        record = get(session, name)
        given = taking_part.Inviting(way=way)
        taking_part.invite(session, record, paris.vocabulary("paris"), given=given, by=by, at=THEN)  # type: ignore[arg-type]


def answer(paris: Instance, name: str, reply: Reply, by: object = None) -> None:
    with paris.database.write("paris") as session:
        record = get(session, name)
        actor = by or representative(record.id)
        taking_part.answer(session, record, paris.vocabulary("paris"), reply, by=actor, at=THEN)  # type: ignore[arg-type]


def relation(paris: Instance, name: str) -> str:
    with paris.database.read("paris") as session:
        return deciding.status_of(get(session, name)).relation


def test_a_body_is_invited_accepts_leaves_and_is_invited_again(own_paris: Instance) -> None:
    name = published(own_paris)
    with pytest.raises(IllegalTransition):
        answer(own_paris, name, YES)
    invite(own_paris, name)
    invite(own_paris, name)
    answer(own_paris, name, YES)
    assert relation(own_paris, name) == "taking-part"
    with pytest.raises(IllegalTransition):
        invite(own_paris, name)
    answer(own_paris, name, Reply(answer="leave", since="2031-01-01"))
    invite(own_paris, name)
    answer(own_paris, name, Reply(answer="decline"))
    assert relation(own_paris, name) == "declined"
    with own_paris.database.read("paris") as session:
        verbs = session.scalars(select(Audit.verb).where(Audit.record_id == name).order_by(Audit.seq)).all()
        assert [verb for verb in verbs if verb.endswith(("-body", "-part"))] == [
            "invite-body",
            "invite-body",
            "accept-part",
            "leave-part",
            "invite-body",
            "decline-part",
        ]
        rows = taking_part.invitations(session)[name]
        assert [(row.number, row.answer) for row in rows] == [(3, "decline"), (2, "accept"), (1, "")]


def test_only_a_coordinator_invites_and_only_the_body_answers(own_paris: Instance) -> None:
    name, other = published(own_paris), published(own_paris)
    for by in (WRITER, representative(name)):
        with pytest.raises(NotPermitted):
            invite(own_paris, name, by=by)
    invite(own_paris, name)
    for by in (COORDINATOR, WRITER, representative(other)):
        with pytest.raises(NotPermitted):
            answer(own_paris, name, YES, by=by)
    assert relation(own_paris, name) == "invited"


def test_it_is_reached_only_where_it_can_be(own_paris: Instance) -> None:
    name = published(own_paris)
    for way in ("representatives", "somebody@a.example", ""):
        with pytest.raises(Faulty):
            invite(own_paris, name, way)
    assert relation(own_paris, name) == "cited"


def test_who_takes_part_says_since_when_and_where_that_is_written(own_paris: Instance) -> None:
    name = published(own_paris)
    invite(own_paris, name)
    for reply in (Reply(answer="accept", since="2031"), Reply(answer="accept", source="Lettre")):
        with pytest.raises(Faulty):
            answer(own_paris, name, reply)
    with pytest.raises(Identifying):
        answer(own_paris, name, Reply(answer="accept", since="2031", source="jean.dupont@justice.example"))


def test_what_a_coordinator_reads_in_a_letter_is_set_as_before(own_paris: Instance) -> None:
    name = published(own_paris)
    relate(own_paris, name, "taking-part", since="2030", source="Lettre")
    assert relation(own_paris, name) == "taking-part"
