"""What the API says about itself is true: schemathesis sends requests made from its description.

It runs in a process of its own, with all its checks: no 5xx, nothing that the description does not say, everything
accepted that the description admits, everything refused that it does not. Hundreds of requests are sent by default;
thousands, and those that follow from one answer to the next, with ``-m long``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest
from lanzarote.accounts import attempts
from lanzarote.app import create_app
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.meetings import writing
from lanzarote.records.changelog import Saved
from lanzarote.records.permissions import Grant, Role
from lanzarote.records.records import encode
from lanzarote.store.database import ALL
from lanzarote.transfers import service as transfers
from lanzarote.types import TransferOrigin, TransferRelease, TransferStep
from litestar.testing import TestClient

from tests.conftest import copy_of
from tests.core.accounts.team import instance_like
from tests.core.api.programs import API, PARIS, Program, token_of
from tests.core.api.test_everybody import BODIES, received, sends_to, talked
from tests.core.conftest import serving
from tests.core.evaluation import piloting
from tests.core.improvements import deliberating
from tests.core.meetings import keeping

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONG = pytest.mark.long
DESCRIPTION = "/api/v1/openapi.json"
ME = f"{API}/me"


WITH_A_TOKEN = "/team/|/me(/|$)|/v1/people|/v1/activity|/office/(sources|openings)"
FOR_THE_TEAM = ["--exclude-path-regex", WITH_A_TOKEN]
WRITES = """
[checks.positive_data_acceptance]
# What the schema admits may still be refused by the region's vocabulary, by the guard, or by the state it is in.
expected-statuses = ["2xx", "401", "403", "404", "409", "412", "422", "429"]
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "409", "412", "413", "415", "422", "428", "429"]
[checks.missing_required_header]
expected-statuses = ["400", "401", "403", "404", "412", "415", "422", "428"]
[[operations]]
include-path-regex = "/team/follows?(/|$)"
# They need no header at all, and one that nobody knows does no harm.
generation.allow-extra-parameters = false
[parameters]
"path.region" = "paris"
"""
NO_RESULTS = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "400", "404"]  # nothing that is made up is signed
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "409", "413", "415", "422"]
"""
BYTES = """
import json, schemathesis

@schemathesis.serializer("application/vnd.lanzarote.results")
def as_bytes(context, value):
    return value if isinstance(value, bytes) else json.dumps(value).encode()
"""


