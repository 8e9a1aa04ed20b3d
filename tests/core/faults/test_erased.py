"""What was erased is nowhere: in no table, no byte of a file, no answer; and no older backup brings it back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lanzarote import erased, jobs, mail, permissions, records
from lanzarote.accounts import mails
from lanzarote.accounts import service as accounts
from lanzarote.accounts.model import Account, Granted
from lanzarote.app import create_app
from lanzarote.backup import backup, restore
from lanzarote.changes import Audit
from lanzarote.checking import Faulty
from lanzarote.cli import main
from lanzarote.database import ALL
from lanzarote.errors import NotPermitted, RestoreError
from lanzarote.folding import query_terms
from lanzarote.instance import Instance
from lanzarote.jobs import Job
from lanzarote.meetings import inviting
from lanzarote.meetings import mails as meeting_mails
from lanzarote.plugins import Host
from lanzarote.practices import form_unsaved, service, sheets, writing
from lanzarote.practices.form_entries import Entered
from lanzarote.practices.form_judging import Passed, Typed
from lanzarote.practices.work import Reason
from lanzarote.records import Record
from lanzarote.settings import Settings, read_settings
from lanzarote.stakeholders import writing as stakeholders
from lanzarote.stakeholders.service import ids_by_name
from lanzarote.tables import Base
from lanzarote.tasks import finish_task, open_task
from litestar.testing import TestClient
from sqlalchemy import select, text

from tests.core.evaluation import piloting
from tests.core.improvements import deliberating
from tests.core.meetings import keeping
from tests.core.practices.assessments import PARIS, TEXT, THEN, Assessed, full, person
from tests.core.procedures import agreeing

TITLE, SUMMARY, OWN, OLDER = "Brumelune", "Clairvoile", "Dormevent", "Ecumesable"
PLACES = {
    "the title": TITLE,
    "the summary": SUMMARY,
    "a source": OWN,
    "an older version": OLDER,
    "text that is not saved": "Flammerose",
    "why the writer keeps something": "Grisebruyere",
    "on whose word": "Hautecombe",
    "why it was given back": "Ivoirine",
    "an answer of a reviewer": "Jonquillet",
    "the reason of the decision": "Kermadec",
    "a task about it": "Lavandier",
    "why it was withdrawn": "Mirabelou",
    "why a name stays in that": "Opalinette",
}
NOT_YET = {"why it was withdrawn", "why a name stays in that"}
DONE_WITH = {"why it was given back", "on whose word"}
"""Forgotten as soon as it is published."""
NAME, ADDRESS = "Nolwenn Quimperlais", "nolwenn@quimperlais.example"


def settings(url: str, data: Path) -> Settings:
    return read_settings({"LANZAROTE_DATABASE_URL": url, "LANZAROTE_DATA": str(data)})


def walked_all_the_way(instance: Instance) -> tuple[str, str]:
    """A practice that left words in every place there is; its id, and the address it was published at."""
    writer, head = person(instance, "contributor"), person(instance, "coordinator")
    reviewers = [person(instance, "reviewer") for _ in range(2)]
    one = Assessed(instance, writer, head, text={"fr": TEXT | {"title": OLDER}})
    words = instance.vocabulary(PARIS)
    body = {
        "original": "fr",
        "text": {"fr": TEXT | {"title": TITLE, "summary": SUMMARY}},
        "sectors": ["courts"],
        "partners": [{"sector": "courts", "side": "public"}],
        "target_groups": ["child-victims"],
        "scope": "local",
        "running": "ongoing",
        "own_sources": [{"key": "own-1", "title": OWN, "publisher": OWN, "kind": "press"}],
    }
    reason = Reason(field="text.fr.title", code="name", text=PLACES["why the writer keeps something"], by="x")
    given = writing.Checked(sheet=sheets.read(body), reasons=(reason,))
    with one.held() as (session, record):
        writing.save(session, record, given, expected=1, by=writer, at=THEN)
    one.submit()
    with one.held() as (session, record):
        writing.hand_back(session, record, words, reason=f"Voir {PLACES['why it was given back']}", by=head, at=THEN)
    one.submit(PLACES["on whose word"])
    one.ask(*reviewers)
    for reviewer in reviewers:
        one.give(reviewer, full(one.grid, PLACES["an answer of a reviewer"]))
    assert left(instance, {place: PLACES[place] for place in DONE_WITH}) == DONE_WITH
    one.decide("assessed", reason={"fr": f"Voir {PLACES['the reason of the decision']}"})
    with one.held() as (session, record):
        slug = record.slug
        entered = Entered(
            original="fr", languages=("fr",), values={"text.fr.title": (PLACES["text that is not saved"],)}
        )
        passed = Passed(typed=Typed(entered=entered))
        open_task(session, PARIS, "reply", by="visitor", record_id=record.id, wrong=PLACES["a task about it"])
    with one.held() as (session, record):
        writing.save(session, record, given_again(body, reason), expected=record.version, by=writer, at=THEN)
        form_unsaved.keep(session, PARIS, record.id, passed, base=record.version, by=writer, at=THEN)
    return one.id, slug


def given_again(body: dict[str, Any], reason: Reason) -> writing.Checked:
    """Another version beside the published one."""
    text = body["text"]["fr"] | {"summary": f"{SUMMARY} encore"}
    return writing.Checked(sheet=sheets.read(body | {"text": {"fr": text}}), reasons=(reason,))


def withdraw_and_erase(instance: Instance, record_id: str) -> None:
    head = person(instance, "coordinator")
    with instance.database.write(PARIS) as session:
        record = session.get_one(Record, (PARIS, record_id))
        reason = f"Zoé, 8 ans : {PLACES['why it was withdrawn']}"
        why = {("reason", "name-with-age"): f"Personnage de {PLACES['why a name stays in that']}"}
        writing.withdraw(session, record, instance.vocabulary(PARIS), reason=reason, why=why, by=head, at=THEN)
    assert left(instance, {place: PLACES[place] for place in NOT_YET}) == NOT_YET
    with instance.database.write(PARIS) as session:
        writing.erase(session, session.get_one(Record, (PARIS, record_id)), by=head, at=THEN + timedelta(days=1))


def left(instance: Instance, words: dict[str, str]) -> set[str]:
    """Which of *words* stand anywhere: in a table, in a byte of the data folder, or as the index has them."""
    files = [file for file in instance.settings.data.rglob("*") if file.is_file() and file.suffix != ".zip"]
    bytes_ = [file.read_bytes().decode("utf-8", "replace") for file in files]
    whole = "\n".join([everything(instance), *bytes_]).lower()
    # The index cuts off what a word shares with the one before it.
    return {place for place, word in words.items() if word.lower() in whole or word.lower()[1:] in whole}


def everything(instance: Instance) -> str:
    with instance.database.read(ALL) as session:
        connection = session.connection()
        names = [*Base.metadata.tables, "search_text"]
        values = [one for name in names for row in connection.execute(text(f"SELECT * FROM {name}")) for one in row]
    return "\n".join(
        bytes(one).decode("utf-8", "replace") if isinstance(one, bytes | memoryview) else str(one) for one in values
    )


@pytest.fixture
def worked_on(database_url: str, tmp_path: Path) -> Iterator[Instance]:
    with Instance(settings(database_url, tmp_path)) as instance:
        instance.load("paris")
        yield instance


def test_an_erased_practice_is_nowhere(worked_on: Instance) -> None:
    record_id, slug = walked_all_the_way(worked_on)
    worked_on.worker.run_due()  # those who are told that something waits get letters
    assert [*(worked_on.settings.data / "mail").iterdir()] != []
    with TestClient(create_app(worked_on), base_url="http://lanzarote.test") as client:
        paths = [
            f"/fr/paris/practices/{slug}", f"/api/v1/regions/paris/practices/{slug}", f"/fr/paris/practices?q={TITLE}",
            f"/fr/search?q={TITLE}", "/fr/paris/practices.atom", "/fr/paris/practices.csv", "/fr/paris/practices",
            "/api/v1/regions/paris/practices", f"/api/v1/search?q={SUMMARY}", "/sitemap.xml", "/fr/paris",
        ]  # fmt: skip
        shown = {path: client.get(path) for path in paths}
        assert shown[paths[0]].status_code == 200
        assert [path for path in paths if TITLE in shown[path].text] != []
        there = {place: word for place, word in PLACES.items() if place not in NOT_YET | DONE_WITH}
        assert left(worked_on, there) == there.keys(), "there must be something to erase"
        withdraw_and_erase(worked_on, record_id)
        assert left(worked_on, PLACES) == set()
        for path in paths:
            answer = client.get(path)
            said = answer.text.replace(f"q={TITLE}", "").replace(f'value="{TITLE}"', "")
            assert SUMMARY not in said, path
            assert f">{TITLE}<" not in said, path
        assert client.get(paths[0]).status_code == client.get(paths[1]).status_code == 410
        assert client.get(f"/fr/paris/practices/{slug}/versions").status_code == 410
    assert [one.id for one in erased.read(erased.place(worked_on.settings))] == [record_id]


def test_a_closed_account_leaves_no_byte(worked_on: Instance) -> None:
    with worked_on.database.write("-") as session:
        account_id = accounts.enrol(session, address=ADDRESS, name=NAME, language="fr", grants=(), by="x", at=THEN).id
    words = {"name": NAME, "address": ADDRESS}
    assert left(worked_on, words) == words.keys()
    with worked_on.database.write("-") as session:
        accounts.close(session, session.get_one(Account, account_id), by="x", at=THEN)
    assert left(worked_on, words) == set()


def test_a_closed_account_leaves_no_letter_and_no_mail_that_waits(worked_on: Instance) -> None:
    folder = worked_on.settings.data / "mail"
    with worked_on.database.write("-") as session:
        going = accounts.invite(session, address=ADDRESS, name=NAME, language="fr", grants=(), by="x", at=THEN)
        other = accounts.invite(
            session, address="b@example.org", name="Bo", language="fr", grants=(), by=going.id, at=THEN
        )
        going.state = "active"
        ids = {"going": going.id, "other": other.id}
    worked_on.worker.run_due()
    with worked_on.database.write("-") as session:
        accounts.mail_invitation(session, session.get_one(Account, ids["other"]), by="x")
    worked_on.worker.run_due()
    assert len([*folder.iterdir()]) == 3
    with worked_on.database.write("-") as session:
        going = session.get_one(Account, ids["going"])
        accounts.ask_reset(session, ADDRESS)
        accounts.ask_address(session, going, "nouvelle@quimperlais.example")
        accounts.notify(session, going, "address", to=ADDRESS)
    waiting = {"the new address": "nouvelle@quimperlais"}
    words = {"name": NAME, "address": ADDRESS} | waiting
    assert left(worked_on, words) == words.keys()
    with worked_on.database.write("-") as session:
        accounts.close(session, session.get_one(Account, ids["going"]), by="x", at=THEN)
    assert left(worked_on, words) == set()
    [kept] = folder.iterdir()  # nobody but the other is named in it
    assert ids["other"] in kept.name
    worked_on.worker.run_due()
    assert [*folder.iterdir()] == [kept]


def test_a_letter_that_is_laid_while_its_account_is_closed_does_not_stay(
    worked_on: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def close_first(settings: Settings, letter: mail.Mail) -> None:
        with worked_on.database.write("-") as session:
            accounts.close(session, session.get_one(Account, account_id), by="x", at=THEN)
        mail.send(settings, letter)

    monkeypatch.setattr(mails, "send", close_first)
    with worked_on.database.write("-") as session:
        account_id = accounts.invite(session, address=ADDRESS, name=NAME, language="fr", grants=(), by="x", at=THEN).id
    worked_on.worker.run_due()
    assert [*(worked_on.settings.data / "mail").iterdir()] == []
    assert left(worked_on, {"name": NAME, "address": ADDRESS}) == set()


def test_a_letter_goes_when_its_link_works_no_more(worked_on: Instance) -> None:
    for name in ("ana", "bo"):
        with worked_on.database.write("-") as session:
            accounts.invite(session, address=f"{name}@e.example", name=name, language="fr", grants=(), by="x", at=THEN)
        worked_on.worker.run_due()
    old, new = sorted((worked_on.settings.data / "mail").iterdir(), key=lambda file: file.stat().st_mtime_ns)
    then = (records.now() - mails.KEPT_FOR - timedelta(minutes=1)).timestamp()
    os.utime(old, (then, then))
    with worked_on.database.write("-") as session:
        [job] = session.scalars(select(Job).where(Job.topic == mails.TIDY))
        assert job.due_at > records.now() + mails.KEPT_FOR
        job.due_at = THEN - timedelta(days=9_000)
    worked_on.worker.run_due()
    assert [*(worked_on.settings.data / "mail").iterdir()] == [new]


def test_how_telling_a_package_failed_is_forgotten_with_the_practice(worked_on: Instance) -> None:
    record_id, _ = walked_all_the_way(worked_on)
    other = "01900000-0000-7000-8000-000000000000"
    with worked_on.database.write("-") as session:
        failed = [(record_id, f"ValueError: {TITLE}"), (other, "ValueError: no luck")]
        for one, fault in failed:
            session.get_one(Job, jobs.enqueue(session, "event:away:paris", record=one, hook="x")).fault = fault
    assert left(worked_on, {"fault": f"ValueError: {TITLE}"}) == {"fault"}
    withdraw_and_erase(worked_on, record_id)
    assert left(worked_on, PLACES) == set()
    with worked_on.database.read("-") as session:
        faults = session.scalars(select(Job.fault).where(Job.topic == "event:away:paris").order_by(Job.id)).all()
    assert sorted(faults) == ["", "ValueError: no luck"]


def test_a_settled_reply_leaves_no_byte(worked_on: Instance) -> None:
    with worked_on.database.write(PARIS) as session:
        task_id = open_task(session, PARIS, "reply", by="visitor", wrong="Nacrelune est fausse.")
    words = {"what was written": "Nacrelune"}
    assert left(worked_on, words) == words.keys()
    with worked_on.database.write(PARIS) as session:
        finish_task(session, PARIS, task_id, by="x", note="Corrigé.")
    assert left(worked_on, words) == set()


def test_a_new_practice_does_not_take_the_address_of_an_erased_one(worked_on: Instance) -> None:
    record_id, slug = walked_all_the_way(worked_on)
    withdraw_and_erase(worked_on, record_id)
    assert walked_all_the_way(worked_on)[1] == f"{slug}-2"


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


def test_a_body_that_is_erased_leaves_no_word_of_its_own(worked_on: Instance) -> None:
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
    with worked_on.database.write(PARIS) as session:
        stakeholders.erase(session, session.get_one(Record, (PARIS, body)), by=keeping.HEAD, at=keeping.THEN)
    assert left(worked_on, said) == set()
    told = agreeing.public(worked_on, procedure)
    assert told is not None
    assert [one.source for one in told.said[body]] == [""]
    with TestClient(create_app(worked_on), base_url="http://lanzarote.test") as client:
        assert client.get(f"/fr/paris/procedures/{told.slug}").status_code == 200
        assert client.get(f"/api/v1/regions/paris/procedures/{told.slug}").status_code == 200


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


# Restoring


@pytest.fixture
def lost(worked_on: Instance, tmp_path: Path) -> tuple[Path, Path, str]:
    """A backup from before a practice was erased and an account closed, the list of both, and the practice's id."""
    record_id, _ = walked_all_the_way(worked_on)
    with worked_on.database.write("-") as session:
        account_id = accounts.enrol(session, address=ADDRESS, name=NAME, language="fr", grants=(), by="x", at=THEN).id
    file = tmp_path / "before.zip"
    backup(worked_on, file)
    withdraw_and_erase(worked_on, record_id)
    with worked_on.database.write("-") as session:
        accounts.close(session, session.get_one(Account, account_id), by="x", at=THEN)
    listed = erased.place(worked_on.settings)
    assert NAME not in listed.read_text()
    assert sorted(one.kind for one in erased.read(listed)) == ["account", "practice"]
    return file, listed, record_id


