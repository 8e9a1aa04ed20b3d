"""What the API says about itself is true: schemathesis sends thousands of requests made from its description.

It runs in a process of its own, with all its checks: no 5xx, nothing that the description does not say, everything
accepted that the description admits, everything refused that it does not.
"""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from litestar.testing import TestClient

DESCRIPTION = "/api/v1/openapi.json"


def ask(site: str, folder: Path, examples: int, seed: int) -> int:
    """Let schemathesis loose on *site*; return how many requests it sent."""
    options = ["--max-examples", str(examples), "--seed", str(seed), "--no-color"]
    command = [sys.executable, "-m", "schemathesis.cli", "run", site + DESCRIPTION, *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    told = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert told, done.stdout + done.stderr
    assert done.returncode == 0, done.stdout
    assert told[1] == told[2]
    return int(told[1])


def test_two_thousand_requests_find_no_fault(paris_site: str, tmp_path: Path) -> None:
    assert ask(paris_site, tmp_path, examples=30, seed=1) >= 2_000


@pytest.mark.long
def test_ten_thousand_requests_find_no_fault(paris_site: str, tmp_path: Path) -> None:
    assert ask(paris_site, tmp_path, examples=400, seed=2) >= 10_000


def test_the_description_is_valid_openapi(client: TestClient[Any]) -> None:
    from openapi_spec_validator import OpenAPIV31SpecValidator

    document = client.get(DESCRIPTION).json()
    assert document["openapi"].startswith("3.1.")
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_the_description_shows_a_true_answer_for_every_resource(client: TestClient[Any]) -> None:
    document = client.get(DESCRIPTION).json()
    for path, item in document["paths"].items():
        operation = item["get"]
        names = {one["name"]: one["example"] for one in operation["parameters"] if one["in"] == "path"}
        takes_limit = any(one["name"] == "limit" for one in operation["parameters"])
        answer = client.get(path.format(**names), params={"limit": 1} if takes_limit else {})
        assert answer.json() == operation["responses"]["200"]["content"]["application/json"]["example"], path
        assert operation["summary"]
        assert operation["security"] == [{}]


def test_the_description_tells_every_field_that_is_sent(client: TestClient[Any]) -> None:
    """Schemas admit further fields, for the sake of later versions; today there are none."""
    document = client.get(DESCRIPTION).json()
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

    for path, item in document["paths"].items():
        content = item["get"]["responses"]["200"]["content"]["application/json"]
        assert untold(content["schema"], content["example"], path) == []


def test_the_description_is_the_same_bytes_until_content_changes(client: TestClient[Any]) -> None:
    first, again = client.get(DESCRIPTION), client.get(DESCRIPTION + "?")
    assert first.content == again.content
    assert msgspec.json.decode(first.content)["openapi"] == "3.1.0"
