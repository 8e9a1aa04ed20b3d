"""docs/production.md, typed from its first command to its last on a new Debian that systemd runs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from dev import dependencies
from tests.deploy.debian import Debian, call, make

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "production.md").read_text("utf-8")
BLOCK = re.compile(r"(?ms)^## (?P<heading>[^\n]+)$|^(?:<!-- (?P<only>[a-z ]+) -->\n)?```sh\n(?P<text>.*?)^```$")
WAYS = ("region", "office")
NEWER = """
revision = "9999"
down_revision = "{before}"


def upgrade() -> None:
    from alembic import op
    import sqlalchemy as sa

    op.add_column("region", sa.Column("drill", sa.String(), server_default=""))
"""
"""A migration of a version to come."""


class Typed(Struct, frozen=True):
    """A block of commands of the page."""

    heading: str
    only: str
    text: str


def typed() -> Iterator[Typed]:
    heading = ""
    for found in BLOCK.finditer(PAGE):
        heading = found["heading"] or heading
        if found["text"] is not None:
            yield Typed(heading, found["only"] or "", found["text"])


def packages_of_debian() -> list[str]:
    lines = re.findall(r"^apt-get install -y (.+)$", PAGE, re.MULTILINE)
    return sorted({word for line in lines for word in line.split()})


def test_every_command_of_the_page_is_typed_for_one_way_or_both_or_said_not_to_be() -> None:
    assert {one.only for one in typed()} == {"", "not typed", *WAYS}
    assert PAGE.count("```sh\n") == len([*typed()])
    assert [one.heading for one in typed() if one.only == "not typed"] == ["Get the packages", "Containers"]
    assert {"python3-venv", "nginx", "postgresql"} <= {*packages_of_debian()}


@pytest.fixture(scope="module")
def debian(once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """A folder with what Debian installs for the page."""
    return once("debian", lambda folder: make(folder / "root", packages_of_debian()))


@pytest.fixture(scope="module")
def third_party(debian: Path, once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """A folder with the wheels that ours need under Debian's Python, as the lock names them."""

    def download(folder: Path) -> None:
        root = debian / "root"
        place = root / "asked"
        place.mkdir()
        lock = (ROOT / "requirements.lock").read_text("utf-8")
        (place / "pinned.txt").write_text("\n".join(re.findall(r"^[a-z0-9][^\\\n]*", lock, re.MULTILINE)))
        (place / "asked.txt").write_text("\n".join(dependencies()))
        shutil.copy("/etc/resolv.conf", root / "etc" / "resolv.conf")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
        if certificates := os.environ.get("PIP_CERT"):  # of a registry that this machine's owner runs
            shutil.copy(certificates, place / "authorities.pem")
            names = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
            environment |= dict.fromkeys(names, "/asked/authorities.pem")
        pip = "venv/bin/pip download -q --only-binary :all: -c pinned.txt -r asked.txt -d wheels"
        text = f"cd /asked && python3 -m venv venv && {pip}"
        call("chroot", root, "/bin/sh", "-ec", text, env=environment | {"PATH": "/usr/bin:/usr/sbin"})
        for wheel in (place / "wheels").iterdir():
            shutil.move(wheel, folder)
        shutil.rmtree(place)

    return once("third-party", download)


def newer_platform(folder: Path, *, schema: bool) -> Path:
    """The wheel of a version to come, whose database has another schema or the same."""
    source = folder / "newer"
    shutil.copytree(ROOT / "core", source, ignore=shutil.ignore_patterns("__pycache__"))
    version = source / "lanzarote" / "__init__.py"
    project = source / "pyproject.toml"
    for file in (version, project):
        file.write_text(file.read_text("utf-8").replace('"0.1.0"', '"0.1.1"'), "utf-8")
    if schema:
        migrations = source / "lanzarote" / "migrations" / "versions"
        before = max(file.name[:4] for file in migrations.glob("[0-9]*.py"))
        (migrations / "9999_drill.py").write_text(NEWER.format(before=before))
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder / "built", source]
    subprocess.run([*map(str, command)], check=True, capture_output=True)
    [wheel] = (folder / "built").glob("lanzarote-0.1.1-*.whl")
    return wheel


