"""A PgBouncer of our own before the PostgreSQL server of the tests, in the mode that keeps least: one transaction."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from tests.postgres_server import AS_ROOT, UNPRIVILEGED

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
SETTINGS = """
[databases]
* = host={host} user=postgres
[pgbouncer]
unix_socket_dir = {folder}
listen_addr =
listen_port = 6432
auth_type = any
pool_mode = transaction
default_pool_size = 10
max_prepared_statements = 0
logfile = {folder}/log
"""
"""Sessions that all share, one more than the writers of a test need, and no memory of prepared statements."""


@contextlib.contextmanager
def pooler(admin_url: str) -> Iterator[str]:
    """Give the URL by which the database of *admin_url* is reached through the pooler."""
    assert PROGRAM is not None, "PgBouncer is missing; install it, such as by: apt-get install pgbouncer"
    [host] = parse_qs(urlsplit(admin_url).query)["host"]
    with tempfile.TemporaryDirectory(prefix="lz-pool-") as name:
        folder = Path(name)
        (folder / "ini").write_text(SETTINGS.format(host=host, folder=folder), "utf-8")
        if AS_ROOT:
            shutil.chown(folder, UNPRIVILEGED)
            shutil.chown(folder / "ini", UNPRIVILEGED)
        user = UNPRIVILEGED if AS_ROOT else None
        with subprocess.Popen(
            [PROGRAM, "-q", folder / "ini"], user=user, cwd="/", stderr=subprocess.DEVNULL
        ) as process:
            for _ in range(200):
                if (folder / ".s.PGSQL.6432").exists():
                    break
                time.sleep(0.05)
            try:
                yield urlsplit(admin_url)._replace(query=f"host={quote(name, safe='')}&port=6432").geturl()
            finally:
                process.terminate()
                process.wait(10)
