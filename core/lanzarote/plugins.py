"""Finds installed packages, checks them before import, orders them, isolates them; one host per application."""

from __future__ import annotations

import tomllib
from functools import cached_property
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pluggy
from msgspec import Struct
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from lanzarote import hookspecs
from lanzarote.types import API_VERSION, Catalogue, Exporter, Importer, LegalFramework, Region

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from importlib.metadata import EntryPoint
    from importlib.resources.abc import Traversable

T = TypeVar("T")
F = TypeVar("F", Exporter, Importer)
GROUP = "lanzarote"
MANIFESTS = ("lanzarote.toml", "region/region.toml")
"""Where a package says ``requires_api``, read without importing it."""
CHECKS = ("check_practice", "check_stakeholder", "check_improvement")
EVENTS = ("practice_published", "practice_withdrawn", "improvement_decided")
SWITCHED = (*CHECKS, *EVENTS)
"""Hooks that are called only for regions that switched the package on."""


class Candidate(Struct, frozen=True, kw_only=True):
    """An installed package before it is looked at."""

    name: str
    module: str
    distribution: str = ""
    version: str = ""
    summary: str = ""


class Package(Struct, frozen=True, kw_only=True):
    """What became of an installed package."""

    name: str
    distribution: str
    version: str
    requires_api: str = ""
    about: Mapping[str, str] = {}
    """Language → what it does, in a sentence."""
    hooks: tuple[str, ...] = ()
    fault: str = ""
    """Why it is not used, or which of its hooks failed; empty when all is well."""


class Host:
    """The packages of one application. Everything they contribute is asked for once and then frozen."""

    def __init__(self, candidates: Iterable[Candidate] | None = None) -> None:
        self._manager = pluggy.PluginManager("lanzarote")
        self._manager.add_hookspecs(hookspecs)
        self._packages: dict[str, Package] = {}
        self._callers: dict[tuple[str, str], Callable[..., Any]] = {}
        found = installed() if candidates is None else tuple(candidates)
        for candidate in sorted(found, key=_precedence):
            self._admit(candidate)

    @property
    def packages(self) -> tuple[Package, ...]:
        """All installed packages by name, faulty ones included."""
        return tuple(self._packages.values())

    @cached_property
    def regions(self) -> tuple[tuple[Package, Region], ...]:
        return self._ask("regions", Region)

    @cached_property
    def laws(self) -> tuple[tuple[Package, LegalFramework], ...]:
        """Folders of national law, and who brings them."""
        return self._ask("legal_frameworks", LegalFramework)

    @property
    def legal_frameworks(self) -> tuple[LegalFramework, ...]:
        return tuple(framework for _, framework in self.laws)

    @cached_property
    def catalogues(self) -> tuple[Catalogue, ...]:
        return tuple(value for _, value in self._ask("catalogues", Catalogue))

    @cached_property
    def exporters(self) -> tuple[Exporter, ...]:
        """One per format; the first package by name wins a format, the later one is told so."""
        return self._one_per_format("exporters", Exporter, "written")

    @cached_property
    def importers(self) -> tuple[Importer, ...]:
        """As ``exporters``."""
        return self._one_per_format("importers", Importer, "read")

    def add(self, name: str, plugin: object) -> None:
        """Let *plugin*, an object with hooks, speak before all packages, as a package called *name*."""
        package = Package(name=name, distribution="", version="")
        self._packages = {name: package} | self._packages
        self._register(package, plugin)

    def package(self, name: str) -> Package | None:
        """The installed package called *name*, faulty or not."""
        return self._packages.get(name)

    def callers(self, hook: str, names: Collection[str]) -> Iterator[tuple[Package, Callable[..., Any]]]:
        """Those of the packages *names* that have *hook*, by name; each with what calls its hook and nobody else's."""
        for name in sorted(names):
            package = self._packages.get(name)
            if package is not None and hook in package.hooks:
                yield package, self._caller(hook, name)

    def ask_all(self) -> Host:
        """Resolve every hook now, so that faults are known."""
        _ = self.regions, self.legal_frameworks, self.catalogues, self.exporters, self.importers
        return self

    def blame(self, name: str, fault: str) -> None:
        """Note that what package *name* contributed cannot be used."""
        self._blame(self._packages[name], fault)

    def _admit(self, candidate: Candidate) -> None:
        package = Package(name=candidate.name, distribution=candidate.distribution, version=candidate.version)
        if candidate.name in self._packages:
            other = self._packages[candidate.name]
            fault = f"repeats the name {candidate.name!r} of {other.distribution}; give it a name of its own"
            self._packages[f"{candidate.name} ({candidate.distribution})"] = _with_fault(package, fault)
            return
        self._packages[candidate.name] = package
        try:
            requires = required_api(candidate.module)
        except ValueError as error:
            self._blame(package, str(error))
            return
        about = _about(candidate)
        package = Package(**{**_fields(package), "requires_api": requires, "about": about})
        self._packages[candidate.name] = package
        offered = ".".join(map(str, API_VERSION))
        if offered not in SpecifierSet(requires):
            self._blame(package, f"needs the platform's API {requires}; this platform offers {offered}")
            return
        try:
            module = import_module(candidate.module)
        except (Exception, SystemExit) as error:  # a package may fail in any way, and must not take others with it
            self._blame(package, f"cannot be used: {_tell(error)}")
            return
        self._register(package, module)

    def _register(self, package: Package, plugin: object) -> None:
        try:
            self._manager.register(plugin, name=package.name)
            known = {hook.name for hook in self._manager.get_hookcallers(plugin) or ()}
            if unknown := sorted(known - _hook_names()):
                self._manager.unregister(plugin)
                raise ValueError(
                    f"implements {unknown[0]!r}, which is no hook; the hooks: {', '.join(sorted(_hook_names()))}"
                )
        except (Exception, SystemExit) as error:  # see _admit
            self._blame(package, f"cannot be used: {_tell(error)}")
            return
        self._packages[package.name] = Package(**{**_fields(package), "hooks": tuple(sorted(known))})

    def _ask(self, hook: str, kind: type[T]) -> tuple[tuple[Package, T], ...]:
        """Call *hook* package by package, in the order of their names; one that fails loses only its own answer."""
        answers: list[tuple[Package, T]] = []
        for name, package in list(self._packages.items()):
            if hook not in package.hooks:
                continue
            try:
                answer = self._caller(hook, name)()
                if not answer:
                    raise TypeError("returned None; to contribute nothing, return ()")
                returned: list[T] = list(answer[0])
                if wrong := [value for value in returned if not isinstance(value, kind)]:
                    raise TypeError(f"returned {type(wrong[0]).__name__} where {kind.__name__} is expected")
            except (Exception, SystemExit) as error:  # see _register
                self._blame(package, f"its hook {hook} failed: {_tell(error)}")
                continue
            answers.extend((package, value) for value in returned)
        return tuple(answers)

    def _one_per_format(self, hook: str, kind: type[F], done: str) -> tuple[F, ...]:
        chosen: dict[str, F] = {}
        for package, one in self._ask(hook, kind):
            if one.format in chosen:
                self._blame(package, f"the format {one.format!r} is already {done} by another package")
            chosen.setdefault(one.format, one)
        return tuple(chosen.values())

    def _caller(self, hook: str, name: str) -> Callable[..., Any]:
        """Calls *hook* of one package; answers a list with what it returned, empty for None."""
        known = self._callers.get((hook, name))
        if known is None:
            own = self._manager.get_plugin(name)
            others = [plugin for plugin in self._manager.get_plugins() if plugin is not own]
            known = self._callers[hook, name] = self._manager.subset_hook_caller(hook, others)
        return known

    def _blame(self, package: Package, fault: str) -> None:
        self._packages[package.name] = _with_fault(self._packages.get(package.name, package), fault)


