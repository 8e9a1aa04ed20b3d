"""What every test may ask for: a migrated database of its own, a browser page, the built distributions.

Which tests run by default: all but those marked ``long``. ``pytest -m "long or not long"`` runs everything.

- A test of a fixture with two databases (``database_url``, ``paris_url`` …) runs on SQLite. Its variant on PostgreSQL
  is ``long``, unless the test or its module is marked ``both_databases``. Mark what the engines can do differently:
  locks, leases, notices, search, order, aggregates, lengths of texts, migrations, backups.
- A browser walks through a feature in one language on one screen by default; its other language and size are ``long``.
- Long permutations are marked ``long`` where they stand; every page is looked at in dark.
"""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import sqlite3
import sys
import uuid
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import hypothesis
import pytest
from lanzarote.runtime.gc import uncollected
from sqlalchemy import Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

from dev import ROOT, Environment, distribute, find_chromium
from tests.pooler import PROGRAM, pooler
from tests.postgres_server import AS_ROOT, temporary_server
from tests.prepared import Prepared, fingerprint

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page
    from sqlalchemy import Connection

# Some environments keep no compiled code. Tests start hundreds of processes: each would compile everything again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# What a server of this machine is set to is none of the tests' concern.
os.environ["LANZAROTE_CONFIG"] = "off"

# How long an example takes says nothing about whether the code is right.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

YOUNG_OBJECTS = 50_000
"""So many are made before garbage is searched for among them: far more are made in a test than in a request."""
HOW_TO_ADD_A_BROWSER = "python3 dev.py test --browser"
HOW_TO_ADD_NODE = "install Node.js with npm, such as by: apt-get install nodejs npm"
HOW_TO_ADD_A_POOLER = "Install it, such as by: apt-get install pgbouncer"
BROWSER_FIXTURES = {"browser"}
NODE_FIXTURES = {"bpmn_tools", "certified_provider"}
POSTGRES_FIXTURES = {"pg_admin_url", "pg_template", "pg_paris_template", "pg_both_template", "pg_url"}
left_out_for_lack_of_a_browser = pytest.StashKey[int]()
left_out_for_lack_of_node = pytest.StashKey[int]()


# ---------------------------------------------------------------------------------------------------------------------
# Which tests run


def pytest_configure(config: pytest.Config) -> None:
    if config.option.markexpr != "not long":  # more than by default is asked for: every page in dark, too
        os.environ["LZ_THOROUGH"] = "1"


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported and collected stays, and is much: no search for garbage looks at it again."""
    with uncollected():
        result = yield
    gc.set_threshold(YOUNG_OBJECTS)
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if asked & BROWSER_FIXTURES:
            item.add_marker(pytest.mark.browser)
        if asked & NODE_FIXTURES:
            item.add_marker(pytest.mark.node)
        if asked & POSTGRES_FIXTURES:
            item.add_marker(pytest.mark.postgres)
        if is_second_database(item):
            item.add_marker(pytest.mark.long)
        # Tests of a file share fixtures: one process takes them all, those with a browser after everything else.
        part = "browser" if needs_browser(item) else "plain"
        item.add_marker(pytest.mark.xdist_group(f"{item.path.relative_to(ROOT)}:{part}"))
    # Playwright keeps an event loop running in this thread, which asyncio.run refuses: its tests come last.
    items.sort(key=needs_browser)
    yield  # here -m and -k choose
    if not find_chromium() and os.environ.get("LZ_REQUIRE_BROWSER") != "1":
        left_out = [item for item in items if needs_browser(item)]
        config.stash[left_out_for_lack_of_a_browser] = len(left_out)
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not needs_browser(item)]
    if not shutil.which("npm") and os.environ.get("LZ_REQUIRE_BROWSER") != "1":
        lacking = [item for item in items if item.get_closest_marker("node")]
        config.stash[left_out_for_lack_of_node] = len(lacking)
        config.hook.pytest_deselected(items=lacking)
        items[:] = [item for item in items if not item.get_closest_marker("node")]


def is_second_database(item: pytest.Item) -> bool:
    """The variant on PostgreSQL of a test that says the same of either database."""
    of = getattr(item, "callspec", None)
    return of is not None and "postgres" in of.params.values() and not item.get_closest_marker("both_databases")


def needs_browser(item: pytest.Item) -> bool:
    return item.get_closest_marker("browser") is not None


def pytest_sessionfinish(session: pytest.Session) -> None:
    told = getattr(session.config, "workeroutput", None)
    if told is not None:
        told["left out"] = session.config.stash.get(left_out_for_lack_of_a_browser, 0)
        told["left out without node"] = session.config.stash.get(left_out_for_lack_of_node, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Every process leaves out the same tests: what the last one tells is what there is."""
    told = getattr(node, "workeroutput", {})
    node.config.stash[left_out_for_lack_of_a_browser] = told.get("left out", 0)
    node.config.stash[left_out_for_lack_of_node] = told.get("left out without node", 0)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Say last, where it is read, what this machine could not check."""
    if hasattr(config, "workerinput"):
        return
    if count := config.stash.get(left_out_for_lack_of_a_browser, 0):
        print(f"Left out for lack of Chromium: {count} browser test(s). This adds them: {HOW_TO_ADD_A_BROWSER}")
    if count := config.stash.get(left_out_for_lack_of_node, 0):
        print(f"Left out for lack of npm: {count} test(s) with programs of others. This adds them: {HOW_TO_ADD_NODE}")


# ---------------------------------------------------------------------------------------------------------------------
# Databases


BOTH_DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(autouse=True, scope="session")
def late_enough() -> Iterator[None]:
    """Regions of tests write in 2031: when that arrives at an office, it is no moment still to come."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lanzarote.results.fitting.now", lambda: datetime(2032, 1, 1, tzinfo=UTC))
        yield


