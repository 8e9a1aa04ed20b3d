"""What an instance is asked about how it is: the same by ``doctor``, by watchdogs and on the System page."""

from __future__ import annotations

import os
import shutil
from collections import namedtuple
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import SettingError
from lanzarote.instance import Instance
from lanzarote.mail import sending
from lanzarote.operations import backup
from lanzarote.operations.doctor import NAMES, examine
from lanzarote.records import outbox
from lanzarote.runtime import last_done
from lanzarote.store.database import ALL
from lanzarote.web import instance_health
from lanzarote.web.front import readiness
from lanzarote.web.instance_health import PUBLIC, Answer, Size, ask

from tests.conftest import copy_of

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def data(paris_template: Path, tmp_path: Path) -> Path:
    copy_of(paris_template, tmp_path)
    for part in tmp_path.iterdir():
        part.chmod(0o600)
    return tmp_path


@pytest.fixture
def instance(data: Path) -> Iterator[Instance]:
    with new_instance(read_settings({"LANZAROTE_DATA": str(data)})) as instance:
        yield instance


def found(instance: Instance, about: str) -> Answer:
    [answer] = [one for one in ask(instance, serving=False) if one.about == about]
    return answer


def test_doctor_and_watchdogs_ask_the_same_questions(
    instance: Instance, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # They ask one after the other: meanwhile others write on the same disk.
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(200 << 30, 0, 100 << 30))
    asked = {one.about: one for one in ask(instance, serving=False)}
    of_doctor = {finding.about: finding.told for finding in examine({"LANZAROTE_DATA": str(data)})}
    of_doctor["packages"] = asked["packages"].english  # which doctor tells one by one
    assert {name: of_doctor[NAMES.get(name, name)] for name in asked} == {
        name: one.english for name, one in asked.items()
    }
    words, serves = readiness(instance)
    assert words == {name: asked[name].word for name in PUBLIC} | {"jobs": "stuck"}  # nobody has started the worker
    assert not serves


@pytest.mark.parametrize(
    ("free", "word", "told"),
    [
        (100 << 30, "ok", "107.4 GB of 214.7 GB are free where the data is."),
        (199_000_000, "full", "Only 199.0 MB of 214.7 GB are free where the data is. Make room."),
    ],
)
def test_a_disk_without_room_for_another_backup_is_full(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, free: int, word: str, told: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(200 << 30, 0, free))
    answer = found(instance, "disk")
    assert (answer.word, answer.english) == (word, told)
    assert not answer.closes


def test_the_last_backup_is_known_wherever_it_was_written(instance: Instance, data: Path) -> None:
    assert (found(instance, "backups").word, found(instance, "backups").state) == ("none", "note")
    file = data / "elsewhere" / "monday.zip"
    file.parent.mkdir()
    backup.backup(instance, file)
    answer = found(instance, "backups")
    assert (answer.word, answer.values["file"]) == ("ok", str(file))
    (data / "backups").mkdir()
    (data / "backups" / "x.zip").write_bytes(b"")
    assert found(instance, "backups").values["file"] == str(data / "backups" / "x.zip")
    long_ago = (datetime.now(UTC) - timedelta(days=9)).timestamp()
    os.utime(data / "backups" / "x.zip", (long_ago, long_ago))
    (data / "last-backup.json").unlink()
    assert (found(instance, "backups").word, found(instance, "backups").state) == ("old", "note")


def test_a_backup_that_failed_is_told_until_one_is_made(instance: Instance, data: Path) -> None:
    (data / "backups").write_text("a file and no folder")
    with pytest.raises(SettingError):
        backup.backup(instance, None)
    assert (found(instance, "backups").word, found(instance, "backups").state) == ("failed", "bad")
    (data / "backups").unlink()
    backup.backup(instance, None)
    assert found(instance, "backups").word == "ok"


def test_a_note_that_cannot_be_written_or_read_hinders_nothing(tmp_path: Path) -> None:
    settings = read_settings({"LANZAROTE_DATA": str(tmp_path / "nowhere")})
    last_done.note(settings.data, "e-mail")
    assert last_done.last(settings.data, "e-mail") is None
    settings.data.mkdir()
    (settings.data / "last-e-mail.json").write_text("{}")
    assert last_done.last(settings.data, "e-mail") is None
    sending.send(settings, sending.Mail(to="ana@example.org", subject="x", text="x", language="en", id="1"))
    noted = last_done.last(settings.data, "e-mail")
    assert noted is not None
    assert noted.where == str(settings.data / "mail")


def test_a_database_written_tomorrow_tells_of_a_wrong_clock(instance: Instance, data: Path) -> None:
    assert found(instance, "clock").word == "ok"
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).timestamp()
    os.utime(data / "lanzarote.sqlite", (tomorrow, tomorrow))
    assert (found(instance, "clock").word, found(instance, "clock").state) == ("wrong", "bad")


@pytest.mark.skipif(os.name != "posix", reason="other systems have other rights")
def test_private_files_that_others_can_read_are_told_to_the_operator_alone(instance: Instance, data: Path) -> None:
    (secret := data / "smtp").write_text("smtps://ana:Clairvoile@mail.example")
    secret.chmod(0o644)
    given = {"LANZAROTE_DATA": str(data), "LANZAROTE_SMTP_FILE": str(secret), "LANZAROTE_MAIL_FROM": "a@example.org"}
    told = [str(one) for one in examine(given) if one.bad]
    assert told == [
        f"! private files: Everybody on this machine can read {secret}, which holds a secret. Run: chmod o-rwx {secret}"
    ]
    (data / "lanzarote.sqlite").chmod(0o644)
    assert found(instance, "secrets").word == "open"
    assert "secrets" not in readiness(instance)[0]


def test_what_waits_is_counted_mails_apart(instance: Instance) -> None:
    def fail(*_: object) -> None:
        raise sending.NotSent("nobody takes it")

    def wait(*_: object) -> None:
        raise outbox.NotYet("tomorrow")

    with instance.database.write(ALL) as session:
        for topic in ("mail.reset", "meeting.mail", "print", "later"):
            outbox.enqueue(session, topic)
    outbox.Worker(instance.database, {"mail.reset": fail, "later": wait}, apart=("meeting", "print")).run_due()
    with instance.database.read(ALL) as session:
        work = instance_health.work(session, instance.rooms.mail_topics)
    assert (work.waiting, work.failing, work.mails, work.mails_failing) == (4, 1, 2, 1)
    assert (work.fault_topic, work.last_fault) == ("mail.reset", "NotSent: nobody takes it")
    assert instance_health.database_size(instance) > 1_000_000


def test_sizes_are_told_in_short() -> None:
    assert [str(Size(one)) for one in (0, 949_999, 999_999_999, 1_250_000_000)] == [
        "0.0 MB",
        "0.9 MB",
        "1000.0 MB",
        "1.2 GB",
    ]


@pytest.mark.both_databases
def test_the_same_is_asked_on_a_server(pg_url: str, tmp_path: Path) -> None:
    given = {"LANZAROTE_DATA": str(tmp_path), "LANZAROTE_DATABASE_URL": pg_url}
    with new_instance(read_settings(given)) as instance:
        words = {one.about: (one.word, one.state) for one in ask(instance, serving=False)}
        assert words["schema"] == words["clock"] == words["jobs"] == ("ok", "ok")
        assert instance_health.database_size(instance) > 1_000_000