def installed() -> tuple[Candidate, ...]:
    """List the packages in the entry point group ``lanzarote`` without importing any of them."""
    return tuple(_candidate(point) for point in entry_points(group=GROUP))


def required_api(module: str) -> str:
    """Read the API range that *module* asks for from its manifest, without importing it.

    Raises ValueError that says what to write where.
    """
    return api_range(_folder(module))


def api_range(folder: Traversable) -> str:
    """Read the API range from the manifest in the *folder* of a package. Raises ValueError that says what to write."""
    for manifest in MANIFESTS:
        if (path := folder / manifest).is_file():
            return _read_range(path, manifest)
    raise ValueError(
        f'says nowhere which API it needs; add {MANIFESTS[0]} with requires_api = ">=1,<2" beside its code'
    )


def _folder(module: str) -> Path:
    spec = find_spec(module.partition(".")[0])
    if spec is None or not spec.submodule_search_locations:
        raise ValueError(f"the package {module!r} that its entry point names is not there; install it again")
    return Path(spec.submodule_search_locations[0], *module.split(".")[1:])


def _about(candidate: Candidate) -> dict[str, str]:
    """What a package says of itself: ``about.en = "…"`` in its manifest, else the summary of its distribution."""
    manifest = _folder(candidate.module) / MANIFESTS[0]
    told = tomllib.loads(manifest.read_text("utf-8")).get("about") if manifest.is_file() else None
    found = told if isinstance(told, dict) else {}
    said = {lang: text for lang, text in found.items() if isinstance(text, str) and text.strip()}
    return said or ({"en": candidate.summary} if candidate.summary else {})


def _read_range(path: Traversable, manifest: str) -> str:
    try:
        requires = tomllib.loads(path.read_text("utf-8")).get("requires_api", "")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"its {manifest} cannot be read: {error}") from None
    try:
        SpecifierSet(requires if requires and isinstance(requires, str) else "?")
    except InvalidSpecifier:
        raise ValueError(f'its {manifest} says requires_api = {requires!r}; write a range such as ">=1,<2"') from None
    return str(requires)


def _precedence(candidate: Candidate) -> tuple[str, int, str]:
    """By name; of several that take one name, the distribution called after it as ours are, then any called after it.

    Otherwise a package that took the name of a region would silence that region.
    """
    name, distribution = candidate.name, candidate.distribution
    ours = distribution in (f"lanzarote-region-{name}", f"lanzarote-{name}")
    return name, 0 if ours else 1 if distribution.endswith(f"-{name}") else 2, distribution


def _candidate(point: EntryPoint) -> Candidate:
    distribution = point.dist
    return Candidate(
        name=point.name,
        module=point.value.partition(":")[0].strip(),
        distribution=distribution.name if distribution else "",
        version=distribution.version if distribution else "",
        summary=str(distribution.metadata.json.get("summary") or "") if distribution else "",
    )


def _hook_names() -> set[str]:
    return {name for name, value in vars(hookspecs).items() if hasattr(value, "lanzarote_spec")}


def _tell(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:300]


def _fields(package: Package) -> dict[str, Any]:
    return {name: getattr(package, name) for name in package.__struct_fields__}


def _with_fault(package: Package, fault: str) -> Package:
    return Package(**{**_fields(package), "fault": "; ".join(part for part in (package.fault, fault) if part)})
