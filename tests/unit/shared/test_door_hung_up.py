"""A place is given back however a request ends: answered, failed, cancelled, or left by its visitor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from shared.platform.metrics import EngineMetrics
from shared.web.door import Door, Lanes
from tests.unit.shared.test_door import scope
from tests.unit.shared.test_gate import Built, built, request


async def until(fits: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not fits():  # noqa: ASYNC110  # the server tells nobody that a visitor left
            await asyncio.sleep(0.01)


def under_way(house: Built) -> int:
    return house.lanes["citizen"].under_way


@pytest.mark.parametrize("sent", [-1, -8])
async def test_a_visitor_who_hangs_up_in_the_middle_gives_the_place_back(sent: int) -> None:
    async with built() as house:
        for _ in range(3):
            async with house.line() as line:
                await line.send(request()[:sent])
                await until(lambda: under_way(house) == 1)
            await until(lambda: under_way(house) == 0)
        assert house.bodies == []
        async with house.line() as line:
            await line.send(request())
            assert await line.status() == 202


async def test_one_who_hangs_up_before_the_answer_gives_the_place_back() -> None:
    async with built() as house:
        async with house.line() as line:
            line.writer.write(request())
            line.writer.transport.abort()
        await until(lambda: under_way(house) == 0)
        async with house.line() as line:
            await line.send(request("{}"))
            assert await line.status() == 202
        assert under_way(house) == 0


async def test_a_request_that_is_cancelled_gives_its_place_back() -> None:
    began = asyncio.Event()

    async def waiting(*_: Any) -> None:
        began.set()
        await asyncio.Event().wait()

    door = Door(waiting, Lanes(EngineMetrics("test")))
    task = asyncio.ensure_future(door(scope(), None, None))  # type: ignore[arg-type]  # never asked
    await began.wait()
    assert door.lanes["citizen"].under_way == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert door.lanes["citizen"].under_way == 0
