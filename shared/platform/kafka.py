"""Kafka behind the Broker port: the only maker of producers, consumers and subscriptions.

FastStream runs the subscriptions; its defaults (acknowledge first, decode before the handler, `latest`)
lose or kill records, so all of them are set here. The handler never raises.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    IllegalStateError,
    KafkaError,
    MessageSizeTooLargeError,
    TopicAlreadyExistsError,
    TopicAuthorizationFailedError,
    for_code,
)
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.subscriber.usecase import BatchSubscriber
from faststream.security import SASLScram256

from shared.engine.ports import BrokerError, FeedListener, Record, UnsendableRecord, WrongPartitionCount

MOST_BATCH_BYTES = 900 * 1024
MOST_RECORDS = 2000
REQUEST_SECONDS = 10
SILENCE_CHECK_SECONDS = 1.0
METADATA_MAX_AGE_MS = 10_000


@dataclass(frozen=True, slots=True)
class KafkaAccess:
    """Where the brokers are and who we are.

    `stand_in` says that the broker is tansu, in memory, with two habits of its own: it makes missing topics
    with 4 partitions when merely asked for them (so such a topic is made anew: the journal fills it again),
    and its end offset counts only the first record of the last batch.
    """

    bootstrap: str
    user: str | None = None
    password: str | None = None
    ca_file: str | None = None
    stand_in: bool = False

    def client(self) -> dict[str, Any]:
        """Arguments every aiokafka client takes."""
        options: dict[str, Any] = {
            "bootstrap_servers": self.bootstrap,
            "request_timeout_ms": REQUEST_SECONDS * 1000,
            "metadata_max_age_ms": METADATA_MAX_AGE_MS,
        }
        if self.user:
            options |= {
                "security_protocol": "SASL_SSL" if self.ca_file else "SASL_PLAINTEXT",
                "sasl_mechanism": "SCRAM-SHA-256",
                "sasl_plain_username": self.user,
                "sasl_plain_password": self.password,
            }
        if self.ca_file:
            options["ssl_context"] = ssl.create_default_context(cafile=self.ca_file)
        return options

    def security(self) -> SASLScram256 | None:
        """The same for FastStream."""
        if not self.user:
            return None
        context = ssl.create_default_context(cafile=self.ca_file) if self.ca_file else None
        return SASLScram256(self.user, self.password or "", ssl_context=context, use_ssl=bool(self.ca_file))


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
                found = await _fetch(reader, place, offset, limit)
            except (KafkaError, OSError, TimeoutError) as error:
                await self._drop_reader()
                raise BrokerError(type(error).__name__) from error
        return [_record(record) for record in found]

    async def _end(self, reader: AIOKafkaConsumer, place: TopicPartition) -> int:
        async with asyncio.timeout(REQUEST_SECONDS):
            end = int((await reader.end_offsets([place]))[place])
        if self._access.stand_in and end > 0:
            return int((await _fetch(reader, place, end - 1))[-1].offset) + 1
        return end

    def subscribe(self, topics: Sequence[str], group: str, listener: FeedListener) -> AbstractAsyncContextManager[None]:
        return _subscription(self._access, topics, group, listener)

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
            own = {"enable_auto_commit": False, "auto_offset_reset": "earliest"}
            reader = AIOKafkaConsumer(**own, **waits, **self._access.client())
            await reader.start()
            self._reader = reader
        return self._reader

    async def _drop_reader(self) -> None:
        reader, self._reader = self._reader, None
        if reader:
            with suppress(KafkaError, OSError):
                await reader.stop()


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
    response = await admin.create_topics([NewTopic(topic, partitions, 1)])
    for _, code, *_ in response.topic_errors:
        error = for_code(code)
        # A service may not create topics where provisioning does; then the topic is there already.
        if code and error not in (TopicAlreadyExistsError, TopicAuthorizationFailedError):
            raise error(topic)


class _Steering:
    """What a feed may do with a subscription. Commits go out once a second, only for tools that show lag."""

    def __init__(self) -> None:
        self.subscriber: BatchSubscriber | None = None
        self._offsets: dict[TopicPartition, int] = {}

    @property
    def consumer(self) -> AIOKafkaConsumer | None:
        """There before the first assignment, which may come while the subscription is still starting."""
        return self.subscriber.consumer if self.subscriber else None

    def seek(self, topic: str, partition: int, offset: int) -> None:
        if self.consumer:
            with suppress(IllegalStateError):  # revoked in the meantime: its next owner seeks by itself
                self.consumer.seek(TopicPartition(topic, partition), offset)

    async def commit(self, topic: str, partition: int, offset: int) -> None:
        self._offsets[TopicPartition(topic, partition)] = offset

    async def flush(self) -> None:
        offsets, self._offsets = self._offsets, {}
        if self.consumer and offsets:
            with suppress(KafkaError, IllegalStateError):
                await self.consumer.commit(offsets)


class _Rebalance(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    def __init__(self, listener: FeedListener, steering: _Steering) -> None:
        self._listener, self._steering = listener, steering

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        await self._listener.revoked([(place.topic, place.partition) for place in revoked])

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        places = sorted((place.topic, place.partition) for place in assigned)
        await self._listener.assigned(self._steering, places)


@asynccontextmanager
async def _subscription(
    access: KafkaAccess, topics: Sequence[str], group: str, listener: FeedListener
) -> AsyncIterator[None]:
    steering = _Steering()
    options = {key: value for key, value in access.client().items() if not key.startswith(("sasl", "sec", "ssl"))}
    broker = KafkaBroker(**options, security=access.security(), logger=None, apply_types=False, acks="all")
    subscriber = broker.subscriber(
        *topics,
        group_id=group,
        batch=True,
        max_records=MOST_RECORDS,
        batch_timeout_ms=100,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.MANUAL,
        listener=_Rebalance(listener, steering),
        parser=_unparsed,
        decoder=_undecoded,
    )

    async def handle(records: tuple[ConsumerRecord[Any, Any], ...]) -> None:
        await listener.records(steering, [_record(record) for record in records])

    subscriber(handle)
    steering.subscriber = subscriber
    await _start(broker)
    watch = asyncio.create_task(_watch(listener, steering))
    try:
        yield
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
        with suppress(KafkaError, OSError):
            await broker.stop()


async def _start(broker: KafkaBroker) -> None:
    while True:
        try:
            await broker.start()
            return
        except (KafkaError, OSError):
            await broker.stop()
            await asyncio.sleep(1.0)


async def _watch(listener: FeedListener, steering: _Steering) -> None:
    while True:
        await asyncio.sleep(SILENCE_CHECK_SECONDS)
        await steering.flush()
        await listener.silence(steering)


async def _unparsed(records: tuple[ConsumerRecord[Any, Any], ...]) -> KafkaMessage:
    """FastStream's own parser fails on a header that is not UTF-8 and would drop the whole batch."""
    first = records[0]
    return KafkaMessage(raw_message=records, body=b"", message_id=f"{first.offset}", consumer=None)  # type: ignore[arg-type]


async def _undecoded(message: KafkaMessage) -> tuple[ConsumerRecord[Any, Any], ...]:
    """Decoding is the feed's, which makes a dead letter of what cannot be read."""
    return message.raw_message


def _record(record: ConsumerRecord[Any, Any]) -> Record:
    return Record(
        record.topic,
        record.partition,
        record.offset,
        record.key,
        record.value,
        tuple(record.headers),
        record.timestamp,
    )
