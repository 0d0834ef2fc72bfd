"""Whoever sends a body slowly has no place of its lane meanwhile: a few slow sockets must not shut all others out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest

from shared.platform.metrics import EngineMetrics
from shared.web.door import FIRST, MOST, Door, Lane, Lanes
from shared.web.headers import Receive, Send
from tests.unit.shared.test_door import Message, scope
from tests.unit.shared.test_gate import built, request


class House:
    """An app that reads its body and answers; who sends slowly stands aside at once."""

    def __init__(self) -> None:
        self.door = Door(self._app, Lanes(EngineMetrics("test")), aside_seconds=0.0)
        self.arrives = asyncio.Event()
        self.served = 0

    @property
    def lane(self) -> Lane:
        return self.door.lanes["citizen"]

    async def _app(self, scope: Message, receive: Receive, send: Send) -> None:
        status = 202
        try:
            while (await receive()).get("more_body", False):
                pass
            self.served += 1
        except Exception:  # as frameworks do with a body that breaks off
            status = 400
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def visit(self, slowly: bool = False) -> tuple[int, bytes]:
        messages: list[Message] = [{"type": "http.request", "body": b"{", "more_body": True}]
        answers: list[Message] = []

        async def receive() -> Message:
            if messages:
                return messages.pop()
            if slowly:
                await self.arrives.wait()
            return {"type": "http.request", "body": b"}", "more_body": False}

        async def send(message: Message) -> None:
            answers.append(message)

        await self.door(scope(), receive, send)
        return answers[0]["status"], answers[1]["body"]

    def slow(self, number: int) -> list[asyncio.Task[tuple[int, bytes]]]:
        return [asyncio.ensure_future(self.visit(slowly=True)) for _ in range(number)]


async def until(fits: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not fits():  # noqa: ASYNC110  # the next turn is what it waits for
            await asyncio.sleep(0)


async def test_slow_senders_leave_their_places_to_others_and_are_served_in_the_end() -> None:
    house = House()
    slow = house.slow(FIRST)
    await until(lambda: house.lane.aside == FIRST)
    assert house.lane.under_way == 0
    for _ in range(3):
        assert (await house.visit())[0] == 202
    house.arrives.set()
    assert [(await each)[0] for each in slow] == [202] * FIRST
    assert (house.lane.under_way, house.lane.aside, house.served) == (0, 0, FIRST + 3)


async def test_whose_body_comes_to_a_full_lane_is_told_to_come_again_and_nothing_is_done() -> None:
    house = House()
    (slow,) = house.slow(1)
    await until(lambda: house.lane.aside == 1)
    house.lane.under_way, limit = FIRST, house.lane.limit
    house.arrives.set()
    status, body = await slow
    assert (status, json.loads(body)["code"], house.served) == (503, "BUSY", 0)
    assert (house.lane.under_way, house.lane.aside, house.lane.limit) == (FIRST, 0, limit)


async def test_a_body_that_is_there_at_once_keeps_its_place() -> None:
    house = House()
    house.lane.under_way = FIRST - 1
    assert (await house.visit())[0] == 202
    assert (house.lane.under_way, house.lane.aside) == (FIRST - 1, 0)


async def test_what_stands_aside_is_bounded_too() -> None:
    house = House()
    house.lane.aside = MOST
    (slow,) = house.slow(1)
    await until(lambda: house.lane.under_way == 1)
    for _ in range(20):
        await asyncio.sleep(0)
    assert (house.lane.under_way, house.lane.aside) == (1, MOST)
    house.arrives.set()
    assert (await slow)[0] == 202
    assert (house.lane.under_way, house.lane.aside) == (0, MOST)


async def test_one_who_gives_up_while_standing_aside_leaves_nothing_behind() -> None:
    house = House()
    slow = house.slow(3)
    await until(lambda: house.lane.aside == 3)
    for each in slow:
        each.cancel()
        with pytest.raises(asyncio.CancelledError):
            await each
    assert (house.lane.under_way, house.lane.aside) == (0, 0)


async def test_as_many_slow_sockets_as_a_lane_has_places_shut_nobody_out() -> None:
    async with built() as server, AsyncExitStack() as lines:
        for _ in range(FIRST):
            line = await lines.enter_async_context(server.line())
            line.writer.write(request()[:-1])
        await until(lambda: server.lanes["citizen"].aside == FIRST)
        async with server.line() as line:
            await line.send(request("{}"))
            assert await line.status() == 202
        assert server.bodies == [b"{}"]
