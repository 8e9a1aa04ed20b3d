"""Findings and improvements are written, shared, discussed; nothing is lost, and nobody reads what is not theirs."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import Conflict, Gone, NotFound, NotPermitted
from lanzarote.improvements import service, sharing
from lanzarote.improvements.model import FINDING, IMPROVEMENT
from lanzarote.instance import Instance
from lanzarote.kinds import service as kinds
from lanzarote.records import drafts
from lanzarote.records.changelog import Audit, Change
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import Actor
from lanzarote.records.records import Involved, Named, Record, Version
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.types import Improvement
from sqlalchemy import func, select

from tests.core.improvements.deliberating import (
    KINDS,
    LEADER,
    OBSERVED,
    OTHER,
    PROPOSED,
    REVIEWER,
    SPEAKER,
    STRANGER,
    THEN,
    WRITER,
    begun,
    checked,
    decided,
    finding,
    found,
    improvement,
    offer,
    reply,
    save,
    state,
    step,
)

TITLE = OBSERVED["text"]["fr"]["title"]


@pytest.fixture
def paris(paris_url: str, tmp_path: Path) -> Iterator[Instance]:
    given = {"LANZAROTE_DATABASE_URL": paris_url, "LANZAROTE_DATA": str(tmp_path / "data")}
    with new_instance(read_settings(given)) as instance:
        yield instance


def refusals(paris: Instance, kind: str, **body: Any) -> list[str]:
    with pytest.raises(Faulty) as refused:
        checked(paris, kind, (OBSERVED if kind == FINDING else PROPOSED) | body)
    return [fault.field for fault in refused.value.faults]


def readers(paris: Instance, record_id: str, kind: str = FINDING) -> set[str]:
    """Who reads it, one by one and in the list alike."""
    seen = set()
    for actor in (WRITER, OTHER, REVIEWER, LEADER, SPEAKER, STRANGER, Actor()):
        with paris.database.read("paris") as session:
            listed = record_id in [one for one, _ in service.states_of(session, kind, by=actor)]
            try:
                kinds.record_of(KINDS[kind], session, "paris", record_id, actor)
            except NotFound:
                assert not listed, actor
            else:
                assert listed, actor
                seen.add(actor.account_id)
    return seen


# What may be written


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        (FINDING, {"text": {"fr": {"title": "Un titre"}}}, "text.fr.observed"),
        (FINDING, {"text": {"fr": {"observed": "Sans titre."}}}, "text.fr.title"),
        (FINDING, {"sectors": ["courts"]}, "sectors"),
        (FINDING, {"sectors": ["courts", "unheard-of"]}, "sectors"),
        (FINDING, {"organisations": ["unheard-of"]}, "organisations"),
        (FINDING, {"observed_on": "2031-06-01"}, "observed_on"),
        (FINDING, {"observed_on": "2030-02-30"}, "observed_on"),
        (FINDING, {"convention": ["99"]}, "convention"),
        (FINDING, {"legal_basis": ["unheard-of"]}, "legal_basis"),
        (FINDING, {"evidence": [{"text": {"fr": "a\x00b"}}]}, "evidence[0].text.fr"),
        (FINDING, {"evidence": [{"sources": ["unheard-of"]}]}, "evidence[0].sources"),
        (FINDING, {"verified": True}, "verified"),
        (IMPROVEMENT, {"text": {"fr": {"title": "Un titre"}}}, "text.fr.proposal"),
        (IMPROVEMENT, {"sectors": []}, "sectors"),
        (IMPROVEMENT, {"findings": ["018f0000-0000-7000-8000-000000000000"]}, "findings"),
        (IMPROVEMENT, {"practices": ["018f0000-0000-7000-8000-000000000000"]}, "practices"),
        (IMPROVEMENT, {"text": {"fr": {"title": "a" * 301, "proposal": "b"}}}, "text.fr.title"),
        (IMPROVEMENT, {"text": {**PROPOSED["text"], "en": {"proposal": "No title."}}}, "text.en.title"),
        (IMPROVEMENT, {"text": {"fr": {"title": "a", "proposal": "b" * 20_001}}}, "text.fr.proposal"),
        (IMPROVEMENT, {"own_sources": [{"key": "a", "title": "T", "publisher": "", "kind": "press"}]},
         "own_sources[0].publisher"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_told_with_its_field(own_paris: Instance, kind: str, body: Any, field: str) -> None:
    assert refusals(own_paris, kind, **body) == [field]


def test_personal_data_is_kept_nowhere_and_a_reason_answers_what_is_only_asked_about(own_paris: Instance) -> None:
    text = {"fr": {"title": "Un titre", "observed": "Écrire à lea.dupont@gmail.com."}}
    with pytest.raises(Identifying) as refused:
        checked(own_paris, FINDING, OBSERVED | {"text": text})
    assert [(one.field, one.hard) for one in refused.value.concerns] == [("text.fr.observed", True)]
    text = {"fr": {"title": "Un titre", "observed": "01 44 56 78 90"}}
    with pytest.raises(Identifying):
        checked(own_paris, FINDING, OBSERVED | {"text": text})
    given = checked(own_paris, FINDING, OBSERVED | {"text": text}, reasons={"text.fr.observed|phone": "Un standard."})
    assert [(one.field, one.text) for one in given.reasons] == [("text.fr.observed", "Un standard.")]


def test_an_improvement_answers_no_finding_that_its_writer_cannot_read(own_paris: Instance) -> None:
    hidden, shared = finding(own_paris, OTHER), finding(own_paris, OTHER)
    step(own_paris, shared, "share")
    assert refusals(own_paris, IMPROVEMENT, findings=[hidden, shared]) == ["findings"]
    assert refusals(own_paris, IMPROVEMENT, practices=[shared]) == ["practices"], "of another kind"
    one = improvement(own_paris, OTHER, findings=[hidden, shared])
    # Who cannot see it does not take it out by saving, and puts in no other.
    save(own_paris, one, WRITER, sectors=["courts", "education"])
    said = found(own_paris, one)
    assert isinstance(said, Improvement)
    assert said.findings == (hidden, shared)


# Who reads


def test_a_draft_is_read_by_its_authors_and_coordinators_and_what_is_shared_by_the_group(paris: Instance) -> None:
    one = finding(paris)
    assert readers(paris, one) == {"ana", "cy"}
    step(paris, one, "share")
    group = {"ana", "eve", "bo", "cy", "rep"}
    assert readers(paris, one) == group
    step(paris, one, "unshare")
    assert readers(paris, one) == {"ana", "cy"}
    step(paris, one, "close", reason="Sans suite.")
    assert readers(paris, one) == {"ana", "cy"}, "one that was never shared is shared with nobody by closing it"
    step(paris, one, "reopen")
    step(paris, one, "close", reason="Sans suite.")
    assert readers(paris, one) == group, "who read it goes on reading it"
    assert readers(paris, improvement(paris), IMPROVEMENT) == group


def test_who_may_write_and_who_moves(own_paris: Instance) -> None:
    one = finding(own_paris)
    for actor in (WRITER, REVIEWER, SPEAKER, STRANGER, Actor()):
        with pytest.raises(NotPermitted):
            step(own_paris, one, "share", by=actor)
    step(own_paris, one, "share")
    changed = OBSERVED["text"] | {"en": {"title": "Another", "observed": "Text."}}
    for number, actor in enumerate((OTHER, SPEAKER, LEADER)):
        save(own_paris, one, actor, text=changed | {"en": {"title": f"Another {number}", "observed": "Text."}})
    for actor in (REVIEWER, STRANGER, Actor()):
        with pytest.raises(NotPermitted):
            save(own_paris, one, actor, text=changed)
    with pytest.raises(NotPermitted):
        begun(own_paris, IMPROVEMENT, by=REVIEWER)
    for actor in (WRITER, SPEAKER, REVIEWER):
        with pytest.raises(NotPermitted):
            step(own_paris, improvement(own_paris), "discuss", by=actor)


# How far it is


@pytest.mark.parametrize("kind", [FINDING, IMPROVEMENT])
def test_who_leads_the_group_takes_every_step_but_writing_and_erasing(kind: str) -> None:
    others = {"edit": "group.write", "erase": "record.erase"}
    assert {one.name: one.may for one in KINDS[kind].steps if one.may != "group.lead"} == others


def test_the_steps_of_an_improvement(own_paris: Instance) -> None:
    one = improvement(own_paris)
    with pytest.raises(IllegalTransition):
        step(own_paris, one, "complete")
    step(own_paris, one, "discuss")
    with pytest.raises(IllegalTransition):
        step(own_paris, one, "discuss")
    with pytest.raises(Faulty):
        step(own_paris, one, "drop", reason=" ")
    step(own_paris, one, "drop", reason="Une autre piste y répond.")
    with pytest.raises(IllegalTransition):
        save(own_paris, one, sectors=["education"])
    step(own_paris, one, "reconsider")
    assert state(own_paris, one) == "discussed"
    decided(own_paris, one)
    step(own_paris, one, "complete")
    step(own_paris, one, "resume")
    step(own_paris, one, "reconsider")
    save(own_paris, one, sectors=["education"])
    with own_paris.database.read("paris") as session:
        record = session.get_one(Record, ("paris", one))
        assert (record.version, record.published_version) == (2, 1), "the public reads what was decided"
        verbs = list(session.scalars(select(Audit.verb).where(Audit.record_id == one).order_by(Audit.seq)))
    assert verbs == [
        "create", "discuss", "drop", "reconsider", "adopted", "publish", "complete", "resume", "reconsider", "revise",
    ]  # fmt: skip


def test_the_text_is_frozen_while_positions_are_asked_for(own_paris: Instance) -> None:
    one = improvement(own_paris)
    with own_paris.database.write("paris") as session:
        record = session.get_one(Record, ("paris", one))
        record.status = b'{"state":"called","called_version":1}'
    with pytest.raises(IllegalTransition):
        save(own_paris, one, sectors=["education"])


def test_a_newer_original_makes_the_translation_stale_until_somebody_looks(own_paris: Instance) -> None:
    one = finding(own_paris)
    text = OBSERVED["text"] | {"fr": {"title": "Un autre titre", "observed": "Autre chose."}}
    save(own_paris, one, text=text)
    assert found(own_paris, one).stale == ("en",)
    save(own_paris, one, text=text, fresh=("en",))
    assert found(own_paris, one).stale == ()


def test_who_did_not_read_the_newest_version_is_told(own_paris: Instance) -> None:
    one = finding(own_paris)
    save(own_paris, one, sectors=["education", "courts"])
    with pytest.raises(Conflict):
        save(own_paris, one, expected=1, convention=["10"])
    with pytest.raises(Conflict):
        step(own_paris, one, "share", expected=1)


# At once


@pytest.mark.both_databases
def test_of_a_hundred_who_do_the_same_at_once_nothing_is_lost_or_doubled(paris: Instance) -> None:
    bodies = paris.directory("paris")[:2]
    one, other = finding(paris), improvement(paris)
    outcomes: list[str] = []

    def attempt(do: Callable[[], object]) -> str:
        try:
            do()
        except (Conflict, IllegalTransition) as error:
            return type(error).__name__
        return "done"

    calls: list[Callable[[], object]] = [lambda: step(paris, other, "discuss")] * 40
    calls += [lambda: offer(paris, one, bodies[0].id)] * 30 + [lambda: offer(paris, one, bodies[1].id)] * 30
    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(attempt, calls))
    assert outcomes.count("done") == 61
    with paris.database.read("paris") as session:
        status = sharing.status_of(session.get_one(Record, ("paris", one)))
        verbs = list(session.scalars(select(Audit.verb).where(Audit.record_id.in_((one, other))).order_by(Audit.seq)))
    assert {given.stakeholder for given in status.offers} == {body.id for body in bodies}
    assert sorted(verbs) == ["create", "create", "discuss", "offer", "offer"]


@pytest.mark.both_databases
def test_of_many_who_save_what_they_read_one_saves(paris: Instance) -> None:
    one = improvement(paris)

    def attempt(number: int) -> bool:
        try:
            save(paris, one, expected=1, text={"fr": PROPOSED["text"]["fr"] | {"means": f"Moyens {number}"}})
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(attempt, range(20))).count(True) == 1
    with paris.database.read("paris") as session:
        assert session.scalar(select(func.count()).select_from(Version).where(Version.record_id == one)) == 2


# Gone


def test_what_is_erased_is_gone_wholly(own_paris: Instance) -> None:
    body = own_paris.directory("paris")[0]
    word = "zzymurgie"
    one = finding(own_paris, organisations=[body.id], text={"fr": {"title": word, "observed": word}})
    offer(own_paris, one, body.id, how=word)
    reply(own_paris, one, body.id, reply={"fr": word})
    step(own_paris, one, "close", reason=f"Parce que {word}")
    path = own_paris.database.path
    assert word.encode() in Path(path).read_bytes() + Path(f"{path}-wal").read_bytes()
    with pytest.raises(NotPermitted), own_paris.database.write("paris") as session:
        drafts.erase(session, session.get_one(Record, ("paris", one)), by=WRITER, at=THEN)
    with own_paris.database.write("paris") as session:
        drafts.erase(session, session.get_one(Record, ("paris", one)), by=LEADER, at=THEN)
    with own_paris.database.read("paris") as session:
        for table in (Named, Involved):
            assert list(session.scalars(select(table).where(table.record_id == one))) == []
        for reader in (LEADER, WRITER, OTHER):
            with pytest.raises(Gone):
                kinds.record_of(KINDS[FINDING], session, "paris", one, reader)
        with pytest.raises(NotFound):
            kinds.record_of(KINDS[FINDING], session, "paris", one, STRANGER)
    own_paris.database.close()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert word.encode() not in Path(path).read_bytes()
    wal = Path(f"{path}-wal")
    assert not wal.exists() or word.encode() not in wal.read_bytes()


def test_nothing_of_a_finding_is_released_or_read_by_the_public(own_paris: Instance) -> None:
    one = finding(own_paris)
    step(own_paris, one, "share")
    with own_paris.database.read("paris") as session:
        record = session.get_one(Record, ("paris", one))
        assert (record.state, record.published_version) == ("draft", None)
        assert list(session.scalars(select(Change).where(Change.record_id == one))) == []
        assert service.published(session) == ()
