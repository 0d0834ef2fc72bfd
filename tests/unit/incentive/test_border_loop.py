"""The border's loop: an attempt is on disk before each fetch, a bomb is stepped over, and nothing else is skipped."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest

from services.incentive.adapters.border import Border
from services.incentive.adapters.partners import PartnerFile, PartnerList, PartnersUnreadable
from services.incentive.border import MOST_DEATHS, MOST_FAILURES, BorderLoop
from services.incentive.domain.completion import RecordCompletion
from services.incentive.domain.refused_claims import RefuseClaim
from services.incentive.store import BORDER
from shared.contracts.decision import Refused
from shared.contracts.partner import TOPIC
from shared.engine.committer import Overloaded
from shared.engine.deciding import DecisionFailed
from shared.engine.ports import BrokerError, Record, TransientError
from tests.fakes import MemoryDatabase, MemoryStore
from tests.unit.incentive.test_border import NOW, OTHER, PLATFORM, genuine, partner, record


class Killed(BaseException):
    """The process is gone: nothing after it runs."""


class StillClock:
    """Time stands still, and waiting takes none."""

    def now(self) -> datetime:
        return NOW

    wall = now

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)

    async def wait_for(self, event: asyncio.Event, seconds: float) -> None:
        await event.wait()


class PlainLog:
    """A partition of claims; `bombs` are offsets whose batch kills whoever fetches it."""

    def __init__(self, count: int, bombs: range = range(0)) -> None:
        self.records = [record(genuine(redeem_code=f"CODE-{n:04d}"), offset=n) for n in range(count)]
        self.bombs = bombs
        self.away = False
        self.broken = False
        self.reads: list[int] = []

    async def end_offset(self, topic: str, partition: int) -> int:
        if self.away:
            raise BrokerError("away")
        return len(self.records)

    async def read(self, topic: str, partition: int, offset: int, limit: int) -> list[Record]:
        self.reads.append(offset)
        if self.away or self.broken:
            raise BrokerError("no answer")
        wanted = range(offset, min(offset + limit, len(self.records)))
        if set(wanted) & set(self.bombs):  # a fetch of many unpacks good batches and bombs alike
            raise Killed
        return self.records[wanted.start : wanted.stop]


class Log(PlainLog):
    """A log that can tell where a batch ends."""

    async def batch_end(self, topic: str, partition: int, offset: int) -> int:
        return self.bombs.stop if offset in self.bombs else offset + 1


class Desk:
    """Takes commands as the service would, once `answer` lets it."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.answer: Callable[[Any], None] = lambda command: None

    async def __call__(self, command: Any) -> Mapping[str, Any]:
        self.answer(command)
        self.taken.append(command)
        return {}

    @property
    def codes(self) -> list[str]:
        return [each.redeem_code for each in self.taken if isinstance(each, RecordCompletion)]

    @property
    def reasons(self) -> list[str]:
        return [each.reason for each in self.taken if isinstance(each, RefuseClaim)]


def started(log: PlainLog, store: MemoryStore, desk: Desk) -> BorderLoop:
    """A border process that has just been started."""
    judge = Border(PartnerList((partner(PLATFORM), partner(OTHER))))
    return BorderLoop(judge, log, MemoryDatabase(store), desk, StillClock())


async def restarted_until_quiet(log: PlainLog, store: MemoryStore, desk: Desk, most: int = 50) -> int:
    """A supervisor: starts the process again whenever it dies; returns how often it died."""
    deaths = 0
    for _ in range(most):
        loop = started(log, store, desk)
        try:
            while await loop.step(0):
                pass
            return deaths
        except Killed:
            deaths += 1
    raise AssertionError("never quiet")


def cursor(store: MemoryStore) -> dict[str, Any]:
    found = store.document(BORDER, f"{TOPIC}/0")
    assert found
    return found


