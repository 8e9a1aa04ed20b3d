"""Waits for what packages do only so long: each works in a thread of its own, which is left to itself when time is up.

A thread that runs is asked to end, and may not; one that waits goes on waiting until what it waits for comes, or the
program ends. What it says then is not heard. Nothing helps against code that holds the interpreter and never lets go of
it (a regular expression that backtracks for hours), or that ends the process (``os._exit``): a package has all rights.
"""

from __future__ import annotations

import ctypes
import threading
from collections import deque
from collections.abc import Callable, Iterable
from itertools import count
from time import monotonic, process_time
from typing import Final, Generic, TypeVar

T = TypeVar("T")
GRACE: Final = 0.1
"""Seconds after which what comes next begins as well."""
PATIENCE: Final = 2.0
"""Seconds that a package has to start: to be imported and to say what it contributes."""


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
        self._thread = threading.Thread(target=self._run, name="lanzarote-watched", daemon=True)
        self._thread.start()

    @property
    def ended(self) -> bool:
        return self._ended.is_set()

    def result(self, seconds: float | None = None) -> T:
        """What it returned or raised. Raises TookTooLong after *seconds*, if there is such a limit."""
        if not self._ended.wait(seconds):
            _ask_to_end(self._thread.ident)
            raise TookTooLong(f"it did not come back within {seconds:g} seconds")
        if self._error is not None:
            raise self._error
        return self._value

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


class Step:
    """Something to be done once; *late* is called when its time is up, before it is asked to end."""

    def __init__(self, do: Callable[[], object], late: Callable[[], object] = lambda: None) -> None:
        self._do, self.late = do, late
        self.begun = 0.0
        self.thread: int | None = None
        self.done = threading.Event()

    def run(self) -> None:
        self.thread, self.begun = threading.get_ident(), monotonic()
        try:
            self._do()
        finally:
            self.done.set()


def _nothing() -> None:
    pass


def in_turn(
    steps: Iterable[Step],
    *,
    grace: float = GRACE,
    patience: float = PATIENCE,
    meanwhile: Callable[[], object] = _nothing,
) -> None:
    """Do *steps* one after the other, none for longer than *patience*; those that are ``late`` then are lost.

    One that takes longer than *grace* lets the others go on beside it, and each such one shortens the grace of those
    after it: a hundred that hang cost little more than one. *meanwhile* is what the program has to do anyway: it is
    done beside them if all that are waited for do nothing but wait themselves, so that none is slower for it.
    """
    every = tuple(steps)
    waiting = deque(every)
    for number in count(1):
        if not waiting:
            break
        lane, shorter = _Lane(waiting), grace / number
        lane.start()
        while not lane.ended.wait(shorter):
            if lane.is_late(shorter):
                lane.leave = True
                break
    late = [step for step in every if not step.done.is_set()]
    beside = Call(meanwhile) if late and _at_rest(late[0]) else None
    for step in late:
        if not step.done.wait(max(0.0, step.begun + patience - monotonic())):
            step.late()
            _ask_to_end(step.thread)
    if beside:
        beside.result()


def _at_rest(step: Step) -> bool:
    """Whether nobody needs the processor while *step* is waited for a little."""
    before = process_time()
    return not step.done.wait(GRACE) and process_time() - before < GRACE / 4


class _Lane(threading.Thread):
    """Takes step after step, until it is told to leave the rest to another."""

    def __init__(self, waiting: deque[Step]) -> None:
        super().__init__(name="lanzarote-watched", daemon=True)
        self._waiting = waiting
        self._step: Step | None = None
        self.leave = False
        self.ended = threading.Event()

    def run(self) -> None:
        try:
            while not self.leave:
                self._step = self._waiting.popleft()
                self._step.run()
        except (IndexError, SystemExit):
            pass  # nothing waits any more, or it was asked to end
        finally:
            self.ended.set()

    def is_late(self, grace: float) -> bool:
        step = self._step
        return step is not None and bool(step.begun) and not step.done.is_set() and monotonic() - step.begun > grace


def _ask_to_end(thread: int | None) -> None:
    """Raise SystemExit in *thread* as soon as it runs Python code: one that spins would slow everything for good."""
    if thread is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(SystemExit))
