"""What was erased is nowhere: in no table, no byte of a file, no answer; and no older backup brings it back."""

from __future__ import annotations

import os
from datetime import timedelta
from functools import reduce

import pytest
from lanzarote.accounts import mails
from lanzarote.accounts import service as accounts
from lanzarote.accounts.model import Account
from lanzarote.app import create_app
from lanzarote.configuration.settings import Settings
from lanzarote.exchange import erasure_list
from lanzarote.instance import Instance
from lanzarote.mail import sending
from lanzarote.records import outbox, records
from lanzarote.records.outbox import Job
from lanzarote.records.tasks import finish_task, open_task
from litestar.testing import TestClient
from sqlalchemy import select

from tests.core.faults.erasing import (
    ADDRESS,
    DONE_WITH,
    NAME,
    NOT_YET,
    PLACES,
    SUMMARY,
    TITLE,
    left,
    walked_all_the_way,
    withdraw_and_erase,
    worked_on,
)
from tests.core.practices.assessments import PARIS, THEN

__all__ = ["worked_on"]

ECHOES = (f"q={TITLE}", f'value="{TITLE}"', f'<span lang="">{TITLE}</span>')
"""How a page repeats what a reader searched for."""


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
            said = reduce(lambda text, echo: text.replace(echo, ""), ECHOES, answer.text)
            assert SUMMARY not in said, path
            assert f">{TITLE}<" not in said, path
        assert client.get(paths[0]).status_code == client.get(paths[1]).status_code == 410
        assert client.get(f"/fr/paris/practices/{slug}/versions").status_code == 410
    assert [one.id for one in erasure_list.read(erasure_list.place(worked_on.settings))] == [record_id]


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
    def close_first(settings: Settings, letter: sending.Mail) -> None:
        with worked_on.database.write("-") as session:
            accounts.close(session, session.get_one(Account, account_id), by="x", at=THEN)
        sending.send(settings, letter)

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
            session.get_one(Job, outbox.enqueue(session, "event:away:paris", record=one, hook="x")).fault = fault
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
