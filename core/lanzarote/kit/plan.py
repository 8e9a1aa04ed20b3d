"""`lanzarote region plan`: what a new version of a package would change for regions here, from its wheel alone."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from packaging.utils import canonicalize_name

from lanzarote.composition import open_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import RegionError
from lanzarote.kit.folders import host_with, opened, refuse_other_api
from lanzarote.operations.loading_report import print_report
from lanzarote.plugins import installed
from lanzarote.plugins.packages import folder_of
from lanzarote.regions.claims import law_of
from lanzarote.regions.content import counted, usable
from lanzarote.regions.folder import read_framework, read_framework_header, read_header, read_region
from lanzarote.regions.words import lost_words, own_words, present_places
from lanzarote.translation import CatalogueError
from lanzarote.translation.catalogues import load
from lanzarote.types import Catalogue, RegionHeader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from importlib.resources.abc import Traversable

    from lanzarote.kit.folders import Wheel
    from lanzarote.plugins import Candidate
    from lanzarote.regions.content import Content

    Said = dict[tuple[str, str], list[str]]
    from collections.abc import Sequence

    from lanzarote.instance import Instance


# --- What code a wheel brings, beside what is installed: read and compared, never imported ---


def hooks_in(module: ast.Module) -> Iterator[str]:
    """Names of the hooks that a module implements."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and any("hookimpl" in ast.unparse(one) for one in node.decorator_list):
            yield node.name


def code_changes(code: Mapping[str, bytes]) -> Iterator[str]:
    """A line for each way in which the modules *code* of a wheel differ from what is installed here."""
    here = installed_beside(code)
    hooks, before = _hooks(code), _hooks(here)
    for told, names in (
        ("hooks that come in", hooks - before),
        ("hooks that are gone", before - hooks),
        ("modules that come in", code.keys() - here.keys()),
        ("modules that are gone", here.keys() - code.keys()),
        ("modules that changed", {name for name in code.keys() & here.keys() if code[name] != here[name]}),
    ):
        if names:
            yield f"{told}: {', '.join(sorted(names))}"


def installed_beside(code: Mapping[str, bytes]) -> dict[str, bytes]:
    """The installed modules under the top-level packages that *code* has, by their names in a wheel."""
    found: dict[str, bytes] = {}
    for top in {name.partition("/")[0] for name in code}:
        spec = find_spec(top.removesuffix(".py"))
        for place in spec.submodule_search_locations or () if spec else ():
            for file in sorted(Path(place).rglob("*.py")):
                found[f"{top}/{file.relative_to(place).as_posix()}"] = file.read_bytes()
        if spec and spec.origin and not spec.submodule_search_locations:
            found[top] = Path(spec.origin).read_bytes()
    return found


def _hooks(code: Mapping[str, bytes]) -> set[str]:
    found: set[str] = set()
    for source in code.values():
        try:
            found.update(hooks_in(ast.parse(source)))
        except (SyntaxError, ValueError):
            continue  # nothing of it could be run either
    return found


# --- Which words a wheel says otherwise than what is installed here, language by language: read and compared ---

SHOWN: Final = 3
"""Texts that are named."""
DOMAINS: Final = {"lanzarote": "words of the platform", "region": "words of its own"}


def word_changes(wheel: Wheel, here: Iterable[Candidate]) -> Iterator[str]:
    """A line for each language of each folder of the *wheel* whose words differ from those of the packages *here*."""
    installed = dict(_installed(here))
    for folder in (*wheel.regions, *wheel.laws):
        whose = _whose(folder)
        if whose in installed:
            yield from (f"{whose}: {told}" for told in _lost(_read(installed[whose]), _read(folder)))
        for domain, what in DOMAINS.items():
            before, after = _files(installed.get(whose), domain), _files(folder, domain)
            for name in sorted({*before, *after}):
                language = name.removesuffix(".po")
                try:
                    said = _said(before.get(name), language)
                    changes = _differing(_followed(said, folder), _said(after.get(name), language))
                except CatalogueError as error:
                    changes = f"cannot be compared: {error}"
                if changes:
                    yield f"{whose}, {what} in {language}: {changes}"


def _lost(before: Content, after: Content) -> Iterator[str]:
    """What was said in a language and is no longer, although the text is still there."""
    lost: dict[str, list[str]] = {}
    for word, language in lost_words(before, after):
        lost.setdefault(language, []).append(word.place)
    for language, places in lost.items():
        more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
        yield f"{counted(len(places), 'text')} would be lost in {language}: {', '.join(places[:SHOWN])}{more}"


def _read(folder: Traversable) -> Content:
    return read_framework(folder) if (folder / "framework.toml").is_file() else read_region(folder)


def _installed(here: Iterable[Candidate]) -> Iterator[tuple[str, Traversable]]:
    """Folders of the packages, and of which region or law each is; no package is imported for that."""
    for one in here:
        try:
            place = Path(folder_of(one.module))
        except (ImportError, ValueError):
            continue
        for name in ("region.toml", "framework.toml"):
            for file in sorted(place.rglob(name)):
                yield _whose(file.parent), file.parent


def _whose(folder: Traversable) -> str:
    """The id of the region or law; empty where it cannot be read."""
    try:
        header = read_framework_header(folder) or read_header(folder)
    except (OSError, ValueError):
        return ""
    return header.id


