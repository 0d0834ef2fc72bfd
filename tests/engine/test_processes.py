"""A process from its start to its end: who holds whom up, and how long a turn of its loop may last."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, cast

import pytest

from shared.engine.committer import AT_A_TIME
from shared.engine.journal import HEAD, HEADS
from shared.engine.marks import FEEDS
from shared.engine.ports import Consumer, FeedListener, Record, TransientError
from tests.engine import toy
from tests.engine import world as world_module
from tests.engine.invariants import check
from tests.engine.world import World, run
from tests.fakes import MemoryBroker, MemoryDatabase, VirtualLoop


def test_a_process_killed_in_the_middle_of_a_commit_holds_nobody_up() -> None:
    """A database keeps an open transaction of a dead process for a minute; the next process must not wait so long."""
    took: list[float] = []

    async def scenario(world: World) -> None:
        began = asyncio.get_running_loop().time()
        await world.ask("a/0", toy.Add("a"))
        took.append(asyncio.get_running_loop().time() - began)

    calm = run(World({}), scenario)
    check(run(World({calm.steps.index("tx.write") + 1: "kill"}), scenario))
    assert took[1] < 20


def test_a_sibling_that_died_and_never_comes_back_holds_nobody_up_either() -> None:
    """Nobody starts here, so only the one who meets the held head can end what holds it."""
    took: list[float] = []

    async def scenario(world: World) -> None:
        await world.ask("a/0", toy.Add("a"))
        sibling = MemoryDatabase(world.stores["shop"], clock=world.clock).transaction()
        await (await sibling.__aenter__()).advance(HEADS, HEAD, {"n": 1})
        began = asyncio.get_running_loop().time()
        await world.ask("a/1", toy.Add("a"))
        took.append(asyncio.get_running_loop().time() - began)
        with pytest.raises(TransientError):
            await sibling.__aexit__(None, None, None)

    check(run(World({}), scenario))
    assert took[0] < 20


def test_the_door_does_not_wait_until_a_group_is_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    joined = MemoryBroker._subscription

    @asynccontextmanager
    async def slow(self: MemoryBroker, topics: Sequence[str], listener: FeedListener) -> AsyncIterator[None]:
        await asyncio.sleep(20)
        async with joined(self, topics, listener):
            yield

    monkeypatch.setattr(MemoryBroker, "_subscription", slow)

    async def scenario(world: World) -> None:
        await asyncio.sleep(5)
        service = world.processes["books"].service
        assert service
        assert service.ready
        await world.ask("a/0", toy.Add("a"))

    check(run(World({}), scenario))  # and what waited on the topic meanwhile was heard


DOORS = ("shop", "books")


def works(world: World, name: str) -> None:
    """Another process of the service comes, beside the one at the door."""
    world.launch(f"{name}-works", world.processes[name].definition, name)


async def told(world: World) -> int:
    """Records on the topics when every lease of somebody dead has run out long ago."""
    await asyncio.sleep(60)
    return sum(len(partition) for topic in world.log.topics.values() for partition in topic)


def test_a_process_of_doors_alone_decides_and_neither_tells_nor_hears_nor_works() -> None:
    """So no work holds its callers up, and it answers while the process that works is away."""

    async def scenario(world: World) -> None:
        for name in DOORS:
            dead = world.processes.pop(name)
            await dead.bury()
            world.launch(name, dead.definition, dead.home, doors_only=True)
        await world.ask("a/0", toy.Add("a"))
        assert not await told(world)
        works(world, "shop")
        assert await told(world)
        assert not world.stores["books"].documents(FEEDS)
        works(world, "books")

    world = run(World({}), scenario)
    check(world)
    assert sum(world.bank.payments.values()) == 1


class Noted:
    """A listener whose hearing of records can be seen, and waited for."""

    def __init__(self, listener: FeedListener, busy: asyncio.Lock, hearing: asyncio.Event) -> None:
        self._listener, self._busy, self._hearing = listener, busy, hearing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._listener, name)

    async def records(self, consumer: Consumer, records: Sequence[Record]) -> None:
        async with self._busy:
            self._hearing.set()
            await self._listener.records(consumer, records)


def test_a_service_that_stops_finishes_what_it_is_hearing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client gives a batch back only when it was applied, and that needs the committer until the end."""
    joined, hearing = MemoryBroker._subscription, asyncio.Event()

    @asynccontextmanager
    async def thorough(self: MemoryBroker, topics: Sequence[str], listener: FeedListener) -> AsyncIterator[None]:
        busy = asyncio.Lock()
        async with joined(self, topics, cast(FeedListener, Noted(listener, busy, hearing))):
            try:
                yield
            finally:
                async with busy:
                    pass

    monkeypatch.setattr(MemoryBroker, "_subscription", thorough)

    async def scenario(world: World) -> None:
        service = world.processes["books"].service
        assert service
        asking = asyncio.create_task(world.ask("a/0", toy.Add("a")))
        await hearing.wait()
        async with asyncio.timeout(60):
            await service.stop()
        await asking
        world.processes["books"].kill()  # the supervisor starts it again

    check(run(World({}), scenario))


def test_the_loop_turns_while_a_crowd_is_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    """What must be refused at the door is refused meanwhile: no more than eight are decided in one turn."""
    turns, decided = itertools.count(), Counter[int]()
    turn = 0

    class Counted(VirtualLoop):
        def _run_once(self) -> None:
            nonlocal turn
            turn = next(turns)
            super()._run_once()  # type: ignore[misc]  # the event loop's own, without a stub

    def noted(world: Any, command: toy.Add, now: Any) -> Any:
        decided[turn] += 1
        return add(world, command, now)

    async def scenario(world: World) -> None:
        await asyncio.gather(*(world.ask(f"{account}/0", toy.Add(str(account))) for account in range(64)))

    add = toy.ADD.decide
    monkeypatch.setattr(toy, "ADD", replace(toy.ADD, decide=noted))
    monkeypatch.setattr(world_module, "VirtualLoop", Counted)
    check(run(World({}), scenario))
    assert sum(decided.values()) >= 64
    assert max(decided.values()) <= AT_A_TIME
