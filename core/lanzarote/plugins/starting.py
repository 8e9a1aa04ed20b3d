"""How packages start: each is imported and asked what it contributes, in the time that it has for that."""

from __future__ import annotations

import gc
import threading
import warnings
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from lanzarote.plugins.answers import KINDS, fit
from lanzarote.plugins.busy import Overseer, modules_in, noted, package_with
from lanzarote.plugins.faults import told_of
from lanzarote.plugins.hooks import implemented
from lanzarote.plugins.interrupting import name_of
from lanzarote.plugins.manifests import ManifestFault, misfit, read_manifest
from lanzarote.plugins.packages import LESS_TIME, MEND, TOO_SLOW, Package
from lanzarote.plugins.plain import plain
from lanzarote.plugins.untouched import ProcessSettings, printing_aside, unwatched
from lanzarote.plugins.watching import Call, Step, TookTooLong, in_turn
from lanzarote.uncollected import paused

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from lanzarote.plugins.candidates import Point
    from lanzarote.plugins.earlier import Earlier
    from lanzarote.plugins.hooks import Hook
    from lanzarote.types import Deprecated, Region


LEFT_BEHIND: Final = "the end of what it left (__del__)"
CLEARING: Final = 0.5
"""Seconds for what several left that started at the same time."""


class Started:
    """What a package has come to so far; looked at when it is ready, or when its time is up."""

    def __init__(self, point: Point, hooks: Mapping[str, Hook]) -> None:
        """*hooks*: all that there are, by name."""
        self.point = point
        self.package = Package(name=point.name, distribution="", version="")
        self.plugin: object = None
        self.calls: Mapping[str, Callable[..., Any]] = {}
        self.answers: dict[str, tuple[Any, ...]] = {}
        self.deprecated: dict[str, None] = {}
        self.given_up: Started | None = None
        self.cleared = False
        """What it left is gone."""
        self.thread: threading.Thread | None = None
        """In which it starts, once it does."""
        self._hooks = hooks
        self._step = "its distribution"

    def open(self, before: ProcessSettings, others: Collection[str], going: set[Started]) -> None:
        """In a thread of its own: whatever happens here is the package's, and is set back as it was *before*.

        *others*: what is imported of the packages that may start beside it. *going*: those that do, and it, meanwhile.
        """
        self.thread = threading.current_thread()
        going.add(self)
        before.restore()  # one that hangs beside it may have changed something
        try:
            with unwatched():
                noted(partial(self._start, going), self.point.module, others)
        finally:
            before.restore()
            going.discard(self)

    def give_up(self, why: str) -> None:
        """Its time is up, and *why*: from now on it is what it is at this moment. What it still says is not heard."""
        self.given_up = Started(self.point, self._hooks)
        self.given_up.package = self.package.blamed(f"does not start: {self._step} {why}", TOO_SLOW)

    def left_behind(self, seconds: float) -> None:
        """What it left does not let itself be taken apart within so many."""
        self._step = LEFT_BEHIND
        self.give_up(f"did not come back within {seconds:g} seconds")

    def had_less(self, others: Iterable[str]) -> None:
        """That is as *others*, packages, left it less time than usual."""
        if self.given_up:
            names = {"others": ", ".join(others)}
            self.given_up.package = replace(self.given_up.package, way=LESS_TIME, way_names=names)

    def register(self, plugin: object) -> None:
        """Note the hooks of *plugin*. Raises ValueError that says what is wrong with them."""
        found = implemented(plugin, self._hooks)
        self.plugin, self.calls = plugin, found.calls
        self.deprecated |= dict.fromkeys(plain(str(told)) for told in found.deprecated)
        aside = (*self.package.left_aside, *found.unmarked)
        self.package = replace(self.package, hooks=tuple(sorted(found.calls)), left_aside=aside)

    def ask(self) -> None:
        """Ask for everything that the package contributes."""
        for hook, kind in KINDS.items():
            if hook not in self.calls:
                continue
            self._step = f"its hook {hook}"
            try:
                values = fit(self.calls[hook](), kind)
                if hook == "regions":
                    self._reach(values)
                for told in deprecated_in(values):
                    warnings.warn(told, stacklevel=2)
                    self.deprecated[plain(str(told))] = None
            except BaseException as error:  # see _hear
                self._blame_code(f"its hook {hook} failed", error)
            else:
                self.answers[hook] = values

    def _reach(self, regions: Iterable[Region]) -> None:
        """Read the first file of each already: where it lies may hang, and nobody waits for it later."""
        self._step = "its region.toml"
        for region in regions:
            with suppress(Exception):  # told when it is read for its words
                (region.path / "region.toml").read_bytes()

    def _start(self, going: Collection[Started]) -> None:
        self._hear()
        # What it left and nobody refers to goes in its own time, as that may run code as well (``__del__``). Where
        # another is at work beside it, that may be the other's; one whose time is up is being asked to end.
        if {*going} == {self} and not self.given_up:
            self._step = LEFT_BEHIND
            gc.collect(0)
            self.cleared = True

    def _hear(self) -> None:
        try:
            if not self._fits():
                return
            self._step = "its import"
            self.register(import_module(self.point.candidate.module))
        except BaseException as error:  # a package may fail in any way, and must not take others with it
            if not self.given_up:  # it was told already what it did
                self._blame_code("cannot be used", error)
            return
        self.ask()

    def _fits(self) -> bool:
        """Whether the package may be imported, by what it says of itself."""
        self.package = seen(self.point)
        self._step = "what it says of itself"
        try:
            said = read_manifest(self.point.candidate)
        except ValueError as error:
            self.package = self.package.blamed(str(error), MEND if isinstance(error, ManifestFault) else "")
            return False
        told = misfit(said.requires_api)
        self.package = replace(
            self.package, requires_api=said.requires_api, about=said.about, left_aside=said.left_aside
        )
        if told:
            self.package = self.package.blamed(told)
        return not told

    def _blame_code(self, told: str, error: BaseException) -> None:
        """Its own code failed: what it raised before anything was recorded, and in which line."""
        fault = f"{told}: {told_of(error, self.point.candidate.module)}"
        self.package = replace(self.package.blamed(fault), broken=True)


