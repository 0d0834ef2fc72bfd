"""The engine without faults: a number is added, heard, booked and paid."""

from __future__ import annotations

import asyncio

from tests.engine import toy
from tests.engine.invariants import check
from tests.engine.world import World, run


async def add_six(world: World) -> None:
    await asyncio.gather(*(world.ask(f"{account}/{i}", toy.Add(account)) for account in "ab" for i in range(3)))


def test_a_number_is_added_heard_booked_and_paid_once() -> None:
    world = run(World({}), add_six)
    check(world)
    assert len(world.replies) == 6
    assert sum(world.bank.payments.values()) == 6
