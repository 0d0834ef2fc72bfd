"""Producing, reading and asking, over aiokafka."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    KafkaError,
    MessageSizeTooLargeError,
    OffsetOutOfRangeError,
    TopicAlreadyExistsError,
    TopicAuthorizationFailedError,
    for_code,
)
from aiokafka.protocol.fetch import FetchRequest

from shared.engine.ports import BrokerError, FeedListener, Record, UnsendableRecord, WrongPartitionCount
from shared.platform.kafka.access import REQUEST_SECONDS, KafkaAccess, record_of
from shared.platform.kafka.subscription import subscription

MOST_BATCH_BYTES = 900 * 1024
BATCH_HEADER_BYTES = 61
KEPT = {"retention.ms": "-1"}
"""A topic is a service's history. Records carry programme time, so a broker's usual week would delete a demo's."""


class AioKafkaBroker:
    """The Broker port over aiokafka and FastStream."""

    def __init__(self, access: KafkaAccess) -> None:
        self._access = access
        self._producer: AIOKafkaProducer | None = None
        self._reader: AIOKafkaConsumer | None = None
        self._reading = asyncio.Lock()
        self._producing = asyncio.Lock()

    async def close(self) -> None:
        await self._drop_producer()
        await self._drop_reader()

    async def ensure_topic(self, topic: str, partitions: int) -> None:
        try:
            admin = AIOKafkaAdminClient(**self._access.client())
            await admin.start()
            try:
                await self._ensure(admin, topic, partitions)
            finally:
                await admin.close()
        except (KafkaError, OSError) as error:
            raise BrokerError(type(error).__name__) from error

    async def _ensure(self, admin: AIOKafkaAdminClient, topic: str, partitions: int) -> None:
        await _create(admin, topic, partitions)
        found = await admin.describe_topics([topic])
        count = len(found[0].get("partitions", []))
        if count == partitions:
            return
        if count == 0:
            raise BrokerError(f"topic {topic} is still being made")
        if not self._access.stand_in:
            raise WrongPartitionCount(
                f"topic {topic} has {count} partitions, not {partitions}: numbers are per partition, so the count "
                "of a v1 topic never changes; stop the services, delete the topic and let the journal fill it again"
            )
        await admin.delete_topics([topic])
        await _create(admin, topic, partitions)

    async def publish(self, topic: str, partition: int, records: Sequence[Record]) -> int:
        try:
            producer = await self._started_producer()
            batch = producer.create_batch()
            for record in records:
                fits = batch.append(
                    key=record.key, value=record.value, timestamp=record.timestamp, headers=list(record.headers)
                )
                if fits is None:
                    raise UnsendableRecord(f"batch for {topic}/{partition} is larger than one request")
            batch.close()
            sent = await producer.send_batch(batch, topic, partition=partition)
            return int((await sent).offset)
        except MessageSizeTooLargeError as error:
            raise UnsendableRecord(type(error).__name__) from error
        except (KafkaError, OSError, AssertionError) as error:
            # After a failure nobody knows what the old producer may still send: never use it again.
            await self._drop_producer()
            raise BrokerError(type(error).__name__) from error

    async def end_offset(self, topic: str, partition: int) -> int:
        place = TopicPartition(topic, partition)
        async with self._reading:
            try:
                return await self._end(await self._started_reader(), place)
            except (KafkaError, OSError, TimeoutError) as error:
                await self._drop_reader()
                raise BrokerError(type(error).__name__) from error

    async def read(self, topic: str, partition: int, offset: int, limit: int) -> list[Record]:
        place = TopicPartition(topic, partition)
        async with self._reading:
            try:
                reader = await self._started_reader()
                if offset >= await self._end(reader, place):
                    return []
                found = await _fetched(reader, place, offset, limit)
            except (KafkaError, OSError, TimeoutError) as error:
                await self._drop_reader()
                raise BrokerError(type(error).__name__) from error
        return [record_of(record) for record in found]

    async def batch_end(self, topic: str, partition: int, offset: int) -> int:
        """First offset after the batch that holds `offset`, from its header alone: nothing is unpacked."""
        async with self._reading:
            try:
                reader = await self._started_reader()
                raw = await _raw(reader, TopicPartition(topic, partition), offset)
            except (KafkaError, OSError, TimeoutError) as error:
                await self._drop_reader()
                raise BrokerError(type(error).__name__) from error
        return _batch_end(raw)

    async def _end(self, reader: AIOKafkaConsumer, place: TopicPartition) -> int:
        async with asyncio.timeout(REQUEST_SECONDS):
            end = int((await reader.end_offsets([place]))[place])
        if self._access.stand_in and end > 0:
            return _batch_end(await _raw(reader, place, end - 1))
        return end

    def subscribe(self, topics: Sequence[str], group: str, listener: FeedListener) -> AbstractAsyncContextManager[None]:
        return subscription(self._access, topics, group, listener)

    async def _started_producer(self) -> AIOKafkaProducer:
        async with self._producing:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    acks="all", enable_idempotence=False, max_batch_size=MOST_BATCH_BYTES, **self._access.client()
                )
                await producer.start()
                self._producer = producer
            return self._producer

    async def _drop_producer(self) -> None:
        producer, self._producer = self._producer, None
        if producer:
            with suppress(KafkaError, OSError, asyncio.TimeoutError):
                await producer.stop()

    async def _started_reader(self) -> AIOKafkaConsumer:
        if self._reader is None:
            # It goes from place to place, and a fetch of the last place holds up the next by this much.
            waits = {"fetch_max_wait_ms": 20}
            own = {"enable_auto_commit": False, "auto_offset_reset": "none"}
            reader = AIOKafkaConsumer(**own, **waits, **self._access.client())
            await reader.start()
            self._reader = reader
        return self._reader

    async def _drop_reader(self) -> None:
        reader, self._reader = self._reader, None
        if reader:
            with suppress(KafkaError, OSError):
                await reader.stop()


