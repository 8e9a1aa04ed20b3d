"""Waits for what packages do only so long: each works in a thread of its own, which is left to itself when time is up.

A thread that runs is asked to end, and may not; one that waits goes on waiting until what it waits for comes, or the
program ends. What it says then is not heard. Nothing helps against code that holds the interpreter and never lets go of
it (a regular expression that backtracks for hours), or that ends the process (``os._exit``): a package has all rights.
"""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from time import monotonic, process_time
from typing import Final, Generic, TypeVar

from msgspec import Struct

from lanzarote.plugins.interrupting import Ending, ask_to_end
from lanzarote.plugins.processor import Line, Usage, clock_of, seconds_of

T = TypeVar("T")
GRACE: Final = 0.1
"""Seconds for which a step may only wait before what comes next begins as well."""
PATIENCE: Final = 2.0
"""Seconds that a package has to start, to be imported and to say what it contributes."""
PROCESSOR: Final = 1.2
"""Seconds of the processor that it may use for that."""
COMPUTING: Final = 0.5
"""So many of them at a stretch, while nothing is imported."""
LOST: Final = 2.5
"""Seconds of the processor for all that do not come back, together: a little more than two can use.

So one takes nothing from the others, whatever it does. Of what is left each may compute half at a stretch.
"""
LEAST: Final = 0.07
"""So many each has, even where others have used up all."""
SHORTEST: Final = 0.005
"""Seconds between two looks at one that computes."""
SOON: Final = 0.01
"""Seconds until the first look."""
SEEN_TO: Final = 10.0
"""Seconds for which one that does not come back from a call, and computes, is asked to end."""
STARVED: Final = 10
"""So many times as long by the clock it has on a machine that hardly lets this process run."""
LANE: Final = "lanzarote-watched"
"""What the threads are called in which packages work."""


class TookTooLong(Exception):
    """It did not come back in time."""


class Quit(Exception):
    """It raised what ends a program, such as KeyboardInterrupt."""


class Call(Generic[T]):
    """One call in a thread of its own."""

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call
        self._value: T
        self._error: BaseException | None = None
        self._ended = threading.Event()
        # What a package starts from here ends with the program too: threads are as their makers.
        self.thread = threading.Thread(target=self._run, name=LANE, daemon=True)
        self.thread.start()

    @property
    def ended(self) -> bool:
        return self._ended.is_set()

    def wait(self, seconds: float) -> bool:
        """Whether it ends within so many; it may go on."""
        return self._ended.wait(seconds)

    def result(self, seconds: float | None = None) -> T:
        """What it returned or raised. Raises TookTooLong after *seconds*, if there is such a limit."""
        if not self._ended.wait(seconds):
            ask_to_end(self.thread)
            threading.Thread(target=self._see_to_its_end, name=LANE, daemon=True).start()
            raise TookTooLong(f"it did not come back within {seconds:g} seconds")
        if self._error is not None:
            raise self._error
        return self._value

    def _see_to_its_end(self) -> None:
        """As one that computes might catch that, or not be in a place where it can be asked to."""
        until, ending = monotonic() + SEEN_TO, Ending(self.thread)
        clock = None if self.ended else clock_of(self.thread.native_id)
        used = seconds_of(clock)
        while not self._ended.wait(GRACE / 2) and monotonic() < until:
            before, used = used, seconds_of(clock)
            if used > before + GRACE / 20:
                ending.again()

    def _run(self) -> None:
        try:
            self._value = self._call()
        except (Exception, SystemExit) as error:
            self._error = error
        except BaseException as error:  # raised here, it must stop nothing elsewhere
            self._error = Quit(type(error).__name__).with_traceback(error.__traceback__)
        finally:
            self._ended.set()


class Patient:
    """Calls what packages implement, and calls nobody again who has not come back from an earlier call."""

    def __init__(self) -> None:
        self._overdue: dict[str, Call[object]] = {}

    def ask(self, name: str, call: Callable[[], T], seconds: float) -> T:
        """What *call* of the package *name* returned or raised. Raises TookTooLong."""
        before = self._overdue.get(name)
        if before is not None and not before.ended:
            # Otherwise every save would leave one more thread behind.
            raise TookTooLong("it has not come back from an earlier call")
        asked: Call[T] = Call(call)
        try:
            return asked.result(seconds)
        except TookTooLong:
            if not asked.ended:
                self._overdue[name] = asked  # type: ignore[assignment]
            raise