def ask(site: str, folder: Path, examples: int, seed: int, *more: str) -> int:
    """Let schemathesis loose on *site*; return how many requests it sent."""
    options = ["--max-examples", str(examples), "--seed", str(seed), "--no-color", *more]
    command = [sys.executable, "-m", "schemathesis.cli", "run", site + DESCRIPTION, *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    told = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert told, done.stdout + done.stderr
    assert done.returncode == 0, done.stdout
    assert told[1] == told[2]
    return int(told[1])


@pytest.mark.parametrize(
    ("examples", "least"), [(5, 200), pytest.param(30, 2_000, marks=LONG), pytest.param(400, 10_000, marks=LONG)]
)
def test_made_up_requests_find_no_fault(paris_site: str, tmp_path: Path, examples: int, least: int) -> None:
    few = () if examples >= 30 else ("--phases", "examples,fuzzing")
    assert ask(paris_site, tmp_path, examples, 1, *FOR_THE_TEAM, *few) >= least


@pytest.mark.parametrize(
    ("mode", "examples"),
    [
        ("positive", 1),
        pytest.param("negative", 1, marks=LONG),
        pytest.param("positive", 100, marks=LONG),
        pytest.param("negative", 100, marks=LONG),
    ],
)
def test_what_is_written_is_answered_as_described(
    paris: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, examples: int
) -> None:
    """With a token that may do everything, on an instance of its own; what fits is sent about real records."""
    # Each resource is tried with wrong tokens too: whoever does that so often is otherwise kept waiting.
    monkeypatch.setitem(attempts.FREE, "sender", 10_000)
    monkeypatch.setitem(attempts.FREE, "all", 10_000)
    with instance_like(paris, tmp_path, OFFICE="on") as instance:
        roles: tuple[Role, ...] = ("contributor", "reviewer", "coordinator")
        grants = [Grant(role=role, region_id="paris") for role in roles]
        _, token = token_of(instance, *grants, Grant(role="administrator"))
        with serving(instance) as site, httpx.Client(base_url=site) as client:
            named = addresses(instance, Program(client, token)) if mode == "positive" else {}
            lines = [f'"path.{name}" = "{value}"' for name, value in named.items()]
            (tmp_path / "schemathesis.toml").write_text(WRITES + "\n".join(lines))
            which = ["--include-path-regex", WITH_A_TOKEN, "--mode", mode]
            if examples < 100:
                which += ["--phases", "fuzzing"]
            elif mode == "negative":  # examples fit, and what leads from one answer to the next does, too
                which += ["--phases", "coverage,fuzzing"]
            assert ask(site, tmp_path, examples, 1, "--header", f"Authorization: Bearer {token}", *which) >= 200


def addresses(instance: Instance, program: Program) -> dict[str, str]:
    """Ids of what is really there."""
    stakeholder = program.get(f"{PARIS}/team/stakeholders?limit=1")["items"][0]["id"]
    begun = {
        kind: program.ask("POST", f"{PARIS}/team/{kind}s", body).headers["location"].rpartition("/")[2]
        for kind, body in BODIES.items()
    }
    return {
        "practice": program.begin().rpartition("/")[2],
        **received(instance),
        **sends_to(program),
        "stakeholder": stakeholder,
        "account": program.get(ME)["id"],
        "record": begun["finding"],
        **begun,
        **talked(instance, program, program, begun["improvement"], stakeholder),
    }


def test_the_description_is_valid_openapi(client: TestClient[Any]) -> None:
    from openapi_spec_validator import OpenAPIV31SpecValidator

    document = client.get(DESCRIPTION).json()
    assert document["openapi"].startswith("3.1.")
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def public(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Address and description of what anybody may read."""
    found = [(path, item["get"]) for path, item in document["paths"].items() if "get" in item]
    return [(path, operation) for path, operation in found if operation["security"] == [{}]]


@pytest.fixture(scope="module")
def full(paris: Instance, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient[Any]]:
    """Asks a Paris that has something of everything to show."""
    with instance_like(paris, tmp_path_factory.mktemp("full")) as instance:
        piloting.released(instance, piloting.TRAINED, {"2031-03": 3, "2031-04": 12})
        piloting.decided(instance)
        deliberating.decided(instance, deliberating.improvement(instance))
        seminar = keeping.planned(instance, kind="seminar")
        keeping.announce(instance, seminar)
        with keeping.held(instance, seminar) as (session, record):
            writing.publish(session, record, expected=record.version, by=keeping.HEAD, at=keeping.THEN)
        taken_up(instance)
        with TestClient(create_app(instance), base_url="http://lanzarote.test") as client:
            yield client


def taken_up(instance: Instance) -> None:
    """Paris has released that it looks at a practice of another place."""
    then = datetime(2031, 6, 10, 9, tzinfo=UTC)
    number = "0190a000-0000-7000-8000-000000000001"
    words = {"fr": "Ailleurs"}
    about: Any = {"region": "elsewhere", "region_name": words, "title": words, "original": "fr"}
    origin = TransferOrigin(record=number, version=1, slug="a-practice", **about)
    state: Any = {"state": "taken-up", "steps": (TransferStep(state="taken-up", on=then.date()),)}
    said = TransferRelease(
        id=number, region="paris", slug="a-practice", version=1, updated_at=then, origin=origin, **state
    )
    saved = Saved(
        region_id="paris", kind="transfer", record_id=number, verb="publish", version=1, at=then, body=encode(said)
    )
    with instance.database.write(ALL) as session:
        transfers.hear(session, "paris", [saved])


def test_an_office_takes_results_as_described(
    office_site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "results_as_bytes.py").write_text(BYTES)
    monkeypatch.setenv("SCHEMATHESIS_HOOKS", "results_as_bytes")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    (tmp_path / "schemathesis.toml").write_text(NO_RESULTS)
    which = ["--include-path-regex", "/results/|/office/", *FOR_THE_TEAM]
    assert ask(office_site, tmp_path, 10, 1, *which) >= 200


@pytest.fixture(scope="module")
def office_site(paris_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    place = tmp_path_factory.mktemp("office")
    url = copy_of(paris_template, place)
    env = {"LANZAROTE_DATABASE_URL": url, "LANZAROTE_DATA": str(place), "LANZAROTE_OFFICE": "on"}
    with new_instance(read_settings(env)) as instance, serving(instance) as site:
        yield site


def test_the_description_shows_a_true_answer_for_every_resource(full: TestClient[Any]) -> None:
    client, document = full, full.get(DESCRIPTION).json()
    for path, operation in public(document):
        names = {one["name"]: one["example"] for one in operation["parameters"] if one["in"] == "path"}
        takes_limit = any(one["name"] == "limit" for one in operation["parameters"])
        answer = client.get(path.format(**names), params={"limit": 1} if takes_limit else {})
        assert "example" in operation["responses"]["200"]["content"]["application/json"], path
        assert answer.json() == operation["responses"]["200"]["content"]["application/json"]["example"], path
        assert operation["summary"]


def test_whatever_is_not_public_says_that_it_takes_a_token(client: TestClient[Any]) -> None:
    document = client.get(DESCRIPTION).json()
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    others = [
        (method, path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if operation["security"] != [{}]
    ]
    assert {method for method, _, _ in others} >= {"get", "post", "put"}
    for method, path, operation in others:
        assert operation["security"] == [{"token": []}]
        assert "401" in operation["responses"], path
        if method != "get":
            assert {"403", "415", "422"} <= set(operation["responses"]), path
            assert [one["required"] for one in operation["parameters"] if one["name"] == "Idempotency-Key"] == [
                method == "post"
            ]


def test_the_description_tells_every_field_that_is_sent(full: TestClient[Any]) -> None:
    """Schemas admit further fields, for the sake of later versions; today there are none."""
    document = full.get(DESCRIPTION).json()
    schemas = document["components"]["schemas"]

    def untold(schema: dict[str, Any], value: Any, where: str) -> list[str]:
        if "$ref" in schema:
            schema = schemas[schema["$ref"].rpartition("/")[2]]
        for choice in schema.get("anyOf", ()):
            if value is not None and choice.get("type") != "null":
                schema = choice if "$ref" not in choice else schemas[choice["$ref"].rpartition("/")[2]]
        found: list[str] = []
        if isinstance(value, dict):
            told, rest = schema.get("properties", {}), schema.get("additionalProperties", {})
            for name, inner in value.items():
                if name in told:
                    found += untold(told[name], inner, f"{where}.{name}")
                elif "properties" in schema:
                    found.append(f"{where}.{name}")
                else:
                    found += untold(rest or {}, inner, f"{where}.*")
        elif isinstance(value, list) and isinstance(schema.get("items"), dict):
            found += [name for inner in value for name in untold(schema["items"], inner, f"{where}[]")]
        return found

    for path, operation in public(document):
        content = operation["responses"]["200"]["content"]["application/json"]
        assert untold(content["schema"], content["example"], path) == []


def test_every_schema_has_a_name_of_its_own(client: TestClient[Any]) -> None:
    """Two of one name would be told apart by where they stand in our code."""
    assert [name for name in client.get(DESCRIPTION).json()["components"]["schemas"] if "." in name] == []


def test_the_description_is_the_same_bytes_until_content_changes(client: TestClient[Any]) -> None:
    first, again = client.get(DESCRIPTION), client.get(DESCRIPTION + "?")
    assert first.content == again.content
    assert msgspec.json.decode(first.content)["openapi"] == "3.1.0"
