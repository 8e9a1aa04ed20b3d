"""The packages of one application: what each contributes, what is asked of it, what became of it."""

from __future__ import annotations

import logging
import pickle
import threading
import time
from contextlib import suppress
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from lanzarote import hookspecs
from lanzarote.plugins.answers import AT_THE_MERCY, CONTRIBUTED, decoded, rebuilt
from lanzarote.plugins.packages import (
    EITHER,
    ENTERED_TWICE,
    LEFT_OUT,
    RENAME,
    RETRY,
    SHIPPED,
    WAY_OUT,
    CallFailed,
    Candidate,
    Package,
    folder_of,
    installed,
    plain,
    precedence,
)
from lanzarote.plugins.processes import AVAILABLE, WORKERS, Died, TookTooLong
from lanzarote.plugins.remembered import Remembered, Slot, key_of
from lanzarote.plugins.worker import Loaded, Probed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from types import ModuleType

    from lanzarote.types import Catalogue, DocumentExporter, Exporter, IdentityProvider, Importer, Region

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
        self._begun = False
        self._stops: set[str] = set()
        """Names of packages that are called no longer."""
        self._slots: dict[str, Slot] = {}
        self._chosen: dict[str, tuple[tuple[Package, Any], ...]] = {}
        self._receive(installed() if candidates is None else candidates)

    # What there is

    @property
    def packages(self) -> tuple[Package, ...]:
        """All installed packages by name; those at fault, and those that are not imported, included."""
        self.wake()
        return tuple(slot.seen for slot in self._slots.values())

    @property
    def looked_at(self) -> tuple[Package, ...]:
        """As ``packages``, without those not imported: to read what a thousand say of themselves takes time."""
        self.wake()
        return tuple(slot.package for slot in self._slots.values() if slot.package)

    @property
    def regions(self) -> tuple[tuple[Package, Region], ...]:
        return self.contributed("regions")

    @property
    def catalogues(self) -> tuple[Catalogue, ...]:
        return tuple(value for _, value in self.contributed("catalogues"))

    @property
    def exporters(self) -> tuple[Exporter, ...]:
        """One per format: that of the platform's own package, else of the first by name; the later one is told so."""
        return tuple(value for _, value in self.contributed("exporters"))

    @property
    def importers(self) -> tuple[Importer, ...]:
        return tuple(value for _, value in self.contributed("importers"))

    @property
    def identity_providers(self) -> dict[str, IdentityProvider]:
        """By key; where two packages bring the same, that of the first by name."""
        return {one.key: one for _, one in reversed(self.contributed("identity_providers"))}

    @property
    def document_exporters(self) -> tuple[DocumentExporter, ...]:
        return tuple(value for _, value in self.contributed("document_exporters"))

    def contributed(self, hook: str) -> tuple[tuple[Package, Any], ...]:
        """What sound packages contribute: those of the application, those that come with the platform, the others.

        Nobody takes a format or a word from the platform by being called aaa.
        """
        self.wake()
        if hook not in self._chosen:
            chosen = self._one_per_format(hook) if hook in FORMATS else self._of_all(hook)
            self._chosen[hook] = tuple(chosen)
        return self._chosen[hook]

    def package(self, name: str) -> Package | None:
        """The installed package called *name*, imported by now, whatever is wrong with it."""
        self.wake(name)
        slot = self._slots.get(name)
        return slot.package if slot else None

    def places(self, distribution: str | None = None) -> Iterator[tuple[str, Path]]:
        """The packages, or those of *distribution*, and where the files of each are; none is imported for that."""
        for name, slot in self._slots.items():
            if distribution in (None, slot.candidate.distribution):
                with suppress(ImportError, ValueError):
                    yield name, Path(folder_of(slot.candidate.module))

    def distribution_of(self, name: str) -> str:
        """The distribution that brings the package *name*, which is not imported for that; empty when none does."""
        return self._slots[name].candidate.distribution if name in self._slots else ""

    def asleep(self, distributions: Collection[str]) -> tuple[str, ...]:
        """The packages of *distributions* that are not looked at yet."""
        if not distributions:
            return ()
        return tuple(
            name
            for name, slot in self._slots.items()
            if slot.package is None and slot.candidate.distribution in distributions
        )

    def waits_for_region(self, name: str) -> bool:
        """Whether the installed package *name* is imported only where its region is used."""
        return name in self._slots and self._slots[name].candidate.describes_region

    def bringing(self, value: object) -> Package:
        """The package that contributed *value*."""
        return next(
            slot.seen
            for slot in self._slots.values()
            if any(value is one for one in chain.from_iterable(slot.values.values()))
        )

    # Looking at packages

    def wake(self, *names: str) -> None:
        """Look at those of the packages *names* that were not looked at yet, and at those that every use needs."""
        for name in tuple(self._stops):
            self._stopped(self._slots[name])
        if self._begun and not any(self._is_asleep(name) for name in names):
            return
        with self._waking:
            always = () if self._begun else filter(lambda name: not self.waits_for_region(name), self._slots)
            self._look_at([self._slots[name] for name in dict.fromkeys((*always, *names)) if self._is_asleep(name)])
            self._begun = True

    def ask_all(self) -> Host:
        """Look at every package, so that all faults are known."""
        self.wake(*self._slots)
        for hook in FORMATS:
            self.contributed(hook)
        return self

    def retry(self, name: str) -> None:
        """Look at the package *name* again, whatever is remembered of it."""
        with self._waking:
            self.wake(name)
            if self.can_retry(name):
                slot = self._slots[name]
                self._remembered.forget(slot.seen, slot.key)
                slot.package = None
                self._chosen.clear()
                self.wake(name)

    def can_retry(self, name: str) -> bool:
        return name in self._slots and self._slots[name].key != ""

    def report(self) -> None:
        """Write into the log what is wrong with the packages that were looked at, and what was left out."""
        for package in self.looked_at:
            if package.fault:
                log.error("The package %s. %s.", package.away, package.way_out)
            for told in package.deprecated:
                log.warning("The package %s uses what will go: %s.", package.known, told)
        if self.safe_mode:
            log.warning("%s", self.told_of_safe_mode)

    @property
    def told_of_safe_mode(self) -> str:
        left = ", ".join(one.distribution or one.name for one in self.looked_at if one.idle == LEFT_OUT)
        return f"Safe mode: packages that do not come with the platform are left out ({left or 'none is installed'})."

    def is_added(self, name: str) -> bool:
        """Whether the package called *name* is the application's own, and not installed."""
        return self._slots[name].added

    def add(self, name: str, plugin: object) -> None:
        """Let *plugin*, an object with hooks, speak before all packages, as a package called *name*."""
        self.wake()
        candidate = Candidate(name=name, module="")
        loaded = Loaded(candidate.package, self._hooks)
        self._slots = {name: Slot(candidate=candidate, loaded=loaded, added=True), **self._slots}
        self._keep(self._slots[name], loaded.register(plugin))

    def blame(self, name: str, fault: str, way: str = WAY_OUT, **names: str) -> None:
        """Note that what package *name* contributed cannot be used; the rest as ``Package.blamed`` has it."""
        slot = self._slots[name]
        if fault not in slot.seen.fault:
            slot.package = slot.seen.blamed(fault, way, **names)
            self._chosen.clear()

    def leave_aside(self, name: str, told: str) -> None:
        """Note that something of package *name* cannot be used, although the rest is."""
        package = self._slots[name].seen
        if plain(told) not in package.left_aside:
            self._slots[name].package = replace(package, left_aside=(*package.left_aside, plain(told)))
            log.error("Of the package %s, %s.", package.known, plain(told))

    def remark(self, name: str, told: str) -> None:
        """Note something about package *name* that whoever runs the site should know, although nothing is wrong."""
        package = self._slots[name].seen
        remarks = dict.fromkeys((*package.remarks, plain(told)))
        self._slots[name].package = replace(package, remarks=tuple(remarks))

    def pass_over(self, name: str, why: str) -> None:
        """Use nothing that package *name* contributes, although nothing is wrong with it."""
        self._slots[name].package = replace(self._slots[name].seen, idle=why)
        self._chosen.clear()

    def _receive(self, candidates: Iterable[Candidate]) -> None:
        names: dict[str, list[Candidate]] = {}
        modules: dict[tuple[str, str], list[Candidate]] = {}
        for one in candidates:
            names.setdefault(one.name, []).append(one)
        for name in sorted(names):
            first, *others = self._by_precedence(names[name])
            self._slots[name] = Slot(candidate=first, package=self._left_out(first))
            modules.setdefault((first.module, first.attribute), []).append(first)
            for one in others:
                owner = first.distribution
                fault = f"repeats the name {name!r} of {owner}; give it a name of its own"
                way = ENTERED_TWICE if owner == one.distribution else RENAME
                self._refuse(f"{name} ({one.distribution})", one, fault, way)
        for same in modules.values():
            first, *others = self._by_precedence(same)
            for one in others:
                fault = f"it is the very module that {first.package.known} is; name each package once"
                self._refuse(one.name, one, f"cannot be used: {fault}", ENTERED_TWICE)

    def _by_precedence(self, candidates: list[Candidate]) -> list[Candidate]:
        if len(candidates) == 1:
            return candidates  # to read of a distribution what nobody needs takes time
        # What is left out takes no name from what is not.
        return sorted(candidates, key=lambda one: (self._left_out(one) is not None, *precedence(one)))

    def _refuse(self, known_as: str, candidate: Candidate, fault: str, way: str) -> None:
        package = self._left_out(candidate) or candidate.package.blamed(fault, way)
        self._slots[known_as] = Slot(candidate=candidate, package=package)

    def _left_out(self, candidate: Candidate) -> Package | None:
        """The package as one that is left out; nothing when it is not."""
        left_out = self.safe_mode and candidate.distribution not in SHIPPED
        return replace(candidate.package, idle=LEFT_OUT) if left_out else None

    def _is_asleep(self, name: str) -> bool:
        return name in self._slots and self._slots[name].package is None

    def _look_at(self, slots: Sequence[Slot]) -> None:
        """See what the packages are, remembered or asked now: all that are new at the same time."""
        new: list[Slot] = []
        known: list[tuple[Slot, Probed]] = []
        for slot in slots:
            package = slot.candidate.package
            slot.key = key_of(package)
            if self._in_process:
                slot.loaded = Loaded(package, self._hooks)
                known.append((slot, slot.loaded.probe()))
            elif probed := self._remembered.find(package, slot.key):
                known.append((slot, probed))
            else:
                new.append(slot)
        found = WORKERS.probe([slot.candidate.package for slot in new])
        self._remembered.keep({slot.key: probed for slot, probed in zip(new, found, strict=True)})
        known += zip(new, found, strict=True)
        # Only now: whoever asks for one of them meanwhile waits for it.
        for slot, probed in known:
            self._keep(slot, probed)

    def _keep(self, slot: Slot, probed: Probed) -> None:
        slot.values = {
            hook: tuple(
                rebuilt(CONTRIBUTED[hook], one, partial(self._function, slot, hook, number))
                for number, one in enumerate(some)
            )
            for hook, some in probed.contributions.items()
        }
        stopped = probed.package.way == RETRY
        slot.failures = MOST_FAILURES if stopped else 0
        (self._stops.add if stopped else self._stops.discard)(slot.candidate.name)
        slot.package = probed.package
        self._chosen.clear()

    # Calling them

    def ask(self, hook: str, names: Collection[str], **given: Any) -> list[tuple[Package, Callable[[], Any]]]:
        """Ask those of the packages *names* that have *hook*, all at once, by name.

        What comes with each waits for its answer. It raises CallFailed.
        """
        self.wake(*names)
        slots = [self._slots[name] for name in sorted(names) if name in self._slots]
        asked = [slot for slot in slots if slot.package and hook in slot.package.hooks]
        seconds = CHECK_SECONDS if hook in CHECKS else EVENT_SECONDS
        request = pickle.dumps((seconds, hook, 0, "", given))
        return [(slot.seen, self._asked(slot, hook, request, seconds)) for slot in asked]

    def _function(self, slot: Slot, hook: str, number: int, function: str) -> Callable[..., Any]:
        def call(*given: Any, seconds: float = FILE_SECONDS) -> Any:
            request = pickle.dumps((seconds, hook, number, function, given))
            return self._asked(slot, function, request, seconds)()

        return call

    def _asked(self, slot: Slot, what: str, request: bytes, seconds: float) -> Callable[[], Any]:
        """Send *request* to a package; what is returned waits for the answer.

        One that crashes or does not come back is called no longer after a few times. Calls at the same time count once.
        Files that somebody hands in, and providers that are asked, do not count: the fault may be theirs.
        """
        if what in CONTRIBUTED:
            return lambda: slot.values.get(what, ())
        if loaded := slot.loaded:
            # A frozen value may hold a table or a list that is not: it gets copies, as another process does.
            return lambda: decoded(what, loaded.call(*pickle.loads(request)[1:]).unwrapped())  # noqa: S301 - ours
        begun, stopped = time.monotonic(), self._stopped(slot)
        waiting = None if stopped else WORKERS.ask(slot.key, slot.candidate.package, request, seconds)

        def answer() -> Any:
            if waiting is None:
                raise CallFailed(stopped)
            try:
                data = waiting()
            except (TookTooLong, Died) as error:
                if what not in AT_THE_MERCY and begun >= slot.failed_at:
                    slot.failures, slot.failed_at = slot.failures + 1, time.monotonic()
                    if slot.failures >= MOST_FAILURES:
                        self._stop(slot, f"is called no longer: {slot.failures} times in a row {error}")
                raise
            except CallFailed:
                slot.failures = 0  # it answered, if only with an error
                raise
            slot.failures = 0
            return decoded(what, data)

        return answer

    def _stopped(self, slot: Slot) -> str:
        """Why the package is called no longer; empty when it is, also because another process said *retry*."""
        found = self._remembered.find(slot.seen, slot.key) if slot.failures >= MOST_FAILURES else None
        if found and not found.package.fault:
            self._keep(slot, found)
        return found.package.fault if found else ""

    def _stop(self, slot: Slot, why: str) -> None:
        """Call the package no longer, until its version changes or somebody says *retry*."""
        if probed := self._remembered.find(slot.seen, slot.key):
            stopped = replace(probed, package=probed.package.blamed(why, RETRY))
            self._remembered.keep({slot.key: stopped}, here=False)
        self._stops.add(slot.candidate.name)
        self.blame(slot.candidate.name, why, RETRY)
        log.error("The package %s. %s.", slot.seen.away, slot.seen.way_out)

    # What counts

    def _sound(self) -> list[Slot]:
        sound = [one for one in self._slots.values() if one.package and not (one.package.fault or one.package.idle)]
        return sorted(sound, key=lambda one: (not one.added, one.candidate.distribution not in SHIPPED))

    def _of_all(self, hook: str) -> Iterator[tuple[Package, Any]]:
        return ((slot.seen, value) for slot in self._sound() for value in slot.values.get(hook, ()))

    def _one_per_format(self, hook: str) -> Iterable[tuple[Package, Any]]:
        chosen: dict[str, tuple[Package, Any]] = {}
        for slot in self._sound():
            offered = slot.values.get(hook, ())
            if taken := [one.format for one in offered if one.format in chosen]:
                other = chosen[taken[0]][0].known
                told = f"the format {taken[0]!r} is already {FORMATS[hook]} by {other}"
                self.blame(slot.candidate.name, told, EITHER, claimant=slot.seen.known, chosen=other)
                continue
            for one in offered:
                chosen.setdefault(one.format, (slot.seen, one))
        return chosen.values()
