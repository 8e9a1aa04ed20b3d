"""deploy/Containerfile without a container engine: its steps in a new Debian, its command as the user it names."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped,unused-ignore]
from msgspec import Struct

from tests.deploy.debian import call, make
from tests.deploy.programs import program
from tests.deploy.test_production_page import debian, third_party

__all__ = ["debian", "third_party"]

DEPLOY = Path(__file__).parents[2] / "deploy"
BASE = "debian:trixie-slim"


class Step(Struct, frozen=True):
    word: str
    text: str


def steps() -> list[Step]:
    lines = [line for line in (DEPLOY / "Containerfile").read_text("utf-8").splitlines() if not line.startswith("#")]
    whole = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [Step(*line.split(maxsplit=1)) for line in whole.splitlines() if line]


def listed(word: str) -> list[str]:
    [found] = [step.text for step in steps() if step.word == word]
    words: list[str] = json.loads(found)
    return words


def composed() -> dict[str, Any]:
    """The service of the site, as the file for several containers has it."""
    site: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]["site"]
    return site


def test_a_container_has_no_root_and_says_whether_it_is_well() -> None:
    said = {step.word for step in steps()}
    assert {"USER", "VOLUME", "HEALTHCHECK", "ENTRYPOINT", "CMD"} <= said
    assert [step.text for step in steps() if step.word == "FROM"] == [f"{BASE} AS build", BASE]
    site = composed()
    assert (site["read_only"], site["cap_drop"], site["security_opt"]) == (True, ["ALL"], ["no-new-privileges:true"])
    assert "/var/lib/lanzarote" in site["volumes"][0]
    assert site["ports"] == ["127.0.0.1:8400:8400"]


class Stage:
    """A file system that a Containerfile fills step by step."""

    def __init__(self, root: Path, packages: Path) -> None:
        self.root, self.packages = root, packages
        self.environment: dict[str, str] = {"PATH": "/usr/sbin:/usr/bin"}
        self.user = "root"

    def take(self, step: Step, stages: dict[str, Path]) -> None:
        if step.word == "RUN":
            call("chroot", self.root, "/bin/sh", "-ec", step.text, env=self.environment)
        elif step.word == "COPY":
            [*options, source, target] = step.text.split()
            of = stages[options[0].partition("=")[2]] / source.lstrip("/") if options else self.packages
            assert options or source == "dist/packages"
            call("mkdir", "-p", (self.root / target.lstrip("/")).parent)
            call("cp", "-a", of, self.root / target.lstrip("/"))
        elif step.word == "ENV":
            self.environment |= dict(word.split("=", 1) for word in shlex.split(step.text))
        elif step.word == "USER":
            self.user = step.text


@pytest.fixture(scope="module")
def base(once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """What the image names as its base holds: a minimal Debian, of the same release."""
    return once("debian-slim", lambda folder: make(folder / "root", (), system=False)) / "root"


@pytest.fixture
def container(base: Path, wheels: list[Path], third_party: Path, tmp_path: Path) -> Iterator[Stage]:
    """What comes of all steps, as a container engine would leave it."""
    packages = tmp_path / "packages"
    packages.mkdir()
    for wheel in (*wheels, *third_party.iterdir()):
        shutil.copy(wheel, packages)
    call("sh", "-c", "sha256sum * > SHA256SUMS", cwd=packages)
    stages: dict[str, Path] = {}
    stage: Stage | None = None
    try:
        for step in steps():
            if step.word == "FROM":
                name = step.text.partition(" AS ")[2] or "last"
                stages[name] = mounted(base, tmp_path / name)
                stage = Stage(stages[name], packages)
            else:
                assert stage
                stage.take(step, stages)
        assert stage
        yield stage
    finally:
        for root in stages.values():
            call("umount", "-R", root)


def mounted(base: Path, folder: Path) -> Path:
    for name in ("changes", "work", "root"):
        (folder / name).mkdir(parents=True)
    options = f"lowerdir={base},upperdir={folder}/changes,workdir={folder}/work"
    call("mount", "-t", "overlay", "overlay", "-o", options, folder / "root")
    call("mount", "-t", "proc", "proc", folder / "root" / "proc")
    shutil.copy("/etc/resolv.conf", folder / "root" / "etc" / "resolv.conf")  # as an engine does
    return folder / "root"


ALONE = """
mount --make-rprivate /
mount -o remount,bind,ro "$1"
mount -t tmpfs tmpfs "$1/tmp"
mount --bind "$2" "$1/var/lib/lanzarote"
ip link set lo up
shift 2
exec "$@"
"""


@pytest.mark.long
def test_the_steps_of_the_containerfile_give_a_site_that_is_well(container: Stage, tmp_path: Path) -> None:
    volume = tmp_path / "volume"
    volume.mkdir()
    call("chroot", container.root, "chown", "lanzarote", "/var/lib/lanzarote")
    shutil.chown(volume, int(call("chroot", container.root, "id", "-u", "lanzarote")))
    named = {name: value for name, value in composed()["environment"].items() if not name.endswith("_FILE")}
    environment = container.environment | named | {"LANZAROTE_SMTP": "smtp://mail.example.org"}
    inside = ["setpriv", "--reuid=lanzarote", "--regid=lanzarote", "--clear-groups", "--no-new-privs"]
    inside += ["--bounding-set=-all", "--inh-caps=-all"]
    chroot = [program("chroot", "coreutils"), str(container.root), *inside]
    command = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "/bin/sh", "-ec", ALONE, "alone"]
    command += [str(container.root), str(volume), *chroot, *listed("ENTRYPOINT"), *listed("CMD")]
    [check] = [step.text for step in steps() if step.word == "HEALTHCHECK"]
    asked = json.loads(check.partition("CMD ")[2])
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = next(line for line in process.stdout if line.startswith("The site is ready"))
            target = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0]
            enter = ["nsenter", f"--target={target}", "--mount", "--net", "--pid", *chroot]
            assert ":8400" in said
            call(*enter, *asked, env=environment)  # ends well
            call(*enter, "lanzarote", "doctor", env=environment)
            refused = subprocess.run([*enter, "touch", "/opt/lanzarote/x"], capture_output=True, text=True, check=False)
            assert "Read-only file system" in refused.stderr
            assert (volume / "lanzarote.sqlite").exists()
        finally:
            process.kill()
