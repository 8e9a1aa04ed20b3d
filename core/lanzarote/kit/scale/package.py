"""Rules about the package around the folder: what it says of itself, and what is in it."""

from __future__ import annotations

import ast
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from lanzarote.kit.plan import hooks_in
from lanzarote.kit.scale.rules import rule
from lanzarote.regions.content import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lanzarote.kit.project import Project
    from lanzarote.kit.scale.rules import Subject

WHOLE = ("hatchling.build", "uv_build", "flit_core.buildapi")
"""Builders that put everything beside the code into the wheel, unless they are told otherwise."""
CHOOSING = ("include", "exclude", "only-include", "artifacts", "source-include", "source-exclude", "wheel-exclude")
"""Settings that tell them otherwise."""
CONTRIBUTING = ("regions", "legal_frameworks", "catalogues")
"""Hooks that only say where the data is."""
SHORTEST_README = 200


def _code(subject: Subject) -> Iterable[object]:
    return _project(subject).code()


@rule()
def api_range_bounded(subject: Subject) -> Iterator[Problem]:
    try:
        operators = {one.operator for one in SpecifierSet(subject.header.requires_api)}
    except InvalidSpecifier:
        return  # told already: the folder cannot be loaded like this
    exact = operators & {"==", "===", "~="}
    if not exact and not (operators & {">", ">="} and operators & {"<", "<="}):
        told = f"{subject.header.requires_api!r} has no upper or no lower bound"
        yield subject.content.at("region.toml", ("requires_api",), told)


@rule(of_package=True)
def package_described(subject: Subject) -> Iterator[Problem]:
    project = _project(subject)
    for name in ("name", "version", "description", "requires-python"):
        if not (project[name] or name in (project["dynamic"] or ())):
            yield project.at(("project", name), f"does not say {name}")
    if not any(_name(one) == "lanzarote" for one in project["dependencies"] or ()):
        yield project.at(("project", "dependencies"), "does not name the platform; add lanzarote")


@rule(of_package=True)
def readme_there(subject: Subject) -> Iterator[Problem]:
    project = _project(subject)
    said = project["readme"]
    name = said.get("file") if isinstance(said, dict) else said
    if not name:
        yield project.at(("project", "readme"), "names no README")
    elif not (project.root / name).is_file():
        yield project.at(("project", "readme"), f"there is no file {name}")
    elif (written := len((project.root / name).read_text("utf-8", "replace"))) < SHORTEST_README:
        yield project.at(("project", "readme"), f"{name} says next to nothing ({written} characters)")


@rule(of_package=True)
def licence_stated(subject: Subject) -> Iterator[Problem]:
    project = _project(subject)
    said = project["license"]
    if not isinstance(said, str):
        yield project.at(("project", "license"), "states no licence as an SPDX expression")
    elif not _known(said):
        yield project.at(("project", "license"), f"{said!r} is no SPDX expression")
    if not _known(subject.header.licence):
        yield subject.content.at("region.toml", ("licence",), f"{subject.header.licence!r} is no SPDX expression")


@rule(of_package=True, about=_code)
def data_not_code(subject: Subject) -> Iterator[Problem]:
    project = _project(subject)
    modules = [(path, ast.parse(path.read_bytes())) for path in project.code() if _is_python(path)]
    if any(hook not in CONTRIBUTING for _, module in modules for hook in hooks_in(module)):
        return  # checks, events and exporters are code
    for path, module in modules:
        for node in module.body:
            if not _says_where(node):
                told = "does more than say where the data is"
                yield Problem(file=_beneath(project, path), key="", line=node.lineno, message=told)


@rule(of_package=True)
def wheel_holds_folder(subject: Subject) -> Iterator[Problem]:
    project = _project(subject)
    if wheel := _built(project):
        yield from _missing(project, subject, wheel)
    elif project.module is None:
        yield project.at((), "the folder is in no package with an __init__.py, and there is no wheel in dist/")
    elif told := _chosen(project):
        yield project.at((), f"{told}; build a wheel of this version into dist/, so that it can be looked at")


