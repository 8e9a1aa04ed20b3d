"""What does not come back is left to itself, and holds up nothing that comes after it."""

from __future__ import annotations

import sys
import threading
from contextlib import suppress
from time import thread_time
from typing import Any

import pytest
from lanzarote.plugins import watching
from lanzarote.plugins.watching import Call, Patient, Quit, Step, TookTooLong, in_turn


def spin() -> None:
    while True:
        pass


def compute(long: float) -> int:
    until = thread_time() + long
    while thread_time() < until:
        pass
    return 1


def stay(go: threading.Event) -> None:
    """Compute until *go* is set, and not end when asked to."""
    while not go.is_set():
        with suppress(SystemExit):
            while not go.is_set():
                pass


def seconds(why: str) -> float:
    """After how many it *did not come back*."""
    told = why.removeprefix("did not come back after computing for ")
    return 0.5 if told == "half a second" else float(told.removesuffix(" seconds"))


def test_ten_that_hang_are_waited_for_together_and_the_others_are_done() -> None:
    go, done = threading.Event(), []
    hanging = [Step(lambda: go.wait(60)) for _ in range(10)]
    sound = [Step(lambda number=number: done.append(number)) for number in range(10)]  # type: ignore[misc]
    mixed = [step for pair in zip(hanging, sound, strict=True) for step in pair]
    in_turn(mixed, grace=0.01, patience=0.2)
    assert sorted(done) == list(range(10))
    assert [step.done.is_set() for step in mixed] == [False, True] * 10
    go.set()


def test_each_that_hangs_shortens_the_wait_for_those_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    go, told = threading.Event(), []
    look = Step.look

    def looked(step: Step, *given: Any) -> bool:
        told.append(given[-1])
        return look(step, *given)

    monkeypatch.setattr(Step, "look", looked)
    in_turn([Step(lambda: go.wait(60)) for _ in range(10)], grace=0.1, patience=0.4)
    halves = [half for half in dict.fromkeys(told) if isinstance(half, float)]
    assert halves == [0.05 / number for number in range(1, 11)]
    go.set()


def test_while_one_computes_nothing_else_begins_and_none_that_comes_back_is_lost() -> None:
    at_once, most, ended = [0], [0], []

    def work() -> None:
        at_once[0] += 1
        most[0] = max(*most, *at_once)
        compute(0.2)
        at_once[0] -= 1
        ended.append(1)

    steps = [Step(work) for _ in range(5)]
    in_turn(steps, grace=0.3, patience=0.4)
    assert (len(ended), most, [step.over for step in steps]) == (5, [1], [False] * 5)


@pytest.mark.parametrize(("slowness", "left"), [(1, [0.5, 0.5, 0.5, 0.49, 0.25, 0.12]), (watching.STARVED, [0.5] * 6)])
def test_those_that_compute_without_end_leave_less_to_each_other_but_on_a_slow_machine(
    monkeypatch: pytest.MonkeyPatch, slowness: int, left: list[float]
) -> None:
    monkeypatch.setattr(watching._Clock, "slowness", slowness)
    told: list[str] = []
    steps = [Step(spin, told.append) for _ in left]
    in_turn(steps, grace=0.4, patience=60)
    assert [seconds(why) for why in told] == pytest.approx(left, abs=0.03)
    assert [step.less for step in steps] == [one < 0.5 for one in left]


def test_two_that_compute_without_end_take_nothing_from_the_others() -> None:
    ended: list[int] = []
    in_turn(
        [Step(spin), Step(spin), *(Step(lambda: ended.append(compute(0.35))) for _ in range(3))], grace=0.4, patience=60
    )
    assert ended == [1, 1, 1]


def test_who_is_done_while_its_time_is_up_takes_no_other_along() -> None:
    go, ended = threading.Event(), []

    def late(_why: str) -> None:
        go.set()
        first.done.wait(60)
        threading.Event().wait(0.05)  # its thread would be at the next by then

    def work() -> None:
        while not go.is_set():
            pass

    first = Step(work, late)
    in_turn([first, Step(lambda: ended.append(compute(0.1)))], grace=0.4, patience=60)
    assert (ended, first.over) == ([1], True)


def test_what_imports_without_end_takes_nothing_from_the_next_and_only_what_is_new_counts_as_an_import(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watching._Clock, "slowness", 1)
    told: list[str] = []
    lost: list[float] = []

    def grow(name: str, *, new: bool) -> None:
        number = 0
        while True:
            number += 1
            if number % 1_000 == 0:
                sys.modules[f"lz_try_growing_{name}_{number}"] = sys
                if not new:
                    del sys.modules[f"lz_try_growing_{name}_{number}"]

    for name, new in (("a", False), ("b", True)):
        steps = [
            Step(lambda name=name, new=new: grow(name, new=new), told.append),  # type: ignore[misc]
            Step(lambda name=name: grow(f"{name}-next", new=True), told.append),  # type: ignore[misc]
        ]
        in_turn(steps, grace=0.4, patience=60)
        lost += [step.lost for step in steps]
        assert not any(step.less for step in steps)
    for name in [name for name in sys.modules if name.startswith("lz_try_growing_")]:
        sys.modules.pop(name, None)
    assert [seconds(why) for why in told] == pytest.approx([0.5, 1.2, 1.2, 1.2], abs=0.05)
    assert lost == pytest.approx([0.5, 1.2, 1.2, 1.2], abs=0.1)


def test_who_had_begun_already_does_not_pay_for_those_that_compute_without_end() -> None:
    go, ended = threading.Event(), []

    def wait_and_compute() -> None:
        go.wait(60)
        ended.append(compute(0.4))

    first = Step(wait_and_compute)
    in_turn([first, *(Step(spin) for _ in range(3)), Step(go.set)], grace=0.01, patience=60)
    assert (ended, first.over) == ([1], False)


