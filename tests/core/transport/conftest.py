"""Paris as a file, to be changed at will, and empty instances to load it into."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.plugins import Host
from lanzarote.records.records import encode

from tests.core.transport.paris_file import Lines, export

NOBODY = Host([])
"""No package is installed."""


@pytest.fixture(scope="module")
def exported(paris: Instance) -> bytes:
    return export(paris)


@pytest.fixture
def here(database_url: str) -> Iterator[Instance]:
    """An empty instance without packages."""
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": database_url}), NOBODY) as instance:
        yield instance


@pytest.fixture
def small(sqlite_url: str) -> Iterator[Instance]:
    """An empty instance on SQLite, for what does not depend on the database."""
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": sqlite_url}), NOBODY) as instance:
        yield instance


@pytest.fixture
def file(tmp_path: Path, exported: bytes) -> Path:
    path = tmp_path / "paris.jsonl"
    path.write_bytes(exported)
    return path


@pytest.fixture
def rewrite(file: Path, exported: bytes) -> Callable[..., Path]:
    """Write the export anew after a change to its lines."""

    def write(change: Callable[[Lines], object]) -> Path:
        lines: Lines = [json.loads(line) for line in exported.splitlines()]
        change(lines)
        file.write_bytes(b"".join(encode(line) + b"\n" for line in lines))
        return file

    return write
