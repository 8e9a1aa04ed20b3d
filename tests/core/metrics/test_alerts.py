"""Prometheus's own tool reads the metrics and the rules for alerts; each is raised when it should be, and only then."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lanzarote.app import front_of
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from litestar.testing import TestClient

from dev import ROOT
from tests.conftest import copy_of

pytestmark = pytest.mark.long
RULES = ROOT / "deploy" / "prometheus" / "alerts.yml"
RAISED = {
    "LanzaroteDown": {'up{job="lanzarote"}': "0x576"},
    "LanzaroteDatabaseAway": {"lanzarote_database_up": "0x576"},
    "LanzaroteErrors": {
        'lanzarote_http_requests_total{status="200"}': "0+97x576",
        'lanzarote_http_requests_total{status="500"}': "0+3x576",
    },
    "LanzaroteSlow": {
        'lanzarote_http_request_duration_seconds_bucket{method="GET",le="1.0"}': "0+9x576",
        'lanzarote_http_request_duration_seconds_bucket{method="GET",le="2.5"}': "0+10x576",
        'lanzarote_http_request_duration_seconds_bucket{method="GET",le="+Inf"}': "0+10x576",
    },
    "LanzaroteRefusesWork": {'lanzarote_pool_refused_total{pool="changes"}': "0+5x576"},
    "LanzaroteWorkerStuck": {"lanzarote_worker_up": "0x576"},
    "LanzaroteJobsOverdue": {'lanzarote_jobs_overdue{topic="project"}': "1x576"},
    "LanzaroteJobsFail": {'lanzarote_jobs_failed{topic="project"}': "1x576"},
    "LanzaroteMailsFail": {"lanzarote_mails_failed": "1x576"},
    "LanzaroteBackupOld": {"lanzarote_backup_last_timestamp_seconds": "-60000x576"},
    "LanzaroteResultsRefused": {'lanzarote_results_refused_total{reason="unfit"}': "0+5x576"},
    "LanzarotePackageQuarantined": {'lanzarote_packages{state="quarantined"}': "1x576"},
    "LanzaroteNoBackup": {"lanzarote_info": "1x576"},
}
"""Alert → what is read every five minutes of two days when it is raised."""
SOUND = {
    'up{job="lanzarote"}': "1x576",
    "lanzarote_info": "1x576",
    "lanzarote_database_up": "1x576",
    "lanzarote_worker_up": "1x576",
    "lanzarote_mails_failed": "0x576",
    "lanzarote_backup_last_timestamp_seconds": "0+300x576",
    'lanzarote_http_requests_total{status="200"}': "0+100x576",
    'lanzarote_http_requests_total{status="500"}': "0+1x576",
    'lanzarote_http_request_duration_seconds_bucket{method="GET",le="1.0"}': "0+100x576",
    'lanzarote_http_request_duration_seconds_bucket{method="GET",le="+Inf"}': "0+101x576",
    'lanzarote_results_refused_total{reason="unfit"}': "0x576",
    'lanzarote_results_refused_total{reason="unknown-region"}': "0+1x576",
    'lanzarote_packages{state="quarantined"}': "0x576",
    'lanzarote_packages{state="used"}': "6x576",
}
"""What is read of a site with which nothing is wrong."""


@pytest.fixture
def promtool() -> str:
    if program := shutil.which("promtool"):
        return program
    pytest.skip("there is no promtool here; this adds it: apt-get install promtool")


def run(*command: str, given: bytes = b"") -> None:
    done = subprocess.run(command, input=given, capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()


def test_the_rules_are_rules(promtool: str) -> None:
    run(promtool, "check", "rules", str(RULES))


@pytest.fixture
def site(paris_template: Path, tmp_path: Path) -> Iterator[bytes]:
    place = {"LANZAROTE_DATABASE_URL": copy_of(paris_template, tmp_path), "LANZAROTE_DATA": str(tmp_path)}
    with new_instance(read_settings(place | {"LANZAROTE_METRICS": "9400"})) as instance:
        front = front_of(instance)
        app: Any = front
        with TestClient(app, base_url="http://lanzarote.test") as client:
            client.get("/fr/paris")
            assert front.metrics is not None
            yield front.metrics.text()


def test_the_metrics_follow_the_customs_of_prometheus(promtool: str, site: bytes) -> None:
    run(promtool, "check", "metrics", given=site)


def test_each_alert_is_raised_by_what_it_is_about_and_by_nothing_else(promtool: str, tmp_path: Path) -> None:
    names = {line.split()[-1] for line in RULES.read_text(encoding="utf-8").splitlines() if "- alert:" in line}
    assert names == set(RAISED)
    given = [
        {"series": on(site, name), "values": values}
        for site, series in {**RAISED, "sound": SOUND}.items()
        for name, values in series.items()
    ]
    raised = [{"labels": f'{{alertname="{name}", instance="{name}"}}', "value": 1} for name in RAISED]
    asked = {
        "expr": 'count by (alertname, instance) (ALERTS{alertstate="firing"})',
        "eval_time": "40h",
        "exp_samples": raised,
    }
    tests = [{"interval": "5m", "input_series": given, "promql_expr_test": [asked]}]
    file = tmp_path / "tests.yml"
    file.write_text(json.dumps({"rule_files": [str(RULES)], "evaluation_interval": "5m", "tests": tests}))
    run(promtool, "test", "rules", str(file))


def on(site: str, series: str) -> str:
    """*series* of one site."""
    name, _, labels = series.partition("{")
    return f'{name}{{instance="{site}",{labels}' if labels else f'{name}{{instance="{site}"}}'