def test_a_restored_older_backup_revives_nothing_that_was_erased_since(
    lost: tuple[Path, Path, str], tmp_path: Path
) -> None:
    file, listed, record_id = lost
    folder = tmp_path / "new"
    fresh = settings(f"sqlite:///{folder / 'new.sqlite'}", folder)
    told = restore(fresh, file, listed)
    assert "erased since the backup, and erased again: 2" in told
    words = PLACES | {"name": NAME, "address": ADDRESS}
    with Instance(fresh, Host([])) as restored:
        assert left(restored, words) == set()
        with restored.database.read(ALL) as session:
            assert session.get_one(Record, (PARIS, record_id)).state == "erased"
        index = restored.facets(PARIS)
        found = service.page(restored.database, index, region_id=PARIS, filters={}, terms=query_terms(TITLE))
        assert found.total == 0
    # The new place knows it too, for the next restore.
    assert {one.id for one in erased.read(folder / erased.FILE)} == {one.id for one in erased.read(listed)}


def test_without_the_list_it_would_come_back(lost: tuple[Path, Path, str], tmp_path: Path) -> None:
    folder = tmp_path / "new"
    fresh = settings(f"sqlite:///{folder / 'new.sqlite'}", folder)
    assert "erased again" not in restore(fresh, lost[0])
    with Instance(fresh, Host([])) as restored:
        assert {"the title", "name"} <= left(restored, PLACES | {"name": NAME})