@rule(of_package=True, about=_code)
def package_typed(subject: Subject) -> Iterator[Problem]:
    project = _project(subject)
    if project.module and not (project.module / "py.typed").is_file():
        yield Problem(file=_beneath(project, project.module), key="", line=0, message="has no py.typed")
    for path in project.code():
        if _is_python(path):
            for node in ast.walk(ast.parse(path.read_bytes())):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is None:
                    told = f"{node.name} does not say what it returns"
                    yield Problem(file=_beneath(project, path), key="", line=node.lineno, message=told)


@rule(of_package=True)
def package_tested(subject: Subject) -> Iterator[Problem]:
    project = _project(subject)
    if not any("def test_" in file.read_text("utf-8", "replace") for file in project.root.glob("tests/**/test_*.py")):
        yield project.at((), "there is no test in tests/ beside it")


def _project(subject: Subject) -> Project:
    assert subject.project is not None  # `rule` sees to it
    return subject.project


def _beneath(project: Project, path: Path) -> str:
    return path.relative_to(project.root).as_posix()


def _name(requirement: object) -> str:
    try:
        return canonicalize_name(Requirement(str(requirement)).name)
    except InvalidRequirement:
        return ""


def _known(licence: str) -> bool:
    try:
        canonicalize_license_expression(licence)
    except InvalidLicenseExpression:
        return False
    return True


def _is_python(path: Path) -> bool:
    try:
        ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return False
    return True


def _says_where(node: ast.stmt) -> bool:
    if isinstance(node, ast.FunctionDef):
        body = [one for one in node.body if not _is_text(one)]
        return bool(node.decorator_list) and len(body) == 1 and isinstance(body[0], ast.Return)
    if isinstance(node, ast.If):
        return ast.unparse(node.test).endswith("TYPE_CHECKING")
    return isinstance(node, ast.Import | ast.ImportFrom) or _is_text(node) or _is_short(node)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_short(node: ast.stmt) -> bool:
    """A name for a constant, such as ``__all__``."""
    return (
        isinstance(node, ast.Assign | ast.AnnAssign) and "\n" not in ast.unparse(node) and len(ast.unparse(node)) < 80
    )


def _chosen(project: Project) -> str:
    """Why it cannot be said from pyproject.toml alone what gets into the wheel; empty when it can."""
    builder = project.told.get("build-system", {}).get("build-backend", "")
    if builder not in WHOLE:
        return f"{builder or 'no builder'} does not take everything beside the code"
    hatch = project.tool("hatch", "build")
    wheel = project.tool("hatch", "build", "targets", "wheel")
    if told := [
        name for name in CHOOSING if name in hatch or name in wheel or name in project.tool("uv", "build-backend")
    ]:
        return f"{told[0]} chooses what gets into the wheel"
    assert project.module is not None
    listed = wheel.get("packages")
    own = _beneath(project, project.module)
    return "" if listed is None or own in listed else f"packages does not list {own}"


def _built(project: Project) -> Path | None:
    """The wheel of this very version in ``dist/``."""
    for path in sorted(project.root.glob("dist/*.whl")):
        try:
            name, version, *_ = parse_wheel_filename(path.name)
            own = canonicalize_name(project["name"] or ""), Version(str(project["version"] or ""))
        except (InvalidWheelFilename, InvalidVersion):
            continue
        if (name, version) == own:
            return path
    return None


def _missing(project: Project, subject: Subject, wheel: Path) -> Iterator[Problem]:
    folder = subject.folder.resolve()
    try:
        with zipfile.ZipFile(wheel) as opened:
            held = {info.filename: info.file_size for info in opened.infolist()}
    except (OSError, zipfile.BadZipFile):
        yield Problem(file=_beneath(project, wheel), key="", line=0, message="is no wheel that can be read")
        return
    top = project.module.parent if project.module else project.root
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix in (".toml", ".po"):
            name = file.relative_to(top).as_posix()
            if held.get(name) != file.stat().st_size:
                told = "lacks" if name not in held else "has an older"
                yield Problem(file=_beneath(project, wheel), key="", line=0, message=f"{told} {name}; build it anew")
