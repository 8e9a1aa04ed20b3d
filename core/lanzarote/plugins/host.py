"""The packages of one application: what each contributes, what is asked of it, what became of it."""

from __future__ import annotations

import logging
import pickle
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from lanzarote import hookspecs
from lanzarote.plugins.answers import CONTRIBUTED, contribution, decoded
from lanzarote.plugins.candidates import SHIPPED, Candidate, Point, given_points, in_order, installed_points
from lanzarote.plugins.manifests import ManifestFault, folder_of, misfit, read_manifest
from lanzarote.plugins.packages import ASLEEP, EITHER, ENTERED_TWICE, LEFT_OUT, MEND, RENAME, RETRY, Package
from lanzarote.plugins.plain import plain
from lanzarote.plugins.processes import AVAILABLE, WORKERS, CallFailed, Died, TookTooLong
from lanzarote.plugins.remembered import Remembered, key_of
from lanzarote.plugins.worker import Loaded, Probed, Setup

if TYPE_CHECKING:
    from types import ModuleType

    from lanzarote.types import Catalogue, DocumentExporter, Exporter, Importer, LegalFramework, Region

log = logging.getLogger("lanzarote.plugins")
CHECKS = ("check_practice", "check_stakeholder", "check_improvement")
EVENTS = ("practice_published", "practice_withdrawn", "improvement_decided")
SWITCHED = (*CHECKS, *EVENTS)
"""Hooks that are called only for regions that switched the package on."""
FORMATS: Final[Mapping[str, str]] = {"exporters": "written", "importers": "read", "document_exporters": "written"}
"""Hook that brings formats → what is done with them."""
CHECK_SECONDS: Final = 5.0
"""Seconds after which a check has failed: the writer waits no longer."""
EVENT_SECONDS: Final = 120.0
"""Seconds after which telling a package has failed; shorter than the lease of a job."""
FILE_SECONDS: Final = 60.0
"""Seconds after which reading or writing a file has failed, where nobody says otherwise."""
MOST_FAILURES: Final = 3
"""Times in a row that a package may crash or not come back: after that it is not called any more."""


class Kept(Struct, kw_only=True):
    """A package that was looked at."""

    setup: Setup
    values: Mapping[str, tuple[Any, ...]] = {}
    """Hook → what it contributes."""
    key: str = ""
    loaded: Loaded | None = None
    """Where it runs in this process."""
    failures: int = 0


