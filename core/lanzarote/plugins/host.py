"""The packages of one application: what each contributes, what is asked of it, what became of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from msgspec.structs import replace

from lanzarote import hookspecs
from lanzarote.plugins.busy import busy, package_of, started_by_packages
from lanzarote.plugins.candidates import SHIPPED, Point, given_points, in_order, installed_points
from lanzarote.plugins.earlier import Earlier
from lanzarote.plugins.hooks import specified
from lanzarote.plugins.interrupting import name_of
from lanzarote.plugins.makers import asked_of
from lanzarote.plugins.manifests import folder_of
from lanzarote.plugins.packages import ASLEEP, EITHER, ENTERED_TWICE, LEFT_OUT, MEND, RENAME, Package
from lanzarote.plugins.plain import plain
from lanzarote.plugins.starting import Started, seen, start
from lanzarote.plugins.watching import Patient

if TYPE_CHECKING:
    from lanzarote.plugins.candidates import Candidate
    from lanzarote.types import Catalogue, DocumentExporter, Exporter, Importer, LegalFramework, Region

T = TypeVar("T")
log = logging.getLogger("lanzarote.plugins")
CHECKS = ("check_practice", "check_stakeholder", "check_improvement")
EVENTS = ("practice_published", "practice_withdrawn", "improvement_decided")
SWITCHED = (*CHECKS, *EVENTS)
"""Hooks that are called only for regions that switched the package on."""
FORMATS: Final[Mapping[str, str]] = {"exporters": "written", "importers": "read", "document_exporters": "written"}
"""Hook that brings formats → what is done with them."""


class Host:
    """The packages of one application.

    A region package is imported when its region is asked for; every other one with the first that anything is asked
    of: those that hang are waited for together. What a package contributes is asked for once, when it is imported, and
    counts as a whole: one at fault contributes nothing.
    """

    def __init__(
        self,
        candidates: Iterable[Candidate] | None = None,
        *,
        safe_mode: bool = False,
        hooks: ModuleType = hookspecs,
        earlier: Earlier | None = None,
    ) -> None:
        """*safe_mode*: leave out whatever does not come with the platform. *earlier*: how packages started before."""
        self.safe_mode = safe_mode
        self.meanwhile: Callable[[], object] = lambda: None
        """Done while packages that take long are waited for: what the program has to do anyway, once."""
        self._hooks = specified(hooks)
        self._earlier = earlier or Earlier()
        self._waking = threading.RLock()
        self._patient = Patient()
        self._packages: dict[str, Package] = {}
        self._started: dict[str, Started] = {}
        self._slowing: dict[str, str] = {}
        self._has_told = False
        self._asleep: dict[str, Point] = {}
        self._always: tuple[str, ...] = ()
        """Those asleep that are imported with whatever is asked for first."""
        self._points: dict[str, Point] = {}
        self._order: list[str] = []
        self._added: set[str] = set()
        self._modules: dict[int, str] = {}
        self._chosen: dict[str, tuple[tuple[Package, Any], ...]] = {}
        points = installed_points() if candidates is None else given_points(candidates)
        self._receive(in_order(points))

    # What there is

    @property
    def packages(self) -> tuple[Package, ...]:
        """All installed packages by name; those at fault, and those that are not imported, included."""
        self.wake()
        return tuple(map(self._known, self._order))

    @property
    def looked_at(self) -> tuple[Package, ...]:
        """As ``packages``, without those not imported: to read what a thousand say of themselves takes time."""
        self.wake()
        return tuple(self._packages[name] for name in self._order if name in self._packages)

    @property
    def regions(self) -> tuple[tuple[Package, Region], ...]:
        return self._contributed("regions")

    @property
    def legal_frameworks(self) -> tuple[LegalFramework, ...]:
        return tuple(value for _, value in self._contributed("legal_frameworks"))

    @property
    def laws(self) -> tuple[tuple[Package, LegalFramework], ...]:
        """Legal frameworks, and who brings them."""
        return self._contributed("legal_frameworks")

    @property
    def catalogues(self) -> tuple[Catalogue, ...]:
        return tuple(value for _, value in self._contributed("catalogues"))

    @property
    def words(self) -> tuple[tuple[Package, Catalogue], ...]:
        """Catalogues, and who brings them."""
        return self._contributed("catalogues")

    @property
    def exporters(self) -> tuple[Exporter, ...]:
        """One per format: that of the platform's own package, else of the first by name; the later one is told so."""
        return tuple(value for _, value in self.offered("exporters"))

    @property
    def importers(self) -> tuple[Importer, ...]:
        """As ``exporters``."""
        return tuple(value for _, value in self.offered("importers"))

    @property
    def document_exporters(self) -> tuple[DocumentExporter, ...]:
        """As ``exporters``."""
        return tuple(value for _, value in self.offered("document_exporters"))

    def offered(self, hook: str) -> tuple[tuple[Package, Any], ...]:
        """What is offered through a hook that brings formats, and who brings it; one per format."""
        known = f"{hook} by format"
        if known not in self._chosen:
            self._chosen[known] = self._choose(hook)
        return self._chosen[known]

    def package(self, name: str) -> Package | None:
        """The installed package called *name*, imported by now, whatever is wrong with it."""
        self.wake(name)
        return self._packages.get(name)

    def places(self, distribution: str | None = None) -> Iterator[tuple[str, Path]]:
        """The packages, or those of *distribution*, and where the files of each are; none is imported for that."""
        for name, point in self._points.items():
            if distribution is None or point.candidate.distribution == distribution:
                try:
                    yield name, Path(folder_of(point.module))
                except (ImportError, ValueError):
                    continue

    def distribution_of(self, name: str) -> str:
        """The distribution that brings the package *name*, which is not imported for that; empty when none does."""
        point = self._points.get(name)
        return point.candidate.distribution if point else ""

    def module_of(self, name: str) -> str:
        """What is imported of the package *name*; empty when there is none."""
        point = self._points.get(name)
        return point.module if point else ""

    def asleep(self, distributions: Collection[str]) -> tuple[str, ...]:
        """The packages of *distributions* that are not imported yet."""
        if not distributions:
            return ()
        points = list(self._asleep.items())
        return tuple(name for name, point in points if point.candidate.distribution in distributions)

    def comes_first(self, name: str) -> bool:
        """Whether the package *name* counts before others: the application's own, or one that is shipped."""
        return name in self._added or self.distribution_of(name) in SHIPPED

    def waits_for_region(self, name: str) -> bool:
        """Whether the installed package *name* is imported only where its region is used."""
        return name in self._points and self._points[name].describes_region

    def callers(self, hook: str, names: Collection[str]) -> Iterator[tuple[Package, Callable[..., Any]]]:
        """Those of the packages *names* that have *hook*, by name; each with what calls its hook and nobody else's."""
        for name in sorted(names):
            package = self.package(name)
            if package is not None and hook in package.hooks:
                yield package, self._started[name].calls[hook]

    def bringing(self, value: object) -> Package:
        """The package that contributed *value*."""
        brought = (
            (name, one) for name, started in self._started.items() for some in started.answers.values() for one in some
        )
        return self._packages[next(name for name, one in brought if one is value)]

    def ask(self, name: str, call: Callable[[], T], seconds: float) -> T:
        """What *call*, of the package *name*, returned or raised. Raises TookTooLong after *seconds*."""
        with_notes = partial(asked_of, self.module_of(name), call, seconds)
        return self._patient.ask(name, with_notes, seconds)

    # Importing

    def wake(self, *names: str) -> None:
        """Import those of the packages *names* that are not imported yet, and those that every use needs."""
        if not (self._always or any(name in self._asleep for name in names)):
            return
        with self._waking:
            wanted = dict.fromkeys((*self._always, *names))
            points = [self._asleep[name] for name in wanted if name in self._asleep]
            started = start(points, self._hooks, self.meanwhile, self._slow, self._earlier)
            # Nobody takes a module from the platform by being called aaa.
            for one in sorted(started, key=lambda one: not self.comes_first(one.point.name)):
                self._keep(one)
            # Only now: whoever asks for one of them meanwhile waits for it.
            for point in points:
                del self._asleep[point.name]
            self._always = ()

    def wake_distribution(self, distribution: str) -> None:
        """Import what *distribution* brings."""
        self.wake(*self.asleep({distribution}))

    def ask_all(self) -> Host:
        """Import every package, so that all faults are known."""
        self.wake(*list(self._asleep))
        for hook in FORMATS:
            self.offered(hook)
        return self

    def tell(self) -> None:
        """Write into the log what is wrong with the packages that are imported by now, and what was left out."""
        self.find_busy()
        self._has_told = True
        for package in self.looked_at:
            if package.fault:
                log.error("The package %s. %s.", package.away, package.way_out)
            if package.slows:
                log.error("The package %s. %s.", package.slows, MEND)
            for told in package.deprecated:
                log.warning("The package %s uses what will go: %s.", package.known, told)
        if self.safe_mode:
            left = ", ".join(one.distribution or one.name for one in self.looked_at if one.idle == LEFT_OUT)
            log.warning("Safe mode: packages that do not come with the platform are left out (%s).", left or "none")

    def find_busy(self) -> Host:
        """Look for threads of packages that compute although nothing is asked of them yet; this takes a moment."""
        for name, thread in self.busy_now().items():
            self._slow(name, f"its thread {thread!r} computes without end")
        return self

    def busy_now(self) -> dict[str, str]:
        """Packages whose threads compute at this moment → one of those; this takes a moment where any are running."""
        names: dict[str, list[str]] = {}
        for name, started in [*self._started.items()]:
            names.setdefault(started.point.module, []).append(name)
        computing = busy(started_by_packages(), partial(package_of, packages=names))
        return {name: name_of(thread) for module, thread in computing.items() for name in names[module]}

    def _slow(self, name: str, told: str) -> None:
        """Note that the package *name*, which may not be kept yet, slows everything down, as *told*."""
        self._slowing[name] = told
        if name in self._packages:
            package = self._packages[name]
            self._packages[name] = replace(package, slows=f"{package.known} slows everything down: {told}")
            if self._has_told:
                log.error("The package %s. %s.", self._packages[name].slows, MEND)

    def is_added(self, name: str) -> bool:
        """Whether the package called *name* is the application's own, and not installed."""
        return name in self._added

    def add(self, name: str, plugin: object) -> None:
        """Let *plugin*, an object with hooks, speak before all packages, as a package called *name*."""
        self.wake()
        started = Started(Point(name, "", lambda: NotImplemented), self._hooks)
        started.register(plugin)
        started.ask()
        self._added.add(name)
        self._order.insert(0, name)
        self._keep(started)

    def blame(self, name: str, fault: str, way: str = "", **names: str) -> None:
        """Note that what package *name* contributed cannot be used; the rest as ``Package.blamed`` has it."""
        package = self._packages[name]
        if fault not in package.fault:
            self._packages[name] = package.blamed(fault, way, **names)
            self._chosen.clear()

    def leave_aside(self, name: str, told: str) -> None:
        """Note that something of package *name* cannot be used, although the rest is."""
        package, told = self._packages[name], plain(told)
        if told not in package.left_aside:
            self._packages[name] = replace(package, left_aside=(*package.left_aside, told))
            log.error("Of the package %s, %s.", package.known, told)

    def remark(self, name: str, told: str) -> None:
        """Note something about package *name* that whoever runs the site should know, although nothing is wrong."""
        package, told = self._packages[name], plain(told)
        if told not in package.remarks:
            self._packages[name] = replace(package, remarks=(*package.remarks, told))

    def pass_over(self, name: str, why: str) -> None:
        """Use nothing that package *name* contributes, although nothing is wrong with it."""
        self._packages[name] = replace(self._packages[name], idle=why)
        self._chosen.clear()

    def _receive(self, points: Iterable[tuple[Point, ...]]) -> None:
        always = []
        for group in points:
            # What is left out takes no name from what is not.
            first, *others = sorted(group, key=self._left_out)
            self._order.append(first.name)
            self._points[first.name] = first
            if self._left_out(first):
                self._packages[first.name] = seen(first, idle=LEFT_OUT)
            else:
                self._asleep[first.name] = first
                if not first.describes_region:
                    always.append(first.name)
            for other in others:
                self._refuse_name(first, other)
        self._always = tuple(always)

    def _refuse_name(self, first: Point, other: Point) -> None:
        owner, late = first.candidate.distribution, other.candidate.distribution
        known_as = f"{other.name} ({late})"
        self._order.append(known_as)
        fault = f"repeats the name {other.name!r} of {owner}; give it a name of its own"
        told = {"fault": fault, "way": ENTERED_TWICE if owner == late else RENAME}
        self._packages[known_as] = seen(other, **{"idle": LEFT_OUT} if self._left_out(other) else told)

    def _left_out(self, point: Point) -> bool:
        return self.safe_mode and point.candidate.distribution not in SHIPPED

    def _keep(self, started: Started) -> None:
        package = started.package
        owner = self._modules.setdefault(id(started.plugin), package.name) if started.plugin else package.name
        if owner != package.name:
            known = self._packages[owner].known
            fault = f"cannot be used: it is the very module that {known} is; name each package once"
            package = replace(package, hooks=(), fault=fault, way=ENTERED_TWICE)
        self._started[package.name] = started
        self._packages[package.name] = replace(package, fault="", way="", deprecated=tuple(started.deprecated))
        if told := self._slowing.get(package.name):
            self._slow(package.name, told)
        self._chosen.clear()
        if package.fault:
            self.blame(package.name, package.fault, package.way, **package.way_names)

    # What counts

    def _contributed(self, hook: str) -> tuple[tuple[Package, Any], ...]:
        """What sound packages contribute: those of the application, those that come with the platform, the others."""
        self.wake()
        chosen = self._chosen.get(hook)
        if chosen is None:
            started = (self._packages[name] for name in self._order if name in self._started)
            sound = sorted(started, key=self._rank)
            chosen = self._chosen[hook] = tuple(
                (package, value)
                for package in sound
                if not (package.fault or package.idle)
                for value in self._started[package.name].answers.get(hook, ())
            )
        return chosen

    def _rank(self, package: Package) -> int:
        # Nobody takes a format or a word from the platform by being called aaa.
        return 0 if package.name in self._added else 1 if package.distribution in SHIPPED else 2

    def _choose(self, hook: str) -> tuple[tuple[Package, Any], ...]:
        chosen: dict[str, tuple[Package, Any]] = {}
        for name in dict.fromkeys(package.name for package, _ in self._contributed(hook)):
            package, offered = self._packages[name], self._started[name].answers[hook]
            if taken := [one.format for one in offered if one.format in chosen]:
                other = chosen[taken[0]][0].known
                told = f"the format {taken[0]!r} is already {FORMATS[hook]} by {other}"
                self.blame(name, told, EITHER, claimant=package.known, chosen=other)
                continue
            for one in offered:
                chosen.setdefault(one.format, (package, one))
        return tuple(chosen.values())

    def _known(self, name: str) -> Package:
        point = None if name in self._packages else self._asleep.get(name)
        return seen(point, idle=ASLEEP) if point else self._packages[name]
