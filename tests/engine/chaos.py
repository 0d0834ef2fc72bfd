"""`make chaos`: 20,000 schedules of faults on the twins and 200 real kill -9, printing the rate."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.engine.explorer import Exploration
from tests.engine.invariants import check
from tests.engine.real import real_world, storm
from tests.engine.test_explorer import _explore
from tests.servers import choose, new_space, running

SCHEDULES, SHARE, KILLS = 20_000, 500, 200


def explore_all() -> int:
    """How many schedules broke an invariant."""
    began, done, broken = time.monotonic(), 0, 0
    with multiprocessing.get_context("spawn").Pool(os.cpu_count() or 1) as pool:
        for exploration in pool.imap_unordered(_share, range(1, SCHEDULES // SHARE + 1)):
            done, broken = done + exploration.schedules, broken + len(exploration.found)
            for found in exploration.found[:3]:
                print(found)
            seconds = time.monotonic() - began
            print(f"{done:,} schedules in {seconds:.0f} s, {done / seconds:.1f}/s, {broken} broken", flush=True)
    return broken


def _share(seed: int) -> Exploration:
    return _explore(seed, SHARE)


async def kill_all() -> None:
    choice = choose()
    print(f"servers: {choice.titles}")
    with tempfile.TemporaryDirectory() as folder:
        async with running(choice, Path(folder)) as servers:
            space = new_space(servers)
            began = time.monotonic()
            workers = {"shop": "shop", "books": "books", "books-2": "books"}
            async with real_world(space, Path(folder), workers) as world:
                await storm(world, KILLS, random.Random(200))
                await world.rest()
            check(world)
            seconds = time.monotonic() - began
            print(f"{KILLS} kills in {seconds:.0f} s, {len(world.replies)} commands answered, nothing lost or doubled")


if __name__ == "__main__":
    broken = explore_all()
    asyncio.run(kill_all())
    sys.exit(f"{broken} schedules broke the engine" if broken else 0)