class Host:
    """The packages of one application.

    Each runs in processes of its own (``processes``). A region package is looked at when its region is asked for; every
    other one with the first that anything is asked of. What a package contributes is remembered for its version, and
    counts as a whole: one at fault contributes nothing.
    """

    def __init__(
        self,
        candidates: Iterable[Candidate] | None = None,
        *,
        safe_mode: bool = False,
        hooks: ModuleType = hookspecs,
        folder: Path | None = None,
        in_process: bool = False,
    ) -> None:
        """*safe_mode*: leave out whatever does not come with the platform.

        *folder*: where is remembered what packages contribute. *in_process*: run packages in this process, for who
        debugs one: whatever it does is done to the site.
        """
        self.safe_mode = safe_mode
        self._hooks = hooks
        self._in_process = in_process or not AVAILABLE
        self._remembered = Remembered(folder)
        self._waking = threading.RLock()
        self._packages: dict[str, Package] = {}
        self._kept: dict[str, Kept] = {}
        self._asleep: dict[str, Point] = {}
        self._always: tuple[str, ...] = ()
        """Those asleep that are looked at with whatever is asked for first."""
        self._points: dict[str, Point] = {}
        self._order: list[str] = []
        self._added: set[str] = set()
        self._modules: dict[tuple[str, str], str] = {}
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
        """The packages of *distributions* that are not looked at yet."""
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
        """Those of the packages *names* that have *hook*, by name; each with what calls its hook and nobody else's.

        The call raises CallFailed, and Unfit for an answer that is none.
        """
        for name in sorted(names):
            package = self.package(name)
            if package is not None and hook in package.hooks:
                yield package, partial(self._call_hook, name, hook)

    def bringing(self, value: object) -> Package:
        """The package that contributed *value*."""
        return self._packages[self._place_of(value)[0]]

    def ask(self, value: object, function: str, *given: Any, seconds: float = FILE_SECONDS) -> Any:
        """What the *function* ("read", "write") of a format that a package brings returns. Raises CallFailed, Unfit."""
        name, hook, number = self._place_of(value)
        return self._call(name, hook, number, function, given, seconds)

    # Looking at packages

    def wake(self, *names: str) -> None:
        """Look at those of the packages *names* that were not looked at yet, and at those that every use needs."""
        if not (self._always or any(name in self._asleep for name in names)):
            return
        with self._waking:
            wanted = dict.fromkeys((*self._always, *names))
            points = [self._asleep[name] for name in wanted if name in self._asleep]
            # Nobody takes a module from the platform by being called aaa.
            points.sort(key=lambda point: not self.comes_first(point.name))
            fit = [(point, package) for point in points if not (package := self._before_import(point)).fault]
            for (point, package), kept, probed in self._probed(fit):
                self._keep(point, package, kept, probed)
            # Only now: whoever asks for one of them meanwhile waits for it.
            for point in points:
                del self._asleep[point.name]
            self._always = ()

    def wake_distribution(self, distribution: str) -> None:
        """Look at what *distribution* brings."""
        self.wake(*self.asleep({distribution}))

    def ask_all(self) -> Host:
        """Look at every package, so that all faults are known."""
        self.wake(*list(self._asleep))
        for hook in FORMATS:
            self.offered(hook)
        return self

    def retry(self, name: str) -> None:
        """Look at the package *name* again, whatever is remembered of it."""
        with self._waking:
            if (point := self._points.get(name)) is None or self._left_out(point):
                return
            self._remembered.forget(point.candidate, key_of(point.candidate))
            self._kept.pop(name, None)
            self._packages.pop(name, None)
            self._modules.pop((point.module, point.candidate.attribute), None)
            self._asleep[name] = point
            self._chosen.clear()
            self.wake(name)

    def can_retry(self, name: str) -> bool:
        return name in self._kept and name not in self._added

    def report(self) -> None:
        """Write into the log what is wrong with the packages that were looked at, and what was left out."""
        for package in self.looked_at:
            if package.fault:
                log.error("The package %s. %s.", package.away, package.way_out)
            for told in package.deprecated:
                log.warning("The package %s uses what will go: %s.", package.known, told)
        if self.safe_mode:
            left = ", ".join(one.distribution or one.name for one in self.looked_at if one.idle == LEFT_OUT)
            log.warning("Safe mode: packages that do not come with the platform are left out (%s).", left or "none")

    def is_added(self, name: str) -> bool:
        """Whether the package called *name* is the application's own, and not installed."""
        return name in self._added

    def add(self, name: str, plugin: object) -> None:
        """Let *plugin*, an object with hooks, speak before all packages, as a package called *name*."""
        self.wake()
        loaded = Loaded(Setup(name=name, module=""), self._hooks)
        probed = loaded.register(plugin)
        self._added.add(name)
        self._order.insert(0, name)
        package = Package(name=name, distribution="", version="")
        self._keep(None, package, Kept(setup=loaded.setup, loaded=loaded), probed)

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

    def _before_import(self, point: Point) -> Package:
        """What a package says of itself in files; at fault where it may not be imported."""
        package = seen(point)
        try:
            said = read_manifest(point.candidate)
        except ValueError as error:
            package = package.blamed(str(error), MEND if isinstance(error, ManifestFault) else "")
        else:
            told = {"requires_api": said.requires_api, "about": said.about, "left_aside": said.left_aside}
            package = replace(package, **told)
            if unfit := misfit(said.requires_api):
                package = package.blamed(unfit)
        self._packages[point.name] = package
        return package

    def _probed(self, fit: Sequence[tuple[Point, Package]]) -> Iterator[tuple[tuple[Point, Package], Kept, Probed]]:
        """What the packages turned out to be, remembered or asked now: all that are new at the same time."""
        kept = [
            Kept(
                setup=Setup(name=point.name, module=point.module, attribute=point.candidate.attribute),
                key=key_of(point.candidate),
            )
            for point, _ in fit
        ]
        if self._in_process:
            for pair, one in zip(fit, kept, strict=True):
                one.loaded = Loaded(one.setup, self._hooks)
                yield pair, one, one.loaded.probe()
            return
        known = [self._remembered.find(point.candidate, one.key) for (point, _), one in zip(fit, kept, strict=True)]
        asked = iter(WORKERS.probe([one.setup for one, probed in zip(kept, known, strict=True) if probed is None]))
        for pair, one, probed in zip(fit, kept, known, strict=True):
            if probed is None:
                self._remembered.keep(pair[0].candidate, one.key, found := next(asked))
            yield pair, one, probed or found

    def _keep(self, point: Point | None, package: Package, kept: Kept, probed: Probed) -> None:
        name = package.name
        module = (kept.setup.module, kept.setup.attribute)
        owner = self._modules.setdefault(module, name) if point else name
        if owner != name:
            known = self._packages[owner].known
            fault = f"cannot be used: it is the very module that {known} is; name each package once"
            probed = Probed(fault=fault, way=ENTERED_TWICE)
        kept.values = (
            kept.loaded.values
            if kept.loaded
            else {
                hook: tuple(
                    contribution(hook, one, partial(self._function, name, hook, number))
                    for number, one in enumerate(some)
                )
                for hook, some in probed.contributions.items()
            }
        )
        self._kept[name] = kept
        self._packages[name] = replace(
            package,
            hooks=probed.hooks,
            deprecated=probed.deprecated,
            left_aside=(*package.left_aside, *probed.left_aside),
            broken=bool(probed.fault),
        )
        self._chosen.clear()
        if probed.fault:
            self.blame(name, probed.fault, probed.way)
        elif point and (stopped := self._remembered.stopped(point.candidate, kept.key)):
            self.blame(name, stopped, RETRY)

    # Calling them

    def _function(self, name: str, hook: str, number: int, function: str) -> Callable[..., Any]:
        return lambda *given: self._call(name, hook, number, function, given, FILE_SECONDS)

    def _call_hook(self, name: str, hook: str, **given: Any) -> Any:
        if hook in CONTRIBUTED:
            return self._kept[name].values.get(hook, ())
        return self._call(name, hook, 0, "", given, CHECK_SECONDS if hook in CHECKS else EVENT_SECONDS)

    def _call(self, name: str, hook: str, number: int, function: str, given: Any, seconds: float) -> Any:
        kept = self._kept[name]
        if kept.loaded:
            # A frozen value may hold a table or a list that is not: it gets copies, as another process does.
            answer = kept.loaded.call(hook, number, function, pickle.loads(pickle.dumps(given)))  # noqa: S301
            if answer.fault:
                raise CallFailed(answer.fault)
            return decoded(function or hook, answer.value)
        candidate = self._points[name].candidate
        if kept.failures >= MOST_FAILURES and (stopped := self._remembered.stopped(candidate, kept.key)):
            raise CallFailed(stopped)
        try:
            data = WORKERS.call(kept.key, kept.setup, (hook, number, function, given), seconds)
        except (TookTooLong, Died) as error:
            kept.failures += 1
            if kept.failures >= MOST_FAILURES:
                self._stop(name, f"is called no longer: {kept.failures} times in a row {error}")
            raise
        except CallFailed:
            kept.failures = 0  # it answered, if only with an error
            raise
        kept.failures = 0
        return decoded(function or hook, data)

    def _stop(self, name: str, why: str) -> None:
        """Call the package no longer, until its version changes or somebody says *retry*."""
        kept, candidate = self._kept[name], self._points[name].candidate
        if probed := self._remembered.find(candidate, kept.key):
            self._remembered.keep(candidate, kept.key, probed, stopped=why)
        self.blame(name, why, RETRY)
        log.error("The package %s. %s.", self._packages[name].away, self._packages[name].way_out)

    def _place_of(self, value: object) -> tuple[str, str, int]:
        """Which package contributed *value*, through which hook, as which of those."""
        return next(
            (name, hook, number)
            for name, kept in self._kept.items()
            for hook, some in kept.values.items()
            for number, one in enumerate(some)
            if one is value
        )

    # What counts

    def _contributed(self, hook: str) -> tuple[tuple[Package, Any], ...]:
        """What sound packages contribute: those of the application, those that come with the platform, the others."""
        self.wake()
        chosen = self._chosen.get(hook)
        if chosen is None:
            looked_at = (self._packages[name] for name in self._order if name in self._kept)
            sound = sorted(looked_at, key=self._rank)
            chosen = self._chosen[hook] = tuple(
                (package, value)
                for package in sound
                if not (package.fault or package.idle)
                for value in self._kept[package.name].values.get(hook, ())
            )
        return chosen

    def _rank(self, package: Package) -> int:
        # Nobody takes a format or a word from the platform by being called aaa.
        return 0 if package.name in self._added else 1 if package.distribution in SHIPPED else 2

    def _choose(self, hook: str) -> tuple[tuple[Package, Any], ...]:
        chosen: dict[str, tuple[Package, Any]] = {}
        for name in dict.fromkeys(package.name for package, _ in self._contributed(hook)):
            package, offered = self._packages[name], self._kept[name].values[hook]
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


def seen(point: Point, **more: str) -> Package:
    """The package of *point*, as far as its distribution tells; *more* of what became of it."""
    candidate = point.candidate
    return Package(
        name=point.name, distribution=candidate.distribution, version=candidate.version, **more  # type: ignore[arg-type]
    )  # fmt: skip