def test_one_that_cannot_be_ended_slows_a_sound_one_down_and_loses_it_not() -> None:
    go, ended = threading.Event(), []
    sound = Step(lambda: ended.append(compute(0.3)))
    in_turn([Step(lambda: stay(go)), sound], grace=0.01, patience=10)
    go.set()
    assert (ended, sound.over) == ([1], False)


@pytest.mark.parametrize(("beside", "lost"), [(0.3, 0.8), (60.0, 1.2)])
def test_what_its_threads_used_is_lost_as_well_but_no_more_than_one_can_lose(beside: float, lost: float) -> None:
    step = Step(spin, beside=lambda: beside)
    in_turn([step], patience=60)
    assert step.lost == pytest.approx(lost, abs=0.1)


def test_on_a_machine_that_hardly_lets_it_run_nothing_is_lost_that_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    init = watching._Lane.__init__

    class Late(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            return super().wait(timeout) or super().wait(2 * timeout if timeout else None)

    def made(lane: watching._Lane, *given: Any) -> None:
        init(lane, *given)
        lane.ended = Late()

    monkeypatch.setattr(watching._Lane, "__init__", made)
    ended: list[int] = []

    def work() -> None:
        threading.Event().wait(1)
        ended.append(1)

    slow = Step(work)
    slow.done = Late()
    in_turn([slow], grace=0.1, patience=0.3)
    assert (ended, slow.over) == ([1], False)


def test_what_takes_long_and_comes_back_in_time_is_done() -> None:
    ready = threading.Event()
    waits, wakes = Step(lambda: ready.wait(60)), Step(ready.set)
    in_turn([waits, wakes], grace=0.01, patience=60)
    assert waits.done.is_set()


def test_each_is_done_once_and_in_turn() -> None:
    done: list[int] = []
    in_turn([Step(lambda number=number: done.append(number)) for number in range(500)])  # type: ignore[misc]
    assert done == list(range(500))


@pytest.mark.parametrize(
    ("raised", "caught"), [(ValueError, ValueError), (SystemExit, SystemExit), (KeyboardInterrupt, Quit)]
)
def test_a_call_raises_what_was_raised_but_nothing_that_would_end_the_program(
    raised: type[BaseException], caught: type[BaseException]
) -> None:
    def fail() -> None:
        raise raised

    with pytest.raises(caught):
        Call(fail).result(60)


def test_nobody_is_called_again_who_has_not_come_back_and_others_are() -> None:
    patient, go, called = Patient(), threading.Event(), []

    def wait() -> None:
        called.append(1)
        go.wait(60)

    for _ in range(3):
        with pytest.raises(TookTooLong):
            patient.ask("slow", wait, 0.05)
    assert called == [1]
    assert patient.ask("quick", lambda: "answer", 60) == "answer"
    go.set()


def test_what_spins_is_asked_to_end_and_does() -> None:
    patient, ended, begun = Patient(), threading.Event(), []

    def spin() -> None:
        begun.append(1)
        try:
            while True:
                pass
        finally:
            ended.set()

    with pytest.raises(TookTooLong):
        patient.ask("spinning", spin, 0.05)
    assert ended.wait(60)
    ended.clear()
    step = Step(spin)
    in_turn([step], grace=0.01, patience=0.05)
    assert ended.wait(60)
    assert begun == [1, 1]


def test_while_one_hangs_what_is_to_be_done_anyway_is_done_and_is_waited_for() -> None:
    go, done = threading.Event(), []
    in_turn([Step(lambda: go.wait(60))], grace=0.01, patience=0.2, meanwhile=lambda: done.append(1))
    assert done == [1]
    in_turn([Step(lambda: done.append(2))], grace=60, meanwhile=lambda: done.append(3))
    assert done == [1, 2], "nothing is begun beside what comes back at once"
    go.set()


def test_beside_what_needs_the_processor_nothing_is_begun() -> None:
    ended, done = threading.Event(), []

    def spin() -> None:
        try:
            while True:
                pass
        finally:
            ended.set()

    in_turn([Step(spin)], grace=0.01, patience=0.3, meanwhile=lambda: done.append(1))
    assert ended.wait(60)
    assert done == []


def test_what_only_computes_is_lost_sooner_and_what_has_to_be_done_anyway_is_done_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watching, "COMPUTING", 0.2)
    go, done = threading.Event(), threading.Event()
    told: list[str] = []

    waits = Step(go.wait, late=told.append)
    spins = Step(spin, late=told.append)

    def meanwhile() -> None:
        done.set()
        go.set()

    in_turn([waits, spins], grace=0.01, patience=60, meanwhile=meanwhile)
    assert done.is_set()
    assert (waits.done.is_set(), told) == (True, ["did not come back after computing for half a second"])


def test_what_imports_one_thing_after_another_does_not_only_compute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "COMPUTING", 0.2)
    ended: list[int] = []

    def work() -> None:
        for number in range(8):
            compute(0.1)
            sys.modules[f"lz_try_watched_{number}"] = sys
        ended.append(1)

    in_turn([Step(work)], grace=0.01, patience=60)
    for number in range(8):
        del sys.modules[f"lz_try_watched_{number}"]
    assert ended == [1]


def test_what_fails_meanwhile_is_raised() -> None:
    go = threading.Event()
    with pytest.raises(ZeroDivisionError):
        in_turn([Step(lambda: go.wait(60))], grace=0.01, patience=0.05, meanwhile=lambda: 1 / 0)
    go.set()