async def _fetched(
    reader: AIOKafkaConsumer, place: TopicPartition, offset: int, limit: int
) -> list[ConsumerRecord[Any, Any]]:
    """From `offset` on, or from the beginning where the broker has deleted what lay there: its first record, or
    nothing at all, tells the caller that this is not the log it knew."""
    try:
        return await _fetch(reader, place, offset, limit)
    except OffsetOutOfRangeError:
        ends = (await reader.beginning_offsets([place]), await reader.end_offsets([place]))
        first, end = (int(each[place]) for each in ends)
        return await _fetch(reader, place, first, limit) if first < end else []


async def _fetch(
    reader: AIOKafkaConsumer, place: TopicPartition, offset: int, limit: int | None = None
) -> list[ConsumerRecord[Any, Any]]:
    """At least one record from a place that has some."""
    reader.assign([place])
    reader.seek(place, offset)
    found = await reader.getmany(place, timeout_ms=REQUEST_SECONDS * 1000, max_records=limit)
    if not found.get(place):
        raise TimeoutError("nothing came from a place that has records")
    return list(found[place])


async def _create(admin: AIOKafkaAdminClient, topic: str, partitions: int) -> None:
    """Creating is the only question that a broker which makes missing topics by itself cannot spoil."""
    response = await admin.create_topics([NewTopic(topic, partitions, 1, topic_configs=KEPT)])
    for _, code, *_ in response.topic_errors:
        error = for_code(code)
        # A service may not create topics where provisioning does; then the topic is there already.
        if code and error not in (TopicAlreadyExistsError, TopicAuthorizationFailedError):
            raise error(topic)


def _batch_end(raw: bytes) -> int:
    """From a batch's header: base offset (8 bytes at 0) and last offset delta (4 bytes at 23)."""
    if len(raw) < BATCH_HEADER_BYTES:
        raise BrokerError("no batch at this offset")
    return int.from_bytes(raw[0:8], "big") + int.from_bytes(raw[23:27], "big") + 1


async def _raw(reader: AIOKafkaConsumer, place: TopicPartition, offset: int) -> bytes:
    """The bytes at an offset as the broker sends them. aiokafka's own fetcher unpacks before anybody can look."""
    client = reader._client  # it has no public way to send a single request
    node = client.cluster.leader_for_partition(place)
    if node is None:
        reader.assign([place])
        await client.force_metadata_update()
        node = client.cluster.leader_for_partition(place)
    wanted = [(place.topic, [(place.partition, offset, BATCH_HEADER_BYTES)])]
    answer = await client.send(node, FetchRequest(100, 1, BATCH_HEADER_BYTES, 0, wanted))
    (_, ((_, code, *_, raw),)) = answer.topics[0]
    if code:
        raise for_code(code)
    return bytes(raw or b"")
