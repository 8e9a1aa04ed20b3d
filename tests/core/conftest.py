"""Paris as the public reads it: the instance, a client, a server that a browser can visit."""

from __future__ import annotations

import shutil
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from lanzarote.app import create_app
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.operations.serving import server_config
from lanzarote.plugins import Host
from litestar.testing import TestClient

from tests.conftest import BOTH_DATABASES, copied, copy_for, copy_of, pg_database, sqlalchemy_url
from tests.core import quiet
from tests.regions.second import both_regions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.prepared import Prepared

BOTH = ("paris", "second-region")


@pytest.fixture(scope="session")
def paris(paris_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An instance with Paris loaded, shared by all tests: read it only."""
    url = copy_of(paris_template, tmp_path_factory.mktemp("paris"))
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": url})) as instance:
        yield instance


@pytest.fixture(scope="session")
def paris_template(prepared: Prepared, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with Paris loaded, to be copied."""
    return loaded_file(prepared, sqlite_template, tmp_path_factory.mktemp("loaded"), Host(), "paris")


@pytest.fixture(scope="session")
def both_template(prepared: Prepared, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with Paris and the second region loaded, to be copied."""
    return loaded_file(prepared, sqlite_template, tmp_path_factory.mktemp("both"), both_regions(), *BOTH)


@pytest.fixture(scope="session")
def pg_paris_template(pg_admin_url: str, pg_template: str) -> Iterator[str]:
    """As ``paris_template``, on PostgreSQL: the name of the database."""
    with loaded_database(pg_admin_url, pg_template, Host(), "paris") as name:
        yield name


def loaded_file(prepared: Prepared, template: Path, folder: Path, host: Host, *regions: str) -> Path:
    """A copy of *template* with *regions* loaded, to be copied in turn."""

    def make(file: Path) -> None:
        shutil.copy(template, file)
        load(f"sqlite:///{file}", host, *regions)

    return prepared.put("-".join(regions), folder, make)


@contextmanager
def loaded_database(admin_url: str, template: str, host: Host, *regions: str) -> Iterator[str]:
    """As ``loaded_file``, on PostgreSQL."""
    with pg_database(admin_url, copied(template)) as name:
        load(sqlalchemy_url(admin_url, name), host, *regions)
        yield name


def load(url: str, host: Host, *regions: str) -> None:
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": url}), host) as instance:
        for region in regions:
            instance.load(region)


@pytest.fixture(params=BOTH_DATABASES)
def paris_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """As ``database_url``, with Paris loaded."""
    with copy_for(request, tmp_path, "paris_template") as url:
        yield url


@pytest.fixture(scope="module", params=BOTH_DATABASES)
def module_paris_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """As ``paris_url``, one for all tests of a module, which leave it as they found it."""
    with copy_for(request, tmp_path_factory.mktemp("module"), "paris_template") as url:
        yield url


@pytest.fixture(scope="module")
def everywhere(module_paris_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """Paris on either database, one for all tests of a module: each writes records of its own."""
    data = str(tmp_path_factory.mktemp("data"))
    given = {"DATABASE_URL": module_paris_url, "DATA": data, "BASE_URL": "https://lanzarote.test"}
    with new_instance(read_settings({f"LANZAROTE_{name}": value for name, value in given.items()})) as instance:
        yield instance


@pytest.fixture
def anywhere(paris_url: str, tmp_path: Path) -> Iterator[Instance]:
    """An instance of the test's own with Paris, on either database."""
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": paris_url, "LANZAROTE_DATA": str(tmp_path)})) as own:
        yield own


@pytest.fixture
def own_paris(paris_template: Path, tmp_path: Path) -> Iterator[Instance]:
    """An instance of the test's own, with Paris loaded, to be changed at will."""
    place = {"LANZAROTE_DATABASE_URL": copy_of(paris_template, tmp_path), "LANZAROTE_DATA": str(tmp_path)}
    with new_instance(read_settings(place)) as instance:
        yield instance


@pytest.fixture(scope="session")
def client(paris: Instance) -> Iterator[TestClient[Any]]:
    """Asks the application of ``paris`` as an anonymous reader."""
    with TestClient(create_app(paris), base_url="http://lanzarote.test") as client:
        yield client


@pytest.fixture(scope="session")
def paris_site(paris: Instance) -> Iterator[str]:
    """Address of a server that shows ``paris`` to a browser."""
    with serving(paris) as address:
        yield address


def pytest_sessionfinish() -> None:
    quiet.stop()


@contextmanager
def serving(instance: Instance) -> Iterator[str]:
    """Serve *instance* on a free port; tells the address."""
    with serving_app(create_app(instance)) as address:
        yield address


@contextmanager
def serving_app(app: Any) -> Iterator[str]:
    """As ``serving``, any application."""
    # Named as TCP, or asyncio leaves Nagle's algorithm on.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        server = uvicorn.Server(server_config(app))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