def start(
    points: Iterable[Point],
    hooks: Mapping[str, Hook],
    meanwhile: Callable[[], object],
    slowed: Callable[[str, str], object],
    earlier: Earlier,
) -> tuple[Started, ...]:
    """Import packages and ask what they contribute; one that does not come back is left to itself.

    *meanwhile*: what the program has to do anyway, done while packages that take long are waited for. *slowed*: told
    of a package, by name, how its thread slows everything down; also for a while after. *earlier*: says who begins
    first, and hears how each went.
    """
    asked = [Started(point, hooks) for point in points]
    started = sorted(asked, key=lambda one: earlier.turn(one.point.candidate))
    modules = frozenset(one.point.module for one in started)
    before = ProcessSettings.now()
    overseer = _overseer(started, slowed)
    going: set[Started] = set()
    steps = [
        Step(
            partial(one.open, before, modules, going),
            partial(_give_up, one, overseer),
            partial(overseer.spent_by, one.point.module),
        )
        for one in started
    ]
    # What a package prints is told apart from what a command writes, such as records.
    try:
        with printing_aside(), paused():
            in_turn(steps, meanwhile=meanwhile)
            if not all(one.cleared for one in started):
                _clear(started)
    finally:
        overseer.stop()
        before.restore()
    turns = list(zip(started, steps, strict=True))
    # Who had less time itself may well be sound: it is not blamed for what the others lost.
    endless = [one.package.known for one, step in turns if step.lost and not step.less]
    for one, step in turns:
        if step.less and not earlier.had_all(one.point.candidate):
            one.had_less(endless)
    earlier.note(
        (one.point.candidate, step.had if one.given_up else None)
        for one, step in turns
        if not (step.less and earlier.came_back(one.point.candidate))
    )
    return tuple(one.given_up or one for one in asked)


def _give_up(one: Started, overseer: Overseer, why: str) -> None:
    one.give_up(why)
    if one.thread:
        overseer.take(one.thread)


def _clear(started: Iterable[Started]) -> None:
    """Take apart what those left that started beside each other; in whose code that does not come back, is told."""
    clearing = Call(partial(gc.collect, 0))
    if clearing.wait(CLEARING):
        return
    owners = {one.point.module: one for one in started}
    for module in modules_in(clearing.thread):
        if (owner := owners.get(package_with(module, owners))) and not owner.given_up:
            owner.left_behind(CLEARING)
            break
    with suppress(TookTooLong):
        clearing.result(0)


def _overseer(started: Iterable[Started], slowed: Callable[[str, str], object]) -> Overseer:
    names: dict[str, list[str]] = {}
    for one in started:
        names.setdefault(one.point.module, []).append(one.point.name)

    def tell(module: str, thread: threading.Thread, asked: bool) -> None:
        told = f"its thread {name_of(thread)!r} computed long while packages started"
        for name in names[module]:
            slowed(name, f"{told}, and was asked to end" if asked else told)

    overseer = Overseer(names, tell)
    overseer.start()
    return overseer


def seen(point: Point, **more: str) -> Package:
    """The package of *point*, as far as its distribution tells; *more* of what became of it."""
    candidate = point.candidate
    return Package(
        name=point.name, distribution=candidate.distribution, version=candidate.version, **more  # type: ignore[arg-type]
    )  # fmt: skip


def deprecated_in(values: Iterable[Any]) -> Iterator[Deprecated]:
    """What will go of the values that a package made: of each, the value itself or the fields that it filled in."""
    for value in values:
        going: Mapping[str, Deprecated] = getattr(type(value), "deprecated", {})
        if "*" in going:
            yield going["*"]
        if going:
            names, defaults = value.__struct_fields__, value.__struct_defaults__
            usual = dict(zip(reversed(names), reversed(defaults), strict=False))
            yield from (going[name] for name in names if name in going and getattr(value, name) != usual.get(name))