def test_the_list_in_the_data_folder_is_taken_by_itself(
    lost: tuple[Path, Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANZAROTE_DATA", str(tmp_path))
    monkeypatch.setenv("LANZAROTE_DATABASE_URL", f"sqlite:///{tmp_path / 'again.sqlite'}")
    assert main(["restore", str(lost[0])]) == 0
    assert "erased since the backup, and erased again: 2" in capsys.readouterr().out


def test_what_could_not_be_written_down_is_at_the_next_chance(worked_on: Instance, tmp_path: Path) -> None:
    listed = erased.place(worked_on.settings)
    listed.mkdir(parents=True)  # no file can be made there
    with worked_on.database.write(PARIS) as session:
        record = records.find(session, "practice", "pare")
        records.erase(session, record, by="x")
        record_id = record.id
    listed.rmdir()
    backup(worked_on, tmp_path / "next.zip")
    assert [one.id for one in erased.read(listed)] == [record_id]
    assert listed.stat().st_mode & 0o777 == 0o600


def test_a_list_that_cannot_be_read_stops_the_restore(lost: tuple[Path, Path, str], tmp_path: Path) -> None:
    fresh = settings(f"sqlite:///{tmp_path / 'fresh.sqlite'}", tmp_path / "nowhere")
    wrong = tmp_path / "wrong.jsonl"
    with pytest.raises(RestoreError, match="is no list of what was erased"):
        restore(fresh, lost[0], wrong)
    wrong.write_text("{}\n")
    with pytest.raises(RestoreError, match=r"Line 1 of .* tells of nothing erased"):
        restore(fresh, lost[0], wrong)
    assert not (tmp_path / "fresh.sqlite").exists()
