from __future__ import annotations

import asyncio
from contextvars import ContextVar
from threading import Event, Lock, current_thread
from typing import TYPE_CHECKING

import pytest
from lanzarote.web.limits import Busy, Pool, StillAtWork

if TYPE_CHECKING:
    from collections.abc import Callable


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
    going_on, lock, most, running = Event(), Lock(), [0], [0]

    def work() -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        going_on.wait()
        with lock:
            running[0] -= 1

    async def ask() -> list[BaseException | None]:
        held = [asyncio.create_task(pool.run(work)) for _ in range(5)]
        await asyncio.sleep(0)
        with pytest.raises(Busy) as refused:
            await pool.run(work)
        assert refused.value.headers == {"Retry-After": "5"}
        going_on.set()
        done = await asyncio.gather(*held, return_exceptions=True)
        await pool.run(work)  # there is room again
        return done

    assert (asyncio.run(ask()), most[0]) == ([None] * 5, 2)


def test_a_pool_takes_one_call_at_a_time_for_each_person() -> None:
    pool = Pool("people", threads=2, waiting=3)
    going_on = Event()

    async def ask() -> None:
        held = [asyncio.create_task(pool.run(going_on.wait, person=name)) for name in ("ana", "bo")]
        await asyncio.sleep(0)
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