class Share(Struct, frozen=True, kw_only=True):
    """Seconds that a step has."""

    at_a_stretch: float
    """Of the processor, while nothing is imported."""
    in_all: float
    """Of the processor."""
    patience: float
    """By the clock."""


class Step:
    """Something to be done once; *late* is told why its time is up, before it is asked to end.

    *beside*: tells how many seconds of the processor other threads have used for it.
    """

    def __init__(
        self,
        do: Callable[[], object],
        late: Callable[[str], object] = lambda _why: None,
        beside: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._do, self._late, self._beside = do, late, beside
        self.begun = 0.0
        self.done = threading.Event()
        self.over = False
        """Its time is up."""
        self._left = SOON
        """Seconds that it may compute without a look at it, and a little more."""
        self.lost = 0.0
        """Seconds of the processor that went to nothing, as it did not come back from computing."""
        self.less = False
        """It would have had more, had others come back."""
        self.had = 0.0
        """Which part of the usual time it had for computing, when that was up; 1: all of it."""
        self._has: Share | None = None
        self._thread: threading.Thread | None = None
        self._usage: Usage | None = None
        self._modules, self._at_import = 0, 0.0

    def run(self, line: Line, watcher: Line) -> None:
        """In this thread, which stands in *line*; *watcher*: the line of the one that looks at it."""
        self._thread, self._usage = threading.current_thread(), Usage(line, watcher)
        self._modules = len(sys.modules)
        self.begun = monotonic()
        try:
            self._do()
        finally:
            self.done.set()

    @property
    def wanted(self) -> float:
        """Seconds of the processor that it used, or would have used."""
        return self._usage.wanted if self._usage else 0.0

    def pause(self, grace: float) -> float:
        """Seconds until it is to be looked at; *grace*: for how long it may only wait."""
        until = self.begun + 1.1 * grace - monotonic() if self.begun else SOON
        return min(self._left, until if until > 0 else grace)

    def look(self, share: Share, usual: Share, longer: float, at_least: float = 0.0) -> bool:
        """Whether it only waits since it was looked at last. One that has used up its time is told, and asked to end.

        *share*: the first that it is given holds, by the clock *longer* times that. *usual*: as it would be, had all
        others come back. *at_least*: as ``Usage.waited`` has.
        """
        if self._usage is None:
            return False
        used, waits = self._usage.seconds, self._usage.waited(at_least)
        modules, self._modules = self._modules, len(sys.modules)
        if self._modules > modules:
            self._at_import = used
        share = self._has = self._has or share
        at_a_stretch = used - self._at_import
        self._left = max(SHORTEST, min(share.at_a_stretch - at_a_stretch, share.in_all - used))
        if at_a_stretch >= share.at_a_stretch:
            self._end(_computed(share.at_a_stretch), share.at_a_stretch / usual.at_a_stretch, lost=used)
        elif used >= share.in_all:
            self._end(_computed(share.in_all), share.in_all / usual.in_all, lost=used)
        elif monotonic() - self.begun >= share.patience * longer:
            self._end(f"did not come back within {share.patience:.2g} seconds", share.patience / usual.patience)
        return waits

    def _end(self, why: str, part: float, *, lost: float = 0.0) -> None:
        self.over = True  # first: when it is done now, its thread goes on to no other, which would be asked to end
        if self.done.is_set():
            self.over = False
            return
        # However many threads one has: it takes no more from the others than one without.
        self.lost = max(lost, min(PROCESSOR, lost + self._beside())) if lost else 0.0
        self.less, self.had = part < 1, part if lost else 0.0
        self._late(why)
        if self._thread:
            ask_to_end(self._thread)


def _nothing() -> None:
    pass


def in_turn(
    steps: Iterable[Step],
    *,
    grace: float = GRACE,
    patience: float = PATIENCE,
    meanwhile: Callable[[], object] = _nothing,
) -> None:
    """Do *steps* one after the other; those whose time is up are lost.

    While one computes nothing else begins, so that none is slowed down by another. One that waits for longer than
    *grace* lets the others go on beside it, and each such one shortens the grace of those after it: a hundred that
    hang cost little more than one. Those that compute without end leave less time to those after them. What the program
    has to do anyway, *meanwhile*, is done as soon as all that are waited for only wait themselves.
    """
    turns = _Turns(steps, grace, patience)
    turns.take()
    turns.end(meanwhile)


class _Turns:
    """Whose turn it is, and what that has cost by now."""

    def __init__(self, steps: Iterable[Step], grace: float, patience: float) -> None:
        self._steps, self._grace = tuple(steps), grace
        self._usual = Share(at_a_stretch=COMPUTING, in_all=PROCESSOR, patience=patience)
        self._clock, self._line = _Clock(), Line()

    def take(self) -> None:
        waiting, lanes = deque(self._steps), 0
        while waiting:
            lanes += 1
            lane, shorter = _Lane(waiting, self._line), self._grace / lanes
            lane.start()
            while not self._clock.wait(lane.ended, lane.step.pause(shorter) if lane.step else SOON):
                step = lane.step
                if step is None or not step.begun or step.done.is_set():
                    continue
                # Who only waits is not in the way for so long; who computes may be slowed down by one that cannot end.
                waits = step.look(self._share(), self._usual, 3 * self._clock.slowness, shorter / 2)
                if step.over or (waits and monotonic() - step.begun > shorter):
                    lane.leave = True
                    break

    def end(self, meanwhile: Callable[[], object]) -> None:
        """Wait for those that have not come back."""
        late, beside = _late(self._steps), None
        while late:
            seconds = min(GRACE, max(0.01, late[0].begun + self._usual.patience - monotonic()))
            if _at_rest(late, seconds, self._clock) and beside is None:
                beside = Call(meanwhile)
            for step in late:
                if not step.done.is_set():
                    step.look(self._share(), self._usual, self._clock.slowness)
            late = _late(late)
        if beside:
            beside.result()

    def _share(self) -> Share:
        """What those that did not come back leave to the next; the usual time where everything is slow."""
        lost, usual = sum(step.lost for step in self._steps), self._usual
        if self._clock.slowness > 1 or not lost:
            return usual
        left = max(LEAST, LOST - lost)
        return Share(
            at_a_stretch=min(usual.at_a_stretch, max(LEAST, left / 2)),
            in_all=min(usual.in_all, left),
            patience=usual.patience * min(1, max(0.5, left)),
        )


def _late(steps: Iterable[Step]) -> list[Step]:
    return [step for step in steps if not (step.done.is_set() or step.over)]


def _at_rest(late: Sequence[Step], seconds: float, clock: _Clock) -> bool:
    """Whether nobody needs the processor while the first of *late* is waited for so long."""
    used, wanted = process_time(), sum(step.wanted for step in late)
    if clock.wait(late[0].done, seconds):
        return False
    return max(process_time() - used, sum(step.wanted for step in late) - wanted) < seconds / 4


def _computed(seconds: float) -> str:
    told = "half a second" if seconds == COMPUTING else f"{seconds:.2g} seconds"
    return f"did not come back after computing for {told}"


class _Clock:
    """Sees whether this process gets the processor at all: on a machine that is starved even waiting takes longer."""

    def __init__(self) -> None:
        self._asked = self._took = 0.0

    def wait(self, event: threading.Event, seconds: float) -> bool:
        begun = monotonic()
        done = event.wait(seconds)
        if not done:
            self._asked += seconds
            # Whoever computes in this process hands the interpreter over only so often; that is not the machine.
            self._took += max(seconds, monotonic() - begun - sys.getswitchinterval())
        return done

    @property
    def slowness(self) -> float:
        """How much longer whoever starts has; 1: no longer than usual."""
        return STARVED if self._took > 1.4 * self._asked else 1


class _Lane(threading.Thread):
    """Takes step after step, until it is told to leave the rest to another."""

    def __init__(self, waiting: deque[Step], watcher: Line) -> None:
        super().__init__(name=LANE, daemon=True)
        self._waiting, self._watcher = waiting, watcher
        self.step: Step | None = None
        self.leave = False
        self.ended = threading.Event()

    def run(self) -> None:
        line = Line()
        try:
            while not self.leave:
                self.step = self._waiting.popleft()
                self.step.run(line, self._watcher)
                self.leave |= self.step.over
        except (IndexError, SystemExit):
            pass  # nothing waits any more, or it was asked to end
        finally:
            self.ended.set()
