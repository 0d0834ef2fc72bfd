"""`make chaos`: 20,000 schedules of faults on the twins and 200 real kill -9, printing the rate."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import tempfile
import time
from pathlib import Path

from tests.engine.invariants import check
from tests.engine.real import real_world, storm
from tests.engine.test_explorer import _explore
from tests.servers import choose, new_space, running

SCHEDULES, KILLS = 20_000, 200


def explore_all() -> None:
    workers = os.cpu_count() or 1
    share = 500
    began, done, broken = time.monotonic(), 0, 0
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        jobs = [(seed, share) for seed in range(1, SCHEDULES // share + 1)]
        for exploration in pool.starmap(_explore, jobs, chunksize=1):
            done, broken = done + exploration.schedules, broken + len(exploration.found)
            for found in exploration.found[:3]:
                print(found)
    seconds = time.monotonic() - began
    print(f"{done} schedules in {seconds:.0f} s, {done / seconds:.1f}/s, {broken} broken")


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
    explore_all()
    asyncio.run(kill_all())
