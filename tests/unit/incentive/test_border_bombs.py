"""Bombs: an attempt is on disk before each fetch, what kills is stepped over, and nothing else is skipped."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from services.incentive.border import MOST_DEATHS, MOST_FAILURES
from services.incentive.domain.refused_claims import RefuseClaim
from shared.contracts.partner import TOPIC
from shared.engine.ports import BrokerError, Record
from tests.fakes import MemoryStore
from tests.unit.incentive.claim_log import Desk, Killed, Log, PlainLog, cursor, restarted_until_quiet, started


async def test_the_attempt_is_on_disk_before_the_fetch() -> None:
    log, store, desk = Log(3, bombs=range(3)), MemoryStore(), Desk()
    with pytest.raises(Killed):
        await started(log, store, desk).step(0)
    assert cursor(store)["attempts"] == 1


@pytest.mark.parametrize("bombs", [range(1), range(4, 7), range(9, 10), range(10), range(150, 400)])
async def test_a_bomb_is_stepped_over_after_a_few_deaths_and_everything_else_is_taken(bombs: range) -> None:
    count = max(10, bombs.stop + 5 if bombs.stop > 10 else 10)
    log, store, desk = Log(count, bombs), MemoryStore(), Desk()
    deaths = await restarted_until_quiet(log, store, desk)
    # One more death where good records lie before the bomb: the first one only says that it is near.
    assert deaths == (MOST_DEATHS if bombs.start == 0 else MOST_DEATHS + 1)
    assert desk.codes == [f"CODE-{n:04d}" for n in range(count) if n not in bombs]
    assert desk.reasons == ["BATCH_UNREADABLE"]
    assert cursor(store)["offset"] == count
    letter = next(each for each in desk.taken if isinstance(each, RefuseClaim))
    assert letter.place == f"{TOPIC}/0/{bombs.start}-{bombs.stop - 1}"


@pytest.mark.parametrize("bombs", [range(1), range(4, 7), range(7, 10)])
async def test_a_log_that_cannot_tell_where_a_batch_ends_is_stepped_over_record_by_record(bombs: range) -> None:
    log, store, desk = PlainLog(10, bombs), MemoryStore(), Desk()
    deaths = await restarted_until_quiet(log, store, desk)
    assert deaths <= MOST_DEATHS + len(bombs)
    assert desk.codes == [f"CODE-{n:04d}" for n in range(10) if n not in bombs]
    assert desk.reasons == ["BATCH_UNREADABLE"] * len(bombs)


async def test_a_process_that_died_of_something_else_skips_nothing() -> None:
    log, store, desk = Log(5, bombs=range(5)), MemoryStore(), Desk()
    for _ in range(MOST_DEATHS - 1):
        with pytest.raises(Killed):
            await started(log, store, desk).step(0)
    log.bombs = range(0)
    assert await restarted_until_quiet(log, store, desk) == 0
    assert len(desk.codes) == 5
    assert cursor(store)["attempts"] == 0


async def test_an_orderly_stop_is_no_death() -> None:
    log, store, desk = Log(5), MemoryStore(), Desk()

    async def never(*_: Any) -> list[Record]:
        await asyncio.Event().wait()
        return []

    log.read = never  # type: ignore[method-assign, assignment]
    task = asyncio.create_task(started(log, store, desk).step(0))
    await asyncio.sleep(0.01)
    assert cursor(store)["attempts"] == 1
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert cursor(store)["attempts"] == 0


async def test_a_batch_that_a_healthy_broker_cannot_give_is_stepped_over_in_the_end() -> None:
    log, store, desk = Log(2), MemoryStore(), Desk()
    loop = started(log, store, desk)
    log.broken = True
    for _ in range(MOST_FAILURES):
        with pytest.raises(BrokerError):
            await loop.step(0)
    log.broken = False
    while await loop.step(0):
        pass
    assert desk.reasons == ["BATCH_UNREADABLE"]
    assert desk.codes == ["CODE-0001"]
