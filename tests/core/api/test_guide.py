"""The guide for programs is true: what stands in it is run as it stands, by a shell, against a server."""

from __future__ import annotations

import re
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from lanzarote.app import create_app
from lanzarote.instance import Instance
from lanzarote.records.permissions import Grant
from lanzarote.records.records import now
from lanzarote.web.problems import KeyMissing

from tests.core.accounts.team import GOOD, Team, instance_like
from tests.core.conftest import serving

ROOT = Path(__file__).parent.parent.parent.parent
GUIDE = (ROOT / "docs" / "programs.md").read_text("utf-8")
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r'Refused\(\s*\d+,\s*f?"([a-z-]+)(?:\{how\})?"|^            "([a-z]+(?:-[a-z]+)*)",$', re.MULTILINE)


def token_from_the_page(team: Team, name: str, role: str, *actions: str) -> str:
    """Made as the guide says: signed in, on the page of one's account."""
    browser = team.browser(team.person(name, Grant(role=role, region_id="paris")))  # type: ignore[arg-type]
    browser.get("/en/account/tokens")
    ends = (now() + timedelta(days=30)).date().isoformat()
    form = {"name": "Guide", "actions": list(actions), "region": "paris", "ends": ends, "password": GOOD}
    found = re.search(r'id="token">(lz_[\w-]{43})<', browser.post("/en/account/tokens", form).text)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def instance(paris: Instance, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    with instance_like(paris, tmp_path_factory.mktemp("guide")) as instance:
        yield instance


def test_the_guide_runs_as_it_stands(instance: Instance, tmp_path: Path) -> None:
    team = Team(instance, create_app(instance))
    writer = token_from_the_page(team, "ana", "contributor", "practice.read", "practice.write")
    second = token_from_the_page(team, "bo", "reviewer", "practice.read", "practice.publish")
    script = "\n".join(
        ["set -eu -o pipefail", "uuidgen() { cat /proc/sys/kernel/random/uuid; }", *SHELL.findall(GUIDE)]
    )
    with serving(instance) as site:
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin", "SITE": site, "TOKEN": writer, "SECOND": second, "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"fr": "Une salle d’audition partagée"' in done.stdout
    assert '"state":"published"' in done.stdout


def test_the_guide_names_every_code_of_a_refusal() -> None:
    source = (ROOT / "core/lanzarote/web/problems.py").read_text("utf-8")
    codes = {one or other for one, other in CODE.findall(source)} - {"idempotency-key-"}
    codes |= {KeyMissing(how).code for how in ("missing", "unusable")}
    assert len(codes) >= 12
    assert sorted(code for code in codes if f"`{code}`" not in GUIDE) == []