async def test_claims_are_taken_in_order_and_the_cursor_follows() -> None:
    log, store, desk = Log(450), MemoryStore(), Desk()
    assert await restarted_until_quiet(log, store, desk) == 0
    assert desk.codes == [f"CODE-{n:04d}" for n in range(450)]
    counts = {"attempts": 0, "failures": 0, "careful_until": 0}
    assert cursor(store) == {"_id": f"{TOPIC}/0", "offset": 450, **counts}
    assert log.reads == [0, 200, 400]


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


async def test_a_broker_that_is_away_counts_for_nothing() -> None:
    log, store, desk = Log(5), MemoryStore(), Desk()
    loop = started(log, store, desk)
    log.away = True
    for _ in range(MOST_FAILURES + 5):
        with pytest.raises(BrokerError):
            await loop.step(0)
    log.away = False
    while await loop.step(0):
        pass
    assert len(desk.codes) == 5
    assert desk.reasons == []


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


async def test_a_broker_that_forgot_everything_is_read_again() -> None:
    log, store, desk = Log(5), MemoryStore(), Desk()
    await restarted_until_quiet(log, store, desk)
    log.records = log.records[:2]
    await restarted_until_quiet(log, store, desk)
    assert Counter(desk.codes) == {"CODE-0000": 2, "CODE-0001": 2, "CODE-0002": 1, "CODE-0003": 1, "CODE-0004": 1}


async def test_forged_records_are_refused_and_the_next_is_taken() -> None:
    log, store, desk = Log(3), MemoryStore(), Desk()
    log.records[1] = Record(TOPIC, 0, 1, b"k", b"garbage", ())
    await restarted_until_quiet(log, store, desk)
    assert desk.codes == ["CODE-0000", "CODE-0002"]
    assert desk.reasons == ["HEADER_MISSING"]


async def test_what_a_rule_refuses_is_kept_with_its_code() -> None:
    log, store, desk = Log(2), MemoryStore(), Desk()

    def answer(command: Any) -> None:
        if getattr(command, "redeem_code", "") == "CODE-0000":
            raise Refused("REDEEM_CODE_UNKNOWN")
        if getattr(command, "redeem_code", "") == "CODE-0001":
            raise DecisionFailed("bug")

    desk.answer = answer
    await restarted_until_quiet(log, store, desk)
    assert sorted(desk.reasons) == ["DECISION_FAILED", "REDEEM_CODE_UNKNOWN"]
    assert {each.partner_code for each in desk.taken} == {"TOKOPEDIA"}


async def test_a_full_or_absent_service_makes_it_wait() -> None:
    log, store, desk = Log(1), MemoryStore(), Desk()
    troubles: list[Exception] = [Overloaded(), TransientError(), Overloaded()]

    def answer(command: Any) -> None:
        if troubles:
            raise troubles.pop()

    desk.answer = answer
    await restarted_until_quiet(log, store, desk)
    assert desk.codes == ["CODE-0000"]


async def test_without_a_readable_trust_list_nothing_moves(tmp_path: Any) -> None:
    log, store, desk = Log(1), MemoryStore(), Desk()
    loop = BorderLoop(
        Border(PartnerFile(tmp_path / "none.json")), log, MemoryDatabase(store), desk, StillClock(), topic="other"
    )
    with pytest.raises(PartnersUnreadable):
        await loop.step(0)
    found = store.document(BORDER, "other/0")
    assert found
    assert found["offset"] == 0
    assert desk.taken == []


async def test_the_loop_goes_round_all_partitions_and_survives_outages() -> None:
    log, store, desk = Log(3), MemoryStore(), Desk()
    log.away = True
    everything = asyncio.Event()
    desk.answer = lambda command: everything.set() if len(desk.codes) == 8 else None
    task = asyncio.create_task(started(log, store, desk).run(3))
    await asyncio.sleep(0.01)
    log.away = False
    async with asyncio.timeout(5):
        await everything.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
