"""What the engine relies on in a broker, asked of the twin and of the server alike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.engine.ports import Broker, Consumer, Record, WrongPartitionCount
from shared.platform.kafka import AioKafkaBroker, KafkaAccess
from tests.fakes import MemoryBroker, MemoryLog

Connect = Callable[[], Any]
"""`async with connect() as broker`: another process at the same broker, at each call."""


@dataclass(frozen=True, slots=True)
class Place:
    connect: Connect
    topic: str
    stand_in: bool


@pytest.fixture(params=["twin", pytest.param("server", marks=pytest.mark.servers)])
def place(request: pytest.FixtureRequest) -> Place:
    log = MemoryLog()
    space = None if request.param == "twin" else request.getfixturevalue("space")
    stand_in = bool(space) and "tansu" in space.servers.broker.title

    @asynccontextmanager
    async def connect() -> AsyncIterator[Broker]:
        if space is None:
            yield MemoryBroker(log)
            return
        broker = AioKafkaBroker(KafkaAccess(space.kafka, stand_in=stand_in))
        yield broker
        await broker.close()

    return Place(connect, f"{space.topic_prefix if space else ''}facts", stand_in)


def records(topic: str, *values: bytes, partition: int = 0) -> list[Record]:
    headers = (("id", b"1"), ("trace", "é".encode()))
    return [Record(topic, partition, -1, b"key", value, headers, 1_586_000_000_000) for value in values]


@dataclass
class Listener:
    """Keeps what it is given; `until` tells when that is enough."""

    from_offset: int = 0
    assigned_places: list[tuple[str, int]] = field(default_factory=list)
    heard: list[Record] = field(default_factory=list)
    more: asyncio.Event = field(default_factory=asyncio.Event)
    silences: int = 0

    async def assigned(self, consumer: Consumer, partitions: Sequence[tuple[str, int]]) -> None:
        self.assigned_places += partitions
        for topic, partition in partitions:
            consumer.seek(topic, partition, self.from_offset)

    async def revoked(self, partitions: Sequence[tuple[str, int]]) -> None:
        return None

    async def records(self, consumer: Consumer, records: Sequence[Record]) -> None:
        self.heard += records
        for record in records:
            await consumer.commit(record.topic, record.partition, record.offset + 1)
        self.more.set()

    async def silence(self, consumer: Consumer) -> None:
        self.silences += 1
        self.more.set()

    async def until(self, enough: Callable[[Listener], bool]) -> None:
        async with asyncio.timeout(60):
            while not enough(self):
                self.more.clear()
                await self.more.wait()


async def test_a_batch_lies_in_its_partition_in_order_from_the_offset_that_is_told(place: Place) -> None:
    async with place.connect() as broker:
        await broker.ensure_topic(place.topic, 2)
        assert await broker.end_offset(place.topic, 1) == 0
        assert await broker.publish(place.topic, 1, records(place.topic, b"a", b"b", partition=1)) == 0
        assert await broker.publish(place.topic, 1, records(place.topic, b"c", partition=1)) == 2
        assert await broker.end_offset(place.topic, 1) == 3
        assert await broker.end_offset(place.topic, 0) == 0
        found = await broker.read(place.topic, 1, 1, 10)
    assert [(record.offset, record.value) for record in found] == [(1, b"b"), (2, b"c")]
    assert found[0].key == b"key"
    assert found[0].texts() == {"id": "1", "trace": "é"}
    assert found[0].timestamp == 1_586_000_000_000


async def test_reading_stops_at_the_limit_and_at_the_end(place: Place) -> None:
    async with place.connect() as broker:
        await broker.ensure_topic(place.topic, 1)
        await broker.publish(place.topic, 0, records(place.topic, b"a", b"b", b"c"))
        assert [record.value for record in await broker.read(place.topic, 0, 0, 2)] == [b"a", b"b"]
        assert await broker.read(place.topic, 0, 3, 2) == []


async def test_a_topic_is_made_once_and_never_with_another_count(place: Place) -> None:
    async with place.connect() as broker, place.connect() as other:
        await broker.ensure_topic(place.topic, 2)
        await other.ensure_topic(place.topic, 2)
        if not place.stand_in:  # tansu makes topics of its own with a count of its own: there it is made again
            with pytest.raises(WrongPartitionCount):
                await other.ensure_topic(place.topic, 3)


async def test_a_listener_hears_all_partitions_in_order_and_then_silence(place: Place) -> None:
    listener = Listener()
    async with AsyncExitStack() as stack:
        broker = await stack.enter_async_context(place.connect())
        await broker.ensure_topic(place.topic, 2)
        await broker.publish(place.topic, 0, records(place.topic, b"a", b"b"))
        await stack.enter_async_context(broker.subscribe([place.topic], "group", listener))
        await listener.until(lambda each: len(each.heard) == 2)
        await broker.publish(place.topic, 1, records(place.topic, b"c", b"d", partition=1))
        await listener.until(lambda each: len(each.heard) == 4)
        before = listener.silences
        await listener.until(lambda each: each.silences > before)
    assert sorted(listener.assigned_places) == [(place.topic, 0), (place.topic, 1)]
    assert [record.value for record in listener.heard if record.partition == 0] == [b"a", b"b"]
    assert [record.value for record in listener.heard if record.partition == 1] == [b"c", b"d"]


async def test_a_listener_begins_where_it_seeks_whatever_was_committed_before(place: Place) -> None:
    async def heard_from(offset: int) -> list[bytes | None]:
        listener = Listener(offset)
        async with place.connect() as broker, broker.subscribe([place.topic], "group", listener):
            await listener.until(lambda each: len(each.heard) >= 3 - offset)
        return [record.value for record in listener.heard]

    async with place.connect() as broker:
        await broker.ensure_topic(place.topic, 1)
        await broker.publish(place.topic, 0, records(place.topic, b"a", b"b", b"c"))
    assert await heard_from(0) == [b"a", b"b", b"c"]
    assert await heard_from(1) == [b"b", b"c"]
