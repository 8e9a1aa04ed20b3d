"""What Prometheus reads of a site: who may read it, what each figure says, and what none of them says."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import yaml
from lanzarote.app import front_of
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import SettingError
from lanzarote.instance import Instance
from lanzarote.records import outbox, validation
from lanzarote.results.batches import Malformed
from lanzarote.results.receiving import receive
from lanzarote.store.database import ALL, Database
from lanzarote.telemetry import metrics
from lanzarote.telemetry.metrics_port import answering
from lanzarote.web.front import Front
from lanzarote.web.limits import Busy
from lanzarote.web.routes import CHANGES
from litestar.testing import TestClient
from msgspec.structs import replace
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from dev import ROOT
from tests.conftest import copy_of
from tests.core.faults.test_away import held

TOKEN = "0123456789-abcdefghijk"
TOLD = "Send the token that LANZAROTE_METRICS_TOKEN names, as: Authorization: Bearer TOKEN.\n"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
Figures = dict[tuple[str, ...], float]
"""Name and values of labels → value."""


class Site:
    """A site that is watched, and a reader of it."""

    def __init__(self, instance: Instance, app: Front, client: TestClient[Any]) -> None:
        self.instance, self.app, self.client = instance, app, client

    def text(self) -> str:
        answer = self.client.get("/metrics", headers=BEARER)
        assert answer.status_code == 200
        return answer.text

    def figures(self) -> Figures:
        assert self.app.metrics is not None
        return read(self.app.metrics.text().decode())


def read(told: str) -> Figures:
    return {
        (one.name, *one.labels.values()): one.value
        for family in text_string_to_metric_families(told)
        for one in family.samples
    }


@pytest.fixture
def site(paris_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(metrics, "FRESH", 0.0)
    place = {"LANZAROTE_DATABASE_URL": copy_of(paris_template, tmp_path), "LANZAROTE_DATA": str(tmp_path)}
    with new_instance(read_settings(place | {"LANZAROTE_METRICS_TOKEN": TOKEN})) as instance:
        app = front_of(instance)
        with TestClient(cast("Any", app), base_url="http://lanzarote.test") as client:
            yield Site(instance, app, client)


# Who reads them


def test_where_nobody_asked_for_metrics_there_are_none(client: TestClient[Any]) -> None:
    assert client.get("/metrics", headers=BEARER).status_code == 404


def test_a_site_without_metrics_does_not_wait_for_their_library() -> None:
    libraries = "{'prometheus_client', 'opentelemetry.sdk'}"
    code = f"import sys, lanzarote.operations.serving; sys.exit(bool({libraries} & {{*sys.modules}}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer 0123456789-abcdefghijl", f"Basic {TOKEN}", "Bearer é" * 20])
def test_whoever_has_no_token_is_told_what_to_send(site: Site, given: str) -> None:
    answer = site.client.get("/metrics", headers=[(b"authorization", given.encode())])
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.text == TOLD
    assert answer.headers["cache-control"] == "no-store"


def test_whoever_has_it_reads_them(site: Site) -> None:
    answer = site.client.get("/metrics", headers=BEARER)
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert read(answer.text)["lanzarote_database_up",] == 1
    assert (head := site.client.head("/metrics", headers=BEARER)).status_code == 200
    assert head.text == ""
    assert site.client.post("/metrics", headers=BEARER).status_code == 405


def test_who_has_a_port_for_them_has_none_on_the_site(own_paris: Instance) -> None:
    settings = replace(own_paris.settings, metrics="127.0.0.1:9400", metrics_token=TOKEN)
    with new_instance(settings, own_paris.host) as instance, TestClient(cast("Any", front_of(instance))) as client:
        assert client.get("/metrics", headers=BEARER).status_code == 404


def test_they_have_a_port_of_their_own(site: Site) -> None:
    counted = site.app.metrics
    assert counted is not None
    with answering(counted, "127.0.0.1:0") as address:
        assert read(httpx.get(address, headers=BEARER).text)["lanzarote_database_up",] == 1
        assert refused(address) == (401, TOLD)
        assert refused(address.removesuffix("metrics")) == (404, "Metrics are at /metrics.\n")


def refused(address: str) -> tuple[int, str]:
    answer = httpx.get(address)
    return answer.status_code, answer.text


def test_a_port_that_is_taken_is_told_with_the_way_out(site: Site) -> None:
    assert site.app.metrics is not None
    with socket.create_server(("127.0.0.1", 0)) as other:
        place = f"127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(SettingError, match=f"cannot listen on {place} for metrics .*; set LANZAROTE_METRICS to"):
            answering(site.app.metrics, place).__enter__()


# What they say


def test_each_answer_is_counted_by_its_route(site: Site) -> None:
    asked = {
        ("GET", "/{lang}/{region}", "200"): ["/fr/paris", "/fr/paris"],
        ("GET", "/{lang}/{region}/practices", "200"): ["/fr/paris/practices?q=Clairvoile"],
        ("GET", "/static/{file}", "200"): ["/static/base.css"],
        ("GET", "/health/live", "200"): ["/health/live"],
        ("GET", "/{lang}/account/reset/{secret}", "410"): ["/en/account/reset/Clairvoile"],
        ("GET", "unknown", "404"): ["/Clairvoile/Clairvoile/Clairvoile/Clairvoile/Clairvoile"],
        ("GET", "unknown", "308"): ["/fr/paris/"],
    }
    for paths in asked.values():
        for path in paths:
            site.client.get(path, follow_redirects=False)
    site.client.head("/fr/paris")
    site.client.request("PROPFIND", "/fr/paris")
    figures, told = site.figures(), site.text()
    counted = {key[1:]: int(value) for key, value in figures.items() if key[0] == "lanzarote_http_requests_total"}
    assert {key: counted[key] for key in asked} == {key: len(paths) for key, paths in asked.items()}
    assert counted["HEAD", "/{lang}/{region}", "200"] == 1
    assert sum(number for (method, *_), number in counted.items() if method == "other") == 1
    took = "lanzarote_http_request_duration_seconds"
    assert figures[f"{took}_count", "GET", "unknown"] == 2
    assert figures[f"{took}_bucket", "+Inf", "GET", "/{lang}/{region}"] == 2
    assert figures[f"{took}_sum", "GET", "/{lang}/{region}"] > 0
    assert "Clairvoile" not in told
    assert "paris" not in told


def test_what_came_from_memory_is_counted(site: Site) -> None:
    for _ in range(3):
        site.client.get("/fr/paris")
    figures = site.figures()
    asked = "lanzarote_page_cache_requests_total"
    assert (figures[asked, "hit"], figures[asked, "miss"]) == (2, 1)
    assert figures["lanzarote_page_cache_bytes",] > 1_000


def test_what_waits_is_counted(site: Site) -> None:
    ago = datetime.now(UTC) - timedelta(hours=2)
    site.instance.worker.stop()
    with site.instance.database.write(ALL) as session:
        for topic in ("tell:lanzarote-webhook", "mail.reset", "project"):
            outbox.enqueue(session, topic)
        outbox.enqueue_for(session, ago + timedelta(days=30), "meeting.remind", "later")
        session.flush()
        for job in session.query(outbox.Job):
            if job.topic == "mail.reset":
                job.fault = "Clairvoile"
            elif job.topic == "project":
                job.due_at = ago
    figures = site.figures()
    waiting = {key[1]: value for key, value in figures.items() if key[0] == "lanzarote_jobs_waiting"}
    assert waiting == {"tell": 1, "mail.reset": 1, "project": 1, "meeting.remind": 1}
    assert figures["lanzarote_jobs_overdue", "project"] == 1
    assert figures["lanzarote_jobs_overdue", "tell"] == 0
    assert figures["lanzarote_jobs_failed", "mail.reset"] == 1
    assert 7_200 <= figures["lanzarote_jobs_oldest_due_seconds",] < 7_300
    assert (figures["lanzarote_mails_waiting",], figures["lanzarote_mails_failed",]) == (1, 1)
    assert figures["lanzarote_worker_up",] == 0
    told = site.text()
    assert "Clairvoile" not in told
    assert "webhook" not in told


def test_a_database_that_is_away_is_a_figure_and_no_error(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "WITHIN", 0.1)
    with held(site.instance):
        figures = site.figures()
    assert figures["lanzarote_database_up",] == 0
    assert ("lanzarote_mails_waiting",) not in figures
    assert figures["lanzarote_page_cache_requests_total", "hit"] == 0


def test_the_database_is_read_now_and_then(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "FRESH", 3600)
    site.instance.worker.stop()
    assert site.figures()["lanzarote_mails_waiting",] == 0
    with site.instance.database.write(ALL) as session:
        outbox.enqueue(session, "mail.reset")
    assert site.figures()["lanzarote_mails_waiting",] == 0
    monkeypatch.setattr(metrics, "FRESH", 0.0)
    assert site.figures()["lanzarote_mails_waiting",] == 1


@pytest.mark.both_databases
def test_what_waits_is_counted_alike_by_both_databases(database_url: str) -> None:
    database = Database(database_url)
    ago = datetime.now(UTC) - timedelta(hours=2)
    with database.write(ALL) as session:
        outbox.enqueue_for(session, ago, "project", "first")
        outbox.enqueue_for(session, ago + timedelta(days=1), "project", "later")
    told = metrics.Outbox(database).read()
    assert told == [("project", 2, 1, 0, ago)]
    database.close()


@pytest.mark.long
@pytest.mark.postgres
def test_a_table_that_is_locked_makes_nobody_wait_long(pg_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "FRESH", 0.0)
    database = Database(pg_url)
    outbox = metrics.Outbox(database)
    with database.engine.begin() as other:
        other.execute(text("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE"))
        monkeypatch.setattr(metrics, "WITHIN", 0.1)
        assert outbox.read() is None
    monkeypatch.setattr(metrics, "WITHIN", 10)
    assert outbox.read() == []
    database.close()


def test_texts_that_were_stopped_are_counted_by_kind(site: Site) -> None:
    before = site.figures()
    with pytest.raises(validation.Identifying):
        validation.clean_remark("Née le 3 mars 2012", identifiers=())
    figures = site.figures()
    for key in (("lanzarote_guard_stopped_total", "birth-date"), ("lanzarote_guard_duration_seconds_count",)):
        assert figures[key] == before[key] + 1
    assert "2012" not in site.text()


def test_results_that_were_refused_are_counted_by_reason(site: Site) -> None:
    key = "lanzarote_results_refused_total", "malformed"
    before = site.figures()[key]
    with pytest.raises(Malformed):
        receive(site.instance.database, BytesIO(b"Clairvoile\n"), came="file")
    assert site.figures()[key] == before + 1
    assert site.figures()["lanzarote_results_received_total", "net"] >= 0


def test_what_a_pool_refuses_is_counted(site: Site) -> None:
    before = site.figures()["lanzarote_pool_refused_total", "changes"]
    room, CHANGES.room = CHANGES.room, 0
    try:
        with pytest.raises(Busy):
            CHANGES.run(lambda: None).send(None)
    finally:
        CHANGES.room = room
    figures = site.figures()
    assert figures["lanzarote_pool_refused_total", "changes"] == before + 1
    assert figures["lanzarote_pool_calls", "changes"] == 0
    assert figures["lanzarote_pool_calls_max", "changes"] == room


def test_a_package_that_is_at_fault_is_counted(site: Site) -> None:
    sound = site.figures()["lanzarote_packages", "used"]
    site.instance.host.blame("paris", "Clairvoile")
    figures = site.figures()
    assert (figures["lanzarote_packages", "quarantined"], figures["lanzarote_packages", "used"]) == (1, sound - 1)


def test_the_newest_backup_is_told(site: Site, tmp_path: Path) -> None:
    key = ("lanzarote_backup_last_timestamp_seconds",)
    assert key not in site.figures()
    (folder := tmp_path / "backups").mkdir()
    for name, at in (("old", 1_000), ("new", 2_000)):
        (folder / f"{name}.zip").touch()
        os.utime(folder / f"{name}.zip", (at, at))
    assert site.figures()[key] == 2_000


# What is written about them


def test_each_figure_is_explained(site: Site, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "one.zip").touch()
    page = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(lanzarote_\w+)", page, re.MULTILINE))
    assert {name for name in families(site.text()) if name.startswith("lanzarote")} == told


def families(told: str) -> set[str]:
    return set(re.findall(r"^# TYPE (\S+)", told, re.MULTILINE))


def test_the_alerts_ask_for_figures_that_there_are(site: Site, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "one.zip").touch()
    there = families(site.text())
    rules = yaml.safe_load((ROOT / "deploy" / "prometheus" / "alerts.yml").read_text(encoding="utf-8"))
    every = [rule for group in rules["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in every}) == len(every) > 5
    for rule in every:
        asked = re.findall(r"(?:lanzarote|process)_\w+", rule["expr"])
        assert {name.removesuffix("_bucket") for name in asked} <= there, rule["alert"]
        assert {"summary", "description"} <= set(rule["annotations"])
