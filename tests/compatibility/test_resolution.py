"""Packages that were published stay installable beside a later platform: its API says whether they work, not pip."""

from __future__ import annotations

import json
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from dev import MEMBERS
from tests.compatibility.test_kept_wheels import WHEELS, name_and_version

LATER = ("0.2.0", "1.0.0")
"""Versions of the platform that may still offer the API that the packages were made for."""
PROJECTS = [one / "pyproject.toml" for one in MEMBERS if one.name not in ("core", "i18n")]
"""Packages that come through the public door; the words in i18n are released in step with the platform."""


def metadata_only(folder: Path, name: str, version: str, *requires: str) -> Path:
    """A wheel with nothing in it: enough for pip to tell whether it would install it."""
    stem = f"{name.replace('-', '_')}-{version}"
    head = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {one}" for one in requires)]
    made = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(f"{stem}.dist-info/METADATA", "\n".join(("Metadata-Version: 2.1", *head, "")))
        archive.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{stem}.dist-info/RECORD", "")
    return made


def resolve(pip: list[str | Path], folder: Path, *wheels: Path) -> subprocess.CompletedProcess[str]:
    """Ask pip what it would install for *wheels*, where nothing is installed and only *folder* has anything."""
    options = ("--isolated", "--disable-pip-version-check", "install", "-q", "--dry-run", "--report", "-", "--no-index")
    command = [*pip, *options, "--find-links", folder, *wheels]
    return subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)


def installed(report: str) -> dict[str, str]:
    return {one["metadata"]["name"]: one["metadata"]["version"] for one in json.loads(report)["install"]}


@pytest.mark.parametrize("version", LATER)
@pytest.mark.parametrize("api", sorted({one.parent.name for one in WHEELS}))
def test_pip_takes_every_kept_wheel_beside_a_later_platform(
    api: str, version: str, tmp_path: Path, pip: list[str | Path]
) -> None:
    metadata_only(tmp_path, "lanzarote", version)
    wheels = [one for one in WHEELS if one.parent.name == api]
    done = resolve(pip, tmp_path, *wheels)
    assert done.returncode == 0, done.stderr
    assert installed(done.stdout) == {"lanzarote": version, **dict(map(name_and_version, wheels))}


def test_pip_would_refuse_a_package_that_bounds_the_version_of_the_platform(
    tmp_path: Path, pip: list[str | Path]
) -> None:
    metadata_only(tmp_path, "lanzarote", "0.2.0")
    done = resolve(pip, tmp_path, metadata_only(tmp_path, "lanzarote-bounded", "1.0", "lanzarote>=0.1,<0.2"))
    assert done.returncode != 0
    assert "lanzarote<0.2,>=0.1" in done.stderr


@pytest.mark.parametrize("project", PROJECTS, ids=[one.parent.name for one in PROJECTS])
def test_no_package_of_ours_that_comes_through_the_public_door_bounds_it(project: Path) -> None:
    told = tomllib.loads(project.read_text("utf-8"))["project"]
    [platform] = [one for one in map(Requirement, told["dependencies"]) if one.name == "lanzarote"]
    assert [version for version in LATER if not platform.specifier.contains(version)] == []
