"""A log of claims that may hold bombs, a desk that takes them, and a border that is started again when it dies."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from services.incentive.adapters.border import Border
from services.incentive.adapters.partners import PartnerList
from services.incentive.border import BorderLoop
from services.incentive.domain.completion import RecordCompletion
from services.incentive.domain.refused_claims import RefuseClaim
from services.incentive.store import BORDER
from shared.contracts.partner import TOPIC
from shared.engine.ports import BrokerError, Record
from tests.fakes import MemoryDatabase, MemoryStore
from tests.unit.incentive.claims import NOW, OTHER, PLATFORM, genuine, partner, record


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