class Server:
    """A Debian to which the two folders of the page were copied."""

    def __init__(self, debian: Debian) -> None:
        self.type, self._debian = debian.type, debian

    def bring(self, *files: Path, to: str = "/srv/lanzarote/packages") -> None:
        """Copy files and folders there, as scp does."""
        self.type(f"mkdir -p {to}")
        for file in files:
            self._debian.put(file, to)

    def packages(self, *wheels: Path) -> None:
        """What `python3 dev.py build` makes of them."""
        self.bring(*wheels)
        self.type("cd /srv/lanzarote/packages && rm -f SHA256SUMS && sha256sum * > SHA256SUMS")

    def replace(self, wheel: Path) -> None:
        self.type("rm /srv/lanzarote/packages/lanzarote-0.1.0-*")
        self.packages(wheel)

    def ready(self, port: int = 8401) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.type(f"curl -s http://127.0.0.1:{port}/health/ready"))
        return found

    def page(self, path: str) -> str:
        trusted = "--cacert /etc/lanzarote/tls/fullchain.pem"
        return self.type(f"curl -sL --fail {trusted} https://lanzarote.example.org{path}")

    def sandboxed(self, words: str) -> str:
        """Run a command within what the units allow."""
        options = "--quiet --pipe --wait --collect --unit=lanzarote-tried"
        return self.type(f"systemd-run {options} /opt/lanzarote/bin/lanzarote {words}")


@pytest.mark.long
@pytest.mark.parametrize("way", WAYS)
def test_a_new_server_is_set_up_backed_up_restored_and_upgraded(
    way: str, debian: Path, wheels: list[Path], third_party: Path, tmp_path: Path
) -> None:
    with Debian(debian / "root", tmp_path / "debian") as running:
        server = Server(running)
        server.packages(*wheels, *third_party.iterdir())
        server.bring(ROOT / "deploy", to="/srv/lanzarote")
        said: dict[str, str] = {}
        for block in typed():
            if block.only in ("", way):
                if block.heading == "Upgrade" and block.heading not in said:
                    server.replace(newer_platform(tmp_path, schema=way == "region"))
                said[block.heading] = said.get(block.heading, "") + server.type(block.text)
                if block.heading == "Proxy with TLS" and "nginx -t" in block.text:
                    look_around(server, way, said)
        look_at_the_end(server, way, said)


def look_around(server: Server, way: str, said: dict[str, str]) -> None:
    """Everything runs, and can do within its limits what it has to."""
    ports = (8401,) if way == "region" else (8401, 8402)
    assert [server.ready(port)["database"] for port in ports] == ["ok"] * len(ports)
    [link] = re.findall(r"https://lanzarote\.example\.org(/\S+)", said["First start and first administrator"])
    assert "password" in server.page(link)
    assert 'href="tel:112"' in server.page("/en/help")
    if way == "region":
        assert "<h1" in server.page("/fr/paris/practices")
        server.sandboxed("document paris --language fr --practice uaped -o /var/lib/lanzarote/uaped.pdf")
        server.sandboxed("import paris /var/lib/lanzarote/practices.xlsx --template")
    owners = server.type(
        "find /var/lib/lanzarote -not -user lanzarote; find /var/lib/lanzarote -perm /077 -not -type l"
    )
    assert owners == ""
    assert "written to" not in server.type("journalctl --no-pager -p err -u 'lanzarote-*'")


def look_at_the_end(server: Server, way: str, said: dict[str, str]) -> None:
    assert "rows restored from" in said["Back up and restore"]
    assert ("stop every process of the site first" in said["Upgrade"]) is (way == "region")
    assert server.type("lanzarote --version").startswith("lanzarote 0.1.1")
    assert server.ready()["schema"] == "ok"
    assert server.type("systemctl list-units --no-legend --failed 'lanzarote-*'") == ""
    # The authority that the machine knows by now is the platform's too.
    program = "import urllib.request as u; print(u.urlopen('https://lanzarote.example.org/health/live').status)"
    assert server.type(f'runuser -u lanzarote -- /opt/lanzarote/bin/python -c "{program}"') == "200\n"
    dates = server.type("ls /var/lib/lanzarote/backups")
    assert dates.count(".zip") >= 2