@pytest.fixture(autouse=True, scope="session")
def cheap_passwords() -> None:
    """A password is hashed as slowly as attackers should have to; tests hash thousands, and attack nobody."""
    from argon2 import PasswordHasher
    from lanzarote.accounts import secrets

    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    secrets._hasher = lambda: cheap  # type: ignore[assignment]


@pytest.fixture(autouse=True, scope="session")
def packages_read_once() -> Iterator[None]:
    """What is installed is read from 150 files for every instance: once is enough where the import path is the same."""
    from importlib.metadata import entry_points as read

    from lanzarote.plugins import packages

    known: dict[tuple[object, ...], Any] = {}

    def entry_points(**which: str) -> Any:
        places = [Path(path).absolute() for path in sys.path]
        key = (*((place, place.stat().st_mtime_ns if place.is_dir() else 0) for place in places), *which.items())
        if key not in known:
            known[key] = read(**which)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packages, "entry_points", entry_points)
        yield


@pytest.fixture(params=BOTH_DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database; every test that takes it runs on SQLite, and on PostgreSQL as said above."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "pg_url")
    return url


@pytest.fixture(scope="module", params=BOTH_DATABASES)
def module_database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """As ``database_url``, one for all tests of a module, which leave it as they found it."""
    with copy_for(request, tmp_path_factory.mktemp("module"), "sqlite_template", "pg_template") as url:
        yield url


@contextlib.contextmanager
def copy_for(request: pytest.FixtureRequest, folder: Path, template: str, pg: str = "") -> Iterator[str]:
    """The URL of a copy of the template that the fixture *template* (on PostgreSQL: *pg*) gives."""
    if request.param == "sqlite":
        yield copy_of(request.getfixturevalue(template), folder)
    else:
        admin_url = request.getfixturevalue("pg_admin_url")
        with pg_database(admin_url, copied(request.getfixturevalue(pg or f"pg_{template}"))) as name:
            yield sqlalchemy_url(admin_url, name)


@pytest.fixture(scope="session")
def prepared(pytestconfig: pytest.Config) -> Prepared:
    cache: pytest.Cache | None = getattr(pytestconfig, "cache", None)  # without it: pytest -p no:cacheprovider
    return Prepared(cache.mkdir("prepared"), fingerprint()) if cache else Prepared(None)


@pytest.fixture(scope="session")
def sqlite_template(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from lanzarote.store.database import migrate

    return prepared.put("empty", tmp_path_factory.mktemp("sqlite"), lambda file: migrate(f"sqlite:///{file}"))


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    return copy_of(sqlite_template, tmp_path)


def copy_of(template: Path, folder: Path) -> str:
    # Beside the file there may be its write-ahead log.
    for part in template.parent.glob(f"{template.name}*"):
        shutil.copy(part, folder / part.name.replace("template", "lanzarote"))
    return f"sqlite:///{folder / 'lanzarote.sqlite'}"


@pytest.fixture(scope="session")
def pg_admin_url() -> Iterator[str]:
    """$LZ_TEST_POSTGRES_URL (a superuser's), else a server of our own. Never a skip: what cannot start, fails."""
    if url := os.environ.get("LZ_TEST_POSTGRES_URL"):
        yield url
    else:
        with temporary_server() as url:
            yield url


@pytest.fixture(scope="session")
def pg_template(pg_admin_url: str) -> Iterator[str]:
    """Name of a migrated database, of which every test gets a copy."""
    from lanzarote.store.database import migrate

    with pg_database(pg_admin_url) as name:
        migrate(sqlalchemy_url(pg_admin_url, name))
        yield name


@pytest.fixture
def pg_url(pg_admin_url: str, pg_template: str) -> Iterator[str]:
    with pg_database(pg_admin_url, copied(pg_template)) as name:
        yield sqlalchemy_url(pg_admin_url, name)


@pytest.fixture(scope="session")
def pooler_url(pg_admin_url: str) -> Iterator[str]:
    """As ``pg_admin_url``, through a PgBouncer that shares sessions between transactions."""
    if not PROGRAM and os.environ.get("LZ_REQUIRE_BROWSER") != "1":
        pytest.skip(f"No PgBouncer here. {HOW_TO_ADD_A_POOLER}")
    with pooler(pg_admin_url) as url:
        yield url


def copied(template: str) -> str:
    return f"TEMPLATE {template} STRATEGY file_copy"


@contextlib.contextmanager
def pg_database(admin_url: str, options: str = "") -> Iterator[str]:
    import psycopg

    name = f"lz_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} {options}".encode())
    try:
        yield name
    finally:
        with psycopg.connect(admin_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def sqlalchemy_url(admin_url: str, database: str) -> str:
    return urlsplit(admin_url)._replace(scheme="postgresql+psycopg", path=f"/{database}").geturl()


STATEMENTS: LRUCache[Any, Any] = LRUCache(5_000)
"""Statements that were translated to SQL, of all databases that this process opens."""


@event.listens_for(Engine, "engine_connect")
def share_statements(connection: Connection) -> None:
    """Thousands of databases are opened, each by an engine of its own, which would translate every statement anew."""
    connection.execution_options(compiled_cache=STATEMENTS)


def same_kind(one: object, other: object) -> bool:
    return type(one) is type(other)


def of_kind(one: object) -> int:
    return hash(type(one))


for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
    # What is translated for one database is right for the others of its kind: all are opened in the same way.
    dialect.__eq__, dialect.__hash__ = same_kind, of_kind  # type: ignore[method-assign,assignment]


# ---------------------------------------------------------------------------------------------------------------------
# Browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    if not (program := find_chromium()):
        pytest.fail(f"No Chromium here. This adds it: {HOW_TO_ADD_A_BROWSER}", pytrace=False)
    quiet = ["gpu", "quic", "background-networking", "component-update", "sync", "dev-shm-usage"]
    # Chromium's sandbox refuses to be started by root.
    options = ["--no-first-run", *(f"--disable-{what}" for what in quiet), *(["--no-sandbox"] if AS_ROOT else [])]
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=program, args=options) as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh profile; a script that breaks, or that the page's own policy refuses, fails the test."""
    complaints: list[str] = []

    def listen(said: ConsoleMessage) -> None:
        if "Content Security Policy" in said.text:
            complaints.append(said.text)

    with browser.new_context() as context:
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", listen)
        yield page
    assert complaints == []


# ---------------------------------------------------------------------------------------------------------------------
# Distributions


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Lets one of the processes of a run fill a folder for all of them; the others wait for it."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent

    def folder_of(name: str, fill: Callable[[Path], object]) -> Path:
        folder, filled = shared / f"one-{name}", shared / f"one-{name}.filled"
        # A lock that ends with the process that holds it, on every system.
        with contextlib.closing(sqlite3.connect(shared / f"one-{name}.lock", timeout=600)) as lock:
            lock.execute("BEGIN EXCLUSIVE")
            if not filled.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                fill(folder)
                filled.touch()
        return folder

    return folder_of


@pytest.fixture(scope="session")
def built(once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """What `dev.py build` makes: the sdist of every distribution, the wheel built from that sdist, SBOM, checksums."""
    return once("built", lambda folder: distribute(Environment(Path(sys.prefix)), folder))


@pytest.fixture(scope="session")
def wheels(built: Path) -> list[Path]:
    """The wheels of all distributions, as a user would get them."""
    return sorted(built.glob("*.whl"))
