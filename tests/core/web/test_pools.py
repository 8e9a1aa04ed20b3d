from __future__ import annotations

import asyncio
from contextvars import ContextVar, copy_context
from functools import partial
from threading import Event, Lock, Semaphore, current_thread
from typing import TYPE_CHECKING

import pytest
from lanzarote.web.limits import SENDER, Busy, Pool, StillAtWork, TooManyWaiting, Turns

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future


def test_a_pool_runs_a_call_in_a_thread_of_its_own_and_returns_what_it_returns() -> None:
    pool = Pool("named", threads=1, waiting=0)
    asked: ContextVar[str] = ContextVar("asked")

    async def ask() -> tuple[str, str]:
        asked.set("by the caller")
        return await pool.run(lambda: (current_thread().name, asked.get()))

    assert asyncio.run(ask()) == ("lanzarote-named_0", "by the caller")


def test_what_a_call_raises_reaches_who_asked_and_leaves_room_for_the_next() -> None:
    pool = Pool("raising", threads=1, waiting=0)

    async def ask(call: Callable[[], int]) -> int:
        return await pool.run(call)

    with pytest.raises(ZeroDivisionError):
        asyncio.run(ask(lambda: 1 // 0))
    assert asyncio.run(ask(lambda: 2)) == 2


def test_a_full_pool_refuses_at_once_and_says_when_to_come_again() -> None:
    pool = Pool("full", threads=2, waiting=3)
    going_on, lock, most, running, begun = Event(), Lock(), [0], [0], Semaphore(0)

    def work() -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        begun.release()
        going_on.wait()
        with lock:
            running[0] -= 1

    async def ask() -> list[BaseException | None]:
        held = [asyncio.create_task(pool.run(work)) for _ in range(5)]
        await asyncio.sleep(0)
        with pytest.raises(Busy) as refused:
            await pool.run(work)
        assert refused.value.headers == {"Retry-After": "5"}
        begun.acquire()
        begun.acquire()
        going_on.set()
        done = await asyncio.gather(*held, return_exceptions=True)
        await pool.run(work)  # there is room again
        return done

    assert (asyncio.run(ask()), most[0]) == ([None] * 5, 2)


def test_a_pool_takes_one_call_at_a_time_for_each_person() -> None:
    pool = Pool("people", threads=2, waiting=3)
    going_on, begun = Event(), Semaphore(0)

    def work() -> None:
        begun.release()
        going_on.wait()

    async def ask() -> None:
        held = [asyncio.create_task(pool.run(work, person=name)) for name in ("ana", "bo")]
        await asyncio.sleep(0)
        begun.acquire()
        begun.acquire()
        with pytest.raises(StillAtWork):
            await pool.run(going_on.wait, person="ana")
        held[0].cancel()  # whose caller has gone: its thread works on
        await asyncio.sleep(0)
        with pytest.raises(StillAtWork):
            await pool.run(going_on.wait, person="ana")
        going_on.set()
        await held[1]
        while pool._people:
            await asyncio.sleep(0.01)
        await pool.run(going_on.wait, person="ana")

    asyncio.run(ask())


def test_a_call_whose_caller_went_while_it_waited_is_never_begun() -> None:
    pool = Pool("left", threads=1, waiting=1)
    going_on, begun = Event(), []

    async def ask() -> None:
        held = asyncio.create_task(pool.run(going_on.wait))
        gone = asyncio.create_task(pool.run(lambda: begun.append(True)))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0)
        next_one = asyncio.create_task(pool.run(lambda: None))  # in the room that it left
        await asyncio.sleep(0)
        going_on.set()
        await asyncio.gather(held, next_one)

    asyncio.run(ask())
    assert begun == []


def answered(turns: Turns, asked: list[tuple[str, str]], *, first: str) -> list[str]:
    """The order in which *asked* are answered, pairs of sender and call, when *first* is at work while they come."""
    going_on, begun = Event(), Event()
    order: list[str] = []

    def ask(sender: str, call: Callable[[], object]) -> Future[object]:
        token = SENDER.set(sender)
        try:
            return turns.submit(call)
        finally:
            SENDER.reset(token)

    def hold() -> None:
        begun.set()
        going_on.wait()

    held = ask(first, hold)
    begun.wait()
    try:
        calls = [ask(sender, partial(order.append, name)) for sender, name in asked]
    finally:
        going_on.set()
    for one in (held, *calls):
        one.result()
    return order


def test_who_comes_anew_does_not_wait_for_all_that_another_has_sent() -> None:
    asked = [*(("a", f"a{number}") for number in range(9)), ("b", "b0"), ("c", "c0")]
    order = answered(Turns("one", threads=1), asked, first="a")
    assert order == ["b0", "c0", *(f"a{number}" for number in range(9))]


def test_half_of_the_threads_at_most_work_for_one_sender() -> None:
    turns, going_on = Turns("half", threads=4), Event()
    reached, passed = Semaphore(0), Event()

    def hold() -> None:
        reached.release()
        going_on.wait()

    def ask(sender: str, call: Callable[[], object]) -> Future[object]:
        return copy_context().run(lambda: (SENDER.set(sender), turns.submit(call))[1])

    held = [ask("a", hold) for _ in range(9)]
    reached.acquire()
    reached.acquire()
    ask("b", passed.set).result()
    assert passed.is_set(), "b was answered while a held all that it may"
    assert not reached.acquire(blocking=False), "a third call of a was begun"
    going_on.set()
    for one in held:
        one.result()


def test_a_sender_with_too_many_calls_waiting_is_refused_and_others_are_not() -> None:
    turns = Turns("bounded", threads=1, waiting=3)
    with pytest.raises(TooManyWaiting):
        answered(turns, [("a", "x")] * 4, first="a")
    turns = Turns("bounded", threads=1, waiting=3)
    assert answered(turns, [("a", "a0")] * 3 + [("b", "b0")], first="a") == ["b0", "a0", "a0", "a0"]


def test_in_a_full_pool_whoever_has_most_waiting_makes_room_for_others() -> None:
    pool, going_on = Pool("crowded", threads=1, waiting=8), Event()

    async def ask(sender: str) -> bool:
        SENDER.set(sender)
        return await pool.run(going_on.wait)

    async def crowd() -> list[object]:
        held = [asyncio.create_task(ask(sender)) for sender in "aaaacccdd"]
        await asyncio.sleep(0)
        late = asyncio.create_task(ask("b"))
        await asyncio.sleep(0)
        going_on.set()
        return [type(one) for one in await asyncio.gather(*held, late, return_exceptions=True)]

    assert asyncio.run(crowd()) == [bool, bool, bool, Busy, *[bool] * 6]
    assert (pool.held, pool.refused) == (0, 1)
