"""The twin of the broker: a log per partition."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from shared.engine.ports import (
    BrokerError,
    FeedListener,
    Record,
    WrongPartitionCount,
)
from tests.fakes.steps import LostReply, Step, no_faults


class MemoryLog:
    """What a broker keeps. `lose()` is a memory-only broker's restart; `lose_tail()` is worse: nobody is told."""

    def __init__(self) -> None:
        self.topics: dict[str, list[list[Record]]] = {}

    def lose(self) -> None:
        self.topics = {topic: [[] for _ in partitions] for topic, partitions in self.topics.items()}

    def lose_tail(self, count: int) -> None:
        self.topics = {
            topic: [records[: max(0, len(records) - count)] for records in partitions]
            for topic, partitions in self.topics.items()
        }


class MemoryBroker:
    """The Broker port on a MemoryLog. Every subscription gets all partitions of its topics (one owner), or
    the ones `owns` names, so that a test can make two owners of one partition."""

    def __init__(
        self,
        log: MemoryLog,
        step: Step = no_faults,
        chance: random.Random | None = None,
        owns: Callable[[str, int], bool] = lambda topic, partition: True,
    ) -> None:
        self.log, self._step, self._chance, self._owns = log, step, chance or random.Random(0), owns
        self.away = False

    async def ensure_topic(self, topic: str, partitions: int) -> None:
        await self._io("kafka.ensure")
        found = self.log.topics.setdefault(topic, [[] for _ in range(partitions)])
        if len(found) != partitions:
            raise WrongPartitionCount(topic)

    async def publish(self, topic: str, partition: int, records: Sequence[Record]) -> int:
        await self._io("kafka.publish")
        first = self._append(topic, partition, records)
        try:
            if self._step("kafka.publish.done") == "duplicate":
                self._append(topic, partition, records)
        except LostReply:
            raise BrokerError("no answer") from None
        return first

    def _append(self, topic: str, partition: int, records: Sequence[Record]) -> int:
        place = self._partition(topic, partition)
        first = len(place)
        for record in records:
            copy = (record.key, record.value, record.headers, record.timestamp)
            place.append(Record(topic, partition, len(place), *copy))
        return first

    async def end_offset(self, topic: str, partition: int) -> int:
        await self._io("kafka.end")
        return len(self._partition(topic, partition))

    async def read(self, topic: str, partition: int, offset: int, limit: int) -> list[Record]:
        await self._io("kafka.read")
        return self._partition(topic, partition)[offset : offset + limit]

    def subscribe(self, topics: Sequence[str], group: str, listener: FeedListener) -> AbstractAsyncContextManager[None]:
        return self._subscription(topics, listener)

    @asynccontextmanager
    async def _subscription(self, topics: Sequence[str], listener: FeedListener) -> AsyncIterator[None]:
        task = asyncio.create_task(self._consume(topics, listener))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _consume(self, topics: Sequence[str], listener: FeedListener) -> None:
        consumer = _MemoryConsumer()
        places = [(t, p) for t in topics for p in range(len(self.log.topics[t])) if self._owns(t, p)]
        await listener.assigned(consumer, places)
        quiet = 0.0
        while True:
            got = await self._poll(consumer, listener, places)
            quiet = 0.0 if got else quiet + 0.1
            if not got:
                await asyncio.sleep(0.1)
            if quiet >= 1.0:
                quiet = 0.0
                await listener.silence(consumer)

    async def _poll(self, consumer: _MemoryConsumer, listener: FeedListener, places: list[tuple[str, int]]) -> bool:
        got = False
        for topic, partition in places:
            offset = consumer.positions.get((topic, partition), 0)
            try:
                await self._io("kafka.poll")
                records = self._partition(topic, partition)[offset : offset + self._chance.randint(1, 20)]
            except (BrokerError, ConnectionError):
                continue
            if records:
                got = True
                consumer.positions[(topic, partition)] = records[-1].offset + 1
                await listener.records(consumer, records)
        return got

    def _partition(self, topic: str, partition: int) -> list[Record]:
        return self.log.topics[topic][partition]

    async def _io(self, name: str) -> None:
        await asyncio.sleep(0)
        if self.away:
            raise BrokerError("away")
        self._step(name)


class _MemoryConsumer:
    def __init__(self) -> None:
        self.positions: dict[tuple[str, int], int] = {}

    def seek(self, topic: str, partition: int, offset: int) -> None:
        self.positions[(topic, partition)] = offset

    async def commit(self, topic: str, partition: int, offset: int) -> None:
        return None
