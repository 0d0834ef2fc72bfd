"""`make chaos`: 20,000 schedules of faults on the twins and 200 real kill -9, of the engine and of payouts each."""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.engine.explorer import Explore, explore, explored
from tests.engine.invariants import check
from tests.engine.real import real_world, storm
from tests.payouts.explorer import explore as explore_payouts
from tests.payouts.real import killed
from tests.servers import Space, choose, new_space, running

SCHEDULES, SHARE, KILLS = 20_000, 500, 200
PAID_PER_KILL = 45
"""People per kill: up to 42 are given to the bank between two of them [Apache Kafka, SecantusDB, CI beside it]."""


def explore_all(name: str, explore: Explore) -> int:
    """How many schedules broke an invariant."""
    began, done, broken = time.monotonic(), 0, 0
    for exploration in explored(explore, [(seed, SHARE) for seed in range(1, SCHEDULES // SHARE + 1)]):
        done, broken = done + exploration.schedules, broken + len(exploration.found)
        for found in exploration.found[:3]:
            print(found)
        seconds = time.monotonic() - began
        print(f"{name}: {done:,} schedules in {seconds:.0f} s, {done / seconds:.1f}/s, {broken} broken", flush=True)
    return broken


async def kill_all() -> None:
    choice = choose()
    print(f"servers: {choice.titles}")
    with tempfile.TemporaryDirectory() as folder:
        async with running(choice, Path(folder)) as servers:
            await kill_engine(new_space(servers))
            await kill_payer(new_space(servers))


async def kill_engine(space: Space) -> None:
    began = time.monotonic()
    workers = {"shop": "shop", "books": "books", "books-2": "books"}
    with tempfile.TemporaryDirectory() as folder:
        async with real_world(space, Path(folder), workers) as world:
            await storm(world, KILLS, random.Random(200))
            await world.rest()
    check(world)
    seconds, answered = time.monotonic() - began, len(world.replies)
    print(f"{KILLS} kills in {seconds:.0f} s, {answered} commands answered, nothing lost or doubled", flush=True)


async def kill_payer(space: Space) -> None:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        month = await killed(space, Path(folder), PAID_PER_KILL * KILLS, KILLS)
    paid = sum(line.status == "paid" for line in month.books.ledger)
    seconds = time.monotonic() - began
    print(f"{KILLS} kills while paying in {seconds:.0f} s, {month.met} of them met orders at the bank")
    print(f"{paid:,} payments, {month.decided} of them decided by a person; nobody paid twice or never", flush=True)


if __name__ == "__main__":
    broken = explore_all("engine", explore) + explore_all("payouts", explore_payouts)
    asyncio.run(kill_all())
    sys.exit(f"{broken} schedules broke something" if broken else 0)