def _files(folder: Traversable | None, domain: str) -> dict[str, Traversable]:
    place = folder / "translations" / domain if folder else None
    files = place.iterdir() if place and place.is_dir() else ()
    return {file.name: file for file in files if file.name.endswith(".po")}


def _said(file: Traversable | None, language: str) -> Said:
    return {entry.key: entry.forms for entry in load(Catalogue(language=language, path=file))} if file else {}


def _followed(said: Said, folder: Traversable) -> Said:
    """What is *said*, under the keys that its texts have in *folder*."""
    present = present_places(own_words(_read(folder)))
    return {(present.get(place, place), text): forms for (place, text), forms in said.items()}


def _differing(before: Said, after: Said) -> str:
    parts = {
        "new": len(after.keys() - before.keys()),
        "changed": sum(before[key] != after[key] for key in before.keys() & after.keys()),
        "gone": len(before.keys() - after.keys()),
    }
    return ", ".join(f"{count} {what}" for what, count in parts.items() if count)


# --- The command ---
# `lanzarote region plan`: what a new version of a package would change for regions here, from its wheel alone.


def plan(file: Path) -> int:
    """Tell what `upgrade --dry-run` would tell after *file* was installed. Raises RegionError, PackageError."""
    with opened(file) as wheel:
        for package in wheel.packages:
            refuse_other_api(file, package)
        named = canonicalize_name(wheel.distribution)
        others = [one for one in installed() if canonicalize_name(one.distribution) != named]
        own = [one for one in installed() if canonicalize_name(one.distribution) == named]
        before = next((one.version for one in own), "")
        words = list(word_changes(wheel, own))
        ids = [_id_of(folder) for folder in wheel.regions]
        host = host_with(wheel.regions, wheel.laws, others)
        with open_instance(read_settings(), host, existing=True) as instance:
            here = [region_id for region_id in ids if region_id in instance.loaded()]
            resting = [one for one in instance.loaded() if one not in ids and _laws_for(instance, wheel, one)]
            if not (here or resting):
                _refuse_unconcerned(file, ids, instance)
            print(f"{wheel.distribution} {wheel.version} ({f'installed: {before}' if before else 'not installed'})")
            for region_id in ids:
                if region_id in here:
                    _plan(instance, wheel, region_id, words)
                else:
                    print(f"{region_id} is not loaded here; this version would let you: lanzarote load {region_id}")
            for region_id in resting:
                print(f"{region_id} takes the law of {', '.join(_laws_for(instance, wheel, region_id))} from it.")
                _print_changes(instance, region_id, words)
            _tell_words(words)
            _print_code(wheel)
    return 0


def _laws_for(instance: Instance, wheel: Wheel, region_id: str) -> list[str]:
    """The national law that the loaded region *region_id* would take from the wheel."""
    region = instance.installed.get(region_id)
    if region is None:
        return []
    taken = {wanted: law_of(instance.host, wanted, own=region.package.name) for wanted in region.header.law}
    return [wanted for wanted, law in taken.items() if law and any(law.path is folder for folder in wheel.laws)]


def _refuse_unconcerned(file: Path, ids: Sequence[str], instance: Instance) -> NoReturn:
    loaded = ", ".join(instance.loaded()) or "none"
    if ids:
        raise RegionError(
            f"{file} describes {' and '.join(map(repr, ids))}, which is not loaded here (loaded regions: "
            f"{loaded}); a new region is not planned but loaded: install it, then lanzarote load {ids[0]}"
        )
    raise RegionError(
        f"{file} brings national law alone, and no region that is loaded here would take it from there (loaded "
        f"regions: {loaded}); a region takes the law that its region.toml names under law, from its own package first."
    )


def _tell_words(words: Sequence[str]) -> None:
    if words:
        print("Its words differ from what is installed here; a running site speaks them after it is started again:")
        for line in words:
            print(f"  {line}")


def _print_code(wheel: Wheel) -> None:
    """Facts are merged; code runs with all rights of the platform as soon as it is installed."""
    if told := list(code_changes(wheel.sources())):
        print("Its code differs from what is installed here; read it before you install it:")
        for line in told:
            print(f"  {line}")


def _id_of(folder: object) -> str:
    """Raises RegionError that tells every fault when the folder does not say whose it is."""
    content = read_region(folder)  # type: ignore[arg-type]
    if not isinstance(content.header, RegionHeader):
        usable(content, "of this wheel")
    assert isinstance(content.header, RegionHeader)
    return content.header.id


def _plan(instance: Instance, wheel: Wheel, region_id: str, words: Sequence[str]) -> None:
    owner = instance.owners().get(region_id, "")
    if owner and canonicalize_name(owner) != canonicalize_name(wheel.distribution):
        raise RegionError(
            f"The region {region_id!r} was loaded from {owner} and follows it; an upgrade takes nothing from "
            f"{wheel.distribution}. If it shall follow that from now on, install it, then: "
            f"lanzarote region move {region_id} {wheel.distribution}"
        )
    _print_changes(instance, region_id, words)


def _print_changes(instance: Instance, region_id: str, words: Sequence[str]) -> None:
    report = instance.load(region_id, dry_run=True)
    if region_id in instance.upgrades_due():
        print_report(report, dry_run=True)
    elif words:
        print(f"{region_id} says the same facts as this wheel; words would change.")
    else:
        print(f"{region_id} is as this wheel says; nothing would change.")
