"""The promises of the engine on the session's real broker and database, with real processes."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from tests.engine.invariants import check
from tests.engine.real import real_world, storm
from tests.servers import Space

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600)]
PAIR = {"shop": "shop", "books": "books"}
AWAY_SECONDS = 30


async def test_numbers_are_added_heard_booked_and_paid_once(space: Space, tmp_path: Path) -> None:
    async with real_world(space, tmp_path, PAIR) as world:
        await asyncio.gather(*(world.add(f"account-{i % 7}") for i in range(200)))
        await world.rest()
    check(world)  # type: ignore[arg-type]  # the same questions, asked of what real processes left
    assert len(world.replies) == 200
    assert sum(world.bank.payments.values()) == 200


async def test_three_writing_processes_leave_a_journal_without_gaps(space: Space, tmp_path: Path) -> None:
    writers = {"one": "shop", "two": "shop", "three": "shop"}
    async with real_world(space, tmp_path, {**writers, "books": "books"}) as world:
        await asyncio.gather(*(world.add(f"account-{i % 5}", worker) for i in range(60) for worker in writers))
        await world.rest()
    check(world)  # type: ignore[arg-type]
    assert len(world.replies) == 180


async def test_broker_that_restarts_is_told_again_and_nothing_happens_twice(space: Space, tmp_path: Path) -> None:
    async with real_world(space, tmp_path, PAIR) as world:
        await asyncio.gather(*(world.add(f"account-{i % 5}") for i in range(50)))
        await space.servers.broker.restart()
        await asyncio.gather(*(world.add(f"account-{i % 5}") for i in range(50)))
        await world.rest()
    check(world)  # type: ignore[arg-type]


async def test_broker_that_comes_back_empty_is_filled_from_the_journal(space: Space, tmp_path: Path) -> None:
    async with real_world(space, tmp_path, PAIR) as world:
        await asyncio.gather(*(world.add(f"account-{i % 5}") for i in range(50)))
        await world.rest()
        await space.servers.broker.restart(wipe=True)
        await asyncio.gather(*(world.add(f"account-{i % 5}") for i in range(20)))
        await asyncio.sleep(12)  # the relay looks every 10 s whether the log is still its own
        await world.rest()
    check(world)  # type: ignore[arg-type]


async def test_a_broker_away_for_half_a_minute_closes_no_door_and_loses_nothing(space: Space, tmp_path: Path) -> None:
    async with real_world(space, tmp_path, PAIR) as world:
        await asyncio.gather(*(world.add(f"account-{i % 5}") for i in range(20)))
        await space.servers.broker.stop()
        asked = asyncio.gather(*(world.add(f"account-{i % 5}") for i in range(40)))
        await asyncio.sleep(AWAY_SECONDS)
        assert asked.done()  # a command needs the database alone
        assert "published" in await world.look()  # and nobody can have heard of it yet
        await space.servers.broker.start()
        await world.rest()
    check(world)  # type: ignore[arg-type]
    assert len(world.replies) == 60


async def test_a_database_away_for_half_a_minute_makes_it_slower_and_loses_nothing(
    space: Space, tmp_path: Path
) -> None:
    async with real_world(space, tmp_path, PAIR) as world:
        await asyncio.gather(*(world.add(f"account-{i % 5}") for i in range(20)))
        await space.servers.database.stop()
        asked = asyncio.gather(*(world.add(f"account-{i % 5}") for i in range(40)))
        await asyncio.sleep(AWAY_SECONDS)
        assert not asked.done()  # an answer means on disk
        await space.servers.database.start()
        await asked
        await world.rest()
    check(world)  # type: ignore[arg-type]
    assert len(world.replies) == 60


async def test_twenty_kills_of_real_processes_lose_and_double_nothing(space: Space, tmp_path: Path) -> None:
    async with real_world(space, tmp_path, {**PAIR, "books-2": "books"}) as world:
        await storm(world, 20, random.Random(20))
        await world.rest()
    check(world)  # type: ignore[arg-type]
    assert world.replies
